"""Columns of numbers as loops: 5, 6, 7, 15, 16, 17, 25, 26, 27 are made by two of them.

    for i in range(3):
        for k in range(3):
            5 + 10 * i + k

A column says which element of an array each round of a nest takes. An `Access` says the same in a line, if the column
is affine: a start, and a stride for each loop. What follows no such rule keeps its column as a *table*.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, permutations
from math import prod
from operator import mul, sub
from random import Random
from typing import NamedTuple

NUMBERS = -1
"""The array of inputs and leaves, in the order of the tape."""

Dims = tuple[int, ...]
"""How often each loop of a nest runs, the outermost first; () for none."""

Column = list[int]
"""One number for each round, the innermost loop running fastest."""


class Access(NamedTuple):
    """Which element of an array each round of a nest takes: ``start + Σ stride · index``, or an entry of a table.

    array    a group's number for its results, `NUMBERS`, or below that a table of constants
    strides  one for each loop, the outermost first
    table    the element of each round, where no strides give it; they number the rounds then. Else empty
    """

    array: int
    start: int
    strides: Dims
    table: tuple[int, ...] = ()

    def elements(self, dims: Dims) -> Column:
        """The element of each round."""
        if self.table:
            return list(self.table)
        found = [self.start]
        for size, stride in zip(dims, self.strides, strict=True):
            found = [element + stride * index for element in found for index in range(size)]
        return found

    def spread(self, dims: Dims, finer: Dims) -> Access:
        """The same access in a nest of ``finer`` loops than ``dims``: a loop over 8 may have become one of 4 over 2."""
        if dims == finer:
            return self
        coarse = list(zip(canonical(dims), self.strides, strict=True))
        strides = []
        for distance in canonical(finer):
            outer, stride = next(pair for pair in coarse if pair[0] <= distance)
            strides.append(stride * (distance // outer))
        return self._replace(strides=tuple(strides))


def access_of(array: int, elements: Column, dims: Dims) -> Access:
    """The access to these elements, by strides if that is possible."""
    if len(elements) == 1:
        return Access(array, elements[0], (0,) * len(dims))
    pairs = zip(dims, canonical(dims), strict=True)
    strides = tuple([elements[distance] - elements[0] if count > 1 else 0 for count, distance in pairs])
    found = Access(array, elements[0], strides)
    return found if found.elements(dims) == elements else Access(array, 0, canonical(dims), tuple(elements))


def canonical(dims: Dims) -> Dims:
    """The strides of an array that lies in the order of a nest's rounds: for (4, 2) they are (2, 1)."""
    return tuple(reversed([1, *accumulate(reversed(dims), mul)]))[1:]


def refines(fine: Dims, coarse: Dims) -> bool:
    """Whether nests of these loops run equally often, and each loop of ``coarse`` is one or more of ``fine``."""
    return prod(fine) == prod(coarse) and {1, *canonical(coarse)} < {1, *canonical(fine)}


def loops_of(column: Column) -> tuple[Dims, bool]:
    """The loops, the outermost first, in which a column is affine; and whether it is so in the outermost, too.

    The innermost is the longest run of equal steps from the start. If the column consists of such runs, all with this
    step, their beginnings are looked at in the same way.
    """
    dims: list[int] = []
    while len(column) > 1:
        steps = list(map(sub, column[1:], column))
        step = steps[0]
        run = 1 + next((index for index, other in enumerate(steps) if other != step), len(steps))
        del steps[run - 1 :: run]
        if len(column) % run or steps.count(step) != len(steps):
            return (len(column), *reversed(dims)), False
        dims.append(run)
        column = column[::run]
    return tuple(reversed(dims)) or (1,), True


def nest(columns: Sequence[Column], length: int) -> Dims:
    """The loops in which all columns are affine; a single loop if there are none."""
    if length == 1:
        return ()
    dims, is_affine = loops_of(coded(columns, length))
    return dims if is_affine else (length,)


def coded(columns: Sequence[Column], length: int) -> Column:
    """All columns as one, whose steps are equal where those of all are: weighted sums, with weights by chance.

    By a chance of 1 in 10**18, steps seem equal that are not; `access_of` is exact all the same, by a table.
    """
    draw = Random(0)
    codes = [0] * length
    for column in columns:
        weight = draw.getrandbits(61)
        codes = [code + weight * element for code, element in zip(codes, column, strict=True)]
    return codes


def arranged(columns: Sequence[Column], arrays: Sequence[int], count: int) -> tuple[Sequence[int], Dims]:
    """An order of rounds, and the loops over them, for columns of elements of these arrays.

    The first order in which all columns are affine; else one with few blocks in which they are, which follow each other
    as they are given.
    """
    if count == 1:
        return (0,), ()
    codes = coded(columns, count)
    best: tuple[Sequence[int], Dims] = (range(count), (count,))
    for order in _orders(columns, arrays, count):
        dims, is_affine = loops_of([codes[index] for index in order])
        if is_affine:
            return order, dims
        if dims[0] < best[1][0]:
            best = order, dims
    order, dims = best
    size = count // dims[0]
    firsts = sorted(range(0, count, size), key=order.__getitem__)
    return [index for first in firsts for index in order[first : first + size]], dims


def _orders(columns: Sequence[Column], arrays: Sequence[int], count: int) -> Iterator[Sequence[int]]:
    """Orders of rounds in which columns may be affine, the best first.

    Best is the order of an array that each round takes another element of; else that in which they are given, or one
    sorted by what stands in the columns.
    """
    given = range(count)
    tried: set[int] = set()
    for array, column in sorted(zip(arrays, columns, strict=True), key=lambda pair: -pair[0]):
        if array not in tried and len(set(column)) == count:
            tried.add(array)
            yield sorted(given, key=column.__getitem__)
    yield given
    for keys in permutations(columns[:3]):
        yield sorted(given, key=list(zip(*keys, strict=True)).__getitem__)


def changing(numbers: Column, dims: Dims) -> tuple[Column, Dims]:
    """A column without the loops in which it stays the same; and the stride of each loop in what is left."""
    strides = []
    size = 1
    for count in reversed(dims):  # `numbers` has `size` entries for each round of this loop.
        blocks = [numbers[start : start + size] for start in range(0, len(numbers), size)]
        firsts = blocks[::count]
        is_same = all(block == firsts[index // count] for index, block in enumerate(blocks))
        strides.append(0 if is_same else size)
        if is_same:
            numbers = [number for block in firsts for number in block]
        else:
            size *= count
    return numbers, tuple(reversed(strides))


def continued(elements: Column, lengths: Sequence[int], longest: int, room: range) -> Column:
    """The elements of sums of different lengths, those that are missing by the steps between the others.

    Where these are not all alike, or would lead out of ``room``, the elements that may be read, as they were.
    """
    starts = range(0, len(elements), longest)
    ends = list(zip(starts, lengths, strict=True))
    steps = {elements[start + 1] - elements[start] for start, length in ends if length > 1}
    if len(steps) != 1:
        return elements
    step = steps.pop()
    made = [elements[start] + step * index for start in starts for index in range(longest)]
    is_there = all(made[start : start + length] == elements[start : start + length] for start, length in ends)
    return made if is_there and min(made) in room and max(made) in room else elements
