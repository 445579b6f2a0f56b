"""What users hand to programs, checked: Values, numbers, rows and buffers."""

from __future__ import annotations

import array
from collections.abc import Iterable, Sequence
from typing import Any

from engine.value import Value, real_number

Update = tuple[Value, Value]
"""A leaf and the expression for its next number."""

_DOUBLES = ("d", "@d", "=d", "<d" if array.array("H", [1]).tobytes()[0] else ">d")
"""The formats of a buffer of this machine's doubles."""


# --- Values ---------------------------------------------------------------------------------------------------------


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


# --- Numbers --------------------------------------------------------------------------------------------------------


def read_numbers(numbers: Sequence[float]) -> Sequence[float]:
    """The numbers given for the inputs, as floats; TypeError for what is no real number."""
    return [n if type(n) is float else real_number(n, "an input of a program") for n in numbers]


def read_rows(rows: Any, width: int) -> memoryview:
    """The rows as one C-contiguous buffer of doubles, one row of ``width`` numbers after the other.

    A buffer is not copied. A sequence of rows is: its numbers are checked one by one. Raises ValueError for rows of
    another width and a buffer that is not contiguous, TypeError for what holds no real numbers.
    """
    try:
        view = memoryview(rows)
    except TypeError:
        view = None
    if view is None or view.format == "O":
        return memoryview(array.array("d", _numbers(rows, width)))
    if view.format not in _DOUBLES:
        raise TypeError(f"rows are a buffer of doubles (format 'd', NumPy's float64), not of format {view.format!r}")
    if not view.c_contiguous:
        raise ValueError("the buffer of the rows is not C-contiguous: numpy.ascontiguousarray copies it in order")
    if view.ndim > 2 or (view.ndim == 2 and view.shape is not None and view.shape[1] != width):
        raise ValueError(f"rows of {width} numbers, one for each input, are needed; the shape is {view.shape}")
    if view.nbytes % (8 * width):
        raise ValueError(f"{view.nbytes // 8} numbers are no whole number of rows of {width}, one for each input")
    return view


def read_out(out: Any, count: int) -> memoryview:
    """The buffer to write ``count`` sums to; TypeError or ValueError for one that they cannot be written to."""
    try:
        view = memoryview(out)
    except TypeError:
        raise TypeError(f"out is a buffer of doubles, not {out!r} of type {type(out).__name__}") from None
    if view.format not in _DOUBLES:
        raise TypeError(f"out is a buffer of doubles (format 'd', NumPy's float64), not of format {view.format!r}")
    if view.readonly or view.ndim != 1 or not view.c_contiguous or len(view) != count:
        raise ValueError(f"out is a contiguous buffer of {count} doubles that can be written to")
    return view


def rows_of(rows: Any, width: int) -> list[Sequence[float]]:
    """The rows as a list of sequences of floats; raises as `read_rows`."""
    view = read_rows(rows, width)
    flat = view.cast("B").cast("d") if view.nbytes else memoryview(array.array("d"))
    numbers = flat.tolist()
    return [numbers[start : start + width] for start in range(0, len(numbers), width)]


def _numbers(rows: Any, width: int) -> list[float]:
    """The numbers of a sequence of rows, each a sequence of ``width`` real numbers."""
    if isinstance(rows, (str, Value)) or not isinstance(rows, Iterable):
        raise TypeError(f"rows are a buffer of doubles or a list of rows, not {rows!r} of type {type(rows).__name__}")
    numbers: list[float] = []
    for index, row in enumerate(rows):
        if isinstance(row, (str, Value)) or not isinstance(row, Iterable):
            raise TypeError(f"row {index} is a list of {width} numbers, one for each input, not {row!r}")
        read = [real_number(number, f"row {index}") for number in row]
        if len(read) != width:
            raise ValueError(f"row {index} has {len(read)} numbers; the program has {width} inputs")
        numbers += read
    return numbers


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 number`` or ``2 numbers``."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"
