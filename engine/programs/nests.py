"""A rolled tape as loop nests around short listings, which the emitters walk.

Groups that run over the same rounds, each taking from the one before what it made in the same round, share a nest:

    for s in range(4):
        for j in range(2):
            total = b[j] + sum of w[j, i] * x[s, i] over i in range(2)     a sum: computed first
            h[s, j] = tanh(total)                                          the body: a listing, like that of any program

A body is lowered and made shorter as a whole program is (see `engine.programs.lowering` and `passes`), once for all
rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

from engine.programs.affine import NUMBERS, Access, Dims, canonical, refines
from engine.programs.listing import Listing
from engine.programs.lowering import lower
from engine.programs.passes import optimise
from engine.programs.rolling import Group, Rolled, Step, Tree
from engine.programs.tape import Node, Tape

LONGEST_BODY = 200
"""The most operations in a body."""


class Body(NamedTuple):
    """A straight piece: its listing takes an input from each slot, and then one from each sum of its nest.

    base  the node of the listing that its first step is; others follow, those of one group after those of another
    """

    slots: tuple[Access, ...]
    listing: Listing
    base: int = 0


class Terms(NamedTuple):
    """Terms of a sum: a body with one output, in ``dims`` more loops inside those of the nest."""

    dims: Dims
    body: Body


class Sum(NamedTuple):
    """A sum: its terms are added one after the other, to -0.0 at first, which leaves the first term as it is."""

    group: int
    terms: tuple[Terms, ...]


class Nest(NamedTuple):
    """Loops around sums, computed first, and a body.

    groups  whose results the outputs of the body are: in round 0, 1, 2, … elements 0, 1, 2, … of their arrays
    moves   whether it depends on an input
    """

    dims: Dims
    sums: tuple[Sum, ...]
    body: Body
    groups: tuple[int, ...]
    moves: bool

    @property
    def bodies(self) -> Iterator[tuple[Dims, Body]]:
        """Its straight pieces, with the loops around each."""
        for each in self.sums:
            for terms in each.terms:
                yield self.dims + terms.dims, terms.body
        yield self.dims, self.body

    @property
    def slots(self) -> Iterator[Access]:
        """What it reads."""
        for _, body in self.bodies:
            yield from body.slots


class Nests(NamedTuple):
    """A program as nests: `engine.programs.rolling.Rolled`, ready to be written down.

    read  the groups whose results another nest needs, or what leaves the program
    """

    rolled: Rolled
    nests: tuple[Nest, ...]
    read: frozenset[int]

    @property
    def backward(self) -> int:
        """The place of the first nest of the backward part; without such a part, how many nests there are."""
        firsts = [min(self.rolled.groups[nest.groups[0]].nodes) for nest in self.nests]
        return next((place for place, node in enumerate(firsts) if node >= self.rolled.tape.backward), len(firsts))

    @property
    def kinds(self) -> set[str]:
        """The kinds of instructions that occur."""
        return {kind for nest in self.nests for _, body in nest.bodies for kind in body.listing.kinds}

    @property
    def work(self) -> int:
        """How many instructions a run carries out."""
        return sum(
            prod(dims) * (len(body.listing.instructions) - len(body.slots))
            for nest in self.nests
            for dims, body in nest.bodies
        )


def nested(rolled: Rolled) -> Nests:
    """The nests of a rolled tape."""
    drafts = _drafts(rolled)
    read = {delivery.source.array for delivery in (*rolled.outputs, *rolled.updates)}
    for draft in drafts:
        for group in draft.groups:
            inside = () if group.terms else draft.numbers
            read.update(access.array for _, tree in group.trees for access in tree.slots if access.array not in inside)
    known: dict[object, Listing] = {}
    return Nests(rolled, tuple([draft.nest(rolled, known) for draft in drafts]), frozenset(read))


def _drafts(rolled: Rolled) -> list[_Draft]:
    """The groups, shared out among nests in the order in which they run."""
    inputs = len(rolled.tape.input_labels)
    drafts: list[_Draft] = []
    homes: list[int] = []  # For each group, the draft that it is in.
    moving: list[bool] = []
    for group in rolled.groups:
        accesses = [access for _, tree in group.trees for access in tree.slots]
        before = [access.array for access in accesses if access.array >= 0]
        from_inputs = any(a.array == NUMBERS and (a.table[0] if a.table else a.start) < inputs for a in accesses)
        moving.append(from_inputs or any(moving[array] for array in before))
        latest = max([homes[array] for array in before], default=-1)
        chosen = len(drafts)
        for candidate in {latest, len(drafts) - 1} - {-1}:
            if candidate >= latest and drafts[candidate].takes(group, moving[-1]):
                chosen = min(chosen, candidate)
        if chosen == len(drafts):
            drafts.append(_Draft(group.dims, moving[-1]))
        drafts[chosen].add(group)
        homes.append(chosen)
    return drafts


class _Draft:
    """A nest to which groups are being added."""

    def __init__(self, dims: Dims, moves: bool) -> None:
        self.dims = dims
        self.moves = moves
        self.groups: list[Group] = []
        self.numbers: set[int] = set()
        self.steps = 0

    def takes(self, group: Group, moves: bool) -> bool:
        """Whether a group can run in this nest, after those that are there."""
        alike = group.dims == self.dims or refines(self.dims, group.dims) or refines(group.dims, self.dims)
        if not alike or moves != self.moves or self.steps + _steps(group) > LONGEST_BODY:
            return False
        from_here = [access for _, tree in group.trees for access in tree.slots if access.array in self.numbers]
        if group.terms:
            return not from_here and not any(other.terms for other in self.groups)
        own = (0, canonical(group.dims), ())
        return all(access[1:] == own for access in from_here)

    def add(self, group: Group) -> None:
        """Add a group; the loops become those of the finer of the two."""
        self.groups.append(group)
        self.numbers.add(group.number)
        self.steps += _steps(group)
        if refines(group.dims, self.dims):
            self.dims = group.dims

    def nest(self, rolled: Rolled, known: dict[object, Listing]) -> Nest:
        """The nest, its trees lowered; ``known`` has what was lowered before."""
        sums = tuple([self.sum_of(rolled, group, known) for group in self.groups if group.terms])
        writer = _BodyWriter(rolled, self.dims, [each.group for each in sums], known)
        for group in self.groups:
            if group.tree:
                writer.local[group.number] = writer.write(group.tree, group.dims)
        numbers = tuple([group.number for group in self.groups])
        return Nest(self.dims, sums, writer.body([writer.local[number] for number in numbers]), numbers, self.moves)

    def sum_of(self, rolled: Rolled, group: Group, known: dict[object, Listing]) -> Sum:
        """A sum, the trees of its terms lowered."""
        terms = []
        for dims, tree in group.terms:
            writer = _BodyWriter(rolled, self.dims + dims, [], known)
            terms.append(Terms(dims, writer.body([writer.write(tree, group.dims + dims)])))
        return Sum(group.number, tuple(terms))


def _steps(group: Group) -> int:
    """How many operations a group adds to a body."""
    return sum(len(tree.steps) for _, tree in group.trees)


class _BodyWriter:
    """Puts the trees of a nest together: a tape of its own, whose inputs are the slots, and then the sums.

    While it is written, a number stands for a step, an `Access` for a slot, a float for a constant; ``("sum", n)`` for
    the nth sum.
    """

    def __init__(self, rolled: Rolled, dims: Dims, sums: Sequence[int], known: dict[object, Listing]) -> None:
        self.known = known
        self.rolled = rolled
        self.dims = dims
        self.sums = len(sums)
        self.local: dict[int, Any] = {group: ("sum", index) for index, group in enumerate(sums)}
        """Where the results of the groups of this nest are."""
        self.steps: list[tuple[Step, list[Any]]] = []
        self.slots: dict[Access, int] = {}

    def write(self, tree: Tree, dims: Dims) -> Any:
        """Add the steps of a tree whose slots are read in loops of ``dims``; where its result is."""
        operands = [self.read(access, dims) for access in tree.slots]
        for step in tree.steps:
            self.steps.append((step, [operands[operand] for operand in step.operands]))
            operands.append(len(self.steps) - 1)
        return operands[-1]

    def read(self, access: Access, dims: Dims) -> Any:
        """What stands in a slot."""
        if access.array in self.local:
            return self.local[access.array]
        if access.array < NUMBERS:
            table = self.rolled.constants[NUMBERS - 1 - access.array]
            if len(table) == 1:
                return table[0]
        spread = access.spread(dims, self.dims)
        self.slots.setdefault(spread, len(self.slots))
        return spread

    def body(self, results: Sequence[Any]) -> Body:
        """The body with these results."""
        given = len(self.slots) + self.sums

        def place(operand: Any) -> int | float:
            """The position on the tape of the body."""
            if isinstance(operand, Access):
                return self.slots[operand]
            if isinstance(operand, tuple):
                return len(self.slots) + int(operand[1])
            return operand if isinstance(operand, float) else given + int(operand)

        base = len(self.rolled.tape.input_labels) + len(self.rolled.tape.leaf_labels)
        nodes = []
        for step, operands in self.steps:
            node = self.rolled.tape.nodes[step.node - base]
            places = tuple([place(operand) for operand in operands])
            nodes.append(node._replace(operation=step.operation, operands=places))
        outputs = []
        for result in map(place, results):
            if isinstance(result, float):  # A term that is a number: x + -0.0 is x.
                nodes.append(Node("add", (result, -0.0), "", False))
                result = given + len(nodes) - 1
            outputs.append(result)
        tape = Tape(("",) * given, (), tuple(nodes), tuple(outputs), (), given + len(nodes))
        return Body(tuple(self.slots), self.lowered(tape), given)

    def lowered(self, tape: Tape) -> Listing:
        """The listing of a body: a thousand bodies of one structure are lowered once."""
        key = (repr(tape.nodes), tape.outputs, tape.backward)  # repr tells 0.0 from -0.0
        if key not in self.known:
            self.known[key] = optimise(lower(tape))
        return self.known[key]
