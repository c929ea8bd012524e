// Events signed in the browser with a key that cannot leave it (WebCrypto Ed25519, not extractable).
//
// The bytes are those of docs/formats.md: canonical JSON (RFC 8785), salted section digests, header, signature.
// A test holds every one of them to the ledger's own.

const encoder = new TextEncoder();
const EVENT = "hazledger/event@1";
const SECTION = "hazledger/section@1";
const KEY = "hazledger/key@1";
const POSSESSION = "hazledger/possession@1";
const SALT_SIZE = 16;
const STORE = "keys";
const REPEATABLE = new Set([429, 502, 503, 504]);
const TRIES = 6;

/** Canonical JSON of the closed domain: null, booleans, safe integers, text, lists, objects with ASCII names. */
export function canonical(value) {
  if (value === null || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new TypeError("only integers below 2^53 are taken; amounts are texts");
    return String(value === 0 ? 0 : value);
  }
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new TypeError("text with a lone surrogate");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object") throw new TypeError(`not a JSON value: ${typeof value}`);
  const names = Object.keys(value).sort();
  for (const name of names) {
    if (!/^[\x20-\x7e]+$/.test(name)) throw new TypeError("names are printable ASCII");
  }
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

/** Base64url without padding (RFC 4648, section 5). */
export function base64url(bytes) {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function digest(tag, body) {
  return base64url(await crypto.subtle.digest("SHA-256", tagged(tag, body)));
}

function tagged(tag, body) {
  const head = encoder.encode(`${tag}\n`);
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

/** A UUIDv7 (RFC 9562, section 5.7) of a time and ten random bytes. */
export function uuid7(ms = Date.now(), random = crypto.getRandomValues(new Uint8Array(10))) {
  const bytes = new Uint8Array(16);
  for (let place = 0, left = ms; place < 6; place += 1, left = Math.floor(left / 256)) bytes[5 - place] = left % 256;
  bytes.set(random, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** A time as headers state it, in UTC: "2026-11-22T00:15:00+00:00". */
export function stated(ms = Date.now()) {
  return `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}+00:00`;
}

// --- keys ------------------------------------------------------------------------------------------------------------

/** Whether this browser can sign: Ed25519 in WebCrypto, which needs https. */
export async function canSign() {
  try {
    await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

/** A new pair whose private half no script can read, not even this one. */
export async function makeKey() {
  return crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
}

/** The raw public key as the ledger registers it. */
export async function publicKey(pair) {
  return base64url(await crypto.subtle.exportKey("raw", pair.publicKey));
}

/** The id that stands in headers: the digest of algorithm and raw public key. */
export async function keyId(pair) {
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return digest(`${KEY}\ned25519`, raw);
}

/** The proof that somebody holds a key: said = {origin, organisation, key, holder}, signed by the key itself. */
export async function proof(said, pair) {
  const message = tagged(POSSESSION, encoder.encode(canonical(said)));
  return base64url(await crypto.subtle.sign({ name: "Ed25519" }, pair.privateKey, message));
}

function database() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("hazledger", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function inStore(mode, work) {
  const opened = await database();
  try {
    return await new Promise((resolve, reject) => {
      const asked = work(opened.transaction(STORE, mode).objectStore(STORE));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  } finally {
    opened.close();
  }
}

/** Keep a pair in this browser under a name, such as the user's reference. */
export async function keepKey(name, pair) {
  await inStore("readwrite", (store) => store.put(pair, name));
}

/** The pair kept under a name; undefined if there is none. */
export async function keptKey(name) {
  return inStore("readonly", (store) => store.get(name));
}

/** The names under which this browser keeps pairs. */
export async function keptNames() {
  return inStore("readonly", (store) => store.getAllKeys());
}

// --- forms -----------------------------------------------------------------------------------------------------------

/** A clock that tells the ledger's time, as headers state it: a phone's own may be wrong. madeAt: when the page was. */
export function ledgerClock(madeAt) {
  const ahead = Number(madeAt) - Date.now();
  return () => stated(Date.now() + ahead);
}

/** Which of these keys of a person this browser keeps, in their order: [{id, pair}]. */
export async function ownKeys(user, ids) {
  const found = [];
  for (const id of new Set(ids)) {
    const pair = await keptKey(`${user} ${id}`).catch(() => undefined);
    if (pair) found.push({ id, pair });
  }
  return found;
}

/** Send a form once work(form) has filled it in; what goes wrong is said in it, and nothing is sent. */
export function signOnSubmit(form, work) {
  let ready = false;
  form.addEventListener("submit", async (event) => {
    if (ready) return;
    event.preventDefault();
    form.setAttribute("aria-busy", "true");
    try {
      await work(form);
      ready = true;
      // What was quick enough to be done within this very event would be taken for the same press.
      await new Promise((done) => setTimeout(done));
      form.requestSubmit();
    } catch (error) {
      form.querySelector(".key-said").textContent = error.message;
      form.removeAttribute("aria-busy");
    }
  });
}

// --- statements ------------------------------------------------------------------------------------------------------

/**
 * An event ready to be posted to /api/v1/events.
 *
 * said: {origin, actor, type, sections, mode?, id?, occurredAt?, notAfter?, refs?}; refs as [{rel, hash, origin?}].
 * pairs: the keys that sign; salt: for tests, a function that gives 16 bytes.
 */
export async function statement(said, pairs, salt = () => crypto.getRandomValues(new Uint8Array(SALT_SIZE))) {
  const disclosures = [];
  const sections = {};
  for (const name of Object.keys(said.sections).sort()) {
    const shown = [base64url(salt()), name, said.sections[name]];
    disclosures.push(shown);
    sections[name] = await digest(SECTION, encoder.encode(canonical(shown)));
  }
  const byId = new Map();
  for (const pair of pairs) byId.set(await keyId(pair), pair);
  const header = {
    spec: EVENT,
    origin: said.origin,
    id: said.id ?? uuid7(),
    type: said.type,
    mode: said.mode ?? "act",
    actor: said.actor,
    keys: [...byId.keys()].sort(),
    occurred_at: said.occurredAt ?? stated(),
    not_after: said.notAfter ?? null,
    refs: (said.refs ?? []).map((ref) => ({ rel: ref.rel, origin: ref.origin ?? said.origin, hash: ref.hash })),
    sections,
  };
  const message = tagged(EVENT, encoder.encode(canonical(header)));
  const signatures = [];
  for (const key of header.keys) {
    const signature = await crypto.subtle.sign({ name: "Ed25519" }, byId.get(key).privateKey, message);
    signatures.push({ key, sig: base64url(signature) });
  }
  return { hash: base64url(await crypto.subtle.digest("SHA-256", message)), body: canonical({ header, disclosures, signatures }) };
}

/**
 * One person's signatures over a draft that the server prepared: alone, under the own key's id, and for each other key.
 *
 * draft: {header, disclosures}, as the page shows it; the digests are made anew of what is disclosed, so that nothing
 * else is signed. An act is stated at `at`, a report at the time of the draft. Returns {occurred_at, key, signatures}.
 */
export async function draftSigning(draft, pair, others, at) {
  const sections = {};
  for (const shown of draft.disclosures) {
    sections[shown[1]] = await digest(SECTION, encoder.encode(canonical(shown)));
  }
  if (canonical(sections) !== canonical(draft.header.sections)) throw new TypeError("the draft states other digests");
  const occurred = draft.header.mode === "report" ? draft.header.occurred_at : at;
  const key = await keyId(pair);
  const signatures = [];
  for (const other of others) {
    const keys = [...new Set([key, other])].sort();
    const message = tagged(EVENT, encoder.encode(canonical({ ...draft.header, keys, occurred_at: occurred, sections })));
    const sig = await crypto.subtle.sign({ name: "Ed25519" }, pair.privateKey, message);
    signatures.push({ with: other, sig: base64url(sig) });
  }
  return { occurred_at: occurred, key, signatures };
}

/**
 * Post a statement until it is recorded; the same bytes each time, so it is recorded once.
 *
 * Returns {status, body}: the receipt (200, 201), or the problem that names field and remedy. Throws when not reached.
 */
export async function send(made, headers = {}, wait = (ms) => new Promise((done) => setTimeout(done, ms))) {
  for (let left = TRIES - 1, pause = 500; ; left -= 1, pause = Math.min(2 * pause, 30000)) {
    try {
      const answer = await fetch("/api/v1/events", {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json", ...headers },
        body: made.body,
      });
      if (!REPEATABLE.has(answer.status) || left === 0) return { status: answer.status, body: await answer.json() };
      const asked = Number(answer.headers.get("retry-after")) * 1000;
      await wait(Math.min(Math.max(pause, asked || 0), 30000));
    } catch (error) {
      if (left === 0) throw error;
      await wait(pause);
    }
  }
}
