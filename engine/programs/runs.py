"""Runs of a program: fast by its backend, and where that stops, one on the tape, which finds out why.

A backend says how many runs or rows it has done. If they are fewer than asked for, the next one failed, or may have:
`replay` raises the error, with the name of what failed, or gives what the run has.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from engine.leaves import read_data, store_data
from engine.programs.arguments import counted, read_numbers, read_rows, rows_of
from engine.programs.loops import Writer
from engine.programs.places import place_of
from engine.programs.plan import Plan
from engine.programs.python import PythonSource
from engine.programs.python_backend import PythonBackend, ignore
from engine.programs.tape import Keep, Numbers, replay
from engine.value import Value


class Runner:
    """Runs a program on its leaves: by a backend, or its tape."""

    def __init__(self, plan: Plan, leaves: tuple[Value, ...], backend: Any) -> None:
        self.plan = plan
        self.tape = plan.tape
        self.leaves = leaves
        self.backend = backend
        self.width = len(plan.tape.input_labels)

    @cached_property
    def python(self) -> PythonBackend:
        """The backend that every program has."""
        return self.backend if isinstance(self.backend, PythonBackend) else PythonBackend(self.plan, self.leaves)

    @cached_property
    def writer(self) -> Writer:
        """What names the lines and loops of a long program."""
        return Writer(self.plan.nests)

    def numbers(self) -> list[float]:
        """The numbers that the leaves have now."""
        return read_data(self.leaves)

    def store(self, updates: Sequence[float]) -> None:
        """Give the updated leaves their next numbers."""
        store_data(self.leaves[: len(updates)], updates)

    def read(self, numbers: Sequence[float]) -> Sequence[float]:
        """The numbers given for the inputs, as floats."""
        if len(numbers) != self.width:
            wanted = counted(self.width, "number")
            raise TypeError(f"the program takes {wanted}, one for each input, not {len(numbers)}")
        return read_numbers(numbers)

    def check_summable(self) -> None:
        """Raise ValueError if there is nothing to sum over rows."""
        if self.tape.updates:
            raise ValueError("rows are summed before an update: put the updates in a program that takes the sums")
        if not self.width:
            raise ValueError("sum takes rows of inputs, and this program has no inputs")

    def one(self, numbers: Sequence[float], where: str) -> tuple[Numbers, Numbers]:
        """(outputs, updates) of one run; if it fails, raises the error of what failed."""
        return self.python.one(numbers) or self.replay(numbers, where)

    def replay(self, numbers: Sequence[float], where: str) -> tuple[Numbers, Numbers]:
        """The same on the tape."""
        return replay(self.tape, numbers, where, self.line)

    def line(self, node: int) -> str:
        """Where in the source a node is computed."""
        if self.plan.is_long:
            place = place_of(self.writer, node)
            return f" (in {place})" if place else ""
        listing = self.plan.listing
        lines = [p for p, instruction in enumerate(listing.instructions) if instruction.node == node]
        return f" (in `{PythonSource(listing).line(lines[-1])}`)" if lines else ""

    def quick(self, numbers: Sequence[float]) -> Numbers | None:
        """One run by the backend; None if it failed. Its code is made here, while no other thread makes it too."""
        outputs: Numbers | None = self.backend.call(numbers)
        return outputs

    def call(self, numbers: Sequence[float]) -> Numbers:
        """One run on the tape that stores the next numbers of the leaves."""
        outputs, updates = self.replay([*self.read(numbers), *self.numbers()], "")
        self.store(updates)
        return outputs

    def add_up(self, rows: Sequence[Sequence[float]], leaves: Sequence[float], where: str) -> Numbers:
        """The sums with given leaves, in Python; from the row that fails on, one by one."""
        done, totals = self.python.add_up(rows, leaves)
        if done == len(rows):
            return totals
        for index, row in enumerate(rows[done:], done):
            outputs, _ = self.one([*row, *leaves], f"{where}row {index}: ")
            totals = tuple(map(float.__add__, totals, outputs))
        for index, total in enumerate(totals):
            if not math.isfinite(total):
                raise OverflowError(f"{where}the sum of output {index} over {len(rows)} rows is {total!r}")
        return totals


class Repetition:
    """The runs of `Program.repeat` with given inputs."""

    def __init__(self, runner: Runner, numbers: Sequence[float]) -> None:
        self.runner = runner
        self.given = runner.read(numbers)

    def make(self, times: int, keep: Keep) -> Numbers:
        """Make ``times`` runs, then store the next numbers of the leaves; the outputs of the last.

        For no run at all, what runs need is compiled.
        """
        state = self.runner.numbers()
        if not times:
            self.many(0, keep, state)
        outputs: Numbers = ()
        done, kept = 0, keep
        while done < times:
            more, outputs, updates = self.many(times - done, kept, state)
            state[: len(updates)] = updates
            done += more
            if done < times:
                outputs, updates = self.one(state, f"run {done}: ")
                state[: len(updates)] = updates
                done += 1
                if keep:
                    keep(outputs)
                if self.runner.backend is self.runner.python:
                    kept = keep or ignore  # Another alarm is likely: keeping the outputs names the failing run.
        self.runner.store(state[: len(self.runner.tape.updates)])
        return outputs

    def many(self, times: int, keep: Keep, state: list[float]) -> tuple[int, Numbers, Numbers]:
        """Up to ``times`` runs by the backend: (how many are done, outputs of the last, updated leaves after it)."""
        done: tuple[int, Numbers, Numbers] = self.runner.backend.repeat(times, keep, *self.given, *state)
        return done

    def one(self, state: list[float], where: str) -> tuple[Numbers, Numbers]:
        """One run that failed, or may have: (outputs, updates)."""
        run = self.runner.one if self.runner.backend is self.runner.python else self.runner.replay
        return run([*self.given, *state], where)


class SummedRepetition(Repetition):
    """Runs whose inputs are the sums of another program over rows, computed anew before each."""

    def __init__(self, runner: Runner, numbers: Sequence[float], inner: Runner, rows: Any) -> None:
        if numbers:
            raise TypeError("repeat takes numbers for the inputs or sums=(program, rows), not both")
        inner.check_summable()
        outputs = len(inner.tape.outputs)
        if outputs != runner.width:
            wanted = counted(runner.width, "input")
            raise ValueError(f"the program takes {wanted}; there are {outputs} outputs to sum for them")
        self.runner = runner
        self.inner = inner
        self.rows = read_rows(rows, inner.width)
        self.inner_state = inner.numbers()
        places = {leaf: place for place, leaf in enumerate(runner.leaves)}
        self.shared = [(place, places[leaf]) for place, leaf in enumerate(inner.leaves) if leaf in places]

    @cached_property
    def table(self) -> list[Sequence[float]]:
        """The rows as lists, which machine code has no use for."""
        return rows_of(self.rows, self.inner.width)

    def many(self, times: int, keep: Keep, state: list[float]) -> tuple[int, Numbers, Numbers]:
        """As for other repetitions, if both programs have machine code."""
        ours, theirs = self.runner.backend, self.inner.backend
        if ours is self.runner.python or theirs is self.inner.python:
            self.inner.python.prepare("_sum_rows")
            self.runner.python.prepare("run")
            return 0, (), ()
        done: tuple[int, Numbers, Numbers]
        done = ours.repeat_sums(theirs, self.rows, times, keep, state, self.inner_state, self.shared)
        return done

    def one(self, state: list[float], where: str) -> tuple[Numbers, Numbers]:
        """As for other repetitions."""
        for place, ours in self.shared:
            self.inner_state[place] = state[ours]
        sums = self.inner.add_up(self.table, self.inner_state, where)
        return self.runner.one([*sums, *state], where)
