"""Derivatives of a recorded graph as Values: the gradient is a graph again.

The formulas of the table are applied to the Values of the graph, so they have to agree with the numbers that were
recorded. A leaf that was changed in between would mix two points: such a graph is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakKeyDictionary

from engine.backward import adjoints
from engine.formulas import FAILURES, Operation
from engine.graph import topological_order, walk
from engine.operations import OPERATIONS
from engine.value import Value, real_number

GRADIENT_OF: WeakKeyDictionary[Value, Value] = WeakKeyDictionary()
"""Which leaf's derivative a Value is, for those that `gradients` returned: programs name them after it."""


class StaleGraphError(ValueError):
    """The graph was recorded with other numbers than its Values hold now."""


def gradients(output: Value, leaves: Iterable[Value], seed: Value | float = 1.0) -> list[Value]:
    """seed * d(output)/d(leaf) for each of ``leaves``, as Values: expressions in the Values of the graph.

    A leaf may be any Value of the graph; one that ``output`` does not depend on gives 0. No ``grad`` changes. What is
    returned is no Value of the graph itself, and each is another, so it can be given a label: d(x*y)/dx is ``y * 1``.
    Raises StaleGraphError, naming the leaf, if a ``data`` was changed after it was used.
    """
    if isinstance(leaves, Value):
        raise TypeError("gradients takes a list of leaves, even for one: gradients(output, [leaf])")
    leaves = list(leaves)
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
    return results


def symbolic_partials(node: Value, wanted: list[bool]) -> tuple[Any, ...]:
    """The wanted partials of a node as expressions in its operands; None for others and for one that is always 0."""
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

    Value and partials are computed anew and compared: what they do not show could not change the gradient either.
    """
    for node in walk(*roots)[1]:
        numbers = tuple(as_value(operand)._data for operand in node.operands)
        formulas = (_operation(node).value, *_operation(node).partials)
        held = (node._data, *node.partials)
        for formula, number in zip(formulas, held, strict=True):
            given = numbers if formula is formulas[0] else (*numbers, node._data)
            if number is not None and not _same(_attempt(formula, given), number):
                raise StaleGraphError(_stale_message(node))


def _attempt(formula: Callable[..., float], numbers: tuple[float, ...]) -> float:
    """The formula's number, or NaN where it has none, as in the partials of the forward pass."""
    try:
        return formula(*numbers)
    except FAILURES:
        return math.nan


def _same(first: float, second: float) -> bool:
    """Equality in which NaN equals NaN."""
    return first == second or (first != first and second != second)


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


def as_value(number: Any) -> Value:
    """A number as a leaf; a Value as it is."""
    return number if isinstance(number, Value) else Value(number)
