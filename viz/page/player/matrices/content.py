"""What the page is told about matrices: where their entries are among the nodes, and the formulas between them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine import Value
from engine.extend import operation_key
from viz.formulas import partial_formulas
from viz.notation import printable, unused
from viz.page.content import json_number
from viz.page.player.matrices.layers import Layer, LayerFinder, Rows, values_of
from viz.record import Record

Matrices = Mapping[str, Sequence[Sequence[Value]]]

TEXTBOOK = {
    "sigmoid": "{r} * (1 - {r})",
    "tanh": "(1 - {r} ** 2)",
    "relu": "({x} > 0)",
    "leaky_relu": "np.where({x} > 0, 1, 0.01)",
}
"""Derivatives by the argument x and the result r, as textbooks have them. The rows of the table are longer, to be exact
in the tails too."""

_LONGEST_FORMULA = 24


def matrices_content(record: Record, matrices: Matrices) -> dict[str, Any]:
    """The matrices as places of their entries among the nodes, and the layers that they belong to, if there are any.

    Raises TypeError for what is not rows of Values, and ValueError for an entry that is not in the graph and for
    rows of different lengths or without entries.
    """
    if not isinstance(matrices, Mapping):
        raise TypeError(f"matrices is a dictionary of rows of Values by name, not {matrices!r}")
    places = {node: place for place, node in enumerate(record.uses)}
    given: dict[str, Rows] = {}
    for name, rows in matrices.items():
        given[unused(printable(str(name)), given.keys())] = _rows(name, rows, places)
    tables = [{"name": name, "rows": _placed(rows, places)} for name, rows in given.items()]
    finder = LayerFinder(record, given)
    layers = finder.found()
    if not layers:
        return {"matrices": tables, "layers": []}
    targets = finder.targets(layers[-1].A)
    return {
        "matrices": tables,
        "layers": [_layer_content(k, layer, list(given), places) for k, layer in enumerate(layers, start=1)],
        "X": _placed(layers[0].X, places),
        "targets": targets and {"rows": _placed(targets[0], places), "factor": targets[1]},
    }


def _rows(name: str, rows: Iterable[Iterable[Value]], places: Mapping[Value, int]) -> Rows:
    """A matrix as lists, once it is known to be one of nodes of the graph."""
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
    lengths = sorted({len(row) for row in entries}) or [0]
    if len(lengths) > 1 or lengths == [0]:
        found = " and ".join(map(str, lengths))
        raise ValueError(f"the matrix {name!r} should have rows of one length, at least 1, not of {found} entries")
    return entries


def _placed(rows: Iterable[Iterable[Value | float]], places: Mapping[Value, int]) -> list[list[Any]]:
    """Entries as the operands of nodes are written: the place of a node, or a number."""
    return [[places[x] if isinstance(x, Value) else {"number": json_number(x)} for x in row] for row in rows]


def _layer_content(k: int, layer: Layer, names: Sequence[str], places: Mapping[Value, int]) -> dict[str, Any]:
    """One layer. ``slope`` is the derivative of its function, in words; ``swapped``, with Z for A and A for Z.

    A, symbol and slopes are missing where the function is the identity; ``operation`` is, where it is not one of the
    primitives.
    """
    content: dict[str, Any] = {
        "W": names.index(layer.weights),
        "b": None if layer.bias is None else names.index(layer.bias),
        "Z": _placed(layer.Z, places),
    }
    z, a = layer.Z[0][0], layer.A[0][0]
    if a is z:
        return content
    content |= {"A": _placed(layer.A, places), "symbol": f"f{k}", "slope": f"f{k}'(Z{k})", "swapped": f"f{k}'(Z{k})"}
    if a.operation and len(a.operands) == 1 and a.operands[0] is z:
        slopes = [_slope(a, {z: x, a: r}) for x, r in ((f"Z{k}", f"A{k}"), (f"A{k}", f"Z{k}"))]
        symbol = a.operation.symbol or a.operation.name
        content |= {"symbol": symbol, "operation": operation_key(a), "slope": slopes[0], "swapped": slopes[1]}
    return content


def _slope(a: Value, called: Mapping[Value, str]) -> str:
    """The derivative of a function of one operand, as a factor in a formula."""
    (z,) = values_of(a)
    assert a.operation
    if a.operation.name in TEXTBOOK:
        return TEXTBOOK[a.operation.name].format(x=called[z], r=called[a])
    formula, *others = partial_formulas(a, 0, called)
    if others or len(formula) > _LONGEST_FORMULA:
        return f"{a.operation.symbol or a.operation.name}'({called[z]})"
    return f"({formula})" if " " in formula.replace(", ", ",") else formula
