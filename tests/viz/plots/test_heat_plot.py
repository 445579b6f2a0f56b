"""`heat_map`: what is drawn is read back from the figure."""

import math

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex
from support.plot_reading import visible_boxes

from viz import plots

ROWS = [("adam", "0.1", "mse"), ("adam", "0.1", "hinge"), ("adam", "1", "mse"), ("sgd", "1", "mse"), ("sgd", "1", "l1")]


def texts(plot):
    """Each text around and in the map, with its place in cells."""
    return [(text.get_text(), *text.get_position()) for text in plot.figure.axes[0].texts if text.get_text()]


def cells(plot):
    """The texts in the cells by row and column."""
    return {(int(y), int(x)): text for text, x, y in texts(plot) if x > 0 and 0 < y < len(mesh(plot).get_array())}


def mesh(plot):
    """The coloured cells."""
    (found,) = (one for one in plot.figure.axes[0].collections if isinstance(one, QuadMesh))
    return found


def bar_texts(plot):
    """The numbers at the colour bar."""
    return [text.get_text() for text in plot.figure.axes[1].get_yticklabels()]


def pixels(plot):
    """The picture as it is on the screen, from the bottom up."""
    canvas = FigureCanvasAgg(plot.figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[::-1, :, :3]


def test_each_number_is_in_its_cell_with_its_colour():
    numbers = [[0.0, 0.25, 1.0], [0.5, None, 0.75]]
    plot = plots.heat_map(numbers, ["a", "b"], ["x", "y", "z"])
    assert cells(plot) == {(0, 0): "0", (0, 1): "0.25", (0, 2): "1", (1, 0): "0.5", (1, 2): "0.75"}
    picture, axes = pixels(plot), plot.figure.axes[0]
    for row, of_row in enumerate(numbers):
        for column, number in enumerate(of_row):
            # Near a corner: the number is in the middle.
            across, up = axes.transData.transform((column + 0.1, row + 0.1))
            seen = picture[int(up), int(across)].tolist()
            if number is not None:
                assert to_hex(np.array(seen) / 255) == to_hex(mesh(plot).cmap(number))
            else:
                assert len(set(seen)) == 1  # Grey, which no number is.
    assert axes.patch.get_hatch()
    assert to_hex(axes.patch.get_facecolor()) != to_hex("white")
    assert np.ma.getmaskarray(mesh(plot).get_array()).tolist() == [[False] * 3, [False, True, False]]


def test_colours_rise_in_lightness_and_texts_contrast_with_them():
    plot = plots.heat_map([[n / 20 for n in range(21)]], ["a"], [str(n) for n in range(21)])
    light = [luminance(mesh(plot).cmap(n / 20)) for n in range(21)]
    assert light == sorted(light)
    inks = [text.get_color() for text in plot.figure.axes[0].texts if min(text.get_position()) > 0]
    for ink, ground in zip(inks, light, strict=True):
        black, white = (ground + 0.05) / 0.05, 1.05 / (ground + 0.05)
        assert ink == ("black" if black > white else "white")


def luminance(color):
    """The luminance of WCAG 2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("number", "percent", "text"),
    [
        (0.713, True, "71 %"),
        (1.0, True, "100 %"),
        (-0.001, True, "0 %"),
        (0.71349, False, "0.713"),
        (-0.5, False, "−0.5"),
        (12345.6, False, "12346"),
        (123456, False, "123456"),
        (1.2345e-7, False, "1.23e−07"),
    ],
)
def test_numbers_are_written_short(number, percent, text):
    assert cells(plots.heat_map([[number], [0.0]], ["a", "b"], ["c"], percent=percent))[0, 0] == text


def test_percentages_are_at_the_colour_bar_too():
    plot = plots.heat_map([[0.0, 1.0]], ["a"], ["b", "c"], percent=True, label="solved")
    assert bar_texts(plot)[0] == "0 %"
    assert bar_texts(plot)[-1] == "100 %"
    assert plot.figure.axes[1].get_ylabel() == "solved"


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
    sides = {"rows": [(y, text, x) for text, x, y in texts(plot) if x < 0]}
    sides["columns"] = [(x, text, y) for text, x, y in texts(plot) if y < 0]
    for found in sides.values():
        levels = {}
        for place, text, outward in found:
            levels.setdefault(round(outward, 9), []).append((place, text))
        outermost, middle, innermost = (levels[outward] for outward in sorted(levels))
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
            gaps[place] = line.get_linewidth()
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
        assert ends == [(0, 3), (3, 5), (0, 2), (2, 3), (3, 5)]


def test_the_name_of_each_level_stands_once_at_its_level():
    names = ("optimizer", "rate", "loss")
    plot = plots.heat_map([[0.0] * 5] * 5, ROWS, ROWS, row_names=names, column_names=[f"{name} 2" for name in names])
    place = {text: (x, y) for text, x, y in texts(plot)}
    for inner, name in (("l1", "loss"), ("0.1", "rate"), ("adam", "optimizer")):
        (row_level,) = {x for text, x, y in texts(plot) if x < 0 < y and text == inner}
        (column_level,) = {y for text, x, y in texts(plot) if y < 0 < x < 5 and text == inner}
        assert place[name] == (row_level, place["optimizer"][1])
        assert place[f"{name} 2"] == (place["optimizer 2"][0], column_level)
    assert place["optimizer"][1] < 0
    assert place["optimizer 2"][0] > 5


def test_hatching_is_explained_where_there_is_any():
    for missing, expected in ((None, True), (0.5, False)):
        plot = plots.heat_map([[1.0, missing]], ["a"], ["b", "c"])
        assert ("no number" in [text for text, *_ in texts(plot)]) is expected


@pytest.mark.parametrize(("rows", "columns", "written"), [(24, 25, True), (25, 25, False), (1, 1, True), (3, 40, True)])
def test_numbers_stand_in_up_to_600_cells(rows, columns, written):
    numbers = [[0.5] * columns for _ in range(rows)]
    plot = plots.heat_map(numbers, [f"r{n}" for n in range(rows)], [f"c{n}" for n in range(columns)], percent=True)
    assert [text for text, *_ in texts(plot)].count("50 %") == rows * columns * written


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (18, 18), (3, 40), (40, 3), (120, 120), (5, 120)])
@pytest.mark.slow
def test_cells_are_from_square_to_twice_as_wide_and_a_map_is_no_larger_than_a_wall(shape):
    rows, columns = shape
    losses = ("cross-entropy", "mse")
    keys = [[("a very long name", str(n // 2), losses[n % 2]) for n in range(side)] for side in shape]
    plot = plots.heat_map([[-1.234e-5] * columns for _ in range(rows)], *keys)
    boxes = visible_boxes(plot.figure)
    assert min(text.get_fontsize() for text in boxes) >= 8
    box = plot.figure.axes[0].get_window_extent()
    assert 1.0 - 1e-9 <= (box.width / columns) / (box.height / rows) <= 2.0 + 1e-9
    assert max(plot.figure.get_size_inches()) < 28
    drawn = [text for text in plot.figure.axes[0].texts if text.get_text() and text.get_position()[0] > 0]
    widest = max((boxes[text].width for text in drawn if text.get_position()[1] > 0), default=0.0)
    assert widest < box.width / columns


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"numbers": [[1, 2]]}, ValueError, "there are 1 rows of numbers and 2 keys"),
        ({"numbers": [[1, 2], [3]]}, ValueError, r"numbers\[1\] has 1 numbers for 2 keys"),
        ({"numbers": [[1, 2], 3]}, TypeError, r"numbers\[1\] is a list of numbers, not 3"),
        ({"numbers": 3}, TypeError, "numbers is a list of rows of numbers, not 3"),
        ({"numbers": [[1, 2], [3, math.nan]]}, ValueError, r"numbers\[1\]\[1\] is nan"),
        ({"numbers": [[1, 2], [3, "x"]]}, TypeError, r"numbers\[1\]\[1\] takes a real number, not 'x'"),
        ({"numbers": [[None, None]] * 2}, ValueError, "every number is None"),
        ({"rows": []}, ValueError, "rows is empty"),
        ({"rows": "ab"}, TypeError, "rows is a list of texts, not 'ab'"),
        ({"rows": ["a", 1]}, TypeError, r"rows\[1\] is a text or a tuple of texts, not 1 of type int"),
        ({"rows": ["a", ()]}, ValueError, r"rows\[1\] is empty"),
        ({"columns": [("a", 1), ("a", "b")]}, TypeError, r"columns\[0\]\[1\] is a text, not 1"),
        ({"columns": ["a", ("b", "c")]}, ValueError, r"columns\[0\] has 1 levels, but columns\[1\] has 2"),
        ({"columns": ["a"] * 121}, ValueError, "121 columns are more than the 120"),
        ({"row_names": ("a", "b")}, ValueError, "row_names has 2 names for keys of 1 levels"),
        ({"column_names": (1,)}, TypeError, r"column_names\[0\] is a text, not 1"),
        ({"column_names": "c"}, TypeError, "column_names is a list of texts, not 'c'"),
        ({"label": 1}, TypeError, "label is a text, not 1"),
        ({"limits": (1, 1)}, ValueError, r"limits rise.*\(1, 1\)"),
        ({"limits": (0, 5e-324)}, ValueError, "limits rise"),
        ({"limits": (1, 2, 3)}, ValueError, "limits are two numbers.*limits has 3"),
        ({"limits": (1, math.inf)}, ValueError, r"limits\[1\] is inf"),
    ],
)
def test_maps_that_cannot_be_plotted(changes, error, message):
    arguments = {"numbers": [[1, 2], [3, 4]], "rows": ["a", "b"], "columns": ["c", "d"], **changes}
    with pytest.raises(error, match=message):
        plots.heat_map(**arguments)
