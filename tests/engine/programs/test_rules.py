"""Each rule of exact algebra: its sides have the same bits, and its compiled form does what it says."""

import ast
import itertools
import math
import random

import pytest
from support.program_checks import NOT_FINITE, SPECIAL, bits, extreme, interpreted, kinds, outcome

from engine.programs.kinds import KINDS, taken_apart
from engine.programs.listing import Instruction, Listing
from engine.programs.passes import drop_dead, fold_constants, simplify
from engine.programs.python import NAMESPACE
from engine.programs.rules import MATCHERS, TABLE, Rule, compiled, is_power_of_two

draw = random.Random(1)
POWERS = [sign * 2.0**k for k in (-1074, -1023, -1022, -1001, -1000, -999, 999, 1000, 1001, 1023) for sign in (1, -1)]
NUMBERS = [*SPECIAL, *NOT_FINITE, *POWERS]
NUMBERS += [*(draw.uniform(-9.0, 9.0) for _ in range(10)), *(extreme(draw) for _ in range(20))]
TRUE_FOR = {
    "": lambda _: True,
    "never_minus_zero(x)": lambda x: bits(x) != bits(-0.0),
    "power_of_two(c)": {sign * 2.0**k for k in range(-999, 1000) for sign in (1, -1)}.__contains__,
    "number(c)": lambda c: c == c,
}
each_rule = pytest.mark.parametrize("rule", TABLE, ids=lambda rule: rule.text)


def points(rule):
    """What the names of a rule may stand for, as dictionaries."""
    names = sorted({node.id for node in ast.walk(rule.left) if isinstance(node, ast.Name)} - {*KINDS})
    for numbers in itertools.product(*((True, False) if name == "p" else NUMBERS for name in names)):
        point = dict(zip(names, numbers, strict=True))
        if TRUE_FOR[rule.condition](point.get(rule.condition[-2:-1])):
            yield point


def check_sides(rule):
    """Both sides, read as Python, give the same bits wherever the condition holds."""
    left, right = (compile(ast.Expression(side), "side", "eval") for side in (rule.left, rule.right))
    for point in points(rule):
        assert outcome(eval, left, dict(NAMESPACE), point) == outcome(eval, right, dict(NAMESPACE), point), point


def listed(rule, side, point, order):
    """A side as a listing: p is a condition on an input, c a constant; where -0.0 matters, x is |an input|."""
    instructions = []

    def add(*arguments):
        instructions.append(Instruction(*arguments))
        return len(instructions) - 1

    inputs = {name: add("input", (), index) for index, name in enumerate(sorted({*point} - {"c"}))}

    def built(tree, order=1):
        if isinstance(tree, ast.Name):
            if tree.id == "c":
                return add("constant", (), point["c"])
            if tree.id == "p":
                return add("ne", (inputs["p"], add("constant", (), 0.0)))
            return add("abs", (inputs["x"],)) if "minus_zero" in rule.condition else inputs[tree.id]
        if not any(isinstance(node, ast.Name) for node in ast.walk(tree)):
            return add("constant", (), eval(ast.unparse(tree)))
        kind, operands = taken_apart(tree)
        return add(kind, tuple([built(operand) for operand in operands][::order]))

    place = built(side, order)
    kind = instructions[place].kind
    if KINDS.get(kind) and KINDS[kind].is_condition:
        place = add("choose", (place, add("constant", (), 1.0), add("constant", (), 0.0)))
    return Listing(tuple(instructions), (place,), (), 99)


@each_rule
def test_both_sides_have_the_same_bits(rule):
    check_sides(rule)


def test_a_power_of_two_has_an_exact_reciprocal():
    for c in NUMBERS:
        assert is_power_of_two([Instruction("constant", (), c)], 0) == TRUE_FOR["power_of_two(c)"](c), c


def first_output(listing, numbers):
    return interpreted(listing, numbers)[0]


@each_rule
def test_the_compiled_rule_makes_the_right_side_of_the_left(rule):
    chosen = [*points(rule)]
    for order in (1, -1) if KINDS[rule.kind].commutes else (1,):
        for point in random.Random(2).sample(chosen, min(40, len(chosen))):
            left, right = listed(rule, rule.left, point, order), listed(rule, rule.right, point, 1)
            made = simplify(left)
            assert kinds(drop_dead(made)) == kinds(drop_dead(simplify(fold_constants(right)))), point
            numbers = [float(point[name]) for name in sorted({*point} - {"c"})]
            assert outcome(first_output, made, numbers) == outcome(first_output, left, numbers), point


REAL_ONLY = ["x + 0.0 -> x", "x - -0.0 -> x", "0.0 - x -> -x", "x * 0.0 -> 0.0", "x - x -> 0.0", "x / x -> 1.0"]
REAL_ONLY += ["x / c -> x * (1.0 / c)", "x / 3.0 -> x * 0.3333333333333333", "x + 1.0 - 1.0 -> x"]
REAL_ONLY += ["x * y * 0.5 -> x * (y * 0.5)", "pow(x, 0.5) -> sqrt(x)", "not x < y -> x >= y"]
REAL_ONLY += ["x if x > y else y -> y if x <= y else x", "x > c or x != x -> not x < c if is_number(c)"]


@pytest.mark.parametrize("text", REAL_ONLY)
def test_a_rule_for_real_numbers_only_is_found(text):
    with pytest.raises(AssertionError):
        check_sides(Rule(text))


def test_a_rule_is_applied_only_where_it_fits():
    """What is nearly the left side of a rule is left alone."""
    for text in ["x + 0.0", "x - -0.0", "0.0 - x", "1.0 / x", "x / 3.0", "pow(x, 2.0)", "x - y", "-x < 1.0", "-x * y"]:
        rule = Rule(f"{text} -> x")
        listing = listed(rule, rule.left, {"x": 1.0, "y": 2.0}, 1)
        assert simplify(listing) == listing, text


def test_of_the_rules_for_a_kind_the_first_that_fits_is_applied():
    rules = [Rule("x * 2.0 -> x + x"), Rule("x * c -> x * (c + 1.0) if is_number(c)")]
    match = compiled(rules)["mul"]
    for number, expected in ((2.0, ("add", (0, 0))), (3.0, ("mul", (0, 2))), (math.nan, ("mul", (0, 1)))):
        earlier = [Instruction("input"), Instruction("constant", (), number)]
        assert match(earlier, Instruction("mul", (0, 1)))[:2] == expected
    assert "sqrt" not in MATCHERS
