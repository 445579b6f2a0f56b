"""Random straight-line programs with sharing, which run on Values, on floats and on complex numbers alike.

The complex numbers are the oracle: f(x + ih) = f(x) + ih f'(x) up to h², so with h = 1e-30 the imaginary part over h is
the derivative to the last bits, and no difference is formed (Squire and Trapp, "Using Complex Variables to Estimate
Derivatives of Real Functions", SIAM Review 1998). It knows nothing of partials, graphs or directions.
"""

import cmath
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

import engine

H = 1e-30

# Every primitive by name; the absolute value is Python's operator.
ENGINE = SimpleNamespace(**{row.name: getattr(engine, row.name) for row in engine.primitives_table()}, absolute=abs)
COMPLEX = SimpleNamespace(
    sin=cmath.sin,
    cos=cmath.cos,
    tanh=cmath.tanh,
    atan=cmath.atan,
    exp=cmath.exp,
    log=cmath.log,
    sqrt=cmath.sqrt,
    sigmoid=lambda a: 1 / (1 + cmath.exp(-a)),
    softplus=lambda a: cmath.log(1 + cmath.exp(a)),
    silu=lambda a: a / (1 + cmath.exp(-a)),
    relu=lambda a: a if a.real > 0 else 0j,
    leaky_relu=lambda a: a if a.real > 0 else 0.01 * a,
    elu=lambda a: a if a.real > 0 else cmath.exp(a) - 1,
    absolute=lambda a: -a if a.real < 0 else a,
    maximum=lambda a, b: a if a.real > b.real else b,
    minimum=lambda a, b: a if a.real < b.real else b,
    where=lambda a, b, c: b if a.real != 0 else c,
    step=lambda a: complex(a.real > 0),
)

# Each takes the library of functions and two earlier results. All are defined for all reals.
SMOOTH: dict[str, Callable[[Any, Any, Any], Any]] = {
    "a + b": lambda _, a, b: a + b,
    "a - b": lambda _, a, b: a - b,
    "a * b": lambda _, a, b: a * b,
    "a / (1 + b * b)": lambda _, a, b: a / (1 + b * b),
    "(1 + a * a) ** (b / 8)": lambda _, a, b: (1 + a * a) ** (b / 8),
    "a ** 3 / 9": lambda _, a, b: a**3 / 9,
    "2 ** sin(a)": lambda of, a, b: 2 ** of.sin(a),
    "3 - a": lambda _, a, b: 3 - a,
    "-a": lambda _, a, b: -a,
    "0.5 * a": lambda _, a, b: 0.5 * a,
    "1 / (2 + cos(a))": lambda of, a, b: 1 / (2 + of.cos(a)),
    "exp(sin(a))": lambda of, a, b: of.exp(of.sin(a)),
    "log(1 + a * a)": lambda of, a, b: of.log(1 + a * a),
    "sqrt(1 + a * a)": lambda of, a, b: of.sqrt(1 + a * a),
    "tanh(a)": lambda of, a, b: of.tanh(a),
    "atan(a)": lambda of, a, b: of.atan(a),
    "sigmoid(a)": lambda of, a, b: of.sigmoid(a),
    "softplus(a)": lambda of, a, b: of.softplus(a),
    "silu(a)": lambda of, a, b: of.silu(a),
}
KINKED: dict[str, Callable[[Any, Any, Any], Any]] = {
    "relu(a)": lambda of, a, b: of.relu(a),
    "leaky_relu(a)": lambda of, a, b: of.leaky_relu(a),
    "elu(a)": lambda of, a, b: of.elu(a),
    "abs(a)": lambda of, a, b: of.absolute(a),
    "maximum(a, b)": lambda of, a, b: of.maximum(a, b),
    "minimum(a, 0.3)": lambda of, a, b: of.minimum(a, 0.3),
    "where(step(a), a, b)": lambda of, a, b: of.where(of.step(a), a, b),
}

Instruction = tuple[str, int, int]


def programs(names: Sequence[str]) -> st.SearchStrategy[list[Instruction]]:
    """Instructions (operation, first operand, second operand), the operands counted back from the newest result."""
    instruction = st.tuples(st.sampled_from(sorted(names)), st.integers(0, 7), st.integers(0, 7))
    return st.lists(instruction, min_size=1, max_size=20)


def points() -> st.SearchStrategy[list[float]]:
    """Three inputs, of which no two are likely to meet at a kink."""
    return st.lists(st.floats(-2, 2).map(lambda x: round(x, 3) + 0.000_123), min_size=3, max_size=3, unique=True)


def run(program: list[Instruction], of: Any, inputs: Sequence[Any]) -> Any:
    """The newest result; one that grew beyond ±10 is folded back by the sine."""
    results = list(inputs)
    for name, first, second in program:
        a, b = results[-1 - first % len(results)], results[-1 - second % len(results)]
        result = {**SMOOTH, **KINKED}[name](of, a, b)
        number = result.data if isinstance(result, engine.Value) else result.real
        results.append(of.sin(result) if abs(number) > 10 else result)
    return results[-1]


def complex_gradient(program: list[Instruction], point: Sequence[float]) -> list[float]:
    """The oracle: one run for each input, with h on its imaginary axis."""
    gradient = []
    for moved in range(len(point)):
        inputs = [complex(number, H if index == moved else 0.0) for index, number in enumerate(point)]
        gradient.append(run(program, COMPLEX, inputs).imag / H)
    return gradient
