"""Reverse mode: the chain rule, from the result back to the leaves.

Two functions hold the same rule, adjoint(operand) += partial * adjoint(result). `sweep` runs it on the floats stored
in the graph, as fast as Python allows. `adjoints` runs it on anything that multiplies and adds: on the stored floats,
or on partials that are Values themselves, so that the gradient is a graph again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from engine.graph import topological_order, walk, walking

if TYPE_CHECKING:
    from engine.value import Value


NOT_COMPUTED = float("0")
"""The gradient before any ``backward()``: an own zero, recognised by identity, so that a drawing need not show 0."""


class Undefined(float):
    """The NaN on an edge whose partial derivative does not exist; whoever multiplies it learns why.

    So ``sqrt`` of 0 is a number like any other until its derivative is asked for.
    """

    error: Exception
    alive = 0
    """How many there are: while there are none, which is nearly always, no graph is searched for them."""

    @classmethod
    def because(cls, error: Exception) -> Undefined:
        """The partial whose formula raised ``error``."""
        partial = cls("nan")
        partial.error = error
        cls.alive += 1
        return partial

    def __del__(self) -> None:
        type(self).alive -= 1

    def refuse(self, _factor: object = None) -> Any:
        """Raise the error with which the formula failed."""
        raise type(self.error)(*self.error.args)

    __mul__ = __rmul__ = refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return Undefined.because, (self.error,)


def sweep(root: Value, seed: float) -> None:
    """Add seed * d(root)/d(leaf) to the gradient of every leaf, and set that of every other node under ``root``.

    What a leaf gets in this sweep is summed first and then added to what it had: two sweeps give exactly twice as much.
    An interrupted sweep leaves the leaves as they were, and nothing in the results.
    """
    with walking:
        leaves, results = walk(root)
        if Undefined.alive:
            _refuse_undefined(results)
        held = [(leaf, leaf._grad) for leaf in leaves if leaf._grad is not NOT_COMPUTED]
        try:
            for leaf, _ in held:
                leaf._grad = 0.0
            _accumulate(root, seed, results)
            for leaf, grad in held:
                leaf._grad += grad
        except BaseException:  # Ctrl-C, for one
            for node in leaves + results:
                node._grad = NOT_COMPUTED
            for leaf, grad in held:
                leaf._grad = grad
            raise


def _accumulate(root: Value, seed: float, results: list[Value]) -> None:
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


def _refuse_undefined(order: Iterable[Value]) -> None:
    """Raise the error of the first partial that does not exist, before any gradient is touched."""
    for node in order:
        for partial in node.partials:
            if isinstance(partial, Undefined):
                partial.refuse()


def adjoints(
    seeds: Mapping[Value, Any],
    leaves: Iterable[Value],
    partials: Callable[[Value, list[bool]], tuple[Any, ...]],
) -> list[Any]:
    """Σ over outputs of seed * d(output)/d(leaf) for each of ``leaves``; the number 0.0 where nothing leads there.

    ``partials(node, wanted)`` gives the partial for each operand of a node, None where it is not wanted or is zero
    whatever the operands. Only the paths that end in ``leaves`` are followed; a leaf may be any node of the graph.
    """
    leaves = list(leaves)
    useful: set[Any] = set(leaves)
    on_the_way = []
    for node in topological_order(*seeds):
        if any(operand in useful for operand in node.operands):
            useful.add(node)
            on_the_way.append(node)
    adjoint: dict[Value, Any] = dict(seeds)
    for node in reversed(on_the_way):
        if node in adjoint:
            wanted = [operand in useful for operand in node.operands]
            for operand, partial in zip(node.operands, partials(node, wanted), strict=True):
                if partial is not None and operand in useful:
                    _add(adjoint, operand, _times(partial, adjoint[node]))
    return [adjoint.get(leaf, 0.0) for leaf in leaves]


def _times(partial: Any, upstream: Any) -> Any:
    """partial * upstream, with no node for a Value times the number 1 or -1."""
    if isinstance(upstream, float) and not isinstance(partial, float) and upstream == 1.0:
        return partial
    if isinstance(partial, float) and not isinstance(upstream, float) and abs(partial) == 1.0:
        return upstream if partial == 1.0 else -upstream
    return partial * upstream


def _add(adjoint: dict[Any, Any], operand: Any, contribution: Any) -> None:
    """adjoint[operand] += contribution."""
    earlier = adjoint.get(operand)
    adjoint[operand] = contribution if earlier is None else earlier + contribution
