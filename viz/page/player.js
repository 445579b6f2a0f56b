"use strict";

// The page: which step is shown, and the buttons, keys and address that change it.

const NOT_YET = "·";
const ADDRESS_DELAY = 250;

const record = JSON.parse(byId("record").textContent);
const format = makeFormat(record.nan);
for (const node of record.nodes) {
  node.data = Number(node.data);
  // Data can be nan; only a partial, and what follows from it, can be undefined.
  node.dataText = makeFormat("nan")(node.data);
}
for (const edge of record.edges) {
  edge.partial = Number(edge.partial);
  edge.partialText = format(edge.partial);
}

const right = replay(record);
const sizes = sizesOfPaths(record);
const known = stepsOfResults();
const graph = new GraphView(byId("graph"), record, select);
const trace = new TraceView(byId("trace"), record, format);
const explanation = new Explanation(byId("explanation"), record, right, format);
const matrices = new MatrixView(byId("matrix-tables"), record, format, select);

let mistakes = new Set();
let run;
let position;
let selected = null;
let timer = null;
let addressTimer = null;

// --- What is shown ---

// The step at which each node has its number.
function stepsOfResults() {
  const found = record.nodes.map(() => 0);
  right.steps.forEach((step, index) => {
    if (step.kind === "forward") found[step.node] = index;
  });
  return found;
}

function start(chosen) {
  mistakes = chosen;
  run = { ...replay(record, mistakes), assigns: mistakes.has("assign") };
  position = new Position(run);
  trace.show(run);
  byId("slider").max = run.steps.length - 1;
  for (const box of byId("mistakes").querySelectorAll("input")) box.checked = mistakes.has(box.value);
}

function show(step) {
  position.moveTo(Math.min(Math.max(step, 0), run.steps.length - 1));
  const at = position.step;
  const gradients = record.nodes.map((_, node) => shownGradient(node, at));
  record.nodes.forEach(({ dataText }, node) => {
    const shownData = known[node] > at ? NOT_YET : dataText;
    graph.setNode(node, `data ${shownData}`, `grad ${gradients[node]}`, rightInstead(node, at));
  });
  const { kind, node, edge } = run.steps[at];
  const ends = kind === "backward" ? [record.edges[edge].target, node] : kind === "start" ? [] : [node];
  graph.setCurrent(ends, kind === "backward" ? edge : null);
  const passed = new Set(run.steps.slice(run.seed, at + 1).map((step) => step.edge));
  graph.setEdges((index) => known[record.edges[index].target] <= at, passed);
  trace.update(at, known);
  matrices.update(gradients, selected);
  showProgress(at);
}

function shownGradient(node, at) {
  const leftOver = run.steps[0].start[node] !== 0;
  return at < run.seed && !leftOver ? NOT_YET : format(position.gradients[node]);
}

// What a gradient should be, if it is final and wrong.
function rightInstead(node, at) {
  const wanted = right.gradients[node];
  return at >= run.done[node] && !alike(node, position.gradients[node], wanted) ? format(wanted) : null;
}

// Another order of additions may change the last digits of the terms, even where the sum nearly vanishes.
function alike(node, a, b) {
  if (Object.is(a, b)) return true;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  const size = Number.isFinite(sizes[node]) ? sizes[node] : Math.max(Math.abs(a), Math.abs(b));
  return Math.abs(a - b) <= 1e-12 * size;
}

function showProgress(at) {
  const last = run.steps.length - 1;
  setText(byId("sentence"), sentence(run.steps[at]));
  setText(byId("count"), `${at} of ${last}`);
  const said = verdict(at === last);
  setText(byId("verdict"), said);
  byId("verdict").classList.toggle("wrong", said.startsWith("Wrong"));
  const slider = byId("slider");
  slider.value = at;
  slider.setAttribute("aria-valuetext", `step ${at} of ${last}`);
  for (const id of ["first", "back"]) byId(id).setAttribute("aria-disabled", String(at === 0));
  for (const id of ["next", "last"]) byId(id).setAttribute("aria-disabled", String(at === last));
  clearTimeout(addressTimer);
  addressTimer = setTimeout(writeAddress, ADDRESS_DELAY);
}

// What happens in a step, in symbols and then in numbers.
function sentence({ kind, node, edge, upstream, contribution, before, after }) {
  const name = record.nodes[node]?.name;
  if (kind === "start") return "The leaves have their numbers. Now forwards, one result after the other.";
  if (kind === "seed") {
    const rest = mistakes.has("zero") ? "the leaves still hold the gradients of an earlier pass, and" : "every gradient is 0 except";
    return `Now backwards: ${rest} ${name}.grad = 1, since ∂${name}/∂${name} = 1.`;
  }
  if (kind === "forward") {
    const { symbols, numbers, dataText } = record.nodes[node];
    return `${name} ${symbols} ${numbers} = ${dataText}`;
  }
  const { symbol, partial, target } = record.edges[edge];
  const product = `${symbol} · ${record.nodes[target].name}.grad`;
  const digits = `${enclosed(format(partial))} · ${enclosed(format(upstream))} = ${format(contribution)}`;
  return `${name}.grad ${run.assigns ? "=" : "+="} ${product} = ${digits} : ${format(before)} → ${format(after)}`;
}

// What the mistakes lead to in the end.
function verdict(isLast) {
  if (!mistakes.size) return "";
  const wrong = record.nodes.filter((_, node) => !alike(node, run.gradients[node], right.gradients[node]));
  if (!wrong.length) return `Here it makes no difference${reasonWhyNot()}.`;
  if (!isLast) return "";
  const names = wrong.slice(0, 3).map(({ name }) => `${name}.grad`).join(", ");
  const more = wrong.length > 3 ? ` and ${wrong.length - 3} more` : "";
  return `Wrong in the end: ${names}${more}.`;
}

function reasonWhyNot() {
  if (mistakes.has("zero") && !mistakes.has("assign")) {
    return run.steps[0].start.every((left) => left === 0) ? ": every gradient that could be left over is 0" : "";
  }
  const isUsedOnce = explanation.uses.map((uses) => uses.length <= 1);
  if (isUsedOnce.every(Boolean)) return ": every number is used only once";
  const results = record.nodes.map((node, index) => !node.symbols || isUsedOnce[index]);
  return mistakes.has("order") && results.every(Boolean) ? ": every result is used only once" : "";
}

// --- What changes it ---

function go(step) {
  pause();
  show(step);
}

function select(node) {
  selected = node;
  byId("node").value = node === null ? "" : String(node);
  explanation.show(node);
  show(position.step);
  // Last, so that the node is in sight wherever the step is.
  graph.setSelected(node, node === null ? new Set() : edgesFrom(record, explanation.uses, node));
}

function play() {
  if (position.step === run.steps.length - 1) show(0);
  setPlaying(true);
  const tick = () => {
    show(position.step + 1);
    if (position.step === run.steps.length - 1) pause();
    else timer = setTimeout(tick, 1000 / Number(byId("speed").value));
  };
  timer = setTimeout(tick, 1000 / Number(byId("speed").value));
}

function pause() {
  clearTimeout(timer);
  timer = null;
  setPlaying(false);
}

// While it plays, a screen reader is not told every sentence: it could not keep up.
function setPlaying(isPlaying) {
  setText(byId("play"), isPlaying ? "Pause" : "Play");
  byId("play").setAttribute("aria-pressed", String(isPlaying));
  byId("sentence").setAttribute("aria-live", isPlaying ? "off" : "polite");
}

function toggle() {
  if (timer === null) play();
  else pause();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("select")) return;
  const actions = {
    " ": toggle,
    ArrowLeft: () => go(position.step - 1),
    ArrowRight: () => go(position.step + 1),
    Home: () => go(0),
    End: () => go(run.steps.length - 1),
  };
  const handlesItself = event.key === " " ? "button, input[type=checkbox]" : "input[type=range]";
  if (!(event.key in actions) || event.target.closest?.(handlesItself) || scrolls(event)) return;
  event.preventDefault();
  actions[event.key]();
}

// Whether a key scrolls the trace: only if there is more of it than is in sight.
function scrolls({ key, target }) {
  const pane = target.closest?.("#trace");
  if (!pane || key === " ") return false;
  return key.startsWith("Arrow") ? pane.scrollWidth > pane.clientWidth : pane.scrollHeight > pane.clientHeight;
}

// --- The address: #step=12&mistakes=assign,zero&node=3 ---

function writeAddress() {
  const parts = [`step=${position.step}`];
  if (mistakes.size) parts.push(`mistakes=${[...mistakes].join(",")}`);
  if (selected !== null) parts.push(`node=${selected}`);
  try {
    history.replaceState(null, "", `#${parts.join("&")}`);
  } catch {
    // In a frame of a notebook the address is not the page's own.
  }
}

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const boxes = [...byId("mistakes").querySelectorAll("input")].map((box) => box.value);
  start(new Set((given.get("mistakes") ?? "").split(",").filter((mistake) => boxes.includes(mistake))));
  const step = Number.parseInt(given.get("step") ?? "0", 10) || 0;
  const node = Number.parseInt(given.get("node") ?? "", 10);
  pause();
  position.moveTo(Math.min(Math.max(step, 0), run.steps.length - 1));
  select(node in record.nodes ? node : null);
}

// --- The page as it begins ---

function listen() {
  const clicks = {
    first: () => go(0),
    back: () => go(position.step - 1),
    next: () => go(position.step + 1),
    last: () => go(run.steps.length - 1),
    play: toggle,
    "zoom-in": () => graph.zoom(1.25),
    "zoom-out": () => graph.zoom(0.8),
    "zoom-fit": () => graph.fit(),
  };
  for (const [id, act] of Object.entries(clicks)) byId(id).addEventListener("click", act);
  byId("slider").addEventListener("input", (event) => go(Number(event.target.value)));
  byId("node").addEventListener("change", (event) => select(event.target.value === "" ? null : Number(event.target.value)));
  byId("mistakes").addEventListener("change", () => {
    const step = position.step;
    start(new Set([...byId("mistakes").querySelectorAll("input:checked")].map((box) => box.value)));
    go(step);
  });
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", readAddress);
}

function begin() {
  setText(byId("title"), record.title);
  const count = record.nodes.length;
  setText(byId("graph-name"), `Computation graph of ${record.result}, ${count} nodes. The trace has all of its numbers.`);
  const roles = ["input", "parameter", "operation", "result"];
  const occurring = roles.filter((role) => record.nodes.some((node) => node.role === role));
  byId("legend").append(...occurring.map((role) => element("li", { class: role }, role)));
  byId("node").append(...record.nodes.map(({ name }, index) => element("option", { value: index }, name)));
  byId("matrices").hidden = record.matrices.length === 0;
  listen();
  readAddress();
  graph.start();
  show(position.step);
}

begin();
