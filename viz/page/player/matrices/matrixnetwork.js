"use strict";

// The network in a record: its matrices, each entry tied to a node, and what the formulas between them need.
//
// A matrix has its `name`; `rows` of entries, each the index of a node or { number }; `isGradient`: whether it shows
// the gradients of these nodes, not their data; and a `kind`: "input", "parameter", "operation" or "gradient".

// The matrices in the columns in which they stand, { title, columns: [{ forward, backward }] } of lists of matrices,
// for each layer, and once more for matrices that belong to no layer.
function cardsOf(record, network) {
  const shown = new Set(network?.layers.flatMap(({ W, b }) => [W, b]) ?? []);
  const cards = network?.layers.map((layer, index) => cardOf(record, network, layer, record.layers[index])) ?? [];
  const others = record.matrices.filter(({ name }) => !shown.has(name));
  const columns = others.map(({ name, rows }) => withGradients([data(name, rows, "parameter")]));
  return others.length ? [...cards, { title: cards.length ? "Other matrices" : "", columns }] : cards;
}

function cardOf(record, network, layer, { Z, A, W, b }) {
  const index = network.layers.indexOf(layer);
  const parameters = [W, b].filter((place) => place !== null).map((place) => record.matrices[place]);
  const columns = [
    ...(index === 0 ? [{ forward: [data("X", record.X, "input")], backward: [] }] : []),
    withGradients(parameters.map(({ name, rows }) => data(name, rows, "parameter"))),
    { forward: [data(layer.Z, Z, "operation")], backward: [gradient(layer.delta, Z)] },
  ];
  const isLast = index === network.layers.length - 1;
  if (A) {
    const slopes = isLast && !network.y ? [gradient(network.slopeOfLoss, A)] : [];
    columns.push({ forward: [data(layer.A, A, "operation")], backward: slopes });
  }
  if (isLast && network.y) columns.push({ forward: [data("y", record.targets.rows, "input")], backward: [] });
  return { title: `Layer ${index + 1}`, columns };
}

function data(name, rows, kind) {
  return { name, rows, kind, isGradient: false };
}

function gradient(name, rows) {
  return { name, rows, kind: "gradient", isGradient: true };
}

function withGradients(matrices) {
  return { forward: matrices, backward: matrices.map(({ name, rows }) => gradient(`d${name}`, rows)) };
}

// What the formulas need of a record, as passes.js has it; null for matrices that are not those of layers.
function networkOf(record, primitives) {
  if (!record.layers.length) return null;
  const { layers, targets, matrices, nodes } = record;
  const last = layers.length - 1;
  const answers = layers[last].A ? `dA${layers.length}` : `∂${nodes.at(-1).name}/∂Z${layers.length}`;
  const into = edgesInto(record);
  const named = layers.map((layer, index) => ({
    input: index === 0 ? "X" : answersOf(layers[index - 1], index),
    W: matrices[layer.W].name,
    b: layer.b === null ? null : matrices[layer.b].name,
    Z: `Z${index + 1}`,
    A: answersOf(layer, index + 1),
    delta: `delta${index + 1}`,
    result: written(layer.symbol ?? "", [`Z${index + 1}`]),
    slope: layer.slope,
    swapped: layer.swapped,
    resultAt: (i, j) => nodes[layer.A[i][j]].data,
    slopeAt: (i, j, isSwapped) => {
      const isOther = isSwapped && layer.slope !== layer.swapped;
      return isOther ? swappedSlope(record, primitives, layer, i, j) : slopeOf(record, into, layer, i, j);
    },
  }));
  return {
    layers: named,
    samples: record.X.length,
    outputs: layers[last].Z[0].length,
    y: targets !== null,
    factor: targets?.factor,
    slopeOfLoss: answers,
  };
}

function answersOf(layer, number) {
  return layer.A ? `A${number}` : `Z${number}`;
}

// The derivative of A by Z, forwards from Z through all that lies between.
function slopeOf({ edges }, into, { Z, A }, i, j) {
  const [start, end] = [Z[i][j], A[i][j]];
  const slopes = new Map([[start, 1]]);
  for (let node = start + 1; node <= end; node += 1) {
    const reached = into[node].filter((edge) => slopes.has(edges[edge].source));
    const terms = reached.map((edge) => edges[edge].partial * slopes.get(edges[edge].source));
    if (terms.length) slopes.set(node, terms.reduce((sum, term) => sum + term));
  }
  return slopes.get(end);
}

// The textbook's formula of the derivative, given Z where it says A and A where it says Z.
function swappedSlope({ nodes }, primitives, { Z, A, operation }, i, j) {
  const [z, a] = [nodes[Z[i][j]].data, nodes[A[i][j]].data];
  if (operation === "sigmoid") return z * (1 - z);
  if (operation === "tanh") return 1 - z * z;
  try {
    const found = primitives[operation].partials[0](a, z);
    return found === NO_PATH ? 0 : found;
  } catch (error) {
    if (error instanceof RangeError) return NaN;
    throw error;
  }
}
