"""Which part of a computation each node belongs to: the marks of `engine.scope`, followed back from the results.

A result of a scope carries the inputs of its call. What lies between the two belongs to the part. So does a leaf that
is used there without being an input: it is a parameter of the part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine import Value
from engine.extend import Scope, calls_of, values_in
from viz.notation import printable

Uses = Mapping[Value, Sequence[tuple[Value, Value, int, float]]]
"""The nodes of a graph in topological order, each with the uses of its operands: `viz.record.Record.uses`."""


@dataclass(eq=False)
class Part:
    """A scope as it occurs in a graph: all its calls together.

    parent  the part around it, if there is one
    calls   what it was applied to, once for each call, in topological order
    """

    scope: Scope
    parent: Part | None
    calls: list[Any] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the scope is called."""
        return self.scope.name

    def ancestors(self) -> Iterator[Part]:
        """The part itself, the part around it, and so on outwards."""
        part: Part | None = self
        while part is not None:
            yield part
            part = part.parent


@dataclass(eq=False)
class PartCall:
    """One call of a part, within the call around it.

    inputs  the identities of the Values that it was given
    """

    part: Part
    inputs: frozenset[int]
    outer: PartCall | None
    depth: int

    def ancestors(self) -> Iterator[PartCall]:
        """The call itself, the call around it, and so on outwards."""
        call: PartCall | None = self
        while call is not None:
            yield call
            call = call.outer


@dataclass
class Parts:
    """The parts of a graph, as `find_parts` finds them.

    of          the innermost part of each node that is in one
    calls       the innermost call of each result that is in one
    parameters  the leaves that parts use without having been given them
    crossing    for each edge (operand, node) that leads into a call of a part, the part around that call
    """

    of: dict[Value, Part] = field(default_factory=dict)
    calls: dict[Value, PartCall] = field(default_factory=dict)
    parameters: set[Value] = field(default_factory=set)
    crossing: dict[tuple[Value, Value], Part | None] = field(default_factory=dict)

    def leads_into(self, operand: Value, node: Value, part: Part) -> bool:
        """Whether an edge leads into a call of a part from outside."""
        if (operand, node) not in self.crossing:
            return False
        around = self.crossing[operand, node]
        return around is None or part not in around.ancestors()


def find_parts(uses: Uses) -> Parts:
    """The parts of a graph."""
    search = _Search(uses)
    if search.inputs:
        for node in reversed(list(uses)):
            search.visit(node)
        search.place_parameters()
    for part in search.known.values():
        part.calls.reverse()
    return search.found


def local(name: str, part: Part | None) -> str:
    """A name as it is written inside a part: ``w[0]`` for ``layer0.neuron1.w[0]``, whatever is around the layer."""
    path = path_of(part).split(".") if part else []
    tails = (".".join(path[start:]) + "." for start in range(len(path)))
    return next((name.removeprefix(tail) for tail in tails if name.startswith(tail)), name)


def path_of(part: Part) -> str:
    """The names of a part and of the parts around it, as in ``layer0.neuron1``."""
    return ".".join(reversed([printable(around.name) for around in part.ancestors()])) or "part"


class _Search:
    """From the results back: a node is in the call of its consumers, or in one further out or further in."""

    def __init__(self, uses: Uses) -> None:
        self._uses = uses
        self.found = Parts()
        self.known: dict[tuple[Part | None, Scope], Part] = {}
        self._users: dict[Value, Part | None] = {}
        self._givers: dict[Value, Part | None] = {}
        self._inside: dict[Value, PartCall | None] = {}
        self._made: dict[tuple[PartCall | None, Scope, int], PartCall] = {}
        given = {id(call.inputs): call.inputs for node in uses for call in calls_of(node)}
        self.inputs = {key: frozenset(map(id, values_in(inputs))) for key, inputs in given.items()}
        self._ever_input = frozenset().union(*self.inputs.values())

    def visit(self, node: Value) -> None:
        """Place a node whose consumers are placed, and tell its operands where they are used."""
        if not self._uses[node]:
            return
        inside = self._inside.get(node)
        for call in calls_of(node):
            if id(node) not in self.inputs[id(call.inputs)]:
                inside = self._enter(inside, call.scope, call.inputs)
        self._inside[node] = inside
        if inside is not None:
            self.found.of[node] = inside.part
            self.found.calls[node] = inside
        for operand, *_ in self._uses[node]:
            self._use(operand, node, inside)

    def place_parameters(self) -> None:
        """Put each parameter into the innermost part around all its uses in parts, if there is one.

        The parts that hand it on to others, as a model does to a penalty, count only if no part uses it directly.
        """
        owners = self._givers | self._users
        self.found.of |= {leaf: owner for leaf, owner in owners.items() if owner is not None}

    def _use(self, operand: Value, node: Value, inside: PartCall | None) -> None:
        """Note that a node inside a call uses an operand."""
        around = self._leave(inside, operand)
        if around is not inside:
            self.found.crossing[operand, node] = around.part if around else None
        if self._uses[operand]:
            self._inside[operand] = common(self._inside[operand], around) if operand in self._inside else around
        elif around is not None:
            self.found.parameters.add(operand)
            owners = self._users if around is inside else self._givers
            owners[operand] = common_part(owners.get(operand, around.part), around.part)

    def _enter(self, inside: PartCall | None, scope: Scope, inputs: Any) -> PartCall:
        """The call of ``scope`` on these inputs, made inside another call."""
        if scope.parent is not None and not any(part.scope is scope.parent for part in _around(inside)):
            inside = self._enter(inside, scope.parent, inputs)
        key = (inside, scope, id(inputs))
        if key not in self._made:
            part = self._part(inside, scope)
            part.calls.append(inputs)
            self._made[key] = PartCall(part, self.inputs[id(inputs)], inside, inside.depth + 1 if inside else 1)
        return self._made[key]

    def _part(self, inside: PartCall | None, scope: Scope) -> Part:
        """The part that a scope is inside a call; if a function calls itself, the part that it is in already."""
        for part in _around(inside):
            if part.scope is scope:
                return part
        parent = inside.part if inside else None
        return self.known.setdefault((parent, scope), Part(scope, parent))

    def _leave(self, inside: PartCall | None, operand: Value) -> PartCall | None:
        """Where an operand of a node inside a call is: outside all calls that it is an input of."""
        if id(operand) not in self._ever_input:
            return inside
        given = [call for call in inside.ancestors() if id(operand) in call.inputs] if inside else []
        return given[-1].outer if given else inside


def _around(inside: PartCall | None) -> Iterator[Part]:
    """The parts around what is inside a call, the innermost first."""
    return iter(()) if inside is None else inside.part.ancestors()


def common(first: PartCall | None, second: PartCall | None) -> PartCall | None:
    """The innermost call around both."""
    while first is not second:
        if second is None or (first is not None and first.depth > second.depth):
            assert first is not None
            first = first.outer
        else:
            second = second.outer
    return first


def common_part(first: Part | None, second: Part | None) -> Part | None:
    """The innermost part around both; None stands for what is outside of all."""
    if first is None or second is None:
        return None
    around = set(first.ancestors())
    return next((part for part in second.ancestors() if part in around), None)
