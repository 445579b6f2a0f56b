"use strict";

// The address of what is shown:
// #step=12&mistakes=assign,zero&node=3&data=0:0.5,4:-2&colors=gradient&panel=trace&projector&quiz=partials&open=layer0

function writtenAddress({ step, mistakes, selected, numbers, isGraded, panel, isProjected, quiz, open }) {
  const parts = [`step=${step}`];
  if (mistakes.size) parts.push(`mistakes=${[...mistakes].join(",")}`);
  if (selected !== null) parts.push(`node=${selected}`);
  if (numbers.length) parts.push(`data=${numbers.map(([node, number]) => `${node}:${exactDigits(number)}`).join(",")}`);
  if (isGraded) parts.push("colors=gradient");
  if (panel !== usualPanel(selected)) parts.push(`panel=${panel ?? "none"}`);
  if (isProjected) parts.push("projector");
  if (quiz) parts.push(`quiz=${quiz}`);
  if (open) parts.push(`open=${encodeURIComponent(open)}`);
  return `#${parts.join("&")}`;
}

// A node that is chosen is explained.
function usualPanel(selected) {
  return selected === null ? null : "explain";
}

// What an address says; what it does not say, or says wrongly, is as at the beginning.
function readAddress(hash, { nodes }, knownMistakes) {
  // The "+" of 1e+21 is no space.
  const given = new URLSearchParams(hash.slice(1).replaceAll("+", "%2B"));
  const chosen = (given.get("mistakes") ?? "").split(",");
  const wanted = Number.parseInt(given.get("node") ?? "", 10);
  const selected = wanted in nodes ? wanted : null;
  return {
    step: Math.max(Number.parseInt(given.get("step") ?? "0", 10) || 0, 0),
    mistakes: new Set(chosen.filter((mistake) => knownMistakes.includes(mistake))),
    selected,
    numbers: (given.get("data") ?? "").split(",").map((text) => readChange(text, nodes)).filter(Boolean),
    isGraded: given.get("colors") === "gradient",
    panel: given.get("panel") ?? usualPanel(selected),
    isProjected: given.has("projector"),
    quiz: ["partials", "gradients"].find((kind) => kind === given.get("quiz")) ?? null,
    open: given.get("open"),
  };
}

// "4:-2" as [4, -2], if there is such a node; a result keeps what is computed.
function readChange(text, nodes) {
  const [, digits, number] = /^(\d{1,9}):(.+)$/.exec(text) ?? [];
  const node = Number(digits);
  const value = readNumber(number ?? "");
  return node in nodes && value !== null ? [node, value] : null;
}
