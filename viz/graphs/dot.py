"""How a graph looks: from its outline to DOT."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from viz.graphs.markup import (
    Attributes,
    assigned,
    beside,
    block,
    bold,
    cell,
    chip,
    colored,
    digraph,
    gap,
    plain,
    statement,
    table,
    tooltip,
)
from viz.graphs.outline import Edge, Node, Outline
from viz.graphs.parts import Part, local, path_of
from viz.graphs.style import Direction, Style
from viz.graphs.summary import Row
from viz.notation import enclosed, is_finite, number, partial_symbol, printable, several, shortened
from viz.palette import BACKWARD, FAINT, FONT, LOOKS, PART_FILL, PART_LINE, GradientScale

_RANKDIR: dict[Direction, str] = {"right": "LR", "down": "TB"}

# `charset` is for pygraphviz, which takes the first text that looks like one, even in a label.
_GRAPH = {
    "bgcolor": "white",
    "charset": "utf-8",
    "fontname": FONT,
    "margin": "0",
    "nodesep": "0.2",
    "pad": "0.1",
    "ranksep": "0.35",
    "tooltip": " ",
}
_NODE = {"fontname": FONT, "fontsize": "14", "penwidth": "1.4", "width": "0", "height": "0"}
_EDGE = {"fontname": FONT, "fontsize": "13", "fontcolor": BACKWARD, "color": FAINT, "arrowsize": "0.7"}
_PART = {"style": "rounded,filled", "fillcolor": PART_FILL, "color": PART_LINE, "fontsize": "14", "margin": "10"}

# In characters and lines: what a label may take of the room for a node, and of a tooltip.
_WIDEST = 26
_MOST_LINES = 4
_LONGEST_TOOLTIP = 300
_MOST_COLUMNS = 4
_MOST_IN_TOOLTIP = 8

# In points, between a name and a number or two numbers. Some fonts are wider than Graphviz assumes.
_GAP = 12


faint = partial(colored, color=FAINT)
backward = partial(colored, color=BACKWARD)


def dot_text(outline: Outline, style: Style) -> str:
    """The outline as DOT text, the same for the same outline, with operands to the left of results or above them."""
    scale = _gradient_scale(outline) if style.colors == "gradient" else None
    graph = {**_GRAPH, "rankdir": _RANKDIR[style.direction], "label": _caption(outline, scale)}

    def attributes_of(node: Node) -> dict[str, str]:
        """How a node looks."""
        look = LOOKS[node.role]
        fill = {"fillcolor": scale.color(node.gradient), "class": "graded"} if scale else {"class": node.role}
        texts = {"label": _node_label(node), "tooltip": _node_tooltip(node)}
        return {**look.attributes(), **fill, **texts}

    nodes = node_lines(outline, attributes_of, _part_attributes)
    edges = (statement(f"n{edge.source} -> n{edge.target}", _edge_texts(edge, outline)) for edge in outline.edges)
    return digraph("computation", {"graph": graph, "node": _NODE, "edge": _EDGE}, [*nodes, *edges])


def _gradient_scale(outline: Outline) -> GradientScale:
    """The scale of the gradients in a drawing, except at its results, where they are always 1."""
    sources = {edge.source for edge in outline.edges}
    inside = [node.gradient for index, node in enumerate(outline.nodes) if index in sources]
    return GradientScale.of(inside or [node.gradient for node in outline.nodes])


def node_lines(
    outline: Outline,
    attributes_of: Callable[[Node], Attributes],
    attributes_of_part: Callable[[Part], Attributes],
    part: Part | None = None,
) -> Iterator[str]:
    """The lines of the nodes in a part, called n0, n1, …, and of the parts in it, as clusters."""
    for index, node in enumerate(outline.nodes):
        if node.part is part:
            yield statement(f"n{index}", attributes_of(node))
    for index, inner in enumerate(outline.parts):
        if inner.parent is part:
            lines = node_lines(outline, attributes_of, attributes_of_part, inner)
            yield from block(f"subgraph cluster_{index}", [assigned(attributes_of_part(inner)), *lines])


# --- What is written where -------------------------------------------------------------------------------------------


def _part_attributes(part: Part) -> dict[str, str]:
    """How the frame around a part looks: above it its name, and a word on what it does."""
    whole = shortened(f"{path_of(part)} {printable(part.scope.note)}".strip(), _LONGEST_TOOLTIP)
    name, note = (shortened(printable(text), _WIDEST) for text in (part.name, part.scope.note))
    title = beside((bold, name), (faint, note)) if note else bold(plain(name))
    return {**_PART, "label": f"<{title}>", "tooltip": tooltip(whole)}


def _node_label(node: Node) -> str:
    """Name and expression, and below them the numbers, aligned."""
    numbers = _part_rows(node.rows) if node.role == "part" else _data_and_grad(node.rows[0])
    columns = max(len(cells) for cells in numbers)
    return table(*([cell(title, columns)] for title in _titles(node)), *numbers)


def _data_and_grad(numbers: Row) -> list[list[str]]:
    """The cells of a node: a line for the data and one for the gradients, with a column for each of a few samples."""
    data, gradients = _texts(numbers.data), _texts(numbers.gradients)
    if len(numbers.data) > 1:
        return [_cells(faint("data"), data), _cells(backward("grad"), [backward(digits) for digits in gradients])]
    # One cell each: columns would be drawn apart by a wide name above.
    return [
        [cell(beside((faint, "data"), (str, data[0])))],
        [cell(beside((backward, "grad"), (backward, gradients[0])))],
    ]


def _part_rows(rows: Sequence[Row]) -> list[list[str]]:
    """The cells of a part: a line for each kind of number, with a column for the data and one for the gradients."""
    lines = [_cells("", [faint("data"), backward("grad")])]
    for numbers in rows:
        gradients = "not computed" if numbers.gradients is None else several(numbers.gradients)
        name = faint(plain(shortened(numbers.name, _WIDEST)))
        lines.append(_cells(name, [several(numbers.data), backward(gradients)]))
    return [[*cells, gap(_GAP)] for cells in lines]


def _cells(name: str, numbers: Sequence[str]) -> list[str]:
    """A name and numbers, with gaps between them."""
    return [cell(name), *(part for digits in numbers for part in (gap(_GAP), cell(digits)))]


def _texts(numbers: Sequence[float] | None) -> list[str]:
    """Each of a few numbers, or the range of more."""
    if numbers is None:
        return ["not computed"]
    return [number(value) for value in numbers] if len(numbers) <= _MOST_COLUMNS else [several(numbers)]


def _titles(node: Node) -> list[str]:
    """The name in bold, over several lines if need be, and the expression: beside it if there is room, else below."""
    name = local(node.name, node.part)
    lines = _wrapped(name)
    last: list[tuple[Callable[[str], str], str]] = [(bold, lines[-1])]
    if node.size > 1 and node.role != "part":
        last.append((faint, "".join(f"×{size}" for size in node.dims)))
    expression = shortened(node.expression, _WIDEST) if node.role == "part" else f"= {node.expression}"
    below = []
    if node.expression and len(lines) == 1 and len(name) + len(node.expression) < _WIDEST:
        last.append((str, expression))
    elif node.expression:
        below.append(plain(expression))
    return [*(bold(plain(line)) for line in lines[:-1]), beside(*last), *below]


def _wrapped(name: str) -> list[str]:
    """A name in lines of a node's width; if there are too many, the last one shortens the rest."""
    lines = [line for part in name.splitlines() for line in textwrap.wrap(part, _WIDEST)]
    rest = " ".join(lines[_MOST_LINES - 1 :])
    return [*lines[: _MOST_LINES - 1], shortened(rest, _WIDEST)] if rest else lines


def _node_tooltip(node: Node) -> str:
    """The full name, and the numbers with every digit."""
    expression = shortened(node.expression, _LONGEST_TOOLTIP)
    title = f" = {expression}" if expression and node.role != "part" else f", {expression or node.role}"
    lines = [f"{shortened(node.name, _LONGEST_TOOLTIP)}{title}"]
    for numbers in node.rows:
        name = f"{shortened(numbers.name, _LONGEST_TOOLTIP)}: " if numbers.name else ""
        lines += [f"{name}data {_all_digits(numbers.data)}"] if numbers.data else []
        if numbers.gradients != ():
            lines.append(f"{name}grad {_all_digits(numbers.gradients)}")
    return tooltip(*lines)


def _all_digits(numbers: Sequence[float] | None) -> str:
    """A few numbers with every digit."""
    if numbers is None:
        return "not computed"
    shown = ", ".join(repr(value) if is_finite(value) else number(value) for value in numbers[:_MOST_IN_TOOLTIP])
    return shown if len(numbers) <= _MOST_IN_TOOLTIP else f"{shown}, …"


def _edge_texts(edge: Edge, outline: Outline) -> dict[str, str]:
    """The partial, kept off the line; and in the tooltip what it is, with every digit.

    Where the line crosses the frame of a part, the partial may come to lie on it: there, it has a ground of its own.
    """
    ends = [outline.nodes[index] for index in (edge.target, edge.source)]
    result, operand = (shortened(end.name, _WIDEST) for end in ends)
    if not edge.partials:
        return {"label": "", "tooltip": tooltip(f"{enclosed(operand)} is used in {enclosed(result)}")}
    whole = f"local partial {partial_symbol(result, operand)} = {_all_digits(edge.partials)}"
    text = several(edge.partials, 2)
    crosses = ends[0].part is not ends[1].part
    return {
        "label": table([chip(plain(text), PART_FILL, PART_FILL)]) if crosses else f" {text} ",
        "tooltip": tooltip(whole),
    }


def _caption(outline: Outline, scale: GradientScale | None) -> str:
    """What the colours and the numbers on edges mean, of those that occur."""
    occurring = {node.role for node in outline.nodes}
    if scale:
        chips = [cell(backward("gradient, of a part its norm" if "part" in occurring else "gradient"))]
        chips += [chip(number(stop), scale.color(stop), FAINT) for stop in scale.stops()]
    else:
        chips = [chip(role, look.fill, look.line) for role, look in LOOKS.items() if role in occurring]
    if outline.edges:
        chips.append(cell(backward("on an edge: local partial ∂result/∂operand")))
    return table(chips, spacing=6, padding=3)
