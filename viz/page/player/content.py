"""What the player's page shows: the data of the graph, its views, and the matrices."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine import Value
from viz.graphs.outline import Outline
from viz.notation import printable
from viz.page.content import graph_content, short_names
from viz.page.views import views_content
from viz.record import Record

Matrices = Mapping[str, Sequence[Sequence[Value]]]


def page_content(record: Record, outline: Outline, matrices: Matrices) -> dict[str, Any]:
    """The data of a page; ``outline`` is that of the record by operation. Raises as `viz.player` does."""
    if not isinstance(matrices, Mapping):
        raise TypeError(f"matrices is a dictionary of rows of Values by name, not {matrices!r}")
    called = short_names(record.names)
    places = {node: place for place, node in enumerate(record.uses)}
    tables = [_matrix(name, rows, places) for name, rows in matrices.items()]
    return {
        "result": called[record.roots[0]],
        **views_content(record, outline, graph_content(record, outline)),
        "matrices": tables,
    }


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
