"""A model as a JSON file: exact, replaced in one step, and read with suspicion.

Python writes a float as the shortest text that reads back as the same float, so a file keeps every bit.

    {
     "format": "scalargrad model",
     "version": 1,
     "kind": "MLP",
     "architecture": {"sizes": [2, 2, 1], "hidden": "sigmoid", "output": "sigmoid"},
     "parameters": {"layers[0].neurons[0].w[0]": 0.4967141530112327, …}
    }
"""

from __future__ import annotations

import json
import math
import os
import reprlib
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT = "scalargrad model"  # The project's first name: files that were written then are still read.
VERSION = 1
_SECTIONS = {"format": str, "version": int, "kind": str, "architecture": dict, "parameters": dict}


@dataclass(frozen=True)
class SavedModel:
    """What a file holds: the class, the arguments that build it, and the number of each parameter by name."""

    kind: str
    architecture: Mapping[str, Any]
    parameters: Mapping[str, float]


def to_text(model: SavedModel) -> str:
    """Return ``model`` as the text of a file: see ``Module.save`` for what is refused."""
    for name, number in model.parameters.items():
        if not math.isfinite(number):
            raise ValueError(f"the parameter {name} is {number}, which a JSON file cannot hold: nothing was saved")
    try:
        _check_names(model.architecture)
        return json.dumps({"format": FORMAT, "version": VERSION, **vars(model)}, indent=1, default=_refuse) + "\n"
    except (RecursionError, ValueError) as error:
        raise ValueError(f"nothing was saved: JSON cannot hold what architecture() returns: {error}") from None


def _check_names(item: Any) -> None:
    """Raise TypeError for a key that is not a string: json would write 1 as "1"."""
    if isinstance(item, Mapping):
        for key in item:
            if not isinstance(key, str):
                raise TypeError(f"nothing was saved: {key!r} is a name in what architecture() returns, but no string")
    if isinstance(item, (Mapping, list, tuple)):
        for inner in item.values() if isinstance(item, Mapping) else item:
            _check_names(inner)


def _refuse(argument: Any) -> Any:
    """Raise TypeError for what JSON has no form for in an architecture."""
    if callable(argument):
        raise TypeError(
            f"nothing was saved: architecture() returns the function {getattr(argument, '__name__', argument)!r}, "
            "and a file can hold only the name of an operation: give it one with engine.register, or keep "
            "state_dict() and build the model in your program"
        )
    raise TypeError(f"nothing was saved: JSON has no form for {argument!r}, which architecture() returns")


def read_model(path: str | os.PathLike[str], kind: str) -> SavedModel:
    """Return the model of class ``kind`` in a file.

    Raises ValueError, saying what is wrong, if the file holds anything else; OSError if it cannot be opened.
    """
    try:
        return from_text(Path(path).read_bytes(), kind)
    except ValueError as error:
        raise ValueError(f"{path} is not a saved {kind}: {error}") from error


def from_text(content: bytes, kind: str) -> SavedModel:
    """Return the model of class ``kind`` that a text describes; ValueError, saying what is wrong, for another text."""
    try:
        document = json.loads(content.decode(), object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"it is not complete JSON text: {error}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    _check_sections(document)
    if document["kind"] != kind:
        raise ValueError(f"it holds a module of class {printable(document['kind'])}, not {kind}")
    parameters = {name: _read_number(name, number) for name, number in document["parameters"].items()}
    return SavedModel(kind, document["architecture"], parameters)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object as a dict; ValueError for a name that occurs twice, where json would keep the last."""
    document = dict(pairs)
    if len(document) != len(pairs):
        ((name, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"the name {name!r} occurs twice")
    return document


def _refuse_constant(text: str) -> Any:
    """Raise ValueError for NaN, Infinity and -Infinity, which Python reads though JSON does not have them."""
    raise ValueError(f"{text} is not a number in JSON")


def _check_sections(document: Any) -> None:
    """Raise ValueError if the outer structure of the file is not the one that is written."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f'it does not say "format": "{FORMAT}"')
    version = document.get("version")
    if version != VERSION or version is True:
        raise ValueError(f"it is written in version {reprlib.repr(version)}; this program reads version {VERSION}")
    for name, kind in _SECTIONS.items():
        if not isinstance(document.get(name), kind):
            raise ValueError(f"it should have an entry {name!r} of type {kind.__name__}")
    unknown = [name for name in document if name not in _SECTIONS]
    if unknown:
        raise ValueError(f"it has an entry {unknown[0]!r}, which means nothing")


def _read_number(name: str, number: Any) -> float:
    """Return the number of a parameter as a float; ValueError if it is not a finite number."""
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise ValueError(f"the parameter {printable(name)} is {reprlib.repr(number)}, not a number")
    if not -sys.float_info.max <= number <= sys.float_info.max:
        raise ValueError(f"the parameter {printable(name)} is too large for a float")
    return float(number)


def printable(text: object) -> str:
    """Return a text for a message. JSON can hold half of a surrogate pair, which no stream can print."""
    return str(text).encode("utf-8", "backslashreplace").decode("utf-8")


def first_difference(saved: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Return in words the first entry in which a file differs from a model; nothing if they agree."""
    here = json.loads(json.dumps(wanted, default=repr))
    for name, item in here.items():
        if name not in saved:
            return f"{name} is missing in the file and {item!r} in the model"
        if json.dumps(saved[name], sort_keys=True) != json.dumps(item, sort_keys=True):
            return f"{name} is {reprlib.repr(saved[name])} in the file and {item!r} in the model"
    unknown = [name for name in saved if name not in here]
    return f"{printable(unknown[0])} is in the file and unknown to the model" if unknown else ""
