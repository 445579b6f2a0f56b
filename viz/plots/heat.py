"""`heat_map`: a grid of numbers as colours, with keys of several levels at its sides."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby, product
from typing import Any

from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import offset_copy

from viz.palette import FAINT
from viz.plots.checks import drawable, each, pair, text
from viz.plots.figures import FileName, Plot, finished, new_figure, one_line, written

# Rises evenly in lightness, for every kind of colour blindness. In its darkest part, white letters contrast more.
_COLORS, _DARK = "cividis", 0.46875
_NONE: dict[str, Any] = {"facecolor": "#EDEDED", "edgecolor": "#9A9A9A", "hatch": "////"}

_MOST_KEYS, _MOST_WRITTEN = 120, 600
_LONGEST_KEY, _LONGEST_LABEL = 24, 40
_TICKS: dict[str, Any] = {"nbins": 5, "steps": [1, 2, 2.5, 5, 10]}
_LEAST = 1e-300  # The difference of smaller numbers has no reciprocal, by which a colour could be found.

# All lengths are in points, 72 to an inch: the size of letters by the larger number of rows or columns, up to which it
# is used. A map of few cells has larger ones.
_SIZES = ((8, 14.0), (14, 11.0), (30, 9.0), (_MOST_KEYS, 8.0))
_LARGER_CELL, _SMALL_MAP = 60.0, 250.0
_WIDEST_CELL, _WIDEST_MAP = 90.0, 1600.0
_UPRIGHT_BEYOND = 860.0  # A map is not made wider than that to keep the keys of its columns level.
_GAP, _OUTER_GAP = 0.8, 2.2
_MARGIN = 8.0
_BAR_WIDTH, _BAR_HEIGHTS = 16.0, (110.0, 430.0)
_INSET = 0.12  # In cells, by how much a line along a group is shorter at either end.

_Key = tuple[str, ...]
_Cells = list[list[float | None]]
_Level = tuple[str, list[tuple[int, int, str]]]
"""The name of a level and its groups: the first of some neighbours, the one behind the last, and their text."""


def heat_map(
    numbers: Iterable[Iterable[float | None]],
    rows: Iterable[str | _Key],
    columns: Iterable[str | _Key],
    path: FileName | None = None,
    *,
    row_names: Iterable[str] = (),
    column_names: Iterable[str] = (),
    label: str = "",
    limits: tuple[float, float] | None = None,
    percent: bool = False,
) -> Plot:
    """Plot a grid of numbers as colours, into a file if a path is given.

    numbers       the numbers row by row; None leaves a cell without one
    rows          a key for each row: a text, or a tuple with a text for each level, the outermost first
    columns       a key for each column, likewise
    path          a file name that ends in ``.svg``, ``.png`` or ``.pdf``
    row_names     what each level of the rows' keys is
    column_names  what each level of the columns' keys is
    label         what the numbers are, which stands at the colour bar
    limits        the numbers at which the colours begin and end; None takes round ones around all numbers
    percent       whether 0.71 is written as 71 %

    Neighbours whose keys agree at an outer level share one text there, and a gap sets them apart, the wider the further
    out the level. Each cell holds its number if there are up to 600 and all texts fit; one without a number is hatched.
    Raises TypeError and ValueError as `viz.plots` says, and ValueError for more than 120 rows or columns.
    """
    left, top = _levels(rows, row_names, "row"), _levels(columns, column_names, "column")
    cells = _cells(numbers, len(left[0][1]), len(top[0][1]))
    present = [cell for row in cells for cell in row if cell is not None]
    if not present:
        raise ValueError("there is nothing to plot: every number is None")
    colors, title = _colors(present, limits), one_line(text(label, "label"), _LONGEST_LABEL)
    size = next(size for most, size in _SIZES if max(len(cells), len(cells[0])) <= most)
    with new_figure(1.0, 1.0) as figure:
        figure.set_layout_engine("none")
        pen = _Pen(figure, size, percent)
        width, height, writes = _cell_size(pen, cells, present, top)
        axes = figure.add_axes((0.0, 0.0, width * len(cells[0]) / 72, height * len(cells) / 72))
        mesh = _draw_cells(axes, cells, colors, pen if writes else None)
        _draw_keys(axes, left, pen)
        _draw_keys(axes, top, pen, width)
        _draw_bar(axes, mesh, [float(colors(end(present))) for end in (min, max)], title, pen)
        if len(present) < len(cells) * len(cells[0]):
            _explain_hatching(axes, size)
        _fit(figure)
    return finished(figure, f"a heat map of {len(cells)} × {len(cells[0])} cells", path)


def _explain_hatching(axes: Axes, size: float) -> None:
    """A legend for cells without a number."""
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (0.0, 0.0), "borderaxespad": 0.2}
    axes.legend([Patch(**_NONE)], ["no number"], fontsize=size, frameon=False, borderpad=0.2, **place)


class _Pen:
    """Measures texts and writes numbers of one size, in points; ``pad`` is the room between two texts."""

    def __init__(self, figure: Figure, size: float, percent: bool) -> None:
        self.figure, self.size, self.percent = figure, size, percent
        self.pad, self.line = 0.6 * size, 1.3 * size

    def widest(self, texts: Iterable[str]) -> float:
        """The width of the longest of some texts."""
        probe = self.figure.text(0.0, 0.0, "", fontsize=self.size)
        widths = [0.0]
        for entry in set(texts):
            probe.set_text(entry)
            widths.append(probe.get_window_extent().width * 72 / self.figure.dpi)
        probe.remove()
        return max(widths)

    def number(self, value: float, digits: int = 3) -> str:
        """So many digits of a number, or more if it is large; of a percentage with three, what is before the point."""
        shown = 100.0 * value if self.percent else value
        whole = digits == 3 and (self.percent or 100.0 <= abs(shown) < 1e7)
        # Zero is added so that none is written as minus zero.
        return written(float(f"{shown:.0f}" if whole else f"{shown:.{digits}g}") + 0.0) + " %" * self.percent


def _cell_size(pen: _Pen, cells: _Cells, present: Sequence[float], top: Sequence[_Level]) -> tuple[float, float, bool]:
    """Width and height of a cell, from square to twice as wide, and whether its number is written there."""
    rows, columns = len(cells), len(cells[0])
    wide = pen.widest(map(pen.number, present)) + pen.pad + _OUTER_GAP * len(top)
    writes = rows * columns <= _MOST_WRITTEN and wide <= _WIDEST_CELL and columns * wide <= _WIDEST_MAP
    keys = pen.widest(key for *_, key in top[0][1]) + 2 * pen.pad
    level = keys <= _WIDEST_CELL and columns * keys <= _UPRIGHT_BEYOND
    height = max((1.7 if writes else 1.1) * pen.line, min(_LARGER_CELL, _SMALL_MAP / max(rows, columns)))
    width = max(height, wide * writes, keys * level)
    return width, max(height, width / 2), writes


def _draw_cells(axes: Axes, cells: _Cells, colors: Normalize, pen: _Pen | None) -> QuadMesh:
    """A colour for each number, over a hatched ground that shows where one is missing; and the number, with a pen."""
    axes.patch.set(linewidth=0.0, **_NONE)
    axes.spines[:].set_visible(False)
    rows = [[math.nan if cell is None else cell for cell in row] for row in cells]
    mesh = axes.pcolormesh(rows, cmap=_COLORS, norm=colors)
    axes.set(xlim=(0, len(cells[0])), ylim=(len(cells), 0), xticks=[], yticks=[])
    for row, column in product(range(len(cells)), range(len(cells[0])) if pen else []):
        if pen and (cell := cells[row][column]) is not None:
            ink = "white" if colors(cell) < _DARK else "black"
            look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": pen.size}
            axes.text(column + 0.5, row + 0.5, pen.number(cell), color=ink, **look)
    return mesh


def _draw_keys(axes: Axes, levels: Sequence[_Level], pen: _Pen, width: float | None = None) -> None:
    """Keys and names of levels, and gaps between groups: of the rows at the left or, with their width, of the columns.

    A level of the columns is upright if one of its keys is too long.
    """
    out, count = pen.pad, len(levels[0][1])
    look: dict[str, Any] = {"textcoords": "offset points", "annotation_clip": False, "fontsize": pen.size}
    for height, (name, groups) in enumerate(levels):
        longest = pen.widest([*(key for *_, key in groups), *([] if width else [name])])
        upright = width and any(pen.widest([key]) > (stop - start) * width - pen.pad for start, stop, key in groups)
        for start, stop, key in groups:
            middle, ends = (start + stop) / 2, [start + _INSET, stop - _INSET]
            if width:
                turn = 90.0 if upright else 0.0
                axes.annotate(key, (middle, 0.0), (0.0, out), ha="center", va="bottom", rotation=turn, **look)
            else:
                axes.annotate(key, (0.0, middle), (-out, 0.0), ha="right", va="center", **look)
            if start:
                gap = axes.axvline if width else axes.axhline
                gap(start, color="white", linewidth=_GAP + _OUTER_GAP * height)
            if height:
                beyond = (0.0, out - pen.pad) if width else (pen.pad - out, 0.0)
                shifted = offset_copy(axes.transData, axes.get_figure(root=True), *beyond, "points")
                line = (ends, [0.0, 0.0]) if width else ([0.0, 0.0], ends)
                axes.plot(*line, color=FAINT, linestyle="-", linewidth=1.0, clip_on=False, transform=shifted)
        at, beyond, side = ((count, 0.0), (pen.pad, out), "left") if width else ((0.0, 0.0), (-out, pen.pad), "right")
        axes.annotate(name, at, beyond, ha=side, va="bottom", color=FAINT, fontstyle="italic", **look)
        out += 2 * pen.pad + (pen.line if width and not upright else longest)


def _draw_bar(axes: Axes, mesh: QuadMesh, ends: Sequence[float], label: str, pen: _Pen) -> None:
    """What the colours mean, to the right; the bar is pointed where the ends of the numbers are beyond 0 or 1."""
    figure, corner = axes.figure, axes.get_position().max * 72
    height = max(_BAR_HEIGHTS[0], min(corner[1], _BAR_HEIGHTS[1]))
    place = ((corner[0] + 2 * pen.pad) / 72, (corner[1] - height) / 72, _BAR_WIDTH / 72, height / 72)
    pointed = ("neither", "min", "max", "both")[(ends[0] < 0.0) + 2 * (ends[1] > 1.0)]
    texts = FuncFormatter(lambda number, _: pen.number(number, 6))
    bar = figure.colorbar(mesh, cax=figure.add_axes(place), extend=pointed, ticks=MaxNLocator(**_TICKS), format=texts)
    bar.ax.spines[:].set_visible(False)
    bar.ax.tick_params(labelsize=pen.size)
    bar.ax.set_ylabel(label, fontsize=pen.size, loc="top")


def _fit(figure: Figure) -> None:
    """Make a figure of one inch as large as all that is drawn in and around it, in whole points."""
    box = figure.get_tightbbox().padded(_MARGIN / 72)
    width, height = (math.ceil(72 * side) / 72 for side in (box.width, box.height))
    for axes in figure.axes:
        left, bottom, across, up = axes.get_position().bounds
        axes.set_position(((left - box.x0) / width, (bottom - box.y0) / height, across / width, up / height))
    figure.set_size_inches(width, height)


def _cells(given: Any, rows: int, columns: int) -> _Cells:
    """The numbers as floats, as many as there are keys."""

    def read_cell(cell: Any, what: str) -> float | None:
        return None if cell is None else drawable(cell, what)

    def read_row(row: Any, what: str) -> list[float | None]:
        return each(row, what, read_cell, least=columns, most=columns)

    return each(given, "numbers", read_row, "rows", least=rows, most=rows)


def _colors(present: Sequence[float], limits: Any) -> Normalize:
    """From which number to which the colours go: ends of the bar have to be round, unless they are given."""
    if limits is not None:
        low, high = pair(limits, "limits")
        if not high - low > _LEAST:
            raise ValueError(f"limits rise, from the first colour to the last, but are {limits!r}")
        return Normalize(low, high)
    low, high = min(present), max(present)
    if not high - low > _LEAST:
        room = max(1.0, abs(low)) / 2
        low, high = low - room, high + room
    ticks = [float(tick) for tick in MaxNLocator(**_TICKS).tick_values(low, high)]
    # Of the tiniest numbers matplotlib makes a zero.
    room = high - low
    return Normalize(max(low - room, min(low, *ticks)), min(high + room, max(high, *ticks)))


def _levels(given: Any, names: Any, what: str) -> list[_Level]:
    """The levels of some keys, from the innermost to the outermost.

    A group are neighbours that share a text there and at all outer levels; at the innermost each is by itself.
    """
    keys = each(given, f"{what}s", _key, "keys", least=1, most=_MOST_KEYS)
    titles = each(names, f"{what}_names", text, "texts") or [""] * len(keys[0])
    for other, has in ((f"{what}_names", titles), *((f"{what}s[{place}]", key) for place, key in enumerate(keys))):
        if len(has) != len(keys[0]):
            raise ValueError(f"{what}s[0] has {len(keys[0])} levels, but {other} has {len(has)}")
    levels = []
    for level in reversed(range(len(titles))):
        marks = [(key[: level + 1], level == len(titles) - 1 and place) for place, key in enumerate(keys)]
        runs = [list(run) for _, run in groupby(range(len(keys)), marks.__getitem__)]
        groups = [(run[0], run[-1] + 1, one_line(keys[run[0]][level], _LONGEST_KEY)) for run in runs]
        levels.append((one_line(titles[level], _LONGEST_KEY), groups))
    return levels


def _key(given: Any, what: str) -> _Key:
    """A text for each level."""
    return tuple(each([given] if isinstance(given, str) else given, what, text, "texts", least=1))
