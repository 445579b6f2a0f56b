"""`loss_bands`: the losses of many seeds, as their median and the bands around it."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from engine.extend import real_number
from viz.plots.checks import by_name, entries, text
from viz.plots.curves import LONGEST_NAME, is_logarithmic, line_look, loss_panel
from viz.plots.figures import (
    COLORS,
    FAINT,
    Plot,
    drawable_number,
    finished,
    is_drawable,
    legend,
    name_axes,
    name_text,
    plot_style,
    plural,
)

# Each band by the percentages at its edges, with how opaque it is and what it is called.
_HALF = (25, 75, 0.25, "half of the seeds")
_MOST = (5, 95, 0.13, "90 % of the seeds")

_Band = tuple[int, int, float, str]
_Quantiles = dict[int, list[float]]
"""By percentage, a number for each epoch: as many percent of the losses are at most as large."""


def loss_bands(
    curves: Iterable[Iterable[float]] | Mapping[str, Iterable[Iterable[float]]],
    path: str | os.PathLike[str] | None = None,
    *,
    epochs: Iterable[float] | None = None,
    logarithmic: bool | None = None,
    label: str = "loss",
) -> Plot:
    """Plot the median loss of many seeds by epoch and how far they are spread, into a file if a path is given.

    curves       the losses of each seed at the same epochs, a list for each seed, or several such lists by name
    path         a file name that ends in ``.svg``, ``.png`` or ``.pdf``
    epochs       when the losses were taken, rising; None stands for 0, 1, 2, …
    logarithmic  whether equal steps of the axis are equal ratios; None takes such an axis where all that is drawn is
                 positive and the largest of it is at least 100 times the smallest
    label        what the numbers are, which stands at the axis

    The line is the median, the band lies between the quartiles; where there is only one name, a fainter band has nine
    of ten losses. An inf, a NaN, a number above 1e300 and what a shorter curve lacks count as infinitely large: there
    the training diverged. A line or a band that becomes infinite leaves the picture at the top, as its legend says.

    The plot is returned, and shows itself in a notebook. Raises TypeError for what is no number, and ValueError for no
    losses or none that are finite, for a curve that is longer than the epochs, for epochs that do not rise, for what is
    not positive on an axis that is to be logarithmic, and for another ending.
    """
    groups = _groups(curves)
    times = _epochs(epochs, max(len(curve) for group in groups.values() for curve in group))
    bands = [_HALF, _MOST] if len(groups) == 1 else [_HALF]
    quantiles = {name: _quantiles(name, group, len(times), bands) for name, group in groups.items()}
    drawn = _drawn(quantiles)
    axis = is_logarithmic(drawn, times, logarithmic)
    names = list(groups) if isinstance(curves, Mapping) else []
    with plot_style():
        figure, axes = loss_panel(len(names) + len(bands) + 2, names, drawn.values(), axis)
        name_axes(axes, ("epoch", text(label, "label")))
        leaves = _draw(axes, times, list(quantiles.values()), bands)
        handles, texts = _legend(names, bands, leaves)
        legend(figure, handles, texts, "outside right upper")
    seeds = sum(map(len, groups.values()))
    return finished(figure, f"{plural(seeds, 'loss curve')} of {plural(len(times), 'epoch')} as bands", path)


# --- Drawing ---------------------------------------------------------------------------------------------------------


def _draw(axes: Axes, epochs: Sequence[float], groups: Sequence[_Quantiles], bands: Sequence[_Band]) -> bool:
    """The bands and the median of each group; whether any of them leaves the picture at the top."""
    shown = [
        (epoch, number)
        for group in groups
        for line in group.values()
        for epoch, number in zip(epochs, line, strict=True)
    ]
    # Of infinite numbers, matplotlib takes no notice, so their epochs are told by themselves.
    axes.update_datalim(shown)
    axes.update_datalim([(epoch, 1.0) for epoch in epochs], updatey=False)
    axes.autoscale_view()
    axes.set_autoscale_on(False)
    above = _above(axes)
    edge = 12.0 if len(epochs) == 1 else 0.0
    for index, group in enumerate(groups):
        color, dashes = line_look(index)
        seen = {percent: [min(number, above) for number in line] for percent, line in group.items()}
        for low, high, opacity, _ in bands:
            axes.fill_between(epochs, seen[low], seen[high], color=color, alpha=opacity, linewidth=edge)
        axes.plot(epochs, seen[50], color=color, linestyle=dashes, marker="o" if len(epochs) == 1 else "none")
    return any(math.isinf(number) for _, number in shown)


def _above(axes: Axes) -> float:
    """A number half of the height of the panel above it, to which lines go that become infinite."""
    bottom, top = axes.get_ylim()
    if axes.get_yscale() == "linear":
        return top + (top - bottom) / 2
    low, high = math.log10(bottom), math.log10(top)
    return math.pow(10.0, min(308.0, high + (high - low) / 2))


def _legend(names: Sequence[str], bands: Sequence[_Band], leaves: bool) -> tuple[list[Artist], list[str]]:
    """What lines and bands are, in the colour of the only line, or in grey behind the names of several."""
    texts = [name_text(name, LONGEST_NAME) for name in names]
    looks = [line_look(index) for index in range(len(names))] if len(names) > 1 else []
    handles: list[Artist] = [Line2D([], [], color=color, linestyle=dashes) for color, dashes in looks]
    general = FAINT if looks else COLORS[0]
    handles += [Line2D([], [], color=general), *(Patch(color=general, alpha=band[2], linewidth=0.0) for band in bands)]
    texts = [*texts, "median"] if len(names) != 1 else [f"{texts[0]}: median"]
    texts += [band[3] for band in bands]
    if leaves:
        handles.append(Line2D([], [], linestyle="none", marker="^", color=FAINT, markersize=12))
        texts.append("out at the top: diverged")
    return handles, texts


# --- Quantiles -------------------------------------------------------------------------------------------------------


def _quantiles(name: str, curves: Sequence[Sequence[float]], epochs: int, bands: Sequence[_Band]) -> _Quantiles:
    """The median and the edges of the bands in each epoch."""
    for seed, curve in enumerate(curves):
        if len(curve) > epochs:
            raise ValueError(f"{_curve_name(name, seed)} has {len(curve)} losses for {plural(epochs, 'epoch')}")
    columns = [sorted(curve[epoch] if epoch < len(curve) else math.inf for curve in curves) for epoch in range(epochs)]
    percents = sorted({50, *(percent for low, high, *_ in bands for percent in (low, high))})
    return {percent: [_quantile(column, percent) for column in columns] for percent in percents}


def _quantile(rising: Sequence[float], percent: int) -> float:
    """The number below which so many percent of the others are; between two of them, in proportion."""
    index, rest = divmod(percent * (len(rising) - 1), 100)
    low = rising[index]
    # Of two infinite numbers, the difference is no number.
    if rest == 0 or rising[index + 1] == low:
        return low
    return low + (rising[index + 1] - low) * (rest / 100)


def _drawn(quantiles: Mapping[str, _Quantiles]) -> dict[str, list[float]]:
    """The finite numbers that are drawn of each name, as they are called in an error."""
    drawn = {
        f"a quantile of the losses{_of(name)}": [value for line in group.values() for value in line]
        for name, group in quantiles.items()
    }
    finite = {what: [value for value in values if math.isfinite(value)] for what, values in drawn.items()}
    if not any(finite.values()):
        raise ValueError("there is nothing to plot: in every epoch most of the losses are infinite or no numbers")
    return {what: values for what, values in finite.items() if values}


# --- Arguments -------------------------------------------------------------------------------------------------------


def _groups(curves: Any) -> dict[str, list[list[float]]]:
    """The curves of each name, or the error that says what is wrong with which; the name of a single list is empty."""
    if not isinstance(curves, Mapping):
        groups = {"": _group(curves, "")}
    else:
        groups = by_name(curves, "curves", "lists of curves", lambda name, group: _group(group, str(name)))
    if not any(curve for group in groups.values() for curve in group):
        raise ValueError("there are no losses to plot: every curve is empty")
    return groups


def _group(given: Any, name: str) -> list[list[float]]:
    """The losses of each seed as floats."""
    what = f"curves[{name!r}]" if name else "curves"
    group = [
        [
            _loss(loss, f"loss {place} of {_curve_name(name, seed)}")
            for place, loss in enumerate(entries(curve, f"{what}[{seed}]"))
        ]
        for seed, curve in enumerate(entries(given, what, "curves, each a list of losses"))
    ]
    if not group:
        raise ValueError(f"there are no curves to plot: {what} is empty")
    return group


def _loss(given: Any, what: str) -> float:
    """A loss as a float that is infinite where the training diverged."""
    loss = real_number(given, what)
    if math.isnan(loss) or (loss > 0.0 and not is_drawable(loss)):
        return math.inf
    return drawable_number(loss, what)


def _curve_name(name: str, seed: int) -> str:
    """A curve as it is called in an error."""
    return f"curve {seed}{_of(name)}"


def _of(name: str) -> str:
    """Whose losses they are, if they have a name."""
    return f" of {name!r}" if name else ""


def _epochs(given: Any, longest: int) -> list[float]:
    """When losses were taken."""
    if given is None:
        return list(range(longest))
    epochs = [drawable_number(epoch, f"epochs[{index}]") for index, epoch in enumerate(entries(given, "epochs"))]
    for index, (before, after) in enumerate(pairwise(epochs)):
        if before >= after:
            raise ValueError(f"epochs rise, but epochs[{index + 1}] is {after!r} after {before!r}")
    if not epochs:
        raise ValueError("epochs is empty: it says when each loss was taken")
    return epochs
