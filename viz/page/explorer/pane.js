"use strict";

// A stage: its lines, of which one can be chosen by a click or by the arrow keys.

const REMARKS = { javascript: "//", llvm: ";" };
const NUMBER = /(?<![\w%.$])\d[\d.]*(?:e[+-]?\d+|x[\da-f]+)?\b/gi;

class Pane {
  // `acts` are told what a reader does: choose(line), close().
  constructor(stage, about, links, acts) {
    Object.assign(this, { stage, about, links, acts, rows: [], lit: [], isBuilt: false });
    this.summary = element("p", { class: "about" }, ...withCode(about.about));
    this.said = element("p", { class: "said" });
    this.jumps = [["▲", "Lit lines above", -1], ["▼", "Lit lines below", 1]].map((jump) => this.jump(...jump));
    const name = `stage-${stage}`;
    this.list = element("div", { class: "listing", role: "listbox", tabindex: 0, "aria-labelledby": name });
    const closes = `Close ${about.title}`;
    const close = element("button", { type: "button", class: "close-pane", "aria-label": closes }, "×");
    this.section = element("section", { class: "pane", "aria-labelledby": name },
      element("div", { class: "pane-head" }, element("h2", { id: name }, about.title), this.said),
      element("div", { class: "pane-tools" }, ...this.jumps, close), this.summary, this.list);
    close.addEventListener("click", acts.close);
    this.list.addEventListener("click", ({ target }) => {
      const row = target.closest(".row");
      if (row && getSelection().isCollapsed) acts.choose(Number(row.dataset.line));
    });
  }

  // The rows are made when the stage is first shown: there may be thousands.
  build() {
    if (this.isBuilt) return;
    this.isBuilt = true;
    const { about, links, stage } = this;
    if (about.missing) this.list.append(element("p", { class: "missing" }, about.missing));
    const rows = links.rows(stage);
    this.rows = rows.map((row) => ({ ...row, item: this.drawnRow(row) }));
    this.list.append(...this.rows.map(({ item }) => item));
    this.kept = this.rows.filter(({ isGone }) => !isGone);
    const effect = `Here it ${done(rows) || "finds nothing to do"}.`;
    if (about.isPass) this.summary.append(" ", element("strong", {}, effect));
  }

  drawnRow({ line, isGone, now, was }) {
    const { links, stage } = this;
    const item = element("div", { class: "row", role: "option", id: `${stage}-${line}`, "data-line": line,
      "aria-selected": "false" }, element("span", { class: "code" }, ...this.colored(links.texts[line])));
    const fate = isGone ? (now === null ? "dropped" : `now line ${links.place(now)}`) : was ? `was ${was}` : "";
    if (fate) item.append(" ", element("span", { class: "fate" }, fate));
    if (isGone) item.classList.add("gone");
    else item.dataset.place = links.place(line);
    return item;
  }

  // A line with its numbers and its remark, as the language of the stage has it.
  colored(text) {
    const start = text.indexOf(REMARKS[this.about.name] ?? "#");
    const code = start < 0 ? text : text.slice(0, start);
    const found = [];
    let end = 0;
    for (const match of code.matchAll(NUMBER)) {
      found.push(code.slice(end, match.index), element("span", { class: "number" }, match[0]));
      end = match.index + match[0].length;
    }
    const remark = start < 0 ? [] : [element("span", { class: "remark" }, text.slice(start))];
    return [...found, code.slice(end), ...remark];
  }

  // --- What is lit ---

  show(lit) {
    for (const { item } of this.lit) {
      delete item.dataset.lit;
      item.setAttribute("aria-selected", "false");
    }
    this.lit = this.rows.filter(({ line }) => lit.has(line));
    for (const { item, line, isGone } of this.lit) {
      item.dataset.lit = lit.get(line);
      item.setAttribute("aria-selected", String(!isGone && lit.get(line) === CHOSEN));
    }
    const own = this.lit.filter(({ isGone }) => !isGone);
    const [chosen = null] = lit.keys();
    this.chosen = chosen;
    setText(this.said, lit.size ? shownHere(lit.get(own[0]?.line), own.length) : "");
    this.runs = runsOf(this.lit, this.rows);
    this.at = this.runs.findIndex((run) => run.some(({ isGone }) => !isGone));
    for (const button of this.jumps) button.hidden = this.runs.length < 2;
    this.point(own[0]);
    this.bring(this.runs[Math.max(this.at, 0)] ?? []);
  }

  // Tell a screen reader on which line the keyboard is.
  point(row) {
    if (row) this.list.setAttribute("aria-activedescendant", row.item.id);
    else this.list.removeAttribute("aria-activedescendant");
    this.pointed = row ?? null;
  }

  bring(rows) {
    bring(this.list, rows.map(({ item }) => item));
  }

  // A button that leads to the lit lines above or below those in sight.
  jump(text, label, step) {
    const button = element("button", { type: "button", class: "jump", "aria-label": label, title: label }, text);
    button.addEventListener("click", () => {
      this.at = (this.at + step + this.runs.length) % this.runs.length;
      this.bring(this.runs[this.at]);
    });
    return button;
  }

  // Choose another line, as a key says.
  move(key) {
    const { kept } = this;
    const at = kept.indexOf(this.pointed);
    const last = kept.length - 1;
    const goes = { ArrowUp: Math.max(at - 1, 0), ArrowDown: Math.min(at + 1, last), Home: 0, End: last };
    const row = kept[goes[key]];
    if (row && row.line !== this.chosen) this.acts.choose(row.line);
  }
}

// Scroll a room until elements that follow each other are in sight or, if they are too many, the first of them.
function bring(room, elements) {
  if (!elements.length) return;
  const [around, first, last] = [room, elements[0], elements.at(-1)].map((one) => one.getBoundingClientRect());
  const by = (start, end, length) => {
    const isSeen = start >= 0 && end <= length;
    return isSeen ? 0 : start - Math.max((length - end + start) / 2, length / 8);
  };
  room.scrollBy(
    by(first.left - around.left, last.right - around.left, room.clientWidth),
    by(first.top - around.top, last.bottom - around.top, room.clientHeight),
  );
}

// Rows, in groups of those that follow each other among all.
function runsOf(rows, all) {
  const places = new Map(all.map((row, at) => [row, at]));
  const runs = [];
  for (const row of rows) {
    if (runs.length && places.get(row) === places.get(runs.at(-1).at(-1)) + 1) runs.at(-1).push(row);
    else runs.push([row]);
  }
  return runs;
}

// A text in which `names` stand between backquotes.
function withCode(text) {
  return text.split("`").map((part, at) => (at % 2 ? element("code", {}, part) : part));
}
