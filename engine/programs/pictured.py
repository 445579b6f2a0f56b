"""Graphs that are stated, not recorded, to be drawn beside others: as somebody else found them, or as passes left them.

The steps of a program know their numbers, names and operands, but no partials.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NoReturn, cast

from engine.failures import Undefined
from engine.formulas import FAILURES, DomainError, Form
from engine.leaves import as_value
from engine.operations import OPERATIONS, result_of
from engine.primitives import Primitive
from engine.programs.kinds import GIVEN, KINDS
from engine.programs.listing import Instruction, Listing
from engine.value import Value

NO_PARTIAL: Any = Undefined(DomainError("a step of a program has no derivative: differentiate what it was made of"))
"""The partial of every operand of a step."""


def stated(row: Primitive, number: float, edges: Sequence[tuple[Value | float, Any]], label: str = "") -> Value:
    """A result of which all is stated, as somebody else found it: nothing is computed, and nothing is checked.

    edges  (operand, partial) for each operand, of which one at least is a Value; the partial of a number is None
    """
    first = next(place for place, (operand, _) in enumerate(edges) if isinstance(operand, Value))
    node = result_of(Form(cast(Any, _Stated(row)), first), float(number), [*edges])
    node.label = label
    return node


class _Stated:
    """The operation of such a result: its row alone."""

    def __init__(self, row: Primitive) -> None:
        self.row = row

    def __getattr__(self, name: str) -> NoReturn:
        raise TypeError(
            f"a stated {self.row.name} can be drawn, but not be pickled, or be in a program or in `gradients`"
        )


@cache
def _row(kind: str, guarded: bool) -> Primitive:
    """The row of a kind of instruction, which has no formulas."""
    known = OPERATIONS.get(kind)
    comparison = re.fullmatch(r"\{0\} (\W+) \{1\}", KINDS[kind].python)
    symbol = known.row.symbol if known else comparison[1] if comparison else ""
    name = f"{kind} if" if guarded else kind
    return Primitive(name, "", ("",) * (KINDS[kind].operands + guarded), name if guarded else symbol)


def pictured(listing: Listing, names: Sequence[str], leaves: Sequence[float]) -> tuple[Value, ...]:
    """The outputs of a listing at these numbers of its leaves, and the results that nothing uses.

    A condition is 1 or 0, and what is carried out only where a condition holds has it as its last operand.
    """
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
        if not any(isinstance(operand, Value) for operand in operands):  # A node has one that is.
            operands[0] = Value(operands[0])
        edges = [(x, NO_PARTIAL if isinstance(x, Value) else None) for x in operands]
        made.append(stated(_row(kind, instruction.guard >= 0), numbers[-1], edges, name))
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
