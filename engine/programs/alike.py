"""The loops of a graph, told in Values: which of them are computed alike.

`engine.programs.rolling` finds loops on a tape. Here its trees are small: what is computed from other loops is a loop
of its own. Before the loops come the leaves that are used in the same places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from typing import NamedTuple

from engine.collector import collector_paused
from engine.graph import walk
from engine.programs.affine import Dims
from engine.programs.forest import Forest
from engine.programs.rolling import Group, Roller
from engine.programs.tape import Node, Operands, Tape, in_layers, operands_of
from engine.value import Value

Use = tuple[int, ...]
"""Where leaves are used: the number of a group, and which operand they are, or which operand of that."""


class Loop(NamedTuple):
    """Values that a nest of loops computes, or leaves that one uses; what has no like is alone, in no loops.

    values  one for each round, the innermost loop running fastest
    dims    how often each loop runs, the outermost first
    terms   for sums of many terms, those of each value, in order; some may have more than others. Else empty
    """

    values: tuple[Value, ...]
    dims: Dims
    terms: tuple[Operands, ...] = ()


@collector_paused()
def loops_of(outputs: Iterable[Value], inputs: Iterable[Value] = ()) -> list[Loop]:
    """The loops in the graph of ``outputs``, operands before results.

    outputs  the Values whose graph it is; none of them is hidden in a longer sum
    inputs   leaves that are never alike to one that is not among them

    Each Value of the graph is in exactly one; but a sum that only goes on in a longer one is in none. Only operations
    and their operands count, not labels or scopes.
    """
    outputs, given = list(outputs), set(inputs)
    leaves, results = walk(*outputs)
    taken = [operands_of(value) for value in results]
    # Of each kind together, as on the tape of a program.
    leaves = sorted(in_layers(leaves, results, taken), key=lambda leaf: leaf not in given)
    values = [*leaves, *results]
    positions = {value: position for position, value in enumerate(values)}
    nodes = []
    for value, operands in zip(results, taken, strict=True):
        places = tuple([o if isinstance(o, float) else positions[o] for o in operands])
        nodes.append(Node(value._form.row.name, places, "", False))
    first, others = (("",) * sum([(leaf in given) is among for leaf in leaves]) for among in (True, False))
    ends = tuple([positions[output] for output in outputs])
    reader = _Reader(Tape(first, others, tuple(nodes), ends, (), len(values)), values)
    return [*reader.leaf_loops(), *reader.loops]


class _Reader(Roller):
    """Tells in Values which groups it finds.

    values  the Value at each position of the tape
    """

    def __init__(self, tape: Tape, values: Sequence[Value]) -> None:
        self.values = values
        self.loops: list[Loop] = []
        self.uses: dict[int, set[Use]] = {}
        self.shapes: dict[Use, Dims] = {}
        """The loops in which the leaf in this place changes."""
        self.met: set[int] = set()
        """What is inside a tree, as far as it has its loop: both factors of ``x * x`` are the same."""
        super().__init__(Forest(tape, whole=False))

    def formulas(self, nodes: list[int]) -> Group:
        """The group of trees that end in ``nodes``."""
        group = self.group(nodes, zip(*[self.forest.slots[node] for node in nodes], strict=True))
        self.read(group.nodes, group.dims, (group.number,))
        return group

    def sums(self, nodes: list[int]) -> Group:
        """The group of sums that end in ``nodes``; the terms of one structure, wherever they stand, are one loop."""
        terms = self.forest.terms
        kinds: dict[int, dict[int, list[int]]] = {}
        for node in nodes:
            for term in terms[node]:
                kinds.setdefault(self.forest.kind_of(term), {node: [] for node in nodes})[node].append(term)
        group = self.group(nodes, [column for found in kinds.values() for column in self.columns(found.values())])
        for kind, found in kinds.items():
            column = [term for node in group.nodes for term in found[node]]
            length = len(found[nodes[0]])
            dims: Dims = (len(column),)
            if all(len(row) == length for row in found.values()):
                dims = group.dims + self.inner_dims(list(zip(*map(self.forest.slots_of, column), strict=True)), length)
            self.read(column, dims, (group.number, kind))
        rows = tuple([tuple(map(self.operand, terms[node])) for node in group.nodes])
        self.loops.append(Loop(self.told(group.nodes), group.dims, rows))
        return group

    def read(self, column: Sequence[int], dims: Dims, use: Use) -> None:
        """Add the loops of a part of all trees of a group; in mind is kept where leaves are used."""
        if column[0] < self.forest.base:
            if column[0] >= 0:
                self.note(column, dims, use)
        elif len(use) == 1 or not self.forest.is_slot(column[0]):
            for place, operands in enumerate(zip(*[self.forest.operands[node] for node in column], strict=True)):
                self.read(operands, dims, (*use, place))
            fresh = [node for node in dict.fromkeys(column) if node not in self.met]
            if fresh:
                self.met.update(fresh)
                self.loops.append(Loop(self.told(fresh), dims if len(fresh) == len(column) else (len(fresh),)))

    def note(self, column: Sequence[int], dims: Dims, use: Use) -> None:
        """Keep in mind that leaves are used here, and in which loops they change."""
        for leaf in set(column):
            self.uses.setdefault(leaf, set()).add(use)
        strides = map(abs, self.access(tuple(column), dims).strides)
        self.shapes[use] = tuple([size for stride, size in sorted(zip(strides, dims, strict=True))[::-1] if stride])

    def told(self, column: Sequence[int]) -> tuple[Value, ...]:
        """The Values at these positions."""
        return tuple([self.values[position] for position in column])

    def operand(self, position: int) -> Value | float:
        """A Value, or a number written in the expression."""
        return self.values[position] if position >= 0 else self.forest.constants[-1 - position]

    def leaf_loops(self) -> Iterator[Loop]:
        """Leaves that are used in the same places, in the loops of one of these if it takes each of them once."""
        alike: dict[frozenset[Use], list[int]] = {}
        for leaf in range(self.forest.base):
            alike.setdefault(frozenset(self.uses.get(leaf, ())), []).append(leaf)
        for uses, leaves in alike.items():
            shapes = [self.shapes[use] for use in sorted(uses)]
            dims = next((dims for dims in shapes if prod(dims) == len(leaves)), (len(leaves),))
            yield Loop(self.told(leaves), dims)
