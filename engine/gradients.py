"""Derivatives of a recorded graph as Values: the gradient is a graph again.

`adjoints` is the chain rule of `engine.backward` on anything that multiplies and adds: on the stored floats, or on
partials that are Values, made by applying the table's formulas to the Values of the graph. Such partials come from the
numbers that the Values hold now, the graph from those they held when it was recorded. If a leaf was changed in between,
the two do not fit, and the graph is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from engine.collector import collector_paused
from engine.failures import Undefined, cut_off, forgiving
from engine.formulas import FAILURES
from engine.graph import topological_order, walk
from engine.leaves import as_value
from engine.manners import real_number
from engine.primitives import Cut
from engine.recording import REWRITTEN, is_paused, watch_pause
from engine.states import inside
from engine.trees import flatten, is_array, like
from engine.value import Value

GRADIENT_OF: WeakKeyDictionary[Value, Value] = WeakKeyDictionary()
"""For each Value that `gradients` returned: the Value with respect to which it is the derivative."""


Paths = Callable[[Value, Container[Any]], Iterable[tuple[Any, Any]]]
"""From a node to (operand, partial) for those of its operands that are in a set and to which a path leads."""


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
    point, leaves = leaves, read_leaves("gradients", output, leaves)
    seed = seed if isinstance(seed, Value) else real_number(seed, "the seed of gradients()")
    with collector_paused():
        found = adjoints({output: seed}, leaves, symbolic_paths)
        results = results_by(leaves, found, {seed, *topological_order(output)})
    return like(point, iter(results)) if is_array(point) else results


def read_leaves(function: str, output: Any, leaves: Any) -> list[Value]:
    """The leaves as a list; TypeError, in the name of a function, unless they and the output are Values."""
    if isinstance(leaves, Value) or not isinstance(leaves, Iterable):
        raise TypeError(f"{function} takes a list of leaves, even for one: {function}(output, [leaf])")
    found = list(flatten(leaves))
    for value in (output, *found):
        if not isinstance(value, Value):
            raise TypeError(f"{function} takes Values, not {value!r} of type {type(value).__name__}")
    return found


def results_by(leaves: Sequence[Value], found: Sequence[Any], taken: set[Any]) -> list[Value]:
    """The derivatives by ``leaves`` that were ``found``, as Values none of which is taken, or given twice."""
    results = []
    for gradient in found:
        results.append(as_value(gradient * 1.0 if gradient in taken else gradient))
        taken.add(results[-1])
    GRADIENT_OF.update(zip(results, leaves, strict=True))
    return results


def adjoints(
    seeds: Mapping[Value, Any], leaves: Iterable[Value], paths: Paths, known: dict[Any, Any] | None = None
) -> list[Any]:
    """Σ over outputs of seed * d(output)/d(leaf) for each of ``leaves``; the number 0.0 where no path leads there.

    Only the paths that end in ``leaves`` are followed; a leaf may be any node of the graph. ``known`` gets the same sum
    for each node on these paths.
    Raises the error of a derivative that does not exist.
    """
    leaves = list(leaves)
    useful: set[Any] = set(leaves)
    on_the_way = []
    nodes: tuple[list[Any], list[Any]] = walk(*seeds)
    for node in nodes[1]:
        if node._a in useful or not useful.isdisjoint(node.operands):
            useful.add(node)
            on_the_way.append(node)

    def chain_rule(paths: Paths) -> list[Any]:
        """Pass on the adjoints, from the last node to the first."""
        adjoint: dict[Any, Any] = {} if known is None else known
        adjoint.update(seeds)
        for node in reversed(on_the_way):
            if node in adjoint:
                upstream = adjoint[node]
                for operand, partial in paths(node, useful):
                    passed = times(partial, upstream)
                    adjoint[operand] = plus(adjoint[operand], passed) if operand in adjoint else passed
        return [adjoint.get(leaf, 0.0) for leaf in leaves]

    return recorded_gradient(chain_rule, paths, nodes)


def recorded_gradient(
    compute: Callable[[Paths], list[Any]], paths: Paths, nodes: tuple[list[Value], list[Value]]
) -> list[Any]:
    """What ``compute(paths)`` records as derivatives in a graph of ``nodes``.

    In it, failures wait until it is clear that they matter; in the programs made of it, too. Raises the error of a
    derivative that does not exist; StaleGraphError, where derivatives would be made of Values that have changed.
    """
    if paths is symbolic_paths:
        _check(*nodes)
    found: list[Any] = inside(forgiving, compute, paths)
    if any(isinstance(_plain(number), Undefined) for number in found):
        # The errors of the forward pass name a node, not a step of its formula.
        for number in map(_plain, [*inside(forgiving, compute, stored_paths), *found]):
            if isinstance(number, Undefined):
                number.refuse()
    if is_paused():
        for number in found:
            if isinstance(number, Value):
                watch_pause(number)
        found = list(map(_plain, found))
    return found


def _plain(number: Any) -> Any:
    """The number that a Value holds; another as it is."""
    return number._number if isinstance(number, Value) else number


def times(partial: Any, upstream: Any) -> Any:
    """partial * upstream, without a node for a Value times 1 or -1."""
    if isinstance(partial, float):
        if abs(partial) == 1.0 and not isinstance(upstream, float):
            return upstream if partial == 1.0 else _in_gradient("neg", -upstream, upstream)
    elif isinstance(upstream, float) and upstream == 1.0:
        return partial
    return _in_gradient("mul", partial * upstream, partial, upstream)


def plus(first: Any, second: Any) -> Any:
    """first + second."""
    return _in_gradient("add", first + second, first, second)


def _in_gradient(name: str, result: Any, *operands: Any) -> Any:
    """The result in the form that it has in a gradient; it is nothing where `cut_off` says so."""
    if result.__class__ is Value:
        result._form = result._form.in_gradient
        number = result._number
        if number.__class__ is not float or not number or number != number:  # Else none of the operands was cut off.
            result._number = cut_off(name, number, list(map(_plain, operands)))
    return result


def symbolic_paths(node: Any, wanted: Container[Any]) -> Iterator[tuple[Any, Any]]:
    """The partials as expressions in the operands of the node."""
    operands = node.operands
    for operand, formula in zip(operands, node._form.operation.symbolic, strict=True):
        if operand in wanted:
            partial = formula(*operands, node)
            if partial is not None and not isinstance(partial, Cut):
                yield operand, partial


def stored_paths(node: Value, wanted: Container[Any]) -> Iterator[tuple[Any, Any]]:
    """The partials as numbers, from the forward pass."""
    for operand, partial in node.edges:
        if operand in wanted and not isinstance(partial, Cut):
            yield operand, partial


def check_fresh(*roots: Value) -> None:
    """Raise StaleGraphError if a node under ``roots`` no longer follows from the numbers of its operands.

    Value and partials are computed anew and compared. A change that they do not show cannot change the gradient.
    """
    _check(*walk(*roots))


def _check(leaves: list[Any], results: list[Any]) -> None:
    """`check_fresh` for the nodes of a graph: those that were changed, and what was computed from them."""
    changed = {leaf for leaf in leaves if leaf._b}.union(REWRITTEN)
    if changed:
        for node in results:
            if node._a in changed or node in changed or not changed.isdisjoint(node.operands):
                _check_node(node)


def _check_node(node: Any) -> None:
    """Raise StaleGraphError if the number or a partial of a node is not what its operands give now."""
    operation, edges = node._form.operation, node.edges
    numbers = [operand if isinstance(operand, float) else operand._number for operand, _ in edges]
    fits = _gives(node, operation.value, numbers, node._number)
    numbers.append(node._number)
    for (_, partial), formula in zip(edges, operation.partials, strict=True):
        fits = fits and (partial is None or _gives(node, formula, numbers, partial))
    if not fits:
        raise StaleGraphError(_stale_message(node))


def _gives(node: Value, formula: Callable[..., Any], numbers: list[Any], held: Any) -> bool:
    """Whether the formula still gives the number that is held; none, or NaN, as in the forward pass."""
    try:
        number = formula(*numbers)
    except FAILURES:
        number = math.nan
    if number != held and node._form.in_gradient is node._form and formula is node._form.operation.value:
        # The value in a gradient, where 0 times infinity may be nothing; a partial is a number like any other.
        number = cut_off(node._form.row.name, number, numbers)
    return bool(number == held or (number != number and held != held))


def _stale_message(node: Value) -> str:
    """Which Value was changed, and what to do."""
    leaves = [operand for operand in node.operands if isinstance(operand, Value) and operand.is_leaf]
    changed = [leaf for leaf in leaves if leaf._b] or [node]
    names = " or of ".join(repr(value) for value in dict.fromkeys(changed))
    name = node._form.row.name
    return f"the data of {names} was changed after {name} used or made it: compute the expression again first"
