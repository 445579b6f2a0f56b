"""Which node of one graph is which of another: those computed alike are the same, and then those used alike.

First from the leaves up: what is computed in the same way from the same leaves, once in each graph. Then from the
results down: what stands in the same place of two nodes that are the same. So a change, wherever it is, keeps neither
what was computed before it nor what comes of it from being found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from engine import Value
from viz.record import Record

Pairs = Mapping[Value, Value]

_MOST_USERS = 8
"""So many say enough of a node: a parameter may have thousands."""


def matched(first: Record, second: Record) -> Pairs:
    """The nodes of the first graph that have a counterpart in the second, each with that.

    It takes time in proportion to the size of the graphs, and finds the same pairs whichever of them comes first.
    """
    if _written(first) > _written(second):
        return {other: node for node, other in matched(second, first).items()}
    return _Search(first, second).pairs()


def classes(*records: Record) -> list[dict[Value, int]]:
    """For each graph, a number for each node: the same for all that is computed alike, in whichever graph.

    A leaf is told by its label; by its number, too, where it has none, or shares it with another leaf of its graph.
    """
    labels = [Counter(node.label for node in record.uses if node.is_leaf) for record in records]
    known: dict[Hashable, int] = {}
    found: list[dict[Value, int]] = []
    for record in records:
        numbers: dict[Value, int] = {}
        for node in record.uses:
            key: tuple[Any, ...] = ("", node.label)
            if node.operation is not None:
                key = node.operation.name, *(numbers[x] if isinstance(x, Value) else repr(x) for x in node.operands)
            elif not node.label or any(counts[node.label] > 1 for counts in labels):
                key = "", node.label, repr(node.data)
            numbers[node] = known.setdefault(key, len(known))
        found.append(numbers)
    return found


def _written(record: Record) -> list[str]:
    """A graph in texts, which have an order: the same for equal graphs alone."""
    positions: dict[Any, int] = {node: position for position, node in enumerate(record.uses)}
    lines = [
        f"{kind(node) or repr(node.data)} {node.label!r} {[positions.get(x, x) for x in node.operands]}"
        for node in record.uses
    ]
    return [*lines, str([positions[root] for root in record.roots])]


def kind(node: Value) -> str:
    """The name of the operation that made a node; empty for a leaf."""
    return node.operation.name if node.operation else ""


def _used_alone(nodes: Sequence[Value], user: Value, record: Record, like: Value) -> list[Value]:
    """Those nodes that nothing else uses, and that were made by the same operation as another."""
    return [x for x in nodes if kind(x) == kind(like) and all(use.result is user for use in record.users[x])]


def _members(keys: Mapping[Value, Hashable]) -> dict[Hashable, list[Value]]:
    """The nodes by their keys, in order."""
    members: dict[Hashable, list[Value]] = {}
    for node, key in keys.items():
        members.setdefault(key, []).append(node)
    return members


class _Likeness(NamedTuple):
    """How much two nodes look the same, in the order of what counts.

    computed   whether they are computed alike
    score      how many operands and users are the same, less the users in which others stand
    operation  whether they are made by the same operation
    """

    computed: bool
    score: int
    operation: bool

    @property
    def is_enough(self) -> bool:
        """Whether they may be the same."""
        return self.computed or self.score > 0


class _Search:
    """The search for pairs.

    found  the counterpart of each node of the first graph
    taken  the other way round
    """

    def __init__(self, first: Record, second: Record) -> None:
        self._first = first
        self._second = second
        self._classes, self._others = classes(first, second)
        self.found: dict[Value, Value] = {}
        self.taken: dict[Value, Value] = {}

    def pairs(self) -> Pairs:
        """All pairs; the surest are found first."""
        for node in self._first.uses:
            if node in self._second.uses:
                self._pair(node, node)
        alike, others = _members(self._classes), _members(self._others)
        labels = [{node: node.label for node in r.uses if node.label} for r in (self._first, self._second)]
        self._pair_single(alike, others)
        self._pair_single(*map(_members, labels))
        # The first of a class is computed from the first of others: so users come before operands.
        for nodes in reversed(alike.values()):
            self._pair_by_users(nodes)
        for number, nodes in alike.items():
            for node, other in zip(self._open(nodes), self._open_others(others.get(number, ())), strict=False):
                self._pair(node, other)
        return self.found

    def _pair(self, node: Value, other: Value) -> None:
        """Take two nodes for the same, if neither is taken and they can be: a leaf has its label."""
        labels = {label for label in (node.label, other.label) if label}
        alike = node.is_leaf == other.is_leaf and not (node.is_leaf and len(labels) > 1)
        if alike and node not in self.found and other not in self.taken:
            self.found[node] = other
            self.taken[other] = node

    def _pair_single(
        self, members: Mapping[Hashable, Sequence[Value]], others: Mapping[Hashable, Sequence[Value]]
    ) -> None:
        """Pair what has a key that nothing else in its graph has."""
        for key, nodes in members.items():
            if len(nodes) == 1 == len(others.get(key, ())):
                self._pair(nodes[0], others[key][0])

    def _pair_by_users(self, nodes: Sequence[Value]) -> None:
        """Pair nodes that are computed alike with what stands in their places in the other graph."""
        likeness: dict[tuple[Value, Value], _Likeness] = {}
        for node in self._open(nodes):
            for other in self._open_others(self._in_places_of(node)):
                # The other may be new, and the node be one of its operands, if that has no other use.
                inner = _used_alone(self._open_others(other.operands), other, self._second, node)
                likeness |= {(node, found): self._likeness(node, found) for found in (other, *inner)}
        gone = set()
        for node, other in sorted(likeness, key=likeness.__getitem__, reverse=True):
            if likeness[node, other].is_enough and not (node in gone or node in self.found):
                # Or the node is gone, and one of its operands stands in its place.
                inner = _used_alone(self._open(node.operands), node, self._first, other)
                found = max([node, *inner], key=lambda x: self._likeness(x, other))
                gone |= {node} - {found}
                self._pair(found, other)

    def _in_places_of(self, node: Value) -> dict[Any, None]:
        """What stands where a node stands, and around: all operands of the partners of its users."""
        roots = zip(self._first.roots, self._second.roots, strict=False)
        around: dict[Any, None] = dict.fromkeys(other for root, other in roots if root is node)
        for use in self._first.users[node]:
            if use.result in self.found:
                operands = self.found[use.result].operands
                around |= dict.fromkeys((*operands[use.place : use.place + 1], *operands))
        return around

    def _likeness(self, node: Value, other: Value) -> _Likeness:
        """How much two nodes look the same."""
        same = [self.found.get(x) if isinstance(x, Value) else x for x in node.operands]
        shared = sum(x is not None and x in other.operands for x in same)
        in_place = sum(x is y for x, y in zip(same, other.operands, strict=False))
        uses = [use for use in self._first.users[node][:_MOST_USERS] if use.result in self.found]
        stands = [self.found[use.result].operands[use.place : use.place + 1] == (other,) for use in uses]
        is_root = any(pair == (node, other) for pair in zip(self._first.roots, self._second.roots, strict=False))
        score = shared + in_place + 2 * sum(stands) - len(stands) + is_root
        return _Likeness(self._classes[node] == self._others[other], score, kind(node) == kind(other))

    def _open(self, nodes: Iterable[Any]) -> list[Value]:
        """The Values of the first graph that have no counterpart yet."""
        return [node for node in nodes if isinstance(node, Value) and node not in self.found]

    def _open_others(self, nodes: Iterable[Any]) -> list[Value]:
        """Those of the second graph."""
        return [node for node in nodes if isinstance(node, Value) and node not in self.taken]
