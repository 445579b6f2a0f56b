"use strict";

// Which lines came from which. The lines of all stages are numbered through; each knows those that it was made from.

// How a line is lit: it was chosen; the chosen line came from it, or became it; the chosen line belongs to its
// derivative, or it to that of the chosen line; or both come from the same node, on different ways to the processor.
const CHOSEN = "chosen";
const FROM = "from";
const BECAME = "became";
const OF = "of";
const DERIVED = "derived";
const SAME = "same";

// The recorded graph, and that of its gradient.
const GRAPHS = 2;

class Links {
  // `texts` are those of all lines.
  constructor(stages, texts) {
    this.texts = texts;
    this.sources = stages.flatMap(({ sources }) => sources);
    this.stageOf = stages.flatMap(({ sources }, stage) => sources.map(() => stage));
    this.results = this.sources.map(() => []);
    this.sources.forEach((sources, line) => sources.forEach((source) => this.results[source].push(line)));
    this.lines = stages.map(() => []);
    this.stageOf.forEach((stage, line) => this.lines[stage].push(line));
    this.isPass = stages.map(({ isPass }) => isPass);
    this.kept = [];
    // The stages that the lines of each were made from, also through others.
    this.before = [];
    this.lines.forEach((lines, stage) => {
      const direct = new Set(lines.flatMap((line) => this.sources[line].map((source) => this.stageOf[source])));
      this.before[stage] = new Set([...direct].flatMap((other) => [other, ...this.before[other]]));
    });
  }

  isNode(line) {
    return this.stageOf[line] < GRAPHS;
  }

  // Where a line stands in its stage, from 1 on.
  place(line) {
    return line - this.lines[this.stageOf[line]][0] + 1;
  }

  // A node of the gradient belongs to the derivative of another node, but is not made of it.
  isDerivative(source, line) {
    return this.isNode(source) && this.isNode(line);
  }

  // A number that is shared by all instructions with this number, though they have nothing else in common.
  isConstant(line) {
    return this.texts[line].startsWith("constant ");
  }

  // A line, and all that it became.
  made(start) {
    const goesOn = (line, result) => line === start || !this.isConstant(line) || this.isPass[this.stageOf[result]];
    return reached(start, (line) =>
      this.results[line].filter((result) => goesOn(line, result) && !this.isDerivative(line, result)));
  }

  // A line, and all that it was made from.
  makers(start) {
    const own = (line) => this.sources[line].filter((source) => !this.isDerivative(source, line));
    return reached(start, (line) => (line === start || !this.isConstant(line) ? own(line) : []));
  }

  // What is lit when a line is chosen: {line: how}.
  lit(chosen) {
    const lit = new Map([[chosen, CHOSEN]]);
    const light = (lines, how) => [...lines].forEach((line) => lit.has(line) || lit.set(line, how));
    const makers = [...this.makers(chosen)];
    light(makers, FROM);
    light(makers.filter((line) => this.isNode(line)).flatMap((line) => this.sources[line]), OF);
    light(this.made(chosen), BECAME);
    light(this.results[chosen], DERIVED);
    const nodes = makers.filter((line) => this.isNode(line));
    light(nodes.flatMap((node) => [...this.made(node)]).filter((line) => this.isBeside(line, chosen)), SAME);
    return lit;
  }

  // Whether two lines are in stages of which neither was made from the other.
  isBeside(line, other) {
    const [stage, place] = [this.stageOf[line], this.stageOf[other]];
    return stage !== place && !this.before[stage].has(place) && !this.before[place].has(stage);
  }

  // The rows of a stage. Those of a pass are its lines, each with the text that it had `before`, if that was another;
  // and, where they stood, the lines that are gone, each with the line that stands for it `now`, if one does.
  rows(stage) {
    this.kept[stage] ??= this.isPass[stage] ? this.passRows(stage) : this.lines[stage].map((line) => ({ line }));
    return this.kept[stage];
  }

  passRows(stage) {
    const isBefore = (line) => this.stageOf[line] === stage - 1;
    const taken = new Set();
    const kept = this.lines[stage].map((line) => {
      const before = this.sources[line].find((source) => isBefore(source) && !taken.has(source)) ?? null;
      taken.add(before);
      return { line, before };
    });
    const gone = this.lines[stage - 1].filter((line) => !taken.has(line)).map((line) => {
      const now = this.results[line].find((result) => this.stageOf[result] === stage) ?? null;
      return { line, now, isGone: true };
    });
    return kept.flatMap(({ line, before }) => {
      const above = before === null ? -1 : gone.findIndex((row) => row.line > before);
      const was = before === null || this.texts[before] === this.texts[line] ? null : this.texts[before];
      return [...gone.splice(0, above < 0 ? 0 : above), { line, was }];
    }).concat(gone);
  }
}

// A line, and all to which steps lead from it.
function reached(start, steps) {
  const found = new Set([start]);
  for (const line of found) for (const next of steps(line)) found.add(next);
  return found;
}
