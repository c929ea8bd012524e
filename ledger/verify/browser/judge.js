// Verification, step by step, as docs/formats.md lists the steps; each rests on those before it.

const GENESIS = "governance.ledger_opened";
const HEADS = "governance.heads_published";
const ADMITTED = "governance.organisation_admitted";
const REGISTERED = ["governance.key_registered", "governance.key_rotated"];
const REVOKED = "governance.key_revoked";
const NAMES_LOG_KEYS = [GENESIS, "governance.log_key_rotated", "governance.registrar_changed"];
const ABOUT_KEYS = [ADMITTED, ...REGISTERED, REVOKED, ...NAMES_LOG_KEYS];
const STANDINGS = ["registrar", "ledger", "attested", "not_shown"];

function keyId(raw) {
  return digest("hazledger/key@1", joined(bytesOf("ed25519\n"), raw));
}

function rawKeysIn(entry, section, name) {
  const listed = member(entry.section(section), name);
  if (!Array.isArray(listed) || !listed.every((item) => typeof item === "string")) {
    fail("section_not_of_form", `${entry.place}/sections`, { section, member: name });
  }
  return listed.map((item) => unb64u(item, 32, `${entry.place}/sections`));
}

function checkSections(header, sections, place) {
  for (const section of sections) {
    const expected = header === null ? undefined : member(header.sections, section.name);
    if (expected !== section.digest) fail("section_digest_wrong", `${place}/sections`, { section: section.name });
  }
}

function checkEvent(headerBytes, signatures, record, place) {
  if (digest("hazledger/event@1", headerBytes) !== record.event) fail("event_hash_wrong", `${place}/header`);
  const listed = signatures.map(({ key, sig }) => ({ key, sig }));
  const found = listed.length ? digest("hazledger/signatures@1", encode(listed)) : null;
  if (found !== record.signatures) fail("signatures_digest_wrong", `${place}/signatures`);
}

function checkSignatures(header, headerBytes, signatures, rawKey, place) {
  const listed = signatures.map((item) => item.key);
  if (listed.length !== header.keys.length || listed.some((key, at) => key !== header.keys[at])) {
    fail("signatures_not_as_listed", `${place}/signatures`);
  }
  const message = joined(bytesOf("hazledger/event@1\n"), headerBytes);
  signatures.forEach((item, at) => {
    if (!verifySignature(rawKey(item.key), unb64u(item.sig, null, ""), message)) {
      fail("signature_wrong", `${place}/signatures/${at}`, { key: item.key });
    }
  });
}

function checkPolicy(policy, origin, signed, genesis) {
  if (policy.origin !== origin) fail("policy_other_origin", "/origin", { expected: policy.origin, actual: origin });
  if (genesis !== null && policy.genesis !== genesis) {
    fail("policy_other_genesis", "/entries/0", { expected: policy.genesis, actual: genesis });
  }
  if (!signed.logKeys.some((key) => policy.logKeys.includes(key.vkey))) fail("policy_other_log_key", "/vkeys");
  if (policy.tlog !== null) checkQuorum(policy.tlog, signed.logKeys, signed.witnesses);
}

/** Whose signature it is: a key counts by log position, from its registration until its revocation. */
class KeyRing {
  constructor(entries, trusted) {
    this.trusted = trusted && new Map(trusted.map((raw) => [keyId(raw), raw]));
    this.registrars = new Map();
    this.keys = new Map();
    this.registeredAt = new Map();
    for (const entry of [...entries].reverse()) {
      const key = newKey(entry);
      if (key) this.registeredAt.set(key.id, entry.record.index);
    }
  }

  read(entry) {
    const { header } = entry;
    if (header === null) return "not_shown";
    const key = newKey(entry);
    const raw = (id) => this.rawKey(id, entry, key);
    checkSignatures(header, entry.headerBytes, entry.signatures, raw, entry.place);
    const org = key ? key.org : header.actor;
    const vouching = new Set(header.keys.filter((id) => this.vouches(id, org)));
    this.learn(entry, key, vouching.size > 0);
    if (!header.keys.length) return "attested";
    if (vouching.size && key) vouching.add(key.id);
    return header.keys.every((id) => vouching.has(id)) ? "registrar" : "ledger";
  }

  flagged(entry) {
    const { header } = entry;
    if (header === null) return null;
    const key = newKey(entry);
    const owners = new Set([header.actor, key ? key.org : header.actor]);
    const since = [...owners]
      .flatMap((org) => header.keys.map((id) => this.keys.get(`${org}\n${id}`)))
      .filter((known) => known && known.since !== null && known.since <= entry.record.ms)
      .map((known) => known.since);
    return since.length ? Math.min(...since) : null;
  }

  rawKey(id, entry, key) {
    const place = `${entry.place}/header/keys`;
    if (key && key.id === id) return key.raw;
    if (entry.type.startsWith("governance.")) {
      const registrar = this.registrars.get(id) || (this.trusted && this.trusted.get(id));
      if (registrar) return registrar;
    }
    const known = this.keys.get(`${entry.header.actor}\n${id}`);
    if (known && known.revoked) fail("key_revoked", place, { key: id });
    if (known) return known.raw;
    if ([...this.keys.values()].some((other) => other.id === id)) {
      fail("key_of_another", place, { key: id, actor: entry.header.actor });
    }
    const later = this.registeredAt.get(id);
    if (later !== undefined) {
      fail("key_registered_later", place, { key: id, registered: later, used: entry.record.index });
    }
    return fail("key_not_registered", place, { key: id });
  }

  vouches(id, org) {
    const known = this.keys.get(`${org}\n${id}`);
    return (this.trusted || this.registrars).has(id) || Boolean(known && known.vouched);
  }

  learn(entry, key, vouched) {
    if (NAMES_LOG_KEYS.includes(entry.type)) {
      const listed = rawKeysIn(entry, "log", "registrars").map((raw) => checkPublicKey(raw));
      this.registrars = new Map(listed.map((raw) => [keyId(raw), raw]));
    }
    if (key) {
      checkPublicKey(key.raw, `${entry.place}/sections`);
      const name = `${key.org}\n${key.id}`;
      if (this.keys.has(name)) fail("key_registered_twice", `${entry.place}/sections`, { key: key.id });
      this.keys.set(name, { ...key, vouched, revoked: false, since: null });
      this.revoke(key.org, key.replaces, null);
    }
    if (entry.type === REVOKED) {
      const content = entry.section("key") || {};
      const stated = member(content, "compromised_since");
      const since = typeof stated === "string" ? parseStated(stated, `${entry.place}/sections`) : null;
      this.revoke(entry.header.actor, member(content, "key_id"), since);
    }
  }

  revoke(org, id, since) {
    const known = this.keys.get(`${org}\n${id}`);
    if (!known) return;
    known.revoked = true;
    if (since !== null && (known.since === null || since < known.since)) known.since = since;
  }
}

/** The key that an entry registers; null if it registers none or does not show it. */
function newKey(entry) {
  const content = entry.section("key");
  if (entry.header === null || content === null || ![ADMITTED, ...REGISTERED].includes(entry.type)) return null;
  const org = entry.type === ADMITTED ? member(entry.section("organisation"), "organisation") : entry.header.actor;
  const stated = member(content, "key");
  if (member(content, "alg") !== "ed25519" || typeof stated !== "string" || typeof org !== "string") {
    fail("section_not_of_form", `${entry.place}/sections`, { section: "key", member: "key" });
  }
  const raw = unb64u(stated, 32, `${entry.place}/sections`);
  return { id: keyId(raw), raw, org, replaces: member(content, "replaces") };
}

function verdictOf(policy, witnesses) {
  const parts = [[policy ? "genuine" : "consistent_not_pinned", {}]];
  if (policy && policy.tlog !== null) parts.push(["quorum_met", {}]);
  else if (witnesses) parts.push(["cosigned", { witnesses }]);
  return parts;
}

class Steps {
  constructor() {
    this.taken = [];
  }

  done(name, ok = true, facts = {}) {
    this.taken.push({ name, ok, facts });
  }

  named(name) {
    return this.taken.find((taken) => taken.name === name);
  }
}

/** Evidence of a chain, or of part of one: {report, ends}. */
function judgeEvidence(evidence, policy) {
  const steps = new Steps();
  const { entries } = evidence;
  steps.done("form", true, { entries: entries.length });
  const signed = judgeLog(evidence, steps);
  const standings = step("signatures", () => {
    const ring = new KeyRing(entries, policy && policy.registrars);
    const found = entries.map((entry) => ring.read(entry));
    return entries.map((entry, at) => ({ standing: found[at], since: ring.flagged(entry) }));
  });
  steps.done("signatures");
  const chain = judgeChain(evidence, standings, steps);
  const accounts = judgeEffects(evidence, chain, steps);
  step("policy", () => policy && checkPolicy(policy, evidence.origin, signed, entries[0].record.hash));
  steps.done("policy", Boolean(policy));
  const records = chain.map(({ entry, standing, since }) => ({
    index: entry.record.index,
    recorded_at: entry.record.recorded_at,
    type: entry.type,
    actor: entry.header && entry.header.actor,
    standing,
    since,
    withheld: notDisclosed(entry),
  }));
  const report = {
    spec: evidence.spec,
    origin: evidence.origin,
    subject: evidence.chain,
    steps: steps.taken,
    verdict: evidenceVerdict(policy, steps, records),
    records,
    accounts,
  };
  const [first, last] = [chain[0], chain[chain.length - 1]];
  const ends = {
    first: first.entry.record.hash,
    firstMs: first.entry.record.ms,
    last: last.entry.record.hash,
    lastSeq: last.link.seq,
  };
  return { report, ends };
}

function judgeLog(evidence, steps) {
  const { entries, origin } = evidence;
  step("sections", () => entries.forEach((entry) => checkSections(entry.header, entry.sections, entry.place)));
  steps.done("sections", true, { disclosed: entries.reduce((sum, entry) => sum + entry.sections.length, 0) });
  const shown = entries.filter((entry) => entry.header !== null);
  step("events", () =>
    shown.forEach((entry) => checkEvent(entry.headerBytes, entry.signatures, entry.record, entry.place)),
  );
  steps.done("events", true, { shown: shown.length });
  step("entries", () => checkEntries(evidence));
  steps.done("entries");
  const demo = step("genesis", () => checkGenesis(evidence));
  steps.done("genesis", true, { demo });
  step("log_key", () => checkLogKeys(evidence));
  steps.done("log_key");
  const signed = step("checkpoint", () => checkCheckpoint(evidence.checkpoint, origin, evidence.vkeys));
  steps.done("checkpoint", true, { size: String(signed.checkpoint.size), witnesses: signed.witnesses.length });
  step("inclusion", () => {
    const { size, root: top } = signed.checkpoint;
    for (const entry of entries) {
      const leaf = leafHash(unb64u(entry.record.hash, 32, ""));
      if (!verifyInclusion(BigInt(entry.record.index), size, leaf, entry.path, top)) {
        fail("inclusion_not_proven", entry.place, { index: entry.record.index, size: String(size) });
      }
    }
  });
  steps.done("inclusion", true, { records: entries.length });
  return signed;
}

function headsEntry(evidence) {
  if (evidence.heads === null) return null;
  return [...evidence.entries].reverse().find((entry) => entry.type === HEADS) || null;
}

function checkEntries(evidence) {
  const heads = headsEntry(evidence);
  const events = new Set();
  let before = 0;
  for (const entry of evidence.entries) {
    const { record, header } = entry;
    if (record.origin !== evidence.origin || (header !== null && header.origin !== evidence.origin)) {
      fail("origin_differs", entry.place, { expected: evidence.origin });
    }
    if (record.ms < before) fail("time_runs_backwards", `${entry.place}/record/recorded_at`);
    if (events.has(record.event)) fail("event_twice", `${entry.place}/record/event`, { event: record.event });
    const asked = entry.link !== null || record.index === 0 || entry === heads || ABOUT_KEYS.includes(entry.type);
    if (!asked) fail("entry_not_asked_for", entry.place);
    events.add(record.event);
    before = record.ms;
  }
}

function checkGenesis(evidence) {
  const first = evidence.entries[0];
  const content = first.section("log");
  if (first.record.index !== 0 || first.type !== GENESIS || content === null) fail("genesis_not_shown", first.place);
  const demo = member(content, "demo");
  if (typeof demo !== "boolean") {
    fail("section_not_of_form", `${first.place}/sections`, { section: "log", member: "demo" });
  }
  if (member(content, "origin") !== evidence.origin) {
    fail("origin_differs", `${first.place}/sections`, { expected: evidence.origin });
  }
  return demo;
}

function checkLogKeys(evidence) {
  const lists = evidence.entries
    .filter((entry) => NAMES_LOG_KEYS.includes(entry.type))
    .map((entry) => new Set(rawKeysIn(entry, "log", "keys").map((raw) => hex(checkPublicKey(raw)))));
  const keys = logKeysOf(evidence.origin, evidence.vkeys);
  for (const key of keys) {
    if (!lists.some((list) => list.has(key.keyName))) fail("log_key_not_named", "/vkeys", { vkey: key.vkey });
  }
  const last = lists[lists.length - 1];
  if (!keys.some((key) => last.has(key.keyName))) {
    fail("log_key_superseded", "/vkeys", { vkey: keys[keys.length - 1].vkey });
  }
}

/** The opened link of an entry. */
function readLink(entry, chain) {
  const place = `${entry.place}/link`;
  if (entry.link === null || !entry.record.links.includes(entry.link.digest)) fail("link_not_in_record", place);
  const link = parseLink(entry.link.content);
  if (link.chain !== chain) fail("link_of_another_chain", place, { chain: link.chain });
  return link;
}

function judgeChain(evidence, standings, steps) {
  const chain = step("links", () => {
    const found = [];
    evidence.entries.forEach((entry, at) => {
      if (entry.link !== null) found.push({ entry, link: readLink(entry, evidence.chain), ...standings[at] });
    });
    if (!found.length) fail("chain_not_shown", "/entries", { chain: evidence.chain });
    return found;
  });
  steps.done("links", true, { opened: chain.length });
  step("chain", () => {
    let before = evidence.seq ? chain[0].link.prev : null;
    chain.forEach(({ entry, link }, at) => {
      const seq = evidence.seq + at;
      if (link.seq !== seq) fail("chain_seq_wrong", `${entry.place}/link`, { expected: seq, actual: link.seq });
      if (link.prev !== before) fail("chain_prev_wrong", `${entry.place}/link`, { seq });
      before = entry.record.hash;
    });
  });
  steps.done("chain", true, { records: chain.length });
  const complete = step("heads", () => checkHeads(evidence, chain));
  steps.done("heads", complete !== null, complete || {});
  return chain;
}

/** The root of the heads that an entry publishes. */
function headsRoot(entry, heads, field) {
  const content = entry && entry.section("heads");
  if (!content) fail("heads_not_shown", field);
  const place = `${entry.place}/sections`;
  closedObject(content, ["n", "chains", "root"], place);
  const n = intAt(content.n, 0, MAX_INT, place);
  const chains = intAt(content.chains, 0, MAX_INT, place);
  hashAt(content.root, place);
  if (n !== entry.record.index || chains !== heads.size) fail("heads_not_of_place", field, { n, chains });
  return unb64u(content.root, 32, "");
}

function headProven(chain, hash, heads, top) {
  const leaf = leafHash(joined(bytesOf(`${chain}\n`), unb64u(hash, 32, "")));
  return verifyInclusion(BigInt(heads.index), BigInt(heads.size), leaf, heads.path, top);
}

function checkHeads(evidence, chain) {
  const { heads } = evidence;
  if (heads === null) return null;
  const entry = headsEntry(evidence);
  const top = headsRoot(entry, heads, "/heads");
  const n = entry.record.index;
  const older = chain.filter((one) => one.entry.record.index < n);
  if (!older.length || !headProven(evidence.chain, older[older.length - 1].entry.record.hash, heads, top)) {
    fail("head_not_proven", "/heads", { n, shown: older.length });
  }
  return {
    n,
    time: entry.record.recorded_at,
    records: older.length,
    newer: chain.length - older.length,
  };
}

function judgeEffects(evidence, chain, steps) {
  const batch = evidence.chain.startsWith("batch:");
  const shown = step("effects", () =>
    chain
      .filter(({ entry }) => entry.effects !== null)
      .map(({ entry, link }) => {
        const place = `${entry.place}/effects`;
        if (entry.effects.digest !== link.effects) fail("effects_digest_wrong", place);
        const postings = parseEffects(entry.effects.content);
        if (postings.length && !batch) fail("postings_outside_batch", place, { chain: link.chain });
        const sum = postings.reduce((total, posting) => total + posting.mg, 0n);
        if (sum !== 0n) fail("postings_not_zero", place, { milligrams: String(sum) });
        for (const { account } of postings) {
          if (typeof account !== "string" && account[0] !== link.chain) {
            fail("posting_of_another_batch", place, { batch: account[0] });
          }
        }
        return { place, postings };
      }),
  );
  const withheld = chain.length - shown.length;
  steps.done("effects", true, { disclosed: shown.length, withheld });
  if (!batch || evidence.seq) return [];
  const balances = step("kilograms", () => (withheld ? new Map() : addUp(shown)));
  steps.done("kilograms", withheld === 0, { accounts: balances.size, withheld });
  return [...balances.values()].sort((a, b) => {
    const texts = (typeof b.account === "string") - (typeof a.account === "string");
    return texts || compare(String(a.account), String(b.account));
  });
}

function addUp(shown) {
  const balances = new Map();
  for (const { place, postings } of shown) {
    for (const { account, mg } of postings) {
      const name = JSON.stringify(account);
      const balance = (balances.has(name) ? balances.get(name).mg : 0n) + mg;
      balances.set(name, { account, mg: balance });
      const told = typeof account === "string" ? account : "holding";
      const params = { account: told, milligrams: String(balance) };
      if (balance > MAX_MG || balance < -MAX_MG) fail("balance_too_large", place, params);
      if (balance < 0n && (told === "holding" || SINKS.includes(told))) fail("account_negative", place, params);
      if (balance > 0n && SOURCES.includes(told)) fail("source_positive", place, params);
    }
  }
  return balances;
}

function notDisclosed(entry) {
  if (entry.header === null || entry.effects === null) return true;
  const names = entry.sections.map((section) => section.name);
  return Object.keys(entry.header.sections).some((name) => name !== "personal" && !names.includes(name));
}

function evidenceVerdict(policy, steps, records) {
  const parts = verdictOf(policy, steps.named("checkpoint").facts.witnesses);
  if (steps.named("genesis").facts.demo) parts.push(["demo", {}]);
  const heads = steps.named("heads");
  parts.push(heads.ok ? ["complete", heads.facts] : ["completeness_not_shown", {}]);
  if (heads.ok && heads.facts.newer) parts.push(["newer", heads.facts]);
  const hidden = { hidden: records.filter((line) => line.withheld).length, records: records.length };
  parts.push([hidden.hidden ? "not_disclosed" : "all_disclosed", hidden]);
  for (const how of STANDINGS) {
    const count = records.filter((line) => line.standing === how).length;
    if (count) parts.push([`by_${how}`, { records: count }]);
  }
  const flagged = records.filter((line) => line.since !== null).map((line) => line.since);
  if (flagged.length) {
    parts.push(["key_compromised", { records: flagged.length, since: formatRecorded(Math.min(...flagged)) }]);
  }
  const kilograms = steps.named("kilograms");
  if (kilograms) parts.push([kilograms.ok ? "adds_up" : "not_added_up", kilograms.facts]);
  return parts;
}

function judgeReceipt(receipt, policy) {
  const { header, record } = receipt;
  const steps = new Steps();
  steps.done("form");
  step("sections", () => checkSections(header, receipt.sections, ""));
  steps.done("sections");
  const headerBytes = encode(header);
  step("event", () => {
    checkEvent(headerBytes, receipt.signatures, record, "");
    if (header.origin !== record.origin) fail("origin_differs", "/header/origin", { expected: record.origin });
  });
  steps.done("event");
  step("signatures", () => {
    const raw = new Map(receipt.keys.map((key) => [keyId(key), key]));
    if (raw.size !== header.keys.length || header.keys.some((key) => !raw.has(key))) {
      fail("receipt_keys_differ", "/keys");
    }
    checkSignatures(header, headerBytes, receipt.signatures, (key) => raw.get(key), "");
  });
  steps.done("signatures");
  const signed = step("checkpoint", () => checkCheckpoint(receipt.proof.checkpoint, record.origin, receipt.vkeys));
  steps.done("checkpoint", true, { witnesses: signed.witnesses.length });
  step("inclusion", () => {
    const { index, path } = receipt.proof;
    if (index !== BigInt(record.index)) {
      fail("index_not_leaf", "/record/index", { index: record.index, leaf: String(index) });
    }
    const { size, root: top } = signed.checkpoint;
    if (!verifyInclusion(index, size, leafHash(unb64u(record.hash, 32, "")), path, top)) {
      fail("inclusion_not_proven", "", { index: record.index, size: String(size) });
    }
  });
  steps.done("inclusion");
  step("policy", () => policy && checkPolicy(policy, record.origin, signed, null));
  steps.done("policy", Boolean(policy));
  const standing = header.keys.length ? "not_shown" : "attested";
  const told = header.keys.length ? ["key_owner_not_shown", {}] : ["by_attested", { records: 1 }];
  return {
    spec: "hazledger/receipt@1",
    origin: record.origin,
    subject: record.event,
    steps: steps.taken,
    verdict: [...verdictOf(policy, signed.witnesses.length), ["demo_not_shown", {}], told],
    records: [
      { index: record.index, recorded_at: record.recorded_at, type: header.type, actor: header.actor, standing },
    ],
    accounts: [],
  };
}

const SPECS = ["hazledger/evidence@1", "hazledger/span@1", "hazledger/receipt@1", "hazledger/misbehaviour@1"];

/** Judge a document of one line. */
function judgeDocument(data, policy) {
  const [document, judge] = step("form", () => {
    const value = objectAt(decode(data, MAX_BYTES, MAX_DEPTH, MAX_ITEMS), "");
    const spec = oneOf(member(value, "spec"), SPECS, "/spec");
    if (spec === "hazledger/receipt@1") return [parseReceipt(value), judgeReceipt];
    if (spec === "hazledger/misbehaviour@1") return [parseMisbehaviour(value), judgeMisbehaviour];
    return [parseEvidence(value), (evidence, trusted) => judgeEvidence(evidence, trusted).report];
  });
  return judge(document, policy);
}
