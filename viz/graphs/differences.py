"""What differs between two graphs, as the marks of either: a difference, and what only follows from one.

A number follows if what it is computed from differs: the data of a result if that of an operand does, a gradient if one
that was passed on to it does. Numbers differ if they are written differently, as the picture shows them.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

from engine import Value
from engine.extend import NO_PARTIAL, Undefined, gradient_of
from viz.graphs.marks import Mark
from viz.graphs.matching import Pairs, kind
from viz.notation import evaluation, is_finite, number
from viz.record import Record, Use

Differences = dict[Value | tuple[Value, int], Mark]


class Side:
    """One of two graphs."""

    def __init__(self, record: Record, partners: Pairs, twins: Pairs) -> None:
        """``partners`` are the nodes of the other graph that are the same, ``twins`` some that are computed alike."""
        self.record = record
        self.partners = partners
        self._twins = twins

    def differences(self, other: Side, title: str, digits: int, gradients: bool) -> Differences:
        """The marks of this graph. They say what the other one, which has this title, has instead."""
        return _Compared(self, other, title, digits, gradients).marks()

    def twin(self, node: Value) -> Value | None:
        """A node of the other graph that is computed as this one is."""
        return self._twins.get(node)

    def sums_up(self, node: Value) -> bool:
        """Whether a gradient is the sum of what is passed on to it, as far as that is known: a root has its own."""
        if node in self.record.roots:
            return True
        factors = [(gradient_of(use.result), use.partial) for use in self.record.users[node]]
        if not all(map(is_finite, (gradient_of(node), *itertools.chain(*factors)))):
            return True
        total = math.fsum(upstream * partial for upstream, partial in factors)
        return math.isclose(total, gradient_of(node), rel_tol=1e-9, abs_tol=1e-12)


class _Compared:
    """A graph beside another."""

    def __init__(self, own: Side, other: Side, title: str, digits: int, gradients: bool) -> None:
        self._own = own
        self._other = other
        self._title = title
        self._digits = digits
        self._gradients = gradients

    def marks(self) -> Differences:
        """All that differs."""
        found: dict[Any, Mark | None] = {}
        for node, uses in self._own.record.uses.items():
            partner = self._own.partners.get(node)
            if partner is None:
                found[node] = self._alone(node)
                continue
            places = self._moved(node, partner)
            found[node] = self._node(node, partner, bool(places))
            for use in uses if kind(node) == kind(partner) else ():
                found[node, use.place] = Mark() if use.place in places else self._edge(use, partner)
        return {key: mark for key, mark in found.items() if mark}

    def _alone(self, node: Value) -> Mark:
        """The mark of a node that only this graph has; what is there for such nodes alone follows."""
        users = (use.result for use in self._own.record.users[node])
        kept = any(user in self._own.partners and kind(user) == kind(self._own.partners[user]) for user in users)
        if not kept and node not in self._own.record.roots:
            return Mark(follows=True)
        twin = self._own.twin(node)
        return Mark("only here") if twin is None else self._says(self._other.record.names[twin])

    def _moved(self, node: Value, partner: Value) -> list[int]:
        """The places in which two nodes have different operands; all, where their operations differ."""
        if kind(node) != kind(partner):
            return [*range(len(node.operands))]
        pairs = enumerate(zip(node.operands, partner.operands, strict=True))
        return [
            place
            for place, (mine, theirs) in pairs
            if not (self._own.partners.get(mine) is theirs if isinstance(mine, Value) else _equal(mine, theirs))
        ]

    def _node(self, node: Value, partner: Value, moved: bool) -> Mark | None:
        """The mark of a node that both graphs have."""
        texts = [evaluation(partner, self._other.record.names)[0]] if moved else []
        follows = False
        if number(node.data, self._digits) != number(partner.data, self._digits):
            follows = moved or self._is_computed_from_others(node, partner)
            texts += [] if follows else [f"data {number(partner.data, self._digits)}"]
        if self._gradients and self._gradient(node) != self._gradient(partner):
            passed = self._is_passed_others(node, partner)
            follows |= passed
            texts += [] if passed else [f"grad {self._gradient(partner)}"]
        return self._says(", ".join(texts)) if texts else Mark(follows=True) if follows else None

    def _edge(self, use: Use, partner: Value) -> Mark | None:
        """The mark of an edge that both graphs have."""
        partial: Any = partner.partials[use.place]
        text = number(partial, self._digits)
        if number(use.partial, self._digits) == text or NO_PARTIAL in (use.partial, partial):
            return None
        follows = self._is_computed_from_others(use.result, partner) or not _equal(use.result.data, partner.data)
        return Mark(follows=True) if follows else self._says(text)

    def _is_computed_from_others(self, node: Value, partner: Value) -> bool:
        """Whether the numbers that two nodes are computed from differ."""
        pairs = zip(node.operands, partner.operands, strict=True)
        return any(not _equal(_data(mine), _data(theirs)) for mine, theirs in pairs)

    def _is_passed_others(self, node: Value, partner: Value) -> bool:
        """Whether what is passed on to the gradients of two nodes differs, and both pass it on alike."""
        mine, theirs = self._own.record.users[node], self._other.record.users[partner]
        same = len(mine) == len(theirs) and all(self._passes_the_same(use, partner) for use in mine)
        return not same and self._own.sums_up(node) == self._other.sums_up(partner)

    def _passes_the_same(self, use: Use, operand: Value) -> bool:
        """Whether a use passes on what the same use in the other graph does."""
        result = self._own.partners.get(use.result)
        if result is None or kind(use.result) != kind(result) or result.operands[use.place] is not operand:
            return False
        gradients = _equal(gradient_of(use.result), gradient_of(result))
        return gradients and _equal(use.partial, result.partials[use.place])

    def _gradient(self, node: Value) -> str:
        """A gradient as it is written."""
        return number(gradient_of(node), self._digits) if node.has_grad else "not computed"

    def _says(self, text: str) -> Mark:
        """A mark that says what the other graph has."""
        return Mark(f"{self._title}: {text}")


def _data(operand: Value | float) -> float:
    """The number of an operand."""
    return operand.data if isinstance(operand, Value) else operand


def _equal(mine: Any, theirs: Any) -> bool:
    """Whether two numbers are the same; NaN is like NaN, and what does not exist like what does not."""
    if isinstance(mine, Undefined) or isinstance(theirs, Undefined):
        return type(mine) is type(theirs)
    if isinstance(mine, Value) or isinstance(theirs, Value):
        return mine is theirs
    return bool(mine == theirs or (mine != mine and theirs != theirs))
