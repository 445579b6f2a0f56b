"""`loss_curves`: the loss by epoch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from viz.plots.figures import COLORS, SIZE, Plot, drawable_number, epoch_axis, finished, legend, name_text, plot_style

# As many styles as have no divisor in common with the number of colours: 28 curves differ in one or both.
_DASHES = ("-", "--", "-.", ":")

# A logarithmic axis over less than this has too few numbers on it to be read.
_LEAST_RATIO = 100.0

_LONGEST_NAME = 30
_ENTRY_HEIGHT = 0.31
"""In inches, what one curve takes in the legend."""


def loss_curves(
    losses: Iterable[float] | Mapping[str, Iterable[float]],
    path: str | os.PathLike[str] | None = None,
    *,
    logarithmic: bool | None = None,
) -> Plot:
    """Plot the loss by epoch, into a file if a path is given.

    losses       the loss after 0, 1, 2, … epochs, as ``history.losses``, or several such lists by name
    path         a file name that ends in ``.svg``, ``.png`` or ``.pdf``
    logarithmic  whether equal steps of the axis are equal ratios; None takes such an axis where all losses are positive
                 and the largest is at least 100 times the smallest

    Several curves get a legend, and differ in colour and dashes. The plot is returned, and shows itself in a notebook.
    Raises TypeError for what is no number, and ValueError for no losses, for a loss that is NaN or beyond ±1e300, for
    one that is not positive on an axis that is to be logarithmic, and for another ending.
    """
    curves = _curves(losses)
    axis = _is_logarithmic(curves, logarithmic)
    named = isinstance(losses, Mapping)
    with plot_style():
        figure = Figure(figsize=(SIZE[0], max(SIZE[1], _ENTRY_HEIGHT * (len(curves) + 1))), layout="constrained")
        axes = figure.add_subplot()
        axes.set_yscale("log" if axis else "linear")
        axes.set_ylabel("loss")
        epoch_axis(axes)
        lines = _draw(axes, curves.values())
        if named:
            legend(figure, lines, [name_text(name, _LONGEST_NAME) for name in curves], "outside right upper")
    return finished(figure, _content(curves), path)


def _draw(axes: Axes, curves: Iterable[Sequence[float]]) -> list[Line2D]:
    """A line for each curve; a dot where it has one epoch only."""
    lines: list[Line2D] = []
    for index, curve in enumerate(curves):
        color, dashes = COLORS[index % len(COLORS)], _DASHES[index % len(_DASHES)]
        marker = "o" if len(curve) == 1 else "none"
        lines += axes.plot(range(len(curve)), curve, color=color, linestyle=dashes, marker=marker)
    return lines


def _content(curves: Mapping[str, Sequence[float]]) -> str:
    """What the plot shows, in words."""
    epochs = max(len(curve) for curve in curves.values())
    return f"{len(curves)} loss curve{'s' * (len(curves) > 1)} of {epochs} epoch{'s' * (epochs > 1)}"


# --- Arguments -------------------------------------------------------------------------------------------------------


def _curves(losses: Any) -> dict[str, list[float]]:
    """The curves by name, or the error that says what is wrong with which; the name of a single curve is empty."""
    if not isinstance(losses, Mapping):
        return {"": _curve(losses, "losses", "the loss")}
    if not losses:
        raise ValueError("there are no losses to plot: the dictionary is empty")
    curves = {str(name): _curve(curve, f"losses[{name!r}]", f"the loss of {name!r}") for name, curve in losses.items()}
    if len(curves) < len(losses):
        raise ValueError(f"two curves have the same name: {list(map(str, losses))}")
    return curves


def _curve(losses: Any, argument: str, what: str) -> list[float]:
    """The losses as floats."""
    if isinstance(losses, (str, bytes)) or not isinstance(losses, Iterable):
        raise TypeError(f"{argument} is a list of numbers, as history.losses, not {losses!r}")
    curve = [drawable_number(loss, f"{what} in epoch {epoch}") for epoch, loss in enumerate(losses)]
    if not curve:
        raise ValueError(f"there are no losses to plot: {argument} is empty")
    return curve


def _is_logarithmic(curves: Mapping[str, Sequence[float]], wanted: bool | None) -> bool:
    """Whether the axis is logarithmic; ValueError where it is to be and cannot."""
    smallest = min(min(curve) for curve in curves.values())
    largest = max(max(curve) for curve in curves.values())
    if wanted is None:
        return smallest > 0.0 and largest / smallest >= _LEAST_RATIO
    for name, curve in curves.items() if wanted else ():
        for epoch, loss in enumerate(curve):
            if loss <= 0.0:
                of_name = f" of {name!r}" if name else ""
                raise ValueError(
                    f"the loss{of_name} in epoch {epoch} is {loss!r}, which has no place on a logarithmic axis: "
                    "plot it with logarithmic=False"
                )
    return wanted
