"""The chain rule on numbers: the operands of a node with their partials, and what follows through a whole part."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence

from engine import Value, topological_order
from engine.extend import Undefined

MOST_PRODUCTS = 200_000
"""Beyond, the derivatives through parts are left out of a picture: it should not take seconds."""


Edges = tuple[tuple[Value | float, float | None], ...]
"""(operand, local partial) for each operand of a node; None for a number."""

Graph = dict[Value, Edges]
"""The nodes of a graph in topological order, each with its edges."""


def graph_of(*roots: Value) -> Graph:
    """The graph under some Values, read once: it takes a while to ask each of 100,000 nodes for its edges."""
    return {node: node.edges for node in topological_order(*roots)}


def value_operands(edges: Edges) -> Iterator[tuple[int, Value, float]]:
    """The operands of a node that are Values: the place of each among the operands, itself, its local partial."""
    for index, (operand, partial) in enumerate(edges):
        if isinstance(operand, Value):
            assert partial is not None
            yield index, operand, partial


def times(first: float, second: float) -> float:
    """A product; undefined where one of the numbers is."""
    return _calculated(operator.mul, first, second)


def plus(first: float, second: float) -> float:
    """A sum; undefined where one of the numbers is."""
    return _calculated(operator.add, first, second)


def _calculated(operation: Callable[[float, float], float], first: float, second: float) -> float:
    """The result of an operation; the first operand that is undefined, if one is."""
    for operand in (first, second):
        if isinstance(operand, Undefined):
            return operand
    return operation(first, second)


def partials_through(
    graph: Graph, members: Sequence[Value], outputs: Sequence[Value], leads_in: Callable[[Value, Value], bool]
) -> Iterator[tuple[Value, float]]:
    """(operand, derivative of an output by it) for each output of a part, by the way through the part alone.

    members   the nodes of the part, in topological order
    leads_in  whether an edge (operand, node) leads into the part

    Nothing, if that takes more than `MOST_PRODUCTS` products.
    """
    if len(outputs) * len(members) > MOST_PRODUCTS:
        return
    inside = [member for member in members if graph[member]]
    uses = {
        node: [(operand, partial, leads_in(operand, node)) for _, operand, partial in value_operands(graph[node])]
        for node in inside
    }
    inputs = dict.fromkeys(operand for node in inside for operand, _, is_input in uses[node] if is_input)
    for output in outputs:
        adjoint = {output: 1.0}
        derivative: dict[Value, float] = {}
        for node in reversed(inside):
            if node in adjoint:
                for operand, partial, is_input in uses[node]:
                    sums = derivative if is_input else adjoint
                    sums[operand] = plus(sums.get(operand, 0.0), times(adjoint[node], partial))
        yield from ((operand, derivative[operand]) for operand in inputs if operand in derivative)
