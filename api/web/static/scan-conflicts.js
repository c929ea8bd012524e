// Scans that waited, or came back, and could not be recorded as they are: a person says what becomes of each.
"use strict";

export class Conflicts {
  /** `queue`: where they are kept; `parts`: scan-parts.js; `words`: of the page; `sent(scan)`: one that goes again. */
  constructor(queue, parts, words, sent) {
    Object.assign(this, { queue, parts, words, sent });
    this.box = document.getElementById("conflicts");
    this.list = document.getElementById("conflict-lines");
    this.aside = document.getElementById("aside");
    this.asideList = document.getElementById("aside-lines");
  }

  /** Draws what is kept: nothing of it is lost when the page is opened anew. */
  async paint() {
    const all = await this.queue.conflicts();
    const open = all.filter((entry) => !entry.aside);
    const rest = all.filter((entry) => entry.aside);
    this.list.replaceChildren(...open.map((entry) => this.line(entry)));
    this.asideList.replaceChildren(...rest.map((entry) => this.line(entry)));
    this.box.hidden = all.length === 0;
    this.aside.hidden = rest.length === 0;
    document.getElementById("conflicts-open").hidden = open.length === 0;
    document.getElementById("conflict-link").hidden = open.length === 0;
    for (const one of document.querySelectorAll(".conflict-count")) one.textContent = String(open.length);
    document.getElementById("aside-count").textContent = String(rest.length);
  }

  line(entry) {
    const { scan, result } = entry;
    const { element, button, line } = this.parts;
    const told = result.problem ? { outcome: "blocked", problems: [result.problem], warnings: [] } : result;
    const made = line(scan, told, this.words);
    const at = element("time", "", new Date(scan.at).toLocaleString(this.words.lang === "zh" ? "zh-CN" : "en-GB"));
    at.dateTime = scan.at;
    const when = element("p", "scan-when", `${this.words.scanned_at} `);
    when.append(at);
    const acts = element("p", "scan-acts");
    if (reportable(scan, result)) acts.append(button(this.words.report, () => this.report(entry), false));
    if (entry.aside) acts.append(button(this.words.take_up, () => this.put(entry, false)));
    else acts.append(button(this.words.set_aside, () => this.put(entry, true)));
    made.append(when, acts);
    return made;
  }

  async report(entry) {
    const scan = await this.queue.report(entry.n);
    await this.paint();
    if (scan) this.sent(scan);
  }

  async put(entry, aside) {
    await this.queue.setAside(entry.n, aside);
    await this.paint();
  }
}

/** Whether it can be recorded as a report: what the ledger says of an outcome; else what may be sound when sent anew. */
function reportable(scan, result) {
  if (scan.action === "undo" || scan.report) return false;
  return result.problem ? !["scan_code_unknown", "id_used_otherwise"].includes(result.problem.code) : Boolean(result.reportable);
}
