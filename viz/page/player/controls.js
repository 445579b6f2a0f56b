"use strict";

// What changes the page: the buttons, the keys, the switches and the address; and how the page begins.

const ADDRESS_DELAY = 250;

// While it plays, the timer of the next step; and whether it plays a step of the training.
let timer = null;
let isStepping = false;
let addressTimer = null;

function go(step) {
  pause();
  show(step);
}

function select(node) {
  selected = node;
  byId("node").value = node === null ? "" : String(node);
  tell("select", node, quiz.masked(right));
  show(position.step);
  // Last, so that the node is in sight wherever the step is.
  graph.setSelected(node, node === null ? new Set() : edgesFrom(record, explanation.uses, node));
}

// A click on a node explains it: at once, if no panel is open; else the panel that is open marks it at first. In a
// quiz, it asks for what is hidden there.
function choose(node) {
  if (quiz.kind !== null) return quiz.choose(node);
  if (panels.shown === null || node === selected) panels.open("explain");
  select(node);
}

// What was searched for, in sight.
function find({ node, part }) {
  if (part === undefined) graph.reveal(node);
  else if (!graph.scene.opened.has(part)) graph.openPart(part);
  choose(node ?? record.parts[part].nodes.at(-1));
  if (part !== undefined) graph.followPart(part);
}

function point(node, edge) {
  tell("point", node, edge);
}

// The graph and the sentence alone, and large.
function project(isLarge) {
  document.body.classList.toggle("projector", isLarge);
  byId("projector").setAttribute("aria-pressed", String(isLarge));
  setText(byId("projector"), isLarge ? "Leave projector" : "Projector");
  noteAddress();
}

function isProjected() {
  return document.body.classList.contains("projector");
}

// The menu is in the heading, which a projector does not show.
function offerToSave() {
  if (isProjected()) project(false);
  saving.toggle();
}

function leave() {
  if (isProjected()) project(false);
  else panels.close();
}

// One step on, as a movement in the graph; `room` is the time until the next, in milliseconds.
function stepOn(room) {
  const from = position.step;
  show(stops.next(run, from));
  motion.play(run.steps.slice(from + 1, position.step + 1), room);
}

function play(atEnd = pause) {
  if (position.step === run.steps.length - 1) show(0);
  setPlaying(true);
  const room = () => 1000 / Number(byId("speed").value);
  const tick = () => {
    stepOn(room());
    if (position.step === run.steps.length - 1) atEnd();
    else timer = setTimeout(tick, room());
  };
  timer = setTimeout(tick, room());
}

function next() {
  pause();
  stepOn();
}

function pause() {
  clearTimeout(timer);
  timer = null;
  isStepping = false;
  trainer?.pause();
  setPlaying(false);
}

// A step of the training: what is left of the pass, then the update. Asked for twice, it is done at once.
function trainStep() {
  trainer.pause();
  showLosses();
  if (isStepping || position.step === run.steps.length - 1) return takeStep();
  pause();
  isStepping = true;
  play(takeStep);
}

function takeStep() {
  pause();
  trainer.take(1);
  show(0);
}

function trainRun() {
  if (trainer.isRunning) return pause();
  showLosses();
  go(run.steps.length - 1);
  trainer.run();
  setPlaying(false);
}

function showLosses() {
  if (panels.shown === null) panels.open("losses");
}

function reset() {
  pause();
  trainer?.reset();
  change(asRecorded());
}

// While it plays, a screen reader is not told every sentence: it could not keep up.
function setPlaying(isPlaying) {
  setText(byId("play"), isPlaying ? "Pause" : "Play");
  setText(byId("train-step"), isStepping ? "Finish step" : "Step");
  byId("play").setAttribute("aria-pressed", String(isPlaying));
  byId("sentence").setAttribute("aria-live", isPlaying || trainer?.isRunning ? "off" : "polite");
}

function toggle() {
  if (timer === null) play();
  else pause();
}

// --- The address ---

function noteAddress() {
  clearTimeout(addressTimer);
  addressTimer = setTimeout(writeAddress, ADDRESS_DELAY);
}

function writeAddress() {
  const isChanged = ([node, number]) => live.isLeaf(node) && !Object.is(number, live.recorded.data[node]);
  const numbers = [...live.wanted.entries()].filter(isChanged);
  const shown = { step: position.step, panel: panels.shown, isProjected: isProjected(), quiz: quiz.kind };
  try {
    const now = { ...shown, open: views.name() };
    history.replaceState(null, "", writtenAddress({ ...now, mistakes, selected, numbers, isGraded }));
  } catch {
    // In a frame of a notebook the address is not the page's own.
  }
}

function openAddress() {
  const given = readAddress(location.hash, record, Object.keys(MISTAKES));
  if (quiz.kind !== null) quiz.begin(null);
  pause();
  trainer?.reset();
  set([...asRecorded(), ...given.numbers]);
  start(given.mistakes);
  showFailure();
  trainer?.show();
  color(given.isGraded);
  position.moveTo(Math.min(given.step, run.steps.length - 1));
  panels.open(panels.has(given.panel) ? given.panel : null);
  project(given.isProjected);
  graph.startAt();
  select(given.selected);
  views.go(given.open);
  graph.settle();
  if (given.quiz !== null && panels.has("quiz")) quiz.begin(given.quiz);
}

// Another view has other boxes, which have no numbers yet.
function showView() {
  views.show();
  color(isGraded);
  show(position.step);
}

function asRecorded() {
  return [...live.recorded.data.entries()].filter(([node]) => live.isLeaf(node));
}

// --- The page as it begins ---

function listen() {
  const clicks = {
    first: () => go(0),
    back: () => go(stops.previous(run, position.step)),
    next,
    last: () => go(run.steps.length - 1),
    play: toggle,
    "zoom-in": () => graph.zoom(1.25),
    "zoom-out": () => graph.zoom(0.8),
    "zoom-fit": () => graph.fit(),
    close: () => panels.close(),
    projector: () => project(!isProjected()),
    "as-recorded": reset,
    "first-wrong": () => go(firstWrong(run, comparison, format)),
    "train-step": trainStep,
    "train-run": trainRun,
    "train-reset": reset,
  };
  for (const [id, act] of Object.entries(clicks)) byId(id).addEventListener("click", act);
  byId("slider").addEventListener("input", (event) => go(Number(event.target.value)));
  byId("node").addEventListener("change", ({ target }) => select(target.value === "" ? null : Number(target.value)));
  byId("mistakes").addEventListener("change", () => {
    const step = position.step;
    start(checkedIn(byId("mistakes")));
    go(step);
  });
  byId("colors").addEventListener("change", (event) => {
    color(event.target.value === "gradient");
    noteAddress();
  });
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", openAddress);
}

function leavesNote() {
  const missing = record.nodes.find(({ operation }) => operation && !Object.hasOwn(PRIMITIVES, operation));
  if (missing) return `They stay as recorded: this page cannot compute ${missing.symbol}.`;
  if (!live.isComputable) return "They stay as recorded: this page cannot compute all of them.";
  const digits = live.isExact ? "" : " The last digits are your browser's.";
  return `Type one, or drag over a leaf of the graph.${digits}`;
}

// What the page shows, and what to do: for a reader who sees it for the first time.
function lead() {
  const count = record.nodes.filter(({ symbol }) => !symbol).length;
  const numbers = count === 1 ? "one number" : `${count} numbers`;
  const passes = "first forwards, value by value; then backwards, gradient by gradient";
  return `This graph computes ${record.result} from ${numbers}. Press Play: ${passes}.`;
}

function begin() {
  setText(byId("title"), record.title);
  const count = record.nodes.length;
  const picture = `Computation graph of ${record.result}, ${count} nodes`;
  setText(byId("graph-name"), `${picture}. The trace has all of its numbers.`);
  byId("node").append(...record.nodes.map(({ name }, index) => element("option", { value: index }, name)));
  setText(byId("meaning"), lead());
  setText(byId("definition"), meaning(record.nodes.at(-1).name));
  setText(byId("leaves-note"), leavesNote());
  if (!live.isComputable) leaves.disable();
  byId("as-recorded").disabled = !live.isComputable;
  byId("first-wrong").before(...mistakeSwitches());
  byId("train").hidden = trainer === null;
  panels.offer("losses", trainer !== null);
  panels.offer("quiz", record.edges.length > 0);
  askOnClick();
  panels.offer("matrices", record.matrices.length > 0);
  follow();
  listen();
  graph.onView = showView;
  views.show();
  openAddress();
}
