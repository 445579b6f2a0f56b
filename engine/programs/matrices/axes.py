"""In which order the axes of arrays lie."""

from __future__ import annotations

from typing import Any

from engine.programs.matrices.expressions import Order
from engine.programs.matrices.nodes import Source
from engine.programs.matrices.readings import Formula, Readings


class Axes:
    """An order of all axes of a program, so that formulas need few transposed arrays."""

    def __init__(self, readings: Readings) -> None:
        self.readings = readings
        self.ranks = self.ranked()

    def ranked(self) -> dict[Any, int]:
        """The order of all axes: in X @ W it is rows, then what is summed over, then columns."""
        order: list[Any] = []
        alike = self.readings.alike
        for formula in self.readings.formulas:
            outer = [alike.of((formula.source, axis)) for axis in range(len(formula.axes))]
            first = len(formula.sizes)
            inner = []
            for term, (sizes, _) in enumerate(formula.terms):
                inner += [alike.of(formula.loop(loop, term)) for loop in range(first, first + len(sizes))]
            wanted = [*outer[:-1], *inner, outer[-1]] if len(outer) > 1 else [*outer, *inner]
            for place, each in enumerate(wanted):
                if each not in order:
                    before = [order.index(other) + 1 for other in wanted[:place][-1:] if other in order]
                    after = [order.index(other) for other in wanted[place:] if other in order]
                    order.insert((before or after or [len(order)])[0], each)
        return {each: rank for rank, each in enumerate(order)}

    def order(self, formula: Formula, term: int) -> Order:
        """The order of the loops of a term."""
        sizes = formula.sizes + (formula.terms[term].sizes if formula.terms else ())

        def rank(loop: int) -> tuple[int, int]:
            """The rank of a loop's axis; of axes that are alike, the first in the array of the results is first."""
            place = formula.axes.index(loop) if loop in formula.axes else loop
            return self.rank(formula.loop(loop, term)), place

        return Order(rank, sizes)

    def layout(self, source: Source) -> list[int]:
        """The axes of an array in the order in which it lies."""
        return sorted(range(len(source.shape)), key=lambda axis: self.rank((source, axis)))

    def rank(self, axis: Any) -> int:
        """Where an axis, or a loop over terms, stands among all."""
        return self.ranks.get(self.readings.alike.of(axis), -1)
