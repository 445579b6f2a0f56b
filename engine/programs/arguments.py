"""What a program is made of, checked before anything is built."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.value import Value

Update = tuple[Value, Value]
"""A leaf and the expression for its next number."""


def read_values(values: Any, what: str) -> list[Value]:
    """The Values as a list; TypeError, naming ``what`` they were meant for, if one is none."""
    if isinstance(values, Value) or not isinstance(values, Iterable):
        raise TypeError(f"the {what}s of a program are a list of Values, even of one, not {values!r}")
    given = list(values)
    for value in given:
        if not isinstance(value, Value):
            raise TypeError(f"an {what} of a program is a Value, not {value!r} of type {type(value).__name__}")
    return given


def read_inputs(values: Any) -> list[Value]:
    """The inputs as a list of different leaves; ValueError for a result, and for a leaf that stands twice."""
    given = read_values(values, "input")
    _check_leaves(given, "an input")
    return given


def read_updates(updates: Any, inputs: Sequence[Value]) -> list[Update]:
    """The updates as a list of pairs.

    Raises TypeError for what is no pair of Values, ValueError for the update of a result, two updates of one leaf, and
    the update of an input, which a caller gives.
    """
    if not isinstance(updates, Iterable):
        raise TypeError(f"the updates of a program are a list of pairs (leaf, expression), not {updates!r}")
    pairs: list[Update] = []
    for update in list(updates.items() if isinstance(updates, dict) else updates):
        if not isinstance(update, (tuple, list)) or len(update) != 2:
            raise TypeError(f"an update is a pair (leaf, expression for its next number), not {update!r}")
        for value in update:
            if not isinstance(value, Value):
                raise TypeError(f"an update is a pair of Values, not {value!r} of type {type(value).__name__}")
        pairs.append((update[0], update[1]))
    _check_leaves([leaf for leaf, _ in pairs], "what is updated")
    given = set(inputs)
    for leaf, _ in pairs:
        if leaf in given:
            raise ValueError(f"{leaf!r} is an input, which the caller gives: it cannot be updated as well")
    return pairs


def _check_leaves(values: Sequence[Value], what: str) -> None:
    """Raise ValueError for a result of an operation, and for a leaf that stands twice."""
    seen: set[Value] = set()
    for value in values:
        if not value.is_leaf:
            raise ValueError(f"{what} has to be a leaf; {value!r} is the result of an operation")
        if value in seen:
            raise ValueError(f"{value!r} stands twice: {what} has to be a leaf of its own")
        seen.add(value)
