"""Instructions as Python: one line each, under the names that the Values were given.

Three functions come of one listing: `run` for a call, `repeat` for many runs in a row, `sum_rows` for one run a row.
They differ in what stands around the lines; and in the loops, what is used once is written where it is used, which
spares a fifth of the time. A program of very many lines is cut into functions that hand their numbers on in a list.
"""

from __future__ import annotations

import builtins
import functools
import keyword
import linecache
import math
import operator
import re
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from engine.formulas import FAILURES, MATH
from engine.instructions import CONDITIONS, SOURCES, Instruction, Listing
from engine.ranges import fallible

_INFIX = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "==",
    "ne": "!=",
    "and": "and",
    "or": "or",
}


class NotFiniteError(ArithmeticError):
    """What generated code raises where an output or an update may be infinite or NaN."""


_NAMESPACE: dict[str, Any] = {
    **MATH,
    "pow": math.pow,
    "inf": math.inf,
    "nan": math.nan,
    "NotFiniteError": NotFiniteError,
}
_TAKEN = {*_NAMESPACE, *dir(builtins), *keyword.kwlist, "run", "rows", "row", "times", "memory", "keep", "check"}

DEEPEST = 20
"""How many expressions may stand in one another."""

LONGEST = 4_000
"""The number of lines from which a program is cut into parts."""


Numbers = tuple[float, ...]
Keep = Callable[[Numbers], None] | None
"""What is handed the outputs of every run, if anything."""


class PythonSource:
    """The text of a program: its lines, and the functions around them."""

    def __init__(self, listing: Listing, packed: bool = False) -> None:
        self.listing = listing
        self.packed = packed
        self.names = _choose_names(listing.instructions)
        self.in_place = _packed(listing) if packed else _written_in_place(listing)
        self.inputs = [n for i, n in zip(listing.instructions, self.names, strict=True) if i.operation == "input"]
        self.leaves = [n for i, n in zip(listing.instructions, self.names, strict=True) if i.operation == "leaf"]

    # --- Lines --------------------------------------------------------------------------------------------------------

    def line(self, position: int) -> str:
        """The line of the instruction at ``position``."""
        return f"{self.names[position]} = {self.expression(position)}"

    def lines(self, positions: Iterator[int] | range | list[int]) -> Iterator[tuple[int, str]]:
        """(position, line) of every instruction that has a line of its own."""
        for position in positions:
            if not self.in_place[position]:
                yield position, self.line(position)

    def operand(self, position: int) -> str:
        """How an instruction is written where it is used."""
        instruction = self.listing.instructions[position]
        if instruction.operation == "constant":
            return repr(instruction.number)
        if instruction.operation in SOURCES or not self.in_place[position]:
            return self.names[position]
        text = self.expression(position)
        bare = instruction.guard < 0 and (instruction.operation == "neg" or instruction.operation in MATH)
        return text if bare else f"({text})"

    def expression(self, position: int) -> str:
        """What stands to the right of an instruction's name."""
        instruction = self.listing.instructions[position]
        operation, operands = instruction.operation, [self.operand(operand) for operand in instruction.operands]
        match operation:
            case "constant" | "input" | "leaf":
                text = self.operand(position)
            case "neg":
                text = f"-{operands[0]}"
            case "not":
                text = f"not {operands[0]}"
            case "choose":
                text = f"{operands[1]} if {_bare(operands[0])} else {operands[2]}"
            case "abs" if self.packed and operands[0].isidentifier():
                text = f"{operands[0]} if {operands[0]} > 0.0 else 0.0 - {operands[0]}"  # Quicker than to call abs.
            case _ if operation in _INFIX:
                text = f"{operands[0]} {_INFIX[operation]} {operands[1]}"
            case _:
                text = f"{operation}({', '.join(operands)})"
        if instruction.guard >= 0 and operation not in SOURCES:
            return f"{text} if {_bare(self.operand(instruction.guard))} else 0.0"
        return text

    def body(self, indent: str, positions: Iterator[int] | range | list[int] | None = None) -> str:
        """The lines of all instructions or of those at ``positions``; a comment says where the backward part begins."""
        text = []
        forward = True
        chosen = range(len(self.listing.instructions)) if positions is None else positions
        for position, line in self.lines(chosen):
            if forward and self.listing.instructions[position].node >= self.listing.backward:
                forward = False
                text.append(f"{indent}# backward\n")
            text.append(f"{indent}{line}\n")
        return "".join(text)

    # --- Functions ----------------------------------------------------------------------------------------------------

    def run(self) -> str:
        """``run(inputs…, leaves…)``: (outputs, updates) of one run."""
        outputs, updates = self.results()
        names = ", ".join([*self.inputs, *self.leaves])
        return f"def run({names}):\n{self.body('    ')}    return {_tuple(outputs)}, {_tuple(updates)}\n"

    def repeat(self, careful: bool = True) -> str:
        """``repeat(times, keep, inputs…, leaves…)``: (runs done, outputs of the last, updated leaves after it).

        If a run fails, the runs done are fewer than ``times``, and the leaves are as before that run. Not ``careful``,
        the text looks in each run only at what a later one need not show, and at the rest in the end; the runs done
        are then 0 if anything failed.
        """
        outputs, updates = self.results()
        updated = self.leaves[: len(updates)]
        stays = [False] * len(updates) if careful else lasting(self.listing)
        looked_at = [update for update, lasts in zip(updates, stays, strict=True) if not lasts]
        # Infinity and NaN survive a sum: one test is enough. That a sum of large numbers fails it too, `replay` sees.
        check = _sum([*outputs, *looked_at])
        store = f"            {', '.join(updated)} = {', '.join(updates)}\n" if updated else ""
        kept = f"            keep({_tuple(outputs)})\n" if careful else ""
        before = _free_names("before", len(outputs), set(self.names))
        for index, name in enumerate(outputs):
            if name in updated:  # What it was when the run began, not what is stored now.
                store = f"            {before[index]} = {name}\n{store}"
                outputs[index] = before[index]
        end = ""
        if not careful:
            end = f"        check = {_sum(updated)}\n        if check - check != 0.0:\n            return 0, (), ()\n"
        return (
            f"def repeat({', '.join(['times', 'keep', *self.inputs, *self.leaves])}):\n"
            "    run = -1\n"
            "    try:\n"
            "        for run in range(times):\n"
            f"{self.body('            ')}"
            f"            check = {check}\n"
            "            if check - check != 0.0:\n"
            "                raise NotFiniteError\n"
            f"{kept}"
            f"{store}"
            f"{end}"
            f"        return times, {_tuple(outputs)}, {_tuple(updated)}\n"
            "    except (ArithmeticError, ValueError):\n"
            f"        return {'run' if careful else '0'}, (), {_tuple(updated)}\n"
        )

    def sum_rows(self) -> str:
        """``sum_rows(rows, leaves…)``: (rows done, the outputs summed over the rows).

        What does not depend on the inputs is computed before the first row.
        """
        outputs, _ = self.results()
        fixed, moving = split_by_inputs(self.listing)
        names = _free_names("total", len(outputs), set(self.names))
        row = f"({', '.join(self.inputs)},)" if self.inputs else "_"
        add = "".join(f"            {name} += {output}\n" for name, output in zip(names, outputs, strict=True))
        start = "".join(f"    {name} = 0.0\n" for name in names)
        return (
            f"def sum_rows({', '.join(['rows', *self.leaves])}):\n"
            f"{start}"
            "    row = -1\n"
            "    try:\n"
            f"{self.body('        ', fixed)}"
            f"        for row, {row} in enumerate(rows):\n"
            f"{self.body('            ', moving)}{add or '            pass' + chr(10)}"
            f"        return row + 1, {_tuple(names)}\n"
            "    except (ArithmeticError, ValueError):\n"
            f"        return max(row, 0), ()\n"
        )

    def results(self) -> tuple[list[str], list[str]]:
        """How outputs and updates are written."""
        return [self.operand(p) for p in self.listing.outputs], [self.operand(p) for p in self.listing.updates]

    # --- Parts --------------------------------------------------------------------------------------------------------

    def parts(self) -> Iterator[str]:
        """The texts of functions ``part(memory)`` of `LONGEST` lines each, which read and leave numbers in a list.

        The list begins with the numbers of the inputs and the leaves; a result that a later part needs has the place of
        its instruction.
        """
        instructions = self.listing.instructions
        written = [position for position, _ in self.lines(range(len(instructions)))]
        pieces = [written[start : start + LONGEST] for start in range(0, len(written), LONGEST)]
        piece_of = {position: number for number, piece in enumerate(pieces) for position in piece}
        needs = [sorted({p for position in piece for p in self.names_in(position)}) for piece in pieces]
        leaving = {*self.listing.outputs, *self.listing.updates}
        for number, needed in enumerate(needs):
            leaving.update(position for position in needed if piece_of.get(position, -1) < number)
        for number, piece in enumerate(pieces):
            loads = [p for p in needs[number] if piece_of.get(p, -1) < number]
            text = "".join(f"    {self.names[p]} = memory[{p}]\n" for p in loads)
            text += self.body("    ", piece)
            text += "".join(f"    memory[{p}] = {self.names[p]}\n" for p in piece if p in leaving)
            yield f"def part(memory):\n{text}"

    def names_in(self, position: int) -> Iterator[int]:
        """The positions whose names stand in the line of an instruction."""
        instruction = self.listing.instructions[position]
        for operand in (*instruction.operands, *([instruction.guard] if instruction.guard >= 0 else [])):
            if self.listing.instructions[operand].operation == "constant":
                continue
            if self.listing.instructions[operand].operation in SOURCES or not self.in_place[operand]:
                yield operand
            else:
                yield from self.names_in(operand)


_numbers = count(1)


def compiled(text: str, name: str) -> Callable[..., Any]:
    """The function that ``text`` defines. Its lines are there for tracebacks and debuggers."""
    file = f"<program {next(_numbers)}: {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    made: dict[str, Any] = {}
    exec(compile(text, file, "exec"), _NAMESPACE, made)
    function: Callable[..., Any] = made[name]
    weakref.finalize(function, linecache.cache.pop, file, None)
    return function


def split_by_inputs(listing: Listing) -> tuple[list[int], list[int]]:
    """The positions of the instructions that are the same for every input, and of the others."""
    moving: set[int] = set()
    for position, instruction in enumerate(listing.instructions):
        needed = (*instruction.operands, instruction.guard)
        if instruction.operation == "input" or any(operand in moving for operand in needed):
            moving.add(position)
    every = range(len(listing.instructions))
    return [p for p in every if p not in moving], [p for p in every if p in moving]


def lasting(listing: Listing) -> list[bool]:
    """Whether each updated leaf, once infinite or NaN, stays so: its update adds to it, or multiplies it."""
    return [_carries(listing, update, leaf) for leaf, update in zip(_leaves(listing), listing.updates, strict=False)]


def _leaves(listing: Listing) -> list[int]:
    """The positions of the leaves, in order."""
    return [p for p, instruction in enumerate(listing.instructions) if instruction.operation == "leaf"]


def _carries(listing: Listing, position: int, leaf: int, depth: int = 6) -> bool:
    """Whether a result is not finite wherever a leaf is not; seen up to some depth only."""
    if position == leaf:
        return True
    instruction = listing.instructions[position]
    if depth == 0 or instruction.operation not in ("add", "sub", "mul", "neg", "abs"):
        return False
    return any(_carries(listing, operand, leaf, depth - 1) for operand in instruction.operands)


def _ignore(_outputs: Numbers) -> None:
    """Keep nothing."""


def _written_in_place(listing: Listing) -> list[bool]:
    """Which instructions have no line: sources, and signs and conditions that are used once."""
    uses = _uses(listing)
    depths: list[int] = []
    in_place: list[bool] = []
    for position, instruction in enumerate(listing.instructions):
        depth = 1 + max((depths[operand] for operand in instruction.operands if in_place[operand]), default=0)
        short = instruction.operation in CONDITIONS or instruction.operation == "neg"
        once = len(uses[position]) == 1
        in_place.append(instruction.operation in SOURCES or (short and once and depth < DEEPEST))
        depths.append(depth)
    return in_place


def _packed(listing: Listing) -> list[bool]:
    """Which instructions have no line where speed counts: all that are used once.

    Not where it would be skipped with the branch that it stands in, though it may raise; where it would be computed in
    each row, though it is the same for all; and not without end, for Python's parser has one.
    """
    uses = _uses(listing)
    failing = fallible(listing)
    moving = set(split_by_inputs(listing)[1])
    depths: list[int] = []
    may_fail: list[bool] = []  # with all that stands in its line
    in_place: list[bool] = []
    for position, instruction in enumerate(listing.instructions):
        needed = [operand for operand in (*instruction.operands, instruction.guard) if operand >= 0]
        depth = 1 + max((depths[operand] for operand in needed if in_place[operand]), default=0)
        once = len(uses[position]) == 1 and uses[position][0] >= 0
        user = listing.instructions[uses[position][0]] if once else instruction
        may_fail.append(position in failing or any(may_fail[p] for p in needed if in_place[p]))
        skipped = may_fail[position] and (user.operation in ("choose", "and", "or") or user.guard >= 0)
        crosses = once and position not in moving and uses[position][0] in moving
        in_place.append(instruction.operation in SOURCES or (once and depth < DEEPEST and not skipped and not crosses))
        depths.append(depth)
    return in_place


def _uses(listing: Listing) -> list[list[int]]:
    """The positions of the instructions that use each; -1, twice, for what leaves the program and so has a line."""
    uses: list[list[int]] = [[] for _ in listing.instructions]
    for position, instruction in enumerate(listing.instructions):
        for operand in (*instruction.operands, instruction.guard):
            if operand >= 0:
                uses[operand].append(position)
    for position in (*listing.outputs, *listing.updates):
        uses[position] += [-1, -1]
    return uses


def _choose_names(instructions: tuple[Instruction, ...]) -> list[str]:
    """A name for each instruction: from its label, or ``t`` and its position. No name means two things."""
    taken = set(_TAKEN)
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(2))
    names = []
    for position, instruction in enumerate(instructions):
        wanted = _identifier(instruction.label)
        if not wanted:
            wanted = f"{'x' if instruction.operation == 'input' else 't'}{position}"
        name = wanted
        while name in taken:
            name = f"{wanted}_{next(numbers[wanted])}"
        taken.add(name)
        names.append(name)
    return names


def _identifier(label: str) -> str:
    """A label as a Python name: ``layer0.neuron1.w[2]`` is ``layer0_neuron1_w2``."""
    text = re.sub(r"\[(\d+)\]", r"\1", label)
    text = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")
    return f"_{text}" if text[:1].isdigit() else text


def _free_names(stem: str, number: int, taken: set[str]) -> list[str]:
    """``number`` names that begin with ``stem`` and are not ``taken``."""
    candidates = (f"{stem}{i}" for i in count())
    free = (name for name in candidates if name not in taken)
    return [next(free) for _ in range(number)]


def _tuple(names: list[str]) -> str:
    """A tuple display."""
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"


def _sum(names: list[str]) -> str:
    """The sum of names, in pairs: one after the other, thousands would be too deep for Python's compiler."""
    while len(names) > 1:
        pairs = [names[start : start + 2] for start in range(0, len(names), 2)]
        names = [f"({pair[0]} + {pair[1]})" if len(pair) == 2 else pair[0] for pair in pairs]
    return names[0] if names else "0.0"


def _bare(text: str) -> str:
    """A condition without the parentheses around it."""
    return text[1:-1] if text.startswith("(") else text


class PythonBackend:
    """A listing as Python functions, each compiled when it is first needed.

    ``numbers`` are those of the inputs, then those of the leaves.
    """

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.is_long = len(listing.instructions) > LONGEST

    @functools.cached_property
    def source(self) -> str:
        """The text of `run`."""
        readable = PythonSource(self.listing)
        return "\n".join(readable.parts()) if self.is_long else readable.run()

    @functools.cached_property
    def run(self) -> Callable[..., tuple[Numbers, Numbers]]:
        """``run(*numbers)``: (outputs, updates)."""
        return self._run_parts if self.is_long else compiled(self.source, "run")

    def repeat(self, times: int, keep: Keep, *numbers: float) -> tuple[int, Numbers, Numbers]:
        """``repeat(times, keep, *numbers)``: (runs done, outputs of the last, updated leaves after it).

        If a run fails, the runs done are fewer than ``times``, and the leaves are as before that run.
        """
        if self.is_long:
            return self._repeat_parts(times, keep, *numbers)
        if keep is None:
            result = self._repeat_quickly(times, None, *numbers)
            if result[0] == times:
                return result
        return self._repeat_carefully(times, keep or _ignore, *numbers)

    @functools.cached_property
    def _repeat_quickly(self) -> Callable[..., tuple[int, Numbers, Numbers]]:
        return compiled(PythonSource(self.listing, packed=True).repeat(careful=False), "repeat")

    @functools.cached_property
    def _repeat_carefully(self) -> Callable[..., tuple[int, Numbers, Numbers]]:
        return compiled(PythonSource(self.listing, packed=True).repeat(), "repeat")

    @functools.cached_property
    def sum_rows(self) -> Callable[..., tuple[int, Numbers]]:
        """``sum_rows(rows, *leaves)``: (rows done, the sums of the outputs)."""
        if self.is_long:
            return self._sum_parts
        return compiled(PythonSource(self.listing, packed=True).sum_rows(), "sum_rows")

    @functools.cached_property
    def _parts(self) -> list[Callable[[list[float]], None]]:
        return [compiled(text, "part") for text in PythonSource(self.listing).parts()]

    def _run_parts(self, *numbers: float) -> tuple[Numbers, Numbers]:
        memory = [*numbers, *(i.number for i in self.listing.instructions[len(numbers) :])]
        for part in self._parts:
            part(memory)
        outputs, updates = self.listing.outputs, self.listing.updates
        return tuple(memory[p] for p in outputs), tuple(memory[p] for p in updates)

    def _repeat_parts(self, times: int, keep: Keep, *numbers: float) -> tuple[int, Numbers, Numbers]:
        inputs = numbers[: sum(i.operation == "input" for i in self.listing.instructions[: len(numbers)])]
        leaves = numbers[len(inputs) :]
        updated = leaves[: len(self.listing.updates)]
        outputs: Numbers = ()
        for run in range(times):
            try:
                outputs, following = self._run_parts(*inputs, *updated, *leaves[len(updated) :])
            except FAILURES:
                return run, (), updated
            if not all(map(math.isfinite, (*outputs, *following))):
                return run, (), updated
            if keep:
                keep(outputs)
            updated = following
        return times, outputs, updated

    def _sum_parts(self, rows: Iterable[Sequence[float]], *leaves: float) -> tuple[int, Numbers]:
        totals = [0.0] * len(self.listing.outputs)
        row = -1
        for row, numbers in enumerate(rows):
            try:
                outputs, _ = self._run_parts(*numbers, *leaves)
            except FAILURES:
                return row, ()
            totals = list(map(operator.add, totals, outputs))
        return row + 1, tuple(totals)
