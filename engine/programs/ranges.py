"""Which instructions can fail: interval arithmetic over a listing.

A machine does not raise; generated machine code has to look at every result that Python would have refused. It need not
look where the operands cannot be bad: exp(-abs(x)) does not overflow, and 1 + exp(x) is never zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from engine.programs.lowering import CANNOT_FAIL, CONDITIONS, SOURCES, Instruction, Listing

Interval = tuple[float, float]
"""The smallest and the largest number that a result can be, infinities included; NaN, which fails nothing, apart."""

EVERYTHING = (-math.inf, math.inf)
OVERFLOW = 709.0
"""exp of this is finite."""


def fallible(listing: Listing) -> set[int]:
    """The positions of the instructions that may raise."""
    ranges: list[Interval] = []
    found = set()
    for position, instruction in enumerate(listing.instructions):
        operands = [ranges[operand] for operand in instruction.operands]
        low, high = _range(instruction, operands)
        if not _is_safe(instruction, operands):
            found.add(position)
            if instruction.guard >= 0:  # Where it is not carried out, Python's lines have 0.0 for it.
                low, high = min(low, 0.0), max(high, 0.0)
        ranges.append((low, high))
    return found


def _is_safe(instruction: Instruction, operands: list[Interval]) -> bool:
    """Whether an instruction raises for no operands in these ranges."""
    operation = instruction.operation
    if operation in SOURCES or operation in CANNOT_FAIL:
        return True
    low, high = operands[-1]
    match operation:
        case "exp" | "expm1" | "sinh" | "cosh":
            return high <= OVERFLOW and (low >= -OVERFLOW or operation in ("exp", "expm1"))
        case "div":
            return low > 0.0 or high < 0.0
        case "log":
            return low > 0.0 and high < math.inf
        case "log1p":
            return low > -1.0 and high < math.inf
        case "sqrt":
            return low >= 0.0 and high < math.inf
        case "tanh" | "erf" | "erfc":
            return True
    return False


def _range(instruction: Instruction, operands: list[Interval]) -> Interval:
    """Where the result lies."""
    operation = instruction.operation
    if operation == "constant":
        return EVERYTHING if math.isnan(instruction.number) else (instruction.number,) * 2
    rule = _RULES.get(operation)
    if rule is None or operation in CONDITIONS:
        return EVERYTHING
    if operation == "mul" and instruction.operands[0] == instruction.operands[1]:
        return (0.0, math.inf)
    low, high = rule(*operands)
    return EVERYTHING if math.isnan(low) or math.isnan(high) else (low, high)


def _product(x: Interval, y: Interval) -> Interval:
    corners = [a * b for a in x for b in y]
    return EVERYTHING if any(map(math.isnan, corners)) else (min(corners), max(corners))


def _quotient(x: Interval, y: Interval) -> Interval:
    if y[0] <= 0.0 <= y[1]:
        return EVERYTHING
    corners = [a / b for a in x for b in y]
    return EVERYTHING if any(map(math.isnan, corners)) else (min(corners), max(corners))


def _magnitude(x: Interval) -> Interval:
    low, high = sorted(map(abs, x))
    return (0.0 if x[0] <= 0.0 <= x[1] else low, high)


def _exponential(x: Interval) -> Interval:
    """A last digit wider, for a library's exp need not be monotone to the last bit."""
    low, high = (0.0 if e < -OVERFLOW else math.inf if e > OVERFLOW else math.exp(e) for e in x)
    return low * (1.0 - 1e-15), high * (1.0 + 1e-15)


_RULES: dict[str, Callable[..., Interval]] = {
    "add": lambda x, y: (x[0] + y[0], x[1] + y[1]),
    "sub": lambda x, y: (x[0] - y[1], x[1] - y[0]),
    "mul": _product,
    "div": _quotient,
    "neg": lambda x: (-x[1], -x[0]),
    "abs": _magnitude,
    "exp": _exponential,
    "sqrt": lambda _: (0.0, math.inf),
    "tanh": lambda _: (-1.0, 1.0),
    "erf": lambda _: (-1.0, 1.0),
    "erfc": lambda _: (0.0, 2.0),
    "sin": lambda _: (-1.0, 1.0),
    "cos": lambda _: (-1.0, 1.0),
    "choose": lambda _, x, y: (min(x[0], y[0]), max(x[1], y[1])),
}
