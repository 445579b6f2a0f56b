"""Arrays in NumPy's terms: a text, and which loop runs along each of its axes.

Where arrays meet, their axes are put in one order: by ``.T``, and by ``None`` for an axis that one of them lacks. Of a
sum of products, two factors that each lack a loop of the other are a matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

SUM, MATRIX_PRODUCT, PRODUCT, POWER, ATOM = range(5)
"""How tightly the parts of a text hold together."""

UNIT = -1
"""Stands for a loop that runs once: the axis of a column."""


class Expression(NamedTuple):
    """Text of NumPy.

    axes  the loop along each axis, by its number
    bare  the array that it names, if it is nothing else
    """

    text: str
    level: int
    axes: tuple[int, ...] = ()
    bare: Any = None

    def within(self, level: int) -> str:
        """The text as part of one that holds together more tightly, in brackets if need be."""
        return self.text if self.level >= level else f"({self.text})"


def number(value: float) -> Expression:
    """A number, without the fraction if that is zero."""
    text = repr(value) if value - value == 0.0 else f"np.{value!r}".replace("np.-", "-np.")
    text = text if text == "-0.0" else text.removesuffix(".0")
    return Expression(text, POWER if text.startswith("-") else ATOM)


class Order:
    """The order of the loops of a formula, in which its arrays have their axes."""

    def __init__(self, rank: Callable[[int], Any], sizes: Sequence[int]) -> None:
        self.given = rank
        self.sizes = sizes

    def rank(self, loop: int) -> Any:
        """Where a loop stands among others."""
        return (loop == UNIT, self.given(loop) if loop != UNIT else 0, loop)

    def joined(self, parts: Iterable[Expression]) -> tuple[int, ...]:
        """All loops of some arrays, in order."""
        return tuple(sorted({loop for part in parts for loop in part.axes}, key=self.rank))

    def lined_up(self, part: Expression, axes: Sequence[int]) -> Expression:
        """An array with its axes in the order of ``axes``, and with one of a single element for any that it lacks."""
        if not part.axes:
            return part
        own = tuple([loop for loop in axes if loop in part.axes])
        if own != part.axes:
            places = ", ".join([str(part.axes.index(loop)) for loop in own])
            turn = ".T" if len(own) == 2 else f".transpose({places})"
            part = Expression(part.within(ATOM) + turn, ATOM, own)
        needed = axes[axes.index(own[0]) :]
        if len(needed) == len(own):
            return part
        places = ", ".join([":" if loop in own else "None" for loop in needed])
        return Expression(f"{part.within(ATOM)}[{places}]", ATOM, tuple(needed))

    def apply(self, pattern: str, level: int, inner: Sequence[int], parts: Sequence[Expression]) -> Expression:
        """A text with ``{0}``, ``{1}``, … for arrays that are gone through together."""
        axes = self.joined(parts)
        texts = [self.lined_up(part, axes).within(least) for part, least in zip(parts, inner, strict=True)]
        return Expression(pattern.format(*texts), level, axes)

    def call(self, name: str, parts: Sequence[Expression]) -> Expression:
        """A function of arrays."""
        places = ", ".join([f"{{{place}}}" for place in range(len(parts))])
        return self.apply(f"{name}({places})", ATOM, [SUM] * len(parts), parts)

    def multiplied(self, parts: Sequence[Expression]) -> Expression:
        """Arrays multiplied element by element."""
        if len(parts) == 1:
            return parts[0]
        places = " * ".join([f"{{{place}}}" for place in range(len(parts))])
        return self.apply(places, PRODUCT, [POWER] * len(parts), parts)

    def added(self, parts: Sequence[Expression]) -> Expression:
        """Arrays added; those with most axes stand first, and matrix products."""
        found = sorted(parts, key=lambda part: (-len(part.axes), part.level != MATRIX_PRODUCT))
        total = found[0]
        for part in found[1:]:
            minus = part.text.startswith("-") and part.level >= PRODUCT
            taken = part._replace(text=part.text[1:], level=PRODUCT if " " in part.text else ATOM) if minus else part
            total = self.apply("{0} - {1}" if minus else "{0} + {1}", SUM, [SUM, MATRIX_PRODUCT], [total, taken])
        return total

    def totalled(self, part: Expression, over: Sequence[int], keep: bool) -> Expression:
        """The sum over some loops; the axis of a column stays if it is to be kept."""
        axes = tuple([loop for loop in part.axes if loop not in over and (keep or loop != UNIT or len(part.axes) < 2)])
        axes = () if axes == (UNIT,) and not keep else axes
        gone = [str(place) for place, loop in enumerate(part.axes) if loop not in axes]
        if not gone:
            return part
        which = "" if not axes else f"axis={gone[0]}" if len(gone) == 1 else f"axis=({', '.join(gone)})"
        return Expression(f"{part.within(ATOM)}.sum({which})", ATOM, axes)

    def product(self, parts: Sequence[Expression], over: Sequence[int], keep: bool) -> Expression:
        """The sum over some loops of a product: a matrix product, where it is one."""
        column = [part for part in parts if UNIT in part.axes]
        if any(set(a.axes) - set(b.axes) and set(b.axes) - set(a.axes) for a in column for b in column):
            over = [*over, UNIT]
        outer = [part for part in parts if not {*over} & {*part.axes}]
        outer.sort(key=lambda part: part.level != MATRIX_PRODUCT)
        inner = self.factors([part for part in parts if {*over} & {*part.axes}], over)
        if not inner:
            return self.outer(outer)
        if len(inner) == 2:
            found = self.matrix_product(inner[0], inner[1])
        else:
            found = self.totalled(self.multiplied(inner), over, keep)
        return self.multiplied([found, *outer])

    def factors(self, parts: Sequence[Expression], over: Sequence[int]) -> list[Expression]:
        """The two factors of a matrix product, each the product of some parts, or what is left to multiply."""
        groups: dict[frozenset[int], list[Expression]] = {}
        for part in parts:
            groups.setdefault(frozenset(part.axes), []).append(part)
        found = [self.multiplied(group) for group in groups.values()]
        if len(found) > 2:
            found.sort(key=lambda part: -len(part.axes))
            *most, least = found
            wide = next((part for part in most if {*least.axes} <= {*part.axes}), None)
            if wide:
                rest = [part for part in most if part is not wide]
                return self.factors([*rest, self.multiplied([wide, least])], over)
        if len(found) == 2 and not self.are_factors(found[0], found[1], over):
            return [self.multiplied(parts)]
        return found

    def are_factors(self, first: Expression, second: Expression, over: Sequence[int]) -> bool:
        """Whether the sum over some loops of a product is a matrix product."""
        shared = {*first.axes} & {*second.axes}
        return shared == {*over} & {*first.axes, *second.axes} and len(shared) == 1 and self.are_small(first, second)

    def are_small(self, *parts: Expression) -> bool:
        """Whether arrays are vectors or matrices."""
        return max(len(part.axes) for part in parts) <= 2

    def matrix_product(self, first: Expression, second: Expression) -> Expression:
        """Two factors, the one multiplied with the other."""
        (inner,) = {*first.axes} & {*second.axes}
        free = [[loop for loop in part.axes if loop != inner] for part in (first, second)]
        if not free[0] or (free[1] and self.rank(free[0][0]) > self.rank(free[1][0])):
            first, second, free = second, first, free[::-1]
        first, second = self.lined_up(first, [*free[0], inner]), self.lined_up(second, [inner, *free[1]])
        axes = tuple([loop for loop in (*first.axes, *second.axes) if loop != inner])
        return Expression(f"{first.within(POWER)} @ {second.within(POWER)}", MATRIX_PRODUCT, axes)

    def outer(self, parts: Sequence[Expression]) -> Expression:
        """A product that is no sum; of two vectors, that of each element with each."""
        if len(parts) == 2 and len({part.axes for part in parts}) == 2 and all(len(part.axes) == 1 for part in parts):
            first, second = sorted(parts, key=lambda part: self.rank(part.axes[0]))
            return Expression(f"np.outer({first.text}, {second.text})", ATOM, (*first.axes, *second.axes))
        return self.multiplied(parts)


def infix(operation: str) -> tuple[str, int, list[int]] | None:
    """The text of an operator, how tightly it holds together, and how tightly its operands have to."""
    sums = {"add": "+", "sub": "-"}
    if operation in sums:
        return f"{{0}} {sums[operation]} {{1}}", SUM, [SUM, MATRIX_PRODUCT]
    return {
        "div": ("{0} / {1}", PRODUCT, [POWER, POWER]),
        "pow": ("{0} ** {1}", POWER, [ATOM, ATOM]),
    }.get(operation)
