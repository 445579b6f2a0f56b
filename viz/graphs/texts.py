"""What is written in a drawing, in the markup of Graphviz: names, expressions, numbers and the legend."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import partial

from viz.graphs.markup import (
    beside,
    bold,
    cell,
    chip,
    colored,
    gap,
    plain,
    sized,
    table,
    tooltip,
)
from viz.graphs.outline import Edge, Node, Outline
from viz.graphs.parts import Part, local, path_of
from viz.graphs.style import Style
from viz.graphs.summary import Row
from viz.notation import enclosed, is_finite, number, partial_symbol, printable, several, shortened
from viz.palette import BACKWARD, FAINT, LOOKS, GradientScale

# In characters and lines: what a label may take of the room for a node, and of a tooltip.
_WIDEST = 26
_MOST_LINES = 4
_LONGEST_TITLE = 80
_LONGEST_TOOLTIP = 300
_MOST_COLUMNS = 4
_MOST_IN_TOOLTIP = 8

# In points, between a name and a number or two numbers. Some fonts are wider than Graphviz assumes.
_GAP = 12

_TITLE_SIZE = 22

faint = partial(colored, color=FAINT)
backward = partial(colored, color=BACKWARD)


# --- Nodes -----------------------------------------------------------------------------------------------------------


def node_label(node: Node, style: Style) -> str:
    """Name and expression, and below them the numbers, aligned."""
    numbers = _part_rows(node.rows, style) if node.role == "part" else _data_and_grad(node.rows[0], style)
    columns = max(len(cells) for cells in numbers)
    return table(*([cell(title, columns)] for title in _titles(node)), *numbers)


def _data_and_grad(numbers: Row, style: Style) -> list[list[str]]:
    """The cells of a node: a line for the data and one for the gradients, with a column for each of a few samples."""
    data, gradients = (_texts(row, style.digits) for row in (numbers.data, numbers.gradients))
    if len(numbers.data) > 1:
        lines = [_cells(faint("data"), data), _cells(backward("grad"), [backward(digits) for digits in gradients])]
    else:  # One cell each: columns would be drawn apart by a wide name above.
        lines = [
            [cell(beside((faint, "data"), (str, data[0])))],
            [cell(beside((backward, "grad"), (backward, gradients[0])))],
        ]
    return lines if style.gradients else lines[:1]


def _part_rows(rows: Sequence[Row], style: Style) -> list[list[str]]:
    """The cells of a part: a line for each kind of number, with a column for the data and one for the gradients."""
    lines = [("", faint("data"), backward("grad"))]
    for row in rows:
        if row.data or style.gradients:
            gradients = "not computed" if row.gradients is None else several(row.gradients, digits=style.digits)
            name = faint(plain(shortened(row.name, _WIDEST)))
            lines.append((name, several(row.data, digits=style.digits), backward(gradients)))
    shown = 2 if style.gradients else 1
    return [[*_cells(name, numbers[:shown]), gap(_GAP)] for name, *numbers in lines]


def _cells(name: str, numbers: Sequence[str]) -> list[str]:
    """A name and numbers, with gaps between them."""
    return [cell(name), *(part for digits in numbers for part in (gap(_GAP), cell(digits)))]


def _texts(numbers: Sequence[float] | None, digits: int) -> list[str]:
    """Each of a few numbers, or the range of more."""
    if numbers is None:
        return ["not computed"]
    few = len(numbers) <= _MOST_COLUMNS
    return [number(value, digits) for value in numbers] if few else [several(numbers, digits=digits)]


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


def node_tooltip(node: Node, style: Style) -> str:
    """The full name, and the numbers with every digit and sign."""
    expression = shortened(node.expression, _LONGEST_TOOLTIP)
    title = f" = {expression}" if expression and node.role != "part" else f", {expression or node.role}"
    lines = [f"{shortened(node.name, _LONGEST_TOOLTIP)}{title}"]
    for numbers in node.rows:
        name = f"{shortened(numbers.name, _LONGEST_TOOLTIP)}: " if numbers.name else ""
        lines += [f"{name}data {_all_digits(numbers.data)}"] if numbers.data else []
        if style.gradients and numbers.gradients != ():
            lines.append(f"{name}grad {_all_digits(numbers.gradients)}")
    return tooltip(*lines)


def _all_digits(numbers: Sequence[float] | None) -> str:
    """A few numbers with every digit."""
    if numbers is None:
        return "not computed"
    shown = ", ".join(repr(value) if is_finite(value) else number(value) for value in numbers[:_MOST_IN_TOOLTIP])
    return shown if len(numbers) <= _MOST_IN_TOOLTIP else f"{shown}, …"


# --- What is around nodes --------------------------------------------------------------------------------------------


def part_texts(part: Part) -> dict[str, str]:
    """Above the frame around a part its name, and a word on what it does."""
    whole = shortened(f"{path_of(part)} {printable(part.scope.note)}".strip(), _LONGEST_TOOLTIP)
    name, note = (shortened(printable(text), _WIDEST) for text in (part.name, part.scope.note))
    title = beside((bold, name), (faint, note)) if note else bold(plain(name))
    return {"label": f"<{title}>", "tooltip": tooltip(whole)}


def partial_label(edge: Edge, style: Style) -> str:
    """The partials on an edge."""
    return f" {several(edge.partials, 2, style.digits)} "


def edge_tooltip(edge: Edge, outline: Outline) -> str:
    """What the partial on an edge is, with every digit."""
    result, operand = (shortened(outline.nodes[index].name, _WIDEST) for index in (edge.target, edge.source))
    if not edge.partials:
        return tooltip(f"{enclosed(operand)} is used in {enclosed(result)}")
    return tooltip(f"local partial {partial_symbol(result, operand)} = {_all_digits(edge.partials)}")


def caption(outline: Outline, style: Style, scale: GradientScale | None) -> str:
    """The title, and what the colours and the numbers on edges mean, of those that occur."""
    title = shortened(printable(style.title), _LONGEST_TITLE)
    rows = [[cell(sized(bold(plain(title)), _TITLE_SIZE))]] if title else []
    if style.legend:
        rows.append([cell(table(_legend(outline, style, scale), spacing=6, padding=3)[1:-1])])
    return table(*rows) if rows else ""


def _legend(outline: Outline, style: Style, scale: GradientScale | None) -> list[str]:
    """The cells of the legend."""
    occurring = {node.role for node in outline.nodes}
    if scale:
        chips = [cell(backward("gradient, of a part its norm" if "part" in occurring else "gradient"))]
        chips += [chip(number(stop, style.digits), scale.color(stop), FAINT) for stop in scale.stops()]
    else:
        chips = [chip(role, look.fill, look.line) for role, look in LOOKS.items() if role in occurring]
    if outline.edges:
        chips.append(cell(backward("on an edge: local partial ∂result/∂operand")))
    return chips
