"""Numbers become leaves, and leaves take new numbers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from typing import Any

from engine.recording import LATEST_WRITE
from engine.value import Value

_set_number, _set_changed = (vars(Value)[slot].__set__ for slot in ("_number", "_b"))


def gradient_of(value: Value) -> Any:
    """The gradient of a Value; where it does not exist, which ``value.grad`` refuses, `Undefined`."""
    return value._grad if value.has_grad else 0.0


def as_value(number: Any) -> Value:
    """A number as a leaf; a Value as it is."""
    return number if isinstance(number, Value) else Value(number)


def read_data(leaves: Iterable[Value]) -> list[float]:
    """The data of many leaves, also while a program is recorded."""
    return [leaf._number for leaf in leaves]


def store_data(leaves: Sequence[Value], numbers: Iterable[float], *others: Iterable[object]) -> None:
    """Assign to the data of many leaves at once, and go through ``others``, as ``map(setattr, …)`` is one.

    Ctrl-C and other threads wait until a call of a C function ends, so they see all that is stored or nothing. (In
    Python without a global lock, threads do not wait: let none read numbers that another writes.)
    """
    unmarked = [leaf for leaf in leaves if not leaf._b]
    marks = map(_set_changed, unmarked, repeat(True))
    write = map(LATEST_WRITE.__setitem__, (0,), (object(),))
    deque(chain(marks, map(_set_number, leaves, numbers), *others, write), maxlen=0)
