"use strict";

// The graph as matrices: X, W1, b1, Z1, A1, … from left to right, and under each of them its gradient, with the
// formulas of both passes. Each entry is tied to its node.

const UNKNOWN = "?";

class MatrixView {
  // onSelect  what choosing an entry does, by its node, or null
  // isWrong   whether a number is not the gradient of a node
  constructor(container, record, onSelect, isWrong) {
    Object.assign(this, { panel: "matrices", record, onSelect, chosen: null });
    this.network = networkOf(record, PRIMITIVES);
    const cards = cardsOf(record, this.network);
    const shown = cards.flatMap(({ columns }) => columns.flatMap(({ forward, backward }) => [...forward, ...backward]));
    this.numbers = new MatrixNumbers(record, this.network, shown, isWrong);
    const onChoose = (...entry) => this.choose(...entry);
    this.tables = new Map(shown.map((matrix) => [matrix.name, new MatrixTable(matrix, onChoose)]));
    this.lines = new Map([...this.numbers.formulas.keys()].map((name) => [name, formulaLine()]));
    this.entry = element("div", { class: "matrix-entry", role: "status" });
    const sections = cards.map((card, index) => this.drawnCard(card, this.network?.layers[index]));
    const switches = this.network ? [this.mistakeSwitches(), this.comparisonSwitch()] : [];
    container.append(this.entry, ...switches.slice(0, 1), ...sections, ...switches.slice(1));
  }

  drawnCard({ title, columns }, layer) {
    const half = (matrices) => element("div", {}, ...matrices.map(({ name }) => this.tables.get(name).box));
    const drawn = ({ forward, backward }) => element("div", { class: "column" }, half(forward), half(backward));
    const row = element("div", { class: "columns" }, ...columns.map(drawn));
    const lines = (half) => {
      const isHere = ([, formula]) => layer && formula.layer === layer && formula.half === half;
      const made = [...this.numbers.formulas].filter(isHere);
      return element("ul", { class: `formulas ${half}` }, ...made.map(([name]) => this.lines.get(name).item));
    };
    const heading = title ? [element("h3", {}, title)] : [];
    const head = element("div", { class: "layer-head" }, ...heading, lines("forward"));
    return element("section", { class: "layer" }, head, row, lines("backward"));
  }

  mistakeSwitches() {
    const boxes = Object.entries(MATRIX_MISTAKES).map(([mistake, { words }]) => checkbox(mistake, words));
    this.verdict = element("p", { class: "faint", role: "status" });
    const summary = element("summary", {}, "What goes wrong with matrices…");
    const switches = element("details", { class: "matrix-mistakes" }, summary, ...boxes, this.verdict);
    switches.addEventListener("change", () => {
      this.numbers.make(checkedIn(switches));
      this.draw();
    });
    return switches;
  }

  comparisonSwitch() {
    const compare = checkbox("compare", "Compare with the matrix products, to the last digit");
    compare.addEventListener("change", () => this.draw());
    this.comparing = compare.firstChild;
    this.difference = element("p", { role: "status" });
    return element("div", { class: "matrix-comparison" }, compare, this.difference);
  }

  // --- What the page tells ---

  renew(right) {
    this.numbers.renew(right);
  }

  startRun(run) {
    this.numbers.follow(run);
  }

  renumber(run) {
    this.numbers.follow(run);
  }

  showStep(_, at) {
    this.numbers.moveTo(at);
  }

  showNumbers() {
    this.draw();
  }

  // A node that is chosen elsewhere. Of its entries it is the gradient, once the pass backwards has begun.
  select(node) {
    if (this.chosen && this.nodeOf(this.chosen) === node) return;
    const found = node === null ? [] : this.numbers.entriesOf(node);
    const isNow = ({ name }) => this.numbers.matrices.get(name).isGradient === this.numbers.isBackward();
    this.chosen = found.find(isNow) ?? found[0] ?? null;
  }

  choose(name, i, j) {
    this.chosen = { name, i, j };
    this.onSelect(this.nodeOf(this.chosen));
  }

  nodeOf({ name, i, j }) {
    return this.numbers.nodeAt(name, i, j);
  }

  // --- What is shown ---

  draw() {
    const { numbers } = this;
    const shown = new Map([...this.tables.keys()].map((name) => [name, numbers.shown(name)]));
    this.read = (name) => new Matrix(name, numbers.shown(name).rows);
    const { formula, sources } = this.explained(shown);
    const lit = new Set(sources.map(placeText));
    const node = this.chosen && this.nodeOf(this.chosen);
    for (const [name, table] of this.tables) {
      const { rows, note } = shown.get(name);
      table.resize(rows?.length ?? 0, rows?.[0]?.length ?? 0);
      table.showShape(rows ? note : "not there");
      rows?.forEach((row, i) => row.forEach((number, j) => {
        table.showEntry(i, j, this.entryText(name, i, j, number, { lit, node }));
      }));
    }
    this.showFormulas();
    this.entry.replaceChildren(...formula);
    if (this.network) this.showVerdicts();
    this.reveal();
  }

  // Once for each entry that is chosen: bring it, and the first of those that make it, in sight.
  reveal() {
    const place = this.chosen && placeText(Object.values(this.chosen));
    if (place === this.revealed) return;
    this.revealed = place;
    const panel = this.entry.closest(".panel");
    for (const table of this.tables.values()) {
      table.reveal();
      table.revealIn(panel, this.entry.getBoundingClientRect().bottom);
    }
  }

  entryText(name, i, j, number, { lit, node }) {
    const own = this.nodeOf({ name, i, j });
    const should = this.numbers.rightInstead(name, i, j);
    const text = compact(number);
    const place = own === null ? `${name}[${i}, ${j}]` : `${name}[${i}, ${j}], ${this.record.nodes[own].name}`;
    const isOne = samePlace(this.chosen, { name, i, j });
    const classes = [
      (isOne || (own !== null && own === node)) && "chosen",
      isOne && "one",
      lit.has(placeText([name, i, j])) && "lit",
      (should !== null || this.numbers.isOtherShape(name)) && "wrong",
      !this.numbers.isDone(name, i, j) && "unfinished",
    ];
    return {
      text,
      title: number === null ? place : `${place}: ${fullText(number)}`,
      label: should === null ? `${place}: ${text}` : `${place}: ${text}, should be ${compact(should)}`,
      should: should === null ? "" : compact(should),
      classes: classes.filter(Boolean).join(" "),
    };
  }

  // The chosen entry in words, and the entries that it is made of.
  explained(shown) {
    const place = this.chosen;
    const rows = place && shown.get(place.name).rows;
    if (rows?.[place.i]?.[place.j] === undefined) return { formula: [this.invitation()], sources: [] };
    const { name, i, j } = place;
    const made = this.numbers.formulas.get(name)?.build(this.read);
    const own = this.nodeOf(place);
    const number = rows[i][j];
    const parts = [element("b", {}, `${name}[${i}, ${j}]`)];
    const said = (style) => `= ${made.at(i, j, style)}`;
    if (made) parts.push(" ", said(inSymbols), element("br"), said(inNumbers(enclosedCompact)));
    parts.push(` = ${compact(number)}`);
    const should = this.numbers.rightInstead(name, i, j);
    if (should !== null) parts.push(element("b", { class: "wrong" }, ` should be ${compact(should)}`));
    const words = [element("p", {}, ...parts), element("p", { class: "faint" }, this.inTheGraph(name, own))];
    return { formula: words, sources: made ? made.sources(i, j) : [] };
  }

  inTheGraph(name, node) {
    if (this.numbers.isOtherShape(name)) return "No node of the graph: the mistake makes a matrix of another shape.";
    if (node === null) return "No node of the graph: a number that is written in the expression.";
    const { isGradient } = this.numbers.matrices.get(name);
    const { nodes } = this.record;
    const { name: called } = nodes[node];
    return `In the graph: ${isGradient ? `${called}.grad = ∂${nodes.at(-1).name}/∂${called}` : called}`;
  }

  invitation() {
    const words = "Choose an entry to see the row and the column that make it, and its node in the graph.";
    return element("p", { class: "faint" }, words);
  }

  showFormulas() {
    for (const [name, { item, formula, shapes, why }] of this.lines) {
      const { build, why: reason } = this.numbers.formulas.get(name);
      const made = build(this.read);
      const { failure } = this.numbers.changed().get(name) ?? { failure: null };
      const shape = failure === null ? shapeText(made.shape()) : "?";
      setText(formula, `${name} = ${made.say(inNames)}`);
      setText(shapes, `${shape} = ${made.say(inShapes)}`);
      setText(why, [failure, reason?.(this.read)].filter(Boolean).join(" "));
      item.classList.toggle("current", this.chosen?.name === name);
    }
  }

  showVerdicts() {
    const idle = this.numbers.idleMistakes().map((mistake) => {
      const { words, absent } = MATRIX_MISTAKES[mistake];
      return `${words}: no difference here, for ${absent(this.network)}.`;
    });
    setText(this.verdict, idle.join(" "));
    setText(this.difference, this.comparing.checked ? this.compared() : "");
  }

  // How far the sums of the graph are from the matrix products of the same numbers.
  compared() {
    const found = this.numbers.differences();
    const [name, largest] = found.reduce((most, next) => (next[1] > most[1] ? next : most));
    if (largest === 0) return "Every matrix product has the bits of the graph.";
    const order = "The graph adds term by term, a matrix product in another order";
    return `${order}: they differ by at most ${largest.toExponential(1)}, in ${name}.`;
  }
}

function formulaLine() {
  const [formula, shapes, why] = [element("code"), element("span", { class: "faint" }), element("p", { class: "why" })];
  return { item: element("li", {}, formula, " ", shapes, why), formula, shapes, why };
}

function placeText([name, i, j]) {
  return `${i} ${j} ${name}`;
}

function samePlace(one, other) {
  return one !== null && one.name === other.name && one.i === other.i && one.j === other.j;
}

// --- Numbers in little room ---

// Three significant digits; whole numbers in full.
function compact(number) {
  if (number === null) return NOT_YET;
  const size = Math.abs(number);
  if (!Number.isFinite(number)) return formatData(number);
  if (Number.isInteger(number) && size < 1e6) return String(number + 0);
  if (size >= 1e-3 && size < 1e6) return String(Number(number.toPrecision(3)));
  return number.toExponential(2).replace(/\.?0+e/, "e");
}

// In a product, the mark of what is not yet known would look like the sign between two factors.
function enclosedCompact(number) {
  return number === null ? UNKNOWN : enclosed(compact(number));
}

function fullText(number) {
  return Number.isFinite(number) ? exactDigits(number) : formatData(number);
}
