"use strict";

// One node in words: its gradient as a sum over its uses, and as a sum over all paths to the result, each the product
// of the partials along it. Its numbers are those of the right run, as far as the steps have come.

const MOST_TERMS = 12;
const MOST_PATHS = 8;

class Explanation {
  constructor(container, record, format) {
    Object.assign(this, { container, record, format, node: null, panel: "explain", at: 0 });
    this.uses = usesOf(record);
    this.paths = countPaths(record, this.uses);
  }

  // right  the run of the graph without mistakes
  renew(right) {
    this.right = right;
  }

  startRun(run) {
    this.passed = new Map(run.steps.map(({ kind, edge }, index) => [kind === "backward" ? edge : null, index]));
    this.run = run;
  }

  renumber(run) {
    this.run = run;
    this.draw();
  }

  select(node) {
    this.node = node;
    this.draw();
  }

  showStep(run, at) {
    this.at = at;
    this.draw();
  }

  draw() {
    this.container.replaceChildren(...(this.node === null ? [] : this.explained(this.node)));
  }

  // Whether the gradient of a node has all of its terms.
  isDone(node) {
    return this.at >= this.run.done[node];
  }

  explained(node) {
    const { name, role, data, dataText } = this.record.nodes[node];
    const isKnown = this.at >= this.run.known[node];
    const gradient = this.right.gradients[node];
    const numbers = [isKnown ? dataText : NOT_YET, this.isDone(node) ? this.format(gradient) : NOT_YET];
    const summary = element("p", { class: "summary" }, `${name}: ${role}, data ${numbers[0]}, gradient ${numbers[1]}`);
    const zeros = [["data", isKnown, data], ["gradient", this.isDone(node), gradient]]
      .filter(([, isShown, number]) => isShown && Object.is(number, -0))
      .map(([kind]) => element("p", { class: "faint" }, `The sign of its ${kind}: -0.`));
    if (node === this.record.nodes.length - 1) {
      return [summary, ...zeros, element("p", {}, `It is the result: ${name}.grad = 1.`)];
    }
    return [summary, ...zeros, ...this.sumOverUses(node), ...this.sumOverPaths(node)];
  }

  sumOverUses(node) {
    const { edges, nodes } = this.record;
    const uses = this.uses[node];
    const terms = uses.map((edge) => this.right.contributions[edge]);
    const lines = uses.map((edge, index) => {
      const { symbol, partial, target } = edges[edge];
      const upstream = this.right.gradients[target];
      const symbols = `${nodes[target].name}.grad · ${symbol}`;
      if (this.at < this.passed.get(edge)) return symbols;
      return `${symbols} = ${this.product([upstream, partial])} = ${this.format(terms[index])}`;
    });
    const often = `It is used ${uses.length} times, and its gradient is the sum:`;
    const title = uses.length === 1 ? "It is used once:" : often;
    const sum = `${nodes[node].name}.grad = ${this.sum(terms)} = ${this.format(this.right.gradients[node])}`;
    const isSum = uses.length > 1 && this.isDone(node);
    return [element("p", {}, title), list(lines, uses.length), ...(isSum ? [element("p", {}, sum)] : [])];
  }

  sumOverPaths(node) {
    const { edges } = this.record;
    const count = this.paths[node];
    const paths = firstPaths(this.record, this.uses, node, MOST_PATHS);
    const keys = paths.map((path) => path.map((edge) => [edges[edge].target, edges[edge].partial]).join());
    const several = `${count} paths lead to the result; the products along them add up to the gradient:`;
    const title = count === 1n ? "One path leads to the result:" : several;
    return [element("p", {}, title), list(paths.map((path) => this.wordsOf(node, path)), count, keys)];
  }

  // A path from a node to the result, and what the partials along it give.
  wordsOf(node, path) {
    const { nodes, edges } = this.record;
    const way = joined([node, ...path.map((edge) => edges[edge].target)], " → ", (place) => nodes[place].name);
    if (!this.isDone(node)) return way;
    const partials = path.map((edge) => edges[edge].partial);
    const total = path.some((edge) => edges[edge].cut) ? 0 : partials.reduce((a, b) => a * b);
    return `${way}: ${this.product(partials)} = ${this.format(total)}`;
  }

  product(numbers) {
    return joined(numbers, " · ", (number) => enclosed(this.format(number)));
  }

  sum(numbers) {
    return joined(numbers, " + ", (number) => enclosed(this.format(number)));
  }
}

// Things one after the other; of many, the first and the last.
function joined(things, separator, textOf) {
  if (things.length <= MOST_TERMS) return things.map(textOf).join(separator);
  const half = MOST_TERMS / 2;
  return [...things.slice(0, half).map(textOf), "…", ...things.slice(-half).map(textOf)].join(separator);
}

// Equal lines are one: in v * v, both factors say the same. Their keys say which are equal.
function list(lines, count, keys = lines) {
  const items = [...new Set(keys)].map((key) => {
    const line = lines[keys.indexOf(key)];
    const times = keys.filter((other) => other === key).length;
    return element("li", {}, times === 1 ? line : `${line}, ${times === 2 ? "twice" : `${times} times`}`);
  });
  const more = BigInt(count) - BigInt(lines.length);
  if (more > 0n) items.push(element("li", { class: "faint" }, `… and ${more} more`));
  return element("ul", {}, ...items);
}

// --- Paths ---

function usesOf({ nodes, edges }) {
  const uses = nodes.map(() => []);
  edges.forEach((edge, index) => uses[edge.source].push(index));
  return uses;
}

// How many paths lead from each node to the result: there may be 2 ** 60 of them.
function countPaths({ nodes, edges }, uses) {
  const counts = nodes.map(() => 0n);
  counts[nodes.length - 1] = 1n;
  for (let node = nodes.length - 2; node >= 0; node -= 1) {
    for (const edge of uses[node]) counts[node] += counts[edges[edge].target];
  }
  return counts;
}

// The first few paths, each as a list of edges.
function firstPaths({ nodes, edges }, uses, start, most) {
  const found = [];
  const waiting = [{ node: start, path: [] }];
  while (waiting.length && found.length < most) {
    const { node, path } = waiting.pop();
    if (node === nodes.length - 1) found.push(path);
    for (const edge of [...uses[node]].reverse()) waiting.push({ node: edges[edge].target, path: [...path, edge] });
  }
  return found;
}

// All edges that lie on a path from a node to the result.
function edgesFrom({ edges }, uses, start) {
  const reached = new Set([start]);
  const waiting = [start];
  const found = new Set();
  while (waiting.length) {
    for (const edge of uses[waiting.pop()]) {
      found.add(edge);
      const { target } = edges[edge];
      if (!reached.has(target)) {
        reached.add(target);
        waiting.push(target);
      }
    }
  }
  return found;
}
