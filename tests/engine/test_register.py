"""A primitive registered at run time is a primitive like any other; one that cannot work is refused."""

import math
import pickle

import pytest
from support.row_checks import check_row

import engine
from engine import Primitive, Value
from engine.formulas import FLOATS, SYMBOLS
from engine.operations import OPERATIONS
from engine.registration import FUNCTIONS

pytestmark = pytest.mark.usefixtures("open_table")

NEW_ROWS = [
    Primitive("example_softsign", "x / (1 + abs(x))", ("1 / ((1 + abs(x)) * (1 + abs(x)))",), kink="x", at_kink=(1,)),
    Primitive("fabs", "fabs(x)", ("sign(x)",), kink="x", at_kink=(0,)),
    Primitive("example_hypot", "hypot(x, y)", ("x / r", "y / r"), domain="x != 0 or y != 0"),
    Primitive("lerp", "x + z * (y - x)", ("1 - z", "z", "y - x")),
    Primitive("large", "sqrt(x - 1e3)", ("0.5 / r",), domain="x > 1000"),
]


@pytest.mark.parametrize("row", NEW_ROWS, ids=lambda row: row.name)
def test_a_new_row_passes_every_check_of_the_table(row):
    engine.register(row)
    check_row(row, getattr(math, row.name, None))


def test_a_new_row_is_a_function_of_the_module_and_a_method_of_one_operand():
    softsign, hypot = NEW_ROWS[0], NEW_ROWS[2]
    function = engine.register(softsign)
    engine.register(hypot)
    assert engine.example_softsign is function
    assert "example_softsign" in dir(engine)
    assert engine.primitives_table()[-2:] == (softsign, hypot)
    assert function(1.0) == 0.5
    x = Value(2.0)
    y = x.example_softsign()
    y.backward()
    assert (y.data, y.operation.name) == (2 / 3, "example_softsign")
    assert x.grad == pytest.approx(1 / 9)
    assert not hasattr(x, "example_hypot")
    third = engine.grad(engine.grad(engine.grad(lambda x: x.example_softsign())))
    assert third(2.0) == pytest.approx(6 / 3**4)
    copy = pickle.loads(pickle.dumps(engine.example_hypot(Value(3.0), 4.0)))
    copy.backward()
    assert (copy.data, copy.operands[0].grad) == (5.0, pytest.approx(0.6))


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        ({"partials": ("0.5",)}, r"partials is \('0\.5',\) here, \('2',\) in the table$"),
        ({"value": "2 * x ", "symbol": "2·"}, "value is '2 [*] x ' here, '2 [*] x' in the table; symbol is '2·' here"),
    ],
)
def test_the_same_row_again_is_the_same_function_and_another_is_refused(changed, difference):
    columns = {"name": "twice", "value": "2 * x", "partials": ("2",)}
    function = engine.register(Primitive(**columns))
    before = everything_known()
    assert engine.register(Primitive(**columns)) is function
    assert engine.register(engine.primitives_table()[0]) is engine.add
    with pytest.raises(ValueError, match=f"'twice' is an operation already: choose another name.*{difference}"):
        engine.register(Primitive(**columns | changed))
    assert everything_known() == before


def test_formulas_may_call_other_new_rows_and_their_own():
    engine.register(NEW_ROWS[2])
    partials = ("2 * x / example_hypot(x, y)", "2 * y / example_hypot(x, y)")
    cone = Primitive("cone", "example_hypot(x, y) * 2", partials, domain="x != 0")
    wave = Primitive("wave", "sin(x) + cos(x)", ("wave(x + 1.5707963267948966)",))
    engine.register(cone)
    engine.register(wave)
    check_row(cone, lambda x, y: 2 * math.hypot(x, y))
    check_row(wave, lambda x: math.fsum((math.sin(x), math.cos(x))))


BAD_ROWS = [
    (Primitive("two words", "x", ("1",)), "identifier"),
    (Primitive("_hidden", "x", ("1",)), "identifier"),
    (Primitive("tanh", "x", ("1",)), "tanh"),
    (Primitive("grad", "x", ("1",)), "grad"),
    (Primitive("constant", "1", ()), "one to three"),
    (Primitive("fresh", "x +", ("1",)), "not a Python expression"),
    (Primitive("fresh", "x", ("1 if x > 0 else 0",)), "IfExp"),
    (Primitive("fresh", "x", ("x > 0",)), "Compare"),
    (Primitive("fresh", "x * y", ("y",)), "'y'"),
    (Primitive("fresh", "r * x", ("r",)), "'r'"),
    (Primitive("fresh", "gamma_of(x)", ("1",)), "gamma_of"),
    (Primitive("fresh", "lgamma(x)", ("gamma(x)",)), "gamma"),
    (Primitive("fresh", "x.real", ("1",)), "Attribute"),
    (Primitive("fresh", "x", ("x.tanh()",)), "x.tanh"),
    (Primitive("fresh", "'1'", ("1",)), "'1'"),
    (Primitive("fresh", "x * 1j", ("1",)), "1j"),
    (Primitive("fresh", "x ** 0.5", ("1",)), r"pow\(a, b\)"),
    (Primitive("float", "2 * x", ("2",)), "means something already"),
    (Primitive("make", "x + y", ("1", "1")), "means something already"),
    (Primitive("jacobian", "x", ("1",)), "means something already"),
    (Primitive("machine", "x", ("1",)), "means something already"),
    (Primitive("copysign", "abs(x) * sign(y)", ("sign(x) * sign(y)", "0")), "a function of Python's math"),
    (Primitive("again", "again(x) + 1", ("1",)), "call again, which nobody defines"),
    (Primitive("floor_of", "floor(x)", ("0",)), "call floor, which nobody defines"),
    (Primitive("twice", "tanh(x, x)", ("0",)), "call tanh with 2 operands"),
    (Primitive("binary", "log(x, 2)", ("1 / x",)), r"call log with 2 operands: write log\(x\) / log\(base\)"),
    (Primitive("positive", "x > 0", ("0",)), "takes x > 0 for a number"),
    (Primitive("inside", "(x > 0) * (x < 1)", ("0",)), "takes x > 0 for a number"),
    (Primitive("beside", "-(not x)", ("0",)), "takes not x for a number"),
    (Primitive("within_if", "1.0 if x + (x > 0) else 0.0", ("0",)), "takes x > 0 for a number"),
    (Primitive("either", "1.0 if x > 0 else x or 2.0", ("0",)), "takes x or 2.0 for a number"),
    (Primitive("record_this", "x", ("1",)), "not record_"),
    (Primitive("µ", "x", ("1",)), "another name in these characters"),
    (Primitive("very_long", "+".join(["x"] * 2000), ("2000",)), "too long or too deep"),
    (Primitive("nested", "(" * 300 + "x" + ")" * 300, ("1",)), "too (long|deep|many)"),
    (Primitive("within", "1.0 if x in x else 0.0", ("0",)), "may not contain In"),
    (Primitive("half", "x / 2", ("0.5")), "tuples"),
    (Primitive("listed", "x", ["1"]), "tuples"),
    ("x * x", "takes a row"),
    (Primitive("huge", "x * 1" + "0" * 400, ("1",)), "too large"),
    (Primitive("curved", "x * x", ("2 * x",), seconds=("2", "2")), "2 second derivatives for 1 operands"),
    (Primitive("curved", "x * y * z", ("y * z", "x * z", "x * y"), seconds=("0",) * 9), "for three they cannot"),
    (Primitive("curved", "x * x", ("2 * x",), seconds=("2 if x > 0 else 2",)), "IfExp"),
]


def everything_known():
    tables = (OPERATIONS, FUNCTIONS, FLOATS, SYMBOLS, vars(Value))
    return [dict(table) for table in tables], dir(engine), engine.primitives_table()


@pytest.mark.parametrize(("row", "problem"), BAD_ROWS)
def test_a_bad_row_is_refused_and_nothing_is_changed(row, problem):
    before = everything_known()
    with pytest.raises(TypeError if problem in ("tuples", "takes a row") else ValueError, match=problem):
        engine.register(row)
    assert everything_known() == before
    assert (Value(1) + 3).data == 4.0
    assert engine.sign(-2.0) == -1.0


def test_a_row_whose_partial_would_take_the_name_of_another_row_is_refused():
    engine.register(Primitive("d_square_dx", "x + 1", ("1",)))
    before = everything_known()
    with pytest.raises(ValueError, match="'d_square_dx', which is an operation already"):
        engine.register(Primitive("square", "x * x", ("2 * x",), seconds=("2",)))
    assert everything_known() == before


@pytest.mark.parametrize("x", [-1.0, 1.0])
@pytest.mark.parametrize("y", [-1.0, 1.0])
def test_a_condition_may_be_chosen_and_joined(x, y):
    choose = engine.register(
        Primitive("choose", "1.0 if (x > 0 if y > 0 else not (x < 0 or y > 5)) else 0.0", ("0", "0"))
    )
    assert choose(x, y) == float(x > 0)


def test_rows_that_call_rows_twice_do_not_double_the_text_each_time():
    engine.register(Primitive("level0", "x + 1", ("1",)))
    for level in range(1, 30):
        below = f"level{level - 1}"
        engine.register(Primitive(f"level{level}", f"0.5 * {below}(x) + 0.5 * {below}(x)", ("1",)))
    assert len(engine.source("level29")) < 20_000


def test_rows_nested_in_rows_too_deeply_for_python_change_nothing():
    deep = "(1 + " * 110 + "{}" + ")" * 110
    inner = engine.register(Primitive("inner", deep.format("x"), ("1",)))
    before = everything_known()
    with pytest.raises(ValueError, match="the formulas of 'outer' are too long or too deep for Python"):
        engine.register(Primitive("outer", deep.format("inner(x)"), ("1",)))
    assert everything_known() == before
    assert inner(Value(1.0)).data == 111.0
