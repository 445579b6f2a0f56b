"use strict";

// The picture of the graph: drawn once, then only its numbers and classes change.

const LINE = 18;
const INDENT = 10;
const MARGIN = 12;
const WIDEST_NUMBER = "grad -1.2346e-308";
const SMALLEST_TEXT = 3;

class GraphView extends ZoomedPicture {
  // onSelect  what a click on a node does, by its index
  // dragged   what is told of dragging over a leaf: `startDrag(node)`, then `drag(node, pixels, isBig)`, at most once a
  //           frame, with the pixels since the start; without it, leaves are like all other nodes
  constructor(svg, record, onSelect, dragged = null) {
    super(svg, record);
    this.record = record;
    const frames = record.parts.map(drawnPart);
    this.picture.append(...frames);
    this.edges = record.edges.map((edge) => drawnEdge(edge));
    this.nodes = record.nodes.map((node) => drawnNode(node));
    this.picture.append(...this.edges.map((edge) => edge.group), ...this.nodes.map((node) => node.group));
    this.fitNumbers();
    this.nodes.forEach(({ texts }, index) => squeeze(texts, record.nodes[index].width - 2 * INDENT));
    frames.forEach((frame, index) => squeeze([frame.lastChild], record.parts[index].width - 2 * MARGIN));
    this.nodes.forEach(({ group }, index) => group.addEventListener("click", () => this.dragged || onSelect(index)));
    if (dragged) this.nodes.forEach((_, index) => record.nodes[index].symbol || this.letDrag(index, dragged));
    this.fit();
  }

  // All numbers are as small as the widest one needs in the font of this browser.
  fitNumbers() {
    const sample = this.nodes[0].gradient;
    sample.textContent = WIDEST_NUMBER;
    const room = Math.min(...this.record.nodes.map(({ width }) => width)) - 2 * INDENT;
    const share = room / sample.getComputedTextLength();
    if (share < 1) this.svg.style.setProperty("--number-size", `${14 * share}px`);
    sample.textContent = "";
  }

  // A leaf whose number follows the pointer, from side to side. A click that moves nothing still selects it.
  letDrag(index, dragged) {
    const { group } = this.nodes[index];
    const { x, y, width } = this.record.nodes[index];
    group.classList.add("draggable");
    const arrows = `M${x + width - 18},${y + 11} h12 m-3,-3 l3,3 l-3,3 m-6,0 l-3,-3 l3,-3`;
    group.append(drawn("path", { class: "handle", d: arrows }));
    onSideways(group, {
      onStart: () => {
        this.dragged = false;
        dragged.startDrag(index);
      },
      onMove: (pixels, isBig) => {
        this.dragged = true;
        dragged.drag(index, pixels, isBig);
      },
    });
  }

  // What a node shows; `wrong` is what its gradient should be, if it is not that.
  setNode(index, data, gradient, wrong) {
    const node = this.nodes[index];
    setText(node.data, data);
    setText(node.gradient, gradient);
    setText(node.wrong, wrong === null ? "" : `should be ${wrong}`);
    node.group.classList.toggle("wrong", wrong !== null);
  }

  // What is said of a node to who points at it.
  setHint(index, text) {
    const node = this.nodes[index];
    if (!text && !node.hint) return;
    node.hint ??= node.group.appendChild(drawn("title"));
    setText(node.hint, text);
  }

  setPartial(index, text) {
    setText(this.edges[index].label, text);
  }

  setShade(index, shade) {
    setShade(this.nodes[index].group, shade);
  }

  // Highlight what a step of a run is about: its node, and maybe an edge, with the node from which it leads back. Until
  // then, some edges have got their partial, and some have passed a gradient on.
  showStep({ steps, known, seed }, at) {
    const { node, edge } = steps[at];
    const { edges } = this.record;
    const current = [edges[edge]?.target, node].filter((place) => place !== undefined);
    const passed = new Set(steps.slice(seed, at + 1).map((step) => step.edge));
    this.nodes.forEach(({ group }, index) => group.classList.toggle("current", current.includes(index)));
    this.edges.forEach(({ group }, index) => {
      group.classList.toggle("current", index === edge);
      group.classList.toggle("unknown", known[edges[index].target] > at);
      group.classList.toggle("passed", passed.has(index));
    });
    this.followNodes(current);
  }

  setSelected(selected, path) {
    this.nodes.forEach(({ group }, index) => group.classList.toggle("selected", index === selected));
    this.edges.forEach(({ group }, index) => group.classList.toggle("path", path.has(index)));
    if (selected !== null) this.followNodes([selected]);
  }

  // The group in which a node is to be seen.
  nodeGroup(node) {
    return this.nodes[node].group;
  }

  // The line that is to be seen for a use.
  edgePath(edge) {
    return this.edges[edge].group.querySelector("path");
  }

  // Mark the node that has no value; null for none. The numbers of all others are then those of before.
  setFailed(failed) {
    this.svg.classList.toggle("stale", failed !== null);
    this.nodes.forEach(({ group }, index) => group.classList.toggle("failed", index === failed));
  }

  // Texts that are out of sight, or too small to read, are not drawn: the browser need not lay them out.
  show() {
    super.show();
    const [width, height] = this.size().map((side) => side / this.scale / 2);
    const [x, y] = this.center;
    const isSmall = this.scale * 14 < SMALLEST_TEXT;
    const isAway = (box) => isSmall || box.x > x + width || box.x + (box.width ?? 0) < x - width
      || box.y > y + height || box.y + (box.height ?? 0) < y - height;
    this.nodes.forEach((node, index) => setAway(node, isAway(this.record.nodes[index])));
    this.edges.forEach((edge, index) => setAway(edge, isAway(this.record.edges[index])));
  }

  start(nodes = [0]) {
    super.start(nodes.map((index) => this.record.nodes[index]));
  }

  followNodes(nodes) {
    if (nodes.length) this.follow(nodes.map((index) => this.record.nodes[index]));
  }
}

function setAway(item, isAway) {
  if (item.isAway === isAway) return;
  item.isAway = isAway;
  item.group.toggleAttribute("data-away", isAway);
}

function drawnPart({ name, note, x, y, width, height }) {
  const title = drawn("text", { x: x + MARGIN, y: y + 21, class: "part-name" }, name);
  if (note) title.append(drawn("tspan", { class: "faint", dx: 6 }, note));
  return drawn("g", { class: "frame" }, drawn("rect", { x, y, width, height, rx: 12 }), title);
}

function drawnEdge({ path, x, y }) {
  const label = drawn("text", { x, y: y + 5, class: "partial" });
  const group = drawn("g", { class: "edge" }, drawn("path", { d: path, "marker-end": "url(#arrow)" }), label);
  return { group, label };
}

function drawnNode({ role, lines, x, y, width, height }) {
  const texts = lines.map((line, index) => nodeText(x, y, index, line, index ? "expression" : "name"));
  const data = nodeText(x, y, lines.length, "", "data");
  const gradient = nodeText(x, y, lines.length + 1, "", "gradient");
  const wrong = drawn("text", { x: x + width / 2, y: y + height + 13, class: "should" });
  const group = drawn("g", { class: `node ${role}` }, ...outlines(role, x, y, width, height), ...texts, data, gradient, wrong);
  return { group, texts, data, gradient, wrong };
}

// A font may be wider than the layout assumed.
function squeeze(texts, room) {
  for (const text of texts) {
    if (text.getComputedTextLength() > room) filled(text, { textLength: room, lengthAdjust: "spacingAndGlyphs" }, []);
  }
}

function nodeText(x, y, line, text, kind) {
  return drawn("text", { x: x + INDENT, y: y + 21 + line * LINE, class: kind }, text);
}

// A role has a shape of its own, for those who do not see colours.
function outlines(role, x, y, width, height) {
  const corner = { input: 0, parameter: 0, operation: 9, result: 9 }[role];
  const box = drawn("rect", { x, y, width, height, rx: corner, class: "box" });
  if (role === "parameter") {
    const tab = `M${x},${y} v-7 h${width / 3} l7,7`;
    return [drawn("path", { d: tab, class: "box" }), box];
  }
  if (role === "result") {
    const around = { x: x - 4, y: y - 4, width: width + 8, height: height + 8, rx: corner + 4 };
    return [drawn("rect", { ...around, class: "box outer" }), box];
  }
  return [box];
}
