"""What is to be drawn: a computation graph as plain nodes, edges and parts, without a word on how they look."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from math import isfinite
from typing import Any

from engine import Value
from engine.extend import collector_paused
from viz.chain import Graph, graph_of, partials_through, value_operands
from viz.graphs.grouping import Grouping, Groups, Key, Scale, terms_of
from viz.graphs.parts import Part, Parts, common_part, find_parts, local, path_of
from viz.graphs.summary import Row, part_rows, row_of
from viz.notation import common_name, expression, names, printable, several, shortened, unused
from viz.palette import Role

# The longest name of an operand in an expression; the node of that operand shows more of it.
_LONGEST_OPERAND = 24
_MOST_TERMS = 4


@dataclass(frozen=True)
class Node:
    """One Value, several Values that are alike, or a part of the computation.

    role        a leaf is an input or a parameter, what was computed an operation or, where the drawing ends, a result;
                a part is a neuron, a layer or what else has a scope
    name        the label, or a name given for the drawing; no two nodes have the same
    expression  how it was computed, in the names of its operands; empty for a leaf; for a part, a word on what it does
    rows        the numbers: data and gradient; for a part, a row for each kind of number in it
    part        the part in which it is drawn
    size        how many Values it stands for
    """

    role: Role
    name: str
    expression: str
    rows: tuple[Row, ...]
    part: Part | None = None
    size: int = 1

    @property
    def gradient(self) -> float | None:
        """Its gradient, of several the largest in size with its sign; for a part the norm over its parameters."""
        gradients = [gradient for gradient in self.rows[-1].gradients or () if isfinite(gradient)]
        return max(gradients, key=abs) if gradients else None


@dataclass(frozen=True)
class Edge:
    """The uses of one node in the computation of another, both given by their position among the nodes.

    partials  the local partial derivative of the target by this operand, for each use; for a part, that of its results
              by its inputs, where each call has one result
    """

    source: int
    target: int
    partials: tuple[float, ...]


@dataclass(frozen=True)
class Outline:
    """The nodes, operands before results as far as groups allow, and the edges in the order of the operands.

    parts  those that nodes are drawn in, and what is around these: the outer before the inner
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    parts: tuple[Part, ...] = ()


@collector_paused()
def outline(
    value: Value | Sequence[Value],
    parameters: Iterable[Value] = (),
    max_nodes: int = 500,
    by: Scale = "operation",
    fold: bool = False,
) -> Outline:
    """The graph from which ``value``, or each of several values, was computed.

    parameters  the leaves that are parameters; unless given, those that the parts of the graph use as such
    max_nodes   the most nodes that the drawing may have
    by          what is drawn as one node: an operation, a neuron (any innermost part), or a layer (a part of such)
    fold        whether operations that are the same for each sample are one node

    Numbers written in an expression are no nodes: they stand in the expression of the node that uses them. Raises
    TypeError for anything but Values, ValueError for a parameter that is no leaf, an unknown scale, and more nodes.
    """
    if not isinstance(fold, bool):
        raise TypeError(f"fold is True or False, not {fold!r}")
    roots = _roots(value)
    given = _parameters(parameters)
    graph = graph_of(*roots)
    parts = find_parts(graph)
    trained: Set[Value] = given or parts.parameters
    grouping = Grouping(graph, parts, trained, set(roots))
    groups = grouping.groups(by, fold)
    grouping.check_size(groups, max_nodes)
    return _Drawn(graph, parts, trained, groups).outline(set(roots))


class _Drawn:
    """A graph in groups, on the way to its outline."""

    def __init__(self, graph: Graph, parts: Parts, parameters: Set[Value], groups: Groups) -> None:
        self._graph = graph
        self._parts = parts
        self._parameters = parameters
        self._groups = groups
        self._members = groups.members()
        self._sums = {groups.keys[node] for node in groups.inner}
        self._value_names = names(graph)
        self._names = self._group_names()

    def outline(self, results: Set[Value]) -> Outline:
        """Nodes and edges; ``results`` are the Values at which the drawing ends."""
        used_outside = {operand for operand, *_ in self._drawn_edges} | results
        outputs = {
            key: [node for node in nodes if node in used_outside and not node.is_leaf]
            for key, nodes in self._members.items()
        }
        nodes = [self._node(key, members, results, outputs[key]) for key, members in self._members.items()]
        around = [part for node in nodes if node.part for part in reversed([*node.part.ancestors()])]
        return Outline(tuple(nodes), tuple(self._edges(outputs)), tuple(dict.fromkeys(around)))

    def _group_names(self) -> dict[Key, str]:
        """A name for each group that no other has."""
        taken = set(self._value_names.values())
        given = {}
        for key, members in self._members.items():
            name = self._value_names[members[0]]
            if isinstance(key, Part):
                name = unused(path_of(key), taken)
            elif len(members) > 1 and all(member.label for member in members):
                shared = common_name([self._value_names[member] for member in members])
                name = unused(shared or name, taken - {name})
            taken.add(name)
            given[key] = name
        return given

    def _node(self, key: Key, members: list[Value], results: Set[Value], outputs: Sequence[Value]) -> Node:
        """What is drawn for a group."""
        if isinstance(key, Part):
            rows = part_rows(key, members, outputs, self._parameters, self._value_names)
            return Node("part", self._names[key], printable(key.scope.note), rows, key.parent, len(members))
        part = functools.reduce(self._around, members[1:], self._parts.of.get(members[0]))
        role = _role(members[0], results, self._parameters)
        return Node(role, self._names[key], self._expression(members, part), (row_of("", members),), part, len(members))

    def _around(self, part: Part | None, node: Value) -> Part | None:
        """The innermost part around a part and a node."""
        other = self._parts.of.get(node)
        return common_part(part, other) if part and other else None

    def _expression(self, members: Sequence[Value], part: Part | None) -> str:
        """How the nodes of a group were computed, in the names that the groups of their operands have in a part."""
        operation = members[0].operation
        if operation is None:
            return ""
        operands = [terms_of(member, self._groups.inner)[0] for member in members]
        if len(operands[0]) > len(operation.operand_names):
            return self._sum(operands[0], [self._operand(alike, part) for alike in zip(*operands, strict=True)])
        return expression(operation, [self._operand(alike, part) for alike in zip(*operands, strict=True)])

    def _operand(self, alike: Sequence[Value | float], part: Part | None) -> str:
        """What the nodes of a group have in the same place: a node or nodes alike, or numbers."""
        first = alike[0]
        if isinstance(first, Value):
            key = self._groups.keys[first]
            is_inside = isinstance(key, Part) and (first.is_leaf or first.label)
            name = self._value_names[first] if is_inside else self._names[key]
            return shortened(local(name, part), _LONGEST_OPERAND)
        return several([float(operand) for operand in alike])

    def _sum(self, terms: Sequence[Value | float], texts: Sequence[str]) -> str:
        """a + b + …, with Σ a for all the nodes alike that are called a; or how many terms there are."""
        counts = Counter(texts)
        if len(counts) > _MOST_TERMS:
            return f"sum of {len(terms)} terms"
        different = Counter(text for _, text in set(zip(terms, texts, strict=True)))

        def written(text: str, count: int) -> str:
            """The terms that are written alike."""
            return text if count == 1 else f"{count} × {text}" if different[text] == 1 else f"Σ {text}"

        return " + ".join(written(text, count) for text, count in counts.items())

    def _is_drawn(self, operand: Value, node: Value) -> bool:
        """Whether an edge is drawn: it is between groups, or from one call of a part to another."""
        source, target = self._groups.keys[operand], self._groups.keys[node]
        return source != target or (isinstance(source, Part) and self._parts.leads_into(operand, node, source))

    @functools.cached_property
    def _drawn_edges(self) -> list[tuple[Value, Value, int, float]]:
        """(operand, node, place of the operand, partial) of the edges that are drawn."""
        return [
            (operand, node, place, partial)
            for node, edges in self._graph.items()
            for place, operand, partial in value_operands(edges)
            if self._is_drawn(operand, node)
        ]

    def _edges(self, outputs: Mapping[Key, Sequence[Value]]) -> Iterator[Edge]:
        """The edges in the order of the operands; from group to group, one for each place of an operand."""
        keys = self._groups.keys
        partials: dict[tuple[Key, Key, int], list[float]] = {}
        for operand, node, place, partial in self._drawn_edges:
            into_part = isinstance(keys[node], Part)
            merged = into_part or keys[node] in self._sums
            found = partials.setdefault((keys[operand], keys[node], 0 if merged else place), [])
            found += [] if into_part else [partial]
        for key, members in self._members.items():
            if isinstance(key, Part):
                for operand, partial in partials_through(self._graph, members, outputs[key], self._is_drawn):
                    partials[keys[operand], key, 0].append(partial)
        positions = {key: position for position, key in enumerate(self._members)}
        return (Edge(positions[source], positions[target], tuple(p)) for (source, target, _), p in partials.items())


def _role(node: Value, results: Set[Value], parameters: Set[Value]) -> Role:
    """What a node is in a drawing that ends at ``results``."""
    if node.is_leaf:
        return "parameter" if node in parameters else "input"
    return "result" if node in results else "operation"


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
