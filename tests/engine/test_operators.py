"""Operators: Python's arithmetic, with Values and numbers on either side."""

import operator
from fractions import Fraction

import pytest

import engine
from engine import Value

BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
NAMES = {"add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "pow": "pow"}

# d/dx and d/dy of x ∘ y, by hand, at x = 3, y = 2; ln 3 = 1.09861228866811.
PARTIALS = {"add": (1, 1), "sub": (1, -1), "mul": (2, 3), "truediv": (0.5, -0.75), "pow": (6, 9 * 1.09861228866811)}

each_operator = pytest.mark.parametrize("operate", BINARY, ids=lambda operate: operate.__name__)


@each_operator
@pytest.mark.parametrize("kind", [Value, int, float, Fraction])
def test_values_and_numbers_on_either_side(operate, kind):
    by_x, by_y = PARTIALS[operate.__name__]
    for operands, slopes in (((Value(3.0), kind(2)), (by_x, by_y)), ((kind(3), Value(2.0)), (by_x, by_y))):
        result = operate(*operands)
        result.backward()
        assert result.data == operate(3.0, 2.0)
        assert result.operation.name == NAMES[operate.__name__]
        for given, held, slope in zip(operands, result.operands, slopes, strict=True):
            if isinstance(given, Value):
                assert held is given
                assert held.grad == pytest.approx(slope)
            else:
                assert (type(held), held) == (float, given)


def test_in_place_operators_make_new_values():
    x = Value(2.0)
    y = x
    y += 1
    y *= x
    y -= 4
    y /= +x
    y **= 2
    y.backward()
    assert (x.data, y.data, x.grad) == (2.0, 1.0, 2 * (1 + 4 / 2.0**2))


@each_operator
@pytest.mark.parametrize("other", ["a", None, 1j, [1.0], object()], ids=lambda other: type(other).__name__)
def test_an_operand_that_is_no_number_is_a_type_error(operate, other):
    for operands in ((Value(3.0), other), (other, Value(3.0))):
        with pytest.raises(TypeError):
            operate(*operands)


@pytest.mark.parametrize("name", ["add", "maximum", "where", "pow"])
def test_the_number_of_operands_is_checked(name):
    arity = 3 if name == "where" else 2
    for count in (0, 1, arity + 1):
        with pytest.raises(TypeError, match=rf"{name}.*{arity} operands, not {count}"):
            getattr(engine, name)(*[Value(1.0)] * count)
