"""`loss_bands`: quantiles that are known, and what is read back from the figure."""

import math
import random

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from engine import Value
from viz import plots

INF, NAN = math.inf, math.nan


def bands(plot):
    """The lower and the upper edge of each band, by epoch, in the order in which they are drawn."""
    edges = []
    for band in plot.figure.axes[0].collections:
        assert isinstance(band, PolyCollection)
        by_epoch = {}
        for x, y in band.get_paths()[0].vertices.tolist():
            by_epoch.setdefault(x, []).append(y)
        edges.append({epoch: (min(found), max(found)) for epoch, found in sorted(by_epoch.items())})
    return edges


def legend_texts(plot):
    return [text.get_text() for text in plot.figure.legends[0].get_texts()]


@pytest.mark.parametrize("seeds", [1, 2, 3, 5, 20, 21])
def test_lines_and_bands_are_numpys_quantiles(seeds):
    numbers = random.Random(seeds)
    curves = [[numbers.gauss(0.0, 1.0) for _ in range(4)] for _ in range(seeds)]
    plot = plots.loss_bands(curves)
    assert plot.figure.axes[0].get_yscale() == "linear"
    (line,) = plot.figure.axes[0].lines
    assert line.get_xdata().tolist() == [0, 1, 2, 3]
    assert line.get_ydata().tolist() == pytest.approx(np.median(curves, axis=0).tolist())
    expected = [np.quantile(curves, percents, axis=0).T.tolist() for percents in ((0.25, 0.75), (0.05, 0.95))]
    for band, edges in zip(bands(plot), expected, strict=True):
        for epoch, (low, high) in enumerate(edges):
            assert band[epoch] == pytest.approx((low, high))
    half, most = plot.figure.axes[0].collections
    assert half.get_alpha() > most.get_alpha() > 0.0


def test_several_names_have_a_line_and_one_band_each():
    given = {"one": [[1.0, 2.0], [3.0, 4.0]], "two": [[5.0, 6.0]]}
    plot = plots.loss_bands(given, epochs=[10, 30], label="error")
    axes = plot.figure.axes[0]
    assert [line.get_ydata().tolist() for line in axes.lines] == [[2.0, 3.0], [5.0, 6.0]]
    assert bands(plot) == [{10: (1.5, 2.5), 30: (2.5, 3.5)}, {10: (5.0, 5.0), 30: (6.0, 6.0)}]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "error")
    assert legend_texts(plot) == ["one", "two", "median", "half of the seeds"]
    assert len({(line.get_color(), line.get_linestyle()) for line in axes.lines}) == 2
    assert legend_texts(plots.loss_bands({"one": [[1.0]]})) == ["one: median", "half of the seeds", "90 % of the seeds"]


@pytest.mark.parametrize("ending", [[INF, INF], [NAN, INF], [1e301, NAN], []])
def test_what_is_infinite_or_lacking_leaves_at_the_top_and_stretches_no_axis(ending):
    good = [[4.0, 3.0, 2.0]] * 2
    calm = plots.loss_bands({"a": good, "b": [[4.0, 3.0, 2.0]]}).figure.axes[0]
    plot = plots.loss_bands({"a": [*good, [4.0, *ending]], "b": [[4.0, *ending]] * 3})
    axes = plot.figure.axes[0]
    assert axes.get_ylim() == calm.get_ylim()
    assert axes.get_xlim() == calm.get_xlim()
    settled, lost = (line.get_ydata().tolist() for line in axes.lines)
    assert settled == [4.0, 3.0, 2.0]
    assert lost[0] == 4.0
    assert all(axes.get_ylim()[1] < number < INF for number in lost[1:])
    (half, gone) = bands(plot)
    assert half[1][0] == 3.0
    assert half[1][1] > axes.get_ylim()[1]  # Between 3 and an infinite loss.
    assert gone[2][0] > axes.get_ylim()[1]
    assert legend_texts(plot)[-1] == "out at the top: diverged"


def test_epochs_in_which_all_have_diverged_are_in_the_picture():
    assert plots.loss_bands([[1.0, 2.0, INF, INF]]).figure.axes[0].get_xlim()[1] > 3.0


def test_a_loss_after_one_that_is_no_number_counts_as_it_is_and_a_shorter_curve_ends():
    plot = plots.loss_bands([[1.0, NAN, 2.0], [1.0]], epochs=[0, 1, 2])
    (line,) = plot.figure.axes[0].lines
    assert [number < plot.figure.axes[0].get_ylim()[1] for number in line.get_ydata()] == [True, False, False]


def test_losses_that_are_never_infinite_have_no_word_of_it():
    assert "out at the top: diverged" not in legend_texts(plots.loss_bands([[1.0, 2.0], [3.0, 1e300]]))


@pytest.mark.parametrize(
    ("curves", "wanted", "scale"),
    [
        ([[1.0, 0.5], [1.0, 0.02]], None, "linear"),
        ([[1.0, 0.01], [1.0, 0.01]], None, "log"),
        ([[1.0, 0.01], [INF, INF], [1.0, 0.001]], None, "log"),
        ([[1.0, 0.0], [1.0, 0.0]], None, "linear"),
        ([[1.0, 0.9]], True, "log"),
        ([[1.0, 1e-5]], False, "linear"),
    ],
)
def test_the_axis_is_logarithmic_where_that_helps_and_can_be(curves, wanted, scale):
    axes = plots.loss_bands(curves, logarithmic=wanted).figure.axes[0]
    assert axes.get_yscale() == scale
    bottom, top = axes.get_ylim()
    assert bottom < min(axes.lines[0].get_ydata()) < top


def test_a_single_epoch_has_a_dot_and_bars_that_can_be_seen():
    axes = plots.loss_bands([[1.0], [2.0], [5.0]]).figure.axes[0]
    assert axes.lines[0].get_marker() == "o"
    assert all(band.get_linewidth()[0] > 5.0 for band in axes.collections)


@pytest.mark.parametrize(
    ("curves", "options", "error", "message"),
    [
        ([], {}, ValueError, "no curves to plot: curves is empty"),
        ({}, {}, ValueError, "no curves to plot: the dictionary is empty"),
        ({"a": []}, {}, ValueError, r"no curves to plot: curves\['a'\] is empty"),
        ([[], []], {}, ValueError, "no losses to plot: every curve is empty"),
        ([[INF], [NAN]], {}, ValueError, "nothing to plot: in every epoch most of the losses are infinite"),
        (0.5, {}, TypeError, "curves is a list of curves, each a list of losses, not 0.5"),
        ([0.5], {}, TypeError, r"curves\[0\] is a list of numbers, not 0\.5"),
        ({"a": [0.5]}, {}, TypeError, r"curves\['a'\]\[0\] is a list of numbers, not 0\.5"),
        ({1: [[1.0]], "1": [[1.0]]}, {}, ValueError, "two lists of curves have the same name"),
        ([[1.0], [1.0, "x"]], {}, TypeError, "loss 1 of curve 1 takes a real number, not 'x'"),
        ({"a": [[Value(1.0)]]}, {}, TypeError, "loss 0 of curve 0 of 'a' takes a real number"),
        ([[-INF]], {}, ValueError, "loss 0 of curve 0 is -inf"),
        ([[1.0], [1.0, 2.0]], {"epochs": [3]}, ValueError, "curve 1 has 2 losses for 1 epoch"),
        ([[1.0]], {"epochs": []}, ValueError, "epochs is empty"),
        ([[1.0]], {"epochs": 3}, TypeError, "epochs is a list of numbers, not 3"),
        ([[1.0]], {"epochs": [0, 2, 2]}, ValueError, r"epochs rise, but epochs\[2\] is 2\.0 after 2\.0"),
        ([[1.0]], {"epochs": [0, NAN]}, ValueError, r"epochs\[1\] is nan"),
        ([[1.0]], {"label": None}, TypeError, "label is a text, not None"),
        (
            {"a": [[1.0, 0.0]]},
            {"logarithmic": True, "epochs": [0, 7]},
            ValueError,
            "of 'a' in epoch 7.* is 0.0, which",
        ),
    ],
)
def test_bands_that_cannot_be_plotted(curves, options, error, message):
    with pytest.raises(error, match=message):
        plots.loss_bands(curves, **options)
