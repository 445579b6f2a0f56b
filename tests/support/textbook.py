"""Textbook formulas of the primitives, written so that none of them cancels, in numbers of 60 digits by mpmath.

They share nothing with the engine's rows. A row that is added to the engine is added here.
"""

from mpmath import mp, mpf

LARGEST = 1.7e308

# The value, then the derivatives: by x, by x twice; for two operands by x and y, then by xx, xy and yy.
TEXTBOOK = {
    "add": ("x + y", "1", "1", "0", "0", "0"),
    "sub": ("x - y", "1", "-1", "0", "0", "0"),
    "mul": ("x * y", "y", "x", "0", "1", "0"),
    "div": ("x / y", "1 / y", "-x / y**2", "0", "-1 / y**2", "2 * x / y**3"),
    "pow": (
        "power(x, y)",
        "y * power(x, y, 1)",
        "power(x, y) * log(x)",
        "y * (y - 1) * power(x, y, 2)",
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


def power(x, y, less=0):
    """x ** (y - less) on the reals, as far as floats reach: mpmath takes long over a whole exponent of 300 digits."""
    if x == 0 or (x < 0 and y != mp.floor(y)):
        return mpf(1) if y == less else mpf(0) if x == 0 and y > less else mp.nan
    size = mp.exp(max(-1e4, min((y - less) * mp.log(abs(x)), 1e4)))
    return -size if x < 0 and (int(y) - less) % 2 else size  # An int, for y - less may be rounded.


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


def exact(function, point):
    """The function at a point as the nearest float; None where it is not real, or larger than any."""
    with mp.workdps(60):
        try:
            truth = mpf(function(*map(mpf, point)))
        except (ArithmeticError, ValueError, TypeError):  # TypeError: a complex number.
            return None
        return float(truth) if abs(truth) < LARGEST else None


def functions(name, operands):
    """The value and the derivatives of a primitive, by the names of its operands."""
    return [eval(f"lambda {', '.join(operands)}: {text}", NAMES) for text in TEXTBOOK[name]]


def reference(name):
    """The value of a primitive on floats; None for one that is not of the engine."""
    if name not in TEXTBOOK:
        return None
    return lambda *point: exact(functions(name, "xyz"[: len(point)])[0], point)
