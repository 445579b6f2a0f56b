"""What the player's page shows: the data of the graph, its views, and the matrices."""

from __future__ import annotations

from typing import Any

from viz.graphs.outline import Outline
from viz.notation import one_line
from viz.page.content import graph_content
from viz.page.player.matrices.content import Matrices, matrices_content
from viz.page.views import views_content
from viz.record import Record


def page_content(record: Record, outline: Outline, matrices: Matrices) -> dict[str, Any]:
    """The data of a page; ``outline`` is that of the record by operation. Raises as `viz.player` does."""
    return {
        "result": one_line(record.names)[record.roots[0]],
        **views_content(record, outline, graph_content(record, outline)),
        **matrices_content(record, matrices),
    }
