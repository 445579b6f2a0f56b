"""`decision_boundary`: what a model of two inputs answers over the plane."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D

from engine import Value, no_grad
from engine.value import real_number
from viz.notation import number
from viz.plots.figures import Plot, drawable_number, finished, is_drawable, legend, plot_style

# Hues of Okabe and Ito: the lighter ones for answers, so that the samples, in the darker ones, stand out.
_BELOW, _ABOVE = "#D55E00", "#0072B2"
_ANSWERS = LinearSegmentedColormap.from_list("answers", ["#E69F00", "#FFFFFF", "#56B4E9"])

# In inches, with the colour bar and the legend: what is left for the plane is about square.
_SIZE = (8.3, 7.0)
_FEW_SAMPLES = 200


@dataclass(frozen=True)
class _Grid:
    """The numbers on both axes, and the answers, a row for each number on the axis that goes up."""

    across: list[float]
    up: list[float]
    answers: list[list[float]]

    @property
    def extremes(self) -> tuple[float, float]:
        """The smallest and the largest answer."""
        return min(map(min, self.answers)), max(map(max, self.answers))


def decision_boundary(
    model: Callable[[list[float]], Any],
    inputs: Iterable[Any],
    targets: Iterable[Any],
    path: str | os.PathLike[str] | None = None,
    *,
    resolution: int = 100,
    margin: float = 0.25,
    threshold: float = 0.5,
) -> Plot:
    """Plot what ``model`` answers around the samples and where it decides anew, into a file if a path is given.

    model       a function of a list of two numbers that gives a number or a Value; it is called without recording
    inputs      the samples, two numbers each
    targets     a number for each sample; a row of one stands for the number in it
    path        a file name that ends in ``.svg``, ``.png`` or ``.pdf``
    resolution  how many points there are along each axis: the model is called resolution² times
    margin      how far the picture goes beyond the samples, as a fraction of their range on each axis
    threshold   the answer at which the decision changes, drawn as a line: 0.5 for probabilities, 0 for logits and hinge

    The background is orange below the threshold, white at it, blue above; from 0 to 1 if all answers are there, else
    equally far to both sides. A sample is an orange circle if its target is below the threshold, else a blue square.
    The plot is returned, and shows itself in a notebook. Raises TypeError for what is no number and for a model that
    does not answer with one number, ValueError for no samples, inputs that are not two numbers, targets that do not
    match, numbers and answers that are NaN or beyond ±1e300, a resolution below 2, a negative margin, another ending.
    """
    if not callable(model):
        raise TypeError(f"model is a function of a list of two numbers, not {model!r}")
    decision = drawable_number(threshold, "threshold")
    points, goals = _samples(inputs, targets)
    across, up = (_ticks(column, resolution, margin) for column in zip(*points, strict=True))
    grid = _Grid(across, up, _answers(model, across, up))
    with plot_style():
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot(xlabel="input 1", ylabel="input 2")
        axes.spines[:].set_visible(True)
        _color_bar(figure, axes, _background(axes, grid, decision), decision)
        entries = _draw_boundary(axes, grid, decision) | _draw_samples(axes, points, goals, decision)
        legend(figure, list(entries.values()), list(entries), "outside lower center")
    return finished(figure, f"a decision boundary and {len(points)} sample{'s' * (len(points) > 1)}", path)


# --- Drawing ---------------------------------------------------------------------------------------------------------


def _background(axes: Axes, grid: _Grid, threshold: float) -> AxesImage:
    """The answers as colours."""
    low, high = _range(*grid.extremes, threshold)
    # A point of the grid is the middle of its pixel: the outer halves of the outermost pixels are cut off.
    edges = [edge for side in (grid.across, grid.up) for edge in _outer_edges(side)]
    image = axes.imshow(
        grid.answers,
        cmap=_ANSWERS,
        norm=TwoSlopeNorm(threshold, low, high),
        aspect="auto",
        origin="lower",
        interpolation="bilinear",
        extent=(edges[0], edges[1], edges[2], edges[3]),
    )
    axes.set_xlim(grid.across[0], grid.across[-1])
    axes.set_ylim(grid.up[0], grid.up[-1])
    return image


def _range(smallest: float, largest: float, threshold: float) -> tuple[float, float]:
    """From which answer to which the colours go."""
    if smallest >= 0.0 and largest <= 1.0 and 0.0 < threshold < 1.0:
        return 0.0, 1.0
    reach = max(largest - threshold, threshold - smallest) or 1.0
    return threshold - reach, threshold + reach


def _outer_edges(side: Sequence[float]) -> tuple[float, float]:
    """Where the first pixel begins and the last one ends."""
    half = (side[-1] - side[0]) / (len(side) - 1) / 2
    return side[0] - half, side[-1] + half


def _color_bar(figure: Figure, axes: Axes, image: AxesImage, threshold: float) -> None:
    """What the colours mean, with the threshold marked."""
    bar = figure.colorbar(image, ax=axes, label="answer of the model")
    low, high = image.get_clim()
    assert low is not None
    assert high is not None
    ticks = [low, (low + threshold) / 2, threshold, (threshold + high) / 2, high]
    bar.set_ticks(ticks, labels=[_written(tick) for tick in ticks])
    bar.ax.axhline(threshold, color="black")


def _draw_boundary(axes: Axes, grid: _Grid, threshold: float) -> dict[str, Artist]:
    """The line on which the answer is the threshold, if it gets there."""
    smallest, largest = grid.extremes
    if not smallest < threshold < largest:
        return {}
    axes.contour(grid.across, grid.up, grid.answers, levels=[threshold], colors="black", linewidths=2.5)
    return {f"answer {_written(threshold)}": Line2D([], [], color="black")}


def _draw_samples(
    axes: Axes, points: Sequence[Sequence[float]], targets: Sequence[float], threshold: float
) -> dict[str, Artist]:
    """The samples of each class, with a shape and a colour."""
    entries: dict[str, Artist] = {}
    for above, shape, color in ((False, "o", _BELOW), (True, "s", _ABOVE)):
        chosen = [index for index, target in enumerate(targets) if (target >= threshold) == above]
        if chosen:
            name = _class_name({targets[index] for index in chosen}, threshold, above)
            (entries[name],) = axes.plot(
                [points[index][0] for index in chosen],
                [points[index][1] for index in chosen],
                linestyle="none",
                marker=shape,
                markersize=12 if len(points) <= _FEW_SAMPLES else 7,
                markeredgecolor="white",
                color=color,
                clip_on=False,
                zorder=3,
            )
    return entries


def _class_name(targets: set[float], threshold: float, above: bool) -> str:
    """The one target that the samples of a class have, or what they have in common."""
    if len(targets) == 1:
        return f"target {_written(*targets)}"
    return f"target {_written(threshold)} or more" if above else f"target below {_written(threshold)}"


def _written(value: float) -> str:
    """A number with the minus sign that matplotlib writes."""
    return number(value).replace("-", "\N{MINUS SIGN}")


# --- Arguments and answers -------------------------------------------------------------------------------------------


def _samples(inputs: Any, targets: Any) -> tuple[list[list[float]], list[float]]:
    """The points and their targets as floats, or the error that says what is wrong with which."""
    points = [_point(given, f"inputs[{index}]") for index, given in enumerate(_entries(inputs, "inputs"))]
    goals = [_target(given, f"targets[{index}]") for index, given in enumerate(_entries(targets, "targets"))]
    if len(points) != len(goals):
        raise ValueError(f"each sample needs a target: there are {len(points)} inputs and {len(goals)} targets")
    if not points:
        raise ValueError("there are no samples, which say what part of the plane to plot")
    return points, goals


def _point(given: Any, what: str) -> list[float]:
    """Two floats."""
    entries = _entries(given, what)
    if len(entries) != 2:
        raise ValueError(f"a decision boundary is drawn for inputs of two numbers, but {what} has {len(entries)}")
    return [drawable_number(entry, f"{what}[{index}]") for index, entry in enumerate(entries)]


def _target(given: Any, what: str) -> float:
    """A number, or the only one in a row."""
    entries = _entries(given, what) if isinstance(given, Iterable) else [given]
    if len(entries) != 1:
        raise ValueError(f"a decision boundary is drawn for one target a sample, but {what} has {len(entries)}")
    return drawable_number(entries[0], what)


def _entries(given: Any, what: str) -> list[Any]:
    """A list, tuple or array as a list."""
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise TypeError(f"{what} is a list of numbers, not {given!r} of type {type(given).__name__}")
    return list(given)


def _ticks(column: Sequence[float], resolution: int, margin: float) -> list[float]:
    """Numbers at equal distances, from a little below the smallest of a column to a little above the largest."""
    if isinstance(resolution, bool) or not isinstance(resolution, int):
        raise TypeError(f"resolution is a whole number, not {resolution!r}")
    if resolution < 2:
        raise ValueError(f"resolution is at least 2, not {resolution}")
    beyond = drawable_number(margin, "margin")
    if beyond < 0.0:
        raise ValueError(f"margin is at least 0, not {margin!r}")
    low, high = min(column), max(column)
    if low == high:
        room = max(1.0, abs(low)) / 2
        low, high = low - room, high + room
    reach = (high - low) * beyond
    low, high = low - reach, high + reach
    return [low + (high - low) * (index / (resolution - 1)) for index in range(resolution)]


@no_grad()
def _answers(model: Callable[[list[float]], Any], across: Sequence[float], up: Sequence[float]) -> list[list[float]]:
    """What the model answers at each point."""
    return [[_answer(model, x, y) for x in across] for y in up]


def _answer(model: Callable[[list[float]], Any], x: float, y: float) -> float:
    """One answer as a float that has a colour."""
    given = model([x, y])
    try:
        answer = real_number(given.data if isinstance(given, Value) else given, "an answer")
    except TypeError:
        raise TypeError(
            f"a decision boundary needs a model that answers with one number or Value, but at {[x, y]} it gives "
            f"{given!r} of type {type(given).__name__}"
        ) from None
    if not is_drawable(answer):
        raise ValueError(f"the model answers {number(answer)} at {[x, y]}, which has no colour")
    return answer
