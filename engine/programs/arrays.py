"""The arrays of a program that was rolled: which numbers lie in rows and columns, and where each access finds them.

The nests know inputs and leaves as one long list. What is gone through in the same rows and columns is an array: the
weights of a layer, whatever is read between them. Read in another order, backwards or by columns, it is the same array.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations, product
from math import gcd
from operator import mul
from typing import Any, NamedTuple

from engine.programs.affine import NUMBERS, Access, Dims, canonical
from engine.programs.nests import Nest, Nests
from engine.programs.reading import Formula, formulas

MOST_AXES = 3
"""Up to so many axes, a table of constants is looked for in every order of its axes."""


class Index(NamedTuple):
    """Which place along an axis each round takes: ``(start + Σ stride · index) % modulus // divisor``.

    modulus, divisor  0 and 1 for none: they are there for rows and columns that are gone through as one
    table             if there is one, the place is an entry of it: that of this number
    """

    start: int
    strides: Dims
    modulus: int = 0
    divisor: int = 1
    table: tuple[int, ...] = ()

    @property
    def loop(self) -> int:
        """The one loop that the index follows step by step, forwards or backwards; -1 if it is not so."""
        moving = [loop for loop, stride in enumerate(self.strides) if stride]
        simple = len(moving) == 1 and abs(self.strides[moving[0]]) == 1 and not self.table and not self.modulus
        return moving[0] if simple and self.divisor == 1 else -1

    def moved(self, first: int, step: int) -> Index:
        """``first + step * index``."""
        if self.table:
            return self._replace(table=tuple([first + step * entry for entry in self.table]))
        return self._replace(start=first + step * self.start, strides=tuple([step * each for each in self.strides]))

    def at(self, point: Mapping[int, int]) -> int:
        """The place in the round that a point says: for each loop, which one."""
        found = self.start + sum(stride * point[loop] for loop, stride in enumerate(self.strides) if stride)
        return self.table[found] if self.table else (found % self.modulus if self.modulus else found) // self.divisor


class Array(NamedTuple):
    """Numbers in rows and columns.

    number   a group's number for its results, `NUMBERS`, or below that a table of constants
    start    the element with all indices 0
    strides  how far the next element is along each axis, in any order, and negative for one that runs backwards
    """

    number: int
    start: int
    shape: Dims
    strides: Dims
    name: str = ""

    def places(self, element: int) -> list[int]:
        """The indices of an element."""
        rest = element - self.start
        rest += sum(-stride * (size - 1) for size, stride in zip(self.shape, self.strides, strict=True) if stride < 0)
        found = [0] * len(self.shape)
        for axis in sorted(range(len(self.shape)), key=lambda axis: -abs(self.strides[axis])):
            place, rest = divmod(rest, abs(self.strides[axis]))
            found[axis] = place if self.strides[axis] > 0 else self.shape[axis] - 1 - place
        return found

    def elements(self) -> list[int]:
        """All elements, the last index running fastest."""
        return Access(self.number, self.start, self.strides).elements(self.shape)

    def indices(self, access: Access, dims: Dims) -> list[Index]:
        """Where the rounds of a nest, which all fall into this array, find their elements."""
        if access.table:
            return self._tabled(access.table, dims)
        first = self.places(access.start)
        steps = [
            [after - before for after, before in zip(self.places(access.start + stride), first, strict=True)]
            for stride in access.strides
        ]
        for axis, size in enumerate(self.shape):
            moves = [step[axis] * (count - 1) for step, count in zip(steps, dims, strict=True)]
            low, high = (first[axis] + sum(pick(0, move) for move in moves) for pick in (min, max))
            if low < 0 or high >= size:
                return self._as_one(access, dims)
        return [Index(first[axis], tuple([step[axis] for step in steps])) for axis in range(len(self.shape))]

    def _as_one(self, access: Access, dims: Dims) -> list[Index]:
        """The indices where rows and columns are gone through as one list."""
        if min(self.strides) < 0:
            return self._tabled(access.elements(dims), dims)
        start, widest = access.start - self.start, max(self.strides)
        return [
            Index(start, access.strides, 0 if stride == widest else stride * size, stride)
            for stride, size in zip(self.strides, self.shape, strict=True)
        ]

    def _tabled(self, elements: Sequence[int], dims: Dims) -> list[Index]:
        """The indices of these elements, by strides or tables."""
        return [fitted(column, dims) for column in zip(*map(self.places, elements), strict=True)]


def fitted(column: Sequence[int], dims: Dims) -> Index:
    """The index that takes these places one after the other: strides, or a table over the loops in which it changes."""
    strides = []
    kept: list[int] = []
    values = list(column)
    size = 1
    for count in reversed(dims):  # `values` has `size` entries for each round of this loop.
        blocks = [values[start : start + size] for start in range(0, len(values), size)]
        if all(block == blocks[index - index % count] for index, block in enumerate(blocks)):
            values = [value for block in blocks[::count] for value in block]
            strides.append(0)
        else:
            strides.append(size)
            kept.append(count)
            size *= count
    strides.reverse()
    affine = [values[stride] - values[0] if stride else 0 for stride in strides]
    if Access(0, values[0], tuple(affine)).elements(dims) == list(column):
        return Index(values[0], tuple(affine))
    return Index(0, tuple(strides), table=tuple(values))


def gone_through(access: Access, dims: Dims) -> Array:
    """What an access reads, as an array in the order of its elements."""
    if access.table:
        return Array(access.array, access.table[0], (), ())
    loops = sorted(
        [(abs(stride), count) for stride, count in zip(access.strides, dims, strict=True) if stride and count > 1]
    )
    start = access.start + sum(
        stride * (count - 1) for stride, count in zip(access.strides, dims, strict=True) if stride < 0
    )
    axes: list[tuple[int, int]] = []
    for stride, count in loops:
        while axes and stride < axes[-1][0] * axes[-1][1]:  # Windows that overlap: what they slide over is one axis.
            step, size = axes.pop()
            shared = gcd(step, stride)
            stride, count = shared, (step * (size - 1) + stride * (count - 1)) // shared + 1
        axes.append((stride, count))
    strides, shape = ([axis[part] for axis in reversed(axes)] for part in (0, 1))
    return Array(access.array, start, tuple(shape), tuple(strides))


class Arrays:
    """The arrays of a program: parts of inputs and leaves, tables of constants, and the results of each group."""

    def __init__(self, nests: Nests) -> None:
        self.rolled = nests.rolled
        inputs, leaves = len(nests.rolled.tape.input_labels), len(nests.rolled.tape.leaf_labels)
        self.inputs = inputs
        self.known = [Array(NUMBERS, 0, (inputs,), (1,)), Array(NUMBERS, inputs, (leaves,), (1,))]
        """All arrays; first all inputs and all leaves, for what cuts through their parts."""
        self.owners: dict[tuple[int, int], int] = {}
        """For an array's number and an element, the place in `known`."""
        self.groups: dict[int, int] = {}
        """The same for the results of a group."""
        self.tables: dict[Any, list[tuple[int, Dims]]] = {}
        """Tables of constants, with their shapes, by what is in them."""
        self.formulas = [list(formulas(nests.rolled, nest)) for nest in nests.nests]
        for nest, found in zip(nests.nests, self.formulas, strict=True):
            for dims, access in self.reads(found):
                self.see(access, dims)
            self.lay_out(nest, found)
        for delivery in (*nests.rolled.outputs, *nests.rolled.updates):
            self.see(delivery.source, delivery.dims)
        for delivery in nests.rolled.updates:
            self.see(self.updated(delivery.target), delivery.dims)

    def reads(self, found: Sequence[Formula]) -> Iterator[tuple[Dims, Access]]:
        """What formulas read, but for single numbers: the loops, and the access in them."""
        for formula in found:
            for access in formula.tree.slots:
                if access.array >= NUMBERS or any(access.strides):
                    yield formula.dims, access

    def updated(self, target: Access) -> Access:
        """The access to the leaves that a delivery of updates goes to."""
        table = tuple([element + self.inputs for element in target.table])
        return target._replace(array=NUMBERS, start=target.start + self.inputs, table=table)

    def see(self, access: Access, dims: Dims) -> None:
        """Make an array of what an access reads, unless it belongs to one, or cuts through some."""
        access = self.first_alike(access, dims)
        if access.array < 0 and not access.table:
            array = gone_through(access, dims)
            places = [(array.number, element) for element in array.elements()]
            if self.owners.keys().isdisjoint(places):
                self.owners.update(dict.fromkeys(places, len(self.known)))
                self.known.append(array)

    def first_alike(self, access: Access, dims: Dims) -> Access:
        """The access; to constants, as one to the first table of the same numbers, perhaps by columns or backwards."""
        loops = [loop for loop, stride in enumerate(access.strides) if stride]
        if access.array >= NUMBERS or len(loops) > MOST_AXES:
            return access
        shape = tuple([dims[loop] for loop in loops])
        numbers = self.numbers(access._replace(strides=tuple([access.strides[loop] for loop in loops])), shape)
        known = self.tables.setdefault((tuple(sorted(numbers)), tuple(sorted(shape))), [])
        for table, sizes in known:
            for order, signs in product(permutations(range(len(loops))), product((1, -1), repeat=len(loops))):
                steps = dict(zip(order, map(mul, signs, canonical(sizes)), strict=True))
                start = sum([-step * (shape[axis] - 1) for axis, step in steps.items() if step < 0])
                alike = Access(table, start, tuple([steps[axis] for axis in range(len(loops))]))
                if sizes == tuple([shape[axis] for axis in order]) and self.numbers(alike, shape) == numbers:
                    strides = dict(zip(loops, alike.strides, strict=True))
                    return alike._replace(strides=tuple([strides.get(loop, 0) for loop in range(len(dims))]))
        known.append((access.array, shape))
        return access

    def numbers(self, access: Access, dims: Dims) -> list[str]:
        """The constants that an access reads, as texts, which tell 0.0 from -0.0."""
        return [repr(self.rolled.constant(access.array, element)) for element in access.elements(dims)]

    def lay_out(self, nest: Nest, found: Sequence[Formula]) -> None:
        """Know the results of a nest, in the order of an array from which each round takes another element."""
        axes = list(range(len(nest.dims)))
        steps: list[set[int]] = [set() for _ in axes]
        for dims, access in self.reads(found):
            if access.array not in nest.groups:
                indices = self.find(access, dims)[1]
                loops = [index.loop for index in indices]
                if sorted(loops) == list(range(len(axes))):
                    axes = loops if axes == sorted(axes) else axes
                for loop in axes:
                    steps[loop].update(index.strides[loop] for index in indices)
        strides = [
            -stride if min(seen, default=0) < 0 >= max(seen) else stride
            for stride, seen in zip(canonical(nest.dims), steps, strict=True)
        ]
        start = sum(-stride * (size - 1) for stride, size in zip(strides, nest.dims, strict=True) if stride < 0)
        shape, strides = ([each[loop] for loop in axes] for each in (nest.dims, strides))
        for group in nest.groups:
            self.groups[group] = len(self.known)
            self.known.append(Array(group, start, tuple(shape), tuple(strides)))

    def find(self, access: Access, dims: Dims) -> tuple[Array, list[Index]]:
        """The array that an access reads, and the index along each axis."""
        access = self.first_alike(access, dims)
        array = self.of(access, dims)
        return array, array.indices(access, dims)

    def of(self, access: Access, dims: Dims) -> Array:
        """The array that an access reads."""
        if access.array >= 0:
            return self.known[self.groups[access.array]]
        elements = access.table or gone_through(access, dims).elements()
        owners = {self.owners.get((access.array, element), -1) for element in elements}
        whole = int(access.array == NUMBERS and elements[0] >= self.inputs)
        return self.known[whole if len(owners) > 1 or -1 in owners else owners.pop()]
