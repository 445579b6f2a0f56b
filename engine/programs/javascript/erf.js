// erf and erfc = 1 - erf as the GNU C library 2.36 computes them, after Sun's fdlibm (s_erf.c, Copyright 1993 by Sun
// Microsystems; coefficients and their pairs as there).
//
// Each stretch of the axis has its own ratio of two polynomials, found so that its error is below 2^-57:
//   near 0      erf(x) = x + x P(x²) / Q(x²)
//   near 1      erf(x) = c + P(x - 1) / Q(x - 1)
//   beyond      erfc(x) = exp(-x² - 9/16 + P(1/x²) / Q(1/x²)) / x

const ERF_NEAR_0 = {
  above: [
    0.12837916709551256, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442, -2.3763016656650163e-05, 0,
  ],
  below: [
    1, 0.39791722395915535, 0.0650222499887673, 0.005081306281875766, 0.00013249473800432164, -3.960228278775368e-06,
  ],
};

// 2/√π - 1, the slope at 0 less 1.
const ERF_SLOPE = 0.1283791670955126;

// erf(1), rounded to few bits.
const ERF_AT_1 = 0.8450629115104675;

const ERF_NEAR_1 = {
  above: [
    -0.0023621185607526594, 0.41485611868374833, -0.3722078760357013, 0.31834661990116175, -0.11089469428239668,
    0.035478304325618236, -0.002166375594868791, 0,
  ],
  below: [
    1, 0.10642088040084423, 0.540397917702171, 0.07182865441419627, 0.12617121980876164, 0.01363708391202905,
    0.011984499846799107, 0,
  ],
};

// From 1.25 to 1/0.35.
const ERF_MIDDLE = {
  above: [
    -0.009864944034847148, -0.6938585727071818, -10.558626225323291, -62.375332450326006, -162.39666946257347,
    -184.60509290671104, -81.2874355063066, -9.814329344169145,
  ],
  below: [
    1, 19.651271667439257, 137.65775414351904, 434.56587747522923, 645.3872717332679, 429.00814002756783,
    108.63500554177944, 6.570249770319282, -0.0604244152148581, 0,
  ],
};

// From 1/0.35 to 28.
const ERF_FAR = {
  above: [
    -0.0098649429247001, -0.799283237680523, -17.757954917754752, -160.63638485582192, -637.5664433683896,
    -1025.0951316110772, -483.5191916086514, 0,
  ],
  below: [
    1, 30.33806074348246, 325.7925129965739, 1536.729586084437, 3199.8582195085955, 2553.0504064331644,
    474.52854120695537, -22.44095244658582,
  ],
};

// The sum of coefficients[i] · s^i, two by two, which a processor computes at the same time.
function inPairs(coefficients, s) {
  const pair = (i) => coefficients[i] + s * coefficients[i + 1];
  const s2 = s * s;
  const s4 = s2 * s2;
  let sum = pair(0) + s2 * pair(2) + s4 * pair(4);
  if (coefficients.length > 6) sum += s4 * s2 * pair(6);
  if (coefficients.length > 8) sum += s4 * s4 * pair(8);
  return sum;
}

function ratioInPairs(polynomials, s) {
  return inPairs(polynomials.above, s) / inPairs(polynomials.below, s);
}

// x · erfc(x) for x from 1.25 to 28. As -x² has to be exact, x is cut to its upper half, z, whose square is:
// -x² = -z² + (z - x)(z + x).
function erfcTimesX(x, far) {
  const ratio = ratioInPairs(x < far ? ERF_MIDDLE : ERF_FAR, 1 / (x * x));
  const z = fromWords(highWord(x), 0);
  return exactExp(-z * z - 0.5625) * exactExp((z - x) * (z + x) + ratio);
}

function exactErf(x) {
  const size = Math.abs(x);
  if (size < 2 ** -1015) return 0.0625 * (16 * x + 16 * ERF_SLOPE * x);
  if (size < 2 ** -28) return x + ERF_SLOPE * x;
  if (size < 0.84375) return x + x * ratioInPairs(ERF_NEAR_0, x * x);
  if (size < 1.25) return exactCopysign(ERF_AT_1 + ratioInPairs(ERF_NEAR_1, size - 1), x);
  if (size < 6) return exactCopysign(1 - erfcTimesX(size, 2.8571434020996094) / size, x);
  return Math.sign(x);
}

function exactErfc(x) {
  const size = Math.abs(x);
  if (size < 2 ** -56) return 1 - x;
  if (size < 0.84375) {
    const more = x * ratioInPairs(ERF_NEAR_0, x * x);
    return x < 0.25 ? 1 - (x + more) : 0.5 - (more + (x - 0.5));
  }
  if (size < 1.25) {
    const more = ratioInPairs(ERF_NEAR_1, size - 1);
    return x < 0 ? 1 + (ERF_AT_1 + more) : 1 - ERF_AT_1 - more;
  }
  if (size < 28 && x > -6) {
    const less = erfcTimesX(size, 2.8571414947509766) / size;
    return x < 0 ? 2 - less : less;
  }
  return 1 - Math.sign(x);
}
