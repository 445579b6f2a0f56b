"""A program in Python: one instruction a line, under the names that the Values were given.

Each listing gives three functions: `run` for a call, `repeat` for many runs in a row, `sum_rows` for one run a row.
"""

from __future__ import annotations

import builtins
import keyword
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from engine.programs.kinds import GIVEN, KINDS, ROWS
from engine.programs.listing import Instruction, Listing

NAMESPACE: dict[str, Any] = {row.name: row.function for row in ROWS if row.is_call} | {"inf": math.inf, "nan": math.nan}
TAKEN = {*NAMESPACE, *dir(builtins), *keyword.kwlist, "run", "rows", "row", "times", "keep", "check"}

Told = tuple[str, tuple[int, ...]]
"""A line, and the positions of the instructions that it names or computes, but for those that are written in it."""


class PythonSource:
    """The text of a program: its lines, and the functions around them.

    packed  write what is used once where it is used: a fifth quicker to run, but not to read
    names   how instructions are called; after their labels unless given
    """

    comment = "#"

    def __init__(self, listing: Listing, packed: bool = False, names: Sequence[str] = ()) -> None:
        self.listing = listing
        self.packed = packed
        self.every = range(len(listing.instructions))
        self.names = names or choose_names(listing.instructions)
        self.in_place = listing.in_place(packed)
        self.inputs = [self.names[position] for position in listing.inputs]
        self.leaves = [self.names[position] for position in listing.leaves]
        self.outputs = [self.operand(position) for position in listing.outputs]
        self.updates = [self.operand(position) for position in listing.updates]

    def line(self, position: int) -> str:
        """The line of an instruction."""
        return f"{self.names[position]} = {self.expression(position)}"

    def operand(self, position: int) -> str:
        """How an instruction is written where it is used."""
        instruction = self.listing.instructions[position]
        if instruction.kind == "constant":
            return repr(instruction.number)
        if instruction.kind in GIVEN or not self.in_place[position]:
            return self.names[position]
        text = self.expression(position)
        clear = instruction.guard < 0 and (instruction.kind == "neg" or text.startswith(f"{instruction.kind}("))
        return text if clear else f"({text})"

    def expression(self, position: int) -> str:
        """What stands to the right of an instruction's name."""
        instruction = self.listing.instructions[position]
        if instruction.kind in GIVEN:
            return self.operand(position)
        kind, operands = KINDS[instruction.kind], [self.operand(operand) for operand in instruction.operands]
        if kind.name == "choose":
            operands[0] = _bare(operands[0])
        text = kind.quick if kind.quick and self.packed and operands[0].isidentifier() else kind.python
        guarded = "" if instruction.guard < 0 else f" if {_bare(self.operand(instruction.guard))} else 0.0"
        return text.format(*operands) + guarded

    def lines(self, indent: str, positions: Iterable[int]) -> Iterator[Told]:
        """The lines of the instructions that have one; a comment says where the backward part begins."""
        forward = True
        for position in positions:
            if self.in_place[position]:
                continue
            if forward and self.listing.instructions[position].node >= self.listing.backward:
                forward = False
                yield f"{indent}{self.comment} backward", ()
            yield f"{indent}{self.line(position)}", (position,)

    def written_in(self, positions: Iterable[int]) -> list[int]:
        """The instructions at these positions, and those that are written in their line, constants too."""
        found: set[int] = set()
        waiting = list(positions)
        while waiting:
            position = waiting.pop()
            found.add(position)
            instructions = self.listing.instructions
            needs = [p for p in instructions[position].needs if self.in_place[p]]
            waiting += [p for p in needs if instructions[p].kind not in ("input", "leaf")]
        return sorted(found)

    def body(self, indent: str, positions: Iterable[int]) -> str:
        """The text of these lines."""
        return "".join([f"{line}\n" for line, _ in self.lines(indent, positions)])

    def function(self) -> Iterator[Told]:
        """The lines of `run`."""
        listing = self.listing
        yield f"def run({', '.join([*self.inputs, *self.leaves])}):", (*listing.inputs, *listing.leaves)
        yield from self.lines("    ", self.every)
        results = (*listing.outputs, *listing.updates)
        yield f"    return {tuple_of(self.outputs)}, {tuple_of(self.updates)}", results

    def run(self) -> str:
        """``run(inputs…, leaves…)``: (outputs, updates) of one run."""
        return "".join([f"{line}\n" for line, _ in self.function()])

    def repeat(self, careful: bool) -> str:
        """``repeat(times, keep, inputs…, leaves…)``: (runs done, outputs of the last, updated leaves after it).

        If a run fails, a ``careful`` text stops before it. Another looks in each run only at what a later one need not
        show, and at the rest in the end; if anything failed, it says that no run was done.
        """
        updated = self.leaves[: len(self.updates)]
        stays = [False] * len(updated) if careful else self.listing.lasting
        looked_at = [update for update, lasts in zip(self.updates, stays, strict=True) if not lasts]
        # An updated leaf that is an output: what it was when the run began, not what is stored now.
        before = {name: f"{name}_" for name in {*self.outputs}.intersection(updated)}
        targets, sources = [*before.values(), *updated], [*before, *self.updates]
        store = f"            {', '.join(targets)} = {', '.join(sources)}\n" if updated else ""
        outputs = [before.get(name, name) for name in self.outputs]
        keep = f"            keep({tuple_of(self.outputs)})\n"
        # Infinity and NaN survive a sum: one test is enough. A sum of large numbers may overflow as well; `replay` then
        # finds that nothing is wrong.
        look = "{0}check = {1}\n{0}if check - check != 0.0:\n{0}    raise ArithmeticError\n"
        return (
            f"def repeat({', '.join(['times', 'keep', *self.inputs, *self.leaves])}):\n"
            "    try:\n"
            "        for run in range(times):\n"
            f"{self.body('            ', self.every)}"
            f"{look.format(' ' * 12, _sum([*self.outputs, *looked_at]))}"
            f"{keep if careful else ''}"
            f"{store}"
            f"{'' if careful else look.format(' ' * 8, _sum(updated))}"
            f"        return times, {tuple_of(outputs)}, {tuple_of(updated)}\n"
            "    except (ArithmeticError, ValueError):\n"
            f"        return {'run' if careful else '0'}, (), {tuple_of(updated)}\n"
        )

    def sum_rows(self) -> str:
        """``sum_rows(rows, leaves…)``: (rows done, their outputs summed).

        What does not depend on the inputs is computed before the first row.
        """
        fixed, moving = self.listing.by_inputs
        names = [f"total{index}_" for index in range(len(self.outputs))]
        row = f"({', '.join(self.inputs)},)" if self.inputs else "_"
        add = "".join(f"            {name} += {output}\n" for name, output in zip(names, self.outputs, strict=True))
        start = "".join(f"    {name} = 0.0\n" for name in names)
        return (
            f"def sum_rows({', '.join(['rows', *self.leaves])}):\n"
            f"{start}"
            "    row = 0\n"
            "    try:\n"
            f"{self.body('        ', fixed)}"
            f"        for row, {row} in enumerate(rows):\n"
            f"{self.body('            ', moving)}{add or '            pass' + chr(10)}"
            f"        return len(rows), {tuple_of(names)}\n"
            "    except (ArithmeticError, ValueError):\n"
            f"        return row, {tuple_of(names)}\n"
        )


def choose_names(instructions: tuple[Instruction, ...], taken: Iterable[str] = TAKEN) -> list[str]:
    """A name for each instruction: from its label, or ``t`` and its position. No name means two things.

    None ends with an underscore: such names are left to what stands around the lines.
    """
    taken = set(taken)
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(2))
    names = []
    for position, instruction in enumerate(instructions):
        wanted = instruction.label and identifier(instruction.label)
        wanted = wanted or f"{'x' if instruction.kind == 'input' else 't'}{position}"
        name = wanted
        while name in taken:
            name = f"{wanted}_{next(numbers[wanted])}"
        taken.add(name)
        names.append(name)
    return names


def identifier(label: str) -> str:
    """A label as a Python name: ``layer0.neuron1.w[2]`` is ``layer0_neuron1_w2``."""
    text = re.sub(r"\[(\d+)\]", r"\1", label)
    text = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")
    return f"_{text}" if text[:1].isdigit() else text


def tuple_of(names: list[str]) -> str:
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
