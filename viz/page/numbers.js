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
  const [mantissa, power] = rounded(number).split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= DIGITS) {
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${withoutZeros(`${digits[0]}.${digits.slice(1)}`)}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) return withoutZeros(`0.${"0".repeat(-exponent - 1)}${digits}`);
  return withoutZeros(`${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`);
}

// JavaScript rounds a tie up, Python to the even digit. 30 digits are enough to recognise a tie.
function rounded(number) {
  const exact = number.toExponential(30);
  const isEvenTie = /^\d\.\d{3}[02468]50*e/.test(exact);
  return isEvenTie ? exact.slice(0, DIGITS + 1) + exact.slice(exact.indexOf("e")) : number.toExponential(DIGITS - 1);
}

function withoutZeros(text) {
  return text.replace(/\.?0*$/, "");
}

function enclosed(text) {
  return text.startsWith("-") ? `(${text})` : text;
}
