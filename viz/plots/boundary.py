"""`decision_boundary`: what a model of two inputs answers over the plane."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D

from viz.plots.checks import answer, axis_labels, check_function, check_samples, entries, only_number, pair, two_texts
from viz.plots.figures import Plot, drawable_number, finished, legend, name_text, plot_style, plural, written
from viz.plots.plane import PLANE_SIZE, Plane, draw_background, draw_points, plane_around, plane_axes

# Hues of Okabe and Ito: the lighter ones for answers, so that the samples, in the darker ones, stand out.
_BELOW, _ABOVE = "#D55E00", "#0072B2"
_ANSWERS = LinearSegmentedColormap.from_list("answers", ["#E69F00", "#FFFFFF", "#56B4E9"])

_LONGEST_NAME = 30

_Entry = tuple[Artist, str]
"""A mark and what stands beside it in the legend."""

_Rows = list[list[float]]
"""The answers, a row for each number on the axis that goes up."""


def decision_boundary(
    model: Callable[[list[float]], Any],
    inputs: Iterable[Any],
    targets: Iterable[Any],
    path: str | os.PathLike[str] | None = None,
    *,
    resolution: int = 100,
    margin: float = 0.25,
    threshold: float = 0.5,
    labels: tuple[str, str] = ("input 1", "input 2"),
    names: tuple[str, str] | None = None,
) -> Plot:
    """Plot what ``model`` answers around the samples and where it decides anew, into a file if a path is given.

    model       a function of a list of two numbers that gives a number or a Value; it is called without recording
    inputs      the samples, two numbers each
    targets     a number for each sample; a row of one stands for the number in it
    path        a file name that ends in ``.svg``, ``.png`` or ``.pdf``
    resolution  how many points there are along each axis: the model is called resolution² times
    margin      how far the picture goes beyond the samples, as a fraction of their range on each axis
    threshold   the answer at which the decision changes, drawn as a line: 0.5 for probabilities, 0 for logits and hinge
    labels      the names of the two inputs, which stand at the axes
    names       what samples below the threshold and those above are called; None calls them by their targets

    The background is orange below the threshold, white at it, blue above; from 0 to 1 if all answers are there, else
    equally far to both sides. A sample is an orange circle if its target is below the threshold, else a blue square.
    The plot is returned and shows itself in a notebook. Raises TypeError for what is no number or no text and a model
    that gives not one number; ValueError for no samples, inputs not of two numbers, targets that do not match, numbers
    and answers that are NaN or beyond ±1e300, a resolution below 2, a negative margin, and another ending.
    """
    check_function(model, "model", "a list of two numbers")
    decision, axis_names, called = drawable_number(threshold, "threshold"), axis_labels(labels), _called(names)
    points, goals = _samples(inputs, targets)
    plane = plane_around(points, resolution, margin)
    answers = plane.asked(lambda x, y: answer(model([x, y]), [x, y], "a decision boundary"))
    with plot_style():
        figure = Figure(figsize=PLANE_SIZE, layout="constrained")
        axes = plane_axes(figure, plane, axis_names)
        low, high = _range(*_extremes(answers), decision)
        colors = TwoSlopeNorm(decision, low, high)
        image = draw_background(axes, plane, answers, cmap=_ANSWERS, norm=colors, interpolation="bilinear")
        _color_bar(figure, axes, image, [low, (low + decision) / 2, decision, (decision + high) / 2, high])
        shown = _draw_boundary(axes, plane, answers, decision) + _draw_samples(axes, points, goals, decision, called)
        legend(figure, [mark for mark, _ in shown], [entry for _, entry in shown], "outside lower center")
    return finished(figure, f"a decision boundary and {plural(len(points), 'sample')}", path)


# --- Drawing ---------------------------------------------------------------------------------------------------------


def _extremes(answers: _Rows) -> tuple[float, float]:
    """The smallest and the largest answer."""
    return min(map(min, answers)), max(map(max, answers))


def _range(smallest: float, largest: float, threshold: float) -> tuple[float, float]:
    """From which answer to which the colours go."""
    if smallest >= 0.0 and largest <= 1.0 and 0.0 < threshold < 1.0:
        return 0.0, 1.0
    reach = max(largest - threshold, threshold - smallest) or 1.0
    return threshold - reach, threshold + reach


def _color_bar(figure: Figure, axes: Axes, image: AxesImage, ticks: Sequence[float]) -> None:
    """What the colours mean, with the threshold, which is the third of five ticks, marked."""
    bar = figure.colorbar(image, ax=axes, label="answer of the model")
    bar.set_ticks(ticks, labels=[written(tick) for tick in ticks])
    bar.ax.axhline(ticks[2], color="black")


def _draw_boundary(axes: Axes, plane: Plane, answers: _Rows, threshold: float) -> list[_Entry]:
    """The line on which the answer is the threshold, if it gets there."""
    smallest, largest = _extremes(answers)
    if not smallest < threshold < largest:
        return []
    axes.contour(plane.across, plane.up, answers, levels=[threshold], colors="black", linewidths=2.5)
    return [(Line2D([], [], color="black"), f"answer {written(threshold)}")]


def _draw_samples(
    axes: Axes,
    points: Sequence[Sequence[float]],
    targets: Sequence[float],
    threshold: float,
    called: tuple[str, str] | None,
) -> list[_Entry]:
    """The samples of each class, with a shape and a colour."""
    shown: list[_Entry] = []
    for above, shape, color in ((False, "o", _BELOW), (True, "s", _ABOVE)):
        chosen = [index for index, target in enumerate(targets) if (target >= threshold) == above]
        if chosen:
            found = {targets[index] for index in chosen}
            name = _class_name(found, threshold, above) if called is None else name_text(called[above], _LONGEST_NAME)
            shown.append((draw_points(axes, [points[index] for index in chosen], shape, color, of=len(points)), name))
    return shown


def _class_name(targets: set[float], threshold: float, above: bool) -> str:
    """The one target that the samples of a class have, or what they have in common."""
    if len(targets) == 1:
        return f"target {written(*targets)}"
    return f"target {written(threshold)} or more" if above else f"target below {written(threshold)}"


# --- Arguments -------------------------------------------------------------------------------------------------------


def _called(names: Any) -> tuple[str, str] | None:
    """What the two sides are called, if they are."""
    return None if names is None else two_texts(names, "names", "side")


def _samples(inputs: Any, targets: Any) -> tuple[list[list[float]], list[float]]:
    """The points and their targets as floats, or the error that says what is wrong with which."""
    two, one = (f"a decision boundary is drawn for {what}" for what in ("inputs of two numbers", "one target a sample"))
    points = [pair(given, f"inputs[{index}]", two) for index, given in enumerate(entries(inputs, "inputs"))]
    goals = [only_number(given, f"targets[{index}]", one) for index, given in enumerate(entries(targets, "targets"))]
    check_samples(points, goals, "target")
    return points, goals
