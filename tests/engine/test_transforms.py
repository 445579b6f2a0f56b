"""Transforms of functions: closed forms at every order, nesting, closures, and points and results of any shape."""

import functools
import math

import pytest

import engine
from engine import Value, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp


def by_grad(function, at):
    return grad(function)(at)


def by_jvp(function, at):
    return jvp(function, [at], [1.0])[1]


def tanh_derivatives(x):
    t = math.tanh(x)
    s = 1 - t * t
    return [t, s, -2 * t * s, s * (6 * t * t - 2), s * t * (16 - 24 * t * t)]


CLOSED_FORMS = {
    "sin": (lambda x: x.sin(), lambda x: [math.sin(x + n * math.pi / 2) for n in range(5)]),
    "power": (lambda x: x**5, lambda x: [x**5, 5 * x**4, 20 * x**3, 60 * x**2, 120 * x]),
    "product": (lambda x: x * x * x * x, lambda x: [x**4, 4 * x**3, 12 * x**2, 24 * x, 24]),
    "exp": (lambda x: (2 * x).exp(), lambda x: [2**n * math.exp(2 * x) for n in range(5)]),
    "base": (lambda x: 2**x, lambda x: [math.log(2) ** n * 2**x for n in range(5)]),
    "reciprocal": (lambda x: 1 / x, lambda x: [(-1) ** n * math.factorial(n) / x ** (n + 1) for n in range(5)]),
    "log": (lambda x: x.log(), lambda x: [math.log(x), 1 / x, -1 / x**2, 2 / x**3, -6 / x**4]),
    "sqrt": (lambda x: x.sqrt(), lambda x: [x**0.5, x**-0.5 / 2, -(x**-1.5) / 4, 3 * x**-2.5 / 8, -15 * x**-3.5 / 16]),
    "tanh": (lambda x: x.tanh(), tanh_derivatives),
    "line": (lambda x: 3 * x - 1, lambda x: [3 * x - 1, 3, 0, 0, 0]),
    "constant": (lambda x: 5.0, lambda x: [5, 0, 0, 0, 0]),
}


@pytest.mark.parametrize("derive", [by_grad, by_jvp])
@pytest.mark.parametrize(("function", "derivatives"), CLOSED_FORMS.values(), ids=CLOSED_FORMS)
def test_nested_derivatives_have_the_closed_form(function, derivatives, derive):
    for order in range(1, 5):
        function = functools.partial(derive, function)
        for x in (0.4, 1.7):
            derivative = function(x)
            assert type(derivative) is float
            assert derivative == pytest.approx(derivatives(x)[order], rel=1e-12, abs=1e-12)


def test_points_and_gradients_of_any_shape():
    def function(weights, bias):
        ((a, b), (c,)) = weights
        return a * b + c * bias[0]

    assert grad(function)([[2.0, 3.0], (4.0,)], (5.0,)) == ([[3.0, 2.0], (5.0,)], (4.0,))
    assert grad(lambda xs: xs[0] * xs[1])([2.0, 3.0]) == [3.0, 2.0]
    assert grad(lambda x, y: x**2 * y)(3.0, 4.0) == (24.0, 9.0)
    assert grad(lambda x, y: x.sin())(0.0, 4.0) == (1.0, 0.0)
    assert value_and_grad(lambda x, y: x * y)(3.0, 4.0) == (12.0, (4.0, 3.0))
    assert value_and_grad(lambda xs: xs[0] / xs[1])([1.0, 4.0]) == (0.25, [0.25, -0.0625])


def polar(r, angle):
    return [r * engine.cos(angle), r * engine.sin(angle)]


def test_jacobian_counts_every_number_of_the_point():
    rows = jacobian(lambda xs, y: [xs[0] * y, xs[1], 7.0])([2.0, 3.0], 4.0)
    assert rows == [[4.0, 0.0, 2.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    assert jacobian(lambda x: x * x)(3.0) == [[6.0]]


def test_jvp_and_vjp_are_products_with_the_jacobian():
    c, s = math.cos(0.3), math.sin(0.3)
    assert jacobian(polar)(2.0, 0.3) == [pytest.approx([c, -2 * s]), pytest.approx([s, 2 * c])]
    value, tangent = jvp(polar, (2.0, 0.3), (0.5, -1.5))
    same_value, pull_back = vjp(polar, 2.0, 0.3)
    assert value == same_value == pytest.approx([2 * c, 2 * s])
    assert tangent == pytest.approx([0.5 * c + 1.5 * 2 * s, 0.5 * s - 1.5 * 2 * c])
    assert pull_back([0.5, -1.5]) == pytest.approx((0.5 * c - 1.5 * s, -2 * (0.5 * s + 1.5 * c)))
    assert pull_back([1.0, 0.0]) == pytest.approx((c, -2 * s))
    assert jvp(lambda x: 5.0, [1.0], [1.0]) == (5.0, 0.0)
    assert jvp(lambda x: x, [3.0], [2.0]) == (3.0, 2.0)


def test_a_pull_back_adds_the_adjoints_of_a_number_returned_twice_and_is_shaped_by_its_own_adjoint():
    def twice(x):
        y = x * x
        return y, y, x

    value, pull_back = vjp(twice, 3.0)
    assert value == (9.0, 9.0, 3.0)
    adjoint = Value(10.0)
    product = pull_back((1.0, adjoint, 100.0))
    product.backward()
    assert (product.data, adjoint.grad) == (11 * 6.0 + 100.0, 6.0)
    assert type(pull_back((1.0, 2.0, 3.0))) is float


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


# Perturbation confusion: the inner derivative must not take the outer variable for its own (Siskind and Pearlmutter,
# "Perturbation Confusion and Referential Transparency", 2005). Each is d/dx (x · d/dy f(x, y)) at one point.
CONFUSIONS = [
    (lambda x, y: x + y, 1.0, 1.0, 1.0),
    (lambda x, y: x * y, 3.0, 2.0, 6.0),
    (lambda x, y: x * x * y * y, 3.0, 2.0, 2 * 2.0 * 3 * 3.0**2),
    (lambda x, y: x, 3.0, 2.0, 0.0),
]


@pytest.mark.parametrize("outer", [by_grad, by_jvp])
@pytest.mark.parametrize("inner", [by_grad, by_jvp])
@pytest.mark.parametrize(("function", "x", "y", "expected"), CONFUSIONS)
def test_perturbations_are_not_confused(outer, inner, function, x, y, expected):
    assert outer(lambda x: x * inner(lambda y: function(x, y), y), x) == expected


@pytest.mark.parametrize("inner", [by_grad, by_jvp])
def test_the_outer_variable_as_the_point_of_the_inner_derivative(inner):
    # d/dx [d/dy x y²](y = x) = d/dx 2x²
    assert grad(lambda x: inner(lambda y: x * y * y, x))(3.0) == 12.0


def test_closures_over_values_and_values_as_points():
    """The same Value as the point and in the closure is two things."""
    w, x = Value(2.0), Value(3.0)
    assert grad(lambda x: w * x * x)(3.0) == 12.0
    slope = grad(lambda x: w * x * x)(x)
    slope.backward()
    assert (slope.data, w.grad, x.grad) == (12.0, 6.0, 4.0)
    derivative = grad(lambda y: w * y)(w)
    w.zero_grad()
    derivative.backward()
    assert (derivative.data, w.grad) == (2.0, 1.0)
    value, slope = value_and_grad(lambda y: y**3)(x)
    x.zero_grad()
    (value + 10 * slope).backward()
    assert (value.data, slope.data, x.grad) == (27.0, 27.0, 27.0 + 10 * 18.0)


def test_transforms_do_not_write_gradients():
    x, w = Value(3.0), Value(2.0)
    (x * w).backward()

    def function(y):
        return (y * w).tanh() * y

    for transform in (grad, value_and_grad, jacobian, hessian):
        transform(function)(x)
    hvp(function, [x], [1.0])
    vjp(function, x)[1](1.0)
    assert (x.grad, w.grad) == (2.0, 3.0)


REFUSALS = [
    (lambda: grad(lambda x: [x, x])(1.0), TypeError, "one number"),
    (lambda: value_and_grad(lambda x: [x])(1.0), TypeError, "one number"),
    (lambda: grad(lambda x: ())(1.0), TypeError, "one number"),
    (lambda: hessian(polar)(2.0, 0.3), TypeError, "one number"),
    (lambda: jvp(polar, (2.0, 0.3), (1.0,)), ValueError, "tangent has 1 numbers where 2 are needed"),
    (lambda: hvp(rosenbrock, (1.0, 1.0), (1.0, 1.0, 1.0)), ValueError, "tangent has 3"),
    (lambda: vjp(polar, 2.0, 0.3)[1](1.0), ValueError, "adjoint has 1 numbers where 2 are needed"),
    (lambda: grad(engine.tanh)(None), TypeError, "real number"),
    (lambda: grad(engine.tanh)(1j), TypeError, "real number"),
    (lambda: jvp(engine.tanh, [1.0], ["a"]), TypeError, "real number"),
    (lambda: jvp(engine.tanh, 2.0, 1.0), TypeError, r"one entry for each argument, as in \[2\.0\], not 2\.0"),
    (lambda: hvp(engine.tanh, 2.0, 1.0), TypeError, "a list with one entry for each argument"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSALS)
def test_what_cannot_be_transformed_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()
