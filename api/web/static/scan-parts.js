// Parts of the scan page: a line for a scan with what came of it, its mark, its sound; and what a GS1 symbol says.
"use strict";

const TONES = {
  ok: [[1046, 0, 0.09], [1568, 0.09, 0.12]],
  wrong_place: [[880, 0, 0.14], [587, 0.16, 0.22]],
  already_done: [[660, 0, 0.06], [660, 0.12, 0.06]],
  unknown: [[440, 0, 0.12], [554, 0.14, 0.12], [440, 0.28, 0.12]],
  blocked: [[196, 0, 0.3], [196, 0.36, 0.3], [196, 0.72, 0.4]],
  waiting: [[784, 0, 0.05]],
};
const BUZZ = {
  ok: [60], wrong_place: [120, 80, 120], already_done: [40, 60, 40], unknown: [200, 100, 200],
  blocked: [400, 120, 400, 120, 400], waiting: [30],
};
const MARKS = {
  ok: "M4 13l5 5L20 6", wrong_place: "M4 12h14M12 5l7 7-7 7", already_done: "M2 13l4 4L14 8M10 16l2 1L22 7",
  unknown: "M8 9a4 4 0 1 1 5 4c-1 .4-1 1-1 2.500M12 19.500v.5", blocked: "M8 2h8l6 6v8l-6 6H8l-6-6V8zM7 12h10",
  waiting: "M12 6v6l4 3M12 2a10 10 0 1 0 .01 0",
};

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function mark(outcome) {
  const NS = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(NS, "svg");
  const path = document.createElementNS(NS, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", MARKS[outcome]);
  svg.append(path);
  return svg;
}

export function button(text, press, plain = true) {
  const made = element("button", plain ? "scan-act" : "scan-act strong", text);
  made.type = "button";
  made.addEventListener("click", () => {
    made.disabled = true;
    void press();
  });
  return made;
}

/** What a code says in few letters, where nobody has told what it stands for. */
function short(text) {
  return (text || "").trim().slice(-16).toUpperCase();
}

/** What is wrong and what to do; between Chinese sentences stands no blank. */
export function said(problem, lang) {
  return problem.detail + (lang === "zh" ? "" : " ") + problem.remedy;
}

/** A line of the list: what was scanned, what came of it, and why. */
export function line(scan, result, words) {
  const made = element("li", `scan-line ${result.outcome}`);
  made.dataset.outcome = result.outcome;
  made.dataset.id = scan.id;
  const head = element("p", "scan-head");
  head.append(mark(result.outcome), element("strong", "", words.outcomes[result.outcome]), element("span", "", words.actions[scan.action]));
  made.append(head);
  const name = result.item ? [result.item.label, result.item.product?.[words.lang], `${result.item.mass.amount} kg`] : [short(scan.item)];
  made.append(element("p", "scan-thing", name.filter(Boolean).join(" · ")));
  for (const problem of [...result.problems, ...result.warnings]) {
    made.append(element("p", "scan-why", said(problem, words.lang)));
  }
  if (result.booked) made.append(element("p", "scan-where", `${words.booked}${words.lang === "zh" ? "" : " "}${result.booked.location || ""} ${result.booked.name[words.lang]}`));
  return made;
}

let audio = null;

/** Sound needs a tap first. */
export function sounds() {
  audio ||= "AudioContext" in window ? new AudioContext() : null;
  void audio?.resume();
}

export function signal(outcome, buzz = true) {
  if (buzz) navigator.vibrate?.(BUZZ[outcome]);
  if (!audio || audio.state !== "running") return;
  for (const [pitch, after, long] of TONES[outcome]) {
    const tone = audio.createOscillator();
    const loud = audio.createGain();
    tone.frequency.value = pitch;
    tone.type = outcome === "blocked" ? "square" : "sine";
    loud.gain.value = 0.25;
    tone.connect(loud).connect(audio.destination);
    tone.start(audio.currentTime + after);
    tone.stop(audio.currentTime + after + long);
  }
}

const SEPARATOR = "\u001d";
const FIXED = { "01": 14, 11: 6, 13: 6, 15: 6, 16: 6, 17: 6, 20: 2 };
const VARIABLE = ["10", "21", "22"];

/** A GS1 element string with its identifiers in brackets, as ledger/core/scanned.py spells it; other text as it is. */
export function spelled(text) {
  let rest = text.replace(/^\](?:C1|d2|Q3|e0|J1)/, "").replace(/^[\s\u001d]+|[\s\u001d]+$/g, "");
  if (!/^01[0-9]{14}/.test(rest) || (rest === text && rest.length === 16)) return text;
  const found = {};
  while (rest) {
    const name = rest.slice(0, 2);
    rest = rest.slice(2);
    let value;
    if (FIXED[name]) {
      value = rest.slice(0, FIXED[name]);
      rest = rest.slice(FIXED[name]);
      if (rest.startsWith(SEPARATOR)) rest = rest.slice(1);
    } else if (VARIABLE.includes(name)) {
      const end = rest.indexOf(SEPARATOR);
      value = end < 0 ? rest : rest.slice(0, end);
      rest = end < 0 ? "" : rest.slice(end + 1);
    } else return text;
    if (!value || name in found || value.length < (FIXED[name] || 1)) return text;
    found[name] = value;
  }
  return ["01", "10", "21"].filter((name) => name in found).map((name) => `(${name})${found[name]}`).join("");
}
