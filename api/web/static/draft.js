// Signs the draft that the page shows with the reader's key in this browser: alone, or for others to join.
const form = document.querySelector("form[data-draft]");
if (form) {
  const said = form.querySelector(".key-said");
  const given = JSON.parse(form.dataset.draft);
  const sign = await import(form.dataset.module);
  const { user, way } = form.dataset;
  // An act bears the ledger's time: the clock of a phone may be wrong.
  const ahead = Number(form.dataset.now) - Date.now();
  const now = () => sign.stated(Date.now() + ahead);

  let own;
  for (const id of given.mine) {
    const pair = await sign.keptKey(`${user} ${id}`).catch(() => undefined);
    if (pair && !own) own = { id, pair };
  }
  if (!own || !(await sign.canSign())) {
    said.textContent = form.dataset.none;
  } else {
    form.querySelector("button").disabled = false;
    let ready = false;
    form.addEventListener("submit", async (event) => {
      if (ready) return;
      event.preventDefault();
      form.setAttribute("aria-busy", "true");
      try {
        const others = way === "second" ? [given.first.key] : [...(way === "alone" ? [own.id] : []), ...given.others];
        const at = way === "second" ? given.first.occurred_at : now();
        form.elements.signing.value = JSON.stringify(await sign.draftSigning(given.draft, own.pair, others, at));
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
}
