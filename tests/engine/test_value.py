"""A Value by itself: what it takes, what it shows, how it compares."""

import math
import operator
from fractions import Fraction

import pytest

import engine
from engine import Value


@pytest.mark.parametrize("number", [3, -2.5, True, Fraction(1, 4), 0, -0.0, math.inf, math.nan])
def test_data_is_the_number_as_a_float(number):
    x = Value(number)
    assert type(x.data) is type(float(x)) is float
    assert x.data.hex() == float(x).hex() == float(number).hex()
    with pytest.raises(OverflowError):
        Value(10**400)


@pytest.mark.parametrize("wrong", ["a", "1", None, 1j, [1.0], Value(1)], ids=repr)
def test_anything_but_a_real_number_is_refused(wrong):
    with pytest.raises(TypeError, match=r"real number.*detach\(\)" if isinstance(wrong, Value) else "real number"):
        Value(wrong)
    x = Value(3.0)
    with pytest.raises(TypeError, match="real number"):
        x.data = wrong
    with pytest.raises(TypeError, match="real number"):
        x.grad = wrong
    assert (x.data, x.grad, x.has_grad) == (3.0, 0.0, False)


def test_leaves_and_results_know_how_they_were_made():
    x, y = Value(3.0), Value(5.0)
    assert x.is_leaf
    assert x.operation is None
    assert x.operands == x.partials == x.edges == ()
    assert (x.grad, x.has_grad, x.label) == (0.0, False, "")
    quotient = 2 / x
    assert not quotient.is_leaf
    assert quotient.operation in engine.primitives_table()
    assert (quotient.operation.name, quotient.operation.symbol) == ("div", "/")
    assert quotient.edges == ((2.0, None), (x, -2 / 9))
    assert (quotient.operands, quotient.partials) == ((2.0, x), (None, -2 / 9))
    assert (x / 2).operands == (x, 2.0)
    assert engine.where(x, 7.0, y).edges == ((x, 0.0), (7.0, None), (y, 0.0))
    assert engine.where(0.0, x, y).edges == ((0.0, None), (x, 0.0), (y, 1.0))


def test_a_label_names_a_value_and_text_shows_it_with_the_numbers():
    x = Value(1.0, label="x")
    y = x * 2
    assert (x.label, y.label) == ("x", "")
    y.label = "y"
    assert (y.label, repr(y * 1)) == ("y", "Value(data=2.0, grad=0.0)")
    assert repr(x) == str(x) == f"{x}" == "Value(data=1.0, grad=0.0, label='x')"
    assert f"{x:.3f}" == "1.000"
    for wrong in (3, b"x", ("x",)):
        with pytest.raises(TypeError, match="label"):
            Value(1.0, wrong)
        with pytest.raises(TypeError, match="label"):
            x.label = wrong
    assert x.label == "x"


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize("kind", [Value, type("Parameter", (Value,), {}), float, int])
def test_comparisons_are_those_of_the_data(compare, kind):
    for other in (1, 2, 3):
        for first, second in ((Value(2.0), kind(other)), (kind(other), Value(2.0))):
            answer = compare(first, second)
            assert type(answer) is bool
            assert answer == compare(float(first), float(second))
        assert not compare(Value(math.nan), kind(other))


def test_equality_is_identity_so_values_are_hashable():
    x, twin = Value(1.0), Value(1.0)
    assert operator.eq(x, x)
    assert x != twin
    assert x != 1.0
    assert not operator.eq(1.0, x)
    assert len({x, twin, x}) == 2
    assert {x: "x"}[x] == "x"


@pytest.mark.parametrize("number", [0.0, 1.0])
def test_a_value_is_neither_true_nor_false(number):
    with pytest.raises(TypeError, match="where"):
        bool(Value(number))


def test_detach_is_a_leaf_of_its_own():
    x = Value(2.0, "x")
    y = x * 3
    y.label = "y"
    z = y.detach()
    assert z.is_leaf
    assert z is not y
    assert (z.data, z.label, z.has_grad) == (6.0, "y", False)
    (z * x).backward()
    assert x.grad == 6.0
    assert z.grad == 2.0
    assert not y.has_grad
