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
    uses = _Uses(nests.rolled.tape)
    path = uses.way_to_result(nests, node)
    if not path:
        return ""
    number, element = nests.rolled.places[path[-1]]
    group = nests.rolled.groups[number]
    text = NestText(writer, next(n for n, nest in enumerate(nests.nests) if number in nest.groups))
    part, inner = (0, ()) if group.tree else _round_of_term(group, uses.term(path))
    rounds = (*_round(element, text.nest.dims), *inner)
    loops = text.formulas[number][part].loops
    indices = [f"{loop.name} = {loop.first + loop.step * at}" for loop, at in zip(loops, rounds, strict=False)]
    return ", ".join([f"`{text.statement(group, part)}`", *indices])


class _Uses:
    """Where the results on a tape are used."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.base = len(tape.input_labels) + len(tape.leaf_labels)
        self.users: dict[int, int] = {}
        self.again = {*tape.outputs, *tape.updates}
        """What is used more than once."""
        for position, (_, operands, *_) in enumerate(tape.nodes, self.base):
            for operand in set(operands):
                if isinstance(operand, int) and self.users.setdefault(operand, position) != position:
                    self.again.add(operand)

    def way_to_result(self, nests: Nests, node: int) -> list[int]:
        """The nodes from this one to that whose result is an element of an array; empty if none is."""
        path = [node]
        while nests.rolled.places.get(path[-1], (NUMBERS, 0))[0] == NUMBERS:
            if path[-1] not in self.users:
                return []
            path.append(self.users[path[-1]])
        return path

    def before(self, node: int) -> int | None:
        """The addition that an addition goes on from, as one sum of many terms."""
        operands = self.addends(node)
        if not operands or operands[0] == operands[1]:
            return None
        going_on = [int(each) for each in operands if each not in self.again and self.addends(each)]
        return going_on[0] if going_on else None

    def addends(self, operand: float) -> tuple[float, ...]:
        """The operands of an addition; () for anything else."""
        if isinstance(operand, float) or operand < self.base:
            return ()
        operation, operands, *_ = self.tape.nodes[operand - self.base]
        return operands if operation == "add" else ()

    def term(self, path: list[int]) -> int:
        """The term of a sum that a path comes from, counted from 0; the sum is the path's last node."""
        place = len(path) - 1
        last = self.before(path[place])
        while place and path[place - 1] == last:
            place -= 1
            last = self.before(path[place])
        if last is None:
            return 0 if place and path[place - 1] == self.addends(path[place])[0] else 1
        count = 2
        while (earlier := self.before(last)) is not None:
            last = earlier
            count += 1
        return count


def _round_of_term(group: Group, term: int) -> tuple[int, Dims]:
    """Which terms of a sum a term is among: their place, and the round of the loops over them."""
    for place, terms in enumerate(group.terms):
        if term < prod(terms.dims):
            return place, _round(term, terms.dims)
        term -= prod(terms.dims)
    return 0, ()


def _round(number: int, dims: Dims) -> Dims:
    """The round of each loop in the round of this number."""
    return tuple([number // stride % size for stride, size in zip(canonical(dims), dims, strict=True)])
