"""Where things are in a picture whose text Graphviz does not set: it lays out boxes of given sizes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from viz.graphs.dot import node_lines
from viz.graphs.markup import Attributes, digraph, statement
from viz.graphs.outline import Node, Outline
from viz.graphs.parts import Part, common_part
from viz.graphs.style import Direction
from viz.images import image

Point = tuple[float, float]
Size = tuple[float, float]

_RANKDIR: dict[Direction, str] = {"right": "LR", "down": "TB"}
_GRAPH = {"nodesep": "0.15", "ranksep": "0.2", "margin": "0", "pad": "0"}
_NODE = {"shape": "box", "fixedsize": "true", "label": ""}


class Curve(NamedTuple):
    """A Bézier curve: where it starts, and for each piece two control points and its end; the tip of an arrow, if any.

    An edge with a label is two of them, before and behind it.
    """

    points: list[Point]
    tip: Point | None


class Places(NamedTuple):
    """All in points, from the lower left corner; y grows upwards.

    size    width and height of everything
    nodes   the centre of each node
    labels  the centre of each edge's label, by the position of the edge
    curves  the lines of all edges
    parts   the lower left and the upper right corner of each part
    """

    size: Size
    nodes: list[Point]
    labels: dict[int, Point]
    curves: list[Curve]
    parts: list[tuple[Point, Point]]


def lay_out(
    outline: Outline, nodes: Sequence[Size], labels: dict[int, Size], titles: Sequence[Size], direction: Direction
) -> Places:
    """Places for nodes, for labels of edges (by the position of the edge) and for titles of parts of these sizes.

    A label is laid out as a node on its edge: nothing else can come to lie there. Raises GraphvizError where there is
    no Graphviz.
    """
    on_edges = {place: _on_edge(outline, place) for place in labels}
    boxes = [*outline.nodes, *on_edges.values()]
    sizes = {id(box): size for box, size in zip(boxes, [*nodes, *labels.values()], strict=True)}
    rooms = {id(part): size for part, size in zip(outline.parts, titles, strict=True)}

    def box(node: Node) -> Attributes:
        """The size of a node or a label, in inches."""
        width, height = sizes[id(node)]
        return {"width": f"{width / 72:.4f}", "height": f"{height / 72:.4f}"}

    def title(part: Part) -> Attributes:
        """The room that the title of a part takes above its nodes."""
        width, height = rooms[id(part)]
        sides = f'FIXEDSIZE="TRUE" WIDTH="{width:.0f}" HEIGHT="{height:.0f}"'
        return {"label": f'<<TABLE BORDER="0" {sides}><TR><TD></TD></TR></TABLE>>', "margin": "8"}

    names = {place: f"n{len(outline.nodes) + count}" for count, place in enumerate(labels)}
    lines = node_lines(Outline(tuple(boxes), (), outline.parts), box, title)
    graph = {**_GRAPH, "rankdir": _RANKDIR[direction]}
    dot = digraph("places", {"graph": graph, "node": _NODE}, [*lines, *_edge_lines(outline, names)])
    return _read(json.loads(image(dot, "json0")), outline, names)


def _on_edge(outline: Outline, place: int) -> Node:
    """What stands for the label of an edge: a node in the innermost part around both ends."""
    edge = outline.edges[place]
    part = common_part(outline.nodes[edge.source].part, outline.nodes[edge.target].part)
    return Node("operation", "", "", (), part)


def _edge_lines(outline: Outline, names: dict[int, str]) -> Iterator[str]:
    """Each edge in DOT; with a label, it leads through that."""
    for place, edge in enumerate(outline.edges):
        stations = [f"n{edge.source}", *([names[place]] if place in names else []), f"n{edge.target}"]
        for start, end in pairwise(stations):
            yield statement(f"{start} -> {end}", {} if end == stations[-1] else {"arrowhead": "none"})


def _read(drawn: Any, outline: Outline, names: dict[int, str]) -> Places:
    """The places in what Graphviz says, as JSON (https://graphviz.org/docs/outputs/json)."""
    left, bottom, right, top = _numbers(drawn["bb"])
    objects = {found["name"]: found for found in drawn.get("objects", [])}

    def point(text: str) -> Point:
        """A point, as seen from the lower left corner."""
        x, y = _numbers(text)
        return round(x - left, 1), round(y - bottom, 1)

    def curve(text: str) -> Curve:
        """A curve; the tip of its arrow comes first."""
        tip, points = text.removeprefix("e,").split(" ", 1) if text.startswith("e,") else (None, text)
        return Curve([point(piece) for piece in points.split()], point(tip) if tip else None)

    def corners(text: str) -> tuple[Point, Point]:
        """The two corners of a box."""
        numbers = text.split(",")
        return point(",".join(numbers[:2])), point(",".join(numbers[2:]))

    return Places(
        (right - left, top - bottom),
        [point(objects[f"n{index}"]["pos"]) for index in range(len(outline.nodes))],
        {place: point(objects[name]["pos"]) for place, name in names.items()},
        [curve(found["pos"]) for found in drawn.get("edges", [])],
        [corners(objects[f"cluster_{index}"]["bb"]) for index in range(len(outline.parts))],
    )


def _numbers(text: str) -> list[float]:
    """Numbers with commas between them."""
    return [float(number) for number in text.split(",")]
