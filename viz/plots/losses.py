"""`loss_curves`: the loss by epoch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from viz.plots.checks import by_name
from viz.plots.curves import LONGEST_NAME, is_logarithmic, line_look, loss_panel
from viz.plots.figures import Plot, drawable_number, finished, legend, name_text, plot_style, plural


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
    epochs = range(max(map(len, curves.values())))
    axis = is_logarithmic({_loss_of(name): curve for name, curve in curves.items()}, epochs, logarithmic)
    with plot_style():
        figure, axes = loss_panel(len(curves), curves, curves.values(), axis)
        axes.set_ylabel("loss")
        lines = _draw(axes, curves.values())
        if isinstance(losses, Mapping):
            legend(figure, lines, [name_text(name, LONGEST_NAME) for name in curves], "outside right upper")
    return finished(figure, f"{plural(len(curves), 'loss curve')} of {plural(len(epochs), 'epoch')}", path)


def _draw(axes: Axes, curves: Iterable[Sequence[float]]) -> list[Line2D]:
    """A line for each curve; a dot where it has one epoch only."""
    lines: list[Line2D] = []
    for index, curve in enumerate(curves):
        color, dashes = line_look(index)
        marker = "o" if len(curve) == 1 else "none"
        lines += axes.plot(range(len(curve)), curve, color=color, linestyle=dashes, marker=marker)
    return lines


# --- Arguments -------------------------------------------------------------------------------------------------------


def _curves(losses: Any) -> dict[str, list[float]]:
    """The curves by name, or the error that says what is wrong with which; the name of a single curve is empty."""
    if not isinstance(losses, Mapping):
        return {"": _curve(losses, "losses", _loss_of(""))}
    return by_name(losses, "losses", "curves", lambda name, curve: _curve(curve, f"losses[{name!r}]", _loss_of(name)))


def _loss_of(name: Any) -> str:
    """What the numbers of a curve are, in words."""
    return "the loss" if name == "" else f"the loss of {name!r}"


def _curve(losses: Any, argument: str, what: str) -> list[float]:
    """The losses as floats."""
    if isinstance(losses, (str, bytes)) or not isinstance(losses, Iterable):
        raise TypeError(f"{argument} is a list of numbers, as history.losses, not {losses!r}")
    curve = [drawable_number(loss, f"{what} in epoch {epoch}") for epoch, loss in enumerate(losses)]
    if not curve:
        raise ValueError(f"there are no losses to plot: {argument} is empty")
    return curve
