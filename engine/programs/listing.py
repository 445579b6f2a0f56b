"""A program as a list of instructions, and what can be known of it before it runs.

Passes make a listing shorter, emitters write it down. What they ask about it is found out here, once for each listing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from engine.programs.kinds import EVERYTHING, GIVEN, KINDS, Interval

DEEPEST = 20
"""How deeply expressions may be nested: Python's parser has a limit."""

LAZY = {name for name, kind in KINDS.items() if any(f" {word} " in kind.python for word in ("if", "and", "or"))}
"""The kinds of which Python, reading their text, may skip an operand."""


class Instruction(NamedTuple):
    """One step of a program; others refer to its result by its position in the listing.

    kind      "input", "leaf" or "constant"; or the name of a row of `engine.programs.kinds`
    operands  the positions of the instructions whose results it takes
    number    of a constant: its value (a bool, where a condition was decided); of an input or a leaf: which one
    label     the label of the Value it computes
    guard     the position of a condition: the instruction is carried out only where it holds; -1 for always
    node      the position on the tape that it comes from
    """

    kind: str
    operands: tuple[int, ...] = ()
    number: float = 0.0
    label: str = ""
    guard: int = -1
    node: int = -1

    @property
    def needs(self) -> tuple[int, ...]:
        """The positions of the operands and of the guard."""
        return self.operands if self.guard < 0 else (*self.operands, self.guard)


@dataclass(frozen=True)
class Listing:
    """Instructions, each after those it needs; first the inputs, then the leaves.

    outputs   the positions of the outputs
    updates   the positions of the next values of leaves 0, 1, …
    backward  the position on the tape where the backward part begins
    places    after a pass: where each result of the listing before it is now; -1 where it was left out
    """

    instructions: tuple[Instruction, ...]
    outputs: tuple[int, ...]
    updates: tuple[int, ...]
    backward: int
    places: tuple[int, ...] = field(default=(), compare=False, repr=False)

    @cached_property
    def kinds(self) -> set[str]:
        """The kinds of instructions that occur."""
        return {instruction.kind for instruction in self.instructions}

    @cached_property
    def inputs(self) -> list[int]:
        """The positions of the inputs, in order."""
        return [p for p, instruction in enumerate(self.instructions) if instruction.kind == "input"]

    @cached_property
    def leaves(self) -> list[int]:
        """The positions of the leaves, in order."""
        return [p for p, instruction in enumerate(self.instructions) if instruction.kind == "leaf"]

    @cached_property
    def ranges(self) -> list[Interval]:
        """Where each result lies, by interval arithmetic: exp(-abs(x)) is at most 1."""
        ranges: list[Interval] = []
        for instruction in self.instructions:
            low, high = _range(instruction, [ranges[operand] for operand in instruction.operands])
            if instruction.guard >= 0:  # Where it is not carried out, Python's lines have 0.0 for it.
                low, high = min(low, 0.0), max(high, 0.0)
            ranges.append((low, high))
        return ranges

    @cached_property
    def fallible(self) -> set[int]:
        """The positions of the instructions that may raise, given the ranges: exp(-abs(x)) does not overflow."""
        ranges = self.ranges
        return {
            position
            for position, (kind, operands, *_) in enumerate(self.instructions)
            if kind in KINDS and KINDS[kind].fails(*[ranges[operand] for operand in operands])
        }

    @cached_property
    def lasting(self) -> list[bool]:
        """Whether each updated leaf, once infinite or NaN, stays so: its update adds to it, or multiplies it."""
        return [self._carries(update, leaf) for leaf, update in zip(self.leaves, self.updates, strict=False)]

    def _carries(self, position: int, leaf: int, depth: int = 6) -> bool:
        """Whether a result is not finite wherever a leaf is not, as far as ``depth`` instructions show."""
        if position == leaf:
            return True
        instruction = self.instructions[position]
        if depth == 0 or instruction.kind in GIVEN or not KINDS[instruction.kind].spreads:
            return False
        return any(self._carries(operand, leaf, depth - 1) for operand in instruction.operands)

    @cached_property
    def by_inputs(self) -> tuple[list[int], list[int]]:
        """The positions of the instructions that are the same for every input, and of the others."""
        fixed: list[int] = []
        moving: list[int] = []
        moves: list[bool] = []
        for position, instruction in enumerate(self.instructions):
            moves.append(instruction.kind == "input" or any(moves[needed] for needed in instruction.needs))
            (moving if moves[-1] else fixed).append(position)
        return fixed, moving

    @cached_property
    def users(self) -> list[list[int]]:
        """For each instruction, the positions of those that use it; -1, twice, for what leaves the program."""
        users: list[list[int]] = [[] for _ in self.instructions]
        for position, instruction in enumerate(self.instructions):
            for needed in instruction.needs:
                users[needed].append(position)
        for position in (*self.outputs, *self.updates):
            users[position] += [-1, -1]
        return users

    def in_place(self, packed: bool) -> list[bool]:
        """Which instructions have no line of their own in Python, but are written where they are used.

        Inputs, leaves and constants never have a line of their own. Signs and conditions that are used once are written
        where they are used. ``packed``, which is quicker, does so with everything that is used once, but for two cases:
        what may fail, where a branch could skip it; and what is the same for all rows, where it would be computed again
        for each.
        """
        failing, moving = (self.fallible, set(self.by_inputs[1])) if packed else (set(), set())
        depths: list[int] = []
        may_fail: list[bool] = []  # with all that stands in its line
        in_place: list[bool] = []
        for position, instruction in enumerate(self.instructions):
            inner = [needed for needed in instruction.needs if in_place[needed]]
            depths.append(1 + max((depths[needed] for needed in inner), default=0))
            may_fail.append(position in failing or any(may_fail[needed] for needed in inner))
            in_place.append(instruction.kind in GIVEN)
            if not in_place[-1] and len(self.users[position]) == 1 and depths[-1] < DEEPEST:
                place = self.users[position][0]
                user = self.instructions[place]
                skips = may_fail[-1] and (user.guard >= 0 or user.kind in LAZY)
                repeats = place in moving and position not in moving
                short = instruction.kind == "neg" or KINDS[instruction.kind].is_condition
                in_place[-1] = not (skips or repeats) if packed else short
        return in_place


def same() -> Listing:
    """The listing that gives its only input."""
    return Listing((Instruction("input"),), (0,), (), 1)


def _range(instruction: Instruction, operands: list[Interval]) -> Interval:
    """Where a result lies."""
    if instruction.kind == "constant":
        return EVERYTHING if math.isnan(instruction.number) else (instruction.number,) * 2
    if instruction.kind in GIVEN:
        return EVERYTHING
    if instruction.kind == "mul" and instruction.operands[0] == instruction.operands[1]:
        least, most = KINDS["abs"].range(operands[0])
        return least * least, most * most
    low, high = KINDS[instruction.kind].range(*operands)
    return EVERYTHING if math.isnan(low) or math.isnan(high) else (low, high)
