"""Instructions as LLVM's language: ``t3 = a * b`` becomes ``%t3 = fmul double %t1, %t2``.

Python's `math` calls the C library, and so does this code, under names that LLVM does not know: it cannot replace
``pow`` by something of its own, so the bits are the same. Machine code does not raise. Where an instruction may fail
(see `engine.programs.listing`), it looks at the operands or the result, and says in the end that something failed; the
caller then finds out in Python what is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from engine.machine.math import exp_table, functions
from engine.machine.text import Lines
from engine.programs.kinds import KINDS, LIBRARY
from engine.programs.listing import Instruction, Listing

FEWEST_LANES = 4
"""The narrowest vector for which the functions of `engine.machine.math` are written; fewer numbers fill it up."""

FAST_FLAGS = "reassoc nsz arcp contract "


class Options(NamedTuple):
    """How to compile.

    vectors  the functions of `engine.machine.math` to use
    fast     whether the last digits may differ, for speed
    lanes    how many doubles a register holds
    """

    vectors: tuple[str, ...] = ()
    fast: bool = False
    lanes: int = 4


class Code(Lines):
    """The lines of a function that carries out listings. Where one fails, ``%alarm`` is set."""

    def __init__(self, options: Options) -> None:
        super().__init__(1, FAST_FLAGS if options.fast else "")
        self.options = options

    def results_of(self, listing: Listing, given: Sequence[str]) -> list[str]:
        """The outputs of a listing whose inputs are ``given``, in every lane."""
        values: list[str] = []
        for position, instruction in enumerate(listing.instructions):
            if instruction.kind == "input":
                values.append(given[int(instruction.number)])
            elif instruction.kind == "constant":
                values.append(self.constant(instruction.number))
            else:
                values.append(self.result(listing, position, values))
        self.fail_where([self.look(listing, position, values) for position in sorted(listing.fallible)])
        return [values[position] for position in listing.outputs]

    def result(self, listing: Listing, position: int, values: list[str]) -> str:
        """The lines of one instruction."""
        instruction = listing.instructions[position]
        operands = [values[operand] for operand in instruction.operands]
        calls = KINDS[instruction.kind].llvm == LIBRARY and position not in listing.fallible
        guard = values[instruction.guard] if calls and instruction.guard >= 0 else ""
        return self.only_where(guard, lambda: self.computed(instruction, operands))

    def only_where(self, condition: str, write: Callable[[], str]) -> str:
        """The result of the lines that ``write`` writes, skipped where the condition, if any, holds in no lane."""
        if not condition:
            return write()
        name = self.fresh("skip")
        with self.when(name, self.any(condition), **{f"{name}.result": (self.type, self.constant(0.0))}) as becomes:
            becomes[f"{name}.result"] = write()
        return f"%{name}.result"

    def computed(self, instruction: Instruction, operands: list[str]) -> str:
        """The line of an instruction."""
        kind = KINDS[instruction.kind]
        if kind.name in self.options.vectors and (self.lanes > 1 or self.options.fast):
            return self.vector_call(kind.name, operands[0])
        if kind.llvm == LIBRARY:
            return self.each_lane(kind.name, operands)
        return self.emit(kind.llvm.format(*operands, **self.words()))

    def words(self) -> dict[str, str]:
        """What a row of the table of kinds may name in its LLVM text."""
        types = {"type": self.type, "truth": self.truth, "suffix": self.suffix, "flags": self.flags}
        return types | {"true": self.constant(True), "zero": self.constant(0.0)}

    def vector_call(self, name: str, operand: str) -> str:
        """A call of a function of `engine.machine.math`; lanes that are not there get copies of the first number."""
        if self.lanes >= FEWEST_LANES:
            return self.emit(f"call {self.type} @{name}.v{self.lanes}({self.type} {operand})")
        numbers = self.split(operand)
        wide = f"<{FEWEST_LANES} x double>"
        vector = self.gather(numbers + numbers[:1] * (FEWEST_LANES - len(numbers)))
        found = self.emit(f"call {wide} @{name}.v{FEWEST_LANES}({wide} {vector})")
        return self.gather([self.emit(f"extractelement {wide} {found}, i32 {lane}") for lane in range(self.lanes)])

    def fail_where(self, conditions: list[str]) -> None:
        """Note a failure if one of the conditions holds in any lane."""
        if conditions:
            with self.when(self.fresh("failed"), self.any(self.either(conditions))):
                self.do("store i8 1, ptr %alarm")

    def look(self, listing: Listing, position: int, values: list[str]) -> str:
        """The condition under which Python would have raised, in each lane."""
        instruction = listing.instructions[position]
        alarm = KINDS[instruction.kind].alarm
        if alarm:
            operands = [values[operand] for operand in instruction.operands]
            bad = self.emit(alarm.format(*operands, **self.words()))
        else:
            bad = self.infinite(values[position])
        return self.emit(f"and {self.truth} {bad}, {values[instruction.guard]}") if instruction.guard >= 0 else bad

    def infinite(self, number: str) -> str:
        """Whether a number is infinite or NaN, in each lane."""
        return self.emit(f"fcmp ueq {self.type} {self.intrinsic('fabs', [number])}, {self.constant(math.inf)}")

    def either(self, conditions: Sequence[str]) -> str:
        """Whether one of these conditions holds, in each lane."""
        found = conditions[0]
        for other in conditions[1:]:
            found = self.emit(f"or {self.truth} {found}, {other}")
        return found


def with_functions(options: Options, texts: Sequence[str]) -> str:
    """The functions of `engine.machine.math` that these texts call."""
    text = "\n".join(texts)
    widths = {width: [n for n in options.vectors if f"@{n}.v{width}(" in text] for width in (4, 8, 16)}
    called = [functions(names, width, options.fast) for width, names in widths.items() if names]
    table = exp_table() if not options.fast and any("exp" in names for names in widths.values()) else ""
    return "\n".join([table, *called])
