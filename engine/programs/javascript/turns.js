// Angles without their quarter turns: x = quarters pi/2 + high + low, where high + low is at most about pi/4 and low is
// what a double has no room for. As the GNU C library 2.36 computes it, for sin, cos and tan.

// pi/2 as the sum of two doubles.
const HALF_PI = 1.5707963267948966;
const HALF_PI_LOW = 6.123233995736766e-17;

// pi/2 is the sum of two parts and a rest or, with more digits, of three parts and a rest. A part has so few bits that
// its product with a whole number up to 2^26 is exact.
const HALF_PI_PART = 1.5707963407039642;
const HALF_PI_SECOND_PART = -1.3909067564377153e-8;
const HALF_PI_SECOND_REST = -4.9789962505147994e-17;
const HALF_PI_THIRD_PART = -4.97899623147991e-17;
const HALF_PI_THIRD_REST = -1.9034889620193266e-25;

// What HALF_PI is beyond its first part: half of the bits of a double times this is exact too.
const HALF_PI_END = HALF_PI - HALF_PI_PART;

// Added to a number and taken away again, it rounds the number to a multiple of 4.
const ROUNDER_TO_FOUR = 4 * ROUNDER;

// The nearest whole number of quarter turns, for |x| up to 2^26 pi/2.
function quarterTurns(x) {
  return fma(x, 0.6366197723675814, ROUNDER) - ROUNDER;
}

function withoutFirstParts(x, quarters) {
  return fma(-quarters, HALF_PI_SECOND_PART, fma(-quarters, HALF_PI_PART, x));
}

// For |x| up to 25.
function withoutFewTurns(x) {
  const quarters = quarterTurns(x);
  const start = withoutFirstParts(x, quarters);
  const high = fma(-quarters, HALF_PI_SECOND_REST, start);
  return { quarters, high, low: fma(-quarters, HALF_PI_SECOND_REST, start - high) };
}

// For |x| up to 2^26 pi/2.
function withoutTurns(x) {
  const quarters = quarterTurns(x);
  const start = withoutFirstParts(x, quarters);
  const middle = fma(-quarters, HALF_PI_THIRD_PART, start);
  const high = fma(-quarters, HALF_PI_THIRD_REST, middle);
  const low = fma(-quarters, HALF_PI_THIRD_PART, start - middle) + fma(-quarters, HALF_PI_THIRD_REST, middle - high);
  return { quarters, high, low };
}

// For |x| from 2^26 on, all without an fma (the library's branred.c). Only the last two bits of quarters count.
//
// In 2^1000 times 2/pi, the first thousand bits of 2/pi make whole turns only, and some hundred behind them decide. So
// a table has 2/pi in pieces of 24 bits, and each half of the bits of x meets the six pieces that matter to it.
function withoutManyTurns(x) {
  const scaled = x * 2 ** -600;
  const start = firstBits(scaled);
  const one = quartersOf(start);
  const other = quartersOf(scaled - start);
  const sum = one.high + other.high;
  const lost = Math.abs(one.high) > Math.abs(other.high) ? one.high - sum + other.high : other.high - sum + one.high;
  const whole = Math.abs(sum) > 0.5 ? Math.sign(sum) : 0;
  const quarters = one.quarters + other.quarters + whole;
  const part = sum - whole;
  const nearest = part + (lost + one.low + other.low);
  return { quarters, ...timesHalfPi(nearest, part - nearest + lost + (one.low + other.low)) };
}

// The upper half of the bits of x (Veltkamp).
function firstBits(x) {
  const top = SPLITTER * x;
  return top - (top - x);
}

// (x + tail) pi/2 as high + low.
function timesHalfPi(x, tail) {
  const start = firstBits(x);
  const end = x - start;
  const product = x * HALF_PI;
  const missing = start * HALF_PI_PART - product + start * HALF_PI_END + end * HALF_PI_PART;
  const rest = missing + (end * HALF_PI_END + x * HALF_PI_LOW + tail * HALF_PI);
  const high = product + rest;
  return { high, low: product - high + rest };
}

// 2^600 x times 2/pi, for an x of half the bits of a double, as quarters + high + low, without multiples of 4.
function quartersOf(x) {
  const products = productsWithTwoOverPi(x);
  let quarters = 0;
  for (let place = 0; place < 3; place++) {
    const whole = products[place] + ROUNDER - ROUNDER;
    quarters += whole;
    products[place] -= whole;
  }
  const sum = products.reduceRight((total, product) => total + product);
  let lost = products[0] - sum;
  for (let place = 1; place < 6; place++) lost += products[place];
  const whole = sum + ROUNDER - ROUNDER;
  quarters += whole;
  const part = sum - whole;
  const high = part + lost;
  return { quarters: quarters - (quarters + ROUNDER_TO_FOUR - ROUNDER_TO_FOUR), high, low: part - high + lost };
}

// 2^600 x times six pieces of 2/pi, integers below 2^24 in the table: those before them give multiples of 4 only.
function productsWithTwoOverPi(x) {
  const first = Math.max(Math.trunc((exponentBits(x) - 450) / 24), 0);
  const unit = (place) => powerOfTwo(576 - 24 * place);
  return [0, 1, 2, 3, 4, 5].map((next) => x * TWO_OVER_PI_TABLE[first + next] * unit(first + next));
}

// The exponent of x as its bits have it: 1023 for 1, 0 for subnormal numbers, 2047 for infinity.
function exponentBits(x) {
  return (highWord(x) >>> 20) & 0x7ff;
}
