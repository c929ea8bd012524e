// Scans that wait: numbered, signed by this device's key, kept in this browser until the ledger has answered.
"use strict";

const DB = "hazledger-scan";
const DOMAIN = "hazledger/scan@1\n";
const BADGE_DOMAIN = "hazledger/scan@2\n";
const MOST_ASIDE = 200;
const AT_ONCE = 20;
const AGAIN_MS = 4000;
const encoder = new TextEncoder();

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DB, 2);
    asked.onupgradeneeded = (event) => {
      if (event.oldVersion < 1) {
        asked.result.createObjectStore("queue", { keyPath: "n", autoIncrement: true });
        asked.result.createObjectStore("facts");
      }
      asked.result.createObjectStore("conflicts", { keyPath: "n", autoIncrement: true });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** One transaction over all stores: what it returns once it is on disk. */
async function within(mode, work) {
  const db = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const tx = db.transaction(["queue", "facts", "conflicts"], mode);
      let result;
      work(tx.objectStore("queue"), tx.objectStore("facts"), (value) => (result = value), tx.objectStore("conflicts"));
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
  /** `sign`: the module sign.js; `org`: whose scans; `tell(scan, result, conflict)`: an answer; `waiting(count, why)`. */
  constructor(sign, org, tell, waiting) {
    this.sign = sign;
    this.org = org;
    this.tell = tell;
    this.waiting = waiting;
    this.busy = null;
    this.waited = new Set();
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
    await within("readwrite", (queue, facts) => this.number(queue, facts, scan));
    await this.count("");
    void this.flush();
  }

  number(queue, facts, scan) {
    const { device, org } = this;
    if (!device) return void queue.add({ org, scan });
    const counter = `counter ${device}`;
    facts.get(counter).onsuccess = (event) => {
      const next = (event.target.result || 0) + 1;
      facts.put(next, counter);
      queue.add({ org, scan: { ...scan, device, counter: next } });
    };
  }

  /** What waits from before: whoever made it stands there no more. */
  async resume() {
    const entries = await this.list();
    for (const entry of entries) this.waited.add(entry.n);
    return entries;
  }

  /** Scans that a person has to decide about, oldest first; those set aside, too. */
  async conflicts() {
    const all = await within("readonly", (_queue, _facts, give, conflicts) => {
      conflicts.getAll().onsuccess = (event) => give(event.target.result);
    });
    return all.filter((entry) => entry.org === this.org);
  }

  /** Sends a scan again as the report of what happened, under a number of its own; returns it, as it was made. */
  async report(n) {
    const made = await within("readwrite", (queue, facts, give, conflicts) => {
      conflicts.get(n).onsuccess = (event) => {
        const entry = event.target.result;
        if (!entry) return;
        const { device: _device, counter: _counter, badge, ...same } = entry.scan;
        const refused = entry.result.problem?.code.startsWith("scan_badge");
        const scan = { ...same, id: this.sign.uuid7(), report: true, ...(badge && !refused ? { badge } : {}) };
        conflicts.delete(n);
        this.number(queue, facts, scan);
        give(scan);
      };
    });
    await this.count("");
    void this.flush();
    return made;
  }

  /** Sets a scan aside, or takes it up again. Of those aside the oldest are forgotten at last. */
  async setAside(n, aside) {
    await within("readwrite", (_queue, _facts, _give, conflicts) => {
      conflicts.getAll().onsuccess = (event) => {
        const rest = event.target.result.filter((entry) => entry.aside && entry.n !== n);
        for (const entry of rest.slice(0, Math.max(0, rest.length + 1 - MOST_ASIDE))) conflicts.delete(entry.n);
        const entry = event.target.result.find((one) => one.n === n);
        if (entry) conflicts.put({ ...entry, aside });
      };
    });
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
    const message = encoder.encode(await this.message(scan));
    const sig = await crypto.subtle.sign({ name: "Ed25519" }, pair.privateKey, message);
    return { ...scan, sig: this.sign.base64url(sig) };
  }

  /** What the device signs: of a badge the hash, for its secret is not kept. */
  async message(scan) {
    if (!scan.badge) return DOMAIN + this.sign.canonical(scan);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(scan.badge)));
    const badge = `sha256:${[...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    return BADGE_DOMAIN + this.sign.canonical({ ...scan, badge });
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
        await this.resume();
        return void (await this.count("offline"));
      }
      if (answer.status !== 200) {
        await this.resume();
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
        const { n, org, scan } = entries[at];
        const conflict = unsettled(result, this.waited.has(n));
        await within("readwrite", (queue, _facts, _give, conflicts) => {
          queue.delete(n);
          if (conflict) conflicts.add({ org, scan, result, aside: false });
        });
        this.waited.delete(n);
        this.tell(scan, result, conflict);
      }
      await this.count(later ? "later" : "");
      if (later) return;
    }
  }
}

/** Whether a person has to decide: it was not taken at all, or nobody stands before the drum any more. */
function unsettled(result, waited) {
  if (result.problem) return true;
  const place = result.problems[0]?.code === "scan_no_goods";
  return waited && !place && ["wrong_place", "unknown", "blocked"].includes(result.outcome);
}
