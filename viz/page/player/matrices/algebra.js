"use strict";

// Formulas of matrices, as NumPy understands them. Each has
//   shape()          [rows, columns]; it throws a ShapeError where matrices do not fit
//   entry(i, j)      the number there
//   sources(i, j)    the entries that it is made of: [[name, i, j], …]
//   say(how)         the formula as text: in names, as NumPy reads it, or in shapes
//   at(i, j, style)  how this entry is computed, as text. A null in the place of i or j is a whole column or row
//   strength         how tightly its operator binds: SUM, PRODUCT or ATOM

const SUM = 0;
const PRODUCT = 1;
const ATOM = 2;
const FLAT = "flat";
const NAMES = /\b[AZ]\d+\b/g;
const MOST_SUMMANDS = 8;

class ShapeError extends Error {}

// How formulas are said. The ending of a matrix is "", ".T", or FLAT for a column that has lost its second axis.
const inNames = { leaf: ({ name }, ending) => (ending === FLAT ? name : name + ending), isShape: false };

const inShapes = {
  leaf(matrix, ending) {
    if (matrix.rows === null) return "?";
    const [rows, columns] = matrix.shape();
    return { "": `(${rows}, ${columns})`, ".T": `(${columns}, ${rows})`, [FLAT]: `(${rows},)` }[ending];
  },
  isShape: true,
};

// Styles of an entry: X[0, :] · W1[:, 3], and the same in numbers, which are written by a function.
const inSymbols = { leaf: ({ name }, i, j) => `${name}[${i ?? ":"}, ${j ?? ":"}]`, isSymbolic: true };

function inNumbers(write) {
  return { leaf: ({ rows }, i, j) => write(rows[i][j]), isSymbolic: false };
}

function shapeText([rows, columns]) {
  return `(${rows}, ${columns})`;
}

// rows  the entries, row by row; null for a matrix that could not be computed
class Matrix {
  strength = ATOM;

  constructor(name, rows) {
    Object.assign(this, { name, rows });
  }

  shape() {
    if (this.rows === null) throw new ShapeError(`There is no ${this.name}.`);
    return [this.rows.length, this.rows[0].length];
  }

  entry(i, j) {
    return this.rows[i][j];
  }

  sources(i, j) {
    return [[this.name, i, j]];
  }

  say(how) {
    return how.leaf(this, "");
  }

  at(i, j, style) {
    return style.leaf(this, i, j);
  }
}

// ending  ".T", or FLAT: NumPy takes a column without its second axis as a row
class Transposed {
  strength = ATOM;

  constructor(matrix, ending = ".T") {
    Object.assign(this, { matrix, ending });
  }

  shape() {
    return this.matrix.shape().toReversed();
  }

  entry(i, j) {
    return this.matrix.entry(j, i);
  }

  sources(i, j) {
    return this.matrix.sources(j, i);
  }

  say(how) {
    return how.leaf(this.matrix, this.ending);
  }

  at(i, j, style) {
    return this.matrix.at(j, i, style);
  }
}

class Product {
  strength = SUM;

  constructor(left, right) {
    Object.assign(this, { left, right });
  }

  shape() {
    const [left, right] = [this.left.shape(), this.right.shape()];
    if (left[1] === right[0]) return [left[0], right[1]];
    const [one, other] = [this.left, this.right].map((factor) => `${factor.say(inNames)} ${shapeText(factor.shape())}`);
    throw new ShapeError(`${one} @ ${other} do not fit: ${left[1]} against ${right[0]}.`);
  }

  places() {
    return [...Array(this.left.shape()[1]).keys()];
  }

  entry(i, j) {
    return this.places().reduce((sum, k) => sum + this.left.entry(i, k) * this.right.entry(k, j), 0);
  }

  sources(i, j) {
    return this.places().flatMap((k) => [...this.left.sources(i, k), ...this.right.sources(k, j)]);
  }

  say(how) {
    return `${this.left.say(how)} @ ${this.right.say(how)}`;
  }

  at(i, j, style) {
    if (style.isSymbolic) return `${this.left.at(i, null, style)} · ${this.right.at(null, j, style)}`;
    return summed(this.places().map((k) => `${this.left.at(i, k, style)} · ${this.right.at(k, j, style)}`));
  }
}

// The sums of the columns, as one row.
class ColumnSums {
  strength = SUM;

  constructor(of) {
    this.of = of;
  }

  shape() {
    return [1, this.of.shape()[1]];
  }

  places() {
    return [...Array(this.of.shape()[0]).keys()];
  }

  entry(_, j) {
    return this.places().reduce((sum, i) => sum + this.of.entry(i, j), 0);
  }

  sources(_, j) {
    return this.places().flatMap((i) => this.of.sources(i, j));
  }

  say(how) {
    const columns = this.of.say(how);
    return how.isShape ? `column sums of ${columns}` : `${columns}.sum(axis=0, keepdims=True)`;
  }

  at(_, j, style) {
    if (style.isSymbolic) return `the sum of ${this.of.at(null, j, style)}`;
    return summed(this.places().map((i) => this.of.at(i, j, style)));
  }
}

// Entry by entry; one row, or one column, stands for as many as the other operand has.
class Elementwise {
  constructor(operator, left, right) {
    Object.assign(this, { operator, left, right, strength: "+-".includes(operator) ? SUM : PRODUCT });
  }

  shape() {
    const [left, right] = [this.left.shape(), this.right.shape()];
    return left.map((length, axis) => {
      if (length === right[axis] || right[axis] === 1) return length;
      if (length === 1) return right[axis];
      const [one, other] = [left, right].map(shapeText);
      throw new ShapeError(`${one} ${this.operator} ${other} do not fit: ${length} against ${right[axis]}.`);
    });
  }

  operands(i, j) {
    return [this.left, this.right].map((operand) => {
      const [rows, columns] = operand.shape();
      return { operand, i: rows === 1 ? 0 : i, j: columns === 1 ? 0 : j };
    });
  }

  entry(i, j) {
    const [left, right] = this.operands(i, j).map((found) => found.operand.entry(found.i, found.j));
    return { "+": left + right, "-": left - right, "*": left * right, "/": left / right }[this.operator];
  }

  sources(i, j) {
    return this.operands(i, j).flatMap((found) => found.operand.sources(found.i, found.j));
  }

  say(how) {
    return this.joined(({ operand }) => operand.say(how), [{ operand: this.left }, { operand: this.right }]);
  }

  at(i, j, style) {
    return this.joined((found) => found.operand.at(found.i, found.j, style), this.operands(i, j));
  }

  // Parentheses where an operator inside binds less tightly.
  joined(textOf, operands) {
    const texts = operands.map((found) => {
      const isLoose = this.strength === PRODUCT && found.operand.strength === SUM;
      return isLoose ? `(${textOf(found)})` : textOf(found);
    });
    return texts.join(` ${this.operator} `);
  }
}

// A number in a formula, which goes with every entry.
class Constant {
  strength = ATOM;

  constructor(number) {
    this.number = number;
  }

  shape() {
    return [1, 1];
  }

  entry() {
    return this.number;
  }

  sources() {
    return [];
  }

  say() {
    return formatData(this.number);
  }

  at() {
    return formatData(this.number);
  }
}

// A function of each entry of some matrices, by a text in which their names stand: A1 * (1 - A1).
class Applied {
  strength = PRODUCT;

  // entryOf  a function of i and j, which knows the number
  constructor(text, matrices, entryOf) {
    Object.assign(this, { text, matrices, entryOf });
  }

  shape() {
    return this.matrices[0].shape();
  }

  entry(i, j) {
    return this.entryOf(i, j);
  }

  sources(i, j) {
    return this.matrices.flatMap((matrix) => matrix.sources(i, j));
  }

  say(how) {
    return how.isShape ? this.matrices[0].say(how) : this.replaced((matrix) => matrix.say(how));
  }

  at(i, j, style) {
    return this.replaced((matrix) => matrix.at(i, j, style));
  }

  replaced(textOf) {
    const named = new Map(this.matrices.map((matrix) => [matrix.name, matrix]));
    return this.text.replace(NAMES, (name) => (named.has(name) ? textOf(named.get(name)) : name));
  }
}

function namesIn(text) {
  return text.match(NAMES) ?? [];
}

// The first few terms of a sum, and the last one.
function summed(terms) {
  const shown = terms.length <= MOST_SUMMANDS ? terms : [...terms.slice(0, MOST_SUMMANDS - 2), "…", terms.at(-1)];
  return shown.join(" + ");
}

// All entries of a formula, row by row.
function evaluated(formula) {
  const [rows, columns] = formula.shape();
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) => formula.entry(i, j)));
}
