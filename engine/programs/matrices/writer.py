"""Each formula of a program as one of NumPy, with marks in place of names.

A sum of products whose factors each lack a loop of the other is a matrix product; all other sums go along an axis, all
other formulas are taken element by element.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

from engine.programs.arrays import Index
from engine.programs.matrices.axes import Axes
from engine.programs.matrices.expressions import ATOM, PRODUCT, UNIT, Expression, Order, infix, number
from engine.programs.matrices.functions import Functions
from engine.programs.matrices.nodes import Node, Read, Source, flat, moving, reads
from engine.programs.matrices.readings import Formula, Readings
from engine.programs.nests import Nests
from engine.programs.rolling import NUMBERS, Delivery

PLAIN = {"add", "sub", "mul", "div", "pow", "neg", "exp"}
"""The operations of what is written where it is used, if that is one place."""


MOST_TERMS = 4
"""Longer sums are not written out."""


class Made(NamedTuple):
    """A formula, and what it is in NumPy's terms."""

    formula: Formula
    expression: Expression


class Writer:
    """Writes each formula of a program as one of NumPy."""

    def __init__(self, nests: Nests) -> None:
        self.readings = Readings(nests)
        self.functions = Functions()
        self.axes = Axes(self.readings)
        self.marked: list[Source] = []
        self.marks: dict[Source, str] = {}
        self.tables: dict[Any, Source] = {}
        """Arrays of indices that follow no rule."""
        self.columns: set[Source] = set()
        """Vectors that lie as columns, with a second axis of one element: an output layer of one neuron."""
        self.settled: set[Source] = set()
        self.rows: set[Any] = set()
        """What goes along the first axis of matrix products: samples."""
        self.lacking: dict[Source, set[int]] = {}
        """The axes of an array along which nothing changes: it is written without."""
        self.inlined: dict[Source, Made] = {}
        """What is used once, and short: it is written where it is used."""
        self.point: dict[int, int] | None = None
        """The round of each loop, where one element is written and not a whole array."""
        self.whole = self.in_gradient = False
        """Whether the factors of a sum are being written, which keep their names."""
        self.uses = Counter(
            read.source for f in self.readings.formulas for term in f.terms for read in reads(term.node)
        )
        rolled = nests.rolled
        self.uses.update(2 * self.delivered([*rolled.outputs, *rolled.updates]))
        self.products: list[tuple[Formula, Source, Source]] = []
        self.made: dict[Source, Made] = {}
        for formula in self.readings.formulas:
            self.made[formula.source] = self.make(formula)

    def make(self, formula: Formula) -> Made:
        """What makes the array of a formula."""
        self.settle(formula)
        self.in_gradient = formula.in_gradient
        parts = [self.total(formula, term) for term in range(len(formula.terms))] or [number(0.0)]
        order = self.axes.order(formula, 0)
        expression = order.added(parts)
        expression = order.lined_up(expression, order.joined([expression]))
        self.lacking[formula.source] = {a for a, loop in enumerate(formula.axes) if loop not in expression.axes}
        if UNIT in expression.axes:
            self.columns.add(formula.source)
        if expression.bare:
            self.marks[formula.source] = expression.text  # Another name for the same.
        made = Made(formula, expression)
        top = formula.terms[0].node
        plain = not formula.axes or (isinstance(top, Node) and top.operation in PLAIN)
        plain = plain or not formula.group.tree if formula.in_gradient else plain and "@" not in expression.text
        if self.uses[formula.source] == 1 and plain and not self.lacking[formula.source]:
            self.inlined[formula.source] = made
        return made

    def written_out(self, read: Read, order: Order) -> Expression | None:
        """What is read, where it is used only here."""
        made = self.inlined.get(read.source)
        if made is None or made.formula.in_gradient != self.in_gradient:
            return None
        whole = [index.loop >= 0 and index.start == 0 and order.sizes[index.loop] for index in read.indices]
        if whole != [*read.source.shape] or len({index.loop for index in read.indices}) < len(whole):
            return None
        loops = {made.formula.axes[axis]: index.loop for axis, index in enumerate(read.indices)}
        return made.expression._replace(axes=tuple([loops.get(loop, loop) for loop in made.expression.axes]), bare=None)

    def layout(self, source: Source) -> list[int]:
        """The axes of an array that it has as it lies, in order."""
        return [axis for axis in self.axes.layout(source) if axis not in self.lacking.get(source, ())]

    def settle(self, formula: Formula) -> None:
        """Decide which vectors that are read for the first time lie as columns."""
        found = [read for term in formula.terms for read in reads(term.node)]
        fresh = [read for read in found if read.source.number <= NUMBERS and read.source not in self.settled]
        if formula.axes and self.readings.alike.of((formula.source, 0)) in self.rows and len(formula.axes) == 1:
            for term in formula.terms:
                factors = flat(term.node)[1]
                if len(factors) == 2 and sorted(len(moving(f)) for f in factors if isinstance(f, Read)) == [1, 2]:
                    (vector,) = [factor for factor in factors if len(moving(factor)) == 1]
                    if vector in fresh and not {*formula.axes} & moving(vector):
                        self.columns.add(vector.source)
            if any(read.source in self.columns for read in found):
                self.columns.update(term.node.source for term in formula.terms if term.node in fresh)
        known = [moving(read) for read in found if read.source in self.columns]
        self.columns.update(read.source for read in fresh if moving(read) in known and len(moving(read)) == 1)
        self.settled.update(read.source for read in fresh)

    def total(self, formula: Formula, place: int) -> Expression:
        """A term, added up over its loops."""
        order, term = self.axes.order(formula, place), formula.terms[place]
        coefficient, factors = flat(term.node)
        self.whole = len(factors) > 1 and len(order.sizes) > len(formula.sizes)
        parts = [self.expression(factor, order) for factor in factors]
        self.whole = False
        used = {loop for part in parts for loop in part.axes}
        over = []
        for loop in range(len(formula.sizes), len(order.sizes)):
            if loop in used:
                over.append(loop)
            else:
                coefficient *= order.sizes[loop]
        if len(parts) == 2 and parts[0].bare and parts[1].bare and {*parts[0].axes} != {*parts[1].axes}:
            self.products.append((formula, self.same(parts[0].bare), self.same(parts[1].bare)))
        found = self.scaled(coefficient, parts, order, over, formula.in_gradient)
        if len(found.axes) == 2 and over:
            self.rows.add(self.readings.alike.of(formula.loop(found.axes[0], place)) if found.axes[0] != UNIT else None)
        return found

    def scaled(
        self, coefficient: float, parts: Sequence[Expression], order: Order, over: Sequence[int], keep: bool = True
    ) -> Expression:
        """A number times the sum over some loops of a product."""
        if not parts:
            return number(coefficient)
        found = order.product(parts, over, keep)
        if coefficient == 1.0:
            return found
        if coefficient == -1.0:
            return Expression(f"-{found.within(1)}", max(1, min(found.level, 2)), found.axes)
        if found.level == PRODUCT and not found.text.startswith("-"):
            return found._replace(text=f"{number(coefficient).text} * {found.text}")
        return order.multiplied([number(coefficient), found])

    def expression(self, node: Any, order: Order) -> Expression:
        """A node as text."""
        if isinstance(node, float):
            return number(node)
        if isinstance(node, Read) and self.point is not None:
            return self.element(node, self.point)
        if isinstance(node, Read):
            return self.view(node, order) if self.whole else self.written_out(node, order) or self.view(node, order)
        if node.operation in ("mul", "neg"):
            coefficient, factors = flat(node)
            return self.scaled(coefficient, [self.expression(factor, order) for factor in factors], order, ())
        parts = [self.expression(operand, order) for operand in node.operands]
        known = infix(node.operation)
        return order.apply(*known, parts) if known else order.call(self.functions.name(node.operation), parts)

    def mark(self, source: Source) -> str:
        """What stands in the text for the name of an array, until it has one."""
        if source not in self.marks:
            self.marks[source] = f"⟦{len(self.marked)}⟧"
            self.marked.append(source)
        return self.marks[source]

    def view(self, read: Read, order: Order) -> Expression:
        """What a formula reads: an array, a part of it, or elements chosen one by one."""
        source, layout = read.source, self.layout(read.source)
        column = (UNIT,) if source in self.columns else ()
        places, axes = [], []
        for axis in layout:
            index = read.indices[axis]
            loops = sorted(moving(Read(source, (index,))))
            if len(loops) > 1 or index.table or index.modulus or index.divisor > 1:
                return self.chosen(read, layout, order, column)
            places.append(_slice(index, loops, source.shape[axis], order.sizes))
            axes += loops
        if len({*axes}) < len(axes):
            return self.chosen(read, layout, order, column)
        while places and places[-1] == ":":
            places.pop()
        text = self.mark(source)
        self.inlined.pop(source, None)
        if not places:
            return Expression(text, ATOM, (*axes, *column), source)
        return Expression(f"{text}[{', '.join(places)}]", ATOM, (*axes, *column))

    def element(self, read: Read, point: dict[int, int]) -> Expression:
        """One element of what a formula reads."""
        source = read.source
        places = [index.at(point) for index in read.indices]
        if source in self.inlined:
            formula = self.inlined[source].formula
            return self.scalar(formula, dict(zip(formula.axes, places, strict=True)))
        lying = [places[axis] for axis in self.layout(source)]
        lying += [0] if source in self.columns else []
        return Expression(f"{self.mark(source)}{lying if lying else ''}", ATOM)

    def scalar(self, formula: Formula, point: dict[int, int]) -> Expression:
        """One element of what a formula makes, from elements: of a long sum, the first terms and the last."""
        before, self.point = self.point, point
        parts = []
        for place, term in enumerate(formula.terms):
            order = self.axes.order(formula, place)
            rounds = list(product(*[range(size) for size in term.sizes]))
            for round_ in rounds if len(rounds) <= MOST_TERMS else [*rounds[:2], None, rounds[-1]]:
                if round_ is None:
                    parts.append(Expression("…", ATOM))
                    continue
                self.point = point | dict(enumerate(round_, len(formula.sizes)))
                parts.append(self.expression(term.node, order))
        self.point = before
        return Order(lambda loop: loop, ()).added(parts)

    def chosen(self, read: Read, layout: Sequence[int], order: Order, column: tuple[int, ...]) -> Expression:
        """Elements chosen by arrays of indices."""
        loops = tuple(sorted(moving(read), key=order.rank))
        self.inlined.pop(read.source, None)
        places = [self.places(read.indices[axis], order, loops) for axis in layout]
        return Expression(f"{self.mark(read.source)}[{', '.join(places)}]", ATOM, (*loops, *column))

    def places(self, index: Index, order: Order, loops: tuple[int, ...]) -> str:
        """The array of indices along one axis."""
        own = [loop for loop, stride in enumerate(index.strides) if stride]
        if index.table:
            entries = [
                index.table[index.start + sum(index.strides[loop] * i for loop, i in zip(own, place, strict=True))]
                for place in product(*[range(order.sizes[loop]) for loop in own])
            ]
            shape = tuple([order.sizes[loop] for loop in own])
            table = self.tables.setdefault((shape, *entries), Source(NUMBERS, shape, values=tuple(entries)))
            return order.lined_up(Expression(self.mark(table), ATOM, tuple(own)), loops).text
        parts = [str(index.start)] if index.start or not own else []
        for loop in own:
            part = order.lined_up(Expression(f"np.arange({order.sizes[loop]})", ATOM, (loop,)), loops).text
            step = index.strides[loop]
            parts.append(part if step == 1 else f"-{part}" if step == -1 else f"{step} * {part}")
        text = " + ".join(parts).replace("+ -", "- ")
        for sign, amount in (("%", index.modulus), ("//", index.divisor)):
            if amount > 1:
                text = f"{text} {sign} {amount}" if len(parts) == 1 else f"({text}) {sign} {amount}"
        return text

    def same(self, source: Source) -> Source:
        """The array under whose name another goes: itself, or that of which it is a copy."""
        return self.marked[int(self.mark(source)[1:-1])]

    def axis_count(self, source: Source) -> int:
        """How many axes an array has."""
        return len(self.layout(source)) + (source in self.columns)

    def delivered(self, deliveries: Sequence[Delivery]) -> list[Source]:
        """The arrays that leave the program."""
        return [self.readings.read(delivery.source, delivery.dims).source for delivery in deliveries]


def _slice(index: Index, loops: Sequence[int], size: int, sizes: Sequence[int]) -> str:
    """The text of an index along one axis that follows one loop, or none."""
    if not loops:
        return str(index.start)
    step = index.strides[loops[0]]
    last = index.start + step * (sizes[loops[0]] - 1)
    end = last + (1 if step > 0 else -1)
    first = "" if index.start == (0 if step > 0 else size - 1) else str(index.start)
    until = "" if end in (-1, size) else str(end)
    return f"{first}:{until}" + (f":{step}" if step != 1 else "")
