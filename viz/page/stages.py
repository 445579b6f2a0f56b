"""What the explorer's page shows: the stages of a program line by line, and its two graphs as pictures and formulas.

All lines are numbered through, from the first stage to the last; so the page follows links.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

from engine import Value
from engine.extend import Stage
from viz.graphs.outline import outline
from viz.mathml import equations
from viz.notation import one_line, printable
from viz.page.content import graph_content
from viz.page.views import views_content
from viz.record import Record

_TITLES = {"javascript": "JavaScript", "llvm": "LLVM"}

_PASSES = "Instructions, pass by pass"
_GROUPS = {
    "Recorded": ("graph", "gradient"),
    _PASSES: ("instructions",),
    "Written out": ("python", "javascript"),
    "Rolled into loops": ("loops", "matrices"),
    "Compiled": ("llvm", "assembly"),
}
"""Which stages stand together; one in no group is a pass, and stands with the instructions."""

_MOST_DRAWN = 120
"""So many nodes the picture of a gradient has. One of more takes Graphviz half a minute, and nobody can read it."""

_TAB = 4


class Stages:
    """The stages of the program of a Value and of its gradient, ready for the page.

    record  that of the value
    """

    def __init__(self, record: Record, stages: Sequence[Stage]) -> None:
        self._record = record
        self._stages = stages
        lines = enumerate(line for stage in stages for line in stage.lines)
        self._numbers = {line.value: number for number, line in lines if line.value is not None}
        derived = [line.value for line in stages[1].lines if line.value is not None]
        inside = {operand for node in derived for operand, _ in node.edges}
        self._ends = [node for node in derived if node not in inside]

    def content(self) -> dict[str, Any]:
        """The page as plain data. Raises GraphvizError."""
        graph, gradient = self._record, Record(self._ends, self._record.parameters)
        is_small = len(gradient.uses) <= _MOST_DRAWN
        note = "" if is_small else f"It has {len(gradient.uses)} nodes, too many to draw: read its lines below."
        pictures = [
            {"title": "Recorded graph", "record": self._picture(graph), "note": ""},
            {"title": "Its gradient", "record": self._picture(gradient) if is_small else None, "note": note},
        ]
        return {
            "groups": list(_GROUPS),
            "texts": list(self._texts),
            "stages": [self._stage(stage) for stage in self._stages],
            "pictures": pictures,
        }

    def formulas(self) -> str:
        """Both graphs as formulas."""
        roots = [*self._record.roots, *self._ends]
        return "\n".join(equations(roots, self._called, lambda node: str(self._numbers[node])))

    @cached_property
    def _called(self) -> Mapping[Value, str]:
        """What nodes are called: those without a label as in the lines."""
        record = Record([*self._record.roots, *self._ends], self._record.parameters)
        called = one_line(record.names)
        lines = (line for stage in self._stages[:2] for line in stage.lines)
        given = {line.value: line.text.partition(" = ")[0] for line in lines if line.value is not None}
        return {node: name if node.label else given[node] for node, name in called.items()}

    @cached_property
    def _texts(self) -> Mapping[str, int]:
        """The different texts of lines, each with its number: a pass leaves most lines as they were."""
        texts = dict.fromkeys(_shown(line.text) for stage in self._stages for line in stage.lines)
        return dict(zip(texts, range(len(texts)), strict=True))

    def _stage(self, stage: Stage) -> dict[str, Any]:
        """A stage: what is said of it, the texts of its lines, and the lines that they were made from."""
        first = [0, *accumulate(len(before.lines) for before in self._stages)]
        group = next((group for group, names in _GROUPS.items() if stage.name in names), None)
        return {
            "name": stage.name,
            "title": _TITLES.get(stage.name, stage.name.capitalize()) if group else stage.name,
            "group": list(_GROUPS).index(group or _PASSES),
            "isPass": group is None,
            "about": printable(stage.about),
            "missing": stage.missing,
            "texts": [self._texts[_shown(line.text)] for line in stage.lines],
            "sources": [[first[place] + source for place, source in line.sources] for line in stage.lines],
        }

    def _picture(self, record: Record) -> dict[str, Any]:
        """A graph, its nodes with the numbers of their lines."""
        record.names = {node: self._called[node] for node in record.uses}
        drawn = outline(record, len(record.uses))
        content = views_content(record, drawn, graph_content(record, drawn))
        lines = [{"line": self._numbers[node]} for node in record.uses]
        return content | {"nodes": [node | line for node, line in zip(content["nodes"], lines, strict=True)]}


def _shown(text: str) -> str:
    """A line in characters that fonts have, with its indentation."""
    spaced = text.expandtabs(_TAB)
    return " " * (len(spaced) - len(spaced.lstrip(" "))) + printable(spaced)
