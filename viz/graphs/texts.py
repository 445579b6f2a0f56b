"""What is written in a drawing, in the markup of Graphviz: the labels, and tooltips with all digits."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from viz.graphs import labels
from viz.graphs.marks import words_of
from viz.graphs.markup import beside, bold, cell, chip, colored, gap, plain, sized, table, tooltip
from viz.graphs.outline import Edge, Node, Outline
from viz.graphs.parts import Part, local, path_of
from viz.graphs.style import Style
from viz.notation import enclosed, is_finite, number, partial_symbol, printable, shortened
from viz.palette import BACKWARD, FAINT, LOOKS, WRONG, GradientScale

# In lines, characters and numbers.
_MOST_LINES = 4
_LONGEST_TOOLTIP = 300
_MOST_IN_TOOLTIP = 8

# In points, between a name and a number or two numbers. Some fonts are wider than Graphviz assumes.
_GAP = 12

_TITLE_SIZE = 22

_Look = Callable[[str], str]

faint = partial(colored, color=FAINT)
backward = partial(colored, color=BACKWARD)


# --- Nodes -----------------------------------------------------------------------------------------------------------


def node_label(node: Node, style: Style) -> str:
    """Name and expression, and below them the numbers, aligned."""
    rows = labels.numbers(node, style)
    lines = _part_rows(rows, style) if node.role == "part" else _data_and_grad(rows[0], node.size)
    columns = max(map(len, lines))
    lines += [[cell(_marked(words), columns)] for words in words_of(node.mark)]
    return table(*([cell(title, columns)] for title in _titles(node)), *lines)


def _data_and_grad(row: labels.Numbers, size: int) -> list[list[str]]:
    """The cells of a node: a line for the data and one for the gradients, with a column for each of a few samples."""
    lines: list[tuple[_Look, str, _Look, list[str]]]
    lines = [(faint, "data", str, row.data), (backward, "grad", backward, row.gradients)]
    if size > 1:
        return [_cells(look(name), map(other, digits)) for look, name, other, digits in lines if digits]
    # One cell each: columns would be drawn apart by a wide name above.
    return [[cell(beside((look, name), (other, digits[0])))] for look, name, other, digits in lines if digits]


def _part_rows(rows: Sequence[labels.Numbers], style: Style) -> list[list[str]]:
    """The cells of a part: a line for each kind of number, with a column for the data and one for the gradients."""
    lines = [("", faint("data"), backward("grad"))]
    lines += [(faint(plain(row.name)), ", ".join(row.data), backward(", ".join(row.gradients))) for row in rows]
    shown = 2 if style.gradients else 1
    return [[*_cells(name, columns[:shown]), gap(_GAP)] for name, *columns in lines]


def _cells(name: str, columns: Iterable[str]) -> list[str]:
    """A name and numbers, with gaps between them."""
    return [cell(name), *(part for digits in columns for part in (gap(_GAP), cell(digits)))]


def _titles(node: Node) -> list[str]:
    """The name in bold, over several lines if need be, and the expression: beside it if there is room, else below."""
    name, expression = local(node.name, node.part), labels.expression_of(node)
    *before, last = _wrapped(name)
    fits = not before and len(name) + len(node.expression) < labels.WIDEST
    beside_it: list[tuple[_Look, str]] = [(faint, labels.rounds_of(node)), (str, expression if fits else "")]
    title = beside((bold, last), *(piece for piece in beside_it if piece[1]))
    return [*(bold(plain(line)) for line in before), title, *([plain(expression)] if expression and not fits else [])]


def _wrapped(name: str) -> list[str]:
    """A name in lines of a node's width; if there are too many, the last one shortens the rest."""
    lines = [line for part in name.splitlines() for line in textwrap.wrap(part, labels.WIDEST)]
    rest = " ".join(lines[_MOST_LINES - 1 :])
    return [*lines[: _MOST_LINES - 1], shortened(rest, labels.WIDEST)] if rest else lines


def node_tooltip(node: Node, style: Style) -> str:
    """The full name, and the numbers with every digit and sign."""
    expression = shortened(node.expression, _LONGEST_TOOLTIP)
    title = f" = {expression}" if expression and node.role != "part" else f", {expression or node.role}"
    lines = [f"{shortened(node.name, _LONGEST_TOOLTIP)}{title}"]
    for row in node.rows:
        name = f"{shortened(row.name, _LONGEST_TOOLTIP)}: " if row.name else ""
        lines += [f"{name}data {_all_digits(row.data)}"] if row.data else []
        if style.gradients and row.gradients != ():
            lines.append(f"{name}grad {_all_digits(row.gradients)}")
    return tooltip(*lines, *words_of(node.mark))


def _all_digits(numbers: Sequence[float] | None) -> str:
    """A few numbers with every digit."""
    if numbers is None:
        return "not computed"
    shown = ", ".join(repr(value) if is_finite(value) else number(value) for value in numbers[:_MOST_IN_TOOLTIP])
    return shown if len(numbers) <= _MOST_IN_TOOLTIP else f"{shown}, …"


def edge_label(text: str, edge: Edge) -> str:
    """The partial on an edge, and its mark below it."""
    marks = [[cell(_marked(words))] for words in words_of(edge.mark)]
    return table([cell(plain(text))], *marks, padding=2) if marks else f" {text} "


def _marked(mark: str) -> str:
    """The text of a mark, bold: it can be read on the deepest fill."""
    return colored(bold(plain(mark)), WRONG)


# --- What is around nodes --------------------------------------------------------------------------------------------


def part_texts(part: Part) -> dict[str, str]:
    """Above the frame around a part its name, and a word on what it does."""
    whole = shortened(f"{path_of(part)} {printable(part.scope.note)}".strip(), _LONGEST_TOOLTIP)
    name, note = labels.part_title(part)
    title = beside((bold, name), (faint, note)) if note else bold(plain(name))
    return {"label": f"<{title}>", "tooltip": tooltip(whole)}


def edge_tooltip(edge: Edge, outline: Outline) -> str:
    """What the partial on an edge is, with every digit."""
    result, operand = (shortened(outline.nodes[index].name, labels.WIDEST) for index in (edge.target, edge.source))
    line = f"{enclosed(operand)} is used in {enclosed(result)}"
    if edge.partials:
        line = f"local partial {partial_symbol(result, operand)} = {_all_digits(edge.partials)}"
    return tooltip(line, *words_of(edge.mark))


def caption(outline: Outline, style: Style, scale: GradientScale | None) -> str:
    """The title, and what the colours and the numbers on its edges mean."""
    title = labels.title_of(style)
    rows = [[cell(sized(bold(plain(title)), _TITLE_SIZE))]] if title else []
    if style.legend:
        rows.append([cell(table(_legend(outline, style, scale), spacing=6, padding=3)[1:-1])])
    return table(*rows) if rows else ""


def _legend(outline: Outline, style: Style, scale: GradientScale | None) -> list[str]:
    """The cells of the legend."""
    if scale:
        chips = [chip(number(stop, style.digits), scale.color(stop), FAINT) for stop in scale.stops()]
    else:
        chips = [chip(role, LOOKS[role].fill, LOOKS[role].line) for role in labels.occurring(outline)]
    colors, on_edges = ([cell(backward(text))] if text else [] for text in labels.legend(outline, style))
    marks = [chip(text, "white", mark.color) for text, mark in labels.marked(outline)]
    return [*colors, *chips, *marks, *on_edges]
