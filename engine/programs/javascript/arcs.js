// atan, atan2, asin and acos as the GNU C library 2.36 computes them, with IBM's Accurate Mathematical Library (2001).
//
// Small arguments have a series of their own. Any other is near a point of a table, whose row has the value there and
// the first coefficients of the series about it.

// What Math.PI lacks.
const PI_LOW = 1.2246467991473532e-16;

// (atan x - x) / x^3 = -1/3 + x^2 / 5 - ..., for |x| < 1/16.
const ATAN_SERIES = [
  -0.3333333333333333, 0.19999999999998855, -0.14285714283953163, 0.11111109821886427, -0.09090424391727987,
  0.07601836584380736,
];

// (asin x - x) / x^3 = 1/6 + 3/40 x^2 + ..., for |x| < 1/8.
const ASIN_SERIES = [
  0.1666666666666641, 0.07500000000261227, 0.044642856142105974, 0.03038212685821193, 0.022355121102652562,
  0.018138290340456505,
];

// 1 / sqrt(1 - x) = 1 + x/2 + 3/8 x^2 + 5/16 x^3, for |x| <= 1/64.
const INVERSE_ROOT_SERIES = [0.9999999998599908, 0.4999999994959554, 0.3750175008673452, 0.31252362655451865];

// From here to 1, asin x comes from asin(sqrt((1 - x) / 2)), which has a series.
const ASIN_TABLE_END = 0.96875;

function exactAtan(x) {
  const size = Math.abs(x);
  if (size < 1.2904777690891933e-8) return x;
  if (size < 1 / 16) return fma(x * (x * x), series(x * x, ATAN_SERIES), x);
  return x < 0 ? -atanOfLarge(size) : atanOfLarge(size);
}

// atan(x), for x >= 1/16: from 1 on, it is pi/2 - atan(1/x).
function atanOfLarge(x) {
  if (x < 1) {
    const row = atanRow(x);
    const step = x - ATAN_TABLE[row];
    return fma(step, atanSlope(row, step), ATAN_TABLE[row + 1]);
  }
  if (x >= 5805361265115136) return HALF_PI;
  const inverse = 1 / x;
  const missing = fma(-inverse, x, 1);
  if (x >= 16) return besideBySeries(HALF_PI, HALF_PI_LOW, -1, inverse, missing * inverse);
  const row = atanRow(inverse);
  return besideByTable(HALF_PI, HALF_PI_LOW, -1, row, fma(missing, inverse, inverse - ATAN_TABLE[row]));
}

// Where the row of the point nearest to x begins, for x from 1/16 to 1: the point, its atan and five coefficients more.
function atanRow(x) {
  return 7 * (256 * x + 2 ** 52 - 2 ** 52 - 16);
}

// (atan(point + step) - atan(point)) / step
function atanSlope(row, step) {
  return series(step, ATAN_TABLE, row + 2, row + 6);
}

// base + baseLow + sign atan(x + low), for x < 1/16 and a sign of 1 or -1.
function besideBySeries(base, baseLow, sign, x, low) {
  const square = x * x;
  const rest = x * square * series(square, ATAN_SERIES);
  const sum = base + sign * x;
  return sum + (base - sum + sign * x + baseLow + sign * low + sign * rest);
}

// The same at a step from the point of this row of the table.
function besideByTable(base, baseLow, sign, row, step) {
  return base + sign * ATAN_TABLE[row + 1] + fma(sign * step, atanSlope(row, step), baseLow);
}

function exactAtan2(y, x) {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const angle = angleAbove(Math.abs(y), Math.abs(x), x < 0 || Object.is(x, -0));
  return y < 0 || Object.is(y, -0) ? -angle : angle;
}

// atan2(y, x) or, left of the origin, atan2(y, -x), for y >= 0 and x >= 0.
function angleAbove(y, x, left) {
  if (y === Infinity && x === Infinity) return left ? 0.75 * Math.PI : 0.25 * Math.PI;
  if (y === 0 || x === Infinity) return left ? Math.PI : 0;
  if (x === 0 || y === Infinity) return HALF_PI;
  const exponents = exponentBits(y) - exponentBits(x);
  if (exponents >= 57) return HALF_PI;
  if (exponents <= -57) return left ? Math.PI : y / x;
  // Only their ratio counts: a scale keeps what lies between, such as a product's last bits, from being lost.
  const scale = Math.min(x, y) < 2 ** -500 ? 2 ** 500 : Math.max(x, y) > 2 ** 500 ? 2 ** -500 : 1;
  return angleOfPoint(y * scale, x * scale, left);
}

function angleOfPoint(y, x, left) {
  const larger = Math.max(x, y);
  const ratio = Math.min(x, y) / larger;
  const ratioLow = fma(-larger, ratio, Math.min(x, y)) / larger;
  if (left && x >= y) return beside(Math.PI, PI_LOW, -1, ratio, ratioLow);
  if (left) return beside(HALF_PI, HALF_PI_LOW, 1, ratio, ratioLow);
  return y < x ? atanOfSum(ratio, ratioLow) : beside(HALF_PI, HALF_PI_LOW, -1, ratio, ratioLow);
}

// base + baseLow + sign atan(x + low), for x up to 1 and a sign of 1 or -1.
function beside(base, baseLow, sign, x, low) {
  if (x < 1 / 16) return besideBySeries(base, baseLow, sign, x, low);
  const row = atanRow(x);
  return besideByTable(base, baseLow, sign, row, x - ATAN_TABLE[row] + low);
}

// atan(x + low), for x up to 1.
function atanOfSum(x, low) {
  if (x < 1 / 16) return x + fma(x * (x * x), series(x * x, ATAN_SERIES), low);
  const row = atanRow(x);
  const start = x - ATAN_TABLE[row];
  const step = start + low;
  const stepLow = Math.abs(start) > Math.abs(low) ? start - step + low : low - step + start;
  const slope = ATAN_TABLE[row + 2];
  const curved = step * step * series(step, ATAN_TABLE, row + 3, row + 6);
  return ATAN_TABLE[row + 1] + fma(step, slope, fma(stepLow, slope, curved));
}

function exactAsin(x) {
  const size = Math.abs(x);
  if (size < 2 ** -26) return x;
  if (size < 1 / 8) return fma(x * (x * x), series(x * x, ASIN_SERIES), x);
  if (!(size <= 1)) return NaN;
  const angle = size < ASIN_TABLE_END ? asinFromTable(size) : asinNearOne(size);
  return x < 0 ? -angle : angle;
}

function asinFromTable(x) {
  const { arcsine, rest } = arcsineNearby(x);
  return arcsine + rest;
}

// pi/2 - 2 asin(sqrt((1 - x) / 2)), for x from 0.96875 to 1.
function asinNearOne(x) {
  if (x === 1) return HALF_PI;
  const half = 0.5 * (1 - x);
  const { root, low } = rootOf(half, 2 ** 24);
  const rest = fma(-2 * (root + low), half * series(half, ASIN_SERIES), HALF_PI_LOW - 2 * low);
  return HALF_PI - 2 * root + rest;
}

function exactAcos(x) {
  const size = Math.abs(x);
  if (size < 1.5 * 2 ** -55) return HALF_PI;
  if (size < 1 / 8) {
    const left = HALF_PI - x;
    return left + fma(-series(x * x, ASIN_SERIES), x * (x * x), HALF_PI - left - x + HALF_PI_LOW);
  }
  if (!(size <= 1)) return NaN;
  if (size >= ASIN_TABLE_END) return x < 0 ? acosNearMinusOne(size) : acosNearOne(size);
  const { arcsine, rest } = arcsineNearby(size);
  return x < 0 ? HALF_PI + arcsine + (HALF_PI_LOW + rest) : HALF_PI - arcsine + (HALF_PI_LOW - rest);
}

// 2 asin(sqrt((1 - x) / 2)), for x from 0.96875 to 1.
function acosNearOne(x) {
  if (x === 1) return 0;
  const half = 0.5 * (1 - x);
  const { root, low } = rootOf(half);
  return 2 * (root + (low + half * series(half, ASIN_SERIES) * (root + low)));
}

// acos(-x) = pi - acos(x), for x from 0.96875 to 1.
function acosNearMinusOne(x) {
  if (x === 1) return Math.PI;
  const half = 0.5 * (1 - x);
  const { root, low } = rootOf(half);
  return 2 * (HALF_PI - root + (HALF_PI_LOW - low - half * series(half, ASIN_SERIES) * (root + low)));
}

// asin(x) = arcsine + rest, for x from 1/8 to 0.96875, where arcsine is that of a point, one in each stretch of 1/256.
//
// A row has the point, the coefficients of the step, of its square and so on, what arcsine lacks, and arcsine. They are
// six coefficients; from each of four rows on, nearer to 1, they are one more.
function arcsineNearby(x) {
  const row = Math.trunc(256 * x) - 32;
  let start = 9 * row;
  let degree = 6;
  for (const longer of [96, 160, 204, 212]) {
    if (row < longer) break;
    start += row - longer;
    degree += 1;
  }
  const step = x - ASIN_TABLE[start];
  const curved = fma(step * step, series(step, ASIN_TABLE, start + 2, start + degree), ASIN_TABLE[start + degree + 1]);
  return { arcsine: ASIN_TABLE[start + degree + 2], rest: fma(ASIN_TABLE[start + 1], step, curved) };
}

// sqrt(x) = root + low, for x from 2^-54 to 1/64. A shift, added and taken away again, leaves root so few bits that its
// square is exact: half of those of a double, if none is given.
function rootOf(x, shift = null) {
  const rough = roughInverseRoot(x);
  const inverse = rough * series(fma(-(rough * rough), x, 1), INVERSE_ROOT_SERIES);
  const near = inverse * x;
  const cut = shift ?? 2 ** 27 * near;
  const root = near + cut - cut;
  // near (3 - inverse near) / 2 is a step of Newton's from near to sqrt(x).
  return { root, low: fma(-root, root, x) / fma(fma(-0.5 * inverse, near, 1.5), near, root) };
}

// 1 / sqrt(x) to two digits: that of a point nearby, which the library has with 14 decimals, times a power of 2.
function roughInverseRoot(x) {
  let power = 1;
  while (x * power * power < 0.5) power *= 2;
  const scaled = x * power * power;
  const points = scaled < 1 ? 128 : 64;
  const point = (Math.trunc(points * scaled) + 0.5) / points;
  return (Math.trunc(1e14 / exactSqrt(point) + 0.5) / 1e14) * power;
}
