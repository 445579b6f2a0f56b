"use strict";

// The evaluation trace in the three parts of the textbooks: forward primals, local partials, reverse adjoints.

class TraceView {
  constructor(container, record, format) {
    this.container = container;
    this.record = record;
    this.format = format;
    this.current = [];
    this.primals = record.nodes.map(({ name, symbols, numbers, dataText }) =>
      row([name, symbols, numbers, `= ${dataText}`]),
    );
    this.partials = record.edges.map(({ symbol, formula, partial }) => {
      const digits = format(partial);
      return row([symbol, `= ${formula}`, formula === digits ? "" : `= ${digits}`]);
    });
    this.adjoints = element("tbody");
    container.append(
      part("Forward primal trace", ["result", "computed as", "in numbers", "value"], this.primals),
      part("Local partials", ["partial", "formula", "value"], this.partials),
      part("Reverse adjoint trace", ["gradient", "upstream · partial", "in numbers", "gives", "sum"], this.adjoints),
    );
  }

  // The steps of another run: right, or with mistakes.
  show(run) {
    this.run = run;
    this.rows = run.steps.map((step) => this.adjointRow(step, run));
    this.adjoints.replaceChildren(...this.rows.filter(Boolean));
    this.current = [];
  }

  adjointRow(step, run) {
    const { format, record } = this;
    const name = `${record.nodes[step.node]?.name}.grad`;
    if (step.kind === "seed") return row([name, "", "", "= 1", ""]);
    if (step.kind !== "backward") return null;
    const { symbol, partial, target } = record.edges[step.edge];
    return row([
      `${name} ${run.assigns ? "=" : "+="}`,
      `${record.nodes[target].name}.grad · ${symbol}`,
      `= ${enclosed(format(step.upstream))} · ${enclosed(format(partial))}`,
      `= ${format(step.contribution)}`,
      `→ ${format(step.after)}`,
    ]);
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
