"use strict";

// How many seeds learn: a square for each, the share with its interval, and how many steps they needed.

const TRIALS_A_FRAME = 10;
const BINS = 24;
const CHART = { width: 360, height: 104, left: 62, bottom: 20, top: 14 };

class SeedsView {
  // `makeTrials({ count, steps })` begins trainings, `chosen(seed)` is called for a square that is clicked.
  constructor(container, { most, count, steps, makeTrials, chosen }) {
    Object.assign(this, { most, makeTrials, chosen, trials: null, isRunning: false });
    this.count = numberField("Number of seeds", count, most);
    this.steps = numberField("Steps for each", steps, 100000);
    this.button = element("button", { type: "button", id: "trials-run" });
    this.button.addEventListener("click", () => (this.isRunning ? this.stop() : this.start()));
    this.verdict = element("p", { class: "verdict", role: "status", "aria-live": "off" });
    this.bar = element("div", { class: "share", "aria-hidden": "true" }, element("i"), element("b"));
    this.strip = element("div", { class: "strip", role: "group", "aria-label": "Seeds: choose one to load it" });
    this.strip.addEventListener("keydown", (event) => this.onKey(event));
    this.chart = drawn("svg", { class: "needed", viewBox: `0 0 ${CHART.width} ${CHART.height}`, role: "img" });
    const words = element("p", { class: "row" }, "from", this.count, "seeds,", this.steps, "steps each");
    const start = element("div", { class: "row" }, this.button, words);
    const kinds = [["learned", "learned"], ["not", "not"], ["", "to come"]];
    const squares = kinds.flatMap(([kind, name]) => [keySquare(kind), name]);
    const key = element("p", { class: "hint key" }, "A click on a square loads its seed:", ...squares);
    this.outcome = element("div", { hidden: "" }, this.verdict, this.bar, this.strip, key, this.chart);
    container.append(start, this.outcome);
    this.showButton();
  }

  start() {
    const count = whole(this.count, this.most);
    const steps = whole(this.steps, 100000);
    this.trials = this.makeTrials({ count, steps });
    this.squares = Array.from({ length: count }, (_, seed) => this.square(seed));
    this.strip.replaceChildren(...this.squares);
    this.shown = 0;
    this.isRunning = true;
    this.outcome.hidden = false;
    this.verdict.setAttribute("aria-live", "off");
    this.work();
  }

  stop() {
    this.isRunning = false;
    cancelAnimationFrame(this.frame);
    // A screen reader is told the end, not every seed on the way.
    this.verdict.setAttribute("aria-live", "polite");
    this.showButton();
  }

  // What was trained belongs to other data, or another rate.
  clear() {
    this.stop();
    this.outcome.hidden = true;
    this.trials = null;
  }

  work() {
    this.trials.work(TRIALS_A_FRAME);
    this.show();
    if (this.trials.isDone) this.stop();
    else this.frame = requestAnimationFrame(() => this.work());
  }

  // --- What is shown ---

  showButton() {
    setText(this.button, this.isRunning ? "Stop" : "Train many");
  }

  show() {
    const { results, steps, needed } = this.trials;
    for (; this.shown < results.length; this.shown += 1) this.mark(this.shown, results[this.shown]);
    this.showButton();
    const trained = results.length;
    if (!trained) return setText(this.verdict, "The first one trains …");
    const [low, high] = wilsonInterval(needed.length, trained);
    const [percent, from, to] = [needed.length / trained, low, high].map((share) => `${(100 * share).toFixed(1)} %`);
    const pace = needed.length ? ` Half of them needed ${half(needed).toLocaleString("en")} steps or fewer.` : "";
    setText(this.verdict, `${needed.length} of ${trained} learn: ${percent} (95 % interval ${from} to ${to}).${pace}`);
    this.bar.firstChild.setAttribute("style", `width: ${(100 * needed.length) / trained}%`);
    this.bar.lastChild.setAttribute("style", `left: ${100 * low}%; width: ${100 * (high - low)}%`);
    return this.showNeeded(needed, steps);
  }

  square(seed) {
    const names = { title: `seed ${seed}`, "aria-label": `Seed ${seed}: to come` };
    const made = element("button", { type: "button", class: "seed", tabindex: seed ? -1 : 0, ...names });
    made.addEventListener("click", () => this.chosen(seed));
    return made;
  }

  mark(seed, { needed, failed }) {
    const otherwise = failed === null ? "not learned" : `failed in step ${failed}`;
    const said = needed === null ? otherwise : `learned in ${needed} steps`;
    const made = this.squares[seed];
    made.classList.add(needed === null ? "not" : "learned");
    made.title = `seed ${seed}: ${said}`;
    made.setAttribute("aria-label", `Seed ${seed}: ${said}`);
  }

  // How many needed how many steps, as columns.
  showNeeded(needed, steps) {
    const { width, height, left, bottom, top } = CHART;
    const end = Math.max(1, Math.min(steps, needed.at(-1) ?? steps));
    const bins = new Array(BINS).fill(0);
    for (const count of needed) bins[Math.min(BINS - 1, Math.floor((count / end) * BINS))] += 1;
    const most = Math.max(1, ...bins);
    const ground = height - bottom;
    const wide = (width - left) / BINS;
    const columns = bins.map((count, index) => {
      const tall = (count / most) * (ground - top);
      return drawn("rect", { x: left + index * wide + 1, y: ground - tall, width: wide - 2, height: tall });
    });
    const texts = [
      ["start", left, height - 5, "0"],
      ["middle", (left + width) / 2, height - 5, "steps needed"],
      ["end", width, height - 5, end.toLocaleString("en")],
      ["end", left - 6, ground + 4, "0"],
      ["end", left - 6, top + 4, `${most} ${most === 1 ? "seed" : "seeds"}`],
    ];
    const labels = texts.map(([anchor, x, y, text]) => drawn("text", { x, y, "text-anchor": anchor }, text));
    const middle = needed.length ? `M${left + (half(needed) / end) * (width - left)},${top - 4} V${ground}` : "";
    const lines = [["ground", `M${left},${top} V${ground} H${width}`], ["median", middle]];
    this.chart.replaceChildren(...columns, ...lines.map(([kind, d]) => drawn("path", { class: kind, d })), ...labels);
    const range = `from ${needed[0]} to ${needed.at(-1)}, half of them at most ${half(needed)}`;
    this.chart.setAttribute("aria-label", `Steps needed: ${needed.length ? range : "none has learned"}`);
  }

  // One stop for the tabulator; the arrows go from square to square.
  onKey(event) {
    const at = this.squares.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: this.squares.length - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const next = this.squares[to];
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}

function keySquare(kind) {
  return element("i", { class: `seed ${kind}` });
}

function numberField(label, value, most) {
  return element("input", { type: "number", min: 1, max: most, step: 1, value, "aria-label": label });
}

// What a field says, as a whole number from 1 to the most; the field then says so, too.
function whole(field, most) {
  const number = Math.min(most, Math.max(1, Math.round(field.valueAsNumber) || 1));
  field.value = number;
  return number;
}
