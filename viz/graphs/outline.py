"""What a drawing shows: the record of a graph, grouped into nodes, edges and parts, without a word on their looks."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine import Value
from engine.extend import NO_PARTIAL, Loop
from viz.graphs.grouping import Grouping, Groups, Key, Scale
from viz.graphs.marks import Mark, Marks, Unplaced, words_of
from viz.graphs.parts import Part, common_part, local, path_of
from viz.graphs.summary import Row, part_rows, row_of
from viz.notation import expression, is_finite, printable, ranges, several, shortened, unused, without_ranges
from viz.palette import Role
from viz.record import Record, Use

MOST_PRODUCTS = 200_000
"""Beyond this, a picture leaves out the derivatives through a part: it should not take seconds."""

# The longest name of an operand in an expression; the node of that operand shows more of it.
_LONGEST_OPERAND = 24
_MOST_TERMS = 4


@dataclass(frozen=True)
class Node:
    """One Value, several Values that are alike, or a part of the computation.

    role        a leaf is an input or a parameter; what was computed is an operation or, where the drawing ends, a
                result; a part is a neuron, a layer or anything else that has a scope
    name        the label, or a name given for the drawing; unique among the nodes
    expression  how it was computed, in the names of its operands; empty for a leaf; for a part, the note of its scope
    rows        the numbers: data and gradient; for a part, a row for each kind of number in it
    part        the part it is drawn in
    dims        how often the loops run whose Values it stands for, the outermost first; empty for a single Value
    mark        None if it is not marked
    """

    role: Role
    name: str
    expression: str
    rows: tuple[Row, ...]
    part: Part | None = None
    dims: tuple[int, ...] = ()
    mark: Mark | None = None

    @property
    def size(self) -> int:
        """How many Values it stands for."""
        return math.prod(self.dims)

    @property
    def gradient(self) -> float | None:
        """Its gradient; of several, the one largest in size; for a part, the norm over its parameters."""
        gradients = [gradient for gradient in self.rows[-1].gradients or () if is_finite(gradient)]
        return max(gradients, key=abs) if gradients else None


@dataclass(frozen=True)
class Edge:
    """The uses of one node in the computation of another, both given by position among the nodes.

    partials  the local partial derivative of the target by this operand, for each use; into a part, those of its
              outputs by its inputs
    mark      None if it is not marked
    """

    source: int
    target: int
    partials: tuple[float, ...]
    mark: Mark | None = None

    @property
    def is_labelled(self) -> bool:
        """Whether something stands on it."""
        return bool(self.partials or words_of(self.mark))


@dataclass(frozen=True)
class Outline:
    """The nodes, operands before results as far as groups allow, and the edges in the order of the operands.

    parts  the parts around nodes, the outer before the inner
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    parts: tuple[Part, ...] = ()


def outline(
    record: Record,
    max_nodes: int = 500,
    by: Scale = "operation",
    fold: bool = False,
    digits: int = 5,
    marks: Marks | None = None,
) -> Outline:
    """What a drawing of a record shows; options and errors are those of `viz.draw`."""
    unplaced = Unplaced(marks)
    groups = small_groups(record, max_nodes, by, fold)
    drawn = _Drawn(record, groups, digits, unplaced).outline()
    unplaced.check_all_taken()
    return drawn


def by_operation(record: Record, max_nodes: int, refusal: str) -> Outline:
    """The graph by operation. ``refusal`` is the message of TooManyNodesError, with {nodes} and {most} to fill in."""
    small_groups(record, max_nodes, refusal=refusal)
    return outline(record, max_nodes)


def small_groups(
    record: Record, max_nodes: int, by: Scale = "operation", fold: bool = False, refusal: str = ""
) -> Groups:
    """The groups of a drawing that is not too large: TooManyNodesError says ``refusal``, or what makes it smaller."""
    if not isinstance(fold, bool):
        raise TypeError(f"fold is True or False, not {fold!r}")
    grouping = Grouping(record)
    groups = grouping.groups(by, fold)
    grouping.check_size(groups, max_nodes, refusal)
    return groups


class _Drawn:
    """A graph in groups, on the way to its outline."""

    def __init__(self, record: Record, groups: Groups, digits: int, marks: Unplaced) -> None:
        self._record = record
        self._marks = marks
        self._digits = digits
        self._groups = groups
        self._sums = {key: loop for key, loop in groups.loops.items() if loop.terms}
        self._names = self._group_names()
        self._products: dict[tuple[Value, Part | None], str] = {}
        self._edges = [use for node in groups.keys for use in record.uses[node] if self._is_drawn(use)]
        self._entering = {(use.operand, use.result) for use in self._edges}
        self._whole: dict[Key, list[Value | tuple[Value, int]]] = {}
        """All nodes of each group, and the edges in it: they are not drawn, and their marks stand on the group."""
        for node, key in groups.keys.items():
            inside = [(node, use.place) for use in record.uses[node] if not self._is_drawn(use)]
            self._whole.setdefault(key, []).extend([node, *inside])

    def outline(self) -> Outline:
        """Nodes, edges and the parts around them."""
        used_outside = {use.operand for use in self._edges} | set(self._record.roots)
        members = self._groups.members
        outputs = {
            key: [node for node in nodes if node in used_outside and not node.is_leaf] for key, nodes in members.items()
        }
        nodes = [self._node(key, members[key], outputs[key]) for key in members]
        around = [part for node in nodes if node.part for part in reversed([*node.part.ancestors()])]
        return Outline(tuple(nodes), tuple(self._grouped_edges(outputs)), tuple(dict.fromkeys(around)))

    def _group_names(self) -> dict[Key, str]:
        """A unique name for each group."""
        called = self._record.names
        taken = set(called.values())
        given = {}
        for key, members in self._groups.members.items():
            name = called[members[0]]
            if isinstance(key, Part):
                name = unused(path_of(key), taken)
            elif len(members) > 1 and all(member.label for member in members):
                name = unused(ranges([printable(member.label) for member in members]), taken - {name})
            taken.add(name)
            given[key] = name
        return given

    def _node(self, key: Key, members: list[Value], outputs: Sequence[Value]) -> Node:
        """What is drawn for a group."""
        name, mark = self._names[key], self._marks.take(self._whole[key])
        if isinstance(key, Part):
            rows = part_rows(self._record, key, members, outputs)
            return Node("part", name, printable(key.scope.note), rows, key.parent, (len(members),), mark)
        part = functools.reduce(common_part, map(self._record.parts.of.get, members))
        role = self._record.role(members[0])
        loop = self._groups.loops.get(key)
        dims = loop.dims if loop and len(loop.values) == len(members) else (len(members),)
        return Node(role, name, self._expression(key, members, part), (row_of("", members),), part, dims, mark)

    def _expression(self, key: Key, members: Sequence[Value], part: Part | None) -> str:
        """How the nodes of a group were computed, in the names that the groups of their operands have in ``part``."""
        if members[0].operation is None:
            return ""
        if key not in self._sums:
            return self._operation(members, part)
        rows = sorted(self._sums[key].terms, key=len, reverse=True)
        places = [[row[place] for row in rows if place < len(row)] for place in range(len(rows[0]))]
        return _sum(rows[0], [self._term(alike, part) for alike in places])

    def _operation(self, members: Sequence[Value], part: Part | None) -> str:
        """An operation on the operands that the nodes of a group have."""
        assert members[0].operation is not None
        operands = zip(*(member.operands for member in members), strict=True)
        texts = [self._operand(alike, part, only=len(set(alike)) == 1) for alike in operands]
        return expression(members[0].operation, texts)

    def _term(self, alike: Sequence[Value | float], part: Part | None) -> str:
        """The terms that sums have in the same place; what is not drawn itself is written in full, for all places."""
        first = alike[0]
        product = self._groups.inner.get(first) if isinstance(first, Value) else None
        if product is None:
            return self._operand(alike, part)
        key = (product.values[0], part)
        if key not in self._products:
            self._products[key] = self._operation(product.values, part)
        return self._products[key]

    def _operand(self, alike: Sequence[Value | float], part: Part | None, only: bool = False) -> str:
        """The operand that the nodes of a group have in the same place: a node, nodes alike (or one), or numbers."""
        first = alike[0]
        if not isinstance(first, Value):
            return several([float(operand) for operand in alike], digits=self._digits)
        key = self._groups.keys[first]
        is_inside = isinstance(key, Part) and (first.is_leaf or first.label)
        name = self._record.names[first] if is_inside else self._names[key]
        loop = self._groups.loops.get(key)
        if loop and only and len(loop.values) > 1:
            name = self._record.names[first] if first.label else f"{name}[{_index(loop, first)}]"
        more = "" if {self._groups.keys[other] for other in alike if isinstance(other, Value)} == {key} else ", …"
        return shortened(without_ranges(local(name, part)), _LONGEST_OPERAND) + more

    def _is_drawn(self, use: Use) -> bool:
        """Whether an edge is drawn: it is between groups, or from one call of a part to another."""
        source, target = self._groups.keys[use.operand], self._groups.keys[use.result]
        if source is not target or not isinstance(source, Part):
            return source is not target
        return self._record.parts.leads_into(use.operand, use.result, source)

    def _grouped_edges(self, outputs: Mapping[Key, Sequence[Value]]) -> Iterator[Edge]:
        """The edges in the order of the operands; from group to group, one for each place of an operand."""
        keys = self._groups.keys
        partials: dict[tuple[Key, Key, int], list[float]] = {}
        places: dict[tuple[Key, Key, int], list[tuple[Value, int]]] = {}
        for use in self._edges:
            into_part = isinstance(keys[use.result], Part)
            merged = into_part or keys[use.result] in self._sums
            edge = keys[use.operand], keys[use.result], 0 if merged else use.place
            partials.setdefault(edge, []).extend([] if into_part or use.partial is NO_PARTIAL else [use.partial])
            places.setdefault(edge, []).append((use.result, use.place))
        for key, members in self._groups.members.items():
            if isinstance(key, Part):
                for operand, partial in self._partials_through(members, outputs[key]):
                    partials[keys[operand], key, 0].append(partial)
        positions = {key: position for position, key in enumerate(self._groups.members)}
        for edge, found in partials.items():
            source, target, _ = edge
            yield Edge(positions[source], positions[target], tuple(found), self._marks.take(places[edge]))

    def _partials_through(self, members: Sequence[Value], outputs: Sequence[Value]) -> Iterator[tuple[Value, float]]:
        """(input, derivative by it) for each output of a part, along the paths inside the part alone.

        Nothing, if that takes more than `MOST_PRODUCTS` products.
        """
        if len(outputs) * len(members) > MOST_PRODUCTS:
            return
        inside = [member for member in members if not member.is_leaf]
        inputs = dict.fromkeys(
            use.operand for node in inside for use in self._record.uses[node] if use[:2] in self._entering
        )
        for output in outputs:
            steps = self._record.contributions(output, inside, self._entering)
            derivative = {step.use.operand: step.total for step in steps if step.use[:2] in self._entering}
            yield from ((operand, derivative[operand]) for operand in inputs if operand in derivative)


def _index(loop: Loop, value: Value) -> str:
    """In which round of each loop a value is computed."""
    place = loop.values.index(value)
    sizes = [math.prod(loop.dims[depth + 1 :]) for depth in range(len(loop.dims))]
    return ",".join(str(place // size % count) for size, count in zip(sizes, loop.dims, strict=True))


def _sum(terms: Sequence[Value | float], texts: Sequence[str]) -> str:
    """a + b + …, with Σ a for nodes alike that are called a; of many different terms, only how many there are.

    The 0 at which Python's ``sum`` begins is left out.
    """
    pairs = [(term, text) for term, text in zip(terms, texts, strict=True) if text != "0" or isinstance(term, Value)]
    counts = Counter(text for _, text in pairs)
    if len(counts) > _MOST_TERMS:
        return f"sum of {len(pairs)} terms"
    different = Counter(text for _, text in set(pairs))
    alike = {text: f"{count} × {text}" if different[text] == 1 else f"Σ {text}" for text, count in counts.items()}
    return " + ".join(text if counts[text] == 1 else alike[text] for text in counts)
