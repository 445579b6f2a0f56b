"""The fused multiply-add in JavaScript rounds once, whatever its operands."""

import math
from array import array
from fractions import Fraction
from random import Random

import pytest
from support.node import run_javascript

from engine.programs.javascript.library import text


def fused(a, b, c):
    """a * b + c, rounded once."""
    if not all(map(math.isfinite, (a, b, c))) or a == 0.0 or b == 0.0:
        return a * b + c
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def of_any_bits(random):
    return array("d", random.randbytes(24))


def that_cancel(random):
    """The sum is the error of the product, or a little more."""
    a, b = random.gauss(0, 1), random.gauss(0, 1)
    return a, b, -a * b * (1 + random.randrange(-3, 4) * 2.0**-52)


def that_tie(random):
    """Short operands, so that sums often are halfway between two doubles."""
    a, b, c = (float(random.randrange(1, 2**size)) for size in (10, 20, 27))
    return a, b, math.ldexp(c, random.randrange(-90, 90)) * random.choice((1, -1))


def that_are_powers(random):
    """Of 2 and a few bits more, all over the doubles: what is too small, too large, and subnormal."""
    return [math.ldexp(1 + random.randrange(4) / 4, random.randrange(-1076, 1023)) for _ in range(3)]


@pytest.mark.parametrize("drawn", [of_any_bits, that_cancel, that_tie, that_are_powers])
def test_fma_rounds_once(drawn):
    random = Random(1)
    operands = array("d", (number for _ in range(10_000) for number in drawn(random)))
    loop = "return numbers.filter((_, i) => i % 3 === 0).map((a, i) => fma(a, numbers[3 * i + 1], numbers[3 * i + 2]));"
    results = run_javascript(f"{text(['fma'])}\n{loop}", operands)
    expected = map(fused, *(operands[place::3] for place in range(3)))
    assert list(map(repr, results)) == list(map(repr, expected))


@pytest.mark.parametrize(
    "operands", [(0.0, -1.0, -0.0), (-0.0, 1.0, 0.0), (1e-200, -1e-200, 0.0), (1e-200, 1e-200, 5e-324)]
)
def test_fma_of_zeros_has_their_signs(operands):
    (result,) = run_javascript(f"{text(['fma'])}\nreturn [fma(...numbers)];", operands)
    assert repr(result) == repr(fused(*operands))
