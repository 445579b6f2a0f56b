"""The chain rule along paths only: a branch that was not taken passes nothing back, whatever its derivatives are.

`engine.backward` multiplies and adds without looking, which is right as long as everything is finite. But 0 times
infinity is NaN. Where NaN comes out, it takes this slower way, which never looks at what lies beyond a `Cut`.
"""

from __future__ import annotations

from typing import Any

from engine.failures import Undefined
from engine.primitives import Cut


def accumulate_along_paths(root: Any, seed: float, leaves: list[Any], results: list[Any]) -> None:
    """Leave seed * d(root)/d(node) in every node.

    A derivative that does not exist is `Undefined`; raises its error if that is so of all leaves.
    """
    for node in leaves + results:
        node._grad = 0.0
    root._grad = seed
    reached = {root}
    for node in reversed(results):
        if node in reached:
            for operand, partial in node.edges:
                if partial is not None and not isinstance(partial, Cut):
                    operand._grad += partial * node._grad
                    reached.add(operand)
    if all(isinstance(leaf._grad, Undefined) for leaf in leaves):
        leaves[0]._grad.refuse()
