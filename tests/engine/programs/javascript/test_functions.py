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

COUNT = 1_000_000
SPECIAL = (0.0, 5e-324, sys.float_info.min, 1e-17, 0.5, 1.0, 1.5, 2.0, 3.0, 1e16, sys.float_info.max, math.inf)


class Function(NamedTuple):
    """A row: a function of ``math``, and where its arguments are drawn from besides the whole of the floats.

    near    points where something happens, with either sign: arguments are dense about them
    ranges  the stretches where the function has moderate values; an operand is drawn from any of them
    arity   how many operands it has
    draw    draws the arguments of one call, where these must fit each other
    """

    name: str
    near: tuple[float, ...]
    ranges: tuple[tuple[float, float], ...]
    arity: int = 1
    draw: Callable[[Random], tuple[float, ...]] | None = None


FUNCTIONS = (Function("fmod", near=(1.0, math.pi, 2**53), ranges=((-10, 10), (-1e9, 1e9)), arity=2),)


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


def library():
    """All that is ported."""
    folder = Path(__file__).parents[4] / "engine/programs/javascript"
    return "\n".join(path.read_text() for path in sorted(folder.glob("*.js"), key=lambda path: path.stem != "numbers"))


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
    return numbers


def values(function, arguments):
    """What ``math`` gives, a list; None where it raises."""
    call = getattr(math, function.name)

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
    ours = run_javascript(f"{library()}\n{loop}", arguments)
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
