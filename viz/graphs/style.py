"""How a graph is to be drawn, whatever the picture is written in: the options of `viz.draw` that are about looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

Direction = Literal["right", "down"]
Colors = Literal["role", "gradient"]

MOST_DIGITS = 17
"""As many significant digits as tell any two numbers apart."""


@dataclass(frozen=True)
class Style:
    """Looks, checked: ValueError or TypeError says which is wrong.

    direction  where results stand as seen from their operands
    colors     what the colours of nodes tell: their role, or sign and size of their gradient
    gradients  whether gradients are written
    legend     whether it is said what colours and edges mean
    digits     how many significant digits numbers have, 1 to 17
    title      a line above the picture; empty for none
    size       the largest width and height in inches: what is larger is scaled down; None for any size
    """

    direction: Direction = "right"
    colors: Colors = "role"
    gradients: bool = True
    legend: bool = True
    digits: int = 5
    title: str = ""
    size: Sequence[float] | None = None

    def __post_init__(self) -> None:
        if self.direction not in get_args(Direction):
            raise ValueError(f"a graph is drawn to the 'right' or 'down', not {self.direction!r}")
        if self.colors not in get_args(Colors):
            raise ValueError(f"the colours of a graph show the 'role' of a node or its 'gradient', not {self.colors!r}")
        for name in ("gradients", "legend"):
            if not isinstance(getattr(self, name), bool):
                raise TypeError(f"{name} is True or False, not {getattr(self, name)!r}")
        if self.colors == "gradient" and not self.gradients:
            raise ValueError("colors='gradient' shows gradients, and gradients=False hides them: choose one of the two")
        if isinstance(self.digits, bool) or not isinstance(self.digits, int) or not 1 <= self.digits <= MOST_DIGITS:
            raise ValueError(f"digits is a whole number from 1 to {MOST_DIGITS}, not {self.digits!r}")
        if not isinstance(self.title, str):
            raise TypeError(f"title is a text, not {self.title!r}")
        if self.size is not None and not _is_size(self.size):
            raise ValueError(f"size is a width and a height in inches, as in size=(10, 5), not {self.size!r}")
        if self.size is not None:
            object.__setattr__(self, "size", tuple(self.size))  # A list could still change.


def _is_size(size: Any) -> bool:
    """Whether this is a pair of lengths."""
    if not isinstance(size, (tuple, list)) or len(size) != 2:
        return False
    return all(isinstance(side, (int, float)) and not isinstance(side, bool) and 0 < side < math.inf for side in size)
