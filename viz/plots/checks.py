"""How the arguments of plots are read, with errors that name the entry: ``numbers[1][0] is nan``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sized
from math import inf
from typing import Any, TypeVar

from engine import Value
from engine.extend import real_number
from viz.notation import number

_Read = TypeVar("_Read")

LARGEST = 1e300
"""Beyond it, the sums and differences by which matplotlib places a number may overflow."""


def drawable(given: Any, what: str) -> float:
    """A number that an axis can show, as a float: finite and not too large."""
    checked = real_number(given, what)
    if not abs(checked) <= LARGEST:
        raise ValueError(f"{what} is {number(checked)}, which has no place on an axis")
    return checked


def text(given: Any, what: str) -> str:
    """A text."""
    if not isinstance(given, str):
        raise TypeError(f"{what} is a text, not {given!r} of type {type(given).__name__}")
    return given


def each(
    given: Any, what: str, read: Callable[[Any, str], _Read], of: str = "numbers", least: int = 0, most: float = inf
) -> list[_Read]:
    """A list, tuple or array of so many entries, each read by a function of it and what it is called in an error."""
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        raise TypeError(f"{what} is a list of {of}, not {given!r} of type {type(given).__name__}")
    found = [read(entry, f"{what}[{index}]") for index, entry in enumerate(given)]
    if least and not found:
        raise ValueError(f"there is nothing to plot: {what} is empty")
    if not least <= len(found) <= most:
        raise ValueError(f"{what} has {len(found)} {of}, but takes {least if least == most else f'{least} to {most}'}")
    return found


def by_name(given: Any, what: str, read: Callable[[Any, str], _Read]) -> dict[str, _Read]:
    """A dictionary whose keys become texts, each content read likewise; anything else is the content of no name."""
    if not isinstance(given, Mapping):
        return {"": read(given, what)}
    if not given:
        raise ValueError(f"there is nothing to plot: {what} is empty")
    contents = {str(name): read(content, f"{what}[{name!r}]") for name, content in given.items()}
    if len(contents) < len(given):
        raise ValueError(f"two entries of {what} have the same name: {list(map(str, given))}")
    return contents


def pair(given: Any, what: str) -> list[float]:
    """Two numbers."""
    return each(given, what, drawable, least=2, most=2)


def single(given: Any, what: str) -> float:
    """A number, or the only one of a list."""
    return each(given, what, drawable, least=1, most=1)[0] if isinstance(given, Iterable) else drawable(given, what)


def two_texts(given: Any, what: str) -> list[str]:
    """Two texts, one for each axis or the like."""
    return each(given, what, text, "texts", least=2, most=2)


def check_samples(inputs: Sized, others: Sized, what: str) -> None:
    """Raise unless there are as many of the others as there are inputs."""
    if len(inputs) != len(others):
        raise ValueError(f"there are {len(inputs)} inputs and {len(others)} {what}: each sample needs both")


def check_function(given: Any, what: str, of: str) -> None:
    """Raise for what cannot be called."""
    if not callable(given):
        raise TypeError(f"{what} is a function of {of}, not {given!r}")


def answer(given: Any, at: Any, who: str = "model") -> float:
    """What a function gives at a point, a number or a Value, as a float that a plot can show."""
    try:
        answered = real_number(given.data if isinstance(given, Value) else given, "an answer")
    except TypeError:
        raise TypeError(
            f"the {who} answers with one number or Value, but at {at} it gives {given!r} of type {type(given).__name__}"
        ) from None
    if not abs(answered) <= LARGEST:
        raise ValueError(f"the {who} answers {number(answered)} at {at}, which has no place in a plot")
    return answered
