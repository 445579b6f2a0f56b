"""`weights_over_time`: the course of every parameter, a panel for each layer."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from viz.plots.figures import (
    COLORS,
    FAINT,
    Plot,
    drawable_number,
    epoch_axis,
    finished,
    legend,
    literal,
    name_text,
    plot_style,
)

# A neuron's parameters stand with those of its whole layer.
_NEURON = re.compile(r"((?:.*\.)?neurons)(\[.*)")
_BIAS = re.compile(r"(?:.*\.)?b(ias(es)?)?\d*(\[.*)?")

_MOST_PANELS = 36
_MOST_LABELS = 24
"""With more lines than that, their names fill more than the height of a panel."""

# In inches: a panel with its names, and at least how high its axis is; in points: the names.
_PANEL_WIDTH = 6.5
_LEAST_HEIGHT = 3.6
_AROUND = 1.5
_LABEL_SIZE = 11.0
_LINE_HEIGHT = 1.25 * _LABEL_SIZE
_LONGEST_TITLE = 32
_LONGEST_LABEL = 20


@dataclass(frozen=True)
class _Course:
    """What became of one parameter.

    label    the rest of its name, behind that of its group
    numbers  what it was after 0, 1, 2, … epochs
    """

    label: str
    numbers: list[float]

    @property
    def owner(self) -> str:
        """The neuron, as far as the label tells."""
        return self.label.rpartition(".")[0]

    @property
    def is_bias(self) -> bool:
        """Whether it is named like a bias: b, bias, b1."""
        return _BIAS.fullmatch(self.label) is not None


def weights_over_time(states: Iterable[Mapping[str, float]], path: str | os.PathLike[str] | None = None) -> Plot:
    """Plot the course of every parameter by epoch, into a file if a path is given.

    states  the parameters by name after 0, 1, 2, … epochs, each as ``model.state_dict()``
    path    a file name that ends in ``.svg``, ``.png`` or ``.pdf``

    There is a panel for each layer, with a solid line for a weight and a dashed one for a bias, in one colour for each
    neuron, or for each parameter where there is only one neuron. Up to 24 lines in a panel have their names beside
    them: the title and the name are the name of the parameter. The plot is returned, and shows itself in a notebook.

    Raises TypeError for what are no dictionaries of numbers by name, and ValueError for no states or parameters, for
    states with different names, for numbers that are NaN or beyond ±1e300, for more than 36 panels, for another ending.
    """
    courses = _courses(states)
    groups = _groups(courses)
    with plot_style():
        figure, panels = _panels(len(groups), max(map(len, groups.values())))
        for panel, (title, group) in zip(panels, groups.items(), strict=True):
            literal(panel.set_title(name_text(title, _LONGEST_TITLE) or "parameters"))
            _draw(panel, group)
        _style_legend(figure, groups.values())
        # Names are kept apart by the height of their panels, which only the layout knows.
        figure.draw_without_rendering()
        for panel, group in zip(panels, groups.values(), strict=True):
            _draw_labels(panel, group, panel.get_window_extent().height / figure.dpi * 72)
    return finished(figure, _content(courses), path)


def _content(courses: Mapping[str, Sequence[float]]) -> str:
    """What the plot shows, in words."""
    states = len(next(iter(courses.values())))
    return f"{len(courses)} parameter{'s' * (len(courses) > 1)} in {states} state{'s' * (states > 1)}"


# --- Drawing ---------------------------------------------------------------------------------------------------------


def _panels(count: int, most_lines: int) -> tuple[Figure, list[Axes]]:
    """As many panels, in about as many rows as columns, high enough for the names of so many lines."""
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    height = max(_LEAST_HEIGHT, min(most_lines, _MOST_LABELS) * _LINE_HEIGHT / 72) + _AROUND
    figure = Figure(figsize=(_PANEL_WIDTH * columns, height * rows), layout="constrained")
    panels = [figure.add_subplot(rows, columns, place + 1) for place in range(count)]
    for panel in panels:
        epoch_axis(panel)
    return figure, panels


def _draw(panel: Axes, group: Sequence[_Course]) -> None:
    """A line for each parameter; a dot where there is one epoch only."""
    panel.axhline(0.0, color=FAINT, linewidth=1.0, zorder=1)
    width = 2.0 if len(group) <= _MOST_LABELS else 0.8
    for course, color in zip(group, _colors(group), strict=True):
        marker = "o" if len(course.numbers) == 1 else "none"
        dashes = "--" if course.is_bias else "-"
        panel.plot(course.numbers, color=color, linestyle=dashes, linewidth=width, marker=marker)


def _colors(group: Sequence[_Course]) -> list[str]:
    """The colour of each line: that of its neuron, if there are several, else its own."""
    owners = list(dict.fromkeys(course.owner for course in group))
    places = [owners.index(course.owner) for course in group] if len(owners) > 1 else range(len(group))
    return [COLORS[place % len(COLORS)] for place in places]


def _style_legend(figure: Figure, groups: Iterable[Sequence[_Course]]) -> None:
    """What solid and dashed lines are, if there are both."""
    if len({course.is_bias for group in groups for course in group}) == 2:
        handles = [Line2D([], [], color=FAINT, linestyle=dashes) for dashes in ("-", "--")]
        legend(figure, handles, ["weight", "bias"], "outside lower center")


def _draw_labels(panel: Axes, group: Sequence[_Course], height: float) -> None:
    """The name of each line at its end, if there is room for all in a panel of this height in points."""
    if len(group) > _MOST_LABELS:
        return
    bottom, top = panel.get_ylim()
    colored = sorted(zip(group, _colors(group), strict=True), key=lambda pair: pair[0].numbers[-1])
    wanted = [(course.numbers[-1] - bottom) / (top - bottom) for course, _ in colored]
    for (course, color), place in zip(colored, _spread(wanted, _LINE_HEIGHT / height), strict=True):
        label = panel.annotate(
            name_text(course.label, _LONGEST_LABEL),
            xy=(len(course.numbers) - 1, course.numbers[-1]),
            xytext=(1.06, place),
            textcoords="axes fraction",
            va="center",
            fontsize=_LABEL_SIZE,
            arrowprops={"arrowstyle": "-", "color": color, "relpos": (0.0, 0.5), "shrinkA": 1, "shrinkB": 1},
        )
        literal(label)


def _spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Places between 0 and 1, at least ``gap`` apart, near those that are wanted, which come in order."""
    rising = accumulate(wanted, lambda below, place: max(place, below + gap))
    falling = list(accumulate(reversed(wanted), lambda above, place: min(place, above - gap)))
    last = len(wanted) - 1
    between = [(high + low) / 2 for high, low in zip(rising, reversed(falling), strict=True)]
    return [max(index * gap, min(place, 1.0 - (last - index) * gap)) for index, place in enumerate(between)]


# --- Arguments -------------------------------------------------------------------------------------------------------


def _courses(states: Any) -> dict[str, list[float]]:
    """The numbers of each parameter by its name, or the error that says what is wrong with which."""
    if isinstance(states, (str, bytes, Mapping)) or not isinstance(states, Iterable):
        raise TypeError(f"states is a list with a state_dict() for each epoch, not of type {type(states).__name__}")
    given = list(states)
    for epoch, state in enumerate(given):
        if not isinstance(state, Mapping):
            raise TypeError(f"the state of epoch {epoch} is a dictionary of numbers by name, not {state!r}")
        _check_names(given[0], state, epoch)
    if not given or not given[0]:
        raise ValueError("there are no parameters to plot: " + ("the states are empty" if given else "no states"))
    return {name: list(_course(given, name)) for name in given[0]}


def _check_names(first: Mapping[str, float], state: Mapping[str, float], epoch: int) -> None:
    """Raise for a name that one of two states lacks, or that is no text."""
    for name in state:
        if not isinstance(name, str):
            raise TypeError(f"the name of a parameter is a text, not {name!r} of type {type(name).__name__}")
    for name in [*first, *state]:
        if name not in first or name not in state:
            lacking, having = (0, epoch) if name in state else (epoch, 0)
            raise ValueError(f"the state of epoch {lacking} has no {name!r}, as that of epoch {having} has")


def _course(states: Sequence[Mapping[str, float]], name: str) -> Iterator[float]:
    """What a parameter was in each state."""
    for epoch, state in enumerate(states):
        yield drawable_number(state[name], f"{name!r} in epoch {epoch}")


def _groups(courses: Mapping[str, list[float]]) -> dict[str, list[_Course]]:
    """The parameters of each layer; of a name without neurons, what stands before the last dot is taken as one."""
    groups: dict[str, list[_Course]] = {}
    for name, numbers in courses.items():
        neuron = _NEURON.fullmatch(name)
        prefix, label = neuron.groups() if neuron else name.rpartition(".")[::2]
        groups.setdefault(prefix, []).append(_Course(label, numbers))
    if len(groups) > _MOST_PANELS:
        raise ValueError(
            f"the parameters are of {len(groups)} layers, more than the {_MOST_PANELS} panels that can be read: "
            "give states with the parameters of some of them"
        )
    return groups
