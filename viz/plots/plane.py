"""What the plots over a plane share: the part around the points, the grid that is asked for, and how samples look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D

from engine import no_grad
from viz.plots.checks import checked_margin, checked_resolution
from viz.plots.figures import name_axes

# In inches, with the colour bar or the legend: what is left for the plane is about square.
PLANE_SIZE = (8.3, 7.0)

_FEW_SAMPLES = 200

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Plane:
    """The numbers on both axes of a grid, at equal distances."""

    across: list[float]
    up: list[float]

    @no_grad()
    def asked(self, ask: Callable[[float, float], _Answer]) -> list[list[_Answer]]:
        """What ``ask`` answers at each point, without recording: a row for each number on the axis that goes up."""
        return [[ask(x, y) for x in self.across] for y in self.up]


def plane_around(points: Sequence[Sequence[float]], resolution: int, margin: float) -> Plane:
    """The grid from a little below the smallest numbers of the points to a little above the largest."""
    across, up = (ticks(column, resolution, margin) for column in zip(*points, strict=True))
    return Plane(across, up)


def ticks(column: Sequence[float], resolution: int, margin: float) -> list[float]:
    """Numbers at equal distances, from a little below the smallest of a column to a little above the largest."""
    count, beyond = checked_resolution(resolution), checked_margin(margin)
    low, high = min(column), max(column)
    if low == high:
        room = max(1.0, abs(low)) / 2
        low, high = low - room, high + room
    reach = (high - low) * beyond
    low, high = low - reach, high + reach
    return [low + (high - low) * (index / (count - 1)) for index in range(count)]


def plane_axes(figure: Figure, plane: Plane, labels: tuple[str, str], place: tuple[int, int, int] = (1, 1, 1)) -> Axes:
    """A framed panel that shows the plane: of so many rows and columns of panels, that of this number."""
    axes = figure.add_subplot(*place)
    axes.set_xlim(plane.across[0], plane.across[-1])
    axes.set_ylim(plane.up[0], plane.up[-1])
    axes.spines[:].set_visible(True)
    name_axes(axes, labels)
    return axes


def draw_background(axes: Axes, plane: Plane, rows: Sequence[Sequence[Any]], **options: Any) -> AxesImage:
    """A colour for each point of the plane, by the options of ``imshow``."""
    # A point of the grid is the middle of its pixel: the outer halves of the outermost pixels are cut off.
    left, right, bottom, top = (edge for side in (plane.across, plane.up) for edge in _outer_edges(side))
    axes.set_autoscale_on(False)
    return axes.imshow(rows, aspect="auto", origin="lower", extent=(left, right, bottom, top), **options)


def _outer_edges(side: Sequence[float]) -> tuple[float, float]:
    """Where the first pixel begins and the last one ends."""
    half = (side[-1] - side[0]) / (len(side) - 1) / 2
    return side[0] - half, side[-1] + half


def draw_points(
    axes: Axes, points: Sequence[Sequence[float]], shape: str, color: str, *, of: int, **options: Any
) -> Line2D:
    """Samples of one look, smaller if they are ``of`` many."""
    (marks,) = axes.plot(
        [point[0] for point in points],
        [point[1] for point in points],
        linestyle="none",
        marker=shape,
        **{
            "markersize": sample_size(of),
            "markeredgecolor": "white",
            "color": color,
            "clip_on": False,
            "zorder": 3,
            **options,
        },
    )
    return marks


def sample_size(count: int) -> float:
    """How large, in points, each of so many samples is."""
    return 12.0 if count <= _FEW_SAMPLES else 7.0
