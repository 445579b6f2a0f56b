"use strict";

// The evaluation trace in the three parts of the textbooks: forward primals, local partials, reverse adjoints.

const LATER = 100;

class TraceView {
  constructor(container, record, format) {
    this.container = container;
    this.panel = "trace";
    this.record = record;
    this.format = format;
    this.current = [];
    this.primals = record.nodes.map((node) => this.primalLine(node));
    this.partials = record.edges.map((edge) => this.partialLine(edge));
    this.adjoints = element("tbody");
    container.append(
      part("Forward primal trace", ["result", "computed as", "in numbers", "value"], this.primals),
      part("Local partials", ["partial", "formula", "value"], this.partials),
      part("Reverse adjoint trace", ["gradient", "upstream · partial", "in numbers", "gives", "sum"], this.adjoints),
    );
    container.addEventListener("scroll", () => this.writeNear(), { passive: true });
  }

  primalLine(node) {
    return line([node.name, node.symbols], () => [numbersOf(node, this.record.nodes), `= ${node.dataText}`]);
  }

  partialLine(edge) {
    return line([edge.symbol], () => {
      const formula = edge.partialText === HIDDEN ? HIDDEN : edge.formulas[edge.choice];
      return [`= ${formula}`, formula === edge.partialText ? "" : `= ${edge.partialText}`];
    });
  }

  adjointLine({ kind, node }, index) {
    const { format } = this;
    const name = `${this.record.nodes[node]?.name}.grad`;
    if (kind === "seed") return line([name, "", ""], () => [`= ${format(this.run.steps[index].after)}`, ""]);
    if (kind !== "backward") return null;
    const product = () => productOf(this.run.steps[index], this.record, this.run, format);
    return line([`${name} ${this.run.assigns ? "=" : "+="}`, product()[0]], () => {
      const { contribution, after } = this.run.steps[index];
      return [`= ${product()[1]}`, `= ${format(contribution)}`, `→ ${format(after)}`];
    });
  }

  // The steps of another run: right, or with mistakes.
  startRun(run) {
    this.run = run;
    this.rows = run.steps.map((step, index) => this.adjointLine(step, index));
    this.lines = [...this.primals, ...this.partials, ...this.rows.filter(Boolean)];
    this.adjoints.replaceChildren(...this.rows.filter(Boolean).map(({ row }) => row));
    this.unmark();
    this.makeStale();
    this.write(this.lines);
  }

  // A run of the same steps with other numbers: at once in the lines in sight, in all others when nothing more comes.
  renumber(run) {
    this.run = run;
    this.makeStale();
    this.write(this.near ?? this.lines);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(this.lines), LATER);
  }

  makeStale() {
    for (const line of this.lines) line.isStale = true;
  }

  write(lines) {
    for (const line of lines) {
      if (line.isStale) setCells(line);
      line.isStale = false;
    }
  }

  // The lines in sight, with as many above and below them.
  writeNear() {
    const { top, height } = this.container.getBoundingClientRect();
    const first = this.firstLine(top - height);
    this.near = this.lines.slice(first, this.firstLine(top + 2 * height));
    this.write(this.near);
  }

  // The first line that is not above a place on the screen, by halves.
  firstLine(y) {
    let [low, high] = [0, this.lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lines[middle].row.getBoundingClientRect().bottom < y) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // Show what is known after a step, and mark the rows that it is about.
  showStep({ steps, known }, position) {
    const step = steps[position];
    const pending = (line, isPending) => line?.row.classList.toggle("pending", isPending);
    this.primals.forEach((line, node) => pending(line, known[node] > position));
    this.partials.forEach((line, edge) => pending(line, known[this.record.edges[edge].target] > position));
    this.rows.forEach((line, index) => pending(line, index > position));
    this.unmark();
    this.current = {
      start: () => [],
      forward: () => [this.primals[step.node]],
      seed: () => [this.rows[position]],
      backward: () => [this.partials[step.edge], this.rows[position]],
      update: () => [],
    }[step.kind]();
    for (const { row } of this.current) row.classList.add("current");
    if (this.current.length) this.reveal(this.current.at(-1).row);
    this.writeNear();
  }

  unmark() {
    for (const { row } of this.current) row.classList.remove("current");
    this.current = [];
  }

  // Scroll the trace, not the page.
  reveal(row) {
    const room = this.container.getBoundingClientRect();
    const place = row.getBoundingClientRect();
    const margin = 2.5 * place.height;
    if (place.top < room.top + margin) this.container.scrollTop -= room.top + margin - place.top;
    if (place.bottom > room.bottom - margin) this.container.scrollTop += place.bottom - room.bottom + margin;
  }
}

function part(caption, titles, lines) {
  const heads = titles.map((title) => element("th", { scope: "col" }, title));
  const head = element("thead", {}, element("tr", {}, ...heads));
  const body = Array.isArray(lines) ? element("tbody", {}, ...lines.map(({ row }) => row)) : lines;
  return element("table", {}, element("caption", {}, caption), head, body);
}

// A row whose first texts stay, and whose others follow the numbers.
function line([name, ...symbols], numbers) {
  const cells = numbers().map(() => element("td"));
  const fixed = symbols.map((text) => element("td", {}, text));
  return { row: element("tr", {}, element("th", { scope: "row" }, name), ...fixed, ...cells), cells, numbers };
}

function setCells({ cells, numbers }) {
  numbers().forEach((text, index) => setText(cells[index], text));
}
