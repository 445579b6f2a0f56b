"""Derivatives of a recorded graph as Values: the gradient is a graph again.

`adjoints` is the chain rule of `engine.backward` on anything that multiplies and adds: on the stored floats, or on
partials that are Values, made by applying the table's formulas to the Values of the graph. Such partials come from the
numbers that the Values hold now, the graph from those they held when it was recorded. If a leaf was changed in between,
the two do not fit, and the graph is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from engine.formulas import FAILURES, Operation
from engine.graph import topological_order, walk
from engine.leaves import as_value
from engine.manners import real_number
from engine.operations import OPERATIONS
from engine.trees import flatten, is_array, like
from engine.value import Value

GRADIENT_OF: WeakKeyDictionary[Value, Value] = WeakKeyDictionary()
"""For each Value that `gradients` returned: the Value with respect to which it is the derivative."""


class StaleGraphError(ValueError):
    """The graph was recorded with other numbers than its Values hold now."""


def gradients(output: Value, leaves: Iterable[Value], seed: Value | float = 1.0) -> list[Value]:
    """seed * d(output)/d(leaf) for each of ``leaves``, as Values: expressions in the Values of the graph.

    The ``leaves`` need not be leaves: any Value of the graph will do; an array of them gives an array. If ``output``
    does not depend on one, its derivative is 0. No ``grad`` changes.
    Each result is a new Value, so that it can have a label of its own: d(x*y)/dx is ``y * 1``, not ``y`` itself.
    Raises StaleGraphError, naming the leaf, if a ``data`` was changed after it was used.
    """
    if isinstance(leaves, Value):
        raise TypeError("gradients takes a list of leaves, even for one: gradients(output, [leaf])")
    point, leaves = leaves, list(flatten(leaves))
    for value in (output, *leaves):
        if not isinstance(value, Value):
            raise TypeError(f"gradients takes Values, not {value!r} of type {type(value).__name__}")
    seed = seed if isinstance(seed, Value) else real_number(seed, "the seed of gradients()")
    check_fresh(output)
    found = adjoints({output: seed}, leaves, symbolic_partials)
    taken = {seed, *topological_order(output)}
    results = []
    for leaf, gradient in zip(leaves, found, strict=True):
        results.append(as_value(gradient * 1.0 if gradient in taken else gradient))
        taken.add(results[-1])
        GRADIENT_OF[results[-1]] = leaf
    return like(point, iter(results)) if is_array(point) else results


def adjoints(
    seeds: Mapping[Value, Any],
    leaves: Iterable[Value],
    partials: Callable[[Value, list[bool]], tuple[Any, ...]],
) -> list[Any]:
    """Σ over outputs of seed * d(output)/d(leaf) for each of ``leaves``; the number 0.0 where no path leads there.

    ``partials(node, wanted)`` gives the partial for each operand of a node: None where it is not wanted, or is 0
    whatever the operands. Only the paths that end in ``leaves`` are followed; a leaf may be any node of the graph.
    """
    leaves = list(leaves)
    useful: set[Any] = set(leaves)
    on_the_way = []
    for node in topological_order(*seeds):
        if any(operand in useful for operand in node.operands):
            useful.add(node)
            on_the_way.append(node)
    adjoint: dict[Any, Any] = dict(seeds)
    for node in reversed(on_the_way):
        if node in adjoint:
            wanted = [operand in useful for operand in node.operands]
            for operand, partial in zip(node.operands, partials(node, wanted), strict=True):
                if partial is not None and operand in useful:
                    contribution = _times(partial, adjoint[node])
                    adjoint[operand] = adjoint[operand] + contribution if operand in adjoint else contribution
    return [adjoint.get(leaf, 0.0) for leaf in leaves]


def _times(partial: Any, upstream: Any) -> Any:
    """partial * upstream, without a node for a Value times 1 or -1."""
    if isinstance(upstream, float) and not isinstance(partial, float) and upstream == 1.0:
        return partial
    if isinstance(partial, float) and not isinstance(upstream, float) and abs(partial) == 1.0:
        return upstream if partial == 1.0 else -upstream
    return partial * upstream


def symbolic_partials(node: Value, wanted: list[bool]) -> tuple[Any, ...]:
    """The wanted partials of a node as expressions in its operands; None for the others, and where it is always 0."""
    operands = node.operands
    formulas = _operation(node).symbolic
    return tuple(
        formula(*operands, node) if is_wanted else None for formula, is_wanted in zip(formulas, wanted, strict=True)
    )


def stored_partials(node: Value, _wanted: list[bool]) -> tuple[Any, ...]:
    """The partials of a node as the forward pass left them."""
    return node.partials


def check_fresh(*roots: Value) -> None:
    """Raise StaleGraphError if a node under ``roots`` no longer follows from the numbers of its operands.

    Value and partials are computed anew and compared. A change that they do not show cannot change the gradient.
    """
    for node in walk(*roots)[1]:
        numbers = tuple(as_value(operand)._data for operand in node.operands)
        formulas = (_operation(node).value, *_operation(node).partials)
        held = (node._data, *node.partials)
        for formula, number in zip(formulas, held, strict=True):
            given = numbers if formula is formulas[0] else (*numbers, node._data)
            if number is not None and not _gives(formula, given, number):
                raise StaleGraphError(_stale_message(node))


def _gives(formula: Callable[..., float], numbers: tuple[float, ...], held: float) -> bool:
    """Whether the formula still gives the number that is held; NaN, as in the forward pass, where it has none."""
    try:
        number = formula(*numbers)
    except FAILURES:
        number = math.nan
    return number == held or (number != number and held != held)


def _stale_message(node: Value) -> str:
    """Which Value was changed, and what to do."""
    leaves = [operand for operand in node.operands if isinstance(operand, Value) and operand.is_leaf]
    changed = [leaf for leaf in leaves if leaf._b] or [node]
    names = " or of ".join(repr(value) for value in dict.fromkeys(changed))
    name = _operation(node).row.name
    return f"the data of {names} was changed after {name} used or made it: compute the expression again first"


def _operation(node: Value) -> Operation:
    assert node.operation is not None
    return OPERATIONS[node.operation.name]
