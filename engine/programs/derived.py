"""A graph and its gradient, and what each node of the gradient is the derivative of."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Any

from engine.collector import collector_paused
from engine.gradients import adjoints, check_fresh, results_by, symbolic_paths
from engine.graph import topological_order
from engine.value import Value


class Derived:
    """What `engine.gradients` records.

    order      the graph of ``output``: leaves, then results, operands first
    gradients  those by ``leaves``
    owners     for each node of these: the nodes of ``order`` to whose derivative it belongs

    A node that a formula for a partial made belongs to the node that has this partial. Any other belongs to the node by
    which it is the derivative, or part of it: a product to the operand to which it is passed on, a sum to the node
    whose paths it adds up. One that is passed on as it is belongs to several.
    """

    @collector_paused()
    def __init__(self, output: Value, leaves: Sequence[Value]) -> None:
        self.order = topological_order(output)
        self.graph = set(self.order)
        self.owners: dict[Value, dict[Value, None]] = {}
        self.partials: list[tuple[Value, Any]] = []
        check_fresh(output)
        known: dict[Any, Any] = {}
        found = adjoints({output: 1.0}, leaves, self.paths, known)
        self.gradients = results_by(leaves, found, {1.0, *self.order})
        for node, partial in self.partials:
            self.claim(partial, node)
        for node in reversed(self.order):
            self.claim(known.get(node), node)
        for gradient, leaf in zip(self.gradients, leaves, strict=True):
            self.claim(gradient, leaf)

    def paths(self, node: Value, wanted: Container[Any]) -> Iterator[tuple[Any, Any]]:
        """The partials, each kept in mind."""
        for operand, partial in symbolic_paths(node, wanted):
            self.partials.append((node, partial))
            yield operand, partial

    def claim(self, derivative: Any, node: Value) -> None:
        """A derivative belongs to a node, and so does what was made for it alone."""
        waiting = [derivative]
        while waiting:
            made = waiting.pop()
            if isinstance(made, Value) and made not in self.graph:
                if made not in self.owners:
                    waiting += made.operands
                if made is derivative or made not in self.owners:
                    self.owners.setdefault(made, {}).update({node: None} if node in self.graph else {})
