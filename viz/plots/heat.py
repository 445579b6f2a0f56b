"""`heat_map`: a grid of numbers as colours, with keys of several levels at its sides."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
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
_NAME: dict[str, Any] = {"color": FAINT, "fontstyle": "italic", "va": "baseline"}

_MOST_KEYS = 120
_MOST_WRITTEN = 600
_LONGEST_KEY, _LONGEST_LABEL = 24, 40
_LEAST = 1e-300  # The difference of smaller numbers has no reciprocal, by which a colour could be found.

_INSET = 0.12  # In cells, by how much a line along a group is shorter at either end.

# All other lengths are in points, 72 to an inch: the size of letters by the larger number of rows or columns, up to
# which it is used.
_SIZES = ((8, 14.0), (14, 11.0), (30, 9.0), (_MOST_KEYS, 8.0))
_GAP, _OUTER_GAP = 0.8, 2.2
_MARGIN = 8.0
_BAR_WIDTH, _BAR_HEIGHTS = 16.0, (110.0, 430.0)
_ROOMY = (330.0, 220.0)  # A smaller map has larger cells, up to twice as large.
_WIDEST_CELL, _WIDEST_MAP = 90.0, 1600.0
_UPRIGHT_BEYOND = 860.0  # A map is not made wider than that to keep the keys of its columns level.

_Key = tuple[str, ...]
_Cells = list[list[float | None]]
_Point = tuple[float, float]
_Group = tuple[int, int, str]
"""The first of some neighbours, the one behind the last, and their text."""


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

    numbers       the numbers row by row, None where there is none
    rows          a key for each row: a text, or a tuple with a text for each level, the outermost first
    columns       a key for each column, likewise
    path          a file name that ends in ``.svg``, ``.png`` or ``.pdf``
    row_names     what each level of the rows' keys is
    column_names  what each level of the columns' keys is
    label         what the numbers are, which stands at the colour bar
    limits        the numbers at which the colours begin and end; None takes the smallest and the largest
    percent       whether 0.71 is written as 71 %

    Neighbours whose keys agree at an outer level share one text there, and a gap sets them apart, the wider the further
    out the level. Each cell holds its number if there are up to 600 and all texts fit; one without a number is hatched.
    Raises TypeError and ValueError as `viz.plots` says, and ValueError for more than 120 rows or columns.
    """
    left, top = _side(rows, row_names, "row"), _side(columns, column_names, "column")
    cells = _cells(numbers, len(left.keys), len(top.keys))
    colors, title = _colors(cells, limits), one_line(text(label, "label"), _LONGEST_LABEL)
    with new_figure(1.0, 1.0) as figure:
        figure.set_layout_engine("none")
        size = next(size for most, size in _SIZES if max(len(left.keys), len(top.keys)) <= most)
        pen = _Pen(figure, size, percent)
        cell_width, cell_height, writes = _cell_size(pen, cells, top)
        width, height = cell_width * len(top.keys), cell_height * len(left.keys)
        axes = figure.add_axes((0.0, 0.0, width / 72, height / 72))
        mesh = _draw_cells(axes, cells, colors)
        if writes:
            _write_cells(axes, cells, colors, pen)
        _draw_rows(axes, left, pen)
        _draw_columns(axes, top, pen, cell_width)
        ends = [float(colors(end(_present(cells)))) for end in (min, max)]
        _draw_bar(figure, (width + 2 * pen.pad, height), mesh, ends, title, pen)
        if any(None in row for row in cells):
            place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (0.0, 0.0), "borderaxespad": 0.2}
            axes.legend([Patch(**_NONE)], ["no number"], fontsize=size, frameon=False, borderpad=0.2, **place)
        _fit(figure)
    return finished(figure, f"a heat map of {len(cells)} × {len(cells[0])} cells", path)


@dataclass(frozen=True)
class _Side:
    """The keys of the rows or of the columns, and the names of their levels, if they have any."""

    keys: list[_Key]
    names: list[str]

    def levels(self) -> Iterator[tuple[int, str, list[_Group]]]:
        """From the innermost level to the outermost: how far it is from the innermost, its name, and its groups.

        A group are neighbours that share a text there and at all outer levels; at the innermost each is by itself.
        """
        last = len(self.keys[0]) - 1
        for level in range(last, -1, -1):
            keys = [(key[: level + 1], level == last and place) for place, key in enumerate(self.keys)]
            runs = groupby(range(len(keys)), keys.__getitem__)
            places = [list(run) for _, run in runs]
            groups = [(run[0], run[-1] + 1, one_line(self.keys[run[0]][level], _LONGEST_KEY)) for run in places]
            yield last - level, one_line(self.names[level], _LONGEST_KEY) if self.names else "", groups


def _draw_rows(axes: Axes, side: _Side, pen: _Pen) -> None:
    """The keys to the left of the map, under the names of their levels, with gaps between the rows."""
    out = pen.pad
    for height, name, groups in side.levels():
        for start, stop, key in groups:
            pen.write(axes, key, (0.0, (start + stop) / 2), (-out, 0.0), ha="right", va="center")
            if start:
                axes.axhline(start, color="white", linewidth=_GAP + _OUTER_GAP * height)
            if height:
                _span(axes, [0.0, 0.0], [start + _INSET, stop - _INSET], (pen.pad - out, 0.0))
        pen.write(axes, name, (0.0, 0.0), (-out, pen.pad + pen.lift), ha="right", **_NAME)
        out += pen.widest([name, *(key for *_, key in groups)]) + 2 * pen.pad


def _draw_columns(axes: Axes, side: _Side, pen: _Pen, width: float) -> None:
    """The keys above the map, upright where one is too long for its columns of this width, with gaps between them."""
    out = pen.pad
    for height, name, groups in side.levels():
        upright = any(pen.widest([key]) > (stop - start) * width - pen.pad for start, stop, key in groups)
        look = {"va": "bottom", "rotation": 90.0} if upright else {"va": "baseline"}
        for start, stop, key in groups:
            lift = 0.0 if upright else pen.lift
            pen.write(axes, key, ((start + stop) / 2, 0.0), (0.0, out + lift), ha="center", **look)
            if start:
                axes.axvline(start, color="white", linewidth=_GAP + _OUTER_GAP * height)
            if height:
                _span(axes, [start + _INSET, stop - _INSET], [0.0, 0.0], (0.0, out - pen.pad))
        pen.write(axes, name, (len(side.keys), 0.0), (pen.pad, out + pen.lift), ha="left", **_NAME)
        out += (pen.widest(key for *_, key in groups) if upright else pen.line) + 2 * pen.pad


def _span(axes: Axes, across: Sequence[float], up: Sequence[float], beyond: _Point) -> None:
    """The line along a group, so many points beyond a side of the map."""
    shifted = offset_copy(axes.transData, axes.get_figure(root=True), *beyond, "points")
    axes.plot(across, up, color=FAINT, linestyle="-", linewidth=1.0, clip_on=False, transform=shifted)


class _Pen:
    """Writes and measures texts and numbers of one size, in points; ``pad`` is the room between two of them."""

    def __init__(self, figure: Figure, size: float, percent: bool) -> None:
        self.figure, self.size, self.percent = figure, size, percent
        self.pad, self.line, self.lift = 0.5 * size, 1.3 * size, 0.3 * size

    def write(self, axes: Axes, entry: str, at: _Point, beyond: _Point, **look: Any) -> None:
        """A text so many points beyond a place in the map."""
        axes.annotate(entry, at, beyond, textcoords="offset points", annotation_clip=False, fontsize=self.size, **look)

    def widest(self, texts: Iterable[str]) -> float:
        """The width of the longest of some texts."""
        probe = self.figure.text(0.0, 0.0, "", fontsize=self.size)
        widths = [0.0]
        for entry in set(texts):
            probe.set_text(entry)
            widths.append(probe.get_window_extent().width * 72 / self.figure.dpi)
        probe.remove()
        return max(widths)

    def cell_text(self, value: float) -> str:
        """Three digits of a number, or more if it is large; of a percentage, what stands before the point."""
        shown = 100.0 * value if self.percent else value
        digits = ".0f" if self.percent or 100.0 <= abs(shown) < 1e7 else ".3g"
        # Zero is added so that none is written as minus zero.
        return written(float(f"{shown:{digits}}") + 0.0) + " %" * self.percent

    def bar_text(self, value: float) -> str:
        """A number at the colour bar."""
        shown = float(f"{100.0 * value:.6g}") if self.percent else value
        return written(shown + 0.0) + " %" * self.percent


def _cell_size(pen: _Pen, cells: _Cells, top: _Side) -> tuple[float, float, bool]:
    """Width and height of a cell, from square to twice as wide, and whether its number is written there."""
    rows, columns = len(cells), len(cells[0])
    numbers = pen.widest(pen.cell_text(number) for number in _present(cells))
    wide = max(1.7 * pen.line, numbers + pen.pad + _OUTER_GAP * len(top.keys[0]))
    writes = rows * columns <= _MOST_WRITTEN and wide <= _WIDEST_CELL and columns * wide <= _WIDEST_MAP
    width, height = (wide, 1.7 * pen.line) if writes else (1.1 * pen.line, 1.1 * pen.line)
    keys = pen.widest(one_line(key[-1], _LONGEST_KEY) for key in top.keys) + 2 * pen.pad
    if keys <= _WIDEST_CELL and columns * keys <= _UPRIGHT_BEYOND:
        width = max(width, keys)
    height = max(height, width / 2)
    growth = max(1.0, min(_ROOMY[0] / (width * columns), _ROOMY[1] / (height * rows), 2.0))
    return width * growth, height * growth, writes


def _fit(figure: Figure) -> None:
    """Make a figure of one inch as large as all that is drawn in and around it, in whole points."""
    box = figure.get_tightbbox().padded(_MARGIN / 72)
    width, height = (math.ceil(72 * side) / 72 for side in (box.width, box.height))
    for axes in figure.axes:
        left, bottom, across, up = axes.get_position().bounds
        axes.set_position(((left - box.x0) / width, (bottom - box.y0) / height, across / width, up / height))
    figure.set_size_inches(width, height)


def _draw_cells(axes: Axes, cells: _Cells, colors: Normalize) -> QuadMesh:
    """A colour for each number, over a hatched ground that is seen where there is none."""
    axes.patch.set(linewidth=0.0, **_NONE)
    axes.spines[:].set_visible(False)
    rows = [[math.nan if cell is None else cell for cell in row] for row in cells]
    mesh = axes.pcolormesh(rows, cmap=_COLORS, norm=colors)
    axes.set(xlim=(0, len(cells[0])), ylim=(len(cells), 0), xticks=[], yticks=[])
    return mesh


def _write_cells(axes: Axes, cells: _Cells, colors: Normalize, pen: _Pen) -> None:
    """Each number in its cell, in black or white."""
    for row, of_row in enumerate(cells):
        for column, cell in enumerate(of_row):
            if cell is not None:
                ink = "white" if colors(cell) < _DARK else "black"
                place = (column + 0.5, row + 0.5)
                axes.text(*place, pen.cell_text(cell), ha="center", va="center", color=ink, fontsize=pen.size)


def _draw_bar(figure: Figure, corner: _Point, mesh: QuadMesh, ends: Sequence[float], label: str, pen: _Pen) -> None:
    """What the colours mean, below this corner; the bar is pointed where the ends of the numbers are beyond 0 or 1."""
    height = max(_BAR_HEIGHTS[0], min(corner[1], _BAR_HEIGHTS[1]))
    axes = figure.add_axes((corner[0] / 72, (corner[1] - height) / 72, _BAR_WIDTH / 72, height / 72))
    pointed = ("neither", "min", "max", "both")[(ends[0] < 0.0) + 2 * (ends[1] > 1.0)]
    texts = FuncFormatter(lambda number, _: pen.bar_text(number))
    figure.colorbar(mesh, cax=axes, extend=pointed, ticks=MaxNLocator(5), format=texts).outline.set_visible(False)
    axes.tick_params(labelsize=pen.size)
    axes.set_ylabel(label, fontsize=pen.size, loc="top")


def _present(cells: _Cells) -> list[float]:
    """The numbers without the gaps."""
    return [cell for row in cells for cell in row if cell is not None]


def _cells(given: Any, rows: int, columns: int) -> _Cells:
    """The numbers as floats, as many as there are keys."""
    cells = each(given, "numbers", lambda row, what: each(row, what, _cell), "rows of numbers")
    if len(cells) != rows:
        raise ValueError(f"each row needs a key: there are {len(cells)} rows of numbers and {rows} keys")
    for row, of_row in enumerate(cells):
        if len(of_row) != columns:
            raise ValueError(f"each column needs a key: numbers[{row}] has {len(of_row)} numbers for {columns} keys")
    if not _present(cells):
        raise ValueError("there is nothing to plot: every number is None")
    return cells


def _cell(given: Any, what: str) -> float | None:
    """A number, or None where there is none."""
    return None if given is None else drawable(given, what)


def _colors(cells: _Cells, limits: Any) -> Normalize:
    """From which number to which the colours go."""
    low, high = (min(_present(cells)), max(_present(cells))) if limits is None else pair(limits, "limits")
    if high - low > _LEAST:
        return Normalize(low, high)
    if limits is not None:
        raise ValueError(f"limits rise, from the first colour to the last, but are {limits!r}")
    room = max(1.0, abs(low)) / 2
    return Normalize(low - room, high + room)


def _side(given: Any, names: Any, what: str) -> _Side:
    """The keys of the rows or of the columns with the names of their levels."""
    side = _Side(each(given, f"{what}s", _key, "texts", least=1), each(names, f"{what}_names", text, "texts"))
    if len(side.keys) > _MOST_KEYS:
        raise ValueError(f"{len(side.keys)} {what}s are more than the {_MOST_KEYS} that can be read: give some of them")
    levels = len(side.keys[0])
    for index, key in enumerate(side.keys):
        if len(key) != levels:
            raise ValueError(f"{what}s[0] has {levels} levels, but {what}s[{index}] has {len(key)}")
    if side.names and len(side.names) != levels:
        raise ValueError(f"{what}_names has {len(side.names)} names for keys of {levels} levels")
    return side


def _key(given: Any, what: str) -> _Key:
    """A text for each level."""
    return tuple(each([given] if isinstance(given, str) else given, what, text, "texts", least=1))
