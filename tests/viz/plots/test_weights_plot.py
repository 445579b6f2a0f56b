"""`weights_over_time`: what is drawn is read back from the figure."""

import math
from itertools import pairwise

import pytest
from matplotlib.colors import to_rgb
from support.plot_reading import shown_texts, states

from viz import plots


def test_each_parameter_has_its_course_in_the_panel_of_its_layer():
    given = states()
    figure = plots.weights_over_time(given).figure
    assert [axes.get_title() for axes in figure.axes] == ["layers[0].neurons", "layers[1].neurons"]
    drawn = {}
    for axes in figure.axes:
        lines = [line for line in axes.lines if len(line.get_ydata()) == 5]
        for label in axes.texts:
            epoch, number = label.xy
            (line,) = [line for line in lines if line.get_ydata()[-1] == number]
            assert (epoch, list(line.get_xdata())) == (4, [0, 1, 2, 3, 4])
            assert label.arrow_patch.get_edgecolor()[:3] == to_rgb(line.get_color())
            drawn[axes.get_title() + label.get_text()] = (list(line.get_ydata()), line.get_linestyle())
    assert {name: numbers for name, (numbers, _) in drawn.items()} == {
        name: [state[name] for state in given] for name in given[0]
    }
    assert {name for name, (_, dashes) in drawn.items() if dashes == "--"} == {n for n in given[0] if n.endswith(".b")}


def test_biases_are_dashed_and_a_line_marks_zero():
    numbers = {
        "w[0]": 1.0,
        "w[1]": 2.0,
        "b": 3.0,
        "bias[0]": 4.0,
        "b1[0][2]": 5.0,
        "beta": 6.0,
        "a.weight": 7.0,
        "a.bias": 8.0,
    }
    figure = plots.weights_over_time([numbers, numbers]).figure
    dashes = {line.get_ydata()[0]: line.get_linestyle() for axes in figure.axes for line in axes.lines}
    assert dashes == {0.0: "-", **{n: "--" if n in (3.0, 4.0, 5.0, 8.0) else "-" for n in numbers.values()}}
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["weight", "bias"]
    assert all(list(axes.lines[0].get_ydata()) == [0.0, 0.0] for axes in figure.axes)


@pytest.mark.parametrize(
    ("names", "panels"),
    [
        (["w[0]", "b"], {"parameters": {"w[0]", "b"}}),
        (["neurons[0].w[0]", "neurons[1].b"], {"neurons": {"[0].w[0]", "[1].b"}}),
        (["a.layers[0].neurons[1].b", "a.b"], {"a.layers[0].neurons": {"[1].b"}, "a": {"b"}}),
        (["blocks[2].scale", "blocks[2].w[0][1]"], {"blocks[2]": {"scale", "w[0][1]"}}),
        (["$x$._y", "$x$.$z"], {"$x$": {"_y", "$z"}}),
    ],
)
def test_panels_and_names_together_are_the_names_of_the_parameters(names, panels):
    figure = plots.weights_over_time([dict.fromkeys(names, 1.0)]).figure
    assert {axes.get_title(): {text.get_text() for text in axes.texts} for axes in figure.axes} == panels
    assert set(panels) | set.union(*panels.values()) <= set(shown_texts(figure))


def test_neurons_have_a_colour_each_and_of_a_single_one_the_parameters():
    layer, answer = plots.weights_over_time(states((2, 7, 1))).figure.axes
    colors = {}
    for label in layer.texts:
        colors.setdefault(label.get_text().partition(".")[0], set()).add(label.arrow_patch.get_edgecolor())
    assert len(colors) == len(set.union(*colors.values())) == 7
    assert all(len(of_one) == 1 for of_one in colors.values())
    assert len({label.arrow_patch.get_edgecolor() for label in answer.texts}) == 7  # 8 parameters, 7 colours.


def test_names_stand_in_the_order_of_their_lines_and_too_many_are_left_out():
    figure = plots.weights_over_time([{f"w[{n}]": math.sin(5 * n + e) for n in range(24)} for e in (9, 0)]).figure
    labels = sorted(figure.axes[0].texts, key=lambda label: label.xyann[1])
    assert [label.xy[1] for label in labels] == sorted(math.sin(5 * n) for n in range(24))
    assert all(0.0 <= label.xyann[1] <= 1.0 for label in labels)
    assert all(low.xyann[1] < high.xyann[1] for low, high in pairwise(labels))
    crowd = plots.weights_over_time([{f"w[{n}]": math.sin(n) for n in range(25)}]).figure
    assert len(crowd.axes[0].texts) == 0
    assert len(crowd.axes[0].lines) == 26


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ([], ValueError, "no parameters to plot: no states"),
        ([{}, {}], ValueError, "no parameters to plot: the states are empty"),
        ([{"w": 1.0, "b": 1.0}, {"w": 1.0}], ValueError, "the state of epoch 1 has no 'b', as that of epoch 0 has"),
        ([{"w": 1.0}, {"w": 1.0}, {"w": 1.0, "b": 1.0}], ValueError, "epoch 0 has no 'b', as that of epoch 2 has"),
        ([{"w": 1.0}, {"w": math.nan}], ValueError, "'w' in epoch 1 is nan"),
        ([{"w": None}], TypeError, "'w' in epoch 0 takes a real number, not None"),
        ([{"w": 1.0}, [1.0]], TypeError, r"the state of epoch 1 is a dictionary of numbers by name, not \[1\.0\]"),
        ([{0: 1.0}], TypeError, "the name of a parameter is a text, not 0 of type int"),
        ({"w": 1.0}, TypeError, r"a list with a state_dict\(\) for each epoch, not of type dict"),
        (None, TypeError, "not of type NoneType"),
        ([{f"layer{n}.w": 1.0 for n in range(37)}], ValueError, "37 layers, more than the 36 panels"),
    ],
)
def test_weights_that_cannot_be_plotted(given, error, message):
    with pytest.raises(error, match=message):
        plots.weights_over_time(given)
