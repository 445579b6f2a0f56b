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
