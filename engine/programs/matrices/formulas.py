"""Formulas over arrays as they are on paper: ``Z[s, j] = b[j] + Σ_i X[s, i] · W[j, i]``.

An index is a `Loop`. It goes along an axis of each array that is read with it, and along one of the array that is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import inf
from typing import Any, NamedTuple

from engine.programs.affine import Dims
from engine.programs.rolling import Group

_SERIAL = count()


class Loop:
    """An index, from 0 to ``size`` - 1. Loops of a lower ``rank`` go along the first axes of an array."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.rank: tuple[float, int] = (-1, next(_SERIAL))


UNIT = Loop(1)
"""Goes along the second axis of a column: the weights of an output layer of one neuron, and what it computes."""
UNIT.rank = (inf, 0)


@dataclass(eq=False)
class Source:
    """An array that formulas read.

    number   a group's number, `NUMBERS`, or below that for constants
    loops    one for each of its axes: of a result, those of its formula
    start    the first of its elements, and how far the next is along each axis
    values   of constants: the numbers, the last loop running fastest
    axes     the loops along its axes in NumPy, when that is decided; without those in which nothing changes
    """

    number: int
    loops: tuple[Loop, ...]
    start: int = 0
    strides: Dims = ()
    values: tuple[float, ...] = ()
    axes: tuple[Loop, ...] | None = None

    @property
    def lying(self) -> tuple[Loop, ...]:
        """The loops along its axes in NumPy: in the order of their ranks, if nothing else was decided."""
        if self.axes is None:
            self.axes = tuple(sorted(self.loops, key=lambda loop: loop.rank))
        return self.axes

    @property
    def shape(self) -> Dims:
        """The shape of the array in NumPy."""
        return tuple([loop.size for loop in self.lying])


class Place(NamedTuple):
    """An index along one axis: ``start + Σ step · loop``, or the entry of a table that has this number."""

    start: int = 0
    steps: tuple[tuple[Loop, int], ...] = ()
    table: tuple[int, ...] = ()

    def at(self, point: dict[Loop, int]) -> int:
        """The index in the round that a point says: for each loop, which one."""
        found = self.start + sum(step * point[loop] for loop, step in self.steps)
        return self.table[found] if self.table else found

    def follows(self, axis: Loop) -> bool:
        """Whether one loop goes along all of an axis."""
        return (
            self.start == 0 and not self.table and [(loop.size, step) for loop, step in self.steps] == [(axis.size, 1)]
        )


class Read(NamedTuple):
    """An element of an array: the index for each of its loops."""

    source: Source
    places: tuple[Place, ...]

    @property
    def moving(self) -> set[Loop]:
        """The loops in which what is read changes."""
        return {loop for place in self.places for loop, _ in place.steps}


class Node(NamedTuple):
    """An operation on nodes, reads and numbers."""

    operation: str
    operands: tuple[Any, ...]


class Sum(NamedTuple):
    """A node added up over loops, or over none."""

    loops: tuple[Loop, ...]
    node: Any


@dataclass(eq=False)
class Formula:
    """What a group computes: an array, from sums that are added up."""

    group: Group
    source: Source
    terms: list[Sum]
    in_gradient: bool

    @property
    def reads(self) -> list[Read]:
        """What it reads."""
        return [read for term in self.terms for read in reads(term.node)]

    @property
    def sources(self) -> set[Source]:
        """The arrays that it reads."""
        return {read.source for read in self.reads}


def reads(node: Any) -> Iterator[Read]:
    """What a node reads."""
    if isinstance(node, Read):
        yield node
    elif isinstance(node, Node):
        for operand in node.operands:
            yield from reads(operand)


def moved(node: Any, loop: Loop, rounds: int, other: Loop | None = None) -> Any:
    """A node ``rounds`` rounds of a loop later: in another loop in its place, or in none."""
    if isinstance(node, Node):
        return Node(node.operation, tuple([moved(operand, loop, rounds, other) for operand in node.operands]))
    if not isinstance(node, Read):
        return node
    places = []
    for place in node.places:
        steps = dict(place.steps)
        step = steps.pop(loop, 0)
        if other and step:
            steps[other] = step
        places.append(place._replace(start=place.start + rounds * step, steps=tuple(steps.items())))
    return Read(node.source, tuple(places))
