"""What plots over a plane share: the part around the samples, the grid of points to ask at, and how samples look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D

from engine import no_grad
from viz.plots.checks import drawable
from viz.plots.figures import new_panel

_FEW_SAMPLES = 200

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Plane:
    """The numbers on both axes of a grid, at equal distances."""

    across: list[float]
    up: list[float]

    @classmethod
    def around(cls, points: Sequence[Sequence[float]], resolution: int, margin: float) -> Plane:
        """The grid from a little below the smallest numbers of the points to a little above the largest."""
        across, up = (ticks(column, resolution, margin) for column in zip(*points, strict=True))
        return cls(across, up)

    @no_grad()
    def asked(self, ask: Callable[[list[float]], _Answer]) -> list[list[_Answer]]:
        """What ``ask`` answers at each point, without recording: a row for each number on the axis that goes up."""
        return [[ask([x, y]) for x in self.across] for y in self.up]

    def axes(self, figure: Figure, labels: Sequence[str], place: tuple[int, int, int] = (1, 1, 1)) -> Axes:
        """A framed panel that shows the plane."""
        limits = {"xlim": (self.across[0], self.across[-1]), "ylim": (self.up[0], self.up[-1])}
        axes = new_panel(figure, labels, place, autoscale_on=False, **limits)
        axes.spines[:].set_visible(True)
        return axes

    def draw(self, axes: Axes, rows: Sequence[Sequence[Any]], **options: Any) -> AxesImage:
        """A colour for each point, by the options of ``imshow``."""
        # A point is the middle of its pixel: the outer halves of the outermost pixels are cut off.
        halves = [(side, (side[-1] - side[0]) / (len(side) - 1) / 2) for side in (self.across, self.up)]
        left, right, bottom, top = (edge for side, half in halves for edge in (side[0] - half, side[-1] + half))
        return axes.imshow(rows, aspect="auto", origin="lower", extent=(left, right, bottom, top), **options)


def ticks(column: Sequence[float], resolution: int, margin: float) -> list[float]:
    """Numbers at equal distances, from a little below the smallest of a column to a little above the largest."""
    if isinstance(resolution, bool) or not isinstance(resolution, int):
        raise TypeError(f"resolution is a whole number, not {resolution!r}")
    if resolution < 2:
        raise ValueError(f"resolution is at least 2, not {resolution}")
    if drawable(margin, "margin") < 0.0:
        raise ValueError(f"margin is at least 0, not {margin!r}")
    low, high = min(column), max(column)
    if low == high:
        room = max(1.0, abs(low)) / 2
        low, high = low - room, high + room
    reach = (high - low) * margin
    low, high = low - reach, high + reach
    return [low + (high - low) * (index / (resolution - 1)) for index in range(resolution)]


def draw_samples(
    axes: Axes, samples: Sequence[Sequence[float]], shape: str, color: str, of: int, **options: Any
) -> Line2D:
    """Samples of one look, smaller if they are ``of`` many."""
    look: dict[str, Any] = {"markersize": 12.0 if of <= _FEW_SAMPLES else 7.0, "markeredgecolor": "white", "zorder": 3}
    look |= {"linestyle": "none", "clip_on": False} | options
    return axes.plot(*zip(*samples, strict=True), marker=shape, color=color, **look)[0]
