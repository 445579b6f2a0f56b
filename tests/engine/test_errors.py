"""Python's own number manners: the exceptions of floats, with the operation, the operands and their labels."""

import math

import pytest

import engine
from engine import Value

FAILURES = [
    (lambda x: 1 / x, 0.0, ZeroDivisionError, "div"),
    (lambda x: x / x, 0.0, ZeroDivisionError, "div"),
    (lambda x: x**-1, 0.0, ZeroDivisionError, "pow"),
    (lambda x: 0**x, -1.0, ZeroDivisionError, "pow"),
    (lambda x: x**0.5, -8.0, ValueError, "pow"),
    (lambda x: (-8) ** x, 0.5, ValueError, "pow"),
    (lambda x: (-8 * x) ** x, 0.5, ValueError, "pow"),
    (lambda x: x**1000, 1000.0, OverflowError, "pow"),
    (lambda x: 10**x, 400.0, OverflowError, "pow"),
    (lambda x: x.log(), -1.0, ValueError, "log"),
    (lambda x: x.log(), 0.0, ValueError, "log"),
    (lambda x: x.log1p(), -1.0, ValueError, "log1p"),
    (lambda x: x.sqrt(), -4.0, ValueError, "sqrt"),
    (lambda x: x.asin(), 2.0, ValueError, "asin"),
    (lambda x: x.acos(), -2.0, ValueError, "acos"),
    (lambda x: x.sin(), math.inf, ValueError, "sin"),
    (lambda x: x.exp(), 1000.0, OverflowError, "exp"),
    (lambda x: x.expm1(), 1000.0, OverflowError, "expm1"),
    (lambda x: x.sinh(), -1000.0, OverflowError, "sinh"),
    (lambda x: x.cosh(), 1000.0, OverflowError, "cosh"),
]


@pytest.mark.parametrize(("compute", "at", "error", "name"), FAILURES)
def test_the_exception_is_that_of_floats_and_names_operation_operand_and_label(compute, at, error, name):
    with pytest.raises(error, match=f"^{name} has no value at .*{at!r}.*'the culprit'"):
        compute(Value(at, "the culprit"))


def test_both_operands_are_named_with_their_labels():
    with pytest.raises(ZeroDivisionError, match=r"^div .*x = 3\.0 \('distance'\), y = 0\.0 \('time'\)"):
        Value(3.0, "distance") / Value(0.0, "time")
    with pytest.raises(ValueError, match=r"^pow .*x = -8\.0, y = 0\.5 \('p'\): .*real"):
        (-8) ** Value(0.5, "p")


@pytest.mark.parametrize(
    ("name", "at", "error"),
    [("log", (-1.0,), ValueError), ("div", (1.0, 0.0), ZeroDivisionError), ("exp", (1000.0,), OverflowError)],
)
def test_functions_on_plain_numbers_have_the_same_manners(name, at, error):
    with pytest.raises(error, match=f"^{name} .*{at[-1]}"):
        getattr(engine, name)(*at)


@pytest.mark.parametrize("wrong", ["a", None, 1j, [1.0]], ids=repr)
def test_functions_refuse_what_is_no_number_by_name(wrong):
    with pytest.raises(TypeError, match="tanh takes a real number"):
        engine.tanh(wrong)
    with pytest.raises(TypeError, match="maximum takes a real number"):
        engine.maximum(Value(1.0), wrong)
    with pytest.raises(TypeError, match="where takes a real number"):
        engine.where(Value(1.0), wrong, 2.0)


def test_an_integer_too_large_for_a_float_is_an_overflow():
    for compute in (lambda: Value(1.0) * 10**400, lambda: 10**400 + Value(1.0), lambda: engine.tanh(10**400)):
        with pytest.raises(OverflowError, match=r"^(mul|add|tanh)"):
            compute()


def test_an_overflow_that_floats_let_pass_is_infinity_here_too():
    x = Value(1e308)
    assert (x * 10).data == math.inf
    assert (x + x).data == math.inf
    assert math.isnan((x * 10 - x * 10).data)


def test_nan_flows_through_value_and_gradient():
    x, y = Value(math.nan), Value(2.0)
    z = x * y + y
    z.backward()
    assert math.isnan(z.data)
    assert math.isnan(y.grad)
    assert x.grad == 2.0


# The value exists, the derivative does not: sqrt, asin and acos at an end, a negative base with a variable exponent.
EDGES = [
    (lambda x: x.sqrt(), 0.0, ZeroDivisionError, "sqrt"),
    (lambda x: x**0.5, 0.0, ZeroDivisionError, "pow"),
    (lambda x: x.asin(), 1.0, ZeroDivisionError, "asin"),
    (lambda x: x.acos(), -1.0, ZeroDivisionError, "acos"),
    (lambda x: (-2.0) ** x, 3.0, ValueError, "pow"),
]


@pytest.mark.parametrize(("compute", "at", "error", "name"), EDGES)
def test_backward_raises_and_leaves_every_gradient_as_it_was(compute, at, error, name):
    x, other = Value(at, "edge"), Value(5.0)
    inner = other * 3
    (inner * other).backward()
    before = [(node.grad, node.has_grad) for node in (x, other, inner)]
    result = inner + compute(x) * other
    assert math.isfinite(result.data)
    with pytest.raises(error, match=rf"^{name} has no derivative.*'edge'"):
        result.backward()
    assert [(node.grad, node.has_grad) for node in (x, other, inner)] == before
    assert not any(node.has_grad for node in (result, *result.operands[1:]))


@pytest.mark.parametrize("factor", [1.0, 2.0])
@pytest.mark.parametrize(("compute", "at", "error", "name"), EDGES)
def test_the_transforms_raise_too(compute, at, error, name, factor):
    function = compute if factor == 1.0 else lambda x: compute(x) * factor
    with pytest.raises(error):
        engine.grad(function)(at)
    with pytest.raises(error):
        engine.jacobian(lambda x: [x, function(x)])(at)
    with pytest.raises(error):
        engine.jvp(function, [at], [1.0])
    with pytest.raises(error):
        engine.grad(engine.grad(function))(at)
    leaf = Value(at)
    with pytest.raises(error):
        engine.gradients(function(leaf), [leaf])


def test_other_graphs_are_not_disturbed_by_a_derivative_that_does_not_exist():
    hidden = Value(0.0).sqrt()
    x = Value(4.0)
    y = x.sqrt() * hidden.detach() + x
    y.backward()
    assert x.grad == 1.0


def test_an_operation_that_fails_leaves_nothing_behind():
    x = Value(0.0)
    y = x + 1
    with pytest.raises(ZeroDivisionError):
        y / x
    y.backward()
    assert (y.data, x.grad) == (1.0, 1.0)


@pytest.mark.parametrize("wrong", ["a", None, 1j], ids=repr)
def test_a_seed_that_is_no_number_is_refused(wrong):
    x = Value(3.0)
    y = x * 2
    with pytest.raises(TypeError, match="seed"):
        y.backward(wrong)
    assert not x.has_grad
