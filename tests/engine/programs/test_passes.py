"""Each pass alone: what it removes, and what it has to leave, because it would change a bit or lose a failure.

That no bit of a whole program changes, `test_program_bits` shows.
"""

import math
from dataclasses import replace

import pytest
from support.program_checks import interpreted, kinds

import engine
from engine import Value, gradients
from engine.programs.listing import Instruction, Listing
from engine.programs.lowering import lower
from engine.programs.passes import drop_dead, drop_guards, fold_constants, optimise, share, simplify
from engine.programs.tape import record


def listed(*outputs, inputs=()):
    """The instructions of a graph, as they come from the table."""
    return lower(record(inputs, outputs, [])[0])


x, y = Value(0.75, "x"), Value(-1.25, "y")


def test_constants_are_folded_and_failures_are_left_to_fail():
    steps = [("constant", (), 2.0), ("exp", (0,)), ("neg", (1,)), ("log", (2,)), ("lt", (0, 1)), ("choose", (4, 2, 1))]
    listing = Listing(tuple(Instruction(*step) for step in steps), (2, 3, 4, 5), (), 99)
    folded = fold_constants(listing)
    assert folded.instructions[2] == Instruction("constant", (), -math.exp(2.0))
    assert folded.instructions[3].kind == "log"
    assert folded.instructions[4].number is True
    assert folded.outputs == (2, 3, 4, 2), "the choice is made"
    open_choice = listed(engine.where(Value(1.0) * 0 + y, x, y))
    assert "choose" in kinds(simplify(fold_constants(open_choice))), "y is a leaf: nothing is decided"


def test_what_occurs_twice_is_computed_once():
    (slope,) = gradients(engine.sigmoid(x), [x])
    for outputs, expected in [
        ([engine.tanh(x + y) * engine.tanh(y + x)], ["add", "tanh", "mul"]),
        ([(x - y) * (y - x)], ["sub", "sub", "mul"]),
        ([(x * 0.0) / (x * -0.0 + 1.0)], ["mul", "mul", "add", "div"]),  # 0.0 and -0.0 are two numbers
    ]:
        assert kinds(drop_dead(share(listed(*outputs)))) == expected
    optimised = kinds(optimise(listed(engine.sigmoid(x), slope)))
    assert (optimised.count("exp"), optimised.count("abs")) == (1, 1), "the sigmoid and its complement share them"


def test_what_nobody_needs_is_left_out():
    listing = listed(x * y, inputs=[x, Value(3.0)])
    dead = replace(listing, instructions=(*listing.instructions, Instruction("neg", (0,))))
    failing = replace(listing, instructions=(*listing.instructions, Instruction("log", (0,))))
    assert kinds(drop_dead(failing)) == ["mul", "log"], "the engine would have failed"
    assert kinds(drop_dead(dead)) == ["mul"]
    assert [i.kind for i in drop_dead(dead).instructions] == ["input", "input", "leaf", "mul"], "callers count"


def test_a_guard_falls_where_the_same_is_computed_anyway():
    guarded = engine.log_probability(x)
    listing = share(share(listed(guarded)))
    assert any(i.guard >= 0 and i.kind == "log" for i in listing.instructions)
    plain = engine.log(engine.maximum(x, 1e-300))
    assert kinds(optimise(listed(guarded, plain))).count("log") == kinds(optimise(listed(guarded))).count("log")
    both = drop_dead(share(drop_guards(share(listed(engine.sigmoid(x))))))
    assert all(i.guard < 0 for i in both.instructions if i.kind == "exp")


@pytest.mark.parametrize(
    ("expression", "can_fail"),
    [
        (lambda: engine.sigmoid(x), False),
        (lambda: engine.softplus(x), False),
        (lambda: engine.tanh(x), False),
        (lambda: engine.exp(x), True),
        (lambda: engine.exp(-(x * x)), False),
        (lambda: engine.exp(-abs(x)) / (1 + abs(x)), False),
        (lambda: engine.log(x), True),
        (lambda: engine.log(1 + x * x), True),  # x * x may be infinite, as log's result then is
        (lambda: engine.log(2 + engine.tanh(x)), False),
        (lambda: engine.acos(engine.tanh(x)), False),
        (lambda: engine.sqrt(1 + engine.tanh(x) * engine.tanh(x)), False),  # twice the same: a square
        (lambda: engine.sin(x), True),  # not at infinity
        (lambda: engine.sin(engine.sigmoid(x)), False),
        (lambda: 1 / x, True),
        (lambda: 1 / (1 + x * x), False),
        (lambda: 1 / (x * x), True),
        (lambda: engine.sqrt(x), True),
        (lambda: x**2, False),
        (lambda: x**3, True),
        (lambda: 1 / engine.where(x, 2.0, 3.0), True),  # NaN, where x is
        (lambda: engine.exp(engine.minimum(x, 700.0)), True),  # what a condition says of its branches is not used
    ],
)
def test_what_can_fail_is_told_from_what_cannot(expression, can_fail):
    listing = optimise(listed(expression()))
    assert bool(listing.fallible) is can_fail
    for number in (0.0, -0.0, 5e-324, 1e-200, -1e-200, 1.0, -30.0, 750.0, -750.0, 1e200, -1e308, math.inf, -math.inf):
        if not can_fail:
            interpreted(listing, [number])
