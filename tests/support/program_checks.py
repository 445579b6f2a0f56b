"""What the tests of programs share: programs on both backends, beside the eager engine."""

import itertools
import math
import random
from importlib.util import find_spec
from types import SimpleNamespace

import pytest

from engine import Program
from engine.programs.affine import NUMBERS, Access
from engine.programs.kinds import GIVEN, KINDS
from engine.programs.nests import Body, Nest, Nests
from engine.programs.rolling import Delivery, Group, Rolled
from engine.programs.tape import Tape

BACKENDS = ["python", "llvm"]


def bits(number):
    """A float by which 0.0 and -0.0 differ and NaN equals NaN."""
    return "nan" if math.isnan(number) else (number, math.copysign(1.0, number))


def same_bits(first, second):
    """Whether two sequences hold the same floats, to the last bit."""
    return [*map(bits, first)] == [*map(bits, second)]


def needs(backend):
    """Skip where the backend cannot run."""
    if backend == "llvm":
        pytest.importorskip("llvmlite", reason="machine code needs llvmlite")


def available():
    """The backends that can run here."""
    return [backend for backend in BACKENDS if backend == "python" or find_spec("llvmlite")]


def straight(listing):
    """What a backend compiles, for a listing without leaves and updates that is given."""
    inputs = len(listing.inputs)
    tape = Tape(("",) * inputs, (), (), listing.outputs, (), 0)
    slots = tuple([Access(NUMBERS, index, ()) for index in range(inputs)])
    groups = [Group(number, (), [0]) for number in range(len(listing.outputs))]
    outputs = [Delivery((), Access(group.number, 0, ()), Access(0, group.number, ())) for group in groups]
    numbers = tuple(range(len(groups)))
    nest = Nest((), (), Body(slots, listing), numbers, True)
    nests = Nests(Rolled(tape, groups, [], outputs, [], {}), (nest,), frozenset(numbers))
    return SimpleNamespace(tape=tape, nests=nests)


def program(backend, inputs=(), outputs=(), updates=(), **options):
    """A program, or a skipped test."""
    needs(backend)
    return Program(inputs, outputs, updates, backend, **options)


each_backend = pytest.mark.parametrize("backend", BACKENDS)


SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 5e-324, -5e-324, 2.2e-308, 1e-300, -1e-17, 1e-9, 0.3, -0.7, 3.0, -2.5]
SPECIAL += [19.0, 22.5, -40.0, 300.0, 708.0, -745.0, 1e4, -1e4, 1e16, 1e154, -1e154, 1.7e308, -1.7e308]
HARMLESS = [0.0, -0.0, 1.0, -1.0, 0.5, 3.0, -2.0, 1e-300, 1e300]
NOT_FINITE = [math.inf, -math.inf, math.nan]

LARGEST, SMALLEST, NORMAL = 1.7976931348623157e308, 5e-324, 2.2250738585072014e-308
EXTREME = [0.0, 1.0, SMALLEST, NORMAL, NORMAL - SMALLEST, LARGEST, 1e154, 1e-162, 1.5e-154, 2.0, 0.5, 1e16, 1.1e-16]
EXTREME += [19.0, 708.0, 709.0, 709.79, 711.0, 712.0, 744.0, 745.2]
EXTREME += [-number for number in EXTREME]

TRUTHS = {"and": (0, 1), "or": (0, 1), "not": (0,), "choose": (0,)}
"""Which operands are truths, not numbers."""


def extreme(draw):
    """Where functions overflow, vanish or leave their domain, or a step or more beside it."""
    number = draw.choice(EXTREME)
    for _ in range(draw.choice((0, 0, 1, 3))):
        number = math.nextafter(number, draw.choice((-math.inf, math.inf)))
    return number


def outcome(function, *operands):
    """The bits of a result; "raises" where it raises."""
    try:
        result = function(*operands)
    except (ArithmeticError, ValueError):
        return "raises"
    return result if isinstance(result, bool) else bits(result)


def interpreted(listing, numbers):
    """The outputs of a listing, by carrying out one instruction after the other."""
    held = []
    for instruction in listing.instructions:
        if instruction.kind in ("input", "leaf"):
            held.append(numbers[len(held)])
        elif instruction.kind == "constant":
            held.append(instruction.number)
        elif instruction.guard >= 0 and not held[instruction.guard]:
            held.append(math.nan)
        else:
            held.append(KINDS[instruction.kind].function(*(held[operand] for operand in instruction.operands)))
    return [held[output] for output in listing.outputs]


def kinds(listing):
    """The kinds of the instructions of a listing, without what is only given."""
    return [i.kind for i in listing.instructions if i.kind not in GIVEN]


def points(name, arity, harmless=HARMLESS):
    """Special and random operands of a row, the same ones for the same name."""
    draw = random.Random(name)
    special = [(x,) for x in SPECIAL] if arity == 1 else list(itertools.product(harmless, repeat=arity))
    return special + [tuple(draw.uniform(-size, size) for _ in range(arity)) for size in (1.0, 1.0, 30.0) * 60]


def inside(row):
    """Operands at which the row has a value."""
    return (2.5,) if row.name == "acosh" else (0.5, 0.25, 0.75)[: len(row.partials)]
