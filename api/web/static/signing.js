// Where this browser keeps a key of the reader's that counts, forms ask for a draft to sign instead of stating at once.
// Their buttons are shut until it is known which of the two a press does.
const fields = [...document.querySelectorAll("input[data-signer]")];
if (fields.length) {
  const { signer, keys, module } = fields[0].dataset;
  try {
    const sign = await import(module);
    if ((await sign.ownKeys(signer, keys.split(" "))).length && (await sign.canSign())) {
      for (const field of fields) field.value = "1";
      for (const said of document.querySelectorAll("[data-unsigned]")) said.hidden = true;
      for (const said of document.querySelectorAll("[data-signed]")) said.hidden = false;
    }
  } finally {
    for (const button of document.querySelectorAll("button[data-opens]")) button.disabled = false;
  }
}
