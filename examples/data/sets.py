"""The data sets: the truth tables of XOR and parity, moons, circles and spirals by formula, and Fisher's Iris.

A formula draws the same samples for the same seed. ``noise`` is the standard deviation of the normally distributed
error that is added to each input.
"""

from __future__ import annotations

import csv
import math
from importlib import resources
from itertools import product
from random import Random

from examples.data.checks import number_between, real_number, whole_number
from examples.data.samples import DataSet

MOST_BITS = 16
"""Of parity: its table has 2**bits rows."""

INNERMOST = 0.1
"""The radius at which spirals begin: at 0 they would all meet. They end at 1."""


def xor(copies: int = 1, noise: float = 0.0, seed: int = 0) -> DataSet:
    """Return ``copies`` of the truth table of "one or the other, not both", in the order 00, 01, 10, 11."""
    inputs, classes = _truth_table(2, copies, noise, seed)
    return DataSet("xor", inputs, classes, ("input 1", "input 2"), ("0", "1"))


def parity(bits: int = 3, copies: int = 1, noise: float = 0.0, seed: int = 0) -> DataSet:
    """Return ``copies`` of all rows of so many bits, counting up; the class says whether the number of 1s is odd.

    Without all of its bits, nothing can be said about the class of a row. With two bits it is `xor`.
    """
    whole_number(bits, "bits", least=1, most=MOST_BITS)
    inputs, classes = _truth_table(bits, copies, noise, seed)
    return DataSet("parity", inputs, classes, tuple(f"bit {index + 1}" for index in range(bits)), ("even", "odd"))


def moons(count: int = 100, noise: float = 0.1, seed: int = 0) -> DataSet:
    """Return two interleaved half circles of radius 1, their samples taking turns.

    The upper one is centred at (0, 0); the lower one, whose ends point up, at (1, 0.5).
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
    """Return a circle of radius 1 and one of radius ``ratio`` inside it, both centred at (0, 0), taking turns."""
    whole_number(count, "count", least=2)
    noise = real_number(noise, "noise", least=0.0)
    ratio = number_between(ratio, "ratio", 0.0, 1.0)
    random = Random(seed)
    inputs = []
    for index in range(count):
        angle = 2.0 * math.pi * random.random()
        inputs.append(_shaken(_on_circle(ratio if index % 2 else 1.0, angle), noise, random))
    return DataSet("circles", inputs, _in_turn(count, 2), ("x", "y"), ("outer", "inner"))


def spirals(count: int = 200, noise: float = 0.02, turns: float = 1.0, arms: int = 2, seed: int = 0) -> DataSet:
    """Return spirals that wind around (0, 0), their samples taking turns.

    Along an arm the radius grows with the angle from 0.1 to 1, by 1 in ``turns`` full turns. The arms are copies of the
    first, evenly rotated. Their distance along a ray is 1 / (turns · arms), and the noise has to be small against half
    of that. After Lang and Witbrock 1988, "Learning to tell two spirals apart": two arms of 3 turns, without noise.
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
        inputs.append(_shaken(_on_circle(radius, angle), noise, random))
    names = tuple(f"arm {number + 1}" for number in range(arms))
    return DataSet("spirals", inputs, _in_turn(count, arms), ("x", "y"), names)


def iris() -> DataSet:
    """Return the 150 flowers of Fisher's Iris, 50 of each species, in the order of the paper.

    R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7 (1936), table I; Edgar
    Anderson gathered the flowers. One species stands apart, the other two overlap a little. The numbers are those of
    the paper, as in R; the UCI repository's copy differs in the 35th and the 38th flower.
    """
    text = resources.files("examples.data").joinpath("iris.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    species = [row[-1] for row in rows]
    names = tuple(dict.fromkeys(species))
    inputs = [[float(cell) for cell in row[:-1]] for row in rows]
    return DataSet("iris", inputs, [names.index(name) for name in species], tuple(header[:-1]), names)


def _truth_table(bits: int, copies: int, noise: float, seed: int) -> tuple[list[list[float]], list[int]]:
    """Return ``copies`` of the rows of all bits, and for each row whether its number of 1s is odd."""
    whole_number(copies, "copies", least=1)
    noise = real_number(noise, "noise", least=0.0)
    random = Random(seed)
    rows = list(product((0, 1), repeat=bits)) * copies
    return [_shaken(row, noise, random) for row in rows], [sum(row) % 2 for row in rows]


def _on_circle(radius: float, angle: float) -> tuple[float, float]:
    """Return the point at this angle on the circle around (0, 0)."""
    return radius * math.cos(angle), radius * math.sin(angle)


def _shaken(place: tuple[float, ...], noise: float, random: Random) -> list[float]:
    """Return the place with noise added to each of its numbers."""
    return [coordinate + random.gauss(0.0, noise) for coordinate in place]


def _in_turn(count: int, kinds: int) -> list[int]:
    """Return ``count`` numbers: 0, 1, … below ``kinds``, again and again."""
    return [index % kinds for index in range(count)]
