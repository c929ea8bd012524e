// Proof of many chains (proof@1), judged a line at a time, so that a long file is never in memory whole.

const MAX_PARTS = 200000;
const MAX_INDEX_BYTES = 64 * 2 ** 20;
const PART_STEPS = [
  "form", "sections", "events", "entries", "genesis", "log_key", "checkpoint", "inclusion", "signatures", "links",
  "chain", "effects",
];

function parseSubject(value) {
  const subject = closedObject(value, ["kind", "ref", "from", "to"]);
  oneOf(subject.kind, ["transfer", "site", "region"], "/kind");
  textAt(subject.ref, "/ref");
  const [from, to] = ["from", "to"].map((name) =>
    subject[name] === null ? null : parseRecorded(textAt(subject[name], `/${name}`), `/${name}`),
  );
  if (subject.kind === "region") {
    if (!/^([0-9]{2}|[0-9]{4}|[0-9]{6})$/.test(subject.ref)) fail("region_not_of_form", "/ref");
  } else {
    checkRef(subject.ref, [subject.kind], "/ref");
  }
  if ((subject.kind !== "transfer") !== (from !== null) || (from === null) !== (to === null)) {
    fail("period_not_of_form", "/from");
  }
  if (from !== null && from >= to) fail("period_not_of_form", "/to");
  return { ...subject, fromMs: from, toMs: to };
}

function parseTitle(data) {
  const members = closedObject(decode(data, 4096, 16, 20000), ["spec", "origin", "subject"]);
  specAt(members, "hazledger/proof@1");
  const subject = within("/subject", () => parseSubject(members.subject));
  return { origin: checkOrigin(textAt(members.origin, "/origin"), "/origin"), subject, value: members };
}

function parseIndex(data) {
  const members = closedObject(decode(data, MAX_INDEX_BYTES, 16, 4 * MAX_PARTS + 1000), [
    "spec", "parts", "withheld", "seal",
  ]);
  specAt(members, "hazledger/proof_index@1");
  const parts = listAt(members.parts, MAX_PARTS, "/parts");
  parts.forEach((part, at) => {
    closedObject(part, ["chain", "seq", "digest"], `/parts/${at}`);
    checkRef(textAt(part.chain, `/parts/${at}/chain`), CHAIN_KINDS, `/parts/${at}/chain`);
    intAt(part.seq, 0, MAX_INT, `/parts/${at}/seq`);
    hashAt(part.digest, `/parts/${at}/digest`);
  });
  if (parts.length < 1) fail("list_length", "/parts", { least: 1, most: MAX_PARTS });
  for (let at = 1; at < parts.length; at += 1) {
    const order = compare(parts[at - 1].chain, parts[at].chain) || parts[at - 1].seq - parts[at].seq;
    if (order >= 0) fail("not_sorted", `/parts/${at}`);
  }
  intAt(members.withheld, 0, MAX_INT, "/withheld");
  const seal = members.seal === null ? null : parseNoteLines(members.seal, "/seal");
  if (seal !== null) within("/seal", () => parseNote(seal));
  return { parts, withheld: members.withheld, seal };
}

/** The judgement of one proof: give it every line, then ask for the report. */
class ProofJudge {
  constructor(policy) {
    this.policy = policy;
    this.title = null;
    this.before = null;
    this.listed = [];
    this.first = null;
    this.chain = null;
    this.sums = {
      chains: 0, complete: 0, n: 0, time: "", records: 0, hidden: 0, answers: {}, compromised: 0, since: "",
      batches: 0, addedUp: 0, witnesses: 0, demo: false,
    };
    for (const how of STANDINGS) this.sums.answers[how] = 0;
  }

  /** `line` without its line feed; `ended`: whether it had one. */
  line(line, ended) {
    if (this.title === null) {
      this.title = step("form", () => (ended ? parseTitle(line) : fail("proof_cut_off")));
      return;
    }
    if (this.before !== null) this.part(this.before);
    if (!ended) step("form", () => fail("proof_cut_off"));
    this.before = line;
  }

  part(line) {
    const at = `/parts/${this.listed.length}`;
    within(at, () => {
      const evidence = step("form", () => {
        if (this.listed.length >= MAX_PARTS) fail("list_length", "", { least: 1, most: MAX_PARTS });
        const value = objectAt(decode(line, MAX_BYTES, MAX_DEPTH, MAX_ITEMS), "");
        oneOf(member(value, "spec"), SPECS.slice(0, 2), "/spec");
        return parseEvidence(value);
      });
      const { report, ends } = judgeEvidence(evidence, this.policy);
      const begun = step("parts", () => {
        const first = this.first || evidence;
        const one =
          evidence.origin === this.title.origin && evidence.checkpoint === first.checkpoint &&
          evidence.vkeys.join("\n") === first.vkeys.join("\n");
        if (!one) fail("part_of_another_view", "/checkpoint");
        this.first = { checkpoint: first.checkpoint, vkeys: first.vkeys };
        return this.follow(evidence, ends);
      });
      step("period", () => {
        const { fromMs } = this.title.subject;
        const early = evidence.seq === 0 || (fromMs !== null && ends.firstMs < fromMs);
        if (begun && !early) fail("span_begins_late", "/entries", { chain: evidence.chain });
      });
      this.count(report);
      this.listed.push({ chain: evidence.chain, seq: evidence.seq, digest: digest("hazledger/proof_part@1", line) });
    });
  }

  /** Begin a chain (true), or go on where the part before ended: its last record is shown again as the first. */
  follow(evidence, ends) {
    const known = this.chain;
    if (known === null || compare(evidence.chain, known.name) > 0) {
      this.close();
      this.chain = { name: evidence.chain, ends, complete: null, addedUp: false, more: false };
      return true;
    }
    if (evidence.chain !== known.name || evidence.seq !== known.ends.lastSeq || ends.first !== known.ends.last) {
      fail("span_not_continued", "/entries", { chain: evidence.chain });
    }
    known.ends = ends;
    known.more = true;
    return false;
  }

  count(report) {
    const { sums, chain } = this;
    const verdict = new Map(report.verdict);
    const steps = new Map(report.steps.map((taken) => [taken.name, taken]));
    chain.complete = verdict.get("complete") || null;
    chain.addedUp = !chain.more && steps.has("kilograms") && steps.get("kilograms").ok;
    const lines = report.records.slice(chain.more ? 1 : 0);
    sums.records += lines.length;
    sums.hidden += lines.filter((line) => line.withheld).length;
    for (const line of lines) sums.answers[line.standing] += 1;
    const flagged = lines.filter((line) => line.since !== null).map((line) => line.since);
    if (flagged.length) {
      const since = formatRecorded(Math.min(...flagged));
      sums.compromised += flagged.length;
      sums.since = sums.since && sums.since < since ? sums.since : since;
    }
    sums.demo = verdict.has("demo");
    sums.witnesses = steps.get("checkpoint").facts.witnesses;
  }

  close() {
    const { sums, chain } = this;
    if (chain === null) return;
    sums.chains += 1;
    if (chain.name.startsWith("batch:")) {
      sums.batches += 1;
      if (chain.addedUp && !chain.more) sums.addedUp += 1;
    }
    if (chain.complete) {
      if (!sums.complete || chain.complete.n < sums.n) {
        sums.n = chain.complete.n;
        sums.time = chain.complete.time;
      }
      sums.complete += 1;
    }
  }

  report() {
    const { title, sums, listed } = this;
    const index = step("form", () => {
      if (title === null || this.before === null || this.first === null) fail("proof_cut_off");
      return parseIndex(this.before);
    });
    this.close();
    const steps = new Steps();
    for (const name of PART_STEPS) steps.done(name, true, { parts: listed.length });
    steps.done("heads", sums.complete === sums.chains);
    if (sums.batches) steps.done("kilograms", sums.addedUp === sums.batches);
    step("parts", () => {
      const most = Math.max(listed.length, index.parts.length);
      for (let at = 0; at < most; at += 1) {
        const [one, two] = [index.parts[at], listed[at]];
        const equal = one && two && one.chain === two.chain && one.seq === two.seq && one.digest === two.digest;
        if (!equal) fail("part_not_as_listed", `/parts/${at}`);
      }
      const { kind, ref } = title.subject;
      if (kind !== "region" && !listed.some((part) => part.chain === ref)) {
        fail("subject_not_shown", "/subject/ref", { chain: ref });
      }
    });
    steps.done("parts");
    const { fromMs, toMs } = title.subject;
    const covered = toMs !== null && sums.complete === sums.chains && parseRecorded(sums.time, "") >= toMs;
    if (fromMs !== null) steps.done("period", covered);
    step("seal", () => this.checkSeal(index));
    steps.done("seal", index.seal !== null);
    steps.done("policy", Boolean(this.policy));
    const { kind, ref, from, to } = title.subject;
    return {
      spec: "hazledger/proof@1",
      origin: title.origin,
      subject: fromMs === null ? ref : `${ref} ${from} - ${to}`,
      kind,
      steps: steps.taken,
      verdict: this.verdict(index, covered),
      records: [],
      accounts: [],
      chains: listed,
    };
  }

  checkSeal(index) {
    if (index.seal === null) return;
    const keys = logKeysOf(this.title.origin, this.first.vkeys);
    const { text, signed, lines } = openNote(index.seal, keys);
    const stated = [this.title.value, index.parts, index.withheld];
    if (text !== `hazledger/proof@1\n${this.title.origin}\n${digest("hazledger/proof@1", encode(stated))}\n`) {
      fail("seal_of_another_index", "/seal");
    }
    if (lines !== signed.length) {
      fail("checkpoint_line_unknown", "/seal", { lines, verified: signed.length, keys: keys.length });
    }
  }

  verdict(index, covered) {
    const { sums, title } = this;
    const { kind, fromMs, from: start, to: end } = title.subject;
    const parts = verdictOf(this.policy, sums.witnesses);
    if (sums.demo) parts.push(["demo", {}]);
    parts.push([`about_${kind}`, { chains: sums.chains, records: sums.records }]);
    if (sums.complete) {
      const { complete, chains, n, time } = sums;
      parts.push(["chains_complete", { complete, chains, n, time }]);
    }
    if (sums.complete < sums.chains) parts.push(["chains_not_complete", { chains: sums.chains - sums.complete }]);
    if (fromMs !== null) {
      const bounds = { start, end };
      parts.push(covered ? ["period_covered", bounds] : ["period_open", { ...bounds, time: sums.time || start }]);
    }
    parts.push([index.seal === null ? "list_not_signed" : "list_signed", { chains: sums.chains }]);
    if (index.withheld) parts.push(["chains_withheld", { withheld: index.withheld }]);
    parts.push([sums.hidden ? "not_disclosed" : "all_disclosed", { hidden: sums.hidden, records: sums.records }]);
    for (const how of STANDINGS) if (sums.answers[how]) parts.push([`by_${how}`, { records: sums.answers[how] }]);
    if (sums.compromised) parts.push(["key_compromised", { records: sums.compromised, since: sums.since }]);
    if (sums.batches) {
      const code = sums.addedUp === sums.batches ? "batches_add_up" : "batches_not_added_up";
      parts.push([code, { batches: sums.batches, rest: sums.batches - sums.addedUp }]);
    }
    return parts;
  }
}

const PROOF_BEGINS = bytesOf('{"origin":');

/** Whether a file, by its beginning, is one of lines. */
function isProof(data) {
  return PROOF_BEGINS.every((byte, at) => data[at] === byte);
}

let drawn = 0;

/** Let the page be drawn, if it was not for a moment. */
async function pause() {
  if (performance.now() - drawn < 80) return;
  await new Promise((resolve) => setTimeout(resolve, 0));
  drawn = performance.now();
}

/** Judge a Blob: {report} or {broken}. `progress` is told (bytes read, of how many, parts judged). */
async function judgeFile(file, policyBytes, progress = () => {}) {
  try {
    const policy = policyBytes ? step("policy", () => parsePolicy(policyBytes)) : null;
    const start = new Uint8Array(await file.slice(0, PROOF_BEGINS.length).arrayBuffer());
    if (!isProof(start)) {
      if (file.size > MAX_BYTES) step("form", () => fail("json_too_large", "", { most: MAX_BYTES }));
      const data = new Uint8Array(await file.arrayBuffer());
      progress(file.size, file.size, 0);
      await pause();
      return { report: judgeDocument(data, policy) };
    }
    return { report: await judgeLines(file, policy, progress) };
  } catch (error) {
    if (error instanceof Broken) return { broken: error };
    // A bug of this page, or a file beyond what the browser can hold, is no verdict on the file.
    return { broken: new Broken("verifier_failed", "form", "", { reason: String(error) }) };
  }
}

const CHUNK = 4 * 2 ** 20;

async function judgeLines(file, policy, progress) {
  const judge = new ProofJudge(policy);
  let held = [];
  let size = 0;
  for (let at = 0; at < file.size; at += CHUNK) {
    let chunk = new Uint8Array(await file.slice(at, at + CHUNK).arrayBuffer());
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10)) {
      judge.line(joined(...held, chunk.subarray(0, end)), true);
      held = [];
      size = 0;
      chunk = chunk.subarray(end + 1);
      progress(at, file.size, judge.listed.length);
      await pause();
    }
    held.push(chunk);
    size += chunk.length;
    if (size > MAX_BYTES) step("form", () => fail("json_too_large", "", { most: MAX_BYTES }));
  }
  if (size) judge.line(joined(...held), false);
  return judge.report();
}
