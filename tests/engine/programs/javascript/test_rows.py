"""The table of primitives in JavaScript: values and partials with the bits of the eager engine."""

import ast
import itertools
import json

import pytest
from support.node import run_javascript
from support.program_checks import HARMLESS, bits, points

import engine
from engine.extend import javascript_primitives
from engine.formulas import FAILURES, FLOATS
from engine.operations import OPERATIONS
from engine.primitives import Cut, Primitive
from engine.registration import SLOPES

SPECIAL = [*HARMLESS, float("inf"), float("nan")]
FAILED, CUT, NUMBER = range(3)

RUN = """
const given = %s;
const found = [];
let at = 0;
function note(compute) {
  try {
    const number = compute();
    if (number === NO_PATH) found.push(1, 0);
    else found.push(2, number);
    return number;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    found.push(0, 0);
    return NaN;
  }
}
for (const [name, arity, count] of given) {
  const { value, partials } = PRIMITIVES[name];
  for (let point = 0; point < count; point += 1) {
    const operands = numbers.slice(at, at + arity);
    at += arity;
    const result = note(() => value(...operands));
    for (const partial of partials) note(() => partial(...operands, result));
  }
}
return found;
"""


def noted(function, *operands):
    """What a formula gives, as the pair that JavaScript notes."""
    try:
        number = function(*operands)
    except FAILURES:
        return FAILED, 0.0
    return (CUT, 0.0) if isinstance(number, Cut) else (NUMBER, number)


def by_engine(operation, point):
    """The value and the partials of the eager engine."""
    result = noted(operation.value, *point)
    known = (*point, result[1] if result[0] == NUMBER else float("nan"))
    return [result, *[noted(partial, *known) for partial in operation.partials]]


def assert_alike(operations):
    """Node and the engine agree on these operations, by key."""
    given = {key: points(key, len(operation.partials), SPECIAL) for key, operation in operations.items()}
    sizes = [[key, len(operations[key].partials), len(some)] for key, some in given.items()]
    numbers = [*itertools.chain(*itertools.chain(*given.values()))]
    found = iter(run_javascript(javascript_primitives(given) + RUN % json.dumps(sizes), numbers))
    for key, some in given.items():
        for point in some:
            expected = by_engine(operations[key], point)
            actual = [(next(found), next(found)) for _ in expected]
            assert [(e[0], bits(e[1])) for e in expected] == [(a[0], bits(a[1])) for a in actual], (key, point)


def test_every_row_every_power_and_every_slope():
    powers = {operation.key: operation for operation in OPERATIONS["pow"].written.values()}
    assert_alike({**OPERATIONS, **SLOPES, **powers})


def test_a_row_of_the_readers_own(open_table):
    engine.register(Primitive("softsign", "x / (1 + abs(x))", ("1 / ((1 + abs(x)) * (1 + abs(x)))",)))
    engine.register(Primitive("bump", "exp(-x * x) * softsign(x)", ("r if x > 0 else -r",), seconds=("0",)))
    test = "not (x < -1 or 0 <= x < 2) and x - 3 and (x > 1 if x else x == x)"
    formulas = f"-(x - (1 - x)) if {test} else x / (2 * -3)", (f"-2 if {test} else -1 / 6",)
    engine.register(Primitive("gate", *formulas, seconds=("0",)))
    assert_alike({name: OPERATIONS[name] for name in ("softsign", "bump", "gate")})


@pytest.mark.parametrize("name", ["delete", "arguments", "exactExp", "DOUBLE", "checked", "Math", "PRIMITIVES", "ñ"])
def test_a_row_may_be_called_as_anything_is_in_javascript(name, open_table):
    engine.register(Primitive(name, "x / (1 + abs(x))", ("r",)))
    engine.register(Primitive("caller", f"exp({name}(x))", ("r",)))
    assert_alike({key: OPERATIONS[key] for key in (name, "caller")})


def test_a_condition_that_is_a_choice_itself(open_table):
    engine.register(Primitive("pick", "x if (x > 0 if y > 0 else x < y) else 2 * y", ("1", "0"), seconds=("0",) * 4))
    assert_alike({"pick": OPERATIONS["pick"]})


def test_an_operation_that_is_not_registered():
    with pytest.raises(LookupError, match="register it here first"):
        javascript_primitives(["mul", "bump"])


CHOOSE = """
const given = %s;
const found = [];
let at = 0;
for (const [name, arity, count] of given) {
  for (let point = 0; point < count; point += 1) {
    const known = numbers.slice(at, at + arity + 1);
    at += arity + 1;
    for (const choice of PRIMITIVES[name].choices) found.push(choice(...known));
  }
}
return found;
"""


def taken(formula, known):
    """Which of the formulas beside if and else is taken: so many stand before it."""
    before = 0
    while isinstance(formula, ast.IfExp):
        if eval(ast.unparse(formula.test), FLOATS, known):
            formula = formula.body
        else:
            before += sum(isinstance(part, ast.IfExp) for part in ast.walk(formula.body)) + 1
            formula = formula.orelse
    return before


def test_the_choice_that_a_partial_takes():
    """At points where there is a value, and each choice is taken somewhere."""
    rows = [operation for operation in OPERATIONS.values() if any(" if " in text for text in operation.row.partials)]
    assert {"relu", "maximum", "pow", "tanh", "hypot"} <= {operation.key for operation in rows}
    sizes, numbers, expected = [], [], []
    for operation in rows:
        names = (*operation.row.operand_names, "r")
        known = [(*point, noted(operation.value, *point)) for point in points(operation.key, len(names) - 1, SPECIAL)]
        known = [(*point, result) for *point, (how, result) in known if how == NUMBER]
        sizes.append([operation.key, len(names) - 1, len(known)])
        numbers += itertools.chain(*known)
        formulas = [ast.parse(text, mode="eval").body for text in operation.row.partials]
        found = [[taken(formula, dict(zip(names, point, strict=True))) for formula in formulas] for point in known]
        assert all(
            len(set(column)) > 1 or " if " not in text
            for column, text in zip(zip(*found, strict=True), operation.row.partials, strict=True)
        )
        expected += itertools.chain(*found)
    primitives = javascript_primitives([name for name, *_ in sizes])
    assert list(run_javascript(primitives + CHOOSE % json.dumps(sizes), numbers)) == expected


def test_a_row_without_a_choice_has_no_choices():
    assert "choices" not in javascript_primitives(["mul", "exp"])
