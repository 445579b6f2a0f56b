"""Where things are in a picture whose text Graphviz does not set: it lays out boxes of given sizes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from viz.graphs.dot import node_lines
from viz.graphs.markup import digraph, statement
from viz.graphs.outline import Node, Outline
from viz.graphs.parts import common_part
from viz.graphs.style import Direction
from viz.images import image

Point = tuple[float, float]
Size = tuple[float, float]

_RANKDIR: dict[Direction, str] = {"right": "LR", "down": "TB"}
_GRAPH = {"nodesep": "0.15", "ranksep": "0.2", "margin": ".0", "pad": "0"}
_NODE = {"shape": "box", "fixedsize": "true", "label": ""}


class Curve(NamedTuple):
    """A Bézier curve: where it starts, and for each piece two control points and its end; the tip of an arrow, if any.

    label  the middle of its label, if it has one
    """

    points: list[Point]
    tip: Point | None
    label: Point | None


class Places(NamedTuple):
    """All in points, from the lower left corner; y grows upwards.

    size    width and height of everything
    nodes   the centre of each node
    curves  the lines of the edges, in their order if their attribute ``id`` says it
    parts   the lower left and the upper right corner of each part
    """

    size: Size
    nodes: list[Point]
    curves: list[Curve]
    parts: list[tuple[Point, Point]]


def lay_out(
    outline: Outline, nodes: Sequence[Size], labels: dict[int, Size], titles: Sequence[Size], direction: Direction
) -> Places:
    """Places for nodes, for labels of edges (by the position of the edge) and for titles of parts of these sizes.

    A label is laid out as a node on its edge: nothing else can come to lie there. Among the places they come after the
    nodes, and an edge with a label is two curves, one behind the other.

    Raises GraphvizError where there is no Graphviz.
    """
    boxed = Outline((*outline.nodes, *(_on_edge(outline, place) for place in labels)), (), outline.parts)
    names = {place: f"n{len(outline.nodes) + count}" for count, place in enumerate(labels)}
    lines = [*box_lines(boxed, [*nodes, *labels.values()], titles, 8), *_edge_lines(outline, names)]
    graph = {**_GRAPH, "rankdir": _RANKDIR[direction]}
    dot = digraph("places", {"graph": graph, "node": _NODE}, lines)
    return placed(dot, boxed)


def box_lines(outline: Outline, nodes: Sequence[Size], titles: Sequence[Size], margin: int) -> Iterator[str]:
    """The nodes and parts in DOT, as `node_lines` calls them: boxes of these sizes, and room above them for titles."""
    boxes = {
        id(node): {"width": f"{width / 72:.4f}", "height": f"{height / 72:.4f}"}
        for node, (width, height) in zip(outline.nodes, nodes, strict=True)
    }
    frames = {
        part: {"label": empty(*size), "margin": str(margin)} for part, size in zip(outline.parts, titles, strict=True)
    }
    return node_lines(outline, lambda node: boxes[id(node)], frames.__getitem__)


def empty(width: float, height: float) -> str:
    """A label that takes so much room and shows nothing."""
    size = f'FIXEDSIZE="TRUE" WIDTH="{width:.0f}" HEIGHT="{height:.0f}"'
    return f'<<TABLE BORDER="0" {size}><TR><TD></TD></TR></TABLE>>'


def _on_edge(outline: Outline, place: int) -> Node:
    """What stands for the label of an edge: a node in the innermost part around both ends."""
    edge = outline.edges[place]
    part = common_part(outline.nodes[edge.source].part, outline.nodes[edge.target].part)
    return Node("operation", "", "", (), part)


def _edge_lines(outline: Outline, names: dict[int, str]) -> Iterator[str]:
    """Each edge in DOT, with its position as its id; with a label, it leads through that."""
    for place, edge in enumerate(outline.edges):
        stations = [f"n{edge.source}", *([names[place]] if place in names else []), f"n{edge.target}"]
        for start, end in pairwise(stations):
            arrow = {} if end == stations[-1] else {"arrowhead": "none"}
            yield statement(f"{start} -> {end}", {"id": str(place), **arrow})


def placed(dot: str, outline: Outline) -> Places:
    """Where the nodes, edges and parts of `node_lines` come to lie (https://graphviz.org/docs/outputs/json)."""
    drawn = json.loads(image(dot, "json0"))
    left, bottom, right, top = _numbers(drawn["bb"])
    objects = {found["name"]: found for found in drawn.get("objects", [])}

    def points(text: str) -> list[Point]:
        """Points, as seen from the lower left corner."""
        numbers = _numbers(text.replace(" ", ","))
        return [(x - left, y - bottom) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]

    def curve(found: Any) -> Curve:
        """A curve; the tip of its arrow comes first."""
        course = points(found["pos"].removeprefix("e,"))
        tip = course.pop(0) if found["pos"].startswith("e,") else None
        return Curve(course, tip, *(points(found["lp"]) if "lp" in found else [None]))

    def corners(index: int) -> tuple[Point, Point]:
        """Two corners of a part."""
        low, high = points(objects[f"cluster_{index}"]["bb"])
        return low, high

    return Places(
        (right - left, top - bottom),
        [points(objects[f"n{index}"]["pos"])[0] for index in range(len(outline.nodes))],
        [curve(found) for found in sorted(drawn.get("edges", []), key=lambda found: int(found.get("id", 0)))],
        [corners(index) for index in range(len(outline.parts))],
    )


def _numbers(text: str) -> list[float]:
    """Numbers with commas between them."""
    return [float(number) for number in text.split(",")]
