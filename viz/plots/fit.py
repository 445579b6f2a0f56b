"""`fitted_curve`: what a model of one input answers, beside the samples it learned from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engine import no_grad
from viz.plots.checks import answer, axis_labels, check_function, check_samples, entries, only_number
from viz.plots.figures import COLORS, Plot, finished, legend, name_axes, plot_style, plural
from viz.plots.plane import draw_points, ticks

_SIZE = (9.0, 5.6)
_BEYOND = "#E6E6E6"


def fitted_curve(
    model: Callable[[float], Any],
    inputs: Iterable[Any],
    targets: Iterable[Any],
    path: str | os.PathLike[str] | None = None,
    *,
    truth: Callable[[float], Any] | None = None,
    labels: tuple[str, str] = ("x", "y"),
    margin: float = 0.25,
    resolution: int = 400,
) -> Plot:
    """Plot what ``model`` answers between the samples and beyond them, into a file if a path is given.

    model       a function of a number that gives a number or a Value; it is called without recording
    inputs      a number for each sample; a row of one stands for the number in it
    targets     a number for each sample, likewise
    path        a file name that ends in ``.svg``, ``.png`` or ``.pdf``
    truth       the function from which the samples were taken, called as the model is; None leaves it out
    labels      the names of the input and of the target, which stand at the axes
    margin      how far the picture goes beyond the samples to either side, as a fraction of their range
    resolution  at how many points the model is called

    What lies beyond the samples is grey: nothing there was learned. The plot is returned, and shows itself in a
    notebook. Raises TypeError for what is no number and for a model that does not answer with one number; ValueError
    for no samples, targets that do not match, numbers and answers that are NaN or beyond ±1e300, a resolution below 2,
    a negative margin, and another ending.
    """
    check_function(model, "model", "a number")
    names = axis_labels(labels)
    points = _samples(inputs, targets)
    across = ticks([x for x, _ in points], resolution, margin)
    lines = [_line(model, across, "model")]
    if truth is not None:
        check_function(truth, "truth", "a number")
        lines.append(_line(truth, across, "truth"))
    with plot_style():
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot(xlim=(across[0], across[-1]))
        name_axes(axes, names)
        shown = _draw(axes, points, across, lines)
        legend(figure, list(shown.values()), list(shown), "outside lower center")
    return finished(figure, f"a fitted curve and {plural(len(points), 'sample')}", path)


def _draw(
    axes: Axes, points: Sequence[tuple[float, float]], across: Sequence[float], lines: Sequence[Sequence[float]]
) -> dict[str, Artist]:
    """The samples, the lines and what is beyond the samples, by their names in the legend."""
    shown: dict[str, Artist] = {"sample": draw_points(axes, points, "o", COLORS[1], of=len(points), markersize=9.0)}
    (shown["model"],) = axes.plot(across, lines[0], color=COLORS[0], zorder=4)
    if len(lines) > 1:
        (shown["truth"],) = axes.plot(across, lines[1], color=COLORS[4], linestyle="--", linewidth=2.0, zorder=2)
    low, high = min(x for x, _ in points), max(x for x, _ in points)
    if across[0] < low:
        for start, end in ((across[0], low), (high, across[-1])):
            shown["beyond the samples"] = axes.axvspan(start, end, color=_BEYOND, linewidth=0.0, zorder=0)
    return shown


# --- Arguments and answers -------------------------------------------------------------------------------------------


def _samples(inputs: Any, targets: Any) -> list[tuple[float, float]]:
    """The inputs with their targets as floats, or the error that says what is wrong with which."""
    columns = (("inputs", inputs, "one input a sample"), ("targets", targets, "one target a sample"))
    xs, ys = (
        [
            only_number(one, f"{what}[{i}]", f"a fitted curve is drawn for {needed}")
            for i, one in enumerate(entries(given, what))
        ]
        for what, given, needed in columns
    )
    check_samples(xs, ys, "target", "axis")
    return list(zip(xs, ys, strict=True))


@no_grad()
def _line(function: Callable[[float], Any], across: Sequence[float], who: str) -> list[float]:
    """What a function answers at each point."""
    return [answer(function(x), x, "a fitted curve", who) for x in across]
