"""`weights_over_time`: what is drawn is read back from the figure."""

import pytest
from matplotlib.colors import to_rgb
from support.plot_reading import legend_texts, states

from viz import plots


def test_each_parameter_is_a_line_in_the_panel_of_its_layer():
    given = states()
    figure = plots.weights_over_time(given).figure
    assert [axes.get_title() for axes in figure.axes] == ["layers[0].neurons", "layers[1].neurons"]
    drawn = {}
    for axes in figure.axes:
        lines = {line.get_ydata()[-1]: line for line in axes.lines}
        for label in axes.texts:
            line = lines[label.xy[1]]
            assert (label.xy[0], list(line.get_xdata())) == (4, [0, 1, 2, 3, 4])
            assert label.arrow_patch.get_edgecolor()[:3] == to_rgb(line.get_color())
            drawn[axes.get_title() + label.get_text()] = list(line.get_ydata())
    assert drawn == {name: [state[name] for state in given] for name in given[0]}


def test_biases_are_dashed_and_a_line_marks_zero():
    names = ("w[0]", "w[1]", "b", "bias[0]", "b1[0][2]", "beta", "a.weight", "a.bias")
    numbers = {name: float(number) for number, name in enumerate(names, start=1)}
    plot = plots.weights_over_time([numbers, numbers])
    dashes = {line.get_ydata()[0]: line.get_linestyle() for panel in plot.figure.axes for line in panel.lines}
    assert dashes == {0.0: "-", **{n: "--" if n in (3.0, 4.0, 5.0, 8.0) else "-" for n in numbers.values()}}
    assert legend_texts(plot) == ["weight", "bias"]


@pytest.mark.parametrize(
    ("names", "panels"),
    [
        (["w[0]", "b"], {"parameters": {"w[0]", "b"}}),
        (["a.layers[0].neurons[1].b", "a.b"], {"a.layers[0].neurons": {"[1].b"}, "a": {"b"}}),
        (["blocks[2].scale", "blocks[2].w[0][1]"], {"blocks[2]": {"scale", "w[0][1]"}}),
    ],
)
def test_panels_and_names_together_are_the_names_of_the_parameters(names, panels):
    figure = plots.weights_over_time([dict.fromkeys(names, 1.0)]).figure
    assert {axes.get_title(): {text.get_text() for text in axes.texts} for axes in figure.axes} == panels
