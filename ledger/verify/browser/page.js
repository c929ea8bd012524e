// The page: a file in, the verdict out, in Chinese and English. Nothing is sent anywhere.

const PAGE = {
  brand: ["hazledger 核验器", "hazledger verifier"],
  title: ["在本机核验证据", "Verify evidence on this device"],
  lead: [
    "选择一份证据、证明或回执。全部计算都在本机完成：无需网络，也不信任提供文件的人。",
    "Choose evidence, a proof or a receipt. Everything is computed on this device: no network is needed, and nobody who gave you the file is trusted.",
  ],
  give: ["文件", "The file"],
  file: ["选择文件，或拖到这里", "Choose a file, or drop it here"],
  file_hint: [
    "由“下载证据”按钮、hazledger evidence 或回执得到的文件。",
    "What a “download evidence” button, hazledger evidence or a receipt gave you.",
  ],
  policy: ["加上信任策略（可选）", "Add a trust policy (optional)"],
  policy_hint: [
    "信任策略写明您信任哪个日志密钥和哪条创世记录。请从账本以外的渠道取得。没有它，只能判定文件自洽。",
    "A policy says which log key and which first record you trust; get it by another way than the file. Without it, a file is at most consistent.",
  ],
  again: ["重新核验", "Verify again"],
  steps: ["逐步核验", "Step by step"],
  says: ["证明了什么", "What it shows"],
  accounts: ["千克数", "Kilograms"],
  emptied: ["另有 {count} 个账户余额为零。", "{count} more accounts stand at zero."],
  account: ["账户", "Account"],
  kilograms: ["千克", "kg"],
  records: ["记录", "Records"],
  chains: ["各条链", "Chains"],
  index: ["序号", "Index"],
  recorded: ["记录时间", "Recorded"],
  event: ["事项", "Event"],
  actor: ["陈述方", "Actor"],
  whose: ["谁负责", "Who answers"],
  registrar: ["已签名，登记机构证明", "signed, registrar vouches"],
  ledger: ["已签名", "signed"],
  attested: ["无签名", "unsigned"],
  not_shown: ["未显示", "not shown"],
  bare: ["仅哈希", "bare record"],
  more: ["仅显示前 {shown} 条，共 {all} 条。", "The first {shown} of {all} are shown."],
  about: ["关于本页", "About this page"],
  about_network: [
    "本页是一个自足的文件：不加载、不发送任何东西，断网、从文件夹打开也能用。",
    "This page is one self-contained file: it loads and sends nothing, and works with the network off, opened from a folder.",
  ],
  about_own: [
    "SHA-256、SHA-512 与 Ed25519 随页自带，每次打开都先用标准测试向量自检；浏览器自有的密码学若可用，会再核对一遍签名。",
    "It carries its own SHA-256, SHA-512 and Ed25519, tested against published vectors whenever it is opened; where the browser has cryptography of its own, that checks the signatures once more.",
  ],
  about_policy: [
    "步骤与 hazledger verify 相同，字节格式见 docs/formats.md；任何人都可以另写一个核验器。",
    "The steps are those of hazledger verify, the bytes are described in docs/formats.md: anybody may write another verifier.",
  ],
  about_truth: [
    "核验证明谁在何时声明了什么、账本没有改动或遗漏；不证明所述属实，也不证明此后没有更新的记录。",
    "Verification shows who stated what and when, and that nothing was altered or left out; not that a statement is true, nor that nothing newer exists.",
  ],
  good: ["真实", "Genuine"],
  consistent: ["自洽，未固定日志密钥", "Consistent, log key not pinned"],
  bad: ["核验未通过", "Verification failed"],
  genuine_more: ["每一步都通过，并与您给的信任策略一致。", "Every step holds, and it meets the policy you gave."],
  consistent_more: [
    "每一步都通过。要断定出自真正的账本，请加上信任策略。",
    "Every step holds. To know that the true ledger made it, add a trust policy.",
  ],
  guilty: ["日志有不当行为", "The log misbehaved"],
  guilty_more: ["此文件证明：同一日志签出了互相矛盾的内容。", "This file proves it: one log signed what contradicts itself."],
  unreached: ["未进行", "not reached"],
  reading: ["正在核验：{read} / {all} 字节，{parts} 个部分", "Verifying: {read} of {all} bytes, {parts} parts"],
  seconded: [
    "浏览器自有的密码学也核对了 {count} 个签名，结论相同。",
    "The browser's own cryptography checked {count} signatures as well and agrees.",
  ],
  alone: [
    "此浏览器没有（或不向文件页面提供）自有的 Ed25519；签名只由本页自带的实现核对。",
    "This browser has no Ed25519 of its own (or gives it to no page opened from a file): signatures were checked by this page's own code alone.",
  ],
  disagree: [
    "浏览器自有的密码学得出了不同结论。请换一个浏览器，不要相信此结果。",
    "The browser's own cryptography comes to another result. Use another browser and do not rely on this.",
  ],
  self_test: [
    "本页的自检未通过：浏览器计算有误或文件已被改动，不能用来核验。",
    "This page failed its own test: the browser miscalculates or the page was altered. It cannot verify anything.",
  ],
  embedded: ["随本页附带的文件：{name}", "The file within this page: {name}"],
};

const WHAT = {
  form: ["文件只有唯一的写法，没有多余或缺少的内容。", "The file has its one spelling, nothing more and nothing missing."],
  sections: ["显示的每一节都是当时承诺的那一节。", "Each part that is shown is the one committed to at the time."],
  event: ["事件就是记录所指的那一个。", "The event is the one that the record names."],
  events: ["每个事件就是其记录所指的那一个。", "Each event is the one that its record names."],
  entries: ["同一账本，时间不倒退，没有重复。", "One ledger, times in order, nothing twice."],
  genesis: ["账本的第一条记录在此，并说明是否为演示。", "The ledger's first record is here and says whether it is a demo."],
  log_key: ["签名密钥是账本自己公布的。", "The key that signs was named by the ledger itself."],
  checkpoint: ["日志在此大小时的状态由日志密钥签名。", "The log's key signed the state of the log at this size."],
  checkpoints: ["两个检查点都由日志自己的密钥签名。", "Both checkpoints are signed by the log's own keys."],
  contradiction: ["两者互相矛盾：诚实的日志不会签出这样的两份。", "They contradict each other: no honest log signs both."],
  inclusion: ["每条记录都在所签的日志之中。", "Every record is in the log that was signed."],
  signatures: ["当事方的签名有效，密钥当时有效。", "The parties' signatures are valid, their keys counted then."],
  links: ["每条记录确实属于这条链。", "Every record belongs to this chain."],
  chain: ["链上没有断开或跳过。", "The chain has no gap and skips nothing."],
  heads: ["已公布的链头证明没有隐藏记录。", "Published heads prove that no record was withheld."],
  effects: ["入账就是当时承诺的入账。", "What was posted is what was committed to."],
  kilograms: ["每一千克都有着落，没有负库存。", "Every kilogram is accounted for, no stock is negative."],
  parts: ["各部分齐全、相接，出自同一日志状态。", "All parts are there, joined, and of one view of the log."],
  period: ["时段内没有遗漏。", "Nothing of the period is left out."],
  seal: ["账本签名声明了涉及哪些链。", "The ledger signed which chains these are."],
  policy: ["与您信任的密钥、创世记录和见证方一致。", "It meets the keys, first record and witnesses you trust."],
};

const ORDERS = {
  evidence: [
    "form", "sections", "events", "entries", "genesis", "log_key", "checkpoint", "inclusion", "signatures", "links",
    "chain", "heads", "effects", "kilograms", "policy",
  ],
  receipt: ["form", "sections", "event", "signatures", "checkpoint", "inclusion", "policy"],
  misbehaviour: ["form", "checkpoints", "contradiction", "policy"],
  proof: [
    "form", "sections", "events", "entries", "genesis", "log_key", "checkpoint", "inclusion", "signatures", "links",
    "chain", "heads", "effects", "kilograms", "parts", "period", "seal", "policy",
  ],
};
const WARNINGS = [
  "consistent_not_pinned", "demo", "completeness_not_shown", "newer", "not_disclosed", "key_compromised",
  "not_added_up", "chains_not_complete", "period_open", "list_not_signed", "chains_withheld", "batches_not_added_up",
];
const MARKS = { holds: "✓", broken: "✗", open: "–", unreached: "·" };
const MOST_LINES = 200;

let lang = /^zh/i.test(new URLSearchParams(location.search).get("lang") || navigator.language) ? 0 : 1;
let state = { file: null, policy: null, outcome: null, second: "" };

const at = (id) => document.getElementById(id);

function fill(text, facts = {}) {
  return text.replace(/\{([a-z_]+)\}/g, (_, name) => (has(facts, name) ? String(facts[name]) : "?"));
}

function say(words, facts) {
  return fill(words[lang], facts);
}

function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** A row of a table; the roles stay where a narrow screen lays it out otherwise. */
function row(cells, tag = "td") {
  const made = document.createElement("tr");
  made.setAttribute("role", "row");
  cells.forEach(([text, className]) => {
    const cell = element(tag, text, className);
    cell.setAttribute("role", tag === "th" ? "columnheader" : "cell");
    made.append(cell);
  });
  return made;
}

function grouped(number) {
  const [whole, fraction] = String(number).split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction ? `.${fraction}` : "");
}

/** RFC 8032 section 7.1 tests 1 to 3, FIPS 180-4 "abc": the page must know these before it judges. */
function selfTest() {
  const bytes = (text) => Uint8Array.from(text.match(/../g) || [], (two) => parseInt(two, 16));
  const abc = bytesOf("abc");
  const sums =
    hex(sha256(abc)) === "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" &&
    hex(sha512(abc)).startsWith("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a");
  return sums && VECTORS.every(([key, message, signature]) => {
    const [raw, text, signed] = [key, message, signature].map(bytes);
    const other = Uint8Array.from(signed);
    other[0] ^= 1;
    return ed25519(raw, signed, text) && !ed25519(raw, other, text);
  });
}

const VECTORS = [
  [
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
];

/** Ask the browser's own Ed25519 about every signature again: "seconded", "alone" or "disagree", and how many. */
async function secondOpinion() {
  const subtle = window.crypto && window.crypto.subtle;
  let count = 0;
  for (const { raw, signature, message, holds } of verified.values()) {
    try {
      const key = await subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
      if ((await subtle.verify({ name: "Ed25519" }, key, signature, message)) !== holds) return ["disagree", count];
    } catch {
      return ["alone", count];
    }
    count += 1;
  }
  return ["seconded", count];
}

async function judge() {
  const { file } = state;
  if (file === null) return;
  at("result").hidden = true;
  at("progress").hidden = false;
  verified.clear();
  const policy = state.policy ? new Uint8Array(await state.policy.arrayBuffer()) : null;
  const outcome = await judgeFile(file, policy, (read, all, parts) => {
    at("progress").textContent = say(PAGE.reading, { read: grouped(read), all: grouped(all), parts: grouped(parts) });
  });
  if (state.file !== file) return;
  state = { ...state, outcome, second: await secondOpinion() };
  at("progress").hidden = true;
  show();
  at("result").focus({ preventScroll: true });
  at("result").scrollIntoView({ block: "start" });
}

function kindOf(outcome) {
  if (outcome.report) {
    const found = /^hazledger\/(receipt|proof|misbehaviour)@/.exec(outcome.report.spec);
    return found ? found[1] : "evidence";
  }
  const { step: broken } = outcome.broken;
  if (broken === "event") return "receipt";
  if (["checkpoints", "contradiction"].includes(broken)) return "misbehaviour";
  return ["parts", "period", "seal"].includes(broken) || outcome.broken.field.startsWith("/parts") ? "proof" : "evidence";
}

function brokenText(broken) {
  if (broken.code === "verifier_failed") return broken.params.reason;
  const problem = TEXTS.problems[broken.code];
  return problem ? fill(problem[lang], broken.params) : broken.code;
}

function showVerdict(outcome) {
  const box = at("verdict");
  const { report, broken } = outcome;
  const genuine = report && report.verdict[0][0] === "genuine";
  const guilty = report && kindOf(outcome) === "misbehaviour";
  let [mark, title, more, look] = ["✗", PAGE.bad, "", "bad"];
  if (guilty) {
    [title, more] = [PAGE.guilty, say(PAGE.guilty_more)];
  } else if (report) {
    [mark, title, look] = genuine ? ["✓", PAGE.good, "good"] : ["✓", PAGE.consistent, "doubt"];
    more = say(genuine ? PAGE.genuine_more : PAGE.consistent_more);
  } else {
    more = `${fill(TEXTS.broken[lang], { step: TEXTS.steps[broken.step][lang] })} ${brokenText(broken)}`;
    if (broken.field) more += ` ${fill(TEXTS.field[lang], { field: broken.field })}`;
  }
  box.className = `verdict ${look}`;
  box.dataset.verdict = guilty ? "misbehaviour" : report ? (genuine ? "genuine" : "consistent") : "broken";
  box.replaceChildren(element("span", mark, "mark"), element("strong", say(title)), element("p", more));
  box.firstChild.setAttribute("aria-hidden", "true");
}

function showSteps(outcome) {
  const { report, broken } = outcome;
  const taken = new Map((report ? report.steps : []).map((one) => [one.name, one.ok ? "holds" : "open"]));
  let names = report ? report.steps.map((one) => one.name) : ORDERS[kindOf(outcome)];
  if (broken) {
    const reached = names.indexOf(broken.step);
    names.forEach((name, order) => taken.set(name, order < reached ? "holds" : "unreached"));
    taken.set(broken.step, "broken");
    if (kindOf(outcome) === "proof" && !["parts", "seal", "period"].includes(broken.step)) {
      names.filter((name) => ["parts", "period", "seal"].includes(name)).forEach((name) => taken.set(name, "unreached"));
    }
  } else {
    names = ORDERS[kindOf(outcome)].filter((name) => taken.has(name));
  }
  at("steps").replaceChildren(
    ...names.map((name) => {
      const found = taken.get(name);
      const line = element("li", "", found);
      line.dataset.step = name;
      line.dataset.state = found;
      const words = { holds: TEXTS.holds, open: TEXTS.notTaken, broken: PAGE.bad, unreached: PAGE.unreached }[found];
      const mark = element("span", MARKS[found], "mark");
      mark.setAttribute("aria-hidden", "true");
      const title = element("span", `${TEXTS.steps[name][lang]} `, "name");
      title.append(element("code", name), ` — ${say(words)}`);
      line.append(mark, title, element("span", say(WHAT[name]), "what"));
      return line;
    }),
  );
}

function showSays(outcome) {
  const { report } = outcome;
  at("says").replaceChildren(
    ...(report ? report.verdict : []).map(([code, facts]) => {
      const line = element("li", fill(TEXTS.verdicts[code][lang], facts), WARNINGS.includes(code) ? "warn" : "");
      line.dataset.code = code;
      return line;
    }),
  );
  at("says").closest("section").hidden = !report;
  at("says").closest(".columns").classList.toggle("one", !report);
}

function moreOf(id, all) {
  at(id).textContent = all > MOST_LINES ? say(PAGE.more, { shown: MOST_LINES, all: grouped(all) }) : "";
}

function showTables(outcome) {
  const { accounts = [], records = [], chains = [] } = outcome.report || {};
  const held = accounts.filter(({ mg }) => mg !== 0n);
  at("accounts-box").hidden = !accounts.length;
  const empty = accounts.length - held.length;
  at("accounts-more").textContent = empty ? say(PAGE.emptied, { count: grouped(empty) }) : "";
  at("accounts").replaceChildren(
    row([[say(PAGE.account)], [say(PAGE.kilograms), "r"]], "th"),
    ...held.map(({ account, mg }) => {
      const name = typeof account === "string" ? account : account.slice(1).join(" ");
      return row([[name, "mono"], [grouped(kg(mg)), "r"]]);
    }),
  );
  at("records-box").hidden = !records.length;
  moreOf("records-more", records.length);
  at("records").replaceChildren(
    row([[say(PAGE.index), "r"], [say(PAGE.recorded)], [say(PAGE.event)], [say(PAGE.actor)], [say(PAGE.whose)]], "th"),
    ...records.slice(0, MOST_LINES).map((line) =>
      row([
        [grouped(line.index), "r"],
        [`${line.recorded_at.replace("T", " ").slice(0, 19)} UTC`, "one"],
        [line.type || say(PAGE.bare), "mono one"],
        [line.actor || "–", "mono"],
        [say(PAGE[line.standing])],
      ]),
    ),
  );
  at("chains-box").hidden = !chains.length;
  moreOf("chains-more", chains.length);
  at("chains").replaceChildren(...chains.slice(0, MOST_LINES).map((part) => element("li", part.chain)));
}

/** Put everything into the language that is chosen. */
function show() {
  document.documentElement.lang = lang === 0 ? "zh-CN" : "en";
  document.title = say(PAGE.brand);
  at("language").textContent = lang === 0 ? "English" : "中文";
  at("language").lang = lang === 0 ? "en" : "zh-CN";
  document.querySelectorAll("[data-say]").forEach((one) => {
    one.textContent = say(PAGE[one.dataset.say]);
  });
  document.querySelectorAll("[data-label]").forEach((one) => {
    one.setAttribute("aria-label", say(PAGE[one.dataset.label]));
  });
  const { outcome, file } = state;
  at("again").hidden = file === null;
  if (outcome === null) return;
  showVerdict(outcome);
  showSays(outcome);
  showSteps(outcome);
  showTables(outcome);
  const [second, count] = state.second;
  at("second").textContent = count || second !== "seconded" ? say(PAGE[second], { count: grouped(count) }) : "";
  const told = [file.name, `${grouped(file.size)} B`];
  if (outcome.report) told.push(outcome.report.spec, outcome.report.origin, outcome.report.subject);
  at("told-file").textContent = told.filter(Boolean).join(" · ");
  at("result").hidden = false;
}

function take(file) {
  if (!file) return;
  state = { ...state, file, outcome: null };
  judge();
}

function embedded(id) {
  const text = at(id).content.textContent.trim();
  return text ? Uint8Array.from(atob(text), (character) => character.charCodeAt(0)) : null;
}

function start() {
  show();
  if (!selfTest()) {
    at("give").replaceChildren(element("p", say(PAGE.self_test), "box bad"));
    return;
  }
  at("language").addEventListener("click", () => {
    lang = 1 - lang;
    show();
  });
  at("file").addEventListener("change", (event) => take(event.target.files[0]));
  at("policy").addEventListener("change", (event) => {
    state = { ...state, policy: event.target.files[0] || null };
    judge();
  });
  at("again").addEventListener("click", judge);
  const over = (event, is) => {
    event.preventDefault();
    at("drop").classList.toggle("over", is);
  };
  document.addEventListener("dragover", (event) => over(event, true));
  document.addEventListener("dragleave", (event) => over(event, false));
  document.addEventListener("drop", (event) => {
    over(event, false);
    take(event.dataTransfer.files[0]);
  });
  const trusted = embedded("trusted");
  if (trusted) state = { ...state, policy: new Blob([trusted]) };
  const bundle = embedded("bundle");
  if (bundle) take(new File([bundle], at("bundle").dataset.name));
  window.judgeFile = judgeFile;
}

start();
