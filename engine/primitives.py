"""The table of primitives: every operation the engine knows, with its derivative.

Read a row as a line of a formula sheet. In

    Primitive("mul", "x * y", ("y", "x"), symbol="*")

the operands are called ``x`` and ``y`` (and ``z``), the result ``r``. The second column is the value, the third has one
*local partial derivative* for each operand: d(x*y)/dx = y and d(x*y)/dy = x. A partial is written in plain operators,
in other primitives and in the constants below: the same text runs on floats (the forward pass) and on Values (where the
derivative is a graph again, and can be differentiated again). It has no ``if``, unless the row also states its
``seconds``: then the partial is never differentiated itself.

Those *second derivatives* stand in a row whose partials would lose digits when they are differentiated term by term, as
(1 - x) * (1 + x) would near 0. In them, ``d`` is the partial. `NO_PATH` is the partial of an operand that was not
taken: a zero that passes nothing back, even where the derivatives below it are infinite or do not exist.

The formula of a value may call functions of Python's ``math`` that take floats to a float, ``abs``, ``pow`` and other
rows: ``tanh(x)`` in the row of tanh is ``math.tanh``, so no function is defined in terms of itself. It is written to be
accurate in both tails: ``sigmoid`` does not overflow at -10,000, ``softplus`` keeps exp(-40), ``gelu`` does not cancel.
Where a function or its derivative has a corner or a jump, the row states the derivative chosen there (``kink`` and
``at_kink``). Value and first two derivatives are right to twelve digits wherever they are normal numbers, but near the
roots of a derivative that is a sum (of silu and gelu), where only the absolute error is small.

Formulas: Abramowitz and Stegun, *Handbook of Mathematical Functions*, chapters 4 and 7, unless a row says otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


class Cut(float):
    """The zero of an edge that leads nowhere: nothing is passed back along it, whatever the derivatives below are."""

    __slots__ = ()


CONSTANTS = {
    "DEGREE": math.radians(1.0),
    "LOG_2": math.log(2.0),
    "LOG_10": math.log(10.0),
    "NO_PATH": Cut(0.0),
    "TINY": 1e-300,
    "SQRT_HALF": math.sqrt(0.5),
    "TWO_OVER_SQRT_PI": 2.0 / math.sqrt(math.pi),
    "ONE_OVER_SQRT_TWO_PI": 1.0 / math.sqrt(2.0 * math.pi),
}


@dataclass(frozen=True)
class Primitive:
    """One row: an operation, its value and its local partial derivatives, all as text.

    name      how it is called: ``engine.tanh(x)``, and ``x.tanh()`` where there is one operand
    value     the result, in terms of the operands ``x``, ``y``, ``z`` (in this order)
    partials  one formula for each operand, in terms of the operands and the result ``r``; "0" stands for `NO_PATH`
    symbol    what a drawing writes on the node; the name unless given
    domain    where the tests compare the partials with differences: inside it all of them exist and stay moderate. The
              engine does not check it: outside, a formula fails or not, as it does
    kink      a formula that is zero exactly where the value or one of its first two derivatives has a corner or a jump;
              empty where there is none
    at_kink   the partials taken there
    seconds   the derivatives of the partials: of the first by each operand, then of the second by each, in terms of the
              operands, ``r`` and the partial ``d``. Empty where the partials' own text can be differentiated
    """

    name: str
    value: str
    partials: tuple[str, ...]
    symbol: str = ""
    domain: str = "True"
    kink: str = ""
    at_kink: tuple[float, ...] = ()
    seconds: tuple[str, ...] = ()

    @property
    def operand_names(self) -> tuple[str, ...]:
        """``("x",)``, ``("x", "y")`` or ``("x", "y", "z")``."""
        return ("x", "y", "z")[: len(self.partials)]

    def __str__(self) -> str:
        signature = f"{self.name}({', '.join(self.operand_names)})"
        derivatives = (f"d/d{name} = {text}" for name, text in zip(self.operand_names, self.partials, strict=True))
        return f"{signature} = {self.value};  {',  '.join(derivatives)}"


ROWS = (
    # Arithmetic. `pow` is the real power: a negative base with a fractional exponent is an error, never a complex
    # number; see also `POWERS`. Where y is so large that y - 1 is y, x ** (y - 1) would have the sign of x ** y. d²/dx²
    # overflows with x ** (y - 2), below |x| = 1e-154, though a tiny y might have made it a number again.
    Primitive("add", "x + y", ("1", "1"), symbol="+"),
    Primitive("sub", "x - y", ("1", "-1"), symbol="-"),
    Primitive("mul", "x * y", ("y", "x"), symbol="*"),
    Primitive("div", "x / y", ("1 / y", "-r / y"), symbol="/", domain="y != 0"),
    Primitive(
        "pow",
        "pow(x, y)",
        (
            "NO_PATH if y == 0 else y * pow(x, y - 1) if x >= 0 or y - 1 != y else r / x * y",
            "r * log(x) if x else 0",
        ),
        symbol="**",
        domain="x > 0",
        seconds=(
            "where(y * (y - 1), y * pow(x, where(y * (y - 1), y - 2, 0)) * (y - 1), NO_PATH)",
            "pow(x, y - 1) * (1 + y * log(where(x, x, 1)))",
            "pow(x, y - 1) * (1 + y * log(where(x, x, 1)))",
            "pow(x, y) * log(where(x, x, 1)) * log(where(x, x, 1))",
        ),
    ),
    Primitive("neg", "-x", ("-1",), symbol="-"),
    Primitive("abs", "abs(x)", ("sign(x)",), kink="x", at_kink=(0,)),
    # Where infinities mean something. A score of -inf rules an outcome out, at an infinite cost. Of two such scores
    # neither exceeds the other, and what has the weight 0 costs nothing: here inf - inf and 0 * inf are 0.
    Primitive("excess", "x - y if x != y else 0", ("1", "-1")),
    Primitive("weighted", "x * y if x or y != y else 0", ("y", "x")),
    # Exponentials and logarithms.
    Primitive("exp", "exp(x)", ("r",)),
    Primitive("exp2", "exp2(x)", ("r * LOG_2",)),
    Primitive("expm1", "expm1(x)", ("exp(x)",)),
    Primitive("log", "log(x)", ("1 / x",), domain="x > 0"),
    Primitive("log2", "log2(x)", ("1 / (x * LOG_2)",), domain="x > 0", seconds=("-d / x",)),
    Primitive("log10", "log10(x)", ("1 / (x * LOG_10)",), domain="x > 0", seconds=("-d / x",)),
    Primitive("log1p", "log1p(x)", ("1 / (1 + x)",), domain="x > -1"),
    # A sum of exponentials. `logaddexp` is log(exp(x) + exp(y)), computed from the larger of the two, so that no
    # exponential exceeds 1 and no digit is lost. The partials are softmax(x, y): 1/2 each where both are -inf.
    Primitive(
        "logaddexp",
        "(x if x > y else y) + log1p(exp(-abs(excess(x, y))))",
        ("sigmoid(excess(x, y))", "sigmoid(-excess(x, y))"),
    ),
    # The logarithm of a probability. Below 1e-300 it is that of 1e-300, with slope 0, so that an impossible event costs
    # 691, not infinity. Anything but a probability fails, in a compiled program too: log(-1) is there to fail.
    Primitive(
        "log_probability",
        "log(maximum(x, TINY)) if 0 <= x <= 1 else log(-1) if x == x else x",
        ("1 / x if x > TINY else NO_PATH if x <= TINY else x",),
        domain="0 < x < 1",
        seconds=("where(d, -d * d, NO_PATH)",),
    ),
    # Roots and lengths.
    Primitive("sqrt", "sqrt(x)", ("0.5 / r",), domain="x > 0"),
    Primitive("cbrt", "cbrt(x)", ("1 / (3 * r * r)",), domain="abs(x) > 0.1", seconds=("-2 * d / (3 * x)",)),
    Primitive(
        "hypot",
        "hypot(x, y)",
        ("sign(x) if abs(y) < abs(x) == r else x / r", "sign(y) if abs(x) < abs(y) == r else y / r"),
        domain="abs(x) + abs(y) > 0.1",
        seconds=(
            "(y / r) * (y / r / r)",
            "-(x / r) * (y / r / r)",
            "-(x / r) * (y / r / r)",
            "(x / r) * (x / r / r)",
        ),
    ),
    # Trigonometric functions. (1 - x) * (1 + x) is 1 - x*x without the cancellation near 1.
    Primitive("sin", "sin(x)", ("cos(x)",)),
    Primitive("cos", "cos(x)", ("-sin(x)",)),
    Primitive("tan", "tan(x)", ("1 + r * r",), domain="-1.5 < x < 1.5"),
    Primitive("asin", "asin(x)", ("1 / sqrt((1 - x) * (1 + x))",), domain="-1 < x < 1", seconds=("x * d * d * d",)),
    Primitive("acos", "acos(x)", ("-1 / sqrt((1 - x) * (1 + x))",), domain="-1 < x < 1", seconds=("x * d * d * d",)),
    Primitive("atan", "atan(x)", ("1 / (1 + x * x)",), seconds=("weighted(d, weighted(d, -2 * x))",)),
    # Angles. `atan2` is that of the point (y, x), as in `math.atan2`. It jumps where y < 0 and x changes sign.
    Primitive(
        "atan2",
        "atan2(x, y)",
        (
            "y / hypot(x, y) / hypot(x, y) if hypot(x, y) * 0 == 0 else 0 / hypot(x, y)",
            "-x / hypot(x, y) / hypot(x, y) if hypot(x, y) * 0 == 0 else 0 / hypot(x, y)",
        ),
        domain="y > 0",
        seconds=(
            "-2 * (x / hypot(x, y)) * (y / hypot(x, y)) / hypot(x, y) / hypot(x, y)",
            "((x - y) / hypot(x, y)) * ((x + y) / hypot(x, y)) / hypot(x, y) / hypot(x, y)",
            "((x - y) / hypot(x, y)) * ((x + y) / hypot(x, y)) / hypot(x, y) / hypot(x, y)",
            "2 * (x / hypot(x, y)) * (y / hypot(x, y)) / hypot(x, y) / hypot(x, y)",
        ),
    ),
    Primitive("degrees", "degrees(x)", ("1 / DEGREE",)),
    Primitive("radians", "radians(x)", ("DEGREE",)),
    # Hyperbolic functions. Where tanh is nearly 1 or -1, 1 - r * r would cancel. There it is (1 + |r|) (1 - |r|) with
    # 1 - |r| = (1 + |r|) exp(-2 |x|), and (1 + |r|)² = 1 + r * r + 2 |r|.
    Primitive("sinh", "sinh(x)", ("cosh(x)",)),
    Primitive("cosh", "cosh(x)", ("sinh(x)",)),
    Primitive(
        "tanh",
        "tanh(x)",
        ("(1 + r * r + 2 * abs(r)) * exp(-2 * abs(x)) if r * r > 0.999 else 1 - r * r",),
        seconds=("-2 * r * d",),
    ),
    Primitive("asinh", "asinh(x)", ("1 / hypot(1, x)",), seconds=("weighted(d, -x) * d * d",)),
    Primitive(
        "acosh", "acosh(x)", ("1 / (sqrt(x - 1) * sqrt(x + 1))",), domain="x > 1", seconds=("weighted(d, -x) * d * d",)
    ),
    Primitive("atanh", "atanh(x)", ("1 / ((1 - x) * (1 + x))",), domain="-1 < x < 1", seconds=("2 * x * d * d",)),
    # Error functions. `erfc` is the complement 1 - erf(x) without the cancellation.
    Primitive("erf", "erf(x)", ("TWO_OVER_SQRT_PI * exp(-x * x)",), seconds=("weighted(d, -2 * x)",)),
    Primitive("erfc", "erfc(x)", ("-TWO_OVER_SQRT_PI * exp(-x * x)",), seconds=("weighted(d, -2 * x)",)),
    # Activations. sigmoid is 1 / (1 + exp(-x)), written so that exp never sees a positive number. Both branches consist
    # of the same parts, so that sigmoid(-x), which the partial needs, costs a program no second exp. Sources: gelu,
    # Hendrycks and Gimpel 2016 (arXiv:1606.08415), the exact form x * Phi(x); silu, Elfwing et al. 2017
    # (arXiv:1702.03118); elu with alpha = 1, Clevert et al. 2015 (arXiv:1511.07289).
    Primitive(
        "sigmoid",
        "1 / (1 + exp(-abs(x))) if x > 0 else exp(-abs(x)) * (1 / (1 + exp(-abs(x))))",
        ("r * sigmoid(-x)",),
        seconds=("-d * tanh(0.5 * x)",),
    ),
    Primitive("softplus", "maximum(x, 0) + log1p(exp(-abs(x)))", ("sigmoid(x)",)),
    Primitive(
        "relu",
        "maximum(x, 0)",
        ("1 if x > 0 else NO_PATH if x <= 0 else x",),
        kink="x",
        at_kink=(0,),
        seconds=("0",),
    ),
    Primitive(
        "leaky_relu",
        "maximum(x, 0.01 * x)",
        ("1 if x > 0 else 0.01 if x <= 0 else x",),
        kink="x",
        at_kink=(0.01,),
        seconds=("0",),
    ),
    Primitive("elu", "maximum(x, 0) + expm1(minimum(x, 0))", ("exp(minimum(x, 0))",), kink="x", at_kink=(1,)),
    Primitive(
        "silu",
        "weighted(sigmoid(x), x)",
        ("sigmoid(x) + weighted(sigmoid(-x), r)",),
        seconds=("weighted(sigmoid(x) * sigmoid(-x), 2 - x * tanh(0.5 * x))",),
    ),
    Primitive(
        "gelu",
        "0.5 * weighted(erfc(-SQRT_HALF * x), x)",
        ("0.5 * erfc(-SQRT_HALF * x) + ONE_OVER_SQRT_TWO_PI * weighted(exp(-0.5 * x * x), x)",),
        seconds=("ONE_OVER_SQRT_TWO_PI * weighted(exp(-0.5 * x * x), 2 - x * x)",),
    ),
    # Choices. A tie of maximum or minimum gives each operand half. NaN is never hidden, here and below: ``x == x`` is
    # false for NaN alone, and then the result is NaN.
    Primitive(
        "maximum",
        "x if x > y or x != x else y",
        (
            "1 if x > y else NO_PATH if x < y else 0.5 if x == y else x + y",
            "1 if x < y else NO_PATH if x > y else 0.5 if x == y else x + y",
        ),
        kink="x - y",
        at_kink=(0.5, 0.5),
        seconds=("0", "0", "0", "0"),
    ),
    Primitive(
        "minimum",
        "x if x < y or x != x else y",
        (
            "1 if x < y else NO_PATH if x > y else 0.5 if x == y else x + y",
            "1 if x > y else NO_PATH if x < y else 0.5 if x == y else x + y",
        ),
        kink="x - y",
        at_kink=(0.5, 0.5),
        seconds=("0", "0", "0", "0"),
    ),
    # Jumps. `rint` is the nearest whole number, of two the even one: from 2 ** 52 on, all floats are whole.
    # ``where(x, y, z)`` is y where x is not zero, else z.
    Primitive(
        "rint",
        "copysign(abs(x) + 2 ** 52 - 2 ** 52, x) if abs(x) < 2 ** 52 else x",
        ("0",),
        domain="-0.4 < x < 1.4",
        kink="x - 0.5",
        at_kink=(0,),
    ),
    Primitive("step", "(1.0 if x > 0 else 0.0) if x == x else x", ("0",), kink="x", at_kink=(0,)),
    Primitive("sign", "(copysign(1.0, x) if x else 0.0) if x == x else x", ("0",), kink="x", at_kink=(0,)),
    Primitive(
        "where",
        "(y if x else z) if x == x else x",
        ("0", "where(x, 1, NO_PATH)", "where(x, NO_PATH, 1)"),
        kink="x",
        at_kink=(0, 0, 1),
    ),
)

POWERS = {
    2.0: Primitive("pow", "x * x", ("2 * x", "0"), symbol="**"),
    3.0: Primitive("pow", "pow(x, y)", ("3 * (x * x)", "0"), symbol="**"),
    -1.0: Primitive("pow", "1 / x", ("-r / x", "0"), symbol="**"),
    0.5: Primitive("pow", "sqrt(x)", ("0.5 / r", "0"), symbol="**"),
}
"""The row of ``x ** y`` where y is written as one of these numbers; where y is a Value, the row above holds.

A library's pow takes longer and may round otherwise. NumPy's arrays do the same, with the same limits: the square of
1e200 is inf, as 1e200 * 1e200 is, and does not raise; -0.0 ** 0.5 is -0.0, and -inf ** 0.5 does not exist.
"""
