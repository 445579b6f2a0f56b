"""The numeric oracle: derivatives by central differences, (f(x + h) - f(x - h)) / 2h.

Over a wide step h a function bends; over a narrow one it changes so little that its rounding, divided by h, is all that
is left. How much rounding there can be follows from the graph. So the step grows until rounding hides nothing that
counts, and a disagreement counts only if it stays while the step shrinks to where rounding would hide it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from engine.failures import Undefined
from engine.formulas import FAILURES, FLOATS
from engine.gradients import adjoints, stored_paths
from engine.graph import topological_order
from engine.leaves import as_value
from engine.transforms import grad, jacobian
from engine.trees import flatten, is_tree, rebuild
from engine.value import Value


class GradcheckError(AssertionError):
    """An analytic derivative differs from the numeric one, or does not exist."""


def gradcheck(
    function: Callable[..., Any],
    point: float | Sequence[Any],
    *,
    order: int = 1,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
) -> bool:
    """True if the derivatives of ``function`` at ``point`` agree with central differences; else GradcheckError.

    point  a number, or one entry for each argument (numbers or nested lists of numbers)
    order  1 checks the first derivatives; 2 also the second, as differences of the first (for one returned number only)
    eps    the step that is tried first, as a part of the input where that is smaller than 1

    They agree where |analytic - numeric| <= atol * size + rtol * |numeric|. The size is that of the terms which add up
    to the derivative, so that nothing is too small to be checked. What the rounding of ``function`` hides at every step
    is not held against the derivative. The error names the first entry that differs, and a corner or a jump that lies
    on the point, where there is no derivative.
    """
    if not (0.0 < eps < math.inf and 0.0 <= atol < math.inf and 0.0 <= rtol < math.inf):
        raise ValueError(f"eps is a positive number, atol and rtol at least 0, not {eps!r}, {atol!r} and {rtol!r}")
    if order not in (1, 2):
        raise ValueError(f"the order of a gradcheck is 1 or 2, not {order!r}")
    arguments: tuple[Any, ...] = tuple(point) if is_tree(point) else (point,)  # type: ignore[arg-type]
    for which, differentiated in (("first", function), ("second", grad(function)))[:order]:
        for entry in _entries(differentiated, arguments, atol, rtol):
            if problem := entry.problem(eps):
                what = f"the {which} derivative of output {entry.row} with respect to input {entry.column}"
                raise GradcheckError(f"{what} {problem}, at {arguments!r}")
    return True


def _entries(function: Callable[..., Any], point: tuple[Any, ...], atol: float, rtol: float) -> Iterator[_Entry]:
    """The entries of the Jacobian."""
    numbers = [as_value(number).data for number in flatten(point)]
    inputs = [*map(Value, numbers)]

    def results(inputs: Iterable[Value]) -> list[Value]:
        """What the function returns with other numbers in place of the point's."""
        return [as_value(number) for number in flatten((function(*rebuild(point, iter(inputs))),))]

    @cache
    def moved(column: int, number: float) -> list[float]:
        """The outputs with another number in one input."""
        return [output.data for output in results(map(Value, [*numbers[:column], number, *numbers[column + 1 :]]))]

    exact = jacobian(function)(*point)
    for row, output in enumerate(results(inputs)):
        noise, sizes = _noise(output), adjoints({output: 1.0}, inputs, _absolute_paths)
        for column, (here, size) in enumerate(zip(numbers, sizes, strict=True)):
            yield _Entry(row, column, moved, here, output, exact[row][column], atol * _finite(size), rtol, noise)


def _absolute_paths(node: Value, wanted: Container[Any]) -> Iterator[tuple[Any, Any]]:
    """The sizes of a node's partials, with which the chain rule adds up sizes."""
    return ((operand, abs(partial)) for operand, partial in stored_paths(node, wanted))


def _noise(output: Value) -> float:
    """How much the rounding of each operation can move the output, added up; times 1 is exact."""
    noise: dict[Any, float] = {}
    for node in topological_order(output):
        row = node.operation
        exact = row is None or (row.name == "mul" and any(type(x) is float and x == 1.0 for x in node.operands))
        own = 0.0 if exact else max(sys.float_info.epsilon * abs(node.data), math.ulp(0.0))
        passed_on = (abs(slope) * noise[x] for x, slope in node.edges if not isinstance(slope, Undefined | None))
        noise[node] = _finite(own + sum(passed_on))
    return noise[output]


def _finite(number: float) -> float:
    """The number; 0 for one that is infinite or NaN."""
    return number if math.isfinite(number) else 0.0


class _Slopes(NamedTuple):
    """Differences over one step: to the left of the point, to the right, and across it.

    gap        how far the two sides are apart
    rounding   how much of the differences can be rounding
    tolerance  how far the derivative may be from the last of them
    """

    left: float
    right: float
    central: float
    gap: float
    rounding: float
    tolerance: float


class _Entry(NamedTuple):
    """An entry of the Jacobian, with what it takes to judge it.

    moved  the outputs for another number in an input
    noise  how much of the output can be rounding
    """

    row: int
    column: int
    moved: Callable[[int, float], list[float]]
    here: float
    output: Value
    exact: float
    atol: float
    rtol: float
    noise: float

    def problem(self, eps: float) -> str:
        """What is wrong with the derivative; empty if it agrees, or nothing tells against it."""
        first = eps * min(1.0, abs(self.here) or 1.0)
        least = max(2.0 * math.ulp(self.here), 1e-18 * first)
        step = max(first, least)
        # Wider, until rounding hides no more than may be, or the function bends.
        while (found := self.slopes(step)) and found.rounding > max(found.tolerance, 1e-5 * found.gap):
            if found.left == found.right == self.exact == 0.0:
                return ""
            step *= 10.0
        suspects: list[_Slopes] = []
        # Narrower while there is doubt, until rounding would be a part of it.
        while not found or self.doubt(found) > found.tolerance + found.rounding:
            told = found and found.rounding > 0.01 * self.doubt(found)
            suspects += [found] if found else []
            step *= 0.1
            if told or step < least:
                return self.verdict(suspects)
            found = self.slopes(step)
        return ""

    def slopes(self, step: float) -> _Slopes | None:
        """The differences over a step; None if the function has no finite number there."""
        behind, ahead = self.here - step, self.here + step  # Rounded, so that they are not quite the step away.
        try:
            low, high = (self.moved(self.column, number)[self.row] for number in (behind, ahead))
        except FAILURES:
            return None
        left, right = (self.output.data - low) / (self.here - behind), (high - self.output.data) / (ahead - self.here)
        central = (high - low) / (ahead - behind)
        tolerance = self.atol + self.rtol * abs(central)
        found = _Slopes(left, right, central, abs(right - left), 4.0 * self.noise / step, tolerance)
        return found if all(map(math.isfinite, found)) else None

    def doubt(self, found: _Slopes) -> float:
        """What speaks against the derivative: it differs, or the slopes of the two sides do."""
        return max(abs(self.exact - found.central), found.gap)

    def verdict(self, suspects: list[_Slopes]) -> str:
        """What is wrong where there is doubt over all these steps, of which the last is the narrowest."""
        if not suspects:
            return f"is {self.exact!r}, but next to the point the function has no finite numbers"
        last, before = suspects[-1], suspects[-2:][0]
        error = last.tolerance + last.rounding
        if last is not before and last.gap > max(0.3 * before.gap, 8.0 * error):
            kind = "jump" if last.gap > 3.0 * before.gap else "corner"
            sides = f"the slope is {suspects[0].left!r} to the left and {suspects[0].right!r} to the right"
            return f"does not exist at a {kind} of {self.kinks()}; {sides}, and the engine takes {self.exact!r}"
        spread = last.gap if last is before else abs(last.central - before.central)
        if abs(self.exact - last.central) <= error + spread:
            return ""
        best = min(suspects, key=lambda found: found.gap + found.rounding)
        return f"is {self.exact!r}, but central differences give {best.central:.6}"

    def kinks(self) -> str:
        """The operations of the function that have a corner or a jump at the point."""
        names: dict[str, None] = {}
        for node in topological_order(self.output):
            row = node.operation
            if row and row.kink:
                operands = (as_value(operand).data for operand in node.operands)
                if eval(row.kink, FLOATS, dict(zip(row.operand_names, operands, strict=True))) == 0.0:
                    names[row.name] = None
        return " and ".join(names) or "the function"
