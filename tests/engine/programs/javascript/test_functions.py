"""Each function of the C library that is ported to JavaScript has the bits of Python's ``math``."""

import math
import os
import platform
import struct
import sys
from array import array
from collections.abc import Callable
from itertools import product
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from support.node import run_javascript

from engine.programs.javascript.library import text

COUNT = 1_000_000
SPECIAL = (0.0, 5e-324, sys.float_info.min, 1e-17, 0.5, 1.0, 1.5, 2.0, 3.0, 1e16, sys.float_info.max, math.inf)


class Function(NamedTuple):
    """A row: a function of ``math``, and where its arguments are drawn from besides the whole of the floats.

    near    points where something happens, with either sign: arguments are dense about them
    ranges  the stretches where the function has moderate values; an operand is drawn from any of them
    arity   how many operands it has
    draw    draws the arguments of one call, where these must fit each other
    oracle  what is ported, where it is not what every Python has
    """

    name: str
    near: tuple[float, ...]
    ranges: tuple[tuple[float, float], ...]
    arity: int = 1
    draw: Callable[[Random], tuple[float, ...]] | None = None
    oracle: Callable[..., float] | None = None


HALVES = tuple(math.log(2.0) * (step + 0.5) / parts for parts in (1, 128) for step in range(20))
"""Where the nearest multiple of ln 2, or of its 128th part, becomes the next one."""


def a_power(random):
    """A base and an exponent whose power is a moderate number, or an integer to an integer."""
    if random.random() < 0.2:
        return random.randrange(-30, 30), random.randrange(-200, 200)
    base = 2.0 ** random.uniform(-40, 40)
    return base, random.uniform(-1080, 1024) / math.log2(base)


def whole_steps(random):
    """A number and a step that goes into it about a whole number of times, or a whole number and a half."""
    step = random.random() * 2.0 ** random.randrange(-40, 40)
    return step * random.randrange(2 ** random.randrange(1, 60)) / 2, step


def hypotenuse(x, y):
    """``math.hypot`` as it is from Python 3.12 on: subnormal numbers are made normal ones first."""
    if max(abs(x), abs(y)) < 2.0**-1024:
        return math.hypot(x * 2.0**1022, y * 2.0**1022) * 2.0**-1022
    return math.hypot(x, y)


FUNCTIONS = (
    Function("exp", near=(2.0**-54, 512.0, 708.4, 709.78, 745.13, *HALVES), ranges=((-1, 1), (-20, 20), (-746, 710))),
    Function("exp2", near=(2.0**-54, 928.0, 1024.0, 1075.0), ranges=((-1, 1), (-20, 20), (-1076, 1024))),
    Function("expm1", near=(2.0**-54, 0.3466, 1.04, 38.8, 709.78, *HALVES), ranges=((-2, 2), (-40, 40), (700, 710))),
    Function("log", near=(0.9375, 1.0, 1.0647, 1.375), ranges=((0.5, 2), (0, 10), (0, 1e9))),
    Function("log2", near=(0.9576, 1.0, 1.0443, 1.375), ranges=((0.5, 2), (0, 10), (0, 1e9))),
    Function("log10", near=(1.0, 10.0), ranges=((0.5, 2), (0, 10), (0, 1e9))),
    Function("log1p", near=(0.2929, 0.41421, 1.0, 2.0**-29, 2.0**53), ranges=((-1, 1), (-0.5, 0.5), (0, 1e3))),
    Function("pow", near=(0.5, 1.0, 10.0, 2.0**63), ranges=((0, 2), (-20, 20), (-400, 400)), arity=2, draw=a_power),
    Function("sinh", near=(2.0**-28, 1.0, 22.0, 709.78, 710.4758), ranges=((-1, 1), (-25, 25), (700, 711))),
    Function("cosh", near=(0.3466, 1.0, 22.0, 709.78, 710.4758), ranges=((-1, 1), (-25, 25), (700, 711))),
    Function("tanh", near=(2.0**-55, 0.1733, 0.52, 1.0, 22.0), ranges=((-1, 1), (-3, 3), (-25, 25))),
    Function("asinh", near=(2.0**-28, 2.0, 2.0**28), ranges=((-1, 1), (-10, 10), (0, 1e9))),
    Function("acosh", near=(1.0, 2.0, 2.0**28), ranges=((1, 2), (1, 10), (1, 1e9))),
    Function("atanh", near=(2.0**-28, 0.5, 1.0), ranges=((-1, 1), (-0.1, 0.1))),
    Function("sqrt", near=(1.0, 4.0), ranges=((0, 10), (0, 1e9))),
    Function("cbrt", near=(1.0, 8.0, 27.0), ranges=((-10, 10), (-1e9, 1e9))),
    Function("hypot", near=(1.0, 2.0**500, 2.0**-400, 2.0**-1024), ranges=((-10, 10),), arity=2, oracle=hypotenuse),
    Function("fmod", near=(1.0, math.pi, 2.0**53), ranges=((-10, 10), (-1e9, 1e9)), arity=2, draw=whole_steps),
    Function("remainder", near=(1.0, math.pi, 2.0**53), ranges=((-10, 10), (-1e9, 1e9)), arity=2, draw=whole_steps),
    Function("copysign", near=(1.0,), ranges=((-10, 10),), arity=2),
    Function("degrees", near=(math.pi,), ranges=((-10, 10),)),
    Function("radians", near=(180.0,), ranges=((-360, 360),)),
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


def doubles(patterns):
    """The floats that have these 64 bits each."""
    return array("d", array("Q", patterns).tobytes())


def pattern(number):
    """The 64 bits of a float, as an integer."""
    return struct.unpack("=Q", struct.pack("=d", number))[0]


def about(random, points, count):
    """Floats about these points: as many at a distance of a few units in the last place as at a quarter of the way."""
    starts = [pattern(sign * point) for point in points for sign in (1.0, -1.0)]
    distances = [int(2.0 ** (53 * random.random())) - 1 for _ in range(count)]
    return doubles((random.choice(starts) + random.choice((1, -1)) * distance) % 2**64 for distance in distances)


def drawn(function, random, count):
    """As many lists of arguments: a third has any bits, a third is moderate, a third near the points of the row."""
    third = count // 3
    size = third * function.arity
    stretches = random.choices(function.ranges, k=size)
    numbers = array("d", random.randbytes(8 * size))
    numbers.extend(low + (high - low) * random.random() for low, high in stretches)
    numbers.extend(about(random, (*function.near, 0.0), size))
    if function.draw:
        for _ in range(third):
            numbers.extend(function.draw(random))
    missing = count * function.arity - len(numbers)
    numbers.frombytes(random.randbytes(8 * max(missing, 0)))
    return array("d", (number if number == number else math.nan for number in numbers))


def values(function, arguments):
    """What ``math`` gives, a list; None where it raises."""
    call = function.oracle or getattr(math, function.name)

    def value(*operands):
        try:
            return call(*operands)
        except (ValueError, OverflowError):
            return None

    columns = [arguments[place :: function.arity] for place in range(function.arity)]
    return list(map(value, *columns))


def check(function, arguments):
    """Compare all the results of the port with ``math``'s, bit for bit; a NaN is as good as any other."""
    name = f"exact{function.name.capitalize()}"
    operands = ", ".join(f"numbers[{function.arity} * i + {place}]" for place in range(function.arity))
    loop = f"return Float64Array.from({{ length: numbers.length / {function.arity} }}, (_, i) => {name}({operands}));"
    ours = run_javascript(f"{text([name])}\n{loop}", arguments)
    theirs = values(function, arguments)
    assert len(ours) == len(theirs)
    wanted = array("d", (math.nan if value is None else value for value in theirs))
    patterns = zip(array("Q", ours.tobytes()), array("Q", wanted.tobytes()), strict=True)
    for place in (place for place, (one, other) in enumerate(patterns) if one != other):
        one, other = ours[place], theirs[place]
        alike = not math.isfinite(one) if other is None else one != one and other != other
        call = ", ".join(map(repr, arguments[function.arity * place : function.arity * (place + 1)]))
        assert alike, f"{name}({call}) is {one!r}, and math.{function.name} gives {other!r}"


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_port_is_right_at_special_points(function):
    exact = (*SPECIAL, *function.near)
    points = [*exact, *(math.nextafter(point, end) for point in exact for end in (0.0, math.inf))]
    signed = [math.nan, *points, *(-point for point in points)]
    check(function, array("d", (x for operands in product(signed, repeat=function.arity) for x in operands)))


@pytest.mark.slow
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_port_has_the_bits_of_math_at_a_million_arguments(function):
    check(function, drawn(function, Random(function.name), COUNT))
