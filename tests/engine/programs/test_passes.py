"""Each pass alone: what it removes, and what it has to leave, because it would change a bit or lose a failure."""

import math
import random
from dataclasses import replace

import pytest
from support.program_checks import interpreted, kinds

import engine
from engine import Value, gradients
from engine.programs.kinds import KINDS
from engine.programs.listing import Instruction, Listing
from engine.programs.lowering import lower
from engine.programs.passes import drop_dead, drop_guards, fold_constants, optimise, share, simplify
from engine.programs.tape import record
from nn import MLP, half_sum_of_squares


def listed(*outputs, inputs=()):
    """The instructions of a graph, as they come from the table."""
    return lower(record(inputs, outputs, [])[0])


x, y = Value(0.75, "x"), Value(-1.25, "y")


def test_constants_are_folded_and_failures_are_left_to_fail():
    constant = Instruction("constant", (), 2.0)
    listing = Listing(
        (
            constant,
            Instruction("exp", (0,)),
            Instruction("neg", (1,)),
            Instruction("log", (2,)),
            Instruction("lt", (0, 1)),
        ),
        (2, 3, 4),
        (),
        99,
    )
    folded = fold_constants(listing).instructions
    assert folded[2] == Instruction("constant", (), -math.exp(2.0))
    assert folded[3].kind == "log"
    assert folded[4].number is True


def test_a_decided_choice_is_made():
    listing = simplify(fold_constants(listed(engine.where(Value(1.0) * 0 + y, x, y))))
    assert "choose" in kinds(listing), "y is a leaf: nothing is decided"
    instructions = (
        Instruction("leaf", (), 0),
        Instruction("constant", (), False),
        Instruction("leaf", (), 1),
        Instruction("choose", (1, 0, 2)),
    )
    assert fold_constants(Listing(instructions, (3,), (), 99)).outputs == (2,)


def test_what_occurs_twice_is_computed_once():
    listing = drop_dead(share(listed(engine.tanh(x + y) * engine.tanh(y + x))))
    assert kinds(listing) == ["add", "tanh", "mul"]
    assert kinds(drop_dead(share(listed((x - y) * (y - x))))) == ["sub", "sub", "mul"]
    zeros = drop_dead(share(listed((x * 0.0) / (x * -0.0 + 1.0))))
    assert kinds(zeros) == ["mul", "mul", "add", "div"], "0.0 and -0.0 are two numbers"


def test_a_sigmoid_and_its_complement_share_their_exponential():
    (slope,) = gradients(engine.sigmoid(x), [x])
    listing = optimise(listed(engine.sigmoid(x), slope))
    assert kinds(listing).count("exp") == 1
    assert kinds(listing).count("abs") == 1


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
    both = drop_dead(share(drop_guards(share(listed(engine.sigmoid(x))))))
    assert all(i.guard < 0 for i in both.instructions if i.kind == "exp")


@pytest.mark.parametrize(
    "run", [fold_constants, simplify, share, drop_guards, drop_dead, optimise], ids=lambda f: f.__name__
)
def test_no_pass_changes_a_bit_of_a_network(run):
    model = MLP([2, 3, 1], hidden="sigmoid", output="gelu", seed=3)
    loss = half_sum_of_squares([model(x) for x in ([0.0, 1.0], [1.0, 1.0])], [0.5, 0.25])
    parameters = model.parameters()
    listing = listed(loss, *gradients(loss, parameters))
    shorter = run(listing)
    draw = random.Random(2)
    for _ in range(20):
        numbers = [draw.gauss(0.0, 2.0) for _ in parameters]
        assert interpreted(shorter, numbers) == interpreted(listing, numbers)
    assert len(shorter.instructions) <= len(listing.instructions)


@pytest.mark.parametrize("row", engine.primitives_table(), ids=lambda row: row.name)
def test_every_row_comes_apart_into_known_instructions(row):
    leaves = [Value(0.5) for _ in row.partials]
    listing = listed(getattr(engine, row.name)(*leaves))
    assert {*kinds(listing)} <= {*KINDS}
    assert interpreted(listing, [0.5] * len(leaves)) == [getattr(engine, row.name)(*[0.5] * len(leaves))]


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
        (lambda: 1 / x, True),
        (lambda: 1 / (1 + x * x), False),
        (lambda: 1 / (x * x), True),
        (lambda: engine.sqrt(x), True),
        (lambda: x**2, True),
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
