// exp, exp2 and expm1 as the GNU C library 2.36 computes them.
//
// exp and exp2 are those of Arm's Optimized Routines (S. Nagy, 2018): k is 128 log2(e^x), rounded, and then
// exp(x) = 2^(k/128) exp(r) with |r| <= ln 2 / 256, where a polynomial is enough.

// For i from 0 to 127: what the double next to 2^(i/128) lacks, relative to it, and then that double, with i/128 taken
// off its exponent: so the whole of k, at the place of the exponent, may be added to its bits.
const EXP_WORDS = new Uint32Array(EXP_TABLE.buffer);

// Added to a number below 2^51, it rounds it to an integer, which then stands in the lowest bits.
const ROUNDER = 1.5 * 2 ** 52;

// 2^(k/128) to the nearest double, its sign bit as in `sign`, its exponent moved by `move`.
function expScale(k, sign, move) {
  const place = 4 * (k & 127) + 2;
  return fromWords(EXP_WORDS[place + 1] + (k << 13) + (move << 20) + sign, EXP_WORDS[place]);
}

// 128 / ln 2, and -ln 2 / 128 in two parts: the first, times a whole number below 2^17, is exact.
const STEPS = 128 * 1.4426950408889634;
const STEP_HIGH = -0.005415212348111709;
const STEP_LOW = -1.2864023111638346e-14;

function exactExp(x) {
  const size = Math.abs(x);
  if (!(size >= 2 ** -54)) return 1 + x;
  if (size >= 1024) return x > 0 ? Infinity : 0;
  return exponential(x, 0, 0);
}

// exp(x + tail) for |x| < 1024 and a small tail; a `sign` of 2^31 gives the negative of it. Without fused operations,
// the sum before the last rounding differs from the library's by at most 2^-59 of it: mostly that makes no difference.
function exponential(x, tail, sign) {
  const shifted = x * STEPS + ROUNDER;
  const whole = shifted - ROUNDER;
  const k = lowWord(shifted);
  const r = x + whole * STEP_HIGH + whole * STEP_LOW + tail;
  const r2 = r * r;
  const low = EXP_TABLE[2 * (k & 127)] + r + r2 * (0.49999999999996786 + r * 0.16666666666665886);
  const scale = expScale(k, sign, 0);
  const more = scale * (low + r2 * r2 * (0.0416666808410674 + r * 0.008333335853059549));
  const sum = scale + more;
  const isNormal = Math.abs(x) < 512;
  return isNormal && isClear(sum, more - (sum - scale), scale * 2 ** -58) ? sum : exponentialFused(x, tail, sign);
}

// The same as the library computes it.
function exponentialFused(x, tail, sign) {
  const shifted = fma(x, STEPS, ROUNDER);
  const whole = shifted - ROUNDER;
  const k = lowWord(shifted);
  const r = fma(whole, STEP_LOW, fma(whole, STEP_HIGH, x)) + tail;
  const r2 = r * r;
  const low = fma(r2, fma(r, 0.16666666666665886, 0.49999999999996786), EXP_TABLE[2 * (k & 127)] + r);
  const rest = fma(r2 * r2, fma(r, 0.008333335853059549, 0.0416666808410674), low);
  if (Math.abs(x) >= 512) return exponentialNearTheEnds(rest, k, sign);
  const scale = expScale(k, sign, 0);
  return fma(scale, rest, scale);
}

// 2^(k/128) (1 + rest) where it might be too large or too small for a normal number.
function exponentialNearTheEnds(rest, k, sign) {
  if (k >>> 31) return smallExponential(expScale(k, sign, 1022), rest);
  const scale = expScale(k, sign, -1009);
  return fma(scale, rest, scale) * 2 ** 1009;
}

// scale (1 + rest) / 2^1022, rounded but once where it is subnormal.
function smallExponential(scale, rest) {
  const more = scale * rest;
  const sum = scale + more;
  if (Math.abs(sum) >= 1) return sum * 2 ** -1022;
  // A number from 1 to 2 has the last place that a subnormal one has, times 2^1022.
  const one = sum < 0 ? -1 : 1;
  const high = one + sum;
  const low = one - high + sum + (scale - sum + more);
  const result = high + low - one;
  return result === 0 ? 0 * one : result * 2 ** -1022;
}

// exp2 as exp, without its fused operations, and with an exact r = x - k/128.
function exactExp2(x) {
  const size = Math.abs(x);
  if (!(size >= 2 ** -54)) return 1 + x;
  if (x >= 1024) return Infinity;
  if (x <= -1075) return 0;
  const shifted = x + ROUNDER / 128;
  const k = lowWord(shifted);
  const r = x - (shifted - ROUNDER / 128);
  const r2 = r * r;
  const low = EXP_TABLE[2 * (k & 127)] + r * 0.6931471805599453 + r2 * (0.24022650695909065 + r * 0.0555041086686087);
  const rest = low + r2 * r2 * (0.009618131975721055 + r * 0.0013332074570119598);
  if (size > 928) return exp2NearTheEnds(rest, k);
  const scale = expScale(k, 0, 0);
  return scale + scale * rest;
}

function exp2NearTheEnds(rest, k) {
  if (k >>> 31) return smallExponential(expScale(k, 0, 1022), rest);
  const half = expScale(k, 0, -1);
  return (half + half * rest) * 2;
}

// ln 2 in two parts: the first one, times the exponent of a double, is exact.
const SUN_LN2_HIGH = 0.6931471803691238;
const SUN_LN2_LOW = 1.9082149292705877e-10;

// As in Sun's fdlibm: x = k ln 2 + r with |r| <= ln 2 / 2, and expm1(r) = r + s - r q with s = r²/2 and a quotient q of
// polynomials. Without fused operations, q and r q differ from the library's as if q were off by less than 3 s / 2^52.
// The steps that follow never turn the order of two numbers: if both ends give the same, it is the library's result.
function exactExpm1(x) {
  const size = Math.abs(x);
  if (!(size >= 2 ** -54)) return x;
  if (x > 709.782712893384) return Infinity;
  if (x <= -38.81622314453125) return -1;
  const k = expm1Steps(x, size);
  const high = x - k * SUN_LN2_HIGH;
  const low = k * SUN_LN2_LOW;
  const r = high - low;
  const lost = high - r - low;
  const s = r * (0.5 * r);
  const q = expm1Quotient(r, s);
  const doubt = s * (3 * 2 ** -52);
  const least = expm1Scaled(r, r * (q - doubt - lost) - lost - s, k);
  const most = expm1Scaled(r, r * (q + doubt - lost) - lost - s, k);
  return least === most ? least : expm1Fused(r, lost, s, k);
}

// x / ln 2 to the nearest integer, but only the upper half of the bits of x decides between 0, 1 and more.
function expm1Steps(x, size) {
  if (size < 0.3465735912322998) return 0;
  if (size < 1.0397205352783203) return Math.sign(x);
  return Math.trunc(1.4426950408889634 * x + (x < 0 ? -0.5 : 0.5));
}

// s (R - t) / (6 - r t) for a polynomial R of s, and t = 3 - R r/2.
function expm1Quotient(r, s) {
  const second = 1 + s * -0.03333333333333313 + s * s * (0.0015873015872548146 + s * -7.93650757867488e-5);
  const polynomial = second + s * s * s * s * (4.008217827329362e-6 + s * -2.0109921818362437e-7);
  const t = 3 - polynomial * (0.5 * r);
  return s * ((polynomial - t) / (6 - r * t));
}

// What the library computes from here on.
function expm1Fused(r, lost, s, k) {
  const s2 = s * s;
  const second = fma(s2, fma(s, -7.93650757867488e-5, 0.0015873015872548146), fma(s, -0.03333333333333313, 1));
  const polynomial = fma(s2 * s2, fma(s, -2.0109921818362437e-7, 4.008217827329362e-6), second);
  const t = fma(-polynomial, 0.5 * r, 3);
  const q = s * ((polynomial - t) / fma(-r, t, 6));
  return expm1Scaled(r, k === 0 ? fma(r, q, -s) : fma(r, q - lost, -lost) - s, k);
}

// 2^k (1 + r - less) - 1, with the 1 taken off where it loses least.
function expm1Scaled(r, less, k) {
  if (k === 0) return r - less;
  if (k === -1) return 0.5 * (r - less) - 0.5;
  if (k === 1) return r < -0.25 ? -2 * (less - (r + 0.5)) : 1 + 2 * (r - less);
  if (k < 0 || k > 56) return timesPowerOfTwo(1 - (less - r), k) - 1;
  const inverse = powerOfTwo(-k);
  return timesPowerOfTwo(k < 20 ? 1 - inverse - (less - r) : r - (less + inverse) + 1, k);
}
