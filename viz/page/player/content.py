"""What the player's page shows: the data of the graph, its views, and the matrices."""

from __future__ import annotations

from typing import Any

from viz.graphs.labels import WIDEST
from viz.graphs.outline import Outline
from viz.notation import one_line, shortened
from viz.page.content import graph_content
from viz.page.layout import LONGEST_TITLE
from viz.page.player.matrices.content import Matrices, matrices_content
from viz.page.views import views_content
from viz.record import Record


def page_content(record: Record, outline: Outline, matrices: Matrices) -> dict[str, Any]:
    """The data of a page; ``outline`` is that of the record by operation. Raises as `viz.player` does."""
    graph = graph_content(record, outline)
    named = {**graph, "nodes": [node | {"lines": _lines(**node)} for node in graph["nodes"]]}
    return {
        "result": one_line(record.names)[record.roots[0]],
        **views_content(record, outline, named),
        **matrices_content(record, matrices),
    }


def _lines(name: str, symbols: str, **_: Any) -> list[str]:
    """What stands in the box of a node: names as in the trace beside it, also within a part."""
    formula = f"= {shortened(symbols.removeprefix('= '), WIDEST)}"
    return [shortened(name, LONGEST_TITLE), *([formula] if symbols else [])]
