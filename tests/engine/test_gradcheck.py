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


@pytest.mark.parametrize("order", [1, 2])
def test_a_right_derivative_passes(order):
    assert gradcheck(smooth, (0.4, -1.2), order=order) is True
    assert gradcheck(engine.tanh, 0.3, order=order) is True
    assert gradcheck(lambda xs, y: xs[0] * xs[1] ** 3 / y, ([2.0, 1.5], 3.0), order=order) is True


def test_a_function_of_several_results_passes_at_order_one():
    assert gradcheck(lambda x, y: [x * y, (x - y, x.exp())], (0.4, -1.2))


def test_a_wrong_derivative_is_named():
    with pytest.raises(GradcheckError, match=r"first derivative of output 0 by input 0 is 3\.0.* 6\.0"):
        gradcheck(half_hidden, 3.0)


def test_the_output_and_the_input_are_named():
    with pytest.raises(GradcheckError, match="output 1 by input 2"):
        gradcheck(lambda x, ys: [x * ys[0], ys[0] + half_hidden(ys[1])], (1.0, [2.0, 3.0]))


@pytest.mark.usefixtures("open_table")
def test_a_derivative_that_is_right_once_and_wrong_twice_fails_at_order_two():
    engine.register(Primitive("bent", "cos(x)", ("sin(x)",)))
    engine.register(Primitive("wave", "sin(x)", ("bent(x)",)))
    assert gradcheck(engine.wave, 0.5)
    with pytest.raises(GradcheckError, match="second derivative"):
        gradcheck(engine.wave, 0.5, order=2)


@pytest.mark.usefixtures("open_table")
def test_the_tolerances_decide():
    engine.register(Primitive("nearly", "x * x", ("2.02 * x",)))  # wrong by a hundredth
    with pytest.raises(AssertionError):
        gradcheck(engine.nearly, 3.0)
    assert gradcheck(engine.nearly, 3.0, rtol=0.02)
    assert gradcheck(engine.nearly, 3.0, atol=0.1)
    with pytest.raises(GradcheckError):
        gradcheck(engine.nearly, 3.0, atol=0.05, rtol=0.0)


def test_the_defaults_are_those_people_know():
    parameters = inspect.signature(gradcheck).parameters
    assert [parameters[name].default for name in ("order", "eps", "atol", "rtol")] == [1, 1e-6, 1e-5, 1e-3]


def test_the_step_is_eps():
    seen = []

    def watched(x):
        seen.append(float(x))
        return x * x

    assert gradcheck(watched, 2.0, eps=0.5)
    assert {1.5, 2.5} <= set(seen)


def test_a_kink_is_found_out():
    with pytest.raises(GradcheckError):
        gradcheck(lambda x: (x * (x + 1)).relu(), 0.0)


def test_nan_never_passes():
    with pytest.raises(GradcheckError):
        gradcheck(lambda x: x * float("nan"), 1.0)


@pytest.mark.parametrize("order", [0, 3, "1", None])
def test_an_order_that_does_not_exist_is_refused(order):
    with pytest.raises(ValueError, match="order"):
        gradcheck(engine.tanh, 0.5, order=order)


def test_no_gradient_is_written():
    w = Value(2.0)
    gradcheck(lambda x: w * x, 3.0, order=2)
    assert not w.has_grad


def test_large_arguments_are_judged_by_the_step_that_was_taken():
    """Around 3e7 doubles are 4e-9 apart: 2e-6 is not the difference of the two points."""
    assert engine.gradcheck(lambda x: x * 1.0, 3e7)
    with pytest.raises(ValueError, match="choose a larger one"):
        engine.gradcheck(lambda x: x * 1.0, 1e11)
