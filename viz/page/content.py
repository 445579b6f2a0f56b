"""What a page shows of a record, as plain data: nodes, edges and formulas, but no gradients.

The page computes these itself, step by step, with the same products and sums in the same order as the engine; when a
leaf is changed there, it computes all other numbers, too. So what is sent are symbols, and the numbers of the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine import Value
from engine.extend import Cut, Undefined, operation_key
from viz.formulas import partial_formula, partial_formulas
from viz.graphs.outline import Node, Outline
from viz.graphs.parts import local
from viz.notation import evaluation, is_finite, one_line, partial_symbol, shortened
from viz.page.layout import LONGEST_TITLE
from viz.record import Record, Use

LONGEST_EXPRESSION = 26
"""In characters: what a formula may take of the room for a node."""

WIDEST_NUMBER = "grad -0.012345"
"""What the boxes of nodes have room for; the page writes wider numbers more narrowly."""


def graph_content(record: Record, outline: Outline) -> dict[str, Any]:
    """The nodes and edges of a record, without their places."""
    called = one_line(record.names)
    places = {node: place for place, node in enumerate(record.uses)}
    uses = [use for uses in record.uses.values() for use in uses]
    nodes = zip(record.uses, outline.nodes, strict=True)
    return {
        "nodes": [_node(node, drawn.role, _lines(drawn), called, places) for node, drawn in nodes],
        "edges": [_edge(use, called, places) for use in uses],
    }


def box_texts(node: Mapping[str, Any]) -> list[str]:
    """What there must be room for in the box of a node."""
    return [*node["lines"], WIDEST_NUMBER, WIDEST_NUMBER]


def _lines(node: Node) -> list[str]:
    """What always stands in the box of a node, above its numbers."""
    title = shortened(local(node.name, node.part), LONGEST_TITLE)
    return [title, f"= {shortened(node.expression, LONGEST_EXPRESSION)}"] if node.expression else [title]


def _node(
    node: Value, role: str, lines: Sequence[str], called: Mapping[Value, str], places: Mapping[Value, int]
) -> dict[str, Any]:
    """A node, with its row of the forward trace; ``symbol`` and ``operands`` are for the same row in numbers."""
    shown = {"name": called[node], "role": role, "lines": lines, "data": json_number(node.data)}
    if node.operation is None:
        return shown | {"symbols": ""}
    return shown | {
        "symbols": f"= {evaluation(node, called)[0]}",
        "symbol": node.operation.symbol or node.operation.name,
        "operation": operation_key(node),
        "operands": [places[x] if isinstance(x, Value) else {"number": json_number(x)} for x in node.operands],
    }


def _edge(use: Use, called: Mapping[Value, str], places: Mapping[Value, int]) -> dict[str, Any]:
    """An edge, with its row of the partials: a formula for each choice that there is, and which is taken."""
    formulas = partial_formulas(use.result, use.place, called)
    return {
        "source": places[use.operand],
        "target": places[use.result],
        "place": use.place,
        "symbol": partial_symbol(called[use.result], called[use.operand]),
        "formulas": formulas,
        "choice": formulas.index(partial_formula(use.result, use.place, called)),
        "partial": json_number(use.partial),
        "cut": isinstance(use.partial, Cut),
        "missing": isinstance(use.partial, Undefined),
    }


def json_number(value: float) -> float | str:
    """A number as JSON has it; where JSON has none, as text that JavaScript's Number() reads."""
    if is_finite(value):
        return float(value)
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
