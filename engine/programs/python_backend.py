"""A program's Python at work: compiled when it is first needed, and called."""

from __future__ import annotations

import linecache
import math
import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import count
from types import MappingProxyType
from typing import Any

from engine.formulas import FAILURES
from engine.leaves import read_data, store_data
from engine.programs.arguments import read_numbers, rows_of
from engine.programs.plan import Plan
from engine.programs.python import NAMESPACE, PythonSource
from engine.programs.python_loops import LoopSource
from engine.programs.tape import Keep, Numbers
from engine.value import Value

_numbers = count(1)


def compiled(text: str, name: str, tables: Mapping[str, Any] = MappingProxyType({})) -> Callable[..., Any]:
    """The function that ``text`` defines, with these tables. Its lines are there for tracebacks and debuggers."""
    file = f"<program {next(_numbers)}: {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    made: dict[str, Any] = {}
    exec(compile(text, file, "exec"), {**NAMESPACE, **tables}, made)
    function: Callable[..., Any] = made[name]
    weakref.finalize(function, linecache.cache.pop, file, None)
    return function


def ignore(_outputs: Numbers) -> None:
    """Keep nothing."""


class PythonBackend:
    """A program as Python functions, each compiled when it is first needed: straight text, or loops if that is long.

    No backend raises where a run fails: it says how many runs or rows are done (see `engine.programs.runs`).
    """

    def __init__(self, plan: Plan, leaves: Sequence[Value]) -> None:
        self.plan = plan
        self.leaves = leaves

    @cached_property
    def source(self) -> str:
        """The text of a run."""
        return self._loops.run() if self.plan.is_long else PythonSource(self.plan.listing).run()

    @cached_property
    def run(self) -> Callable[..., tuple[Numbers, Numbers]]:
        """``run(inputs…, leaves…)``: (outputs, updates)."""
        return self._compiled("run", self.source)

    @cached_property
    def _loops(self) -> LoopSource:
        return LoopSource(self.plan.nests)

    @cached_property
    def _packed(self) -> PythonSource:
        return PythonSource(self.plan.listing, packed=True)

    @cached_property
    def _repeat_quickly(self) -> Callable[..., tuple[int, Numbers, Numbers]]:
        return self._compiled("repeat", self._packed.repeat(careful=False))

    @cached_property
    def _repeat_carefully(self) -> Callable[..., tuple[int, Numbers, Numbers]]:
        if not self.plan.is_long:
            return self._compiled("repeat", self._packed.repeat(careful=True))
        self.prepare("run")
        return self._repeat_by_calls

    def _repeat_by_calls(self, times: int, keep: Keep, *numbers: float) -> tuple[int, Numbers, Numbers]:
        """The same for a long program, of which a call costs little beside the run."""
        first = len(self.plan.tape.input_labels)
        updated = slice(first, first + len(self.plan.tape.updates))
        held, outputs = list(numbers), ()  # type: list[float], Numbers
        for done in range(times):
            made = self.one(held)
            if made is None:
                return done, outputs, tuple(held[updated])
            outputs, held[updated] = made
            if keep:
                keep(outputs)
        return times, outputs, tuple(held[updated])

    @cached_property
    def _sum_rows(self) -> Callable[..., tuple[int, Numbers]]:
        return self._compiled("sum_rows", (self._loops if self.plan.is_long else self._packed).sum_rows())

    def _compiled(self, name: str, text: str) -> Callable[..., Any]:
        return compiled(text, name, self._loops.tables if self.plan.is_long else {})

    def prepare(self, name: str) -> None:
        """Compile the function of this name."""
        getattr(self, name)

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

        If one fails and nobody keeps the outputs, none is done, unless the program is long.
        """
        careful = keep or self.plan.is_long
        self.prepare("_repeat_carefully" if careful else "_repeat_quickly")
        if not times:
            return 0, (), ()
        if careful:
            return self._repeat_carefully(times, keep, *numbers)
        result = self._repeat_quickly(times, None, *numbers)
        return result if result[0] == times else (0, (), ())

    def sum(self, rows: memoryview, _out: memoryview | None) -> tuple[int, Numbers]:
        """(rows done, their outputs summed), with the numbers that the leaves have now."""
        return self.add_up(rows_of(rows, len(self.plan.tape.input_labels)), read_data(self.leaves))

    def add_up(self, rows: Sequence[Sequence[float]], leaves: Sequence[float]) -> tuple[int, Numbers]:
        """The same for given leaves. No row is done where a sum is not finite."""
        if rows:
            done, totals = self._sum_rows(rows, *leaves)
            if all(map(math.isfinite, totals)):
                return done, totals
        return 0, (0.0,) * len(self.plan.tape.outputs)
