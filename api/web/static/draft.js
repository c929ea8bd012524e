// Signs the drafts that the page shows with the reader's keys in this browser: each alone, or for others to join.
//
// data-drafts: [{field, tick?, way, draft, mine, others, first}]; field takes what was signed, tick says whether to.
const form = document.querySelector("form[data-drafts]");
if (form) {
  const given = JSON.parse(form.dataset.drafts);
  const sign = await import(form.dataset.module);
  const now = sign.ledgerClock(form.dataset.now);
  const kept = await sign.ownKeys(form.dataset.user, given.flatMap((one) => one.mine));

  const signed = (one) => {
    const own = kept.find((pair) => one.mine.includes(pair.id));
    const others = one.way === "second" ? [one.first.key] : [...(one.way === "alone" ? [own.id] : []), ...one.others];
    return sign.draftSigning(one.draft, own.pair, others, one.way === "second" ? one.first.occurred_at : now());
  };
  const open = given.filter((one) => kept.some((pair) => one.mine.includes(pair.id)));
  for (const one of given) {
    const tick = one.tick && form.elements[one.tick];
    if (!tick || open.includes(one)) continue;
    tick.checked = false;
    tick.disabled = true;
  }

  if (!open.length || !(await sign.canSign())) {
    form.querySelector(".key-said").textContent = form.dataset.none;
  } else {
    form.querySelector("button").disabled = false;
    sign.signOnSubmit(form, async () => {
      for (const one of open) {
        if (one.tick && !form.elements[one.tick].checked) continue;
        form.elements[one.field].value = JSON.stringify(await signed(one));
      }
    });
  }
}
