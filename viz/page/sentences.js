"use strict";

// What the page says in words: what happens in a step, and what has no value.

// What the two numbers of each box are.
function meaning(result, said = result) {
  const growth = `raise the value by a tiny ε, and ${said} grows by grad · ε`;
  return `data is the value of a box; grad = ∂${result}/∂value: ${growth}.`;
}

// What the gradients are good for, once all of them are there: of the leaves, the steepest is named.
function ending({ nodes }, gradients, format) {
  const result = nodes.at(-1).name;
  const leaves = nodes.flatMap(({ symbols }, node) => (symbols || !Number.isFinite(gradients[node]) ? [] : [node]));
  const steepest = leaves.toSorted((one, other) => Math.abs(gradients[other]) - Math.abs(gradients[one]))[0];
  if (!gradients[steepest]) return meaning(result);
  const { name } = nodes[steepest];
  const move = gradients[steepest] > 0 ? "lower" : "raise";
  const says = `Done. ${name}.grad is ${format(gradients[steepest])}: ${move} ${name} a little, and ${result} falls`;
  return `${says}. Drag its box and see.`;
}

// What happens in a step, in symbols and then in numbers.
function sentence(step, { nodes, edges }, run, format) {
  const { kind, node, edge, before, after } = step;
  const name = nodes[node]?.name;
  if (kind === "start") return "The leaves have their numbers. Now forwards, one result after the other.";
  if (kind === "seed") {
    const leftOver = "the leaves still hold the gradients of an earlier pass, and";
    const rest = run.mistakes.has("zero") ? leftOver : "every gradient is 0 except";
    return `Now backwards: ${rest} ${name}.grad = 1, since ∂${name}/∂${name} = 1.`;
  }
  if (kind === "forward") {
    const { symbols, dataText } = nodes[node];
    return `${name} ${symbols} ${numbersOf(nodes[node], nodes)} = ${dataText}`;
  }
  const equal = [...productOf(step, { nodes, edges }, run, format), format(step.contribution)];
  const operator = run.assigns ? "=" : "+=";
  return `${name}.grad ${operator} ${[...new Set(equal)].join(" = ")} : ${format(before)} → ${format(after)}`;
}

// What a step backwards multiplies, in symbols and in numbers: the upstream gradient, unless that is left out, and the
// partial.
function productOf({ edge, upstream, partial }, { nodes, edges }, run, format) {
  const { symbol, target } = edges[edge];
  if (run.mistakes.has("upstream")) return [symbol, format(partial)];
  const digits = [upstream, partial].map((number) => enclosed(format(number)));
  return [`${nodes[target].name}.grad · ${symbol}`, digits.join(" · ")];
}

// Which node has no value, and why.
function failureSentence({ node, text, numbers }, { nodes }) {
  const { name, symbols, symbol } = nodes[node];
  const inNumbers = written(symbol, numbers.map(formatData));
  return `${name} ${symbols} = ${inNumbers} does not exist: ${text}. All else is as it was before.`;
}
