"""The functions written out for speed do what the general `apply` does, bit for bit, whatever the operands."""

import ast
import itertools
import linecache
import math
import operator

import pytest

import engine
from engine import Primitive, Value
from engine.extend import Undefined
from engine.operations import OPERATIONS, apply

ROWS = engine.primitives_table()
USUAL = [0.0, -0.0, 0.3, -1.7, 2, -3, True, False]
EXTREME = [1e200, -1e-200, 5e-324, 1000.0, math.inf, -math.inf, math.nan, 10**400]
NUMBERS = USUAL + EXTREME
SYMBOLS = ["add", "sub", "mul", "div", "pow", "neg", "abs"]
OPERATORS = {name: getattr(operator, "truediv" if name == "div" else name) for name in SYMBOLS}


class Parameter(Value):
    """A subclass, which the fast path does not know."""


def plain(number):
    return number


def general(row):
    """The row's operation by the one path that takes operands of any number and kind."""
    return lambda *operands: apply(OPERATIONS[row.name], operands)


def bits(number):
    """A float so that equality is that of its bits; anything else as it is."""
    if isinstance(number, Undefined):
        return type(number.error), str(number.error)
    return (type(number).__name__, number.hex()) if isinstance(number, float) else number


def outcome(function, operands):
    """Everything that can be seen of an operation: the result and its edges, what backward() does, or the error."""
    try:
        result = function(*operands)
    except (ArithmeticError, ValueError, TypeError) as error:
        return type(error), str(error)
    if isinstance(result, float):
        return bits(result)
    edges = [(bits(operand), bits(partial)) for operand, partial in result.edges]
    return type(result), bits(result.data), result.operation, edges, gradients(result, operands)


def gradients(result, operands):
    leaves = [operand for operand in operands if isinstance(operand, Value)]
    for leaf in leaves:
        leaf.zero_grad()
    try:
        result.backward()
    except (ArithmeticError, ValueError) as error:
        return type(error), str(error)
    return [bits(vars(Value)["_grad"].__get__(leaf)) for leaf in leaves]


def cases(row):
    """Operands of every kind and number (10 ** 400 is no float, so no Value), and one Value in every place."""
    numbers = NUMBERS if len(row.partials) < 3 else NUMBERS[1:10:2]
    arity = len(row.partials)
    for kinds in itertools.product((Value, Parameter, plain), repeat=arity):
        for point in itertools.product(numbers, repeat=arity):
            if all(kind is plain or number != 10**400 for kind, number in zip(kinds, point, strict=True)):
                yield tuple(kind(number) for kind, number in zip(kinds, point, strict=True))
    yield (Value(0.7),) * arity


def assert_equals_apply(function, row, operands):
    expected = outcome(general(row), operands)
    assert outcome(function, operands) == expected, operands


def functions(row, operands):
    """The function, and the operator if there is one which these operands leave to the engine."""
    yield getattr(engine, row.name)
    if row.name in OPERATORS and any(isinstance(operand, Value) for operand in operands):
        yield OPERATORS[row.name]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_functions_and_operators_equal_apply(row):
    for operands in cases(row):
        for function in functions(row, operands):
            assert_equals_apply(function, row, operands)
    with engine.no_grad():
        for operands in itertools.islice(cases(row), 0, None, 7):
            for function in functions(row, operands):
                assert_equals_apply(function, row, operands)


@pytest.mark.parametrize("row", [*ROWS, Primitive("nosuch", "x", ("1",) * 3)], ids=lambda row: row.name)
def test_one_and_two_operands_have_a_source_which_tracebacks_show(row):
    if len(row.partials) > 2:
        with pytest.raises(ValueError, match=row.name):
            engine.source(row.name)
        return
    functions = ast.parse(engine.source(row.name)).body
    assert len(functions) == len(row.partials)
    assert all(row.name in function.name for function in functions)
    if len(functions) == 1:
        code = getattr(engine, row.name).__code__
        assert linecache.getline(code.co_filename, code.co_firstlineno) == f"    def record_{row.name}(a):\n"
