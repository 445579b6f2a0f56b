"""The numeric oracle: derivatives by central differences, (f(x + h) - f(x - h)) / 2h.

Such a difference has two errors. A wide step h spans what bends; over a narrow one f changes so little that its
rounding, divided by h, is all that is left. How much rounding there can be follows from the graph. So a disagreement
counts if it is larger than that and stays over a narrower step; where rounding hides too much, the step grows until the
differences bend.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from engine.formulas import FAILURES, FLOATS
from engine.gradients import adjoints
from engine.graph import topological_order
from engine.leaves import as_value
from engine.transforms import grad, jacobian
from engine.trees import flatten, is_tree, rebuild
from engine.value import Value

_LEAST = math.ulp(0.0)


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
        analytic = jacobian(differentiated)(*arguments)
        numbers = [as_value(number).data for number in flatten(arguments)]
        inputs = [Value(number) for number in numbers]
        outputs = _outputs(differentiated, arguments, inputs)
        seen: dict[tuple[int, float], list[float]] = {}
        for row, output in enumerate(outputs):
            sizes, noise = _sizes(output, inputs)
            for column, size in enumerate(sizes):
                what = f"the {which} derivative of output {row} with respect to input {column}"
                line = _Line(differentiated, arguments, numbers, output, row, column, seen)
                _Entry(what, line, analytic[row][column], atol * size, rtol, noise).check(eps)
    return True


def _outputs(function: Callable[..., Any], point: tuple[Any, ...], inputs: Sequence[Value]) -> list[Value]:
    """What the function returns with other numbers in place of the point's."""
    return [as_value(number) for number in flatten((function(*rebuild(point, iter(inputs))),))]


def _sizes(output: Value, inputs: Sequence[Value]) -> tuple[list[float], float]:
    """For each input the sum of |term| over the terms of its derivative; and how much rounding can move the output.

    The first is the chain rule with |partial| for each partial. The second adds up one rounding for each operation.
    """

    def absolute(node: Value, _wanted: list[bool]) -> tuple[Any, ...]:
        """The sizes of a node's partials; a zero stays the zero that it is."""
        return tuple(abs(partial) if partial else partial for partial in node.partials)

    nodes = [node for node in topological_order(output) if not node.is_leaf and not _is_exact(node)]
    weights = adjoints({output: 1.0}, [*inputs, *nodes], absolute)
    roundings = (max(sys.float_info.epsilon * abs(node.data), _LEAST) for node in nodes)
    noise = sum(rounding * weight for rounding, weight in zip(roundings, weights[len(inputs) :], strict=True))
    sizes = [float(weight) if math.isfinite(weight) else 0.0 for weight in weights[: len(inputs)]]
    return sizes, noise if math.isfinite(noise) else sys.float_info.epsilon * abs(output.data)


def _is_exact(node: Value) -> bool:
    """Whether a result is a number times 1, with which each transform begins: nothing is rounded."""
    row = node.operation
    return row is not None and row.name == "mul" and any(type(x) is float and x == 1.0 for x in node.operands)


class _Slopes(NamedTuple):
    """Differences over one step: to the left of the point, to the right, and across it."""

    left: float
    right: float
    central: float

    def gap(self) -> float:
        """How far the two sides are apart."""
        return abs(self.right - self.left)


class _Line(NamedTuple):
    """One output as a function of one input, the others as they are at the point."""

    function: Callable[..., Any]
    point: tuple[Any, ...]
    numbers: list[float]
    output: Value
    row: int
    column: int
    seen: dict[tuple[int, float], list[float]]

    def at(self, number: float) -> float:
        """The output for another number in the input."""
        key = (self.column, number)
        if key not in self.seen:
            moved = [*self.numbers[: self.column], number, *self.numbers[self.column + 1 :]]
            self.seen[key] = [output.data for output in _outputs(self.function, self.point, [*map(Value, moved)])]
        return self.seen[key][self.row]

    def slopes(self, step: float) -> _Slopes | None:
        """The differences over a step; None if the function has no number there."""
        here, middle = self.numbers[self.column], self.output.data
        behind, ahead = here - step, here + step  # Rounded, so that they are not quite the step away.
        try:
            low, high = self.at(behind), self.at(ahead)
        except FAILURES:
            return None
        left, right = (middle - low) / (here - behind), (high - middle) / (ahead - here)
        slopes = _Slopes(left, right, (high - low) / (ahead - behind))
        return slopes if all(map(math.isfinite, slopes)) else None

    def is_flat(self, step: float) -> bool:
        """Whether the output is the same number on both sides."""
        slopes = self.slopes(step)
        return slopes is not None and slopes.left == slopes.right == 0.0

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


class _Entry(NamedTuple):
    """An entry of the Jacobian, with what it takes to judge it."""

    what: str
    line: _Line
    exact: float
    atol: float
    rtol: float
    noise: float

    def check(self, eps: float) -> None:
        """Raise GradcheckError if the derivative differs from the numeric one, or there is a corner or a jump."""
        here = self.line.numbers[self.line.column]
        first = eps * min(1.0, abs(here) or 1.0)
        least = max(2.0 * math.ulp(here), 1e-18 * first)
        step = max(first, least)
        if not math.isfinite(self.exact) or not math.isfinite(self.line.output.data):
            raise self.differs(self.line.output.data * 0.0)
        while not (slopes := self.line.slopes(step)) and step > least:
            step = max(0.1 * step, least)
        if not slopes:
            self.line.at(here - step)  # One of the two raises what kept the differences from being taken.
            self.line.at(here + step)
            raise self.error("cannot be checked: next to the point the function is not finite")
        self.refuse_kink(slopes, step, least)
        excess = self.excess(slopes)
        if excess > self.rounding(step):
            narrow = max(8.0 * self.rounding(1.0) / excess, least)
            closer = self.line.slopes(narrow)
            if narrow < step and closer and abs(closer.central - slopes.central) <= 0.5 * excess:
                raise self.differs(slopes.central)
            step = min(step, narrow)
        if not self.agrees(slopes, step) and not (self.exact == 0.0 and self.line.is_flat(1e6 * step)):
            self.climb(step)

    def climb(self, step: float) -> None:
        """Take ever wider steps, over which rounding hides less, until the differences tell, or bend."""
        for _ in range(42):
            wide, near = self.line.slopes(step), self.line.slopes(0.4 * step)
            if not wide or not near or self.agrees(near, 0.4 * step):
                return
            spread = abs(wide.central - near.central)
            rounding = self.rounding(0.4 * step)
            grows = 2.0 * near.gap() < wide.gap() < 3.0 * near.gap()  # 2.5 times, as long as a parabola would do.
            bent = wide.gap() > 20.0 * rounding and not grows
            if bent or spread > max(rounding, 0.1 * abs(near.central)):
                return
            if self.excess(near) > rounding + spread:
                raise self.differs(near.central)
            if spread > rounding:
                return
            step *= 10.0

    def refuse_kink(self, slopes: _Slopes, step: float, least: float) -> None:
        """Raise GradcheckError if the slopes of the two sides do not meet as the step shrinks."""
        gap = slopes.gap()
        if gap <= max(0.01 * (abs(slopes.left) + abs(slopes.right)), 8.0 * self.rounding(step)):
            return
        narrow = max(50.0 * self.rounding(1.0) / gap, least)
        near, nearer = self.line.slopes(10.0 * narrow), self.line.slopes(narrow)
        if near and nearer and narrow < 0.03 * step and nearer.gap() > 0.3 * max(gap, near.gap()):
            kind = "jump" if nearer.gap() > 3.0 * gap else "corner"
            sides = f"the slope is {slopes.left!r} to the left and {slopes.right!r} to the right"
            place = f"at a {kind} of {self.line.kinks()}"
            raise self.error(f"does not exist {place}; {sides}, and the engine takes {self.exact!r}")

    def rounding(self, step: float) -> float:
        """How much of a difference over a step can be rounding."""
        return 4.0 * self.noise / step

    def tolerance(self, slopes: _Slopes) -> float:
        """How far the derivative may be from the numeric one."""
        return self.atol + self.rtol * abs(slopes.central)

    def excess(self, slopes: _Slopes) -> float:
        """By how much it is farther; negative if it is not."""
        return abs(self.exact - slopes.central) - self.tolerance(slopes)

    def agrees(self, slopes: _Slopes, step: float) -> bool:
        """Whether it is not, and not by an accident of rounding."""
        return self.excess(slopes) <= 0.0 and self.rounding(step) <= self.tolerance(slopes)

    def differs(self, numeric: float) -> GradcheckError:
        """The error for a derivative that is wrong."""
        return self.error(f"is {self.exact!r}, but central differences give {numeric!r}")

    def error(self, problem: str) -> GradcheckError:
        """An error that names the entry and the point."""
        return GradcheckError(f"{self.what} {problem}, at {self.line.point!r}")
