"use strict";

// How numbers are written: as Python's %.5g writes them, so that the page agrees with the traces and pictures. The sign
// of -0 is left out: it makes no difference to a sum, and a reader stumbles over it.

const DIGITS = 5;
const SMALLEST_STEP = -323;

function makeFormat(textOfNaN) {
  return function format(number) {
    if (Number.isNaN(number)) return textOfNaN;
    if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
    const sign = number < 0 ? "-" : "";
    if (Number.isInteger(number) && Math.abs(number) < 1e7) return sign + Math.abs(number);
    return sign + significant(Math.abs(number));
  };
}

// Data can be nan; only a partial, and what follows from it, can be undefined.
const formatData = makeFormat("nan");

function significant(number) {
  const text = rounded(number);
  const plain = Number(text);
  if (plain >= 1e-4 && plain < 10 ** DIGITS) return String(plain);
  const [mantissa, exponent] = text.split("e").map(Number);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

// JavaScript rounds a tie up, Python to the even digit. 30 digits are enough to recognise a tie; most numbers are none.
function rounded(number) {
  if (number.toExponential(DIGITS + 1)[DIGITS + 1] !== "5") return number.toExponential(DIGITS - 1);
  const exact = number.toExponential(30);
  const isEvenTie = /^\d\.\d{3}[02468]50*e/.test(exact);
  return isEvenTie ? exact.slice(0, DIGITS + 1) + exact.slice(exact.indexOf("e")) : number.toExponential(DIGITS - 1);
}

// In parentheses, unless it is a name or a number that can stand beside an operator.
function enclosed(text) {
  return /^([^\s+*/=-]+|[\d.]+e[+-]\d+)$/.test(text) ? text : `(${text})`;
}

// An operation on operands that are given as text: a * b, -a, tanh(a).
function written(symbol, texts) {
  if (/\p{L}/u.test(symbol) || texts.length > 2) return `${symbol}(${texts.join(", ")})`;
  const factors = texts.map(enclosed);
  return factors.length === 2 ? factors.join(` ${symbol} `) : symbol + factors[0];
}

// How a node was computed, in numbers; nothing for a leaf.
function numbersOf({ symbol, operands }, nodes) {
  if (!symbol) return "";
  const texts = operands.map((operand) => nodes[operand]?.dataText ?? formatData(Number(operand.number)));
  return `= ${written(symbol, texts)}`;
}

// What Python's float() reads, if it is finite; else null.
function readNumber(text) {
  const plain = [...text.trim()].map(asciiDigit).join("");
  if (!/^[+-]?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/i.test(plain)) return null;
  const number = Number(plain.replaceAll("_", ""));
  return Number.isFinite(number) ? number : null;
}

// A digit of any script as 0 to 9: those of a script follow each other, from its zero on.
function asciiDigit(character) {
  const isDigit = (code) => /\p{Nd}/u.test(String.fromCodePoint(code));
  const code = character.codePointAt(0);
  if (!isDigit(code)) return character;
  let zero = code;
  while (isDigit(zero - 1)) zero -= 1;
  return String((code - zero) % 10);
}

// The shortest digits that give this number back.
function exactDigits(number) {
  return Object.is(number, -0) ? "-0" : String(number);
}

// The power of ten by which a number is changed in a step: about a tenth or a hundredth of the largest of these.
function stepExponent(...numbers) {
  const size = Math.max(...numbers.map(Math.abs).filter(Number.isFinite));
  return size > 0 ? Math.max(Math.floor(Math.log10(size)) - 1, SMALLEST_STEP) : -1;
}

// The number so many steps away, among the multiples of a step: these have few digits.
function stepped(number, steps, exponent) {
  if (steps === 0) return number;
  const count = number / Number(`1e${exponent}`);
  const near = Math.round(count);
  const from = Math.abs(count - near) < 1e-6 ? near : steps > 0 ? Math.floor(count) : Math.ceil(count);
  const moved = Number(`${from + steps}e${exponent}`);
  return Number.isFinite(moved) ? moved : number;
}
