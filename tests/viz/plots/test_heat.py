"""`heat_map`: what is drawn is read back from the figure."""

import pytest
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex
from matplotlib.text import Annotation
from support.plot_reading import color_at, luminance

from viz import plots

ROWS = [("adam", "0.1", "mse"), ("adam", "0.1", "hinge"), ("adam", "1", "mse"), ("sgd", "1", "mse"), ("sgd", "1", "l1")]


def texts(plot, around):
    """The texts around the map, or those in it."""
    return [one for one in plot.figure.axes[0].texts if isinstance(one, Annotation) == around and one.get_text()]


def cells(plot):
    """What stands in the cells, by row and column."""
    return {tuple(map(int, text.get_position()[::-1])): text.get_text() for text in texts(plot, around=False)}


def mesh(plot):
    """The coloured cells."""
    (found,) = (one for one in plot.figure.axes[0].collections if isinstance(one, QuadMesh))
    return found


def test_each_number_is_in_its_cell_with_its_colour():
    numbers = [[0.0, 0.25, 1.0], [0.5, None, 0.75]]
    plot = plots.heat_map(numbers, ["a", "a"], ["x", "y", "z"])
    assert [text.get_text() for text in texts(plot, around=True)] == ["a", "a", "x", "y", "z"]
    assert cells(plot) == {(0, 0): "0", (0, 1): "0.25", (0, 2): "1", (1, 0): "0.5", (1, 2): "0.75"}
    seen = [[to_hex(color_at(plot, x + 0.1, y + 0.1)) for x in range(3)] for y in range(2)]  # Near a corner.
    colors = mesh(plot).cmap
    assert seen == [[to_hex("#ededed" if n is None else colors(n)) for n in row] for row in numbers]
    axes = plot.figure.axes[0]
    assert axes.patch.get_hatch()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["no number"]
    assert plots.heat_map([[1.0, 0.5]], ["a"], ["b", "c"]).figure.axes[0].get_legend() is None


def test_colours_rise_in_lightness_and_texts_contrast_with_them():
    plot = plots.heat_map([[n / 20 for n in range(21)]], ["a"], [str(n) for n in range(21)])
    light = [luminance(mesh(plot).cmap(n / 20)) for n in range(21)]
    assert light == sorted(light)
    for text, ground in zip(texts(plot, around=False), light, strict=True):
        black, white = (ground + 0.05) / 0.05, 1.05 / (ground + 0.05)
        assert text.get_color() == ("black" if black > white else "white")


@pytest.mark.parametrize(
    ("percent", "shown"),
    [
        (True, {0.713: "71 %", -0.001: "0 %"}),
        (False, {0.71349: "0.713", -0.5: "−0.5", 12345.6: "12346", 1.2345e-7: "1.23e−07"}),
    ],
)
def test_numbers_are_written_short(percent, shown):
    plot = plots.heat_map([list(shown)], ["row"], map(str, range(len(shown))), percent=percent)
    assert list(cells(plot).values()) == list(shown.values())


@pytest.mark.parametrize(
    ("limits", "ends", "pointed"), [(None, (1, 3), "neither"), ((1.5, 10), (1.5, 10), "min"), ((0, 2), (0, 2), "max")]
)
def test_the_bar_goes_to_round_ends_or_the_limits_and_is_pointed_beyond(limits, ends, pointed):
    found = mesh(plots.heat_map([[1, 3], [None, 2]], ["a", "b"], ["c", "d"], limits=limits))
    assert (found.get_clim(), found.colorbar.extend) == (ends, pointed)


@pytest.mark.parametrize("side", [0, 1])
def test_outer_levels_stand_once_for_neighbours_with_a_line_along_them_and_wider_gaps_between(side):
    names = ("optimizer", "rate", "loss")
    plot = plots.heat_map([[0.0] * 5] * 5, ROWS, ROWS, **{("row_names", "column_names")[side]: names})
    levels = {}
    for text in texts(plot, around=True):
        if text.xy[side] == 0 and text.get_text() not in names:
            levels.setdefault(round(abs(text.xyann[side]), 9), []).append((text.xy[1 - side], text.get_text()))
    innermost, middle, outermost = (levels[outward] for outward in sorted(levels))
    assert outermost == [(1.5, "adam"), (4.0, "sgd")]
    assert middle == [(1.0, "0.1"), (2.5, "1"), (4.0, "1")]  # Equal, but of another optimizer.
    assert innermost == [(0.5, "mse"), (1.5, "hinge"), (2.5, "mse"), (3.5, "mse"), (4.5, "l1")]
    outward = {text.get_text(): abs(text.xyann[side]) for text in texts(plot, around=True)}
    assert outward["loss"] < outward["rate"] < outward["optimizer"]
    gaps, spans = {}, []
    for line in plot.figure.axes[0].lines:
        (along, end), (across, other) = (line.get_ydata(), line.get_xdata())[:: -1 if side else 1]
        if line.get_color() != "white" and across == other:
            spans.append((round(along), round(end)))
        elif line.get_color() == "white" and along == end:
            gaps[along] = max(line.get_linewidth(), gaps.get(along, 0.0))
    assert spans == [(0, 2), (2, 3), (3, 5), (0, 3), (3, 5)]
    assert gaps[1] == gaps[4] < gaps[2] < gaps[3]
