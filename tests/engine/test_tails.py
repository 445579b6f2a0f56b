"""Accuracy everywhere: each row's value, first and second derivatives against mpmath, from 1e-300 to 1e300.

The oracle is a table of textbook formulas, written so that none of them cancels, in numbers of 60 digits. It shares
nothing with the engine's rows. A row that is added to the engine is added here.
"""

import functools
import itertools
import math

import pytest
from mpmath import mp, mpf
from support.program_checks import program
from support.row_checks import formula, function_of, points

import engine
from engine import Value

TOLERANCE = 1e-12
SMALLEST, LARGEST = 2.3e-308, 1.7e308  # Between them a float is a normal number.

# The value, then the derivatives: by x, by x twice; for two operands by x and y, then by xx, xy and yy.
TEXTBOOK = {
    "add": ("x + y", "1", "1", "0", "0", "0"),
    "sub": ("x - y", "1", "-1", "0", "0", "0"),
    "mul": ("x * y", "y", "x", "0", "1", "0"),
    "div": ("x / y", "1 / y", "-x / y**2", "0", "-1 / y**2", "2 * x / y**3"),
    "pow": (
        "power(x, y)",
        "y * power(x, y - 1)",
        "power(x, y) * log(x)",
        "y * (y - 1) * power(x, y - 2)",
        "power(x, y - 1) * (1 + y * log(x))",
        "power(x, y) * log(x) ** 2",
    ),
    "neg": ("-x", "-1", "0"),
    "abs": ("abs(x)", "sign(x)", "0"),
    "excess": ("x - y", "1", "-1", "0", "0", "0"),
    "weighted": ("x * y", "y", "x", "0", "1", "0"),
    "exp": ("exp(x)", "exp(x)", "exp(x)"),
    "exp2": ("2**x", "log(2) * 2**x", "log(2) ** 2 * 2**x"),
    "log": ("log(x)", "1 / x", "-1 / x**2"),
    "log2": ("log(x) / log(2)", "1 / (x * log(2))", "-1 / (x**2 * log(2))"),
    "log10": ("log(x) / log(10)", "1 / (x * log(10))", "-1 / (x**2 * log(10))"),
    "expm1": ("expm1(x)", "exp(x)", "exp(x)"),
    "log1p": ("log1p(x)", "1 / (1 + x)", "-1 / (1 + x) ** 2"),
    "logaddexp": (
        "max(x, y) + log1p(exp(-abs(x - y)))",
        "sigmoid(x - y)",
        "sigmoid(y - x)",
        "bell(x - y)",
        "-bell(x - y)",
        "bell(x - y)",
    ),
    "log_probability": (
        "log(max(x, TINY)) if 0 <= x <= 1 else nan",
        "1 / x if x > TINY else 0",
        "-1 / x**2 if x > TINY else 0",
    ),
    "sqrt": ("sqrt(x)", "1 / (2 * sqrt(x))", "-1 / (4 * sqrt(x) ** 3)"),
    "cbrt": ("cbrt(x)", "1 / (3 * cbrt(x) ** 2)", "-2 / (9 * cbrt(x) ** 5)"),
    "sin": ("sin(x)", "cos(x)", "-sin(x)"),
    "cos": ("cos(x)", "-sin(x)", "-cos(x)"),
    "tan": ("tan(x)", "sec(x) ** 2", "2 * tan(x) * sec(x) ** 2"),
    "asin": ("asin(x)", "1 / sqrt((1 - x) * (1 + x))", "x / sqrt((1 - x) * (1 + x)) ** 3"),
    "acos": ("acos(x)", "-1 / sqrt((1 - x) * (1 + x))", "-x / sqrt((1 - x) * (1 + x)) ** 3"),
    "atan": ("atan(x)", "1 / (1 + x**2)", "-2 * x / (1 + x**2) ** 2"),
    "atan2": (
        "atan2(x, y)",
        "y / (x**2 + y**2)",
        "-x / (x**2 + y**2)",
        "-2 * x * y / (x**2 + y**2) ** 2",
        "(x - y) * (x + y) / (x**2 + y**2) ** 2",
        "2 * x * y / (x**2 + y**2) ** 2",
    ),
    "hypot": (
        "hypot(x, y)",
        "x / hypot(x, y)",
        "y / hypot(x, y)",
        "y**2 / hypot(x, y) ** 3",
        "-x * y / hypot(x, y) ** 3",
        "x**2 / hypot(x, y) ** 3",
    ),
    "degrees": ("x * 180 / pi", "180 / pi", "0"),
    "radians": ("x * pi / 180", "pi / 180", "0"),
    "sinh": ("sinh(x)", "cosh(x)", "sinh(x)"),
    "cosh": ("cosh(x)", "sinh(x)", "cosh(x)"),
    "tanh": ("tanh(x)", "sech(x) ** 2", "-2 * tanh(x) * sech(x) ** 2"),
    "asinh": ("asinh(x)", "1 / sqrt(1 + x**2)", "-x / sqrt(1 + x**2) ** 3"),
    "acosh": ("acosh(x)", "1 / sqrt((x - 1) * (x + 1))", "-x / sqrt((x - 1) * (x + 1)) ** 3"),
    "atanh": ("atanh(x)", "1 / ((1 - x) * (1 + x))", "2 * x / ((1 - x) * (1 + x)) ** 2"),
    "erf": ("erf(x)", "2 / sqrt(pi) * exp(-x * x)", "-4 * x / sqrt(pi) * exp(-x * x)"),
    "erfc": ("erfc(x)", "-2 / sqrt(pi) * exp(-x * x)", "4 * x / sqrt(pi) * exp(-x * x)"),
    "sigmoid": ("sigmoid(x)", "bell(x)", "-bell(x) * tanh(x / 2)"),
    "softplus": ("max(x, 0) + log1p(exp(-abs(x)))", "sigmoid(x)", "bell(x)"),
    "relu": ("max(x, 0)", "x > 0", "0"),
    "leaky_relu": ("x if x > 0 else 0.01 * x", "1 if x > 0 else 0.01", "0"),
    "elu": ("x if x > 0 else expm1(x)", "1 if x > 0 else exp(x)", "0 if x > 0 else exp(x)"),
    "silu": ("x * sigmoid(x)", "sigmoid(x) + x * bell(x)", "bell(x) * (2 - x * tanh(x / 2))"),
    "gelu": ("x * normal(x)", "normal(x) + x * density(x)", "(2 - x * x) * density(x)"),
    "maximum": ("max(x, y)", "x > y", "y > x", "0", "0", "0"),
    "minimum": ("min(x, y)", "x < y", "y < x", "0", "0", "0"),
    "step": ("x > 0", "0", "0"),
    "sign": ("sign(x)", "0", "0"),
    "rint": ("nint(x)", "0", "0"),
    "where": ("y if x else z", "0", "x != 0", "x == 0", *["0"] * 6),
}


def power(x, y):
    """x ** y on the reals, as far as floats reach: mpmath takes long over a whole exponent of 300 digits."""
    if x == 0 or (x < 0 and y != mp.floor(y)):
        return mpf(1) if y == 0 else mpf(0) if x == 0 and y > 0 else mp.nan
    size = mp.exp(max(-1e4, min(y * mp.log(abs(x)), 1e4)))
    return -size if x < 0 and y % 2 else size


NAMES = {name: getattr(mp, name) for name in dir(mp) if not name.startswith("_")} | {
    "power": power,
    "max": max,
    "min": min,
    "abs": abs,
    "TINY": 1e-300,
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "erfc": lambda x: mp.erfc(max(-1e9, min(x, 1e9))),  # Beyond, mpmath itself overflows.
    "erf": lambda x: mp.erf(max(-1e9, min(x, 1e9))),
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "bell": lambda x: (mp.sech(x / 2) / 2) ** 2,
    "normal": lambda x: NAMES["erfc"](-x / mp.sqrt(2)) / 2,
    "density": lambda x: mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi),
}

EXCEPTIONS = {
    # A whole number from 2**53 on is even, and so is y - 1 after rounding: at a negative base the sign is lost.
    ("pow", (0,)): lambda x, y: x < 0 and abs(y) >= 2.0**53,
    ("pow", (0, 0)): lambda x, y: (x < 0 and abs(y) >= 2.0**53) or (abs(x) < 1e-153 and min(abs(y), abs(y - 1)) < 1e-8),
    # In the second line also: pow(x, y - 2) overflows before a tiny y * (y - 1) makes the product a normal number.
}
"""What cannot be as accurate: (row, operands by which it is derived), and where."""

NEAR_ONE = [1.0 + sign * gap for gap in (2.0**-52, 1e-14, 1e-10, 1e-5, 1e-2) for sign in (1, -1)]
BORDERS = [1 - 2.0**-53, math.pi / 2, math.nextafter(math.pi / 2, 2), math.pi, math.e, 26.5, 37.5, 354.0, 709.7, 745.0]
GEOMETRIC = [*(10.0**exponent for exponent in range(-300, 301, 10)), *(1.2**n for n in range(-30, 37))]
ONE = sorted({sign * x for x in (*GEOMETRIC, *NEAR_ONE, *BORDERS) for sign in (1, -1)} | {0.0})
FEW = [1e-300, 1e-160, 1e-140, 1e-20, 1e-8, 0.3, 1.0, 1 + 1e-10, 2.0, 3.7, 30.0, 700.0, 1e8, 1e20, 1e140, 1e160, 1e300]
TWO = sorted({sign * x for x in FEW for sign in (1, -1)} | {0.0})
GRIDS = {1: ONE, 2: TWO, 3: [-1e300, -1e-300, 0.0, 0.3, 1e300]}


def entries(row):
    """The operands by which the row is derived, in the order of the table: none, each, then the pairs."""
    operands = range(len(row.partials))
    return [(), *itertools.combinations(operands, 1), *itertools.combinations_with_replacement(operands, 2)]


@functools.cache
def expected(row):
    """(entry, point, what is true there), wherever the value is a number and the point is no kink."""
    texts = TEXTBOOK[row.name]
    functions = [eval(f"lambda {', '.join(row.operand_names)}: {text}", NAMES) for text in texts]
    distance = formula(row, row.kink or "1")
    wanted = []
    for point in itertools.product(GRIDS[len(row.partials)], repeat=len(row.partials)):
        if distance(*point) and exact(functions[0], point) is not None:
            for entry, function in zip(entries(row), functions, strict=True):
                truth = exact(function, point)
                excused = EXCEPTIONS.get((row.name, entry), lambda *_point: False)(*point)
                if truth is not None and not excused:
                    wanted.append((entry, point, truth))
    return wanted


def exact(function, point):
    """The function at a point as the nearest float; None where it is not real, or larger than any."""
    with mp.workdps(60):
        try:
            truth = mpf(function(*map(mpf, point)))
        except (ArithmeticError, ValueError, TypeError):  # TypeError: a complex number.
            return None
        return float(truth) if abs(truth) < LARGEST else None


def eager(row):
    """By backward(), and by gradients of gradients."""

    def derivative(entry, point):
        leaves = [Value(number) for number in point]
        result = function_of(row)(*leaves)
        if len(entry) == 1:
            result.backward()
            return leaves[entry[0]].grad
        for index in entry:
            (result,) = engine.gradients(result, [leaves[index]])
        return result.data

    return derivative


def forward(row):
    """By forward mode, and by forward mode over reverse mode."""

    def derivative(entry, point):
        if not entry:
            return function_of(row)(*point)
        *first, last = entry
        tangent = [float(index == last) for index in range(len(point))]
        if not first:
            return engine.jvp(function_of(row), point, tangent)[1]

        def slope(*operands):
            """The derivative by one operand. That by another may not exist."""
            before, x, after = operands[: first[0]], operands[first[0]], operands[first[0] + 1 :]
            return engine.grad(lambda x: function_of(row)(*before, x, *after))(x)

        return engine.jvp(slope, point, tangent)[1]

    return derivative


def compiled(backend):
    """By a program for each derivative."""

    def of(row):
        @functools.cache
        def recorded(entry):
            leaves = [Value(number) for number in points(row)[0]]
            result = function_of(row)(*leaves)
            for index in entry:
                (result,) = engine.gradients(result, [leaves[index]])
            return program(backend, leaves, [result])

        return lambda entry, point: recorded(entry)(*point)[0]

    return of


WAYS = {"eager": eager, "forward": forward, "python": compiled("python"), "llvm": compiled("llvm")}


def is_right(truth, actual):
    """Whether a number is the true one to 12 digits, or as good as zero where that is."""
    if abs(truth) < SMALLEST:
        return abs(actual) <= SMALLEST
    return math.isclose(actual, truth, rel_tol=TOLERANCE)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("row", engine.primitives_table(), ids=lambda row: row.name)
def test_value_and_two_derivatives_are_right_everywhere(row, way):
    derivative = WAYS[way](row)
    wrong = []
    for entry, point, truth in expected(row):
        try:
            actual = derivative(entry, point)
        except (ArithmeticError, ValueError) as error:
            actual = error
        if isinstance(actual, Exception) or not is_right(truth, actual):
            wrong.append(f"by {entry} at {point}: {actual!r}, not {truth!r}")
    assert not wrong, f"{row.name}, {len(wrong)} of {len(expected(row))}:\n" + "\n".join(wrong[:20])
