"""How numbers, names and expressions are written: the same in drawings, traces and players."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from engine import Primitive, Value
from engine.extend import Undefined

# A name without operators in it, or a number that is not negative.
_ATOM = re.compile(r"[^\s+*/=-]+|[\d.]+e[+-]\d+")

_MOST_NUMBERS = 4
_LONGEST_NAME = 40

# Joiners have no glyph of their own but shape their neighbours, in Persian, Hindi or emoji.
_JOINERS = "\u200c\u200d"


# --- Numbers ---------------------------------------------------------------------------------------------------------


def number(value: float, digits: int = 5) -> str:
    """A few significant digits, however small the number; whole numbers in full up to ten million, and -0 as 0.

    A partial derivative that does not exist is ``undefined``.
    """
    if isinstance(value, Undefined):
        return "undefined"
    if abs(value) < 1e7 and value == int(value):  # An int, too, which is a number that a part was given.
        return f"{value or 0:.0f}"
    return f"{value:.{digits}g}"


def is_finite(value: Any) -> bool:
    """Whether a number is finite; one that does not exist is not."""
    return not isinstance(value, Undefined) and math.isfinite(value)


def plain(number: Value | float) -> float:
    """The number alone."""
    return number.data if isinstance(number, Value) else float(number)


def several(numbers: Sequence[float], most: int = _MOST_NUMBERS, digits: int = 5) -> str:
    """A few numbers, or the range of many, rounded; a single one where all are equal, and nothing for none."""
    if not numbers:
        return ""
    distinct = list(dict.fromkeys(number(value, digits) for value in numbers))
    if len(distinct) == 1:
        return distinct[0]
    if len(numbers) <= most:
        return ", ".join(number(value, digits) for value in numbers)
    finite = [value for value in numbers if value == value]
    ends = [number(extreme(finite), min(digits, 3)) for extreme in (min, max)] if finite else distinct[:1]
    return " … ".join(ends)


# --- Names -----------------------------------------------------------------------------------------------------------


def names(nodes: Iterable[Value], known: Mapping[Value, str] | None = None) -> dict[Value, str]:
    """A unique name for each node: its label, else x1, x2, … for a leaf and v1, v2, … for a result.

    Where several nodes share a label, #2, #3, … follows it from the second node on. ``known`` has names that
    stay as they are, and names of others that are not to be given again.
    """
    known = known or {}
    labels = {node: known.get(node) or printable(node.label) for node in nodes}
    given = {*labels.values(), *known.values()}
    named: dict[str, Value] = {}
    counters: dict[str, Iterator[int]] = {}
    for node, label in labels.items():
        name = label
        if not label or label in named:
            stem = f"{label}#" if label else "x" if node.is_leaf else "v"
            counter = counters.setdefault(stem, itertools.count(2 if label else 1))
            name = next(numbered for index in counter if (numbered := f"{stem}{index}") not in given)
        named[name] = node
    return {node: name for name, node in named.items()}


def shortest(full: Mapping[Value, str]) -> dict[Value, str]:
    """Names with as few dots as tell them apart: ``w[0]`` for ``layer0.neuron1.w[0]``, if it is the only one."""
    ends = ({node: _end(name, pieces) for node, name in full.items()} for pieces in itertools.count(1))
    return next(names for names in ends if len(set(names.values())) == len(full))


def _end(name: str, pieces: int) -> str:
    """The last few pieces of a name with dots in it; any other text as it is."""
    return ".".join(name.split(".")[-pieces:]) if re.fullmatch(r"[\w.\[\]]+", name) else name


def one_line(called: Mapping[Value, str]) -> dict[Value, str]:
    """Names of at most 40 characters, each on one line.

    What is left out of long ones may be all that tells them apart: then they are numbered.
    """
    found: dict[str, Value] = {}
    for node, name in called.items():
        found[unused(shortened(name, _LONGEST_NAME), found.keys())] = node
    return {node: name for name, node in found.items()}


def unused(name: str, taken: Set[str]) -> str:
    """The name, followed by #2, #3, … where it is taken."""
    numbered = (f"{name}#{count}" for count in itertools.count(2))
    return next(candidate for candidate in itertools.chain([name], numbered) if candidate not in taken)


def ranges(names: Sequence[str]) -> str:
    """Names that differ in numbers alone as one: ``h[0…7]`` for ``h[0]`` to ``h[7]``; else the first and the last."""
    pieces = [re.split(r"(\d+)", name) for name in dict.fromkeys(names)]
    if len({tuple(found[::2]) for found in pieces}) > 1:
        return common_name(names) or f"{names[0]} … {names[-1]}"
    return "".join(map(_ranges, zip(*pieces, strict=True)))


def _ranges(pieces: Sequence[str]) -> str:
    """What names have in one place: a text, a number or the range of numbers."""
    first, last = (extreme(pieces, key=lambda piece: (len(piece), piece)) for extreme in (min, max))
    return first if first == last else f"{first}…{last}"


def common_name(names: Sequence[str]) -> str:
    """The beginning that names share: ``z0`` of ``z0(0,1)`` and ``z0(1,0)``; empty if they share nothing."""
    if len(set(names)) < 2:
        return "".join(names[:1])
    shared = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(min(names), max(names), strict=False))
    return "".join(character for character, _ in shared).rstrip(" ([{<#_.,:;-/")


def without_ranges(name: str) -> str:
    """The name without what varies, as it stands in a formula: ``layer0.w`` for ``layer0.neuron0…7.w[0…1]``."""
    *owners, last = name.split(".")
    stem = re.sub(r"\d+…\d+", "", re.sub(r"[(\[][^)\]]*…[^)\]]*[)\]]", "", last))
    return ".".join([*(owner for owner in owners if "…" not in owner), stem]) if stem else name


def printable(label: str) -> str:
    """A label in which Python's escapes stand for what no font can draw (control characters, lone surrogates).

    Line breaks stay, other white space becomes a space, and white space at both ends is removed.
    """
    text = label if label.isprintable() else "".join(_printable(character) for character in label)
    return text.strip()


def _printable(character: str) -> str:
    """One character of such a label."""
    if character == "\n" or character.isprintable() or character in _JOINERS:
        return character
    return " " if character.isspace() else character.encode("unicode_escape").decode("ascii")


def shortened(text: str, longest: int) -> str:
    """The text on one line; of more than ``longest`` characters, the middle is left out."""
    line = text.replace("\n", " ")
    if len(line) <= longest:
        return line
    head = longest // 2
    return f"{line[:head]}…{line[head + 1 - longest :]}"


def columns(text: str) -> int:
    """The columns that a text takes on a terminal: two for a wide character, none for a combining one."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


# --- Expressions -----------------------------------------------------------------------------------------------------


def expression(operation: Primitive, texts: Sequence[str]) -> str:
    """An operation in mathematical notation, its operands given as text: ``a * b``, ``-a``, ``tanh′(a, b)``."""
    symbol = operation.symbol or operation.name
    if any(map(str.isalpha, symbol)) or len(texts) > 2:
        return f"{symbol}({', '.join(texts)})"
    factors = [enclosed(text) for text in texts]
    return f" {symbol} ".join(factors) if len(factors) == 2 else symbol + factors[0]


def evaluation(node: Value, called: Mapping[Value, str]) -> tuple[str, str]:
    """How a result was computed, first with the names of its operands, then with numbers: ``x1 * x2``, ``2 * 5``."""
    symbols = [called[operand] if isinstance(operand, Value) else number(operand) for operand in node.operands]
    numbers = [number(plain(operand)) for operand in node.operands]
    assert node.operation
    return expression(node.operation, symbols), expression(node.operation, numbers)


def enclosed(text: str) -> str:
    """The text in parentheses, unless it is a name or a number that can stand beside an operator."""
    return text if _ATOM.fullmatch(text) else f"({text})"


def partial_symbol(result: str, operand: str) -> str:
    """The partial derivative of a result by an operand, both given by name: ``∂v1/∂x``."""
    return f"∂{enclosed(result)}/∂{enclosed(operand)}"
