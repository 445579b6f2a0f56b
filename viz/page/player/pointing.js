"use strict";

// What the pointer is on, in the graph or in the trace, is marked in both.

class Pointing {
  // onPoint is told of the node and the edge, each by its index or null
  constructor(svg, record, graph, onPoint) {
    Object.assign(this, { record, graph, marked: null });
    svg.addEventListener("pointerover", ({ target }) => onPoint(...this.under(target)));
    svg.addEventListener("pointerleave", () => onPoint(null, null));
  }

  // The node and the edge of which an element is a part; for an edge, the node that it leads to backwards.
  under(target) {
    const { nodes, edges } = this.record;
    const [box, line] = [target.closest(".node"), target.closest(".edge")];
    const edge = line ? edges.findIndex((_, index) => this.lineOf(index) === line) : -1;
    if (edge >= 0) return [edges[edge].source, edge];
    const node = box ? nodes.findIndex((_, index) => this.graph.nodeGroup(index) === box) : -1;
    return [node < 0 ? null : node, null];
  }

  lineOf(edge) {
    return this.graph.edgePath(edge)?.closest(".edge");
  }

  point(node, edge) {
    this.marked?.classList.remove("pointed");
    this.marked = edge !== null ? this.lineOf(edge) : node !== null ? this.graph.nodeGroup(node) : null;
    this.marked?.classList.add("pointed");
  }
}
