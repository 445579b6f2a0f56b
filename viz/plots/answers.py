"""What a model answers around the samples it learned from.

`decision_boundary` and `class_regions` show the plane of two inputs, `fitted_curve` the line of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, ListedColormap, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from engine import no_grad
from viz.plots.checks import answer, check_function, check_samples, drawable, each, pair, single, text, two_texts
from viz.plots.figures import COLORS, FileName, Plot, add_legend, finished, new_figure, new_panel, plural, written
from viz.plots.plane import Plane, draw_samples, ticks

# Hues of Okabe and Ito: the lighter ones for answers, so that the samples, in the darker ones, stand out.
_SIDES = ("#D55E00", "#0072B2")
_ANSWERS = LinearSegmentedColormap.from_list("answers", ["#E69F00", "#FFFFFF", "#56B4E9"])
_BEYOND = "#E6E6E6"
_LOOKS: dict[str, dict[str, Any]] = {
    "model": {"color": COLORS[0], "linestyle": "-", "zorder": 4},
    "truth": {"color": COLORS[4], "linestyle": "--", "linewidth": 2.0, "zorder": 2},
}

# The region of a class has 30 % of its colour; the rest is white. There are as many shapes as colours.
_TINTS = [LinearSegmentedColormap.from_list("tint", ["white", color])(0.3) for color in COLORS]
_SHAPES = ("o", "s", "^", "D", "v", "<", ">")
_LINE = "#333333"

_Scores = list[float]
_Rows = list[list[float]]
_Entry = tuple[Artist, str]


def decision_boundary(
    model: Callable[[list[float]], Any],
    inputs: Iterable[Any],
    targets: Iterable[Any],
    path: FileName | None = None,
    *,
    resolution: int = 100,
    margin: float = 0.25,
    threshold: float = 0.5,
    labels: tuple[str, str] = ("input 1", "input 2"),
    names: tuple[str, str] | None = None,
) -> Plot:
    """Plot what ``model`` answers around the samples and where its decision changes, into a file if a path is given.

    model       a function of a list of two numbers that gives a number or a Value; it is called without recording
    inputs      the samples, two numbers each
    targets     a number for each sample; a row of one stands for the number in it
    path        a file name that ends in ``.svg``, ``.png`` or ``.pdf``
    resolution  how many points there are along each axis, at least 2: the model is called resolution² times
    margin      how far the picture goes beyond the samples, as a fraction of their range on each axis
    threshold   the answer at which the decision changes, drawn as a line: 0.5 for probabilities, 0 for logits and hinge
    labels      the names of the two inputs, which stand at the axes
    names       what samples below the threshold and those above are called; None calls them by their targets

    The background is orange below the threshold, white at it, blue above: from 0 to 1 if all answers are there, else
    equally far to both sides, in round steps; the picture then calls it a score, for it is no probability. A sample is
    an orange circle if its target is below the threshold, else a blue square.
    Raises TypeError and ValueError as `viz.plots` says.
    """
    check_function(model, "model", "a list of two numbers")
    middle, axis_names = drawable(threshold, "threshold"), two_texts(labels, "labels")
    samples, goals = each(inputs, "inputs", pair, "points", least=1), each(targets, "targets", single)
    sides = _side_names(goals, middle) if names is None else two_texts(names, "names")
    check_samples(samples, goals, "targets")
    plane = Plane.around(samples, resolution, margin)
    answers = plane.asked(lambda at: answer(model(list(at)), at))
    with new_figure(8.3, 7.0) as figure:  # Beside the colour bar, a square is left for the plane.
        axes = plane.axes(figure, axis_names)
        shown = _draw_answers(figure, axes, plane, answers, middle)
        shown += _draw_groups(axes, samples, [goal >= middle for goal in goals], sides, _SIDES)
        add_legend(figure, shown, "below")
    return finished(figure, f"a decision boundary and {plural(len(samples), 'sample')}", path)


def _draw_answers(figure: Figure, axes: Axes, plane: Plane, answers: _Rows, middle: float) -> list[_Entry]:
    """The answers as colours, what they mean, and the line on which the answer is in the middle, if it gets there."""
    smallest, largest = min(map(min, answers)), max(map(max, answers))
    reach = max(largest - middle, middle - smallest) or 1.0
    share = smallest >= 0.0 and largest <= 1.0 and 0.0 < middle < 1.0
    name = "answer" if share else "score"
    marks = [0.0, middle / 2, middle, (middle + 1.0) / 2, 1.0] if share else _round_steps(middle, reach)
    norm = TwoSlopeNorm(middle, marks[0], marks[-1])
    image = plane.draw(axes, answers, cmap=_ANSWERS, norm=norm, interpolation="bilinear")
    bar = figure.colorbar(image, ax=axes, label=f"{name} of the model")
    bar.set_ticks(marks, labels=[written(mark) for mark in marks])
    bar.ax.axhline(middle, color="black")
    if not smallest < middle < largest:
        return []
    axes.contour(plane.across, plane.up, answers, [middle], colors="black", linewidths=2.5, linestyles="-")
    return [(Line2D([], [], color="black"), f"{name} {written(middle)}")]


def _round_steps(middle: float, reach: float) -> list[float]:
    """Numbers at equal, round distances, from ``reach`` or more below the middle to as far above it."""
    ticks = MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(0.0, reach)
    distances = [float(tick) for tick in ticks if tick > 0.0]
    return sorted([middle, *(middle + side * distance for distance in distances for side in (-1.0, 1.0))])


def _side_names(targets: Iterable[float], middle: float) -> list[str]:
    """For each side of the threshold, the only target that samples have there, or what their targets have in common."""
    sides = [{target for target in targets if (target >= middle) == above} for above in (False, True)]
    words = (f"below {written(middle)}", f"{written(middle)} or more")
    return [f"target {written(*side) if len(side) == 1 else word}" for side, word in zip(sides, words, strict=True)]


def _draw_groups(
    axes: Axes, samples: _Rows, groups: Sequence[int], names: Sequence[str], colors: Sequence[str]
) -> list[_Entry]:
    """The samples of each group that has any, with its shape and colour."""
    shown: list[_Entry] = []
    for group in sorted(set(groups)):
        chosen = [sample for sample, one in zip(samples, groups, strict=True) if one == group]
        shown.append((draw_samples(axes, chosen, _SHAPES[group], colors[group], of=len(samples)), names[group]))
    return shown


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
    count = _count_scores(at_samples, *scores)
    said = [found.index(max(found)) for found in at_samples] if answers is None else each(answers, "answers", _class)
    for labels_of, what in ((goals, "classes"), (said, "answers")):
        check_samples(samples, labels_of, what)
        if max(labels_of) >= count:
            raise ValueError(f"{what} has a {max(labels_of)}, but the model gives {count} scores")
    class_names = _all_names(class_names, count)
    wrong = [sample for sample, one, goal in zip(samples, said, goals, strict=True) if one != goal]
    with new_figure(10.0, 7.0) as figure:
        axes = plane.axes(figure, axis_names)
        _draw_regions(axes, plane, scores)
        add_legend(figure, _draw_classes(axes, samples, goals, class_names, wrong), "right")
    return finished(figure, f"the regions of {count} classes and {plural(len(samples), 'sample')}", path)


def _count_scores(*rows: Iterable[Sequence[float]]) -> int:
    """Return how many scores the model gives; ValueError if it does not give as many everywhere."""
    counts = {len(found) for row in rows for found in row}
    if len(counts) > 1:
        raise ValueError(f"the model answers with {min(counts)} scores here and {max(counts)} there")
    return counts.pop()


def _all_names(names: list[str], count: int) -> list[str]:
    """Return the names of the classes, as given or "class 0", …; ValueError for fewer or more than there are."""
    if names and len(names) != count:
        raise ValueError(f"there are {plural(len(names), 'name')} for {count} classes")
    return names or [f"class {label}" for label in range(count)]


def _draw_classes(axes: Axes, samples: Any, goals: Any, names: Sequence[str], wrong: Sequence[Any]) -> list[Any]:
    """Draw the samples of each class, and rings around those answered wrongly; return what the legend shows."""
    shown = [*_draw_groups(axes, samples, goals, names, COLORS)]
    # A class without any sample is known by the tint of its region.
    unseen = [label for label in range(len(names)) if label not in goals]
    shown += [(Patch(facecolor=_TINTS[label], edgecolor=_LINE), names[label]) for label in unseen]
    if wrong:
        shown.append((_draw_rings(axes, wrong, len(samples)), f"answered wrongly ({len(wrong)})"))
    return shown


def _draw_rings(axes: Axes, wrong: Sequence[Any], of: int) -> Any:
    """Draw rings around the samples that are answered wrongly; return what the legend shows of them."""
    rings = draw_samples(axes, wrong, "o", "black", of=of, fillstyle="none", zorder=4)
    rings.set(markersize=1.7 * rings.get_markersize(), markeredgecolor="black", markeredgewidth=2.0)
    return rings


def _draw_regions(axes: Axes, plane: Plane, scores: Sequence[Sequence[_Scores]]) -> None:
    """A tint where each class is the answer, and lines between."""
    winners = [[found.index(max(found)) for found in row] for row in scores]
    plane.draw(axes, winners, cmap=ListedColormap(_TINTS), vmin=-0.5, vmax=len(_TINTS) - 0.5, interpolation="nearest")
    for label in sorted({winner for row in winners for winner in row}):
        # By how much the score of the class is above the best of the others: zero on the line between them.
        lead = [[found[label] - max(found[:label] + found[label + 1 :]) for found in row] for row in scores]
        largest = max(map(max, lead))
        if min(map(min, lead)) < 0.0 < largest:
            # The pixels of the image make steps along a line that is neither level nor upright.
            axes.contourf(plane.across, plane.up, lead, levels=[0.0, largest], colors=[_TINTS[label]])
            axes.contour(plane.across, plane.up, lead, levels=[0.0], colors=_LINE, linewidths=2.0)


def _class(given: Any, what: str) -> int:
    """The number of a class, whole and from 0 on."""
    if isinstance(given, bool) or not hasattr(given, "__index__"):
        raise TypeError(f"{what} is a whole number, the place of a class among the scores, not {given!r}")
    if given < 0:
        raise ValueError(f"{what} is {given}, but classes are counted from 0")
    return int(given)


def _scores(model: Callable[[list[float]], Any], at: list[float]) -> _Scores:
    """The scores at a point as floats."""
    return each(model(list(at)), f"the answer at {at}", lambda score, _: answer(score, at), "scores", 2, len(COLORS))


def fitted_curve(
    model: Callable[[float], Any],
    inputs: Iterable[Any],
    targets: Iterable[Any],
    path: FileName | None = None,
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
    truth       the function that the samples were taken from, called as the model is; None leaves it out
    labels      the names of the input and of the target, which stand at the axes
    margin      how far the picture goes beyond the samples on either side, as a fraction of their range
    resolution  at how many points the model is called, at least 2

    The ground beyond the samples is grey: the model learned nothing there. Raises TypeError and ValueError as
    `viz.plots` says.
    """
    axis_names = two_texts(labels, "labels")
    xs, ys = each(inputs, "inputs", single, least=1), each(targets, "targets", single)
    check_samples(xs, ys, "targets")
    across = ticks(xs, resolution, margin)
    functions = {"model": model} if truth is None else {"model": model, "truth": truth}
    for who, function in functions.items():
        check_function(function, who, "a number")
    with no_grad():
        lines = {who: [answer(function(x), x, who) for x in across] for who, function in functions.items()}
    with new_figure(height=5.6) as figure:
        axes = new_panel(figure, axis_names, xlim=(across[0], across[-1]))
        samples = list(zip(xs, ys, strict=True))
        shown: list[_Entry] = [(draw_samples(axes, samples, "o", COLORS[1], of=len(xs), markersize=9.0), "sample")]
        shown += [(axes.plot(across, line, **_LOOKS[who])[0], who) for who, line in lines.items()]
        if across[0] < min(xs):
            ends = ((across[0], min(xs)), (max(xs), across[-1]))
            grounds = [axes.axvspan(*end, color=_BEYOND, linewidth=0.0, zorder=0) for end in ends]
            shown.append((grounds[0], "beyond the samples"))
        add_legend(figure, shown, "below")
    return finished(figure, f"a fitted curve and {plural(len(xs), 'sample')}", path)
