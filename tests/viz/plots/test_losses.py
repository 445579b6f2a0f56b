"""`loss_curves` and `loss_bands`: known quantiles, and what is read back from the figure."""

import math
import random

import numpy as np
import pytest
from support.plot_reading import legend_texts, points

from viz import plots

INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("losses", "wanted", "scale"),
    [
        (np.array([1.0, 0.5, 0.0101]), None, "linear"),
        ([1.0, 0.5, 0.01], None, "log"),
        ({0.1: [10.0, 9.0], "b": [0.1, 0.2, 0.3]}, None, "log"),
        ([1.0, 1e-5, 0.0], None, "linear"),
        ([1.0, 1e-5], False, "linear"),
        ([1.0, 0.9], True, "log"),
    ],
)
def test_curves_have_a_point_for_each_epoch_and_a_logarithmic_axis_where_that_helps_and_can_be(losses, wanted, scale):
    plot = plots.loss_curves(losses, logarithmic=wanted)
    axes = plot.figure.axes[0]
    curves = list(losses.values()) if isinstance(losses, dict) else [losses]
    assert [points(line) for line in axes.lines] == [list(enumerate(curve)) for curve in curves]
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_yscale()) == ("epoch", "loss", scale)
    assert [text.get_text() for box in plot.figure.legends for text in box.get_texts()] == ["0.1", "b"] * len(
        curves[1:]
    )


@pytest.mark.parametrize("losses", [[1.0, 1e300], [1e300, 1e-300], [1e300, 5e-324], [1e-300, 5e-324], [1e300, 1e290]])
def test_the_widest_logarithmic_axis_ends_at_numbers(losses):
    figure = plots.loss_curves(losses, logarithmic=True).figure
    figure.draw_without_rendering()
    axes = figure.axes[0]
    assert 2 <= len([tick for tick in axes.get_yticks() if min(losses) <= tick <= max(losses)]) < 12
    bottom, top = axes.get_ylim()
    assert 0.0 < bottom <= min(losses)
    assert max(losses) <= top < INF


def bands(plot):
    """The lower and the upper edge of each band, by epoch, in the order in which they are drawn."""
    edges = [band.get_paths()[0].vertices.tolist() for band in plot.figure.axes[0].collections]
    by_epoch = [{x: [y for other, y in edge if other == x] for x, _ in sorted(edge)} for edge in edges]
    return [{epoch: (min(found), max(found)) for epoch, found in edge.items()} for edge in by_epoch]


@pytest.mark.parametrize("seeds", [1, 2, 5, 20])
def test_lines_and_bands_are_numpys_quantiles(seeds):
    numbers = random.Random(seeds)
    curves = [[numbers.gauss(0.0, 1.0) for _ in range(4)] for _ in range(seeds)]
    plot = plots.loss_bands(curves)
    (line,) = plot.figure.axes[0].lines
    assert line.get_xdata().tolist() == [0, 1, 2, 3]
    assert line.get_ydata().tolist() == pytest.approx(np.median(curves, axis=0).tolist())
    expected = [np.quantile(curves, percents, axis=0).T.tolist() for percents in ((0.25, 0.75), (0.05, 0.95))]
    for band, edges in zip(bands(plot), expected, strict=True):
        assert list(band.values()) == [pytest.approx(edge) for edge in edges]
    half, most = plot.figure.axes[0].collections
    assert half.get_alpha() > most.get_alpha() > 0.0


def test_several_names_have_a_line_and_one_band_each():
    given = {"one": [[1.0, 2.0], [3.0, 4.0]], "two": [[5.0, 6.0]]}
    plot = plots.loss_bands(given, epochs=[10, 30], label="error")
    axes = plot.figure.axes[0]
    assert [points(line) for line in axes.lines] == [[(10, 2.0), (30, 3.0)], [(10, 5.0), (30, 6.0)]]
    assert bands(plot) == [{10: (1.5, 2.5), 30: (2.5, 3.5)}, {10: (5.0, 5.0), 30: (6.0, 6.0)}]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "error")
    assert legend_texts(plot) == ["one", "two", "median", "half of the seeds"]
    assert len({(line.get_color(), line.get_linestyle()) for line in axes.lines}) == 2
    alone = legend_texts(plots.loss_bands({"one": [[1.0]]}))
    assert alone == ["one", "median", "half of the seeds", "90 % of the seeds"]


@pytest.mark.parametrize("ending", [[INF, INF], [NAN, INF], [1e301, NAN], []])
def test_what_is_infinite_or_missing_leaves_at_the_top_and_stretches_no_axis(ending):
    good = [[4.0, 3.0, 2.0]] * 2
    calm = plots.loss_bands({"a": good, "b": good}).figure.axes[0]
    plot = plots.loss_bands({"a": [*good, [4.0, *ending]], "b": [[4.0, *ending]] * 3})
    axes = plot.figure.axes[0]
    assert (axes.get_xlim(), axes.get_ylim()) == (calm.get_xlim(), calm.get_ylim())
    settled, lost = (line.get_ydata().tolist() for line in axes.lines)
    assert settled == [4.0, 3.0, 2.0]
    assert lost[0] == 4.0
    assert all(axes.get_ylim()[1] < number < INF for number in lost[1:])
    (half, gone) = bands(plot)
    assert half[1][0] == 3.0
    assert half[1][1] > axes.get_ylim()[1]  # Between 3 and an infinite loss.
    assert gone[2][0] > axes.get_ylim()[1]
    assert legend_texts(plot)[-1] == "out at the top: diverged"


def test_axes_of_bands_are_by_what_is_drawn_with_epochs_in_which_all_have_diverged():
    assert plots.loss_bands([[1.0, 2.0, INF, INF]]).figure.axes[0].get_xlim()[1] > 3.0
    axes = plots.loss_bands([[1.0, NAN, 2.0], [1.0]], epochs=[0, 1, 2]).figure.axes[0]
    assert [number < axes.get_ylim()[1] for number in axes.lines[0].get_ydata()] == [True, False, False]
    huge = plots.loss_bands([[1e300, 1e-300]] * 3 + [[1e300]] * 2)
    assert huge.figure.axes[0].get_yscale() == "log"
    assert huge.figure.axes[0].get_ylim()[1] < bands(huge)[0][1][1] < INF
    assert "out at the top: diverged" not in legend_texts(plots.loss_bands([[1.0, 2.0], [3.0, 1e300]]))
    for curves, scale in (([[1.0, 0.5], [1.0, 0.02]], "linear"), ([[1.0, 0.01], [INF, INF], [1.0, 0.001]], "log")):
        assert plots.loss_bands(curves).figure.axes[0].get_yscale() == scale  # 0.02 is beyond the bands.
