"""What the player's page shows: the data of the graph, where things are in its picture, and the matrices."""

from __future__ import annotations

from typing import Any

from viz.graphs.outline import Outline
from viz.page.content import graph_content, short_names
from viz.page.player.matrices import Matrices, matrices_content
from viz.page.views import views_content
from viz.record import Record


def page_content(record: Record, outline: Outline, matrices: Matrices) -> dict[str, Any]:
    """The data of a page; ``outline`` is that of the record by operation. Raises as `viz.player` does."""
    called = short_names(record.names)
    tables = matrices_content(record, matrices)
    return {
        "result": called[record.roots[0]],
        **views_content(record, outline, graph_content(record, outline)),
        **tables,
    }
