"""Each formula of a program as one of NumPy, with marks in place of names.

A sum of products whose factors each lack a loop of the other is a matrix product; all other sums go along an axis, all
other formulas are taken element by element.
"""

from __future__ import annotations

from collections import Counter
from itertools import product as rounds_of
from math import prod
from typing import Any

from engine.programs.affine import NUMBERS
from engine.programs.matrices.expressions import ATOM, INFIX, Expression, added, apply, call, number, product, scaled
from engine.programs.matrices.formulas import UNIT, Formula, Loop, Node, Place, Read, Source, Sum
from engine.programs.matrices.functions import Functions
from engine.programs.matrices.reader import Reader
from engine.programs.matrices.textbook import flat
from engine.programs.nests import Nests

PLAIN = {"add", "sub", "mul", "div", "pow", "neg", "exp"}
"""The operations of what is written where it is used, if that is one place."""

MOST_TERMS = 4
"""Longer sums are not written out."""


class Writer:
    """Writes each formula of a program as one of NumPy."""

    def __init__(self, nests: Nests) -> None:
        self.reader = Reader(nests)
        self.alike = self.reader.alike
        self.functions = Functions()
        self.marked: list[Source] = []
        self.marks: dict[Source, str] = {}
        self.tables: dict[Any, Source] = {}
        """Arrays of indices that follow no rule."""
        self.rows: set[Any] = set()
        """What goes along the first axis of matrix products: samples."""
        self.inlined: dict[Source, Formula] = {}
        """What is used once, and short: it is written where it is used."""
        self.whole = False
        """Whether the factors of a sum are being written, which keep their names."""
        self.uses = Counter(read.source for formula in self.reader.formulas for read in formula.reads)
        rolled = nests.rolled
        for delivery in (*rolled.outputs, *rolled.updates):
            self.uses[self.reader.delivered(delivery)] += 2
        self.products: list[tuple[Formula, Source, Source]] = []
        """The formulas that have a product of two arrays, which are not gone through together."""
        self.formulas = {formula.source: formula for formula in self.reader.formulas}
        self.made: dict[Source, Expression] = {}
        for formula in self.reader.formulas:
            self.made[formula.source] = self.make(formula)

    def make(self, formula: Formula) -> Expression:
        """What makes the array of a formula."""
        self.settle(formula)
        self.formula, source = formula, formula.source
        expression = added([self.total(term) for term in formula.terms] or [number(0.0)])
        expression = expression.lined_up(sorted(expression.axes, key=lambda loop: loop.rank))
        source.axes = expression.axes
        if expression.bare:
            self.marks[source] = expression.text  # Another name for the same.
        top = formula.terms[0].node
        plain = not source.loops or (isinstance(top, Node) and top.operation in PLAIN)
        plain = plain or not formula.group.tree if formula.in_gradient else plain and "@" not in expression.text
        if self.uses[source] == 1 and plain:
            self.inlined[source] = formula
        return expression

    def settle(self, formula: Formula) -> None:
        """Decide which vectors that are read for the first time lie as columns."""
        fresh = [read for read in formula.reads if read.source.axes is None]
        columns = [read for read in formula.reads if read not in fresh and UNIT in read.source.lying]
        if [self.alike.of(loop) in self.rows for loop in formula.source.loops] == [True]:
            (row,) = formula.source.loops
            for term in formula.terms:
                factors = [factor for factor in flat(term.node)[1] if isinstance(factor, Read)]
                if sorted(len(factor.moving) for factor in factors) == [1, 2]:
                    columns += [f for f in factors if len(f.moving) == 1 and row not in f.moving]
            if columns:
                columns += [term.node for term in formula.terms if term.node in fresh]
        known = [read.moving for read in columns]
        for read in fresh:
            wanted = read in columns or (len(read.moving) == 1 and read.moving in known)
            if wanted and read.source.axes is None:
                read.source.axes = (*read.source.lying, UNIT)

    def total(self, term: Sum) -> Expression:
        """A term, added up over its loops."""
        coefficient, factors = flat(term.node)
        self.whole = len(factors) > 1 and bool(term.loops)
        parts = [self.expression(factor) for factor in factors]
        self.whole = False
        over = [loop for loop in term.loops if any(loop in part.axes for part in parts)]
        coefficient *= prod(loop.size for loop in term.loops if loop not in over)
        bare = [self.same(part.bare) for part in parts if part.bare]
        if len(bare) == len(parts) == 2 and {*parts[0].axes} != {*parts[1].axes}:
            self.products.append((self.formula, bare[0], bare[1]))
        found = self.product(coefficient, parts, over)
        if len(found.axes) == 2 and over:
            self.rows.add(self.alike.of(found.axes[0]))
        return found

    def product(self, coefficient: float, parts: list[Expression], over: list[Loop]) -> Expression:
        """A number times the sum over some loops of a product."""
        if not parts:
            return number(coefficient)
        return scaled(coefficient, product(parts, over, self.formula.in_gradient))

    def expression(self, node: Any, point: dict[Loop, int] | None = None) -> Expression:
        """A node as text; with a point, one element of it."""
        if isinstance(node, float):
            return number(node)
        if isinstance(node, Read):
            if point is not None:
                return self.element(node.source, [place.at(point) for place in node.places])
            return self.written_out(node) or self.view(node)
        if node.operation in ("mul", "neg"):
            coefficient, factors = flat(node)
            return self.product(coefficient, [self.expression(factor, point) for factor in factors], [])
        parts = [self.expression(operand, point) for operand in node.operands]
        if node.operation in INFIX:
            return apply(*INFIX[node.operation], parts)
        return call(self.functions.name(node.operation), parts)

    def mark(self, source: Source) -> str:
        """What stands in the text for the name of an array, until it has one."""
        if source not in self.marks:
            self.marks[source] = f"⟦{len(self.marked)}⟧"
            self.marked.append(source)
        return self.marks[source]

    def same(self, source: Source) -> Source:
        """The array under whose name another goes: itself, or that of which it is a copy."""
        return self.marked[int(self.mark(source)[1:-1])]

    def written_out(self, read: Read) -> Expression | None:
        """What is read, where it is used only here."""
        formula, axes = self.inlined.get(read.source), read.source.loops
        if self.whole or formula is None or formula.in_gradient != self.formula.in_gradient:
            return None
        whole = all(place.follows(axis) for place, axis in zip(read.places, axes, strict=True))
        if not whole or len(read.moving) < len(axes):
            return None
        loops = {axis: place.steps[0][0] for axis, place in zip(axes, read.places, strict=True)}
        made = self.made[read.source]
        return made._replace(axes=tuple([loops.get(loop, loop) for loop in made.axes]), bare=None)

    def view(self, read: Read) -> Expression:
        """What a formula reads: an array, a part of it, or elements chosen one by one."""
        source, text = read.source, self.mark(read.source)
        self.inlined.pop(source, None)
        column = (UNIT,) if UNIT in source.lying else ()
        found = dict(zip(source.loops, read.places, strict=True))
        places = {axis: found[axis] for axis in source.lying if axis is not UNIT}
        loops = [loop for place in places.values() for loop, _ in place.steps]
        simple = all(len(place.steps) <= 1 and not place.table for place in places.values())
        if simple and len({*loops}) == len(loops):
            texts = [_slice(place, axis.size) for axis, place in places.items()]
            while texts and texts[-1] == ":":
                texts.pop()
        else:
            loops = sorted({*loops}, key=lambda loop: loop.rank)
            texts = [self.chosen(place, loops) for place in places.values()]
        axes = (*loops, *column)
        return Expression(f"{text}[{', '.join(texts)}]", ATOM, axes) if texts else Expression(text, ATOM, axes, source)

    def chosen(self, place: Place, loops: list[Loop]) -> str:
        """The array of indices along one axis, which are lined up with ``loops``."""
        own = tuple([loop for loop, _ in place.steps])
        if place.table:
            points = [dict(zip(own, round_, strict=True)) for round_ in rounds_of(*[range(loop.size) for loop in own])]
            entries = tuple([place.at(point) for point in points])
            axes = tuple([Loop(loop.size) for loop in own])
            key = (*[loop.size for loop in own], entries)
            table = self.tables.setdefault(key, Source(NUMBERS, axes, values=entries, axes=axes))
            return Expression(self.mark(table), ATOM, own).lined_up(loops).text
        parts = [str(place.start)] if place.start or not own else []
        for loop, step in place.steps:
            part = Expression(f"np.arange({loop.size})", ATOM, (loop,)).lined_up(loops).text
            parts.append(part if step == 1 else f"-{part}" if step == -1 else f"{step} * {part}")
        return " + ".join(parts).replace("+ -", "- ")

    def element(self, source: Source, places: list[int]) -> Expression:
        """One element of an array."""
        point = dict(zip(source.loops, places, strict=True))
        if source in self.inlined:
            return self.scalar(self.inlined[source], point)
        lying = [point.get(loop, 0) for loop in source.lying]
        return Expression(f"{self.mark(source)}{lying or ''}")

    def scalar(self, formula: Formula, point: dict[Loop, int]) -> Expression:
        """One element of what a formula makes, from elements: of a long sum, the first terms and the last."""
        parts = []
        for term in formula.terms:
            rounds = list(rounds_of(*[range(loop.size) for loop in term.loops]))
            for round_ in rounds if len(rounds) <= MOST_TERMS else [*rounds[:2], None, rounds[-1]]:
                if round_ is None:
                    parts.append(Expression("…"))
                else:
                    parts.append(self.expression(term.node, point | dict(zip(term.loops, round_, strict=True))))
        return added(parts)


def _slice(place: Place, size: int) -> str:
    """The text of an index that follows one loop, or none."""
    if not place.steps:
        return str(place.start)
    ((loop, step),) = place.steps
    end = place.start + step * (loop.size - 1) + (1 if step > 0 else -1)
    first = "" if place.start == (0 if step > 0 else size - 1) else str(place.start)
    until = "" if end in (-1, size) else str(end)
    return f"{first}:{until}" + (f":{step}" if step != 1 else "")
