"""Instructions as Python: one line each, under the names that the Values were given.

Three functions come of one listing: `run` for a call, `repeat` for many runs in a row, `sum_rows` for one run a row.
They differ in what stands around the lines; and in the loops, what is used once is written where it is used, which
spares a fifth of the time. A program of very many lines is cut into functions that hand their numbers on in a list.
"""

from __future__ import annotations

import builtins
import keyword
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from typing import Any

from engine.formulas import MATH
from engine.programs import analysis as layout
from engine.programs.lowering import SOURCES, Instruction, Listing

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


NAMESPACE: dict[str, Any] = {
    **MATH,
    "pow": math.pow,
    "inf": math.inf,
    "nan": math.nan,
    "NotFiniteError": NotFiniteError,
}
_TAKEN = {*NAMESPACE, *dir(builtins), *keyword.kwlist, "run", "rows", "row", "times", "memory", "keep", "check"}

LONGEST = 4_000
"""The number of lines from which a program is cut into parts."""


class PythonSource:
    """The text of a program: its lines, and the functions around them."""

    def __init__(self, listing: Listing, packed: bool = False) -> None:
        self.listing = listing
        self.packed = packed
        self.names = _choose_names(listing.instructions)
        self.in_place = layout.packed(listing) if packed else layout.written_in_place(listing)
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
        stays = [False] * len(updates) if careful else layout.lasting(self.listing)
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
        fixed, moving = layout.split_by_inputs(self.listing)
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
