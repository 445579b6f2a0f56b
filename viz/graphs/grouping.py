"""Which nodes of a graph are drawn as one: those of a neuron or a layer, and those that only the sample tells apart."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Hashable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any, Literal, get_args

from engine import Value
from viz.chain import Graph
from viz.graphs.parts import Part, Parts

Scale = Literal["operation", "neuron", "layer"]

Key = Hashable
"""What stands for a group: its only node, a `Part`, or a number for nodes that are alike."""


@dataclass(frozen=True)
class Groups:
    """A graph in groups.

    keys   the group of each node
    inner  the additions that are no node of their own, but only lead to a sum of several terms
    """

    keys: dict[Value, Key]
    inner: Set[Value]

    def count(self) -> int:
        """How many groups there are."""
        return len({key for node, key in self.keys.items() if isinstance(key, Part) or node not in self.inner})

    def members(self) -> dict[Key, list[Value]]:
        """The nodes of each group, in topological order; the groups in the order of their first members."""
        members: dict[Key, list[Value]] = {}
        for node, key in self.keys.items():
            if isinstance(key, Part) or node not in self.inner:
                members.setdefault(key, []).append(node)
        return members


class TooManyNodesError(ValueError):
    """A drawing would be too large.

    nodes  how many it would have
    """

    def __init__(self, nodes: int, message: str) -> None:
        super().__init__(message)
        self.nodes = nodes

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.nodes, str(self))


class Grouping:
    """The ways to group a graph, whose results each have a place in the drawing."""

    def __init__(self, graph: Graph, parts: Parts, parameters: Set[Value], results: Set[Value]) -> None:
        self._graph = graph
        self._results = results
        self._parts = parts
        self._parameters = parameters

    @functools.cached_property
    def _folding(self) -> Folding:
        """What is alike."""
        return Folding(self._graph, self._parts, self._parameters, self._results)

    def groups(self, by: Scale, fold: bool) -> Groups:
        """The groups at a scale, with samples folded or not. Raises ValueError for an unknown scale."""
        if by not in get_args(Scale):
            raise ValueError(f"a graph is drawn by 'operation', 'neuron' or 'layer', not by {by!r}")
        chosen = _drawn_whole(self._parts, by)
        of = self._parts.of
        if not fold:
            return Groups({node: chosen.get(of.get(node), node) for node in self._graph}, frozenset())
        classes = self._folding.classes
        keys: dict[Value, Key] = {node: chosen.get(of.get(node)) or classes[node] for node in self._graph}
        return Groups(keys, self._folding.inner)

    def check_size(self, groups: Groups, max_nodes: int) -> None:
        """Refuse a drawing too large to read, and to lay out in reasonable time; say what would make it smaller."""
        if isinstance(max_nodes, bool) or not isinstance(max_nodes, int):
            raise TypeError(f"max_nodes is a whole number, not {max_nodes!r}")
        count = groups.count()
        if count > max_nodes:
            cures = list(itertools.islice(self._cures(max_nodes), 2))
            smaller = f"draw it with {' or '.join(cures)}, or " if cures else ""
            raise TooManyNodesError(
                count,
                f"the drawing would have {count} nodes, more than max_nodes={max_nodes}: {smaller}draw a part of it "
                f"(any Value in it can be drawn by itself), or allow them with max_nodes={count}",
            )

    def _cures(self, max_nodes: int) -> Iterator[str]:
        """The options with which a drawing is small enough, as they are written in a call."""
        for fold in (False, True):
            for by in get_args(Scale) if self._parts.of else ("operation",):
                fewer = self.groups(by, fold).count()
                if fewer <= max_nodes:
                    options = [f"by={by!r}"] * (by != "operation") + ["fold=True"] * fold
                    yield f"{', '.join(options)} ({fewer} nodes)"


def _drawn_whole(parts: Parts, by: Scale) -> dict[Part | None, Part]:
    """The part as whose inside each part is hidden.

    A neuron is a part with no parts in it. A layer is a part that consists of such; where one is alone, it is a layer.
    """
    if by == "operation":
        return {}
    innermost = dict.fromkeys(parts.of.values())
    occurring = dict.fromkeys(part for inner in innermost for part in inner.ancestors())
    composite = {part.parent for part in occurring if part.parent}
    if by == "neuron":
        return {part: part for part in occurring if part not in composite}
    of_composites = {part.parent for part in composite if part.parent}
    layers = {part for part in composite if part not in of_composites}
    whole: dict[Part | None, Part] = {part: part for part in layers}
    for part in occurring:
        if part not in composite:
            whole[part] = part.parent if part.parent in layers and part.parent else part
    return whole


class Folding:
    """The nodes that do the same for each sample: the same operation, on the same parameters and on nodes alike.

    Leaves that are no parameters are alike where nodes alike use them in the same place, and so are the numbers written
    in an expression. A sum of several terms is one node, whatever the order of its additions: else a mean over samples
    would remain a chain as long as there are samples.

    classes  a number for each node; nodes alike have the same
    inner    the additions that only lead to a sum
    """

    def __init__(self, graph: Graph, parts: Parts, parameters: Set[Value], results: Set[Value]) -> None:
        self.classes: dict[Value, Hashable] = {}
        self._numbers: dict[Hashable, int] = {}
        self.inner = inner_sums(graph, parts) - results
        for node, edges in graph.items():
            if node in parameters:
                self.classes[node] = self._number(("parameter", id(node)))
            elif edges and node not in self.inner:
                self._classify(node)
        self._fold_inputs(graph, parameters)

    def _number(self, signature: Hashable) -> Hashable:
        """A short name for a signature, as long as which signatures of its consumers would grow."""
        return self._numbers.setdefault(signature, len(self._numbers))

    def _classify(self, node: Value) -> None:
        """Give a result, and the additions that only lead to it, the class of what is like it."""
        assert node.operation is not None
        operands, between = terms_of(node, self.inner) if _adds(node) else (node.operands, [])
        classes = (self.classes.get(operand) if isinstance(operand, Value) else None for operand in operands)
        number = self._number((node.operation.name, *classes))
        for alike in (node, *between):
            self.classes[alike] = number

    def _fold_inputs(self, graph: Graph, parameters: Set[Value]) -> None:
        """Tell the leaves that are no parameters apart by who uses them where."""
        uses: dict[Value, set[Hashable]] = {}
        for node, edges in graph.items():
            if not edges and node not in parameters:
                uses[node] = set()
            for place, (operand, _) in enumerate(edges):
                if isinstance(operand, Value) and operand in uses:
                    uses[operand].add((self.classes[node], place))
        for leaf, signature in uses.items():
            self.classes[leaf] = self._number(("input", frozenset(signature)))


def inner_sums(graph: Graph, parts: Parts) -> set[Value]:
    """The additions that are only terms of a longer sum in the same part: of one use, and without a label."""
    consumers: dict[Value, Value | None] = {}
    for node, edges in graph.items():
        for operand, _ in edges:
            if isinstance(operand, Value) and _adds(operand):
                consumers[operand] = None if operand in consumers else node

    def is_inner(node: Value, consumer: Value | None) -> bool:
        """Whether an addition is one of those."""
        if consumer is None or node.label or not _adds(consumer):
            return False
        return parts.of.get(node) is parts.of.get(consumer)

    return {node for node, consumer in consumers.items() if is_inner(node, consumer)}


def terms_of(node: Value, inner: Set[Value]) -> tuple[Sequence[Value | float], list[Value]]:
    """The terms of a sum in order, and the additions between them that are in ``inner``."""
    terms: list[Value | float] = []
    between: list[Value] = []
    waiting: list[Value | float] = list(reversed(node.operands))
    while waiting:
        term = waiting.pop()
        if isinstance(term, Value) and term in inner:
            between.append(term)
            waiting.extend(reversed(term.operands))
        else:
            terms.append(term)
    return terms, between


def _adds(node: Value) -> bool:
    """Whether a node is an addition."""
    return node.operation is not None and node.operation.name == "add"
