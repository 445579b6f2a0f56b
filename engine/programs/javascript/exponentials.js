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
function scaleOf(k, sign, move) {
  const place = 4 * (k & 127) + 2;
  return fromWords(EXP_WORDS[place + 1] + (k << 13) + (move << 20) + sign, EXP_WORDS[place]);
}

function exactExp(x) {
  const size = Math.abs(x);
  if (!(size >= 2 ** -54)) return 1 + x;
  if (size >= 1024) return x > 0 ? Infinity : 0;
  return exponential(x, 0, 0);
}

// exp(x + tail) for |x| < 1024 and a small tail; a `sign` of 2^31 gives the negative of it.
function exponential(x, tail, sign) {
  const shifted = fma(x, 128 * 1.4426950408889634, ROUNDER);
  const whole = shifted - ROUNDER;
  const k = lowWord(shifted);
  // ln 2 / 128 in two parts.
  const r = fma(whole, -1.2864023111638346e-14, fma(whole, -0.005415212348111709, x)) + tail;
  const r2 = r * r;
  const low = fma(r2, fma(r, 0.16666666666665886, 0.49999999999996786), EXP_TABLE[2 * (k & 127)] + r);
  const rest = fma(r2 * r2, fma(r, 0.008333335853059549, 0.0416666808410674), low);
  if (Math.abs(x) >= 512) return exponentialNearTheEnds(rest, k, sign);
  const scale = scaleOf(k, sign, 0);
  return fma(scale, rest, scale);
}

// 2^(k/128) (1 + rest) where it might be too large or too small for a normal number.
function exponentialNearTheEnds(rest, k, sign) {
  if (k >>> 31) return smallExponential(scaleOf(k, sign, 1022), rest);
  const scale = scaleOf(k, sign, -1009);
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
  return (high + low - one || 0 * one) * 2 ** -1022;
}
