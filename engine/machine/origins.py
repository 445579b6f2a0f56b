"""Where the lines of machine code come from: formulas of a rolled program, and the nodes that they compute."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from math import prod
from operator import mul
from typing import NamedTuple

from engine.machine.memory import Round
from engine.programs.affine import Dims, canonical
from engine.programs.nests import Body, Nests
from engine.programs.rolling import Group
from engine.programs.rounds import NO_NODE, Rounds

MOST_ROUNDS = 1_000
"""Up to how many rounds the nodes of a line are named."""

LOOKS = re.compile(r"store|call .*@llvm\.fabs|fcmp ueq|fadd [^%]*0x8000000000000000")
"""What takes each lane as it is: to put it somewhere, to look whether it is finite, to begin a sum (-0.0 + x is x)."""

RESULT = -2
"""In place of a node, where a line does something with the results of a body; `NO_NODE`, where it belongs to none."""

Lane = tuple[int, ...]
"""The nodes that a line computes in one lane: several, if that is in a loop."""


class Origin(NamedTuple):
    """What a line was made from: formulas, each as a group's number and which of its own, and nodes in each lane."""

    formulas: tuple[tuple[int, int], ...] = ()
    lanes: tuple[Lane, ...] = ()

    @property
    def nodes(self) -> list[int]:
        """The nodes of all lanes."""
        return sorted({node for lane in self.lanes for node in lane})


class Piece(NamedTuple):
    """A body where it stands: in the loops of its nest, and in those over terms, if it computes the terms of a sum.

    formulas  those that it is made of
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
    """What is being carried out: some rounds of a body in each lane, by their numbers in outer and in inner loops."""

    piece: Piece
    base: int
    lanes: list[list[tuple[int, int]]]


class Origins:
    """Tells where lines come from, given what is being carried out."""

    def __init__(self, nests: Nests, rounds: Rounds) -> None:
        self.rounds = rounds
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

    def where(self, body: Body, rounds: Sequence[Round], loop: int | None, lanes: int) -> Where | None:
        """Some rounds of a body, of which one ``loop`` runs in lanes; nothing for a body that computes no nodes."""
        piece = self.pieces.get(id(body))
        if piece is None:
            return None
        size = prod(piece.outer + piece.inner)
        shown = [(here, lane) for here in rounds for lane in range(lanes)] if size <= MOST_ROUNDS else []
        return Where(piece, body.base, [_numbers(piece, here, loop, lane) for here, lane in shown])

    def origin(self, where: Where | None, node: int) -> Origin:
        """Where a line comes from that carries out a node of a body, or adds a term to a sum, or is around them."""
        if where is None:
            return Origin()
        piece, place = where.piece, node - where.base
        steps = piece.steps
        if 0 <= place < len(steps):
            group, part, step = steps[place]
            return Origin(((group.number, part),), tuple([self.steps(group, part, step, lane) for lane in where.lanes]))
        formulas = tuple([(group.number, part) for group, part in piece.formulas])
        if not piece.is_term or node != RESULT:
            return Origin(formulas)
        ((group, part),) = piece.formulas
        return Origin(formulas, tuple([self.additions(group, part, lane) for lane in where.lanes]))

    def steps(self, group: Group, part: int, step: int, rounds: list[tuple[int, int]]) -> Lane:
        """The nodes that one step of a formula computes in these rounds."""
        terms = [self.rounds.steps(group, part, element)[term : term + 1] for element, term in rounds]
        found = [nodes[step : step + 1] for found in terms for nodes in found]
        return tuple([node for nodes in found for node in nodes if node != NO_NODE])

    def additions(self, group: Group, part: int, rounds: list[tuple[int, int]]) -> Lane:
        """The nodes that add the terms of a formula in these rounds."""
        found = [self.rounds.additions(group, part, element)[term : term + 1] for element, term in rounds]
        return tuple([node for nodes in found for node in nodes if node != NO_NODE])


def _numbers(piece: Piece, here: Round, loop: int | None, lane: int) -> list[tuple[int, int]]:
    """The rounds by number in a lane; a loop that is not written out stands for all of its rounds."""
    dims, depth = piece.outer + piece.inner, len(piece.outer)
    ranges = [
        range(size) if index.name else [index.start + lane * (place == loop)]
        for place, (index, size) in enumerate(zip(here.indices, dims, strict=True))
    ]
    return [(_number(piece.outer, at[:depth]), _number(piece.inner, at[depth:])) for at in product(*ranges)]


def _number(dims: Dims, at: Sequence[int]) -> int:
    """The number of a round in loops."""
    return sum(map(mul, canonical(dims), at))


def with_moves(lines: Sequence[str], origins: Sequence[Origin]) -> list[Origin]:
    """The origins of all lines of functions; what only moves numbers, lane by lane, has their nodes."""
    known: dict[str, tuple[Lane, ...]] = {}
    found = []
    for line, origin in zip(lines, origins, strict=True):
        name, _, text = line.strip().rpartition(" = ")
        lanes = origin.lanes if any(origin.lanes) else _moved(text, known)
        if leaf := re.fullmatch(r"%number(\d+)", name):
            lanes = ((int(leaf[1]),),)
        known[name] = lanes
        found.append(origin._replace(lanes=lanes))
    return found


def _moved(text: str, known: dict[str, tuple[Lane, ...]]) -> tuple[Lane, ...]:
    """The nodes of an instruction that moves numbers; none for another."""
    vector = re.search(r"<(\d+) x double>", text)
    width = int(vector[1]) if vector else 1
    names = re.findall(r"(?:double>?|,) (%[\w.]+|poison)", text)
    operands = [[*known.get(name, ()), *[()] * width][:width] for name in names]
    places = [int(number) for number in re.findall(r"i32 (\d+)", text)]
    match text.partition(" ")[0]:
        case "extractelement":
            return (operands[0][places[0]],)
        case "insertelement":
            operands[0][places[0]] = operands[1][0]
            return tuple(operands[0])
        case "shufflevector":
            both = operands[0] + operands[1]
            return tuple([both[place] for place in places or [0] * width])
    return tuple(operands[0]) if operands and LOOKS.match(text) else ()
