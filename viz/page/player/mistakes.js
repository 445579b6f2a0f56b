"use strict";

// The mistakes that people make when they write a pass backwards: what each does, and at which steps it shows.
//
// words   what stands beside its switch; between backticks is code
// code    what somebody wrote who makes it
// slope   for a wrong number in the place of a partial: { partial, cut } of an edge, or null where it changes nothing;
//         what goes wrong in the pass itself, `replay` does
// absent  why it may change nothing
// why     the sentence at a step where it acts, or ""

const MISTAKES = {
  assign: {
    words: "`=` instead of `+=`",
    code: "self.grad = other.data * out.grad",
    why: overwritten,
  },
  order: {
    words: "no topological order",
    code: "each node calls _backward() of its operands at once: a recursion, not sorted",
    why: passedOnEarly,
  },
  zero: {
    words: "gradients not zeroed",
    code: "loss.backward() a second time, without zero_grad() before it",
    why: leftBehind,
  },
  swap: {
    words: "partials swapped",
    code: "for self * other: self.grad += self.data * out.grad",
    slope: slopeOfOther,
    absent: "no operation has two nodes with different partials",
    why: saidOfSlope((partial) => `${partial} is the derivative by the other operand`),
  },
  sign: {
    words: "`-` like `+`",
    code: "for self - other: other.grad += out.grad",
    slope: slopeOfSum,
    absent: "no node is subtracted, and a number has no gradient",
    why: saidOfSlope((partial, { name }) => `${partial} would be right in a sum, but ${name} is a difference`),
  },
  operand: {
    words: "`1 - x²` for `1 - tanh(x)²`",
    code: "for out = self.tanh(): self.grad += (1 - self.data**2) * out.grad",
    slope: slopeAtOperand,
    absent: "no derivative here is written with the result",
    why: saidOfSlope((partial, { name }) => `${partial} is made of the operand in the place of the result ${name}`),
  },
  upstream: {
    words: "no `* out.grad`",
    code: "self.grad += other.data",
    why: upstreamLeftOut,
  },
};

// In a step, the upstream gradient comes first, then the partial, their product, and what is there already.
const ORDER_IN_A_STEP = ["order", "swap", "sign", "operand", "upstream", "zero", "assign"];

// The switches, each with its code as a tooltip.
function mistakeSwitches() {
  return Object.entries(MISTAKES).map(([value, { words, code }]) => {
    const pieces = words.split("`").map((text, index) => (index % 2 ? element("code", {}, text) : text));
    return filled(checkbox(value, ...pieces), { title: code }, []);
  });
}

// --- Wrong partials ---

// The record as somebody has it who makes these mistakes: with a wrong partial on some edges.
function mistaken({ nodes, edges }, mistakes) {
  const slopes = Object.entries(MISTAKES).filter(([name, { slope }]) => slope && mistakes.has(name));
  const changed = (edge, index) => slopes.map(([, { slope }]) => slope({ nodes, edges }, index)).find(Boolean);
  return { nodes, edges: edges.map((edge, index) => ({ ...edge, ...changed(edge, index) })) };
}

function slopeOfOther({ nodes, edges }, edge) {
  const { target } = edges[edge];
  if (nodes[target].operands?.length !== 2) return null;
  const other = [edges[edge - 1], edges[edge + 1]].find((beside) => beside?.target === target);
  return other ? { partial: other.partial, cut: other.cut } : null;
}

function slopeOfSum({ nodes, edges }, edge) {
  const { target, place } = edges[edge];
  return nodes[target].operation === "sub" && place === 1 ? { partial: 1 } : null;
}

// Derivatives that are written with the result r.
const BY_RESULT = { tanh: (r) => 1 - r * r, sigmoid: (r) => r * (1 - r), exp: (r) => r };

function slopeAtOperand({ nodes, edges }, edge) {
  const { source, target } = edges[edge];
  const { operation } = nodes[target];
  return Object.hasOwn(BY_RESULT, operation) ? { partial: BY_RESULT[operation](nodes[source].data) } : null;
}

// --- Right and wrong ---

// The right pass through a graph, and what of another one is wrong.
class Comparison {
  constructor(record, right) {
    Object.assign(this, { record, right });
  }

  // For each node, the scale of its rounding errors.
  get sizes() {
    this.found ??= sizesOfPaths(this.record);
    return this.found;
  }

  isWrong(node, gradient) {
    return this.differ(gradient, this.right.gradients[node], () => this.sizes[node]);
  }

  isShareWrong({ edge, contribution }) {
    const { partial, target } = this.record.edges[edge];
    const size = () => Math.abs(partial) * this.sizes[target];
    return this.differ(contribution, this.right.contributions[edge], size);
  }

  // Another order of additions may change the last digits of the terms, even where the sum nearly vanishes.
  differ(number, wanted, size) {
    if (Object.is(number, wanted)) return false;
    if (!Number.isFinite(number) || !Number.isFinite(wanted)) return true;
    const scale = Number.isFinite(size()) ? size() : Math.max(Math.abs(number), Math.abs(wanted));
    return Math.abs(number - wanted) > 1e-12 * scale;
  }
}

// --- Why a step goes wrong ---

// One sentence: what goes wrong at a step of a run, or "" where it is right.
function reasonWhy(at, run, comparison, format) {
  if (run.steps[at].kind !== "backward" || !run.mistakes.size) return "";
  const step = { ...run.steps[at], at };
  const made = ORDER_IN_A_STEP.filter((name) => run.mistakes.has(name));
  for (const name of made) {
    const reason = MISTAKES[name].why(step, run, comparison, format);
    if (reason) return reason;
  }
  return comparison.isShareWrong(step) ? passedOnWrong(step, comparison, format) : "";
}

// The first step that goes wrong, or -1.
function firstWrong(run, comparison, format) {
  if (!run.mistakes.size) return -1;
  return run.steps.findIndex((_, at) => reasonWhy(at, run, comparison, format));
}

// The steps in which a node is given its shares, between two steps.
function sharesOf(node, { steps }, from, to) {
  return steps.slice(from, to).filter((step) => step.kind === "backward" && step.node === node);
}

function giver({ edge }, { nodes, edges }) {
  return nodes[edges[edge].target].name;
}

function passedOnEarly(step, run, comparison) {
  const { record } = comparison;
  const { target } = record.edges[step.edge];
  if (run.mistakes.has("upstream") || !comparison.isWrong(target, step.upstream)) return "";
  if (!comparison.isShareWrong(step)) return "";
  const late = [...new Set(sharesOf(target, run, step.at + 1).map((later) => giver(later, record)))];
  if (!late.length) return "";
  const givers = late.length > 2 ? `${late[0]} and ${late.length - 1} more` : late.join(" and ");
  const missing = late.length > 1 ? "have not given their shares" : "has not given its share";
  return `${giver(step, record)}.grad is passed on now, but ${givers} ${missing} yet.`;
}

function saidOfSlope(words) {
  return function why(step, run, comparison, format) {
    const { nodes, edges } = comparison.record;
    const { partial, symbol, target } = edges[step.edge];
    const slope = this.slope(comparison.record, step.edge);
    if (!slope || Object.is(slope.partial, partial) || !comparison.isShareWrong(step)) return "";
    return `${words(format(step.partial), nodes[target])}: ${symbol} = ${format(partial)}.`;
  };
}

function upstreamLeftOut(step, run, comparison, format) {
  const { right, record } = comparison;
  if (!comparison.isShareWrong(step)) return "";
  const { partial, symbol, target } = record.edges[step.edge];
  const upstream = `${giver(step, record)}.grad`;
  const digits = [right.gradients[target], partial].map((number) => enclosed(format(number))).join(" · ");
  const share = format(right.contributions[step.edge]);
  return `${upstream} is left out: the share should be ${upstream} · ${symbol} = ${digits} = ${share}.`;
}

function leftBehind({ node, at, before }, run, { record }, format) {
  const isFirst = sharesOf(node, run, 0, at).length === 0;
  if (run.assigns || !isFirst || before === 0) return "";
  return `${record.nodes[node].name}.grad still holds ${format(before)} of an earlier pass: it should begin at 0.`;
}

function overwritten({ node, at, before, after }, run, comparison, format) {
  const shares = sharesOf(node, run, 0, at + 1);
  const numbers = shares.map(({ contribution }) => contribution);
  const sum = numbers.reduce((a, b) => a + b);
  if (!comparison.differ(after, sum, () => Math.max(...numbers.map(Math.abs)))) return "";
  const { name } = comparison.record.nodes[node];
  const terms = numbers.length > 4 ? ["…", ...numbers.slice(-3).map(format)] : numbers.map(format);
  const wanted = `${terms.map(enclosed).join(" + ")} = ${format(sum)}`;
  const from = giver(shares.at(-2), comparison.record);
  return `${name}.grad was ${format(before)} from ${from}; = overwrites it: += would give ${wanted}.`;
}

function passedOnWrong(step, { right, record }, format) {
  const { target } = record.edges[step.edge];
  const numbers = `it is ${format(step.upstream)}, not ${format(right.gradients[target])}`;
  return `${giver(step, record)}.grad is already wrong: ${numbers}, so this share is, too.`;
}

// --- What they lead to ---

// What the mistakes lead to in the end, if these nodes then have a wrong gradient.
function verdict(wrong, isLast, record, run, uses) {
  if (!run.mistakes.size) return "";
  if (!wrong.length) return `Here it makes no difference${reasonWhyNot(record, run, uses)}.`;
  if (!isLast) return "";
  const names = wrong.slice(0, 3).map(({ name }) => `${name}.grad`).join(", ");
  const more = wrong.length > 3 ? ` and ${wrong.length - 3} more` : "";
  return `Wrong in the end: ${names}${more}.`;
}

function reasonWhyNot({ nodes, edges }, { mistakes, steps }, uses) {
  const [{ absent }, ...others] = [...mistakes].map((name) => MISTAKES[name]);
  const made = mistaken({ nodes, edges }, mistakes);
  const isAbsent = made.edges.every(({ partial }, edge) => Object.is(partial, edges[edge].partial));
  if (absent && !others.length && isAbsent) return `: ${absent}`;
  if ([...mistakes].some((name) => MISTAKES[name].slope || name === "upstream")) return "";
  if (mistakes.has("zero") && !mistakes.has("assign")) {
    return steps[0].start.every((left) => left === 0) ? ": every gradient that could be left over is 0" : "";
  }
  const isUsedOnce = uses.map((found) => found.length <= 1);
  if (isUsedOnce.every(Boolean)) return ": every number is used only once";
  const results = nodes.map((node, index) => !node.symbols || isUsedOnce[index]);
  return mistakes.has("order") && results.every(Boolean) ? ": every result is used only once" : "";
}
