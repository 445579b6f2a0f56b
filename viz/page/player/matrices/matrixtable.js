"use strict";

// A matrix as a table of buttons, one for each entry. The arrow keys go from entry to entry; the tabulator goes to the
// one that was chosen last.

class MatrixTable {
  // onChoose  what choosing an entry does, by the name of the matrix, i and j
  constructor(matrix, onChoose) {
    Object.assign(this, { matrix, onChoose, buttons: [] });
    this.shape = element("span", { class: "faint" });
    this.body = element("tbody");
    const words = element("span", { class: "matrix-name" }, element("b", {}, matrix.name), " ", this.shape);
    const caption = element("caption", {}, words);
    const classes = `matrix ${matrix.isGradient ? "gradient" : "data"} ${matrix.kind}`;
    const table = element("table", { class: classes }, caption, this.body);
    this.box = element("div", { class: "matrix-box" }, table);
    this.body.addEventListener("click", (event) => this.chooseAt(event.target.closest("button")));
    this.body.addEventListener("keydown", (event) => this.onKey(event));
  }

  // Have so many rows and columns.
  resize(rows, columns) {
    if (this.buttons.length === rows && (this.buttons[0]?.length ?? 0) === columns) return;
    this.buttons = Array.from({ length: rows }, () => Array.from({ length: columns }, entryButton));
    this.body.replaceChildren(...this.buttons.map((row) =>
      element("tr", {}, ...row.map((button) => element("td", {}, button)))));
    this.focusable = null;
    if (rows && columns) this.makeFocusable(this.buttons[0][0]);
  }

  columns() {
    return this.buttons[0]?.length ?? 1;
  }

  // note  what is to be said beside the shape
  showShape(note) {
    setText(this.shape, this.buttons.length ? `${shapeText([this.buttons.length, this.columns()])}${note}` : note);
  }

  // Show an entry: its text and its full name, whether it is unfinished, wrong, chosen or lit, and what it should be.
  showEntry(i, j, { text, title, label, should, classes }) {
    const button = this.buttons[i][j];
    setText(button.firstChild, text);
    setText(button.lastChild, should);
    if (button.title !== title) button.title = title;
    if (button.getAttribute("aria-label") !== label) button.setAttribute("aria-label", label);
    if (button.className !== classes) button.className = classes;
    const isChosen = classes.includes("chosen");
    button.setAttribute("aria-pressed", String(isChosen));
    if (isChosen) this.makeFocusable(button);
  }

  // Scroll the matrix, not the page, to the entry that is chosen, or the first that is lit.
  reveal() {
    const marked = this.body.querySelector(".chosen") ?? this.body.querySelector(".lit");
    if (!marked) return;
    const [entry, box] = [marked, this.box].map((found) => found.getBoundingClientRect());
    this.box.scrollLeft += Math.min(entry.left - box.left, 0) || Math.max(entry.right - box.right, 0);
  }

  // Scroll the panel to the entry that is chosen, if it is here and not in sight; `top` is where entries are in sight.
  revealIn(panel, top) {
    const entry = this.body.querySelector(".one")?.getBoundingClientRect();
    if (!entry) return;
    panel.scrollTop += Math.min(entry.top - top, 0) || Math.max(entry.bottom - panel.getBoundingClientRect().bottom, 0);
  }

  makeFocusable(button) {
    if (this.focusable) this.focusable.tabIndex = -1;
    this.focusable = button;
    button.tabIndex = 0;
  }

  chooseAt(button) {
    const i = this.buttons.findIndex((row) => row.includes(button));
    if (i >= 0) this.onChoose(this.matrix.name, i, this.buttons[i].indexOf(button));
  }

  onKey(event) {
    const i = this.buttons.findIndex((row) => row.includes(event.target));
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (i < 0 || !isPlain || !Object.hasOwn(moves, event.key)) return;
    // These keys are the page's, too: there, they go from step to step.
    event.preventDefault();
    event.stopPropagation();
    const [down, right] = moves[event.key];
    const button = this.buttons[i + down]?.[this.buttons[i].indexOf(event.target) + right];
    if (!button) return;
    this.chooseAt(button);
    button.focus();
  }
}

function entryButton() {
  return element("button", { type: "button", tabindex: -1 }, element("span"), element("span", { class: "should" }));
}
