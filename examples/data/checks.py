"""What the arguments of data sets may be.

The checks of `nn` would bring the engine along, which no data set needs; nor does micrograd, where it is timed on one.
"""

from __future__ import annotations

import math


def whole_number(number: int, name: str, least: int, most: float = math.inf) -> int:
    """Return ``number`` if it is whole and from ``least`` to ``most``; else raise TypeError or ValueError."""
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError(f"{name} is a whole number, not {number!r} of type {type(number).__name__}")
    if not least <= number <= most:
        bounds = f"at least {least}" if most == math.inf else f"from {least} to {most}"
        raise ValueError(f"{name} is {bounds}, not {number}")
    return number


def real_number(number: float, name: str, least: float = -math.inf) -> float:
    """Return ``number`` as a float if it is finite and at least ``least``; else raise TypeError or ValueError."""
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise TypeError(f"{name} is a number, not {number!r} of type {type(number).__name__}")
    if not least <= number < math.inf:
        raise ValueError(f"{name} is a finite number of at least {least:g}, not {number!r}")
    return float(number)


def number_between(number: float, name: str, low: float, high: float) -> float:
    """Return ``number`` as a float if it lies strictly between ``low`` and ``high``; else as `real_number`."""
    checked = real_number(number, name)
    if not low < checked < high:
        bounds = f"above {low:g}" if high == math.inf else f"above {low:g} and below {high:g}"
        raise ValueError(f"{name} is {bounds}, not {number!r}")
    return checked
