"use strict";

// An editor for Python: line numbers, indentation, and a mark on a line. Its text is a plain textarea's.

const INDENT = "    ";

class Editor {
  #area = element("textarea", { wrap: "off", spellcheck: false, autocapitalize: "off", autocomplete: "off" });
  #numbers = element("div", { className: "editor-numbers", ariaHidden: "true" });
  #leaving = false;

  /** `changed` is called with each new text, `run` when Ctrl or Shift and Enter are pressed. */
  constructor(label, { changed = () => {}, run = () => {} } = {}) {
    this.#area.ariaLabel = `${label}. Tab indents; press Escape first, and Tab leaves.`;
    this.element = element("div", { className: "editor" }, this.#numbers, this.#area);
    this.#area.addEventListener("keydown", (event) => this.#press(event, run));
    this.#area.addEventListener("input", () => {
      this.#fit();
      this.mark(0);
      changed(this.text);
    });
  }

  get text() {
    return this.#area.value;
  }

  set text(text) {
    this.#area.value = text;
    this.#fit();
    this.mark(0);
  }

  focus() {
    this.#area.focus();
  }

  /** Show a line, counted from 1, with the cursor at its end. */
  show(line) {
    const end = this.text.split("\n").slice(0, line).join("\n").length;
    this.#area.setSelectionRange(end, end);
    const place = this.#numbers.children[line - 1];
    if (place) this.element.scrollTop = place.offsetTop - this.element.clientHeight / 4;
  }

  /** Mark a line as wrong; 0 for none. */
  mark(line) {
    for (const [place, number] of [...this.#numbers.children].entries()) {
      number.classList.toggle("wrong", place === line - 1);
    }
  }

  /** Give the text the room that it needs, and each line its number. */
  #fit() {
    const lines = this.text.split("\n");
    while (this.#numbers.childElementCount > lines.length) this.#numbers.lastChild.remove();
    while (this.#numbers.childElementCount < lines.length) {
      this.#numbers.append(element("span", { textContent: this.#numbers.childElementCount + 1 }));
    }
    this.#area.rows = lines.length;
    this.#area.cols = Math.max(...lines.map((line) => line.length)) + 1;
  }

  #press(event, run) {
    const { key, shiftKey, ctrlKey, metaKey } = event;
    const act = {
      Tab: () => (shiftKey ? this.#eachLine((line) => line.replace(/^ {1,4}/, "")) : this.#indent()),
      Enter: () => (ctrlKey || metaKey || shiftKey ? run() : this.#breakLine()),
      Backspace: () => this.#unindent(),
    }[key];
    const leaves = key === "Tab" && this.#leaving;
    this.#leaving = key === "Escape" || (this.#leaving && key === "Shift");
    if (act && !leaves && !event.isComposing && act() !== false) event.preventDefault();
  }

  /** The selected lines, from the beginning of the first to the end of the last. */
  #selectedLines() {
    const { value, selectionStart, selectionEnd } = this.#area;
    const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const end = value.indexOf("\n", selectionEnd);
    return [start, end < 0 ? value.length : end];
  }

  /** The text on the cursor's line before it; null where something is selected. */
  #before() {
    const { value, selectionStart, selectionEnd } = this.#area;
    return selectionStart === selectionEnd ? value.slice(this.#selectedLines()[0], selectionStart) : null;
  }

  #indent() {
    const before = this.#before();
    if (before === null) this.#eachLine((line) => line && INDENT + line);
    else this.#insert(" ".repeat(INDENT.length - (before.length % INDENT.length)));
  }

  #breakLine() {
    const before = this.#before() ?? "";
    const deeper = before.trimEnd().endsWith(":") ? INDENT : "";
    this.#insert(`\n${/^ */.exec(before)[0]}${deeper}`);
  }

  /** Take away one step of indentation, if that is all there is before the cursor. */
  #unindent() {
    const before = this.#before();
    if (!before || before.trim()) return false;
    const step = before.length % INDENT.length || INDENT.length;
    this.#area.selectionStart -= step;
    return this.#insert("");
  }

  #eachLine(change) {
    const [start, end] = this.#selectedLines();
    const lines = this.text.slice(start, end).split("\n").map(change).join("\n");
    this.#area.setSelectionRange(start, end);
    this.#insert(lines);
    const isOne = !lines.includes("\n");
    this.#area.setSelectionRange(isOne ? start + lines.length : start, start + lines.length);
  }

  /** Put text in the place of what is selected. Only this old way keeps the browser's undo. */
  #insert(text) {
    document.execCommand(text ? "insertText" : "delete", false, text);
  }
}
