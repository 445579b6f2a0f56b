"""`class_regions`: classifiers whose regions are known, and what is read back from the figure."""

import math

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from support.plot_reading import XOR, color_at, corners, legend_texts, points

from nn import MLP
from viz import plots

CENTERS = [(-1.0, 0.0), (1.5, 0.5), (0.0, 2.0)]


def nearest(x):
    """Scores by which the nearest of the centers wins."""
    return [-(math.dist(x, center) ** 2) for center in CENTERS]


def test_each_region_has_a_tint_of_the_colour_of_its_class():
    plot = plots.class_regions(nearest, CENTERS, [0, 1, 2], margin=0.5, resolution=40)
    colors = [np.array(to_rgb(line.get_color())) for line in plot.figure.axes[0].lines]
    for label, (x, y) in enumerate([(-2.0, -0.5), (2.4, 0.0), (0.3, 2.8)]):
        shade = 1.0 - color_at(plot, x, y)
        full = 1.0 - colors[label]
        assert shade == pytest.approx(full * (shade.sum() / full.sum()), abs=0.01)
        assert shade.sum() < 0.5 * full.sum()


def test_the_lines_are_where_the_two_best_scores_are_equal():
    plot = plots.class_regions(nearest, CENTERS, [0, 1, 2], resolution=80)
    found = corners(plot)
    pairs = set()
    for corner in found:
        scores = nearest(corner)
        first, second, _ = sorted(range(3), key=scores.__getitem__, reverse=True)
        assert scores[first] == pytest.approx(scores[second], abs=0.15)
        pairs.add(frozenset((first, second)))
    assert pairs == {frozenset(pair) for pair in ((0, 1), (0, 2), (1, 2))}
    far = [c for c in found if abs(sorted(nearest(c))[0] - sorted(nearest(c))[1]) > 0.5]
    assert len(far) > 100
    assert all(sorted(nearest(c))[1] == pytest.approx(sorted(nearest(c))[2], abs=1e-9) for c in far)


def test_regions_are_smooth_however_few_points_are_asked_for():
    plot = plots.class_regions(lambda x: [x[0], x[1]], [[0, 0], [1, 1]], [0, 0], resolution=4, margin=0)
    for x, y in ((0.3, 0.27), (0.27, 0.3), (0.8, 0.77), (0.77, 0.8), (0.62, 0.65)):
        red, _, blue = color_at(plot, x, y)
        assert bool(blue > red) is (x > y)


def test_samples_stand_where_they_are_with_the_look_of_their_class_and_wrong_ones_have_a_ring():
    inputs, classes = [[-1, 0], [1, 0], [0, 2], [-1, 0.5]], [0, 1, 0, 2]
    plot = plots.class_regions(nearest, inputs, classes, names=["left", "right", "top"], resolution=10)
    *of_class, rings = plot.figure.axes[0].lines
    drawn = [sorted(points(line)) for line in (*of_class, rings)]
    assert drawn == [[(-1, 0), (0, 2)], [(1, 0)], [(-1, 0.5)], [(-1, 0.5), (0, 2)]]
    assert len({line.get_marker() for line in of_class}) == len({line.get_color() for line in of_class}) == 3
    assert rings.get_markerfacecolor() == "none"
    assert rings.get_markersize() > of_class[0].get_markersize()
    assert rings.get_zorder() > of_class[0].get_zorder()
    assert legend_texts(plot) == ["left", "right", "top", "answered wrongly (2)"]


def test_rings_are_around_answers_that_are_given_where_the_plane_is_not_all_there_is():
    inputs, classes = [[-1, 0], [1, 0], [0, 2]], [0, 1, 2]
    plot = plots.class_regions(nearest, inputs, classes, answers=[0, 2, 0], resolution=5)
    rings = plot.figure.axes[0].lines[-1]
    assert sorted(points(rings)) == [(0, 2), (1, 0)]
    assert legend_texts(plot)[-1] == "answered wrongly (2)"


def test_without_mistakes_there_is_no_word_of_them_and_a_class_without_samples_is_named_too():
    plot = plots.class_regions(nearest, CENTERS[:2], [0, 1], resolution=5, labels=("height", "weight"))
    assert legend_texts(plot) == ["class 0", "class 1", "class 2"]
    assert len(plot.figure.axes[0].lines) == 2
    assert (plot.figure.axes[0].get_xlabel(), plot.figure.axes[0].get_ylabel()) == ("height", "weight")


def test_seven_classes_differ_in_colour_and_shape_and_of_equal_scores_the_first_wins():
    plot = plots.class_regions(lambda x: [0.0] * 7, [[n, n] for n in range(7)], range(7), resolution=4)
    *of_class, rings = plot.figure.axes[0].lines
    assert len({line.get_marker() for line in of_class}) == len({line.get_color() for line in of_class}) == 7
    assert len(rings.get_xdata()) == 6
    assert set(plot.figure.axes[0].images[0].get_array().ravel().tolist()) == {0}
    assert not plot.figure.axes[0].collections


def test_a_network_is_asked_without_recording_at_the_grid_and_the_samples():
    network = MLP([2, 3, 3], seed=1)
    seen = []

    def model(x):
        seen.append((tuple(x), network(x)))
        return seen[-1][1]

    plot = plots.class_regions(model, np.array(XOR), np.array([0, 1, 2, 0]), resolution=6)
    assert all(score.is_leaf for _, scores in seen for score in scores)
    assert {x for x, _ in seen} >= set(map(tuple, XOR))
    winners = plot.figure.axes[0].images[0].get_array().ravel().tolist()
    grid = [x for x, _ in seen if x not in set(map(tuple, XOR))]
    assert len(winners) == len(grid) == 36
    assert winners == [max(range(3), key=[s.data for s in network(list(x))].__getitem__) for x in grid]
