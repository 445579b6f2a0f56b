"""`loss_curves`: what is drawn is read back from the figure."""

import math
import re

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from support.plot_reading import HOSTILE, shown_texts, states

from engine import Value
from viz import plots


def luminance(color):
    """The luminance of WCAG 2."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def test_a_loss_curve_has_a_point_for_each_epoch():
    losses = [0.7, 0.5, 0.6, 0.2]
    axes = plots.loss_curves(losses).figure.axes[0]
    (line,) = axes.lines
    assert list(line.get_xdata()) == [0, 1, 2, 3]
    assert list(line.get_ydata()) == losses
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "loss")
    assert plots.loss_curves(np.array(losses)).figure.axes[0].lines[0].get_ydata().tolist() == losses


@pytest.mark.parametrize(
    ("losses", "wanted", "scale"),
    [
        ([1.0, 0.5, 0.0101], None, "linear"),
        ([1.0, 0.5, 0.01], None, "log"),
        ({"a": [10.0, 9.0], "b": [0.1, 0.2, 0.3]}, None, "log"),
        ([1.0, 1e-5, 0.0], None, "linear"),
        ([1.0, -1e-5], None, "linear"),
        ([1.0, 1e-5], False, "linear"),
        ([1.0, 0.9], True, "log"),
        ([1e300, 1e-300], None, "log"),
    ],
)
def test_the_axis_is_logarithmic_where_that_helps_and_can_be(losses, wanted, scale):
    assert plots.loss_curves(losses, logarithmic=wanted).figure.axes[0].get_yscale() == scale


@pytest.mark.parametrize("losses", [[1.0, 1e300], [1e300, 1e-300], [1e300, 5e-324], [1e-300, 5e-324], [1e300, 1e290]])
def test_the_widest_logarithmic_axis_ends_at_numbers(losses):
    figure = plots.loss_curves(losses, logarithmic=True).figure
    figure.draw_without_rendering()
    axes = figure.axes[0]
    assert 2 <= len([tick for tick in axes.get_yticks() if min(losses) <= tick <= max(losses)]) < 12
    bottom, top = axes.get_ylim()
    assert 0.0 < bottom <= min(losses)
    assert max(losses) * 0.999 < top < math.inf


def test_a_single_epoch_is_a_dot_over_the_only_number_of_the_axis():
    for plot in (plots.loss_curves([0.5]), plots.weights_over_time(states((2, 1), epochs=1))):
        axes = plot.figure.axes[0]
        assert {line.get_marker() for line in axes.lines if len(line.get_xdata()) == 1} == {"o"}
        low, high = axes.get_xlim()
        assert [tick for tick in axes.get_xticks() if low <= tick <= high] == [0]


def test_the_numbers_of_epochs_are_whole():
    for count in range(1, 40):
        axes = plots.loss_curves([1.0] * count).figure.axes[0]
        assert all(tick.is_integer() for tick in axes.get_xticks().tolist())


def test_28_curves_differ_in_colour_or_dashes_and_can_be_seen_on_white():
    lines = plots.loss_curves({number: [1.0, 2.0] for number in range(28)}).figure.axes[0].lines
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 28
    assert all(1.05 / (luminance(line.get_color()) + 0.05) > 2.0 for line in lines)


def test_names_are_shown_as_they_are():
    plot = plots.loss_curves({name: [1.0, 0.5] for name in HOSTILE})
    assert [text.get_text() for text in plot.figure.legends[0].get_texts()] == HOSTILE
    assert set(HOSTILE) <= set(shown_texts(plot.figure))
    long = plots.loss_curves({"start" + "x" * 500 + "end": [1.0], "two\nlines\x07": [1.0]}).figure
    first, second = (text.get_text() for text in long.legends[0].get_texts())
    assert re.fullmatch("startx+…x+end", first)
    assert second == "two lines\\x07"


def test_only_a_dictionary_has_a_legend():
    assert plots.loss_curves([1.0]).figure.legends == []
    assert len(plots.loss_curves({0.1: [1.0]}).figure.legends) == 1


@pytest.mark.parametrize(
    ("losses", "options", "error", "message"),
    [
        ([], {}, ValueError, "no losses to plot: losses is empty"),
        ({}, {}, ValueError, "no losses to plot: the dictionary is empty"),
        ({"a": [1.0], "b": []}, {}, ValueError, r"no losses to plot: losses\['b'\] is empty"),
        ([1.0, math.nan], {}, ValueError, "the loss in epoch 1 is nan"),
        ({"a": [1.0], "b": [1.0, 2.0, -math.inf]}, {}, ValueError, "the loss of 'b' in epoch 2 is -inf"),
        ([1.0, "x"], {}, TypeError, "the loss in epoch 1 takes a real number, not 'x'"),
        ([Value(1.0)], {}, TypeError, r"the loss in epoch 0 takes a real number.*detach\(\) or data"),
        (0.5, {}, TypeError, "losses is a list of numbers, as history.losses, not 0.5"),
        ("0.5", {}, TypeError, "losses is a list of numbers"),
        ({"a": 1.0}, {}, TypeError, r"losses\['a'\] is a list of numbers"),
        ({1: [1.0], "1": [1.0]}, {}, ValueError, "two curves have the same name"),
        ([1.0, 0.0], {"logarithmic": True}, ValueError, r"the loss in epoch 1 is 0\.0.*logarithmic=False"),
        ({"a": [1.0], "b": [-1.0]}, {"logarithmic": True}, ValueError, r"the loss of 'b' in epoch 0 is -1\.0"),
    ],
)
def test_losses_that_cannot_be_plotted(losses, options, error, message):
    with pytest.raises(error, match=message):
        plots.loss_curves(losses, **options)
