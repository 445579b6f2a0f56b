"""What the player's page shows: the data of the graph, where things are in its picture, and the matrices."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine import Value
from viz.graphs.outline import Edge, Outline
from viz.notation import columns, number, printable
from viz.page.content import box_texts, graph_content, short_names
from viz.page.layout import lay_out, part_title
from viz.record import Record

_USUAL_PARTIAL = -0.12345

Matrices = Mapping[str, Sequence[Sequence[Value]]]


def page_content(record: Record, outline: Outline, matrices: Matrices) -> dict[str, Any]:
    """The data of a page; ``outline`` is that of the record by operation. Raises as `viz.player` does."""
    if not isinstance(matrices, Mapping):
        raise TypeError(f"matrices is a dictionary of rows of Values by name, not {matrices!r}")
    called = short_names(record.names)
    places = {node: place for place, node in enumerate(record.uses)}
    tables = [_matrix(name, rows, places) for name, rows in matrices.items()]
    graph = graph_content(record, outline)
    edges = tuple(map(_with_room, outline.edges, graph["edges"]))
    layout = lay_out(replace(outline, edges=edges), [box_texts(node) for node in graph["nodes"]])
    return {
        "result": called[record.roots[0]],
        "width": layout.width,
        "height": layout.height,
        **graph,
        "nodes": [node | box for node, box in zip(graph["nodes"], layout.nodes, strict=True)],
        "edges": [edge | line for edge, line in zip(graph["edges"], layout.edges, strict=True)],
        "parts": [part_title(part) | box for part, box in zip(outline.parts, layout.parts, strict=True)],
        "matrices": tables,
    }


def _with_room(edge: Edge, shown: Mapping[str, Any]) -> Edge:
    """The edge with a partial that takes as much room as most do: its own may change in the page."""
    (partial,) = edge.partials
    if shown["formulas"] == [number(partial)] or columns(number(partial)) > columns(number(_USUAL_PARTIAL)):
        return edge
    return replace(edge, partials=(_USUAL_PARTIAL,))


def _matrix(name: str, rows: Iterable[Iterable[Value]], places: Mapping[Value, int]) -> dict[str, Any]:
    """A matrix as the places of its entries among the nodes; ValueError for an entry that is not in the graph."""
    refused = f"the matrix {name!r} should be rows of Values, as model.to_value_matrices() gives them"
    try:
        entries = [list(row) for row in rows]
    except TypeError:
        raise TypeError(refused) from None
    for entry in itertools.chain(*entries):
        if not isinstance(entry, Value):
            raise TypeError(refused)
        if entry not in places:
            raise ValueError(f"the matrix {name!r} has an entry that the graph does not: {entry!r}")
    return {"name": printable(str(name)), "rows": [[places[entry] for entry in row] for row in entries]}
