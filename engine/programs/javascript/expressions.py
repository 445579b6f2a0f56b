"""Expressions in JavaScript, with no parentheses but those that they need."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.programs.kinds import KINDS

Written = tuple[str, int]
"""An expression, and how closely its outermost sign binds."""

_SIGNS = (
    ("choose",),
    ("or",),
    ("and",),
    ("eq", "ne"),
    ("lt", "le", "gt", "ge"),
    ("add", "sub"),
    ("mul", "div"),
    ("neg", "not"),
)
"""The kinds that are signs in JavaScript, from the loosest to the closest."""

_LEVELS = {name: level for level, names in enumerate(_SIGNS) for name in names}

ATOM = len(_SIGNS)
"""How closely names and calls bind: they need no parentheses anywhere."""


def constant(number: float) -> Written:
    """A number, or true or false."""
    if isinstance(number, bool):
        return "true" if number else "false", ATOM
    if math.isnan(number):
        return "NaN", ATOM
    text = repr(number).replace("inf", "Infinity").removesuffix(".0")
    return text, _LEVELS["neg"] if text.startswith("-") else ATOM


def combined(name: str, operands: Sequence[Written]) -> Written:
    """An instruction of this kind on expressions."""
    kind, level = KINDS[name], _LEVELS.get(name, ATOM)
    texts = []
    for place, (text, closely) in enumerate(operands):
        is_first_of_two = place == 0 and len(operands) == 2
        is_clear = level == ATOM or closely > level or (closely == level and is_first_of_two)
        texts.append(text if is_clear else f"({text})")
    return (kind.javascript or kind.python).format(*texts), level


def call(name: str, operands: Sequence[Written]) -> Written:
    """A call of a function."""
    return f"{name}({', '.join([text for text, _ in operands])})", ATOM
