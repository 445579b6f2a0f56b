"use strict";

// What changes the page: its buttons, fields and keys; and how it begins.

// Milliseconds for the steps that an address asks for.
const LONGEST_START = 2000;
const RULE = "in each step, the chain rule tells every number which way to go";

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
  byId("rate-number").addEventListener("change", ({ target }) => {
    const isRate = target.valueAsNumber > 0;
    refuse("refusal", isRate ? "" : `The learning rate stays ${format(currentRate())}: it has to be a number above 0.`);
    if (isRate) setRate(target.valueAsNumber);
    target.value = shownRate();
  });
  byId("seed").addEventListener("change", (event) => {
    const isNone = event.target.value === "" && content.seed === null;
    const chosen = isNone ? null : event.target.valueAsNumber;
    const isSeed = isNone || (Number.isInteger(chosen) && chosen >= 0 && chosen < seedCount);
    const wanted = `a whole number from 0 to ${seedCount - 1}`;
    refuse("refusal", isSeed ? "" : `The seed stays as it was: it has to be ${wanted}.`);
    if (isSeed) setSeed(chosen);
    else redraw();
  });
  byId("shown").addEventListener("change", (event) => {
    shown = Number(event.target.value);
    showPlane();
    redraw();
  });
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", openAddress);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolor);
}

// A link to what is shown: #seed=3&rate=0.3&steps=100. What it does not say, or says wrongly, is as at the beginning.
function openAddress() {
  // The "+" of 1e+21 is no space.
  const given = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
  const [chosen, rate, steps] = ["seed", "rate", "steps"].map((name) => Number(given.get(name) || NaN));
  setSeed(Number.isInteger(chosen) && chosen >= 0 && chosen < seedCount ? chosen : content.seed);
  setRate(rate > 0 && rate < Infinity ? rate : content.rate);
  training.run(steps, LONGEST_START);
}

function writeAddress() {
  const parts = seed === content.seed ? [] : [`seed=${seed}`];
  if (currentRate() !== content.rate) parts.push(`rate=${currentRate()}`);
  if (training.steps) parts.push(`steps=${training.steps}`);
  try {
    history.replaceState(null, "", `#${parts.join("&")}`);
  } catch {
    // In a frame of a notebook the address is not the page's own.
  }
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
  const numbers = problem.count === 1 ? "the one number" : `the ${problem.count} numbers`;
  const learning = `${numbers} of the ${content.layers.length ? "network" : "formula"} until it is small`;
  setText(byId("about"), `${content.about} Loss: how wrong the answers are. Learning: changing ${learning}.`);
  setText(byId("lead"), `Press Train and watch: ${RULE}.`);
  setText(byId("recipe"), `${content.lossName}, ${content.optimizerName}`);
  byId("seed").max = seedCount - 1;
  if (content.seed === null) byId("seed").placeholder = "as given";
  byId("seeds-control").hidden = seedCount === 0;
  byId("trials").hidden = seedCount === 0 || !problem.choices.length;
  byId("plane-pane").hidden = !isPlane;
  byId("network-pane").hidden = !content.layers.length;
  byId("no-network").hidden = content.layers.length > 0;
  setText(byId("no-network"), `There is no picture of the network: ${content.noLayers}.`);
  byId("stage").classList.toggle("no-plane", !isPlane);
  byId("shown").append(...options());
  byId("shown").value = shown;
  byId("chooser").append(...(problem.choices.length ? problem.choices.map(choiceBox) : [addedField()]));
  byId("wrong-hint").hidden = !problem.choices.length;
  byId("state").lastElementChild.hidden = !problem.choices.length;
  showWords(byId("word-list"), wordsOf(content, { hasSeeds: seedCount > 0, hasTrials: !byId("trials").hidden }));
  listen();
  network.showInputs(content.range);
  openAddress();
  redraw();
}

// Whose answer can be shown over the plane: first what the network predicts.
function options() {
  const hidden = network.neurons.filter(({ output }) => !content.predictions.includes(output));
  return [
    ...content.predictions.map((output, index) => element("option", { value: output }, content.outputs[index])),
    ...hidden.map(({ output, fullName }) => element("option", { value: output }, fullName)),
  ];
}

// What a click adds: a point of a class, or of a number.
function choiceBox({ name, targets }) {
  const box = element("input", { type: "radio", name: "choice" });
  box.checked = targets === problem.added;
  box.addEventListener("change", () => { problem.added = targets; });
  return element("label", {}, box, ` ${name}`);
}

function addedField() {
  const attributes = { type: "number", step: "any", "aria-label": "Target of new points", value: problem.added[0] };
  const field = element("input", attributes);
  field.addEventListener("change", () => {
    if (Number.isFinite(field.valueAsNumber)) problem.added = problem.added.map(() => field.valueAsNumber);
  });
  return field;
}

begin();
