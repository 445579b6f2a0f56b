"""What users hand to programs, checked: Values, numbers, rows and buffers."""

from __future__ import annotations

import array
from collections.abc import Iterable, Sequence
from typing import Any

from engine.manners import real_number
from engine.trees import flatten
from engine.value import Value

Update = tuple[Value, Value]
"""A leaf and the expression for its next number."""

_DOUBLES = ("d", "@d", "=d", "<d" if array.array("H", [1]).tobytes()[0] else ">d")
"""The formats of a buffer of this machine's doubles."""


def read_values(values: Any, what: str) -> list[Value]:
    """The Values as a list; TypeError for anything else, naming ``what`` it was meant to be."""
    if isinstance(values, Value) or not isinstance(values, Iterable):
        raise TypeError(f"the {what}s of a program are a list of Values, even of one, not {values!r}")
    given = list(flatten(values))
    for value in given:
        if not isinstance(value, Value):
            raise TypeError(f"an {what} of a program is a Value, not {value!r} of type {type(value).__name__}")
    return given


def read_inputs(values: Any) -> list[Value]:
    """The inputs as a list of different leaves; ValueError for a result or a leaf that is given twice."""
    given = read_values(values, "input")
    _check_leaves(given, "an input")
    return given


def read_updates(updates: Any, inputs: Sequence[Value]) -> list[Update]:
    """The updates as a list of pairs of Values; ValueError for that of a result, of an input or of one leaf twice."""
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
    for leaf in set(inputs).intersection(leaf for leaf, _ in pairs):
        raise ValueError(f"{leaf!r} is an input, which the caller gives: it cannot be updated as well")
    return pairs


def _check_leaves(values: Sequence[Value], what: str) -> None:
    """Raise ValueError for the result of an operation, and for a leaf that is given twice."""
    seen: set[Value] = set()
    for value in values:
        if not value.is_leaf:
            raise ValueError(f"{what} has to be a leaf; {value!r} is the result of an operation")
        if value in seen:
            raise ValueError(f"{value!r} is given twice: {what} has to be a leaf of its own")
        seen.add(value)


def read_numbers(numbers: Sequence[float]) -> Sequence[float]:
    """The numbers given for the inputs, as floats; TypeError for anything but real numbers."""
    return [n if type(n) is float else real_number(n, "an input of a program") for n in numbers]


def read_rows(rows: Any, width: int) -> memoryview:
    """The rows as one C-contiguous buffer of doubles, one row of ``width`` numbers after the other.

    A buffer is not copied; a sequence of rows is, its numbers checked one by one. Raises ValueError for rows of another
    width and a buffer that is not contiguous, TypeError for anything but real numbers.
    """
    view = _doubles(rows, "rows are")
    if view is None:
        return memoryview(array.array("d", _numbers(rows, width)))
    if not view.c_contiguous:
        raise ValueError("the buffer of the rows is not C-contiguous: numpy.ascontiguousarray copies it in order")
    if view.ndim > 2 or (view.ndim == 2 and view.shape is not None and view.shape[1] != width):
        raise ValueError(f"rows of {width} numbers, one for each input, are needed; the shape is {view.shape}")
    if view.nbytes % (8 * width):
        raise ValueError(f"{view.nbytes // 8} numbers do not make whole rows of {width}, one for each input")
    return view


def read_out(out: Any, count: int) -> memoryview:
    """The buffer to write ``count`` sums to; TypeError or ValueError if they cannot be written there."""
    view = _doubles(out, "out is")
    if view is None:
        raise TypeError(f"out is a buffer of doubles, not {out!r} of type {type(out).__name__}")
    if view.readonly or view.ndim != 1 or not view.c_contiguous or len(view) != count:
        raise ValueError(f"out is a contiguous buffer of {count} doubles that can be written to")
    return view


def rows_of(view: memoryview, width: int) -> list[Sequence[float]]:
    """The rows of such a buffer as a list."""
    numbers = view.cast("B").cast("d").tolist() if view.nbytes else []
    return [numbers[start : start + width] for start in range(0, len(numbers), width)]


def _doubles(buffer: Any, what: str) -> memoryview | None:
    """A buffer of doubles; None for anything but a buffer of numbers, TypeError for one of other numbers."""
    try:
        view = memoryview(buffer)
    except TypeError:
        return None
    if view.format in _DOUBLES:
        return view
    if view.format == "O":
        return None
    raise TypeError(f"{what} a buffer of doubles (format 'd', NumPy's float64), not of format {view.format!r}")


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


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 number`` or ``2 numbers``."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"
