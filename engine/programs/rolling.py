"""The loops in a graph.

Whoever writes ``sum(w * x for ...)`` in a loop over neurons leaves those loops on the tape. Found again,

    for j in range(16):
        z[j] = b[j]
        for i in range(2):
            z[j] += w[j, i] * x[i]

stands for 80 nodes. Nothing is known here of neurons, labels or scopes: only the nodes and their operands count.

1. *Trees*. A node that is used once is written where it is used, so ``w * x`` is part of the sum. A chain of
   additions ``((a + b) + c) + d`` is one sum of many terms, in this order: see `engine.programs.forest`.
2. *Groups*. Trees of one structure, with operands of the same kinds, make a group: all neurons of a layer. A group's
   operands come from groups before it, so no tree of a group waits for another. Sums are of one structure whatever
   their lengths, where these follow each other: see `engine.programs.ragged`.
3. *Nests*. The trees of a group are numbered, 0, 1, 2, …; each place for an operand, a *slot*, then has a column of
   numbers: which element of which array stands there in tree 0, 1, 2, …. Where a column is start + stride · i, the
   group is a loop; where such rows repeat at a distance, it is a loop in a loop: see `engine.programs.affine`.

The problem is that of finding loop nests in traces: Ketterlin and Clauss 2008, "Prediction and trace compression of
data access addresses through nested loop recognition". It is easier here: the order of a group's trees may be chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import NamedTuple

from engine.programs.affine import (
    NUMBERS,
    Access,
    Column,
    Dims,
    access_of,
    arranged,
    changing,
    continued,
    nest,
    refines,
)
from engine.programs.forest import CHEAP, MINUS_ZERO, ONE, ZERO, Forest
from engine.programs.tape import Tape

Operands = tuple[int, ...]
"""What stands in a slot, for one tree after the other: positions on the tape, or constants."""


class Step(NamedTuple):
    """An operation of a tree.

    operands  the slots, counted from 0; from their number on, the steps
    node      its position on the tape in tree 0
    """

    operation: str
    operands: tuple[int, ...]
    node: int


class Tree(NamedTuple):
    """What a group's trees have in common.

    slots  where each slot finds its element
    steps  the operations, operands before results; without any, the tree is its only slot
    """

    slots: tuple[Access, ...]
    steps: tuple[Step, ...]


class Terms(NamedTuple):
    """Terms of one structure that follow each other in a sum: ``dims`` are the loops over them, inside the group's."""

    dims: Dims
    tree: Tree


@dataclass
class Group:
    """Trees of one structure: a loop nest.

    dims   the loops over the trees
    nodes  the position on the tape of each tree's result, in the order of the loops
    tree   the formula, unless the group is a sum
    terms  of a sum, in order; each group of terms is added to those before it
    """

    number: int
    dims: Dims
    nodes: list[int]
    tree: Tree | None = None
    terms: list[Terms] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many trees there are."""
        return len(self.nodes)

    @property
    def trees(self) -> list[tuple[Dims, Tree]]:
        """Each formula, with the loops around it."""
        if self.tree is not None:
            return [(self.dims, self.tree)]
        return [(self.dims + terms.dims, terms.tree) for terms in self.terms]


class Delivery(NamedTuple):
    """Results that leave the program: in each round, an element of ``source`` goes to the place ``target`` says."""

    dims: Dims
    source: Access
    target: Access


class Rolled(NamedTuple):
    """A tape as loop nests, in an order in which each finds what it needs.

    constants  tables of the numbers that vary from round to round; access -2 takes from the first, -3 from the next
    outputs    where the outputs come from
    updates    where the next values of the first leaves come from
    places     for each position on the tape that has an element of its own: (array, element)
    """

    tape: Tape
    groups: list[Group]
    constants: list[tuple[float, ...]]
    outputs: list[Delivery]
    updates: list[Delivery]
    places: dict[int, tuple[int, int]]

    def constant(self, array: int, element: int) -> float:
        """A number of a table of constants."""
        return self.constants[NUMBERS - 1 - array][element]


def roll(tape: Tape) -> Rolled:
    """Find the loops of a tape, in about the time that it takes to walk it a few times."""
    return Roller(Forest(tape)).rolled()


class Roller:
    """Groups and nests from trees."""

    def __init__(self, forest: Forest) -> None:
        self.forest = forest
        self.places = {position: (NUMBERS, position) for position in range(forest.base)}
        self.tables: dict[tuple[int, ...], int] = {}
        self.groups: list[Group] = []
        members: dict[int, list[int]] = {}
        for position in forest.live:
            if forest.kinds[position] >= 0 and forest.same[position] == position:
                members.setdefault(forest.kinds[position], []).append(position)
        for nodes in members.values():
            is_sum = any(node in forest.terms for node in nodes)
            (self.sums if is_sum else self.formulas)(nodes)

    def rolled(self) -> Rolled:
        """All that was found."""
        forest, tape = self.forest, self.forest.tape
        constants = [tuple([forest.constants[-1 - number] for number in table]) for table in self.tables]
        outputs, updates = (self.deliveries(forest.taken(found)) for found in (tape.outputs, tape.updates))
        return Rolled(tape, self.groups, constants, outputs, updates, self.places)

    # --- Groups -------------------------------------------------------------------------------------------------------

    def formulas(self, nodes: list[int]) -> Group:
        """The group of trees that end in ``nodes``."""
        slots = self.forest.slots
        group = self.group(nodes, zip(*[slots[node] for node in nodes], strict=True))
        columns = zip(*[slots[node] for node in group.nodes], strict=True)
        accesses = tuple([self.access(column, group.dims) for column in columns])
        group.tree = Tree(accesses, self.steps(group.nodes[0], len(accesses)))
        return group

    def sums(self, nodes: list[int]) -> Group:
        """The group of sums that end in ``nodes``: its loops are those of all terms together."""
        runs = dict(zip(nodes, map(self.forest.terms_of, nodes), strict=True))
        parts = map(self.columns, zip(*runs.values(), strict=True))
        group = self.group(nodes, chain.from_iterable(parts))
        group.terms += [self.terms(group, part) for part in zip(*[runs[node] for node in group.nodes], strict=True)]
        return group

    def columns(self, terms: Iterable[Sequence[int]]) -> Iterable[Operands]:
        """What stands in the slots of each sum's terms; where some sums are shorter, of those that all have."""
        slots_of = self.forest.slots_of
        return zip(*[[slot for term in row for slot in slots_of(term)] for row in terms], strict=False)

    def terms(self, group: Group, terms: Sequence[list[int]]) -> Terms:
        """The terms of one kind of each sum."""
        lengths = list(map(len, terms))
        longest = max(lengths)
        padded = [term for row in terms for term in (*row, *row[-1:] * (longest - len(row)))]
        columns = list(zip(*map(self.forest.slots_of, padded), strict=True))
        if min(lengths) < longest:
            return self.ragged(group, terms[0][0], columns, lengths)
        inner = self.inner_dims(columns, longest)
        accesses = tuple([self.access(column, group.dims + inner) for column in columns])
        return Terms(inner, Tree(accesses, self.term_steps(terms[0][0], len(accesses))))

    def ragged(self, group: Group, term: int, columns: Sequence[Operands], lengths: Sequence[int]) -> Terms:
        """The terms of sums of different lengths: where a term is missing, -0.0, which changes nothing, is chosen."""
        dims = (*group.dims, max(lengths))
        there = len(columns)  # The slot that says which terms are there, before that of the zero.
        steps = self.term_steps(term, there + 2)
        may_go_on = all(step.operation in CHEAP for step in steps)  # What could fail is computed from the last again.
        accesses = [self.access(column, dims, lengths if may_go_on else ()) for column in columns]
        is_there = [ONE if index < length else ZERO for length in lengths for index in range(dims[-1])]
        accesses += [self.constant(numbers, dims) for numbers in (is_there, [MINUS_ZERO] * len(is_there))]
        result = there + 1 + len(steps) if steps else 0
        choice = Step("where", (there, result, there + 1), group.nodes[0])
        return Terms(dims[-1:], Tree(tuple(accesses), (*steps, choice)))

    def term_steps(self, term: int, slots: int) -> tuple[Step, ...]:
        """The operations of a term, none if it is but a slot."""
        return () if self.forest.is_slot(term) else self.steps(term, slots)

    def steps(self, result: int, slots: int) -> tuple[Step, ...]:
        """The operations of the tree that ends in ``result``, after so many slots."""
        forest = self.forest
        steps: list[Step] = []
        slot = count()

        def write(node: int) -> int:
            """Add the steps of a part of the tree; where its result is."""
            places = [next(slot) if forest.is_slot(operand) else write(operand) for operand in forest.operands[node]]
            steps.append(Step(forest.operations[node], tuple(places), forest.origins.get(node, node)))
            return slots + len(steps) - 1

        write(result)
        return tuple(steps)

    # --- Nests --------------------------------------------------------------------------------------------------------

    def group(self, nodes: list[int], columns: Iterable[Operands]) -> Group:
        """A new group of these nodes, in the order of its loops, from what stands in their slots.

        Its results are elements 0, 1, 2, … of an array from now on.
        """
        varying = [column for column in columns if column[0] >= 0]
        arrays, elements = [self.places[column[0]][0] for column in varying], list(map(self.elements, varying))
        order, dims = arranged(elements, arrays, len(nodes))
        dims = self.refined(dims, elements, arrays, order)
        group = Group(len(self.groups), dims, [nodes[index] for index in order])
        self.places.update({node: (group.number, element) for element, node in enumerate(group.nodes)})
        self.groups.append(group)
        return group

    def refined(self, dims: Dims, columns: Sequence[Column], arrays: Sequence[int], order: Sequence[int]) -> Dims:
        """The loops of an array that is gone through from start to end, if they are those of ``dims`` and more."""
        for array, column in zip(arrays, columns, strict=True):
            size = self.groups[array].size if array >= 0 and refines(self.groups[array].dims, dims) else 0
            if size and [column[index] for index in order] == list(range(size)):
                return self.groups[array].dims
        return dims

    def inner_dims(self, columns: Sequence[Operands], length: int) -> Dims:
        """The loops over terms: those of the first sum."""
        return nest([self.elements(column[:length]) for column in columns if column[0] >= 0], length)

    # --- Accesses -----------------------------------------------------------------------------------------------------

    def elements(self, operands: Iterable[int]) -> Column:
        """The elements of arrays that operands are."""
        places = self.places
        return [places[operand][1] for operand in operands]

    def access(self, column: Operands, dims: Dims, lengths: Sequence[int] = ()) -> Access:
        """How the rounds of a nest find what stands in a slot; ``lengths`` are those of sums that may go on."""
        if column[0] < 0:
            return self.constant(column, dims)
        array = self.places[column[0]][0]
        elements = self.elements(column)
        if lengths:
            room = range(self.groups[array].size) if array >= 0 else self.forest.tape.given(elements[0])
            elements = continued(elements, lengths, dims[-1], room)
        return access_of(array, elements, dims)

    def constant(self, column: Iterable[int], dims: Dims) -> Access:
        """The access to numbers of the expression itself: without the loops in which they stay the same."""
        numbers, strides = changing(list(column), dims)
        table = self.tables.setdefault(tuple(numbers), len(self.tables))
        return Access(NUMBERS - 1 - table, 0, strides)

    def deliveries(self, results: Iterable[int]) -> list[Delivery]:
        """Where results come from, those of an array that follow each other as a loop."""
        by_array: dict[tuple[int, bool], list[tuple[int, int]]] = {}
        for target, result in enumerate(results):
            array, element = self.places[result]
            is_input = array == NUMBERS and element < self.forest.inputs
            by_array.setdefault((array, is_input), []).append((element, target))
        found = []
        for (array, _), pairs in by_array.items():
            elements, targets = map(list, zip(*sorted(pairs), strict=True))
            dims = nest([elements, targets], len(pairs))
            found.append(Delivery(dims, access_of(array, elements, dims), access_of(0, targets, dims)))
        return found
