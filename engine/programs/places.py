"""Where in the loops of a program a node of its tape is computed: what an error says of it."""

from __future__ import annotations

from math import prod

from engine.programs.loops import NestText, Writer
from engine.programs.nests import Nests
from engine.programs.rolling import NUMBERS, Dims, Group, canonical
from engine.programs.tape import Tape


def place_of(writer: Writer, node: int) -> str:
    """The line and the indices, ``\\`h1[j] = tanh(z1[j])\\`, j = 3``; empty for a node that was left out."""
    nests = writer.nests
    path = _way_to_result(nests, node)
    if not path:
        return ""
    number, element = nests.rolled.places[path[-1]]
    group = nests.rolled.groups[number]
    text = NestText(writer, next(n for n, nest in enumerate(nests.nests) if number in nest.groups))
    part, inner = (0, ()) if group.tree else _term(group, path, nests.rolled.tape)
    rounds = (*_round(element, text.nest.dims), *inner)
    loops = text.formulas[number][part].loops
    indices = [f"{loop.name} = {loop.first + loop.step * at}" for loop, at in zip(loops, rounds, strict=False)]
    return ", ".join([f"`{text.statement(group, part)}`", *indices])


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


def _term(group: Group, path: list[int], tape: Tape) -> tuple[int, Dims]:
    """Which terms of a sum the path comes from: their place, and the round of the loops over them."""
    base = len(tape.input_labels) + len(tape.leaf_labels)
    additions = 0
    while additions < len(path) and tape.nodes[path[-1 - additions] - base].operation == "add":
        additions += 1
    count = sum(prod(terms.dims) for terms in group.terms)
    for own in (0, 1):  # A term may end in an addition of its own.
        term = count - additions + own
        first = path[own - additions - 1 : own - additions]
        if term == 1 and first == [tape.nodes[path[own - additions] - base].operands[0]]:
            term = 0
        for place, terms in enumerate(group.terms):
            if 0 <= term < prod(terms.dims):
                if own == (terms.tree.steps[-1:] != () and terms.tree.steps[-1].operation == "add"):
                    return place, _round(term, terms.dims)
                break
            term -= prod(terms.dims)
    return 0, ()


def _round(number: int, dims: Dims) -> Dims:
    """The round of each loop in the round of this number."""
    return tuple([number // stride % size for stride, size in zip(canonical(dims), dims, strict=True)])
