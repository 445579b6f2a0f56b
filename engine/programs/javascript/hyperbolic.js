// sinh, cosh, tanh and their inverses as the GNU C library 2.36 computes them, after Sun's fdlibm: all are made from
// exp, expm1, log and log1p.

function exactSinh(x) {
  const size = Math.abs(x);
  if (!(size >= 2 ** -28 && size < Infinity)) return x;
  const half = x < 0 ? -0.5 : 0.5;
  if (size >= 22) return largeSinh(size, half);
  const t = exactExpm1(size);
  return half * (size < 1 ? 2 * t - (t * t) / (t + 1) : t + t / (t + 1));
}

// half * exp(size), which may be a number where exp(size) is not.
function largeSinh(size, half) {
  if (size < 709.7822265625) return half * exactExp(size);
  if (size > 710.4758600739439) return half * Infinity;
  const root = exactExp(0.5 * size);
  return half * root * root;
}

function exactCosh(x) {
  const size = Math.abs(x);
  if (size >= 22) return largeSinh(size, 0.5);
  if (size < 0.3465735912322998) {
    const t = exactExpm1(size);
    return 1 + (t * t) / (1 + t + (1 + t));
  }
  const t = exactExp(size);
  return 0.5 * t + 0.5 / t;
}

// With t = expm1(2 |x|): 1 - 2 / (t + 2), and where that would lose digits, -t / (t + 2) with t = expm1(-2 |x|).
function exactTanh(x) {
  const size = Math.abs(x);
  if (!(size >= 2 ** -55)) return x;
  if (size >= 22) return Math.sign(x);
  const t = exactExpm1(size >= 1 ? 2 * size : -2 * size);
  const result = size >= 1 ? 1 - 2 / (t + 2) : -t / (t + 2);
  return x < 0 ? -result : result;
}

function exactAsinh(x) {
  const size = Math.abs(x);
  if (!(size >= 2 ** -28 && size < Infinity)) return x;
  const result = asinhOf(size);
  return x < 0 ? -result : result;
}

function asinhOf(x) {
  if (x >= 2 ** 28 + 2 ** 8) return exactLog(x) + Math.LN2;
  if (x >= 2 + 2 ** -19) return exactLog(2 * x + 1 / (Math.sqrt(x * x + 1) + x));
  const square = x * x;
  return exactLog1p(x + square / (1 + Math.sqrt(1 + square)));
}

function exactAcosh(x) {
  if (x >= 2 ** 28) return exactLog(x) + Math.LN2;
  if (x > 2) return exactLog(2 * x - 1 / (x + Math.sqrt(x * x - 1)));
  if (!(x >= 1)) return NaN;
  const t = x - 1;
  return exactLog1p(t + Math.sqrt(2 * t + t * t));
}

function exactAtanh(x) {
  const size = Math.abs(x);
  if (size < 2 ** -28) return x;
  const doubled = size + size;
  const result = 0.5 * exactLog1p(size < 0.5 ? doubled + (doubled * size) / (1 - size) : doubled / (1 - size));
  return x < 0 ? -result : result;
}
