"""`decision_boundary`, `class_regions` and `fitted_curve`: known models, and what is read back from the figure."""

import math
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from support.plot_reading import TARGETS, XOR, color_at, corners, legend_texts, points

from engine import Value
from nn import MLP
from viz import plots


@pytest.mark.parametrize("threshold", [0.5, -2.25])
def test_the_boundary_of_a_linear_model_is_where_it_must_be(threshold):
    def model(x):
        return 3.0 * x[0] - 2.0 * x[1] + 0.4

    found = corners(plots.decision_boundary(model, [[-3, -4], [5, 4]], [0, 1], threshold=threshold, resolution=23))
    assert len(found) > 10
    assert [model(corner) for corner in found] == pytest.approx([threshold] * len(found), abs=1e-9)
    assert max(x for x, _ in found) - min(x for x, _ in found) > 5


def test_the_background_has_the_models_answers_at_their_places_in_the_colours_of_the_sides():
    plot = plots.decision_boundary(lambda x: 10.0 * x[0] + x[1], [[0, 5], [2, 9]], [0, 1], resolution=5, margin=0.5)
    axes = plot.figure.axes[0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((-1.0, 3.0), (3.0, 11.0))
    (image,) = axes.images
    assert image.get_array().tolist() == [[10.0 * x + y for x in (-1, 0, 1, 2, 3)] for y in (3, 5, 7, 9, 11)]
    assert image.get_extent() == [-1.5, 3.5, 2.0, 12.0]  # Pixels with the points of the grid in their middle.
    plot = plots.decision_boundary(lambda x: x[0] + 2.0 * x[1], [[-1, -1], [1, 1]], [-1, 1], threshold=0.0)
    for place, is_blue in (((0.5, 0.5), True), ((-0.5, -0.5), False), ((-0.9, 0.9), True), ((0.9, -0.9), False)):
        red, _, blue = color_at(plot, *place)
        assert (blue > red) == is_blue, place


@pytest.mark.parametrize(
    ("model", "threshold", "limits"),
    [
        (lambda x: 1.0 if x[0] > 0.5 else 0.25, 0.2, (0.0, 1.0)),
        (lambda x: 3.0 if x[0] > 0.5 else -1.0, 0.5, (-2.5, 3.5)),
        (lambda x: 11.996 if x[0] > 0.5 else -1.0, 0.0, (-15.0, 15.0)),
        (lambda x: 0.5, 0.5, (0.0, 1.0)),
        (lambda x: 7.0, 7.0, (6.0, 8.0)),
        (lambda x: 0.25, 2.0, (0.0, 4.0)),
    ],
)
def test_the_threshold_is_white_and_colours_go_from_0_to_1_or_equally_far(model, threshold, limits):
    panel, bar = plots.decision_boundary(model, XOR, TARGETS, resolution=8, threshold=threshold).figure.axes
    (image,) = panel.images
    assert image.get_clim() == limits
    assert image.cmap(image.norm(threshold))[:3] == pytest.approx((1.0, 1.0, 1.0), abs=0.01)
    assert {threshold, *limits} <= set(bar.get_yticks().tolist())
    steps = {high - low for low, high in pairwise(bar.get_yticks().tolist())}
    assert limits == (0.0, 1.0) or (len(steps) == 1 and steps <= {0.25, 0.5, 1.0, 5.0})
    assert bar.get_ylabel() == ("answer" if limits == (0.0, 1.0) else "score") + " of the model"


def test_samples_of_a_side_share_shape_and_colour_and_stand_where_they_are():
    options = {"resolution": 4, "margin": 0, "labels": ["height", "weight"]}
    axes = plots.decision_boundary(sum, XOR, [[0], [1], [1], [0]], **options).figure.axes[0]
    zero, one = axes.lines
    assert [sorted(points(line)) for line in (zero, one)] == [[(0, 0), (1, 1)], [(0, 1), (1, 0)]]
    assert not zero.get_clip_on()  # Without a margin they are half outside.
    assert zero.get_marker() != one.get_marker()
    assert zero.get_color() != one.get_color()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("height", "weight")


def test_networks_are_asked_without_recording_and_answer_as_ever():
    network, classifier, weight, seen = MLP([2, 3, 1], seed=1), MLP([2, 3, 3], seed=1), Value(2.0), []

    def noting(model):
        def ask(x):
            seen.append((x, model(x)))
            return seen[-1][1]

        return ask

    plot = plots.decision_boundary(noting(network), np.array(XOR), np.array(TARGETS), resolution=6)
    assert all(answer.is_leaf for _, answer in seen)
    drawn = plot.figure.axes[0].images[0].get_array().ravel().tolist()
    assert drawn == [network(x).data for x, _ in seen]
    assert len(drawn) == 36
    assert not network([0.0, 0.0]).is_leaf

    seen.clear()
    plot = plots.class_regions(noting(classifier), np.array(XOR), np.array([0, 1, 2, 0]), resolution=6)
    assert all(score.is_leaf for _, scores in seen for score in scores)
    assert [x for x, _ in seen[:4]] == XOR
    winners = plot.figure.axes[0].images[0].get_array().ravel().tolist()
    assert winners == [max(range(3), key=[s.data for s in classifier(x)].__getitem__) for x, _ in seen[4:]]

    seen.clear()
    ask = noting(lambda x: weight * x)
    plot = plots.fitted_curve(ask, np.array([[1.0], [2.0]]), [[3.0], [4.0]], truth=ask, resolution=9)
    assert all(value.is_leaf for _, value in seen)
    samples, line, _ = plot.figure.axes[0].lines
    assert points(samples) == [(1, 3), (2, 4)]
    assert points(line) == [(x, 2.0 * x) for x, _ in seen[:9]]


CENTERS = [(-1.0, 0.0), (1.5, 0.5), (0.0, 2.0)]


def nearest(x):
    """Scores by which the nearest of the centers wins."""
    return [-(math.dist(x, center) ** 2) for center in CENTERS]


def test_each_region_has_a_tint_of_the_colour_of_its_class_and_a_smooth_edge():
    plot = plots.class_regions(nearest, CENTERS, [0, 1, 2], margin=0.5, resolution=40)
    for line, place in zip(plot.figure.axes[0].lines, [(-2.0, -0.5), (2.4, 0.0), (0.3, 2.8)], strict=True):
        shade, full = 1.0 - color_at(plot, *place), 1.0 - np.array(to_rgb(line.get_color()))
        assert shade == pytest.approx(full * (shade.sum() / full.sum()), abs=0.01)
        assert shade.sum() < 0.5 * full.sum()
    plot = plots.class_regions(lambda x: x, [[0, 0], [1, 1]], [0, 0], resolution=4, margin=0)
    for x, y in ((0.3, 0.27), (0.27, 0.3), (0.8, 0.77), (0.77, 0.8), (0.62, 0.65)):
        red, _, blue = color_at(plot, x, y)
        assert bool(blue > red) is (x > y)


def test_the_lines_are_where_the_two_best_scores_are_equal():
    found = corners(plots.class_regions(nearest, CENTERS, [0, 1, 2], resolution=80))
    ranked = [sorted(range(3), key=nearest(corner).__getitem__) for corner in found]
    assert {frozenset(best) for _, *best in ranked} == {frozenset(pair) for pair in ((0, 1), (0, 2), (1, 2))}
    far = [sorted(nearest(corner)) for corner in found]
    assert all(best == pytest.approx(second, abs=0.15) for _, second, best in far)
    far = [scores for scores in far if scores[1] - scores[0] > 0.5]  # Not where three regions meet.
    assert len(far) > 100
    assert all(best == pytest.approx(second, abs=1e-9) for _, second, best in far)


@pytest.mark.parametrize(
    ("answers", "ringed"), [(None, [(-1, 0.5), (0, 2)]), ([0, 2, 0, 2], [(1, 0)]), ([0, 1, 0, 2], [])]
)
def test_samples_have_the_look_of_their_class_and_a_ring_where_they_are_answered_wrongly(answers, ringed):
    inputs, names = [[-1, 0], [1, 0], [0, 2], [-1, 0.5]], ["left", "right", "top"]
    plot = plots.class_regions(nearest, inputs, [0, 1, 0, 2], answers=answers, names=names, resolution=5)
    lines = plot.figure.axes[0].lines
    of_class, rings = lines[:3], lines[3:]
    assert [sorted(points(line)) for line in of_class] == [[(-1, 0), (0, 2)], [(1, 0)], [(-1, 0.5)]]
    assert len({line.get_marker() for line in of_class}) == len({line.get_color() for line in of_class}) == 3
    assert [sorted(points(line)) for line in rings] == [ringed] * bool(ringed)
    assert all(ring.get_markersize() > of_class[0].get_markersize() for ring in rings)
    assert legend_texts(plot) == names + [f"answered wrongly ({len(ringed)})"] * bool(ringed)


def test_samples_are_dots_the_model_a_line_through_its_answers_and_the_truth_dashed():
    options = {"truth": abs, "margin": 0.5, "resolution": 5, "labels": ("t", "h")}
    plot = plots.fitted_curve(lambda x: 2.0 * x + 1.0, [3, 1, 2], [4.0, 2.0, 9.0], **options)
    axes = plot.figure.axes[0]
    samples, model, truth = axes.lines
    assert points(samples) == [(3, 4), (1, 2), (2, 9)]
    assert points(model) == [(0, 1), (1, 3), (2, 5), (3, 7), (4, 9)]
    assert points(truth) == [(n, n) for n in range(5)]
    assert [line.get_linestyle() for line in axes.lines] == ["None", "-", "--"]
    assert model.get_color() != truth.get_color()
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_xlim()) == ("t", "h", (0, 4))
    assert legend_texts(plot) == ["sample", "model", "truth", "beyond the samples"]
