"""The numeric oracle: it passes what is right, and names the first derivative that is not."""

import inspect

import pytest

import engine
from engine import GradcheckError, Primitive, Value, gradcheck


def smooth(x, y):
    return (x * y).sin() + x.exp() / (1 + y * y)


def half_hidden(x):
    """x², of which a half is hidden from the derivative."""
    return x * x.detach()


def test_a_right_derivative_passes():
    for order in (1, 2):
        assert gradcheck(smooth, (0.4, -1.2), order=order) is True
        assert gradcheck(engine.tanh, 0.3, order=order) is True
        assert gradcheck(lambda xs, y: xs[0] * xs[1] ** 3 / y, ([2.0, 1.5], 3.0), order=order) is True
    assert gradcheck(lambda x, y: [x * y, (x - y, x.exp())], (0.4, -1.2))
    w = Value(2.0)
    assert gradcheck(lambda x: w * x, 3.0, order=2)
    assert not w.has_grad


@pytest.mark.parametrize(
    ("function", "point", "words"),
    [
        (half_hidden, 3.0, r"first derivative of output 0 with respect to input 0 is 3\.0.* 6\.0"),
        (lambda x, ys: [x * ys[0], ys[0] + half_hidden(ys[1])], (1.0, [2.0, 3.0]), "output 1 with respect to input 2"),
        (lambda x: (x * (x + 1)).relu(), 0.0, "0.5"),  # a kink
        (lambda x: x * float("nan"), 1.0, "nan"),
    ],
)
def test_a_wrong_derivative_is_named(function, point, words):
    with pytest.raises(GradcheckError, match=words):
        gradcheck(function, point)


@pytest.mark.usefixtures("open_table")
def test_a_derivative_that_is_right_once_and_wrong_twice_fails_at_order_two():
    engine.register(Primitive("bent", "cos(x)", ("sin(x)",)))
    engine.register(Primitive("wave", "sin(x)", ("bent(x)",)))
    assert gradcheck(engine.wave, 0.5)
    with pytest.raises(GradcheckError, match="second derivative"):
        gradcheck(engine.wave, 0.5, order=2)
    for order in (0, 3, "1", None):
        with pytest.raises(ValueError, match="order"):
            gradcheck(engine.tanh, 0.5, order=order)


@pytest.mark.usefixtures("open_table")
def test_the_tolerances_decide():
    engine.register(Primitive("nearly", "x * x", ("2.02 * x",)))  # wrong by a hundredth
    for refused in ({}, {"atol": 0.05, "rtol": 0.0}):
        with pytest.raises(AssertionError):
            gradcheck(engine.nearly, 3.0, **refused)
    assert gradcheck(engine.nearly, 3.0, rtol=0.02)
    assert gradcheck(engine.nearly, 3.0, atol=0.1)
    parameters = inspect.signature(gradcheck).parameters
    assert [parameters[name].default for name in ("order", "eps", "atol", "rtol")] == [1, 1e-6, 1e-5, 1e-3]


def test_the_step_is_eps_as_far_as_floats_allow():
    """Around 3e7 doubles are 4e-9 apart: 2e-6 is not the difference of the two points."""
    seen = []
    assert gradcheck(lambda x: seen.append(x.data) or x * x, 2.0, eps=0.5)
    assert {1.5, 2.5} <= set(seen)
    assert gradcheck(lambda x: x * 1.0, 3e7)
    with pytest.raises(ValueError, match="choose a larger one"):
        gradcheck(lambda x: x * 1.0, 1e11)
