"""exp, expm1, tanh and log on several numbers at once, in LLVM's language.

A call of the C library handles one number, and everything else that is under way has to wait in memory. These functions
handle a vector of them in the time of one. There are two kinds.

The *exact* ones compute, operation by operation, what the GNU C library computes, and so give its bits: exp as in
Arm's Optimized Routines (2^(k/128) from a table, times a polynomial of degree 5), expm1 and tanh as in Sun's fdlibm,
with the fused multiply-adds that the library has on processors that know them. Whether the library at hand is that one
is not taken on trust: `engine.machine.compiler.exact_functions` compares thousands of results with Python's `math`, and
leaves out a function that differs in any.

The *fast* ones owe nothing to a library, need fewer steps, and are right to 2 units in the last place.

Arguments that are huge, tiny or no numbers are left to the C library, all lanes of the vector together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from decimal import Decimal, localcontext

from engine.machine.text import Lines, literal

Body = Callable[[Lines, str], tuple[str, str]]
"""(code, x) -> (the result, whether any x is one for the C library)"""

EXACT = ("exp", "expm1", "tanh")
FAST = ("exp", "tanh", "log")

_hex = float.fromhex
_SHIFT = _hex("0x1.8p52")
"""Added to a number below 2^51, it rounds it to an integer, which then stands in the lowest bits."""
_SMALL, _MIDDLE = _hex("0x1.62e43p-2"), _hex("0x1.0a2b2p0")
"""ln 2 / 2 and 3 ln 2 / 2, as far as the upper half of a double goes, which is what fdlibm compares."""
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_INVERSE_LN2 = 1.44269504088896338700e00


def functions(names: Iterable[str], lanes: int, fast: bool, called: set[str]) -> str:
    """The definitions of ``@exp.v4`` and others, for as many ``lanes``; what they call is added to ``called``."""
    table = {"exp": _exp_fast, "tanh": _tanh_fast, "log": _log_fast} if fast else _EXACT
    texts = [_function(name, lanes, table[name], called) for name in names]
    return "\n".join(texts)


def _function(name: str, lanes: int, body: Body, called: set[str]) -> str:
    """A function that computes the usual arguments by ``body``, which also says whether all of them are."""
    code, slow = Lines(lanes), Lines(lanes)
    result, unusual = body(code, "%x")
    one_by_one = slow.each_lane(name, ["%x"])
    called |= code.called | slow.called
    kind = code.type
    return f"""
define internal {kind} @{name}.v{lanes}.slow({kind} %x) noinline cold {{
{slow.text()}
  ret {kind} {one_by_one}
}}
define internal {kind} @{name}.v{lanes}({kind} %x) {{
entry:
{code.text()}
  br i1 {unusual}, label %slow, label %usual
slow:
  %other = call {kind} @{name}.v{lanes}.slow({kind} %x)
  br label %usual
usual:
  %result = phi {kind} [ {result}, %entry ], [ %other, %slow ]
  ret {kind} %result
}}
"""


# --- As the C library ------------------------------------------------------------------------------------------------


def exp_table() -> str:
    """For i from 0 to 127: by how much 2^(i/128) differs from its double h, relative to it, and the bits of h.

    From the bits, i/128 is taken off the exponent, so that adding the whole of 128 log2(x) to it is right.
    """
    entries = []
    with localcontext() as context:
        context.prec = 50
        for i in range(128):
            exact = (Decimal(2).ln() * i / 128).exp()
            nearest = float(exact)
            bits = int(literal(nearest), 16) - (i << 45)
            entries += [f"i64 {int(literal(float(exact / Decimal(nearest) - 1)), 16)}", f"i64 {bits}"]
    return f"@exp.table = private constant [256 x i64] [{', '.join(entries)}], align 64"


def _exp(code: Lines, x: str) -> tuple[str, str]:
    """exp as in Arm's Optimized Routines: k = 128 x / ln 2 to the nearest, exp(x) = 2^(k/128) exp(r)."""
    c, fma, add, mul = code.constant, code.fma, code.add, code.mul
    shifted = fma(x, c(128.0 * _hex("0x1.71547652b82fep0")), c(_SHIFT))
    k = code.sub(shifted, c(_SHIFT))
    r = fma(k, c(-_hex("0x1.cf79abc9e3b39p-47")), fma(k, c(-_hex("0x1.62e42fefa0000p-8")), x))
    bits = code.to_bits(shifted)
    index = code.emit(
        f"shl {code.integers} {code.emit(f'and {code.integers} {bits}, {code.integer(127)}')}, {code.integer(1)}"
    )
    tail = code.from_bits(code.lookup("@exp.table", index))
    next_index = code.emit(f"or {code.integers} {index}, {code.integer(1)}")
    scale_bits = code.lookup("@exp.table", next_index)
    power = code.emit(f"shl {code.integers} {bits}, {code.integer(45)}")
    scale = code.from_bits(code.emit(f"add {code.integers} {scale_bits}, {power}"))
    r2 = mul(r, r)
    low = fma(r, c(_hex("0x1.555555555543cp-3")), c(_hex("0x1.ffffffffffdbdp-2")))
    high = fma(r, c(_hex("0x1.1111167a4d017p-7")), c(_hex("0x1.55555cf172b91p-5")))
    polynomial = fma(mul(r2, r2), high, fma(r2, low, add(tail, r)))
    return fma(scale, polynomial, scale), code.any(code.emit(f"fcmp uge {code.type} {code.abs(x)}, {c(512.0)}"))


def _expm1_of(code: Lines, x: str) -> str:
    """expm1 as in fdlibm, for |x| < 600 or so: x = k ln 2 + r, and a rational function of r."""
    c, fma, add, sub, mul = code.constant, code.fma, code.add, code.sub, code.mul
    size, kind = code.abs(x), code.type
    negative = code.emit(f"fcmp olt {kind} {x}, {c(0.0)}")
    small = code.emit(f"fcmp olt {kind} {size}, {c(_SMALL)}")
    middle = code.emit(f"fcmp olt {kind} {size}, {c(_MIDDLE)}")
    half = code.select(negative, c(-0.5), c(0.5))
    rounded = code.emit(f"call {kind} @llvm.trunc.{code.suffix}({kind} {fma(x, c(_INVERSE_LN2), half)})")
    code.called.add(f"declare {kind} @llvm.trunc.{code.suffix}({kind})")
    one = code.select(negative, c(-1.0), c(1.0))
    k = code.select(small, c(0.0), code.select(middle, one, rounded))
    high = fma(code.neg(k), c(_LN2_HIGH), x)
    low = mul(k, c(_LN2_LOW))
    r = sub(high, low)
    correction = sub(sub(high, r), low)
    half_r = mul(c(0.5), r)
    s = mul(r, half_r)
    s2 = mul(s, s)
    r1 = fma(s, c(-3.33333333333331316428e-02), c(1.0))
    r2 = fma(s, c(-7.93650757867487942473e-05), c(1.58730158725481460165e-03))
    r3 = fma(s, c(-2.01099218183624371326e-07), c(4.00821782732936239552e-06))
    p = fma(mul(s2, s2), r3, fma(s2, r2, r1))
    t = fma(code.neg(p), half_r, c(3.0))
    e = mul(s, code.div(sub(p, t), fma(code.neg(r), t, c(6.0))))
    unscaled = sub(r, fma(r, e, code.neg(s)))
    e = sub(fma(r, sub(e, correction), code.neg(correction)), s)
    power = code.power_of_two(k)
    inverse = code.power_of_two(code.neg(k))
    difference = sub(e, r)
    large = sub(mul(sub(c(1.0), difference), power), c(1.0))
    below_20 = mul(sub(sub(c(1.0), inverse), difference), power)
    below_57 = mul(add(sub(r, add(e, inverse)), c(1.0)), power)
    at_minus_1 = fma(c(0.5), sub(r, e), c(-0.5))
    deep = code.emit(f"fcmp olt {kind} {r}, {c(-0.25)}")
    at_1 = code.select(deep, mul(c(-2.0), sub(e, add(r, c(0.5)))), fma(c(2.0), sub(r, e), c(1.0)))

    def where(relation: str, bound: float, yes: str, no: str) -> str:
        """Choose by how k compares with a bound."""
        return code.select(code.emit(f"fcmp {relation} {kind} {k}, {c(bound)}"), yes, no)

    result = where("ogt", 56.0, large, where("olt", 20.0, below_20, below_57))
    result = where("ole", -2.0, large, where("oeq", -1.0, at_minus_1, where("oeq", 1.0, at_1, result)))
    return where("oeq", 0.0, unscaled, result)


def _expm1(code: Lines, x: str) -> tuple[str, str]:
    """expm1: x itself where it is tiny, which also keeps the sign of a zero."""
    size = code.abs(x)
    tiny = code.emit(f"fcmp olt {code.type} {size}, {code.constant(2.0**-54)}")
    unusual = code.any(code.emit(f"fcmp uge {code.type} {size}, {code.constant(38.0)}"))
    return code.select(tiny, x, _expm1_of(code, x)), unusual


def _tanh(code: Lines, x: str) -> tuple[str, str]:
    """tanh as in fdlibm: 1 - 2 / (t + 2) with t = expm1(2|x|), or -t / (t + 2) with t = expm1(-2|x|) below 1."""
    c = code.constant
    size = code.abs(x)
    large = code.emit(f"fcmp oge {code.type} {size}, {c(1.0)}")
    t = _expm1_of(code, code.mul(code.select(large, c(2.0), c(-2.0)), size))
    numerator = code.select(large, c(2.0), code.neg(t))
    quotient = code.div(numerator, code.add(t, c(2.0)))
    result = code.select(large, code.sub(c(1.0), quotient), quotient)
    unusual = code.any(code.emit(f"fcmp uge {code.type} {size}, {c(22.0)}"))
    return code.copysign(result, x), unusual


_EXACT = {"exp": _exp, "expm1": _expm1, "tanh": _tanh}


# --- To 2 units in the last place ------------------------------------------------------------------------------------


def _reduced_expm1(code: Lines, x: str) -> tuple[str, str, str]:
    """(r, expm1(r) - r, 2^k as a double), where x = k ln 2 + r and |r| <= ln 2 / 2: Taylor's series to r^13 / 13!."""
    c, fma, mul = code.constant, code.fma, code.mul
    shifted = fma(x, c(_INVERSE_LN2), c(_SHIFT))
    k = code.sub(shifted, c(_SHIFT))
    high = fma(k, c(-_LN2_HIGH), x)
    r = fma(k, c(-_LN2_LOW), high)
    lost = fma(k, c(-_LN2_LOW), code.sub(high, r))
    r2 = mul(r, r)
    r4 = mul(r2, r2)
    # Pairs of terms, then pairs of pairs (Estrin's scheme), so that the additions do not wait for each other.
    pair = {n: fma(r, c(1.0 / math.factorial(n + 1)), c(1.0 / math.factorial(n))) for n in range(2, 13, 2)}
    low = fma(r2, pair[4], pair[2])
    middle = fma(r2, pair[8], pair[6])
    upper = fma(r2, pair[12], pair[10])
    series = fma(mul(r4, r4), upper, fma(r4, middle, low))
    bits = code.emit(f"shl {code.integers} {code.to_bits(shifted)}, {code.integer(52)}")
    power = code.from_bits(code.emit(f"add {code.integers} {bits}, {code.integer(1023 << 52)}"))
    return r, fma(r2, series, lost), power


def _exp_fast(code: Lines, x: str) -> tuple[str, str]:
    """exp(x) = 2^k + 2^k expm1(r)."""
    r, rest, power = _reduced_expm1(code, x)
    return code.fma(power, code.add(r, rest), power), code.any(
        code.emit(f"fcmp uge {code.type} {code.abs(x)}, {code.constant(700.0)}")
    )


def _tanh_fast(code: Lines, x: str) -> tuple[str, str]:
    """tanh(x) = t / (t + 2) with t = expm1(2|x|) = 2^k expm1(r) + (2^k - 1), and the sign of x.

    What the sums and the quotient lose in rounding is kept, and put right in the end: half a unit in the last place
    each would make more than two.
    """
    c, fma, add, sub = code.constant, code.fma, code.add, code.sub
    size = code.abs(x)
    near = code.emit(f"fcmp olt {code.type} {size}, {c(20.0)}")
    doubled = code.mul(c(2.0), code.select(near, size, c(20.0)))  # From 20 on, the result is 1.
    r, rest, power = _reduced_expm1(code, doubled)
    less = add(r, rest)
    less_lost = sub(rest, sub(less, r))
    base = sub(power, c(1.0))
    t = fma(power, less, base)
    t_lost = fma(power, less_lost, fma(power, less, sub(base, t)))
    divisor = add(t, c(2.0))
    divisor_lost = sub(t, sub(divisor, c(2.0)))
    inverse = code.div(c(1.0), divisor)
    quotient = code.mul(t, inverse)
    left = add(fma(code.neg(quotient), divisor, t), sub(t_lost, code.mul(quotient, divisor_lost)))
    result = fma(left, inverse, quotient)
    return code.copysign(result, x), code.any(code.emit(f"fcmp uno {code.type} {x}, {x}"))


def _log_fast(code: Lines, x: str) -> tuple[str, str]:
    """log as in fdlibm: x = 2^k (1 + f), s = f / (2 + f), log(1 + f) = f - f²/2 + s (f²/2 + R(s²))."""
    c, fma, add, sub, mul = code.constant, code.fma, code.add, code.sub, code.mul
    bits = code.to_bits(x)
    # Counted from sqrt(1/2), so that 1 + f is next to 1 on both sides.
    offset = int(literal(math.sqrt(0.5)), 16)
    shifted = code.emit(f"sub {code.integers} {bits}, {code.integer(offset)}")
    exponent = code.emit(f"ashr {code.integers} {shifted}, {code.integer(52)}")
    k = code.emit(f"sitofp {code.integers} {exponent} to {code.type}")
    removed = code.emit(f"shl {code.integers} {exponent}, {code.integer(52)}")
    f = sub(code.from_bits(code.emit(f"sub {code.integers} {bits}, {removed}")), c(1.0))
    s = code.div(f, add(f, c(2.0)))
    z = mul(s, s)
    w = mul(z, z)
    odd = fma(w, fma(w, c(1.531383769920937332e-01), c(2.222219843214978396e-01)), c(3.999999999940941908e-01))
    even = fma(w, c(1.479819860511658591e-01), c(1.818357216161805012e-01))
    even = fma(w, fma(w, even, c(2.857142874366239149e-01)), c(6.666666666666735130e-01))
    remainder = fma(w, odd, mul(z, even))
    half_square = mul(mul(c(0.5), f), f)
    small = fma(s, add(half_square, remainder), mul(k, c(_LN2_LOW)))
    result = sub(mul(k, c(_LN2_HIGH)), sub(sub(half_square, small), f))
    low = code.emit(f"fcmp ult {code.type} {x}, {c(2.0**-1022)}")
    high = code.emit(f"fcmp ueq {code.type} {x}, {c(math.inf)}")
    return result, code.any(code.emit(f"or {code.truth} {low}, {high}"))
