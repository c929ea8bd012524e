// The SHA-256 of a document that stays on this machine: works it out and fills it in. Without this file it is pasted.
"use strict";

(() => {
  if (!window.crypto || !window.crypto.subtle) return;
  for (const part of document.querySelectorAll(".digest-of")) {
    const field = document.getElementById(part.dataset.for);
    const label = document.createElement("label");
    const file = document.createElement("input");
    const told = document.createElement("p");
    label.textContent = part.dataset.label;
    label.htmlFor = file.id = `${field.id}-file`;
    file.type = "file";
    file.className = "file";
    told.className = "small";
    told.setAttribute("role", "status");
    part.prepend(label, file, told);
    file.addEventListener("change", async () => {
      const chosen = file.files[0];
      field.value = told.textContent = "";
      if (!chosen) return;
      const digest = new Uint8Array(await window.crypto.subtle.digest("SHA-256", await chosen.arrayBuffer()));
      field.value = [...digest].map((one) => one.toString(16).padStart(2, "0")).join("");
      told.textContent = part.dataset.told;
    });
  }
})();
