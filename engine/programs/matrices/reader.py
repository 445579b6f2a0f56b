"""A rolled program as formulas over arrays whose loops all run forwards.

Emitters run the nests as they are; a reader wants to see X in the backward part where the nest has X by columns, from
the last row to the first. So each axis, each array and each table of constants is one thing here, whichever way it is
gone through.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.programs.affine import NUMBERS, Access, canonical, refines
from engine.programs.arrays import Array, Arrays, Index
from engine.programs.matrices.formulas import Formula, Loop, Place, Read, Source, Sum
from engine.programs.matrices.textbook import merged, simple, with_slopes
from engine.programs.names import Classes
from engine.programs.nests import Nests
from engine.programs.rolling import Delivery, Group, Tree


class Reader:
    """All formulas of a program, in the order of its groups, and which of their loops go along the same axis."""

    def __init__(self, nests: Nests) -> None:
        self.rolled = nests.rolled
        self.arrays = Arrays(nests)
        self.alike = Classes()
        self.sources: dict[Array, Source] = {}
        self.made: dict[Source, Any] = {}
        """The expression of each group that is not a sum."""
        self.homes = {group: nest.dims for nest in nests.nests for group in nest.groups}
        self.formulas = [self.formula(group) for group in self.rolled.groups]
        self.rank()

    def formula(self, group: Group) -> Formula:
        """The formula of a group."""
        dims = self.homes[group.number]
        outer = [Loop(size) for size in dims]
        array, own = self.arrays.find(Access(group.number, 0, canonical(dims)), dims)
        source = self.sources[array] = Source(group.number, tuple([outer[index.loop] for index in own]))
        backwards = {outer[index.loop] for index in own if min(index.strides) < 0}
        given = [(group.dims + terms.dims, terms.dims, terms.tree) for terms in group.terms]
        terms = []
        for coarse, inner, tree in given if group.tree is None else [(group.dims, (), group.tree)]:
            wholes = [self.homes[access.array] for access in tree.slots if access.array >= 0]
            finer = next((sizes for sizes in wholes if refines(sizes, inner)), inner)
            loops = [Loop(size) for size in finer]
            accesses = [access.spread(coarse, dims + finer) for access in tree.slots]
            node = self.node(tree, accesses, outer, loops, backwards)
            terms.append(Sum(tuple(loops), with_slopes(node, self.made)))
        first = len(self.rolled.tape.input_labels) + len(self.rolled.tape.leaf_labels)
        in_gradient = self.rolled.tape.nodes[group.nodes[0] - first].in_gradient
        formula = Formula(group, source, merged(terms), in_gradient)
        if group.tree is not None:
            self.made[source] = formula.terms[0].node
        self.join(formula)
        return formula

    def node(
        self, tree: Tree, accesses: Sequence[Access], outer: list[Loop], inner: list[Loop], backwards: set[Loop]
    ) -> Any:
        """A tree with these slots. Loops over terms run as most of what they go through does."""
        loops = outer + inner
        dims = tuple([loop.size for loop in loops])
        indices = [i for access in accesses if access.array >= NUMBERS for i in self.arrays.find(access, dims)[1]]
        for number, loop in enumerate(inner, len(outer)):
            steps = [index.strides[number] for index in indices]
            if sum((step > 0) - (step < 0) for step in steps) < 0:
                backwards = backwards | {loop}
        nodes: list[Any] = [self.read(access, loops, backwards) for access in accesses]
        for step in tree.steps:
            nodes.append(simple(step.operation, tuple([nodes[operand] for operand in step.operands])))
        return nodes[-1]

    def read(self, access: Access, loops: Sequence[Loop], backwards: set[Loop]) -> Any:
        """What an access reads: a number that is always the same, or an array; loops in ``backwards`` turned round."""
        if access.array < NUMBERS and not any(access.strides):
            return self.rolled.constant(access.array, access.start)
        dims = tuple([loop.size for loop in loops])
        self.arrays.see(access, dims)
        array, indices = self.arrays.find(access, dims)
        return Read(self.source(array), tuple([_place(index, loops, backwards) for index in indices]))

    def source(self, array: Array) -> Source:
        """An array as formulas read it."""
        if array not in self.sources:
            loops = tuple([Loop(size) for size in array.shape])
            constants = array.elements() if array.number < NUMBERS else ()
            values = tuple([self.rolled.constant(array.number, element) for element in constants])
            self.sources[array] = Source(array.number, loops, array.start, array.strides, values)
        return self.sources[array]

    def delivered(self, delivery: Delivery) -> Source:
        """The array from which results leave the program."""
        return self.source(self.arrays.of(delivery.source, delivery.dims))

    def join(self, formula: Formula) -> None:
        """Note which loops of a formula go along the same axis as others."""
        for read in formula.reads:
            for place, axis in zip(read.places, read.source.loops, strict=True):
                loops = [loop for loop, step in place.steps if abs(step) == 1 and not place.table]
                if len(loops) == len(place.steps) == 1 and loops[0].size == axis.size:
                    self.alike.join(loops[0], axis)

    def rank(self) -> None:
        """Put all loops in order, so that few arrays are transposed: in X @ W rows, what is summed over, columns."""
        order: list[Any] = []
        loops: set[Loop] = set()
        for formula in self.formulas:
            *outer, last = formula.source.loops or [None]
            inner = [loop for term in formula.terms for loop in term.loops]
            wanted = [*outer, *inner, last] if outer else [last, *inner]
            classes = [self.alike.of(loop) for loop in wanted if loop]
            for place, each in enumerate(classes):
                if each not in order:
                    before = [order.index(other) + 1 for other in classes[:place][-1:] if other in order]
                    after = [order.index(other) for other in classes[place:] if other in order]
                    order.insert((before or after or [len(order)])[0], each)
            loops.update(filter(None, wanted), *[read.source.loops for read in formula.reads])
        ranks = {each: rank for rank, each in enumerate(order)}
        for loop in loops:
            loop.rank = (ranks.get(self.alike.of(loop), -1), loop.rank[1])


def _place(index: Index, loops: Sequence[Loop], backwards: set[Loop]) -> Place:
    """An index in these loops, those in ``backwards`` turned round."""
    start, steps, end = index.start, [], 1 + index.start
    for loop, stride in zip(loops, index.strides, strict=True):
        if stride:
            way = stride * (loop.size - 1)
            start += way if loop in backwards else 0
            end += max(way, 0)
            steps.append((loop, -stride if loop in backwards else stride))
    table = index.table
    if index.modulus or index.divisor > 1:  # Rows and columns that are gone through as one.
        table = tuple([index._replace(start=number, strides=()).at({}) for number in range(end)])
    return Place(start, tuple(steps), table)
