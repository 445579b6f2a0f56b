"""Data sets drawn by a formula: the truth tables of XOR and parity, moons, circles and spirals.

Each is the same for the same seed. ``noise`` is the standard deviation of what is added to every input: numbers from a
normal distribution around 0.
"""

from __future__ import annotations

import math
from itertools import product
from random import Random

from examples.datasets.checks import number_between, real_number, whole_number
from examples.datasets.dataset import DataSet

MOST_BITS = 16
"""Of parity: its table has 2**bits rows."""

INNERMOST = 0.1
"""The radius at which spirals begin: at 0 they would all meet. They end at 1."""


def xor(copies: int = 1, noise: float = 0.0, seed: int = 0) -> DataSet:
    """Return the truth table of "one or the other, not both", in the order 00, 01, 10, 11, so many times over."""
    inputs, classes = _truth_table(2, copies, noise, seed)
    return DataSet("xor", inputs, classes, ("input 1", "input 2"), ("0", "1"))


def parity(bits: int = 3, copies: int = 1, noise: float = 0.0, seed: int = 0) -> DataSet:
    """Return all rows of so many bits, counting up, so many times over; the class is whether the number of 1s is odd.

    No single bit, nor all but one of them, says anything of the class. With two bits it is `xor`.
    """
    whole_number(bits, "bits", least=1, most=MOST_BITS)
    inputs, classes = _truth_table(bits, copies, noise, seed)
    return DataSet("parity", inputs, classes, tuple(f"bit {index + 1}" for index in range(bits)), ("even", "odd"))


def moons(count: int = 100, noise: float = 0.1, seed: int = 0) -> DataSet:
    """Return two interleaved half circles of radius 1, their samples taking turns.

    The upper one is around (0, 0), the lower one around (1, 0.5), with its ends up.
    """
    whole_number(count, "count", least=2)
    noise = real_number(noise, "noise", least=0.0)
    random = Random(seed)
    inputs = []
    for index in range(count):
        angle = math.pi * random.random()
        x, y = math.cos(angle), math.sin(angle)
        place = (1.0 - x, 0.5 - y) if index % 2 else (x, y)
        inputs.append(_shaken(place, noise, random))
    return DataSet("moons", inputs, _in_turn(count, 2), ("x", "y"), ("upper", "lower"))


def circles(count: int = 100, noise: float = 0.1, ratio: float = 0.5, seed: int = 0) -> DataSet:
    """Return a circle of radius 1 and one of radius ``ratio`` within it, around (0, 0), their samples taking turns."""
    whole_number(count, "count", least=2)
    noise = real_number(noise, "noise", least=0.0)
    ratio = number_between(ratio, "ratio", 0.0, 1.0)
    random = Random(seed)
    inputs = []
    for index in range(count):
        angle = 2.0 * math.pi * random.random()
        radius = ratio if index % 2 else 1.0
        inputs.append(_shaken((radius * math.cos(angle), radius * math.sin(angle)), noise, random))
    return DataSet("circles", inputs, _in_turn(count, 2), ("x", "y"), ("outer", "inner"))


def spirals(count: int = 200, noise: float = 0.02, turns: float = 1.0, arms: int = 2, seed: int = 0) -> DataSet:
    """Return spirals that wind around (0, 0), their samples taking turns.

    Along an arm the radius grows with the angle, from 0.1 to 1: by 1 in ``turns`` full turns. Each arm is the first one
    turned, all by the same angle. Outwards it is 1 / (turns · arms) from one to the next, and the noise has to
    be small against half of that. After Lang and Witbrock 1988, "Learning to tell two spirals apart", who had two arms
    of 3 turns, without noise.
    """
    whole_number(arms, "arms", least=2)
    whole_number(count, "count", least=arms)
    noise = real_number(noise, "noise", least=0.0)
    turns = number_between(turns, "turns", 0.0, math.inf)
    random = Random(seed)
    inputs = []
    for index in range(count):
        radius = random.uniform(INNERMOST, 1.0)
        angle = 2.0 * math.pi * (turns * radius + index % arms / arms)
        inputs.append(_shaken((radius * math.cos(angle), radius * math.sin(angle)), noise, random))
    names = tuple(f"arm {number + 1}" for number in range(arms))
    return DataSet("spirals", inputs, _in_turn(count, arms), ("x", "y"), names)


def _truth_table(bits: int, copies: int, noise: float, seed: int) -> tuple[list[list[float]], list[int]]:
    """Return the rows of all bits, so many times over, and for each whether its number of 1s is odd."""
    whole_number(copies, "copies", least=1)
    noise = real_number(noise, "noise", least=0.0)
    random = Random(seed)
    rows = list(product((0, 1), repeat=bits)) * copies
    return [_shaken(row, noise, random) for row in rows], [sum(row) % 2 for row in rows]


def _shaken(place: tuple[float, ...], noise: float, random: Random) -> list[float]:
    """Return the place with noise on each of its numbers."""
    return [coordinate + random.gauss(0.0, noise) for coordinate in place]


def _in_turn(count: int, kinds: int) -> list[int]:
    """Return 0, 1, … below ``kinds``, again and again, ``count`` numbers in all."""
    return [index % kinds for index in range(count)]
