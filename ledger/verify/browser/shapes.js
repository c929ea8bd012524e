// The documents: header, record, link, effects, entry, evidence, receipt, policy. Each reader refuses every other shape.

const SECTION_NAMES = [
  "agent", "quantity", "inputs", "outputs", "containers", "place", "time", "product", "parties", "transport",
  "commercial", "documents", "condition", "reason", "organisation", "site", "key", "licence", "rule", "log", "heads",
  "finding", "personal",
];
const CHAIN_KINDS = ["ledger", "batch", "container", "site", "shipment", "transfer", "org"];
const ALL_KINDS = [...CHAIN_KINDS, "user", "product", "licence"];
const SOURCES = ["produced", "opening", "imported", "external_in", "found", "unexplained"];
const SINKS = [
  "used", "transformed", "sampled", "lost", "stolen", "released", "disposed", "exported", "external_out",
];
const ACCOUNTS = [...SOURCES, ...SINKS, "difference", "variance"];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SITE_PLACE = /^site:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[A-Za-z0-9._-]{1,64}$/;
const VEHICLE_PLACE =
  /^vehicle:[^\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000/|:]{1,32}$/u;
const MAX_MG = 10n ** 18n - 1n;
const MAX_MS = 253402300799999;

function checkRef(text, kinds, field) {
  const colon = text.indexOf(":");
  if (colon < 0 || !UUID.test(text.slice(colon + 1))) fail("ref_not_of_form", field);
  if (!kinds.includes(text.slice(0, colon))) fail("ref_wrong_kind", field, { kinds: [...kinds].sort().join(", ") });
  return text;
}

function checkOrigin(text, field) {
  if (!/^[A-Za-z0-9][A-Za-z0-9._~:/-]{0,254}$/.test(text) || text.endsWith("/")) fail("origin_not_of_form", field);
  return text;
}

function checkMs(ms, field) {
  if (!(ms >= 0 && ms <= MAX_MS)) fail("time_out_of_range", field);
  return ms;
}

/** Milliseconds of YYYY-MM-DDTHH:MM:SS; there are no leap seconds and no 31st of June. */
function moment(text, field) {
  const parts = [text.slice(0, 4), text.slice(5, 7), text.slice(8, 10)].map(Number);
  const clock = [text.slice(11, 13), text.slice(14, 16), text.slice(17, 19)].map(Number);
  const date = new Date(0);
  date.setUTCFullYear(parts[0], parts[1] - 1, parts[2]);
  date.setUTCHours(clock[0], clock[1], clock[2], 0);
  const right =
    parts[0] >= 1 && date.getUTCFullYear() === parts[0] && date.getUTCMonth() === parts[1] - 1 &&
    date.getUTCDate() === parts[2] && date.getUTCHours() === clock[0] && date.getUTCMinutes() === clock[1] &&
    date.getUTCSeconds() === clock[2];
  if (!right) fail("time_out_of_range", field);
  return date.getTime();
}

function parseStated(text, field) {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}$/.test(text)) {
    fail("time_not_of_form", field);
  }
  const minute = Number(text.slice(23, 25));
  const offset = Number(text.slice(20, 22)) * 60 + minute;
  if (minute > 59 || offset > 840 || (offset === 0 && text[19] === "-")) fail("time_not_of_form", field);
  return checkMs(moment(text, field) + (text[19] === "+" ? -offset : offset) * 60000, field);
}

function parseRecorded(text, field) {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/.test(text)) {
    fail("recorded_time_not_of_form", field);
  }
  return checkMs(moment(text, field) + Number(text.slice(20, 23)), field);
}

function formatRecorded(ms) {
  return new Date(ms).toISOString();
}

function parseHeader(value) {
  const header = closedObject(value, [
    "spec", "origin", "id", "type", "mode", "actor", "keys", "occurred_at", "not_after", "refs", "sections",
  ]);
  specAt(header, "hazledger/event@1");
  checkOrigin(textAt(header.origin, "/origin"), "/origin");
  if (!UUID7.test(textAt(header.id, "/id"))) fail("uuid7_not_of_form", "/id");
  const type = textAt(header.type, "/type");
  if (type.length > 80 || !/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/.test(type)) fail("event_type_not_of_form", "/type");
  oneOf(header.mode, ["act", "report"], "/mode");
  checkRef(textAt(header.actor, "/actor"), ["org"], "/actor");
  sortedHashes(textsAt(header.keys, 64, "/keys"), "/keys");
  parseStated(textAt(header.occurred_at, "/occurred_at"), "/occurred_at");
  if (header.not_after !== null) parseStated(textAt(header.not_after, "/not_after"), "/not_after");
  listAt(header.refs, 256, "/refs").forEach((ref, at) => {
    closedObject(ref, ["rel", "origin", "hash"], `/refs/${at}`);
    oneOf(ref.rel, ["previous", "voids", "order", "counterpart", "erases", "part_of"], `/refs/${at}/rel`);
    checkOrigin(textAt(ref.origin, `/refs/${at}/origin`), `/refs/${at}/origin`);
    hashAt(ref.hash, `/refs/${at}/hash`);
  });
  const sections = objectAt(header.sections, "/sections");
  for (const name of Object.keys(sections)) {
    if (!SECTION_NAMES.includes(name)) fail("section_name_unknown", `/sections/${name}`, { name });
    hashAt(sections[name], `/sections/${name}`);
  }
  return header;
}

function parseRecord(value) {
  const record = closedObject(value, [
    "spec", "origin", "index", "event", "recorded_at", "signatures", "auth", "rules", "reference", "links",
  ]);
  specAt(record, "hazledger/record@1");
  checkOrigin(textAt(record.origin, "/origin"), "/origin");
  intAt(record.index, 0, MAX_INT, "/index");
  const ms = parseRecorded(textAt(record.recorded_at, "/recorded_at"), "/recorded_at");
  for (const name of ["event", "auth", "rules", "reference"]) hashAt(record[name], `/${name}`);
  if (record.signatures !== null) hashAt(record.signatures, "/signatures");
  const links = textsAt(record.links, 1024, "/links");
  if (links.length < 1) fail("list_length", "/links", { least: 1, most: 1024 });
  sortedHashes(links, "/links");
  return { ...record, ms, hash: digest("hazledger/record@1", encode(record)) };
}

function parseSignatures(value) {
  const found = listAt(value, 64, "/signatures");
  found.forEach((item, at) => {
    closedObject(item, ["key", "sig"], `/signatures/${at}`);
    unb64u(textAt(item.sig, `/signatures/${at}/sig`), 64, `/signatures/${at}/sig`);
    hashAt(item.key, `/signatures/${at}/key`);
  });
  ascending(found.map((item) => item.key), "/signatures");
  return found;
}

/** {name, content, digest} of [salt, name, content]. */
function parseDisclosure(value, names, field) {
  const parts = listAt(value, 3, field);
  if (parts.length !== 3) fail("list_length", field, { least: 3, most: 3 });
  unb64u(textAt(parts[0], `${field}/0`), 16, `${field}/0`);
  oneOf(parts[1], names, `${field}/1`);
  objectAt(parts[2], `${field}/2`);
  return { name: parts[1], content: parts[2], digest: digest("hazledger/section@1", encode(parts)) };
}

function parseSections(value) {
  const found = listAt(value, SECTION_NAMES.length, "/sections").map((item, at) =>
    parseDisclosure(item, SECTION_NAMES, `/sections/${at}`),
  );
  ascending(found.map((section) => section.name), "/sections");
  return found;
}

function parsePath(value, field) {
  return textsAt(value, 63, field).map((node, at) => unb64u(node, 32, `${field}/${at}`));
}

function parseNoteLines(value, field) {
  return `${textsAt(value, 256, field).join("\n")}\n`;
}

function parseVkeys(value, field) {
  const vkeys = textsAt(value, 64, field);
  if (vkeys.length < 1) fail("list_length", field, { least: 1, most: 64 });
  vkeys.forEach((vkey, at) => parseVkey(vkey, `${field}/${at}`));
  return vkeys;
}

function parseRawKeys(value, field) {
  const keys = textsAt(value, 64, field).map((text, at) => unb64u(text, 32, `${field}/${at}`));
  keys.forEach((key, at) => checkPublicKey(key, `${field}/${at}`));
  ascending(keys.map(b64u).sort(compare), field);
  return keys;
}

function parseEntry(value, place) {
  return within(place, () => {
    const entry = closedObject(value, ["record", "path", "header", "signatures", "sections", "link", "effects"]);
    const made = {
      place,
      record: within("/record", () => parseRecord(entry.record)),
      path: parsePath(entry.path, "/path"),
      header: entry.header === null ? null : within("/header", () => parseHeader(entry.header)),
      signatures: parseSignatures(entry.signatures),
      sections: parseSections(entry.sections),
      link: entry.link === null ? null : parseDisclosure(entry.link, ["link"], "/link"),
      effects: entry.effects === null ? null : parseDisclosure(entry.effects, ["effects"], "/effects"),
    };
    if (made.header === null && (made.signatures.length || made.sections.length)) {
      fail("entry_without_header", "/header");
    }
    if (made.link === null && made.effects !== null) fail("effects_without_link", "/effects");
    made.type = made.header === null ? null : made.header.type;
    made.headerBytes = made.header === null ? null : encode(made.header);
    made.section = (name) => {
      const found = made.sections.find((section) => section.name === name);
      return found ? found.content : null;
    };
    return made;
  });
}

function parseHeads(value, field) {
  closedObject(value, ["index", "size", "path"], field);
  return {
    index: intAt(value.index, 0, MAX_INT, `${field}/index`),
    size: intAt(value.size, 1, MAX_INT, `${field}/size`),
    path: parsePath(value.path, `${field}/path`),
  };
}

const EVIDENCE_NAMES = ["spec", "origin", "chain", "entries", "heads", "checkpoint", "vkeys"];

/** Evidence of a chain (seq 0), or span@1: its records from place `seq` on. */
function parseEvidence(value) {
  const span = value.spec === "hazledger/span@1";
  const members = closedObject(value, span ? [...EVIDENCE_NAMES, "seq"] : EVIDENCE_NAMES);
  const seq = span ? intAt(members.seq, 0, MAX_INT, "/seq") : 0;
  checkOrigin(textAt(members.origin, "/origin"), "/origin");
  checkRef(textAt(members.chain, "/chain"), CHAIN_KINDS, "/chain");
  const listed = listAt(members.entries, 1000000, "/entries");
  if (listed.length < 1) fail("list_length", "/entries", { least: 1, most: 1000000 });
  const entries = listed.map((entry, at) => parseEntry(entry, `/entries/${at}`));
  for (let at = 1; at < entries.length; at += 1) {
    if (entries[at - 1].record.index >= entries[at].record.index) fail("not_sorted", `/entries/${at}/record/index`);
  }
  const heads = members.heads === null ? null : parseHeads(members.heads, "/heads");
  const checkpoint = parseNoteLines(members.checkpoint, "/checkpoint");
  within("/checkpoint", () => parseNote(checkpoint));
  const vkeys = parseVkeys(members.vkeys, "/vkeys");
  ascending(vkeys, "/vkeys");
  return { spec: value.spec, seq, origin: members.origin, chain: members.chain, entries, heads, checkpoint, vkeys };
}

function parseReceipt(value) {
  const members = closedObject(value, ["spec", "header", "signatures", "keys", "sections", "record", "proof", "vkeys"]);
  const proofText = parseNoteLines(members.proof, "/proof");
  const receipt = {
    header: within("/header", () => parseHeader(members.header)),
    signatures: parseSignatures(members.signatures),
    keys: parseRawKeys(members.keys, "/keys"),
    sections: parseSections(members.sections),
    record: within("/record", () => parseRecord(members.record)),
    proof: within("/proof", () => parseTlogProof(proofText)),
    vkeys: parseVkeys(members.vkeys, "/vkeys"),
  };
  ascending(receipt.keys.map(b64u), "/keys");
  if (receipt.proof.extra !== null) fail("proof_with_extra", "/proof/1");
  ascending(receipt.vkeys, "/vkeys");
  return receipt;
}

function parsePolicy(data) {
  const { value } = parse(data, 256 * 1024, 16, 20000);
  const members = closedObject(value, ["spec", "origin", "log_keys", "genesis", "registrars", "tlog_policy"]);
  specAt(members, "hazledger/policy@1");
  const logKeys = parseVkeys(members.log_keys, "/log_keys");
  ascending([...logKeys].sort(compare), "/log_keys");
  return {
    origin: checkOrigin(textAt(members.origin, "/origin"), "/origin"),
    logKeys,
    genesis: hashAt(members.genesis, "/genesis"),
    registrars: parseRawKeys(members.registrars, "/registrars"),
    tlog: members.tlog_policy === null ? null : parseNoteLines(members.tlog_policy, "/tlog_policy"),
  };
}

function parseLink(content) {
  const link = closedObject(content, ["chain", "seq", "prev", "effects"]);
  textAt(link.chain, "/chain");
  intAt(link.seq, 0, MAX_INT, "/seq");
  if (link.prev !== null) textAt(link.prev, "/prev");
  textAt(link.effects, "/effects");
  checkRef(link.chain, CHAIN_KINDS, "/chain");
  if ((link.prev === null) !== (link.seq === 0)) fail("link_prev_mismatch", "/prev");
  if (link.prev !== null) checkHash(link.prev, "/prev");
  checkHash(link.effects, "/effects");
  return link;
}

function parseKg(text, field) {
  if (text.length > 24 || !/^-?(0|[1-9][0-9]*)(\.[0-9]{0,5}[1-9])?$/.test(text) || text === "-0") {
    fail("kg_not_canonical", field);
  }
  const [whole, fraction = ""] = text.split(".");
  const mg = BigInt(whole + fraction.padEnd(6, "0"));
  if (mg > MAX_MG || mg < -MAX_MG) fail("amount_too_large", field, { most_kg: kg(MAX_MG) });
  return mg;
}

function kg(mg) {
  const size = mg < 0n ? -mg : mg;
  const fraction = (size % 1000000n).toString().padStart(6, "0").replace(/0+$/, "");
  return `${mg < 0n ? "-" : ""}${size / 1000000n}${fraction ? `.${fraction}` : ""}`;
}

function parseAccount(value, field) {
  if (typeof value === "string") return oneOf(value, ACCOUNTS, field);
  const parts = textsAt(value, 6, field);
  if (parts.length !== 6) fail("list_length", field, { least: 6, most: 6 });
  checkRef(parts[0], ["batch"], `${field}/0`);
  checkRef(parts[1], ["org"], `${field}/1`);
  checkRef(parts[2], ["org", "shipment"], `${field}/2`);
  if (!SITE_PLACE.test(parts[3]) && !VEHICLE_PLACE.test(parts[3])) fail("place_not_of_form", `${field}/3`);
  if (parts[4] !== "-") checkRef(parts[4], ["container"], `${field}/4`);
  oneOf(parts[5], ["free", "quarantine", "hold", "waste"], `${field}/5`);
  return parts;
}

function parseEffects(content) {
  const effects = closedObject(content, ["postings", "shares", "findings"]);
  for (const name of ["postings", "shares", "findings"]) {
    ascending(listAt(effects[name], 4096, `/${name}`).map(write), `/${name}`);
  }
  const postings = effects.postings.map((posting, at) => {
    closedObject(posting, ["account", "kg"], `/postings/${at}`);
    const mg = parseKg(textAt(posting.kg, `/postings/${at}/kg`), `/postings/${at}/kg`);
    if (mg === 0n) fail("posting_zero", `/postings/${at}/kg`);
    return { account: parseAccount(posting.account, `/postings/${at}/account`), mg };
  });
  effects.shares.forEach((share, at) => {
    closedObject(share, ["batch", "ppb"], `/shares/${at}`);
    if (textAt(share.batch, `/shares/${at}/batch`) !== "-") checkRef(share.batch, ["batch"], `/shares/${at}/batch`);
    intAt(share.ppb, 0, 10 ** 9, `/shares/${at}/ppb`);
  });
  effects.findings.forEach((finding, at) => {
    closedObject(finding, ["rule", "data"], `/findings/${at}`);
    if (!/^[a-z][a-z0-9_]{0,63}@[1-9][0-9]{0,3}$/.test(textAt(finding.rule, `/findings/${at}/rule`))) {
      fail("rule_not_of_form", `/findings/${at}/rule`);
    }
    objectAt(finding.data, `/findings/${at}/data`);
  });
  const accounts = new Set(postings.map((posting) => JSON.stringify(posting.account)));
  if (accounts.size !== postings.length) fail("duplicate_account", "/postings");
  if (new Set(effects.shares.map((share) => share.batch)).size !== effects.shares.length) {
    fail("duplicate_share", "/shares");
  }
  return postings;
}
