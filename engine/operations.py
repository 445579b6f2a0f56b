"""What it means to apply an operation: compute the number, and remember the operands and the partials.

An `Operation` (see `engine.formulas`) is a row whose texts have become functions: for ``mul``, ``value(2.0, 3.0)`` is
6.0 and ``partials[0](2.0, 3.0, 6.0)``, which takes the result as well, is 3.0, since d(x*y)/dx = y.

`apply` does so for every row of the table, whatever the operands. Most operators run the same lines written out for
their row, which is faster: ``print(engine.source("mul"))`` shows them, and `engine.fast` writes them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from engine.failures import Undefined, explained_for
from engine.formulas import FAILURES, Operation
from engine.manners import real_number
from engine.recording import is_paused, watch_pause
from engine.value import Value

OPERATIONS: dict[str, Operation] = {}
"""Every operation by name, in the order of the table."""

make: Callable[[], Any] = functools.partial(object.__new__, Value)
"""A Value with empty slots: quicker than object.__new__(Value), and unlike Value() it skips __init__."""


def apply(operation: Operation, operands: tuple[Any, ...]) -> Any:
    """The result of an operation: a Value that remembers its operands, or a float where all of them are numbers.

    Raises TypeError for an operand that is not a number, and what the formula raises (ZeroDivisionError, OverflowError,
    and DomainError for a ValueError) with the operation, the operands and their labels in the message.
    """
    operands = tuple(x if isinstance(x, Value) else real_number(x, operation.row.name) for x in operands)
    numbers = tuple(x._data if isinstance(x, Value) else x for x in operands)
    try:
        result = operation.value(*numbers)
    except FAILURES as error:
        raise explained_for(error, operation.row, operands, "no value") from None
    positions = [index for index, operand in enumerate(operands) if isinstance(operand, Value)]
    if not positions:
        return result
    if is_paused():
        watch_pause(operands[positions[0]])
        return Value(result)
    known = (*numbers, result)
    edges = [(x, _partial(operation, index, operands, known)) for index, x in enumerate(operands)]
    return _record(operation, result, edges, positions[0])


def _partial(operation: Operation, index: int, operands: tuple[Any, ...], known: tuple[float, ...]) -> float | None:
    """The local partial for one operand; None if that is a plain number, `Undefined` where the formula has no value."""
    if not isinstance(operands[index], Value):
        return None
    try:
        partial: float = operation.partials[index](*known)
    except FAILURES as error:
        which = operation.row.operand_names[index]
        return Undefined(explained_for(error, operation.row, operands, f"no derivative with respect to {which}"))
    return partial


def _record(operation: Operation, result: float, edges: list[tuple[Any, float | None]], first: int) -> Value:
    """A result with these edges, (operand, partial) each; ``edges[first]`` is the first whose operand is a Value."""
    node: Value = make()
    node._data = result
    node._form = operation.forms[first]
    node._a, node._pa = edges.pop(first)
    node._b, node._pb = (None, None) if not edges else edges[0] if len(edges) == 1 else (tuple(edges), None)
    node._mark = None
    return node
