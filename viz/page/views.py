"""The views of a graph: in each, some parts are open, and every other part is one box.

All of them are laid out beforehand, so that a view is the same however a reader came to it. There is one for each
level, from all parts closed to all open, and one for each part: that part and those around it open.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine import Value
from viz.graphs.outline import Edge, Node, Outline
from viz.graphs.parts import Part, PartCall, path_of
from viz.notation import columns, number, unused
from viz.page.content import WIDEST_NUMBER, box_texts
from viz.page.layout import Layout, Picture, lay_out, part_title, size_of
from viz.record import Record

MOST_BOXES = 10_000
"""In all views together: beyond it, some parts have no view of their own, and the page stays small."""

_USUAL_PARTIAL = "-0.12345"
_MOST_OUTPUTS = 4

Box = int | Part
"""What is drawn as one box: a node, by its place in the record, or a closed part."""


def views_content(record: Record, outline: Outline, graph: Mapping[str, Any]) -> dict[str, Any]:
    """A graph with its parts, their calls, and the views.

    outline  that of the record by operation
    graph    its nodes and edges, as `viz.page.content.graph_content` gives them

    Raises GraphvizError where there is no Graphviz.
    """
    views = _Views(record, outline, graph)
    levels = _levels(outline.parts)
    shown = list(_within_limits(map(views.view, levels), map(views.view, map(_around, outline.parts))))
    layouts = lay_out([views.picture(view) for view in shown])
    parts = {part: place for place, part in enumerate(outline.parts)}
    calls: dict[PartCall | None, int] = {call: place for place, call in enumerate(views.calls)}
    around: dict[Part | None, int] = {**parts}
    insides = zip(graph["nodes"], record.uses, outline.nodes, strict=True)
    return {
        "nodes": [
            sized(node) | {"part": around.get(drawn.part), "call": calls.get(record.parts.calls.get(value))}
            for node, value, drawn in insides
        ],
        "edges": graph["edges"],
        "parts": views.parts_content(),
        "calls": [{"part": parts[call.part], "outer": calls.get(call.outer)} for call in views.calls],
        "views": [view_content(layout, view, parts) for view, layout in zip(shown, layouts, strict=True)],
        "levels": _level_names(shown[: len(levels)]),
    }


@dataclass(frozen=True)
class View:
    """What is to be seen while some parts are open.

    boxes  in the order of ``outline.nodes``
    lines  in the order of ``outline.edges``: the uses that a line stands for, by their places in the record
    """

    opened: Set[Part]
    boxes: Sequence[Box]
    lines: Sequence[Sequence[int]]
    outline: Outline


def sized(node: Mapping[str, Any]) -> dict[str, Any]:
    """A node with the size of its box."""
    width, height = size_of(box_texts(node))
    return {**node, "width": width, "height": height}


def view_content(layout: Layout, view: View, parts: Mapping[Part, int]) -> dict[str, Any]:
    """A view as compact data: nodes as n, x, y, …; parts, open or not, as p, x, y, width, height, …; and lines, each as
    the first of its uses, the middle of its label and its path.
    """
    placed = list(zip(view.boxes, layout.nodes, strict=True))
    closed = [(parts[box], *place) for box, place in placed if isinstance(box, Part)]
    frames = [(parts[part], *place) for part, place in zip(view.outline.parts, layout.parts, strict=True)]
    lines = [(uses[0], *line) for uses, line in zip(view.lines, layout.edges, strict=True)]
    return {
        "width": layout.width,
        "height": layout.height,
        "open": [place for part, place in parts.items() if part in view.opened],
        "nodes": _flat((box, place.x, place.y) for box, place in placed if isinstance(box, int)),
        "parts": _flat([*closed, *frames]),
        "lines": _flat(lines),
    }


def _flat(rows: Iterator[Sequence[Any]] | Sequence[Sequence[Any]]) -> list[Any]:
    """All that is in the rows, one after the other."""
    return [item for row in rows for item in row]


class _Views:
    """A record on the way to its views."""

    def __init__(self, record: Record, outline: Outline, graph: Mapping[str, Any]) -> None:
        self._record = record
        self._outline = outline
        self._graph = graph
        self._uses = [use for uses in record.uses.values() for use in uses]

    @cached_property
    def calls(self) -> list[PartCall]:
        """All calls of parts, each after those around it."""
        found = dict.fromkeys(
            call for innermost in self._record.parts.calls.values() for call in reversed([*_calls(innermost)])
        )
        return list(found)

    def view(self, opened: Set[Part]) -> View:
        """What is to be seen while these parts are open."""
        homes = [_home(place, node.part, opened) for place, node in enumerate(self._outline.nodes)]
        boxes = list(dict.fromkeys(homes))
        order = {box: place for place, box in enumerate(boxes)}
        lines: dict[Any, list[int]] = {}
        for index, edge in enumerate(self._outline.edges):
            ends = homes[edge.source], homes[edge.target]
            if self._is_seen(index, *ends):
                lines.setdefault((ends, index if all(isinstance(end, int) for end in ends) else None), []).append(index)
        drawn = Outline(
            tuple(self._node(box) for box in boxes),
            tuple(Edge(order[source], order[target], ()) for (source, target), _ in lines),
            tuple(part for part in self._outline.parts if part in opened),
        )
        return View(opened, boxes, list(lines.values()), drawn)

    def picture(self, view: View) -> Picture:
        """A view with the texts that need room."""
        texts = [self._texts(box) for box in view.boxes]
        labels = [
            self._label(view.boxes[edge.source], view.boxes[edge.target], uses)
            for edge, uses in zip(view.outline.edges, view.lines, strict=True)
        ]
        return Picture(view.outline, texts, labels)

    def parts_content(self) -> list[dict[str, Any]]:
        """What a page knows of the parts, each with the size of its box and all nodes in it."""
        taken: set[str] = set()
        found = []
        places: dict[Part | None, int] = {part: place for place, part in enumerate(self._outline.parts)}
        for part in self._outline.parts:
            path = unused(path_of(part), taken)
            taken.add(path)
            width, height = size_of(self._texts(part))
            about = {"path": path, "parent": places.get(part.parent), "width": width, "height": height}
            found.append({**part_title(part), **about, "inside": self._inside(part), "nodes": self._members(part)})
        return found

    def _is_seen(self, index: int, source: Box, target: Box) -> bool:
        """Whether a use is between two boxes, or between two calls of a part."""
        if source is not target or not isinstance(source, Part):
            return True
        return self._record.parts.leads_into(*self._uses[index][:2], source)

    def _node(self, box: Box) -> Node:
        """A box as a node of an outline."""
        if isinstance(box, Part):
            return Node("part", box.name, box.scope.note, (), box.parent)
        return self._outline.nodes[box]

    def _texts(self, box: Box) -> list[str]:
        """What there must be room for in a box; a closed part has a sign for opening it, too."""
        if isinstance(box, int):
            return box_texts(self._graph["nodes"][box])
        title = " ".join(part_title(box).values())
        count = len(self._outputs(box))
        few = ", ".join(["-0.123"] * min(count, _MOST_OUTPUTS))
        widest = WIDEST_NUMBER if count == 1 else f"grad {few}" if count <= _MOST_OUTPUTS else "grad -0.123 … -0.123"
        return [f"{title} + ", self._inside(box), widest, widest]

    def _label(self, source: Box, target: Box, uses: Sequence[int]) -> str:
        """As much as a label needs: a partial may change in the page, except where it is written in the formula.

        Between two closed parts there is none: they may be many, as from each neuron of a layer to each of the next.
        """
        if isinstance(source, Part) and isinstance(target, Part):
            return ""
        if len(uses) > 1:
            return uses_of(len(uses))
        (index,) = uses
        text = number(self._uses[index].partial)
        is_fixed = self._graph["edges"][index]["formulas"] == [text]
        return text if is_fixed or columns(text) > columns(_USUAL_PARTIAL) else _USUAL_PARTIAL

    def _members(self, part: Part) -> list[int]:
        """The nodes in a part and in the parts within it."""
        return [
            place
            for place, node in enumerate(self._outline.nodes)
            if node.part is not None and part in node.part.ancestors()
        ]

    def _outputs(self, part: Part) -> set[Value]:
        """What a part gives to others."""
        nodes = list(self._record.uses)
        inside = {nodes[place] for place in self._members(part)}
        used = {use.operand for use in self._uses if use.result not in inside} | {*self._record.roots}
        return {node for node in inside & used if not node.is_leaf}

    def _inside(self, part: Part) -> str:
        """How much is in a part: "8 neurons", "3 calls of 7 operations"."""
        calls = Counter(_call_of(part, call) for call in self._record.parts.calls.values() if part in _parts(call))
        within = [inner.name for inner in self._outline.parts if inner.parent is part]
        counts = set(calls.values())
        if within:
            text = f"{len(within)} {kind_of(within)}"
        elif len(counts) > 1:
            return f"{calls.total()} operations in {len(calls)} calls"
        else:
            count = max(counts, default=0)
            text = f"{count} {kind_of(['operation'] * count)}"
        return f"{len(calls)} calls of {text}" if len(calls) > 1 else text


# --- Parts and calls -------------------------------------------------------------------------------------------------


def _home(place: int, part: Part | None, opened: Set[Part]) -> Box:
    """The box of a node: that of the outermost closed part around it, else its own."""
    closed = [around for around in part.ancestors() if around not in opened] if part else []
    return closed[-1] if closed else place


def _calls(call: PartCall | None) -> Iterator[PartCall]:
    """A call and those around it, outwards."""
    while call is not None:
        yield call
        call = call.outer


def _parts(call: PartCall) -> set[Part]:
    """The parts that a call and those around it are of."""
    return {around.part for around in _calls(call)}


def _call_of(part: Part, call: PartCall) -> PartCall:
    """The outermost call of a part around what is in a call: a function that calls itself is called once."""
    return [around for around in _calls(call) if around.part is part][-1]


# --- Which views there are -------------------------------------------------------------------------------------------


def _around(part: Part) -> Set[Part]:
    """What is open in the view of a part."""
    return frozenset(part.ancestors())


def _levels(parts: Sequence[Part]) -> list[Set[Part]]:
    """What is open on each level: nothing, then one depth after the other of the parts with parts in them, then all."""
    depth = {part: len([*part.ancestors()]) for part in parts}
    around = {part.parent for part in parts}
    deepest = max(depth.values(), default=0)
    opened = [frozenset(part for part in parts if part in around and depth[part] <= level) for level in range(deepest)]
    return list(dict.fromkeys([*opened, frozenset(parts)]))


def _within_limits(levels: Iterator[View], others: Iterator[View]) -> Iterator[View]:
    """The levels, then as many other views as there is room for, each only once."""
    seen: set[Set[Part]] = set()
    boxes = 0
    for views, most in ((levels, float("inf")), (others, MOST_BOXES)):
        for view in views:
            if view.opened not in seen and boxes + len(view.boxes) <= most:
                seen.add(view.opened)
                boxes += len(view.boxes)
                yield view


def _level_names(levels: Sequence[View]) -> list[str]:
    """What the levels are called: after the parts that are closed in them, but open, or not yet drawn, in others."""
    kinds = []
    for view in levels[:-1]:
        closed = [box for box in view.boxes if isinstance(box, Part)]
        around = {part.parent for part in levels[-1].opened}
        telling = [part for part in closed if part in around] or [part for part in closed if part.parent] or closed
        kinds.append(kind_of([part.name for part in [*telling, *telling]]).capitalize())
    kinds.append("Operations")
    return [kind if kinds.count(kind) == 1 else f"{kind} {place + 1}" for place, kind in enumerate(kinds)]


def kind_of(names: Sequence[str]) -> str:
    """What several things are called together: ``neurons`` for ``neuron0`` and ``neuron1``, else ``parts``."""
    stems = {re.sub(r"[^\w]*[\d_]*[^\w]*$", "", name) for name in names}
    stem = stems.pop() if len(stems) == 1 else ""
    return (stem or "part") + ("s" if len(names) != 1 else "")


def uses_of(count: int) -> str:
    """What stands on a line for several uses."""
    return f"{count} uses"
