"""What the arguments of several plots have in common: lists, functions, names of axes, counts and margins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from engine import Value
from engine.extend import real_number
from viz.notation import number
from viz.plots.figures import drawable_number, is_drawable

_Checked = TypeVar("_Checked")


def entries(given: Any, what: str, of: str = "numbers") -> list[Any]:
    """A list, tuple or array as a list."""
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        raise TypeError(f"{what} is a list of {of}, not {given!r} of type {type(given).__name__}")
    return list(given)


def by_name(
    given: Mapping[Any, Any], what: str, kind: str, check: Callable[[Any, Any], _Checked]
) -> dict[str, _Checked]:
    """What ``check`` makes of each key and what it stands for, by the key as a text."""
    if not given:
        raise ValueError(f"there are no {what} to plot: the dictionary is empty")
    named = {str(name): check(name, one) for name, one in given.items()}
    if len(named) < len(given):
        raise ValueError(f"two {kind} have the same name: {list(map(str, given))}")
    return named


def pair(given: Any, what: str, needed: str) -> list[float]:
    """Two floats; ``needed`` says what asks for two."""
    numbers = entries(given, what)
    if len(numbers) != 2:
        raise ValueError(f"{needed}, but {what} has {len(numbers)}")
    return [drawable_number(entry, f"{what}[{index}]") for index, entry in enumerate(numbers)]


def only_number(given: Any, what: str, needed: str) -> float:
    """A number, or the only one in a row; ``needed`` says what asks for one."""
    numbers = entries(given, what) if isinstance(given, Iterable) else [given]
    if len(numbers) != 1:
        raise ValueError(f"{needed}, but {what} has {len(numbers)}")
    return drawable_number(numbers[0], what)


def check_samples(inputs: list[Any], others: list[Any], kind: str, where: str = "plane") -> None:
    """Raise unless there are samples, each with one of the others, which are of this kind: target, class."""
    if len(inputs) != len(others):
        plural = f"{kind}es" if kind.endswith("s") else f"{kind}s"
        raise ValueError(f"each sample needs a {kind}: there are {len(inputs)} inputs and {len(others)} {plural}")
    if not inputs:
        raise ValueError(f"there are no samples, which say what part of the {where} to plot")


def check_function(given: Any, what: str, of: str) -> None:
    """Raise for what cannot be called."""
    if not callable(given):
        raise TypeError(f"{what} is a function of {of}, not {given!r}")


def text(given: Any, what: str) -> str:
    """A text."""
    if not isinstance(given, str):
        raise TypeError(f"{what} is a text, not {given!r} of type {type(given).__name__}")
    return given


def axis_labels(given: Any) -> tuple[str, str]:
    """The names of the axis to the right and of the one that goes up."""
    return two_texts(given, "labels", "axis")


def two_texts(given: Any, what: str, of: str) -> tuple[str, str]:
    """Two texts, one for each axis or the like."""
    names = entries(given, what, "two texts")
    if len(names) != 2:
        raise ValueError(f"{what} are two texts, one for each {of}, but there are {len(names)}")
    first, second = (text(name, f"{what}[{index}]") for index, name in enumerate(names))
    return first, second


def checked_resolution(given: Any) -> int:
    """A number of points along an axis."""
    if isinstance(given, bool) or not isinstance(given, int):
        raise TypeError(f"resolution is a whole number, not {given!r}")
    if given < 2:
        raise ValueError(f"resolution is at least 2, not {given}")
    return given


def checked_margin(given: Any) -> float:
    """A fraction of a range, by which a picture goes beyond it."""
    margin = drawable_number(given, "margin")
    if margin < 0.0:
        raise ValueError(f"margin is at least 0, not {given!r}")
    return margin


def answer(given: Any, at: Any, plot: str, who: str = "model") -> float:
    """What a function gives at a point, as a float that the plot can show."""
    try:
        answered = real_number(given.data if isinstance(given, Value) else given, "an answer")
    except TypeError:
        raise TypeError(
            f"{plot} needs a {who} that answers with one number or Value, but at {at} it gives "
            f"{given!r} of type {type(given).__name__}"
        ) from None
    if not is_drawable(answered):
        raise ValueError(f"the {who} answers {number(answered)} at {at}, which has no place in a plot")
    return answered
