"""Each row of the table of instructions against its function; a wrong row does not pass."""

import itertools
import math
import random
from array import array
from dataclasses import replace

import pytest
from support.node import run_javascript
from support.program_checks import EXTREME, NOT_FINITE, SPECIAL, TRUTHS, bits, extreme, needs, outcome, straight

from engine.extend import javascript_library
from engine.formulas import MATH
from engine.programs.javascript.source import JavaScriptSource
from engine.programs.kinds import EVERYTHING, KIND_OF, KINDS
from engine.programs.listing import Instruction, Listing
from engine.programs.python import NAMESPACE

each_kind = pytest.mark.parametrize("name", KINDS)


def points(name):
    """Operands for a row: special and random ones, or all combinations of some."""
    kind, draw = KINDS[name], random.Random(name)
    numbers = [*NOT_FINITE, *(SPECIAL if kind.operands == 1 else (*SPECIAL[:9], 1.7e308))]
    numbers += [draw.uniform(-bound, bound) for bound in (1.0, 30.0) for _ in range(40 // kind.operands**3)]
    numbers += [extreme(draw) for _ in range(40 // kind.operands**3)]
    columns = [(False, True) if index in TRUTHS.get(name, ()) else numbers for index in range(kind.operands)]
    return itertools.product(*columns)


def check_python(name):
    """The text, and the quick one, say what the function does."""
    kind = KINDS[name]
    for text in filter(None, (kind.python, kind.quick)):
        written = eval(f"lambda x, y=0, z=0: {text.format('x', 'y', 'z')}", dict(NAMESPACE))
        for point in points(name):
            assert outcome(written, *point) == outcome(kind.function, *point), (text, point)


def check_llvm(name):
    """Machine code gives the bits of the function on one number and on several, and stops where it raises."""
    needs("llvm")
    from engine.machine.backend import load_machine_code
    from engine.machine.compiler import vector_width

    kind, listing = KINDS[name], written_out(name)
    compiled = load_machine_code(straight(listing), [], False)
    unused = load_machine_code(straight(replace(listing, outputs=(kind.operands,))), [], False)
    assert (compiled is None) == (not kind.llvm)
    for point in points(name) if kind.llvm else ():
        expected, numbers = outcome(kind.function, *point), array("d", point)
        alarmed = not unused.repeat(1, None, *numbers)[0]
        assert alarmed if expected == "raises" else not alarmed or not all(map(math.isfinite, point)), point
        done, outputs, _ = compiled.repeat(1, None, *numbers)
        assert done == (expected not in ("raises", "nan", *map(bits, NOT_FINITE))), point
        if done:
            assert bits(outputs[0]) == (bits(float(expected)) if kind.is_condition else expected), point
            done, totals = compiled.sum(memoryview(numbers * vector_width()), None)
            assert totals[0] == pytest.approx(vector_width() * outputs[0], rel=1e-15) or not done, point


def check_javascript(name):
    """JavaScript gives the bits of the function, and throws where it raises."""
    kind, listing, given = KINDS[name], written_out(name), [*points(name)]
    names = [f"numbers[at + {index}]" for index in range(kind.operands)]
    source = JavaScriptSource(listing, packed=True, names=[*names, *[""] * len(listing.instructions)])
    text = source.expression(len(listing.instructions) - 1)
    run = f"for (let at = 0; at < numbers.length; at += {kind.operands}) {{ try {{ found.push(0, {text}); }} "
    run = f"const found = []; {run} catch (error) {{ found.push(error instanceof RangeError, 0); }} }} return found;"
    found = run_javascript(javascript_library(source.calls) + run, [*map(float, itertools.chain(*given))])
    for point, failed, number in zip(given, found[::2], found[1::2], strict=True):
        expected = outcome(kind.function, *point)
        assert ("raises" if failed else bits(number)) == (bits(float(expected)) if kind.is_condition else expected), (
            point
        )


def written_out(name):
    """A listing from numbers to the result of one instruction, in which numbers stand for truths."""
    kind = KINDS[name]
    instructions = [Instruction("input", (), index) for index in range(kind.operands)]
    instructions += [Instruction("constant", (), 0.0), Instruction("constant", (), 1.0)]
    zero, one = kind.operands, kind.operands + 1
    operands = list(range(kind.operands))
    for index in TRUTHS.get(name, ()):
        operands[index] = len(instructions)
        instructions.append(Instruction("ne", (index, zero)))
    instructions.append(Instruction(name, tuple(operands)))
    if kind.is_condition:
        instructions.append(Instruction("choose", (len(instructions) - 1, one, zero)))
    return Listing(tuple(instructions), (len(instructions) - 1,), (), 99)


def interval(draw, ends):
    """From one of these numbers to another, or the same."""
    first, last = draw.choices(ends, k=2)
    return tuple(sorted((first, draw.choice((first, last, last)))))


def check_range_and_failures(name):
    """Of random intervals: no result lies outside the range, and nothing raises where the row says so."""
    kind, draw = KINDS[name], random.Random(name)
    ends = [*SPECIAL, *(extreme(draw) for _ in range(200)), math.inf, -math.inf]
    beside = [math.nextafter(number, end) for number in EXTREME for end in (number, math.inf, -math.inf)]
    chosen = [[(number, number)] * kind.operands for number in beside]
    for intervals in chosen + [[interval(draw, ends) for _ in range(kind.operands)] for _ in range(600)]:
        low, high = kind.range(*intervals)
        if kind.is_condition or math.isnan(low) or math.isnan(high):
            low, high = EVERYTHING
        safe = not kind.fails(*intervals)
        drawn = [draw.uniform(-bound, bound) for bound in (1.0, 3.0, 1e3, 1e308)]
        inside = [[a, b, math.nan, *(number for number in drawn if a <= number <= b)] for a, b in intervals]
        for point in itertools.product(*inside):
            given = [number > 0.0 if index in TRUTHS.get(name, ()) else number for index, number in enumerate(point)]
            found = outcome(kind.function, *given)
            assert not (safe and found == "raises"), (intervals, point)
            if isinstance(found, tuple):
                assert low <= found[0] <= high, (intervals, point)


def check_traits(name):
    """What a row says about signs, infinities and the order of operands."""
    kind = KINDS[name]
    for point in points(name):
        found = outcome(kind.function, *point)
        if found == "raises":
            assert not kind.cannot_fail, point
            continue
        assert isinstance(found, bool) == kind.is_condition, point
        if kind.commutes:
            assert outcome(kind.function, *point[::-1]) == found, point
        if kind.spreads and not all(map(math.isfinite, point)):
            assert found == "nan" or math.isinf(found[0]), point
        if kind.unsigned_zero:
            assert found != bits(-0.0), point


CHECKS = [check_python, check_llvm, check_javascript, check_range_and_failures, check_traits]


@each_kind
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_row(check, name):
    check(name)


def test_all_that_formulas_may_call_and_all_operators_have_a_row():
    assert {*MATH, "abs", "pow"} == {name for name, kind in KINDS.items() if kind.is_call}
    assert {*KIND_OF.values()} == {name for name, kind in KINDS.items() if not kind.is_call} | {"pow"}


@pytest.mark.parametrize(
    ("check", "name", "wrong"),
    [
        (check_python, "sub", {"python": "{1} - {0}"}),
        (check_python, "le", {"python": "{0} < {1}"}),
        (check_python, "abs", {"quick": "{0} if {0} > 0.0 else -{0}"}),  # -0.0 for 0.0, no more
        (check_python, "choose", {"python": "{2} if {0} else {1}"}),
        (check_llvm, "sub", {"llvm": KINDS["add"].llvm}),
        (check_llvm, "ne", {"llvm": "fcmp one {type} {0}, {1}"}),
        (check_llvm, "div", {"alarm": "fcmp oeq {type} {0}, {zero}"}),
        (check_llvm, "cosh", {"function": math.sinh}),
        (check_javascript, "ne", {"javascript": "{0} != {0}"}),
        (check_javascript, "and", {"javascript": "{0} || {1}"}),
        (check_javascript, "div", {"fails": KINDS["mul"].fails}),
        (check_javascript, "cosh", {"function": math.sinh}),
        (check_range_and_failures, "tanh", {"range": lambda _: (-0.99, 0.99)}),
        (check_range_and_failures, "sub", {"range": KINDS["add"].range}),
        (check_range_and_failures, "log", {"fails": lambda x: x[0] < 0.0}),
        (check_range_and_failures, "exp", {"fails": lambda x: x[1] > 710.0}),
        (check_range_and_failures, "exp", {"range": lambda x: (0.0, math.inf if x[1] > -709.0 else 0.0)}),
        (check_range_and_failures, "acos", {"fails": lambda x: not -1.0 <= x[0] <= x[1] <= 1.0000000000000002}),
        (check_range_and_failures, "div", {"fails": lambda _, y: y[0] < 0.0 < y[1]}),
        (check_traits, "sin", {"unsigned_zero": True}),
        (check_traits, "div", {"spreads": True}),
        (check_traits, "lt", {"commutes": True}),
    ],
)
def test_a_wrong_row_is_found(check, name, wrong, monkeypatch):
    monkeypatch.setitem(KINDS, name, KINDS[name]._replace(**wrong))
    with pytest.raises(AssertionError):
        check(name)
