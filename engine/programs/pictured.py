"""A list of instructions as a graph of Values, to be drawn and set beside another.

Its nodes know their numbers, names and operands, but not their partials: it is not differentiated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

from engine.failures import Undefined
from engine.formulas import FAILURES, DomainError, Form
from engine.leaves import as_value
from engine.operations import OPERATIONS, result_of
from engine.primitives import Primitive
from engine.programs.kinds import GIVEN, KINDS
from engine.programs.listing import Instruction, Listing
from engine.value import Value

NO_PARTIAL: Any = Undefined(DomainError("a step of a program has no derivative: differentiate what it was made of"))
"""The partial of every edge of such a graph."""


class Step:
    """An operation by the row of its kind alone: nothing computes it."""

    def __init__(self, kind: str, guarded: bool) -> None:
        known = OPERATIONS.get(kind)
        sign = KINDS[kind].python.replace("{0}", "").replace("{1}", "").strip()
        symbol = "" if sign.isidentifier() or "{" in sign or "(" in sign else sign
        count = KINDS[kind].operands + guarded
        name = f"{kind} if" if guarded else kind
        self.row = Primitive(name, "", ("",) * count, name if guarded else known.row.symbol if known else symbol)
        self.forms = [Form(cast(Any, self), first) for first in range(count)]


def pictured(listing: Listing, names: Sequence[str], leaves: Sequence[float]) -> tuple[Value, ...]:
    """The outputs of a listing at these numbers of its leaves, and the results that nothing uses.

    A condition is 1 or 0, and what is carried out only where a condition holds has it as its last operand.
    """
    steps = {key: Step(*key) for key in {(i.kind, i.guard >= 0) for i in listing.instructions if i.kind not in GIVEN}}
    made: list[Any] = []
    numbers: list[float] = []  # A condition's is a bool.
    for instruction, name in zip(listing.instructions, names, strict=True):
        kind, number = instruction.kind, instruction.number
        if kind in GIVEN:
            numbers.append(number if kind == "constant" else leaves[int(number)])
            made.append(float(number) if kind == "constant" else Value(numbers[-1], name))
            continue
        numbers.append(_number(instruction, numbers))
        operands = [made[position] for position in instruction.needs]
        first = next((place for place, operand in enumerate(operands) if isinstance(operand, Value)), None)
        if first is None:  # A node has an operand that is a Value.
            first, operands[0] = 0, Value(operands[0])
        edges = [(x, NO_PARTIAL if isinstance(x, Value) else None) for x in operands]
        made.append(result_of(steps[kind, instruction.guard >= 0], float(numbers[-1]), edges, first))
        made[-1].label = name
    unused = [p for p, i in enumerate(listing.instructions) if not listing.users[p] and i.kind not in GIVEN]
    return tuple([as_value(made[p]) for p in (*listing.outputs, *unused)])


def _number(instruction: Instruction, numbers: Sequence[float]) -> float:
    """The number that an instruction gives: 0 where it is not carried out, and NaN where it fails."""
    if instruction.guard >= 0 and not numbers[instruction.guard]:
        return 0.0
    try:
        found: float = KINDS[instruction.kind].function(*[numbers[operand] for operand in instruction.operands])
    except FAILURES:
        return math.nan
    return found
