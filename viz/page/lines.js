"use strict";

// A line of the graph: a use, or all uses between two boxes, with a label that lies on it, on a ground of its own.

class LineView {
  constructor({ path, x, y, uses }, isLabelled) {
    Object.assign(this, { x, y, uses, isLabelled });
    this.curve = drawn("path", { d: path, "marker-end": "url(#arrow)" });
    this.label = drawn("text", { x, y: y + 4.5, class: "partial" });
    this.group = drawn("g", { class: "edge" }, this.curve, this.label);
    this.state = {};
  }

  // The partial, or how many uses there are.
  write(partials) {
    const { uses } = this;
    setText(this.label, !this.isLabelled ? "" : uses.length > 1 ? `${uses.length} uses` : partials[uses[0]]);
  }

  // At which step of a run it has its partial, and at which it has passed a gradient on.
  time(run, passed, edges) {
    this.known = this.uses.length > 1 ? 0 : run.known[edges[this.uses[0]].target];
    this.passed = Math.min(...this.uses.map((edge) => passed[edge] ?? Infinity));
  }

  // Its classes change at few steps.
  show(at, isCurrent) {
    const state = { current: isCurrent, unknown: this.known > at, passed: this.passed <= at };
    for (const [name, isSo] of Object.entries(state)) {
      if (this.state[name] !== isSo) this.group.classList.toggle(name, isSo);
    }
    this.state = state;
  }
}

// The step at which each use has passed its gradient on.
function passedAt({ steps }) {
  const passed = [];
  steps.forEach(({ edge }, step) => edge !== undefined && (passed[edge] = step));
  return passed;
}
