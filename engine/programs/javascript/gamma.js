// The gamma function and its logarithm, as CPython computes them (Modules/mathmodule.c, by M. Dickinson).
//
// For x > 0 they follow C. Lanczos, A precision approximation of the gamma function, SIAM J. Numer. Anal. 1 (1964):
//   Γ(x) = L(x) · (x + g - 1/2)^(x - 1/2) / exp(x + g - 1/2)
// and for negative numbers the reflection Γ(-x) = -π / (x · sin(πx) · Γ(x)).

const LOG_PI = 1.1447298858494002;
const LANCZOS_G = 6.02468004077673;
const LANCZOS_SHIFT = LANCZOS_G - 0.5;

// L as a ratio of polynomials, from the constant on.
const LANCZOS_ABOVE = [
  23531376880.41076, 42919803642.6491, 35711959237.35567, 17921034426.03721, 6039542586.352028, 1439720407.3117216,
  248874557.86205417, 31426415.585400194, 2876370.6289353725, 186056.26539522348, 8071.672002365816,
  210.82427775157936, 2.5066282746310002,
];

// x (x + 1) … (x + 11).
const LANCZOS_BELOW = [
  0, 39916800, 120543840, 150917976, 105258076, 45995730, 13339535, 2637558, 357423, 32670, 1925, 66, 1,
];

// L(x), for x > 0: by Horner's rule in x, or in 1/x where the powers of x grow large.
function lanczosSum(x) {
  const inX = (coefficients) => coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
  const inInverse = (coefficients) => coefficients.reduce((sum, coefficient) => sum / x + coefficient, 0);
  const sum = x < 5 ? inX : inInverse;
  return sum(LANCZOS_ABOVE) / sum(LANCZOS_BELOW);
}

// sin(πx), with all digits where x is near an integer, and exactly 0 at one.
function sinPi(x) {
  const y = Math.abs(x) % 2;
  const quarters = [
    () => exactSin(Math.PI * y),
    () => exactCos(Math.PI * (y - 0.5)),
    () => exactSin(Math.PI * (1 - y)),
    () => -exactCos(Math.PI * (y - 1.5)),
    () => exactSin(Math.PI * (y - 2)),
  ];
  return exactCopysign(1, x) * quarters[Math.round(2 * y)]();
}

// (x - 1)!, for an integer x from 1 to 23: every product is exact.
function factorialBefore(x) {
  let product = 1;
  for (let factor = 2; factor < x; factor += 1) product *= factor;
  return product;
}

function exactGamma(x) {
  if (!Number.isFinite(x)) return x > 0 ? x : NaN;
  const size = Math.abs(x);
  if (size < 1e-20) return 1 / x;
  if (Number.isInteger(x) && x < 0) return NaN;
  if (Number.isInteger(x) && x <= 23) return factorialBefore(x);
  if (size > 200) return x < 0 ? 0 / sinPi(x) : Infinity;
  return gammaByLanczos(x, size);
}

// The sum y = |x| + g - 1/2 is rounded, and its power would magnify the error: the result is corrected by it.
function gammaByLanczos(x, size) {
  const y = size + LANCZOS_SHIFT;
  const error = size > LANCZOS_SHIFT ? y - size - LANCZOS_SHIFT : y - LANCZOS_SHIFT - size;
  const correction = (error * LANCZOS_G) / y;
  // The power might overflow: then half the exponent, and twice.
  const atOnce = size < 140;
  const power = exactPow(y, atOnce ? size - 0.5 : size / 2 - 0.25);
  if (x < 0) {
    const rough = ((-Math.PI / sinPi(size) / size) * exactExp(y)) / lanczosSum(size);
    const result = (rough - correction * rough) / power;
    return atOnce ? result : result / power;
  }
  const rough = lanczosSum(size) / exactExp(y);
  const result = (rough + correction * rough) * power;
  return atOnce ? result : result * power;
}

// log |Γ(x)|.
function exactLgamma(x) {
  if (!Number.isFinite(x)) return Math.abs(x);
  if (Number.isInteger(x) && x <= 2) return x <= 0 ? Infinity : 0;
  const size = Math.abs(x);
  if (size < 1e-20) return -exactLog(size);
  let result = exactLog(lanczosSum(size)) - LANCZOS_G;
  result += (size - 0.5) * (exactLog(size + LANCZOS_G - 0.5) - 1);
  if (x < 0) result = LOG_PI - exactLog(Math.abs(sinPi(size))) - exactLog(size) - result;
  return result;
}
