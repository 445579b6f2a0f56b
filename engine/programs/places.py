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
    uses = _Uses(nests.rolled.tape)
    path = uses.way_to_result(nests, node)
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
        part, inner = _part([formula for formula, _ in own], counts, uses.term(path))
    line = own[part][1]
    loops = zip([*line.outer, *line.inner], [*rounds, *inner], strict=False)
    return ", ".join([f"`{line.text}`", *[f"{loop.name} = {loop.first + loop.step * at}" for loop, at in loops]])


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


def _part(formulas: Sequence[Formula], counts: Sequence[int], term: int) -> tuple[int, Dims]:
    """Which of a sum's formulas a term is of, and in which round; ``counts`` are how many terms each has."""
    for place, (formula, count) in enumerate(zip(formulas, counts, strict=True)):
        if term < count:
            return place, _round(term, formula.inner)
        term -= count
    return 0, ()


def _round(number: int, dims: Dims) -> Dims:
    """The round of each loop in the round of this number."""
    return tuple([number // stride % size for stride, size in zip(canonical(dims), dims, strict=True)])
