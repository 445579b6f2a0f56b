"""`loss_curves`: the loss by epoch; and `loss_bands`: the losses of many seeds, as their median and bands around it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator

from engine.extend import real_number
from viz.palette import FAINT
from viz.plots.checks import LARGEST, by_name, drawable, each, text
from viz.plots.figures import COLORS, FileName, Plot, add_legend, epoch_axes, finished, new_figure, plural

_BANDS = {"half of the seeds": (25, 75, 0.25), "90 % of the seeds": (5, 95, 0.13)}
"""For each band the percentages at its edges, and how opaque it is."""

# A logarithmic axis over less than this has too few numbers on it to be read.
_LEAST_RATIO = 100.0

# Beyond these numbers, the margin or a tick of matplotlib's might be zero or infinite: ours are set, so many ticks.
_TAME = (1e-300, 1e150)
_TICKS = 6

_Quantiles = dict[int, list[float]]
"""By percentage, a number for each epoch: as many percent of the losses are at most as large."""


def loss_curves(
    losses: Iterable[float] | Mapping[str, Iterable[float]],
    path: FileName | None = None,
    *,
    logarithmic: bool | None = None,
) -> Plot:
    """Plot the loss by epoch, into a file if a path is given.

    losses       the loss after 0, 1, 2, … epochs, as ``history.losses``, or several such lists by name
    path         a file name that ends in ``.svg``, ``.png`` or ``.pdf``
    logarithmic  whether equal steps of the axis are equal ratios; None takes such an axis where all losses are positive
                 and the largest is at least 100 times the smallest

    Named curves get a legend, and differ in colour and dashes. Raises TypeError and ValueError as `viz.plots` says, and
    ValueError for a loss that is not positive with ``logarithmic=True``.
    """
    curves = by_name(losses, "losses", lambda curve, what: each(curve, what, drawable, least=1))
    epochs = range(max(map(len, curves.values())))
    with new_figure() as figure:
        axes = _loss_axes(figure, "loss", [loss for curve in curves.values() for loss in curve], epochs, logarithmic)
        lines = [axes.plot(range(len(curve)), curve, marker="o" * (len(curve) == 1))[0] for curve in curves.values()]
        if isinstance(losses, Mapping):
            add_legend(figure, zip(lines, curves, strict=True), "right")
    return finished(figure, f"{plural(len(curves), 'loss curve')} of {plural(len(epochs), 'epoch')}", path)


def loss_bands(
    curves: Iterable[Iterable[float]] | Mapping[str, Iterable[Iterable[float]]],
    path: FileName | None = None,
    *,
    epochs: Iterable[float] | None = None,
    logarithmic: bool | None = None,
    label: str = "loss",
) -> Plot:
    """Plot the median loss of many seeds by epoch and the spread around it, into a file if a path is given.

    curves       the losses of each seed at the same epochs, a list for each seed, or several such lists by name
    path         a file name that ends in ``.svg``, ``.png`` or ``.pdf``
    epochs       when the losses were taken, rising; None stands for 0, 1, 2, …
    logarithmic  whether equal steps of the axis are equal ratios; None takes such an axis where all that is drawn is
                 positive and the largest of it is at least 100 times the smallest
    label        what the numbers are, which stands at the axis

    The line is the median, the band lies between the quartiles. With one name only, a fainter band holds 90 % of the
    losses. An inf, a NaN, a number above 1e300 and what is missing at the end of a shorter curve count as infinitely
    large: there the training diverged. A line or a band that becomes infinite leaves the picture at the top, and the
    legend says so.

    Raises TypeError and ValueError as `viz.plots` says, and ValueError if most losses are infinite in every epoch, for
    a curve longer than the epochs, for epochs that do not rise, and with ``logarithmic=True`` for what is not positive.
    """
    groups = by_name(curves, "curves", _group)
    times = _epochs(epochs, groups)
    bands = dict(list(_BANDS.items())[: 2 if len(groups) == 1 else 1])
    quantiles = {name: _quantiles(group, len(times), bands) for name, group in groups.items()}
    numbers = [number for of in quantiles.values() for line in of.values() for number in line]
    finite = list(filter(math.isfinite, numbers))
    if not finite:
        raise ValueError("there is nothing to plot: in every epoch most of the losses are infinite or no numbers")
    with new_figure() as figure:
        axes = _loss_axes(figure, text(label, "label"), finite, times, logarithmic)
        lines = [_draw_bands(axes, times, of, bands) for of in quantiles.values()]
        shown: list[tuple[Any, str]] = list(zip(lines, groups, strict=True)) if isinstance(curves, Mapping) else []
        shown += _explained(bands, FAINT if len(lines) > 1 else COLORS[0], math.inf in numbers)
        add_legend(figure, shown, "right")
    seeds = sum(map(len, groups.values()))
    return finished(figure, f"{plural(seeds, 'loss curve')} of {plural(len(times), 'epoch')} as bands", path)


def _explained(bands: Mapping[str, Any], color: str, diverged: bool) -> list[tuple[Any, str]]:
    """What the legend says of all lines: in grey where there are several, which stand for themselves."""
    shown: list[tuple[Any, str]] = [(Line2D([], [], color=color, linestyle="-"), "median")]
    shown += [(Patch(color=color, alpha=shade, linewidth=0.0), name) for name, (*_, shade) in bands.items()]
    if diverged:
        arrow = Line2D([], [], linestyle="none", marker="^", color=FAINT, markersize=12)
        shown.append((arrow, "out at the top: diverged"))
    return shown


def _loss_axes(
    figure: Figure, label: str, numbers: Sequence[float], epochs: Sequence[float], logarithmic: bool | None
) -> Axes:
    """A panel for these finite numbers over epochs, on a logarithmic axis if that is wanted or helps."""
    axes = epoch_axes(figure, label)
    smallest, largest = min(numbers), max(numbers)
    if logarithmic and smallest <= 0.0:
        hint = "which has no place on a logarithmic axis: plot it with logarithmic=False"
        raise ValueError(f"the {label} falls to {smallest!r}, {hint}")
    if logarithmic or (logarithmic is None and smallest > 0.0 and largest / smallest >= _LEAST_RATIO):
        axes.set_yscale("log")
        if not _TAME[0] <= smallest <= largest <= _TAME[1]:
            axes.set_ylim(smallest, max(largest, 2.0 * smallest))
            low, high = math.ceil(math.log10(smallest)), math.floor(math.log10(largest))
            axes.set_yticks([10.0**exponent for exponent in range(low, high + 1, max(1, (high - low) // _TICKS))])
            axes.yaxis.set_minor_locator(NullLocator())
    axes.update_datalim([(epochs[0], smallest), (epochs[-1], largest)])
    axes.autoscale_view()
    axes.set_autoscale_on(False)
    return axes


def _draw_bands(axes: Axes, epochs: Sequence[float], quantiles: _Quantiles, bands: Mapping[str, Any]) -> Line2D:
    """The bands and the median of a group; what is infinite goes half of the height of the panel above it."""
    bottom, top = map(float, axes.get_ylim())
    high = min(1e308, top * math.sqrt(top / bottom)) if axes.get_yscale() == "log" else top + (top - bottom) / 2
    seen = {percent: [min(number, high) for number in line] for percent, line in quantiles.items()}
    (median,) = axes.plot(epochs, seen[50], marker="o" * (len(epochs) == 1))
    edge = 12.0 if len(epochs) == 1 else 0.0
    for lower, upper, opacity in bands.values():
        axes.fill_between(epochs, seen[lower], seen[upper], color=median.get_color(), alpha=opacity, linewidth=edge)
    return median


def _quantiles(curves: Sequence[Sequence[float]], epochs: int, bands: Mapping[str, Any]) -> _Quantiles:
    """The median and the edges of the bands in each epoch."""
    columns = [sorted(curve[epoch] if epoch < len(curve) else math.inf for curve in curves) for epoch in range(epochs)]
    percents = [50, *(percent for low, high, _ in bands.values() for percent in (low, high))]
    return {percent: [_quantile(column, percent) for column in columns] for percent in percents}


def _quantile(rising: Sequence[float], percent: int) -> float:
    """The number that so many percent of the others are below; between two of them, in proportion."""
    index, rest = divmod(percent * (len(rising) - 1), 100)
    low = rising[index]
    # The difference of two infinite numbers is NaN.
    if rest == 0 or rising[index + 1] == low:
        return low
    return low + (rising[index + 1] - low) * (rest / 100)


def _group(given: Any, what: str) -> list[list[float]]:
    """The losses of each seed, infinite where the training diverged."""

    def read(loss: Any, at: str) -> float:
        number = real_number(loss, at)
        return math.inf if math.isnan(number) or number > LARGEST else drawable(number, at)

    return each(given, what, lambda curve, seed: each(curve, seed, read), "lists of losses", least=1)


def _epochs(given: Any, groups: Mapping[str, Sequence[Sequence[float]]]) -> list[float]:
    """When the losses were taken: as often as the longest curve has losses, or more often."""
    longest = max(len(curve) for group in groups.values() for curve in group)
    if not longest:
        raise ValueError("there are no losses to plot: every curve is empty")
    epochs = each(range(longest) if given is None else given, "epochs", drawable, least=1)
    for index, (before, after) in enumerate(pairwise(epochs)):
        if before >= after:
            raise ValueError(f"epochs rise, but epochs[{index + 1}] is {after!r} after {before!r}")
    if len(epochs) < longest:
        raise ValueError(f"each loss has its epoch, but there are {longest} losses in a curve and {len(epochs)} epochs")
    return epochs
