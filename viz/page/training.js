"use strict";

// Training in the page: every step computes the next number of each leaf from the numbers before, all of them or none.

const MOST_LOSSES = 2000;

// advance     a function from the numbers of all leaves to { loss, numbers: those after a step }; it throws a
//             RangeError, which says what failed, and changes nothing
// numbers     those to begin with
// references  what the first leaves should be after some steps: [{ steps, numbers: doubles as base64 }], in their order
class Training {
  constructor({ advance, numbers, references = [] }) {
    this.advance = advance;
    this.first = Float64Array.from(numbers);
    this.references = references.map(({ steps, numbers: text }) => ({ steps, numbers: doubles(text) }));
    this.reset();
  }

  // Begin again: with the first numbers, or with those of another seed.
  reset(numbers = this.first) {
    this.numbers = Float64Array.from(numbers);
    this.steps = 0;
    this.losses = [];
    this.stride = 1;
    this.failure = null;
    this.comparison = null;
    this.comparable = difference(this.numbers, this.first).equal;
  }

  // Give one leaf another number.
  set(leaf, number) {
    this.numbers[leaf] = number;
    this.changed();
  }

  // Say that something is no longer as it was given: a number, the data, the rate. What failed may work now, and no
  // reference fits until the next reset.
  changed() {
    this.failure = null;
    this.comparison = null;
    this.comparable = false;
  }

  // One step; false if it fails, and then the numbers stay.
  step() {
    if (this.failure !== null) return false;
    try {
      const { loss, numbers } = this.advance(this.numbers);
      this.note(loss);
      this.numbers = numbers;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.failure = error.message;
      return false;
    }
    this.steps += 1;
    this.compare();
    return true;
  }

  // So many steps; fewer if one fails, or if the time is up after one.
  run(count, milliseconds = Infinity) {
    const last = this.steps + count;
    const end = performance.now() + milliseconds;
    while (this.steps < last && this.step() && performance.now() < end);
  }

  // The loss before this step. Of a long training only every second, fourth, eighth, … is kept.
  note(loss) {
    this.loss = loss;
    if (this.steps % this.stride) return;
    this.losses.push({ step: this.steps, loss });
    if (this.losses.length < MOST_LOSSES) return;
    this.stride *= 2;
    this.losses = this.losses.filter(({ step }) => step % this.stride === 0);
  }

  // How the numbers agreed with the last reference that was reached: { steps, equal, largest }; null before the first.
  compare() {
    if (!this.comparable) return;
    const reference = this.references.find(({ steps }) => steps === this.steps);
    if (reference) this.comparison = { steps: this.steps, ...difference(this.numbers, reference.numbers) };
  }
}

// A copy of the numbers in which the first ones are others.
function withFirst(numbers, others) {
  const all = Float64Array.from(numbers);
  all.set(others);
  return all;
}

// Doubles from base64, as Python's `array("d").tobytes()` has them on nearly every machine.
function doubles(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Float64Array(bytes.buffer);
}

// Whether as many numbers as there are in `expected` have the same bits, and by how much they differ at most.
function difference(numbers, expected) {
  const differences = Array.from(expected, (number, place) => Math.abs(numbers[place] - number));
  const equal = expected.every((number, place) => Object.is(number, numbers[place]));
  return { equal, largest: differences.reduce((largest, size) => Math.max(largest, size), 0) };
}
