"""The value of each primitive by its textbook definition, in 400-digit decimals, or in NumPy's widest float.

Nothing here guards against overflow or cancellation: 400 digits and exponents up to a million leave room for both. So
the definitions are those of the textbooks, and independent of how the engine writes them.
"""

from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np

PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
TINY = Decimal("1e-60")


def erf(x: Decimal) -> Decimal:
    """The Maclaurin series 2/√π Σ (-1)ⁿ x²ⁿ⁺¹ / (n! (2n+1)) (Abramowitz and Stegun 7.1.5), or 1 - erfc."""
    if abs(x) > 3:
        return (1 - erfc(abs(x))) * sign(x)
    power, total, n = x, x, 0
    while abs(power) > TINY * abs(x):
        n += 1
        power *= -x * x / n
        total += power / (2 * n + 1)
    return 2 * total / PI.sqrt()


def erfc(x: Decimal) -> Decimal:
    """The continued fraction exp(-x²)/√π / (x + ½/(x + 1/(x + 3/2/(x + …)))) (ibid. 7.1.14), or 1 - erf."""
    if x <= 3:
        return 1 - erf(x)
    denominator = x
    for n in range(300, 0, -1):
        denominator = x + Decimal(n) / 2 / denominator
    return (-x * x).exp() / PI.sqrt() / denominator


def sigmoid(x: Decimal) -> Decimal:
    return 1 / (1 + (-x).exp())


def sign(x: Decimal) -> Decimal:
    return Decimal((x > 0) - (x < 0))


DEFINITIONS: dict[str, Callable[..., Decimal]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "pow": lambda x, y: x**y,
    "neg": lambda x: -x,
    "excess": lambda x, y: x - y,
    "weighted": lambda x, y: x * y,
    "abs": abs,
    "exp": lambda x: x.exp(),
    "log": lambda x: x.ln(),
    "expm1": lambda x: x.exp() - 1,
    "log1p": lambda x: (1 + x).ln(),
    "sqrt": lambda x: x.sqrt(),
    "sinh": lambda x: (x.exp() - (-x).exp()) / 2,
    "cosh": lambda x: (x.exp() + (-x).exp()) / 2,
    "tanh": lambda x: 1 - 2 / ((2 * x).exp() + 1),
    "logaddexp": lambda x, y: (x.exp() + y.exp()).ln(),
    "log_probability": lambda x: x.ln(),
    "erf": erf,
    "erfc": erfc,
    "sigmoid": sigmoid,
    "softplus": lambda x: (1 + x.exp()).ln(),
    "relu": lambda x: x if x > 0 else Decimal(0),
    "leaky_relu": lambda x: x if x > 0 else x / 100,
    "elu": lambda x: x if x > 0 else x.exp() - 1,
    "silu": lambda x: x * sigmoid(x),
    "gelu": lambda x: x * erfc(-x / Decimal(2).sqrt()) / 2,
    "maximum": max,
    "minimum": min,
    "step": lambda x: Decimal(x > 0),
    "sign": sign,
    "where": lambda x, y, z: y if x != 0 else z,
}

NUMPY_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}


def reference(name: str) -> Callable[..., float] | None:
    """The function ``name`` on floats, correctly rounded or nearly so; None if neither this file nor NumPy has it."""
    if name in DEFINITIONS:
        return lambda *operands: _rounded(DEFINITIONS[name], operands)
    function = getattr(np, NUMPY_NAMES.get(name, name), None)
    if isinstance(function, np.ufunc):
        return lambda *operands: float(function(*map(np.longdouble, operands)))
    return None


def _rounded(definition: Callable[..., Decimal], operands: tuple[float, ...]) -> float:
    """The definition at ``operands``, taken exactly, as the nearest float."""
    with localcontext(prec=400):
        return float(definition(*map(Decimal, operands)))
