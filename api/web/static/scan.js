// The scan page: an action, a place, then drums without a tap. Every scan is kept before it is sent.
"use strict";

const page = document.getElementById("scan");
const words = JSON.parse(document.getElementById("scan-words").textContent);
const byId = (id) => document.getElementById(id);
const MOST_LINES = 60;
const STATE = "hazledger scan";
/** A place that nothing was scanned at for so long is asked for again: whoever drives on must not carry it along. */
const STALE_MS = 4 * 3600 * 1000;
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

const [sign, { Queue, fact, setFact }, { Camera, decode }] = await Promise.all([
  import(page.dataset.sign), import(page.dataset.queue), import(page.dataset.camera),
]);

const state = { action: "", place: null, badge: null, ...(await fact(STATE).catch(() => null)) };
const known = new Map(Object.entries((await fact("places").catch(() => null)) || {}));
const lines = new Map();
const queue = new Queue(sign, page.dataset.org, answered, waiting);

// --- what was read ---------------------------------------------------------------------------------------------------

function card(text) {
  const found = /^HAZLEDGER:(DO|BADGE):([0-9A-Z-]+)$/i.exec(text.trim());
  if (!found) return null;
  return found[1].toUpperCase() === "DO" ? { action: found[2].toLowerCase() } : { badge: text.trim() };
}

let turn = Promise.resolve();

/** Takes what was read after all that was read before: a drum must not overtake its place. */
function read(text) {
  turn = turn.then(() => take(text)).catch(() => note(words.choose_first));
  return turn;
}

async function take(text) {
  const said = card(text);
  if (said?.action && said.action in words.actions) return void choose(said.action);
  if (said?.badge) return void (await change({ badge: said.badge }), note(words.badge_read));
  if (!state.action) return void note(words.choose_first);
  if (state.action === "undo") return void (await scan({ item: text }));
  if (state.place && !(Date.now() - state.place.at < STALE_MS)) await change({ place: null });
  if (known.has(text) || !state.place) return void (await stand(text));
  state.place.at = Date.now();
  await scan({ place: state.place.text, item: text });
}

/** The place where drums will be scanned; looked up where there is a network, remembered where there is none. */
async function stand(text) {
  let label = known.get(text);
  if (!label) {
    try {
      const answer = await fetch(`/scan/place?${new URLSearchParams({ text })}`, { headers: { accept: "application/json" } });
      const body = await answer.json();
      if (answer.status !== 200) {
        show({ id: crypto.randomUUID(), action: state.action }, { outcome: "unknown", problems: [body], warnings: [] });
        return signal("unknown");
      }
      label = body.label;
      known.set(text, label);
      await setFact("places", Object.fromEntries([...known].slice(-200)));
    } catch {
      label = text.slice(-16);
    }
  }
  await change({ place: { text, label, at: Date.now() } });
  signal("already_done", false);
}

async function scan(what, more = {}) {
  const made = {
    id: sign.uuid7(), action: state.action, at: sign.stated(), ...what, ...more,
    ...(state.badge ? { badge: state.badge } : {}), ...amount(),
  };
  show(made, { outcome: "waiting", problems: [], warnings: [] });
  await queue.add(made);
}

function amount() {
  const field = byId("amount");
  const value = field.value.trim().replace(",", ".");
  field.value = "";
  return value && state.action !== "undo" ? { amount: value } : {};
}

async function change(next) {
  Object.assign(state, next);
  await setFact(STATE, { action: state.action, place: state.place, badge: state.badge });
  paint();
}

async function choose(action) {
  await change(action === state.action ? {} : { action, place: action === "dispatch" || state.action === "dispatch" ? null : state.place });
  sounds();
  if (camera && !camera.running) void camera.start();
}

// --- what came of it -------------------------------------------------------------------------------------------------

function answered(scan, result) {
  if (result.problem) {
    show(scan, { outcome: "blocked", problems: [result.problem], warnings: [], conflict: true });
    return signal("blocked");
  }
  // A place scanned where a drum was expected: from here on it is there.
  if (result.problems[0]?.code === "scan_no_goods" && scan.action !== "undo") {
    lines.get(scan.id)?.remove();
    lines.delete(scan.id);
    return void stand(scan.item);
  }
  show(scan, result);
  signal(result.outcome);
}

function element(tag, className, text) {
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

function button(text, press, plain = true) {
  const made = element("button", plain ? "scan-act" : "scan-act strong", text);
  made.type = "button";
  made.addEventListener("click", () => {
    made.disabled = true;
    void press();
  });
  return made;
}

function show(scan, result) {
  const line = element("li", `scan-line ${result.outcome}`);
  line.dataset.outcome = result.outcome;
  line.dataset.id = scan.id;
  const head = element("p", "scan-head");
  head.append(mark(result.outcome), element("strong", "", words.outcomes[result.outcome]), element("span", "", words.actions[scan.action]));
  line.append(head);
  const name = result.item ? [result.item.label, result.item.product?.[words.lang], `${result.item.mass.amount} kg`] : [(scan.item || "").slice(-16)];
  line.append(element("p", "scan-thing", name.filter(Boolean).join(" · ")));
  for (const problem of [...result.problems, ...result.warnings]) {
    line.append(element("p", "scan-why", `${problem.detail} ${problem.remedy}`));
  }
  if (result.booked) line.append(element("p", "scan-where", `${words.booked} ${result.booked.location || ""} ${result.booked.name[words.lang]}`));
  line.append(acts(scan, result));
  const old = lines.get(scan.id);
  if (old) old.replaceWith(line);
  else byId("lines").prepend(line);
  lines.set(scan.id, line);
  while (byId("lines").children.length > MOST_LINES) byId("lines").lastElementChild.remove();
  byId("empty").hidden = true;
}

function acts(scan, result) {
  const box = element("p", "scan-acts");
  const again = { place: scan.place, item: scan.item };
  const once = (action, what, more) => {
    const made = { id: sign.uuid7(), action, at: sign.stated(), ...what, ...more, ...(state.badge ? { badge: state.badge } : {}) };
    show(made, { outcome: "waiting", problems: [], warnings: [] });
    return queue.add(made);
  };
  if (result.outcome === "ok" && scan.action !== "undo") box.append(button(words.undo, () => once("undo", { of: scan.id })));
  if (result.outcome === "wrong_place" && result.booked && scan.action === "count") box.append(button(words.move_here, () => once("move", again), false));
  if (result.outcome === "blocked" && result.overridable) {
    if (scan.action === "receive") box.append(button(words.quarantine, () => once("receive", again, { quarantine: true }), false));
    if (page.dataset.override === "yes") {
      box.append(button(words.override, async () => {
        const reason = await ask();
        if (reason) await once(scan.action, again, { override: reason });
      }));
    }
  }
  return box;
}

/** Asks a safety officer for the reason; "" when it was not given. */
function ask() {
  const dialog = byId("reason");
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "go" ? byId("reason-text").value.trim() : ""), { once: true });
  });
}

// --- sound and touch -------------------------------------------------------------------------------------------------

let audio = null;

function sounds() {
  audio ||= "AudioContext" in window ? new AudioContext() : null;
  void audio?.resume();
}

function signal(outcome, buzz = true) {
  if (buzz) navigator.vibrate?.(BUZZ[outcome]);
  page.dataset.last = outcome;
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

// --- the page --------------------------------------------------------------------------------------------------------

function note(text) {
  byId("note").textContent = text;
}

function paint() {
  for (const one of document.querySelectorAll("[data-action]")) one.setAttribute("aria-pressed", String(one.dataset.action === state.action));
  byId("where").textContent = state.place ? state.place.label : words.no_place;
  byId("where-box").hidden = state.action === "" || state.action === "undo";
  byId("amount-box").hidden = !["count", "receive", ""].includes(state.action) || state.action === "";
  note(!state.action ? words.choose_first : state.action === "undo" ? words.scan_to_undo : state.place ? words.scan_drums : words.scan_place);
}

function waiting(count, why) {
  const box = byId("waiting");
  box.hidden = count === 0;
  byId("waiting-count").textContent = String(count);
  byId("waiting-why").textContent = why ? words.why[why] : "";
  page.dataset.waiting = String(count);
}

const camera = page.dataset.camera ? new Camera(byId("video"), (text) => void read(text), (word) => {
  byId("camera-state").textContent = words.camera[word] || "";
  byId("viewer").hidden = word !== "on" && !camera.running;
}) : null;

for (const one of document.querySelectorAll("[data-action]")) {
  one.addEventListener("click", (event) => {
    event.preventDefault();
    void choose(one.dataset.action);
  });
}
document.addEventListener("hazledger:scan", (event) => {
  event.preventDefault();
  void read(event.detail.text);
});
byId("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = byId("code");
  const text = field.value.trim();
  field.value = "";
  if (text) void read(text);
});
byId("photos").addEventListener("change", async (event) => {
  for (const file of [...event.target.files]) {
    const texts = await decode(file);
    if (texts === null) note(words.camera.offline);
    else if (texts.length === 0) note(words.no_code);
    else await read(texts[0]);
  }
  event.target.value = "";
});
byId("other-place").addEventListener("click", () => void change({ place: null }));

page.hidden = false;
byId("plain").hidden = true;
paint();
if (location.hash.length > 1) {
  void read(decodeURIComponent(location.hash.slice(1)));
  history.replaceState(null, "", location.pathname + location.search);
}
await queue.enrol(`${words.device} ${new Date().toISOString().slice(0, 10)}`).catch(() => {});
for (const entry of await queue.list()) show(entry.scan, { outcome: "waiting", problems: [], warnings: [] });
await queue.flush();
if ("serviceWorker" in navigator) await navigator.serviceWorker.register("/scan/worker.js", { scope: "/scan" }).catch(() => {});
page.dataset.ready = "yes";
