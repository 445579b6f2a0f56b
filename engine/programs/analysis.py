"""Where the instructions of a listing stand: what is used how often, what may be written in another's place.

Emitters ask these questions; the answers change nothing about what is computed.
"""

from __future__ import annotations

from engine.programs.lowering import CONDITIONS, SOURCES, Listing
from engine.programs.ranges import fallible

DEEPEST = 20
"""How many expressions may stand in one another."""


def split_by_inputs(listing: Listing) -> tuple[list[int], list[int]]:
    """The positions of the instructions that are the same for every input, and of the others."""
    moving: set[int] = set()
    for position, instruction in enumerate(listing.instructions):
        needed = (*instruction.operands, instruction.guard)
        if instruction.operation == "input" or any(operand in moving for operand in needed):
            moving.add(position)
    every = range(len(listing.instructions))
    return [p for p in every if p not in moving], [p for p in every if p in moving]


def lasting(listing: Listing) -> list[bool]:
    """Whether each updated leaf, once infinite or NaN, stays so: its update adds to it, or multiplies it."""
    return [_carries(listing, update, leaf) for leaf, update in zip(_leaves(listing), listing.updates, strict=False)]


def _leaves(listing: Listing) -> list[int]:
    """The positions of the leaves, in order."""
    return [p for p, instruction in enumerate(listing.instructions) if instruction.operation == "leaf"]


def _carries(listing: Listing, position: int, leaf: int, depth: int = 6) -> bool:
    """Whether a result is not finite wherever a leaf is not; seen up to some depth only."""
    if position == leaf:
        return True
    instruction = listing.instructions[position]
    if depth == 0 or instruction.operation not in ("add", "sub", "mul", "neg", "abs"):
        return False
    return any(_carries(listing, operand, leaf, depth - 1) for operand in instruction.operands)


def written_in_place(listing: Listing) -> list[bool]:
    """Which instructions have no line: sources, and signs and conditions that are used once."""
    users = uses(listing)
    depths: list[int] = []
    in_place: list[bool] = []
    for position, instruction in enumerate(listing.instructions):
        depth = 1 + max((depths[operand] for operand in instruction.operands if in_place[operand]), default=0)
        short = instruction.operation in CONDITIONS or instruction.operation == "neg"
        once = len(users[position]) == 1
        in_place.append(instruction.operation in SOURCES or (short and once and depth < DEEPEST))
        depths.append(depth)
    return in_place


def packed(listing: Listing) -> list[bool]:
    """Which instructions have no line where speed counts: all that are used once.

    Not where it would be skipped with the branch that it stands in, though it may raise; where it would be computed in
    each row, though it is the same for all; and not without end, for Python's parser has one.
    """
    users = uses(listing)
    failing = fallible(listing)
    moving = set(split_by_inputs(listing)[1])
    depths: list[int] = []
    may_fail: list[bool] = []  # with all that stands in its line
    in_place: list[bool] = []
    for position, instruction in enumerate(listing.instructions):
        needed = [operand for operand in (*instruction.operands, instruction.guard) if operand >= 0]
        depth = 1 + max((depths[operand] for operand in needed if in_place[operand]), default=0)
        once = len(users[position]) == 1 and users[position][0] >= 0
        user = listing.instructions[users[position][0]] if once else instruction
        may_fail.append(position in failing or any(may_fail[p] for p in needed if in_place[p]))
        skipped = may_fail[position] and (user.operation in ("choose", "and", "or") or user.guard >= 0)
        crosses = once and position not in moving and users[position][0] in moving
        in_place.append(instruction.operation in SOURCES or (once and depth < DEEPEST and not skipped and not crosses))
        depths.append(depth)
    return in_place


def uses(listing: Listing) -> list[list[int]]:
    """The positions of the instructions that use each; -1, twice, for what leaves the program and so has a line."""
    users: list[list[int]] = [[] for _ in listing.instructions]
    for position, instruction in enumerate(listing.instructions):
        for operand in (*instruction.operands, instruction.guard):
            if operand >= 0:
                users[operand].append(position)
    for position in (*listing.outputs, *listing.updates):
        users[position] += [-1, -1]
    return users
