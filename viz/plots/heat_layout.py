"""Where the parts of a heat map are: cells as large as their texts need, keys beside them, and the colour bar."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from viz.plots.figures import literal, written
from viz.plots.sides import Side

Numbers = list[list[float | None]]
"""A row of numbers for each row of the map, None where there is none."""

Box = tuple[float, float, float, float]
"""Left, bottom, width and height, as fractions of a figure."""

_MOST_WRITTEN = 600

# All lengths are in points: 72 make an inch. By the larger number of rows or columns, up to which a size is used:
_SIZES = ((8, 14.0), (14, 11.0), (30, 9.0), (1_000, 8.0))
_MARGIN = 8.0
_BAR_WIDTH = 16.0
_BAR_HEIGHTS = (110.0, 430.0)
_ROOMY = (330.0, 220.0)
"""A map that is smaller than that has larger cells, up to twice as large."""

_WIDEST_CELL = 90.0
_WIDEST_MAP = 1600.0
_TURNED_BEYOND = 860.0
"""To keep the keys of its columns level, a map is made no wider than that."""


@dataclass(frozen=True)
class Layout:
    """The measures of a heat map.

    size           of the letters
    width, height  of a cell
    writes_cells   whether the numbers are in the cells
    percent        whether they are written as percentages
    row_offsets    for each level of the rows, how far to the left of the map its texts end
    column_places  for each level of the columns, how far above the map its texts stand and whether they are turned
    ticks          the numbers at the colour bar
    """

    size: float
    width: float
    height: float
    writes_cells: bool
    percent: bool
    row_offsets: list[float]
    column_places: list[tuple[float, bool]]
    ticks: list[float]
    map_box: Box
    bar_box: Box

    @property
    def pad(self) -> float:
        """The room between two texts."""
        return _pad(self.size)

    def baseline(self, offset: float) -> float:
        """How far above the map, in cells, letters stand in a line that begins so many points above it."""
        return (offset + 0.3 * self.size) / self.height

    def cell_text(self, value: float) -> str:
        """A number as it is written in a cell."""
        return _cell_text(value, self.percent)

    def tick_text(self, value: float) -> str:
        """A number as it is written at the colour bar."""
        return _tick_text(value, self.percent)


@dataclass(frozen=True)
class _Ruler:
    """Measures texts of one size."""

    figure: Figure
    size: float

    @property
    def line(self) -> float:
        """The height of a line of text."""
        return 1.3 * self.size

    @property
    def pad(self) -> float:
        """The room between two texts."""
        return _pad(self.size)

    def widest(self, texts: Iterable[str]) -> float:
        """The width of the longest of some texts, slanted or upright."""
        probe = self.figure.text(0.0, 0.0, "", fontsize=self.size)
        literal(probe)
        widths = [0.0]
        for text in set(texts):
            probe.set_text(text)
            widths.append(probe.get_window_extent().width * 72 / self.figure.dpi)
        probe.remove()
        return max(widths)


def layout_of(
    figure: Figure, cells: Numbers, left: Side, top: Side, label: str, colors: Normalize, percent: bool
) -> Layout:
    """The measures of a map, for which the figure gets its size."""
    count = max(len(cells), len(cells[0]))
    ruler = _Ruler(figure, next(size for most, size in _SIZES if count <= most))
    width, height, writes = _cell(ruler, cells, top, percent)
    row_offsets, room_left = _row_places(ruler, left)
    column_places, room_above = _column_places(ruler, top, width)
    ticks = _ticks(colors)
    names = ruler.pad + ruler.widest(top.name(level) for level in range(top.levels))
    room_right = max(names, _bar_room(ruler, [_tick_text(tick, percent) for tick in ticks], label))
    map_width, map_height = width * len(cells[0]), height * len(cells)
    bar_height = max(_BAR_HEIGHTS[0], min(map_height, _BAR_HEIGHTS[1]))
    explained = ruler.line + ruler.pad if any(None in row for row in cells) else 0.0
    below = max(map_height + explained, bar_height + ruler.line / 2, ruler.widest([label]))
    whole_width = math.ceil(room_left + map_width + room_right + 2 * _MARGIN)
    whole_height = math.ceil(room_above + below + 2 * _MARGIN)
    whole = (whole_width, whole_height)
    figure.set_size_inches(whole_width / 72, whole_height / 72)
    start, above = _MARGIN + room_left, _MARGIN + room_above
    return Layout(
        ruler.size,
        width,
        height,
        writes,
        percent,
        row_offsets,
        column_places,
        ticks,
        map_box=_box(whole, start, above, map_width, map_height),
        bar_box=_box(whole, start + map_width + 2 * ruler.pad, above, _BAR_WIDTH, bar_height),
    )


def _box(whole: tuple[float, float], left: float, top: float, width: float, height: float) -> Box:
    """A box by its upper left corner, its width and its height in a figure of this size, all in points."""
    return left / whole[0], 1.0 - (top + height) / whole[1], width / whole[0], height / whole[1]


def _bar_room(ruler: _Ruler, ticks: Sequence[str], label: str) -> float:
    """How far to the right of the map the colour bar reaches with its numbers and its label."""
    beside = ruler.line + ruler.pad if label else 0.0
    return 3 * ruler.pad + _BAR_WIDTH + ruler.widest(ticks) + beside


def gap_width(outer: int) -> float:
    """How wide the line is between two neighbours that differ so many levels above the innermost."""
    return 0.8 + 2.2 * outer


def present(cells: Numbers) -> list[float]:
    """The numbers without the gaps."""
    return [cell for row in cells for cell in row if cell is not None]


def _cell(ruler: _Ruler, cells: Numbers, top: Side, percent: bool) -> tuple[float, float, bool]:
    """Width and height of a cell, from square to twice as wide, and whether its number is written there."""
    rows, columns = len(cells), len(cells[0])
    text = ruler.widest(_cell_text(number, percent) for number in present(cells))
    wide = max(1.7 * ruler.line, text + ruler.pad + gap_width(top.levels - 1))
    writes = rows * columns <= _MOST_WRITTEN and wide <= _WIDEST_CELL and columns * wide <= _WIDEST_MAP
    width = wide if writes else 1.1 * ruler.line
    level = ruler.widest(top.texts(top.levels - 1)) + 2 * ruler.pad
    if level <= _WIDEST_CELL and columns * level <= _TURNED_BEYOND:
        width = max(width, level)
    height = max(1.7 * ruler.line if writes else 1.1 * ruler.line, width / 2)
    growth = min(_ROOMY[0] / (width * columns), _ROOMY[1] / (height * rows), 2.0)
    return width * max(growth, 1.0), height * max(growth, 1.0), writes


def _row_places(ruler: _Ruler, keys: Side) -> tuple[list[float], float]:
    """How far from the map the texts of each level end, and how far to the left all of them reach."""
    levels = reversed(range(keys.levels))
    widths = [ruler.widest([*keys.texts(level), keys.name(level)]) for level in levels]
    offsets = list(accumulate(widths, lambda offset, width: offset + width + 2 * ruler.pad, initial=ruler.pad))
    return offsets[-2::-1], offsets[-1] - ruler.pad


def _column_places(ruler: _Ruler, keys: Side, width: float) -> tuple[list[tuple[float, bool]], float]:
    """For each level how far above the map its texts stand and if turned; and how far up all of them reach."""
    places: list[tuple[float, bool]] = []
    offset = ruler.pad
    for level in reversed(range(keys.levels)):
        rooms = ((group.stop - group.start) * width - ruler.pad for group in keys.groups(level))
        texts = [group.text for group in keys.groups(level)]
        fits = all(ruler.widest([text]) <= room for text, room in zip(texts, rooms, strict=True))
        height = ruler.line if fits else ruler.widest(texts)
        places.append((offset, not fits))
        offset += height + 2 * ruler.pad
    return places[::-1], offset - ruler.pad


def _ticks(colors: Normalize) -> list[float]:
    """A few round numbers between the ends of the colours."""
    low, high = colors.vmin, colors.vmax
    assert low is not None
    assert high is not None
    return [float(tick) for tick in MaxNLocator(5).tick_values(low, high) if low <= tick <= high]


def _pad(size: float) -> float:
    """The room between two texts of a size."""
    return 0.5 * size


def _cell_text(value: float, percent: bool) -> str:
    """Three digits of a number, more of a large one; of a percentage, what stands before the point."""
    shown = 100.0 * value if percent else value
    digits = ".0f" if percent or 100.0 <= abs(shown) < 1e7 else ".3g"
    # Zero is added so that none is written as minus zero.
    return written(float(f"{shown:{digits}}") + 0.0) + " %" * percent


def _tick_text(value: float, percent: bool) -> str:
    """A number at the colour bar."""
    return f"{written(float(f'{100.0 * value:.6g}') + 0.0)} %" if percent else written(value + 0.0)
