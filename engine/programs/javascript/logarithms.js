// log, log2, log10 and log1p as the GNU C library 2.36 computes them.
//
// log and log2 are those of Arm's Optimized Routines (S. Nagy, 2018): x = 2^k z with z from 11/16 to 22/16, and with a
// c near z from a table, log x = k log 2 + log c + log(1 + r) for a small r = z/c - 1, where a polynomial is enough.

// The upper half of the bits of 11/16.
const FIRST_Z = 0x3fe60000;

// For x = 2^k z, 128 k and in which 128th part of its range z is. The range begins where a number has the upper half of
// bits `first`. DOUBLE is z then.
function takenApart(x, first) {
  const isSubnormal = x < 2 ** -1022;
  DOUBLE[0] = isSubnormal ? x * 2 ** 52 : x;
  const steps = WORDS[1] - first;
  WORDS[1] -= steps & 0xfff00000;
  return (steps >> 13) - (isSubnormal ? 128 * 52 : 0);
}

// ln 2 in two parts: the first one, times the exponent of a double, is exact.
const LN2_HIGH = 0.6931471805598903;
const LN2_LOW = 5.497923018708371e-14;

// The logarithms that need no computing: of zeros, negative numbers, infinity and NaN.
function logarithmOutside(x) {
  if (x === 0) return -Infinity;
  return x < 0 ? NaN : x;
}

// Without fused operations, `low` differs from the library's by less than 2^-66: mostly that makes no difference.
function exactLog(x) {
  if (x >= 1 - 2 ** -4 && x < 1 + 265 * 2 ** -12) return logNear1(x - 1);
  if (!(x > 0 && x < Infinity)) return logarithmOutside(x);
  const steps = takenApart(x, FIRST_Z);
  const k = steps >> 7;
  const z = DOUBLE[0];
  // Of 128 pairs of 1/c and log c.
  const place = 2 * (steps & 127);
  const quotient = z * LOG_TABLE[place];
  const r = quotient - 1 + lostInProduct(quotient, z, LOG_TABLE[place]);
  const base = k * LN2_HIGH + LOG_TABLE[place + 1];
  const high = base + r;
  const lost = base - high + r;
  const first = 0.33333333331825593 + r * -0.2499999999622955;
  const polynomial = first + r * r * (0.20000304511814496 + r * -0.16667054827627667);
  const low = lost + k * LN2_LOW + r * r * -0.5000000000000001 + r * r * r * polynomial;
  const sum = low + high;
  return isClear(sum, low - (sum - high), 2 ** -65) ? sum : logFused(k, r, lost, high);
}

// What the library computes from here on.
function logFused(k, r, lost, high) {
  const r2 = r * r;
  const low = fma(r2, -0.5000000000000001, fma(k, LN2_LOW, lost));
  const first = fma(r, -0.2499999999622955, 0.33333333331825593);
  const polynomial = fma(r2, fma(r, -0.16667054827627667, 0.20000304511814496), first);
  return fma(r * r2, polynomial, low) + high;
}

// log(1 + r) for -1/16 <= r < 0.065: r - r²/2 in two doubles, and the rest of the series as a polynomial. Without fused
// operations, that rest differs from the library's by less than r³ / 2^51.
function logNear1(r) {
  const r3 = r * r * r;
  const last = 0.09181994006195467 + r * -0.08328363062289341;
  const third = 0.11110712032936046 + r * -0.10000486757818193 + r * r * last;
  const second = -0.16666666669929706 + r * 0.14285715076560868 + r * r * -0.12499997863982555 + r3 * third;
  const first = 0.3333333333333352 + r * -0.24999999999998432 + r * r * 0.19999999999320328 + r3 * second;
  // The upper half of the bits of r, so that its square is exact.
  const rounder = r * 2 ** 27;
  const rHigh = r + rounder - rounder;
  const halfSquare = rHigh * rHigh * -0.5;
  const high = r + halfSquare;
  const lost = r - high + halfSquare;
  const low = r3 * first + (lost + -0.5 * (r - rHigh) * (rHigh + r));
  const sum = low + high;
  return isClear(sum, low - (sum - high), r3 * 2 ** -50) ? sum : logNear1Fused(r, rHigh, lost, high);
}

// What the library computes from here on.
function logNear1Fused(r, rHigh, lost, high) {
  const r2 = r * r;
  const r3 = r * r2;
  const last = fma(r2, 0.09181994006195467, fma(r, -0.10000486757818193, 0.11110712032936046));
  const third = fma(r3, -0.08328363062289341, last);
  const second = fma(r2, -0.12499997863982555, fma(r, 0.14285715076560868, -0.16666666669929706));
  const first = fma(r2, 0.19999999999320328, fma(r, -0.24999999999998432, 0.3333333333333352));
  const polynomial = fma(r3, fma(r3, third, second), first);
  return fma(r3, polynomial, fma(-0.5 * (r - rHigh), rHigh + r, lost)) + high;
}

// 1 / ln 2 in two parts.
const INVERSE_LN2_HIGH = 1.4426950407214463;
const INVERSE_LN2_LOW = 1.6751713164886512e-10;

function exactLog2(x) {
  if (x >= 1 - 88913 * 2 ** -21 && x < 1 + 92850 * 2 ** -21) return log2Near1(x - 1);
  if (!(x > 0 && x < Infinity)) return logarithmOutside(x);
  const steps = takenApart(x, FIRST_Z);
  const k = steps >> 7;
  const z = DOUBLE[0];
  // Of 64 pairs of 1/c and log2 c.
  const place = steps & 126;
  const quotient = z * LOG2_TABLE[place];
  const r = quotient - 1 + lostInProduct(quotient, z, LOG2_TABLE[place]);
  const main = r * INVERSE_LN2_HIGH;
  const mainLost = fma(r, INVERSE_LN2_LOW, lostInProduct(main, r, INVERSE_LN2_HIGH));
  const base = k + LOG2_TABLE[place + 1];
  const high = base + main;
  const low = base - high + main + mainLost;
  const r2 = r * r;
  const first = fma(r, 0.4808983469629985, -0.7213475204444882);
  const second = fma(r2, fma(r, 0.2885390073180969, -0.36067375954075914), first);
  const polynomial = fma(r2 * r2, fma(r, 0.2061202382173603, -0.2404693555628422), second);
  return fma(r2, polynomial, low) + high;
}

// log2(1 + r) for -0.0425 < r < 0.0443.
function log2Near1(r) {
  const main = r * INVERSE_LN2_HIGH;
  const mainLost = fma(r, INVERSE_LN2_LOW, lostInProduct(main, r, INVERSE_LN2_HIGH));
  const r2 = r * r;
  const r4 = r2 * r2;
  const square = fma(r, 0.48089834696298744, -0.7213475204444817);
  const high = fma(r2, square, main);
  const low = fma(r2, square, main - high) + mainLost;
  const first = fma(r, 0.2885390081805197, -0.360673760222145);
  const second = fma(r2, fma(r, 0.2060992861022954, -0.24044917405728863), first);
  const third = fma(r, 0.1603032746063156, -0.18033596705327856);
  const fourth = fma(r2, fma(r, 0.13046826811283835, -0.14483316576701266), third);
  return high + fma(r4, fma(r4, fourth, second), low);
}

// As in Sun's fdlibm: the logarithm of x between 1/2 and 2, and the multiple of log10 2 that the exponent asks for.
function exactLog10(x) {
  if (!(x > 0 && x < Infinity)) return logarithmOutside(x);
  const isSubnormal = x < 2 ** -1022;
  DOUBLE[0] = isSubnormal ? x * 2 ** 54 : x;
  const exponent = (WORDS[1] >> 20) - 1023 - (isSubnormal ? 54 : 0);
  const k = exponent < 0 ? exponent + 1 : exponent;
  WORDS[1] = (WORDS[1] & 0xfffff) | (exponent < 0 ? 0x3fe00000 : 0x3ff00000);
  const low = 0.4342944819032518 * exactLog(DOUBLE[0]) + k * 3.694239077158931e-13;
  return low + k * 0.30102999566361177;
}

// As in fdlibm: 1 + x = 2^k (1 + f) with f from sqrt(1/2) - 1 to sqrt(2) - 1.
function exactLog1p(x) {
  if (Math.abs(x) < 2 ** -29) return Math.abs(x) < 2 ** -54 ? x : x - x * x * 0.5;
  if (!(x > -1 && x < Infinity)) return logarithmOutside(1 + x);
  if (x > -0.2928934097290039 && x < 0.4142136573791504) return log1pSum(x, 0, 0);
  const sum = x < 2 ** 53 ? 1 + x : x;
  DOUBLE[0] = sum;
  const exponent = (WORDS[1] >> 20) - 1023;
  const fraction = WORDS[1] & 0xfffff;
  const isUpper = fraction >= 0x6a09e;
  const k = isUpper ? exponent + 1 : exponent;
  WORDS[1] = fraction | (isUpper ? 0x3fe00000 : 0x3ff00000);
  const f = DOUBLE[0] - 1;
  // What 1 + x lost in rounding, relative to it.
  const lost = x < 2 ** 53 ? (exponent > 0 ? 1 - (sum - x) : x - (sum - 1)) / sum : 0;
  const low = k === 0 ? 0 : fma(k, SUN_LN2_LOW, lost);
  const isTiny = isUpper ? fraction > 0xffffc : fraction === 0;
  return isTiny ? log1pOfTiny(f, k, low) : log1pSum(f, k, low);
}

// log 2^k (1 + f) without the last part of k ln 2, which is in `low`: with s = f / (2 + f), log(1 + f) is
// f - f²/2 + s (f²/2 + R) for a polynomial R of s². Without fused operations, R differs from the library's by less than
// R / 2^50, and the steps that follow keep the order of numbers, as in expm1.
function log1pSum(f, k, low) {
  const s = f / (2 + f);
  const z = s * s;
  const second = z * 0.6666666666666735 + z * z * (0.3999999999940942 + z * 0.2857142874366239);
  const fourth = 0.22222198432149784 + z * 0.1818357216161805 + z * z * (0.15313837699209373 + z * 0.14798198605116586);
  const polynomial = second + z * z * z * z * fourth;
  const doubt = polynomial * 2 ** -50;
  const halfSquare = 0.5 * f * f;
  const least = k * SUN_LN2_HIGH - (halfSquare - (s * (halfSquare + (polynomial - doubt)) + low) - f);
  const most = k * SUN_LN2_HIGH - (halfSquare - (s * (halfSquare + (polynomial + doubt)) + low) - f);
  return least === most ? least : log1pFused(f, k, low, s);
}

// What the library computes from here on.
function log1pFused(f, k, low, s) {
  const z = s * s;
  const z2 = z * z;
  const z4 = z2 * z2;
  const second = fma(z, 0.6666666666666735, z2 * fma(z, 0.2857142874366239, 0.3999999999940942));
  const third = fma(z4, fma(z, 0.1818357216161805, 0.22222198432149784), second);
  const polynomial = fma(z2 * z4, fma(z, 0.14798198605116586, 0.15313837699209373), third);
  const halfSquare = 0.5 * f * f;
  return k * SUN_LN2_HIGH - (halfSquare - (s * (halfSquare + polynomial) + low) - f);
}

// log 2^k (1 + f) + low for |f| < 2^-20, where few terms are enough.
function log1pOfTiny(f, k, low) {
  if (f === 0) return k * SUN_LN2_HIGH + low;
  const less = 0.5 * f * f * fma(-0.6666666666666666, f, 1);
  return k * SUN_LN2_HIGH - (less - low - f);
}
