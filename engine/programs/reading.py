"""The formulas of a program that was rolled, as a reader meets them: each with the loops around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import NamedTuple

from engine.programs.affine import Access, Dims, access_of, canonical, continued
from engine.programs.nests import Nest
from engine.programs.rolling import Group, Rolled, Tree


class Formula(NamedTuple):
    """A tree of a group where it stands in a nest.

    outer   the loops of the nest
    inner   those over terms
    counts  where there are more terms in some rounds than in others: how many in each
    """

    group: Group
    outer: Dims
    inner: Dims
    tree: Tree
    counts: tuple[int, ...] = ()

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
    counts = tuple([found.count(1.0) for found in rounds])
    if any(found[:count] != [1.0] * count for found, count in zip(rounds, counts, strict=True)):
        return formula
    kept = [step._replace(operands=tuple([o - 2 * (o > taken) for o in step.operands])) for step in steps[:-1]]
    read = tuple([_continued(rolled, slot, formula.dims, counts) for slot in slots[:taken]])
    return formula._replace(tree=Tree(read, tuple(kept)), counts=counts)


def _continued(rolled: Rolled, access: Access, dims: Dims, counts: Sequence[int]) -> Access:
    """The access by strides, if these say where the terms are that are there."""
    if not access.table:
        return access
    groups, given = rolled.groups, rolled.tape.given(access.table[0])
    room = range(groups[access.array].size) if access.array >= 0 else given
    found = access_of(access.array, continued(list(access.table), counts, dims[-1], room), dims)
    return access if found.table else found
