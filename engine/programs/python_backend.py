"""A program's Python: compiled when it is first needed, and called."""

from __future__ import annotations

import functools
import linecache
import math
import operator
import weakref
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any

from engine.formulas import FAILURES
from engine.programs.lowering import Keep, Listing, Numbers
from engine.programs.python import LONGEST, NAMESPACE, PythonSource

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
        return self._repeat_carefully(times, keep or ignore, *numbers)

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
