// What the functions of the C library are made of: the bits of a double, and the fused multiply-add.

const DOUBLE = new Float64Array(1);

// The two halves of DOUBLE, the low one first, as in every browser: reading and writing them is reading and writing it.
const WORDS = new Uint32Array(DOUBLE.buffer);

// The sign, the exponent and the first 20 bits of the fraction, as an integer from 0 to 2^32 - 1.
function highWord(x) {
  DOUBLE[0] = x;
  return WORDS[1];
}

// The last 32 bits of the fraction, as an integer from 0 to 2^32 - 1.
function lowWord(x) {
  DOUBLE[0] = x;
  return WORDS[0];
}

function fromWords(high, low) {
  WORDS[1] = high;
  WORDS[0] = low;
  return DOUBLE[0];
}

// 2^k, for the exponents of normal numbers: -1022 to 1023.
function powerOfTwo(k) {
  return fromWords((k + 1023) << 20, 0);
}

// The doubles that are written as base64.
function table(base64) {
  return new Float64Array(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);
}

// x times this, rounded, has the upper half of the bits of x on top (Veltkamp's splitting).
const SPLITTER = 2 ** 27 + 1;

// A little more than 1: an error times this is over half a unit of the last place wherever it might be half a unit.
const BEYOND = 1 + 2 ** -50;

// From here on, a product of two doubles is the sum of two doubles, without an underflow.
const SAFE_PRODUCT = 2 ** -960;

// a * b + c, rounded once: what the processor's fused multiply-add gives, for all doubles.
//
// a * b is exactly product + lost (Dekker), and lost + c and product + that are sums of two doubles again (Knuth), so
// that a * b + c = high + low + middleLost exactly. The last two may be added with an error: it matters only where their
// sum is at half a unit in the last place of the result, or nearer to that than the error can be.
// After S. Boldo and G. Melquiond, Emulation of a FMA and correctly rounded sums, IEEE Trans. Computers 57 (2008).
function fma(a, b, c) {
  const product = a * b;
  let scaled = SPLITTER * a;
  const aHigh = scaled - (scaled - a);
  const aLow = a - aHigh;
  scaled = SPLITTER * b;
  const bHigh = scaled - (scaled - b);
  const bLow = b - bHigh;
  const lost = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  const middle = c + lost;
  const fromLost = middle - c;
  const middleLost = c - (middle - fromLost) + (lost - fromLost);
  const high = product + middle;
  const fromMiddle = high - product;
  const low = product - (high - fromMiddle) + (middle - fromMiddle);
  const rest = low + middleLost;
  const sum = high + rest;
  // Never equal for a NaN, which is what too large an operand gives.
  const clear = sum + (rest - (sum - high)) * BEYOND === sum;
  return clear && Math.abs(product) > SAFE_PRODUCT ? sum : fmaSlowly(a, b, c);
}

// The same in integers: all doubles are multiples of 2^-1074, and their products of 2^-2148.
function fmaSlowly(a, b, c) {
  const unrounded = a * b + c;
  if (a === 0 || b === 0 || !(Number.isFinite(a) && Number.isFinite(b) && Number.isFinite(c))) return unrounded;
  const exact = inSmallestUnits(a) * inSmallestUnits(b) + (inSmallestUnits(c) << 1074n);
  return exact < 0n ? -rounded(-exact) : rounded(exact);
}

// x / 2^-1074, an integer.
function inSmallestUnits(x) {
  const high = highWord(x);
  const exponent = (high >>> 20) & 0x7ff;
  const fraction = (BigInt(high & 0xfffff) << 32n) + BigInt(WORDS[0]);
  const size = exponent === 0 ? fraction : (fraction + (1n << 52n)) << BigInt(exponent - 1);
  return high >>> 31 ? -size : size;
}

// count * 2^-2148 to the nearest double, to the even one of two, for a count of at least 1.
function rounded(count) {
  const digits = count.toString(16);
  const bits = 4 * digits.length - Math.clz32(parseInt(digits[0], 16)) + 28;
  const shift = BigInt(Math.max(bits - 53, 1074));
  const kept = count >> shift;
  const twiceRest = (count - (kept << shift)) << 1n;
  const unit = 1n << shift;
  const up = twiceRest > unit || (twiceRest === unit && kept & 1n);
  return Number(up ? kept + 1n : kept) * 2 ** (Number(shift) - 2148);
}
