"""The formulas of a program that was rolled, as a reader meets them: each with the loops around it.

Where an index follows its loops, it is a start and strides; else it is looked up in a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import NamedTuple

from engine.programs.nests import Nest
from engine.programs.rolling import Access, Dims, Group, Rolled, Tree, canonical


class Index(NamedTuple):
    """Which place along an axis each round takes: ``(start + Σ stride · index) % modulus // divisor``.

    modulus, divisor  0 and 1 for none: they are there for rows and columns that are gone through as one
    table             if there is one, the place is an entry of it: that of this number
    """

    start: int
    strides: Dims
    modulus: int = 0
    divisor: int = 1
    table: tuple[int, ...] = ()

    @property
    def loop(self) -> int:
        """The one loop that the index follows step by step, forwards or backwards; -1 if it is not so."""
        moving = [loop for loop, stride in enumerate(self.strides) if stride]
        simple = len(moving) == 1 and abs(self.strides[moving[0]]) == 1 and not self.table and not self.modulus
        return moving[0] if simple and self.divisor == 1 else -1

    def moved(self, first: int, step: int) -> Index:
        """``first + step * index``."""
        return self._replace(start=first + step * self.start, strides=tuple([step * each for each in self.strides]))

    def at(self, point: Mapping[int, int]) -> int:
        """The place in the round that a point says: for each loop, which one."""
        found = self.start + sum(stride * point[loop] for loop, stride in enumerate(self.strides) if stride)
        return self.table[found] if self.table else (found % self.modulus if self.modulus else found) // self.divisor


def fitted(column: Sequence[int], dims: Dims) -> Index:
    """The index that takes these places one after the other: strides, or a table over the loops in which it changes."""
    strides = []
    kept: list[int] = []
    values = list(column)
    size = 1
    for count in reversed(dims):  # `values` has `size` entries for each round of this loop.
        blocks = [values[start : start + size] for start in range(0, len(values), size)]
        if all(block == blocks[index - index % count] for index, block in enumerate(blocks)):
            values = [value for block in blocks[::count] for value in block]
            strides.append(0)
        else:
            strides.append(size)
            kept.append(count)
            size *= count
    strides.reverse()
    affine = [values[stride] - values[0] if stride else 0 for stride in strides]
    if Access(0, values[0], tuple(affine)).elements(dims) == list(column):
        return Index(values[0], tuple(affine))
    return Index(0, tuple(strides), table=tuple(values))


class Formula(NamedTuple):
    """A tree of a group where it stands in a nest.

    outer  the loops of the nest
    inner  those over terms
    ends   where there are more terms in some rounds than in others: how often the inner loop runs in each
    """

    group: Group
    outer: Dims
    inner: Dims
    tree: Tree
    ends: Index | None = None

    @property
    def dims(self) -> Dims:
        """All loops around it."""
        return self.outer + self.inner

    @property
    def factors(self) -> set[Access]:
        """What it multiplies."""
        slots, steps = self.tree
        places = [place for step in steps if step.operation == "mul" for place in step.operands]
        return {slots[place] for place in places if place < len(slots)}

    @property
    def made(self) -> tuple[Dims, Access]:
        """What it makes: the loops, and the access in them."""
        return self.outer, Access(self.group.number, 0, canonical(self.outer))

    def count(self, rounds: Dims) -> int:
        """How many terms there are in this round of each outer loop."""
        return self.ends.at(dict(enumerate(rounds))) if self.ends else prod(self.inner)


def formulas(rolled: Rolled, nest: Nest) -> Iterator[Formula]:
    """The formulas of a nest, sums first."""
    groups = [rolled.groups[number] for number in nest.groups]
    for group in sorted(groups, key=lambda group: group.tree is not None):
        for own, tree in group.trees:
            inner = own[len(group.dims) :]
            slots = tuple([slot.spread(own, nest.dims + inner) for slot in tree.slots])
            yield _ragged(rolled, Formula(group, nest.dims, inner, tree._replace(slots=slots)))


def _ragged(rolled: Rolled, formula: Formula) -> Formula:
    """The formula; of a ragged sum, without the condition that says which of its terms are there."""
    slots, steps = formula.tree
    taken = len(slots) - 2
    if not steps or steps[-1].operation != "where" or steps[-1].operands[::2] != (taken, taken + 1):
        return formula
    condition, size = slots[taken], prod(formula.inner)
    there = [rolled.constant(condition.array, element) for element in condition.elements(formula.dims)]
    rounds = [there[start : start + size] for start in range(0, len(there), size)]
    lengths = [found.count(1.0) for found in rounds]
    ends = fitted(lengths, formula.outer)
    if ends.table or any(found[:length] != [1.0] * length for found, length in zip(rounds, lengths, strict=True)):
        return formula
    kept = [step._replace(operands=tuple([o - 2 * (o > taken) for o in step.operands])) for step in steps[:-1]]
    return formula._replace(tree=Tree(slots[:taken], tuple(kept)), ends=ends)
