"""The numeric oracle: it passes what is right, and names the first derivative that is not."""

import inspect
import math

import pytest
from support.row_checks import points

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
    assert gradcheck(lambda x: x + engine.sqrt(engine.step(x)), -1.0), "no path leads through what has no derivative"
    w = Value(2.0)
    assert gradcheck(lambda x: w * x, 3.0, order=2)
    assert not w.has_grad


@pytest.mark.parametrize(
    ("function", "point", "words"),
    [
        (half_hidden, 3.0, r"first derivative of output 0 with respect to input 0 is 3\.0.* 6\.0"),
        (lambda x, ys: [x * ys[0], ys[0] + half_hidden(ys[1])], (1.0, [2.0, 3.0]), "output 1 with respect to input 2"),
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


def with_slope(factor, function):
    """The same numbers, and ``factor`` times the derivatives."""

    def changed(*xs):
        y = function(*xs)
        return factor * y + (1.0 - factor) * y.detach()

    return changed


SCALES = [(1.0, 1.0), (1e-12, 1e-12), (1e-12, 1e12), (1e12, 1e-12), (1e6, 1e12), (1e12, 1e6)]


@pytest.mark.parametrize("row", engine.primitives_table(), ids=lambda row: row.name)
def test_at_all_scales_a_right_derivative_passes_and_one_that_is_off_by_a_hundredth_does_not(row):
    for height, width in SCALES:
        for near in points(row)[:2]:
            point = [number / width for number in near]

            def function(*xs, height=height, width=width):
                return height * getattr(engine, row.name)(*(x * width for x in xs))

            assert gradcheck(function, point, order=2)
            if any(engine.jacobian(function)(*point)[0]):
                for factor in (0.5, 0.99, 1.01, 1.5):
                    with pytest.raises(GradcheckError, match="first derivative"):
                        gradcheck(with_slope(factor, function), point)


@pytest.mark.usefixtures("open_table")
@pytest.mark.parametrize(("height", "width"), SCALES)
def test_at_all_scales_a_second_derivative_that_is_off_by_a_hundredth_does_not_pass(height, width):
    engine.register(Primitive("bent", "cos(x)", ("-1.01 * sin(x)",)))
    engine.register(Primitive("wave", "sin(x)", ("bent(x)",)))
    with pytest.raises(GradcheckError, match="second derivative"):
        gradcheck(lambda x: height * engine.wave(width * x), 0.5 / width, order=2)


ILL_CONDITIONED = [
    (lambda x: 1e-6 * x**2, 1.0),
    (lambda x: 1e6 + x, 0.0),
    (lambda x: (x + 1e9) - 1e9, 0.3),
    (lambda x: x.sin(), 1e8),
    (lambda x: x.log(), 1e-8),
    (lambda x: (1e9 * x + 1).sigmoid(), 0.0),
    (lambda x: (1e12 * x).cos() + 1e12 * x, 0.0),
    (lambda x: sum((x * k).sin() for k in range(1, 100)), 0.7),
    (lambda x: [x, 1.0 + 1e-9 * x], 1.0),
    (lambda x: x * x, 1e-300),
]


@pytest.mark.parametrize("case", range(len(ILL_CONDITIONED)))
def test_where_differences_are_delicate_right_passes_and_half_as_much_does_not(case):
    function, point = ILL_CONDITIONED[case]
    assert gradcheck(function, point)
    if point != 1e-300:  # There x² is 0 wherever differences can be taken: nothing tells against any derivative.
        last = (lambda x: function(x)[-1]) if case == 8 else function
        with pytest.raises(GradcheckError, match="but central differences give"):
            gradcheck(with_slope(0.5, last), point)


@pytest.mark.parametrize(
    "function", [lambda x: x.cos(), lambda x: (x - 0.5) * (x + 0.5), lambda x: x - 1e-3 * x.sinh()]
)
def test_next_to_a_stationary_point_rounding_is_no_error(function):
    for x in (0.0, 1e-17, math.pi, 1e-9, math.acosh(1e3)):
        assert gradcheck(function, x, order=2)


@pytest.mark.parametrize(
    ("function", "point", "order", "words"),
    [
        (abs, 0.0, 1, "a corner of abs; the slope is -1.0 to the left and 1.0 to the right, and the engine takes 0.0"),
        (lambda x: (x * (x + 1)).relu(), 0.0, 1, "a corner of relu; .*takes 0.0"),
        (
            lambda x, y: 1e-9 * engine.maximum(x, y),
            (3.0, 3.0),
            1,
            r"a corner of maximum; .*takes 5e-10, at \(3.0, 3.0\)",
        ),
        (lambda x: abs(x - 3e7), 3e7, 1, "a corner of abs;"),
        (engine.step, 0.0, 1, "a jump of step;"),
        (lambda x: engine.minimum(x, 0.0) * x, 0.0, 2, "a corner of minimum"),
    ],
)
def test_a_kink_on_the_point_is_said(function, point, order, words):
    with pytest.raises(GradcheckError, match=f"does not exist at {words}"):
        gradcheck(function, point, order=order)


def test_a_kink_beside_the_point_or_one_that_the_function_does_not_have_is_none():
    for x in (1e-9, -1e-15, 3e7):
        assert gradcheck(lambda x: x.relu() + engine.maximum(x, x) + abs(x) * abs(x), x)
    assert gradcheck(lambda x: engine.maximum(x, x) + engine.elu(x), 0.0)


@pytest.mark.usefixtures("open_table")
def test_the_tolerances_decide():
    engine.register(Primitive("nearly", "x * x", ("2.02 * x",)))  # wrong by a hundredth
    for refused in ({}, {"atol": 0.005, "rtol": 0.0}):
        with pytest.raises(AssertionError):
            gradcheck(engine.nearly, 3.0, **refused)
    assert gradcheck(engine.nearly, 3.0, rtol=0.02)
    assert gradcheck(engine.nearly, 3.0, atol=0.02)
    parameters = inspect.signature(gradcheck).parameters
    assert [parameters[name].default for name in ("order", "eps", "atol", "rtol")] == [1, 1e-6, 1e-5, 1e-3]
    for wrong in ({"eps": 0.0}, {"eps": math.nan}, {"atol": -1.0}, {"rtol": math.inf}):
        with pytest.raises(ValueError, match="eps is a positive number, atol and rtol at least 0"):
            gradcheck(engine.tanh, 0.5, **wrong)


def test_the_first_step_is_eps_as_far_as_floats_allow():
    seen = []
    assert gradcheck(lambda x: seen.append(x.data) or x * x, 2.0, eps=0.5)
    assert {1.5, 2.5} <= set(seen)
    assert gradcheck(lambda x: x * 1.0, 1e11)
    assert gradcheck(lambda x: x**2.5, 1e-8)
    assert gradcheck(engine.sin, -1e15, order=2)  # Doubles are an eighth apart there.
