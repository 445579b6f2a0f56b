"""`decision_boundary` and `fitted_curve`: known models, and what is read back from the figure."""

import math

import numpy as np
import pytest
from support.plot_reading import TARGETS, XOR, color_at, corners, legend_texts, points

from engine import Value
from nn import MLP
from viz import plots


@pytest.mark.parametrize("threshold", [0.5, 0.0, -2.25])
def test_the_boundary_of_a_linear_model_is_where_it_must_be(threshold):
    def model(x):
        return 3.0 * x[0] - 2.0 * x[1] + 0.4

    found = corners(plots.decision_boundary(model, [[-3, -4], [5, 4]], [0, 1], threshold=threshold, resolution=23))
    assert len(found) > 10
    for x, y in found:
        assert model([x, y]) == pytest.approx(threshold, abs=1e-9)
    assert max(x for x, _ in found) - min(x for x, _ in found) > 5


def test_the_boundary_of_a_circle_is_a_circle():
    found = corners(plots.decision_boundary(lambda x: x[0] ** 2 + x[1] ** 2 - 1.5, [[-2, -2], [2, 2]], [0, 1]))
    assert len(found) > 50
    assert all(math.hypot(x, y) == pytest.approx(math.sqrt(2.0), abs=2e-3) for x, y in found)


def test_the_background_has_the_models_answers_at_their_places():
    plot = plots.decision_boundary(lambda x: 10.0 * x[0] + x[1], [[0, 5], [2, 9]], [0, 1], resolution=5, margin=0.5)
    axes = plot.figure.axes[0]
    assert axes.get_xlim() == (-1.0, 3.0)
    assert axes.get_ylim() == (3.0, 11.0)
    (image,) = axes.images
    assert image.get_array().tolist() == [[10.0 * x + y for x in (-1, 0, 1, 2, 3)] for y in (3, 5, 7, 9, 11)]
    assert image.origin == "lower"
    assert image.get_extent() == [-1.5, 3.5, 2.0, 12.0]  # Pixels with the points of the grid in their middle.


def test_colours_on_the_screen_are_those_of_the_sides():
    plot = plots.decision_boundary(lambda x: x[0] + 2.0 * x[1], [[-1, -1], [1, 1]], [-1, 1], threshold=0.0)
    for place, is_blue in (((0.5, 0.5), True), ((-0.5, -0.5), False), ((-0.9, 0.9), True), ((0.9, -0.9), False)):
        red, _, blue = color_at(plot, *place)
        assert (blue > red) == is_blue, place


@pytest.mark.parametrize(
    ("model", "threshold", "limits"),
    [
        (lambda x: 1.0 if x[0] > 0.5 else 0.25, 0.5, (0.0, 1.0)),
        (lambda x: 1.0 if x[0] > 0.5 else 0.25, 0.2, (0.0, 1.0)),
        (lambda x: 3.0 if x[0] > 0.5 else -1.0, 0.5, (-2.0, 3.0)),
        (lambda x: 3.0 if x[0] > 0.5 else -9.0, 0.0, (-9.0, 9.0)),
        (lambda x: 0.5, 0.5, (0.0, 1.0)),
        (lambda x: 7.0, 7.0, (6.0, 8.0)),
        (lambda x: 0.25, 2.0, (0.25, 3.75)),
    ],
)
def test_the_threshold_is_white_and_colours_go_from_0_to_1_or_equally_far(model, threshold, limits):
    plot = plots.decision_boundary(model, XOR, TARGETS, resolution=8, threshold=threshold)
    (image,) = plot.figure.axes[0].images
    assert image.get_clim() == limits
    assert image.cmap(image.norm(threshold))[:3] == pytest.approx((1.0, 1.0, 1.0), abs=0.01)
    bar = plot.figure.axes[1]
    assert bar.get_ylabel() == "answer of the model"
    assert threshold in bar.get_yticks().tolist()


def test_samples_of_a_side_share_shape_and_colour_and_stand_where_they_are():
    plot = plots.decision_boundary(lambda x: x[0], XOR, [[0], [1], [1], [0]], resolution=4, margin=0)
    zero, one = plot.figure.axes[0].lines
    assert sorted(points(zero)) == [(0, 0), (1, 1)]
    assert sorted(points(one)) == [(0, 1), (1, 0)]
    assert not zero.get_clip_on()  # Without a margin they are half outside.
    assert not one.get_clip_on()
    assert zero.get_marker() != one.get_marker()
    assert zero.get_color() != one.get_color()
    assert legend_texts(plot) == ["answer 0.5", "target 0", "target 1"]


def test_a_legend_says_what_is_there():
    plot = plots.decision_boundary(lambda x: 2.0, XOR, [-1, -2, -3, -1], threshold=-0.5, resolution=4)
    assert legend_texts(plot) == ["target below −0.5"]
    assert corners(plot) == []
    plot = plots.decision_boundary(lambda x: x[0], XOR, [1, 2, 3, -1], threshold=0.5, resolution=4)
    assert legend_texts(plot) == ["answer 0.5", "target −1", "target 0.5 or more"]
    for names in (["even", "odd"], ("same", "same"), ("x", "answer 0.5")):
        plot = plots.decision_boundary(sum, XOR, TARGETS, resolution=4, names=names)
        assert legend_texts(plot) == ["answer 0.5", *names]
        above = plots.decision_boundary(sum, XOR[1:2], [1], resolution=4, names=names, threshold=0.9)
        assert legend_texts(above)[-1] == names[1]


def test_the_axes_are_named_as_the_inputs_are():
    for options, names in (({}, ("input 1", "input 2")), ({"labels": ["height", "weight"]}, ("height", "weight"))):
        axes = plots.decision_boundary(sum, XOR, TARGETS, resolution=4, **options).figure.axes[0]
        assert (axes.get_xlabel(), axes.get_ylabel()) == names


def test_a_network_is_asked_without_recording_and_answers_as_ever():
    network = MLP([2, 3, 1], seed=1)
    seen = []

    def model(x):
        answer = network(x)
        seen.append((x, answer))
        return answer

    plot = plots.decision_boundary(model, np.array(XOR), np.array(TARGETS), resolution=6)
    assert all(answer.is_leaf for _, answer in seen)
    assert len({tuple(x) for x, _ in seen}) == len(seen) == 36
    drawn = [answer for row in plot.figure.axes[0].images[0].get_array().tolist() for answer in row]
    assert drawn == [network(x).data for x, _ in seen]
    assert not network([0.0, 0.0]).is_leaf


@pytest.mark.parametrize("inputs", [[[2.0, 3.0]], [[2.0, 3.0], [2.0, 4.0]], [[1e20, 0.0], [1e20, 1.0]]])
def test_samples_in_a_line_have_room_around_them(inputs):
    plot = plots.decision_boundary(lambda x: 0.1, inputs, [1] * len(inputs), resolution=3, margin=0)
    low, high = plot.figure.axes[0].get_xlim()
    assert low < inputs[0][0] < high


# --- Fitted curves ----------------------------------------------------------------------------------------------------


def test_samples_are_dots_and_the_model_is_a_line_through_its_answers():
    plot = plots.fitted_curve(lambda x: 2.0 * x + 1.0, [3, 1, 2], [4.0, 2.0, 9.0], margin=0.5, resolution=5)
    samples, model = plot.figure.axes[0].lines
    assert points(samples) == [(3, 4), (1, 2), (2, 9)]
    assert samples.get_linestyle() == "None"
    assert points(model) == [(0, 1), (1, 3), (2, 5), (3, 7), (4, 9)]
    assert plot.figure.axes[0].get_xlim() == (0, 4)
    assert legend_texts(plot) == ["sample", "model", "beyond the samples"]


def test_the_truth_is_dashed():
    plot = plots.fitted_curve(abs, [-1, 1], [0, 1], truth=lambda x: x * x, margin=0, resolution=3, labels=("t", "h"))
    _, model, truth = plot.figure.axes[0].lines
    assert (model.get_linestyle(), truth.get_linestyle()) == ("-", "--")
    assert model.get_color() != truth.get_color()
    assert truth.get_ydata().tolist() == [1, 0, 1]
    assert (plot.figure.axes[0].get_xlabel(), plot.figure.axes[0].get_ylabel()) == ("t", "h")
    assert legend_texts(plot) == ["sample", "model", "truth"]


def grey(plot):
    """From where to where the ground is grey; how a patch is made depends on the version of matplotlib."""
    shapes = [patch.get_path().transformed(patch.get_patch_transform()) for patch in plot.figure.axes[0].patches]
    return [(shape.vertices[:, 0].min(), shape.vertices[:, 0].max()) for shape in shapes]


def test_the_ground_beyond_the_samples_is_grey_on_both_sides():
    plot = plots.fitted_curve(float, [10, 30, 20], [0, 1, 2], margin=0.25)
    assert grey(plot) == [(5, 10), (30, 35)]
    one = plots.fitted_curve(float, [4.0], [1.0], margin=0)
    assert one.figure.axes[0].get_xlim() == (2.0, 6.0)  # All but the one input is beyond the samples.
    assert grey(one) == [(2.0, 4.0), (4.0, 6.0)]


def test_rows_of_one_number_stand_for_it_and_functions_are_asked_without_recording():
    weight, seen = Value(2.0), []

    def model(x):
        seen.append((x, weight * x))
        return seen[-1][1]

    plot = plots.fitted_curve(model, np.array([[1.0], [2.0]]), [[3.0], [4.0]], truth=model, resolution=9)
    assert all(value.is_leaf for _, value in seen)
    assert all(type(x) is float for x, _ in seen)
    assert len(seen) == 18
    samples, line, _ = plot.figure.axes[0].lines
    assert points(samples) == [(1, 3), (2, 4)]
    assert line.get_ydata().tolist() == [2.0 * x for x in line.get_xdata().tolist()]
