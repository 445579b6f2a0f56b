"use strict";

// Where closed parts hide steps: the steps at which something in sight is complete, and what happened up to there. The
// steps of a closed part end with the last one of each of its calls, forwards and backwards.

class Stops {
  constructor(graph, parts) {
    Object.assign(this, { graph, record: graph.record, parts });
    this.found = { key: null, steps: [] };
  }

  // In order. The numbers of a run do not matter, only the order of its steps.
  of({ steps, mistakes }) {
    const { scene } = this.graph;
    const key = `${scene.index} ${steps.length} ${mistakes.has("order")}`;
    if (this.found.key !== key) {
      const last = new Map();
      steps.forEach((step, at) => last.set(this.callOf(step)?.key ?? at, at));
      this.found = { key, steps: [...last.values()].sort((one, other) => one - other) };
    }
    return this.found.steps;
  }

  next(run, at) {
    const steps = this.of(run);
    return steps.find((stop) => stop > at) ?? steps.at(-1);
  }

  previous(run, at) {
    return this.of(run).findLast((stop) => stop < at) ?? 0;
  }

  // The call of a closed part in which a step is; null for a step that can be seen.
  callOf({ kind, node, edge }) {
    if (kind !== "forward" && kind !== "backward") return null;
    const result = kind === "forward" ? node : this.record.edges[edge].target;
    const part = this.graph.scene.closedAround(result);
    if (part === null) return null;
    const call = callOf(this.record, result, part);
    return { part, call, key: `${kind} ${call}` };
  }

  // What a call of a closed part did, at its last step; null at any other step.
  sentence(run, at) {
    const about = this.callOf(run.steps[at]);
    if (about === null || !this.of(run).includes(at)) return null;
    const mine = run.steps.filter((step) => this.callOf(step)?.key === about.key);
    return run.steps[at].kind === "forward" ? this.computed(about, mine) : this.passedOn(about, mine);
  }

  // "layer0, call 2 of 4, is computed: 40 results. It gives 8 numbers from -0.357 to 0.38."
  computed(about, steps) {
    const { nodes } = this.record;
    const outputs = this.parts[about.part].outputs.filter((node) => this.isIn(about, node));
    const given = outputs.length > 4
      ? `${outputs.length} numbers from ${several(outputs.map((node) => nodes[node].data)).replace(" … ", " to ")}`
      : outputs.map((node) => `${nodes[node].name} = ${nodes[node].dataText}`).join(", ");
    return `${this.name(about)} is computed: ${counted(steps.length, "result")}. It gives ${given || "nothing"}.`;
  }

  // "layer1, call 2 of 4, passes its gradient on: to 9 parameters and 8 results of layer0."
  passedOn(about, steps) {
    const { nodes, parts } = this.record;
    const { scene } = this.graph;
    const reached = [...new Set(steps.map(({ node }) => node))];
    const isParameter = (node) => nodes[node].role === "parameter";
    const before = reached.filter((node) => !isParameter(node) && !this.isIn(about, node));
    const found = Map.groupBy(before, (node) => scene.closedAround(node));
    const to = [...found].map(([part, some]) => {
      const names = some.map((node) => nodes[node].name).join(", ");
      return part === null ? names : `${counted(some.length, "result")} of ${parts[part].name}`;
    });
    const count = reached.filter(isParameter).length;
    const all = count ? [counted(count, "parameter"), ...to] : to;
    return `${this.name(about)} passes its gradient on${all.length ? `: to ${all.join(" and ")}` : ""}.`;
  }

  isIn({ part, call }, node) {
    return this.parts[part].inside.has(node) && [call, null].includes(callOf(this.record, node, part));
  }

  name({ part, call }) {
    const calls = [...new Set(this.parts[part].results.map((node) => callOf(this.record, node, part)))];
    const { name } = this.record.parts[part];
    return calls.length > 1 ? `${name}, call ${calls.indexOf(call) + 1} of ${calls.length},` : name;
  }
}

function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
