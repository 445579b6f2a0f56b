"""Where things are in the player's picture: Graphviz lays the graph out, and the page draws it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from viz.graphs.dot import node_lines
from viz.graphs.markup import digraph, statement
from viz.graphs.outline import Node, Outline
from viz.graphs.parts import Part
from viz.images import image
from viz.notation import columns, number, printable, shortened

LINE_HEIGHT = 18
"""In pixels, like all lengths here. A point of Graphviz counts as a pixel."""

LONGEST_TITLE = 22
"""In characters: what a name may take of the room for a node or a part."""

# A generous mean of the width of characters at a font size of 14. The page squeezes the texts of a wider font.
_CHARACTER = 7.6
_PADDING = 20
_DEFAULTS = {
    "graph": {"rankdir": "LR", "nodesep": "0.35", "ranksep": "0.35", "margin": "0", "pad": "0"},
    "node": {"shape": "box", "fixedsize": "true", "label": ""},
}


@dataclass(frozen=True)
class Box:
    """A rectangle, by its upper left corner; y grows downwards."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Line:
    """An edge: the path of its curve in the language of SVG, and the middle of its label."""

    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Layout:
    """Places of the nodes, edges and parts of an outline, in its order."""

    width: float
    height: float
    nodes: tuple[Box, ...]
    edges: tuple[Line, ...]
    parts: tuple[Box, ...]


def lay_out(outline: Outline, texts: Sequence[Sequence[str]]) -> Layout:
    """Places for the nodes of a graph by operation, with these lines of text, and for edges with their partials.

    Raises GraphvizError where there is no Graphviz.
    """
    sizes = {id(node): _size(lines) for node, lines in zip(outline.nodes, texts, strict=True)}

    def size_of(node: Node) -> dict[str, str]:
        """The size of a node, in inches."""
        width, height = sizes[id(node)]
        return {"width": f"{width / 72:.4f}", "height": f"{height / 72:.4f}"}

    nodes = node_lines(outline, size_of, lambda part: {"label": _room(" ".join(part_title(part))), "margin": "12"})
    edges = (
        statement(f"n{edge.source} -> n{edge.target}", {"label": _room(number(edge.partials[0])), "id": str(index)})
        for index, edge in enumerate(outline.edges)
    )
    return _read(json.loads(image(digraph("layout", _DEFAULTS, [*nodes, *edges]), "json0")), outline)


def part_title(part: Part) -> tuple[str, str]:
    """The name of a part and its note, as they stand above its nodes."""
    return shortened(printable(part.name), LONGEST_TITLE), shortened(printable(part.scope.note), LONGEST_TITLE)


def _size(lines: Sequence[str]) -> tuple[float, float]:
    """The width and height that lines of text need."""
    return max(map(columns, lines)) * _CHARACTER + _PADDING, len(lines) * LINE_HEIGHT + 14


def _room(text: str) -> str:
    """An empty label of the size of one line of text."""
    size = f'FIXEDSIZE="TRUE" WIDTH="{round(columns(text) * _CHARACTER)}" HEIGHT="{LINE_HEIGHT}"'
    return f'<<TABLE BORDER="0" {size}><TR><TD></TD></TR></TABLE>>'


def _read(drawn: Any, outline: Outline) -> Layout:
    """The places in what Graphviz says, as JSON (https://graphviz.org/docs/outputs/json)."""
    left, bottom, right, top = _numbers(drawn["bb"])
    objects = {found["name"]: found for found in drawn["objects"]}

    def box(low_x: float, low_y: float, high_x: float, high_y: float) -> Box:
        """A rectangle of Graphviz, where y grows upwards."""
        return Box(round(low_x - left, 2), round(top - high_y, 2), round(high_x - low_x, 2), round(high_y - low_y, 2))

    def point(x: float, y: float) -> str:
        """A point of a path."""
        return f"{x - left:.1f},{top - y:.1f}"

    nodes = []
    for index in range(len(outline.nodes)):
        found = objects[f"n{index}"]
        x, y = _numbers(found["pos"])
        width, height = (72 * float(found[side]) for side in ("width", "height"))
        nodes.append(box(x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    edges = []
    for found in sorted(drawn.get("edges", []), key=lambda found: int(found["id"])):
        end, *curve = [_numbers(pair.removeprefix("e,")) for pair in found["pos"].split()]
        start, *rest = [point(*pair) for pair in curve]
        label_x, label_y = _numbers(found["lp"])
        path = f"M{start} C{' '.join(rest)} L{point(*end)}"
        edges.append(Line(path, round(label_x - left, 1), round(top - label_y, 1)))
    parts = tuple(box(*_numbers(objects[f"cluster_{index}"]["bb"])) for index in range(len(outline.parts)))
    return Layout(right - left, top - bottom, tuple(nodes), tuple(edges), parts)


def _numbers(text: str) -> list[float]:
    """Numbers with commas between them."""
    return [float(number) for number in text.split(",")]
