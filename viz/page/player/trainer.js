"use strict";

// The training of the player's graph: a step as the page shows it, edge by edge and then the update, or many at once.

const MILLISECONDS_A_FRAME = 8;

class Trainer {
  // updates   what the page was given: the leaves of the program, the formulas of their next numbers, and references
  // program   a function from the numbers of the leaves to { outputs: [loss], updates: those of the first leaves }
  // onNumbers takes other numbers for leaves of the graph: [[node, number], …]
  // onShow    is called when anything else is to be shown anew
  constructor({ leaves, formulas, references }, program, record, { onNumbers, onShow, onRefuse }) {
    Object.assign(this, { leaves, record, onNumbers, onShow });
    this.formulas = new Map(formulas);
    this.training = new Training({
      advance: (numbers) => {
        const { outputs: [loss], updates } = program(numbers);
        return { loss, numbers: withFirst(numbers, updates) };
      },
      numbers: leaves.map(({ data }) => data),
      references,
    });
    this.fields = leaves.flatMap(({ node, name, data, isUpdated }, place) => {
      if (node !== null || isUpdated) return [];
      const onChange = (number) => this.set(place, number);
      return [{ place, field: new NumberField(name, data, { onChange, onRefuse }) }];
    });
    byId("settings").append(...this.fields.map(({ field }) => field.element));
    this.curve = new LossCurve(byId("curve"));
    this.isRunning = false;
  }

  // What comes behind each pass backwards: a step for each leaf of the graph that is updated.
  steps() {
    return [...this.formulas.keys()].map((node) => ({ kind: "update", node }));
  }

  set(place, number) {
    this.training.set(place, number);
    this.onShow();
  }

  // Take the numbers that leaves of the graph have been given in the page.
  follow(wanted) {
    this.leaves.forEach(({ node }, place) => {
      const isOther = node !== null && !Object.is(wanted[node], this.training.numbers[place]);
      if (isOther) this.training.set(place, wanted[node]);
    });
  }

  // --- Running ---

  take(count) {
    this.training.run(count);
    this.pass();
  }

  reset() {
    this.training.reset();
  }

  // Give the graph the numbers of the training.
  pass() {
    const { numbers } = this.training;
    this.onNumbers(this.leaves.flatMap(({ node }, place) => (node === null ? [] : [[node, numbers[place]]])));
  }

  run() {
    this.isRunning = true;
    let before = performance.now();
    let due = 0;
    const tick = (now) => {
      if (!this.isRunning) return;
      const speed = Number(byId("train-speed").value);
      due += (speed * Math.min(now - before, 1000)) / 1000;
      before = now;
      if (speed) this.training.run(Math.floor(due));
      else this.training.run(Infinity, MILLISECONDS_A_FRAME);
      if (!speed || due >= 1) this.pass();
      due %= 1;
      if (this.training.failure === null) requestAnimationFrame(tick);
      else this.pause();
    };
    requestAnimationFrame(tick);
    this.onShow();
  }

  pause() {
    if (!this.isRunning) return;
    this.isRunning = false;
    this.onShow();
  }

  // --- What is said and shown ---

  show() {
    const { training, fields } = this;
    for (const { place, field } of fields) field.show(training.numbers[place]);
    setText(byId("train-run"), this.isRunning ? "Pause" : "Run");
    byId("train-run").setAttribute("aria-pressed", String(this.isRunning));
    setText(byId("train-steps"), training.steps.toLocaleString("en"));
    setText(byId("train-loss"), training.steps ? formatData(training.loss) : "");
    const { failure } = training;
    byId("train-failure").hidden = failure === null;
    const words = `Step ${training.steps + 1} fails: ${failure}. The numbers are those of before.`;
    setText(byId("train-failure"), failure === null ? "" : words);
    this.curve.show(training.losses);
    setText(byId("comparison"), this.comparison());
    byId("comparison").classList.toggle("equal", Boolean(training.comparison?.equal));
  }

  comparison() {
    const { training, formulas } = this;
    const count = formulas.size === 1 ? "the parameter" : `the ${formulas.size} parameters`;
    const are = formulas.size === 1 ? "is the one" : "are those";
    const found = training.comparison;
    if (found) {
      const after = `After ${found.steps.toLocaleString("en")} ${found.steps === 1 ? "step" : "steps"} ${count}`;
      if (found.equal) return `${after} ${are} that Python computed, in every bit.`;
      const why = live.isExact ? "" : ": the last digits of some functions are your browser's";
      return `${after} differ from Python's by at most ${formatData(found.largest)}${why}.`;
    }
    if (!training.references.length) return "";
    if (!training.comparable) {
      return "You changed a number on the way: after a reset, they can be compared with Python's again.";
    }
    return `After 1 step ${count} will be compared with Python's, bit by bit.`;
  }

  // The update of a leaf, in symbols and in numbers. Mistakes in the pass before it are not in it.
  sentence(node, gradients, { mistakes }, format) {
    const { name } = this.record.nodes[node];
    const place = this.leaves.findIndex((leaf) => leaf.node === node);
    const next = this.next();
    if (typeof next === "string") return `The update fails: ${next}.`;
    const formula = this.formulas.get(node);
    const before = formatData(this.training.numbers[place]);
    const how = mistakes.size ? "Update with the right gradients" : "Update";
    if (formula === null) {
      const gradient = format(gradients[node]);
      return `${how}: ${name} ← ${formatData(next[place])}, from ${before} with ${name}.grad = ${gradient}.`;
    }
    const symbols = this.written(formula, (part) => this.nameOf(part));
    const numbers = this.written(formula, (part) => this.numberOf(part, gradients, format));
    return `${how}: ${name} ← ${symbols} = ${numbers} = ${formatData(next[place])}`;
  }

  // The numbers after the next step, or the text that says why there are none.
  next() {
    try {
      return this.training.advance(this.training.numbers).numbers;
    } catch (error) {
      if (error instanceof RangeError) return error.message;
      throw error;
    }
  }

  written(formula, textOf) {
    if (!formula.symbol) return textOf(formula);
    return written(formula.symbol, formula.operands.map((operand) => this.written(operand, textOf)));
  }

  nameOf({ leaf, gradient, number }) {
    if (gradient !== undefined) return `${this.record.nodes[gradient].name}.grad`;
    if (leaf === undefined) return formatData(number);
    const { node, name } = this.leaves[leaf];
    return node === null ? name : this.record.nodes[node].name;
  }

  numberOf({ leaf, gradient, number }, gradients, format) {
    if (gradient !== undefined) return format(gradients[gradient]);
    return formatData(leaf === undefined ? number : this.training.numbers[leaf]);
  }
}
