"use strict";

// The page: which step is shown of which numbers, and the buttons, keys, fields and address that change it.

const NOT_YET = "·";

const record = JSON.parse(byId("record").textContent);
const live = new LiveGraph(record, PRIMITIVES);
const leaves = new LeafPanel(byId("fields"), record, (node, number) => change([[node, number]]), refuse);
const graph = new GraphView(byId("graph"), record, choose, live.isComputable ? leaves : null);
const views = new ViewChoice(byId("views"), graph);
const stops = new Stops(graph, views.parts);
const trace = new TraceView(byId("trace"), record, format, { onChoose: choose, onPoint: point });
const explanation = new Explanation(byId("explanation"), record, format);
const matrices = new MatrixView(byId("matrix-tables"), record, select, (...share) => comparison.isWrong(...share));
const saving = new SaveMenu(byId("save"), graph, () => ({
  name: `${record.result} step ${position.step}`,
  caption: byId("sentence").textContent,
}));

const quiz = new Quiz(byId("quiz"), {
  now: () => ({ record, right, comparison }),
  format,
  onBegin: beginQuiz,
  onReveal: hideAsked,
  onAsk: showAsked,
});
const pointing = new Pointing(byId("graph"), record, graph, point);
const motion = new Motion(byId("motion"), record, graph, format);

// What follows the steps; with the id of its `panel`, only while that is open. Each may have: renew(right) for other
// numbers, the right run with them; startRun(run) for a run of other steps; renumber(run) for the same steps with other
// numbers; showStep(run, at) for another step; showNumbers() after each of these; select(node, right) for another node
// or null; point(node, edge) for what the pointer is on, each an index or null.
const followers = [graph, trace, explanation, matrices, leaves, quiz, pointing, motion];
const panels = new Panels(byId("side"), [...document.querySelectorAll("#tools > [aria-controls]")], catchUp);

new Search(byId("search"), record, find);

const updates = JSON.parse(byId("updates").textContent);
const asked = { onNumbers: change, onShow: showTraining, onRefuse: refuse };
const trainer = updates && live.isComputable ? new Trainer(updates, trainingProgram, record, asked) : null;

// Where a partial does not exist, neither does what follows from it.
let textOfNaN;
let mistakes = new Set();
let right;
let comparison;
let run;
let position;
let selected = null;
let isGraded = false;

function tell(what, ...about) {
  for (const follower of followers) {
    if (!follower.panel || follower.panel === panels.shown) follower[what]?.(...about);
  }
}

// Tell all that a panel has missed while it was not open.
function catchUp(panel) {
  for (const follower of panel === null ? [] : followers.filter((other) => other.panel === panel)) {
    follower.renew?.(quiz.masked(right));
    follower.startRun?.(run);
    follower.select?.(selected, quiz.masked(right));
    follower.showStep?.(run, position.step);
    follower.showNumbers?.();
  }
  noteAddress();
}

function format(number) {
  if (number === null) return HIDDEN;
  return Number.isNaN(number) ? textOfNaN : formatData(number);
}

// --- The numbers, and the runs through them ---

// Everything that follows from the numbers of the graph as they are now.
function follow() {
  textOfNaN = record.edges.some(({ missing }) => missing) ? "undefined" : "nan";
  for (const node of record.nodes) node.dataText = formatData(node.data);
  record.edges.forEach((edge, index) => { edge.partialText = format(quiz.hidesPartial(index) ? null : edge.partial); });
  record.edges.forEach(({ partialText }, edge) => graph.setPartial(edge, partialText));
  right = replay(record);
  comparison = new Comparison(record, right);
  tell("renew", quiz.masked(right));
}

function rerun(step) {
  const made = mistakes.size ? replay(mistaken(record, mistakes), mistakes) : right;
  const updateSteps = quiz.kind === null ? trainer?.steps() : null;
  const masked = quiz.masked(made);
  run = { ...masked, steps: [...masked.steps, ...(updateSteps ?? [])], mistakes, assigns: mistakes.has("assign") };
  position = new Position(run);
  position.moveTo(Math.min(step, run.steps.length - 1));
  byId("first-wrong").hidden = firstWrong(run, comparison, format) < 0;
}

// Other numbers for some leaves: [[node, number], …]. Where the graph then has no value, all else stays as it was.
function set(numbers) {
  if (!live.isComputable) return;
  for (const [node, number] of numbers) live.set(node, number);
  trainer?.follow(live.wanted);
  refuse("");
  if (live.evaluate()) follow();
}

function change(numbers) {
  set(numbers);
  rerun(position.step);
  tell("renumber", run);
  showFailure();
  showNumbers();
  showProgress();
  trainer?.show();
}

function start(chosen) {
  mistakes = chosen;
  rerun(position?.step ?? 0);
  tell("startRun", run);
  byId("slider").max = run.steps.length - 1;
  for (const box of byId("mistakes").querySelectorAll("input")) box.checked = mistakes.has(box.value);
}

// --- What is shown ---

function show(step) {
  position.moveTo(Math.min(Math.max(step, 0), run.steps.length - 1));
  tell("showStep", run, position.step);
  showNumbers();
  showProgress();
}

function showNumbers() {
  const at = position.step;
  for (const node of graph.scene.nodes) {
    const { dataText } = record.nodes[node];
    // A leaf shows what it was given, even where the rest of the graph cannot follow.
    graph.setHint(node, signsOf(node, at));
    const text = live.isLeaf(node) ? formatData(live.wanted[node]) : run.known[node] > at ? NOT_YET : dataText;
    graph.setNode(node, `data ${text}`, `grad ${shownGradient(node, at)}`, rightInstead(node, at));
  }
  views.showNumbers(run, at, position.gradients, (node) => mistakes.size > 0 && rightInstead(node, at) !== null);
  tell("showNumbers");
  leaves.update(live.wanted);
  setText(byId("result-now"), resultNow());
  showColors();
}

// What is shown as 0 and is -0: as a number the same, so it is said only to who asks.
function signsOf(node, at) {
  const data = live.isLeaf(node) ? live.wanted[node] : record.nodes[node].data;
  const isData = run.known[node] <= at && Object.is(data, -0);
  const isGradient = hasGradient(node, at) && Object.is(position.gradients[node], -0);
  return [isData ? "data is -0" : "", isGradient ? "grad is -0" : ""].filter(Boolean).join(", ");
}

// The number of the result, in sight while another number is dragged, and what it was; nothing before it is computed.
function resultNow() {
  if (run.known.at(-1) > position.step) return "";
  const { name, data, dataText } = record.nodes.at(-1);
  const before = live.recorded.data.at(-1);
  return Object.is(data, before) ? `${name} ${dataText}` : `${name} ${formatData(before)} → ${dataText}`;
}

// Before the pass backwards, only what is left over from an earlier one.
function hasGradient(node, at) {
  return at >= run.seed || ![0, null].includes(run.steps[0].start[node]);
}

function shownGradient(node, at) {
  return hasGradient(node, at) ? format(position.gradients[node]) : NOT_YET;
}

// What a gradient should be, if it is final and wrong.
function rightInstead(node, at) {
  const isWrong = mistakes.size > 0 && at >= run.done[node] && comparison.isWrong(node, position.gradients[node]);
  return isWrong ? format(right.gradients[node]) : null;
}

function showFailure() {
  const { failure } = live;
  byId("failure").hidden = failure === null;
  setText(byId("failure"), failure ? failureSentence(failure, record) : "");
  document.body.classList.toggle("stale", failure !== null);
  graph.setFailed(failure?.node ?? null);
}

function refuse(words) {
  setText(byId("refusal"), words);
}

function showColors() {
  if (!isGraded) return;
  const scale = new GradientScale(right.gradients);
  record.nodes.forEach((_, node) => {
    graph.setShade(node, hasGradient(node, position.step) ? scale.shade(position.gradients[node]) : 0);
  });
  byId("legend").replaceChildren(...scale.stops().map((gradient) => {
    const item = element("li", {}, format(gradient));
    setShade(item, scale.shade(gradient));
    return item;
  }));
}

// Nodes in the colours of their roles, or of their gradients.
function color(byGradient) {
  isGraded = byGradient;
  byId("colors").value = isGraded ? "gradient" : "roles";
  byId("legend").setAttribute("aria-label", isGraded ? "Colours of the gradients" : "Colours of the graph");
  if (isGraded) return showColors();
  record.nodes.forEach((_, node) => graph.setShade(node, null));
  const occurring = new Set(graph.scene.nodes.map((node) => record.nodes[node].role));
  if (graph.scene.closed.length) occurring.add("part");
  const roles = ["input", "parameter", "operation", "result", "part"].filter((role) => occurring.has(role));
  const edges = occurring.has("result") ? [element("li", { class: "on-edge" }, "on an arrow: partial derivative")] : [];
  byId("legend").replaceChildren(...roles.map((role) => element("li", { class: role }, role)), ...edges);
}

function said(step) {
  if (step.kind === "update") return trainer.sentence(step.node, right.gradients, run, format);
  return stops.sentence(run, position.step) ?? sentence(step, record, run, format);
}

function showTraining() {
  trainer.show();
  showProgress();
}

function showProgress() {
  const at = position.step;
  const last = run.steps.length - 1;
  setText(byId("sentence"), said(run.steps[at]));
  setText(byId("count"), `${at} of ${last}`);
  setText(byId("why"), reasonWhy(at, run, comparison, format));
  const isEnd = run.steps[at].kind === "backward" && at === last && !mistakes.size && quiz.kind === null;
  setText(byId("definition"), isEnd ? ending(record, right.gradients, format) : meaning(record.nodes.at(-1).name));
  const wrong = record.nodes.filter((_, node) => comparison.isWrong(node, run.gradients[node]));
  const words = verdict(wrong, at === last, record, run, explanation.uses);
  setText(byId("verdict"), words);
  byId("verdict").classList.toggle("wrong", words.startsWith("Wrong"));
  const slider = byId("slider");
  slider.value = at;
  slider.setAttribute("aria-valuetext", `step ${at} of ${last}`);
  for (const id of ["first", "back"]) byId(id).setAttribute("aria-disabled", String(at === 0));
  for (const id of ["next", "last"]) byId(id).setAttribute("aria-disabled", String(at === last));
  noteAddress();
}

begin();
