"""Which nodes of a graph are drawn as one: those of a neuron or layer, and those that differ only in the sample."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Hashable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any, Literal, get_args

from engine import Value
from viz.graphs.parts import Part, Parts
from viz.record import Record

Scale = Literal["operation", "neuron", "layer"]

Key = Hashable
"""What stands for a group: its only node, a `Part`, or a number for nodes that are alike."""


@dataclass(frozen=True)
class Groups:
    """A graph in groups.

    keys   the group of each node
    inner  the additions that are not drawn, as they are only steps towards a longer sum
    """

    keys: dict[Value, Key]
    inner: Set[Value]

    @functools.cached_property
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
    """The ways to group a graph."""

    def __init__(self, record: Record) -> None:
        self._record = record

    @functools.cached_property
    def _folding(self) -> Folding:
        """Which nodes are alike."""
        return Folding(self._record)

    def groups(self, by: Scale, fold: bool) -> Groups:
        """The groups at a scale, with samples folded or not. Raises ValueError for an unknown scale."""
        if by not in get_args(Scale):
            raise ValueError(f"a graph is drawn by 'operation', 'neuron' or 'layer', not by {by!r}")
        parts, nodes = self._record.parts, self._record.uses
        whole = _drawn_whole(parts, by)
        if not fold:
            return Groups({node: whole.get(parts.of.get(node), node) for node in nodes}, frozenset())
        classes = self._folding.classes
        return Groups({node: whole.get(parts.of.get(node)) or classes[node] for node in nodes}, self._folding.inner)

    def check_size(self, groups: Groups, max_nodes: int) -> None:
        """Refuse a drawing too large to read, or to lay out in reasonable time, and say what would make it smaller."""
        if isinstance(max_nodes, bool) or not isinstance(max_nodes, int):
            raise TypeError(f"max_nodes is a whole number, not {max_nodes!r}")
        count = len(groups.members)
        if count > max_nodes:
            cures = list(itertools.islice(self._cures(max_nodes), 2))
            smaller = f"draw it with {' or '.join(cures)}, or " if cures else ""
            raise TooManyNodesError(
                count,
                f"the drawing would have {count} nodes, more than max_nodes={max_nodes}: {smaller}draw a part of it "
                f"(any Value in it can be drawn by itself), or allow them with max_nodes={count}",
            )

    def _cures(self, max_nodes: int) -> Iterator[str]:
        """The options that make a drawing small enough, as they are written in a call."""
        for fold in (False, True):
            for by in get_args(Scale) if self._record.parts.of else ("operation",):
                fewer = len(self.groups(by, fold).members)
                if fewer <= max_nodes:
                    options = [f"by={by!r}"] * (by != "operation") + ["fold=True"] * fold
                    yield f"{', '.join(options)} ({fewer} nodes)"


def _drawn_whole(parts: Parts, by: Scale) -> dict[Part | None, Part]:
    """For each part that is hidden inside a drawn one, or drawn itself, the part that is drawn.

    A neuron is a part without parts in it. A layer is a part that consists of such; a neuron by itself is drawn, too.
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

    Leaves other than parameters are alike where nodes alike use them in the same place, and so are the numbers written
    in an expression. A sum of several terms is one node, whatever the order of its additions: otherwise a mean over
    samples would remain a chain as long as there are samples.

    classes  a number for each node; nodes alike have the same
    inner    the additions that are only steps towards a longer sum
    """

    def __init__(self, record: Record) -> None:
        self.classes: dict[Value, Hashable] = {}
        self._numbers: dict[Hashable, int] = {}
        self.inner = inner_sums(record) - set(record.roots)
        for node in record.uses:
            if node in record.parameters:
                self.classes[node] = self._number(("parameter", id(node)))
            elif not node.is_leaf and node not in self.inner:
                self._classify(node)
        self._fold_inputs(record)

    def _number(self, signature: Hashable) -> Hashable:
        """A short name for a signature: nested in those of its consumers, it would grow without end."""
        return self._numbers.setdefault(signature, len(self._numbers))

    def _classify(self, node: Value) -> None:
        """Give a result, and the additions on the way to it, the class of what is like it."""
        assert node.operation is not None
        operands, between = terms_of(node, self.inner) if _adds(node) else (node.operands, [])
        classes = (self.classes.get(operand) if isinstance(operand, Value) else None for operand in operands)
        number = self._number((node.operation.name, *classes))
        for alike in (node, *between):
            self.classes[alike] = number

    def _fold_inputs(self, record: Record) -> None:
        """Tell the inputs apart by who uses them in which place."""
        users: dict[Value, set[Hashable]] = {
            node: set() for node in record.uses if node.is_leaf and node not in record.parameters
        }
        for use in itertools.chain(*record.uses.values()):
            if use.operand in users:
                users[use.operand].add((self.classes[use.result], use.place))
        for leaf, signature in users.items():
            self.classes[leaf] = self._number(("input", frozenset(signature)))


def inner_sums(record: Record) -> set[Value]:
    """The additions that are only terms of a longer sum in the same part: of one use, and without a label."""
    consumers: dict[Value, Value | None] = {}
    for operand, consumer, *_ in itertools.chain(*record.uses.values()):
        if _adds(operand):
            consumers[operand] = None if operand in consumers else consumer
    of = record.parts.of
    return {
        node
        for node, only in consumers.items()
        if only is not None and not node.label and _adds(only) and of.get(node) is of.get(only)
    }


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
