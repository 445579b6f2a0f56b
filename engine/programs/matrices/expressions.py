"""Arrays in NumPy's terms: a text, and which loop goes along each of its axes.

Where arrays meet, their axes are put in one order, that of the ranks of the loops: by ``.T``, and by ``None`` for an
axis that one of them lacks. Of a sum of products, two factors that each lack a loop of the other are a matrix product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.programs.matrices.formulas import UNIT, Loop, Source

SUM, MATRIX_PRODUCT, PRODUCT, POWER, ATOM = range(5)
"""How tightly the parts of a text hold together."""

INFIX = {
    "add": ("{0} + {1}", SUM, [SUM, MATRIX_PRODUCT]),
    "sub": ("{0} - {1}", SUM, [SUM, MATRIX_PRODUCT]),
    "div": ("{0} / {1}", PRODUCT, [POWER, POWER]),
    "pow": ("{0} ** {1}", POWER, [ATOM, ATOM]),
}
"""The text of an operator, how tightly it holds together, and how tightly its operands have to."""


class Expression(NamedTuple):
    """Text of NumPy.

    axes  the loop along each axis
    bare  the array that it names, if it is nothing else
    """

    text: str
    level: int = ATOM
    axes: tuple[Loop, ...] = ()
    bare: Source | None = None

    def within(self, level: int) -> str:
        """The text as part of one that holds together more tightly, in brackets if need be."""
        return self.text if self.level >= level else f"({self.text})"

    def lined_up(self, axes: Sequence[Loop]) -> Expression:
        """The array with its axes in the order of ``axes``, and with one of a single element for any that it lacks."""
        own = tuple([loop for loop in axes if loop in self.axes])
        turned = self if own == self.axes else Expression(self.within(ATOM) + turn(self.axes, own), ATOM, own)
        needed = tuple(axes[axes.index(own[0]) :] if own else ())
        if needed == own:
            return turned
        places = ", ".join([":" if loop in own else "None" for loop in needed])
        return Expression(f"{turned.within(ATOM)}[{places}]", ATOM, needed)


def turn(axes: Sequence[Loop], wanted: Sequence[Loop]) -> str:
    """What brings the axes of an array into another order."""
    if tuple(axes) == tuple(wanted):
        return ""
    return ".T" if len(axes) == 2 else f".transpose({', '.join([str(axes.index(loop)) for loop in wanted])})"


def number(value: float) -> Expression:
    """A number, without the fraction if that is zero."""
    text = repr(value) if value - value == 0.0 else f"np.{value!r}".replace("np.-", "-np.")
    text = text if text == "-0.0" else text.removesuffix(".0")
    return Expression(text, POWER if text.startswith("-") else ATOM)


def joined(parts: Iterable[Expression]) -> tuple[Loop, ...]:
    """All loops of some arrays, in order."""
    return tuple(sorted({loop for part in parts for loop in part.axes}, key=lambda loop: loop.rank))


def apply(pattern: str, level: int, inner: Sequence[int], parts: Sequence[Expression]) -> Expression:
    """A text with ``{0}``, ``{1}``, … for arrays that are gone through together."""
    axes = joined(parts)
    texts = [part.lined_up(axes).within(least) for part, least in zip(parts, inner, strict=True)]
    return Expression(pattern.format(*texts), level, axes)


def call(name: str, parts: Sequence[Expression]) -> Expression:
    """A function of arrays."""
    return apply(f"{name}({', '.join(['{}'] * len(parts))})", ATOM, [SUM] * len(parts), parts)


def multiplied(parts: Sequence[Expression]) -> Expression:
    """Arrays multiplied element by element."""
    return apply(" * ".join(["{}"] * len(parts)), PRODUCT, [POWER] * len(parts), parts) if parts[1:] else parts[0]


def added(parts: Sequence[Expression]) -> Expression:
    """Arrays added; those with most axes stand first, and matrix products."""
    total, *rest = sorted(parts, key=lambda part: (-len(part.axes), part.level != MATRIX_PRODUCT))
    for part in rest:
        if part.text.startswith("-") and part.level >= PRODUCT:
            taken = part._replace(text=part.text[1:], level=PRODUCT if " " in part.text else ATOM)
            total = apply(*INFIX["sub"], [total, taken])
        else:
            total = apply(*INFIX["add"], [total, part])
    return total


def scaled(coefficient: float, found: Expression) -> Expression:
    """A number times an array."""
    if coefficient == 1.0:
        return found
    if coefficient == -1.0:
        return Expression(f"-{found.within(MATRIX_PRODUCT)}", max(1, min(found.level, PRODUCT)), found.axes)
    if found.level == PRODUCT and not found.text.startswith("-"):
        return found._replace(text=f"{number(coefficient).text} * {found.text}")
    return multiplied([number(coefficient), found])


def product(parts: Sequence[Expression], over: Sequence[Loop], keep: bool) -> Expression:
    """The sum over some loops of a product: a matrix product, where it is one. Whether to ``keep`` a column."""
    columns = [part for part in parts if UNIT in part.axes]
    if any({*a.axes} - {*b.axes} and {*b.axes} - {*a.axes} for a in columns for b in columns):
        over = [*over, UNIT]
    outer = [part for part in parts if not {*over} & {*part.axes}]
    outer.sort(key=lambda part: part.level != MATRIX_PRODUCT)
    inner = [part for part in parts if part not in outer]
    if not inner:
        return _outer(outer)
    factors = _factors(inner, over)
    found = _matrix_product(*factors) if factors else _totalled(multiplied(inner), over, keep)
    return multiplied([found, *outer])


def _outer(parts: Sequence[Expression]) -> Expression:
    """A product without a sum; for two vectors, every element times every other (an outer product)."""
    if [len(part.axes) for part in parts] == [1, 1] and parts[0].axes != parts[1].axes:
        first, second = sorted(parts, key=lambda part: part.axes[0].rank)
        return Expression(f"np.outer({first.text}, {second.text})", ATOM, (*first.axes, *second.axes))
    return multiplied(parts)


def _totalled(part: Expression, over: Sequence[Loop], keep: bool) -> Expression:
    """The sum over some loops; the axis of a column stays if it is to be kept."""
    axes = tuple([loop for loop in part.axes if loop not in over and (keep or loop is not UNIT)])
    gone = [str(place) for place, loop in enumerate(part.axes) if loop not in axes]
    if not gone:
        return part
    which = "" if not axes else f"axis={gone[0]}" if len(gone) == 1 else f"axis=({', '.join(gone)})"
    return Expression(f"{part.within(ATOM)}.sum({which})", ATOM, axes)


def _factors(parts: Sequence[Expression], over: Sequence[Loop]) -> list[Expression]:
    """The two factors of a matrix product, each the product of some parts; none if it is not one."""
    groups: dict[frozenset[Loop], list[Expression]] = {}
    for part in parts:
        groups.setdefault(frozenset(part.axes), []).append(part)
    found = list(map(multiplied, groups.values()))
    if len(found) != 2 or max(len(part.axes) for part in found) > 2:
        return []
    first, second = ({*part.axes} for part in found)
    return found if first & second == {*over} & (first | second) and len(first & second) == 1 else []


def _matrix_product(first: Expression, second: Expression) -> Expression:
    """Two factors, the one multiplied with the other."""
    (inner,) = {*first.axes} & {*second.axes}
    rows, columns = ([loop for loop in part.axes if loop is not inner] for part in (first, second))
    if not rows or (columns and rows[0].rank > columns[0].rank):
        first, second, rows, columns = second, first, columns, rows
    texts = [first.lined_up([*rows, inner]).within(POWER), second.lined_up([inner, *columns]).within(POWER)]
    return Expression(" @ ".join(texts), MATRIX_PRODUCT, (*rows, *columns))
