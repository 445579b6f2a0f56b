"use strict";

// What the network learns: the samples as the reader changes them, what counts as right, and how a target looks.

const MOST_SAMPLES = 500;

// A learner who sees -0 asks what it is, and the answer leads away from here.
const format = (number) => formatData(number + 0);

class Problem {
  constructor(content) {
    this.content = content;
    this.count = content.parameters.length;
    this.samples = copies(content.samples);
    this.choices = choicesOf(content);
    this.added = this.choices.at(-1)?.targets ?? this.samples.at(-1).targets;
    this.targetScale = scaleOfTargets(content);
    this.predictions = [];
  }

  // --- The network on the samples ---

  // With these numbers: the loss of all and of each sample, what is predicted for each, and what the update takes: the
  // sums of the losses and of the gradients, then the numbers. The engine passes gradients back from the last sample to
  // the first: so the sums have its bits.
  measure(numbers) {
    const { samples, count } = this;
    const isMean = this.content.reduction === "mean";
    const share = isMean ? 1 / samples.length : 1;
    const given = Float64Array.of(...samples[0].inputs, ...samples[0].targets, share, ...numbers.subarray(0, count));
    const sums = new Float64Array(1 + count + numbers.length);
    sums.set(numbers, 1 + count);
    const losses = new Array(samples.length);
    const predictions = new Array(samples.length);
    for (let index = samples.length - 1; index >= 0; index -= 1) {
      const { inputs, targets } = samples[index];
      given.set(inputs);
      given.set(targets, inputs.length);
      const { outputs } = sampleProgram(given);
      losses[index] = outputs[0];
      predictions[index] = outputs.slice(1 + count);
      for (let place = 0; place <= count; place += 1) sums[place] += outputs[place];
    }
    const total = losses.reduce((sum, loss) => sum + loss, 0);
    return { loss: isMean ? total / samples.length : total, losses, predictions, sums };
  }

  // One step, as a Training takes it; `predictions` are then those before the step.
  advance(numbers) {
    const { loss, predictions, sums } = this.measure(numbers);
    this.predictions = predictions;
    return { loss, predictions, numbers: withFirst(numbers, updateProgram(sums).updates) };
  }

  // A function from some inputs to what every neuron answers, with these numbers.
  asker(numbers) {
    const { length } = this.content.inputs;
    const given = new Float64Array(length + this.count);
    given.set(numbers.subarray(0, this.count), length);
    return (inputs) => {
      given.set(inputs);
      return answersProgram(given).outputs;
    };
  }

  // As the studies count: one output has to be on its target's side of the threshold; of several, the output that the
  // target names has to exceed all others.
  isRight(outputs, targets) {
    const { low, high, threshold, byNumber } = this.content.classes;
    if (outputs.length === 1) return ((targets[0] - low) * (2 / (high - low)) - 1) * (outputs[0] - threshold) > 0;
    const wanted = byNumber ? targets[0] : targets.indexOf(Math.max(...targets));
    return outputs.every((output, index) => index === wanted || output < outputs[wanted]);
  }

  countRight(predictions) {
    return predictions.filter((outputs, index) => this.isRight(outputs, this.samples[index].targets)).length;
  }

  // --- The samples ---

  get isChanged() {
    return JSON.stringify(this.samples) !== JSON.stringify(this.content.samples);
  }

  get isFull() {
    return this.samples.length >= MOST_SAMPLES;
  }

  // The list stays the same one: the steps read it.
  restore() {
    this.samples.splice(0, this.samples.length, ...copies(this.content.samples));
  }

  add(inputs) {
    if (this.isFull) return;
    this.samples.push({ inputs: [...inputs], targets: [...this.added] });
  }

  // A loss needs a sample: the last one stays.
  remove(index) {
    if (this.samples.length === 1) return false;
    this.samples.splice(index, 1);
    return true;
  }

  // --- How targets look ---

  choiceOf(targets) {
    return this.choices.findIndex((choice) => choice.targets.every((target, index) => target === targets[index]));
  }

  // The mark of a class in the plane, its shape, and its colour as a share from -1 to 1. Where several outputs tell the
  // classes, the picture is that of one of them, `focus`: its own class is on one side, all others on the other.
  look(targets, focus) {
    const choice = this.choiceOf(targets);
    if (choice < 0) return { ...this.lookOfNumber(targets), name: format(targets[0]) };
    const { name } = this.choices[choice];
    const last = this.choices.length - 1;
    const isMany = this.content.outputs.length > 1;
    const shape = choice === 0 ? "square" : choice === last ? "circle" : "diamond";
    return { name, mark: isMany ? String(choice) : name, shape, share: choice === (isMany ? focus : last) ? 1 : -1 };
  }

  lookOfNumber([target]) {
    const { middle, reach } = this.targetScale;
    return { mark: "", shape: "circle", share: (target - middle) / reach };
  }

  described({ inputs, targets }) {
    const given = inputs.map((input, index) => `${this.content.inputs[index]} = ${format(input)}`).join(", ");
    return `${given}; target ${this.look(targets).name}`;
  }
}

function copies(samples) {
  return samples.map(({ inputs, targets }) => ({ inputs: [...inputs], targets: [...targets] }));
}

// What is neutral among targets that are numbers, and how far from it they reach.
function scaleOfTargets({ samples }) {
  const targets = samples.map((sample) => sample.targets[0]);
  const [low, high] = [Math.min(...targets), Math.max(...targets)];
  return { middle: (low + high) / 2, reach: (high - low) / 2 || 1 };
}

// The classes that a new point can have: one output tells two, several outputs one each. None if targets are numbers.
function choicesOf({ classes, outputs }) {
  if (classes === null) return [];
  const { low, high, byNumber } = classes;
  if (byNumber) return outputs.map((name, wanted) => ({ name, targets: [wanted] }));
  if (outputs.length === 1) return [low, high].map((target) => ({ name: String(target), targets: [target] }));
  return outputs.map((name, wanted) => ({ name, targets: outputs.map((_, index) => (index === wanted ? high : low)) }));
}
