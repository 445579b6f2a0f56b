"""A Value by itself: what it takes, what it shows, how it compares."""

import math
import operator
from fractions import Fraction

import pytest

import engine
from engine import Value


@pytest.mark.parametrize("number", [3, -2.5, True, Fraction(1, 4), 0, -0.0, math.inf, math.nan])
def test_data_is_the_number_as_a_float(number):
    assert type(Value(number).data) is float
    assert Value(number).data.hex() == float(number).hex()
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


def test_a_new_value_is_a_leaf_without_gradient():
    x = Value(2.0)
    assert x.is_leaf
    assert x.operation is None
    assert x.operands == x.partials == x.edges == ()
    assert x.grad == 0.0
    assert not x.has_grad
    assert x.label == ""


def test_the_result_of_an_operation_knows_how_it_was_made():
    x = Value(3.0)
    y = 2 / x
    assert (x / 2).operands == (x, 2.0)
    assert not y.is_leaf
    assert y.operation in engine.primitives_table()
    assert (y.operation.name, y.operation.symbol) == ("div", "/")
    assert y.operands == (2.0, x)
    assert y.partials == (None, -2 / 9)
    assert y.edges == ((2.0, None), (x, -2 / 9))


def test_three_operands_are_remembered_in_order():
    condition, chosen = Value(1.0), Value(5.0)
    y = engine.where(condition, 7.0, chosen)
    assert y.operands == (condition, 7.0, chosen)
    assert y.partials == (0.0, None, 0.0)
    assert engine.where(0.0, condition, chosen).edges == ((0.0, None), (condition, 0.0), (chosen, 1.0))


def test_a_label_names_a_value():
    x = Value(1.0, "x")
    assert x.label == "x"
    y = x * 2
    assert y.label == ""
    y.label = "y"
    assert y.label == "y"
    assert "label='y'" in repr(y)
    assert Value(1.0, label="z").label == "z"


@pytest.mark.parametrize("label", [3, b"x", ("x",)], ids=repr)
def test_a_label_is_a_string(label):
    with pytest.raises(TypeError, match="label"):
        Value(1.0, label)
    x = Value(1.0, "x")
    with pytest.raises(TypeError, match="label"):
        x.label = label
    assert x.label == "x"


def test_repr_shows_number_and_gradient():
    x = Value(0.1)
    assert repr(x) == "Value(data=0.1, grad=0.0)"
    x.grad = 2
    assert repr(x) == str(x) == f"{x}" == "Value(data=0.1, grad=2.0)"
    assert f"{x:.3f}" == "0.100"


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize("kind", [Value, type("Parameter", (Value,), {}), float, int])
def test_comparisons_are_those_of_the_data(compare, kind):
    for other in (1, 2, 3):
        for first, second in ((Value(2.0), kind(other)), (kind(other), Value(2.0))):
            answer = compare(first, second)
            assert type(answer) is bool
            assert answer == compare(float(first), float(second))
        assert not compare(Value(math.nan), kind(other))


def test_values_sort_by_their_data():
    values = [Value(3.0), Value(1.0), Value(2.0)]
    assert [value.data for value in sorted(values)] == [1.0, 2.0, 3.0]
    assert max(values) is values[0]
    assert min(values) is values[1]


def test_a_value_does_not_compare_with_a_string():
    with pytest.raises(TypeError):
        assert Value(1.0) < "2"


def test_equality_is_identity_so_values_are_hashable():
    x, twin = Value(1.0), Value(1.0)
    assert operator.eq(x, x)
    assert x != twin
    assert x != 1.0
    assert not operator.eq(1.0, x)
    assert len({x, twin, x}) == 2
    assert {x: "x"}[x] == "x"
    assert twin not in [x]
    number = hash(x)
    x.data = 5.0
    assert hash(x) == number


def test_float_gives_the_number():
    x = Value(2.25)
    assert type(float(x)) is float
    assert float(x) == 2.25
    assert math.sqrt(x) == 1.5


@pytest.mark.parametrize("number", [0.0, 1.0])
def test_a_value_is_neither_true_nor_false(number):
    with pytest.raises(TypeError, match="where"):
        bool(Value(number))
    with pytest.raises(TypeError):
        assert not Value(number)


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


def test_a_subclass_is_a_value():
    class Parameter(Value):
        pass

    p = Parameter(2.0, "p")
    p.note = "kept"
    y = p * p + 1 - p / 2
    y.backward()
    assert p.grad == 3.5
    assert p.note == "kept"
    assert type(y) is Value
