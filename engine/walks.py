"""One walk at a time marks the nodes. A signal handler may want to walk while its thread does: that goes without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from threading import get_ident
from typing import Any

from engine.states import holding

Walked = tuple[list[Any], list[Any]]

_marking = 0
"""The thread that is walking. (If another one was when this process was forked, it is not here.)"""


def alone(walk: Callable[[Any], Walked], roots: Any) -> Walked:
    """``walk(roots)``, which marks nodes; the same without marks if there is such a walk already."""
    global _marking
    thread = get_ident()
    if _marking == thread:
        return _walk_apart(roots)
    try:
        _marking = thread
        found = walk(roots)
        _marking = 0
    except BaseException:
        _marking = 0
        raise
    return found


def backward_alone(lock: Any, sweep: Callable[..., None], root: Any, seed: float) -> None:
    """``sweep(root, seed)`` under the lock; RuntimeError in a signal handler that came while its thread had it."""
    if lock._is_owned():
        raise RuntimeError(
            "backward() cannot begin while this thread walks a graph: in a signal handler, note what is to be done, "
            "and do it when the handler has returned"
        )
    holding(lock, sweep, root, seed)


def _walk_apart(roots: Iterable[Any]) -> Walked:
    """Leaves and results in the order of `engine.graph.walk`, slower."""
    leaves: list[Any] = []
    results: list[Any] = []
    reached: set[int] = set()
    path: list[tuple[Any, Iterator[Any]]] = [(None, iter(roots))]
    while path:
        node, operands = path[-1]
        for operand in operands:
            if isinstance(operand, float) or id(operand) in reached:
                continue
            reached.add(id(operand))
            if operand._form is not None:
                path.append((operand, iter(operand.operands)))
                break
            leaves.append(operand)
        else:
            path.pop()
            if node is not None:
                results.append(node)
    return leaves, results
