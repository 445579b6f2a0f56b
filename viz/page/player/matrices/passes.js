"use strict";

// The two passes through a network as formulas of matrices, right or with the mistakes that are made with matrices.
//
// network: samples, y, factor, slopeOfLoss, and layers, each with the names of its matrices: input, W, b, Z, A, delta.
//   A           the name of Z where the function of the layer is the identity
//   result      the function, in words; slope: its derivative; swapped: that with Z for A and A for Z
//   resultAt    a function of i and j, which gives the number; slopeAt(i, j, isSwapped): that of the derivative
//   y           whether the loss is of squares: its slope by the answers then is factor * (A - y)
//   slopeOfLoss else the name of the matrix that is this slope

// What stands beside the switch of each; and why it may make no difference.
const MATRIX_MISTAKES = {
  transpose: {
    words: "W for W.T",
    absent: ({ layers: { length } }) =>
      (length === 1 ? "there is one layer, and nothing to pass back" : "each W here is its own transpose"),
  },
  slope: { words: "σ′(z) for σ′(a)", absent: () => "the slope is the same at Z and at A" },
  bias: { words: "no sum for the bias", absent: ({ samples }) => oneSample(samples, "its delta is the sum") },
  mean: { words: "mean for sum", absent: ({ samples }) => oneSample(samples, "the mean of one is the sum") },
  sign: { words: "the sign", absent: () => "all of the slopes are 0" },
  flat: {
    words: "y of shape (N,)",
    absent: ({ y, samples, outputs }) => {
      if (!y) return "this loss does not subtract y from the answers";
      return outputs > 1 ? "y has more than one column" : oneSample(samples, "(1, 1) - (1,) is (1, 1)");
    },
  },
};

function oneSample(samples, why) {
  return samples === 1 ? `there is one sample, and ${why}` : "all that it changes is 0";
}

// For each name { build, why, half, layer }: `build(read)` makes the formula of matrices that `read` gives by name;
// `why` says what is wrong with it, as a function of the same, if it is made with a mistake.
function formulasOf(network, mistakes = new Set()) {
  const { layers } = network;
  const forward = layers.flatMap((layer) => forwardFormulas(layer));
  const backward = layers.toReversed().flatMap((layer) => {
    const following = layers[layers.indexOf(layer) + 1];
    const delta = following ? hiddenDelta(layer, following, mistakes) : lastDelta(layer, network, mistakes);
    return [[layer.delta, delta], ...parameterFormulas(layer, network, mistakes)];
  });
  return new Map([...forward, ...backward]);
}

function forwardFormulas(layer) {
  const { input, W, b, Z, A, result, resultAt } = layer;
  const product = (read) => new Product(read(input), read(W));
  const sum = (read) => (b ? new Elementwise("+", product(read), read(b)) : product(read));
  const formulas = [[Z, { layer, half: "forward", build: sum }]];
  const applied = (read) => new Applied(result, [read(Z)], resultAt);
  if (A !== Z) formulas.push([A, { layer, half: "forward", build: applied }]);
  return formulas;
}

// What comes from behind, times the slope of the function of the layer.
function withSlope(layer, upstream, read, isSwapped) {
  const { A, Z, slope, swapped, slopeAt } = layer;
  if (A === Z) return upstream;
  const text = isSwapped ? swapped : slope;
  const operands = [Z, A].filter((name) => namesIn(text).includes(name)).map(read);
  return new Elementwise("*", upstream, new Applied(text, operands, (i, j) => slopeAt(i, j, isSwapped)));
}

function lastDelta(layer, { y, factor, slopeOfLoss, outputs }, mistakes) {
  const isFlat = mistakes.has("flat") && outputs === 1;
  const error = (read) => {
    if (!y) return timesFactor(mistakes.has("sign") ? -1 : 1, read(slopeOfLoss));
    const operands = [read(layer.A), isFlat ? new Transposed(read("y"), FLAT) : read("y")];
    return timesFactor(factor, new Elementwise("-", ...(mistakes.has("sign") ? operands.toReversed() : operands)));
  };
  const build = (read) => withSlope(layer, error(read), read, mistakes.has("slope"));
  const why = [
    mistakes.has("sign") && (() => downhill(layer, y)),
    y && isFlat && ((read) => everyAgainstEvery(read(layer.A))),
    mistakes.has("slope") && (() => otherPlace(layer)),
  ];
  return { layer, half: "backward", build, why: sentences(why) };
}

function hiddenDelta(layer, { W, delta }, mistakes) {
  const isWrong = mistakes.has("transpose");
  const product = (read) => new Product(read(delta), isWrong ? read(W) : new Transposed(read(W)));
  const build = (read) => withSlope(layer, product(read), read, mistakes.has("slope"));
  const why = [
    isWrong && ((read) => noTranspose(read(delta), read(W))),
    mistakes.has("slope") && (() => otherPlace(layer)),
  ];
  return { layer, half: "backward", build, why: sentences(why) };
}

function parameterFormulas(layer, { samples }, mistakes) {
  const { input, W, b, delta } = layer;
  const mean = (sum) => (mistakes.has("mean") ? new Elementwise("/", sum, new Constant(samples)) : sum);
  const why = [mistakes.has("mean") && ((read) => tooSmall(samples, read(delta)))];
  const product = (read) => mean(new Product(new Transposed(read(input)), read(delta)));
  const formulas = [[`d${W}`, { layer, half: "backward", build: product, why: sentences(why) }]];
  if (!b) return formulas;
  const build = (read) => (mistakes.has("bias") ? read(delta) : mean(new ColumnSums(read(delta))));
  const reasons = mistakes.has("bias") ? [(read) => broadcast(b, read(b), read(delta))] : why;
  return [...formulas, [`d${b}`, { layer, half: "backward", build, why: sentences(reasons) }]];
}

function timesFactor(factor, formula) {
  return factor === 1 ? formula : new Elementwise("*", new Constant(factor), formula);
}

// --- Why it is wrong ---

function sentences(why) {
  const made = why.filter(Boolean);
  return made.length ? (read) => made.map((sentence) => sentence(read)).filter(Boolean).join(" ") : null;
}

function downhill({ A }, y) {
  const wrong = y ? `y - ${A}` : "This";
  return `${wrong} points downhill, and a slope points uphill: every gradient has the wrong sign, `
    + "unless the update adds it, as the tutorial's does.";
}

function everyAgainstEvery(answers) {
  if (answers.rows === null || answers.rows.length === 1) return "";
  const [N] = answers.shape();
  const difference = `${answers.name} (${N}, 1) - y (${N},) is (${N}, ${N})`;
  return `NumPy takes y, of shape (${N},), as a row: ${difference}, every answer minus every target.`;
}

function otherPlace({ A, Z, result, slope, swapped }) {
  if (A === Z || slope === swapped) return "";
  const isOfResult = slope.includes(A);
  const [taken, given] = isOfResult ? [A, Z] : [Z, A];
  return `The slope of ${A} = ${result} is ${slope}, a formula of ${taken}: it is given ${given}.`;
}

function noTranspose(delta, W) {
  if (delta.rows === null) return "";
  const [rows, columns] = W.shape();
  if (delta.shape()[1] !== rows) return `${W.name}.T is (${columns}, ${rows}).`;
  if (rows === 1) return "";
  return `It fits by luck, for ${W.name} is square: (${rows}, ${columns}). `
    + `But each sum then runs down a column of ${W.name}, not along a row.`;
}

function tooSmall(samples, delta) {
  if (delta.rows === null || samples === 1) return "";
  return `The samples' shares add up: divided by ${samples}, the sum is ${samples} times too small. `
    + `A loss that is a mean has its 1/${samples} in delta already.`;
}

function broadcast(name, b, delta) {
  if (delta.rows === null || delta.rows.length === 1) return "";
  const shape = shapeText(delta.shape());
  return `d${name} is ${shape}, but ${name} is ${shapeText(b.shape())}: `
    + `${name} - rate * d${name} is broadcast to ${shape}, a bias for each sample.`;
}

// --- Numbers ---

// All matrices of some formulas, one after the other: for each name { rows, failure }, rows being null where matrices
// do not fit. What no formula gives, `known(name)` does; with `isApart`, it gives all that formulas read.
function computed(formulas, known, isApart = false) {
  const found = new Map();
  const read = (name) => new Matrix(name, !isApart && found.has(name) ? found.get(name).rows : known(name));
  for (const [name, { build }] of formulas) found.set(name, computedOne(build(read)));
  return found;
}

function computedOne(formula) {
  try {
    return { rows: evaluated(formula), failure: null };
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    return { rows: null, failure: error.message };
  }
}

function areAlike(one, other) {
  if (one === null || other === null) return one === other;
  const areEqual = (a, b) => a === b || (Number.isNaN(a) && Number.isNaN(b));
  return haveOneShape(one, other) && one.every((row, i) => row.every((number, j) => areEqual(number, other[i][j])));
}

function haveOneShape(one, other) {
  return one.length === other.length && one[0].length === other[0].length;
}

// The mistakes that change no matrix by themselves.
function idleMistakes(network, mistakes, known) {
  const right = computed(formulasOf(network), known);
  return [...mistakes].filter((mistake) => {
    const wrong = computed(formulasOf(network, new Set([mistake])), known);
    return [...right].every(([name, { rows }]) => areAlike(rows, wrong.get(name).rows));
  });
}
