"""Each function of the C library that is ported to JavaScript has the bits of Python's ``math``."""

import math
import os
import platform
import re
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from support.javascript import runs_in
from support.node import run_javascript

from engine.programs.javascript import library
from engine.programs.javascript.library import text
from engine.programs.kinds import KINDS

SPECIAL = (0.0, 5e-324, sys.float_info.min, 1e-17, 0.5, 1.0, 1.5, 2.0, 3.0, 1e16, sys.float_info.max, math.inf)


# What a function gives for all the arguments of its calls, which stand in a row.
RESULTS = """
const results = new Float64Array(numbers.length / %(arity)s);
const result = %(arity)s === 1 ? (i) => %(name)s(numbers[i]) : (i) => %(name)s(numbers[2 * i], numbers[2 * i + 1]);
return results.map((_, i) => result(i));
"""


class Function(NamedTuple):
    """A row: a function of ``math``, and where its arguments are drawn from besides the whole of the floats.

    near    points where something happens, with either sign: arguments are dense about them
    ranges  the stretches where the function has moderate values; an operand is drawn from any of them
    arity   how many operands it has
    draw    draws the arguments of so many calls, a column for each operand, where these must fit each other
    oracle  what is ported, where it is not what every Python has
    """

    name: str
    near: tuple[float, ...]
    ranges: tuple[tuple[float, float], ...]
    arity: int = 1
    draw: Callable[[np.random.Generator, int], tuple[np.ndarray, ...]] | None = None
    oracle: Callable[..., float] | None = None


HALVES = tuple(math.log(2.0) * (step + 0.5) / parts for parts in (1, 128) for step in range(20))
"""Where the nearest multiple of ln 2, or of its 128th part, becomes the next one."""


def powers(random, size):
    """Bases and exponents whose powers are moderate numbers, or integers to integers."""
    bases = 2.0 ** random.uniform(-40, 40, size)
    exponents = random.uniform(-1080, 1024, size) / np.log2(bases)
    integers = random.integers(-30, 30, size), random.integers(-200, 200, size)
    return tuple(np.where(random.random(size) < 0.2, integers, (bases, exponents)))


def of_all_sizes(random, size):
    """Integers from 0 to 2^60."""
    return random.integers(2 ** random.integers(1, 60, size))


def whole_steps(random, size):
    """Numbers and steps that go into them about a whole number of times, or a whole number and a half."""
    steps = random.random(size) * 2.0 ** random.integers(-40, 40, size)
    return steps * of_all_sizes(random, size) / 2, steps


def near_one(random, size):
    """Numbers that differ from 1 by a half, or a quarter, or … the last bit."""
    return 1 + random.uniform(-1, 1, size) * 2.0 ** -random.integers(1, 54, size)


def quarter_turns(random, size):
    """Angles next to a whole number of quarter turns."""
    return (of_all_sizes(random, size) * (math.pi / 2) * near_one(random, size),)


def steps_of_slope(random, size):
    """Points on lines next to those where the way of computing an angle changes."""
    x = 2.0 ** random.uniform(-1020, 960, size) * random.choice((1, -1), size)
    slopes = random.choice((2.0**-57, 0.0625, 1, 16, 2.0**57), size) * random.choice((1, -1), size)
    return slopes * near_one(random, size) * x, x


def hypotenuse(x, y):
    """``math.hypot`` as it is from Python 3.12 on: subnormal numbers are made normal ones first."""
    if max(abs(x), abs(y)) < 2.0**-1024:
        return math.hypot(x * 2.0**1022, y * 2.0**1022) * 2.0**-1022
    return math.hypot(x, y)


# Of all floats, the last of these is nearest to a whole number of quarter turns.
TURNS = (math.pi / 2, math.pi, 105414350.0, 6381956970095103 * 2.0**797)
ANGLES = ((-4, 4), (-100, 100), (-1e9, 1e9), (-1e25, 1e25))

FUNCTIONS = (
    Function(
        "exp",
        near=(2.0**-54, 508.49944319021517, 512.0, 708.4, 709.78, 745.13, *HALVES),
        ranges=((-1, 1), (-20, 20), (-746, 710)),
    ),
    Function("exp2", near=(2.0**-54, 928.0, 1024.0, 1075.0), ranges=((-1, 1), (-20, 20), (-1076, 1024))),
    Function("expm1", near=(2.0**-54, 0.3466, 1.04, 38.8, 709.78, *HALVES), ranges=((-2, 2), (-40, 40), (700, 710))),
    Function("log", near=(0.9375, 1.0, 1.0647, 1.375), ranges=((0.5, 2), (0, 10), (0, 1e9))),
    Function("log2", near=(0.9576, 1.0, 1.0443, 1.375), ranges=((0.5, 2), (0, 10), (0, 1e9))),
    Function("log10", near=(1.0, 10.0), ranges=((0.5, 2), (0, 10), (0, 1e9))),
    Function("log1p", near=(0.2929, 0.41421, 1.0, 2.0**-29, 2.0**53), ranges=((-1, 1), (-0.5, 0.5), (0, 1e3))),
    Function("pow", near=(0.5, 1.0, 10.0, 2.0**63), ranges=((0, 2), (-20, 20), (-400, 400)), arity=2, draw=powers),
    Function("sinh", near=(2.0**-28, 1.0, 22.0, 709.78, 710.4758), ranges=((-1, 1), (-25, 25), (700, 711))),
    Function("cosh", near=(0.3466, 1.0, 22.0, 709.78, 710.4758), ranges=((-1, 1), (-25, 25), (700, 711))),
    Function("tanh", near=(2.0**-55, 0.1733, 0.52, 1.0, 22.0), ranges=((-1, 1), (-3, 3), (-25, 25))),
    Function("asinh", near=(2.0**-28, 2.0, 2.0**28), ranges=((-1, 1), (-10, 10), (0, 1e9))),
    Function("acosh", near=(1.0, 2.0, 2.0**28), ranges=((1, 2), (1, 10), (1, 1e9))),
    Function("atanh", near=(2.0**-28, 0.5, 1.0), ranges=((-1, 1), (-0.1, 0.1))),
    Function("erf", near=(2.0**-28, 0.84375, 1.25, 2.8571434020996094, 6.0), ranges=((-7, 7),)),
    Function("erfc", near=(2.0**-56, 0.25, 0.84375, 1.25, 2.8571414947509766, 6.0, 27.2, 28.0), ranges=((-7, 30),)),
    Function("gamma", near=(1e-20, 5.0, 5.52468, 23.0, 140.0, 171.6, 184.0, 200.0), ranges=((-190, 172), (-3, 6))),
    Function("lgamma", near=(1e-20, 1.0, 2.0, 5.0, 170.0, 2.5e305), ranges=((-200, 200), (-3, 6))),
    Function("sqrt", near=(1.0, 4.0), ranges=((0, 10), (0, 1e9))),
    Function("cbrt", near=(1.0, 8.0, 27.0), ranges=((-10, 10), (-1e9, 1e9))),
    Function("hypot", near=(1.0, 2.0**500, 2.0**-400, 2.0**-1024), ranges=((-10, 10),), arity=2, oracle=hypotenuse),
    Function("fmod", near=(1.0, math.pi, 2.0**53), ranges=((-10, 10), (-1e9, 1e9)), arity=2, draw=whole_steps),
    Function("remainder", near=(1.0, math.pi, 2.0**53), ranges=((-10, 10), (-1e9, 1e9)), arity=2, draw=whole_steps),
    Function("copysign", near=(1.0,), ranges=((-10, 10),), arity=2),
    Function("degrees", near=(math.pi,), ranges=((-10, 10),)),
    Function("radians", near=(180.0,), ranges=((-360, 360),)),
    Function("sin", near=(*TURNS, 2.0**-26, 0.126, 0.85546875, 2.42626), ranges=ANGLES, draw=quarter_turns),
    Function("cos", near=(*TURNS, 2.0**-27, 0.126, 0.85546875, 2.42626), ranges=ANGLES, draw=quarter_turns),
    Function("tan", near=(*TURNS, 1.259e-8, 0.0608, 0.787, 25.0, 1e8), ranges=ANGLES, draw=quarter_turns),
    Function("asin", near=(2.0**-26, 0.125, 0.5, 0.75, 0.921875, 0.953125, 0.96875), ranges=((-1, 1), (0.95, 1))),
    Function("acos", near=(2.0**-55, 0.125, 0.5, 0.75, 0.921875, 0.953125, 0.96875), ranges=((-1, 1), (0.95, 1))),
    Function("atan", near=(1.29e-8, 0.0625, 16.0, 5.805e15), ranges=((-1, 1), (-10, 10), (-100, 100))),
    Function("atan2", near=(2.0**-500, 2.0**500), ranges=((-10, 10), (-1e-9, 1e9)), arity=2, draw=steps_of_slope),
)


def ported():
    """Why the functions of this machine may differ from those that are ported; empty where they may not."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return f"ported are the functions of Linux on x86-64, and this is {sys.platform} on {platform.machine()}"
    if (library := os.confstr("CS_GNU_LIBC_VERSION")) != "glibc 2.36":
        return f"ported are the functions of the GNU C library 2.36, and this machine has {library}"
    if " fma " not in Path("/proc/cpuinfo").read_text():
        return "ported are the functions for processors with a fused multiply-add, which this one has not"
    return ""


pytestmark = pytest.mark.skipif(bool(ported()), reason=ported())


def about(random, points, size):
    """Floats about these points: as many at a distance of a few units in the last place as at a quarter of the way."""
    starts = np.array([sign * point for point in points for sign in (1.0, -1.0)]).view(np.int64)
    distances = (2.0 ** (53 * random.random(size))).astype(np.int64) - 1
    return (random.choice(starts, size) + random.choice((1, -1), size) * distances).view(float)


def drawn(function, count):
    """As many lists of arguments in equal shares: any bits, moderate, near the points of the row, drawn by the row."""
    random = np.random.default_rng(list(function.name.encode()))
    shape = (count // (4 if function.draw else 3), function.arity)
    any_bits = random.integers(2**64, size=shape, dtype=np.uint64).view(float)
    low, high = random.choice(function.ranges, shape).transpose(2, 0, 1)
    rows = [any_bits, low + (high - low) * random.random(shape), about(random, (*function.near, 0.0), shape)]
    if function.draw:
        rows.append(np.column_stack(function.draw(random, len(any_bits))))
    arguments = np.concatenate(rows)
    arguments[np.isnan(arguments)] = np.nan  # without a sign, which JavaScript hides
    return arguments


def values(function, arguments):
    """What ``math`` gives, a list; None where it raises."""
    call = function.oracle or getattr(math, function.name)

    def value(*operands):
        try:
            return call(*operands)
        except (ValueError, OverflowError):
            return None

    return list(map(value, *arguments.T.tolist()))


def check(function, arguments, run=run_javascript):
    """Compare all the results of the port with ``math``'s, bit for bit; a NaN is as good as any other."""
    name = f"exact{function.name.capitalize()}"
    loop = RESULTS % {"name": name, "arity": function.arity}
    ours = np.array(run(text([name]) + loop, arguments.tobytes()))
    wanted = values(function, arguments)
    theirs = np.array(wanted, dtype=float)  # NaN for None
    raised = np.array([value is None for value in wanted])
    alike = np.where(raised, ~np.isfinite(ours), ours.view(np.int64) == theirs.view(np.int64))
    wrong = np.flatnonzero(~(alike | (np.isnan(ours) & np.isnan(theirs))))
    shown = [f"{name}{tuple(arguments[i].tolist())} is {float(ours[i])!r}, not {wanted[i]!r}" for i in wrong[:5]]
    assert not shown, f"{len(wrong)} of {len(ours)} differ from Python's: {'; '.join(shown)}"


def test_every_function_that_a_program_may_call_is_ported():
    assert {function.name for function in FUNCTIONS} == {kind.name for kind in KINDS.values() if kind.is_ported}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_port_is_right_at_special_points(function):
    exact = (*SPECIAL, *function.near)
    points = [*exact, *(math.nextafter(point, end) for point in exact for end in (0.0, math.inf))]
    signed = [math.nan, *points, *(-point for point in points)]
    check(function, np.array(list(product(signed, repeat=function.arity))))


@pytest.mark.slow
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_port_has_the_bits_of_math_at_many_arguments(function):
    check(function, drawn(function, 200_000))


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_port_has_the_same_bits_in_a_browser(function, page, tmp_path):
    check(function, drawn(function, 3_000), runs_in(page, tmp_path))


def test_no_name_is_defined_twice():
    """The second would silently take the place of the first."""
    folder = Path(library.__file__).parent
    texts = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.js"))
    names = re.findall(r"^(?:function|const) (\w+)", texts, re.MULTILINE)
    assert len(names) == len({*names})
    assert {*names} <= {*library._definitions()}
