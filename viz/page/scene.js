"use strict";

// A view of a graph, ready to be drawn. A box has a number: that of its node, or, for a part, that of the part behind
// the last node. In the record, `views` are laid out beforehand: each has the size of its picture, the parts that are
// `open`, and flat lists of `nodes` (n, x, y), of `parts`, closed or open (part, x, y, width, height), and of `lines`
// (the first of the uses that the line stands for, the middle of its label, its path).

class Scene {
  constructor(record, index) {
    const { nodes, edges, parts } = record;
    const { width, height, open, nodes: placed, parts: framed, lines } = record.views[index];
    Object.assign(this, { width, height, index });
    this.record = record;
    this.opened = new Set(open);
    this.places = new Map();
    for (const [node, x, y] of rows(placed, 3)) {
      this.places.set(node, { x, y, width: nodes[node].width, height: nodes[node].height });
    }
    for (const [part, x, y, ...size] of rows(framed, 5)) {
      this.places.set(boxOfPart(record, part), { x, y, width: size[0], height: size[1] });
    }
    // In the order in which they are read, and gone through by the keyboard.
    const place = (part) => this.places.get(boxOfPart(record, part));
    const closed = parts.map((_, part) => part).filter((part) => !this.opened.has(part) && place(part));
    this.closed = closed.sort((one, other) => place(one).x - place(other).x || place(one).y - place(other).y);
    this.nodes = nodes.map((_, node) => node).filter((node) => this.places.has(node));
    this.homes = nodes.map((_, node) => this.home(node));
    this.lines = rows(lines, 4).map(([first, x, y, path]) => ({ first, x, y, path, uses: [] }));
    this.lineOf = edges.map(() => null);
    this.gather(edges);
  }

  // The outermost closed part that a node is in, or null.
  closedAround(node) {
    const closed = partsAround(this.record, this.record.nodes[node].part).filter((part) => !this.opened.has(part));
    return closed.at(-1) ?? null;
  }

  // The box in which a node is to be seen.
  home(node) {
    const part = this.closedAround(node);
    return part === null ? node : boxOfPart(this.record, part);
  }

  // Which uses each line stands for: one between two nodes, else all between its boxes.
  gather(edges) {
    const byFirst = new Map(this.lines.map((line) => [line.first, line]));
    const byEnds = new Map();
    edges.forEach(({ source, target }, edge) => {
      const ends = [this.homes[source], this.homes[target]];
      const isSingle = ends[0] === source && ends[1] === target;
      if (byFirst.has(edge) && !isSingle) byEnds.set(ends.join(), byFirst.get(edge));
      const line = isSingle ? byFirst.get(edge) : this.isWithin(source, target, ends) ? null : byEnds.get(ends.join());
      line?.uses.push(edge);
      this.lineOf[edge] = line ?? null;
    });
  }

  // Whether a use is inside one call of a closed part.
  isWithin(source, target, [home, other]) {
    if (home !== other) return false;
    const part = this.closedAround(target);
    const given = callOf(this.record, source, part);
    return given === null || given === callOf(this.record, target, part);
  }
}

function boxOfPart({ nodes }, part) {
  return nodes.length + part;
}

// A part and those around it, outwards; none for null.
function partsAround({ parts }, part) {
  const around = [];
  for (let at = part ?? null; at !== null; at = parts[at].parent) around.push(at);
  return around;
}

// The view in which nodes of a part can be seen, with as little open as there is; null is what is outside all parts.
function viewOf(record, part) {
  const around = partsAround(record, part);
  const { views } = record;
  const fitting = views.map((_, view) => view).filter((view) => around.every((one) => views[view].open.includes(one)));
  return fitting.reduce((least, view) => (views[view].open.length < views[least].open.length ? view : least));
}

// The outermost call of a part that a node is computed in; null for a leaf.
function callOf({ nodes, calls }, node, part) {
  let found = null;
  for (let call = nodes[node].call ?? null; call !== null; call = calls[call].outer) {
    if (calls[call].part === part) found = call;
  }
  return found;
}

function rows(flat, length) {
  return Array.from({ length: flat.length / length }, (_, row) => flat.slice(row * length, (row + 1) * length));
}

function middle({ x, y, width, height }) {
  return [x + width / 2, y + height / 2];
}
