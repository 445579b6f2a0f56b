"""`decision_boundary`: models whose boundaries are known, and what is read back from the figure."""

import math

import matplotlib
import numpy as np
import pytest
from matplotlib.contour import ContourSet
from support.plot_reading import TARGETS, XOR

from engine import Value
from nn import MLP
from viz import plots


def boundary(plot):
    """The corners of the lines at the threshold."""
    return [
        corner
        for contour in plot.figure.axes[0].collections
        if isinstance(contour, ContourSet)
        for path in contour.get_paths()
        for corner in path.vertices.tolist()
    ]


@pytest.mark.parametrize("threshold", [0.5, 0.0, -2.25])
def test_the_boundary_of_a_linear_model_is_where_it_must_be(threshold):
    def model(x):
        return 3.0 * x[0] - 2.0 * x[1] + 0.4

    corners = boundary(plots.decision_boundary(model, [[-3, -4], [5, 4]], [0, 1], threshold=threshold, resolution=23))
    assert len(corners) > 10
    for x, y in corners:
        assert model([x, y]) == pytest.approx(threshold, abs=1e-9)
    assert max(x for x, _ in corners) - min(x for x, _ in corners) > 5


def test_the_boundary_of_a_circle_is_a_circle():
    corners = boundary(plots.decision_boundary(lambda x: x[0] ** 2 + x[1] ** 2 - 1.5, [[-2, -2], [2, 2]], [0, 1]))
    assert len(corners) > 50
    assert all(math.hypot(x, y) == pytest.approx(math.sqrt(2.0), abs=2e-3) for x, y in corners)


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
    plot.figure.draw_without_rendering()
    axes = plot.figure.axes[0]
    canvas = matplotlib.backends.backend_agg.FigureCanvasAgg(plot.figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())
    for point, blue in (([0.5, 0.5], True), ([-0.5, -0.5], False), ([-0.9, 0.9], True), ([0.9, -0.9], False)):
        across, up = axes.transData.transform(point)
        red, _, b, _ = pixels[pixels.shape[0] - 1 - int(up), int(across)].tolist()
        assert (b > red) is blue, point


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


def test_samples_of_a_class_share_shape_and_colour_and_stand_where_they_are():
    plot = plots.decision_boundary(lambda x: x[0], XOR, [[0], [1], [1], [0]], resolution=4, margin=0)
    zero, one = plot.figure.axes[0].lines
    assert sorted(zip(zero.get_xdata(), zero.get_ydata(), strict=True)) == [(0, 0), (1, 1)]
    assert sorted(zip(one.get_xdata(), one.get_ydata(), strict=True)) == [(0, 1), (1, 0)]
    assert not zero.get_clip_on()  # Without a margin they are half outside.
    assert not one.get_clip_on()
    assert zero.get_marker() != one.get_marker()
    assert zero.get_color() != one.get_color()
    texts = [text.get_text() for text in plot.figure.legends[0].get_texts()]
    assert texts == ["answer 0.5", "target 0", "target 1"]


def test_a_legend_says_what_is_there():
    plot = plots.decision_boundary(lambda x: 2.0, XOR, [-1, -2, -3, -1], threshold=-0.5, resolution=4)
    assert [text.get_text() for text in plot.figure.legends[0].get_texts()] == ["target below −0.5"]
    assert boundary(plot) == []
    plot = plots.decision_boundary(lambda x: x[0], XOR, [1, 2, 3, -1], threshold=0.5, resolution=4)
    texts = [text.get_text() for text in plot.figure.legends[0].get_texts()]
    assert texts == ["answer 0.5", "target −1", "target 0.5 or more"]


@pytest.mark.parametrize("names", [["even", "odd"], ("same", "same"), ("$x$", "answer 0.5")])
def test_sides_are_called_as_they_are_named(names):
    plot = plots.decision_boundary(sum, XOR, TARGETS, resolution=4, names=names)
    texts = [text.get_text() for text in plot.figure.legends[0].get_texts()]
    assert texts == ["answer 0.5", *names]
    plot = plots.decision_boundary(sum, XOR[1:2], [1], resolution=4, names=names, threshold=0.9)
    assert [text.get_text() for text in plot.figure.legends[0].get_texts()][-1] == names[1]


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


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"inputs": [[1, 2, 3]] * 4}, ValueError, r"inputs of two numbers, but inputs\[0\] has 3"),
        ({"inputs": [[0, 0], [1], [0, 0], [0, 0]]}, ValueError, r"but inputs\[1\] has 1"),
        ({"inputs": [1, 2, 3, 4]}, TypeError, r"inputs\[0\] is a list of numbers, not 1 of type int"),
        ({"inputs": ["ab"] * 4}, TypeError, r"inputs\[0\] is a list of numbers, not 'ab'"),
        ({"inputs": [[0, math.inf]] * 4}, ValueError, r"inputs\[0\]\[1\] is inf"),
        ({"inputs": [[0, None]] * 4}, TypeError, r"inputs\[0\]\[1\] takes a real number, not None"),
        ({"inputs": XOR[:3]}, ValueError, "there are 3 inputs and 4 targets"),
        ({"inputs": [], "targets": []}, ValueError, "no samples"),
        ({"targets": 1.0}, TypeError, "targets is a list of numbers, not 1.0"),
        ({"targets": [[0, 1]] * 4}, ValueError, r"one target a sample, but targets\[0\] has 2"),
        ({"targets": [0, 1, math.nan, 1]}, ValueError, r"targets\[2\] is nan"),
        ({"model": 3.0}, TypeError, "model is a function of a list of two numbers, not 3.0"),
        ({"model": lambda x: x}, TypeError, r"answers with one number or Value, but at \[-0\.25, -0\.25\] it gives \["),
        ({"model": lambda x: None}, TypeError, "it gives None of type NoneType"),
        ({"model": MLP([2, 2])}, TypeError, "one number or Value, but .* of type list"),
        ({"model": lambda x: math.nan}, ValueError, r"the model answers nan at \[-0\.25, -0\.25\]"),
        ({"model": lambda x: Value(math.inf)}, ValueError, "the model answers inf"),
        ({"model": lambda x: -1.1e300}, ValueError, "the model answers -1.1e[+]300"),
        ({"model": MLP([3, 1])}, ValueError, "takes 3 inputs, not 2"),
        ({"resolution": 1}, ValueError, "resolution is at least 2, not 1"),
        ({"resolution": 2.0}, TypeError, r"resolution is a whole number, not 2\.0"),
        ({"margin": -0.1}, ValueError, "margin is at least 0, not -0.1"),
        ({"threshold": math.nan}, ValueError, "threshold is nan"),
        ({"labels": "ab"}, TypeError, "labels is a list of two texts, not 'ab'"),
        ({"labels": ("a", "b", "c")}, ValueError, "labels are two texts, one for each axis, but there are 3"),
        ({"labels": ("a", 2)}, TypeError, r"labels\[1\] is a text, not 2"),
        ({"names": ("a",)}, ValueError, "names are two texts, one for each side, but there are 1"),
        ({"names": "ab"}, TypeError, "names is a list of two texts, not 'ab'"),
    ],
)
def test_boundaries_that_cannot_be_plotted(changes, error, message):
    arguments = {"model": sum, "inputs": XOR, "targets": TARGETS, **changes}
    with pytest.raises(error, match=message):
        plots.decision_boundary(**arguments)
