"use strict";

// What the page says in words: what happens in a step, what mistakes lead to, and what has no value.

// What the two numbers of each box are.
function meaning(result, said = result) {
  const growth = `raise the value by a tiny ε, and ${said} grows by grad · ε`;
  return `data is the value of a box; grad = ∂${result}/∂value: ${growth}.`;
}

// What happens in a step, in symbols and then in numbers.
function sentence(step, { nodes, edges }, run, format) {
  const { kind, node, edge, upstream, contribution, before, after } = step;
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
  const { symbol, partial, target } = edges[edge];
  const product = `${nodes[target].name}.grad · ${symbol}`;
  const digits = `${enclosed(format(upstream))} · ${enclosed(format(partial))} = ${format(contribution)}`;
  return `${name}.grad ${run.assigns ? "=" : "+="} ${product} = ${digits} : ${format(before)} → ${format(after)}`;
}

// What the mistakes lead to in the end, if these nodes then have a wrong gradient.
function verdict(wrong, isLast, record, run, uses) {
  if (!run.mistakes.size) return "";
  if (!wrong.length) return `Here it makes no difference${reasonWhyNot(record, run, uses)}.`;
  if (!isLast) return "";
  const names = wrong.slice(0, 3).map(({ name }) => `${name}.grad`).join(", ");
  const more = wrong.length > 3 ? ` and ${wrong.length - 3} more` : "";
  return `Wrong in the end: ${names}${more}.`;
}

function reasonWhyNot({ nodes }, { mistakes, steps }, uses) {
  if (mistakes.has("zero") && !mistakes.has("assign")) {
    return steps[0].start.every((left) => left === 0) ? ": every gradient that could be left over is 0" : "";
  }
  const isUsedOnce = uses.map((found) => found.length <= 1);
  if (isUsedOnce.every(Boolean)) return ": every number is used only once";
  const results = nodes.map((node, index) => !node.symbols || isUsedOnce[index]);
  return mistakes.has("order") && results.every(Boolean) ? ": every result is used only once" : "";
}

// Which node has no value, and why.
function failureSentence({ node, text, numbers }, { nodes }) {
  const { name, symbols, symbol } = nodes[node];
  const inNumbers = written(symbol, numbers.map(formatData));
  return `${name} ${symbols} = ${inNumbers} does not exist: ${text}. All else is as it was before.`;
}
