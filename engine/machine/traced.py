"""The machine code of a program, each line with the nodes that it computes.

The code is written as always, by writers that keep in mind where they are: which body of a nest is carried out, in
which rounds, and which of its instructions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import product
from math import prod
from operator import mul
from typing import Any, NamedTuple

from engine.machine.backend import NativeBackend
from engine.machine.code import Code, Options
from engine.machine.compiler import missing_functions
from engine.machine.kernels import Kernel, KernelWriter
from engine.machine.located import Located
from engine.machine.loops import repeat_writer
from engine.machine.memory import Round
from engine.machine.registers import RegisterCode, RegisterWriter, ShortRepeat
from engine.programs.affine import Dims, canonical
from engine.programs.listing import Listing
from engine.programs.nests import Body, Nests
from engine.programs.plan import Plan
from engine.programs.rolling import Group
from engine.programs.rounds import NOWHERE, Rounds

MOST_ROUNDS = 1_000
"""Up to how many rounds the nodes of a line are named."""

MOVES = re.compile(r"(extract|insert)element|shufflevector|store|call .*@llvm\.fabs|fcmp ueq")
"""What brings numbers from one place to another, or looks whether they are finite."""

NOTHING, RESULT = -1, -2
"""In place of a node: a line belongs to none; or to what is done with the results of a body."""


Numbers = Sequence[Sequence[str]]
"""The names of numbers, in one round after the other."""


class Origin(NamedTuple):
    """What a line was made from: formulas, each as a group's number and which of its own, and the nodes it computes."""

    formulas: tuple[tuple[int, int], ...] = ()
    nodes: tuple[int, ...] = ()


class Piece(NamedTuple):
    """A body where it stands: in the loops of its nest, and in those over terms, if it computes the terms of a sum.

    formulas  those that it is made of
    steps     of which formula each of its steps is, and which step of a tree
    """

    outer: Dims
    inner: Dims
    is_term: bool
    formulas: list[tuple[Group, int]]

    @property
    def steps(self) -> list[tuple[Group, int, int]]:
        """Of which formula each step is, and which step of its tree; sums of a nest are no steps of its body."""
        trees = [(group, part) for group, part in self.formulas if self.is_term or group.tree]
        return [(group, part, step) for group, part in trees for step in range(len(group.trees[part][1].steps))]


class Where(NamedTuple):
    """What is being carried out: some rounds of a body, each by its number in the outer loops and in the inner ones."""

    piece: Piece
    base: int
    rounds: list[tuple[int, int]]


class Trace:
    """The functions of a program, and where their lines come from."""

    def __init__(self, nests: Nests, rounds: Rounds) -> None:
        self.rounds = rounds
        self.located = Located()
        self.origins: list[Origin] = []
        self.pieces: dict[int, Piece] = {}
        """By the identity of a body."""
        groups = nests.rolled.groups
        for nest in nests.nests:
            formulas = [(groups[number], part) for number in nest.groups for part in range(len(groups[number].trees))]
            self.pieces[id(nest.body)] = Piece(nest.dims, (), False, formulas)
            for each in nest.sums:
                for part, terms in enumerate(each.terms):
                    piece = Piece(nest.dims, terms.dims, True, [(groups[each.group], part)])
                    self.pieces[id(terms.body)] = piece

    def where(self, body: Body, rounds: Sequence[Round], lane: int | None, lanes: int) -> Where | None:
        """Some rounds of a body, by number; a loop that is not written out stands for all of its rounds."""
        piece = self.pieces.get(id(body))
        if piece is None:
            return None
        depth, dims = len(piece.outer), piece.outer + piece.inner
        found = []
        for here in rounds if prod(dims) <= MOST_ROUNDS else ():
            ranges = [
                range(size) if index.name else range(index.start, index.start + (lanes if loop == lane else 1))
                for loop, (index, size) in enumerate(zip(here.indices, dims, strict=True))
            ]
            found += [(_number(piece.outer, at[:depth]), _number(piece.inner, at[depth:])) for at in product(*ranges)]
        return Where(piece, body.base, found)

    def origin(self, where: Where | None, node: int) -> Origin:
        """Where a line comes from that carries out a node of a body, or adds a term to a sum, or is around them."""
        if where is None:
            return Origin()
        piece, base, rounds = where
        steps = piece.steps
        nodes: Iterable[int] = ()
        formulas = piece.formulas
        if 0 <= node - base < len(steps):
            group, part, step = steps[node - base]
            formulas = [(group, part)]
            found = [self.rounds.steps(group, part, element)[term : term + 1] for element, term in rounds]
            nodes = [node for terms in found for nodes in terms for node in nodes[step : step + 1]]
        elif piece.is_term and node == RESULT:
            ((group, part),) = formulas
            added = [self.rounds.additions(group, part, element)[term : term + 1] for element, term in rounds]
            nodes = [node for terms in added for node in terms]
        return Origin(tuple([(group.number, part) for group, part in formulas]), tuple(sorted({*nodes} - {NOWHERE})))

    def moved(self) -> list[Origin]:
        """The origins of all lines; what only moves numbers has their nodes."""
        known: dict[str, tuple[int, ...]] = {}
        found = []
        for line, origin in zip(self.located.lines, self.origins, strict=True):
            name, _, text = line.strip().rpartition(" = ")
            if MOVES.match(text) and not origin.nodes:
                moved = {node for operand in re.findall(r"%[\w.]+", text) for node in known.get(operand, ())}
                origin = origin._replace(nodes=tuple(sorted(moved)))
            elif number := re.fullmatch(r"%number(\d+)", name):
                origin = origin._replace(nodes=(int(number[1]),))
            known[name] = origin.nodes
            found.append(origin)
        return found


def _number(dims: Dims, at: Sequence[int]) -> int:
    """The number of a round in loops."""
    return sum(map(mul, canonical(dims), at))


class Noted(list[str]):
    """The lines of a code, and beside each where it comes from."""

    def __init__(self, code: TracedCode) -> None:
        super().__init__()
        self.code = code
        self.origins: list[Origin] = []

    def append(self, line: str) -> None:
        """Add a line."""
        super().append(line)
        self.origins.append(self.code.trace.origin(self.code.where, self.code.node))

    def __setitem__(self, place: Any, lines: Any) -> None:
        super().__setitem__(place, lines)
        self.origins[place] = [Origin()] * len(lines)


class TracedCode(Code):
    """A code that knows which node of a body it carries out, and where."""

    def __init__(self, options: Options, trace: Trace) -> None:
        super().__init__(options)
        self.trace = trace
        self.where: Where | None = None
        self.node = NOTHING
        self.lines: Noted = Noted(self)

    def results_of(self, listing: Listing, given: Sequence[str]) -> list[str]:
        """The outputs of a listing; what follows does something with them."""
        results = super().results_of(listing, given)
        self.node = RESULT
        return results

    def result(self, listing: Listing, position: int, values: list[str]) -> str:
        """The lines of one instruction."""
        self.node = listing.instructions[position].node
        return super().result(listing, position, values)

    def look(self, listing: Listing, position: int, values: list[str]) -> str:
        """The condition under which Python would have raised."""
        self.node = listing.instructions[position].node
        condition = super().look(listing, position, values)
        self.node = NOTHING
        return condition

    def define(self, head: str, result: str = "void") -> str:
        """The function of these lines, which carry their numbers."""
        around = [Origin()] * 2
        self.trace.origins += [*around, *self.lines.origins, *around]
        return self.trace.located.function(super().define(head, result))


class TracedRegisterCode(TracedCode, RegisterCode):
    """The same, in registers."""


class TracedWriter(KernelWriter):
    """Tells its code what it carries out."""

    code: TracedCode

    def write(self, kernel: Kernel) -> None:
        """Add the lines of a nest."""
        super().write(kernel)
        self.code.where = None

    def results(self, kernel: Kernel, tile: Sequence[Round], totals: Numbers) -> Numbers:
        """What the body gives in each round of a tile, after what it reads."""
        self.code.where = self.code.trace.where(kernel.body, [], None, 1)
        return super().results(kernel, tile, totals)

    def term(self, body: Body, here: Round) -> str:
        """One term of a sum, after what it reads."""
        self.code.where = self.code.trace.where(body, [], None, 1)
        return super().term(body, here)

    def carried_out(self, body: Body, rounds: Sequence[Round], given: Sequence[str]) -> list[str]:
        """What a body gives in these rounds."""
        self.code.where = self.code.trace.where(body, rounds, self.lane, self.code.lanes // len(rounds))
        return super().carried_out(body, rounds, given)


class TracedRegisterWriter(TracedWriter, RegisterWriter):
    """The same, in registers."""


def obstacle(plan: Plan) -> str:
    """Why there is no machine code for a program, and what helps; empty if there is."""
    missing = missing_functions(plan.nests.kinds)
    return f"only Python computes {' and '.join(missing)}: write the formula without" if missing else ""


def traced(plan: Plan, rounds: Rounds) -> tuple[list[tuple[str, Origin]], list[tuple[str, int]]]:
    """(the lines of `repeat` in LLVM's language, the processor's instructions, each with the number of its line)."""
    backend = NativeBackend(plan, (), fast_math=False)
    writer = repeat_writer(backend.nests, backend.options)
    trace = Trace(writer.nests, rounds)
    if isinstance(writer, ShortRepeat):
        writer.new_code = lambda options: TracedRegisterCode(options, trace)
        writer.new_writer = TracedRegisterWriter
    else:
        writer.new_code = lambda options: TracedCode(options, trace)
        writer.new_writer = TracedWriter
    module = writer.text()
    lines = list(zip(trace.located.lines, trace.moved(), strict=True))
    return lines, list(trace.located.assembly(module))
