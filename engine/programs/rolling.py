"""The loops in a graph.

Whoever writes ``sum(w * x for ...)`` in a loop over neurons leaves those loops on the tape. Found again,

    for j in range(16):
        z[j] = b[j]
        for i in range(2):
            z[j] += w[j, i] * x[i]

stands for 80 nodes. Nothing is known here of neurons, labels or scopes: only the nodes and their operands count.

1. *Trees*. A node that is used once is written where it is used, so ``w * x`` is part of the sum. A chain of
   additions ``((a + b) + c) + d`` is one sum of many terms, in this order.
2. *Groups*. Trees of one structure, with operands of the same kinds, make a group: all neurons of a layer. A group's
   operands come from groups before it, so no tree of a group waits for another. Sums are of one structure whatever
   their lengths, where these follow each other: see `engine.programs.ragged`.
3. *Nests*. The trees of a group are numbered, 0, 1, 2, …; each place for an operand, a *slot*, then has a column of
   numbers: which element of which array stands there in tree 0, 1, 2, …. Where a column is start + stride · i, the
   group is a loop; where such rows repeat at a distance, it is a loop in a loop. What follows no such rule keeps its
   column as a *table*.

The problem is that of finding loop nests in traces: Ketterlin and Clauss 2008, "Prediction and trace compression of
data access addresses through nested loop recognition". It is easier here: the order of a group's trees may be chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby, permutations
from math import prod
from operator import mul, sub
from random import Random
from typing import NamedTuple

from engine.programs.ragged import continued, may_be_ragged, ragged_sums
from engine.programs.tape import Tape

LARGEST_TREE = 32
"""The most operations in a tree: what is longer is cut, everywhere in the same place."""

NUMBERED = {"1.0": -1, "-1.0": -2, "0.0": -3, "-0.0": -4}
"""Numbers that stand in every forest, as operands."""

SUM = "sum"
"""Stands for the operation of a chain of additions."""

CHEAP = {"add", "sub", "mul", "neg"}
"""Operations that are done again rather than looked up, where a part of a tree is the same as part of another."""

NUMBERS = -1
"""The array of inputs and leaves, in the order of the tape."""

Dims = tuple[int, ...]
"""How often each loop of a nest runs, the outermost first; () for none."""

Column = list[int]
"""Which element stands in a slot, for one tree after the other."""


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

    def elements(self, dims: Dims) -> list[int]:
        """The element of each round, the innermost loop running fastest."""
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
    return _Roller(tape).rolled()


class _Forest:
    """The trees of a tape: which nodes are roots, the structure of each, and what stands in its slots.

    Constants are numbered -1, -2, … as operands.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.base = len(tape.input_labels) + len(tape.leaf_labels)
        self.inputs = len(tape.input_labels)
        self.constants: list[float] = []
        size = self.base + len(tape.nodes)
        self.firsts = list(range(size))
        """The first position that computes the same."""
        self.same = list(range(size))
        """The position whose result is taken: the first, unless the part of a tree is `CHEAP`."""
        self.operands: list[tuple[int, ...]] = [()] * size
        self.operations: list[str] = [""] * size
        self.users = [0] * size
        self.terms: dict[int, list[int]] = {}
        self.colours: list[int] = [0] * size
        self.slots: list[list[int]] = [[]] * size
        self.lengths: dict[int, list[int]] = {}
        """Of a sum: how many terms of one structure follow each other, and how many of the next, and so on."""
        self.ragged: set[int] = set()
        """The sums that are alike whatever their lengths."""
        self.is_root = [False] * size
        self.known: dict[tuple[object, ...], int] = {}
        self.keys: list[tuple[object, ...]] = []
        self.origins: dict[int, int] = {}
        """For a product that is not on the tape: one that is, and looks like it."""

    def read(self) -> list[int]:
        """The positions of the nodes that are left when each expression is computed once and chains are sums."""
        known: dict[object, int] = {}
        numbers = dict(NUMBERED)
        same, firsts, users = self.same, self.firsts, self.users
        again = False
        for position, (operation, given, _label, _in_gradient) in enumerate(self.tape.nodes, self.base):
            operands = tuple(
                [same[o] if o.__class__ is int else numbers.setdefault(repr(o), -1 - len(numbers)) for o in given]
            )
            looked_up = tuple([firsts[o] if o >= 0 else o for o in operands]) if again else operands
            first = known.setdefault((operation, looked_up), position)
            if first != position:
                firsts[position] = first
                if operation in CHEAP:
                    again = True
                else:
                    same[position] = first
            self.operations[position], self.operands[position] = operation, operands
        self.constants = [float(text) for text in numbers]
        for result in (*self.tape.outputs, *self.tape.updates):
            users[same[result]] += 2
        live = []
        for position in range(len(users) - 1, self.base - 1, -1):
            if users[position]:
                live.append(position)
                operands = self.operands[position]
                for operand in operands if len(operands) == 1 or operands[0] != operands[-1] else set(operands):
                    if operand >= 0:
                        users[operand] += 1
        live.reverse()
        return self.joined(live)

    def joined(self, live: list[int]) -> list[int]:
        """The positions without the additions that are part of a longer chain; x + y and y + x are the same number."""
        inside = set()
        for position in live:
            if self.operations[position] == "add":
                first, second = self.operands[position]
                if not self.continues(first) and self.continues(second):
                    first, second = second, first
                if self.continues(first) and first != second:
                    inside.add(first)
                    terms = self.terms.pop(first)
                    terms.append(second)
                else:
                    terms = [first, second]
                self.terms[position] = terms
        return [position for position in live if position not in inside]

    def continues(self, operand: int) -> bool:
        """Whether a chain of additions goes on where this operand is used."""
        return operand in self.terms and self.users[operand] == 1

    def colour(self, live: list[int]) -> None:
        """Give each node the number of its structure, and what stands in the slots of its tree."""
        colours, slots = self.colours, self.slots
        if may_be_ragged(map(len, self.terms.values())):
            self.ragged = ragged_sums(live, self.operations, self.operands, self.terms, self.users, self.base)
        sizes = [0] * len(colours)
        twins = False
        for position in live:
            if twins:
                self.operands[position] = tuple(self.taken(self.operands[position]))
            terms = self.terms.get(position)
            if terms is not None and self.is_sum(position, terms):
                terms = self.taken(terms) if twins else terms
                kinds = [self.kind_of(term) for term in terms]
                if len(set(kinds)) > 1:
                    terms = self.alike(dict(zip(kinds, terms, strict=True)), terms)
                    kinds = [self.kind_of(term) for term in terms]
                self.terms[position] = terms
                runs = [(kind, len(list(run))) for kind, run in groupby(kinds)]
                self.lengths[position] = [length for _, length in runs]
                self.is_root[position] = True
                key: tuple[object, ...] = (SUM, *runs)
                if position in self.ragged:
                    key = (SUM, *[kind for kind, _ in runs])
                    if len(runs) == 1 and kinds[0] < -3:  # As a tree that is the only term.
                        key = self.keys[-4 - kinds[0]]
            else:
                self.terms.pop(position, None)
                operands = self.operands[position]
                key = (self.operations[position], *[self.kind_of(operand) for operand in operands])
                found: list[int] = []
                size = 1
                for operand in operands:
                    found += self.slots_of(operand)
                    size += 0 if self.is_slot(operand) else sizes[operand]
                slots[position] = found
                sizes[position] = size
                self.is_root[position] = self.users[position] != 1 or size >= LARGEST_TREE
            colours[position] = self.known.setdefault(key, len(self.known))
            if colours[position] == len(self.keys):
                self.keys.append(key)
            if self.firsts[position] != position and self.is_root[position] and self.is_root[self.firsts[position]]:
                self.same[position] = self.firsts[position]
                twins = True

    def taken(self, operands: Iterable[int]) -> list[int]:
        """The operands that are taken in place of these."""
        return [self.same[operand] if operand >= 0 else operand for operand in operands]

    def alike(self, kinds: dict[int, int], terms: list[int]) -> list[int]:
        """The terms, with 1.0 * t for t and -1.0 * t for -t where another is c * t. ``kinds`` has one of each kind.

        The graph of a gradient has no node for a product with 1 or -1. So where inputs are written as numbers, the sum
        over samples would not be the same sum for each weight.
        """
        products = {}
        for term in kinds.values():
            operands = (0, 0) if self.is_slot(term) else self.operands[term]
            if self.operations[term] == "mul" and min(operands) < 0 and self.base <= max(operands):
                products[self.kind_of(max(operands))] = term
        return [self.as_product(term, products) for term in terms] if products else terms

    def as_product(self, term: int, products: dict[int, int]) -> int:
        """A term, as a product if it is a number or its opposite of which ``products`` has one of the same kind."""
        is_opposite = not self.is_slot(term) and self.operations[term] == "neg"
        number = self.operands[term][0] if is_opposite else term
        like = products.get(self.kind_of(number))
        if like is None or number < self.base:
            return term
        factor = -2 if is_opposite else -1
        operands = (factor, number) if self.operands[like][0] < 0 else (number, factor)
        made = len(self.operands)
        self.origins[made] = like
        self.operations.append("mul")
        self.operands.append(operands)
        self.colours.append(self.colours[like])
        self.slots.append([slot for operand in operands for slot in self.slots_of(operand)])
        self.is_root.append(False)
        return made

    def is_sum(self, position: int, terms: list[int]) -> bool:
        """Whether a chain of additions is worth a loop: two terms only where both are formulas of one structure."""
        if len(terms) > 2 or position in self.ragged:
            return True
        kinds = {self.kind_of(term) for term in terms}
        return len(kinds) == 1 and kinds.pop() < -3

    def kind_of(self, operand: int) -> int:
        """What stands in a slot: -1 a constant, -2 an input, -3 a leaf, below that a tree inside; else a group."""
        if operand < 0:
            return -1
        if operand < self.inputs:
            return -2
        if operand < self.base:
            return -3
        colour = self.colours[operand]
        return colour if self.is_root[operand] else -4 - colour

    def slots_of(self, operand: int) -> list[int]:
        """What stands in the slots of an operand that is part of a tree."""
        return [operand] if self.is_slot(operand) else self.slots[operand]

    def is_slot(self, operand: int) -> bool:
        """Whether an operand is not part of the tree that uses it."""
        return operand < self.base or self.is_root[operand]


class _Roller:
    """Groups and nests from the trees."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.forest = forest = _Forest(tape)
        self.places = {position: (NUMBERS, position) for position in range(forest.base)}
        self.tables: dict[tuple[int, ...], int] = {}
        self.groups: list[Group] = []
        live = forest.read()
        forest.colour(live)
        members: dict[int, list[int]] = {}
        for position in live:
            if forest.is_root[position] and forest.same[position] == position:
                members.setdefault(forest.colours[position], []).append(position)
        for nodes in members.values():
            is_sum = any(node in forest.terms for node in nodes)
            self.groups.append(self.sum_of(nodes) if is_sum else self.formula(nodes))

    def rolled(self) -> Rolled:
        """All that was found."""
        same = self.forest.same
        constants = [tuple([self.forest.constants[-1 - number] for number in table]) for table in self.tables]
        outputs, updates = (
            self.deliveries([same[position] for position in found]) for found in (self.tape.outputs, self.tape.updates)
        )
        return Rolled(self.tape, self.groups, constants, outputs, updates, self.places)

    def formula(self, nodes: list[int]) -> Group:
        """The group of trees that end in ``nodes``."""
        columns = list(map(list, zip(*[self.forest.slots[node] for node in nodes], strict=True)))
        dims: Dims = ()
        if len(nodes) > 1:
            order, dims = self.arranged(columns, len(nodes))
            nodes = [nodes[index] for index in order]
            columns = [[column[index] for index in order] for column in columns]
        accesses = tuple([self.access(column, dims) for column in columns])
        return self.numbered(Group(len(self.groups), dims, nodes, Tree(accesses, self.steps(nodes[0], len(accesses)))))

    def sum_of(self, nodes: list[int]) -> Group:
        """The group of sums that end in ``nodes``: its loops are those of all terms together."""
        lengths = [self.forest.lengths.get(node, [1]) for node in nodes]
        longest = list(map(max, zip(*lengths, strict=True)))
        parts = self.parts(nodes, lengths, longest)
        columns: list[Column] = []
        for run, part in enumerate(parts):
            ends = {found[run] for found in lengths}
            rows = [[o for row in part_of_node[: min(ends)] for o in row] for part_of_node in part]
            columns += map(list, zip(*rows, strict=True))
        order, dims = self.arranged(columns, len(nodes))
        nodes = [nodes[index] for index in order]
        group = Group(len(self.groups), dims, nodes)
        start = 0
        for run, part in enumerate(parts):
            rows = [row for index in order for row in part[index]]
            found = [list(column) for column in zip(*rows, strict=True)]
            term = self.forest.terms[nodes[0]][start] if nodes[0] in self.forest.terms else nodes[0]
            group.terms.append(self.terms(term, group, found, [lengths[index][run] for index in order]))
            start += lengths[order[0]][run]
        return self.numbered(group)

    def parts(self, nodes: list[int], lengths: list[list[int]], longest: list[int]) -> list[list[list[list[int]]]]:
        """For each run of terms, the slots of each node's terms; where some are missing, those of the last again."""
        forest = self.forest
        rows = [
            [forest.slots_of(term) for term in forest.terms[node]] if node in forest.terms else [forest.slots[node]]
            for node in nodes
        ]
        parts = []
        starts = [0] * len(nodes)
        for run, most in enumerate(longest):
            ends = [start + length[run] for start, length in zip(starts, lengths, strict=True)]
            part = [row[start:end] for row, start, end in zip(rows, starts, ends, strict=True)]
            parts.append([[*found, *found[-1:] * (most - len(found))] for found in part])
            starts = ends
        return parts

    def terms(self, term: int, group: Group, columns: list[Column], lengths: list[int]) -> Terms:
        """The terms of a run, given one of them and what stands in the slots of all."""
        longest = len(columns[0]) // group.size
        is_slot = self.forest.is_slot(term) and term != group.nodes[0]
        if min(lengths) == longest:
            inner = self.inner_dims(columns, longest)
            accesses = tuple([self.access(column, group.dims + inner) for column in columns])
            return Terms(inner, Tree(accesses, self.steps(term, len(accesses), is_slot)))
        dims = (*group.dims, longest)
        taken = len(columns)
        steps = self.steps(term, taken + 2, is_slot)
        may_go_on = lengths if all(step.operation in CHEAP for step in steps) else ()
        accesses = tuple([self.access(column, dims, may_go_on) for column in columns])
        there = [-1 if index < length else -3 for length in lengths for index in range(longest)]
        slots = (*accesses, self.constant(there, dims), self.constant([-4] * len(there), dims))
        result = taken + 1 + len(steps) if steps else 0
        return Terms((longest,), Tree(slots, (*steps, Step("where", (taken, result, taken + 1), group.nodes[0]))))

    def numbered(self, group: Group) -> Group:
        """The group, whose results are elements 0, 1, 2, … of an array from now on."""
        for element, node in enumerate(group.nodes):
            self.places[node] = (group.number, element)
        return group

    def arranged(self, columns: list[Column], count: int) -> tuple[Sequence[int], Dims]:
        """An order of the trees, and the loops over them.

        Best is the order of an array that each tree takes another element of; else that of the tape, or one sorted by
        what stands in the slots.
        """
        tape_order = range(count)
        if count == 1:
            return tape_order, ()
        varying = [column for column in columns if column[0] >= 0]
        found = [self.elements(column) for column in varying]
        codes = coded(found, count)
        best: tuple[int, Sequence[int], Dims] = (count, tape_order, (count,))
        for order in _orders(found, tape_order, [self.places[column[0]][0] for column in varying]):
            dims, is_affine = loops_of([codes[index] for index in order])
            if is_affine:
                return order, self.refined(dims, columns, order)
            best = min(best, (dims[0], order, dims), key=lambda one: one[0])
        blocks, order, dims = best
        size = count // blocks
        firsts = sorted(range(0, count, size), key=order.__getitem__)  # What is not affine is left as on the tape.
        return [index for first in firsts for index in order[first : first + size]], dims

    def refined(self, dims: Dims, columns: list[Column], order: Sequence[int]) -> Dims:
        """The loops of an array that is gone through from start to end, if they are those of ``dims`` and more."""
        for column in columns:
            array = self.places[column[0]][0] if column[0] >= 0 else NUMBERS
            if array >= 0 and refines(self.groups[array].dims, dims):
                elements = self.elements([column[index] for index in order])
                if elements == list(range(self.groups[array].size)):
                    return self.groups[array].dims
        return dims

    def inner_dims(self, columns: list[Column], length: int) -> Dims:
        """The loops over terms: those of the first sum."""
        if length == 1:
            return ()
        first = [self.elements(column[:length]) for column in columns if column[0] >= 0]
        return nest(first, length) or (length,)

    def elements(self, operands: Sequence[int]) -> Column:
        """The elements of arrays that operands are."""
        places = self.places
        return [places[operand][1] for operand in operands]

    def access(self, column: Column, dims: Dims, lengths: Sequence[int] = ()) -> Access:
        """How the rounds of a nest find what stands in a slot; ``lengths`` are those of ragged sums."""
        if column[0] < 0:
            return self.constant(column, dims)
        array = self.places[column[0]][0]
        elements = self.elements(column)
        if lengths:
            size = self.groups[array].size if array >= 0 else self.forest.base
            elements = continued(elements, lengths, dims[-1], size)
        return _access(array, elements, dims)

    def constant(self, column: Column, dims: Dims) -> Access:
        """The access to numbers of the expression itself: without the loops in which they stay the same."""
        strides = []
        size = 1
        numbers = list(column)
        for count in reversed(dims):  # `numbers` has `size` entries for each round of this loop.
            blocks = [numbers[start : start + size] for start in range(0, len(numbers), size)]
            firsts = blocks[::count]
            if all(block == firsts[index // count] for index, block in enumerate(blocks)):
                numbers = [number for block in firsts for number in block]
                strides.append(0)
            else:
                strides.append(size)
                size *= count
        table = self.tables.setdefault(tuple(numbers), len(self.tables))
        return Access(NUMBERS - 1 - table, 0, tuple(reversed(strides)))

    def steps(self, result: int, slots: int, is_slot: bool = False) -> tuple[Step, ...]:
        """The operations of the tree that ends in ``result``, after so many slots; none where it is but a slot."""
        forest = self.forest
        steps: list[Step] = []
        taken = 0

        def write(node: int) -> int:
            """Add the steps of a part of the tree; where its result is."""
            nonlocal taken
            if node != result and forest.is_slot(node):
                taken += 1
                return taken - 1
            operands = tuple([write(operand) for operand in forest.operands[node]])
            steps.append(Step(forest.operations[node], operands, forest.origins.get(node, node)))
            return slots + len(steps) - 1

        if not is_slot:
            write(result)
        return tuple(steps)

    def deliveries(self, results: list[int]) -> list[Delivery]:
        """Where results come from, those of an array that follow each other as a loop."""
        by_array: dict[tuple[int, bool], tuple[Column, Column]] = {}
        for target, result in enumerate(results):
            array, element = self.places[result]
            is_input = array == NUMBERS and element < self.forest.inputs
            elements, targets = by_array.setdefault((array, is_input), ([], []))
            elements.append(element)
            targets.append(target)
        found = []
        for (array, _), columns in by_array.items():
            elements, targets = (list(column) for column in zip(*sorted(zip(*columns, strict=True)), strict=True))
            dims = (nest([elements, targets], len(elements)) or (len(elements),)) if len(elements) > 1 else ()
            found.append(Delivery(dims, _access(array, elements, dims), _access(0, targets, dims)))
        return found


def refines(fine: Dims, coarse: Dims) -> bool:
    """Whether nests of these loops run equally often, and each loop of ``coarse`` is one or more of ``fine``."""
    return prod(fine) == prod(coarse) and {1, *canonical(coarse)} < {1, *canonical(fine)}


def canonical(dims: Dims) -> Dims:
    """The strides of an array that lies in the order of a nest's rounds: for (4, 2) they are (2, 1)."""
    return tuple(reversed([1, *accumulate(reversed(dims), mul)]))[1:]


def _orders(columns: list[Column], tape_order: range, arrays: list[int]) -> Iterator[Sequence[int]]:
    """Orders of trees in which they may be a nest, the best first."""
    tried: set[int] = set()
    for array, column in sorted(zip(arrays, columns, strict=True), key=lambda pair: -pair[0]):
        if array not in tried and len(set(column)) == len(column):
            tried.add(array)
            yield sorted(tape_order, key=column.__getitem__)
    yield tape_order
    for keys in permutations(columns[:3]):
        yield sorted(tape_order, key=list(zip(*keys, strict=True)).__getitem__)


def nest(columns: Sequence[Column], length: int) -> Dims | None:
    """The loops, the outermost first, in which all columns are affine; None if there are none."""
    dims, is_affine = loops_of(coded(columns, length))
    return dims if is_affine else None


def coded(columns: Sequence[Column], length: int) -> Column:
    """All columns as one, whose steps are equal where those of all are: weighted sums, with weights by chance.

    By a chance of 1 in 10**18, steps seem equal that are not; `Access` is exact all the same, by a table.
    """
    draw = Random(0)
    codes = [0] * length
    for column in columns:
        weight = draw.getrandbits(61)
        codes = [code + weight * element for code, element in zip(codes, column, strict=True)]
    return codes


def loops_of(codes: Column) -> tuple[Dims, bool]:
    """The loops, the outermost first, in which a column is affine; and whether it is so in the outermost, too.

    The innermost is the longest run of equal steps from the start. If the column consists of such runs, all with this
    step, their beginnings are looked at in the same way.
    """
    dims: list[int] = []
    while len(codes) > 1:
        steps = list(map(sub, codes[1:], codes))
        step = steps[0]
        run = 1 + next((index for index, other in enumerate(steps) if other != step), len(steps))
        del steps[run - 1 :: run]
        if len(codes) % run or steps.count(step) != len(steps):
            return (len(codes), *reversed(dims)), False
        dims.append(run)
        codes = codes[::run]
    return tuple(reversed(dims)) or (1,), True


def _access(array: int, elements: Column, dims: Dims) -> Access:
    """The access to these elements, as strides if that is possible."""
    if len(elements) == 1:
        return Access(array, elements[0], (0,) * len(dims))
    strides = []
    size = 1
    for count in reversed(dims):
        strides.append(elements[size] - elements[0] if count > 1 else 0)
        size *= count
    access = Access(array, elements[0], tuple(reversed(strides)))
    return access if access.elements(dims) == elements else Access(array, 0, canonical(dims), tuple(elements))
