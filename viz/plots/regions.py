"""`class_regions`: where in the plane a classifier of two inputs answers with which class."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from engine import no_grad
from viz.plots.checks import answer, axis_labels, check_function, check_samples, entries, pair, text
from viz.plots.figures import COLORS, SHAPES, Plot, finished, legend, name_text, plot_style, plural
from viz.plots.plane import Plane, draw_background, draw_points, plane_around, plane_axes, sample_size

# In inches, with the legend to the right.
_SIZE = (10.0, 7.0)
_TINT = 0.3
"""How much of its colour the region of a class has; the rest is white."""

_LONGEST_NAME = 30


def class_regions(
    model: Callable[[list[float]], Iterable[Any]],
    inputs: Iterable[Any],
    classes: Iterable[int],
    path: str | os.PathLike[str] | None = None,
    *,
    answers: Iterable[int] | None = None,
    names: Iterable[str] = (),
    labels: tuple[str, str] = ("input 1", "input 2"),
    resolution: int = 150,
    margin: float = 0.25,
) -> Plot:
    """Plot which class ``model`` answers around the samples, into a file if a path is given.

    model       a function of a list of two numbers that gives a list with a score for each class, numbers or Values:
                the class of the largest is the answer, of several the first; it is called without recording
    inputs      the samples, two numbers each
    classes     the class of each sample, as its place among the scores: 0, 1, 2, …
    path        a file name that ends in ``.svg``, ``.png`` or ``.pdf``
    answers     the class that each sample is answered with, if not by its place in the plane alone
    names       the names of all classes, else "class 0", "class 1", …
    labels      the names of the two inputs, which stand at the axes
    resolution  how many points there are along each axis: the model is called resolution² times
    margin      how far the picture goes beyond the samples, as a fraction of their range on each axis

    Each class has a colour, light where the model answers it and strong for its samples, and a shape; those answered
    with another are ringed. The plot is returned and shows itself in a notebook. Raises TypeError for what is no number
    and a model that gives no list of numbers; ValueError for no samples, inputs not of two numbers, classes or answers
    that do not match, scores fewer than 2 or more than 7, a resolution below 2, a negative margin, and another ending.
    """
    check_function(model, "model", "a list of two numbers")
    axis_names, given_names = axis_labels(labels), _names(names)
    points, goals = _samples(inputs, classes)
    plane = plane_around(points, resolution, margin)
    found = [_asked(model, point) for point in points]
    scores = plane.asked(lambda x, y: _scores(model, [x, y]))
    class_names = _class_names(given_names, [*found, *(one for row in scores for one in row)], goals)
    wrong = [point for point, one, goal in zip(points, _said(answers, found), goals, strict=True) if one != goal]
    with plot_style():
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = plane_axes(figure, plane, axis_names)
        _draw_regions(axes, plane, scores)
        shown = _draw_samples(axes, points, goals, class_names) + _draw_rings(axes, wrong, len(points))
        legend(figure, [mark for mark, _ in shown], [entry for _, entry in shown], "outside right upper")
    return finished(figure, f"the regions of {len(class_names)} classes and {plural(len(points), 'sample')}", path)


# --- Drawing ---------------------------------------------------------------------------------------------------------


def _draw_regions(axes: Axes, plane: Plane, scores: Sequence[Sequence[Sequence[float]]]) -> None:
    """A tint where each class is the answer, and lines between."""
    count = len(scores[0][0])
    winners = [[_winner(found) for found in row] for row in scores]
    tints = ListedColormap([_tint(color) for color in COLORS[:count]])
    draw_background(axes, plane, winners, cmap=tints, vmin=-0.5, vmax=count - 0.5, interpolation="nearest")
    for label in {winner for row in winners for winner in row}:
        lead = [[_lead(found, label) for found in row] for row in scores]
        largest = max(map(max, lead))
        if min(map(min, lead)) < 0.0 < largest:
            # The pixels of the image are steps along a line that is not level or upright.
            axes.contourf(plane.across, plane.up, lead, levels=[0.0, largest], colors=[_tint(COLORS[label])])
            axes.contour(plane.across, plane.up, lead, levels=[0.0], colors="#333333", linewidths=2.0)


def _lead(scores: Sequence[float], label: int) -> float:
    """By how much the score of a class is above the best of the others: on the line between them, by nothing."""
    return scores[label] - max(score for other, score in enumerate(scores) if other != label)


def _winner(scores: Sequence[float]) -> int:
    """The class of the largest score."""
    return max(range(len(scores)), key=scores.__getitem__)


def _tint(color: str) -> tuple[float, float, float]:
    """A light version of a colour."""
    red, green, blue = (1.0 - _TINT * (1.0 - channel) for channel in to_rgb(color))
    return red, green, blue


def _draw_samples(
    axes: Axes, points: Sequence[Sequence[float]], goals: Sequence[int], names: Sequence[str]
) -> list[tuple[Artist, str]]:
    """The samples of each class; of one that has none, its region only."""
    shown: list[tuple[Artist, str]] = []
    for label, name in enumerate(names):
        chosen = [point for point, goal in zip(points, goals, strict=True) if goal == label]
        mark: Artist = Patch(facecolor=_tint(COLORS[label]), edgecolor="#333333")
        if chosen:
            mark = draw_points(axes, chosen, SHAPES[label], COLORS[label], of=len(points))
        shown.append((mark, name_text(name, _LONGEST_NAME)))
    return shown


def _draw_rings(axes: Axes, wrong: Sequence[Sequence[float]], count: int) -> list[tuple[Artist, str]]:
    """A ring around each sample that is answered wrongly."""
    if not wrong:
        return []
    look = {"markerfacecolor": "none", "markeredgecolor": "black", "markeredgewidth": 2.0, "zorder": 4}
    rings = draw_points(axes, wrong, "o", "black", of=count, markersize=1.7 * sample_size(count), **look)
    return [(rings, f"answered wrongly ({len(wrong)})")]


# --- Arguments and answers -------------------------------------------------------------------------------------------


def _samples(inputs: Any, classes: Any) -> tuple[list[list[float]], list[int]]:
    """The points and their classes, or the error that says what is wrong with which."""
    needed = "regions of classes are drawn for inputs of two numbers"
    points = [pair(given, f"inputs[{index}]", needed) for index, given in enumerate(entries(inputs, "inputs"))]
    goals = _classes(classes, "classes")
    check_samples(points, goals, "class")
    return points, goals


def _classes(given: Any, what: str) -> list[int]:
    """The numbers of classes."""
    return [_class(one, f"{what}[{index}]") for index, one in enumerate(entries(given, what))]


def _said(given: Any, scores: Sequence[Sequence[float]]) -> list[int]:
    """What is answered for each sample: the given classes, or those of the largest scores."""
    if given is None:
        return [_winner(one) for one in scores]
    said = _classes(given, "answers")
    if len(said) != len(scores):
        raise ValueError(f"each sample has an answer: there are {len(scores)} inputs and {len(said)} answers")
    for index, one in enumerate(said):
        if one >= len(scores[index]):
            raise ValueError(f"answers[{index}] is {one}, but the model gives {plural(len(scores[index]), 'score')}")
    return said


def _class(given: Any, what: str) -> int:
    """A whole number from 0 on."""
    if isinstance(given, bool) or not hasattr(given, "__index__"):
        raise TypeError(f"{what} is a whole number, the place of a class among the scores, not {given!r}")
    label = int(given)
    if label < 0:
        raise ValueError(f"{what} is {label}, but classes are counted from 0")
    return label


def _names(given: Any) -> list[str]:
    """The names of classes that were given, if any."""
    return [text(name, f"names[{index}]") for index, name in enumerate(entries(given, "names", "texts"))]


def _class_names(given: Sequence[str], scores: Sequence[Sequence[float]], goals: Sequence[int]) -> list[str]:
    """A name for each class; ValueError where scores, samples and names do not tell of the same classes."""
    counts = {len(found) for found in scores}
    if len(counts) > 1:
        raise ValueError(f"the model answers with {min(counts)} scores here and {max(counts)} there")
    (count,) = counts
    if not 2 <= count <= len(COLORS):
        raise ValueError(
            f"regions are drawn for 2 to {len(COLORS)} classes, but the model gives {plural(count, 'score')}"
        )
    if max(goals) >= count:
        raise ValueError(f"classes[{goals.index(max(goals))}] is {max(goals)}, but the model gives {count} scores")
    if given and len(given) != count:
        raise ValueError(f"there are {plural(len(given), 'name')} for {count} classes")
    return list(given) or [f"class {label}" for label in range(count)]


@no_grad()
def _asked(model: Callable[[list[float]], Any], point: Sequence[float]) -> list[float]:
    """The scores at a sample."""
    return _scores(model, list(point))


def _scores(model: Callable[[list[float]], Any], point: list[float]) -> list[float]:
    """The scores at a point as floats."""
    at, plot = list(point), "a plot of regions"
    given = model(point)
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise TypeError(
            f"{plot} needs a model that answers with a list of scores, one for each class, but at {at} it gives "
            f"{given!r} of type {type(given).__name__}"
        )
    return [answer(score, at, plot, "model") for score in given]
