// Passkeys: asks the browser for one and sends its answer with the form. Without this file a password still works.
"use strict";

(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const asked = (options, kind) => {
    const made = { ...options, challenge: bytes(options.challenge) };
    if (kind === "create") {
      made.user = { ...options.user, id: bytes(options.user.id) };
      made.excludeCredentials = known(options.excludeCredentials);
    } else {
      made.allowCredentials = known(options.allowCredentials);
    }
    return made;
  };

  const answered = (credential) => {
    const { response } = credential;
    const told = { clientDataJSON: text(response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) told[name] = text(response[name]);
    }
    if (response.getTransports) told.transports = response.getTransports();
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response: told,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  const use = async (form) => {
    const answer = await fetch(form.dataset.options, { method: "POST", headers: { accept: "application/json" } });
    if (!answer.ok) {
      const problem = await answer.json();
      throw new Error(problem.detail);
    }
    const kind = form.dataset.passkey;
    const publicKey = asked(await answer.json(), kind);
    const credential = await navigator.credentials[kind]({ publicKey });
    form.elements.response.value = JSON.stringify(answered(credential));
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.hidden = false;
    const said = form.querySelector(".passkey-said");
    form.addEventListener("submit", async (event) => {
      if (form.elements.response.value) return;
      event.preventDefault();
      form.setAttribute("aria-busy", "true");
      said.textContent = "";
      try {
        await use(form);
        form.requestSubmit();
      } catch (error) {
        said.textContent = error instanceof DOMException ? form.dataset.failed : error.message;
        form.removeAttribute("aria-busy");
      }
    });
  }
})();
