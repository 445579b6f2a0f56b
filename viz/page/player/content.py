"""What the player's page shows: the data of the graph, where things are in its picture, and the matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from viz.graphs.outline import Edge, Outline
from viz.notation import columns, number, one_line
from viz.page.content import box_texts, graph_content
from viz.page.layout import lay_out, part_title
from viz.page.player.matrices import Matrices, matrices_content
from viz.record import Record

_USUAL_PARTIAL = -0.12345


def page_content(record: Record, outline: Outline, matrices: Matrices) -> dict[str, Any]:
    """The data of a page; ``outline`` is that of the record by operation. Raises as `viz.player` does."""
    called = one_line(record.names)
    tables = matrices_content(record, matrices)
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
        **tables,
    }


def _with_room(edge: Edge, shown: Mapping[str, Any]) -> Edge:
    """The edge with a partial that takes as much room as most do: its own may change in the page."""
    (partial,) = edge.partials
    if shown["formulas"] == [number(partial)] or columns(number(partial)) > columns(number(_USUAL_PARTIAL)):
        return edge
    return replace(edge, partials=(_USUAL_PARTIAL,))
