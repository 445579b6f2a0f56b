"""`descent_paths`: functions whose lines of equal height are known, and what is read back from the figure."""

import math
from itertools import pairwise

import pytest
from matplotlib.contour import ContourSet
from support.plot_reading import bowl, legend_texts, points

from engine import Value
from viz import plots


def contours(plot):
    """The filled heights and the lines between them."""
    found = [one for one in plot.figure.axes[0].collections if isinstance(one, ContourSet)]
    return sorted(found, key=lambda contour: not contour.filled)


def test_lines_of_equal_height_are_circles_whose_heights_grow_by_one_factor():
    filled, lines = contours(plots.descent_paths(bowl, {"path": [(-2, -5), (4, 1)]}, resolution=151))
    heights = []
    for path in lines.get_paths():
        if not len(path.vertices):  # Above all of the ground, up to the next power of ten.
            continue
        radii = [math.hypot(x - 1.0, y + 2.0) for x, y in path.vertices.tolist()]
        assert max(radii) == pytest.approx(min(radii), rel=0.02)
        heights.append(sum(radii) ** 2 / len(radii) ** 2)
    factors = [high / low for low, high in pairwise(heights)]
    assert len(factors) > 10
    assert min(factors) > 1.1
    assert max(factors) == pytest.approx(min(factors), rel=0.05)
    light = [sum(color[:3]) for color in filled.get_facecolor().tolist()]
    assert light == sorted(light, reverse=True)  # The valley is the lightest.


def test_the_valley_of_rosenbrock_is_one_piece_from_side_to_side():
    def rosenbrock(x, y):
        return (1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2

    _, lines = contours(plots.descent_paths(rosenbrock, {"path": [(-2, -1), (2, 3)]}, minimum=(1, 1), margin=0))
    lowest = lines.get_paths()[1].vertices.tolist()
    assert all(rosenbrock(x, y) < 10.0 for x, y in lowest)
    assert min(x for x, _ in lowest) < 0.5
    assert max(x for x, _ in lowest) > 1.3


def test_heights_at_the_bar_are_those_above_the_lowest_point():
    bar = plots.descent_paths(lambda x, y: 50.0 + x, {"path": [(0, 0), (1000, 1)]}, margin=0).figure.axes[1]
    places = dict(zip((text.get_text() for text in bar.get_yticklabels()), bar.get_yticks().tolist(), strict=True))
    assert {"10", "100", "1000"} <= set(places)
    assert places["100"] == 2.0  # Powers of ten, at equal distances.
    assert [10.0**end for end in bar.get_ylim()] == [float(text) for text in (min(places), max(places, key=len))]


def test_each_path_is_drawn_as_it_is_in_a_panel_of_its_own_around_it():
    weight, seen = Value(2.0), []

    def function(x, y):
        seen.append(weight * x + y)
        return seen[-1]

    given = {"slow": [(0, 0), (1, 2)], "long": [(n, n) for n in range(62)], "still": [(2, 2)], "last": [(9, 0)]}
    plot = plots.descent_paths(function, given, minimum=(-1, -61), resolution=5, margin=0.5, labels=("w", "b"))
    assert [value.is_leaf for value in seen] == [True] * 100  # They are not recorded.
    *panels, _bar = plot.figure.axes
    titles = [axes.get_title() for axes in panels]
    assert titles == ["slow: 1 step", "long: 61 steps", "still: 0 steps", "last: 0 steps"]
    limits = [(axes.get_xlim(), axes.get_ylim()) for axes in panels]
    assert limits[:2] == [((-2, 2), (-92.5, 33.5)), ((-32, 92), (-122, 122))]
    assert limits[2:] == [((-2.5, 3.5), (-92.5, 33.5)), ((-6, 14), (-91.5, 30.5))]
    for axes, walk in zip(panels, given.values(), strict=True):
        path, start, end, star = axes.lines
        assert [points(line) for line in axes.lines] == [walk, walk[:1], walk[-1:], [(-1, -61)]]
        assert (path.get_marker() != "none") is (len(walk) <= 61)  # More marks would hide the line.
        assert start.get_markersize() < end.get_markersize()  # Where a path ends where it started, both are seen.
        assert start.get_markerfacecolor() == end.get_markerfacecolor() == "none"
        assert star.get_marker() == "*"
    # Three side by side, the fourth below the first: names are at the lower and the left edge.
    assert [axes.get_xlabel() for axes in panels] == ["", "w", "w", "w"]
    assert [axes.get_ylabel() for axes in panels] == ["b", "", "", "b"]
    assert legend_texts(plot) == ["start", "end", "minimum"]


def test_of_a_long_path_the_steps_so_far_are_written_where_there_is_room():
    walk = [(n / 1000, 0.0) for n in range(1000)] + [(1.0, (n / 9000) ** 2) for n in range(9001)]
    plot = plots.descent_paths(bowl, {"path": walk, "short": walk[:61]}, resolution=4)
    long, short, _bar = plot.figure.axes
    written = {text.get_text(): text.xy for text in long.texts}
    assert written == {"1,000": (1.0, 0.0)}  # The 10th is at the start, as is the 100th; the 10,000th is the end.
    assert (list(short.texts), legend_texts(plot)) == ([], ["start", "end", "steps so far"])
    for text in long.texts:
        box, panel = (part.get_window_extent() for part in (text, long))
        assert panel.x0 < box.x0 < box.x1 < panel.x1
        assert panel.y0 < box.y0 < box.y1 < panel.y1


FLAT = [lambda x, y: 3.0, lambda x, y: float(x > 0), lambda x, y: 1e-200 * (1 + 1e-13 * x)]


@pytest.mark.parametrize("function", FLAT)
def test_functions_with_one_height_or_two_can_be_plotted(function, tmp_path):
    plots.descent_paths(function, {"a": [(0, 0), (1, 1)]}, tmp_path / "a.png", margin=0, resolution=5)
    assert (tmp_path / "a.png").exists()
