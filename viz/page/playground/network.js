"use strict";

// The network as a diagram: a column for the inputs and one for each layer, the weights between them as lines whose
// width is the size and whose colour is the sign, and in each neuron a small picture of what it answers.

// From the sides to the middle of the first and the last column.
const EDGE = 48;
const LARGEST_PICTURE = 60;
const SMALLEST_PICTURE = 20;
const ROOM_FOR_NAME = 20;
const SMALLEST_WITH_NAME = 38;
const MOST_NUMBERS = 20;

// Milliseconds from the first column to the last.
const PULSE = 1500;

class NetworkView {
  // `opened(neuron)` is called for a neuron that is clicked, `pointed(neuron)` for one that is looked at, or null.
  constructor(container, content, colors, { opened, pointed }) {
    Object.assign(this, { container, content, colors, opened, pointed });
    this.svg = drawn("svg", { "aria-hidden": "true" });
    this.lines = drawn("g");
    this.numbers = drawn("g", { class: "weights" });
    this.svg.append(this.lines, this.numbers);
    this.inputs = content.inputs.map((name) => this.box("span", "input-box", name));
    const layers = content.layers.map(({ neurons }, index) => neurons.map((neuron) => this.neuron(neuron, index + 1)));
    this.columns = [this.inputs, ...layers];
    this.neurons = layers.flat();
    this.neurons.forEach((neuron, index) => { neuron.index = index; });
    this.links = this.neurons.flatMap((neuron) => this.linksInto(neuron, this.columns[neuron.column - 1]));
    this.heads = this.columns.map((_, index) => element("p", { class: "column-name" }, this.headOf(index)));
    container.append(this.svg, ...this.heads, ...[...this.inputs, ...this.neurons].map(({ place }) => place));
    // On a telephone, a neuron is large enough for a finger.
    const most = Math.max(...this.columns.map((column) => column.length));
    container.style.setProperty("--least", `${most * (SMALLEST_PICTURE + 4) + 30}px`);
    this.chosen = null;
    new ResizeObserver(() => this.arrange()).observe(container);
    this.arrange();
  }

  headOf(index) {
    if (index === 0) return "inputs";
    const { activation, neurons } = this.content.layers[index - 1];
    const answer = neurons.length > 1 ? "answers" : "answer";
    const what = index < this.columns.length - 1 ? `${neurons.length} hidden` : answer;
    return activation ? `${what} · ${activation}` : what;
  }

  box(tag, kind, name, attributes = {}) {
    const canvas = element("canvas", { "aria-hidden": "true" });
    const place = element(tag, { class: kind, ...attributes }, canvas, element("span", { class: "tag" }, name));
    return { name, place, canvas };
  }

  // The last piece of its name is enough beside the others of its layer; that of a prediction says what it predicts.
  neuron(neuron, column) {
    const { outputs, predictions } = this.content;
    const name = outputs[predictions.indexOf(neuron.output)] ?? neuron.name.split(".").at(-1);
    const label = { type: "button", title: neuron.name, "aria-label": `Open ${neuron.name}` };
    const found = { ...neuron, fullName: neuron.name, column, ...this.box("button", "neuron", name, label) };
    found.place.addEventListener("click", () => this.opened(found));
    for (const event of ["pointerenter", "focus"]) found.place.addEventListener(event, () => this.look(found));
    for (const event of ["pointerleave", "blur"]) found.place.addEventListener(event, () => this.look(null));
    return found;
  }

  // Where two neurons are not connected, there is no weight.
  linksInto(neuron, before) {
    return neuron.weights.flatMap((weight, index) => {
      if (weight === null) return [];
      const line = drawn("path", { class: "link" });
      const touch = drawn("path", { class: "touch-line" });
      const link = { weight, from: before[index], to: neuron, line, touch };
      touch.addEventListener("pointerenter", () => this.showLink(link));
      touch.addEventListener("pointerleave", () => this.showLink(null));
      this.lines.append(line, touch);
      return [link];
    });
  }

  // --- Where things are ---

  arrange() {
    this.pulses?.remove();
    const { width, height } = this.container.getBoundingClientRect();
    if (!width || this.columns.length === 1) return;
    const step = (width - 2 * EDGE) / (this.columns.length - 1);
    this.heads.forEach((head, index) => {
      head.setAttribute("style", `left: ${EDGE + index * step}px; max-width: ${step}px`);
    });
    const top = Math.max(...this.heads.map((head) => head.offsetHeight)) + 6;
    const row = (height - top) / Math.max(...this.columns.map((column) => column.length));
    this.hasNames = row - ROOM_FOR_NAME >= SMALLEST_WITH_NAME;
    const room = this.hasNames ? row - ROOM_FOR_NAME : row - 4;
    this.size = Math.max(SMALLEST_PICTURE, Math.min(LARGEST_PICTURE, (0.62 * width) / this.columns.length, room));
    this.container.classList.toggle("with-names", this.hasNames);
    const gap = Math.min(row, this.size + ROOM_FOR_NAME + 28);
    const middle = (top + height - (this.hasNames ? ROOM_FOR_NAME : 0)) / 2;
    this.columns.forEach((column, index) => this.arrangeColumn(column, EDGE + index * step, middle, gap));
    for (const { line, touch, from, to } of this.links) {
      const path = `M${from.x + this.size / 2},${from.y} L${to.x - this.size / 2},${to.y}`;
      line.setAttribute("d", path);
      touch.setAttribute("d", path);
    }
    this.showNumbers();
  }

  arrangeColumn(column, x, middle, gap) {
    column.forEach((found, place) => {
      const y = middle + (place - (column.length - 1) / 2) * gap;
      Object.assign(found, { x, y });
      const corner = `left: ${x - this.size / 2}px; top: ${y - this.size / 2}px`;
      found.place.setAttribute("style", `${corner}; width: ${this.size}px; --side: ${this.size}px`);
    });
  }

  // --- What changes ---

  showWeights(numbers) {
    this.values = numbers;
    const thin = this.links.length > 100 ? 0.6 : 1;
    for (const link of this.links) {
      const value = numbers[link.weight];
      const width = (thin * lineWidth(value)).toFixed(1);
      if (link.width === width && link.isBelow === value < 0) continue;
      Object.assign(link, { width, isBelow: value < 0 });
      link.line.setAttribute("stroke-width", width);
      link.line.classList.toggle("below", value < 0);
      link.line.classList.toggle("above", value >= 0);
    }
    if (this.chosen || this.link) this.showNumbers();
  }

  // A step, to see: numbers run through the lines forwards, then gradients run back.
  pulse() {
    this.pulses?.remove();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const last = this.columns.length - 1;
    this.pulses = drawn("g");
    this.svg.append(this.pulses);
    const duration = PULSE / last;
    const ends = this.links.flatMap(({ line, to }) => [
      this.pulseAlong(line, "forward", { duration, delay: duration * (to.column - 1) }),
      this.pulseAlong(line, "back", { duration, delay: duration * (2 * last - to.column + 0.3) }),
    ]);
    const { pulses } = this;
    Promise.all(ends).then(() => pulses.remove(), () => {});
  }

  pulseAlong(line, way, timing) {
    const path = drawn("path", { class: `pulse ${way}`, d: line.getAttribute("d"), pathLength: 1 });
    this.pulses.append(path);
    const offsets = way === "forward" ? [0.1, -1] : [-1, 0.1];
    return path.animate({ strokeDashoffset: offsets }, { ...timing, fill: "both" }).finished;
  }

  // A neuron that is looked at shows its weights as numbers.
  look(neuron) {
    this.chosen = neuron;
    this.container.classList.toggle("looking", neuron !== null);
    for (const { line, from, to } of this.links) line.classList.toggle("chosen", to === neuron || from === neuron);
    this.showNumbers();
    this.pointed(neuron);
  }

  showLink(link) {
    this.link = link;
    this.showNumbers();
    this.pointed(this.chosen);
  }

  showNumbers() {
    const into = this.links.filter(({ to }) => to === this.chosen);
    const shown = this.link ? [this.link] : into.length <= MOST_NUMBERS ? into : [];
    const share = this.link ? 0.5 : 0.3;
    const labels = shown.map(({ weight, from, to }) => {
      const [x, y] = [from.x + this.size / 2, from.y];
      const at = { x: x + share * (to.x - this.size / 2 - x), y: y + share * (to.y - y) + 4 };
      return drawn("text", at, format(this.values?.[weight]));
    });
    this.numbers.replaceChildren(...labels);
  }

  // What is said of a neuron, or of a weight.
  described() {
    if (this.link) {
      const { from, to, weight } = this.link;
      return `weight of ${from.name} in ${to.name}: ${format(this.values[weight])}`;
    }
    if (!this.chosen) return "";
    const { name, bias } = this.chosen;
    const into = this.links.filter(({ to }) => to === this.chosen);
    const terms = into.map(({ weight, from }) => `${enclosed(format(this.values[weight]))} · ${from.name}`);
    const sum = [...terms, ...(bias === null ? [] : [enclosed(format(this.values[bias]))])].join(" + ");
    const { activation } = this.content.layers[this.chosen.column - 1];
    return `${name} = ${activation && activation !== "linear" ? `${activation}(${sum})` : sum}`;
  }

  // The pictures of the neurons over the plane; `scaleOf` gives middle and reach of an output.
  showFields(field, scaleOf) {
    for (const { canvas, output } of this.neurons) {
      const grid = field.grid(output);
      paint(canvas, this.colors.image(grid, scaleOf(output, grid)));
    }
  }

  // An input is what it is: from its lowest number to its highest.
  showInputs(range) {
    if (this.inputs.length !== 2) return;
    const size = 9;
    this.inputs.forEach(({ canvas }, axis) => {
      const [low, high] = [range.low[axis], range.high[axis]];
      const share = (index) => (axis === 0 ? index % size : Math.floor(index / size)) / (size - 1);
      const values = Array.from({ length: size * size }, (_, index) => low + share(index) * (high - low));
      const reach = Math.max(Math.abs(low), Math.abs(high)) || 1;
      paint(canvas, this.colors.image({ values, size }, { middle: 0, reach }));
    });
  }

  // Where there is no plane: a bar for each sample, up or down from the middle.
  showBars(samples, columns, scaleOf) {
    this.inputs.forEach(({ canvas }, axis) => {
      const values = samples.map(({ inputs }) => inputs[axis]);
      drawBars(canvas, values, { middle: 0, reach: Math.max(...values.map(Math.abs)) || 1 }, this.colors);
    });
    for (const { canvas, output } of this.neurons) {
      const values = columns.map((answers) => answers[output]);
      drawBars(canvas, values, scaleOf(output, { values }), this.colors);
    }
  }
}

// Large weights do not cover the picture: the width grows ever more slowly.
function lineWidth(weight) {
  const size = Math.abs(weight);
  return 0.4 + (7 * size) / (size + 3);
}

function paint(canvas, image) {
  if (canvas.width !== image.width) canvas.width = canvas.height = image.width;
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function drawBars(canvas, values, { middle, reach }, colors) {
  const side = 64;
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const brush = canvas.getContext("2d");
  brush.clearRect(0, 0, side, side);
  const width = side / values.length;
  values.forEach((value, index) => {
    const share = Math.min(1, Math.max(-1, (value - middle) / reach));
    brush.fillStyle = colors.text(share);
    const height = Math.max(1, Math.abs(share) * (side / 2));
    brush.fillRect(index * width + width * 0.1, share < 0 ? side / 2 : side / 2 - height, width * 0.8, height);
  });
}
