"""Where a program's arrays lie in memory."""

from __future__ import annotations

from engine.machine.memory import Place
from engine.machine.text import literal
from engine.programs.affine import NUMBERS, Access
from engine.programs.nests import Nests

ALIGNED = 8
"""Arrays begin at a multiple of so many numbers, a whole vector."""


class Frame:
    """The memory of a program: ``@frame`` for the results of groups, ``@constants``, and ``@table0``, …."""

    def __init__(self, nests: Nests) -> None:
        self.nests = nests
        self.size = 0
        self.tables: dict[tuple[int, ...], int] = {}
        self.constants: list[float] = []
        self.starts: list[int] = []
        for table in nests.rolled.constants:
            self.starts.append(len(self.constants))
            self.constants += table
        self.groups: dict[int, Place] = {}

    def room(self, size: int) -> int:
        """Where an array of this size begins."""
        start = self.size
        self.size += -(-size // ALIGNED) * ALIGNED
        return start

    def place(self, access: Access) -> Place:
        """Where the array of an access lies."""
        if access.array >= 0:
            return self.groups[access.array]
        if access.array == NUMBERS:
            return Place("%numbers")
        return Place("@constants", self.starts[NUMBERS - 1 - access.array])

    def text(self) -> str:
        """The arrays as lines of a module."""
        numbers = ", ".join(f"double {literal(number)}" for number in self.constants or [0.0])
        texts = [
            f"@frame = internal global [{self.size + ALIGNED} x double] zeroinitializer, align 64\n",
            f"@constants = private constant [{max(1, len(self.constants))} x double] [{numbers}], align 64\n",
        ]
        for table, number in self.tables.items():
            elements = ", ".join(f"i64 {element}" for element in table)
            texts.append(f"@table{number} = private constant [{len(table)} x i64] [{elements}], align 64\n")
        return "".join(texts)
