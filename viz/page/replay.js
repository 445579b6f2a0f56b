"use strict";

// The forward and the backward pass as a list of steps, right or with the classic mistakes.
//
// nodes are in topological order, operands before results; edges are in the order of their results, each a use of
// `source` in the computation of `target`. A step that changes a gradient has it `before` and `after`. `seed` is the
// gradient of the last node: 1, or what a graph around this one passes back to it. Of the mistakes, those in how a pass
// goes are made here: order, assign, zero and upstream. Wrong partials are in the edges that it is given.

function replay(record, mistakes = new Set(), seed = 1) {
  const { nodes, edges } = record;
  const last = nodes.length - 1;
  const into = edgesInto(record);
  const gradients = mistakes.has("zero") ? leftOver(record, seed) : nodes.map(() => 0);
  const steps = [{ kind: "start", start: [...gradients] }];
  nodes.forEach((_, node) => {
    if (into[node].length) steps.push({ kind: "forward", node });
  });
  steps.push({ kind: "seed", node: last, before: gradients[last], after: seed });
  gradients[last] = seed;
  // A branch that was not taken (a cut edge) passes nothing back: not even 0 times an infinite partial, which is NaN.
  const reached = nodes.map((_, node) => node === last);
  const contributions = edges.map(() => 0);
  // In the right order a node passes its gradient on when it has it from all results that use it.
  for (const edge of mistakes.has("order") ? straightDown(record, into) : [...into].reverse().flat()) {
    const { source: node, target, partial, cut } = edges[edge];
    const upstream = gradients[target];
    const passes = reached[target] && !cut;
    const share = mistakes.has("upstream") ? partial : partial * upstream;
    const contribution = passes ? share : 0;
    reached[node] ||= passes;
    contributions[edge] = contribution;
    const before = gradients[node];
    const after = mistakes.has("assign") ? contribution : before + contribution;
    steps.push({ kind: "backward", edge, node, upstream, partial, contribution, before, after });
    gradients[node] = after;
  }
  const turn = steps.findIndex((step) => step.kind === "seed");
  // For each node, the step at which it has its number, and that after which its gradient is final.
  const known = nodes.map(() => 0);
  const done = nodes.map(() => turn);
  steps.forEach(({ kind, node }, index) => {
    if (kind === "forward") known[node] = index;
    if (kind === "backward") done[node] = index;
  });
  return { steps, gradients, contributions, seed: turn, known, done };
}

// For each node, the edges that lead to its operands, in their order.
function edgesInto({ nodes, edges }) {
  const into = nodes.map(() => []);
  edges.forEach((edge, index) => into[edge.target].push(index));
  return into;
}

// The wrong order: straight down from the result. A node passes on what it has as soon as it is first given something,
// though more may follow along another path.
function straightDown({ nodes, edges }, into) {
  const order = [];
  const seen = new Set();
  const way = [into[nodes.length - 1].values()];
  while (way.length) {
    const { value: edge, done } = way.at(-1).next();
    if (done) {
      way.pop();
      continue;
    }
    order.push(edge);
    const { source } = edges[edge];
    if (!seen.has(source)) way.push(into[source].values());
    seen.add(source);
  }
  return order;
}

// What an earlier pass has left in the leaves; the results of operations are new in each pass.
function leftOver(record, seed) {
  const into = edgesInto(record);
  return replay(record, new Set(), seed).gradients.map((gradient, node) => (into[node].length ? 0 : gradient));
}

// For each node, the sum over all paths of the sizes of their products: the scale for rounding errors.
function sizesOfPaths({ nodes, edges }) {
  return replay({ nodes, edges: edges.map((edge) => ({ ...edge, partial: Math.abs(edge.partial) })) }).gradients;
}

// The gradients after any step, computed from those after the step shown before.
class Position {
  constructor(run) {
    this.run = run;
    this.step = 0;
    this.gradients = [...run.steps[0].start];
  }

  moveTo(step) {
    const { steps } = this.run;
    for (; this.step < step; this.step += 1) this.set(steps[this.step + 1], "after");
    for (; this.step > step; this.step -= 1) this.set(steps[this.step], "before");
  }

  set(step, side) {
    if (side in step) this.gradients[step.node] = step[side];
  }
}
