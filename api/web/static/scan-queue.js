// Scans that wait: numbered, signed by this device's key, kept in this browser until the ledger has answered.
"use strict";

const DB = "hazledger-scan";
const DOMAIN = "hazledger/scan@1\n";
const AT_ONCE = 20;
const AGAIN_MS = 4000;
const encoder = new TextEncoder();

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DB, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("queue", { keyPath: "n", autoIncrement: true });
      asked.result.createObjectStore("facts");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** One transaction over both stores: what it returns once it is on disk. */
async function within(mode, work) {
  const db = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const tx = db.transaction(["queue", "facts"], mode);
      let result;
      work(tx.objectStore("queue"), tx.objectStore("facts"), (value) => (result = value));
      tx.oncomplete = () => resolve(result);
      tx.onerror = tx.onabort = () => reject(tx.error);
    });
  } finally {
    db.close();
  }
}

export async function fact(name) {
  return within("readonly", (_queue, facts, give) => {
    facts.get(name).onsuccess = (event) => give(event.target.result);
  });
}

export async function setFact(name, value) {
  return within("readwrite", (_queue, facts) => void facts.put(value, name));
}

export class Queue {
  /** `sign`: the module sign.js; `org`: whose scans; `tell(scan, result)`: an answer; `waiting(count, why)`. */
  constructor(sign, org, tell, waiting) {
    this.sign = sign;
    this.org = org;
    this.tell = tell;
    this.waiting = waiting;
    this.busy = null;
    this.name = `device ${org}`;
    addEventListener("online", () => void this.flush());
    setInterval(() => void this.flush(), AGAIN_MS);
  }

  /** Makes this browser a device with a key, once; without one scans go unsigned, by the session alone. */
  async enrol(label) {
    this.device = await fact(this.name);
    if (this.device || !navigator.onLine || !(await this.sign.canSign())) return;
    const pair = await this.sign.makeKey();
    const answer = await fetch("/api/v1/scans/devices", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ name: label, key: await this.sign.publicKey(pair) }),
    }).catch(() => null);
    if (!answer || answer.status !== 201) return;
    this.device = (await answer.json()).device;
    await this.sign.keepKey(this.device, pair);
    await setFact(this.name, this.device);
  }

  /** Takes a scan: its number and its place in the queue are given in one transaction. */
  async add(scan) {
    const { device, org } = this;
    await within("readwrite", (queue, facts) => {
      if (!device) return void queue.add({ org, scan });
      const counter = `counter ${device}`;
      facts.get(counter).onsuccess = (event) => {
        const next = (event.target.result || 0) + 1;
        facts.put(next, counter);
        queue.add({ org, scan: { ...scan, device, counter: next } });
      };
    });
    await this.count("");
    void this.flush();
  }

  async list() {
    const all = await within("readonly", (queue, _facts, give) => {
      queue.getAll().onsuccess = (event) => give(event.target.result);
    });
    return all.filter((entry) => entry.org === this.org);
  }

  async count(why) {
    this.waiting((await this.list()).length, why);
  }

  async signed(scan) {
    const pair = scan.device ? await this.sign.keptKey(scan.device) : null;
    if (!pair) return scan;
    const message = encoder.encode(DOMAIN + this.sign.canonical(scan));
    const sig = await crypto.subtle.sign({ name: "Ed25519" }, pair.privateKey, message);
    return { ...scan, sig: this.sign.base64url(sig) };
  }

  /** Sends what waits, oldest first, until nothing does or the ledger cannot be reached. */
  flush() {
    this.busy ||= this.sendAll().finally(() => (this.busy = null));
    return this.busy;
  }

  async sendAll() {
    for (;;) {
      const entries = (await this.list()).slice(0, AT_ONCE);
      if (entries.length === 0) return void (await this.count(""));
      const scans = await Promise.all(entries.map((entry) => this.signed(entry.scan)));
      let answer;
      try {
        answer = await fetch("/api/v1/scans", {
          method: "POST",
          headers: { "content-type": "application/json", accept: "application/json" },
          body: JSON.stringify({ scans }),
        });
      } catch {
        return void (await this.count("offline"));
      }
      if (answer.status !== 200) {
        const why = answer.status === 401 || answer.status === 403 ? "login" : "later";
        return void (await this.count(why));
      }
      const { results } = await answer.json();
      let later = false;
      for (const [at, result] of results.entries()) {
        if (result.status === 503) {
          later = true;
          break;
        }
        await within("readwrite", (queue) => void queue.delete(entries[at].n));
        this.tell(entries[at].scan, result);
      }
      await this.count(later ? "later" : "");
      if (later) return;
    }
  }
}
