"""What the arguments of this package may be: checks that its files share, and how nested lists are read."""

from __future__ import annotations

import importlib.util
import math
import operator
from collections.abc import Iterable, Mapping
from numbers import Integral
from random import Random
from typing import Any, TypeVar

from engine import Value
from engine.extend import flatten, real_number

F = TypeVar("F")


def whole_number(number: Any, name: str, least: int = 1) -> int:
    """Return ``number`` as an int of at least ``least``; else TypeError or ValueError, saying what ``name`` is."""
    try:
        whole = None if isinstance(number, bool) else operator.index(number)
    except TypeError:
        whole = None
    if whole is None:
        raise TypeError(f"{name} is a whole number, not {number!r} of type {type(number).__name__}")
    if whole < least:
        raise ValueError(f"{name} is at least {least}, not {whole}")
    return whole


def nonnegative(number: Any, name: str) -> float:
    """Return ``number`` as a finite float of at least 0."""
    return _between(0.0, number, math.inf, name, "a finite number of at least 0")


def positive(number: Any, name: str) -> float:
    """Return ``number`` as a finite float above 0."""
    return _between(math.ulp(0.0), number, math.inf, name, "a finite number above 0")


def fraction(number: Any, name: str) -> float:
    """Return ``number`` as a float in [0, 1)."""
    return _between(0.0, number, 1.0, name, "at least 0 and below 1")


def _between(least: float, number: Any, limit: float, name: str, what: str) -> float:
    """Return a number from ``least`` up to, but not including, ``limit`` as a float; else ValueError."""
    checked = real_number(number, name)
    if not least <= checked < limit:
        raise ValueError(f"{name} is {what}, not {number!r}")
    return checked


def find_function(given: str | F, known: Mapping[str, F], what: str) -> F:
    """Return a function as it is, or the one that a name stands for.

    Raises ValueError, listing the names, for an unknown name; TypeError for what is neither a name nor callable.
    """
    if isinstance(given, str):
        if given not in known:
            raise ValueError(f"there is no {what} {given!r}: choose from {', '.join(known)}")
        return known[given]
    if not callable(given):
        raise TypeError(f"an {what} is a name or a function, not {given!r} of type {type(given).__name__}")
    return given


def is_installed(module: str) -> bool:
    """Return whether a module can be imported, without importing it."""
    try:
        return importlib.util.find_spec(module) is not None
    except ValueError:  # Somebody has put None in its place.
        return False


def random_of(seed: Any) -> Random:
    """Return the generator that a seed stands for: a Random itself, else a new one; TypeError for anything else."""
    if isinstance(seed, Random):
        return seed
    if isinstance(seed, Integral):
        seed = int(seed)
    if seed is not None and not isinstance(seed, (int, float, str, bytes, bytearray)):
        raise TypeError(f"seed is a number, a text, None or a random.Random, not {seed!r}")
    return Random(seed)


def number_or_value(number: Any, name: str) -> Any:
    """Return a Value as it is, a plain number as a float; TypeError, saying what ``name`` takes, for anything else."""
    return number if isinstance(number, Value) else real_number(number, name)


def entries(thing: Any) -> list[Any] | None:
    """Return the entries of a list, tuple, array (anything with ``tolist()``) or other iterable; None for a number.

    A string counts as one thing, to be refused as a number. Raises TypeError for a set or a dictionary, whose entries
    have no order.
    """
    if isinstance(thing, list):
        return thing
    if isinstance(thing, (Value, float, int, str, bytes, bytearray)):
        return None
    if isinstance(thing, tuple):
        return list(thing)
    if isinstance(thing, (set, frozenset, Mapping)):
        raise TypeError(f"the entries of {thing!r} have no order that means anything: give a list")
    if hasattr(thing, "tolist"):
        thing = thing.tolist()
    return list(thing) if isinstance(thing, Iterable) else None


def read_inputs(x: Any, module: Any) -> list[Any]:
    """Return ``x`` as a list of floats and Values, one for each input of ``module``: see `nn.MLP.__call__`."""
    given = entries(x)
    inputs = [x] if given is None else given
    if len(inputs) != module.inputs:
        wanted = "1 input" if module.inputs == 1 else f"{module.inputs} inputs"
        raise ValueError(f"this {type(module).__name__} takes {wanted}, not {len(inputs)}")
    return [number if number.__class__ is float else number_or_value(number, "an input") for number in inputs]


def read_parameters(parameters: Iterable[Value], optimizer: str) -> list[Value]:
    """Return the parameters that an optimizer is given as a list in which each stands once."""
    if not isinstance(parameters, Iterable):
        raise TypeError(f"{optimizer} takes a list of parameters, as model.parameters() gives, not {parameters!r}")
    found = []
    for parameter in flatten(parameters):
        if not isinstance(parameter, Value):
            raise TypeError(f"{optimizer} trains Values, not {parameter!r} of type {type(parameter).__name__}")
        if not parameter.is_leaf:
            raise ValueError(f"{optimizer} trains leaves; {parameter!r} is the result of an operation")
        found.append(parameter)
    if not found:
        raise ValueError(f"{optimizer} was given no parameters to train")
    return list(dict.fromkeys(found))
