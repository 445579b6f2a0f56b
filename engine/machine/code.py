"""Instructions as LLVM's language: ``t3 = a * b`` becomes ``%t3 = fmul double %t1, %t2``.

Python's `math` calls the C library, and so does this code, under names that LLVM does not know: it cannot replace
``pow`` by something of its own, so the bits are the same. Machine code does not raise. Where an instruction may fail
(see `engine.programs.listing`), it looks at the operands or the result, and stops before anything is stored; the caller
then finds out in Python what is wrong.

For many runs, see `engine.machine.loops`; for many rows, `engine.machine.rows`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from engine.machine.math import exp_table, functions
from engine.machine.text import Lines, array, literal
from engine.programs.kinds import GIVEN, KINDS, LIBRARY
from engine.programs.listing import Instruction, Listing

PACK = 4
"""How many calls of a function are made at once in `repeat`."""

LONGEST_PART = 700
"""The most instructions in one part of a long program."""

FAST_FLAGS = "reassoc nsz arcp contract "


class Options(NamedTuple):
    """How to compile.

    vectors  the functions of `engine.machine.math` to use
    fast     whether the last digits may differ, for speed
    lanes    how many rows ``sum`` takes at once
    """

    vectors: tuple[str, ...] = ()
    fast: bool = False
    lanes: int = 4


class Code(Lines):
    """Instructions as lines. ``fetch`` brings what they need and do not compute; ``finish`` is told of each result."""

    def __init__(
        self, listing: Listing, options: Options, lanes: int, fetch: Callable[[Code, int], str], failing: set[int]
    ) -> None:
        super().__init__(lanes, FAST_FLAGS if options.fast else "")
        self.listing = listing
        self.options = options
        self.fetch = fetch
        self.failing = failing
        self.finish: Callable[[Code, int], None] = lambda _code, _position: None
        self.values: dict[int, str] = {}
        self.failures: list[str] = []
        self.words = {"type": self.type, "truth": self.truth, "suffix": self.suffix, "flags": self.flags}
        self.words |= {"true": self.constant(True), "zero": self.constant(0.0)}

    def value(self, position: int) -> str:
        """The name of a result."""
        if position not in self.values:
            instruction = self.listing.instructions[position]
            constant = instruction.kind == "constant"
            self.values[position] = self.constant(instruction.number) if constant else self.fetch(self, position)
        return self.values[position]

    def run(self, positions: Iterable[int]) -> None:
        """Write the instructions at ``positions``, calls of a function that do not wait for each other in packs."""
        chosen = [p for p in positions if self.listing.instructions[p].kind not in GIVEN]
        if self.lanes > 1 or not self.options.vectors:
            for position in chosen:
                self.write(position)
            return
        levels = _levels(self.listing, chosen, self.options.vectors)
        for _, group in groupby(sorted(chosen, key=levels.__getitem__), key=levels.__getitem__):
            waiting: dict[str, list[int]] = {}
            for position in group:
                kind = self.listing.instructions[position].kind
                if kind in self.options.vectors:
                    waiting.setdefault(kind, []).append(position)
                else:
                    self.write(position)
            for kind, together in waiting.items():
                for start in range(0, len(together), PACK):
                    self.write_pack(kind, together[start : start + PACK])

    def write_pack(self, name: str, positions: list[int]) -> None:
        """Write up to `PACK` calls of one function as one; a single one as itself."""
        if len(positions) == 1 and not self.options.fast:
            self.write(positions[0])
            return
        operands = [self.value(self.listing.instructions[position].operands[0]) for position in positions]
        type_ = f"<{PACK} x double>"
        vector = self.gather(operands + operands[:1] * (PACK - len(operands)))
        call = f"call {type_} @{name}.v{PACK}({type_} {vector})"
        guards = list(map(self.skippable, positions))
        result = self.only_where(self.either(guards) if all(guards) else "", type_, lambda: self.emit(call))
        for lane, position in enumerate(positions):
            self.values[position] = self.emit(f"extractelement {type_} {result}, i32 {lane}")
        for position in positions:
            self.look(position)
            self.finish(self, position)

    def write(self, position: int) -> None:
        """Write one instruction, and the look at whether it failed."""
        instruction = self.listing.instructions[position]
        operands = [self.value(operand) for operand in instruction.operands]
        guard = self.skippable(position)
        self.values[position] = self.only_where(guard, self.type, lambda: self.result(instruction, operands))
        self.look(position)
        self.finish(self, position)

    def skippable(self, position: int) -> str:
        """The condition under which a call is worth making; empty for any other instruction."""
        instruction = self.listing.instructions[position]
        calls = KINDS[instruction.kind].llvm == LIBRARY and position not in self.failing
        return self.value(instruction.guard) if calls and instruction.guard >= 0 else ""

    def only_where(self, condition: str, type_: str, write: Callable[[], str]) -> str:
        """The result of the lines that ``write`` writes, skipped where the condition, if any, holds in no lane."""
        if not condition:
            return write()
        self.results += 1
        name = f"skip{self.results}"
        zeros = "zeroinitializer" if type_ != "double" else literal(0.0)
        with self.when(name, self.any(condition), **{f"{name}.result": (type_, zeros)}) as becomes:
            becomes[f"{name}.result"] = write()
        return f"%{name}.result"

    def result(self, instruction: Instruction, operands: list[str]) -> str:
        """The line of an instruction."""
        kind = KINDS[instruction.kind]
        if self.lanes > 1 and kind.name in self.options.vectors:
            return self.emit(f"call {self.type} @{kind.name}.v{self.lanes}({self.type} {operands[0]})")
        if kind.llvm == LIBRARY:
            return self.each_lane(kind.name, operands)
        return self.emit(kind.llvm.format(*operands, **self.words))

    def look(self, position: int) -> None:
        """Note where Python would have raised."""
        if position not in self.failing:
            return
        instruction = self.listing.instructions[position]
        alarm = KINDS[instruction.kind].alarm
        if alarm:
            bad = self.emit(alarm.format(*map(self.value, instruction.operands), **self.words))
        else:
            bad = self.emit(
                f"fcmp ueq {self.type} {self.intrinsic('fabs', [self.values[position]])}, {self.constant(math.inf)}"
            )
        if instruction.guard >= 0:
            bad = self.emit(f"and {self.truth} {bad}, {self.value(instruction.guard)}")
        self.failures.append(bad)

    def failed(self) -> str:
        """Whether anything failed so far, in any lane: an i1."""
        if not self.failures:
            return "false"
        return self.any(self.either(self.failures))

    def either(self, conditions: Sequence[str]) -> str:
        """Whether one of these conditions holds, in each lane."""
        found = conditions[0]
        for other in conditions[1:]:
            found = self.emit(f"or {self.truth} {found}, {other}")
        return found

    def infinite(self, numbers: list[str]) -> str:
        """Whether one of the numbers may be infinite or NaN, which survives a sum: an i1."""
        if not numbers:
            return "false"
        size = self.emit(f"call double @llvm.fabs.f64(double {self.total(numbers)})")
        return self.emit(f"fcmp ueq double {size}, {literal(math.inf)}")

    def total(self, numbers: list[str]) -> str:
        """The sum of numbers, in pairs, so that the additions do not wait for each other."""
        while len(numbers) > 1:
            pairs = [numbers[start : start + 2] for start in range(0, len(numbers), 2)]
            numbers = [self.add(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
        return numbers[0]


def _levels(listing: Listing, positions: Iterable[int], names: tuple[str, ...]) -> dict[int, int]:
    """For each of some instructions, how many calls of ``names`` among them wait for each other before it."""
    levels: dict[int, int] = {}
    for position in positions:
        before = [need for need in listing.instructions[position].needs if need in levels]
        depths = [levels[need] + (listing.instructions[need].kind in names) for need in before]
        levels[position] = max(depths, default=0)
    return levels


# --- Parts ------------------------------------------------------------------------------------------------------------


class Parts:
    """Instructions as functions of limited length, ``block0``, ``block1``, …, and ``block``, which calls them all.

    To compile a function of twice the length takes more than twice as long, and in short ones fewer numbers compete for
    registers. Numbers that a later part needs are left in ``@block.frame``.

    positions   of the instructions to carry out, and of inputs and leaves that ``finish`` waits for
    fetch       brings what no part computes
    finish      is told of each result as soon as it is there
    parameters  of all these functions
    name        of the function
    """

    def __init__(
        self,
        listing: Listing,
        options: Options,
        lanes: int,
        positions: Sequence[int],
        fetch: Callable[[Code, int], str],
        finish: Callable[[Code, int], None],
        parameters: str,
        name: str = "block",
    ) -> None:
        self.name = name
        self.parameters = f"{parameters}, ptr noalias %frame"
        self.type = f"<{lanes} x double>" if lanes > 1 else "double"
        given = {p for p in positions if listing.instructions[p].kind in GIVEN}
        pieces = listing.cut(positions, LONGEST_PART, lambda position: listing.instructions[position].needs)
        crossing = {position for piece in pieces for position in piece.loads}.intersection(positions) - given
        self.places = {position: index for index, position in enumerate(sorted(crossing))}

        def fetch_any(code: Code, position: int) -> str:
            """Bring what this part does not compute: from an earlier part, or from outside."""
            if position not in self.places:
                return fetch(code, position)
            return as_truth(code, position, code.load("%frame", self.places[position], code.type))

        def leave(code: Code, position: int) -> None:
            """Leave in the frame what a later part needs."""
            if position in self.places:
                code.store(as_number(code, position), "%frame", self.places[position], code.type)
            finish(code, position)

        self.codes: list[Code] = []
        for piece in pieces:
            code = Code(listing, options, lanes, fetch_any, listing.fallible)
            code.finish = leave
            for position in filter(given.__contains__, piece.positions):
                finish(code, position)
            code.run(piece.positions)
            code.failures = [code.failed()]
            self.codes.append(code)

    def text(self) -> str:
        """The functions."""
        frame = f"{self.name}.frame"
        texts = [array(frame, len(self.places), self.type)]
        for number, code in enumerate(self.codes):
            head = f"internal i1 @{self.name}{number}({self.parameters}) noinline"
            texts.append(code.define(head, f"i1 {code.failures[0]}"))
        # The address of a global costs an instruction at each use: the parts are given it.
        arguments = re.sub(r"noalias |readonly ", "", self.parameters).replace("%frame", f"@{frame}")
        block = Lines(1)
        failed = "false"
        for number in range(len(self.codes)):
            failed = block.emit(f"or i1 {failed}, {block.emit(f'call i1 @{self.name}{number}({arguments})')}")
        head = f"internal i1 @{self.name}({self.parameters.replace(', ptr noalias %frame', '')})"
        return "\n".join([*texts, block.define(head, f"i1 {failed}")])


def places(positions: Sequence[int]) -> dict[int, list[int]]:
    """For each position, where it stands in a sequence of them."""
    indices: dict[int, list[int]] = {}
    for index, position in enumerate(positions):
        indices.setdefault(position, []).append(index)
    return indices


def _is_number(code: Code, position: int) -> bool:
    """Whether a result is a number, not a truth."""
    kind = code.listing.instructions[position].kind
    return kind in GIVEN or not KINDS[kind].is_condition


def as_number(code: Code, position: int) -> str:
    """A result as a double: a truth as 1.0 or 0.0."""
    if _is_number(code, position):
        return code.value(position)
    return code.select(code.value(position), code.constant(1.0), code.constant(0.0))


def as_truth(code: Code, position: int, number: str) -> str:
    """The opposite of `as_number`."""
    if _is_number(code, position):
        return number
    return code.emit(f"fcmp une {code.type} {number}, {code.constant(0.0)}")


def with_functions(listing: Listing, options: Options, lanes: int, *codes: Lines) -> str:
    """The functions of `engine.machine.math` that a listing calls."""
    widths = {lanes, *([PACK] if any(f".v{PACK}(" in line for code in codes for line in code.lines) else [])}
    used = [name for name in options.vectors if name in listing.kinds]
    texts = [functions(used, width, options.fast) for width in sorted(widths)]
    table = exp_table() if "exp" in used and not options.fast else ""
    return "\n".join([table, *texts])
