"""`weights_over_time`: every parameter by epoch, a panel for each layer."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from viz.palette import FAINT
from viz.plots.checks import drawable, each, text
from viz.plots.figures import COLORS, FileName, Plot, add_legend, epoch_axes, finished, new_figure, one_line, plural

# A neuron's parameters stand with those of its whole layer.
_NEURON = re.compile(r"((?:.*\.)?neurons)(\[.*)")
_BIAS = re.compile(r"(?:.*\.)?b(ias(es)?)?\d*(\[.*)?")

_MOST_PANELS = 36
_MOST_LABELS = 24
"""The names of more lines would fill more than the height of a panel."""

# In inches: a panel with its names, at least how high its axis is, what is around the axis, and a line of names.
_PANEL_WIDTH, _LEAST_HEIGHT, _AROUND, _LINE_HEIGHT = 6.5, 3.6, 1.5, 0.19
_LONGEST_TITLE, _LONGEST_LABEL, _LABEL_SIZE = 32, 20, 11.0

_Group = dict[str, list[float]]
"""The parameters of a layer: by the rest of its name, what each was after 0, 1, 2, … epochs."""


def weights_over_time(states: Iterable[Mapping[str, float]], path: FileName | None = None) -> Plot:
    """Plot every parameter by epoch, into a file if a path is given.

    states  the parameters by name after 0, 1, 2, … epochs, each as ``model.state_dict()``
    path    a file name that ends in ``.svg``, ``.png`` or ``.pdf``

    There is a panel for each layer, with a solid line for a weight and a dashed one for a bias, in one colour for each
    neuron, or for each parameter where there is only one neuron. Up to 24 lines in a panel have their names beside
    them: title and name together are the name of the parameter. Raises TypeError and ValueError as `viz.plots` says,
    and ValueError for states with different names and for more than 36 panels.
    """
    given = _states(states)
    groups = _groups(given)
    columns = math.ceil(math.sqrt(len(groups)))
    rows = math.ceil(len(groups) / columns)
    height = max(_LEAST_HEIGHT, min(max(map(len, groups.values())), _MOST_LABELS) * _LINE_HEIGHT)
    with new_figure(_PANEL_WIDTH * columns, (height + _AROUND) * rows) as figure:
        for place, (title, group) in enumerate(groups.items(), start=1):
            panel = epoch_axes(figure, place=(rows, columns, place))
            panel.set_title(one_line(title, _LONGEST_TITLE) or "parameters")
            _draw(panel, group, _LINE_HEIGHT / height)
        if len({_dashes(label) for group in groups.values() for label in group}) == 2:
            lines = [Line2D([], [], color=FAINT, linestyle="-"), Line2D([], [], color=FAINT, linestyle="--")]
            add_legend(figure, zip(lines, ("weight", "bias"), strict=True), "below")
    return finished(figure, f"{plural(len(given[0]), 'parameter')} in {plural(len(given), 'state')}", path)


def _draw(panel: Axes, group: _Group, line_height: float) -> None:
    """A line for each parameter, a dot if there is one epoch only; and its name, which takes so much of the axis."""
    panel.axhline(0.0, color=FAINT, linewidth=1.0, zorder=1)
    colors = _colors(group)
    named = len(group) <= _MOST_LABELS
    for label, numbers in group.items():
        look: dict[str, Any] = {"linewidth": 2.0 if named else 0.8, "marker": "o" * (len(numbers) == 1)}
        panel.plot(numbers, color=colors[label], linestyle=_dashes(label), **look)
    rising = sorted(group, key=lambda label: group[label][-1]) if named else []
    bottom, top = panel.get_ylim()
    places = _spread([(group[label][-1] - bottom) / (top - bottom) for label in rising], line_height)
    for label, place in zip(rising, places, strict=True):
        end = (len(group[label]) - 1, group[label][-1])
        # A leader that is not cut off around its text (patchA) is drawn much faster.
        leader = {"arrowstyle": "-", "color": colors[label], "relpos": (0.0, 0.5), "shrinkB": 0, "patchA": None}
        look = {"xytext": (1.06, place), "textcoords": "axes fraction", "va": "center", "fontsize": _LABEL_SIZE}
        panel.annotate(one_line(label, _LONGEST_LABEL), end, arrowprops=leader, **look)


def _colors(group: _Group) -> dict[str, str]:
    """The colour of each line: that of its neuron if there are several, else its own."""
    owners = {label: label.rpartition(".")[0] for label in group}
    if len(set(owners.values())) == 1:
        owners = {label: label for label in group}
    places = {owner: place for place, owner in enumerate(dict.fromkeys(owners.values()))}
    return {label: COLORS[places[owner] % len(COLORS)] for label, owner in owners.items()}


def _dashes(label: str) -> str:
    """Dashes for what is named like a bias: b, bias, b1."""
    return "--" if _BIAS.fullmatch(label) else "-"


def _spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Places between 0 and 1, at least ``gap`` apart, near the wanted ones, which come in rising order."""
    places = accumulate(wanted, lambda below, place: max(place, below + gap))
    return [min(place, 1.0 - above * gap) for place, above in zip(places, reversed(range(len(wanted))), strict=True)]


def _states(given: Any) -> list[dict[str, float]]:
    """The parameters after each epoch, all with the same names."""

    def read(state: Any, what: str) -> dict[str, float]:
        if not isinstance(state, Mapping):
            raise TypeError(f"{what} is a dictionary of numbers by name, not {state!r}")
        return {text(name, f"a name in {what}"): drawable(state[name], f"{what}[{name!r}]") for name in state}

    states = each(given, "states", read, "dictionaries, each a state_dict()", least=1)
    if not states[0]:
        raise ValueError("there is nothing to plot: states[0] has no parameters")
    for epoch, state in enumerate(states):
        for name in sorted(state.keys() ^ states[0].keys()):
            has, lacks = (0, epoch) if name in states[0] else (epoch, 0)
            raise ValueError(f"states[{lacks}] has no {name!r}, as states[{has}] has")
    return states


def _groups(states: Sequence[Mapping[str, float]]) -> dict[str, _Group]:
    """The parameters of each layer: what stands before the last dot, if a name tells of no neurons."""
    groups: dict[str, _Group] = {}
    for name in states[0]:
        neuron = _NEURON.fullmatch(name)
        layer, label = neuron.groups() if neuron else name.rpartition(".")[::2]
        groups.setdefault(layer, {})[label] = [state[name] for state in states]
    if len(groups) > _MOST_PANELS:
        raise ValueError(
            f"the parameters are of {len(groups)} layers, more than the {_MOST_PANELS} panels that can be read: "
            "give states with the parameters of some of them"
        )
    return groups
