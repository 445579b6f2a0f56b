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

from engine.failures import Undefined, cut_off, forgiving
from engine.formulas import FAILURES, Operation
from engine.graph import topological_order, walk
from engine.leaves import as_value
from engine.manners import real_number
from engine.primitives import Cut
from engine.recording import is_paused, watch_pause
from engine.registration import find_operation
from engine.states import inside
from engine.trees import flatten, is_array, like
from engine.value import Value

GRADIENT_OF: WeakKeyDictionary[Value, Value] = WeakKeyDictionary()
"""For each Value that `gradients` returned: the Value with respect to which it is the derivative."""


Partials = Callable[[Value, list[bool]], tuple[Any, ...]]
"""The partials of a node for those of its operands that are wanted."""


class StaleGraphError(ValueError):
    """The graph was recorded with other numbers than its Values hold now."""


def gradients(output: Value, leaves: Iterable[Value], seed: Value | float = 1.0) -> list[Value]:
    """seed * d(output)/d(leaf) for each of ``leaves``, as Values: expressions in the Values of the graph.

    The ``leaves`` need not be leaves: any Value of the graph will do; an array of them gives an array. If ``output``
    does not depend on one, its derivative is 0. No ``grad`` changes.
    Each result is a new Value, so that it can have a label of its own: d(x*y)/dx is ``y * 1``, not ``y`` itself.
    Raises StaleGraphError, naming the leaf, if a ``data`` was changed after it was used; and the error of a derivative
    that does not exist.
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


def adjoints(seeds: Mapping[Value, Any], leaves: Iterable[Value], partials: Partials) -> list[Any]:
    """Σ over outputs of seed * d(output)/d(leaf) for each of ``leaves``; the number 0.0 where no path leads there.

    ``partials(node, wanted)`` gives the partial for each operand of a node: None where it is not wanted, or is 0
    whatever the operands. Only the paths that end in ``leaves`` are followed; a leaf may be any node of the graph.
    Raises the error of a derivative that does not exist.
    """
    leaves = list(leaves)
    useful: set[Any] = set(leaves)
    on_the_way = []
    nodes = topological_order(*seeds)
    for node in nodes:
        if any(operand in useful for operand in node.operands):
            useful.add(node)
            on_the_way.append(node)

    def chain_rule(partials: Partials) -> list[Any]:
        """Pass on the adjoints, from the last node to the first."""
        adjoint: dict[Any, Any] = dict(seeds)
        for node in reversed(on_the_way):
            if node in adjoint:
                wanted = [operand in useful for operand in node.operands]
                for operand, partial in zip(node.operands, partials(node, wanted), strict=True):
                    if operand in useful and is_path(partial):
                        passed = times(partial, adjoint[node])
                        adjoint[operand] = plus(adjoint[operand], passed) if operand in adjoint else passed
        return [adjoint.get(leaf, 0.0) for leaf in leaves]

    return recorded_gradient(chain_rule, partials, nodes, seeds.values())


def recorded_gradient(
    compute: Callable[[Partials], list[Any]], partials: Partials, nodes: Iterable[Value], given: Iterable[Any]
) -> list[Any]:
    """What ``compute(partials)`` records as derivatives in a graph of ``nodes``, from numbers and Values ``given``.

    In it, failures wait until it is clear that they matter; in the programs made of it, too. Raises the error of a
    derivative that does not exist.
    """
    found: list[Any] = inside(forgiving, compute, partials)
    if any(isinstance(_plain(number), Undefined) for number in found):
        # The errors of the forward pass name a node, not a step of its formula.
        for number in map(_plain, [*inside(forgiving, compute, stored_partials), *found]):
            if isinstance(number, Undefined):
                number.refuse()
    made = _values(found)
    if made and is_paused():
        for value in made:
            watch_pause(value)
        return list(map(_plain, found))
    if made:
        before = {*nodes, *topological_order(*_values(given))}
        for node in walk(*made)[1]:
            if node not in before:
                node._form = node._form.in_gradient
    return found


def _plain(number: Any) -> Any:
    """The number that a Value holds; another as it is."""
    return number._number if isinstance(number, Value) else number


def _values(numbers: Iterable[Any]) -> list[Value]:
    """The Values among numbers."""
    return [number for number in numbers if isinstance(number, Value)]


def is_path(partial: Any) -> bool:
    """Whether anything is passed back through a partial: it is neither None nor a `Cut`."""
    return partial is not None and not isinstance(partial, Cut)


def times(partial: Any, upstream: Any) -> Any:
    """partial * upstream, without a node for a Value times 1 or -1."""
    if isinstance(upstream, float) and not isinstance(partial, float) and upstream == 1.0:
        return partial
    if isinstance(partial, float) and not isinstance(upstream, float) and abs(partial) == 1.0:
        return upstream if partial == 1.0 else _cut_off("neg", -upstream, upstream)
    return _cut_off("mul", partial * upstream, partial, upstream)


def plus(first: Any, second: Any) -> Any:
    """first + second."""
    return _cut_off("add", first + second, first, second)


def _cut_off(name: str, result: Any, *operands: Any) -> Any:
    """The result, which is nothing where `cut_off` says so."""
    if isinstance(result, Value):
        result._number = cut_off(name, result._number, list(map(_plain, operands)))
    return result


def symbolic_partials(node: Value, wanted: list[bool]) -> tuple[Any, ...]:
    """The wanted partials of a node as expressions in its operands; None for the others, and where it is always 0."""
    operands = node.operands
    formulas = _operation(node).symbolic
    return tuple(
        formula(*operands, node) if is_wanted else None for formula, is_wanted in zip(formulas, wanted, strict=True)
    )


def stored_partials(node: Value, _wanted: list[bool]) -> tuple[Any, ...]:
    """All partials of a node as numbers, from the forward pass; None for a number among the operands."""
    return node.partials


def check_fresh(*roots: Value) -> None:
    """Raise StaleGraphError if a node under ``roots`` no longer follows from the numbers of its operands.

    Value and partials are computed anew and compared. A change that they do not show cannot change the gradient.
    """
    for node in walk(*roots)[1]:
        numbers = tuple(as_value(operand)._number for operand in node.operands)
        formulas = (_operation(node).value, *_operation(node).partials)
        held = (node._number, *node.partials)
        for formula, number in zip(formulas, held, strict=True):
            given = numbers if formula is formulas[0] else (*numbers, node._number)
            if number is not None and not _gives(node, formula, given, number):
                raise StaleGraphError(_stale_message(node))


def _gives(node: Value, formula: Callable[..., Any], numbers: tuple[Any, ...], held: Any) -> bool:
    """Whether the formula still gives the number that is held; none, or NaN, as in the forward pass."""
    try:
        number = formula(*numbers)
    except FAILURES:
        number = math.nan
    if node._form.in_gradient is node._form and len(numbers) == len(node.operands):
        # The value in a gradient, where 0 times infinity may be nothing; a partial is given the result, too.
        number = cut_off(node._form.row.name, number, numbers)
    return bool(number == held or (number != number and held != held))


def _stale_message(node: Value) -> str:
    """Which Value was changed, and what to do."""
    leaves = [operand for operand in node.operands if isinstance(operand, Value) and operand.is_leaf]
    changed = [leaf for leaf in leaves if leaf._b] or [node]
    names = " or of ".join(repr(value) for value in dict.fromkeys(changed))
    name = _operation(node).row.name
    return f"the data of {names} was changed after {name} used or made it: compute the expression again first"


def _operation(node: Value) -> Operation:
    assert node.operation is not None
    return find_operation(node.operation.name, node.operands)
