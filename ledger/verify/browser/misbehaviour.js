// Proof that a log misbehaved (misbehaviour@1): what no honest log signs, whatever else there is.

const ZERO = new Uint8Array(0);

/** Whether the tree (size2, root2) extends (size1, root1): RFC 9162 section 2.1.4.2; sizes are BigInt. */
function verifyConsistency(size1, size2, path, root1, root2) {
  if (size1 < 0n || size1 > size2) return false;
  if (size1 === 0n || size1 === size2) {
    const expected = size1 === 0n ? sha256(ZERO) : root2;
    return path.length === 0 && same(root1, expected) && (size2 > 0n || same(root2, sha256(ZERO)));
  }
  const nodes = (size1 & (size1 - 1n)) === 0n ? [root1, ...path] : path;
  if (!nodes.length) return false;
  let fn = size1 - 1n;
  let sn = size2 - 1n;
  while (fn & 1n) {
    fn >>= 1n;
    sn >>= 1n;
  }
  let fr = nodes[0];
  let sr = nodes[0];
  for (const node of nodes.slice(1)) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      fr = nodeHash(node, fr);
      sr = nodeHash(node, sr);
      while (fn && !(fn & 1n)) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      sr = nodeHash(sr, node);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && same(fr, root1) && same(sr, root2);
}

function two(value, field) {
  const items = listAt(value, 2, field);
  if (items.length !== 2) fail("list_length", field, { least: 2, most: 2 });
  return items;
}

const CONTRADICTIONS = {
  fork(value) {
    closedObject(value, ["root", "path"], "/proof");
    const top = unb64u(textAt(value.root, "/proof/root"), 32, "/proof/root");
    return { root: top, path: parsePath(value.path, "/proof/path") };
  },
  leaf(value) {
    closedObject(value, ["index", "records", "paths"], "/proof");
    const records = parsePath(value.records, "/proof/records");
    const paths = two(value.paths, "/proof/paths").map((path, at) => parsePath(path, `/proof/paths/${at}`));
    if (records.length !== 2) fail("list_length", "/proof/records", { least: 2, most: 2 });
    return { index: intAt(value.index, 0, MAX_INT, "/proof/index"), records, paths };
  },
  withheld(value) {
    closedObject(value, ["chain", "record", "head", "published", "heads"], "/proof");
    checkRef(textAt(value.chain, "/proof/chain"), CHAIN_KINDS, "/proof/chain");
    const [record, head, published] = ["record", "head", "published"].map((name) =>
      parseEntry(value[name], `/proof/${name}`),
    );
    return { chain: value.chain, record, head, published, heads: parseHeads(value.heads, "/proof/heads") };
  },
};

function parseMisbehaviour(value) {
  const members = closedObject(value, ["spec", "origin", "kind", "checkpoints", "vkeys", "proof"]);
  const kind = oneOf(members.kind, Object.keys(CONTRADICTIONS), "/kind");
  const checkpoints = two(members.checkpoints, "/checkpoints").map((lines, at) => {
    const note = parseNoteLines(lines, `/checkpoints/${at}`);
    within(`/checkpoints/${at}`, () => parseNote(note));
    return note;
  });
  const vkeys = two(members.vkeys, "/vkeys").map((keys, at) => {
    const found = parseVkeys(keys, `/vkeys/${at}`);
    ascending(found, `/vkeys/${at}`);
    return found;
  });
  const origin = checkOrigin(textAt(members.origin, "/origin"), "/origin");
  return { origin, kind, checkpoints, vkeys, proof: CONTRADICTIONS[kind](members.proof) };
}

function judgeMisbehaviour(stated, policy) {
  const steps = new Steps();
  steps.done("form");
  const [first, second] = step("checkpoints", () =>
    [0, 1].map((at) => {
      const signed = checkCheckpoint(stated.checkpoints[at], stated.origin, stated.vkeys[at]);
      if (signed.logKeys.length !== stated.vkeys[at].length) fail("misbehaviour_key_not_of_log", `/vkeys/${at}`);
      return signed;
    }),
  );
  const found = step("contradiction", () => contradiction(stated, first.checkpoint, second.checkpoint));
  steps.done("checkpoints");
  steps.done("contradiction");
  const who = step("policy", () => whoMisbehaved(stated, policy, first, second));
  steps.done("policy", Boolean(policy));
  return {
    spec: "hazledger/misbehaviour@1",
    origin: stated.origin,
    subject: stated.kind,
    steps: steps.taken,
    verdict: [who, found],
    records: [],
    accounts: [],
  };
}

function whoMisbehaved(stated, policy, first, second) {
  if (!policy) {
    const common = first.logKeys.map((key) => key.vkey).filter((vkey) => second.logKeys.some((key) => key.vkey === vkey));
    if (!common.length) fail("misbehaviour_no_common_key", "/vkeys");
    return ["misbehaviour_not_pinned", { vkey: common.sort(compare)[0] }];
  }
  if (policy.origin !== stated.origin) {
    fail("policy_other_origin", "/origin", { expected: policy.origin, actual: stated.origin });
  }
  [first, second].forEach((signed, at) => {
    if (!signed.logKeys.some((key) => policy.logKeys.includes(key.vkey))) {
      fail("policy_other_log_key", `/vkeys/${at}`);
    }
  });
  return ["misbehaviour", { origin: stated.origin }];
}

function contradiction({ kind, proof, origin }, first, second) {
  if (kind === "fork") {
    const sizes = { size1: String(first.size), size2: String(second.size) };
    if (!verifyConsistency(first.size, second.size, proof.path, proof.root, second.root)) {
      fail("consistency_not_proven", "", sizes);
    }
    if (same(proof.root, first.root)) fail("histories_agree", "/proof/root");
    return ["forked", { first: Number(first.size), second: Number(second.size) }];
  }
  if (kind === "leaf") {
    [first, second].forEach((tree, at) => included(proof.index, leafHash(proof.records[at]), proof.paths[at], tree));
    if (same(proof.records[0], proof.records[1])) fail("histories_agree", "/proof/records");
    return ["leaf_replaced", { index: proof.index }];
  }
  return withheld(proof, origin, first, second);
}

function included(index, leaf, path, tree) {
  if (!verifyInclusion(BigInt(index), tree.size, leaf, path, tree.root)) {
    fail("inclusion_not_proven", "", { index, size: String(tree.size) });
  }
}

function withheld({ chain, record, head, published, heads }, origin, first, second) {
  entryIncluded(record, origin, first);
  entryIncluded(head, origin, second);
  entryIncluded(published, origin, second);
  readLink(record, chain);
  if (published.type !== HEADS) fail("heads_not_shown", "/proof/published");
  const top = headsRoot(published, heads, "/proof/heads");
  const n = published.record.index;
  if (!headProven(chain, head.record.hash, heads, top)) fail("head_not_proven", "/proof/heads", { n, shown: 1 });
  const index = record.record.index;
  if (!(head.record.index < index && index < n)) fail("histories_agree", "/proof/record/record/index");
  return ["record_withheld", { chain, index, n, head: head.record.index }];
}

function entryIncluded(entry, origin, tree) {
  const { record, place } = entry;
  if (record.origin !== origin) fail("origin_differs", `${place}/record/origin`, { expected: origin });
  if (entry.effects !== null || (entry.link !== null && !place.endsWith("/record"))) fail("entry_not_asked_for", place);
  checkSections(entry.header, entry.sections, place);
  if (entry.header !== null) checkEvent(entry.headerBytes, entry.signatures, record, place);
  included(record.index, leafHash(unb64u(record.hash, 32, "")), entry.path, tree);
}
