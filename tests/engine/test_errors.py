"""Python's own number manners: the exceptions of floats, with the operation, the operands and their labels."""

import copy
import math
import pickle

import pytest

import engine
from engine import Program, Value, gradients, jvp

FAILURES = [
    (lambda x: 1 / x, 0.0, ZeroDivisionError, "div"),
    (lambda x: x**-1, 0.0, ZeroDivisionError, "pow"),
    (lambda x: 0**x, -1.0, ZeroDivisionError, "pow"),
    (lambda x: x**0.5, -8.0, ValueError, "pow"),
    (lambda x: (-8) ** x, 0.5, ValueError, "pow"),
    (lambda x: x**1000, 1000.0, OverflowError, "pow"),
    (lambda x: 10**x, 400.0, OverflowError, "pow"),
    (lambda x: x.log(), -1.0, ValueError, "log"),
    (lambda x: x.log(), 0.0, ValueError, "log"),
    (lambda x: x.sqrt(), -4.0, ValueError, "sqrt"),
    (lambda x: x.asin(), 2.0, ValueError, "asin"),
    (lambda x: x.sin(), math.inf, ValueError, "sin"),
    (lambda x: x.exp(), 1000.0, OverflowError, "exp"),
    (lambda x: x.sinh(), -1000.0, OverflowError, "sinh"),
]


@pytest.mark.parametrize(("compute", "at", "error", "name"), FAILURES)
def test_the_exception_is_that_of_floats_and_names_operation_operand_and_label(compute, at, error, name):
    with pytest.raises(error, match=f"^{name} has no value at .*{at!r}.*'the culprit'"):
        compute(Value(at, "the culprit"))


@pytest.mark.parametrize(
    ("compute", "error", "words"),
    [
        (lambda: Value(3.0, "d") / Value(0.0, "t"), ZeroDivisionError, r"^div .*x = 3\.0 \('d'\), y = 0\.0 \('t'\)"),
        (lambda: (-8) ** Value(0.5, "p"), ValueError, r"^pow .*x = -8\.0, y = 0\.5 \('p'\): .*real"),
        (lambda: engine.log(-1.0), ValueError, r"^log .*-1\.0"),
        (lambda: engine.div(1.0, 0.0), ZeroDivisionError, r"^div .*0\.0"),
        (lambda: engine.exp(1000.0), OverflowError, r"^exp .*1000\.0"),
        (lambda: Value(1.0) * 10**400, OverflowError, "^mul"),
        (lambda: 10**400 + Value(1.0), OverflowError, "^add"),
        (lambda: engine.tanh(10**400), OverflowError, "^tanh"),
    ],
)
def test_operators_and_functions_name_every_operand(compute, error, words):
    with pytest.raises(error, match=words):
        compute()


@pytest.mark.parametrize("wrong", ["a", None, 1j, [1.0]], ids=repr)
def test_what_is_no_number_is_refused_by_name(wrong):
    x = Value(1.0)
    calls = {
        "tanh takes a real number": lambda: engine.tanh(wrong),
        "maximum takes a real number": lambda: engine.maximum(x, wrong),
        "where takes a real number": lambda: engine.where(x, wrong, 2.0),
        "seed": lambda: (x * 2).backward(wrong),
    }
    for words, call in calls.items():
        with pytest.raises(TypeError, match=words):
            call()
    assert not x.has_grad


def test_overflow_and_nan_that_floats_let_pass_pass_here_too():
    x = Value(1e308)
    assert (x * 10).data == (x + x).data == math.inf
    assert math.isnan((x * 10 - x * 10).data)
    assert math.isnan(engine.where(Value(math.nan), 1.0, 2.0).data)
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
def test_a_derivative_that_does_not_exist_spoils_no_other(compute, at, error, name):
    def function(x, other):
        return other * 3 + compute(x) * other

    x, other = Value(at, "edge"), Value(5.0)
    result, slope = function(x, other), 3.0 + compute(x).data
    for leaf, tangent in ((x, [1.0, 0.0]), (other, [0.0, 1.0])):
        ways = (
            lambda leaf=leaf: gradients(result, [leaf])[0].data,
            lambda leaf=leaf: Program(outputs=gradients(result, [leaf]))()[0],
            lambda tangent=tangent: jvp(function, (at, 5.0), tangent)[1],
        )
        for way in ways:
            if leaf is other:
                assert way() == slope
            else:
                with pytest.raises(error, match=rf"^{name} has no derivative with respect to"):
                    way()
    with pytest.raises(error, match=rf"^{name} has no derivative"):
        engine.grad(function)(at, 5.0)
    for times in (1, 2):
        result.backward()
        assert other.grad == pytest.approx(times * slope)
        for node in (x, copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
            assert node.has_grad
            assert "undefined" in repr(node)
            with pytest.raises(error, match=rf"^{name} has no derivative.*'edge'"):
                node.grad  # noqa: B018
    x.zero_grad()
    assert x.grad == 0.0


@pytest.mark.parametrize(("compute", "at", "error", "name"), EDGES)
def test_backward_raises_where_no_leaf_has_a_derivative_and_leaves_every_gradient_as_it_was(compute, at, error, name):
    x = Value(at, "edge")
    inner = x * 3
    (inner * 5).backward()
    before = [(node.grad, node.has_grad) for node in (x, inner)]
    result = inner + compute(x)
    with pytest.raises(error, match=rf"^{name} has no derivative.*'edge'"):
        result.backward()
    assert [(node.grad, node.has_grad) for node in (x, inner)] == [before[0], (0.0, False)]
    assert not result.has_grad
