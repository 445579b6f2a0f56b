"""The loops of a graph, told in Values: which of them are computed alike.

`engine.programs.rolling` finds loops on a tape, around formulas. Here each operation of a formula comes with the Values
that it gave, round by round; and before them come the leaves that are used in the same places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import prod
from typing import Any, NamedTuple

from engine.graph import walk
from engine.programs.rolling import NUMBERS, Access, Dims, Group, Roller, Tree
from engine.programs.tape import Node, Tape, in_layers
from engine.value import Value

Use = tuple[int, int]
"""Where leaves are used: (the first position of a loop on the tape, the place among its operands)."""


Terms = tuple[tuple[Value | float, ...], ...]
"""For each of some sums, its terms."""


class Loop(NamedTuple):
    """Values that a nest of loops computes, or leaves that one uses; what has no like is alone, in no loops.

    values  one for each round, the innermost loop running fastest
    dims    how often each loop runs, the outermost first
    terms   for sums of many terms, those of each value, in order; else empty
    """

    values: tuple[Value, ...]
    dims: Dims
    terms: Terms = ()


def loops_of(outputs: Iterable[Value], inputs: Iterable[Value] = ()) -> list[Loop]:
    """The loops in the graph of ``outputs``, operands before results.

    outputs  the Values whose graph it is; none of them is hidden in a longer sum
    inputs   leaves that are never alike to one that is not among them

    Each Value of the graph is in exactly one; but a sum that only goes on in a longer one is in none. Only operations
    and their operands count, not labels or scopes.
    """
    outputs, given = list(outputs), set(inputs)
    leaves, results = walk(*outputs)
    # Of each kind together, as on the tape of a program.
    leaves = sorted(in_layers(leaves, results), key=lambda leaf: leaf not in given)
    values = [*leaves, *results]
    positions = {value: position for position, value in enumerate(values)}
    nodes = [_node(value, positions) for value in results]
    first = sum(leaf in given for leaf in leaves)
    ends = tuple([positions[output] for output in outputs])
    tape = Tape(("",) * first, ("",) * (len(leaves) - first), tuple(nodes), ends, (), len(values))
    return list(_Reader(values, Roller(tape, share=False)).loops())


def _node(value: Value, positions: dict[Value, int]) -> Node:
    """The line of the tape for a result; labels do not matter here."""
    assert value.operation is not None
    operands = [operand if isinstance(operand, float) else positions[operand] for operand in value.operands]
    return Node(value.operation.name, tuple(operands), "", False)


@dataclass
class _Draft:
    """A loop that is being put together, from positions on the tape.

    dims  not known yet where loops were joined
    """

    positions: list[int]
    dims: Dims | None
    terms: Terms = ()


class _Reader:
    """Reads the trees of all rounds, where a roller keeps those of the first.

    values  the Value at each position of the tape
    """

    def __init__(self, values: Sequence[Value], roller: Roller) -> None:
        self.values = values
        self.forest = roller.forest
        self.drafts: list[_Draft] = []
        self.homes: dict[int, int] = {}
        """For each result, its loop."""
        self.known: dict[tuple[Any, ...], int] = {}
        self.uses: list[set[Use]] = [set() for _ in range(self.forest.base)]
        """Where each leaf is used."""
        self.shapes: dict[Use, Dims] = {}
        """The loops in which the leaf in this place changes."""
        for group in roller.groups:
            if group.tree is None:
                self.read_sums(group)
            else:
                self.read_trees(group.tree, group.nodes, group.dims)

    def loops(self) -> Iterator[Loop]:
        """The loops, leaves first."""
        yield from self.leaf_loops()
        for draft in self.drafts:
            dims = self.arranged(draft) if draft.dims is None else draft.dims
            yield Loop(tuple([self.values[position] for position in draft.positions]), dims, draft.terms)

    def read_trees(self, tree: Tree, roots: Sequence[int], dims: Dims) -> None:
        """Add the loops of a formula whose results are ``roots``."""
        columns = {len(tree.steps) - 1: roots}
        for index in reversed(range(len(tree.steps))):
            column = columns[index]
            lines = [self.forest.operands[position] for position in column]
            for place, operand in enumerate(tree.steps[index].operands):
                below = [line[place] for line in lines]
                if operand < len(tree.slots):
                    self.note((column[0], place), below, tree.slots[operand], dims)
                else:
                    columns[operand - len(tree.slots)] = below
        for _, column in sorted(columns.items()):
            self.add(column, dims)

    def read_sums(self, group: Group) -> None:
        """Add the loops of a group of sums: those of its terms, all of one structure together, then the sums."""
        terms = [self.forest.terms[node] for node in group.nodes]
        kinds = self.forest.term_colours[group.nodes[0]]
        runs = list(zip([kind for kind, _ in groupby(kinds)], group.terms, strict=True))
        for kind in dict.fromkeys(kinds):
            places = [place for place, other in enumerate(kinds) if other == kind]
            first, *more = [run for other, run in runs if other == kind]
            dims = group.dims + ((len(places),) if more else first.dims)
            column = [row[place] for row in terms for place in places]
            if first.tree.steps:
                self.read_trees(first.tree, column, dims)
            else:
                self.note((group.nodes[0], places[0]), column, first.tree.slots[0], dims)
        self.add(group.nodes, group.dims, tuple([tuple(map(self.operand, row)) for row in terms]))

    def operand(self, position: int) -> Value | float:
        """A Value, or a number written in the expression."""
        return self.values[position] if position >= 0 else self.forest.constants[-1 - position]

    def add(self, column: Sequence[int], dims: Dims, terms: Terms = ()) -> None:
        """Add a loop with these results, as far as they are new: both factors of ``x * x`` are the same.

        If another loop does the same with results of the same loops, or with the same leaf, the two become one.
        """
        fresh = [position for position in dict.fromkeys(column) if position not in self.homes]
        if not fresh:
            return
        number = len(self.drafts)
        keys = [] if terms else list(self.keys(fresh))
        number = next((self.known[key] for key in keys if key in self.known), number)
        for key in keys:
            self.known.setdefault(key, number)
        if number == len(self.drafts):
            self.drafts.append(_Draft(fresh, dims if len(fresh) == len(column) else (len(fresh),), terms))
        else:
            self.drafts[number].positions += fresh
            self.drafts[number].dims = None
        self.homes.update(dict.fromkeys(fresh, number))

    def keys(self, positions: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        """What loops that become one have in common: the operation, and the loops of its operands or one of the leaves.

        Places that may differ are None.
        """
        operands = self.forest.operands[positions[0]]
        places = [self.homes.get(operand) for operand in operands]
        if any(place is not None for place in places):
            yield self.forest.operations[positions[0]], *places
            return
        for place, leaf in enumerate(operands):
            if leaf >= 0 and all(self.forest.operands[position][place] == leaf for position in positions):
                yield self.forest.operations[positions[0]], place, -1 - leaf

    def arranged(self, draft: _Draft) -> Dims:
        """Bring the results of joined loops into the order of their operands; the loops that are around them then."""
        operands = self.forest.operands
        homes = [self.homes[operand] for operand in operands[draft.positions[0]] if operand in self.homes]
        sources = [self.drafts[home] for home in homes]
        order = {position: place for source in sources for place, position in enumerate(source.positions)}
        draft.positions.sort(key=lambda position: [order.get(operand, operand) for operand in operands[position]])
        count = len(draft.positions)
        draft.dims = next((source.dims for source in sources if len(source.positions) == count), None) or (count,)
        return draft.dims

    def note(self, use: Use, column: Sequence[int], access: Access, dims: Dims) -> None:
        """Keep in mind where leaves are used."""
        if access.array == NUMBERS:
            for leaf in set(column):
                self.uses[leaf].add(use)
            strides = sorted(zip(map(abs, access.strides), dims, strict=False), reverse=True)
            self.shapes[use] = tuple([size for stride, size in strides if stride])

    def leaf_loops(self) -> Iterator[Loop]:
        """Leaves that are used in the same places, in the loops of one of these if it takes each of them once."""
        alike: dict[frozenset[Use], list[int]] = {}
        for leaf, uses in enumerate(self.uses):
            alike.setdefault(frozenset((self.homes[first], place) for first, place in uses), []).append(leaf)
        for leaves in alike.values():
            shapes = [self.shapes[use] for use in sorted(self.uses[leaves[0]])]
            dims = next((dims for dims in shapes if prod(dims) == len(leaves)), (len(leaves),))
            yield Loop(tuple([self.values[leaf] for leaf in leaves]), dims)
