"""The meaning of loops, told once more: what a rolled tape computes, one round after the other, on plain floats."""

import itertools
import math

from support.program_checks import interpreted

from engine.programs.affine import NUMBERS
from engine.registration import find_operation


def element(access, dims, indices):
    """Which element of its array an access takes in the round of these indices."""
    place = access.start + sum(stride * index for stride, index in zip(access.strides, indices, strict=True))
    return access.table[place] if access.table else place


def rounds(dims):
    """The indices of each round, the innermost loop running fastest."""
    return itertools.product(*map(range, dims))


class Memory:
    """The arrays of a run; to read what was not computed yet is an error."""

    def __init__(self, rolled, numbers):
        self.rolled = rolled
        self.arrays = {NUMBERS: dict(enumerate(numbers))}
        self.arrays |= {NUMBERS - 1 - n: dict(enumerate(table)) for n, table in enumerate(rolled.constants)}

    def read(self, access, dims, indices):
        """The number of an access in one round."""
        return self.arrays[access.array][element(access, dims, indices)]

    def keep(self, group, number):
        """Add the next element of a group's array."""
        array = self.arrays.setdefault(group, {})
        array[len(array)] = number

    def delivered(self, deliveries):
        """The outputs or the updates: each place gets one number."""
        found = {}
        for delivery in deliveries:
            for indices in rounds(delivery.dims):
                target = element(delivery.target, delivery.dims, indices)
                assert target not in found
                found[target] = self.read(delivery.source, delivery.dims, indices)
        assert sorted(found) == list(range(len(found)))
        return [found[target] for target in range(len(found))]

    def results(self):
        """(outputs, updates)."""
        return self.delivered(self.rolled.outputs), self.delivered(self.rolled.updates)


def of_groups(rolled, numbers):
    """(outputs, updates) of a rolled tape: one group after the other, each operation as the engine computes it."""
    memory = Memory(rolled, numbers)
    for group in rolled.groups:
        assert math.prod(group.dims) == group.size
        for indices in rounds(group.dims):
            memory.keep(group.number, _tree_or_sum(group, memory, indices))
    return memory.results()


def _tree_or_sum(group, memory, indices):
    """One element of a group's array."""
    if group.tree:
        return _tree(group.tree, memory, group.dims, indices)
    total = None
    for terms in group.terms:
        for inner in rounds(terms.dims):
            number = _tree(terms.tree, memory, group.dims + terms.dims, indices + inner)
            total = number if total is None else total + number
    return total


def _tree(tree, memory, dims, indices):
    """The number of a formula in one round."""
    held = [memory.read(access, dims, indices) for access in tree.slots]
    for step in tree.steps:
        held.append(find_operation(step.operation).value(*(held[operand] for operand in step.operands)))
    return held[-1]


def of_nests(nests, numbers):
    """(outputs, updates) of nests: only what is said to be read by others is remembered."""
    memory = Memory(nests.rolled, numbers)
    for nest in nests.nests:
        for indices in rounds(nest.dims):
            sums = [_sum(one, memory, nest.dims, indices) for one in nest.sums]
            for group, number in zip(nest.groups, _body(nest.body, memory, nest.dims, indices, sums), strict=True):
                if group in nests.read:
                    memory.keep(group, number)
    return memory.results()


def _sum(one, memory, dims, indices):
    """A sum in one round of its nest."""
    total = -0.0
    for terms in one.terms:
        for inner in rounds(terms.dims):
            total += _body(terms.body, memory, dims + terms.dims, indices + inner, [])[0]
    return total


def _body(body, memory, dims, indices, sums):
    """The outputs of a body in one round."""
    slots = [memory.read(access, dims, indices) for access in body.slots]
    assert len(body.listing.inputs) == len(slots) + len(sums)
    return interpreted(body.listing, [*slots, *sums])
