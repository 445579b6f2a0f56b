"""`heat_map`: what is drawn is read back from the figure."""

import math

import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex
from matplotlib.text import Annotation
from support.plot_reading import color_at, luminance, visible_boxes

from viz import plots

ROWS = [("adam", "0.1", "mse"), ("adam", "0.1", "hinge"), ("adam", "1", "mse"), ("sgd", "1", "mse"), ("sgd", "1", "l1")]
NAMES = ("optimizer", "rate", "loss")


def keys(plot):
    """Each text around the map: what it says, where in the map it belongs, and how far from there it stands."""
    texts = [text for text in plot.figure.axes[0].texts if isinstance(text, Annotation) and text.get_text()]
    return [(text.get_text(), text.xy, text.xyann) for text in texts]


def cell_texts(plot):
    """The texts in the map."""
    return [text for text in plot.figure.axes[0].texts if not isinstance(text, Annotation)]


def cells(plot):
    """What stands in the cells, by row and column."""
    return {tuple(map(int, text.get_position()[::-1])): text.get_text() for text in cell_texts(plot)}


def mesh(plot):
    """The coloured cells."""
    (found,) = (one for one in plot.figure.axes[0].collections if isinstance(one, QuadMesh))
    return found


def test_each_number_is_in_its_cell_with_its_colour():
    numbers = [[0.0, 0.25, 1.0], [0.5, None, 0.75]]
    plot = plots.heat_map(numbers, ["a", "b"], ["x", "y", "z"])
    assert cells(plot) == {(0, 0): "0", (0, 1): "0.25", (0, 2): "1", (1, 0): "0.5", (1, 2): "0.75"}
    for row, of_row in enumerate(numbers):
        for column, number in enumerate(of_row):
            seen = color_at(plot, column + 0.1, row + 0.1)  # Near a corner: the number is in the middle.
            if number is not None:
                assert to_hex(seen) == to_hex(mesh(plot).cmap(number))
            else:
                assert len(set(seen.tolist())) == 1  # Grey, which no number is.
    patch = plot.figure.axes[0].patch
    assert patch.get_hatch()
    assert to_hex(patch.get_facecolor()) != to_hex("white")
    assert np.ma.getmaskarray(mesh(plot).get_array()).tolist() == [[False] * 3, [False, True, False]]


def test_colours_rise_in_lightness_and_texts_contrast_with_them():
    plot = plots.heat_map([[n / 20 for n in range(21)]], ["a"], [str(n) for n in range(21)])
    light = [luminance(mesh(plot).cmap(n / 20)) for n in range(21)]
    assert light == sorted(light)
    for text, ground in zip(cell_texts(plot), light, strict=True):
        black, white = (ground + 0.05) / 0.05, 1.05 / (ground + 0.05)
        assert text.get_color() == ("black" if black > white else "white")


@pytest.mark.parametrize(
    ("number", "percent", "text"),
    [
        (0.713, True, "71 %"),
        (1.0, True, "100 %"),
        (-0.001, True, "0 %"),
        (0.71349, False, "0.713"),
        (-0.5, False, "−0.5"),
        (12345.6, False, "12346"),
        (1.2345e-7, False, "1.23e−07"),
    ],
)
def test_numbers_are_written_short(number, percent, text):
    assert cells(plots.heat_map([[number], [0.0]], ["a", "b"], ["c"], percent=percent))[0, 0] == text


def test_percentages_are_at_the_colour_bar_too():
    bar = plots.heat_map([[0.0, 1.0]], ["a"], ["b", "c"], percent=True, label="solved").figure.axes[1]
    assert [text.get_text() for text in bar.get_yticklabels()] == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]
    assert bar.get_yticks().tolist() == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert bar.get_ylabel() == "solved"


@pytest.mark.parametrize(
    ("numbers", "limits", "colors", "pointed"),
    [
        ([[1, 3], [None, 2]], None, (1, 3), "neither"),
        ([[1, 3], [None, 2]], (0, 10), (0, 10), "neither"),
        ([[1, 3], [None, 2]], (1.5, 10), (1.5, 10), "min"),
        ([[1, 3], [None, 2]], (0, 2), (0, 2), "max"),
        ([[-5, 3], [None, 2]], (-4, 2), (-4, 2), "both"),
        ([[7, 7], [7, 7]], None, (3.5, 10.5), "neither"),
    ],
)
def test_colours_go_to_the_extremes_or_the_limits_and_the_bar_is_pointed_where_numbers_go_on(
    numbers, limits, colors, pointed
):
    plot = plots.heat_map(numbers, ["a", "b"], ["c", "d"], limits=limits)
    assert mesh(plot).get_clim() == colors
    assert mesh(plot).colorbar.extend == pointed


def test_outer_levels_are_written_once_for_neighbours_and_inner_ones_at_each_cell():
    plot = plots.heat_map([[0.0] * 5] * 5, ROWS, ROWS)
    sides = [[(y, text, -left) for text, (x, y), (left, _) in keys(plot) if x == 0]]
    sides.append([(x, text, up) for text, (x, y), (_, up) in keys(plot) if y == 0])
    for found in sides:
        levels = {}
        for place, text, outward in found:
            levels.setdefault(round(outward, 9), []).append((place, text))
        assert min(levels) > 0.0
        innermost, middle, outermost = (levels[outward] for outward in sorted(levels))
        assert outermost == [(1.5, "adam"), (4.0, "sgd")]
        assert middle == [(1.0, "0.1"), (2.5, "1"), (4.0, "1")]  # Equal, but of another optimizer.
        assert innermost == [(0.5, "mse"), (1.5, "hinge"), (2.5, "mse"), (3.5, "mse"), (4.5, "l1")]


def test_gaps_are_wider_where_an_outer_level_changes():
    plot = plots.heat_map([[0.0] * 5] * 5, ROWS, ROWS)
    across, up = {}, {}
    for line in plot.figure.axes[0].lines:
        if line.get_color() == "white":
            (x, x_end), (y, y_end) = line.get_xdata(), line.get_ydata()
            gaps, place = (across, x) if x == x_end else (up, y)
            assert place == (x_end if x == x_end else y_end)
            gaps[place] = max(line.get_linewidth(), gaps.get(place, 0.0))
    for gaps in (across, up):
        assert list(gaps) == [1, 2, 3, 4]
        assert gaps[1] == gaps[4] < gaps[2] < gaps[3]
        assert gaps[3] > gaps[2] * 1.3 > gaps[1]


def test_spans_lie_along_their_groups():
    plot = plots.heat_map([[0.0] * 5] * 5, ROWS, ROWS)
    lines = [line for line in plot.figure.axes[0].lines if line.get_color() != "white"]
    columns = [line.get_xdata() for line in lines if line.get_ydata()[0] == line.get_ydata()[1]]
    rows = [line.get_ydata() for line in lines if line.get_xdata()[0] == line.get_xdata()[1]]
    for spans in (columns, rows):
        ends = [(math.floor(start), math.ceil(end)) for start, end in spans]
        assert ends == [(0, 2), (2, 3), (3, 5), (0, 3), (3, 5)]


def test_the_name_of_each_level_stands_once_at_its_level():
    plot = plots.heat_map([[0.0] * 5] * 5, ROWS, ROWS, row_names=NAMES, column_names=[f"{name} 2" for name in NAMES])
    plot.figure.draw_without_rendering()
    texts = {text: text.get_window_extent() for text in plot.figure.axes[0].texts if isinstance(text, Annotation)}
    box = {text.get_text(): place for text, place in texts.items()}
    corner = plot.figure.axes[0].get_window_extent()
    for inner, name in (("l1", "loss"), ("0.1", "rate"), ("adam", "optimizer")):
        row, column = (
            next(place for text, place in texts.items() if text.get_text() == inner and text.xy[axis] == 0)
            for axis in (0, 1)
        )
        assert box[name].x1 == pytest.approx(row.x1, abs=2.0)  # Right-aligned.
        assert corner.y1 < box[name].y0 < box[name].y1 < corner.y1 + 60
        assert box[f"{name} 2"].x0 > corner.x1
        assert box[f"{name} 2"].y0 == pytest.approx(column.y0, abs=8.0)  # Of letters with and without descenders.


def test_hatching_is_explained_where_there_is_any():
    for missing, explained in ((None, True), (0.5, False)):
        legend = plots.heat_map([[1.0, missing]], ["a"], ["b", "c"]).figure.axes[0].get_legend()
        assert (legend is not None and legend.get_texts()[0].get_text() == "no number") == explained


@pytest.mark.parametrize(("rows", "columns", "written"), [(24, 25, True), (25, 25, False), (1, 1, True), (3, 40, True)])
def test_numbers_stand_in_up_to_600_cells(rows, columns, written):
    numbers = [[0.5] * columns for _ in range(rows)]
    plot = plots.heat_map(numbers, [f"r{n}" for n in range(rows)], [f"c{n}" for n in range(columns)], percent=True)
    assert list(cells(plot).values()) == ["50 %"] * rows * columns * written


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (18, 18), (3, 40), (40, 3), (120, 120), (5, 120)])
@pytest.mark.slow
def test_cells_are_from_square_to_twice_as_wide_and_a_map_is_no_larger_than_a_wall(shape):
    rows, columns = shape
    losses = ("cross-entropy", "mse")
    sides = [[("a very long name", str(n // 2), losses[n % 2]) for n in range(side)] for side in shape]
    plot = plots.heat_map([[-1.234e-5] * columns for _ in range(rows)], *sides)
    boxes = visible_boxes(plot.figure)
    assert min(text.get_fontsize() for text in boxes) >= 8
    box = plot.figure.axes[0].get_window_extent()
    assert 1.0 - 1e-9 <= (box.width / columns) / (box.height / rows) <= 2.0 + 1e-9
    assert max(plot.figure.get_size_inches()) < 28
    assert max((boxes[text].width for text in cell_texts(plot)), default=0.0) < box.width / columns
