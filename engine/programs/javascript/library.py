"""The functions that JavaScript texts call, with all that these need.

Each ``.js`` file consists of definitions that begin at the margin, with the comments above them. `text` gives those
that are asked for, and those that they mention. So a program that calls nothing but exp carries nothing but exp.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator
from functools import cache
from importlib.resources import files

from engine.programs.kinds import KINDS, Kind

FILES = (
    "failures",
    "numbers",
    "exponentials",
    "logarithms",
    "power",
    "hyperbolic",
    "trigonometric",
    "special",
)
BROWSER = "the browser's own function: its last digits are not always Python's"
"""What is said of a function that is not computed as the C library does."""

UNBOUNDED = ("degrees", "hypot", "radians")
"""What gives infinity where it is too large, in Python too."""

_BEGINNING = re.compile(r"^(?:function|const|let) (\w+)", re.MULTILINE)
_NAME = re.compile(r"\w+")


def text(names: Iterable[str]) -> str:
    """The definitions of these names and of what they mention, in an order in which each may use those before it.

    Raises LookupError for a name that is not defined.
    """
    known, needed = _definitions(), set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in known:
            raise LookupError(f"{name} is not written in JavaScript")
        if name not in needed:
            needed.add(name)
            waiting += [other for other in _NAME.findall(_code(known[name])) if other in known]
    return "\n".join([known[name] for name in known if name in needed])


@cache
def _definitions() -> dict[str, str]:
    """Each definition by its name, in the order of the files; the functions that may raise come last."""
    folder = files("engine.programs") / "javascript"
    tables = json.loads((folder / "tables.json").read_text()) if (folder / "tables.json").is_file() else {}
    found: dict[str, str] = {}
    for name in FILES:
        if not (folder / f"{name}.js").is_file():
            continue
        found |= dict(_taken_apart((folder / f"{name}.js").read_text(encoding="utf-8")))
        if name == "numbers":
            found |= {name: _table(name, **table) for name, table in tables.items()}
    return found | {
        kind.name: _function(kind, found) for kind in KINDS.values() if kind.is_call and not kind.javascript
    }


def unported(names: Iterable[str]) -> list[str]:
    """Those of these functions that are the browser's own, whose last digits may not be Python's."""
    return [name for name in names if f"= {BROWSER}" in _definitions()[name]]


def _taken_apart(text: str) -> Iterator[tuple[str, str]]:
    """The definitions of a file: (name, text)."""
    starts = [_above(text, match.start()) for match in _BEGINNING.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        definition = text[start:end].strip() + "\n"
        match = _BEGINNING.search(definition)
        assert match
        yield match[1], definition


def _above(text: str, start: int) -> int:
    """Where the comments directly above a definition begin."""
    while (line := text.rfind("\n", 0, max(start - 1, 0)) + 1) < start and text.startswith("//", line):
        start = line
    return start


def _code(definition: str) -> str:
    """A definition without its comments."""
    return re.sub(r"//.*", "", definition)


def _table(name: str, source: str, numbers: str) -> str:
    """The definition of a table of numbers."""
    return f'// {source}\nconst {name} = table("{numbers}");\n'


def _function(kind: Kind, known: Container[str]) -> str:
    """``exp(x)``: what `exactExp` gives, or an error where Python raises."""
    given = ", ".join(("x", "y")[: kind.operands])
    exact = f"exact{kind.name.capitalize()}"
    note = "" if exact in known else f"// = {BROWSER}\n"
    result = f"{exact if exact in known else f'Math.{kind.name}'}({given})"
    if not kind.cannot_fail:
        rest = f"{given}{', undefined' * (kind.operands == 1)}, true" if kind.name in UNBOUNDED else given
        result = f'checked("{kind.name}", {result}, {rest})'
    return f"{note}function {kind.name}({given}) {{\n  return {result};\n}}\n"
