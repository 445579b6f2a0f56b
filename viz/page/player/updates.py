"""The training of a player's graph: its updates as a program that the page runs, and as formulas that can be read."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from engine import Program, Value, gradients
from engine.extend import recorded
from viz.notation import printable, unused
from viz.page.content import json_number
from viz.page.learning import references
from viz.record import Record

MOST_OPERATIONS = 12
"""The longest formula that is written out in the page."""

_MOST_CANDIDATES = 24
"""How many nodes of a formula may be the gradient in it."""

# Another point, at which numbers that were equal by chance are so no longer.
_MOVED, _APART = 1.01, 0.0017

Updates = Sequence[tuple[Value, Value]]
Formula = dict[str, Any]
"""{"leaf": place in the program}, {"number": …}, {"gradient": node} or {"symbol": …, "operands": formulas}."""


def read_updates(updates: Any) -> list[tuple[Value, Value]]:
    """The pairs in a list; TypeError for what is none. What is in it, `Program` checks."""
    try:
        return list(updates)
    except TypeError:
        raise TypeError(
            "updates are pairs (leaf, expression for its next number), as optimizer.updates(value) gives them, "
            f"not {updates!r}"
        ) from None


def updates_content(record: Record, updates: Updates) -> tuple[dict[str, Any], str]:
    """What a page needs to train, as data, and the program as a script. Raises what `Program` raises.

    Raises ValueError, too, if no leaf of the graph is updated.
    """
    (value,) = record.roots
    program = Program(outputs=[value], updates=updates)
    places = {node: place for place, node in enumerate(record.uses)}
    leaves = {leaf: place for place, leaf in enumerate(program.leaves)}
    trained = [(leaf, following) for leaf, following in updates if leaf in places]
    if not trained:
        raise ValueError(
            f"none of the updates is of a leaf of this graph: the first is of {updates[0][0]!r}; give those that an "
            "optimizer makes of the value that is played, as optimizer.updates(value)"
        )
    slopes = _gradients_in(value, trained)
    formulas = {
        places[leaf]: _formula(following, leaves, {slopes.get(leaf): places[leaf]}) for leaf, following in trained
    }
    targets = dict(updates)
    taken = set(record.names.values())
    runner = copy.deepcopy(program)  # With leaves of its own: those of the user stay as they are.
    content = {
        "leaves": [
            {
                "node": places.get(leaf),
                "name": "" if leaf in places else _name(leaf, taken),
                "data": json_number(leaf.data),
                "isUpdated": leaf in targets,
            }
            for leaf in program.leaves
        ],
        "formulas": [[node, formula] for node, formula in formulas.items()],
        "references": list(references(runner, runner.leaves[: len(targets)], program.size)),
    }
    return content, f"const trainingProgram = (() => {{\n{program.javascript}\nreturn run;\n}})();"


def _name(leaf: Value, taken: set[str]) -> str:
    """What a leaf is called that only the updates read; one of the graph is called as its node."""
    name = unused(printable(leaf.label).replace("\n", " ") or "number", taken)
    taken.add(name)
    return name


def _gradients_in(value: Value, trained: Updates) -> dict[Value, Value]:
    """For each leaf, the node in the expression of its next number that is its gradient, if there is one.

    An optimizer makes the gradients; nothing marks them. But of the first nodes of the expression, it is the one with
    the same number as the gradient, here and at another point.
    """
    with recorded():
        found = dict(zip([leaf for leaf, _ in trained], gradients(value, [leaf for leaf, _ in trained]), strict=True))
    reached = [(leaf, following) for leaf, following in trained if not found[leaf].is_leaf]
    candidates = [(leaf, node) for leaf, following in reached for node in _first_nodes(following)]
    outputs = [node for leaf, candidate in candidates for node in (candidate, found[leaf])]
    program = copy.deepcopy(Program(outputs=outputs))
    alike = [True] * len(candidates)
    for _ in range(2):
        try:
            numbers = program()
        except ArithmeticError:
            return {}
        alike = [is_alike and a == b for is_alike, a, b in zip(alike, numbers[::2], numbers[1::2], strict=True)]
        for place, leaf in enumerate(program.leaves):
            leaf.data = leaf.data * _MOVED + _APART * (place + 1)
    pairs = [pair for pair, is_alike in zip(candidates, alike, strict=True) if is_alike]
    return dict(reversed(pairs))


def _first_nodes(following: Value) -> list[Value]:
    """The results nearest to the end of an expression, level by level."""
    nodes = [following]
    for node in nodes:
        nodes += [x for x in node.operands if isinstance(x, Value) and not x.is_leaf and x not in nodes]
        if len(nodes) >= _MOST_CANDIDATES:
            break
    return nodes[:_MOST_CANDIDATES]


def _formula(following: Value, leaves: Mapping[Value, int], slopes: Mapping[Value | None, int]) -> Formula | None:
    """The expression of a next number; None for one that is too long to be read."""
    count = 0

    def written(node: Value | float) -> Formula:
        """A part of it."""
        nonlocal count
        if not isinstance(node, Value):
            return {"number": float(node)}
        if node in slopes:
            return {"gradient": slopes[node]}
        if node.operation is None:
            return {"leaf": leaves[node]}
        count += 1
        if count > MOST_OPERATIONS:
            raise OverflowError
        symbol = node.operation.symbol or node.operation.name
        return {"symbol": symbol, "operands": [written(operand) for operand in node.operands]}

    try:
        return written(following)
    except OverflowError:
        return None
