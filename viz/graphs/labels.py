"""What is written on nodes, edges and around them, as plain text: each format of a drawing sets it in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from viz.graphs.marks import Mark
from viz.graphs.outline import Node, Outline
from viz.graphs.parts import Part, local
from viz.graphs.style import Style
from viz.notation import number, printable, several, shortened
from viz.palette import LOOKS, GradientScale, Role

WIDEST = 26
"""In characters: what a label may take of the room for a node."""

_LONGEST_TITLE = 80
_MOST_COLUMNS = 4


class Numbers(NamedTuple):
    """A row of numbers as texts: their name, data and gradients, which may be none."""

    name: str
    data: list[str]
    gradients: list[str]


def name_of(node: Node, longest: int = WIDEST) -> str:
    """The name of a node as it is written in the part around it."""
    return shortened(local(node.name, node.part), longest)


def rounds_of(node: Node) -> str:
    """How often each loop runs whose Values a node stands for: ``×4×8``; empty for one Value and for a part."""
    return "" if node.role == "part" or node.size == 1 else "".join(f"×{size}" for size in node.dims)


def expression_of(node: Node) -> str:
    """How a node was computed: ``= a * b``; of a part, its note; empty where there is neither."""
    if node.role == "part":
        return shortened(node.expression, WIDEST)
    return node.expression and f"= {node.expression}"


def numbers(node: Node, style: Style) -> list[Numbers]:
    """The numbers of a node; of a part, the range of each kind in it."""
    most = 0 if node.role == "part" else _MOST_COLUMNS
    rows = []
    for row in node.rows:
        data, gradients = (_written(values, style.digits, most) for values in (row.data, row.gradients))
        if data or style.gradients:
            rows.append(Numbers(shortened(row.name, WIDEST), data, gradients if style.gradients else []))
    return rows


def _written(values: Sequence[float] | None, digits: int, most: int) -> list[str]:
    """Each of at most so many numbers, or the range of more as one text."""
    if values is None:
        return ["not computed"]
    return [number(value, digits) for value in values] if len(values) <= most else [several(values, digits=digits)]


def partials(outline: Outline, style: Style) -> dict[int, str]:
    """The local partial derivatives at edges, by the position of the edge; empty where only a mark is known."""
    labelled = ((place, edge.partials) for place, edge in enumerate(outline.edges) if edge.is_labelled)
    return {place: several(partials, 2, style.digits) for place, partials in labelled}


def part_title(part: Part, longest: int = WIDEST) -> tuple[str, str]:
    """The name of a part, and a word on what it does, which may be empty."""
    name, note = (shortened(printable(text), longest) for text in (part.name, part.scope.note))
    return name, note


def title_of(style: Style) -> str:
    """The line above a drawing; empty for none."""
    return shortened(printable(style.title), _LONGEST_TITLE)


def scale_of(outline: Outline, style: Style) -> GradientScale | None:
    """The scale of the gradients in a drawing, results aside, where they are always 1; None if roles colour it."""
    if style.colors == "role":
        return None
    sources = {edge.source for edge in outline.edges}
    inside = [node.gradient for index, node in enumerate(outline.nodes) if index in sources]
    return GradientScale.of(inside or [node.gradient for node in outline.nodes])


def occurring(outline: Outline) -> list[Role]:
    """The roles of the nodes in a drawing, in the order of the palette."""
    found = {node.role for node in outline.nodes}
    return [role for role in LOOKS if role in found]


def marked(outline: Outline) -> list[tuple[str, Mark]]:
    """What marks mean, each with one that looks so, where some follow from others."""
    marks = [*(node.mark for node in outline.nodes), *(edge.mark for edge in outline.edges)]
    if not any(mark and mark.follows for mark in marks):
        return []
    return [("differs", Mark()), ("follows from it", Mark(follows=True))]


def legend(outline: Outline, style: Style) -> tuple[str, str]:
    """What the colours show, unless they say so, and what stands on edges; either may be empty."""
    gradient = "gradient, of a part its norm" if "part" in occurring(outline) else "gradient"
    colors = gradient if style.colors == "gradient" else ""
    return colors, "on an edge: local partial ∂result/∂operand" if any(partials(outline, style).values()) else ""
