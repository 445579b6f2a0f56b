"use strict";

// The numbers of the matrices after a step. They are those of the graph, bit by bit; where a mistake is made with the
// matrices, those that follow from it are computed here.

class MatrixNumbers {
  // isWrong  whether a number is not the gradient of a node
  constructor(record, network, matrices, isWrong) {
    Object.assign(this, { record, network, isWrong, mistakes: new Set() });
    // The slope of the loss by answers may have no table.
    const slopes = network && !network.y ? [gradient(network.slopeOfLoss, record.layers.at(-1).Z)] : [];
    this.matrices = new Map([...slopes, ...matrices].map((matrix) => [matrix.name, matrix]));
    this.formulas = network ? formulasOf(network) : new Map();
  }

  // The run without mistakes, with other numbers than before.
  renew(right) {
    this.right = right;
    this.wrong = this.idle = null;
  }

  follow(run) {
    const step = Math.min(this.position?.step ?? 0, run.steps.length - 1);
    this.run = run;
    this.position = new Position(run);
    this.position.moveTo(step);
  }

  moveTo(step) {
    this.position.moveTo(step);
  }

  isBackward() {
    return this.position.step >= this.run.seed;
  }

  // Make these mistakes with the matrices.
  make(mistakes) {
    this.mistakes = mistakes;
    this.formulas = formulasOf(this.network, mistakes);
    this.wrong = this.idle = null;
  }

  // --- Whole matrices ---

  // The matrix as it is in the end, without mistakes.
  final(name) {
    const { rows, isGradient } = this.matrices.get(name);
    const numberOf = (node) => (isGradient ? this.right.gradients[node] : this.record.nodes[node].data);
    return rows.map((row) => row.map((entry) => (Number.isInteger(entry) ? numberOf(entry) : Number(entry.number))));
  }

  // What the mistakes change: for each name { rows, failure }.
  changed() {
    if (this.wrong) return this.wrong;
    this.wrong = new Map();
    if (!this.mistakes.size) return this.wrong;
    const known = (name) => this.final(name);
    const right = computed(formulasOf(this.network), known);
    for (const [name, found] of computed(this.formulas, known)) {
      if (!areAlike(found.rows, right.get(name).rows)) this.wrong.set(name, found);
    }
    return this.wrong;
  }

  // The mistakes that change no matrix here.
  idleMistakes() {
    this.idle ??= idleMistakes(this.network, this.mistakes, (name) => this.final(name));
    return this.idle;
  }

  // What is to be seen of a matrix: { rows, note }, an entry being null until it is computed. A matrix with a mistake
  // is computed as a whole.
  shown(name) {
    const { rows } = this.matrices.get(name);
    const found = this.changed().get(name);
    if (!found) return { rows: rows.map((row) => row.map((entry) => this.numberAt(name, entry))), note: "" };
    if (found.rows === null) return { rows: null, note: "" };
    const isKnown = rows.flat().every((node) => this.position.step >= this.run.done[node]);
    const note = this.isOtherShape(name) ? `, should be ${shapeText([rows.length, rows[0].length])}` : "";
    return { rows: isKnown ? found.rows : found.rows.map((row) => row.map(() => null)), note };
  }

  numberAt(name, entry) {
    if (!Number.isInteger(entry)) return Number(entry.number);
    const { step, gradients } = this.position;
    const { isGradient } = this.matrices.get(name);
    if (!isGradient) return this.run.known[entry] <= step ? this.record.nodes[entry].data : null;
    return step >= this.run.done[entry] || gradients[entry] !== 0 ? gradients[entry] : null;
  }

  // --- Entries ---

  entriesOf(node) {
    return [...this.matrices.values()].flatMap(({ name, rows }) =>
      rows.flatMap((row, i) => row.flatMap((entry, j) => (entry === node ? [{ name, i, j }] : []))));
  }

  // The node that an entry is; null for a number that has none, and where a mistake gives the matrix another shape.
  nodeAt(name, i, j) {
    const entry = this.isOtherShape(name) ? null : this.matrices.get(name).rows[i][j];
    return Number.isInteger(entry) ? entry : null;
  }

  // Whether a mistake gives a matrix another shape.
  isOtherShape(name) {
    const found = this.changed().get(name);
    return Boolean(found) && (found.rows === null || !haveOneShape(found.rows, this.matrices.get(name).rows));
  }

  // Whether nothing more will be added to an entry.
  isDone(name, i, j) {
    const node = this.nodeAt(name, i, j);
    return node === null || !this.matrices.get(name).isGradient || this.position.step >= this.run.done[node];
  }

  // What an entry should be, if it is there and is not that.
  rightInstead(name, i, j) {
    const node = this.nodeAt(name, i, j);
    if (node === null || !this.matrices.get(name).isGradient || !this.isDone(name, i, j)) return null;
    const wanted = this.right.gradients[node];
    const number = this.changed().get(name)?.rows[i][j] ?? this.position.gradients[node];
    return this.isWrong(node, number) ? wanted : null;
  }

  // How far each matrix product of numbers of the graph is from what the graph has: [[name, largest difference], …].
  differences() {
    return [...computed(formulasOf(this.network), (name) => this.final(name), true)].map(([name, { rows }]) => {
      const sizes = rows.flat().map((number, place) => Math.abs(number - this.final(name).flat()[place]));
      return [name, sizes.reduce((largest, size) => Math.max(largest, size), 0)];
    });
  }
}
