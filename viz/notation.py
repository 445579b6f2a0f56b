"""How numbers, names and expressions are written: the same in a picture and in a trace."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence, Set

from engine import Primitive, Value
from engine.extend import Undefined

# A name without operators in it, or a number that is not negative.
_ATOM = re.compile(r"[^\s+*/=-]+|[\d.]+e[+-]\d+")

_MOST_NUMBERS = 4

# Joiners have no glyph of their own but shape their neighbours, in Persian, Hindi or emoji.
_JOINERS = "\u200c\u200d"


def number(value: float) -> str:
    """Five significant digits, however small the number; whole numbers in full up to ten million.

    A partial derivative that does not exist is ``undefined``.
    """
    if isinstance(value, Undefined):
        return "undefined"
    if value.is_integer() and abs(value) < 1e7:
        return f"{value:.0f}"
    return f"{value:.5g}"


def names(nodes: Iterable[Value]) -> dict[Value, str]:
    """A name for each node that no other has: its label, else x1, x2, … for a leaf and v1, v2, … for a result.

    From its second node on, a label that several nodes carry is followed by #2, #3, ….
    """
    labels = {node: printable(node.label) for node in nodes}
    given = set(labels.values())
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


def printable(label: str) -> str:
    """A label with what no font can draw (control characters, lone surrogates) written as Python escapes.

    Line breaks stay, any other white space becomes a space, and at both ends it goes.
    """
    text = label if label.isprintable() else "".join(_printable(character) for character in label)
    return text.strip()


def _printable(character: str) -> str:
    """A character, or what stands for it."""
    if character == "\n" or character.isprintable() or character in _JOINERS:
        return character
    return " " if character.isspace() else character.encode("unicode_escape").decode("ascii")


def shortened(text: str, longest: int) -> str:
    """The text on one line, with its middle left out where it has more than ``longest`` characters."""
    line = text.replace("\n", " ")
    if len(line) <= longest:
        return line
    head = longest // 2
    return f"{line[:head]}…{line[head + 1 - longest :]}"


def several(numbers: Sequence[float]) -> str:
    """A few numbers, or the range of more; one where all are equal, and nothing for none."""
    if not numbers:
        return ""
    distinct = list(dict.fromkeys(number(value) for value in numbers))
    if len(distinct) == 1:
        return distinct[0]
    if len(numbers) <= _MOST_NUMBERS:
        return ", ".join(number(value) for value in numbers)
    finite = [value for value in numbers if value == value]
    return f"{number(min(finite))} … {number(max(finite))}" if finite else distinct[0]


def common_name(names: Sequence[str]) -> str:
    """What names begin with: ``z0`` of ``z0(0,1)`` and ``z0(1,0)``; empty if nothing."""
    if len(set(names)) < 2:
        return "".join(names[:1])
    shared = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(min(names), max(names), strict=False))
    return "".join(character for character, _ in shared).rstrip(" ([{<#_.,:;-/")


def unused(name: str, taken: Set[str]) -> str:
    """The name, followed by #2, #3, … where it is taken."""
    numbered = (f"{name}#{count}" for count in itertools.count(2))
    return next(candidate for candidate in itertools.chain([name], numbered) if candidate not in taken)


def expression(operation: Primitive, texts: Sequence[str]) -> str:
    """An operation as it is written in mathematics, on operands given as text: ``a * b``, ``-a``, ``tanh(a)``."""
    symbol = operation.symbol or operation.name
    if symbol.isidentifier() or len(texts) > 2:
        return f"{symbol}({', '.join(texts)})"
    factors = [enclosed(text) for text in texts]
    return f" {symbol} ".join(factors) if len(factors) == 2 else symbol + factors[0]


def enclosed(text: str) -> str:
    """The text in parentheses, unless it is a name or a number that can stand beside an operator as it is."""
    return text if _ATOM.fullmatch(text) else f"({text})"
