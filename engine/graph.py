"""The one walk over a recorded graph: every node once, operands before results.

It is iterative, so a chain of a million nodes is fine, and it follows the operands in the order they were written, so
the same program is walked in the same order on every run.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.value import Value

walking = threading.RLock()
"""Held during a walk, and while ``backward()`` writes: two threads may share leaves, or a graph."""


def topological_order(*roots: Value) -> list[Value]:
    """Every Value from which ``roots`` were computed, roots included, each once: leaves, then results in order."""
    leaves, results = walk(*roots)
    return leaves + results


def walk(*roots: Value) -> tuple[list[Value], list[Value]]:
    """The leaves under ``roots`` as they are met, and the results of operations, operands before results.

    Nodes that the walk has come to carry its mark, an object of its own: what an interrupted walk leaves behind means
    nothing to the next.
    """
    leaves: list[Value] = []
    results: list[Value] = []
    mark = object()
    with walking:
        for root in roots:
            if root._mark is not mark:
                if root._form is not None:
                    _descend(root, mark, leaves, results)
                else:
                    root._mark = mark
                    leaves.append(root)
    return leaves, results


def _descend(node: Value, mark: object, leaves: list[Value], results: list[Value]) -> None:
    """Collect the unmarked nodes under ``node`` and itself, depth first, first operands first.

    On the way down, the place of the mark holds the node that the walk came from, so that the way back needs no stack:
    in root → a → b, the mark of b is a and that of a is root, until b and then a are done and get the mark itself.
    With a stack, a set of visited nodes or Kahn's counting of uses the walk took longer.
    """
    node._mark = None
    while True:
        operand = node._a
        if operand._mark is not mark:
            if operand._form is not None:
                operand._mark = node
                node = operand
                continue
            operand._mark = mark
            leaves.append(operand)
        while True:
            if node._pb is not None:
                operand = node._b
                if operand._mark is not mark:
                    if operand._form is not None:
                        operand._mark = node
                        node = operand
                        break
                    operand._mark = mark
                    leaves.append(operand)
            elif type(node._b) is tuple:
                operand = _first_unmarked_result(node._b, mark, leaves)
                if operand is not None:
                    operand._mark = node
                    node = operand
                    break
            results.append(node)
            consumer = node._mark
            node._mark = mark
            if consumer is None:
                return
            node = consumer


def _first_unmarked_result(edges: tuple[tuple[Any, float | None], ...], mark: object, leaves: list[Value]) -> Any:
    """The first result among the operands of ``edges`` to which the walk has not come yet; leaves are noted."""
    for operand, _ in edges:
        if not isinstance(operand, float) and operand._mark is not mark:
            if operand._form is not None:
                return operand
            operand._mark = mark
            leaves.append(operand)
    return None
