"""What the player shows of a graph, as plain data for the page: nodes, edges, formulas and places, but no gradients.

The page computes these itself, step by step, with the same products and sums in the same order as the engine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine import Value
from engine.extend import Undefined, check_fresh
from viz.chain import Graph, graph_of, value_operands
from viz.formula import partial_formula
from viz.graphs.grouping import TooManyNodesError
from viz.graphs.outline import Node, Outline, outline
from viz.graphs.parts import local
from viz.notation import enclosed, names, number, printable, shortened, unused
from viz.page.layout import LONGEST_TITLE, Box, Layout, lay_out, part_title
from viz.trace import evaluation

_LONGEST_EXPRESSION = 26
_LONGEST_NAME = 40
_WIDEST_NUMBER = "grad -0.00012345"

Matrices = Mapping[str, Sequence[Sequence[Value]]]


def record_of(value: Value, parameters: Iterable[Value], matrices: Matrices, max_nodes: int) -> dict[str, Any]:
    """The record of a graph. Raises as `viz.player` does."""
    if not isinstance(value, Value):
        raise TypeError(f"a player is of a Value, not of {value!r} of type {type(value).__name__}")
    outlined = _outline(value, parameters, max_nodes)
    check_fresh(value)
    graph = graph_of(value)
    called = _short_names(names(graph))
    places = {node: place for place, node in enumerate(graph)}
    entries = _matrix_entries(matrices, places)
    texts = [_lines(node) for node in outlined.nodes]
    layout = lay_out(outlined, texts, [number(edge.partials[0]) for edge in outlined.edges])
    undefined = any(isinstance(partial, Undefined) for edges in graph.values() for _, partial in edges)
    return {
        "result": called[value],
        "nan": "undefined" if undefined else "nan",
        "width": layout.width,
        "height": layout.height,
        "nodes": [_node(*found, called) for found in zip(graph, outlined.nodes, texts, layout.nodes, strict=True)],
        "edges": _edges(graph, called, places, layout),
        "parts": _parts(outlined, layout),
        "matrices": entries,
    }


def _outline(value: Value, parameters: Iterable[Value], max_nodes: int) -> Outline:
    """The graph by operation, or the error that says what can be done about its size."""
    try:
        return outline(value, parameters, max_nodes)
    except TooManyNodesError as error:
        raise TooManyNodesError(
            error.nodes,
            f"the player would have {error.nodes} nodes, more than max_nodes={max_nodes}: play a part of the graph "
            f"(any Value in it can be played by itself), or allow them with max_nodes={error.nodes}",
        ) from None


def _short_names(full: Mapping[Value, str]) -> dict[Value, str]:
    """Names with as few dots as tell them apart: ``w[0]`` for ``layer0.neuron1.w[0]``, if it is the only one."""
    for pieces in range(1, 1 + max(name.count(".") for name in full.values())):
        short = {node: _end(name, pieces) for node, name in full.items()}
        if len(set(short.values())) == len(short):
            return _shortened_apart(short)
    return _shortened_apart(full)


def _shortened_apart(full: Mapping[Value, str]) -> dict[Value, str]:
    """Names on one line each, no two the same: what is left out of long ones may be all that tells them apart."""
    found: dict[str, Value] = {}
    for node, name in full.items():
        found[unused(shortened(name, _LONGEST_NAME), found.keys())] = node
    return {node: name for name, node in found.items()}


def _end(name: str, pieces: int) -> str:
    """The last so many pieces of a name with dots between them; all of any other text."""
    return ".".join(name.split(".")[-pieces:]) if re.fullmatch(r"[\w.\[\]]+", name) else name


def _lines(node: Node) -> list[str]:
    """What stands in the box of a node; the numbers, which change, are last."""
    title = shortened(local(node.name, node.part), LONGEST_TITLE)
    expression = [f"= {shortened(node.expression, _LONGEST_EXPRESSION)}"] if node.expression else []
    return [title, *expression, _WIDEST_NUMBER.replace("grad", "data"), _WIDEST_NUMBER]


def _node(node: Value, outlined: Node, lines: Sequence[str], box: Box, called: Mapping[Value, str]) -> dict[str, Any]:
    """A node, with the row of the forward trace that belongs to it."""
    row = {"symbols": "", "numbers": ""}
    if not node.is_leaf:
        _, symbols, numbers, _ = evaluation(node, called)
        row = {"symbols": symbols, "numbers": numbers}
    return {
        "name": called[node],
        "role": outlined.role,
        "lines": lines[:-2],
        "data": _number(node.data),
        **row,
        **vars(box),
    }


def _edges(
    graph: Graph, called: Mapping[Value, str], places: Mapping[Value, int], layout: Layout
) -> list[dict[str, Any]]:
    """The edges, in the order of `viz.graphs.outline`."""
    edges: list[dict[str, Any]] = []
    for node, uses in graph.items():
        for index, operand, partial in value_operands(uses):
            line = layout.edges[len(edges)]
            edges.append(
                {
                    "source": places[operand],
                    "target": places[node],
                    "symbol": f"∂{enclosed(called[node])}/∂{enclosed(called[operand])}",
                    "formula": partial_formula(node, index, called),
                    "partial": _number(partial),
                    **vars(line),
                }
            )
    return edges


def _parts(outlined: Outline, layout: Layout) -> list[dict[str, Any]]:
    """The frames around nodes."""
    return [
        dict(zip(("name", "note"), part_title(part), strict=True)) | vars(box)
        for part, box in zip(outlined.parts, layout.parts, strict=True)
    ]


def _matrix_entries(matrices: Matrices, places: Mapping[Value, int]) -> list[dict[str, Any]]:
    """Matrices as the places of their entries among the nodes; ValueError for an entry that is not in the graph."""
    if not isinstance(matrices, Mapping):
        raise TypeError(f"matrices is a dictionary of rows of Values by name, not {matrices!r}")
    found = []
    for name, rows in matrices.items():
        entries = _rows_of_values(name, rows)
        strangers = [entry for row in entries for entry in row if entry not in places]
        if strangers:
            raise ValueError(f"the matrix {name!r} has an entry that the graph does not: {strangers[0]!r}")
        found.append({"name": printable(str(name)), "rows": [[places[entry] for entry in row] for row in entries]})
    return found


def _rows_of_values(name: str, rows: Iterable[Iterable[Value]]) -> list[list[Value]]:
    """The rows of a matrix; TypeError for what is none."""
    try:
        entries = [list(row) for row in rows]
    except TypeError:
        entries = None
    if entries is None or not all(isinstance(entry, Value) for row in entries for entry in row):
        raise TypeError(f"the matrix {name!r} is to be rows of Values, as model.to_value_matrices() gives them")
    return entries


def _number(value: float | None) -> float | str:
    """A number as JSON has it; where JSON has none, as text that JavaScript's Number() reads."""
    assert value is not None
    if math.isfinite(value):
        return float(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
