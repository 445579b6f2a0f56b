// Remainders, angles, signs, roots and lengths: what takes few operations, each of them rounded as in C.

// IEEE's standard fixes the bits of a square root: the nearest double, in C and in a browser.
function exactSqrt(x) {
  return Math.sqrt(x);
}

// What is left of x after whole ys have been taken away, exactly, with the sign of x: JavaScript's % is C's fmod.
function exactFmod(x, y) {
  return x % y;
}

// What is left of x after the nearest whole number of ys has been taken away, the even number of two: at most half a y,
// exactly. As CPython's m_remainder (Modules/mathmodule.c).
function exactRemainder(x, y) {
  if (!Number.isFinite(x) || !Number.isFinite(y) || y === 0) return Math.abs(y) === Infinity ? x % y : NaN;
  const size = Math.abs(x);
  const step = Math.abs(y);
  const above = size % step;
  const below = step - above;
  if (above < below) return exactCopysign(1, x) * above;
  if (above > below) return exactCopysign(1, x) * -below;
  // In the middle: half of what is below x is a whole number of ys if their count is even.
  return exactCopysign(1, x) * (above - 2 * ((0.5 * (size - above)) % step));
}

// |x| with the sign of y, also that of a zero; a NaN counts as positive, for JavaScript hides its sign.
function exactCopysign(x, y) {
  return y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x);
}

function exactDegrees(x) {
  return x * (180 / Math.PI);
}

function exactRadians(x) {
  return x * (Math.PI / 180);
}

const CBRT_2 = 1.2599210498948732;
const CBRT_4 = 1.5874010519681996;

// The cube roots of 2^-2/3 to 2^2/3.
const CBRT_FACTORS = [1 / CBRT_4, 1 / CBRT_2, 1, CBRT_2, CBRT_4];

// x = ±m · 2^e with m from 1/2 to 1, so that cbrt(x) = ±cbrt(m) · 2^((e rem 3)/3) · 2^(e div 3). A polynomial gives the
// first 6 digits of cbrt(m), and one step of Halley's method, u (u³ + 2m) / (2u³ + m), nearly all. As in the GNU C
// library (s_cbrt.c, by D. Alboth and U. Drepper).
function exactCbrt(x) {
  if (x === 0 || !Number.isFinite(x)) return x;
  const size = Math.abs(x);
  const shift = size < 2 ** -1022 ? 54 : 0;
  const high = highWord(size * 2 ** shift);
  const exponent = (high >>> 20) - 1022 - shift;
  const m = fromWords((high & 0xfffff) | 0x3fe00000, WORDS[0]);
  let u = 0.7849323449766392 - 0.14526389938548637 * m;
  u = u * m - 1.8346927748361308;
  u = u * m + 2.4469312256353444;
  u = u * m - 2.114994941673713;
  u = u * m + 1.508191937815849;
  u = u * m + 0.35489576504391984;
  const cube = u * u * u;
  const root = ((u * (cube + 2 * m)) / (2 * cube + m)) * CBRT_FACTORS[2 + (exponent % 3)];
  return exactCopysign(root * powerOfTwo(Math.trunc(exponent / 3)), x);
}

// The square root of x² + y², from squares with twice the digits and one step of Newton's method. CPython goes about
// it so (vector_norm in Modules/mathmodule.c), and no result of its is known that is not the nearest double; hence any
// way as exact as that has its bits. A subnormal result is rounded twice, as in Python from 3.12 on. Python 3.11 is off
// from it by one unit in some of those whose operands are below 2^-1024.
function exactHypot(x, y) {
  if (Math.abs(x) === Infinity || Math.abs(y) === Infinity) return Infinity;
  const large = Math.max(Math.abs(x), Math.abs(y));
  if (!(large > 0)) return large;
  // Far from where squares overflow or lose digits.
  const scale = large > 2 ** 500 ? 2 ** -600 : large < 2 ** -400 ? 2 ** 600 : 1;
  const a = large * scale;
  const b = Math.min(Math.abs(x), Math.abs(y)) * scale;
  const sum = a * a + b * b;
  const lost = b * b - (sum - a * a) + (fma(a, a, -(a * a)) + fma(b, b, -(b * b)));
  const root = Math.sqrt(sum);
  const rest = fma(-root, root, sum) + lost;
  return (root + rest / (2 * root)) / scale;
}
