"""A rolled program as formulas over arrays whose loops all run forwards.

Emitters run the nests as they are; a reader wants to see X in the backward part where the nest has X by columns, from
the last row to the first. So each axis, each array and each table of constants is one thing here, whichever way it is
gone through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

from engine.programs.arrays import Array, Arrays, Index
from engine.programs.matrices.nodes import Node, Read, Source, Terms, flat, forwards, merged, multiplied, reads, simple
from engine.programs.names import Classes
from engine.programs.nests import Nests
from engine.programs.rolling import NUMBERS, Access, Dims, Group, Tree, canonical, refines

MOST_AXES = 3
"""Up to so many axes, a table of constants is looked for in every order of its axes."""


@dataclass
class Formula:
    """What a group computes.

    source  the array of its results
    sizes   how often each loop runs
    axes    the loop along each axis of the source
    terms   what is added up; of what is no sum, the one expression
    """

    group: Group
    source: Source
    sizes: Dims
    axes: tuple[int, ...]
    terms: list[Terms]
    in_gradient: bool

    def loop(self, number: int, term: int) -> Any:
        """What a loop is called among the axes that are alike: an axis of the source, or a loop over terms."""
        return (self.source, self.axes.index(number)) if number < len(self.axes) else (self.source, term, number)


class Readings:
    """All formulas of a program, in the order of its groups, and which of the axes are alike."""

    def __init__(self, nests: Nests) -> None:
        self.rolled = nests.rolled
        self.arrays = Arrays(nests)
        self.alike = Classes()
        """Axes ``(source, number)`` and loops that go through the same."""
        self.sources: dict[Array, Source] = {}
        self.constants: dict[Any, Source] = {}
        self.homes = {group: nest.dims for nest in nests.nests for group in nest.groups}
        self.formulas: list[Formula] = []
        self.made: dict[Source, Any] = {}
        """The expression of each group that is no sum."""
        for group in self.rolled.groups:
            self.formulas.append(self.formula(group, self.homes[group.number]))

    def formula(self, group: Group, dims: Dims) -> Formula:
        """The formula of a group in loops of ``dims``."""
        own = self.read(Access(group.number, 0, canonical(dims)), dims)
        backwards = {index.loop for index in own.indices if min(index.strides, default=0) < 0}
        given = [(terms.dims, terms.tree) for terms in group.terms] if group.tree is None else [((), group.tree)]
        terms = []
        for inner, tree in given:
            wholes = [self.homes[access.array] for access in tree.slots if access.array >= 0]
            finer = next((sizes for sizes in wholes if refines(sizes, inner)), inner)
            accesses = [access.spread(group.dims + inner, dims + finer) for access in tree.slots]
            terms.append(Terms(finer, self.node(tree, accesses, dims + finer, backwards, len(dims))))
        first = len(self.rolled.tape.input_labels) + len(self.rolled.tape.leaf_labels)
        in_gradient = self.rolled.tape.nodes[group.nodes[0] - first].in_gradient
        axes = tuple([index.loop for index in own.indices])
        formula = Formula(group, own.source, dims, axes, merged(terms, len(dims)), in_gradient)
        if group.tree is not None:
            self.made[own.source] = formula.terms[0].node
        for number, (sizes, node) in enumerate(formula.terms):
            for source, indices in reads(node):
                for axis, index in enumerate(indices):
                    if index.loop >= 0 and (dims + sizes)[index.loop] == source.shape[axis]:
                        self.alike.join(formula.loop(index.loop, number), (source, axis))
        return formula

    def node(self, tree: Tree, accesses: Sequence[Access], dims: Dims, backwards: set[int], outer: int) -> Any:
        """A tree with these slots. Loops over terms run as most of what they go through does."""
        found = {access: self.read(access, dims) for access in accesses if access.array >= NUMBERS}
        steps = [(loop, step) for read in found.values() for i in read.indices for loop, step in enumerate(i.strides)]
        turned = {
            loop
            for loop in range(outer, len(dims))
            if sum((s > 0) - (s < 0) for other, s in steps if other == loop) < 0
        }
        backwards = backwards | turned
        nodes: list[Any] = []
        for access in accesses:
            if access in found:
                indices = tuple([forwards(index, dims, backwards) for index in found[access].indices])
                nodes.append(Read(found[access].source, indices))
            else:
                nodes.append(self.constant(access, dims, backwards))
        for step in tree.steps:
            nodes.append(simple(step.operation, tuple([nodes[operand] for operand in step.operands])))
        return self.with_slopes(nodes[-1])

    def with_slopes(self, node: Any) -> Any:
        """A product with a * (1 - a) for e * a / (1 + e), where a is 1 / (1 + e): the slope of a sigmoid by hand."""
        coefficient, factors = flat(node)
        for place, factor in enumerate(factors):
            match factor:
                case Node("div", (Read(whole) as a, Read(below) as b)) if self.made.get(whole) == Node("div", (1.0, b)):
                    match self.made[below]:
                        case Node("add", (1.0, e) | (e, 1.0)) if e in factors:
                            factors[factors.index(e)], factors[place] = a, Node("sub", (1.0, a))
                            return multiplied([coefficient, *factors])
        return node

    def read(self, access: Access, dims: Dims) -> Read:
        """What an access reads."""
        array, indices = self.arrays.find(access, dims)
        if array not in self.sources:
            self.sources[array] = Source(array.number, array.shape, array.start, array.strides)
        return Read(self.sources[array], tuple(indices))

    def constant(self, access: Access, dims: Dims, backwards: set[int]) -> Any:
        """What stands in a slot for numbers: one number, or a table, perhaps known in another order of its axes."""
        table = self.rolled.constants[NUMBERS - 1 - access.array]
        loops = [loop for loop, stride in enumerate(access.strides) if stride]
        if not loops:
            return table[access.start]
        orders = list(permutations(loops)) if len(loops) <= MOST_AXES else [tuple(loops)]
        keys = [_laid_out(table, access, dims, order, backwards) for order in orders]
        place = next((place for place, key in enumerate(keys) if key in self.constants), 0)
        shape, values = keys[place]
        source = self.constants.setdefault(keys[place], Source(access.array, shape, values=values))
        unit = [tuple([int(loop == own) for loop in range(len(dims))]) for own in orders[place]]
        return Read(source, tuple([Index(0, strides) for strides in unit]))


def _laid_out(
    table: Sequence[float], access: Access, dims: Dims, loops: Sequence[int], backwards: set[int]
) -> tuple[Dims, tuple[float, ...]]:
    """The shape and the numbers of a table with an axis for each of ``loops``."""
    ranges = [range(dims[loop])[:: -1 if loop in backwards else 1] for loop in loops]
    places = [sum(access.strides[loop] * i for loop, i in zip(loops, place, strict=True)) for place in product(*ranges)]
    return tuple([dims[loop] for loop in loops]), tuple([table[access.start + place] for place in places])
