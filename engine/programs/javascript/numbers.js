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

// 2^k x, for a normal number x of moderate size, even where 2^k is not a double.
function timesPowerOfTwo(x, k) {
  DOUBLE[0] = x;
  WORDS[1] += k << 20;
  return DOUBLE[0];
}

// The doubles that a table has, written as base64.
function doublesOf(base64) {
  return new Float64Array(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);
}

// From here on, the product of two doubles is the sum of two doubles, without an underflow.
const SAFE = 2 ** -960;

// x times this, rounded, has the upper half of the bits of x on top (Veltkamp).
const SPLITTER = 2 ** 27 + 1;

// a * b - product, exactly, for the rounded product: what the multiplication lost (Dekker). NaN beyond 2^996.
function lostInProduct(product, a, b) {
  const aTop = SPLITTER * a;
  const aHigh = aTop - (aTop - a);
  const aLow = a - aHigh;
  const bTop = SPLITTER * b;
  const bHigh = bTop - (bTop - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

// a + b - sum, exactly, for the rounded sum (Knuth).
function lostInSum(sum, a, b) {
  const fromB = sum - a;
  return a - (sum - fromB) + (b - fromB);
}

// Whether all numbers from sum + error - doubt to sum + error + doubt are nearest to the double `sum`.
function isClear(sum, error, doubt) {
  return sum + (error + doubt) === sum && sum + (error - doubt) === sum;
}

// a * b + c, rounded once: the fused multiply-add of the processor, for all doubles.
//
// Mostly it is what a multiplication and an addition give: where the sum lost `error`, and the product at most half
// of 2^-52 times itself, and that makes no difference. (Where a * b is larger than c, it may always make one.)
function fma(a, b, c) {
  const product = a * b;
  const sum = product + c;
  const error = product - (sum - c);
  return isClear(sum, error, product * 2 ** -52) && Math.abs(sum) > SAFE ? sum : fmaOfParts(a, b, c);
}

// The same where the product has to be known exactly, as product + lost. Then lost + c and product + that are sums of
// two doubles again, and a * b + c = high + low + middleLost. The last two may be added with an error, unless their sum
// is so near to half a unit in the last place of the result that the error decides: 2^-50 of it is more than the error.
// After S. Boldo and G. Melquiond, Emulation of a FMA and correctly rounded sums, IEEE Trans. Computers 57 (2008).
function fmaOfParts(a, b, c) {
  const product = a * b;
  const lost = lostInProduct(product, a, b);
  const middle = c + lost;
  const middleLost = lostInSum(middle, c, lost);
  const high = product + middle;
  const low = lostInSum(high, product, middle);
  const rest = low + middleLost;
  const sum = high + rest;
  const error = rest - (sum - high);
  // Never so for a NaN, which is what too large an operand gives.
  const isRight = sum + error * (1 + 2 ** -50) === sum || lostInSum(rest, low, middleLost) === 0;
  return isRight && Math.abs(product) > SAFE ? sum : fmaOfIntegers(a, b, c);
}

// The same in integers: all doubles are multiples of 2^-1074, and their products of 2^-2148.
function fmaOfIntegers(a, b, c) {
  const unrounded = a * b + c;
  if (a === 0 || b === 0 || !(Number.isFinite(a) && Number.isFinite(b) && Number.isFinite(c))) return unrounded;
  const exact = inSmallestUnits(a) * inSmallestUnits(b) + (inSmallestUnits(c) << 1074n);
  return exact < 0n ? -nearestDouble(-exact) : nearestDouble(exact);
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
function nearestDouble(count) {
  const digits = count.toString(16);
  const bits = 4 * digits.length - Math.clz32(parseInt(digits[0], 16)) + 28;
  const shift = BigInt(Math.max(bits - 53, 1074));
  const kept = count >> shift;
  const twiceRest = (count - (kept << shift)) << 1n;
  const unit = 1n << shift;
  const up = twiceRest > unit || (twiceRest === unit && kept & 1n);
  return Number(up ? kept + 1n : kept) * 2 ** (Number(shift) - 2148);
}
