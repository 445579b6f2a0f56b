"use strict";

// Many trainings from many seeds, counted as the studies count them: a seed has learned if every answer is right at the
// end, and it needed so many steps as it takes until every answer is right and stays so.

// The quantile of the normal distribution for a confidence of 95 %.
const Z = 1.9599639845400536;

class Trials {
  // `startOf(seed)` gives the numbers of a seed; each is trained for so many steps by `problem`.
  constructor(problem, startOf, { count, steps }) {
    Object.assign(this, { problem, startOf, count, steps });
    this.results = [];
    this.begin();
  }

  begin() {
    if (this.isDone) return;
    this.numbers = Float64Array.from(this.startOf(this.results.length));
    this.step = 0;
    this.lastWrong = 0;
  }

  get isDone() {
    return this.results.length === this.count;
  }

  // Go on for some milliseconds, with as many trainings as there is time for.
  work(milliseconds) {
    const end = performance.now() + milliseconds;
    while (!this.isDone && performance.now() < end) this.advance();
  }

  // One step of the training at hand; after the last one, the answers count as well.
  advance() {
    try {
      const found = this.step < this.steps ? this.problem.advance(this.numbers) : this.problem.measure(this.numbers);
      if (this.problem.countRight(found.predictions) < this.problem.samples.length) this.lastWrong = this.step + 1;
      if (this.step === this.steps) return this.end(this.lastWrong <= this.steps ? this.lastWrong : null, null);
      this.numbers = found.numbers;
      this.step += 1;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.end(null, this.step);
    }
    return undefined;
  }

  // `needed` is null for a seed that has not learned; `failed` is the step that had no numbers.
  end(needed, failed) {
    this.results.push({ needed, failed });
    this.begin();
  }

  // The steps that those who learned needed, the fewest first.
  get needed() {
    return this.results.map(({ needed }) => needed).filter((needed) => needed !== null).sort((a, b) => a - b);
  }
}

// The interval in which the probability of a success lies, with a confidence of 95 %, after so many successes: all
// probabilities from which the observed share is at most z standard errors away (Wilson 1927).
function wilsonInterval(successes, trials) {
  const share = successes / trials;
  const stretch = 1 + (Z * Z) / trials;
  const middle = (share + (Z * Z) / (2 * trials)) / stretch;
  const half = (Z * Math.sqrt((share * (1 - share)) / trials + (Z / (2 * trials)) ** 2)) / stretch;
  // At 0 and 1 the two terms are equal, but for rounding.
  return [successes ? middle - half : 0, successes < trials ? middle + half : 1];
}

// Of some numbers in order, one that half of them do not exceed: the lower one of two in the middle.
function half(numbers) {
  return numbers[Math.floor((numbers.length - 1) / 2)];
}
