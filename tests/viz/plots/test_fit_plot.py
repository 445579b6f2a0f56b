"""`fitted_curve`: what is drawn is read back from the figure."""

import math

import numpy as np
import pytest

from engine import Value
from viz import plots


def legend_texts(plot):
    return [text.get_text() for text in plot.figure.legends[0].get_texts()]


def test_samples_are_dots_and_the_model_is_a_line_through_its_answers():
    plot = plots.fitted_curve(lambda x: 2.0 * x + 1.0, [3, 1, 2], [4.0, 2.0, 9.0], margin=0.5, resolution=5)
    samples, model = plot.figure.axes[0].lines
    assert list(zip(samples.get_xdata(), samples.get_ydata(), strict=True)) == [(3, 4), (1, 2), (2, 9)]
    assert samples.get_linestyle() == "None"
    assert model.get_xdata().tolist() == [0, 1, 2, 3, 4]
    assert model.get_ydata().tolist() == [1, 3, 5, 7, 9]
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


def test_what_is_beyond_the_samples_is_grey_on_both_sides():
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
    assert (list(samples.get_xdata()), list(samples.get_ydata())) == ([1, 2], [3, 4])
    assert line.get_ydata().tolist() == [2.0 * x for x in line.get_xdata().tolist()]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"inputs": [[1, 2]] * 2}, ValueError, r"one input a sample, but inputs\[0\] has 2"),
        ({"targets": [1, [1, 2]]}, ValueError, r"one target a sample, but targets\[1\] has 2"),
        ({"inputs": [1]}, ValueError, "there are 1 inputs and 2 targets"),
        ({"inputs": [], "targets": []}, ValueError, "no samples, which say what part of the axis"),
        ({"inputs": 3}, TypeError, "inputs is a list of numbers, not 3"),
        ({"targets": [1, math.inf]}, ValueError, r"targets\[1\] is inf"),
        ({"inputs": [1, None]}, TypeError, r"inputs\[1\] takes a real number, not None"),
        ({"model": 3.0}, TypeError, "model is a function of a number, not 3.0"),
        ({"truth": 3.0}, TypeError, "truth is a function of a number, not 3.0"),
        (
            {"model": lambda x: [x]},
            TypeError,
            r"a fitted curve needs a model that answers with one number.* at 0\.75 .*\[0",
        ),
        ({"truth": lambda x: math.nan}, ValueError, r"the truth answers nan at 0\.75"),
        ({"labels": (1, "a")}, TypeError, r"labels\[0\] is a text, not 1"),
        ({"resolution": True}, TypeError, "resolution is a whole number, not True"),
        ({"margin": math.nan}, ValueError, "margin is nan"),
    ],
)
def test_curves_that_cannot_be_plotted(changes, error, message):
    arguments = {"model": float, "inputs": [1, 2], "targets": [1, 2], **changes}
    with pytest.raises(error, match=message):
        plots.fitted_curve(**arguments)
