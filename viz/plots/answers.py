"""What a model answers around the samples it learned from: `decision_boundary` of two inputs, `fitted_curve` of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from engine import no_grad
from viz.plots.checks import answer, check_function, check_samples, drawable, each, pair, single, two_texts
from viz.plots.figures import (
    COLORS,
    Entry,
    FileName,
    Plot,
    add_legend,
    finished,
    name_axes,
    new_figure,
    plural,
    written,
)
from viz.plots.plane import Plane, draw_samples, ticks

# Hues of Okabe and Ito: the lighter ones for answers, so that the samples, in the darker ones, stand out.
_BELOW, _ABOVE = "#D55E00", "#0072B2"
_ANSWERS = LinearSegmentedColormap.from_list("answers", ["#E69F00", "#FFFFFF", "#56B4E9"])
_BEYOND = "#E6E6E6"
_LOOKS: dict[str, dict[str, Any]] = {
    "model": {"color": COLORS[0], "linestyle": "-", "zorder": 4},
    "truth": {"color": COLORS[4], "linestyle": "--", "linewidth": 2.0, "zorder": 2},
}

_Rows = list[list[float]]


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
    equally far to both sides. A sample is an orange circle if its target is below the threshold, else a blue square.
    Raises TypeError and ValueError as `viz.plots` says.
    """
    check_function(model, "model", "a list of two numbers")
    middle, axis_names = drawable(threshold, "threshold"), two_texts(labels, "labels")
    sides = None if names is None else two_texts(names, "names")
    samples, goals = each(inputs, "inputs", pair, "points", least=1), each(targets, "targets", single)
    check_samples(samples, goals, "targets")
    plane = Plane.around(samples, resolution, margin)
    answers = plane.asked(lambda at: answer(model(list(at)), at))
    with new_figure(8.3, 7.0) as figure:  # Beside the colour bar, a square is left for the plane.
        axes = plane.axes(figure, axis_names)
        boundary = _draw_answers(figure, axes, plane, answers, middle)
        add_legend(figure, boundary + _draw_sides(axes, samples, goals, middle, sides), "below")
    return finished(figure, f"a decision boundary and {plural(len(samples), 'sample')}", path)


def _draw_answers(figure: Figure, axes: Axes, plane: Plane, answers: _Rows, middle: float) -> list[Entry]:
    """The answers as colours, what they mean, and the line on which the answer is in the middle, if it gets there."""
    smallest, largest = min(map(min, answers)), max(map(max, answers))
    reach = max(largest - middle, middle - smallest) or 1.0
    low, high = middle - reach, middle + reach
    if smallest >= 0.0 and largest <= 1.0 and 0.0 < middle < 1.0:
        low, high = 0.0, 1.0
    image = plane.draw(axes, answers, cmap=_ANSWERS, norm=TwoSlopeNorm(middle, low, high), interpolation="bilinear")
    bar = figure.colorbar(image, ax=axes, label="answer of the model")
    marks = [low, (low + middle) / 2, middle, (middle + high) / 2, high]
    bar.set_ticks(marks, labels=[written(mark) for mark in marks])
    bar.ax.axhline(middle, color="black")
    if not smallest < middle < largest:
        return []
    axes.contour(plane.across, plane.up, answers, [middle], colors="black", linewidths=2.5, linestyles="-")
    return [(Line2D([], [], color="black"), f"answer {written(middle)}")]


def _draw_sides(
    axes: Axes, samples: _Rows, targets: Sequence[float], threshold: float, names: Sequence[str] | None
) -> list[Entry]:
    """The samples on each side of the threshold, with a shape and a colour."""
    shown: list[Entry] = []
    for above, shape, color in ((False, "o", _BELOW), (True, "s", _ABOVE)):
        side = [index for index, target in enumerate(targets) if (target >= threshold) == above]
        if side:
            name = names[above] if names else _side_name({targets[index] for index in side}, threshold, above)
            marks = draw_samples(axes, [samples[index] for index in side], shape, color, of=len(samples))
            shown.append((marks, name))
    return shown


def _side_name(targets: set[float], threshold: float, above: bool) -> str:
    """The only target that samples have, or what their targets have in common."""
    if len(targets) == 1:
        return f"target {written(*targets)}"
    return f"target {written(threshold)} or more" if above else f"target below {written(threshold)}"


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
    lines = {who: _line(function, across, who) for who, function in functions.items()}
    with new_figure(height=5.6) as figure:
        axes = figure.add_subplot(xlim=(across[0], across[-1]))
        name_axes(axes, *axis_names)
        samples = list(zip(xs, ys, strict=True))
        shown: list[Entry] = [(draw_samples(axes, samples, "o", COLORS[1], of=len(xs), markersize=9.0), "sample")]
        shown += [(axes.plot(across, line, **_LOOKS[who])[0], who) for who, line in lines.items()]
        if across[0] < min(xs):
            ends = ((across[0], min(xs)), (max(xs), across[-1]))
            grounds = [axes.axvspan(*end, color=_BEYOND, linewidth=0.0, zorder=0) for end in ends]
            shown.append((grounds[0], "beyond the samples"))
        add_legend(figure, shown, "below")
    return finished(figure, f"a fitted curve and {plural(len(xs), 'sample')}", path)


@no_grad()
def _line(function: Callable[[float], Any], across: Sequence[float], who: str) -> list[float]:
    """What a function answers at each point."""
    check_function(function, who, "a number")
    return [answer(function(x), x, who) for x in across]
