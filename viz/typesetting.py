"""Pieces of formulas as MathML, put together as textbooks do.

Only elements of MathML Core are used (https://www.w3.org/TR/mathml-core/).
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import NamedTuple

# How tightly a formula holds together: what binds less than its place asks for stands in parentheses.
CHOICE, SUM, PRODUCT, SIGNED, FRACTION, POWER, ATOM = range(7)

_FUNCTIONS = {
    "acos": "arccos",
    "acosh": "arcosh",
    "asin": "arcsin",
    "asinh": "arsinh",
    "atan": "arctan",
    "atanh": "artanh",
    "log": "ln",
    "maximum": "max",
    "minimum": "min",
    "rint": "round",
    "sign": "sgn",
}
_LETTERS = {"pi": "π", "inf": "∞", "nan": "NaN"}


class Piece(NamedTuple):
    """A piece of a formula: its elements, how tightly it binds, and whether it is too tall for an exponent."""

    markup: str
    binding: int = ATOM
    tall: bool = False

    def within(self, binding: int) -> str:
        """The elements, in parentheses where something binds more tightly."""
        return self.markup if self.binding >= binding else _enclosed(self)


def call(name: str, operands: Sequence[Piece]) -> Piece:
    """A function of some operands, in the notation that it has in textbooks."""
    match name, operands:
        case "abs", [inner]:
            return Piece(_enclosed(inner, "||"), tall=inner.tall)
        case "sqrt", [inner]:
            return Piece(f"<msqrt>{inner.markup}</msqrt>", POWER, tall=inner.tall)
        case "cbrt", [inner]:
            return Piece(f"<mroot><mrow>{inner.markup}</mrow><mn>3</mn></mroot>", tall=inner.tall)
        case "exp", [inner] if not inner.tall:
            return power(Piece("<mi>e</mi>"), inner)
        case "pow", [base, exponent]:
            return power(base, exponent)
        case "log2" | "log10", _:
            return _applied(f"<msub><mi>log</mi><mn>{name[3:]}</mn></msub>", operands)
    return _applied(f"<mi>{html.escape(_FUNCTIONS.get(name, name))}</mi>", operands)


def _applied(function: str, operands: Sequence[Piece]) -> Piece:
    """A function that is written by name; U+2061 tells a screen reader that it is applied."""
    tall = any(operand.tall for operand in operands)
    inner = Piece("<mo>,</mo>".join(operand.markup for operand in operands), tall=tall)
    return Piece(f"<mrow>{function}<mo>&#x2061;</mo>{_enclosed(inner)}</mrow>", tall=tall)


def added(left: Piece, sign: str, right: Piece) -> Piece:
    """A sum or a difference."""
    markup = f"<mrow>{left.within(SUM)}<mo>{sign}</mo>{_behind(right, PRODUCT)}</mrow>"
    return Piece(markup, SUM, left.tall or right.tall)


def product(factors: Sequence[Piece]) -> Piece:
    """A product; of one factor, that alone."""
    first, *others = factors
    behind = [_behind(factor, FRACTION) for factor in others]
    markup = "<mo>⋅</mo>".join([first.within(PRODUCT), *behind])
    return Piece(f"<mrow>{markup}</mrow>", PRODUCT, any(factor.tall for factor in factors)) if others else first


def negated(inner: Piece) -> Piece:
    """A sign in front of something."""
    return Piece(f"<mrow><mo>−</mo>{_behind(inner, PRODUCT)}</mrow>", SIGNED, inner.tall)


def _behind(inner: Piece, binding: int) -> str:
    """What stands behind a sign or an operator: no second sign follows one."""
    return _enclosed(inner) if inner.binding == SIGNED else inner.within(binding)


def fraction(top: Piece, bottom: Piece) -> Piece:
    """A quotient."""
    return Piece(f"<mfrac><mrow>{top.markup}</mrow><mrow>{bottom.markup}</mrow></mfrac>", FRACTION, tall=True)


def power(base: Piece, exponent: Piece) -> Piece:
    """A power; of 1, that alone."""
    if base.markup == "<mn>1</mn>":
        return base
    return Piece(f"<msup><mrow>{base.within(ATOM)}</mrow><mrow>{exponent.markup}</mrow></msup>", POWER, exponent.tall)


def _enclosed(inner: Piece, fences: str = "()") -> str:
    """Something in parentheses, which grow with it: even the shortest of those that can are set wider apart."""
    grows = str(inner.tall).lower()
    left, right = (f'<mo stretchy="{grows}" lspace="0em" rspace="0em">{fence}</mo>' for fence in fences)
    return f"<mrow>{left}{inner.markup}{right}</mrow>"


def numeral(text: str) -> Piece:
    """A number as `viz.notation.number` writes it."""
    if text.startswith("-"):
        return negated(numeral(text[1:]))
    mantissa, _, exponent = text.partition("e")
    plain = Piece(f"<mn>{_LETTERS.get(mantissa, mantissa)}</mn>")
    if not exponent:
        return plain
    scale = power(Piece("<mn>10</mn>"), numeral(str(int(exponent))))
    return scale if mantissa == "1" else product([plain, scale])


def symbol(name: str) -> Piece:
    """A name: numbers behind a letter and what is in brackets stand below the line; ∂f/∂x is a fraction."""
    name = _LETTERS.get(name, name)
    if found := re.fullmatch(r"∂(.+)/∂(.+)", name):
        return fraction(*(Piece(f"<mo>∂</mo>{symbol(part).markup}") for part in found.groups()))
    if found := re.fullmatch(r"([^\W\d_])(\d+)|([\w.]+)\[([\w, ]+)\]", name):
        stem, index = (html.escape(text) for text in found.groups() if text)
        return Piece(f"<msub><mi>{stem}</mi><mtext>{index}</mtext></msub>")
    kind = "mi" if name.isidentifier() else "mtext"
    return Piece(f"<{kind}>{html.escape(name)}</{kind}>")
