// sin, cos and tan as the GNU C library 2.36 computes them, with IBM's Accurate Mathematical Library (2001).
//
// What quarter turns leave of the angle is at most about pi/4. A table has the values at a point nearby, a few terms of
// a series make the step from there. An fma stands where the library's compiler fused a product and a sum, and only
// there: with another choice, some results would differ in the last bit.

// Added to a number and taken away again, it rounds the number to a multiple of 1/128: that is the last place there.
const ROUNDER_TO_GRID = ROUNDER / 128;

// Their terms are those of (sin x - x) / x^3 = -1/3! + x^2 / 5! - ..., for |x| < 0.126 and, a few, for |x| <= 1/256.
const SIN_SERIES = [
  -0.16666666666666666, 0.008333333333332329, -0.00019841269834414642, 2.755729806860771e-6, -2.5022014848318398e-8,
];
const SHORT_SIN_SERIES = [-0.16666666666666488, 0.008333332142857223];

// (1 - cos x) / x^2 = 1/2! - x^2 / 4! + ..., for |x| <= 1/256.
const SHORT_COS_SERIES = [0.5, -0.04166666666666644, 0.001388888740079376];

// (tan x - x) / x^3 = 1/3 + 2/15 x^2 + ..., for |x| <= 0.0608 and, a few terms, for |x| <= 1/256.
const TAN_SERIES = [
  0.3333333333333333, 0.1333333333332673, 0.05396825411095433, 0.021869380598167253, 0.008896546349534924,
];
const SHORT_TAN_SERIES = [0.3333333333332254, 0.13333354920669913];

// The series of tan is enough up to here, and the table begins.
const TAN_SERIES_END = 0.060799986124038696;

// numbers[first] + numbers[first + 1] x + ... + numbers[last] x^(last - first), from the last term on (Horner).
function series(x, numbers, first = 0, last = numbers.length - 1) {
  let sum = numbers[last];
  for (let place = last - 1; place >= first; place--) sum = fma(x, sum, numbers[place]);
  return sum;
}

function exactSin(x) {
  const size = Math.abs(x);
  if (size < 2 ** -26) return x;
  if (size < 0.85546875) return sineOfSum(x, 0);
  if (size < 2.4262638092041016) {
    const sine = cosineOfSum(HALF_PI - size, HALF_PI_LOW);
    return x < 0 ? -sine : sine;
  }
  return sineOfTurned(x, 0);
}

function exactCos(x) {
  const size = Math.abs(x);
  if (size < 2 ** -27) return 1;
  if (size < 0.85546875) return cosineOfSum(x, 0);
  if (size < 2.4262638092041016) {
    const left = HALF_PI - size;
    const high = left + HALF_PI_LOW;
    return sineOfSum(high, left - high + HALF_PI_LOW);
  }
  return sineOfTurned(x, 1);
}

// sin(x + extra pi/2), for |x| > 2.4.
function sineOfTurned(x, extra) {
  if (!Number.isFinite(x)) return NaN;
  const { quarters, high, low } = Math.abs(x) < 105414336 ? withoutTurns(x) : withoutManyTurns(x);
  const quarter = (quarters + extra) & 3;
  const value = quarter & 1 ? cosineOfSum(high, low) : sineOfSum(high, low);
  return quarter & 2 ? -value : value;
}

// sin(x + low), for |x| < 0.86 and a low that is small beside x.
function sineOfSum(x, low) {
  if (Math.abs(x) < 0.126) {
    const square = x * x;
    return x + fma(square, fma(series(square, SIN_SERIES), x, -0.5 * low), low);
  }
  const size = Math.abs(x);
  const point = size + ROUNDER_TO_GRID - ROUNDER_TO_GRID;
  const step = size - point;
  const stepLow = x < 0 ? -low : low;
  const square = step * step;
  const sineOfStep = step + fma(step * square, series(square, SHORT_SIN_SERIES), stepLow);
  const missing = fma(step, stepLow, square * series(square, SHORT_COS_SERIES));
  const { sine, sineLow, cosine, cosineLow } = sineAndCosineAt(point);
  // sin(point + step) = sin(point) + sin(step) cos(point) - (1 - cos(step)) sin(point)
  const result = sine + fma(sineOfStep, cosine, fma(-missing, sine, fma(sineOfStep, cosineLow, sineLow)));
  return x < 0 ? -result : result;
}

// cos(x + low), for |x| < 0.86 and a low that is small beside x.
function cosineOfSum(x, low) {
  const size = Math.abs(x);
  const point = size + ROUNDER_TO_GRID - ROUNDER_TO_GRID;
  const step = size - point + (x < 0 ? -low : low);
  const square = step * step;
  const sineOfStep = fma(step * square, series(square, SHORT_SIN_SERIES), step);
  const missing = square * series(square, SHORT_COS_SERIES);
  const { sine, sineLow, cosine, cosineLow } = sineAndCosineAt(point);
  // cos(point + step) = cos(point) - sin(step) sin(point) - (1 - cos(step)) cos(point)
  return cosine + fma(-sineOfStep, sine, fma(-missing, cosine, fma(-sineOfStep, sineLow, cosineLow)));
}

// The sine and the cosine of a multiple of 1/128, each the sum of two doubles.
function sineAndCosineAt(point) {
  const row = 4 * (128 * point);
  return {
    sine: SIN_TABLE[row],
    sineLow: SIN_TABLE[row + 1],
    cosine: SIN_TABLE[row + 2],
    cosineLow: SIN_TABLE[row + 3],
  };
}

function exactTan(x) {
  const size = Math.abs(x);
  if (size <= 1.2589993048095494e-8) return x;
  if (size <= TAN_SERIES_END) return fma(x * (x * x), series(x * x, TAN_SERIES), x);
  if (size <= 0.7869997024536133) return tangentByTable(x, 0, false);
  if (!Number.isFinite(x)) return NaN;
  const { quarters, high, low } = turnedForTan(x);
  const turned = quarters % 2 !== 0;
  return Math.abs(high) <= TAN_SERIES_END ? tangentBySeries(high, low, turned) : tangentByTable(high, low, turned);
}

// What tan takes for x = quarters pi/2 + high + low.
function turnedForTan(x) {
  const size = Math.abs(x);
  if (size <= 25) return withoutFewTurns(x);
  const { quarters, high, low } = size <= 1e8 ? withoutTurns(x) : withoutManyTurns(x);
  const sum = high + low;
  return { quarters, high: sum, low: high - sum + low };
}

// tan(x + low), or with a quarter turn -1 / tan(x + low), for |x| <= 0.0608 and a low that is small beside x.
function tangentBySeries(x, low, turned) {
  const square = x * x;
  const rest = fma(x * square, series(square, TAN_SERIES), low);
  const tangent = x + rest;
  if (!turned) return tangent;
  const tangentLow = x - tangent + rest;
  const inverse = 1 / tangent;
  return -(inverse + fma(-tangentLow, inverse, fma(-inverse, tangent, 1)) / tangent);
}

// The same for |x| from there to 0.79, where
//   tan(point + step) = tan(point) + tan(step) (tan(point) + cot(point)) / (cot(point) - tan(step))
//   cot(point + step) = cot(point) - tan(step) (tan(point) + cot(point)) / (tan(point) + tan(step)).
function tangentByTable(x, low, turned) {
  const size = Math.abs(x);
  const row = 3 * Math.trunc(256 * size - 15.5);
  const step = size - TAN_TABLE[row] + (x < 0 ? -low : low);
  const square = step * step;
  const ofStep = fma(step * square, series(square, SHORT_TAN_SERIES), step);
  const tangent = TAN_TABLE[row + 1];
  const cotangent = TAN_TABLE[row + 2];
  const product = ofStep * (tangent + cotangent);
  const result = turned ? product / (tangent + ofStep) - cotangent : tangent + product / (cotangent - ofStep);
  return x < 0 ? -result : result;
}
