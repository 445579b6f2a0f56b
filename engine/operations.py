"""What it means to apply an operation: compute the number, and remember the operands and the partials.

An `Operation` (see `engine.formulas`) is a row whose texts have become functions: for ``mul``, ``value(2.0, 3.0)`` is
6.0 and ``partials[0](2.0, 3.0, 6.0)``, which takes the result as well, is 3.0.

`apply` does so for every row of the table, whatever the operands. Most operators run the same lines written out for
their row, which is faster: ``print(engine.source("mul"))`` shows them, and `engine.fast` writes them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from engine.failures import explained_for, forgiving, in_gradient, labels, partial_or_undefined
from engine.formulas import FAILURES, Form, Operation
from engine.manners import real_number
from engine.primitives import Cut
from engine.recording import is_paused, watch_pause
from engine.states import is_in
from engine.value import Value

OPERATIONS: dict[str, Operation] = {}
"""Every operation by name, in the order of the table."""

make: Callable[[], Any] = functools.partial(object.__new__, Value)
"""A Value with empty slots: quicker than object.__new__(Value), and unlike Value() it skips __init__."""


def apply(operation: Operation, operands: tuple[Any, ...]) -> Any:
    """The result of an operation: a Value that remembers its operands, or a float where all of them are numbers.

    Raises TypeError for what is not a number, and what the formula raises (ZeroDivisionError, OverflowError, and
    DomainError for a ValueError) with the operation, the operands and their labels in the message.
    """
    row = operation.row
    # Elsewhere, the number of a gradient is a number like any other.
    taken = [isinstance(x, Value) or (isinstance(x, Cut) and is_in(forgiving)) for x in operands]
    operands = tuple(x if kept else real_number(x, row.name) for x, kept in zip(operands, taken, strict=True))
    numbers = tuple(x._number if isinstance(x, Value) else x for x in operands)
    operation = operation.on(operands)
    try:
        result = operation.value(*numbers)
    except FAILURES as error:
        if not is_in(forgiving):
            raise explained_for(error, row, operands, "no value") from None
        result = in_gradient(operation, numbers, labels(operands))
    first = next((index for index, operand in enumerate(operands) if isinstance(operand, Value)), None)
    if first is None:  # A failure that waits is a node, and a node has an operand that is a Value.
        return result if isinstance(result, float) else apply(operation, (Value(operands[0]), *operands[1:]))
    if is_paused():
        watch_pause(operands[first])
        return Value(result)
    edges = [(x, partial_or_undefined(operation, i, operands, (*numbers, result))) for i, x in enumerate(operands)]
    return result_of(operation.forms[first], result, edges)


def result_of(form: Form, result: float, edges: list[tuple[Any, Any]]) -> Value:
    """A result with these edges, (operand, partial) each."""
    node: Value = make()
    node._number = result
    node._form = form
    node._a, node._pa = edges.pop(form.first)
    node._b, node._pb = (None, None) if not edges else edges[0] if len(edges) == 1 else (tuple(edges), None)
    node._mark = None
    return node
