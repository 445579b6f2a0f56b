"""`class_regions`: classifiers whose regions are known, and what is read back from the figure."""

import math

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.contour import ContourSet
from support.plot_reading import TARGETS, XOR

from engine import Value
from nn import MLP
from viz import plots

CENTERS = [(-1.0, 0.0), (1.5, 0.5), (0.0, 2.0)]


def nearest(x):
    """Scores by which the nearest of the centers wins."""
    return [-(math.dist(x, center) ** 2) for center in CENTERS]


def legend_texts(plot):
    return [text.get_text() for text in plot.figure.legends[0].get_texts()]


def seen_at(plot, x, y):
    """The colour on the screen."""
    canvas = FigureCanvasAgg(plot.figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())
    across, up = plot.figure.axes[0].transData.transform((x, y))
    return pixels[pixels.shape[0] - 1 - int(up), int(across), :3] / 255


def test_each_region_has_a_tint_of_the_colour_of_its_class():
    plot = plots.class_regions(nearest, CENTERS, [0, 1, 2], margin=0.5, resolution=40)
    colors = [np.array(to_rgb(line.get_color())) for line in plot.figure.axes[0].lines]
    for label, (x, y) in enumerate([(-2.0, -0.5), (2.4, 0.0), (0.3, 2.8)]):
        shade = 1.0 - seen_at(plot, x, y)
        full = 1.0 - colors[label]
        assert shade == pytest.approx(full * (shade.sum() / full.sum()), abs=0.01)
        assert shade.sum() < 0.5 * full.sum()


def test_the_lines_are_where_the_two_best_scores_are_equal():
    plot = plots.class_regions(nearest, CENTERS, [0, 1, 2], resolution=80)
    corners = [
        corner
        for contour in plot.figure.axes[0].collections
        if isinstance(contour, ContourSet) and not contour.filled
        for path in contour.get_paths()
        for corner in path.vertices.tolist()
    ]
    pairs = set()
    for corner in corners:
        scores = nearest(corner)
        first, second, _ = sorted(range(3), key=scores.__getitem__, reverse=True)
        assert scores[first] == pytest.approx(scores[second], abs=0.15)
        pairs.add(frozenset((first, second)))
    assert pairs == {frozenset(pair) for pair in ((0, 1), (0, 2), (1, 2))}
    far = [c for c in corners if abs(sorted(nearest(c))[0] - sorted(nearest(c))[1]) > 0.5]
    assert len(far) > 100
    assert all(sorted(nearest(c))[1] == pytest.approx(sorted(nearest(c))[2], abs=1e-9) for c in far)


def test_regions_are_smooth_however_few_points_are_asked_for():
    plot = plots.class_regions(lambda x: [x[0], x[1]], [[0, 0], [1, 1]], [0, 0], resolution=4, margin=0)
    for x, y in ((0.3, 0.27), (0.27, 0.3), (0.8, 0.77), (0.77, 0.8), (0.62, 0.65)):
        red, _, blue = seen_at(plot, x, y)
        assert bool(blue > red) is (x > y)


def test_samples_stand_where_they_are_with_the_look_of_their_class_and_wrong_ones_have_a_ring():
    inputs, classes = [[-1, 0], [1, 0], [0, 2], [-1, 0.5]], [0, 1, 0, 2]
    plot = plots.class_regions(nearest, inputs, classes, names=["left", "right", "top"], resolution=10)
    *of_class, rings = plot.figure.axes[0].lines
    drawn = [sorted(zip(line.get_xdata(), line.get_ydata(), strict=True)) for line in (*of_class, rings)]
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
    assert sorted(zip(rings.get_xdata(), rings.get_ydata(), strict=True)) == [(0, 2), (1, 0)]
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


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"inputs": [[1, 2, 3]] * 4}, ValueError, r"inputs of two numbers, but inputs\[0\] has 3"),
        ({"inputs": XOR[:3]}, ValueError, "each sample needs a class: there are 3 inputs and 4 classes"),
        ({"answers": [0, 1]}, ValueError, "each sample has an answer: there are 4 inputs and 2 answers"),
        ({"answers": [0, 1, 0.5, 1]}, TypeError, r"answers\[2\] is a whole number"),
        ({"answers": [0, 1, 9, 1]}, ValueError, r"answers\[2\] is 9, but the model gives 2 scores"),
        ({"inputs": [], "classes": []}, ValueError, "no samples"),
        ({"classes": [0, 1, 1.0, 0]}, TypeError, r"classes\[2\] is a whole number, .* not 1\.0"),
        ({"classes": [0, 1, True, 0]}, TypeError, r"classes\[2\] is a whole number, .* not True"),
        ({"classes": [0, -1, 1, 0]}, ValueError, r"classes\[1\] is -1, but classes are counted from 0"),
        ({"classes": [0, 1, 2, 0]}, ValueError, r"classes\[2\] is 2, but the model gives 2 scores"),
        ({"names": ["a", "b", "c"]}, ValueError, "there are 3 names for 2 classes"),
        ({"names": ["a", 1]}, TypeError, r"names\[1\] is a text, not 1"),
        ({"names": "ab"}, TypeError, "names is a list of texts, not 'ab'"),
        ({"labels": ("a",)}, ValueError, "labels are two texts, one for each axis, but there are 1"),
        ({"labels": ("a", None)}, TypeError, r"labels\[1\] is a text, not None"),
        ({"model": 3.0}, TypeError, "model is a function of a list of two numbers, not 3.0"),
        (
            {"model": lambda x: 1.0},
            TypeError,
            r"a list of scores, one for each class, but at \[0\.0, 0\.0\] it gives 1\.0",
        ),
        ({"model": lambda x: ["a", 1]}, TypeError, "one number or Value, but .* 'a'"),
        ({"model": lambda x: [1.0]}, ValueError, "2 to 7 classes, but the model gives 1 score$"),
        ({"model": lambda x: [1.0] * 8}, ValueError, "2 to 7 classes, but the model gives 8 scores"),
        ({"model": lambda x: [1.0] * (2 + (x[0] > 0.5))}, ValueError, "2 scores here and 3 there"),
        ({"model": lambda x: [1.0, Value(math.nan)]}, ValueError, r"the model answers nan at \[0\.0, 0\.0\]"),
        ({"resolution": 1}, ValueError, "resolution is at least 2, not 1"),
        ({"margin": -0.1}, ValueError, "margin is at least 0, not -0.1"),
    ],
)
def test_regions_that_cannot_be_plotted(changes, error, message):
    arguments = {"model": list, "inputs": XOR, "classes": TARGETS, **changes}
    with pytest.raises(error, match=message):
        plots.class_regions(**arguments)
