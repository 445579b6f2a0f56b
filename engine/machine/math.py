"""exp, expm1, tanh and log on several numbers at once, in LLVM's language.

A call of the C library handles one number, and everything else that is under way has to wait in memory. These functions
handle a vector of them in the time of one. There are two kinds.

The *exact* ones compute, operation by operation, what the GNU C library computes, and so give its bits: exp as in
Arm's Optimized Routines (2^(k/128) from a table, times a polynomial of degree 5), expm1 and tanh as in Sun's fdlibm,
with the fused multiply-adds that the library uses where the processor has them. The library at hand may be another:
`engine.machine.compiler.exact_functions` compares thousands of results with Python's `math`, and leaves out a function
if one differs.

The *fast* ones follow no library, need fewer steps, and are right to 2 units in the last place.

Where a formula is not right everywhere, the C library computes a whole vector if any of its numbers is out of reach.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

from engine.machine.numbers import Number, fma, otherwise, where
from engine.machine.text import Lines, literal
from engine.programs.powers import powers_of_two

Formula = Callable[[Number], tuple[Number, Number | None]]
"""x -> (the result, where it is right: elsewhere, the C library has to be asked; None for everywhere)"""

EXACT = ("exp", "expm1", "tanh")
FAST = ("exp", "tanh", "log")

_hex = float.fromhex
_SHIFT = _hex("0x1.8p52")
"""Added to a number below 2^51, it rounds it to an integer, which then stands in the lowest bits."""
_SMALL, _MIDDLE = _hex("0x1.62e43p-2"), _hex("0x1.0a2b2p0")
"""ln 2 / 2 and 3 ln 2 / 2, to the upper half of a double, which is all that fdlibm compares."""
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_INVERSE_LN2 = 1.44269504088896338700e00


def functions(names: Iterable[str], lanes: int, fast: bool) -> str:
    """The definitions of ``@exp.v4`` and others, for as many ``lanes``."""
    return "\n".join(_function(name, lanes, (_FAST if fast else _EXACT)[name]) for name in names)


def _function(name: str, lanes: int, formula: Formula) -> str:
    """``@exp.v4``, which computes the formula, and ``@exp.v4.slow``, which it calls where that is not right."""
    code, slow = Lines(lanes), Lines(lanes)
    type_ = code.type
    head = f"{type_} @{name}.v{lanes}"
    found, usual = formula(Number(code, "%x"))
    if usual is None:
        return code.define(f"internal {head}({type_} %x)", f"{type_} {found.name}")
    slowly = slow.define(f"internal {head}.slow({type_} %x) noinline cold", f"{type_} {slow.each_lane(name, ['%x'])}")
    with code.when("slow", code.any((~usual).name), result=(type_, found.name)) as becomes:
        becomes["result"] = code.emit(f"call {head}.slow({type_} %x)")
    return slowly + code.define(f"internal {head}({type_} %x)", f"{type_} %result")


# --- As the C library ------------------------------------------------------------------------------------------------


def exp_table() -> str:
    """The table of exp as a constant: two entries for each power of 2."""
    entries = [f"i64 {int(literal(lacking), 16)}, i64 {bits}" for lacking, bits in powers_of_two()]
    return f"@exp.table = private constant [256 x i64] [{', '.join(entries)}], align 64\n"


def _exp(x: Number) -> tuple[Number, Number]:
    """exp as in Arm's Optimized Routines: k = 128 x / ln 2 to the nearest, exp(x) = 2^(k/128) exp(r)."""
    shifted = fma(x, 128.0 * _hex("0x1.71547652b82fep0"), _SHIFT)
    k = shifted - _SHIFT
    r = fma(k, -_hex("0x1.cf79abc9e3b3ap-47"), fma(k, -_hex("0x1.62e42fefa0000p-8"), x))
    bits = shifted.bits()
    index = (bits & 127) << 1
    tail = index.entry_of("@exp.table").from_bits()
    scale = ((index | 1).entry_of("@exp.table") + (bits << 45)).from_bits()
    r2 = r * r
    low = fma(r, _hex("0x1.555555555543cp-3"), _hex("0x1.ffffffffffdbdp-2"))
    high = fma(r, _hex("0x1.1111167a4d017p-7"), _hex("0x1.55555cf172b91p-5"))
    polynomial = fma(r2 * r2, high, fma(r2, low, tail + r))
    return fma(scale, polynomial, scale), abs(x) < 512.0


def _power_of_two(k: Number) -> Number:
    """2^k for whole numbers from -1022 to 1023."""
    return ((k + (_SHIFT + 1023.0)).bits() << 52).from_bits()


class _Near0(NamedTuple):
    """What fdlibm's expm1 computes of x = k ln 2 + r for any k: ``correction`` is what r lost, ``s`` is r² / 2."""

    r: Number
    correction: Number
    s: Number
    e: Number


def _near_0(x: Number, k: Number) -> _Near0:
    """The rational function of r that expm1 needs."""
    high = fma(-k, _LN2_HIGH, x)
    low = k * _LN2_LOW
    r = high - low
    half_r = 0.5 * r
    s = r * half_r
    s2 = s * s
    r1 = fma(s, -3.33333333333331316428e-02, 1.0)
    r2 = fma(s, -7.93650757867487942473e-05, 1.58730158725481460165e-03)
    r3 = fma(s, -2.01099218183624371326e-07, 4.00821782732936239552e-06)
    p = fma(s2 * s2, r3, fma(s2, r2, r1))
    t = fma(-p, half_r, 3.0)
    return _Near0(r, high - r - low, s, s * ((p - t) / fma(-r, t, 6.0)))


def _from_20(r: Number, e: Number, k: Number, power: Number, inverse: Number) -> Number:
    """expm1 for k from 20 on."""
    return where(k <= 56.0, (r - (e + inverse) + 1.0) * power, (1.0 - (e - r)) * power - 1.0)


def _expm1(x: Number) -> tuple[Number, Number]:
    """expm1 as in fdlibm: x itself where it is tiny, which also keeps the sign of a zero."""
    size = abs(x)
    negative = x < 0.0
    rounded = fma(x, _INVERSE_LN2, where(negative, -0.5, 0.5)).call("trunc")
    k = where(size < _SMALL, 0.0, where(size < _MIDDLE, where(negative, -1.0, 1.0), rounded))
    r, correction, s, e = _near_0(x, k)
    at_0 = r - fma(r, e, -s)
    e = fma(r, e - correction, -correction) - s
    difference = e - r
    power, inverse = _power_of_two(k), _power_of_two(-k)
    at_minus_1 = fma(r - e, 0.5, -0.5)
    at_1 = where(r < -0.25, -2.0 * (e - (r + 0.5)), fma(r - e, 2.0, 1.0))
    result = _from_20(r, e, k, power, inverse)
    to_19 = (1.0 - inverse - difference) * power
    to_minus_2 = (1.0 - difference) * power - 1.0
    for most, found in ((19.0, to_19), (1.0, at_1), (0.0, at_0), (-1.0, at_minus_1), (-2.0, to_minus_2)):
        result = where(k <= most, found, result)
    return where(size < 2.0**-54, x, result), size < 38.0


def _tanh(x: Number) -> tuple[Number, None]:
    """tanh as in fdlibm: 1 - 2 / (t + 2) with t = expm1(2|x|), or -t / (t + 2) with t = expm1(-2|x|) below 1.

    So expm1 is asked for k from -3 to 0 and from 3 on only, and one formula serves for all up to 19: it is the
    library's, with a 0 or a 1 wherever a case has no such step.
    """
    size = abs(x)
    large = size >= 1.0
    apart = size >= _SMALL / 2.0
    doubled = size * where(large, 2.0, -2.0)
    k = where(apart, fma(doubled, _INVERSE_LN2, where(large, 0.5, -0.5)).call("trunc"), 0.0)
    r, correction, s, e = _near_0(doubled, k)
    e = fma(r, e - correction, where(apart, -correction, -s))
    e = where(apart, e - s, e)
    power = _power_of_two(k)
    inverse = ((2046 << 52) - power.bits()).from_bits()
    shift = where(large, 1.0 - inverse, where(k < -1.0, 1.0, 0.0))
    last = where(large, 0.0, 0.5 * where(k < -2.0, -2.0, k))
    t = fma(shift - (e - r), power, last)
    t = otherwise(k < 20.0, t, lambda: where(size < 22.0, _from_20(r, e, k, power, inverse), size * 2.0**60))
    quotient = where(large, 2.0, t) / (t + 2.0)
    return where(large, 1.0 - quotient, quotient).call("copysign", x), None


_EXACT: dict[str, Formula] = {"exp": _exp, "expm1": _expm1, "tanh": _tanh}


# --- To 2 units in the last place ------------------------------------------------------------------------------------


def _reduced_expm1(x: Number) -> tuple[Number, Number, Number]:
    """(r, expm1(r) - r, 2^k as a double), where x = k ln 2 + r and |r| <= ln 2 / 2: Taylor's series to r^13 / 13!."""
    shifted = fma(x, _INVERSE_LN2, _SHIFT)
    k = shifted - _SHIFT
    high = fma(k, -_LN2_HIGH, x)
    r = fma(k, -_LN2_LOW, high)
    lost = fma(k, -_LN2_LOW, high - r)
    r2 = r * r
    r4 = r2 * r2
    # Pairs of terms, then pairs of pairs (Estrin's scheme), so that the additions do not wait for each other.
    pair = {n: fma(r, 1.0 / math.factorial(n + 1), 1.0 / math.factorial(n)) for n in range(2, 13, 2)}
    low, middle, upper = (fma(r2, pair[n + 2], pair[n]) for n in (2, 6, 10))
    series = fma(r4 * r4, upper, fma(r4, middle, low))
    power = ((shifted.bits() << 52) + (1023 << 52)).from_bits()
    return r, fma(r2, series, lost), power


def _exp_fast(x: Number) -> tuple[Number, Number]:
    """exp(x) = 2^k + 2^k expm1(r)."""
    r, rest, power = _reduced_expm1(x)
    return fma(power, r + rest, power), abs(x) < 700.0


def _tanh_fast(x: Number) -> tuple[Number, None]:
    """tanh(x) = t / (t + 2) with t = expm1(2|x|) = 2^k expm1(r) + (2^k - 1), and the sign of x.

    What the sums and the quotient lose in rounding is kept and added at the end: half a unit in the last place
    for each would be more than two together.
    """
    size = abs(x)
    r, rest, power = _reduced_expm1(2.0 * where(size >= 20.0, 20.0, size))  # From 20 on, the result is 1.
    less = r + rest
    less_lost = rest - (less - r)
    base = power - 1.0
    t = fma(power, less, base)
    t_lost = fma(power, less_lost, fma(power, less, base - t))
    divisor = t + 2.0
    divisor_lost = t - (divisor - 2.0)
    inverse = 1.0 / divisor
    quotient = t * inverse
    left = fma(-quotient, divisor, t) + (t_lost - quotient * divisor_lost)
    return fma(left, inverse, quotient).call("copysign", x), None


def _log_fast(x: Number) -> tuple[Number, Number]:
    """log as in fdlibm: x = 2^k (1 + f), s = f / (2 + f), log(1 + f) = f - f²/2 + s (f²/2 + R(s²))."""
    bits = x.bits()
    # Counted from sqrt(1/2), so that 1 + f is next to 1 on both sides.
    exponent = (bits - int(literal(math.sqrt(0.5)), 16)) >> 52
    k = exponent.convert("sitofp", "double")
    f = (bits - (exponent << 52)).from_bits() - 1.0
    s = f / (f + 2.0)
    z = s * s
    w = z * z
    odd = fma(w, fma(w, 1.531383769920937332e-01, 2.222219843214978396e-01), 3.999999999940941908e-01)
    even = fma(w, 1.479819860511658591e-01, 1.818357216161805012e-01)
    even = fma(w, fma(w, even, 2.857142874366239149e-01), 6.666666666666735130e-01)
    remainder = fma(w, odd, z * even)
    half_square = 0.5 * f * f
    small = fma(s, half_square + remainder, k * _LN2_LOW)
    return k * _LN2_HIGH - (half_square - small - f), (x >= 2.0**-1022) & (x < math.inf)


_FAST: dict[str, Formula] = {"exp": _exp_fast, "tanh": _tanh_fast, "log": _log_fast}
