"""Where in the loops of a program a node of its tape is computed: what an error says of it."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from operator import mul

from engine.programs.affine import NUMBERS, Dims, canonical
from engine.programs.loops import Writer
from engine.programs.nests import Nests
from engine.programs.reading import Formula
from engine.programs.tape import Tape


def place_of(writer: Writer, node: int) -> str:
    """The line and the indices, ``\\`h1[j] = tanh(z1[j])\\`, j = 3``; empty for a node that was left out."""
    nests = writer.nests
    path = _way_to_result(nests, node)
    if not path:
        return ""
    number, element = nests.rolled.places[path[-1]]
    place, nest = next((place, nest) for place, nest in enumerate(nests.nests) if number in nest.groups)
    found = list(zip(writer.arrays.formulas[place], writer.lines(place), strict=True))
    own = [(formula, line) for formula, line in found if formula.group.number == number]
    rounds = _round(element, nest.dims)
    part, inner = 0, ()  # type: int, Dims
    if own[0][0].group.terms:
        at = sum(map(mul, rounds, canonical(nest.dims)))
        counts = [formula.counts[at] if formula.counts else prod(formula.inner) for formula, _ in own]
        part, inner = _term([formula for formula, _ in own], counts, path, nests.rolled.tape)
    line = own[part][1]
    loops = zip([*line.outer, *line.inner], [*rounds, *inner], strict=False)
    return ", ".join([f"`{line.text}`", *[f"{loop.name} = {loop.first + loop.step * at}" for loop, at in loops]])


def _way_to_result(nests: Nests, node: int) -> list[int]:
    """The nodes from this one to that whose result is an element of an array; empty if none is."""
    users: dict[int, int] = {}
    tape, places = nests.rolled.tape, nests.rolled.places
    for position, (_, operands, *_) in enumerate(tape.nodes, len(tape.input_labels) + len(tape.leaf_labels)):
        for operand in operands:
            if isinstance(operand, int):
                users.setdefault(operand, position)
    path = [node]
    while places.get(path[-1], (NUMBERS, 0))[0] == NUMBERS:
        if path[-1] not in users:
            return []
        path.append(users[path[-1]])
    return path


def _term(parts: Sequence[Formula], counts: Sequence[int], path: list[int], tape: Tape) -> tuple[int, Dims]:
    """Which of a sum's formulas the path comes from, and in which round; ``counts`` are how many terms each has."""
    base = len(tape.input_labels) + len(tape.leaf_labels)
    additions = 0
    while additions < len(path) and tape.nodes[path[-1 - additions] - base].operation == "add":
        additions += 1
    for own in (False, True):  # A term may end in an addition of its own.
        term = sum(counts) - additions + own
        first = path[own - additions - 1 : own - additions]
        if term == 1 and first == [tape.nodes[path[own - additions] - base].operands[0]]:
            term = 0
        for place, (formula, count) in enumerate(zip(parts, counts, strict=True)):
            if 0 <= term < count:
                steps = formula.tree.steps
                if own == (steps[-1:] != () and steps[-1].operation == "add"):
                    return place, _round(term, formula.inner)
                break
            term -= count
    return 0, ()


def _round(number: int, dims: Dims) -> Dims:
    """The round of each loop in the round of this number."""
    return tuple([number // stride % size for stride, size in zip(canonical(dims), dims, strict=True)])
