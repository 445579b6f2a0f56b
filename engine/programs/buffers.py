"""Rows of numbers, from whatever holds them: how `Program.sum` reads its argument."""

from __future__ import annotations

import array
from collections.abc import Iterable, Sequence
from typing import Any

from engine.manners import real_number
from engine.value import Value

_DOUBLES = ("d", "@d", "=d", "<d" if array.array("H", [1]).tobytes()[0] else ">d")
"""The formats of a buffer of this machine's doubles."""


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
