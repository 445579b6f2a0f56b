"""Reads MathML back: from a formula as a browser sets it to Python, so that it can be computed."""

import math
from typing import Any
from xml.etree import ElementTree

from engine.extend import FLOATS

_SIGNS = {"−": "-", "⋅": "*", "\u2061": "", "≤": "<=", "≥": ">=", "=": "==", "≠": "!=", "π": "pi", "∞": "inf"}
_TESTS = {"if": "", "otherwise": "True", "is NaN": "!= nan", "is a number": "== nan", "not": "not", "NaN": "nan"}


class _NaN:
    """What equals every number but NaN."""

    def __eq__(self, other: object) -> bool:
        return other == other

    __hash__ = None  # type: ignore[assignment]


_NAMES: dict[str, Any] = {
    **FLOATS,
    "arccos": math.acos,
    "arcosh": math.acosh,
    "arcsin": math.asin,
    "arsinh": math.asinh,
    "arctan": math.atan,
    "artanh": math.atanh,
    "e": math.e,
    "inf": math.inf,
    "ln": FLOATS["log"],
    "nan": _NaN(),
    "pi": math.pi,
}


def computed(markup: str, numbers: dict[str, float]) -> float:
    """The number that a ``<math>`` element shows, given those of its names."""
    renamed = {"max": "maximum", "min": "minimum", "sgn": "sign", "round": "rint"}
    more = {name: FLOATS[other] for name, other in renamed.items()}
    return float(eval(python(ElementTree.fromstring(markup)), {**_NAMES, **more, **numbers}))


def python(element: ElementTree.Element) -> str:
    """The Python of an element."""
    pieces = [python(child) for child in element]
    match element.tag:
        case "mfrac":
            return f"(({pieces[0]}) / ({pieces[1]}))"
        case "msup":
            return f"pow({pieces[0]}, {pieces[1]})"
        case "msub":
            return "".join(pieces)
        case "msqrt":
            return f"sqrt({''.join(pieces)})"
        case "mroot":
            return f"cbrt({pieces[0]})"
        case "mtable":
            return "(" + " else ".join(map(python, element)) + " else None)"
        case "mtr":
            return f"({pieces[0]}) if {pieces[1]}"
        case "mi" | "mo" | "mn" | "mtext":
            text = (element.text or "").replace("\xa0", " ").strip()
            text = _SIGNS.get(text, _TESTS.get(text, text))
            return f" {text} " if text in ("and", "or", "not") else text
    if pieces[0] == "|" == pieces[-1]:
        return f"abs({''.join(pieces[1:-1])})"
    return "".join(pieces[1:] if pieces[0] == "{" else pieces)
