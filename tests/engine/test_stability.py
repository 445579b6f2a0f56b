"""Accuracy where careless formulas overflow, cancel or round away: far tails, and next to zero."""

import math

import pytest
from support.reference_values import reference

import engine
from engine import Value

EPSILON = 2.0**-52

SMALL = [1e-300, 1e-100, 1e-20, 1e-12, 1e-8, 1e-5, 1e-3, 0.1]
TAIL = [1.0, 2.5, 5.0, 10.0, 18.0, 25.0, 36.0, 40.0, 100.0, 300.0, 700.0]
BOTH_TAILS = [sign * x for x in SMALL + TAIL for sign in (-1, 1)]


BOTH_SIDES = [-26.0, -6.0, -1.0, -1e-10, 0.0, 1e-10, 1.0, 2.9, 3.1, 6.0, 12.0, 26.0]
NEAR_ONE = [1 - 1e-16, 1 - 1e-8, 0.5, 1e-8, 1e-16, 1e-300]

ACCURATE = {
    **dict.fromkeys(["sigmoid", "softplus", "expm1", "tanh", "silu", "elu", "sinh", "cosh", "erf"], BOTH_TAILS),
    "gelu": [x for x in BOTH_TAILS if abs(x) <= 36],
    "erfc": BOTH_SIDES,
    "log1p": [*NEAR_ONE, *(-x for x in NEAR_ONE), 1e8, 1e300],
}


@pytest.mark.parametrize(("name", "x"), [(name, x) for name, numbers in ACCURATE.items() for x in numbers])
def test_relative_accuracy_in_both_tails(name, x):
    # The argument of erfc in gelu is rounded, which its steepness magnifies: erfc'(z) / erfc(z) is about -2z.
    roundings = 8 + x * x if name == "gelu" else 8
    assert getattr(engine, name)(x) == pytest.approx(reference(name)(x), rel=roundings * EPSILON, abs=0)


EXTREMES = [
    ("sigmoid", 0.0, 1.0, 0.0, 0.0),
    ("tanh", -1.0, 1.0, 0.0, 0.0),
    ("softplus", 0.0, 1e4, 0.0, 1.0),
    ("relu", 0.0, 1e4, 0.0, 1.0),
    ("leaky_relu", -100.0, 1e4, 0.01, 1.0),
    ("elu", -1.0, 1e4, 0.0, 1.0),
    ("silu", 0.0, 1e4, 0.0, 1.0),
    ("gelu", 0.0, 1e4, 0.0, 1.0),
    ("erf", -1.0, 1.0, 0.0, 0.0),
    ("erfc", 2.0, 0.0, 0.0, 0.0),
    ("atan", -math.pi / 2 + 1e-4, math.pi / 2 - 1e-4, 1e-8, 1e-8),
]


@pytest.mark.parametrize(("name", "low", "high", "slope_low", "slope_high"), EXTREMES)
def test_at_ten_thousand_both_ways_value_and_slope_are_the_limits(name, low, high, slope_low, slope_high):
    for x, value, slope in ((-1e4, low, slope_low), (1e4, high, slope_high)):
        leaf = Value(x)
        result = getattr(engine, name)(leaf)
        result.backward()
        assert result.data == pytest.approx(value, rel=1e-12, abs=1e-300)
        assert leaf.grad == pytest.approx(slope, rel=1e-7, abs=1e-300)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "silu", "gelu", "elu"])
@pytest.mark.parametrize("x", [-1e4, 1e4])
def test_the_second_derivative_at_ten_thousand_is_zero(name, x):
    assert engine.hessian(getattr(engine, name))(x) == [[0.0]]


def gelu_slope(x):
    return reference("erfc")(-x / math.sqrt(2)) / 2 + x * math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


def sigmoid_slope(x):
    """σ'(x) = 1 / (2 + 2 cosh x), which is even."""
    return 1.0 / (2.0 + 2.0 * math.cosh(x))


def asin_slope(x):
    gap = 1.0 - x
    return 1 / math.sqrt(gap * (2 - gap))


TAILS = [-700.0, -40.0, -5.0, -0.1, 0.0, 0.1, 5.0, 20.0, 30.0, 40.0, 700.0]
NEXT_TO_ONE = [1.0 - 1e-3, 1.0 - 1e-8, 1.0 - 1e-14]


@pytest.mark.parametrize(
    ("function", "slope", "points", "accuracy"),
    [
        (engine.gelu, gelu_slope, [-30.0, -10.0, -3.0, 3.0, 10.0, 30.0], 1e-11),
        (engine.sigmoid, sigmoid_slope, TAILS, 1e-14),
        (engine.grad(engine.softplus), sigmoid_slope, TAILS, 1e-14),
        (engine.asin, asin_slope, NEXT_TO_ONE, 1e-14),
        (lambda x: engine.acos(-x), asin_slope, NEXT_TO_ONE, 1e-14),
        (lambda y: 1e-200 / y, lambda y: -1e200, [1e-200], 1e-14),
    ],
)
def test_slopes_where_careless_formulas_cancel_or_overflow(function, slope, points, accuracy):
    for x in points:
        assert engine.grad(function)(x) == pytest.approx(slope(x), rel=accuracy, abs=0)
