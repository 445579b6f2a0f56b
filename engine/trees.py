"""Numbers in any shape: nested lists, tuples and arrays, read number by number and built anew with other numbers.

The engine does not import NumPy: what has ``flat`` and ``astype`` is taken for one of its arrays. An array without
dimensions, as NumPy's scalars are, counts as a number. Python's own arrays hold floats, so Values come back in a list.
"""

from __future__ import annotations

import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from engine.value import Value

_PLAIN = (Value, float, int)


def is_tree(thing: Any) -> bool:
    """Whether this is a list, a tuple or an array, not one number."""
    if isinstance(thing, _PLAIN) or not (isinstance(thing, (list, tuple)) or hasattr(thing, "tolist")):
        return False
    return getattr(thing, "shape", None) != ()


def is_array(thing: Any) -> bool:
    """Whether this is one of NumPy's arrays, with dimensions."""
    return hasattr(thing, "flat") and hasattr(thing, "astype") and is_tree(thing)


def _is_scalar(thing: Any) -> bool:
    """Whether this is one of NumPy's scalars, or its array without dimensions; not a tensor with a gradient to lose."""
    return getattr(thing, "shape", None) == () and hasattr(thing, "tolist") and not hasattr(thing, "detach")


def flatten(tree: Iterable[Any]) -> Iterator[Any]:
    """The numbers of nested lists, tuples and arrays, left to right."""
    for branch in tree:
        if isinstance(branch, _PLAIN):
            yield branch
        elif is_array(branch):
            yield from (branch.astype(object).ravel().tolist())  # What is masked is None there, and refused.
        elif is_tree(branch):
            yield from flatten(branch if isinstance(branch, (list, tuple)) else branch.tolist())
        else:
            yield branch.tolist() if _is_scalar(branch) else branch


def rebuild(tree: Any, numbers: Iterator[Any]) -> Any:
    """Lists, tuples (also with names) and arrays nested like ``tree``, holding ``numbers`` in order."""
    kind = getattr(tree, "_make", list if isinstance(tree, list) else tuple)
    return kind(like(branch, numbers) for branch in tree)


def like(thing: Any, numbers: Iterator[Any]) -> Any:
    """As many ``numbers`` as are in ``thing``, in its shape; one number for one."""
    if not is_tree(thing):
        return next(numbers)
    if is_array(thing):
        return _filled(thing.astype(object), list(islice(numbers, thing.size)))
    if isinstance(thing, (list, tuple)):
        return rebuild(thing, numbers)
    listed = rebuild(thing.tolist(), numbers)
    return listed if any_value(listed) or not isinstance(thing, array.array) else array.array("d", listed)


def rows_like(point: Sequence[Any], rows: Sequence[Sequence[Any]]) -> Any:
    """A matrix: as an array if an argument of the ``point`` is one, else as a list of lists."""
    found = next((each for each in point if is_array(each) and each.size), None)
    if found is None:
        return rows
    numbers: Any = vector_like(found, [number for row in rows for number in row])
    return numbers.reshape(len(rows), -1) if len(numbers) else numbers


def vector_like(thing: Any, numbers: list[Any]) -> Any:
    """The list itself, or the same as an array of one dimension if ``thing`` is an array, too."""
    if thing.__class__ is list or not is_array(thing):
        return numbers
    return _filled(thing.astype(object).flat[:1].repeat(len(numbers)), numbers)


def _filled(empty: Any, numbers: Sequence[Any]) -> Any:
    """The array with these numbers in it: of objects if there is a Value among them, else of floats."""
    if numbers:
        empty.flat = numbers
    return empty if any_value(numbers) else empty.astype(float)


def any_value(numbers: Iterable[Any]) -> bool:
    """Whether there is a Value among ``numbers``."""
    return any(isinstance(number, Value) for number in numbers)
