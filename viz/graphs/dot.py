"""How a graph looks: from its outline to DOT."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from viz.graphs.labels import partials, scale_of
from viz.graphs.marks import Mark
from viz.graphs.markup import Attributes, assigned, block, digraph, statement
from viz.graphs.outline import Edge, Node, Outline
from viz.graphs.parts import Part, common_part
from viz.graphs.style import Direction, Style
from viz.graphs.summary import natural
from viz.graphs.texts import caption, edge_label, edge_tooltip, node_label, node_tooltip, part_texts
from viz.palette import BACKWARD, FAINT, FONT, LOOKS, PART_FILL, PART_LINE, WRONG

_RANKDIR: dict[Direction, str] = {"right": "LR", "down": "TB"}

# `charset` is for pygraphviz, which takes the first text that looks like one, even in a label. `margin` is ".0" and not
# "0", of which Graphviz would make the gap between frames, too.
_GRAPH = {
    "bgcolor": "white",
    "charset": "utf-8",
    "fontname": FONT,
    "margin": ".0",
    "nodesep": "0.2",
    "pad": "0.1",
    "ranksep": "0.25",
    "tooltip": " ",
}
_NODE = {"fontname": FONT, "fontsize": "14", "penwidth": "1.4", "width": "0", "height": "0"}
_EDGE = {"fontname": FONT, "fontsize": "13", "fontcolor": BACKWARD, "color": FAINT, "arrowsize": "0.7"}
_PART = {"style": "rounded,filled", "fillcolor": PART_FILL, "color": PART_LINE, "fontsize": "14", "margin": "10"}

# The partial on an edge is a node of its own, through which the edge leads: so it cannot end up at another.
_PARTIAL = {"class": "partial", "shape": "plain", "fontsize": "13", "fontcolor": BACKWARD}


def dot_text(outline: Outline, style: Style) -> str:
    """The outline as DOT text, the same for the same outline, with operands to the left of results or above them."""
    scale = scale_of(outline, style)
    graph = {**_GRAPH, "rankdir": _RANKDIR[style.direction], "label": caption(outline, style, scale)}
    if style.title:
        graph["labelloc"] = "t"
    if style.size:
        graph["size"] = ",".join(map(str, style.size))

    def attributes_of(node: Node) -> dict[str, str]:
        """How a node looks."""
        look = LOOKS[node.role].attributes()
        fill = {"fillcolor": scale.color(node.gradient), "class": "graded"} if scale else {"class": node.role}
        marked = _marked(node.mark, "3") | ({"class": f"{fill['class']} marked"} if node.mark else {})
        texts = {"label": node_label(node, style), "tooltip": node_tooltip(node, style)}
        return {**look, **fill, **marked, **texts}

    def partials_in(part: Part | None) -> Iterator[str]:
        """The partials on the edges in a part, called e0, e1, …, as the edges are."""
        for index, text in partials(outline, style).items():
            edge = outline.edges[index]
            if common_part(*(outline.nodes[end].part for end in _ends(edge))) is part:
                texts = {"label": edge_label(text, edge), "tooltip": edge_tooltip(edge, outline)}
                color = {"fontcolor": WRONG} if edge.mark and not edge.mark.follows else {}
                yield statement(f"e{index}", {**_PARTIAL, **texts, **color})

    nodes = node_lines(outline, attributes_of, lambda part: {**_PART, **part_texts(part)}, more=partials_in)
    return digraph(
        "computation",
        {"graph": graph, "node": _NODE, "edge": _EDGE},
        [*nodes, *_edge_lines(outline), *_order_lines(outline)],
    )


def _marked(mark: Mark | None, width: str) -> dict[str, str]:
    """The lines of what is marked: their width tells them apart where their colour does not."""
    if mark is None:
        return {}
    return {"color": mark.color, "penwidth": "2" if mark.follows else width}


def node_lines(
    outline: Outline,
    attributes_of: Callable[[Node], Attributes],
    attributes_of_part: Callable[[Part], Attributes],
    part: Part | None = None,
    more: Callable[[Part | None], Iterable[str]] = lambda _part: (),
) -> Iterator[str]:
    """The lines of the nodes in a part, called n0, n1, …, and of the parts in it, as clusters.

    more  the lines of what else is in a part
    """
    for index, node in enumerate(outline.nodes):
        if node.part is part:
            yield statement(f"n{index}", attributes_of(node))
    yield from more(part)
    for index, inner in enumerate(outline.parts):
        if inner.parent is part:
            lines = node_lines(outline, attributes_of, attributes_of_part, inner, more)
            yield from block(f"subgraph cluster_{index}", [assigned(attributes_of_part(inner)), *lines])


def _edge_lines(outline: Outline) -> Iterator[str]:
    """The edges, each in two halves with its partial between them."""
    for index, edge in enumerate(outline.edges):
        looks = {"tooltip": edge_tooltip(edge, outline), **_marked(edge.mark, "2")}
        if edge.is_labelled:
            yield statement(f"n{edge.source} -> e{index}", {**looks, "dir": "none"})
            yield statement(f"e{index} -> n{edge.target}", looks)
        else:
            yield statement(f"n{edge.source} -> n{edge.target}", looks)


def _order_lines(outline: Outline) -> Iterator[str]:
    """What keeps neurons in their order: the partials between two layers stand in a row, sorted by their neurons.

    The row is outside the frames: inside one, Graphviz heeds no order, and what is inside one cannot be in a row
    outside. The neurons follow the row, for so the fewest edges cross.
    """
    nodes = outline.nodes
    rows: dict[tuple[Part | None, Part | None], list[int]] = {}
    for index, edge in enumerate(outline.edges):
        ends = nodes[edge.source], nodes[edge.target]
        apart = ends[0].part is not ends[1].part and common_part(ends[0].part, ends[1].part) is None
        if edge.is_labelled and apart and "part" in (ends[0].role, ends[1].role):
            rows.setdefault((ends[0].part, ends[1].part), []).append(index)
    for row in rows.values():
        row.sort(key=lambda index: [natural(nodes[end].name) for end in _ends(outline.edges[index])])
        if len(row) > 1:
            yield from block(
                "", ["rank=same", statement(" -> ".join(f"e{index}" for index in row), {"style": "invis"})]
            )


def _ends(edge: Edge) -> tuple[int, int]:
    """Where an edge begins and where it ends."""
    return edge.source, edge.target
