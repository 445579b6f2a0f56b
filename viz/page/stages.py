"""What the explorer's page shows: the stages of a program line by line, and its two graphs as pictures and formulas.

All lines are numbered through, from the first stage to the last; so the page follows links.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

from engine import Value
from engine.extend import GRADIENT_OF, Stage
from viz.graphs.outline import outline
from viz.mathml import equations
from viz.notation import one_line, partial_symbol, printable
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

_LONGEST_DRAWN = 5_000
"""So long the edges of a picture are in all, in ranks: Graphviz takes minutes for a leaf that 500 steps use."""

_DEEPEST = 2
"""In assembly, where all lines but labels are indented alike."""


class Stages:
    """The stages of the program of a Value and of its gradient, ready for the page.

    record  that of the value
    """

    def __init__(self, record: Record, stages: Sequence[Stage]) -> None:
        self._record = record
        self._stages = stages
        self._first = [0, *accumulate(len(stage.lines) for stage in stages)]
        lines = [line for stage in stages for line in stage.lines]
        self._nodes = {line.value: number for number, line in enumerate(lines) if line.value is not None}
        self._names = {line.value: line.text.partition(" = ")[0] for line in lines if line.value is not None}
        self._derivatives = [node for node in self._nodes if node in GRADIENT_OF]

    def content(self) -> dict[str, Any]:
        """The page as plain data. Raises GraphvizError."""
        graph, gradient = self._record, Record(self._derivatives, self._record.parameters)
        pictures = [
            {"title": "Recorded graph", **self._drawn(graph, len(graph.uses))},
            {"title": "Its gradient", **self._drawn(gradient, _MOST_DRAWN)},
        ]
        return {
            "groups": list(_GROUPS),
            "texts": list(self._texts),
            "stages": [self._stage(stage) for stage in self._stages],
            "pictures": pictures,
        }

    def formulas(self) -> str:
        """Both graphs as formulas."""
        roots = [*self._record.roots, *self._derivatives]
        return "\n".join(equations(roots, self._called, lambda node: str(self._nodes[node])))

    @cached_property
    def _called(self) -> Mapping[Value, str]:
        """What nodes are called in formulas and pictures: those without a label as in the lines, derivatives ∂f/∂x."""
        (value,) = self._record.roots
        named = one_line(Record([value, *self._derivatives], self._record.parameters).names)
        named |= {node: name for node, name in self._names.items() if not node.label}
        symbols = {node: partial_symbol(named[value], named[GRADIENT_OF[node]]) for node in self._derivatives}
        return named | symbols

    @cached_property
    def _texts(self) -> Mapping[str, int]:
        """The different texts of lines, each with its number: a pass leaves most lines as they were."""
        texts = dict.fromkeys(text for stage in self._stages for text in _shown(stage))
        return dict(zip(texts, range(len(texts)), strict=True))

    def _stage(self, stage: Stage) -> dict[str, Any]:
        """A stage: what is said of it, the texts of its lines, and the lines that they were made from."""
        group = next((group for group, names in _GROUPS.items() if stage.name in names), None)
        return {
            "name": stage.name,
            "title": _TITLES.get(stage.name, stage.name.capitalize()) if group else stage.name,
            "group": list(_GROUPS).index(group or _PASSES),
            "isPass": group is None,
            "about": printable(stage.about),
            "missing": stage.missing,
            "texts": [self._texts[text] for text in _shown(stage)],
            "sources": [[self._first[place] + source for place, source in line.sources] for line in stage.lines],
        }

    def _drawn(self, record: Record, most: int) -> dict[str, Any]:
        """A picture of a graph; above so many nodes, a note says why it is not drawn."""
        if len(record.uses) <= most and _length(record) <= _LONGEST_DRAWN:
            return {"record": self._picture(record), "note": ""}
        return {"record": None, "note": f"It has {len(record.uses)} nodes, too many to draw: read its lines below."}

    def _picture(self, record: Record) -> dict[str, Any]:
        """A graph, its nodes with the numbers of their lines."""
        record.names = {node: self._called[node] for node in record.uses}
        drawn = outline(record, len(record.uses))
        content = views_content(record, drawn, graph_content(record, drawn))
        lines = [{"line": self._nodes[node]} for node in record.uses]
        return content | {"nodes": [node | line for node, line in zip(content["nodes"], lines, strict=True)]}


def _length(record: Record) -> int:
    """How long all edges of a picture are: a leaf stands before its first use, a result behind its last operand."""
    ranks: dict[Value, int] = {}
    length = 0
    for node, uses in record.uses.items():
        rank = 1 + max((ranks.get(use.operand, 0) for use in uses), default=0)
        for use in uses:
            ranks[node] = rank
            length += rank - ranks.setdefault(use.operand, rank - 1)
    return length


def _shown(stage: Stage) -> list[str]:
    """The lines of a stage in characters that fonts have, with their indentation; in assembly it is too deep."""
    widths = [len(line.text) - len(line.text.lstrip(" ")) for line in stage.lines]
    return [
        " " * min(width, _DEEPEST if stage.name == "assembly" else width) + printable(line.text)
        for width, line in zip(widths, stage.lines, strict=True)
    ]
