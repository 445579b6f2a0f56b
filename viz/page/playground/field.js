"use strict";

// What each neuron answers over the plane: a grid of points from edge to edge, computed a few rows at a time, so that
// the page stays smooth. One run of the network gives the answers of all its neurons at a point.

const COARSE = 25;
const FINE = 73;

class Field {
  // `range` has the corners of the plane.
  constructor({ low, high }) {
    Object.assign(this, { low, high, done: null });
    this.begin(null, 0);
  }

  // Begin anew; `ask` gives the outputs at a point.
  begin(ask, size) {
    this.ask = ask;
    this.size = size;
    this.row = 0;
    this.values = [];
  }

  // Go on for some milliseconds; whether all rows are there. What has no answer anywhere is NaN.
  work(milliseconds) {
    const end = performance.now() + milliseconds;
    while (this.row < this.size && performance.now() < end) {
      this.computeRow();
      this.row += 1;
    }
    if (this.row < this.size) return false;
    this.done = { values: this.values, size: this.size };
    return true;
  }

  get isWorking() {
    return this.row < this.size;
  }

  computeRow() {
    const start = this.row * this.size;
    for (let column = 0; column < this.size; column += 1) {
      const found = this.answersAt(this.point(column, this.row));
      if (!this.values.length) this.values = found.map(() => new Float64Array(this.size * this.size).fill(NaN));
      found.forEach((answer, output) => {
        this.values[output][start + column] = answer;
      });
    }
  }

  answersAt(point) {
    try {
      return this.ask(point);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return this.values.map(() => NaN);
    }
  }

  point(column, row) {
    return [column, row].map((at, axis) => {
      const share = at / (this.size - 1);
      return this.low[axis] * (1 - share) + this.high[axis] * share;
    });
  }

  // What is shown: the last grid that was complete.
  grid(output) {
    const { values, size } = this.done;
    return { values: values[output] ?? new Float64Array(size * size).fill(NaN), size };
  }
}

// A coarse grid with three squares for each side of one, and curves through its numbers: its own line would have
// corners, and tremble as it moves.
function smooth({ values, size }) {
  if (size >= FINE) return { values, size };
  const wide = 3 * (size - 1) + 1;
  const places = Array.from({ length: size }, (_, place) => place);
  const columns = places.map((column) => curveThrough(places.map((row) => values[row * size + column])));
  const found = new Float64Array(wide * wide);
  for (let row = 0; row < wide; row += 1) found.set(curveThrough(columns.map((column) => column[row])), row * wide);
  return { values: found, size: wide };
}

// Some numbers, with two more between each and the next, on the cubics of Catmull and Rom; the ends go on straight.
function curveThrough(numbers) {
  const last = numbers.length - 1;
  const found = new Float64Array(3 * last + 1);
  found[3 * last] = numbers[last];
  for (let place = 0; place < last; place += 1) {
    const from = numbers[place];
    const to = numbers[place + 1];
    const before = place > 0 ? numbers[place - 1] : 2 * from - to;
    const after = place + 1 < last ? numbers[place + 2] : 2 * to - from;
    found[3 * place] = from;
    found[3 * place + 1] = (21 * from + 9 * to - 2 * before - after) / 27;
    found[3 * place + 2] = (21 * to + 9 * from - 2 * after - before) / 27;
  }
  return found;
}

// The line at which a grid of numbers passes a level, as pieces from (x, y) to (x, y); the grid is 1 wide and high.
// In each square the line goes from side to side, straight (the method of marching squares).
function contour({ values, size }, level) {
  const pieces = [];
  const corners = [[0, 0], [1, 0], [1, 1], [0, 1]];
  const places = corners.map(([right, up]) => up * size + right);
  for (let row = 0; row < size - 1; row += 1) {
    for (let column = 0; column < size - 1; column += 1) {
      const start = row * size + column;
      const isAbove = values[start] > level;
      // Most squares are on one side.
      if (places.every((place) => values[start + place] > level === isAbove)) continue;
      const found = places.map((place) => values[start + place] - level);
      const crossings = corners.map((_, side) => crossing(found, corners, side)).filter(Boolean);
      const ends = crossings.map(([x, y]) => [(column + x) / (size - 1), (row + y) / (size - 1)]);
      for (let pair = 0; pair + 1 < ends.length; pair += 2) pieces.push([ends[pair], ends[pair + 1]]);
    }
  }
  return pieces;
}

// Where the line meets a side of a square, from one corner to the next; null if it does not.
function crossing(found, corners, side) {
  const next = (side + 1) % 4;
  const [a, b] = [found[side], found[next]];
  if (!(a > 0 !== b > 0) || Number.isNaN(a + b)) return null;
  const share = a / (a - b);
  return corners[side].map((from, axis) => from + (corners[next][axis] - from) * share);
}
