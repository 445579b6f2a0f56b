"""The samples that a page trains on: numbers in, numbers that should come out."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine.extend import real_number

TWO_CLASSES = ((0.0, 1.0), (-1.0, 1.0))
"""The numbers that two classes may have as targets."""

_MARGIN = 0.25
_FARTHEST = sys.float_info.max / 4
"""No side of a plane is longer than a float can be."""


@dataclass(frozen=True)
class Sample:
    """One sample: the numbers that a model is given and those that it should say.

    bare_input, bare_target  whether it is a number itself, and not a list of numbers
    """

    inputs: list[float]
    targets: list[float]
    bare_input: bool
    bare_target: bool

    @property
    def shape(self) -> tuple[int, int, bool, bool]:
        """What is the same for all samples."""
        return len(self.inputs), len(self.targets), self.bare_input, self.bare_target


class Classes(NamedTuple):
    """How targets name classes: a single one is one of two numbers; of several, the right one alone is ``high``.

    by_number  instead, the single target is the number of the right output, counted from 0
    """

    low: float
    high: float
    by_number: bool


def read_samples(inputs: Any, targets: Any) -> list[Sample]:
    """The samples in two lists or arrays.

    Raises TypeError for what is not a number, and ValueError for no samples, for lengths that differ and for a number
    that is infinite or NaN.
    """
    try:
        xs, ys = _entries(inputs), _entries(targets)
    except TypeError:
        raise TypeError("inputs and targets are lists (or arrays) with an entry for each sample") from None
    if len(xs) != len(ys):
        raise ValueError(f"there are {len(xs)} inputs, but {len(ys)} targets: give one target for each input")
    if not xs:
        raise ValueError("there are no samples to learn from: give at least one input and its target")
    samples = []
    for place, (x, y) in enumerate(zip(xs, ys, strict=True)):
        given, bare_input = _read(x, f"input {place}")
        wanted, bare_target = _read(y, f"target {place}")
        samples.append(Sample(given, wanted, bare_input, bare_target))
        if samples[-1].shape != samples[0].shape:
            raise ValueError(f"sample {place} has another shape than sample 0: all need as many inputs and targets")
    return samples


def _entries(thing: Any) -> list[Any]:
    """What is in a list or an array; TypeError for what has no entries, or no order."""
    if isinstance(thing, (Mapping, Set)):
        raise TypeError
    return list(thing)


def _read(thing: Any, what: str) -> tuple[list[float], bool]:
    """The numbers in a list, or a number by itself, and which of the two it was."""
    try:
        parts, is_bare = _entries(thing), False
    except TypeError:
        parts, is_bare = [thing], True
    numbers = [real_number(part, what) for part in parts]
    for number in numbers:
        if not math.isfinite(number):
            raise ValueError(f"{what} has the number {number}: leave this sample out, or correct it")
    return numbers, is_bare


def shaped(numbers: list[Any], is_bare: bool) -> Any:
    """Numbers as a model or a loss is given them."""
    return numbers[0] if is_bare else numbers


def classes_of(samples: Sequence[Sample], outputs: int) -> Classes | None:
    """How the targets name classes, for a model of so many outputs; None if they are other numbers."""
    rows = [sample.targets for sample in samples]
    if outputs > 1 and len(rows[0]) == 1:
        return Classes(0.0, 1.0, True) if {row[0] for row in rows} <= {*map(float, range(outputs))} else None
    for low, high in TWO_CLASSES:
        fits = all({*row} <= {low, high} and (outputs == 1 or row.count(high) == 1) for row in rows)
        if fits and len(rows[0]) == outputs:
            return Classes(low, high, False)
    return None


def plane_of(samples: Sequence[Sample]) -> dict[str, list[float]]:
    """The smallest and the largest number to show of each input, with room around the samples."""
    columns = list(zip(*(sample.inputs for sample in samples), strict=True))
    sides = [_side(min(column), max(column)) for column in columns]
    return {"low": [low for low, _ in sides], "high": [high for _, high in sides]}


def _side(least: float, most: float) -> tuple[float, float]:
    """The ends of an axis: a plane has a width, and both ends are numbers."""
    margin = _MARGIN * most - _MARGIN * least or max(1.0, _MARGIN * abs(most))
    return max(least - margin, -_FARTHEST), min(most + margin, _FARTHEST)
