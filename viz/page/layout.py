"""Where things are in the player's picture: Graphviz lays the graph out, and the page draws it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

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


Place = dict[str, Any]
"""x, y, width and height of a box, by its upper left corner; of an edge its ``path`` as SVG, and x, y of its label."""


class Layout(NamedTuple):
    """Places of the nodes, edges and parts of an outline, in its order; y grows downwards."""

    width: float
    height: float
    nodes: list[Place]
    edges: list[Place]
    parts: list[Place]


def lay_out(outline: Outline, texts: Sequence[Sequence[str]]) -> Layout:
    """Places for the nodes of a graph by operation, with these lines of text, and for edges with their partials.

    Raises GraphvizError where there is no Graphviz.
    """
    lines = {id(node): text for node, text in zip(outline.nodes, texts, strict=True)}

    def size_of(node: Node) -> dict[str, str]:
        """The size of a node, in inches."""
        width = max(map(columns, lines[id(node)])) * _CHARACTER + _PADDING
        return {"width": f"{width / 72:.4f}", "height": f"{(len(lines[id(node)]) * LINE_HEIGHT + 14) / 72:.4f}"}

    def title_of(part: Part) -> dict[str, str]:
        """The room that the title of a part takes above its nodes."""
        return {"label": _room(" ".join(part_title(part).values())), "margin": "12"}

    nodes = node_lines(outline, size_of, title_of)
    edges = (
        statement(f"n{edge.source} -> n{edge.target}", {"label": _room(number(edge.partials[0])), "id": str(index)})
        for index, edge in enumerate(outline.edges)
    )
    return _read(json.loads(image(digraph("layout", _DEFAULTS, [*nodes, *edges]), "json0")), outline)


def part_title(part: Part) -> dict[str, str]:
    """The name of a part and its note, as they stand above its nodes."""
    texts = {"name": part.name, "note": part.scope.note}
    return {kind: shortened(printable(text), LONGEST_TITLE) for kind, text in texts.items()}


def _room(text: str) -> str:
    """An empty label of the size of one line of text."""
    size = f'FIXEDSIZE="TRUE" WIDTH="{round(columns(text) * _CHARACTER)}" HEIGHT="{LINE_HEIGHT}"'
    return f'<<TABLE BORDER="0" {size}><TR><TD></TD></TR></TABLE>>'


def _read(drawn: Any, outline: Outline) -> Layout:
    """The places in what Graphviz says, as JSON (https://graphviz.org/docs/outputs/json), where y grows upwards."""
    left, bottom, right, top = _numbers(drawn["bb"])
    objects = {found["name"]: found for found in drawn["objects"]}

    def box(low_x: float, low_y: float, high_x: float, high_y: float) -> Place:
        """A rectangle by two of its corners."""
        sides = {"x": low_x - left, "y": top - high_y, "width": high_x - low_x, "height": high_y - low_y}
        return {name: round(length, 2) for name, length in sides.items()}

    def node(index: int) -> Place:
        """A node, whose size is in inches."""
        found = objects[f"n{index}"]
        x, y = _numbers(found["pos"])
        half_width, half_height = 36 * float(found["width"]), 36 * float(found["height"])
        return box(x - half_width, y - half_height, x + half_width, y + half_height)

    def edge(found: Any) -> Place:
        """An edge: from the beginning of its curve to the tip of its arrow."""
        end, start, *curve = [
            f"{x - left:.1f},{top - y:.1f}" for x, y in map(_numbers, found["pos"].removeprefix("e,").split())
        ]
        x, y = _numbers(found["lp"])
        return {"path": f"M{start} C{' '.join(curve)} L{end}", "x": round(x - left, 1), "y": round(top - y, 1)}

    nodes = [node(index) for index in range(len(outline.nodes))]
    edges = [edge(found) for found in sorted(drawn.get("edges", []), key=lambda found: int(found["id"]))]
    parts = [box(*_numbers(objects[f"cluster_{index}"]["bb"])) for index in range(len(outline.parts))]
    return Layout(right - left, top - bottom, nodes, edges, parts)


def _numbers(text: str) -> list[float]:
    """Numbers with commas between them."""
    return [float(number) for number in text.split(",")]
