"""What is to be drawn: a computation graph as plain nodes and edges, without a word on how they look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Literal

from engine import Value, topological_order
from viz.notation import expression, names, number, shortened

Role = Literal["input", "parameter", "operation", "result"]

# The longest name of an operand in an expression; the node of that operand shows more of it.
_LONGEST_OPERAND = 24


@dataclass(frozen=True)
class Node:
    """One Value.

    role        a leaf is an input or a parameter, what was computed an operation or, where the drawing ends, a result
    name        the label, or a name given for the drawing; no two nodes have the same
    expression  how it was computed, in the names of its operands; empty for a leaf
    gradient    None where none was computed
    """

    role: Role
    name: str
    expression: str
    data: float
    gradient: float | None


@dataclass(frozen=True)
class Edge:
    """One use of one node in the computation of another, both given by their position among the nodes.

    partial  the local partial derivative of the target by this operand
    """

    source: int
    target: int
    partial: float


@dataclass(frozen=True)
class Outline:
    """The nodes, operands before results, and the edges in the order of the operands."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def outline(value: Value | Sequence[Value], parameters: Iterable[Value] = (), max_nodes: int = 500) -> Outline:
    """The graph from which ``value``, or each of several values, was computed.

    parameters  the leaves that are parameters; leaves not listed are inputs
    max_nodes   the most nodes that the graph may have

    Numbers written in an expression are no nodes: they stand in the expression of the node that uses them. Raises
    TypeError for anything but Values, ValueError for a parameter that is no leaf and for a graph of more nodes.
    """
    roots = _roots(value)
    trained = _parameters(parameters)
    order = topological_order(*roots)
    _check_size(len(order), max_nodes)
    called = names(order)
    results = set(roots)
    nodes = (
        Node(
            role=_role(node, results, trained),
            name=called[node],
            expression=_expression(node, called),
            data=node.data,
            gradient=node.grad if node.has_grad else None,
        )
        for node in order
    )
    return Outline(tuple(nodes), tuple(_edges(order)))


def value_operands(node: Value) -> Iterator[tuple[int, Value, float]]:
    """The operands of a node that are Values: the place of each among the operands, itself, its local partial."""
    for index, (operand, partial) in enumerate(node.edges):
        if isinstance(operand, Value):
            assert partial is not None
            yield index, operand, partial


def _edges(order: Sequence[Value]) -> Iterator[Edge]:
    position = {node: index for index, node in enumerate(order)}
    for node in order:
        for _, operand, partial in value_operands(node):
            yield Edge(position[operand], position[node], partial)


def _role(node: Value, results: Set[Value], parameters: Set[Value]) -> Role:
    if node.is_leaf:
        return "parameter" if node in parameters else "input"
    return "result" if node in results else "operation"


def _expression(node: Value, called: Mapping[Value, str]) -> str:
    """How a node was computed, in the names of its operands."""
    if node.operation is None:
        return ""

    def write(operand: Value | float) -> str:
        """Name an operand, not too long."""
        return shortened(called[operand], _LONGEST_OPERAND) if isinstance(operand, Value) else number(operand)

    return expression(node.operation, node.operands, write)


def _roots(value: Value | Sequence[Value]) -> list[Value]:
    """The values to draw, or TypeError."""
    roots: list[Any] = list(value) if isinstance(value, (list, tuple)) else [value]
    for root in roots:
        if not isinstance(root, Value):
            raise TypeError(
                f"a drawing is of a Value or a list of Values, not of {root!r} of type {type(root).__name__}"
            )
    if not roots:
        raise ValueError("a drawing is of a Value or a list of Values, and the list is empty")
    return roots


def _parameters(parameters: Iterable[Value]) -> set[Value]:
    """The leaves that are parameters, or the error that says which is none."""
    if isinstance(parameters, Value) or not isinstance(parameters, Iterable):
        raise TypeError(f"parameters takes a list of Values, as model.parameters() gives, not {parameters!r}")
    trained = set()
    for parameter in parameters:
        if not isinstance(parameter, Value):
            raise TypeError(f"parameters takes Values, not {parameter!r} of type {type(parameter).__name__}")
        if parameter.operation is not None:
            raise ValueError(
                f"{parameter!r} is no parameter: it is the result of {parameter.operation.name}, not a leaf"
            )
        trained.add(parameter)
    return trained


def _check_size(count: int, max_nodes: int) -> None:
    """Refuse a graph too large to read, and to lay out in reasonable time."""
    if isinstance(max_nodes, bool) or not isinstance(max_nodes, int):
        raise TypeError(f"max_nodes is a whole number, not {max_nodes!r}")
    if count > max_nodes:
        raise ValueError(
            f"the graph has {count} nodes, more than max_nodes={max_nodes}: draw a part of it (any Value in it "
            f"can be drawn by itself), or allow them with max_nodes={count}"
        )
