"use strict";

// The cells of a lesson: each can be run, and changed. A cell runs after all that stand before it.

class Cell {
  /** `block` holds the code; what came of it is in the element that follows. */
  constructor(block, lesson) {
    this.number = Number(block.dataset.cell);
    this.original = block.querySelector("pre").textContent.trimEnd();
    this.ran = null;
    this.runButton = button("Run", () => lesson.run(this));
    this.editButton = button("Edit", () => this.#edit());
    this.resetButton = button("Reset", () => this.#reset());
    this.resetButton.hidden = true;
    this.editor = new Editor("Code", { run: () => lesson.run(this) });
    this.editor.element.hidden = true;
    this.editor.text = this.original;
    this.shown = block.firstElementChild;
    this.output = block.nextElementSibling;
    this.built = [...this.output.childNodes];
    const tools = element("div", { className: "live-tools" }, this.runButton, this.editButton, this.resetButton);
    block.append(this.editor.element, tools);
  }

  get code() {
    return this.editor.text;
  }

  #edit() {
    this.#showEditor(true);
    this.editor.focus();
  }

  #reset() {
    this.editor.text = this.original;
    this.#showEditor(false);
  }

  #showEditor(open) {
    this.shown.hidden = open;
    this.editor.element.hidden = !open;
    this.editButton.hidden = open;
    this.resetButton.hidden = !open;
  }

  /** Show text that Python prints, or what went wrong, behind what is there. */
  print(text, className = "live-text") {
    const last = this.output.lastElementChild;
    if (last?.className === className) last.append(text);
    else this.output.append(element("pre", { className }, text));
  }

  /** Say which package is missing, and what to do; show what stood here when the page was made, but for new prints. */
  #miss(name, lesson) {
    const then = lesson ? `, then \`python -m examples.lessons ${lesson}\`` : "";
    const isOurs = this.code === this.original;
    const drawn = this.built.filter((node) => node.nodeName === "FIGURE");
    const built = this.output.hasChildNodes() && drawn.length ? drawn : this.built;
    const text = `This needs ${name}, which is not here in the page. On your computer: \`python -m pip install ${name}\`` +
      `${then}.${isOurs ? " When this page was made, it gave:" : ""}`;
    const note = element("p", { className: "live-note" }, ...marked(text));
    if (isOurs && built === this.built) this.output.replaceChildren();
    this.output.append(note, ...(isOurs ? built : []));
  }

  /** Show what came of it. */
  finish({ error, missed, files }, lesson) {
    if (missed) this.#miss(missed, lesson);
    for (const [name, text] of files) this.output.append(written(name, text));
    if (!error) return;
    this.print(error, "live-text live-error");
    const lines = [...error.matchAll(new RegExp(`"cell ${this.number}", line (\\d+)`, "g"))];
    this.editor.mark(Number(lines.at(-1)?.[1] ?? 0));
  }
}

class Lesson {
  #python = new Python((text) => {
    this.#status.textContent = text;
  });
  #status = element("span", { className: "live-status", role: "status" });
  #bar = element("div", { className: "live-bar" });
  #allButton = button("Run all cells", () => this.run(this.#cells.at(-1), true), "live-main");
  #stopButton = button("Stop", () => this.#python.stop());

  constructor(blocks) {
    this.number = Number(blocks[0].dataset.lesson);
    this.#stopButton.hidden = true;
    this.#cells = blocks.map((block) => new Cell(block, this));
    this.#bar.append(this.#allButton, this.#stopButton, this.#status);
    const page = blocks[0].closest("article > section");
    [...page.children].find((child) => child.contains(blocks[0])).before(this.#bar);
  }

  #cells;

  /** Run a cell, and before it all that have not run as they stand now; with `all`, those that have as well. */
  async run(last, all = false) {
    if (!this.#stopButton.hidden) return;
    this.#setBusy(true);
    try {
      for (const cell of this.#cells.slice(0, this.#cells.indexOf(last) + 1)) {
        if (!all && cell !== last && cell.ran === cell.code) continue;
        if (!(await this.#runOne(cell))) break;
      }
    } finally {
      this.#setBusy(false);
    }
  }

  /** Run one cell; whether the next may run. */
  async #runOne(cell) {
    const code = cell.code;
    cell.output.replaceChildren();
    cell.output.classList.add("live-running");
    try {
      const found = await this.#python.ask({ call: "run", cell: cell.number, code }, (text) => cell.print(text));
      cell.finish(found, this.number);
      cell.ran = found.error ? null : code;
      return !found.error;
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      cell.print(`${error.message}: the next run begins anew.\n`, "live-text live-error");
      for (const other of this.#cells) other.ran = null;
      return false;
    } finally {
      cell.output.classList.remove("live-running");
    }
  }

  #setBusy(isBusy) {
    this.#bar.classList.toggle("live-busy", isBusy);
    this.#stopButton.hidden = !isBusy;
    for (const made of [this.#allButton, ...this.#cells.map((cell) => cell.runButton)]) made.disabled = isBusy;
  }
}

{
  const blocks = [...document.querySelectorAll(".lesson-cell")];
  if (blocks.length && FROM_DISK) blocks[0].before(element("p", { className: "live-note" }, ...marked(howToServe())));
  else if (blocks.length) new Lesson(blocks);
}
