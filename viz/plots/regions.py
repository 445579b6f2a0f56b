"""`class_regions`: which class a classifier of two inputs answers where in the plane."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.patches import Patch

from engine import no_grad
from viz.plots.checks import answer, check_function, check_samples, each, pair, text, two_texts
from viz.plots.figures import COLORS, Entry, FileName, Plot, add_legend, finished, new_figure, plural
from viz.plots.plane import Plane, draw_samples

_SHAPES = ("o", "s", "^", "D", "v", "<", ">")
"""As many as there are colours."""

# The region of a class has 30 % of its colour; the rest is white.
_TINTS = [LinearSegmentedColormap.from_list("tint", ["white", color])(0.3) for color in COLORS]

_LINE = "#333333"

_Scores = list[float]


def class_regions(
    model: Callable[[list[float]], Iterable[Any]],
    inputs: Iterable[Any],
    classes: Iterable[int],
    path: FileName | None = None,
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
    answers     the class answered for each sample, if that depends on more than its place in the plane
    names       the names of all classes, else "class 0", "class 1", …
    labels      the names of the two inputs, which stand at the axes
    resolution  how many points there are along each axis, at least 2: the model is called resolution² times
    margin      how far the picture goes beyond the samples, as a fraction of their range on each axis

    Each class has a colour, light where the model answers it and strong for its samples, and a shape. A ring is around
    each sample that is answered wrongly. Raises TypeError and ValueError as `viz.plots` says, and ValueError for fewer
    than 2 scores or more than 7.
    """
    check_function(model, "model", "a list of two numbers")
    axis_names, class_names = two_texts(labels, "labels"), each(names, "names", text, "texts")
    samples, goals = each(inputs, "inputs", pair, "points", least=1), each(classes, "classes", _class)
    plane = Plane.around(samples, resolution, margin)
    with no_grad():
        at_samples = [_scores(model, sample) for sample in samples]
    scores = plane.asked(lambda at: _scores(model, at))
    count = _count([*at_samples, *(found for row in scores for found in row)])
    said = [_winner(found) for found in at_samples] if answers is None else each(answers, "answers", _class)
    for labels_of, what in ((goals, "classes"), (said, "answers")):
        check_samples(samples, labels_of, what)
        if max(labels_of) >= count:
            raise ValueError(f"{what} has a {max(labels_of)}, but the model gives {count} scores")
    if class_names and len(class_names) != count:
        raise ValueError(f"there are {plural(len(class_names), 'name')} for {count} classes")
    wrong = [sample for sample, one, goal in zip(samples, said, goals, strict=True) if one != goal]
    with new_figure(10.0, 7.0) as figure:
        axes = plane.axes(figure, axis_names)
        _draw_regions(axes, plane, scores)
        shown = _draw_classes(axes, samples, goals, class_names or [f"class {label}" for label in range(count)])
        if wrong:
            rings = draw_samples(axes, wrong, "o", "black", of=len(samples), fillstyle="none", zorder=4)
            rings.set(markersize=1.7 * rings.get_markersize(), markeredgecolor="black", markeredgewidth=2.0)
            shown.append((rings, f"answered wrongly ({len(wrong)})"))
        add_legend(figure, shown, "right")
    return finished(figure, f"the regions of {count} classes and {plural(len(samples), 'sample')}", path)


def _draw_regions(axes: Axes, plane: Plane, scores: Sequence[Sequence[_Scores]]) -> None:
    """A tint where each class is the answer, and lines between."""
    winners = [[_winner(found) for found in row] for row in scores]
    tints, last = ListedColormap(_TINTS), len(_TINTS) - 0.5
    plane.draw(axes, winners, cmap=tints, vmin=-0.5, vmax=last, interpolation="nearest")
    for label in sorted({winner for row in winners for winner in row}):
        # By how much the score of the class is above the best of the others: zero on the line between them.
        lead = [[found[label] - max(found[:label] + found[label + 1 :]) for found in row] for row in scores]
        largest = max(map(max, lead))
        if min(map(min, lead)) < 0.0 < largest:
            # The pixels of the image make steps along a line that is neither level nor upright.
            axes.contourf(plane.across, plane.up, lead, levels=[0.0, largest], colors=[_TINTS[label]])
            axes.contour(plane.across, plane.up, lead, levels=[0.0], colors=_LINE, linewidths=2.0)


def _winner(scores: _Scores) -> int:
    """The class of the largest score."""
    return scores.index(max(scores))


def _draw_classes(
    axes: Axes, samples: Sequence[Sequence[float]], goals: Sequence[int], names: Sequence[str]
) -> list[Entry]:
    """The samples of each class; a class without any is known by the tint of its region."""
    shown: list[Entry] = []
    for label, name in enumerate(names):
        chosen = [sample for sample, goal in zip(samples, goals, strict=True) if goal == label]
        if chosen:
            shown.append((draw_samples(axes, chosen, _SHAPES[label], COLORS[label], of=len(samples)), name))
        else:
            shown.append((Patch(facecolor=_TINTS[label], edgecolor=_LINE), name))
    return shown


def _class(given: Any, what: str) -> int:
    """The number of a class, whole and from 0 on."""
    if isinstance(given, bool) or not hasattr(given, "__index__"):
        raise TypeError(f"{what} is a whole number, the place of a class among the scores, not {given!r}")
    if given < 0:
        raise ValueError(f"{what} is {given}, but classes are counted from 0")
    return int(given)


def _scores(model: Callable[[list[float]], Any], at: list[float]) -> _Scores:
    """The scores at a point as floats."""
    given = model(list(at))
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise TypeError(
            f"the model answers with a list of scores, one for each class, but at {at} it gives {given!r} of type "
            f"{type(given).__name__}"
        )
    return [answer(score, at) for score in given]


def _count(scores: Iterable[_Scores]) -> int:
    """How many classes all these scores are of."""
    counts = {len(found) for found in scores}
    if len(counts) > 1:
        raise ValueError(f"the model answers with {min(counts)} scores here and {max(counts)} there")
    (count,) = counts
    if not 2 <= count <= len(COLORS):
        raise ValueError(
            f"regions are drawn for 2 to {len(COLORS)} classes, but the model gives {plural(count, 'score')}"
        )
    return count
