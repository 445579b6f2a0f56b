"""Sums of different lengths that belong together, as where attention looks back at one position, at two, at three.

    for t in range(16):
        total[t] = sum(e[t, u] for u in range(t + 1))

They run as sums of one length: what a shorter one lacks is -0.0, which leaves every number as it is. So all that
follows from them is alike for every t.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

Lengths = tuple[int, ...]
"""How many terms each run of terms of one structure has."""

LARGEST_SHARE = 2.5
"""The most terms that may run for each that is there."""


def ragged_sums(
    live: Sequence[int],
    operations: Sequence[str],
    operands: Sequence[Sequence[int]],
    terms: dict[int, list[int]],
    users: Sequence[int],
    base: int,
) -> set[int]:
    """The chains of additions, by position, that are sums of one kind but for their lengths.

    Structure is looked at without regard to lengths: the sum of some t is what a t is, so that sums that depend on such
    sums are found, too. Below ``base``, a position is that of a leaf; below 0, of a number.
    """
    found = {len(chain) for chain in terms.values()}
    if not any({length + 1, length + 2} <= found for length in found):
        return set()
    colours = [-2] * base + [0] * (len(operations) - base)
    known: dict[tuple[object, ...], int] = {}
    classes: dict[int, Counter[Lengths]] = {}
    places: dict[int, list[int]] = {}
    single: Counter[int] = Counter()
    for position in live:
        chain = terms.get(position)
        if chain is None:
            key: tuple[object, ...] = (
                operations[position],
                *[colours[o] if o >= 0 else -1 for o in operands[position]],
            )
            colour = colours[position] = known.setdefault(key, len(known))
            if users[position] != 1:
                single[colour] += 1
            continue
        runs = [(kind, len(list(run))) for kind, run in groupby([colours[t] if t >= 0 else -1 for t in chain])]
        of_parts = len(runs) == 1 and chain[0] >= base and users[chain[0]] == 1 and chain[0] not in terms
        colour = runs[0][0] if of_parts else known.setdefault((None, *[kind for kind, _ in runs]), len(known))
        colours[position] = colour
        classes.setdefault(colour, Counter())[tuple([length for _, length in runs])] += 1
        places.setdefault(colour, []).append(position)
    for colour in single.keys() & classes.keys():
        classes[colour][(1,)] += single[colour]
    return {place for colour, found in classes.items() if _is_ragged(found) for place in places[colour]}


def _is_ragged(classes: Counter[Lengths]) -> bool:
    """Whether the lengths follow each other, and not many terms are missing."""
    each = [set(lengths) for lengths in zip(*classes, strict=True)]
    if len(classes) < 3 or any(max(found) - min(found) >= len(found) for found in each):
        return False
    terms = sum([sum(lengths) * count for lengths, count in classes.items()])
    padded: int = sum(map(max, each)) * sum(classes.values())
    return padded <= LARGEST_SHARE * terms
