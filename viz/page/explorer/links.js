"use strict";

// Which lines came from which. The lines of all stages are numbered through; each knows those that it was made from.

// How a line is lit: it was chosen; the chosen line came from it, or became it; the chosen line belongs to the derivative
// of it, or it to that of the chosen line; or both come from the same node, on different ways to the processor.
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

  // Some lines, and all that they became.
  made(lines) {
    return reached(lines, (line) => this.results[line].filter((result) => !this.isDerivative(line, result)));
  }

  makers(lines) {
    return reached(lines, (line) => this.sources[line].filter((source) => !this.isDerivative(source, line)));
  }

  // What is lit when a line is chosen: {line: how}. `SAME` is in stages to which no other way leads.
  lit(chosen) {
    const lit = new Map([[chosen, CHOSEN]]);
    const light = (lines, how) => [...lines].forEach((line) => lit.has(line) || lit.set(line, how));
    const makers = this.makers([chosen]);
    light(makers, FROM);
    light(reached([chosen], (line) => this.sources[line]), OF);
    light(this.made([chosen]), BECAME);
    light(this.results[chosen], DERIVED);
    const stages = new Set([...lit.keys()].map((line) => this.stageOf[line]));
    const nodes = [...makers].filter((line) => this.isNode(line));
    light([...this.made(nodes)].filter((line) => !stages.has(this.stageOf[line])), SAME);
    return lit;
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

// Some lines, and all to which steps lead from them.
function reached(lines, steps) {
  const found = new Set(lines);
  for (const line of found) for (const next of steps(line)) found.add(next);
  return found;
}
