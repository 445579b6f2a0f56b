"""Which nodes of a graph are drawn as one: those of a neuron or layer, and those that loops compute alike."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from engine import Value
from engine.extend import Loop, loops_of
from viz.graphs.parts import Part, Parts
from viz.record import Record

Scale = Literal["operation", "neuron", "layer"]

Key = Value | Part
"""What stands for a group: a `Part`, or the first of its nodes."""


@dataclass(frozen=True)
class Groups:
    """A graph in groups.

    keys   the group of each node, those of one group in the order of its loops
    loops  those that are drawn as one node, by the first of their values
    inner  what is not drawn, but written in the sum that alone uses it: additions on the way there, and products of
           which there are many in each sum, with the loop that computes them
    """

    keys: dict[Value, Key]
    loops: Mapping[Key, Loop] = field(default_factory=dict)
    inner: Mapping[Value, Loop | None] = field(default_factory=dict)

    @functools.cached_property
    def members(self) -> dict[Key, list[Value]]:
        """The nodes of each group that are drawn; the groups in topological order, as far as they have one."""
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

    def groups(self, by: Scale, fold: bool) -> Groups:
        """The groups at a scale, with loops folded or not. Raises ValueError for an unknown scale."""
        if by not in get_args(Scale):
            raise ValueError(f"a graph is drawn by 'operation', 'neuron' or 'layer', not by {by!r}")
        of = self._record.parts.of
        whole = _drawn_whole(self._record.parts, by)
        if not fold:
            return Groups({node: whole.get(of.get(node), node) for node in self._record.uses})
        folded = self._folded
        keys = {node: whole.get(of.get(node), key) for node, key in folded.keys.items()}
        return Groups(keys, folded.loops, folded.inner)

    @functools.cached_property
    def _folded(self) -> Groups:
        """All that loops compute alike, together."""
        uses = self._record.uses
        inputs = [node for node in uses if self._record.role(node) == "input"]
        found = loops_of([*self._record.roots, *self._visible_sums()], inputs)
        loops: dict[Key, Loop] = {loop.values[0]: loop for loop in found}
        keys = {value: key for key, loop in loops.items() for value in loop.values}
        inner: dict[Value, Loop | None] = {node: None for node in uses if node not in keys}
        for key in self._written_products(loops, keys):
            inner |= dict.fromkeys(loops[key].values, loops.pop(key))
        for node in inner:
            keys.pop(node, None)
        for use in itertools.chain(*reversed(uses.values())):
            keys.setdefault(use.operand, keys[use.result])
        groups = dict.fromkeys(keys[node] for node in uses if node not in inner)
        order = itertools.chain(inner, *(loops[key].values for key in groups))
        return Groups({node: keys[node] for node in order}, loops, inner)

    def _written_products(self, loops: Mapping[Key, Loop], keys: Mapping[Value, Key]) -> list[Key]:
        """The products and negations that are written in the sums whose terms they are, as in ``Σ w * x``."""
        of = self._record.parts.of
        used = Counter([*self._record.roots, *(use.operand for uses in self._record.uses.values() for use in uses)])
        found = []
        for total in (loop for loop in loops.values() if loop.terms):
            rows = zip(total.values, total.terms, strict=True)
            sums = {term: result for result, row in rows for term in row if isinstance(term, Value)}
            for key, count in Counter(keys[term] for term in sums).items():
                terms = loops[key].values
                is_product = terms[0].operation is not None and terms[0].operation.name in ("mul", "neg")
                alone = (used[term] == 1 and not term.label and of.get(term) is of.get(sums[term]) for term in terms)
                if is_product and len(terms) == count > len(total.values) and all(alone):
                    found.append(key)
        return found

    def _visible_sums(self) -> Iterator[Value]:
        """The sums that are drawn even where they go on in a longer one: those with a label, or given by a part."""
        of = self._record.parts.of
        for operand, result, *_ in itertools.chain(*self._record.uses.values()):
            adds = operand.operation is not None and operand.operation.name == "add"
            if adds and (operand.label or of.get(operand) is not of.get(result)):
                yield operand

    def check_size(self, groups: Groups, max_nodes: int, refusal: str = "") -> None:
        """Refuse a drawing too large to read, or to lay out in reasonable time, and say what would make it smaller.

        Finding that takes a while; ``refusal`` says something else, with {nodes} and {most} to fill in.
        """
        if isinstance(max_nodes, bool) or not isinstance(max_nodes, int):
            raise TypeError(f"max_nodes is a whole number, not {max_nodes!r}")
        count = len(groups.members)
        if count > max_nodes and refusal:
            raise TooManyNodesError(count, refusal.format(nodes=count, most=max_nodes))
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
