"""What the plots of losses share: the panel, how one line is told from another, and when its axis is logarithmic."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from viz.plots.figures import COLORS, SIZE, epoch_axis

LONGEST_NAME = 72

Dashes = Literal["-", "--", "-.", ":"]

# As many styles as have no divisor in common with the number of colours: 28 curves differ in one or both.
_DASHES: tuple[Dashes, ...] = ("-", "--", "-.", ":")

# A logarithmic axis over less than this has too few numbers on it to be read.
_LEAST_RATIO = 100.0

_MARGIN = 0.05
_TICKS = 6
_EXPONENTS = (-307.0, 307.0)
"""Of ten: what is smaller is rounded to fewer digits and then to zero, what is larger to infinity."""

_ENTRY_HEIGHT = 0.31
"""In inches, what one curve takes in the legend."""

_SHORT_NAME = 20
_LETTER_WIDTH = 0.125
"""In inches, by how much a figure is wider for each letter beyond those of a short name."""


def line_look(index: int) -> tuple[str, Dashes]:
    """The colour and the dashes of the first, second, … line."""
    return COLORS[index % len(COLORS)], _DASHES[index % len(_DASHES)]


def loss_panel(
    entries: int, names: Iterable[str], curves: Iterable[Sequence[float]], logarithmic: bool
) -> tuple[Figure, Axes]:
    """A figure with room for so many entries and such names in its legend, and its panel for the curves over epochs."""
    longest = max((min(len(name), LONGEST_NAME) for name in names), default=0)
    width = SIZE[0] + _LETTER_WIDTH * max(0, longest - _SHORT_NAME)
    height = max(SIZE[1], _ENTRY_HEIGHT * (entries + 1))
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    if logarithmic:
        _set_logarithmic(axes, curves)
    epoch_axis(axes)
    return figure, axes


def is_logarithmic(curves: Mapping[str, Sequence[float]], epochs: Sequence[float], wanted: bool | None) -> bool:
    """Whether the axis of curves, by what they are in words, is logarithmic; ValueError if it is to be and cannot."""
    smallest = min(min(curve) for curve in curves.values())
    largest = max(max(curve) for curve in curves.values())
    if wanted is None:
        return smallest > 0.0 and largest / smallest >= _LEAST_RATIO
    for what, curve in curves.items() if wanted else ():
        for epoch, loss in zip(epochs, curve, strict=False):
            if loss <= 0.0:
                raise ValueError(
                    f"{what} in epoch {epoch} is {loss!r}, which has no place on a logarithmic axis: "
                    "plot it with logarithmic=False"
                )
    return wanted


def _set_logarithmic(axes: Axes, curves: Iterable[Sequence[float]]) -> None:
    """Let equal steps of the axis be equal ratios, with ticks of our own where those of matplotlib would overflow."""
    exponents = [math.log10(loss) for curve in curves for loss in curve]
    low, high = min(exponents), max(exponents)
    axes.set_yscale("log")
    if high > low:
        room = max(0.0, min(_EXPONENTS[1] - high, low - _EXPONENTS[0]))
        axes.set_ymargin(min(_MARGIN, room / (high - low)))
    if high + (high - low) > _EXPONENTS[1]:
        step = max(1, math.ceil((high - low) / _TICKS))
        axes.set_yticks([10.0**exponent for exponent in range(math.ceil(low), math.floor(high) + 1, step)])
        axes.yaxis.set_minor_locator(NullLocator())
