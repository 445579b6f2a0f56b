"""What the engine is to reach, beside what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Goal(NamedTuple):
    """One figure: a ratio ("x"), which shall be at least so large, or a time or a size, which shall be at most that.

    what    whose figure it is, in words
    found   what was measured
    bound   what is to be reached
    unit    "x", or that of a time or a size
    """

    what: str
    found: float
    bound: float
    unit: str = "x"

    def reached(self) -> bool:
        """Whether the figure is on the right side of its bound."""
        return self.found >= self.bound if self.unit == "x" else self.found <= self.bound


Bounds = Mapping[tuple[str, str], float]
"""How many times as fast as another a contestant shall be: by its name and that of the other."""


def ratios(title: str, seconds: Mapping[str, float], bounds: Bounds) -> list[Goal]:
    """Return the goals of one table: those whose two contestants both took part."""
    return [
        Goal(f"{title}: {ours} against {other}", seconds[other] / seconds[ours], bound)
        for (ours, other), bound in bounds.items()
        if ours in seconds and other in seconds
    ]


def print_goals(goals: Iterable[Goal]) -> None:
    """Print a line for each, with a mark where it is not reached."""
    print(f"\n{'to reach: ratios (x) at least, times and sizes at most':70}{'found':>12}{'to reach':>12}")
    for goal in goals:
        found, bound = (f"{number:.3g} {goal.unit}".replace(" x", "x") for number in (goal.found, goal.bound))
        print(f"{goal.what:70}{found:>12}{bound:>12}{'' if goal.reached() else '  not reached'}")
