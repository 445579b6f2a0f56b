"""The recorded graph of a program, flat: one node a line, operands before results.

A graph of Values is made for walking back; a program runs forwards, many times, with new numbers in its leaves. The
`Tape` is what both have in common. `replay` runs it the slow and simple way, one operation after the other, exactly as
the Values did: the fast ways are measured against it, and where they fail, it explains why.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, NamedTuple
from weakref import getweakrefcount

from engine.failures import Undefined, in_gradient, value_or_undefined
from engine.gradients import GRADIENT_OF
from engine.graph import walk
from engine.registration import find_operation
from engine.value import Value

Numbers = tuple[float, ...]
Operands = tuple[Value | float, ...]
Keep = Callable[[Numbers], None] | None
"""What is handed the outputs of every run, if anything."""

Failures = dict[str, tuple[int, type[Exception]]]
"""What the operations that failed in a run say, each with its position on the tape and the type of its error."""

MOST_NAMED = 5
"""How many of them an error names."""


class Node(NamedTuple):
    """One operation of the graph.

    operation    its key
    operands     positions on the tape; a float is a number written in the expression
    in_gradient  whether it belongs to a derivative, where a failure waits until it matters
    """

    operation: str
    operands: tuple[int | float, ...]
    label: str
    in_gradient: bool


class Tape(NamedTuple):
    """A graph from inputs and leaves to outputs and updates.

    Positions count the inputs first, then the leaves, then the nodes.

    input_labels  one label for each input
    leaf_labels   one for each leaf
    nodes         the operations, operands before results
    outputs       positions of the outputs
    updates       positions of the next values of the first ``len(updates)`` leaves
    backward      the position where the backward part begins; the length of the tape if there is no such part
    """

    input_labels: tuple[str, ...]
    leaf_labels: tuple[str, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[int, ...]
    updates: tuple[int, ...]
    backward: int

    def given(self, position: int) -> range:
        """The positions of all inputs, or of all leaves, whichever this is one of."""
        inputs = len(self.input_labels)
        return range(inputs) if position < inputs else range(inputs, inputs + len(self.leaf_labels))


def record(
    inputs: Sequence[Value], outputs: Sequence[Value], updates: Sequence[tuple[Value, Value]]
) -> tuple[Tape, tuple[Value, ...]]:
    """The tape of a graph, and its leaves in the order of the tape: first those that are updated."""
    updated = [leaf for leaf, _ in updates]
    expressions = [expression for _, expression in updates]
    primal = [output for output in outputs if output not in GRADIENT_OF]
    forward = len(walk(*primal)[1])
    # `primal` comes first in the second walk too, so its first `forward` results are the forward part of the tape.
    found, results = walk(*primal, *outputs, *expressions)
    taken = [operands_of(value) for value in results]
    given = {*inputs, *updated}
    # Whoever asks for derivatives names the leaves in an order; the walk may meet them in a stranger one.
    wanted = [GRADIENT_OF[result] for result in (*outputs, *expressions) if result in GRADIENT_OF]
    named = dict.fromkeys(leaf for leaf in wanted if leaf not in given)
    left = [leaf for leaf in found if leaf not in given and leaf not in named]
    leaves = [*updated, *filter(set(found).__contains__, named), *in_layers(left, results, taken)]
    values = [*inputs, *leaves, *results]
    positions: dict[Any, int] = {value: position for position, value in enumerate(values)}
    has_backward = any(getweakrefcount(value) and value in GRADIENT_OF for value in values)
    nodes = []
    for value, operands in zip(results, taken, strict=True):
        places = tuple([o if isinstance(o, float) else positions[o] for o in operands])
        form = value._form
        label = _label(value) if hasattr(value, "_tag") or getweakrefcount(value) else ""
        nodes.append(Node(form.operation.key, places, label, form.in_gradient is form))
    tape = Tape(
        tuple([_label(value) for value in inputs]),
        tuple([_label(value) for value in leaves]),
        tuple(nodes),
        tuple([positions[output] for output in outputs]),
        tuple([positions[expression] for expression in expressions]),
        len(inputs) + len(leaves) + forward if primal and has_backward else len(values),
    )
    return tape, tuple(leaves)


def in_layers(leaves: list[Value], results: list[Value], taken: list[Operands]) -> list[Value]:
    """Leaves in the order of how far their first user is from all leaves, and which of its operands they are.

    The walk meets the weights of one layer between those of others, as it goes down, and the factors of a product in
    turn; so those that belong together come to lie together. What is alike in both keeps the order of the walk.
    """
    heights: dict[Value | float, int] = {}
    first: dict[Value | float, tuple[int, int]] = {}
    known = heights.get
    for value, operands in zip(results, taken, strict=True):
        below = [known(operand, 0) for operand in operands]
        height = heights[value] = 1 + max(below)
        if 0 in below:
            for place, operand in enumerate(operands):
                if not below[place]:
                    first.setdefault(operand, (height, place))
    return sorted(leaves, key=lambda leaf: first.get(leaf, (0, 0)))


def operands_of(value: Value) -> Operands:
    """`Value.operands`, read without the partials: in a large graph, that is most of the work."""
    first, others = value._form.first, value._b
    if others is None:
        return (value._a,)
    if type(others) is tuple:
        return value.operands
    return (others, value._a) if first else (value._a, others)


def _label(value: Value) -> str:
    """The label of a Value, or ``w_grad`` for the gradient with respect to ``w``."""
    if not value.label and value in GRADIENT_OF and GRADIENT_OF[value].label:
        return f"{GRADIENT_OF[value].label}_grad"
    return value.label


def replay(
    tape: Tape, numbers: Sequence[float], where: str = "", line: Callable[[int], str] = lambda _: ""
) -> tuple[Numbers, Numbers]:
    """(outputs, updates) of one run, from the numbers of inputs and leaves.

    Where the engine would fail, or an output or an update is not finite, raises its error, beginning with ``where`` and
    ending with the ``line`` of the source, given the position on the tape.
    """
    labels = [*tape.input_labels, *tape.leaf_labels, *(node.label for node in tape.nodes)]
    held, failures = _computed(tape, numbers, labels)
    if failures:
        raise _all_of(failures, where, line)
    outputs = tuple([float(held[position]) for position in tape.outputs])
    updates = tuple([float(held[position]) for position in tape.updates])
    for index, (number, position) in enumerate(zip(outputs, tape.outputs, strict=True)):
        if not math.isfinite(number):
            label = f" ({labels[position]!r})" if labels[position] else ""
            raise ArithmeticError(f"{where}output {index}{label} is {number!r}")
    for index, number in enumerate(updates):
        if not math.isfinite(number):
            name = tape.leaf_labels[index] or f"leaf {index}"
            old = numbers[len(tape.input_labels) + index]
            raise ArithmeticError(f"{where}the update would make {name} {number!r}, from {old!r}")
    return outputs, updates


def _computed(tape: Tape, numbers: Sequence[float], labels: Sequence[str]) -> tuple[list[Any], Failures]:
    """(the number at each position, what failed).

    The engine stops at the first failure in the order of the user's code, which no tape tells. So all are found that do
    not follow from another; those of the backward part only where the forward part has none.
    """
    held: list[Any] = list(numbers)
    failures: Failures = {}
    results = {*tape.outputs, *tape.updates}
    came_up: dict[int, int] = {}  # By the id of an `Undefined`, its first position.
    for position, node in enumerate(tape.nodes, len(held)):
        if failures and position >= tape.backward:
            break
        operands = [operand if isinstance(operand, float) else held[operand] for operand in node.operands]
        names = ["" if isinstance(operand, float) else labels[operand] for operand in node.operands]
        compute = in_gradient if node.in_gradient else value_or_undefined
        held.append(compute(find_operation(node.operation), operands, names))
        if isinstance(held[-1], Undefined):
            first = came_up.setdefault(id(held[-1]), position)
            if position in results or not node.in_gradient:
                failures.setdefault(held[-1].error.args[-1], (first, type(held[-1].error)))
    return held, failures


def _all_of(failures: Failures, where: str, line: Callable[[int], str]) -> Exception:
    """One error, of the type of the first, that names the first few."""
    named = [f"{text}{line(position)}" for text, (position, _) in islice(failures.items(), MOST_NAMED)]
    more = [f"{len(failures) - MOST_NAMED} more like these"] if len(failures) > MOST_NAMED else []
    (_, kind), *_ = failures.values()
    return kind(where + "; and ".join(named + more))
