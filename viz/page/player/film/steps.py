"""The steps of both passes in words and numbers: what ``replay.js`` and ``sentences.js`` say in the page, in Python.

The page writes its sentences anew for other numbers and for mistakes; here they are those of the record.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from engine import Value
from viz.notation import enclosed, evaluation, number, one_line, partial_symbol
from viz.record import Record

Spans = list[tuple[int, str]]
"""What is shown one after the other, each with the step from which it is."""


class Step(NamedTuple):
    """What happens in a step.

    sentence  in symbols and then in numbers
    nodes     the nodes that it is about, by position; the last one, if any, gets a number
    edge      the edge along which a gradient is passed on, or None
    gradient  the gradient of the last node from now on, as text; empty in a step forwards
    """

    sentence: str
    nodes: tuple[int, ...] = ()
    edge: int | None = None
    gradient: str = ""


class Passes(NamedTuple):
    """Both passes, all numbers as texts.

    data      of each node
    partials  of each edge
    steps     the start, the results one by one, the turn, and the edges one by one
    """

    data: list[str]
    partials: list[str]
    steps: list[Step]

    @property
    def turn(self) -> int:
        """The step at which the pass backwards begins."""
        return next(at for at, step in enumerate(self.steps) if step.gradient)

    def gradients(self) -> list[Spans]:
        """The gradients of each node."""
        found = [[(self.turn, number(0.0))] for _ in self.data]
        found[-1].clear()
        for at, step in enumerate(self.steps[self.turn :], self.turn):
            found[step.nodes[-1]].append((at, step.gradient))
        return found


def passes_of(record: Record) -> Passes:
    """Both passes through the graph of a record."""
    called = one_line(record.names)
    start = Step("The leaves have their numbers. Now forwards, one result after the other.")
    steps = [start, *_forwards(record, called), *_backwards(record, called)]
    partials = [number(use.partial) for uses in record.uses.values() for use in uses]
    return Passes([number(node.data) for node in record.uses], partials, steps)


def meaning(result: str) -> str:
    """What the two numbers of each box are."""
    growth = f"raise the value by a tiny ε, and {result} grows by grad · ε"
    return f"data is the value of a box; grad = ∂{result}/∂value: {growth}."


def _forwards(record: Record, called: Mapping[Value, str]) -> Iterator[Step]:
    """A step for each result."""
    for place, node in enumerate(record.uses):
        if not node.is_leaf:
            texts = (called[node], *evaluation(node, called), number(node.data))
            yield Step(" = ".join(texts), (place,))


def _backwards(record: Record, called: Mapping[Value, str]) -> Iterator[Step]:
    """The turn, and a step for each edge."""
    (root,) = record.roots
    name = called[root]
    turn = f"Now backwards: every gradient is 0 except {name}.grad = 1, since ∂{name}/∂{name} = 1."
    yield Step(turn, (len(record.uses) - 1,), None, number(1.0))
    uses = itertools.chain(*record.uses.values())
    edges = {(use.result, use.place): edge for edge, use in enumerate(uses)}
    places = {node: place for place, node in enumerate(record.uses)}
    before = dict.fromkeys(record.uses, number(0.0))
    for (operand, result, place, partial), upstream, amount, total in record.contributions(root, list(record.uses)):
        product = f"{called[result]}.grad · {partial_symbol(called[result], called[operand])}"
        digits = f"{enclosed(number(upstream))} · {enclosed(number(partial))} = {number(amount)}"
        gradient = number(total)
        sentence = f"{called[operand]}.grad += {product} = {digits} : {before[operand]} → {gradient}"
        yield Step(sentence, (places[result], places[operand]), edges[result, place], gradient)
        before[operand] = gradient
