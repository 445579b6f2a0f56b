"""The one walk over a recorded graph: every node once, operands before results.

It does not recurse, so a chain of a million nodes is fine. It follows operands in the order in which they were written,
so the same program is walked in the same order on every run.
"""

from __future__ import annotations

from typing import Any, TypeVar

from engine.states import holding, new_lock
from engine.walks import alone

Node = TypeVar("Node", bound=Any)  # A `Value`, of which the walk looks at the slots only.

walking = new_lock()
"""Held during a walk, and while ``backward()`` writes: threads may share leaves, or a graph."""


def topological_order(*roots: Node) -> list[Node]:
    """Every Value from which ``roots`` were computed, and the roots, each once: leaves, then results in order."""
    return [node for nodes in walk(*roots) for node in nodes]


def walk(*roots: Node) -> tuple[list[Node], list[Node]]:
    """The leaves under ``roots`` as they are met, and the results of operations, operands before results."""
    return holding(walking, alone, _walk, roots)


def _walk(roots: tuple[Any, ...]) -> tuple[list[Any], list[Any]]:
    """`walk`, with a mark on all that is reached: a new object, so what an interrupted walk leaves means nothing."""
    leaves: list[Any] = []
    results: list[Any] = []
    mark = object()
    for root in roots:
        if root._mark is not mark:
            if root._form is not None:
                _descend(root, mark, leaves, results)
            else:
                root._mark = mark
                leaves.append(root)
    return leaves, results


def _descend(node: Any, mark: object, leaves: list[Any], results: list[Any]) -> None:
    """Collect the unmarked nodes under ``node`` and itself, depth first, first operands first.

    On the way down, the mark of each node is the node that the walk came from, so the way back needs no stack. In
    root → a → b, the mark of b is a, that of a is root and that of root None, until b, a and root are done and get the
    mark itself.
    """
    node._mark = None
    while True:  # Down: to the first operand, if it is a result that was not reached yet.
        operand = node._a
        if operand._mark is not mark:
            if operand._form is not None:
                operand._mark = node
                node = operand
                continue
            operand._mark = mark
            leaves.append(operand)
        while True:  # Then to the other operands. The way back up arrives here too, and passes over what is marked.
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


def _first_unmarked_result(edges: tuple[tuple[Any, float | None], ...], mark: object, leaves: list[Any]) -> Any:
    """The first result among the operands of ``edges`` that the walk has not reached; it collects leaves before it."""
    for operand, _ in edges:
        if not isinstance(operand, float) and operand._mark is not mark:
            if operand._form is not None:
                return operand
            operand._mark = mark
            leaves.append(operand)
    return None
