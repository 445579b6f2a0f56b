"""`descent_paths`: how optimizers walk over a function of two numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from viz.plots.checks import answer, by_name, check_function, each, pair, two_texts
from viz.plots.figures import COLORS, FileName, Plot, add_legend, finished, new_figure, one_line, plural, written
from viz.plots.plane import Plane

# From the valley up; so light that every line stands out.
_HEIGHTS = LinearSegmentedColormap.from_list("heights", ["#FFFFFF", "#E3E8EE", "#B4BFCB"])
_CONTOUR, _PATH = "#9AA5B1", COLORS[0]
_MARK: dict[str, Any] = {"linestyle": "none", "markeredgecolor": "black", "markeredgewidth": 2.0, "clip_on": False}
_MARKS: dict[str, dict[str, Any]] = {
    "start": {"marker": "o", "markersize": 12, "markerfacecolor": "none", "zorder": 4},
    "end": {"marker": "s", "markersize": 18, "markerfacecolor": "none", "markeredgecolor": _PATH, "zorder": 4},
    "steps so far": {"marker": "o", "markersize": 8, "markerfacecolor": _PATH, "markeredgewidth": 0.0, "zorder": 4},
    "minimum": {"marker": "*", "markersize": 13, "markerfacecolor": "#F0E442", "markeredgewidth": 1.0, "zorder": 5},
}

_LONGEST_NAME, _COLUMNS = 24, 3
_PANEL, _AROUND = (4.25, 3.5), (1.75, 1.0)  # In inches, across and up: a panel, and what is around them all.
_MOST_STEPS = 60  # With more, their marks would hide the line.
_APART = (0.24, 0.13)  # Of the panel's sides: how near to each other two numbers of steps may stand.

# The lowest level is at most so many decades below the largest height, and above about so large a part of the points:
# what is nearer to the minimum is too small for the grid, which would tear a narrow valley into islands.
_LEVELS, _DECADES, _RESOLVED = 16, 6, 0.005

_Point = Sequence[float]


def descent_paths(
    function: Callable[[float, float], Any],
    paths: Mapping[str, Iterable[Iterable[float]]],
    path: FileName | None = None,
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
    margin      how far a panel goes beyond its path and the minimum, as a fraction of their range on each axis
    resolution  how many points there are along each axis of a panel, at least 2: resolution² calls of the function

    From one line of equal height to the next, the height above the lowest point of the picture grows by the same
    factor, so that a flat valley is seen as well as a steep slope. Up to 60 steps are marked, of more the 10th, the
    100th and so on, where there is room: between two of them a slow method has hardly moved. Raises TypeError and
    ValueError as `viz.plots` says.
    """
    check_function(function, "function", "two numbers")
    names, goal = two_texts(labels, "labels"), None if minimum is None else pair(minimum, "minimum")
    if not isinstance(paths, Mapping):
        raise TypeError(f"paths is a dictionary of lists of points, not {paths!r} of type {type(paths).__name__}")
    walks = by_name(paths, "paths", lambda walk, what: each(walk, what, pair, "points", least=1))
    planes = [Plane.around(walk + ([] if goal is None else [goal]), resolution, margin) for walk in walks.values()]
    heights = [plane.asked(lambda at: answer(function(*at), at, "function")) for plane in planes]
    columns = min(len(walks), _COLUMNS)
    rows = math.ceil(len(walks) / columns)
    with new_figure(columns * _PANEL[0] + _AROUND[0], rows * _PANEL[1] + _AROUND[1]) as figure:
        panels = []
        for index, (name, walk) in enumerate(walks.items()):
            # The axes are named below the lowest panels and beside those at the left.
            named = (names[0] if index + columns >= len(walks) else "", names[1] if index % columns == 0 else "")
            panels.append(planes[index].axes(figure, named, (rows, columns, index + 1)))
            _draw_path(panels[-1], name, walk, goal)
        _draw_heights(figure, panels, planes, heights)
        absent = {"minimum": goal is None, "steps so far": not any(panel.texts for panel in panels)}
        marked = [name for name in _MARKS if not absent.get(name)]
        add_legend(figure, [(Line2D([], [], **_MARK | _MARKS[name]), name) for name in marked], "below")
    return finished(figure, f"{plural(len(walks), 'path')} over a function of two numbers", path)


def _draw_path(axes: Axes, name: str, walk: Sequence[_Point], goal: _Point | None) -> None:
    """A line from point to point, with its ends marked, and the minimum; the name above it."""
    marker = "." if len(walk) - 1 <= _MOST_STEPS else "none"
    across, up = zip(*walk, strict=True)
    axes.plot(across, up, color=_PATH, linestyle="-", linewidth=1.5, marker=marker, markersize=8)
    if marker == "none":
        _count_steps(axes, walk)
    for (x, y), what in zip([walk[0], walk[-1], *([goal] if goal else [])], ("start", "end", "minimum"), strict=False):
        axes.plot(x, y, **_MARK | _MARKS[what])
    axes.set_title(f"{one_line(name, _LONGEST_NAME)}: {plural(len(walk) - 1, 'step')}", fontsize="medium")


def _count_steps(axes: Axes, walk: Sequence[_Point]) -> None:
    """Mark where a long path is after 10, 100, 1000, … steps, and write so, but for what is too near to another."""
    taken = [_share(axes, walk[0]), _share(axes, walk[-1])]
    for count in reversed([10**power for power in range(1, len(str(len(walk) - 1)))]):
        across, up = here = _share(axes, walk[count])
        if any(abs(across - x) < _APART[0] and abs(up - y) < _APART[1] for x, y in taken):
            continue
        taken.append(here)
        axes.plot(*walk[count], **_MARK | _MARKS["steps so far"])
        look: dict[str, Any] = {
            "ha": "left" if across < 0.5 else "right",
            "va": "bottom" if up < 0.5 else "top",
            "bbox": {"facecolor": "white", "alpha": 0.75, "linewidth": 0.0, "pad": 1.0},
        }
        beyond = (9 if across < 0.5 else -9, 6 if up < 0.5 else -6)
        place = (walk[count][0], walk[count][1])
        axes.annotate(f"{count:,}", place, beyond, textcoords="offset points", fontsize=11, zorder=6, **look)


def _share(axes: Axes, point: _Point) -> tuple[float, float]:
    """Where a point is in a panel, from (0, 0) to (1, 1)."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    return (point[0] - left) / (right - left), (point[1] - bottom) / (top - bottom)


def _draw_heights(
    figure: Figure, panels: Sequence[Axes], planes: Sequence[Plane], heights: Sequence[Sequence[Sequence[float]]]
) -> None:
    """Lines of equal height and the colours between them, and a bar with what they mean, unless all is flat."""
    lowest = min(height for grid in heights for row in grid for height in row)
    levels = _levels([height - lowest for grid in heights for row in grid for height in row])
    if not levels:
        return
    for axes, plane, grid in zip(panels, planes, heights, strict=True):
        # Between points of the grid, the logarithm is nearer to a straight line than the height.
        rows = [[max(levels[0], math.log10(height - lowest or math.ulp(0.0))) for height in row] for row in grid]
        ground = axes.contourf(plane.across, plane.up, rows, levels=levels, cmap=_HEIGHTS)
        axes.contour(plane.across, plane.up, rows, levels=levels[1:-1], colors=_CONTOUR, linewidths=0.8, linestyles="-")
    texts = FuncFormatter(lambda exponent, _: written(10.0**exponent))
    bar = figure.colorbar(ground, ax=panels, ticks=MaxNLocator(7, integer=True), format=texts)
    bar.set_label("height above the lowest point")


def _levels(heights: Sequence[float]) -> list[float]:
    """Decimal logarithms at equal distances, between which heights above the lowest have one colour; none if flat.

    The first and the last are whole, so that the bar with the colours ends in powers of ten.
    """
    rising = sorted(height for height in heights if height > 0.0)
    if not rising:
        return []
    top, resolved = math.log10(rising[-1]), math.log10(rising[int(_RESOLVED * len(rising))])
    last = math.ceil(top)
    first = min(max(last - _DECADES, round(resolved)), last - 1)
    between = max(1, _LEVELS // (last - first))
    return [first + index / between for index in range((last - first) * between + 1)]
