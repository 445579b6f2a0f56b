"""The listings of a program before and after each pass, side by side: what went where, and under which names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, count

from engine.programs.listing import Listing
from engine.programs.python import TAKEN, identifier


def same_before(after: Listing) -> list[list[int]]:
    """For each instruction after a pass, those before it that gave the same result; none for what a rule added."""
    found: list[list[int]] = [[] for _ in after.instructions]
    for position, place in enumerate(after.places):
        if place >= 0:
            found[place].append(position)
    return found


def origins(before: Listing, after: Listing) -> list[list[int]]:
    """For each instruction after a pass, those before it that went into it: first those that gave the same result.

    The operands that it no longer needs follow, for a rule or a number has taken their place. What a rule added is of
    the instruction after it, for which it was added.
    """
    found = same_before(after)
    needed: set[int] = set()
    for instruction, same in zip(after.instructions, found, strict=True):
        needed.update(instruction.operands)
        if same:
            same += dict.fromkeys([p for p in before.instructions[same[0]].operands if after.places[p] not in needed])
            needed.clear()
    for place in reversed(range(len(found) - 1)):
        found[place] = found[place] or found[place + 1][:1]
    return found


def nodes_of(listing: Listing) -> list[int]:
    """The node that each instruction comes from; a number of the expression belongs to the operation after it."""
    nodes = [instruction.node for instruction in listing.instructions]
    for position in reversed(range(len(nodes) - 1)):
        if nodes[position] < 0:
            nodes[position] = nodes[position + 1]
    return nodes


def names_through(listings: Sequence[Listing], last: Sequence[str]) -> list[list[str]]:
    """The names of instructions in each listing, given those in the last: as long as one is there, it has one name."""
    found = [list(last)]
    taken = {*TAKEN, *last}
    numbers = count(len(last))
    for before, after in zip(reversed(listings[:-1]), reversed(listings[1:]), strict=True):
        names = [""] * len(before.instructions)
        for name, instruction, same in zip(found[0], after.instructions, same_before(after), strict=True):
            if same:
                labelled = [p for p in same if before.instructions[p].label == instruction.label]
                names[(labelled or same)[0]] = name
        for position, instruction in enumerate(before.instructions):
            names[position] = names[position] or _unused(identifier(instruction.label), numbers, taken)
        found.insert(0, names)
    return found


def _unused(wanted: str, numbers: Iterator[int], taken: set[str]) -> str:
    """The name, with a number if it is taken; ``t`` and a number where none is wanted. It is taken from now on."""
    others = (f"{wanted}_{number}" for number in count(2)) if wanted else (f"t{number}" for number in numbers)
    name = next(name for name in chain([wanted] * bool(wanted), others) if name not in taken)
    taken.add(name)
    return name
