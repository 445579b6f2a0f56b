"""One record of a computation graph, read once: drawing, trace and player are views of it."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple

from engine import Value, topological_order
from engine.extend import Cut, cut_off
from viz.graphs.parts import Parts, find_parts
from viz.notation import names, shortest
from viz.palette import Role


class Use(NamedTuple):
    """An edge of the graph: one operand in the computation of one result.

    place    which operand of the result it is, from 0 on
    partial  the local partial derivative of the result by this operand
    """

    operand: Value
    result: Value
    place: int
    partial: float


class Contribution(NamedTuple):
    """What one use adds to the adjoint of its operand: ``upstream``, the adjoint of the result, times the partial.

    total  the adjoint of the operand so far
    """

    use: Use
    upstream: float
    amount: float
    total: float


class Record:
    """The graph of a Value, or of several.

    roots  the Values whose graph it is
    uses   the nodes in topological order, each with the uses of its operands; a leaf has none, and numbers written in
           an expression are not operands

    Names that are ``known`` stay as they are.
    """

    def __init__(
        self, roots: Sequence[Value], parameters: Iterable[Value] = (), known: Mapping[Value, str] | None = None
    ) -> None:
        self.roots = tuple(roots)
        self._known = known
        self._given = _parameters(parameters)
        self.uses = {node: tuple(_uses(node)) for node in topological_order(*roots)}

    @functools.cached_property
    def full_names(self) -> dict[Value, str]:
        """A unique name for each node, with all that is in its label."""
        return names(self.uses, self._known)

    @functools.cached_property
    def names(self) -> dict[Value, str]:
        """A unique name for each node, as every view has it: as much of its label as tells it apart."""
        return shortest(self.full_names)

    @functools.cached_property
    def users(self) -> dict[Value, list[Use]]:
        """The uses of each node as an operand."""
        users: dict[Value, list[Use]] = {node: [] for node in self.uses}
        for use in itertools.chain(*self.uses.values()):
            users[use.operand].append(use)
        return users

    @functools.cached_property
    def parts(self) -> Parts:
        """The parts of the computation, by its scopes."""
        return find_parts(self.uses)

    @functools.cached_property
    def parameters(self) -> Set[Value]:
        """The leaves that are parameters: those given, else those that the parts of the graph use as such."""
        return self._given or self.parts.parameters

    def role(self, node: Value) -> Role:
        """What a node is in the graph."""
        if node.is_leaf:
            return "parameter" if node in self.parameters else "input"
        return "result" if node in self.roots else "operation"

    def contributions(
        self, result: Value, nodes: Sequence[Value], entering: Set[tuple[Value, Value]] = frozenset()
    ) -> Iterator[Contribution]:
        """The chain rule from ``result`` backwards through some nodes, which are in topological order.

        entering  the edges (operand, node) at which it ends. What goes through them is summed apart: an operand may be
                  one of the nodes as well, as the state of a recurrent cell is.

        The arithmetic is that of ``backward``; what does not exist is `Undefined`, and where no path leads, it is 0.
        """
        adjoints = {result: 1.0}
        entered: dict[Value, float] = {}
        for node in reversed(nodes):
            if node in adjoints:
                upstream = adjoints[node]
                for use in self.uses[node]:
                    sums = entered if (use.operand, node) in entering else adjoints
                    amount = cut_off("mul", upstream * use.partial, (upstream, use.partial))
                    before = sums.get(use.operand, Cut(0.0))
                    total = cut_off("add", before + amount, (before, amount))
                    sums[use.operand] = total
                    yield Contribution(use, upstream, amount, total)


def the_value(view: str, value: Any) -> Value:
    """The Value that a view shows; TypeError for anything else."""
    if not isinstance(value, Value):
        raise TypeError(f"a {view} is of a Value, not of {value!r} of type {type(value).__name__}")
    return value


def _uses(node: Value) -> Iterator[Use]:
    """The uses of the operands of a node that are Values."""
    for place, (operand, partial) in enumerate(node.edges):
        if isinstance(operand, Value):
            assert partial is not None
            yield Use(operand, node, place, partial)


def _parameters(parameters: Iterable[Value]) -> set[Value]:
    """The leaves given as parameters, or the error that says which one is not a leaf."""
    if isinstance(parameters, Value) or not isinstance(parameters, Iterable):
        raise TypeError(f"parameters takes a list of Values, as model.parameters() gives, not {parameters!r}")
    given = set()
    for parameter in parameters:
        if not isinstance(parameter, Value):
            raise TypeError(f"parameters takes Values, not {parameter!r} of type {type(parameter).__name__}")
        if parameter.operation is not None:
            raise ValueError(
                f"{parameter!r} is not a parameter: it is the result of {parameter.operation.name}, not a leaf"
            )
        given.add(parameter)
    return given
