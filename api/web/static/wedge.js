// Handheld scanners: keyboards that type a code in one burst, with or without Enter, on any page.
//
// Reads event.code and shift, never what a field holds: a Chinese input method turns keys into text of its own. What
// was read goes out as the event "hazledger:scan"; where nobody takes it, it lands in the field that has the focus, a
// label as its code; without a field a label leads to its page. What a scan must not overwrite stays as it was.
"use strict";

const FASTEST_HAND_MS = 30;
const LEAST = 6;
const QUIET_MS = 90;
const SHIFTED = { "-": "_", "=": "+", ";": ":", "/": "?", ".": ">", ",": "<", "'": '"', "[": "{", "]": "}", "\\": "|", "`": "~" };
const DIGITS = { 1: "!", 2: "@", 3: "#", 4: "$", 5: "%", 6: "^", 7: "&", 8: "*", 9: "(", 0: ")" };
const NAMED = {
  Minus: "-", Equal: "=", Semicolon: ";", Slash: "/", Period: ".", Comma: ",", Quote: "'", Backquote: "`",
  BracketLeft: "[", BracketRight: "]", Backslash: "\\", Space: " ",
  NumpadAdd: "+", NumpadSubtract: "-", NumpadMultiply: "*", NumpadDivide: "/", NumpadDecimal: ".",
};

/** The character of a key on a US keyboard, which scanners emulate; "" for a key that types none. */
export function character(code, shift) {
  if (/^Key[A-Z]$/.test(code)) return shift ? code[3] : code[3].toLowerCase();
  if (/^Digit[0-9]$/.test(code)) return shift ? DIGITS[code[5]] : code[5];
  if (/^Numpad[0-9]$/.test(code)) return code[6];
  const plain = NAMED[code] || "";
  return (shift && SHIFTED[plain]) || plain;
}

let burst = "";
let last = 0;
let timer = 0;
let field = null;
let before = "";

function editable(target) {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ? target : null;
}

function finish() {
  clearTimeout(timer);
  const text = burst;
  burst = "";
  if (text.length < LEAST) return false;
  const mine = field;
  const restored = before;
  const event = new CustomEvent("hazledger:scan", { detail: { text }, cancelable: true });
  const taken = !document.dispatchEvent(event);
  if (mine) {
    // What the input method made of the keys is not what was scanned.
    setTimeout(() => land(mine, restored, taken ? "" : text));
  } else if (!taken) {
    follow(text);
  }
  return true;
}

/**
 * Puts what was read into a field, which held `was`; "": nothing. A field for codes (`data-scan`) holds the newest
 * alone, and with `data-scan="go"` asks for it at once; a text of many lines gets a line; a number or day stays.
 */
function land(mine, was, text) {
  const label = LABEL.exec(text);
  const said = label ? label[1].toUpperCase() : text;
  const counts = /^(decimal|numeric)$/.test(mine.inputMode) || /^(number|date|datetime-local)$/.test(mine.type);
  if (!said || counts) mine.value = was;
  else if (mine.dataset.scan !== undefined) mine.value = said;
  else if (mine instanceof HTMLTextAreaElement) mine.value = `${was}${was && !was.endsWith("\n") ? "\n" : ""}${said}\n`;
  else mine.value = was + said;
  mine.dispatchEvent(new Event("input", { bubbles: true }));
  if (said && mine.dataset.scan === "go") mine.form.requestSubmit(mine.form.querySelector("button[name=look]"));
}

const LABEL = /^(?:https?:\/\/[a-z0-9.:-]+\/q\/)?([0-9a-z]{16})$/i;

/** A GS1 Digital Link or element string: what it is bound to is looked up here, whatever host it names. */
const GS1 = /^(?:https?:\/\/[^?#]*\/01\/[0-9]{8,14}(?:[/?#]|$)|\(01\)[0-9]{14}|(?:\](?:C1|d2|Q3|e0|J1))?01[0-9]{14}.)/i;

/** Leads to the page of a label; a command card leads to the scan page. An address of another site is not followed. */
function follow(text) {
  const code = LABEL.exec(text);
  if (code) location.assign(`/Q/${code[1].toUpperCase()}`);
  else if (GS1.test(text)) location.assign(`/find?${new URLSearchParams({ code: text })}`);
  else if (/^HAZLEDGER:/i.test(text)) location.assign(`/scan#${encodeURIComponent(text)}`);
}

document.addEventListener(
  "keydown",
  (event) => {
    if (event.ctrlKey && event.code === "BracketRight" && burst) {
      // How scanners type the separator of a GS1 element string (0x1D).
      burst += "\u001d";
      last = event.timeStamp;
      clearTimeout(timer);
      timer = setTimeout(finish, QUIET_MS);
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || /^(Shift|Control|Alt|Meta|CapsLock)/.test(event.code)) return;
    const gap = event.timeStamp - last;
    last = event.timeStamp;
    if (event.code === "Enter" || event.code === "NumpadEnter" || event.code === "Tab") {
      if (gap <= QUIET_MS && finish()) {
        event.preventDefault();
        event.stopPropagation();
      }
      burst = "";
      return;
    }
    const typed = character(event.code, event.shiftKey);
    if (!typed) {
      burst = "";
      return;
    }
    if (!burst || gap > FASTEST_HAND_MS) {
      finish();
      field = editable(event.target);
      before = field ? field.value : "";
    }
    burst += typed;
    clearTimeout(timer);
    timer = setTimeout(finish, QUIET_MS);
  },
  true,
);
