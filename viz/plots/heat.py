"""`heat_map`: a grid of numbers as colours, with keys of several levels at its sides."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Normalize, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from viz.plots.checks import entries, pair, text
from viz.plots.figures import DPI, FAINT, Plot, drawable_number, finished, literal, name_text, plot_style
from viz.plots.heat_layout import Layout, Numbers, gap_width, layout_of, present
from viz.plots.sides import Side, side

# Rises evenly in lightness, for every kind of colour blindness.
_COLORS = "cividis"
_NONE: dict[str, Any] = {"facecolor": "#EDEDED", "edgecolor": "#9A9A9A", "hatch": "////"}
_NAME: dict[str, Any] = {"color": FAINT, "fontstyle": "italic"}


_INSET = 0.12
"""In cells: by how much a line that spans a group is shorter on either side."""

_EVEN = 0.179
"""The luminance with which black and white contrast equally."""

_LONGEST_LABEL = 40
_LEAST = 1e-300

_Key = str | tuple[str, ...]


def heat_map(
    numbers: Iterable[Iterable[float | None]],
    rows: Iterable[_Key],
    columns: Iterable[_Key],
    path: str | os.PathLike[str] | None = None,
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
    The plot is returned, and shows itself in a notebook. Raises TypeError for what is no number or no text, and
    ValueError for no numbers, for rows of numbers that do not match the keys, for keys or names with different numbers
    of levels, for more than 120 rows or columns, for numbers that are NaN or beyond ±1e300, and for another ending.
    """
    left, top = side(rows, row_names, "row"), side(columns, column_names, "column")
    cells = _cells(numbers, len(left.keys), len(top.keys))
    colors, title = _norm(cells, limits), name_text(text(label, "label"), _LONGEST_LABEL)
    with plot_style():
        figure = Figure(dpi=DPI)  # Letters are fitted to pixels: of other ones, texts have other widths.
        layout = layout_of(figure, cells, left, top, title, colors, percent)
        axes = figure.add_axes(layout.map_box)
        mesh = _draw_cells(axes, cells, colors)
        _draw_gaps(axes, left, top)
        _write_cells(axes, cells, colors, layout)
        _draw_rows(axes, left, layout)
        _draw_columns(axes, top, layout)
        _color_bar(figure, mesh, cells, title, layout)
        _explain_none(axes, cells, layout)
    return finished(figure, f"a heat map of {len(cells)} × {len(cells[0])} cells", path)


# --- Cells -----------------------------------------------------------------------------------------------------------


def _draw_cells(axes: Axes, cells: Numbers, colors: Normalize) -> QuadMesh:
    """A colour for each number, over a hatched ground that is seen where there is none."""
    axes.patch.set(linewidth=0.0, **_NONE)
    rows = [[float("nan") if cell is None else cell for cell in row] for row in cells]
    mesh = axes.pcolormesh(rows, cmap=_COLORS, norm=colors)
    axes.set(xlim=(0, len(cells[0])), ylim=(len(cells), 0), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    return mesh


def _draw_gaps(axes: Axes, left: Side, top: Side) -> None:
    """White lines between cells, wider between groups."""
    for keys, line in ((left, axes.axhline), (top, axes.axvline)):
        for place, outer in keys.edges():
            line(place, color="white", linewidth=gap_width(outer))


def _write_cells(axes: Axes, cells: Numbers, colors: Normalize, layout: Layout) -> None:
    """Each number in its cell, in black or white, if there is room for all."""
    shades = colormaps[_COLORS]
    for row, of_row in enumerate(cells if layout.writes_cells else []):
        for column, cell in enumerate(of_row):
            if cell is not None:
                ink = "black" if _luminance(shades(float(colors(cell)))) > _EVEN else "white"
                text = layout.cell_text(cell)
                _write(axes, text, column + 0.5, row + 0.5, layout, ha="center", va="center", color=ink)


def _luminance(color: Any) -> float:
    """The luminance of WCAG 2: 0 is black, 1 is white."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# --- Around the cells ------------------------------------------------------------------------------------------------


def _draw_rows(axes: Axes, keys: Side, layout: Layout) -> None:
    """The keys to the left of the map, under the names of their levels."""
    for level, offset in enumerate(layout.row_offsets):
        across = -offset / layout.width
        for group in keys.groups(level):
            _write(axes, group.text, across, group.middle, layout, ha="right", va="center")
            if level < keys.levels - 1:
                beside = (layout.pad - offset) / layout.width
                _span(axes, [beside, beside], [group.start + _INSET, group.stop - _INSET])
        _write(axes, keys.name(level), across, -layout.baseline(layout.pad), layout, ha="right", **_NAME)


def _draw_columns(axes: Axes, keys: Side, layout: Layout) -> None:
    """The keys above the map, with the names of their levels to the right."""
    for level, (offset, turned) in enumerate(layout.column_places):
        baseline = layout.baseline(offset)
        for group in keys.groups(level):
            if turned:
                up = -offset / layout.height
                _write(axes, group.text, group.middle, up, layout, ha="center", va="bottom", rotation=90)
            else:
                _write(axes, group.text, group.middle, -baseline, layout, ha="center")
            if level < keys.levels - 1:
                below = (layout.pad - offset) / layout.height
                _span(axes, [group.start + _INSET, group.stop - _INSET], [below, below])
        right = len(keys.keys) + layout.pad / layout.width
        _write(axes, keys.name(level), right, -baseline, layout, ha="left", **_NAME)


def _write(axes: Axes, text: str, across: float, up: float, layout: Layout, **look: Any) -> None:
    """A text as it is, where it stands in cells."""
    literal(axes.text(across, up, text, fontsize=layout.size, **look))


def _span(axes: Axes, across: Sequence[float], up: Sequence[float]) -> None:
    """The line along a group, where it stands in cells."""
    axes.plot(across, up, color=FAINT, linewidth=1.0, clip_on=False)


def _color_bar(figure: Figure, mesh: QuadMesh, cells: Numbers, label: str, layout: Layout) -> None:
    """What the colours mean; pointed where a number is beyond its end."""
    low, high = mesh.get_clim()
    numbers = present(cells)
    beyond = (min(numbers) < (low or 0.0), max(numbers) > (high or 0.0))
    pointed = {(False, False): "neither", (True, False): "min", (False, True): "max", (True, True): "both"}[beyond]
    bar = figure.colorbar(mesh, cax=figure.add_axes(layout.bar_box), extend=pointed)
    bar.set_ticks(layout.ticks, labels=[layout.tick_text(tick) for tick in layout.ticks])
    bar.ax.tick_params(labelsize=layout.size)
    bar.outline.set_visible(False)
    literal(bar.ax.yaxis.label)
    bar.set_label(label, fontsize=layout.size, loc="top")


def _explain_none(axes: Axes, cells: Numbers, layout: Layout) -> None:
    """What hatched cells are, if there are any."""
    if not any(None in row for row in cells):
        return
    up = len(cells) + layout.pad / layout.height
    width, height = 1.6 * layout.size / layout.width, layout.size / layout.height
    axes.add_patch(Rectangle((0.0, up), width, height, clip_on=False, linewidth=0.0, **_NONE))
    beside = width + layout.pad / layout.width
    _write(axes, "no number", beside, up + height / 2, layout, ha="left", va="center_baseline")


# --- Arguments -------------------------------------------------------------------------------------------------------


def _cells(given: Any, rows: int, columns: int) -> Numbers:
    """The numbers as floats, or the error that says what is wrong with which."""
    cells = [
        [
            None if one is None else drawable_number(one, f"numbers[{row}][{column}]")
            for column, one in enumerate(entries(of_row, f"numbers[{row}]"))
        ]
        for row, of_row in enumerate(entries(given, "numbers", "rows of numbers"))
    ]
    if len(cells) != rows:
        raise ValueError(f"each row needs a key: there are {len(cells)} rows of numbers and {rows} keys")
    for row, of_row in enumerate(cells):
        if len(of_row) != columns:
            raise ValueError(f"each column needs a key: numbers[{row}] has {len(of_row)} numbers for {columns} keys")
    if not present(cells):
        raise ValueError("there is nothing to plot: every number is None")
    return cells


def _norm(cells: Numbers, limits: Any) -> Normalize:
    """From which number to which the colours go."""
    if limits is not None:
        low, high = pair(limits, "limits", "limits are two numbers, at which the colours begin and end")
        if not _are_apart(low, high):
            raise ValueError(f"limits rise, from the first colour to the last, but are {limits!r}")
        return Normalize(low, high)
    numbers = present(cells)
    low, high = min(numbers), max(numbers)
    room = 0.0 if _are_apart(low, high) else max(1.0, abs(low)) / 2
    return Normalize(low - room, high + room)


def _are_apart(low: float, high: float) -> bool:
    """Whether colours can be found between two numbers: so small differences have no reciprocal."""
    return high - low > _LEAST
