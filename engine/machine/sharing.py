"""Calls and quotients that one nest computed and another needs again: sigmoid's exp in its derivative, for instance.

A listing computes each expression once; but forward and backward parts are different nests, and each has listings of
its own. What takes longer to compute than to store is left in an array by the first.
"""

from __future__ import annotations

from dataclasses import replace

from engine.programs.affine import Access, canonical
from engine.programs.kinds import KINDS, LIBRARY
from engine.programs.listing import Instruction, Listing
from engine.programs.nests import Body, Nest, Nests
from engine.programs.passes import drop_dead
from engine.programs.rolling import Group

CALLED = {name for name, kind in KINDS.items() if kind.llvm == LIBRARY}
SLOW = CALLED | {"div", "sqrt"}

LONGEST_BESIDE = 8
"""The most instructions of a body that is written once for each sum of a tile."""


def shared(nests: Nests) -> Nests:
    """The nests, each slow instruction carried out once for all that need its results in the same order."""
    return _Sharing(nests).result()


def apart(nests: Nests) -> Nests:
    """The nests, long bodies taken out of the tiles of their sums: in loops of their own, they are compiled once."""
    made: list[Nest] = []
    for nest in nests.nests:
        made += _parted(nest) if nest.sums and _is_long(nest.body.listing) else [nest]
    return Nests(nests.rolled, tuple(made), nests.read | {each.group for nest in made for each in nest.sums})


def _is_long(listing: Listing) -> bool:
    """Whether a body has many instructions, or calls, during which the sums of a tile would have to be in memory."""
    return not listing.kinds.isdisjoint(CALLED) or len(listing.instructions) > LONGEST_BESIDE


def _parted(nest: Nest) -> list[Nest]:
    """A nest as two: one of its sums, one of its body, which reads them."""
    sums = tuple([each.group for each in nest.sums])
    inputs = tuple([Instruction("input", (), number) for number in range(len(sums))])
    listing = Listing(inputs, tuple(range(len(sums))), (), len(sums))
    slots = (*nest.body.slots, *[Access(group, 0, canonical(nest.dims)) for group in sums])
    kept = [index for index, group in enumerate(nest.groups) if group not in sums]
    outputs = tuple([nest.body.listing.outputs[index] for index in kept])
    body = nest.body._replace(slots=slots, listing=replace(nest.body.listing, outputs=outputs))
    return [
        nest._replace(body=Body((), listing), groups=sums),
        nest._replace(sums=(), body=body, groups=tuple([nest.groups[index] for index in kept])),
    ]


class _Sharing:
    """Numbers expressions: two instructions with one number give the same results, round by round."""

    def __init__(self, nests: Nests) -> None:
        self.nests = nests
        self.made = list(nests.nests)
        self.groups = list(nests.rolled.groups)
        self.numbers: dict[object, int] = {}
        self.homes: dict[int, tuple[int, int]] = {}
        """For an expression, the nest and the position that compute it first."""
        self.arrays: dict[int, int] = {}

    def result(self) -> Nests:
        """The nests with what is shared."""
        for index in range(len(self.made)):
            self.visit(index)
        rolled = self.nests.rolled._replace(groups=self.groups)
        return Nests(rolled, tuple(self.made), self.nests.read | frozenset(self.arrays.values()))

    def number(self, key: object) -> int:
        """The number of an expression."""
        return self.numbers.setdefault(key, len(self.numbers))

    def visit(self, index: int) -> None:
        """Number the expressions of a nest, and replace those that another nest has."""
        nest = self.made[index]
        own: list[int] = []
        found: list[int] = []
        for position, instruction in enumerate(nest.body.listing.instructions):
            own.append(self.number(self.key(nest, instruction, own)))
            if instruction.kind in SLOW:
                if self.homes.get(own[-1], (index, 0))[0] != index:
                    found.append(position)
                elif instruction.guard < 0:
                    self.homes.setdefault(own[-1], (index, position))
        for group, position in zip(nest.groups, nest.body.listing.outputs, strict=True):
            self.numbers["group", group] = own[position]
        if found:
            self.made[index] = self.replaced(nest, {position: self.array(own[position]) for position in found})

    def key(self, nest: Nest, instruction: Instruction, own: list[int]) -> object:
        """What tells an expression from others."""
        if instruction.kind == "constant":
            return "constant", repr(instruction.number)
        if instruction.kind != "input":
            return instruction.kind, *[own[operand] for operand in instruction.operands]
        slots = nest.body.slots
        number = int(instruction.number)
        if number >= len(slots):
            return "group", nest.sums[number - len(slots)].group
        access = slots[number]
        in_order = access.array >= 0 and access[1:] == (0, canonical(nest.dims), ())
        return ("group", access.array) if in_order else (access, nest.dims)

    def array(self, number: int) -> int:
        """The array in which the first nest leaves an expression."""
        if number not in self.arrays:
            index, position = self.homes[number]
            nest = self.made[index]
            group = Group(len(self.groups), nest.dims, list(self.groups[nest.groups[0]].nodes))
            self.groups.append(group)
            self.arrays[number] = group.number
            listing = replace(nest.body.listing, outputs=(*nest.body.listing.outputs, position))
            body = nest.body._replace(listing=listing)
            self.made[index] = nest._replace(body=body, groups=(*nest.groups, group.number))
        return self.arrays[number]

    def replaced(self, nest: Nest, arrays: dict[int, int]) -> Nest:
        """A nest that reads some results instead of computing them."""
        slots = nest.body.slots
        new = dict.fromkeys(arrays.values())
        places = {array: len(slots) + place for place, array in enumerate(new)}
        instructions = []
        for position, instruction in enumerate(nest.body.listing.instructions):
            if position in arrays:
                instruction = Instruction("input", (), places[arrays[position]])
            elif instruction.kind == "input" and instruction.number >= len(slots):
                instruction = instruction._replace(number=instruction.number + len(new))
            instructions.append(instruction)
        listing = drop_dead(replace(nest.body.listing, instructions=tuple(instructions)))
        accesses = tuple([Access(array, 0, canonical(nest.dims)) for array in new])
        return nest._replace(body=nest.body._replace(slots=(*slots, *accesses), listing=listing))
