// pow as the GNU C library 2.36 computes it, after Arm's Optimized Routines (S. Nagy, 2018): exp(y log x), where log x
// and its product with y are sums of two doubles.

function exactPow(x, y) {
  const size = Math.abs(x);
  if (y === 0 || x === 1) return 1;
  if (!(size > 0 && size < Infinity && Math.abs(y) < Infinity)) return powOutside(x, y);
  if (x < 0 && !Number.isInteger(y)) return NaN;
  const isNegative = x < 0 && y % 2 !== 0;
  if (size === 1) return isNegative ? -1 : 1;
  if (Math.abs(y) < 2 ** -65) return 1;
  if (Math.abs(y) >= 2 ** 63) return size > 1 === y > 0 ? Infinity : 0;
  return powOfSize(size, y, isNegative ? 2 ** 31 : 0);
}

// Of zeros, infinities and NaN: as JavaScript has it, but (-1)^Infinity is 1 in C.
function powOutside(x, y) {
  return x === -1 && !Number.isNaN(y) ? 1 : x ** y;
}

// size^y, negative for a `sign` of 2^31: as in exactLog, log x = k ln 2 + log c + log(1 + r), with an exact r.
function powOfSize(size, y, sign) {
  const steps = takenApart(size, 0x3fe69555);
  const k = steps >> 7;
  const z = DOUBLE[0];
  // Of 128 triples of 1/c, log c, and what log c lost in rounding.
  const place = 3 * (steps & 127);
  const quotient = z * POW_TABLE[place];
  const r = quotient - 1 + lostInProduct(quotient, z, POW_TABLE[place]);
  const base = k * LN2_HIGH + POW_TABLE[place + 1];
  const sum = base + r;
  const half = -0.5 * r;
  const square = r * half;
  const high = sum + square;
  const baseLost = fma(k, LN2_LOW, POW_TABLE[place + 2]);
  const lost = baseLost + (base - sum + r) + lostInProduct(square, half, r) + (sum - high + square);
  const low = fma(r * square, powPolynomial(r, square), lost);
  const log = high + low;
  const logLost = high - log + low;
  const product = y * log;
  return powFromLog(product, fma(y, logLost, lostInProduct(product, y, log)), sign);
}

// (log(1 + r) - r - square) / (r square) for square = -r²/2.
function powPolynomial(r, square) {
  const first = fma(r, 0.5000000000000007, -0.6666666666666679);
  const second = fma(r, -0.6666666663487739, 0.7999999995323976);
  const third = fma(r, 1.0000415263675542, -1.142909628459501);
  return fma(square, fma(square, third, second), first);
}

// exp(x + tail) for any x, negative for a `sign` of 2^31.
function powFromLog(x, tail, sign) {
  const size = Math.abs(x);
  if (size >= 2 ** -54 && size < 1024) return exponential(x, tail, sign);
  const result = size < 1 ? 1 : x > 0 ? Infinity : 0;
  return sign ? -result : result;
}
