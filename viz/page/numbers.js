"use strict";

// How numbers are written: as Python's %.5g writes them, so that the page agrees with the traces and pictures.

const DIGITS = 5;

function makeFormat(textOfNaN) {
  return function format(number) {
    if (Number.isNaN(number)) return textOfNaN;
    if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
    const sign = number < 0 || Object.is(number, -0) ? "-" : "";
    if (Number.isInteger(number) && Math.abs(number) < 1e7) return sign + Math.abs(number);
    return sign + significant(Math.abs(number));
  };
}

function significant(number) {
  const text = rounded(number);
  const [mantissa, exponent] = text.split("e").map(Number);
  if (exponent >= -4 && exponent < DIGITS) return String(Number(text));
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

// JavaScript rounds a tie up, Python to the even digit. 30 digits are enough to recognise a tie.
function rounded(number) {
  const exact = number.toExponential(30);
  const isEvenTie = /^\d\.\d{3}[02468]50*e/.test(exact);
  return isEvenTie ? exact.slice(0, DIGITS + 1) + exact.slice(exact.indexOf("e")) : number.toExponential(DIGITS - 1);
}

function enclosed(text) {
  return text.startsWith("-") ? `(${text})` : text;
}
