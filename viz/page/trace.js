"use strict";

// The evaluation trace in the three parts of the textbooks: forward primals, local partials, reverse adjoints.

class TraceView {
  constructor(container, record, format) {
    this.container = container;
    this.record = record;
    this.format = format;
    this.current = [];
    this.primals = record.nodes.map(({ name, symbols }) => row([name, symbols, "", ""]));
    this.partials = record.edges.map(({ symbol }) => row([symbol, "", ""]));
    this.adjoints = element("tbody");
    container.append(
      part("Forward primal trace", ["result", "computed as", "in numbers", "value"], this.primals),
      part("Local partials", ["partial", "formula", "value"], this.partials),
      part("Reverse adjoint trace", ["gradient", "upstream · partial", "in numbers", "gives", "sum"], this.adjoints),
    );
  }

  // The steps of another run: right, or with mistakes.
  show(run) {
    this.rows = run.steps.map((step) => this.adjointRow(step, run));
    this.adjoints.replaceChildren(...this.rows.filter(Boolean));
    this.current = [];
    this.renumber(run);
  }

  adjointRow({ kind, node, edge }, run) {
    const { nodes, edges } = this.record;
    const name = `${nodes[node]?.name}.grad`;
    if (kind === "seed") return row([name, "", "", "", ""]);
    if (kind !== "backward") return null;
    const { symbol, target } = edges[edge];
    return row([`${name} ${run.assigns ? "=" : "+="}`, `${nodes[target].name}.grad · ${symbol}`, "", "", ""]);
  }

  // The numbers of the graph and of a run of the same steps.
  renumber(run) {
    const { format } = this;
    const { nodes, edges } = this.record;
    this.run = run;
    nodes.forEach((node, index) => setCells(this.primals[index], 2, numbersOf(node, nodes), `= ${node.dataText}`));
    edges.forEach(({ formulas, choice, partialText }, index) => {
      const formula = formulas[choice];
      setCells(this.partials[index], 1, `= ${formula}`, formula === partialText ? "" : `= ${partialText}`);
    });
    run.steps.forEach(({ kind, edge, upstream, contribution, after }, index) => {
      if (kind === "seed") setCells(this.rows[index], 3, `= ${format(after)}`);
      if (kind !== "backward") return;
      const product = `= ${enclosed(format(upstream))} · ${enclosed(edges[edge].partialText)}`;
      setCells(this.rows[index], 2, product, `= ${format(contribution)}`, `→ ${format(after)}`);
    });
  }

  // Show what is known after a step, and mark the rows that it is about.
  update(position, known) {
    const { steps } = this.run;
    const step = steps[position];
    const pending = (line, isPending) => line?.classList.toggle("pending", isPending);
    this.primals.forEach((line, node) => pending(line, known[node] > position));
    this.partials.forEach((line, edge) => pending(line, known[this.record.edges[edge].target] > position));
    this.rows.forEach((line, index) => pending(line, index > position));
    for (const line of this.current) line.classList.remove("current");
    this.current = {
      start: () => [],
      forward: () => [this.primals[step.node]],
      seed: () => [this.rows[position]],
      backward: () => [this.partials[step.edge], this.rows[position]],
    }[step.kind]();
    for (const line of this.current) line.classList.add("current");
    if (this.current.length) this.reveal(this.current.at(-1));
  }

  // Scroll the trace, not the page.
  reveal(line) {
    const room = this.container.getBoundingClientRect();
    const place = line.getBoundingClientRect();
    const margin = 2.5 * place.height;
    if (place.top < room.top + margin) this.container.scrollTop -= room.top + margin - place.top;
    if (place.bottom > room.bottom - margin) this.container.scrollTop += place.bottom - room.bottom + margin;
  }
}

function part(caption, titles, rows) {
  const heads = titles.map((title) => element("th", { scope: "col" }, title));
  const head = element("thead", {}, element("tr", {}, ...heads));
  const body = Array.isArray(rows) ? element("tbody", {}, ...rows) : rows;
  return element("table", {}, element("caption", {}, caption), head, body);
}

function row([first, ...rest]) {
  const cells = rest.map((text) => element("td", {}, text));
  return element("tr", {}, element("th", { scope: "row" }, first), ...cells);
}

// Texts for the cells of a row from one of them on.
function setCells(line, first, ...texts) {
  let cell = line.children[first];
  for (const text of texts) {
    setText(cell, text);
    cell = cell.nextElementSibling;
  }
}
