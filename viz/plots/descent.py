"""`descent_paths`: how optimizers walk over a function of two numbers."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from viz.plots.checks import answer, axis_labels, by_name, check_function, entries, pair
from viz.plots.figures import COLORS, Plot, finished, legend, literal, name_text, plot_style, plural, written
from viz.plots.plane import Plane, plane_around, plane_axes

# From the valley up; so light that every line stands out.
_HEIGHTS = LinearSegmentedColormap.from_list("heights", ["#FFFFFF", "#E3E8EE", "#B4BFCB"])
_CONTOUR = "#9AA5B1"
_PATH = COLORS[0]
_MARKS: dict[str, dict[str, Any]] = {
    "start": {"marker": "o", "markersize": 12, "markerfacecolor": "none", "zorder": 4},
    "end": {"marker": "s", "markersize": 18, "markerfacecolor": "none", "markeredgecolor": _PATH, "zorder": 4},
    "minimum": {"marker": "*", "markersize": 13, "markerfacecolor": "#F0E442", "markeredgewidth": 1.0, "zorder": 5},
}

_LONGEST_NAME = 24
_COLUMNS = 3
_PANEL = (4.25, 3.5)
_AROUND = (1.75, 1.0)
"""Inches of a panel across and up, and of what is around them all."""

_LEVELS = 16
_DECADES = 6.0
_RESOLVED = 0.005
"""The lowest level is at most so many decades below the largest height, and above so large a part of the points: what
is nearer to the minimum is too small for the grid, which would tear a narrow valley into islands."""

_LEAST = 1e-6
"""Decades at least from the lowest level to the highest: nearer to each other, they would not differ as floats."""

_MOST_STEPS = 60
"""With more steps than that, their marks would hide the line."""

_Point = Sequence[float]


def descent_paths(
    function: Callable[[float, float], Any],
    paths: Mapping[str, Iterable[Iterable[float]]],
    path: str | os.PathLike[str] | None = None,
    *,
    minimum: Iterable[float] | None = None,
    labels: tuple[str, str] = ("x", "y"),
    margin: float = 0.1,
    resolution: int = 200,
) -> Plot:
    """Plot how optimizers walk over the function that they minimize, a panel for each, into a file if a path is given.

    function    a function of two numbers that gives a number or a Value; it is called without recording
    paths       the points of each path, from its start on, by name
    path        a file name that ends in ``.svg``, ``.png`` or ``.pdf``
    minimum     a point to mark with a star
    labels      the names of the two numbers, which stand at the axes
    margin      how far the picture goes beyond the paths and the minimum, as a fraction of their range on each axis
    resolution  how many points there are along each axis: the function is called resolution² times

    From one line of equal height to the next, the height above the smallest in the picture grows by the same factor:
    so a flat valley is seen as well as a steep slope. Up to 60 steps are marked. The plot is returned, and shows itself
    in a notebook. Raises TypeError for what is no number; ValueError for no paths or points, points that are not two
    numbers, numbers and heights that are NaN or beyond ±1e300, a resolution below 2, a negative margin, and another
    ending.
    """
    check_function(function, "function", "two numbers")
    names = axis_labels(labels)
    walks = _walks(paths)
    goal = None if minimum is None else pair(minimum, "minimum", "a minimum is a point of two numbers")
    everywhere = [point for walk in walks.values() for point in walk] + ([] if goal is None else [goal])
    plane = plane_around(everywhere, resolution, margin)
    heights = plane.asked(lambda x, y: answer(function(x, y), [x, y], "a plot of paths", "function"))
    with plot_style():
        figure, panels = _panels(len(walks), plane, names)
        _draw_heights(figure, panels, plane, heights)
        for axes, (name, walk) in zip(panels, walks.items(), strict=True):
            _draw_path(axes, name, walk, goal)
        shown = [mark for mark in _MARKS if mark != "minimum" or goal is not None]
        legend(figure, [_mark(mark) for mark in shown], shown, "outside lower center")
    return finished(figure, f"{plural(len(walks), 'path')} over a function of two numbers", path)


# --- Drawing ---------------------------------------------------------------------------------------------------------


def _panels(count: int, plane: Plane, names: tuple[str, str]) -> tuple[Figure, list[Axes]]:
    """A panel for each path, side by side and in rows, all of the same part of the plane."""
    columns = min(count, _COLUMNS)
    rows = -(-count // columns)
    size = (columns * _PANEL[0] + _AROUND[0], rows * _PANEL[1] + _AROUND[1])
    figure = Figure(figsize=size, layout="constrained")
    panels = []
    for place in range(count):
        # Names stand at the lowest panels and at those to the left.
        shown = (names[0] if place + columns >= count else "", names[1] if place % columns == 0 else "")
        panels.append(plane_axes(figure, plane, shown, (rows, columns, place + 1)))
    return figure, panels


def _draw_heights(figure: Figure, panels: Sequence[Axes], plane: Plane, heights: Sequence[Sequence[float]]) -> None:
    """Lines of equal height and the colours between them, and a bar with what they mean, unless all is flat."""
    lowest = min(map(min, heights))
    levels = _levels([height - lowest for row in heights for height in row])
    if not levels:
        return
    bottom, top = levels[0], levels[-1]
    # Between points of the grid, the logarithm is nearer to a straight line than the height.
    rows = [[_exponent(height - lowest, bottom) for height in row] for row in heights]
    for axes in panels:
        ground = axes.contourf(plane.across, plane.up, rows, levels=levels, cmap=_HEIGHTS)
        axes.contour(plane.across, plane.up, rows, levels=levels[1:-1], colors=_CONTOUR, linewidths=0.8, linestyles="-")
    bar = figure.colorbar(ground, ax=panels, label="height above the lowest point")
    ticks = [tick for tick in MaxNLocator(7, integer=True).tick_values(bottom, top) if bottom <= tick <= top]
    bar.set_ticks(ticks, labels=[written(10.0**tick) for tick in ticks])


def _levels(heights: Sequence[float]) -> list[float]:
    """Decimal logarithms at equal distances, between which heights above the lowest have one colour; none if flat."""
    rising = sorted(height for height in heights if height > 0.0)
    if not rising:
        return []
    top = math.log10(rising[-1])
    bottom = max(top - _DECADES, math.log10(rising[int(_RESOLVED * len(rising))]))
    # Where all of the ground is equally far below the rest, or nearly, one level is between them.
    bottom = min(bottom, top - _LEAST)
    return [*(bottom + (top - bottom) * (index / _LEVELS) for index in range(_LEVELS)), top]


def _exponent(height: float, least: float) -> float:
    """The decimal logarithm of a height, but at least so much."""
    return max(least, math.log10(height)) if height > 0.0 else least


def _draw_path(axes: Axes, name: str, walk: Sequence[_Point], goal: _Point | None) -> None:
    """A line from point to point, with its ends marked, and the minimum; the name above it."""
    across, up = ([point[axis] for point in walk] for axis in (0, 1))
    marker = "." if len(walk) - 1 <= _MOST_STEPS else "none"
    axes.plot(across, up, color=_PATH, linewidth=1.5, marker=marker, markersize=8)
    places = {"start": walk[0], "end": walk[-1], **({} if goal is None else {"minimum": goal})}
    for what, point in places.items():
        axes.add_line(_mark(what, point))
    title = axes.set_title(f"{name_text(name, _LONGEST_NAME)}: {plural(len(walk) - 1, 'step')}", fontsize="medium")
    literal(title)


def _mark(what: str, point: _Point = (0.0, 0.0)) -> Line2D:
    """The mark of a start, an end or the minimum."""
    look: dict[str, Any] = {"linestyle": "none", "markeredgecolor": "black", "markeredgewidth": 2.0, "clip_on": False}
    return Line2D(point[:1], point[1:], **look | _MARKS[what])


# --- Arguments -------------------------------------------------------------------------------------------------------


def _walks(paths: Any) -> dict[str, list[list[float]]]:
    """The points of each path, or the error that says what is wrong with which."""
    if not isinstance(paths, Mapping):
        raise TypeError(
            f"paths is a dictionary of lists of points by name, not {paths!r} of type {type(paths).__name__}"
        )
    return by_name(paths, "paths", "paths", _walk)


def _walk(name: Any, given: Any) -> list[list[float]]:
    """The points of a path as floats."""
    what = f"paths[{name!r}]"
    points = entries(given, what, "points")
    if not points:
        raise ValueError(f"there are no points to plot: {what} is empty")
    needed = "a path goes over points of two numbers"
    return [pair(point, f"{what}[{index}]", needed) for index, point in enumerate(points)]
