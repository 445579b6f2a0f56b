"""Reverse mode: the chain rule, from the result back to the leaves.

The *adjoint* of a node is d(root)/d(node): what ``grad`` holds after the sweep. Every node passes its adjoint on to its
operands, times the local partial on the edge: adjoint(operand) += partial * adjoint(node). A node that is used twice is
handed two contributions, so the walk's order matters: in reverse, every node comes after all that use it.
"""

from __future__ import annotations

from itertools import chain, repeat
from typing import Any

from engine.graph import walk
from engine.paths import accumulate_along_paths

NOT_COMPUTED = float("0")
"""The gradient before any ``backward()``: a 0.0 of its own (literals may be shared), told from a result 0 by ``is``."""


def sweep(root: Any, seed: float) -> None:
    """Add seed * d(root)/d(leaf) to the gradient of every leaf, and set that of every other node under ``root``.

    What a leaf receives in a sweep is summed first, then added to what it had: two sweeps give exactly twice as much.
    An interrupted sweep leaves the leaves as they were, and nothing in the results. Called under the lock `walking`.
    """
    leaves, results = walk(root)
    held = [(leaf, leaf._grad) for leaf in leaves if leaf._grad is not NOT_COMPUTED]
    # A call of a C function, which nothing interrupts; made before anything is changed, so that memory cannot fail.
    nodes, before = leaves + results, [leaf._grad for leaf in leaves]
    undo = map(type(root)._grad.__set__, nodes, chain(before, repeat(NOT_COMPUTED)))
    try:
        for leaf, _ in held:
            leaf._grad = 0.0
        _accumulate(root, seed, results)
        total = sum([leaf._grad for leaf in leaves])
        if total != total:  # NaN, which may come from a path that was not taken.
            accumulate_along_paths(root, seed, leaves, results)
        for leaf, grad in held:
            leaf._grad += grad
    except BaseException:  # Ctrl-C, for one
        any(undo)
        raise


def _accumulate(root: Any, seed: float, results: list[Any]) -> None:
    """Leave seed * d(root)/d(node) in every node; the leaves start at zero."""
    for node in results:
        node._grad = 0.0
    root._grad = seed
    for node in reversed(results):
        adjoint = node._grad
        node._a._grad += node._pa * adjoint
        partial = node._pb
        if partial is not None:
            node._b._grad += partial * adjoint
        elif type(node._b) is tuple:
            for operand, partial in node._b:
                if partial is not None:
                    operand._grad += partial * adjoint
