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
    const close = element("button", { type: "button", class: "close-pane", "aria-label": `Close ${about.title}` }, "×");
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
    if (about.isPass) this.summary.append(" ", element("strong", {}, `Here it ${done(rows) || "finds nothing to do"}.`));
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
    this.bring(this.runs[Math.max(this.at, 0)]);
  }

  // Tell a screen reader on which line the keyboard is.
  point(row) {
    if (row) this.list.setAttribute("aria-activedescendant", row.item.id);
    else this.list.removeAttribute("aria-activedescendant");
    this.pointed = row ?? null;
  }

  // Have rows in sight that follow each other or, if there are too many, the first of them.
  bring(rows) {
    if (!rows) return;
    const { list } = this;
    const top = rows[0].item.offsetTop;
    const bottom = rows.at(-1).item.offsetTop + rows.at(-1).item.offsetHeight;
    const isSeen = top >= list.scrollTop && bottom <= list.scrollTop + list.clientHeight;
    if (!isSeen) list.scrollTop = top - Math.max((list.clientHeight - bottom + top) / 2, list.clientHeight / 8);
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
    const { line } = kept[{ ArrowUp: Math.max(at - 1, 0), ArrowDown: Math.min(at + 1, last), Home: 0, End: last }[key]] ?? {};
    if (line !== undefined && line !== this.chosen) this.acts.choose(line);
  }
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
