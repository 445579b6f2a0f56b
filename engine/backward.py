"""Reverse mode: the chain rule, from the result back to the leaves.

The *adjoint* of a node is d(root)/d(node): what ``grad`` holds after the sweep. Every node passes its adjoint on to its
operands, times the local partial on the edge: adjoint(operand) += partial * adjoint(node). A node that is used twice is
handed two contributions, so the walk's order matters: in reverse, every node comes after all that use it.
"""

from __future__ import annotations

from itertools import repeat
from operator import ne
from typing import Any

from engine.graph import walk, walking
from engine.paths import accumulate_along_paths

NOT_COMPUTED = float("0")
"""The gradient before any ``backward()``: a 0.0 of its own (literals may be shared), told from a result 0 by ``is``."""


def sweep(root: Any, seed: float) -> None:
    """Add seed * d(root)/d(leaf) to the gradient of every leaf, and set that of every other node under ``root``.

    What a leaf receives in this sweep is summed first and then added to what it had: two sweeps give exactly twice as
    much. An interrupted sweep leaves the leaves as they were, and nothing in the results.
    """
    store = type(root)._grad.__set__
    with walking:
        leaves, results = walk(root)
        before = [leaf._grad for leaf in leaves]
        # Calls of C functions, which nothing interrupts; made before anything is changed, so that memory cannot fail.
        undo = map(store, leaves + results, [*before, *repeat(NOT_COMPUTED, len(results))])
        try:
            any(map(store, leaves + results, repeat(0.0)))
            root._grad = seed
            _accumulate(results)
            found = [leaf._grad for leaf in leaves]
            if any(map(ne, found, found)):  # NaN, which may come from a path that was not taken.
                found = accumulate_along_paths(root, seed, leaves, results)
            after = [old + new if old is not NOT_COMPUTED else new for old, new in zip(before, found, strict=True)]
            any(map(store, leaves, after))
        except BaseException:  # Ctrl-C, for one
            any(undo)
            raise


def _accumulate(results: list[Any]) -> None:
    """Pass the adjoint of every node on to its operands; all but that of the root start at zero."""
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
