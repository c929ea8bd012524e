// The scan page: an action, a place, then drums without a tap. Every scan is kept before it is sent.
"use strict";

const page = document.getElementById("scan");
const words = JSON.parse(document.getElementById("scan-words").textContent);
const byId = (id) => document.getElementById(id);
const MOST_LINES = 60;
const STATE = "hazledger scan";
const WAITS = { outcome: "waiting", problems: [], warnings: [] };
/** A place or badge with which nothing was scanned for so long is asked for again: nobody carries it along. */
const STALE_MS = 4 * 3600 * 1000;
const [sign, { Queue, fact, setFact }, { Camera, decode }, parts, { Conflicts }] = await Promise.all([
  import(page.dataset.sign), import(page.dataset.queue), import(page.dataset.camera), import(page.dataset.parts),
  import(page.dataset.conflicts),
]);
const { element, button } = parts;

const state = { action: "", place: null, badge: null, ...(await fact(STATE).catch(() => null)) };
if (typeof state.badge === "string") state.badge = null;
const known = new Map(Object.entries((await fact("places").catch(() => null)) || {}));
const lines = new Map();
const queue = new Queue(sign, page.dataset.org, answered, waiting);
const conflicts = new Conflicts(queue, parts, words, (scan) => {
  if (!lines.has(scan.id)) show(scan, WAITS);
});

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

async function take(raw) {
  const text = parts.spelled(raw);
  const said = card(text);
  if (said?.action && said.action in words.actions) return void choose(said.action);
  if (said?.badge) return void (await identify(said.badge));
  if (!state.action) return void note(words.choose_first);
  if (state.action === "undo") return void (await scan({ item: text }));
  if (state.place && !(Date.now() - state.place.at < STALE_MS)) await change({ place: null });
  if (known.has(text) || !state.place) return void (await stand(text));
  if (state.badge && !(Date.now() - state.badge.at < STALE_MS)) await change({ badge: null });
  state.place.at = Date.now();
  if (state.badge) state.badge.at = Date.now();
  await scan({ place: state.place.text, item: text });
}

/** Whoever scans from now on; asked of the ledger where there is a network, so that a revoked badge is told at once. */
async function identify(text) {
  let name = "";
  try {
    const headers = { "content-type": "application/json", accept: "application/json" };
    const answer = await fetch("/api/v1/scans/badge", { method: "POST", headers, body: JSON.stringify({ text }) });
    const body = await answer.json();
    if (answer.status === 422) return void refuse(parts.said(body, words.lang));
    if (answer.status === 200) name = body.name;
  } catch {
    // Without a network it is taken as it is; the ledger judges it with the scans.
  }
  await change({ badge: { text, name, at: Date.now() } });
  note(words.badge_read);
  signal("already_done", false);
}

function refuse(why) {
  note(why);
  byId("note").classList.add("wrong-note");
  signal("blocked");
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
    ...badged(), ...amount(),
  };
  show(made, WAITS);
  await queue.add(made);
}

function badged() {
  return state.badge ? { badge: state.badge.text } : {};
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
  parts.sounds();
  if (camera && !camera.running) void camera.start();
}

// --- what came of it -------------------------------------------------------------------------------------------------

function answered(scan, result, conflict) {
  if (conflict) {
    lines.get(scan.id)?.remove();
    lines.delete(scan.id);
    byId("empty").hidden = lines.size > 0;
    void conflicts.paint();
    if (result.problem?.code.startsWith("scan_badge") && state.badge?.text === scan.badge) void change({ badge: null });
    return signal(result.problem ? "blocked" : result.outcome);
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

function show(scan, result) {
  const line = parts.line(scan, result, words);
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
    const made = { id: sign.uuid7(), action, at: sign.stated(), ...what, ...more, ...badged() };
    show(made, WAITS);
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

function signal(outcome, buzz = true) {
  page.dataset.last = outcome;
  parts.signal(outcome, buzz);
}

// --- the page --------------------------------------------------------------------------------------------------------

function note(text) {
  byId("note").textContent = text;
  byId("note").classList.remove("wrong-note");
}

function paint() {
  for (const one of document.querySelectorAll("[data-action]")) one.setAttribute("aria-pressed", String(one.dataset.action === state.action));
  byId("where").textContent = state.place ? state.place.label : words.no_place;
  byId("who-box").hidden = !state.badge;
  byId("who").textContent = state.badge ? state.badge.name || words.badge_unproven : "";
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
byId("no-badge").addEventListener("click", () => void change({ badge: null }));

page.hidden = false;
byId("plain").hidden = true;
paint();
if (location.hash.length > 1) {
  void read(decodeURIComponent(location.hash.slice(1)));
  history.replaceState(null, "", location.pathname + location.search);
}
await queue.enrol(`${words.device} ${new Date().toISOString().slice(0, 10)}`).catch(() => {});
await conflicts.paint();
for (const entry of await queue.resume()) show(entry.scan, WAITS);
await queue.flush();
if ("serviceWorker" in navigator) await navigator.serviceWorker.register("/scan/worker.js", { scope: "/scan" }).catch(() => {});
page.dataset.ready = "yes";
