"""The steps of both passes in words and numbers: what ``replay.js`` and ``sentences.js`` say in the page, in Python.

The page writes its sentences anew for other numbers and for mistakes; here they are those of the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from viz.notation import enclosed, expression, number, plain
from viz.record import Record

Spans = list[tuple[int, str]]
"""What is shown one after the other, each with the step from which it is."""


class Step(NamedTuple):
    """What happens in a step.

    sentence  in symbols and then in numbers
    nodes     the nodes that it is about, by position; the last one gets a number, unless there is none
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
        found = [[(self.turn, _text(0.0))] for _ in self.data]
        found[-1].clear()
        for at, step in enumerate(self.steps[self.turn :], self.turn):
            found[step.nodes[-1]].append((at, step.gradient))
        return found


def passes_of(record: Record, content: Mapping[str, Any]) -> Passes:
    """Both passes through the graph of a page with this content."""
    start = Step("The leaves have their numbers. Now forwards, one result after the other.")
    steps = [start, *_forwards(record, content), *_backwards(record, content)]
    partials = [_text(use.partial) for uses in record.uses.values() for use in uses]
    return Passes([_text(node.data) for node in record.uses], partials, steps)


def meaning(result: str) -> str:
    """What the two numbers of each box are."""
    growth = f"raise the value by a tiny ε, and {result} grows by grad · ε"
    return f"data is the value of a box; grad = ∂{result}/∂value: {growth}."


def _forwards(record: Record, content: Mapping[str, Any]) -> Iterator[Step]:
    for place, (node, shown) in enumerate(zip(record.uses, content["nodes"], strict=True)):
        if node.operation is not None:
            numbers = expression(node.operation, [_text(plain(operand)) for operand in node.operands])
            yield Step(f"{shown['name']} {shown['symbols']} = {numbers} = {_text(node.data)}", (place,))


def _backwards(record: Record, content: Mapping[str, Any]) -> Iterator[Step]:
    names = [node["name"] for node in content["nodes"]]
    root, last = names[-1], len(names) - 1
    turn = f"Now backwards: every gradient is 0 except {root}.grad = 1, since ∂{root}/∂{root} = 1."
    yield Step(turn, (last,), None, _text(1.0))
    uses = [use for uses in record.uses.values() for use in uses]
    edges = {(use.result, use.place): edge for edge, use in enumerate(uses)}
    places = {node: place for place, node in enumerate(record.uses)}
    before = dict.fromkeys(record.uses, _text(0.0))
    for use, upstream, amount, total in record.contributions(record.roots[0], list(record.uses)):
        target, source = places[use.result], places[use.operand]
        edge = edges[use.result, use.place]
        product = f"{names[target]}.grad · {content['edges'][edge]['symbol']}"
        digits = f"{enclosed(_text(upstream))} · {enclosed(_text(use.partial))} = {_text(amount)}"
        gradient = _text(total)
        sentence = f"{names[source]}.grad += {product} = {digits} : {before[use.operand]} → {gradient}"
        yield Step(sentence, (target, source), edge, gradient)
        before[use.operand] = gradient


def _text(value: float) -> str:
    """A number as the page writes it: without the sign of -0."""
    text = number(value)
    return "0" if text == "-0" else text
