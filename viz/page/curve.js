"use strict";

// The losses of a training as a curve: by step, on a logarithmic scale if they fall far.

const CURVE_MARGIN = { left: 58, right: 22, top: 8, bottom: 22 };
const FALLS_FAR = 20;
const POINTS = 500;
const TICK_ROOM = 18;

class LossCurve {
  constructor(container) {
    this.format = makeFormat("nan");
    this.losses = [];
    this.svg = drawn("svg", { class: "curve", role: "img" });
    container.append(this.svg);
    this.size = this.svg.getBoundingClientRect();
    new ResizeObserver(([{ contentRect }]) => {
      this.size = contentRect;
      this.draw();
    }).observe(this.svg);
  }

  // losses  [{ step, loss }] in the order of the steps, as a Training has them
  show(losses) {
    this.losses = losses;
    this.draw();
  }

  draw() {
    const { width, height } = this.size;
    const { left, right, top, bottom } = CURVE_MARGIN;
    const losses = thinned(this.losses);
    this.svg.setAttribute("aria-label", this.description());
    if (!losses.length || width < left + right || height < top + bottom) return this.svg.replaceChildren();
    const across = scaled(0, Math.max(losses.at(-1).step, 1), left, width - right);
    const scale = lossScale(losses.map(({ loss }) => loss), height - bottom, top);
    const points = losses.map(({ step, loss }) => `${across(step).toFixed(1)},${scale.place(loss).toFixed(1)}`);
    const [x, y] = points.at(-1).split(",");
    const logarithmic = drawn("text", { x: width - right, y: top + 10, "text-anchor": "end" }, "log scale");
    this.svg.replaceChildren(
      ...scale.ticks.map((loss) => this.line(loss, scale.place(loss), left, width - right)),
      ...this.steps(losses.at(-1).step, across, height - 5),
      ...(scale.isLogarithmic ? [logarithmic] : []),
      drawn("path", { class: "losses", d: `M${points.join(" L")}` }),
      drawn("circle", { class: "last", cx: x, cy: y, r: 3 }),
    );
  }

  description() {
    if (!this.losses.length) return "Loss by step: no steps yet";
    const [first, last] = [this.losses[0], this.losses.at(-1)];
    const [start, end] = [first, last].map(({ step, loss }) => `${this.format(loss)} at step ${step}`);
    return `Loss by step: ${start}, ${end}`;
  }

  // A line across the picture at a loss, and the loss beside it.
  line(loss, y, left, right) {
    const label = drawn("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, this.format(loss));
    return drawn("g", {}, drawn("path", { class: "grid", d: `M${left},${y} H${right}` }), label);
  }

  steps(last, across, y) {
    return roundNumbers(0, last, 4)
      .filter(Number.isInteger)
      .map((step) => drawn("text", { x: across(step), y, "text-anchor": step ? "middle" : "start" }, String(step)));
  }
}

// No more points than can be told apart, the last one among them.
function thinned(losses) {
  const every = Math.ceil(losses.length / POINTS);
  return losses.filter((_, place) => place % every === 0 || place === losses.length - 1);
}

// From numbers between low and high to places between start and end.
function scaled(low, high, start, end) {
  return (number) => start + ((number - low) / (high - low || 1)) * (end - start);
}

// Where a loss is, and which losses to mark.
function lossScale(losses, start, end) {
  const low = losses.reduce((least, loss) => Math.min(least, loss));
  const high = losses.reduce((most, loss) => Math.max(most, loss));
  const most = Math.max(2, Math.floor((start - end) / TICK_ROOM));
  if (low > 0 && high > FALLS_FAR * low) {
    const place = scaled(Math.log10(low), Math.log10(high), start, end);
    const ticks = powersOfTen(low, high, most);
    return { place: (loss) => place(Math.log10(loss)), ticks, isLogarithmic: true };
  }
  const bottom = low >= 0 && low < high / 2 ? 0 : low;
  return { place: scaled(bottom, high, start, end), ticks: roundNumbers(bottom, high, Math.min(most - 1, 4)) };
}

// At most so many powers of ten between two numbers, and 2 and 5 times them if there is but one.
function powersOfTen(low, high, most) {
  const first = Math.ceil(Math.log10(low));
  const last = Math.floor(Math.log10(high));
  const every = Math.max(1, Math.ceil((last - first + 1) / most));
  const exponents = Array.from({ length: last - first + 1 }, (_, place) => first + place);
  const powers = exponents.filter((_, place) => place % every === 0).map((exponent) => Number(`1e${exponent}`));
  if (powers.length > 1) return powers;
  return [first - 1, first].flatMap((exponent) => [1, 2, 5].map((digit) => Number(`${digit}e${exponent}`)))
    .filter((number) => number >= low && number <= high);
}

// Multiples of 1, 2 or 5 times a power of ten between two numbers, about so many.
function roundNumbers(low, high, count) {
  const rough = (high - low) / count;
  if (!(rough > 0)) return [low];
  const power = Math.floor(Math.log10(rough));
  const digit = [1, 2, 5, 10].find((candidate) => candidate * 10 ** power >= rough * 0.999);
  const first = Math.ceil((low / (digit * 10 ** power)) - 1e-9);
  const last = Math.floor((high / (digit * 10 ** power)) + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, place) => Number(`${(first + place) * digit}e${power}`));
}
