"use strict";

// What a typed number says: the right one, the one that a known mistake gives, or another.
//
// A kind of question is about edges, for their partials, or about nodes, for their gradients. It has
//   all      their indices, in the order of the pass
//   title    what is asked for, as "∂v1/∂x"
//   about    what one needs to know who sees it for the first time
//   hint     the formula, in symbols
//   number   the right one
//   slack    how far from it rounding errors may lead
//   slips    the numbers that mistakes give, each with its words, the most elementary first
// all of them functions of the graph as it is now, { record, right, comparison }, and all but the first of an index.

const QUESTIONS = {
  partials: {
    all: ({ record }) => record.edges.map((_, edge) => edge),
    title: ({ record }, edge) => record.edges[edge].symbol,
    about: aboutOperation,
    hint: ({ record }, edge) => record.edges[edge].formulas[record.edges[edge].choice],
    number: ({ record }, edge) => record.edges[edge].partial,
    slack: () => 1e-12,
    slips: partialSlips,
  },
  gradients: {
    // Backwards: a gradient can be known when those of all results that use it are.
    all: ({ record, right: { done } }) => {
      const nodes = record.nodes.slice(0, -1).map((_, node) => node);
      return nodes.sort((a, b) => done[a] - done[b]);
    },
    title: ({ record }, node) => `${record.nodes[node].name}.grad`,
    about: aboutUses,
    hint: ({ record, right }, node) => {
      const products = sharesOf(node, right, 0).map((share) => productOf(share, record, PLAIN, formatData)[0]);
      return sumOf([...new Set(products)].map((product) => timesIn(product, products)));
    },
    number: ({ right }, node) => right.gradients[node],
    slack: ({ comparison }, node) => 1e-12 * comparison.sizes[node],
    slips: gradientSlips,
  },
};

const PLAIN = { mistakes: new Set() };
const MOST_LISTED = 4;

function sumOf(texts) {
  return texts.slice(0, MOST_LISTED).join(" + ") + (texts.length > MOST_LISTED ? " + …" : "");
}

function timesIn(text, texts) {
  const times = texts.filter((other) => other === text).length;
  return times === 1 ? text : `${times} · ${text}`;
}

// "v1 = w * x, here w = 3, x = 2 and v1 = 6"
function aboutOperation({ record: { nodes, edges } }, edge) {
  const { target } = edges[edge];
  const { name, symbols, operands, dataText } = nodes[target];
  const used = [...new Set(operands.filter((operand) => operand in nodes))];
  const numbers = used.slice(0, MOST_LISTED).map((node) => `${nodes[node].name} = ${nodes[node].dataText}`);
  return `${name} ${symbols}, here ${numbers.join(", ")} and ${name} = ${dataText}`;
}

// "u.grad is ∂f/∂u, and u is used in v = u * u and in f = v + u"
function aboutUses({ record: { nodes, edges }, right }, node) {
  const results = [...new Set(sharesOf(node, right, 0).map(({ edge }) => edges[edge].target))];
  const uses = results.slice(0, MOST_LISTED).map((target) => `in ${nodes[target].name} ${nodes[target].symbols}`);
  const more = results.length > MOST_LISTED ? ` and in ${results.length - MOST_LISTED} more` : "";
  const { name } = nodes[node];
  return `${name}.grad is ∂${nodes.at(-1).name}/∂${name}, and ${name} is used ${uses.join(" and ")}${more}`;
}

// --- What is typed ---

// { isRight, words }; null if the text is not a number.
function judged(text, kind, now, place, format) {
  const { number: rightNumber, slack, slips } = QUESTIONS[kind];
  const wanted = rightNumber(now, place);
  if (text.trim() === format(wanted)) return { isRight: true };
  const number = readNumber(text.replaceAll("−", "-"));
  if (number === null) return null;
  const isNear = Math.abs(number - wanted) <= slack(now, place);
  if (isNear || agrees(number, wanted)) return { isRight: true };
  const slip = slips(now, place).find((found) => agrees(number, found.number));
  const isSlip = slip && formatData(slip.number) === formatData(number);
  if (!isSlip && isRounded(text, number, wanted)) return { isRight: true };
  return { isRight: false, words: `Not ${formatData(number)}${slip ? `: ${slip.words}` : ""}.` };
}

// All digits that the page shows, or within half a per cent.
function agrees(number, wanted) {
  return formatData(number) === formatData(wanted) || Math.abs(number - wanted) <= 0.005 * Math.abs(wanted);
}

// The right number with fewer digits, two at least.
function isRounded(text, number, wanted) {
  const digits = text.replace(/e.*$/i, "").replace(/\D/g, "").replace(/^0+/, "").length;
  // Half of a last digit may be rounded up or down.
  const sides = [wanted * (1 - 1e-12), wanted * (1 + 1e-12)];
  return digits >= 2 && digits <= 17 && sides.some((side) => Number(side.toPrecision(digits)) === number);
}

// --- Numbers that mistakes give ---

// Where there is no such number, it is NaN or undefined, which agrees with nothing.

function partialSlips({ record, right }, edge) {
  const { nodes, edges } = record;
  const { source, target, partial, symbol } = edges[edge];
  const { operation, operands, name, data } = nodes[target];
  const exponent = operation.startsWith("pow(") ? Number(operands[1].number) : NaN;
  const operand = nodes[source];
  const share = right.gradients[target] * partial;
  return [
    { number: -partial, words: "the sign is wrong" },
    { number: byOther(record, edge), words: "that is the derivative by the other operand" },
    { number: partial / exponent, words: `the factor ${formatData(exponent)} is left out` },
    { number: exponent * data, words: "the exponent has to be one less" },
    { number: slopeAtOperand(record, edge)?.partial, words: `it takes the operand where the result ${name} belongs` },
    { number: atResult(record, edge), words: `it takes the result ${name} where the operand belongs` },
    { number: operand.data, words: `that is ${operand.name} itself, not the derivative by it` },
    { number: data, words: `that is ${name} itself, not its derivative` },
    { number: share, words: `that is ${name}.grad · ${symbol}, but the partial alone is asked for` },
  ];
}

function gradientSlips({ record, right }, node) {
  const { name, data } = record.nodes[node];
  const gradient = right.gradients[node];
  const shares = sharesOf(node, right, 0);
  const sum = (number) => shares.map(number).reduce((a, b) => a + b);
  const without = (givers) => `that is the sum so far, without the share from ${[...new Set(givers)].join(" and ")}`;
  const partialSums = shares.slice(1).map((_, last) => ({
    number: shares.slice(0, last + 1).reduce((total, { contribution }) => total + contribution, 0),
    words: without(shares.slice(last + 1).map((share) => giver(share, record))),
  }));
  const alone = shares.map((share) => ({
    number: share.contribution,
    words: `that is the share from ${giver(share, record)} alone`,
  }));
  return [
    { number: -gradient, words: "the sign is wrong" },
    { number: shares.at(-1).contribution, words: comesOutWith("assign") },
    ...partialSums.reverse(),
    ...alone,
    { number: gradient / shares.length, words: "that is the mean of the shares, not their sum" },
    { number: sum(({ partial }) => partial), words: "the upstream gradient is left out" },
    { number: sum(({ upstream }) => upstream), words: "the partial is left out" },
    ...Object.entries(MISTAKES).flatMap(([mistake, { slope }]) => [
      ...(slope ? [{ number: sum((share) => shareWith(slope, record, share)), words: comesOutWith(mistake) }] : []),
      { number: replayed(record, mistake).gradients[node], words: comesOutWith(mistake) },
    ]),
    { number: data, words: `that is ${name} itself, not its gradient` },
  ];
}

function comesOutWith(mistake) {
  return `that is what comes out with ${MISTAKES[mistake].words.replaceAll("`", "")}`;
}

// The share of one use with a wrong partial, where all before it was right.
function shareWith(slope, record, { edge, upstream, partial }) {
  return upstream * (slope(record, edge)?.partial ?? partial);
}

function replayed(record, mistake) {
  const made = new Set([mistake]);
  return replay(mistaken(record, made), made);
}

function byOther({ nodes, edges }, edge) {
  const { target, place } = edges[edge];
  const { operation, operands, data } = nodes[target];
  const isOfTwo = operands.length === 2 && !operation.startsWith("pow(") && Object.hasOwn(PRIMITIVES, operation);
  if (!isOfTwo) return NaN;
  const numbers = operands.map((operand) => nodes[operand]?.data ?? Number(operand.number));
  return slope(PRIMITIVES[operation], 1 - place, [...numbers, data]).partial;
}

// The derivative of a function of one operand, taken one step too late: σ'(σ(x)).
function atResult({ nodes, edges }, edge) {
  const { operation, operands, data } = nodes[edges[edge].target];
  if (operands.length !== 1 || !Object.hasOwn(PRIMITIVES, operation)) return NaN;
  const next = valueOf(PRIMITIVES[operation], [data]);
  return typeof next === "number" ? slope(PRIMITIVES[operation], 0, [data, next]).partial : NaN;
}
