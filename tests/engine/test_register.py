"""A primitive registered at run time is a primitive like any other; one that cannot work is refused."""

import math
import pickle

import pytest
from support.reference_values import reference
from support.row_checks import check_row

import engine
from engine import Primitive, Value
from engine.formulas import FLOATS, SYMBOLS
from engine.operations import FUNCTIONS, OPERATIONS

pytestmark = pytest.mark.usefixtures("open_table")

NEW_ROWS = [
    Primitive("example_softsign", "x / (1 + abs(x))", ("1 / ((1 + abs(x)) * (1 + abs(x)))",), kink="x", at_kink=(1,)),
    Primitive("asinh", "asinh(x)", ("1 / sqrt(1 + x * x)",)),
    Primitive("example_hypot", "hypot(x, y)", ("x / r", "y / r"), domain="x != 0 or y != 0"),
    Primitive("lerp", "x + z * (y - x)", ("1 - z", "z", "y - x")),
    Primitive("large", "sqrt(x - 1e3)", ("0.5 / r",), domain="x > 1000"),
]


@pytest.mark.parametrize("row", NEW_ROWS, ids=lambda row: row.name)
def test_a_new_row_passes_every_check_of_the_table(row):
    engine.register(row)
    check_row(row, reference(row.name))


def test_register_returns_the_function_which_the_module_has_too():
    function = engine.register(NEW_ROWS[1])
    assert engine.asinh is function
    assert "asinh" in dir(engine)
    assert engine.primitives_table()[-1] is NEW_ROWS[1]
    assert function(1.0) == math.asinh(1.0)


def test_one_operand_makes_a_method_and_two_do_not():
    engine.register(NEW_ROWS[1])
    engine.register(NEW_ROWS[2])
    x = Value(2.0)
    y = x.asinh()
    y.backward()
    assert y.data == math.asinh(2.0)
    assert x.grad == pytest.approx(1 / math.sqrt(5))
    assert y.operation.name == "asinh"
    assert not hasattr(x, "example_hypot")


def test_a_new_row_has_derivatives_of_every_order():
    engine.register(NEW_ROWS[1])
    third = engine.grad(engine.grad(engine.grad(lambda x: x.asinh())))
    assert third(2.0) == pytest.approx((2 * 2.0**2 - 1) / (1 + 2.0**2) ** 2.5)
    engine.register(NEW_ROWS[2])
    assert engine.gradcheck(engine.example_hypot, (3.0, 4.0), order=2)


def test_a_new_row_may_be_used_by_the_next():
    engine.register(NEW_ROWS[2])
    row = Primitive(
        "cone",
        "example_hypot(x, y) * 2",
        ("2 * x / example_hypot(x, y)", "2 * y / example_hypot(x, y)"),
        domain="x != 0",
    )
    engine.register(row)
    check_row(row, lambda x, y: 2 * math.hypot(x, y))


def test_a_partial_may_call_its_own_operation():
    row = Primitive("wave", "sin(x) + cos(x)", ("wave(x + 1.5707963267948966)",))
    engine.register(row)
    check_row(row, lambda x: math.fsum((math.sin(x), math.cos(x))))


def test_the_result_pickles():
    engine.register(NEW_ROWS[2])
    x = Value(3.0)
    copy = pickle.loads(pickle.dumps(engine.example_hypot(x, 4.0)))
    copy.backward()
    assert copy.data == 5.0
    assert copy.operands[0].grad == pytest.approx(0.6)


BAD_ROWS = {
    "a name that is no identifier": (Primitive("two words", "x", ("1",)), "identifier"),
    "a keyword": (Primitive("lambda", "x", ("1",)), "identifier"),
    "an underscore name": (Primitive("_hidden", "x", ("1",)), "identifier"),
    "a name of the table": (Primitive("tanh", "x", ("1",)), "tanh"),
    "an attribute of Value": (Primitive("grad", "x", ("1",)), "grad"),
    "no operand": (Primitive("constant", "1", ()), "one to three"),
    "four operands": (Primitive("four", "x", ("1", "1", "1", "1")), "one to three"),
    "a value that is no expression": (Primitive("fresh", "x +", ("1",)), "not a Python expression"),
    "a partial that is no expression": (Primitive("fresh", "x", ("= 1",)), "not a Python expression"),
    "an if in a partial": (Primitive("fresh", "x", ("1 if x > 0 else 0",)), "IfExp"),
    "a comparison in a partial": (Primitive("fresh", "x", ("x > 0",)), "Compare"),
    "an unknown operand": (Primitive("fresh", "x * y", ("y",)), "'y'"),
    "the result in its own value": (Primitive("fresh", "r * x", ("r",)), "'r'"),
    "an unknown function": (Primitive("fresh", "gamma_of(x)", ("1",)), "gamma_of"),
    "a partial that only math knows": (Primitive("fresh", "lgamma(x)", ("gamma(x)",)), "gamma"),
    "an attribute": (Primitive("fresh", "x.real", ("1",)), "Attribute"),
    "a method": (Primitive("fresh", "x", ("x.tanh()",)), "x.tanh"),
    "a string": (Primitive("fresh", "'1'", ("1",)), "'1'"),
    "a complex number": (Primitive("fresh", "x * 1j", ("1",)), "1j"),
    "a power that may leave the reals": (Primitive("fresh", "x ** 0.5", ("1",)), r"pow\(a, b\)"),
    "a lambda": (Primitive("fresh", "(lambda: x)()", ("1",)), "fresh|lambda"),
}


def everything_known():
    tables = (OPERATIONS, FUNCTIONS, FLOATS, SYMBOLS, vars(Value))
    return [dict(table) for table in tables], dir(engine), engine.primitives_table()


@pytest.mark.parametrize(("row", "problem"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_is_refused_and_nothing_is_changed(row, problem):
    before = everything_known()
    with pytest.raises(ValueError, match=problem):
        engine.register(row)
    assert everything_known() == before


def test_a_name_can_be_registered_once():
    engine.register(NEW_ROWS[1])
    before = everything_known()
    with pytest.raises(ValueError, match="asinh"):
        engine.register(NEW_ROWS[1])
    assert everything_known() == before


@pytest.mark.usefixtures("open_table")
@pytest.mark.parametrize(
    ("name", "value", "partials", "error", "message"),
    [
        ("float", "2 * x", ("2",), ValueError, "means something already"),
        ("make", "x + y", ("1", "1"), ValueError, "means something already"),
        ("SQRT_HALF", "x", ("1",), ValueError, "means something already"),
        ("jacobian", "x", ("1",), ValueError, "means something already"),
        ("copysign", "abs(x) * sign(y)", ("sign(x) * sign(y)", "0"), ValueError, "a function of Python's math"),
        ("again", "again(x) + 1", ("1",), ValueError, "call again, which nobody defines"),
        ("floor_of", "floor(x)", ("0",), ValueError, "call floor, which nobody defines"),
        ("unary", "where(x)", ("0",), ValueError, "call where with 1 operands"),
        ("twice", "tanh(x, x)", ("0",), ValueError, "call tanh with 2 operands"),
        ("positive", "x > 0", ("0",), ValueError, "takes x > 0 for a number"),
        ("inside", "(x > 0) * (x < 1)", ("0",), ValueError, "takes x > 0 for a number"),
        ("beside", "-(not x)", ("0",), ValueError, "takes not x for a number"),
        ("within_if", "1.0 if x + (x > 0) else 0.0", ("0",), ValueError, "takes x > 0 for a number"),
        ("either", "1.0 if x > 0 else x or 2.0", ("0",), ValueError, "takes x or 2.0 for a number"),
        ("record_this", "x", ("1",), ValueError, "not record_"),
        ("µ", "x", ("1",), ValueError, "another name in these characters"),
        ("very_long", "+".join(["x"] * 2000), ("2000",), ValueError, "too long or too deep"),
        ("nested", "(" * 300 + "x" + ")" * 300, ("1",), ValueError, "too (long|deep|many)"),
        ("within", "1.0 if x in x else 0.0", ("0",), ValueError, "may not contain In"),
        ("half", "x / 2", ("0.5"), TypeError, "a tuple"),
        ("listed", "x", ["1"], TypeError, "a tuple"),
        ("huge", "x * 1" + "0" * 400, ("1",), ValueError, "too large"),
    ],
)
def test_a_row_that_would_break_others_is_refused_whole(name, value, partials, error, message):
    before = engine.primitives_table()
    with pytest.raises(error, match=message):
        engine.register(Primitive(name, value, partials))
    assert engine.primitives_table() == before
    assert (Value(1) + 3).data == 4.0
    assert engine.sign(-2.0) == -1.0


@pytest.mark.usefixtures("open_table")
def test_a_function_of_math_becomes_an_operation_under_its_own_name():
    power = engine.register(Primitive("exp2", "exp2(x)", ("LOG_2 * r",)))
    assert power(3.0) == 8.0
    assert engine.grad(power)(3.0) == pytest.approx(8 * math.log(2), rel=1e-15)


@pytest.mark.parametrize("x", [-1.0, 1.0])
@pytest.mark.parametrize("y", [-1.0, 1.0])
@pytest.mark.usefixtures("open_table")
def test_a_condition_may_be_chosen_and_joined(x, y):
    choose = engine.register(
        Primitive("choose", "1.0 if (x > 0 if y > 0 else not (x < 0 or y > 5)) else 0.0", ("0", "0"))
    )
    assert choose(x, y) == float(x > 0)


@pytest.mark.usefixtures("open_table")
def test_rows_that_call_rows_twice_do_not_double_the_text_each_time():
    engine.register(Primitive("level0", "x + 1", ("1",)))
    for level in range(1, 30):
        below = f"level{level - 1}"
        engine.register(Primitive(f"level{level}", f"0.5 * {below}(x) + 0.5 * {below}(x)", ("1",)))
    assert len(engine.source("level29")) < 20_000


@pytest.mark.usefixtures("open_table")
def test_rows_nested_in_rows_too_deeply_for_python_change_nothing():
    deep = "(1 + " * 110 + "{}" + ")" * 110
    inner = engine.register(Primitive("inner", deep.format("x"), ("1",)))
    before = everything_known()
    with pytest.raises(ValueError, match="the formulas of 'outer' are too long or too deep for Python"):
        engine.register(Primitive("outer", deep.format("inner(x)"), ("1",)))
    assert everything_known() == before
    assert inner(Value(1.0)).data == 111.0
