"""A program's Python at work: compiled when it is first needed, and called."""

from __future__ import annotations

import linecache
import math
import weakref
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import count
from typing import Any

from engine.formulas import FAILURES
from engine.leaves import read_data, store_data
from engine.programs.arguments import read_numbers, rows_of
from engine.programs.listing import Listing
from engine.programs.python import LONGEST, NAMESPACE, PythonSource
from engine.programs.tape import Keep, Numbers
from engine.value import Value

_numbers = count(1)


def compiled(text: str, name: str) -> Callable[..., Any]:
    """The function that ``text`` defines. Its lines are there for tracebacks and debuggers."""
    file = f"<program {next(_numbers)}: {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    made: dict[str, Any] = {}
    exec(compile(text, file, "exec"), NAMESPACE, made)
    function: Callable[..., Any] = made[name]
    weakref.finalize(function, linecache.cache.pop, file, None)
    return function


def ignore(_outputs: Numbers) -> None:
    """Keep nothing."""


class PythonBackend:
    """A listing as Python functions, each compiled when it is first needed.

    No backend raises where a run fails: it says how many runs or rows are done (see `engine.programs.runs`).
    """

    def __init__(self, listing: Listing, leaves: Sequence[Value]) -> None:
        self.listing = listing
        self.leaves = leaves
        self.is_long = len(listing.instructions) > LONGEST

    @cached_property
    def source(self) -> str:
        """The text of a run."""
        readable = PythonSource(self.listing)
        return "\n".join(readable.pieces()) if self.is_long else readable.run()

    @cached_property
    def run(self) -> Callable[..., tuple[Numbers, Numbers]]:
        """``run(inputs…, leaves…)``: (outputs, updates)."""
        return self._run_pieces if self.is_long else compiled(self.source, "run")

    @cached_property
    def _pieces(self) -> list[Callable[[list[float]], None]]:
        return [compiled(text, "piece") for text in PythonSource(self.listing).pieces()]

    @cached_property
    def _packed(self) -> PythonSource:
        return PythonSource(self.listing, packed=True)

    @cached_property
    def _repeat_quickly(self) -> Callable[..., tuple[int, Numbers, Numbers]]:
        return compiled(self._packed.repeat(careful=False), "repeat")

    @cached_property
    def _repeat_carefully(self) -> Callable[..., tuple[int, Numbers, Numbers]]:
        return compiled(self._packed.repeat(careful=True), "repeat")

    @cached_property
    def _sum_rows(self) -> Callable[..., tuple[int, Numbers]]:
        return compiled(self._packed.sum_rows(), "sum_rows")

    def prepare(self, name: str) -> None:
        """Compile the function of this name, or the pieces of a long program."""
        getattr(self, "_pieces" if self.is_long else name)

    def one(self, numbers: Sequence[float]) -> tuple[Numbers, Numbers] | None:
        """(outputs, updates) of one run, from the numbers of inputs and leaves; None if it failed."""
        try:
            outputs, updates = self.run(*numbers)
        except FAILURES:
            return None
        finite = all(map(math.isfinite, outputs)) and all(map(math.isfinite, updates))
        return (outputs, updates) if finite else None

    def call(self, given: Sequence[float]) -> Numbers | None:
        """One run on the leaves, which get their next numbers: the outputs; None if it failed."""
        made = self.one([*read_numbers(given), *read_data(self.leaves)])
        if made is None:
            return None
        store_data(self.leaves[: len(made[1])], made[1])
        return made[0]

    def repeat(self, times: int, keep: Keep, *numbers: float) -> tuple[int, Numbers, Numbers]:
        """Up to ``times`` runs: (runs done, outputs of the last, updated leaves after it).

        If one fails and nobody keeps the outputs, none is done; nor is any of a long program, which is run one by one.
        """
        self.prepare("_repeat_carefully" if keep else "_repeat_quickly")
        if self.is_long or not times:
            return 0, (), ()
        if keep:
            return self._repeat_carefully(times, keep, *numbers)
        result = self._repeat_quickly(times, None, *numbers)
        return result if result[0] == times else (0, (), ())

    def sum(self, rows: memoryview, _out: memoryview | None) -> tuple[int, Numbers]:
        """(rows done, their outputs summed), with the numbers that the leaves have now."""
        return self.add_up(rows_of(rows, len(self.listing.inputs)), read_data(self.leaves))

    def add_up(self, rows: Sequence[Sequence[float]], leaves: Sequence[float]) -> tuple[int, Numbers]:
        """The same for given leaves. No row is done where a sum is not finite, nor in a long program."""
        if rows and not self.is_long:
            done, totals = self._sum_rows(rows, *leaves)
            if all(map(math.isfinite, totals)):
                return done, totals
        return 0, (0.0,) * len(self.listing.outputs)

    def _run_pieces(self, *numbers: float) -> tuple[Numbers, Numbers]:
        """`run` in pieces."""
        memory = [*numbers, *(i.number for i in self.listing.instructions[len(numbers) :])]
        for piece in self._pieces:
            piece(memory)
        outputs, updates = self.listing.outputs, self.listing.updates
        return tuple([memory[p] for p in outputs]), tuple([memory[p] for p in updates])
