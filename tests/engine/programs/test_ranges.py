"""Interval arithmetic at the borders of doubles: what a program takes for impossible does not happen."""

import math
import random
from decimal import Context, Decimal
from functools import partial

import pytest
from support.program_checks import NOT_FINITE, TRUTHS, available, extreme, program, same_bits

import engine
from engine import Value
from engine.programs.kinds import GIVEN, KINDS
from engine.programs.listing import Instruction, Listing
from engine.programs.rules import is_never_minus_zero


def any_number(draw):
    """An extreme one more often than not."""
    drawn = (draw.uniform(-3.0, 3.0), draw.uniform(-750.0, 750.0), draw.choice(NOT_FINITE))
    return draw.choice((extreme(draw), extreme(draw), *drawn))


BOUNDED = ["tanh", "tanh", "exp", "exp", "abs", "neg", "sub", "add", "mul", "div", "choose", "lt", "sin", "sqrt"]
"""Chosen as often as all kinds together, so that ranges become narrow."""


def random_listing(draw):
    """Numbers, then instructions of any kinds on them, some under a guard."""
    steps = [Instruction("input", (), index) for index in range(2)]
    steps += [Instruction("constant", (), any_number(draw)) for _ in range(4)]
    truths = []
    while len(steps) < 30:
        kind = KINDS[draw.choice(draw.choice((BOUNDED, [*KINDS])))]
        numbers = [place for place in range(len(steps)) if place not in truths]
        pools = [truths if index in TRUTHS.get(kind.name, ()) else numbers for index in range(kind.operands)]
        if not all(pools):
            continue
        operands = tuple(draw.choice(draw.choice((pool, pool[-4:]))) for pool in pools)
        operands = operands[:1] * 2 if kind.name == "mul" and draw.random() < 0.3 else operands
        guard = draw.choice(truths) if truths and not kind.cannot_fail and draw.random() < 0.2 else -1
        truths += [len(steps)] if kind.is_condition else []
        steps.append(Instruction(kind.name, operands, guard=guard))
    return Listing(tuple(steps), (29,), (), 99)


def check_run(listing, given):
    """Carry out a listing: every number is as its range and its sign say, and what raises may; how many may not."""
    held, proved = [], 0
    for place, (kind, operands, number, _, guard, _) in enumerate(listing.instructions):
        held.append(given[place] if kind == "input" else number)
        if kind not in GIVEN:
            proved += not KINDS[kind].cannot_fail and place not in listing.fallible
            try:
                skipped = guard >= 0 and not held[guard]
                held[-1] = 0.0 if skipped else KINDS[kind].function(*[held[operand] for operand in operands])
            except (ArithmeticError, ValueError):
                assert place in listing.fallible, (kind, [held[operand] for operand in operands])
                return proved
        low, high = listing.ranges[place]
        assert low <= held[-1] <= high or math.isnan(held[-1]), (kind, held[-1], (low, high))
        assert str(held[-1]) != "-0.0" or not is_never_minus_zero(listing.instructions, place), (kind, operands)
    return proved


def test_random_listings_stay_in_their_ranges():
    proved = 0
    for seed in range(300):
        draw = random.Random(seed)
        listing = random_listing(draw)
        proved += sum(check_run(listing, (any_number(draw), any_number(draw))) for _ in range(6))
    assert proved > 300, "there is something to be wrong about"


def test_the_range_of_exp_has_room_for_another_library():
    """The true exponential, to 40 digits, and what lies two doubles beside it."""
    draw, exact = random.Random(1), Context(prec=40, Emin=-999999, Emax=999999)
    for _ in range(3000):
        x = draw.choice((draw.uniform(-760.0, 715.0), extreme(draw)))
        nearest = float(exact.exp(Decimal(max(-1e4, min(x, 1e4)))))
        below = math.nextafter(math.nextafter(nearest, 0.0), 0.0)
        above = math.nextafter(math.nextafter(nearest, math.inf), math.inf)
        for interval in ((x, x), (x, x + draw.random()), (x - draw.random(), x)):
            low, high = KINDS["exp"].range(interval)
            assert low <= below <= above <= high, interval


# --- The whole: eager, Python, machine code ---------------------------------------------------------------------------

NARROW = {
    "a - c": lambda a, b, c: a - c,
    "a * a": lambda a, b, c: a * a,
    "1 / a": lambda a, b, c: 1.0 / a,
    "exp(tanh(a) - c)": lambda a, b, c: engine.exp(engine.tanh(a) - c),
}
FUNCTIONS = {**NARROW}
for row in engine.primitives_table():
    FUNCTIONS[row.name] = partial(lambda row, *abc: getattr(engine, row.name)(*abc[: len(row.partials)]), row)


def carried_out(text, inputs):
    """All results of a text: steps (function, two operands, a number)."""
    results = list(inputs)
    for name, a, b, c in text:
        results.append(FUNCTIONS[name](results[a], results[b], c))
    return results


def random_text(draw, inputs):
    """A text of which some steps fail at these inputs; none takes the result of one that does."""
    text, held = [], list(inputs)
    for _ in range(draw.randrange(3, 12)):
        known = [place for place, number in enumerate(held) if number is not None]
        a, b = (draw.choice(draw.choice((known, known[-2:]))) for _ in range(2))
        c = draw.choice((held[a], extreme(draw)))  # a - a's own number: zero, or nearly
        text.append((draw.choice(draw.choice(([*NARROW], [*FUNCTIONS]))), a, b, c))
        try:
            held += carried_out(text[-1:], held)[len(held) :]
        except (ArithmeticError, ValueError):
            held.append(None)
    return text


def recorded(draw, text):
    """(inputs, the places of the outputs, outputs): every result is needed for one; None if no point was found."""
    for _ in range(20):
        inputs = [Value(draw.uniform(-2.0, 2.0), name) for name in "xy"]
        try:
            results = carried_out(text, inputs)
        except (ArithmeticError, ValueError):
            continue
        used = {operand for value in engine.topological_order(*results) for operand in value.operands}
        places = [place for place, result in enumerate(results) if result not in used]
        draw.shuffle(places)  # What fails first in the engine is not always first in the program.
        return inputs, places, [results[place] for place in places]
    return None


def engines(text, inputs, places):
    """What the engine computes at these inputs, or the error it raises."""
    try:
        results = carried_out(text, [Value(number, name) for number, name in zip(inputs, "xy", strict=True)])
    except (ArithmeticError, ValueError) as error:
        return error
    numbers = [results[place].data for place in places]
    return numbers if all(map(math.isfinite, numbers)) else ArithmeticError("output ")


def check_ways(compiled, inputs, expected):
    """A call, runs and sums give the engine's bits, or name what failed there."""
    for way in (compiled, lambda *given: compiled.repeat(2, *given), lambda *given: compiled.sum([given])):
        if isinstance(expected, Exception):
            with pytest.raises((ArithmeticError, ValueError)) as raised:
                way(*inputs)
            assert expected.args[-1] in str(raised.value)
        else:
            assert [*way(*inputs)] == expected
            assert same_bits(compiled(*inputs), expected), "a sum has no -0.0"


@pytest.mark.parametrize("seed", range(50))
def test_random_programs_at_extreme_points_agree_three_ways(seed):
    draw = random.Random(seed)
    inputs = [any_number(draw), any_number(draw)]
    text = random_text(draw, inputs)
    made = recorded(draw, text)
    for backend in available() if made else ():
        compiled = program(backend, made[0], made[2])
        for given in (inputs, [any_number(draw), any_number(draw)]):
            check_ways(compiled, given, engines(text, given, made[1]))
