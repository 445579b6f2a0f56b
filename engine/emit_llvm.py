"""Instructions as LLVM's language: ``t3 = a * b`` becomes ``%t3 = fmul double %t1, %t2``.

Python's `math` calls the C library, and so does this code, under names that LLVM knows nothing about, so that it cannot
put something of its own in the place of ``pow``: the bits are the same. Machine code does not raise. Where an
instruction could fail (see `engine.ranges`) it looks at the operand or the result, and stops before anything is stored;
who called it then finds out in Python what is wrong.

Two functions come of a listing. ``repeat`` is a loop in which the updated leaves are registers; calls of exp or tanh
that do not wait for each other are made four at a time. ``sum`` takes several rows at once: a vector with a number for
each row stands where a number stood.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from engine.emit_python import split_by_inputs
from engine.instructions import CONDITIONS, SOURCES, Instruction, Listing
from engine.llvm_text import Lines, literal
from engine.native_math import functions
from engine.ranges import fallible

PACK = 4
"""How many calls of a function are made at once in `repeat`."""

LONGEST_LOOP = 3_000
"""The number of instructions up to which `repeat` is one function, with the leaves in registers."""

LONGEST_PART = 1_000
"""How many instructions the parts have into which others are cut."""

FAST_FLAGS = "reassoc nsz arcp contract "

_BINARY = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
_COMPARE = {"lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge", "eq": "oeq", "ne": "une"}
_INTRINSICS = {"abs": "fabs", "fabs": "fabs", "sqrt": "sqrt", "copysign": "copysign"}


class Options(NamedTuple):
    """How to compile.

    vectors  the functions of `engine.native_math` to use
    fast     whether last digits are given for speed
    lanes    how many rows ``sum`` takes at once
    """

    vectors: tuple[str, ...] = ()
    fast: bool = False
    lanes: int = 4


class Code(Lines):
    """Instructions as lines. What an instruction needs and is not there is brought by ``fetch``."""

    def __init__(
        self, listing: Listing, options: Options, lanes: int, fetch: Callable[[Code, int], str], failing: set[int]
    ) -> None:
        super().__init__(lanes, FAST_FLAGS if options.fast else "")
        self.listing = listing
        self.options = options
        self.fetch = fetch
        self.failing = failing
        self.values: dict[int, str] = {}
        self.failures: list[str] = []

    def value(self, position: int) -> str:
        """The name of a result."""
        if position not in self.values:
            instruction = self.listing.instructions[position]
            constant = instruction.operation == "constant"
            self.values[position] = self.constant(instruction.number) if constant else self.fetch(self, position)
        return self.values[position]

    def run(self, positions: Iterable[int]) -> None:
        """Write the instructions at ``positions``, those that can be packed in packs."""
        chosen = [p for p in positions if self.listing.instructions[p].operation not in SOURCES]
        if self.lanes > 1 or not self.options.vectors:
            for position in chosen:
                self.write(position)
            return
        levels = _levels(self.listing, self.options.vectors)
        for _, group in groupby(sorted(chosen, key=levels.__getitem__), key=levels.__getitem__):
            waiting: dict[str, list[int]] = {}
            for position in group:
                operation = self.listing.instructions[position].operation
                if operation in self.options.vectors:
                    waiting.setdefault(operation, []).append(position)
                else:
                    self.write(position)
            for operation, together in waiting.items():
                for start in range(0, len(together), PACK):
                    self.write_pack(operation, together[start : start + PACK])

    def write_pack(self, name: str, positions: list[int]) -> None:
        """Write up to `PACK` calls of one function as one; a single one as itself."""
        if len(positions) == 1 and not self.options.fast:
            self.write(positions[0])
            return
        pack = Lines(PACK)
        pack.lines, pack.results, pack.called = self.lines, self.results, self.called
        operands = [self.value(self.listing.instructions[position].operands[0]) for position in positions]
        pack.results = self.results
        vector = pack.gather(operands + operands[:1] * (PACK - len(operands)))
        result = pack.emit(f"call {pack.type} @{name}.v{PACK}({pack.type} {vector})")
        for lane, position in enumerate(positions):
            self.values[position] = pack.lane(result, lane)
        self.results = pack.results
        for position in positions:
            self.look(position)

    def write(self, position: int) -> None:
        """Write one instruction, and the look at whether it failed."""
        instruction = self.listing.instructions[position]
        operands = [self.value(operand) for operand in instruction.operands]
        self.values[position] = self.result(instruction, operands)
        self.look(position)

    def result(self, instruction: Instruction, operands: list[str]) -> str:
        """The line of an instruction."""
        operation = instruction.operation
        if operation in _BINARY:
            return self.binary(_BINARY[operation], *operands)
        if operation == "neg":
            return self.neg(*operands)
        if operation in _COMPARE:
            return self.emit(f"fcmp {_COMPARE[operation]} {self.type} {operands[0]}, {operands[1]}")
        if operation in ("and", "or"):
            return self.emit(f"{operation} {self.truth} {operands[0]}, {operands[1]}")
        if operation == "not":
            return self.emit(f"xor {self.truth} {operands[0]}, {self.constant(True)}")
        if operation == "choose":
            return self.select(*operands)
        if operation in _INTRINSICS:
            return self.intrinsic(_INTRINSICS[operation], operands)
        if self.lanes > 1 and operation in self.options.vectors:
            return self.emit(f"call {self.type} @{operation}.v{self.lanes}({self.type} {operands[0]})")
        return self.each_lane(operation, operands)

    def look(self, position: int) -> None:
        """Note where Python would have raised: a divisor of zero, a function without a finite value."""
        if position not in self.failing:
            return
        instruction = self.listing.instructions[position]
        if instruction.operation == "div":
            divisor = self.value(instruction.operands[1])
            bad = self.emit(f"fcmp oeq {self.type} {divisor}, {self.constant(0.0)}")
        else:
            bad = self.emit(f"fcmp ueq {self.type} {self.abs(self.values[position])}, {self.constant(math.inf)}")
        if instruction.guard >= 0:
            bad = self.emit(f"and {self.truth} {bad}, {self.value(instruction.guard)}")
        self.failures.append(bad)

    def failed(self) -> str:
        """Whether anything failed so far, in any lane: an i1."""
        if not self.failures:
            return "false"
        bad = self.failures[0]
        for other in self.failures[1:]:
            bad = self.emit(f"or {self.truth} {bad}, {other}")
        return self.any(bad)

    def infinite(self, numbers: list[str]) -> str:
        """Whether one of the numbers may be infinite or NaN, which survives a sum: an i1."""
        if not numbers:
            return "false"
        size = self.emit(f"call double @llvm.fabs.f64(double {self.total(numbers)})")
        self.called.add("declare double @llvm.fabs.f64(double)")
        return self.emit(f"fcmp ueq double {size}, {literal(math.inf)}")

    def total(self, numbers: list[str]) -> str:
        """The sum of numbers, in pairs, so that the additions do not wait for each other."""
        while len(numbers) > 1:
            pairs = [numbers[start : start + 2] for start in range(0, len(numbers), 2)]
            numbers = [self.add(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
        return numbers[0]


def _levels(listing: Listing, names: tuple[str, ...]) -> list[int]:
    """For each instruction, how many calls of ``names`` wait for each other before it can be carried out."""
    levels: list[int] = []
    for instruction in listing.instructions:
        level = 0
        for operand in (*instruction.operands, instruction.guard):
            if operand >= 0:
                level = max(level, levels[operand] + (listing.instructions[operand].operation in names))
        levels.append(level)
    return levels


def sources(listing: Listing, operation: str) -> list[int]:
    """The positions of the inputs, or of the leaves, in order."""
    return [p for p, instruction in enumerate(listing.instructions) if instruction.operation == operation]


# --- repeat -----------------------------------------------------------------------------------------------------------


def repeat_module(listing: Listing, options: Options) -> str:
    """``i64 repeat(numbers, outputs, times, stride)``: the number of runs done, all of them or those before one failed.

    numbers  the inputs and the leaves; the updated leaves are stored here, after the last run that was done
    outputs  where the outputs of a run are written; those of the next, ``stride`` further
    """
    if len(listing.instructions) > LONGEST_LOOP:
        return _long_repeat(listing, options)
    inputs, leaves = sources(listing, "input"), sources(listing, "leaf")
    updated = leaves[: len(listing.updates)]
    code = Code(listing, options, 1, lambda _, position: f"%number{position}", fallible(listing))
    loads = "\n".join(
        f"  %place{p} = getelementptr double, ptr %numbers, i64 {p}\n"
        f"  %{'first' if p in updated else 'number'}{p} = load double, ptr %place{p}"
        for p in inputs + leaves
    )
    code.run(range(len(listing.instructions)))
    new = [code.value(update) for update in listing.updates]
    out = [code.value(output) for output in listing.outputs]
    bad = code.emit(f"or i1 {code.failed()}, {code.infinite(out + new)}")
    body = code.take()
    for index, output in enumerate(out):
        code.store(output, "%output", index)
    finish = code.take()
    phis = "\n".join(
        f"  %number{p} = phi double [ %first{p}, %entry ], [ {value}, %finish ]"
        for p, value in zip(updated, new, strict=True)
    )
    done = "\n".join(f"  store double {value}, ptr %place{p}" for p, value in zip(updated, new, strict=True))
    stop = "\n".join(f"  store double %number{p}, ptr %place{p}" for p in updated)
    return f"""
define i64 @repeat(ptr noalias %numbers, ptr noalias %outputs, i64 %times, i64 %stride) {{
entry:
{loads}
  br label %loop
loop:
  %run = phi i64 [ 0, %entry ], [ %next, %finish ]
  %output = phi ptr [ %outputs, %entry ], [ %further, %finish ]
{phis}
{body}
  br i1 {bad}, label %stop, label %finish
finish:
{finish}
  %next = add i64 %run, 1
  %further = getelementptr double, ptr %output, i64 %stride
  %over = icmp eq i64 %next, %times
  br i1 %over, label %done, label %loop
done:
{done}
  ret i64 %times
stop:
{stop}
  ret i64 %run
}}
{_with_functions(listing, options, PACK, code)}
"""


def _long_repeat(listing: Listing, options: Options) -> str:
    """`repeat` in parts. The results of a run wait in an array until all are there and have been looked at."""
    results = (*listing.outputs, *listing.updates)
    outputs, updates = len(listing.outputs), len(listing.updates)
    first = len(sources(listing, "input"))

    def fetch(code: Code, position: int) -> str:
        return code.load("%numbers", position)

    def finish(code: Code, piece: Sequence[int]) -> None:
        computed = set(piece)
        for index, position in enumerate(results):
            if position in computed:
                code.store(code.value(position), "@results", index)

    parts = Parts(listing, options, 1, range(len(listing.instructions)), fetch, finish, "ptr noalias %numbers")
    code = Code(listing, options, 1, fetch, set())
    infinite = code.infinite([code.load("@results", index) for index in range(len(results))])
    return f"""
@results = internal global [{max(1, len(results))} x double] zeroinitializer, align 64
{parts.text()}
define i64 @repeat(ptr noalias %numbers, ptr noalias %outputs, i64 %times, i64 %stride) {{
entry:
  %leaves = getelementptr double, ptr %numbers, i64 {first}
  %following = getelementptr double, ptr @results, i64 {outputs}
  br label %loop
loop:
  %run = phi i64 [ 0, %entry ], [ %next, %finish ]
  %output = phi ptr [ %outputs, %entry ], [ %further, %finish ]
  %failed = call i1 @block(ptr %numbers)
{code.text()}
  %bad = or i1 %failed, {infinite}
  br i1 %bad, label %stop, label %finish
finish:
  call void @llvm.memcpy.p0.p0.i64(ptr %output, ptr @results, i64 {8 * outputs}, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr %leaves, ptr %following, i64 {8 * updates}, i1 false)
  %next = add i64 %run, 1
  %further = getelementptr double, ptr %output, i64 %stride
  %over = icmp eq i64 %next, %times
  br i1 %over, label %done, label %loop
done:
  ret i64 %times
stop:
  ret i64 %run
}}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
{_with_functions(listing, options, PACK, code, *parts.codes)}
"""


# --- sum --------------------------------------------------------------------------------------------------------------


def sum_module(listing: Listing, options: Options) -> str:
    """``i64 sum(rows, count, numbers, totals)``: 0, with the summed outputs in ``totals``; 1 if it may have failed.

    rows     the inputs of the rows, one row after the other
    numbers  room for the inputs, then the leaves
    totals   the sums

    What is the same for all rows is computed first and waits in an array, ``fixed``. Then ``block`` takes as many rows
    as there are lanes, and adds their outputs to ``sums``. The rows that remain are copied to the front of a block of
    their own, filled up with the first of them; of its sums, the lanes that have a row are added.
    """
    lanes, width = options.lanes, len(sources(listing, "input"))
    fixed, moving = split_by_inputs(listing)
    moves = set(moving)
    waiting = [p for p in _needed(listing, moving) if p not in moves]
    places = {position: index for index, position in enumerate(waiting)}
    vector = f"<{lanes} x double>"

    before = Code(listing, options, 1, lambda code, position: code.load("%numbers", position), fallible(listing))
    before.run(fixed)
    for position, index in places.items():
        before.store(_as_number(before, position), "%fixed", index)
    before_failed = before.failed()

    def fetch(code: Code, position: int) -> str:
        if position in places:
            return _as_truth(code, position, code.spread(code.load("%fixed", places[position])))
        return code.gather([code.load("%row", lane * width + position) for lane in range(lanes)])

    def finish(code: Code, piece: Sequence[int]) -> None:
        computed = set(piece)
        for index, output in enumerate(listing.outputs):
            if output in computed:
                held = code.load("%sums", index, vector)
                code.store(code.add(held, code.value(output)), "%sums", index, vector)

    arguments = "ptr noalias readonly %row, ptr noalias readonly %fixed, ptr noalias %sums"
    parts = Parts(listing, options, lanes, moving, fetch, finish, arguments)

    end = Code(listing, options, 1, lambda code, position: code.load("@fixed", places[position]), set())
    totals: list[str] = []
    for index, output in enumerate(listing.outputs):
        if output in moves:
            whole = [end.load("@sums", index * lanes + lane) for lane in range(lanes)]
            last = [
                end.emit(f"select i1 %there{lane}, double {end.load('@last', index * lanes + lane)}, double 0.0")
                for lane in range(lanes - 1)
            ]
            total = end.total(whole + last)
        else:
            total = end.mul(end.value(output), "%many")
        end.store(total, "%totals", index)
        totals.append(total)
    infinite = end.infinite(totals)

    outputs = max(1, len(listing.outputs))
    pieces = "\n".join(
        f"  %there{lane} = icmp ugt i64 %remaining, {lane}\n"
        f"  %index{lane} = select i1 %there{lane}, i64 {lane * width}, i64 0\n"
        f"  %from{lane} = getelementptr double, ptr %rest, i64 %index{lane}\n"
        f"  %to{lane} = getelementptr double, ptr @front, i64 {lane * width}"
        for lane in range(lanes)
    )
    copies = "\n".join(
        f"  call void @llvm.memcpy.p0.p0.i64(ptr %to{lane}, ptr %from{lane}, i64 {8 * width}, i1 false)"
        for lane in range(lanes)
    )
    return f"""
define internal i1 @before(ptr noalias readonly %numbers, ptr noalias %fixed) {{
{before.text()}
  ret i1 {before_failed}
}}
{parts.text()}
@fixed = internal global [{max(1, len(waiting))} x double] zeroinitializer, align 64
@sums = internal global [{outputs} x {vector}] zeroinitializer, align 64
@last = internal global [{outputs} x {vector}] zeroinitializer, align 64
@front = internal global [{lanes * width} x double] zeroinitializer, align 64
define i64 @sum(ptr noalias readonly %rows, i64 %count, ptr noalias readonly %numbers, ptr noalias %totals) {{
entry:
  call void @llvm.memset.p0.i64(ptr @sums, i8 0, i64 {outputs * lanes * 8}, i1 false)
  call void @llvm.memset.p0.i64(ptr @last, i8 0, i64 {outputs * lanes * 8}, i1 false)
  %many = uitofp i64 %count to double
  %failed0 = call i1 @before(ptr %numbers, ptr @fixed)
  %blocks = udiv i64 %count, {lanes}
  %remaining = urem i64 %count, {lanes}
  %some = icmp ne i64 %blocks, 0
  br i1 %some, label %loop, label %tail
loop:
  %number = phi i64 [ 0, %entry ], [ %next, %loop ]
  %row = phi ptr [ %rows, %entry ], [ %further, %loop ]
  %failed1 = phi i1 [ %failed0, %entry ], [ %failed2, %loop ]
  %failure = call i1 @block(ptr %row, ptr @fixed, ptr @sums)
  %failed2 = or i1 %failed1, %failure
  %further = getelementptr double, ptr %row, i64 {lanes * width}
  %next = add i64 %number, 1
  %over = icmp eq i64 %next, %blocks
  br i1 %over, label %tail, label %loop
tail:
  %rest = phi ptr [ %rows, %entry ], [ %further, %loop ]
  %failed3 = phi i1 [ %failed0, %entry ], [ %failed2, %loop ]
{pieces}
  br i1 %there0, label %partial, label %end
partial:
{copies}
  %failed4 = call i1 @block(ptr @front, ptr @fixed, ptr @last)
  %failed5 = or i1 %failed3, %failed4
  br label %end
end:
  %failed6 = phi i1 [ %failed3, %tail ], [ %failed5, %partial ]
{end.text()}
  %failed7 = or i1 %failed6, {infinite}
  %result = zext i1 %failed7 to i64
  ret i64 %result
}}
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
{_with_functions(listing, options, lanes, before, end, *parts.codes)}
"""


class Parts:
    """Instructions as functions of limited length, ``part0``, ``part1``, …, and ``block``, which calls them all.

    Compiling takes more than twice as long for a function of twice the length, and what one function has loaded the
    next cannot keep waiting in a register that it needs. Numbers that a later part needs are left in ``@frame``.

    fetch      how a part comes by what none of them computes
    finish     what it does in the end with what it has computed
    parameters  those of all these functions
    """

    def __init__(
        self,
        listing: Listing,
        options: Options,
        lanes: int,
        positions: Sequence[int],
        fetch: Callable[[Code, int], str],
        finish: Callable[[Code, Sequence[int]], None],
        parameters: str,
    ) -> None:
        self.parameters = parameters
        self.type = f"<{lanes} x double>" if lanes > 1 else "double"
        failing = fallible(listing)
        pieces = _pieces(listing, positions)
        piece_of = {
            position: number
            for number, piece in enumerate(pieces)
            for position in piece
            if listing.instructions[position].operation not in SOURCES
        }
        crossing = {
            operand
            for position in piece_of
            for operand in (*listing.instructions[position].operands, listing.instructions[position].guard)
            if piece_of.get(operand, piece_of[position]) != piece_of[position]
        }
        self.places = {position: index for index, position in enumerate(sorted(crossing))}

        def fetch_any(code: Code, position: int) -> str:
            if position not in piece_of:
                return fetch(code, position)
            return _as_truth(code, position, code.load("@frame", self.places[position], code.type))

        self.codes = []
        for piece in pieces:
            code = Code(listing, options, lanes, fetch_any, failing)
            code.run(piece)
            for position in piece:
                if position in self.places:
                    code.store(_as_number(code, position), "@frame", self.places[position], code.type)
            finish(code, piece)
            code.failures = [code.failed()]
            self.codes.append(code)

    def text(self) -> str:
        """The functions."""
        parts = [
            f"define internal i1 @part{number}({self.parameters}) noinline {{\n"
            f"{code.text()}\n  ret i1 {code.failures[0]}\n}}"
            for number, code in enumerate(self.codes)
        ]
        arguments = re.sub(r"noalias |readonly ", "", self.parameters)
        frame = f"@frame = internal global [{max(1, len(self.places))} x {self.type}] zeroinitializer, align 64"
        block = Lines(1)
        failed = "false"
        for number in range(len(self.codes)):
            failed = block.emit(f"or i1 {failed}, {block.emit(f'call i1 @part{number}({arguments})')}")
        return "\n".join(
            [frame, *parts, f"define internal i1 @block({self.parameters}) {{\n{block.text()}\n  ret i1 {failed}\n}}"]
        )


def _pieces(listing: Listing, positions: Sequence[int]) -> list[Sequence[int]]:
    """The positions in pieces of `LONGEST_PART` at most; the backward part begins a new one."""
    forward = [p for p in positions if listing.instructions[p].node < listing.backward]
    backward = positions[len(forward) :]
    return [
        half[start : start + LONGEST_PART]
        for half in (forward, backward)
        for start in range(0, len(half), LONGEST_PART)
    ]


def _needed(listing: Listing, moving: list[int]) -> list[int]:
    """The positions that ``moving`` instructions and the outputs need, constants apart, in order."""
    needed = set(listing.outputs)
    for position in moving:
        instruction = listing.instructions[position]
        needed.update(operand for operand in (*instruction.operands, instruction.guard) if operand >= 0)
    return sorted(p for p in needed if listing.instructions[p].operation != "constant")


def _as_number(code: Code, position: int) -> str:
    """A result as a double: a truth as 1.0 or 0.0."""
    if code.listing.instructions[position].operation not in CONDITIONS:
        return code.value(position)
    return code.select(code.value(position), code.constant(1.0), code.constant(0.0))


def _as_truth(code: Code, position: int, number: str) -> str:
    """The opposite of `_as_number`."""
    if code.listing.instructions[position].operation not in CONDITIONS:
        return number
    return code.emit(f"fcmp une {code.type} {number}, {code.constant(0.0)}")


def _with_functions(listing: Listing, options: Options, lanes: int, *codes: Lines) -> str:
    """The functions of `engine.native_math` that a listing calls, and declarations of all that is called."""
    operations = {instruction.operation for instruction in listing.instructions}
    called = set().union(*(code.called for code in codes))
    widths = {lanes, *([PACK] if any(f".v{PACK}(" in line for code in codes for line in code.lines) else [])}
    texts = [
        functions([n for n in options.vectors if n in operations], w, options.fast, called) for w in sorted(widths)
    ]
    return "\n".join([*sorted(called), *texts])


DRIVE = """
define i64 @drive(
  ptr %sum, ptr %repeat, ptr %rows, i64 %count, ptr %theirs, ptr %ours, ptr %outputs, i64 %times, i64 %stride,
  ptr %from, ptr %to, i64 %shared
) {
entry:
  br label %loop
loop:
  %run = phi i64 [ 0, %entry ], [ %next, %after ]
  %output = phi ptr [ %outputs, %entry ], [ %further, %after ]
  %failed = call i64 %sum(ptr %rows, i64 %count, ptr %theirs, ptr %ours)
  %summed = icmp eq i64 %failed, 0
  br i1 %summed, label %update, label %stop
update:
  %done = call i64 %repeat(ptr %ours, ptr %output, i64 1, i64 0)
  %updated = icmp eq i64 %done, 1
  br i1 %updated, label %copy, label %stop
copy:
  %i = phi i64 [ 0, %update ], [ %i1, %one ]
  %all = icmp uge i64 %i, %shared
  br i1 %all, label %after, label %one
one:
  %from.i = getelementptr i64, ptr %from, i64 %i
  %to.i = getelementptr i64, ptr %to, i64 %i
  %f = load i64, ptr %from.i
  %t = load i64, ptr %to.i
  %source = getelementptr double, ptr %ours, i64 %f
  %target = getelementptr double, ptr %theirs, i64 %t
  %number = load double, ptr %source
  store double %number, ptr %target
  %i1 = add i64 %i, 1
  br label %copy
after:
  %next = add i64 %run, 1
  %further = getelementptr double, ptr %output, i64 %stride
  %over = icmp uge i64 %next, %times
  br i1 %over, label %end, label %loop
end:
  ret i64 %times
stop:
  ret i64 %run
}
"""
"""Runs whose inputs are sums: ``sum`` of one program, into the inputs of ``repeat`` of another, again and again.

theirs, ours  the numbers of the two programs; the one at ``from[i]`` of ours is copied to ``to[i]`` of theirs
"""
