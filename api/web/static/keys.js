// Keys of a person in this browser: made, proven, used to endorse another's, rotated. A private key never leaves it.
"use strict";

const at = document.getElementById("keys");
const sign = await import(at.dataset.sign);
const { origin, org, user } = at.dataset;
// Statements bear the ledger's time: the clock of a phone may be wrong.
const ahead = Number(at.dataset.now) - Date.now();
const now = () => sign.stated(Date.now() + ahead);
const counting = at.dataset.mine.split(" ").filter(Boolean);

/** The pairs of this person that this browser keeps and the ledger counts, newest registration first. */
async function kept() {
  const found = [];
  for (const id of counting) {
    const pair = await sign.keptKey(`${user} ${id}`);
    if (pair) found.push({ id, pair });
  }
  return found;
}

async function make() {
  const pair = await sign.makeKey();
  const id = await sign.keyId(pair);
  await sign.keepKey(`${user} ${id}`, pair);
  return { id, pair, raw: await sign.publicKey(pair) };
}

const works = {
  async make(form) {
    const { pair, raw } = await make();
    form.elements.key.value = raw;
    form.elements.proof.value = await sign.proof({ origin, organisation: org, key: raw, holder: user }, pair);
  },
  async endorse(form, own) {
    const sections = { key: JSON.parse(form.dataset.content), agent: { user } };
    const said = { origin, actor: org, type: form.dataset.type, sections, occurredAt: now() };
    const made = await sign.statement(said, [own[0].pair]);
    form.elements.statement.value = made.body;
  },
  async rotate(form, own) {
    const fresh = await make();
    const key = { key: fresh.raw, alg: "ed25519", holder: user, replaces: own[0].id };
    const sections = { key, agent: { user } };
    const said = { origin, actor: org, type: form.dataset.type, sections, occurredAt: now() };
    const made = await sign.statement(said, [own[0].pair, fresh.pair]);
    form.elements.statement.value = made.body;
  },
};

const [able, own] = [await sign.canSign(), await kept()];
for (const mark of document.querySelectorAll("[data-key-id]")) {
  if (own.some((one) => one.id === mark.dataset.keyId)) mark.hidden = false;
}
for (const form of document.querySelectorAll("form[data-work]")) {
  const work = form.dataset.work;
  const said = form.querySelector(".key-said");
  if (!able) {
    said.textContent = form.dataset.unable;
    continue;
  }
  if (work !== "make" && own.length === 0) {
    said.textContent = form.dataset.none;
    continue;
  }
  form.querySelector("button").disabled = false;
  let ready = false;
  form.addEventListener("submit", async (event) => {
    if (ready) return;
    event.preventDefault();
    form.setAttribute("aria-busy", "true");
    try {
      await works[work](form, own);
      ready = true;
      // What was quick enough to be done within this very event would be taken for the same press.
      await new Promise((done) => setTimeout(done));
      form.requestSubmit();
    } catch (error) {
      said.textContent = error.message;
      form.removeAttribute("aria-busy");
    }
  });
}
