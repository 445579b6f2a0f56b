"use strict";

// From a node to the result: the gradient is the sum over all paths of the product of the partials along each.

function usesOf({ nodes, edges }) {
  const uses = nodes.map(() => []);
  edges.forEach((edge, index) => uses[edge.source].push(index));
  return uses;
}

// How many paths lead from each node to the result: there may be 2 to the power of 60.
function countPaths({ nodes, edges }, uses) {
  const counts = nodes.map(() => 0n);
  counts[nodes.length - 1] = 1n;
  for (let node = nodes.length - 2; node >= 0; node -= 1) {
    for (const edge of uses[node]) counts[node] += counts[edges[edge].target];
  }
  return counts;
}

// The first few paths, each as a list of edges.
function firstPaths({ nodes, edges }, uses, start, most) {
  const found = [];
  const waiting = [{ node: start, path: [] }];
  while (waiting.length && found.length < most) {
    const { node, path } = waiting.pop();
    if (node === nodes.length - 1) found.push(path);
    for (const edge of [...uses[node]].reverse()) waiting.push({ node: edges[edge].target, path: [...path, edge] });
  }
  return found;
}

// All edges that lie on a path from a node to the result.
function edgesFrom({ edges }, uses, start) {
  const reached = new Set([start]);
  const waiting = [start];
  const found = new Set();
  while (waiting.length) {
    for (const edge of uses[waiting.pop()]) {
      found.add(edge);
      const { target } = edges[edge];
      if (!reached.has(target)) {
        reached.add(target);
        waiting.push(target);
      }
    }
  }
  return found;
}
