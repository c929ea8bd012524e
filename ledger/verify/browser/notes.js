// Signed notes, checkpoints and tlog-proofs (C2SP), and the witness quorum of a tlog-policy.

const ED25519 = 1;
const COSIGNATURE = 4;
const MAX_LOG = 2n ** 63n - 1n;
const DASH = "\u2014 ";
const VKEY = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/;
// eslint-disable-next-line no-control-regex
const LINE_CONTROL = /[\u0000-\u001f]/;

/** The lines of a text that ends with a line feed. */
function linesOf(text, code) {
  if (!text.endsWith("\n")) fail(code);
  const lines = text.slice(0, -1).split("\n");
  if (lines.some((line) => LINE_CONTROL.test(line))) fail(code);
  return lines;
}

function parseDecimal(text, code) {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) > MAX_LOG) fail(code);
  return BigInt(text);
}

function isKeyName(name) {
  return name !== "" && !name.includes("+") && !SPACE.test(name) && !LINE_CONTROL.test(name);
}

function noteKeyId(name, kind, key) {
  return sha256(joined(bytesOf(`${name}\n`), new Uint8Array([kind]), key)).slice(0, 4);
}

function parseVkey(vkey, field = "") {
  return within(field, () => {
    const match = VKEY.exec(vkey);
    if (!match) fail("vkey_malformed");
    const blob = unb64std(match[3], "vkey_malformed");
    const [name, kind, key] = [match[1], blob[0], blob.slice(1)];
    if (!isKeyName(name)) fail("note_key_name");
    if (kind !== ED25519 && kind !== COSIGNATURE) fail("note_key_kind", "", { kind });
    checkPublicKey(key);
    if (hex(noteKeyId(name, kind, key)) !== match[2]) fail("vkey_malformed");
    return { name, kind, key, vkey, keyName: hex(key), id: `${name}\n${match[2]}` };
  });
}

/** {text, signatures: [{name, id, body}]} of a note's text; nothing is verified. */
function parseNote(note) {
  if (bytesOf(note).length > 1000000) fail("note_too_large", "", { max: 1000000, signatures: 100 });
  linesOf(note, "note_malformed");
  const at = note.lastIndexOf("\n\n");
  if (at < 0) fail("note_malformed");
  const lines = linesOf(note.slice(at + 2), "note_malformed");
  if (lines.length > 100) fail("note_too_large", "", { max: 1000000, signatures: 100 });
  const signatures = lines.map((line) => {
    const rest = line.startsWith(DASH) ? line.slice(DASH.length) : line;
    const space = rest.indexOf(" ");
    const name = space < 0 ? rest : rest.slice(0, space);
    if (!line.startsWith(DASH) || space < 0 || !isKeyName(name)) fail("note_malformed");
    const data = unb64std(rest.slice(space + 1), "note_malformed");
    if (data.length <= 4) fail("note_malformed");
    return { name, id: `${name}\n${hex(data.slice(0, 4))}`, body: data.slice(4) };
  });
  return { text: note.slice(0, at + 1), signatures };
}

function verifyLine(key, text, body) {
  if (key.kind === ED25519) return verifySignature(key.key, body, bytesOf(text));
  if (body.length < 8) return false;
  const time = BigInt(`0x${hex(body.slice(0, 8))}`);
  const message = bytesOf(`cosignature/v1\ntime ${time}\n${text}`);
  return time <= MAX_LOG && verifySignature(key.key, body.slice(8), message);
}

/** The text of a note and the keys that signed it, each once. */
function openNote(note, keys) {
  const known = new Map();
  for (const key of keys) {
    const other = known.get(key.id);
    if (other && other.vkey !== key.vkey) fail("note_keys_ambiguous", "", { name: key.name });
    known.set(key.id, key);
  }
  const { text, signatures } = parseNote(note);
  const signed = new Map();
  for (const signature of signatures) {
    const key = known.get(signature.id);
    if (!key) continue;
    if (!verifyLine(key, text, signature.body)) fail("note_signature_wrong", "", { name: signature.name });
    signed.set(key.vkey, key);
  }
  if (signed.size === 0) fail("note_not_signed");
  return { text, signed: [...signed.values()], lines: signatures.length };
}

function parseCheckpoint(text) {
  const lines = linesOf(text, "checkpoint_malformed");
  if (lines.length < 3 || lines.some((line) => line === "")) fail("checkpoint_malformed");
  const size = parseDecimal(lines[1], "checkpoint_malformed");
  return { origin: lines[0], size, root: unb64std(lines[2], "checkpoint_malformed", 32), more: lines.length > 3 };
}

function logKeysOf(origin, vkeys) {
  const found = vkeys.map((vkey) => parseVkey(vkey)).filter((key) => key.name === origin && key.kind !== COSIGNATURE);
  if (found.length === 0) fail("log_key_missing", "/vkeys", { origin });
  return found;
}

/** Verify every signature line of a checkpoint under the keys that the file names, each key used once. */
function checkCheckpoint(note, origin, vkeys) {
  const logKeys = logKeysOf(origin, vkeys);
  const own = new Set(logKeys.map((key) => key.vkey));
  const others = vkeys.filter((vkey) => !own.has(vkey)).map((vkey) => parseVkey(vkey));
  const { text, signed, lines } = openNote(note, [...logKeys, ...others]);
  if (!signed.some((key) => own.has(key.vkey))) fail("note_not_signed");
  const checkpoint = parseCheckpoint(text);
  if (checkpoint.origin !== origin) {
    fail("checkpoint_wrong_origin", "", { actual: checkpoint.origin, expected: origin });
  }
  if (lines !== signed.length || lines !== vkeys.length) {
    fail("checkpoint_line_unknown", "/vkeys", { lines, verified: signed.length, keys: vkeys.length });
  }
  if (checkpoint.more) fail("checkpoint_extensions", "/checkpoint");
  const raw = new Set(logKeys.map((key) => key.keyName));
  const witnesses = others.filter((key) => key.kind === COSIGNATURE && !raw.has(key.keyName));
  return { checkpoint, logKeys, witnesses };
}

/** c2sp.org/tlog-proof@v1: index, path, checkpoint. */
function parseTlogProof(text) {
  const code = "tlog_proof_malformed";
  if (bytesOf(text).length > 1070000) fail(code);
  const at = text.indexOf("\n\n");
  if (at < 0 || bytesOf(text.slice(0, at)).length > 70000) fail(code);
  const lines = linesOf(text.slice(0, at + 1), code);
  const header = lines.shift();
  let extra = null;
  if (lines.length && lines[0].startsWith("extra ")) {
    extra = unb64std(lines.shift().slice(6), code);
    if (extra.length < 1 || extra.length > 48000) fail(code);
  }
  if (header !== "c2sp.org/tlog-proof@v1" || !lines.length || !lines[0].startsWith("index ")) fail(code);
  const index = parseDecimal(lines[0].slice(6), code);
  const path = lines.slice(1).map((line) => unb64std(line, code, 32));
  if (path.length > 63) fail(code);
  const checkpoint = text.slice(at + 2);
  parseCheckpoint(parseNote(checkpoint).text);
  return { index, path, checkpoint, extra };
}

/** Demand that a log key of a tlog-policy text signed, if it names any, and that its quorum is met. */
function checkQuorum(text, logKeys, witnesses) {
  const cosigned = new Set(witnesses.map((key) => key.keyName));
  const policy = { logs: [], keys: new Set(), met: new Map(), members: new Set(), quorum: null };
  linesOf(text, "tlog_policy_malformed").forEach((line, at) => {
    const words = line.split(/\s+/).filter((word) => word !== "");
    if (!words.length || words[0].startsWith("#")) return;
    try {
      readPolicyLine(policy, words, cosigned);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      fail("tlog_policy_malformed", "/tlog_policy", { line: at + 1 });
    }
  });
  if (policy.quorum === null) fail("tlog_policy_malformed", "/tlog_policy", { line: 0 });
  if (policy.logs.length && !policy.logs.some((log) => logKeys.some((key) => key.vkey === log.vkey))) {
    fail("policy_other_log_key", "/vkeys");
  }
  if (!policy.met.get(policy.quorum)) fail("witness_quorum_not_met", "/checkpoint", { quorum: policy.quorum });
}

function readPolicyLine(policy, words, cosigned) {
  const wrong = () => fail("tlog_policy_malformed");
  const define = (name, met) => {
    if (policy.met.has(name) || name === "none") wrong();
    policy.met.set(name, met);
  };
  const [kind, ...rest] = words;
  if (kind === "log" && (rest.length === 1 || rest.length === 2)) {
    policy.logs.push(parseVkey(rest[0]));
  } else if (kind === "witness" && (rest.length === 2 || rest.length === 3)) {
    const key = parseVkey(rest[1]).keyName;
    if (policy.keys.has(key)) wrong();
    policy.keys.add(key);
    define(rest[0], cosigned.has(key));
  } else if (kind === "group" && rest.length > 2) {
    const [name, threshold, ...members] = rest;
    if (members.some((item) => !policy.met.has(item) || policy.members.has(item))) wrong();
    if (new Set(members).size !== members.length) wrong();
    members.forEach((item) => policy.members.add(item));
    let least = { any: 1, all: members.length }[threshold];
    if (least === undefined) {
      if (!/^[1-9][0-9]{0,3}$/.test(threshold) || Number(threshold) > members.length) wrong();
      least = Number(threshold);
    }
    define(name, members.filter((item) => policy.met.get(item)).length >= least);
  } else if (kind === "quorum" && rest.length === 1 && policy.quorum === null) {
    if (!policy.met.has("none")) policy.met.set("none", true);
    if (!policy.met.has(rest[0])) wrong();
    [policy.quorum] = rest;
  } else {
    wrong();
  }
}
