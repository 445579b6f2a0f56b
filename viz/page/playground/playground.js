"use strict";

// The page: the network that is trained, what begins, changes and ends its training, and what is done in each frame.

// Milliseconds of a frame, of which there are sixty in a second, for steps and for the pictures.
const STEPS_TIME = 6;
const FIELD_RUNNING = 3;
const FIELD_IDLE = 12;
const FRAMES_FOR_TEXT = 4;
const ADDRESS_DELAY = 250;

const content = JSON.parse(byId("content").textContent);
const problem = new Problem(content);
const seeds = doubles(content.seeds);
const seedCount = Math.floor(seeds.length / problem.count);
const isPlane = content.inputs.length === 2;
const training = new Training({
  advance: (numbers) => problem.advance(numbers),
  numbers: allNumbers(content.parameters.map(({ data }) => data), content.rate),
  references: content.references,
});

let colors = new TwoSided(document.body);
let seed = content.seed;
let isRunning = false;
let isDirty = true;
let shown = content.predictions[0];
let looked = null;
let stepSaid = "";
let nextStep = 0;
let frames = 0;
let frameAsked = false;
let addressTimer = null;
let fieldOf = null;

const network = new NetworkView(byId("network"), content, colors, { opened: openNeuron, pointed: lookAt });
const curve = new LossCurve(byId("curve"));
const table = new SampleTable(byId("sample-table"), problem, samplesChanged);
const seedsView = new SeedsView(byId("trials-pane"), {
  most: Math.max(1, seedCount),
  count: Math.max(1, seedCount),
  steps: 500,
  makeTrials: (wanted) => {
    pause();
    return new Trials(problem, (chosen) => allNumbers(startOf(chosen), currentRate()), wanted);
  },
  chosen: (chosen) => setSeed(chosen),
});
const neuronView = new NeuronView(byId("opened"), content.sample, {
  state: () => ({ ...measured(), parameters: training.numbers, samples: problem.samples, fails: training.failure }),
  step: stepOnce,
  names: network.neurons.map(({ name }) => name),
  content,
});
const field = isPlane ? new Field(content.range) : null;
const plane = isPlane ? new Plane(byId("plane"), problem, colors, samplesChanged) : null;

// --- The numbers ---

function allNumbers(parameters, rate) {
  return [...parameters, ...content.state, rate];
}

function startOf(chosen) {
  if (chosen === null) return content.parameters.map(({ data }) => data);
  return seeds.subarray(chosen * problem.count, (chosen + 1) * problem.count);
}

function currentRate() {
  return training.numbers.at(-1);
}

// Begin again from the seed, with the data and the rate as they are now.
function reset() {
  const rate = currentRate();
  pause();
  training.reset(allNumbers(startOf(seed), rate));
  if (problem.isChanged) training.changed();
  stepSaid = "";
  redraw();
}

function samplesChanged() {
  seedsView.clear();
  training.changed();
  if (training.steps === 0 && !problem.isChanged) reset();
  if (table.rows.length !== Math.min(problem.samples.length, MOST_ROWS)) table.rebuild();
  else table.show();
  redraw();
}

function setRate(rate) {
  seedsView.clear();
  training.set(training.numbers.length - 1, rate);
  if (training.steps === 0) reset();
  redraw();
}

function setSeed(chosen) {
  seed = chosen;
  reset();
}

// --- Running ---

function run() {
  isRunning = true;
  nextStep = 0;
  stepSaid = "";
  showButtons(false);
  redraw();
}

function pause() {
  isRunning = false;
  redraw();
}

function toggle() {
  if (isRunning || training.failure !== null) pause();
  else run();
}

function stepOnce() {
  pause();
  const before = training.steps;
  training.step();
  if (training.steps === before) return;
  network.pulse();
  stepSaid = `${stepDescribed()} ${lossChange(training.loss, measured().loss)}`;
  redraw();
}

function redraw() {
  isDirty = true;
  askFrame();
}

function askFrame() {
  if (frameAsked) return;
  frameAsked = true;
  requestAnimationFrame(frame);
}

// Whether a frame is still to come, in which something of the page changes.
function isDrawing() {
  return frameAsked;
}

function frame() {
  frameAsked = false;
  if (isRunning) trainFrame();
  if (isDirty) show();
  isDirty = false;
  if (field) workOnField();
  if (isRunning) askFrame();
}

// Whether steps come faster than a reader can follow.
function isFast() {
  return isRunning && byId("speed").selectedOptions[0].dataset.per !== "second";
}

// At a slow speed: whether it is time for the next step.
function isDue() {
  const now = performance.now();
  const pause = 1000 / Number(byId("speed").value);
  if (now < nextStep) return false;
  nextStep = now < nextStep + pause ? nextStep + pause : now + pause;
  return true;
}

function trainFrame() {
  if (!isFast() && !isDue()) return;
  training.run(isFast() ? Number(byId("speed").value) || Infinity : 1, STEPS_TIME);
  if (training.failure !== null) isRunning = false;
  isDirty = true;
}

// The pictures follow the numbers as fast as there is time for; when these rest, they become finer.
function workOnField() {
  if (!field.isWorking && fieldOf !== training.numbers) {
    fieldOf = training.numbers;
    field.begin(problem.asker(fieldOf), COARSE);
  } else if (!field.isWorking && !isFast() && field.size === COARSE) field.begin(field.ask, FINE);
  if (field.isWorking && field.work(isFast() ? FIELD_RUNNING : FIELD_IDLE)) showPictures();
  if (field.isWorking || fieldOf !== training.numbers || field.size === COARSE) askFrame();
}
