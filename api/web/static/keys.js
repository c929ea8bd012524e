// Keys of a person in this browser: made, proven, used to endorse another's, rotated. A private key never leaves it.
"use strict";

const at = document.getElementById("keys");
const sign = await import(at.dataset.sign);
const { origin, org, user } = at.dataset;
const now = sign.ledgerClock(at.dataset.now);

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

// The keys that count, newest registration first.
const [able, own] = [await sign.canSign(), await sign.ownKeys(user, at.dataset.mine.split(" ").filter(Boolean))];
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
  sign.signOnSubmit(form, () => works[work](form, own));
}
