"""The functions that JavaScript texts call, with all that these need.

Each ``.js`` file consists of definitions that begin at the margin, with the comments above them. `text` gives those
that are asked for, and those that they mention. So a program that calls nothing but exp carries nothing but exp.
"""

from __future__ import annotations

import base64
import json
import re
import struct
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from engine.programs.kinds import KINDS, Kind
from engine.programs.powers import powers_of_two

_BEGINNING = re.compile(r"^(?:function|const) (\w+)", re.MULTILINE)
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
    texts = {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir() if each.name.endswith(".js")}
    tables = json.loads((folder / "tables.json").read_text(encoding="utf-8"))
    found = dict(_taken_apart(texts.pop("numbers.js")))  # First, for it has `doublesOf`.
    powers = b"".join([struct.pack("<dq", *power) for power in powers_of_two()])
    tables["EXP_TABLE"] = {"source": "2^(i/128), for exp", "numbers": base64.b64encode(powers).decode()}
    found |= {name: _table(name, **table) for name, table in tables.items()}
    for name in sorted(texts):
        found |= dict(_taken_apart(texts[name]))
    return found | {kind.name: _function(kind) for kind in KINDS.values() if kind.is_ported}


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
    return f'// {source}\nconst {name} = doublesOf("{numbers}");\n'


def _function(kind: Kind) -> str:
    """``exp(x)``: what `exactExp` gives, or an error where Python raises."""
    given = ", ".join(("x", "y")[: kind.operands])
    result = f"exact{kind.name.capitalize()}({given})"
    if not kind.cannot_fail:
        result = f'checked("{kind.name}", {result}, {given})'
    return f"function {kind.name}({given}) {{\n  return {result};\n}}\n"
