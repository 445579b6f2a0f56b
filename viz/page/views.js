"use strict";

// What is open: the choice of a level, the way back, and what closed parts show.

class ViewChoice {
  // container  where the choice is; hidden for a graph without parts
  constructor(container, graph) {
    Object.assign(this, { graph, record: graph.record });
    this.levels = this.record.levels.map((name, view) => {
      const button = element("button", { type: "button", "aria-pressed": "false" }, name);
      button.addEventListener("click", () => graph.open(view));
      return button;
    });
    this.trail = element("span", { class: "trail" });
    container.hidden = this.levels.length < 2;
    const about = { class: "levels", role: "group", "aria-label": "How much is open" };
    container.append(element("span", about, ...this.levels), this.trail);
    this.parts = this.record.parts.map((_, part) => new PartNumbers(this.record, part));
  }

  // Show which view it is.
  show() {
    const { index, opened } = this.graph.scene;
    this.levels.forEach((button, view) => button.setAttribute("aria-pressed", String(view === index)));
    const isLevel = index < this.levels.length;
    const deepest = isLevel ? null : deepestOf(this.record, opened);
    this.trail.replaceChildren(...partsAround(this.record, deepest).reverse().flatMap((part) => this.step(part)));
  }

  step(part) {
    const button = element("button", { type: "button" }, this.record.parts[part].name);
    button.addEventListener("click", () => this.graph.openPart(part));
    return [element("span", { "aria-hidden": "true" }, "›"), button];
  }

  // Go where an address says: to a part, which is then in sight, or to a level; else to where the page begins.
  go(name) {
    const part = this.record.parts.findIndex(({ path }) => path === name);
    const level = this.record.levels.findIndex((text) => text.toLowerCase() === name);
    if (part >= 0) this.graph.openPart(part);
    else this.graph.open(level < 0 ? this.graph.startLevel() : level);
  }

  // What the address calls the present view; nothing if it is the one that the page begins with.
  name() {
    const { index, opened } = this.graph.scene;
    if (index === this.graph.startLevel()) return "";
    const level = this.record.levels[index];
    return level?.toLowerCase() ?? this.record.parts[deepestOf(this.record, opened)].path;
  }

  // What closed parts show of a run at a step; `isWrong(node)` says whether a node's gradient is final and wrong.
  showNumbers(run, at, gradients, isWrong) {
    for (const part of this.graph.scene.closed) {
      this.graph.setPart(part, this.parts[part].shown(run, at, gradients, isWrong));
    }
  }
}

// The numbers of a closed part: those of its outputs, as far as they are known.
class PartNumbers {
  constructor(record, part) {
    const { nodes, edges } = record;
    this.record = record;
    this.inside = new Set(record.parts[part].nodes);
    this.results = [...this.inside].filter((node) => nodes[node].symbol);
    const given = new Set(edges.filter(({ target }) => !this.inside.has(target)).map(({ source }) => source));
    this.outputs = this.results.filter((node) => given.has(node) || node === nodes.length - 1);
    this.uses = edges.map((_, edge) => edge).filter((edge) => this.inside.has(edges[edge].target));
  }

  shown(run, at, gradients, isWrong) {
    const known = this.outputs.filter((node) => run.known[node] <= at);
    const isBackward = at >= run.seed;
    const results = this.results.filter((node) => run.known[node] <= at).length / Math.max(this.results.length, 1);
    return {
      data: `data ${several(known.map((node) => this.record.nodes[node].data))}`,
      gradient: `grad ${several(isBackward ? this.outputs.map((node) => gradients[node]) : [])}`,
      done: isBackward ? this.passed(run, at) : results,
      isWrong: [...this.inside].some(isWrong),
    };
  }

  // The share of the uses in the part that have passed their gradient on.
  passed(run, at) {
    run.passed ??= passedAt(run);
    return this.uses.filter((edge) => run.passed[edge] <= at).length / Math.max(this.uses.length, 1);
  }
}

// A few numbers, or the range of many, with fewer digits than one alone has.
function several(numbers) {
  if (numbers.length === 0) return NOT_YET;
  if (numbers.length === 1) return format(numbers[0]);
  const short = (number) => format(Number.isFinite(number) ? Number(number.toPrecision(3)) : number);
  if (numbers.length <= 4) return numbers.map(short).join(", ");
  // Of numbers that a quiz hides, no range is known.
  if (numbers.includes(null)) return HIDDEN;
  const sorted = numbers.filter((number) => !Number.isNaN(number)).sort((one, other) => one - other);
  return sorted.length ? `${short(sorted[0])} … ${short(sorted.at(-1))}` : format(NaN);
}

function deepestOf(record, opened) {
  const depths = [...opened].map((part) => [partsAround(record, part).length, part]);
  return depths.reduce((deepest, found) => (found[0] > deepest[0] ? found : deepest))[1];
}
