"use strict";

// The picture of the graph: drawn once, then only its numbers and classes change.

const LINE = 18;
const INDENT = 10;
const MARGIN = 12;
const WIDEST_NUMBER = "grad -1.2346e-308";
const SMALLEST = 0.7;
const READABLE = 0.9;
const LARGEST = 4;

class GraphView {
  constructor(svg, record, onSelect) {
    this.svg = svg;
    this.record = record;
    this.picture = drawn("g");
    this.scale = 1;
    this.center = [record.width / 2, record.height / 2];
    svg.append(this.picture);
    const frames = record.parts.map(drawnPart);
    this.picture.append(...frames);
    this.edges = record.edges.map((edge) => drawnEdge(edge));
    this.nodes = record.nodes.map((node) => drawnNode(node));
    this.picture.append(...this.edges.map((edge) => edge.group), ...this.nodes.map((node) => node.group));
    this.fitNumbers();
    this.nodes.forEach(({ texts }, index) => squeeze(texts, record.nodes[index].width - 2 * INDENT));
    frames.forEach((frame, index) => squeeze([frame.lastChild], record.parts[index].width - 2 * MARGIN));
    this.nodes.forEach(({ group }, index) => group.addEventListener("click", () => this.dragged || onSelect(index)));
    this.listen();
    new ResizeObserver(() => this.show()).observe(svg);
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

  // What a node shows; `wrong` is what its gradient should be, if it is not that.
  setNode(index, data, gradient, wrong) {
    const node = this.nodes[index];
    setText(node.data, data);
    setText(node.gradient, gradient);
    setText(node.wrong, wrong === null ? "" : `should be ${wrong}`);
    node.group.classList.toggle("wrong", wrong !== null);
  }

  // Highlight what a step is about: one node, or an edge and its ends.
  setCurrent(nodes, edge) {
    this.nodes.forEach(({ group }, index) => group.classList.toggle("current", nodes.includes(index)));
    this.edges.forEach(({ group }, index) => group.classList.toggle("current", index === edge));
    if (nodes.length) this.follow(nodes);
  }

  // Which edges have their partial yet, and which have passed a gradient on.
  setEdges(isKnown, passed) {
    this.edges.forEach(({ group }, index) => {
      group.classList.toggle("unknown", !isKnown(index));
      group.classList.toggle("passed", passed.has(index));
    });
  }

  setSelected(selected, path) {
    this.nodes.forEach(({ group }, index) => group.classList.toggle("selected", index === selected));
    this.edges.forEach(({ group }, index) => group.classList.toggle("path", path.has(index)));
    if (selected !== null) this.follow([selected]);
  }

  // --- Zoom and pan: `scale` is pixels for a unit of the picture, `center` what is in the middle ---

  size() {
    const { width, height } = this.svg.getBoundingClientRect();
    return [Math.max(width, 1), Math.max(height, 1)];
  }

  // By a transform, not by a view box: another view box would have the browser measure every text again.
  show() {
    const [width, height] = this.size();
    const [x, y] = this.center;
    const move = `translate(${width / 2 - x * this.scale} ${height / 2 - y * this.scale})`;
    this.picture.setAttribute("transform", `${move} scale(${this.scale})`);
  }

  wholeScale() {
    const [width, height] = this.size();
    return Math.min(width / (this.record.width + 32), height / (this.record.height + 32));
  }

  fit() {
    this.scale = Math.min(this.wholeScale(), 2);
    this.center = [this.record.width / 2, this.record.height / 2];
    this.show();
  }

  // At the beginning: everything, unless that would be too small to read.
  start() {
    this.fit();
    if (this.scale < SMALLEST * textSize()) {
      this.scale = READABLE * textSize();
      this.center[0] = this.within(0, this.size()[0] / this.scale, 0);
      this.follow([0]);
    }
  }

  zoom(factor, [x, y] = this.center) {
    const wanted = this.scale * factor;
    const scale = Math.min(LARGEST, Math.max(Math.min(this.wholeScale(), 1) / 2, wanted));
    const share = this.scale / scale;
    this.center = [x + (this.center[0] - x) * share, y + (this.center[1] - y) * share];
    this.scale = scale;
    this.show();
  }

  // Move just far enough to have the nodes of a step in sight.
  follow(nodes) {
    const [width, height] = this.size().map((side) => side / this.scale);
    const boxes = nodes.map((index) => this.record.nodes[index]);
    this.center = [["x", "width", width], ["y", "height", height]].map(([start, length, room], axis) => {
      const low = Math.min(...boxes.map((box) => box[start])) - 16;
      const high = Math.max(...boxes.map((box) => box[start] + box[length])) + 16;
      if (this.record[length] + 16 < room) return this.record[length] / 2;
      if (high - low > room) return this.within(axis, room, boxes.at(-1)[start] + boxes.at(-1)[length] / 2);
      return Math.min(Math.max(this.center[axis], high - room / 2), low + room / 2);
    });
    this.show();
  }

  // A centre that shows no empty room beside the picture, if possible.
  within(axis, room, center) {
    const length = [this.record.width, this.record.height][axis];
    return Math.min(Math.max(center, room / 2 - 16), length - room / 2 + 16);
  }

  listen() {
    const pointers = new Map();
    const distance = ([x, y], [otherX, otherY]) => Math.hypot(x - otherX, y - otherY);
    this.dragged = false;
    this.svg.addEventListener("pointerdown", (event) => {
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
      this.dragged = false;
    });
    window.addEventListener("pointermove", (event) => {
      if (!pointers.has(event.pointerId)) return;
      const before = pointers.get(event.pointerId);
      const now = [event.clientX, event.clientY];
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      if (!this.dragged && !other && distance(before, now) < 5) return;
      pointers.set(event.pointerId, now);
      if (other) this.zoom(distance(now, other) / Math.max(distance(before, other), 1));
      else this.center = this.center.map((at, axis) => at - (now[axis] - before[axis]) / this.scale);
      this.show();
      this.dragged = true;
    });
    for (const end of ["pointerup", "pointercancel"]) {
      window.addEventListener(end, (event) => pointers.delete(event.pointerId));
    }
    // With Ctrl, as for pages; a pinch on a touch pad is reported like this, too. The wheel alone scrolls the page.
    this.svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 300), this.pointAt(event));
    }, { passive: false });
  }

  pointAt(event) {
    const box = this.svg.getBoundingClientRect();
    const middle = [box.x + box.width / 2, box.y + box.height / 2];
    return [event.clientX, event.clientY].map((at, axis) => this.center[axis] + (at - middle[axis]) / this.scale);
  }
}

// The size of the page's text, relative to the usual one: it is larger on a projector.
function textSize() {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

function drawnPart({ name, note, x, y, width, height }) {
  const title = drawn("text", { x: x + MARGIN, y: y + 21, class: "part-name" }, name);
  if (note) title.append(drawn("tspan", { class: "faint", dx: 6 }, note));
  return drawn("g", { class: "frame" }, drawn("rect", { x, y, width, height, rx: 12 }), title);
}

function drawnEdge({ path, x, y, partialText }) {
  const label = drawn("text", { x, y: y + 5, class: "partial" }, partialText);
  return { group: drawn("g", { class: "edge" }, drawn("path", { d: path, "marker-end": "url(#arrow)" }), label) };
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
