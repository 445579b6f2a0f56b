"use strict";

// What is shown of the training: numbers, the sentence about Python's, and pictures.

// How far the colours reach for an activation that has a lowest and a highest value.
const REACHES = { tanh: 1, sigmoid: 0.5 };

// While it runs fast, what is slow to draw and hard to read in motion is shown in some of the frames only.
function show() {
  frames += 1;
  setText(byId("steps"), training.steps.toLocaleString("en"));
  const { loss, predictions, failure } = measured();
  network.showWeights(training.numbers);
  if (plane) plane.show(predictions, Math.max(0, content.predictions.indexOf(shown)));
  if (isFast() && frames % FRAMES_FOR_TEXT) return;
  clearTimeout(addressTimer);
  if (!isRunning && !problem.isChanged) addressTimer = setTimeout(writeAddress, ADDRESS_DELAY);
  setText(byId("loss"), failure === null ? format(loss) : NO_ANSWER);
  showScore(predictions);
  showFailure(training.failure ?? failure);
  const now = isFast() || !Number.isFinite(loss) ? [] : [{ step: training.steps, loss }];
  curve.show([...training.losses, ...now]);
  table.showAnswers(predictions);
  if (!plane) showBars();
  setText(byId("comparison"), comparison());
  byId("comparison").classList.toggle("equal", Boolean(training.comparison?.equal));
  setText(byId("readout"), network.described() || stepSaid);
}

// While it runs fast, what the last step had on its way is good enough.
function measured() {
  if (isFast() && training.steps) return { loss: training.loss, predictions: problem.predictions, failure: null };
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
  showButtons(failure !== null);
  byId("failure").hidden = failure === null;
  byId("stage").classList.toggle("failed", failure !== null);
  if (failure !== null) {
    const after = `What you see is the last good state, after ${training.steps.toLocaleString("en")} steps.`;
    setText(byId("failure"), `The next step fails: ${failure}. ${after} Try a smaller learning rate, or Reset.`);
  }
}

function showButtons(isFailed) {
  setText(byId("run"), isRunning ? "Pause" : training.steps ? "Go on" : "Train");
  byId("run").setAttribute("aria-pressed", String(isRunning));
  for (const id of ["run", "step"]) byId(id).setAttribute("aria-disabled", String(isFailed));
  byId("seed").value = seed ?? "";
  if (document.activeElement !== byId("rate-number")) byId("rate-number").value = shownRate();
  byId("rate").value = Math.log10(currentRate());
  byId("rate").setAttribute("aria-valuetext", format(currentRate()));
  byId("restore").setAttribute("aria-disabled", String(!problem.isChanged));
  byId("add").setAttribute("aria-disabled", String(problem.isFull));
}

function shownRate() {
  return Number(currentRate().toPrecision(6));
}

// What the last step did.
function stepDescribed() {
  const points = problem.samples.length === 1 ? "the point" : `all ${problem.samples.length} points`;
  const passes = `forwards ${points}, loss ${format(training.loss)}; backwards the gradient of each parameter`;
  return `Step ${training.steps}: ${passes}; then each parameter moves against its gradient.`;
}

// Nothing where there is no loss any more: then the failure is said.
function lossChange(before, after) {
  if (after > before) return `The loss rose to ${format(after)}: the step was too long. It happens.`;
  return Number.isFinite(after) ? `The loss ${after < before ? "fell to" : "stays"} ${format(after)}.` : "";
}

// What can be said about Python's numbers, and no more.
function comparison() {
  const found = training.comparison;
  const are = problem.count === 1 ? "the parameter is the one" : `all ${problem.count} parameters are those`;
  if (found) {
    const after = `After ${found.steps.toLocaleString("en")} ${found.steps === 1 ? "step" : "steps"}`;
    if (found.equal) return `${after} ${are} that Python computed, in every bit.`;
    return `${after} the parameters differ from Python's by at most ${format(found.largest)}.`;
  }
  if (!content.references.length) return "";
  const again = "To compare with Python's numbers again";
  if (problem.isChanged) return `You changed the data. ${again}: As recorded, then Reset.`;
  if (currentRate() !== content.rate) return `You changed the rate. ${again}: set it to ${content.rate}, then Reset.`;
  const start = content.seed === null ? "the start as given" : `seed ${content.seed}`;
  if (seed !== content.seed) return `Python's numbers are here for ${start} only.`;
  if (!training.comparable) return `You changed something on the way. ${again}: Reset.`;
  return `After ${content.references[0].steps} step the parameters will be compared with Python's, bit by bit.`;
}

// --- Pictures ---

// What is neutral in a picture of an output, and how far from it the colours reach.
function scaleOf(output, { values }) {
  const isPrediction = content.predictions.includes(output);
  if (isPrediction && content.classes === null) return problem.targetScale;
  const layer = content.layers.find(({ neurons }) => neurons.some((neuron) => neuron.output === output));
  const usual = { middle: layer?.middle ?? 0, reach: REACHES[layer?.activation] };
  const { middle, reach } = isPrediction ? { ...usual, ...reachOfClasses() } : usual;
  const farthest = values.reduce((size, value) => Math.max(size, Math.abs(value - middle) || 0), 0) || 1;
  return { middle, reach: reach ?? farthest };
}

// An answer is neutral at the threshold; if that lies between the targets, the colours reach up to these.
function reachOfClasses() {
  const { low, high, threshold } = content.classes;
  return { middle: threshold, reach: low < threshold && threshold < high ? high - threshold : undefined };
}

function showPictures() {
  network.showFields(field, scaleOf);
  showPlane();
}

function showPlane() {
  if (!field?.done) return;
  const output = looked?.output ?? shown;
  const grid = field.grid(output);
  const scale = scaleOf(output, grid);
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
  setText(byId("readout"), network.described() || stepSaid);
  byId("shown").value = neuron?.output ?? shown;
  showPlane();
}

// Training pauses, so that its numbers are those that are looked at.
function openNeuron(neuron) {
  pause();
  neuronView.open(neuron, problem.samples.map((sample) => problem.described(sample)));
}
