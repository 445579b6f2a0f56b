"use strict";

// The graph computed anew from other numbers of its leaves: the value of each node and the partial on each edge, as the
// engine computes them.
//
// A result has `operands`, each the index of a node or { number }, and the key of its `operation` among the primitives:
//   value      a function of the operands, which throws a RangeError where there is no value
//   partials   functions of the operands and the result, one for each operand; NO_PATH is that of a cut edge
//   choices    for a partial with an if in its formula, which of the choices it takes: 0, 1, …; else null
// An edge knows by its `place` which operand of its target it is, by its `choice` which of its formulas holds, and by
// `missing` whether its partial does not exist.

class LiveGraph {
  constructor(record, primitives) {
    this.record = record;
    this.primitives = primitives;
    this.into = edgesInto(record);
    for (const node of record.nodes) node.data = Number(node.data);
    for (const edge of record.edges) edge.partial = Number(edge.partial);
    this.wanted = record.nodes.map(({ data }) => data);
    this.failure = null;
    const isKnown = record.nodes.every(({ operation }) => !operation || Object.hasOwn(primitives, operation));
    const found = isKnown ? this.computed() : null;
    this.failure = null;
    // Whether all numbers can be computed here, and whether they then have every bit of those that were recorded.
    this.isComputable = found !== null;
    this.isExact = this.isComputable && agree(found, record);
    this.recorded = { data: [...this.wanted], edges: record.edges.map((edge) => ({ ...edge })) };
  }

  isLeaf(node) {
    return this.record.nodes[node].operation === undefined;
  }

  set(node, number) {
    this.wanted[node] = number;
  }

  // Give nodes and edges their numbers. At the first node that has none, `failure` says which and why, and all numbers
  // stay as they were; gives whether that did not happen.
  evaluate() {
    const found = this.isAsRecorded() ? this.recorded : this.computed();
    if (found === null) return false;
    this.failure = null;
    this.record.nodes.forEach((node, index) => { node.data = found.data[index]; });
    this.record.edges.forEach((edge, index) => Object.assign(edge, found.edges[index]));
    return true;
  }

  isAsRecorded() {
    return this.wanted.every((number, node) => Object.is(number, this.recorded.data[node]));
  }

  computed() {
    const { nodes } = this.record;
    const data = [...this.wanted];
    const edges = [];
    this.failure = null;
    for (let node = 0; node < nodes.length; node += 1) {
      if (this.isLeaf(node)) continue;
      const primitive = this.primitives[nodes[node].operation];
      const numbers = nodes[node].operands.map((operand) => data[operand] ?? Number(operand.number));
      const result = valueOf(primitive, numbers);
      if (typeof result === "string") {
        this.failure = { node, text: result, numbers };
        return null;
      }
      data[node] = result;
      for (const edge of this.into[node]) {
        const { place } = this.record.edges[edge];
        edges[edge] = slope(primitive, place, [...numbers, result]);
      }
    }
    return { data, edges };
  }
}

// Whether numbers have the bits of a record.
function agree(found, { nodes, edges }) {
  return nodes.every(({ data }, node) => Object.is(data, found.data[node]))
    && edges.every(({ partial }, edge) => Object.is(partial, found.edges[edge].partial));
}

// A number, or the text that says why there is none. In a gradient, what was not taken is a value, too: 0.
function valueOf(primitive, numbers) {
  try {
    const result = primitive.value(...numbers);
    return result === NO_PATH ? 0 : result;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

// What an edge is to know. A derivative that does not exist fails nothing: it is `missing`, and spoils what it enters.
function slope({ partials, choices }, place, numbers) {
  try {
    const partial = partials[place](...numbers);
    const choice = choices?.[place]?.(...numbers) ?? 0;
    const isCut = partial === NO_PATH;
    return { partial: isCut ? 0 : partial, cut: isCut, missing: false, choice };
  } catch (error) {
    if (error instanceof RangeError) return { partial: NaN, cut: false, missing: true, choice: 0 };
    throw error;
  }
}
