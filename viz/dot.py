"""How a graph looks: from its outline to DOT, the language of Graphviz."""

from __future__ import annotations

import html
import re
import textwrap
from math import isfinite
from typing import Literal, get_args

import graphviz

from viz.notation import enclosed, number, shortened
from viz.outline import Edge, Node, Outline, Role

Direction = Literal["right", "down"]

_RANKDIR: dict[Direction, str] = {"right": "LR", "down": "TB"}

# On paper, on a slide and in a browser: the first of these that is there.
_FONT = "Helvetica,Arial,sans-serif"

# What is computed forwards is black, what is computed backwards blue.
_BACKWARD = "#004C8C"
_FAINT = "#595959"

# The hues of Okabe and Ito ("Color Universal Design", 2008), told apart with any kind of colour blindness, light enough
# for black text. A role has a shape of its own as well, for a print without colours.
_STYLES: dict[Role, dict[str, str]] = {
    "input": {"shape": "box", "style": "filled", "fillcolor": "#D6ECFA", "color": "#0072B2"},
    "parameter": {"shape": "folder", "style": "filled", "fillcolor": "#FBE3B5", "color": "#B36B00"},
    "operation": {"shape": "box", "style": "filled,rounded", "fillcolor": "#F4F4F4", "color": _FAINT},
    "result": {
        "shape": "box",
        "style": "filled,rounded",
        "fillcolor": "#CDEBDF",
        "color": "#00775A",
        "peripheries": "2",
    },
}

# `charset` is for pygraphviz, which takes the first thing that looks like one, were it in a label.
_GRAPH = {
    "bgcolor": "white",
    "charset": "utf-8",
    "fontname": _FONT,
    "margin": "0",
    "nodesep": "0.2",
    "ranksep": "0.3",
    "tooltip": " ",
}
_NODE = {"fontname": _FONT, "fontsize": "14", "margin": "0.11,0.06", "penwidth": "1.4", "width": "0", "height": "0"}
_EDGE = {"fontname": _FONT, "fontsize": "13", "fontcolor": _BACKWARD, "color": _FAINT, "arrowsize": "0.7"}

# In characters and lines: what a label may take of the room for a node, and of a tooltip.
_WIDEST = 26
_MOST_LINES = 4
_LONGEST_TOOLTIP = 300
_SPACE = "\u00a0"  # An SVG viewer drops a plain space at the beginning of a text or behind another.


def dot_text(outline: Outline, direction: Direction = "right") -> str:
    """The outline as DOT text, the same for the same outline, with operands to the left of results or above them.

    Raises ValueError for an unknown direction.
    """
    if direction not in get_args(Direction):
        raise ValueError(f"a graph is drawn to the 'right' or 'down', not {direction!r}")
    attributes = {**_GRAPH, "rankdir": _RANKDIR[direction], "label": _caption(outline)}
    graph = graphviz.Digraph("computation", graph_attr=attributes, node_attr=_NODE, edge_attr=_EDGE)
    for index, node in enumerate(outline.nodes):
        graph.node(f"n{index}", label=_node_label(node), tooltip=_node_tooltip(node), **_STYLES[node.role])
    for edge in outline.edges:
        graph.edge(f"n{edge.source}", f"n{edge.target}", label=_edge_label(edge), tooltip=_edge_tooltip(edge, outline))
    source: str = graph.source
    return source


# --- What is written where -------------------------------------------------------------------------------------------


def _node_label(node: Node) -> str:
    """Name and expression; below them data and gradient, their digits in line."""
    gradient = "not computed" if node.gradient is None else number(node.gradient)
    titles = [_row(f'<TD COLSPAN="3">{title}</TD>') for title in _titles(node)]
    data = _number_row(_colored("data", _FAINT), number(node.data))
    grad = _number_row(_colored("grad", _BACKWARD), _colored(gradient, _BACKWARD))
    return _table("".join(titles) + data + grad)


def _titles(node: Node) -> list[str]:
    """The lines of the name in bold, and the expression: behind the name where there is room, else below."""
    lines = _wrapped(node.name)
    titles = [f"<B>{_text(line)}</B>" for line in lines]
    if not node.expression:
        return titles
    expression = f"= {_text(node.expression)}"
    if len(lines) == 1 and len(node.name) + len(node.expression) < _WIDEST:
        return [f"{titles[0]}{_SPACE}{expression}"]
    return [*titles, expression]


def _wrapped(name: str) -> list[str]:
    """A name in lines of a node's width; where they are too many, the last one leaves out the middle of the rest."""
    lines = [line for part in name.splitlines() for line in textwrap.wrap(part, _WIDEST)]
    rest = " ".join(lines[_MOST_LINES - 1 :])
    return [*lines[: _MOST_LINES - 1], shortened(rest, _WIDEST)] if rest else lines


def _node_tooltip(node: Node) -> str:
    """The whole name, and the numbers with every digit."""
    gradient = "not computed" if node.gradient is None else repr(node.gradient)
    title = f" = {node.expression}" if node.expression else f", {node.role}"
    return _tooltip(f"{shortened(node.name, _LONGEST_TOOLTIP)}{title}", f"data {node.data!r}", f"grad {gradient}")


def _edge_label(edge: Edge) -> str:
    """The partial, with spaces that keep it off the line."""
    return f" {number(edge.partial)} "


def _edge_tooltip(edge: Edge, outline: Outline) -> str:
    result, operand = (enclosed(shortened(outline.nodes[index].name, _WIDEST)) for index in (edge.target, edge.source))
    partial = repr(edge.partial) if isfinite(edge.partial) else number(edge.partial)
    return _tooltip(f"local partial ∂{result}/∂{operand} = {partial}")


def _caption(outline: Outline) -> str:
    """What the colours and the numbers on edges mean, as far as they occur."""
    occurring = {node.role for node in outline.nodes}
    chips = [
        f'<TD BGCOLOR="{style["fillcolor"]}" COLOR="{style["color"]}" BORDER="1">{role}</TD>'
        for role, style in _STYLES.items()
        if role in occurring
    ]
    if outline.edges:
        chips.append(f"<TD>{_colored('on an edge: local partial ∂result/∂operand', _BACKWARD)}</TD>")
    return _table(_row("".join(chips)), spacing=6, padding=3)


# --- The markup of labels: https://graphviz.org/doc/info/shapes.html#html --------------------------------------------


def _text(text: str) -> str:
    """Text to be shown as it is, in which Graphviz resolves entities, then backslashes."""
    spaced = re.sub("^ |(?<= ) ", _SPACE, text)
    return html.escape(spaced, quote=False).replace("\\", "\\\\")


def _tooltip(*lines: str) -> str:
    """Lines of text for a tooltip, in which Graphviz resolves entities, then backslashes, then these once more."""
    return "&#10;".join(html.escape(line, quote=False).replace("\\", "\\" * 4) for line in lines)


def _colored(text: str, color: str) -> str:
    return f'<FONT COLOR="{color}">{text}</FONT>'


def _number_row(name: str, digits: str) -> str:
    return _row(f'<TD ALIGN="LEFT">{name}</TD><TD WIDTH="4"></TD><TD ALIGN="RIGHT">{digits}</TD>')


def _row(cells: str) -> str:
    return f"<TR>{cells}</TR>"


def _table(rows: str, spacing: int = 0, padding: int = 1) -> str:
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="{padding}">{rows}</TABLE>>'
