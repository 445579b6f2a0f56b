"use strict";

// The answer over the plane of two inputs as a picture, and the samples as points in it: added by a click, moved by
// dragging or the arrow keys, removed by a double click or Delete.

const SIDE = 400;
const NEAR = 1 / 40;
const FAR = 1 / 8;
// Beyond this many sides, a point is nowhere near the picture.
const FAR_OUT = 9;

// From the middle of a point to the end of all that is drawn of it.
const REACH = 20;

class Plane {
  // `changed()` is called after each change of the samples.
  constructor(container, problem, colors, changed) {
    const { inputs, range } = problem.content;
    Object.assign(this, { problem, colors, changed, low: range.low, high: range.high });
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.svg = drawn("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "group", "aria-label": "Points of the data" });
    const picture = element("div", { class: "picture" }, this.canvas, this.svg);
    const [across, up] = inputs.map((name, axis) => [name, range.low[axis], range.high[axis]]);
    container.append(axisOf("upright", ...up), picture, axisOf("level", ...across));
    this.dragged = null;
    this.width = this.canvas.clientWidth;
    this.unit = 1;
    this.listen();
  }

  // --- The picture ---

  draw(grid, scale) {
    Object.assign(this, { grid, scale });
    const side = Math.max(1, Math.round(this.width * devicePixelRatio));
    if (this.canvas.width !== side) this.canvas.width = this.canvas.height = side;
    const brush = this.canvas.getContext("2d");
    stretch(brush, this.colors.image(grid, scale), side);
    brush.strokeStyle = getComputedStyle(this.canvas).color;
    brush.lineWidth = 2 * devicePixelRatio;
    brush.beginPath();
    for (const [[x, y], [nextX, nextY]] of contour(smooth(grid), scale.middle)) {
      brush.moveTo(x * side, (1 - y) * side);
      brush.lineTo(nextX * side, (1 - nextY) * side);
    }
    brush.stroke();
  }

  // --- The points ---

  // `answers` has the predictions for each sample, or is null where there are none; `focus` is which of them is shown.
  show(answers, focus) {
    Object.assign(this, { answers, focus });
    const { samples } = this.problem;
    while (this.svg.childElementCount > samples.length) this.svg.lastChild.remove();
    while (this.svg.childElementCount < samples.length) this.svg.append(drawn("g", { tabindex: 0, role: "button" }));
    samples.forEach((sample, index) => this.showPoint(this.svg.children[index], sample, index, answers?.[index]));
  }

  // What looks as it did stays: there may be hundreds of points, in sixty frames a second.
  showPoint(group, { inputs, targets }, index, answers) {
    const { mark, shape, share } = this.problem.look(targets, this.focus);
    const isJudged = answers !== undefined && this.problem.choices.length > 0;
    const verdict = isJudged ? this.problem.isRight(answers, targets) : null;
    const size = radius(this.problem.samples.length);
    const color = this.colors.text(share);
    const look = `${shape} ${mark} ${verdict} ${size} ${color}`;
    const state = `${inputs} ${targets} ${this.unit} ${look}`;
    if (group.state === state) return;
    if (group.look !== look) group.replaceChildren(...pointMarks(shape, mark, color, verdict === false, size));
    Object.assign(group, { look, state });
    const [x, y] = this.place(inputs);
    const said = verdict === null ? "" : verdict ? ", answered right" : ", answered wrong";
    filled(group, {
      transform: `translate(${x} ${y}) scale(${this.unit})`,
      class: `point ${share < 0 ? "low" : "high"}`,
      "aria-label": `Point ${index + 1}: ${this.problem.described({ inputs, targets })}${said}`,
    }, []);
  }

  place(inputs) {
    const share = inputs.map((at, axis) => {
      const found = (at - this.low[axis]) / (this.high[axis] - this.low[axis]);
      return Math.min(Math.max(found, -FAR_OUT), FAR_OUT);
    });
    return [share[0] * SIDE, (1 - share[1]) * SIDE];
  }

  // Where in the plane an event is, in round numbers, and not so far outside that a point there would be cut off.
  pointAt(event) {
    const box = this.svg.getBoundingClientRect();
    const share = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
    return share.map((at, axis) => this.rounded(this.low[axis] + at * (this.high[axis] - this.low[axis]), axis));
  }

  rounded(number, axis) {
    const digits = Math.max(0, 2 - Math.floor(Math.log10(this.high[axis] - this.low[axis])));
    const margin = ((this.high[axis] - this.low[axis]) * REACH * this.unit) / SIDE;
    const within = Math.min(Math.max(number, this.low[axis] + margin), this.high[axis] - margin);
    return Number(within.toFixed(Math.min(digits, 20)));
  }

  indexOf(event) {
    return [...this.svg.children].indexOf(event.target.closest?.(".point"));
  }

  // --- What changes them ---

  listen() {
    // In a small plane, points are as large as in a middling one.
    new ResizeObserver(([{ contentRect }]) => {
      this.width = contentRect.width;
      this.unit = Math.max(1, SIDE / Math.max(this.width, 1));
      this.show(this.answers, this.focus);
      if (this.grid) this.draw(this.grid, this.scale);
    }).observe(this.svg);
    this.svg.addEventListener("pointerdown", (event) => {
      const index = this.indexOf(event);
      const sample = this.problem.samples[index];
      this.dragged = { sample, from: [event.clientX, event.clientY], moves: false };
      // The point, not the plane: whoever captures the pointer is also what is then clicked.
      if (sample) this.svg.children[index].setPointerCapture(event.pointerId);
    });
    this.svg.addEventListener("pointermove", (event) => this.drag(event));
    // A finger that drags a point does not scroll the page: a group of shapes has no touch-action in all browsers.
    const hold = (event) => this.dragged?.sample && event.preventDefault();
    this.svg.addEventListener("touchmove", hold, { passive: false });
    for (const end of ["pointerup", "pointercancel"]) this.svg.addEventListener(end, () => { this.dragged = null; });
    this.svg.addEventListener("click", (event) => {
      if (this.indexOf(event) < 0) this.add(this.pointAt(event));
    });
    this.svg.addEventListener("dblclick", (event) => {
      const index = this.indexOf(event);
      if (index >= 0) this.remove(index);
    });
    this.svg.addEventListener("keydown", (event) => this.onKey(event));
  }

  drag(event) {
    const { dragged } = this;
    // Points may come and go while one is dragged.
    const index = this.problem.samples.indexOf(dragged?.sample);
    if (index < 0) return;
    const [x, y] = dragged.from;
    dragged.moves ||= Math.hypot(event.clientX - x, event.clientY - y) >= 4;
    if (dragged.moves) this.move(index, this.pointAt(event));
  }

  onKey(event) {
    const index = this.indexOf(event);
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
    const removes = event.key === "Delete" || event.key === "Backspace";
    if (index < 0 || event.ctrlKey || event.metaKey || event.altKey || !(way || removes)) return;
    event.preventDefault();
    event.stopPropagation();
    if (removes) this.remove(index);
    else this.move(index, this.stepped(index, way, event.shiftKey ? FAR : NEAR));
  }

  stepped(index, way, share) {
    const { inputs } = this.problem.samples[index];
    return inputs.map((at, axis) => this.rounded(at + way[axis] * share * (this.high[axis] - this.low[axis]), axis));
  }

  add(inputs) {
    this.problem.add(inputs);
    this.changed();
  }

  move(index, inputs) {
    this.problem.samples[index].inputs = inputs;
    this.changed();
  }

  remove(index) {
    if (!this.problem.remove(index)) return;
    this.changed();
    this.svg.children[Math.min(index, this.svg.childElementCount - 1)]?.focus();
  }
}

// An image of a grid from edge to edge: the outer points of the grid lie on the edges.
function stretch(brush, image, side) {
  const source = element("canvas", { width: image.width, height: image.height });
  source.getContext("2d").putImageData(image, 0, 0);
  brush.imageSmoothingEnabled = true;
  brush.drawImage(source, 0.5, 0.5, image.width - 1, image.height - 1, 0, 0, side, side);
}

// A class has a shape and its name in it, for those who do not see colours.
function pointMarks(shape, mark, color, isWrong, size) {
  const outline = { class: "mark", fill: color };
  const square = { ...outline, x: -size, y: -size, width: 2 * size, height: 2 * size, rx: 3 };
  const shapes = {
    square: () => drawn("rect", square),
    diamond: () => drawn("rect", { ...square, transform: "rotate(45)" }),
    circle: () => drawn("circle", { ...outline, r: size + 1 }),
  };
  const marks = [drawn("circle", { r: 18, class: "touch" }), shapes[shape]()];
  if (size >= 8) marks.push(drawn("text", { y: 5 }, mark));
  if (isWrong) marks.unshift(drawn("circle", { r: size + 6, class: "wrong-ring" }));
  return marks;
}

function radius(count) {
  return count > 150 ? 5 : count > 30 ? 8 : 12;
}

function axisOf(kind, name, low, high) {
  const [start, end] = [low, high].map((number) => element("span", {}, format(number)));
  return element("div", { class: `axis ${kind}`, "aria-hidden": "true" }, start, element("b", {}, name), end);
}
