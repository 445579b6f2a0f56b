"""The views of a graph: in each, some parts are open, and every other part is one box.

All of them are laid out beforehand, so that a view is the same however a reader came to it. There is one for each
level, from all parts closed to all open, and one for each part: that part and those around it open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from viz.graphs.outline import Edge, Node, Outline
from viz.graphs.parts import Part
from viz.notation import columns, number
from viz.page.content import box_texts
from viz.page.layout import Layout, Line, Picture, Place, lay_out, size_of
from viz.page.order import in_order
from viz.page.parts import PageParts, kind_of
from viz.record import Record

MOST_BOXES = 10_000
"""In all views together: beyond it, some parts have no view of their own, and the page stays small."""

_USUAL_PARTIAL = "-0.12345"

Box = int | Part
"""What is drawn as one box: a node, by its place in the record, or a closed part."""


def views_content(record: Record, outline: Outline, graph: Mapping[str, Any]) -> dict[str, Any]:
    """A graph with its parts, their calls, and the views.

    outline  that of the record by operation
    graph    its nodes and edges, as `viz.page.content.graph_content` gives them

    Raises GraphvizError where there is no Graphviz.
    """
    parts = PageParts(record, outline)
    views = _Views(record, outline, graph, parts)
    levels = _levels(outline.parts)
    shown = list(_within_limits(map(views.view, levels), map(views.view, map(_around, outline.parts))))
    layouts = lay_out([views.picture(view) for view in shown])
    nodes = zip(graph["nodes"], record.uses, outline.nodes, strict=True)
    named = _level_names(shown[: len(levels)])
    return {
        "nodes": [
            node
            | dict(zip(("width", "height"), size_of(box_texts(node)), strict=True))
            | {"part": parts.places.get(drawn.part), "call": parts.calls.get(record.parts.calls.get(value))}
            for node, value, drawn in nodes
        ],
        "edges": graph["edges"],
        "parts": parts.content(level.lower() for level in named),
        "calls": parts.calls_content(),
        "views": [
            view_content(in_order(layout, view.outline), view, parts.places)
            for view, layout in zip(shown, layouts, strict=True)
        ],
        "levels": named,
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


class _Views:
    """A record on the way to its views."""

    def __init__(self, record: Record, outline: Outline, graph: Mapping[str, Any], parts: PageParts) -> None:
        self._record = record
        self._outline = outline
        self._graph = graph
        self._parts = parts
        self._uses = [use for uses in record.uses.values() for use in uses]

    def view(self, opened: Set[Part]) -> View:
        """What is to be seen while these parts are open."""
        homes = [_home(place, node.part, opened) for place, node in enumerate(self._outline.nodes)]
        boxes = list(dict.fromkeys(homes))
        order = {box: place for place, box in enumerate(boxes)}
        lines: dict[Any, list[int]] = {}
        for index, edge in enumerate(self._outline.edges):
            ends = homes[edge.source], homes[edge.target]
            if self._is_seen(index, *ends):
                alone = index if all(isinstance(end, int) for end in ends) else None
                lines.setdefault((ends, alone), []).append(index)
        drawn = Outline(
            tuple(self._node(box) for box in boxes),
            tuple(Edge(order[source], order[target], ()) for (source, target), _ in lines),
            tuple(part for part in self._outline.parts if part in opened),
        )
        return View(opened, boxes, list(lines.values()), drawn)

    def picture(self, view: View) -> Picture:
        """A view with the room that it needs."""
        ends = [(view.boxes[edge.source], view.boxes[edge.target]) for edge in view.outline.edges]
        labels = [self._label(*pair, uses) for pair, uses in zip(ends, view.lines, strict=True)]
        return Picture(view.outline, [self._size(box) for box in view.boxes], labels)

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

    def _size(self, box: Box) -> tuple[int, int]:
        """The size of a box."""
        return self._parts.sizes[box] if isinstance(box, Part) else size_of(box_texts(self._graph["nodes"][box]))

    def _label(self, source: Box, target: Box, uses: Sequence[int]) -> str:
        """As much as a label needs: a partial may change in the page, except where it is written in the formula.

        An edge between two closed parts has no label: there may be many, as from each neuron of a layer to each of the
        next.
        """
        if isinstance(source, Part) and isinstance(target, Part):
            return ""
        if len(uses) > 1:
            return f"{len(uses)} uses"
        (index,) = uses
        text = number(self._uses[index].partial)
        is_fixed = self._graph["edges"][index]["formulas"] == [text]
        return text if is_fixed or columns(text) > columns(_USUAL_PARTIAL) else _USUAL_PARTIAL


def _home(place: int, part: Part | None, opened: Set[Part]) -> Box:
    """The box of a node: that of the outermost closed part around it, else its own."""
    closed = [around for around in part.ancestors() if around not in opened] if part else []
    return closed[-1] if closed else place


# --- Views as data ---------------------------------------------------------------------------------------------------


def view_content(layout: Layout, view: View, parts: Mapping[Part | None, int]) -> dict[str, Any]:
    """A view as compact data: nodes as n, x, y, …; parts, open or not, as p, x, y, width, height, …; and lines, each as
    the first of its uses, the middle of its label and its path.
    """
    placed = list(zip(view.boxes, layout.nodes, strict=True))
    closed = [(parts[box], *place) for box, place in placed if isinstance(box, Part)]
    frames = [(parts[part], *place) for part, place in zip(view.outline.parts, layout.parts, strict=True)]
    return {
        "width": layout.width,
        "height": layout.height,
        "open": sorted(parts[part] for part in view.opened),
        "nodes": _flat((box, place.x, place.y) for box, place in placed if isinstance(box, int)),
        "parts": _flat([*closed, *frames]),
        "lines": _flat((uses[0], *line) for uses, line in zip(view.lines, layout.edges, strict=True)),
    }


def everything(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a page, its nodes, edges and parts with their places in the view in which everything is open."""
    view = content["views"][len(content["levels"]) - 1]
    nodes = {node: {"x": x, "y": y} for node, x, y in _rows(view["nodes"], 3)}
    parts = {part: dict(zip(Place._fields, place, strict=True)) for part, *place in _rows(view["parts"], 5)}
    lines = {use: dict(zip(Line._fields, line, strict=True)) for use, *line in _rows(view["lines"], 4)}
    placed = {
        kind: [item | places[index] for index, item in enumerate(content[kind])]
        for kind, places in (("nodes", nodes), ("edges", lines), ("parts", parts))
    }
    return {**content, "width": view["width"], "height": view["height"], **placed}


def _flat(rows: Iterable[Sequence[Any]]) -> list[Any]:
    """All that is in the rows, one after the other."""
    return [item for row in rows for item in row]


def _rows(flat: Sequence[Any], length: int) -> Iterator[Sequence[Any]]:
    """The rows that were put one after the other."""
    return (flat[start : start + length] for start in range(0, len(flat), length))


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


def _within_limits(levels: Iterable[View], others: Iterable[View]) -> Iterator[View]:
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
    around = {part.parent for part in levels[-1].opened}
    kinds = []
    for view in levels[:-1]:
        closed = [box for box in view.boxes if isinstance(box, Part)]
        telling = [part for part in closed if part in around] or [part for part in closed if part.parent] or closed
        kinds.append(kind_of([part.name for part in [*telling, *telling]]).capitalize())
    kinds.append("Operations")
    return [kind if kinds.count(kind) == 1 else f"{kind} {place + 1}" for place, kind in enumerate(kinds)]
