"use strict";

// The page: what is trained, what is shown of it in each frame, and the buttons, fields and keys that change it.

// Milliseconds of a frame, of which there are sixty in a second, for steps and for pictures.
const FRAME = 8;
const FRAMES_FOR_TEXT = 4;
const FIELD_RUNNING = 4;
const FIELD_IDLE = 12;

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
let frames = 0;
let frameAsked = false;
let fieldOf = null;

const network = new NetworkView(byId("network"), content, colors, { opened: openNeuron, pointed: lookAt });
const curve = new LossCurve(byId("curve"));
const table = new SampleTable(byId("sample-table"), problem, samplesChanged);
const seedsView = new SeedsView(byId("trials-pane"), {
  most: Math.max(1, seedCount),
  count: Math.max(1, seedCount),
  steps: content.trialSteps ?? 500,
  makeTrials: (wanted) => {
    pause();
    return new Trials(problem, (chosen) => allNumbers(startOf(chosen), currentRate()), wanted);
  },
  chosen: (chosen) => setSeed(chosen),
});
const neuronView = content.sample && new NeuronView(byId("opened"), content.sample, {
  state: () => ({ parameters: training.numbers, samples: problem.samples, predictions: measured().predictions }),
  step: stepOnce,
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
  setText(byId("readout"), "");
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
  showButtons();
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
  const samples = problem.samples.length === 1 ? "the point" : `all ${problem.samples.length} points`;
  setText(byId("readout"),
    `Step ${training.steps}: forwards ${samples}, loss ${format(training.loss)}; backwards the gradient of each of the ` +
    `${problem.count} parameters; then each one moves against its gradient.`);
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

function frame() {
  frameAsked = false;
  if (isRunning) trainFrame();
  if (isDirty) show();
  isDirty = false;
  if (field) workOnField();
  if (isRunning) askFrame();
}

function trainFrame() {
  const end = performance.now() + FRAME;
  const last = training.steps + (Number(byId("speed").value) || Infinity);
  while (training.steps < last && performance.now() < end && training.step());
  if (training.failure !== null) isRunning = false;
  isDirty = true;
}

// The pictures follow the numbers as fast as there is time for; when these rest, they become finer.
function workOnField() {
  if (!field.isWorking && fieldOf !== training.numbers) {
    fieldOf = training.numbers;
    field.begin(problem.asker(fieldOf), COARSE);
  } else if (!field.isWorking && !isRunning && field.size === COARSE) field.begin(field.ask, FINE);
  if (field.isWorking && field.work(isRunning ? FIELD_RUNNING : FIELD_IDLE)) showPictures();
  if (field.isWorking || fieldOf !== training.numbers || field.size === COARSE) askFrame();
}

// --- What is shown ---

// While it runs, what is slow to draw and hard to read in motion is shown in some of the frames only.
function show() {
  frames += 1;
  setText(byId("steps"), training.steps.toLocaleString("en"));
  const { loss, predictions, failure } = measured();
  network.showWeights(training.numbers);
  if (plane) plane.show(predictions);
  if (isRunning && frames % FRAMES_FOR_TEXT) return;
  setText(byId("loss"), format(loss));
  showScore(predictions);
  showFailure(training.failure ?? failure);
  showButtons();
  curve.show(training.losses);
  table.showAnswers(predictions);
  if (!plane) showBars();
  setText(byId("comparison"), comparison());
  byId("comparison").classList.toggle("equal", Boolean(training.comparison()?.equal));
  if (looked) setText(byId("readout"), network.described());
}

// While it runs, what the last step had on its way is good enough.
function measured() {
  if (isRunning && training.steps) return { loss: training.loss, predictions: problem.predictions, failure: null };
  try {
    return { ...problem.measure(training.numbers), failure: null };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { loss: NaN, predictions: null, failure: error.message };
  }
}

function showScore(predictions) {
  const { samples } = problem;
  if (!problem.choices.length) return;
  const right = predictions ? problem.countRight(predictions) : 0;
  setText(byId("score"), `${right} of ${samples.length}`);
  byId("score").classList.toggle("all", right === samples.length);
}

function showFailure(failure) {
  byId("failure").hidden = failure === null;
  byId("stage").classList.toggle("failed", failure !== null);
  if (failure !== null) {
    const after = `What you see is the last good state, after ${training.steps.toLocaleString("en")} steps.`;
    setText(byId("failure"), `The next step fails: ${failure}. ${after} Try a smaller learning rate, and Reset.`);
  }
}

function showButtons() {
  setText(byId("run"), isRunning ? "Pause" : training.steps ? "Go on" : "Train");
  byId("run").setAttribute("aria-pressed", String(isRunning));
  for (const id of ["run", "step"]) byId(id).setAttribute("aria-disabled", String(training.failure !== null));
  byId("seed").value = seed ?? "";
  const rate = currentRate();
  if (document.activeElement !== byId("rate-number")) byId("rate-number").value = Number(rate.toPrecision(6));
  byId("rate").value = Math.log10(rate);
  byId("rate").setAttribute("aria-valuetext", format(rate));
  byId("restore").setAttribute("aria-disabled", String(!problem.isChanged));
  byId("add").setAttribute("aria-disabled", String(problem.isFull));
}

// What can be said about Python's numbers, and no more.
function comparison() {
  const found = training.comparison();
  const count = problem.count === 1 ? "the parameter is" : `all ${problem.count} parameters are`;
  if (found) {
    const after = `After ${found.steps.toLocaleString("en")} ${found.steps === 1 ? "step" : "steps"}`;
    if (found.equal) return `${after} ${count} Python's, in every bit.`;
    return `${after} the parameters differ from Python's by at most ${format(found.largest)}.`;
  }
  if (!content.references.length) return "";
  if (problem.isChanged) return "You changed the data. To compare with Python's numbers again: As recorded, then Reset.";
  if (currentRate() !== content.rate) return `You changed the rate. To compare with Python's numbers again: set it to ${content.rate}, then Reset.`;
  if (seed !== content.seed) return `Python's numbers are here for ${content.seed === null ? "the start as recorded" : `seed ${content.seed}`} only.`;
  if (!training.comparable) return "You changed something on the way. To compare with Python's numbers again: Reset.";
  return `After ${content.references[0].steps} step the parameters will be compared with Python's, bit by bit.`;
}

// --- Pictures ---

// What is neutral in a picture of an output, and how far from it the colours reach.
function scaleOf(output, { values }) {
  const layer = content.layers.find(({ neurons }) => neurons.some((neuron) => neuron.output === output));
  const isPrediction = content.predictions.includes(output);
  const target = problem.targetScale();
  if (isPrediction && content.classes === null) return target;
  const middle = isPrediction ? content.classes.threshold : (layer.middle ?? 0);
  const farthest = values.reduce((size, value) => Math.max(size, Math.abs(value - middle) || 0), 0) || 1;
  const reach = isPrediction && content.classes.low < middle ? content.classes.high - middle : layer.reach;
  return { middle, reach: reach ?? farthest };
}

function showPictures() {
  network.showFields(field, scaleOf);
  showPlane();
}

function showPlane() {
  if (!field?.done) return;
  const grid = field.grid(looked?.output ?? shown);
  const scale = scaleOf(looked?.output ?? shown, grid);
  plane.draw(grid, scale);
  setText(byId("scale-low"), format(scale.middle - scale.reach));
  setText(byId("scale-middle"), format(scale.middle));
  setText(byId("scale-high"), format(scale.middle + scale.reach));
}

function showBars() {
  const ask = problem.asker(training.numbers);
  try {
    network.showBars(problem.samples, problem.samples.map(({ inputs }) => ask(inputs)), scaleOf);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

// A neuron that is looked at is shown large.
function lookAt(neuron) {
  looked = neuron;
  setText(byId("readout"), network.described());
  byId("shown").value = neuron?.output ?? shown;
  showPlane();
}

// Training pauses, so that its numbers are those that are looked at.
function openNeuron(neuron) {
  pause();
  neuronView?.open(neuron, problem.samples.map((sample) => problem.described(sample)));
}

// --- The page as it begins ---

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const actions = { " ": toggle, ArrowRight: stepOnce, r: reset, R: reset };
  const handlesItself = event.key === " " ? "button, input, select, summary" : "input, select";
  if (!(event.key in actions) || event.target.closest?.(handlesItself)) return;
  event.preventDefault();
  actions[event.key]();
}

function listen() {
  const clicks = {
    run: toggle,
    step: stepOnce,
    reset,
    restore: () => { problem.restore(); samplesChanged(); },
    add: () => { problem.add(problem.samples.at(-1).inputs); samplesChanged(); },
    "seed-back": () => setSeed(((seed ?? 0) + seedCount - 1) % seedCount),
    "seed-next": () => setSeed(((seed ?? -1) + 1) % seedCount),
  };
  for (const [id, act] of Object.entries(clicks)) byId(id).addEventListener("click", act);
  byId("rate").addEventListener("input", (event) => setRate(Number((10 ** Number(event.target.value)).toPrecision(2))));
  byId("rate-number").addEventListener("change", (event) => {
    if (event.target.valueAsNumber > 0) setRate(event.target.valueAsNumber);
    else redraw();
  });
  byId("seed").addEventListener("change", (event) => {
    const chosen = event.target.valueAsNumber;
    if (Number.isInteger(chosen) && chosen >= 0 && chosen < seedCount) setSeed(chosen);
    else redraw();
  });
  byId("shown").addEventListener("change", (event) => {
    shown = Number(event.target.value);
    showPlane();
  });
  document.addEventListener("keydown", onKey);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolor);
}

function recolor() {
  colors = new TwoSided(document.body);
  network.colors = colors;
  if (plane) plane.colors = colors;
  network.showInputs(content.range);
  fieldOf = null;
  redraw();
}

function begin() {
  setText(byId("title"), content.title);
  const numbers = problem.count === 1 ? "one number" : `${problem.count} numbers`;
  setText(byId("lead"), `A network of ${numbers}. Press Train and watch it learn: in each step, the chain rule tells every number which way to go.`);
  byId("seed").max = seedCount - 1;
  byId("seeds-control").hidden = byId("trials").hidden = seedCount === 0 || !problem.choices.length;
  byId("plane-pane").hidden = !isPlane;
  byId("stage").classList.toggle("no-plane", !isPlane);
  const options = network.neurons.map(({ output, name, fullName }) => [output, content.predictions.includes(output) ? name : fullName]);
  byId("shown").append(...options.reverse().map(([output, name]) => element("option", { value: output }, name)));
  byId("shown").value = shown;
  problem.choices.forEach(({ name }, index) => byId("chooser").append(choice(name, index)));
  byId("chooser").hidden = !problem.choices.length;
  byId("state").lastElementChild.hidden = !problem.choices.length;
  listen();
  network.showInputs(content.range);
  redraw();
}

function choice(name, index) {
  const box = element("input", { type: "radio", name: "choice", value: index });
  box.checked = index === problem.chosen;
  box.addEventListener("change", () => { problem.chosen = index; });
  return element("label", {}, box, ` ${name}`);
}

begin();
