"use strict";

// The evaluation trace: every number of both passes, in the order in which it is computed. What is still to come shows
// how it will be computed, and no number. Each row is about a node or an edge of the graph: they show each other.

const LATER = 100;
const ROWS_TOGETHER = 40;

class TraceView {
  // onChoose  what a click on a row does, by the node that it is about
  // onPoint   what pointing at a row does, by its node and its edge; both null when no row is pointed at
  constructor(container, record, format, { onChoose, onPoint }) {
    Object.assign(this, { container, record, format, panel: "trace", lines: [], near: [], marked: {}, at: null });
    container.addEventListener("scroll", () => this.writeNear(), { passive: true });
    const about = ({ target }) => this.lineOf?.get(target.closest("tbody tr"))?.about;
    container.addEventListener("click", (event) => about(event) && onChoose(about(event).node));
    container.addEventListener("pointerover", (event) => {
      const { node = null, edge = null } = about(event) ?? {};
      onPoint(node, edge);
    });
    container.addEventListener("pointerleave", () => onPoint(null, null));
    container.addEventListener("keydown", (event) => this.onKey(event, onChoose));
  }

  // The rows are made when they are first to be seen.
  build() {
    const { nodes, edges } = this.record;
    this.primals = nodes.map((node, index) => this.primalLine(node, index));
    this.partials = edges.map((edge, index) => this.partialLine(edge, index));
    this.tables = [
      new TraceTable("Forwards: values", "primal trace", ["result", "computed as", "value"]),
      new TraceTable("Local derivatives", "partials", ["of ∂ by ∂", "formula", "value"]),
      new TraceTable("Backwards: gradients", "adjoint trace", ["gradient", "upstream · partial", "sum"]),
    ];
    this.container.append(...this.tables.map(({ element }) => element));
    this.tables[0].fill(this.primals);
    this.tables[1].fill(this.partials);
  }

  primalLine(node, index) {
    const value = () => `= ${node.dataText}`;
    const numbers = () => (node.symbol ? [numbersOf(node, this.record.nodes), value()] : [value()]);
    return line({ node: index, edge: null }, [node.name, node.symbols], numbers);
  }

  partialLine(edge, index) {
    return line({ node: edge.source, edge: index }, [edge.symbol], () => {
      const formula = edge.partialText === HIDDEN ? HIDDEN : edge.formulas[edge.choice];
      return [`= ${formula}`, formula === edge.partialText ? "" : `= ${edge.partialText}`];
    });
  }

  adjointLine({ kind, node, edge }, index) {
    const { format } = this;
    const name = `${this.record.nodes[node]?.name}.grad`;
    const about = { node, edge: edge ?? null };
    if (kind === "seed") return line(about, [name, ""], () => [`= ${format(this.run.steps[index].after)}`]);
    if (kind !== "backward") return null;
    const product = () => productOf(this.run.steps[index], this.record, this.run, format);
    return line(about, [`${name} ${this.run.assigns ? "=" : "+="}`, product()[0]], () => {
      const { contribution, after } = this.run.steps[index];
      return [`= ${product()[1]} = ${format(contribution)}`, `→ ${format(after)}`];
    });
  }

  // The steps of another run: right, or with mistakes.
  startRun(run) {
    if (!this.tables) this.build();
    this.run = run;
    this.rows = run.steps.map((step, index) => this.adjointLine(step, index));
    const adjoints = this.rows.filter(Boolean);
    this.tables[2].fill(adjoints);
    this.lines = [...this.primals, ...this.partials, ...adjoints];
    this.lineOf = new Map(this.lines.map((line) => [line.row, line]));
    this.primals.forEach((line, node) => { line.from = run.known[node]; });
    this.partials.forEach((line, edge) => { line.from = run.known[this.record.edges[edge].target]; });
    this.rows.forEach((line, index) => { if (line) line.from = index; });
    this.makeStale();
    this.at = null;
  }

  // A run of the same steps with other numbers: at once in the lines in sight, in all others when nothing more comes.
  renumber(run) {
    this.run = run;
    this.makeStale();
    this.write(this.near);
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

  // The lines in sight, with about as many above and below them.
  writeNear() {
    const { top, bottom, height } = this.container.getBoundingClientRect();
    this.near = this.tables.flatMap(({ groups }) => groups).flatMap(({ body, lines }) => {
      const place = body.getBoundingClientRect();
      return place.bottom < top - height || place.top > bottom + height ? [] : lines;
    });
    this.write(this.near);
  }

  // Show what is known after a step, and mark the rows that it is about.
  showStep({ steps }, at) {
    for (const line of this.lines) {
      const isPending = line.from > at;
      line.isStale ||= isPending !== line.isPending;
      line.isPending = isPending;
    }
    this.write(this.lines);
    const { kind, node, edge } = steps[at];
    const place = { forward: this.primals[node], seed: this.rows[at], backward: this.rows[at] }[kind];
    const current = [this.partials[edge], place].filter(Boolean);
    this.mark("current", current);
    if (current.length && at !== this.at) this.reveal(current.at(-1).row);
    this.at = at;
    this.writeNear();
  }

  // --- A node or an edge, in the graph and here ---

  select(node) {
    const lines = this.lines.filter(({ about }) => about.node === node);
    this.mark("chosen", lines);
    if (lines.length && !lines.some(({ row }) => row.contains(document.activeElement))) this.reveal(lines[0].row);
  }

  point(node, edge) {
    this.mark("pointed", this.lines.filter(({ about }) => (edge === null ? about.node === node : about.edge === edge)));
  }

  mark(kind, lines) {
    for (const { row } of this.marked[kind] ?? []) row.classList.remove(kind);
    for (const { row } of lines) row.classList.add(kind);
    this.marked[kind] = lines;
  }

  // From the pane, or from a row, up and down to the next one; Enter chooses what it is about.
  onKey(event, onChoose) {
    const from = this.lines.indexOf(this.lineOf.get(document.activeElement));
    const to = { ArrowUp: from - 1, ArrowDown: from + 1 }[event.key];
    if (event.key === "Enter" && from >= 0) onChoose(this.lines[from].about.node);
    else if (to in this.lines) {
      event.preventDefault();
      this.lines[to].row.tabIndex = -1;
      this.lines[to].row.focus({ preventScroll: true });
      this.reveal(this.lines[to].row);
    }
  }

  // Scroll the trace, not the page; some times, as rows that were never in sight have a height that is a guess.
  reveal(row) {
    for (let time = 0; time < 5; time += 1) {
      const room = this.container.getBoundingClientRect();
      const place = row.getBoundingClientRect();
      const margin = Math.min(2 * place.height, room.height / 4);
      if (place.top < room.top + margin) this.container.scrollTop -= room.top + margin - place.top;
      if (place.bottom > room.bottom - margin) this.container.scrollTop += place.bottom - room.bottom + margin;
    }
  }
}

// One of the three parts, in groups of rows: a group out of sight is not laid out.
class TraceTable {
  constructor(title, term, heads) {
    const caption = element("caption", {}, title, " ", element("small", {}, term));
    const cells = heads.map((head) => element("th", { scope: "col" }, head));
    this.element = element("table", {}, caption, element("thead", {}, element("tr", {}, ...cells)));
    this.groups = [];
  }

  fill(lines) {
    for (const { body } of this.groups) body.remove();
    this.groups = [];
    for (let start = 0; start < lines.length; start += ROWS_TOGETHER) {
      const some = lines.slice(start, start + ROWS_TOGETHER);
      const body = element("tbody", { style: `--rows: ${some.length}` }, ...some.map(({ row }) => row));
      this.groups.push({ body, lines: some });
    }
    this.element.append(...this.groups.map(({ body }) => body));
  }
}

// A row whose first texts stay, and whose others follow the numbers.
function line(about, [name, ...symbols], numbers) {
  const cells = numbers().map(() => element("td"));
  const fixed = symbols.map((text) => element("td", {}, text));
  const row = element("tr", {}, element("th", { scope: "row" }, ...breakable(name)), ...fixed, ...cells);
  return { about, row, cells, numbers, isPending: false, isStale: true };
}

// A name with dots may go on in another line after each of them.
function breakable(name) {
  return name.split(/(?<=\.)/).flatMap((piece, index) => (index ? [element("wbr"), piece] : [piece]));
}

function setCells({ row, cells, numbers, isPending }) {
  row.classList.toggle("pending", isPending);
  const texts = isPending ? [] : numbers();
  cells.forEach((cell, index) => setText(cell, texts[index] ?? ""));
}
