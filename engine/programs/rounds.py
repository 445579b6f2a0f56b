"""Which nodes of a tape the formulas of a rolled program stand for, round by round.

A `Tree` names the node of each of its steps in the first round. Here are those of all rounds.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property

from engine.programs.rolling import Group, Roller

NO_NODE = -1
"""Stands for a node that is not on the tape: a product with 1, say, that makes terms alike."""


class Rounds:
    """The nodes behind the groups of ``roller``.

    steps      of a round, for one term after the other the node of each step; without a sum, those of its tree
    additions  of a round, the node that adds each term to those before it; nowhere for the first
    """

    def __init__(self, roller: Roller) -> None:
        self.forest = roller.forest
        self.before = {position: first for first, position in self.forest.longer.items()}
        self.terms = cache(self.forest.terms_of)

    def steps(self, group: Group, part: int, element: int) -> list[list[int]]:
        """The nodes of one of a group's formulas in the round of this number."""
        root = group.nodes[element]
        if group.tree is not None:
            return [self.inside(root)]
        is_slot = self.forest.is_slot
        return [[] if is_slot(term) else self.inside(term) for term in self.terms(root)[part]]

    def inside(self, node: int) -> list[int]:
        """The nodes of a tree, in the order of its steps."""
        forest = self.forest
        operands = [operand for operand in forest.operands[node] if not forest.is_slot(operand)]
        found = [step for operand in operands for step in self.inside(operand)]
        term = forest.rewritten.get(node)
        if term is None:
            return [*found, forest.origins.get(node, node)]
        return [*found, NO_NODE if term in forest.operands[node] else term]

    def additions(self, group: Group, part: int, element: int) -> list[int]:
        """The nodes that add the terms of one of a sum's formulas in the round of this number."""
        root = group.nodes[element]
        runs = self.terms(root) if group.tree is None else [[root]]
        found = [NO_NODE] * sum(map(len, runs))
        addition = root
        for place in reversed(range(1, len(found))):
            found[place] = addition
            addition = self.before.get(addition, NO_NODE)
        start = sum(map(len, runs[:part]))
        return found[start : start + len(runs[part])]

    def nodes(self, group: Group, part: int) -> set[int]:
        """All nodes that one of a group's formulas stands for; where a sum begins with one, that, too."""
        found: set[int] = set()
        for element in range(group.size):
            found.update(self.additions(group, part, element), *self.steps(group, part, element))
            if not (part or group.tree):
                first = self.terms(group.nodes[element])[0][0]
                found.update([first] if first >= 0 and self.forest.is_slot(first) else [])
        return found - {NO_NODE}

    @cached_property
    def alike(self) -> dict[int, list[int]]:
        """For the first node that computes something, all that compute it."""
        found: dict[int, list[int]] = {}
        for position, first in enumerate(self.forest.firsts):
            found.setdefault(first, []).append(position)
        return found

    def with_twins(self, nodes: Iterable[int], written: set[int]) -> list[int]:
        """These nodes, and those that give the same but are not ``written`` anywhere."""
        twins = [twin for node in nodes for twin in self.alike[self.forest.firsts[node]] if twin not in written]
        return sorted({*nodes, *twins})
