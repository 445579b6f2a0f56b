"""The runs of `Program.repeat`: many at a time by the backend, and one, slowly, where that has stopped."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.programs.buffers import read_rows, rows_of
from engine.programs.lowering import Keep, Numbers
from engine.programs.python_backend import ignore

if TYPE_CHECKING:
    from engine.programs.program import Program


class Plain:
    """The runs of `Program.repeat` with given inputs."""

    def __init__(self, program: Program, numbers: Sequence[float]) -> None:
        self.program = program
        self.backend = program._python if program._native is None else program._native
        self.given = program._read(numbers)
        self.alarmed = False

    def many(self, times: int, keep: Keep, state: list[float]) -> tuple[int, Numbers, Numbers]:
        """Up to ``times`` runs: (how many were done, outputs of the last, updated leaves after it)."""
        # After a false alarm, another is likely: to be careful then spares doing all runs twice.
        if self.alarmed and self.program._native is None:
            keep = keep or ignore
        done: tuple[int, Numbers, Numbers] = self.backend.repeat(times, keep, *self.given, *state)
        return done

    def one(self, state: list[float], where: str) -> tuple[Numbers, Numbers]:
        """One run, slowly, which raises if it fails: (outputs, updates)."""
        self.alarmed = True
        return self.program._replayed([*self.given, *state], where)


class Summed:
    """The runs of `Program.repeat` whose inputs are the sums of another program over rows."""

    def __init__(self, program: Program, numbers: Sequence[float], sums: tuple[Program, Any]) -> None:
        if numbers:
            raise TypeError("repeat takes numbers for the inputs or sums=(program, rows), not both")
        inner, rows = sums
        inner._check_summable()
        wanted = len(program._tape.input_labels)
        if len(inner._tape.outputs) != wanted:
            given = len(inner._tape.outputs)
            raise ValueError(f"the program takes {count(wanted, 'input')}; there are {given} outputs to sum for them")
        self.program = program
        self.inner = inner
        self.buffer = read_rows(rows, len(inner._tape.input_labels))
        places = program._places
        self.inner_state = [leaf._data for leaf in inner._leaves]
        self.shared = [(place, places[leaf]) for place, leaf in enumerate(inner._leaves) if leaf in places]

    @functools.cached_property
    def rows(self) -> list[Sequence[float]]:
        """The rows as lists, which machine code has no use for."""
        return rows_of(self.buffer, len(self.inner._tape.input_labels))

    def many(self, times: int, keep: Keep, state: list[float]) -> tuple[int, Numbers, Numbers]:
        """As `Plain.many`."""
        if self.program._native is None or self.inner._native is None:
            return 0, (), ()
        done: tuple[int, Numbers, Numbers] = self.program._native.repeat_sums(
            self.inner._native, self.buffer, times, keep, state, self.inner_state, self.shared
        )
        return done

    def one(self, state: list[float], where: str) -> tuple[Numbers, Numbers]:
        """As `Plain.one`."""
        for place, ours in self.shared:
            self.inner_state[place] = state[ours]
        sums = self.inner._sum(self.rows, self.inner_state, where)
        return self.program._run([*sums, *state], where)


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 number`` or ``2 numbers``."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"
