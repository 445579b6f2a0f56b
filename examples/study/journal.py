"""The file that keeps what is finished: lines of JSON, each written as soon as its trials are there.

The first line says on which problem; the last line of a complete study says that nothing is missing. A study that was
interrupted, or killed, is resumed from the lines that are whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any, BinaryIO

from examples.study.recipes import Problem, Recipe
from examples.study.trainer import Trial
from viz.files import replace_file

FINISHED = b'{"finished": true}'


class JournalError(Exception):
    """A journal cannot be started or resumed; the message says why, and what to do."""


class Journal:
    """The trials of a study, in memory and in a file; opened by `open_journal`.

    trials  those that are finished: (recipe, seed) -> the trial
    """

    def __init__(self, path: Path, problem: Problem, resume: bool) -> None:
        content = path.read_bytes() if path.exists() else b""
        lines = content[: content.rfind(b"\n") + 1].splitlines(keepends=True)  # The last may have broken off.
        finished = [line.rstrip() for line in lines[-1:]] == [FINISHED]
        self._replaces = len(lines) > 1 and not resume
        if self._replaces and not finished:
            raise JournalError(
                f"{path} holds a study that was interrupted: --resume goes on with it; remove the file to start over"
            )
        self.trials = _read(lines, path, problem) if resume else {}
        self._path = path
        self._problem = problem
        self._length = sum(map(len, lines)) if resume else 0
        self._finished = resume and finished
        self._stream: BinaryIO | None = None

    def of(self, recipe: Recipe, seeds: range) -> list[Trial]:
        """Return the finished trials of a recipe from these seeds, in their order."""
        return [self.trials[recipe, seed] for seed in seeds if (recipe, seed) in self.trials]

    def missing(self, recipes: Sequence[Recipe], seeds: range) -> list[tuple[Recipe, int]]:
        """Return each recipe and seed that still has no trial."""
        return [training for training in product(recipes, seeds) if training not in self.trials]

    def add(self, recipe: Recipe, trials: Sequence[Trial]) -> None:
        """Keep trials of a recipe."""
        line = {"recipe": asdict(recipe), "trials": [asdict(trial) for trial in trials]}
        self._write(json.dumps(line).encode())
        self._finished = False
        self.trials.update(((recipe, trial.seed), trial) for trial in trials)

    def finish(self) -> None:
        """Note that nothing is missing."""
        if not self._finished:
            self._write(FINISHED)
        self._finished = True

    def close(self) -> None:
        """Close the file. What could not be written before cannot be written now."""
        if self._stream is not None:
            with suppress(OSError):
                self._stream.close()

    def _write(self, line: bytes) -> None:
        """Write a line, so that it is in the file whatever happens to this process next."""
        self._stream = self._stream or self._opened()
        self._stream.write(line + b"\n")
        self._stream.flush()

    def _opened(self) -> BinaryIO:
        """Open the file behind its whole lines, or a new one; a finished study that is there gets another name."""
        if not self._length:
            if self._replaces:
                self._path.replace(old_path(self._path))
            first = json.dumps({"problem": asdict(self._problem)}).encode() + b"\n"
            replace_file(self._path, first)
            self._length = len(first)
        os.truncate(self._path, self._length)
        return self._path.open("ab")


def old_path(path: Path) -> Path:
    """Return where the study before is kept."""
    return path.with_suffix(".old.jsonl")


@contextmanager
def open_journal(path: Path, problem: Problem, resume: bool) -> Iterator[Journal]:
    """Start a study's file, or with ``resume`` go on after its last whole line, if there is one.

    Raises JournalError if another process writes there; if there is an unfinished study that is not to be resumed; and
    if the one to resume is of another problem, or has a line that is not of a study.
    """
    with _only_here(path.parent), closing(Journal(path, problem, resume)) as journal:
        yield journal


@contextmanager
def _only_here(directory: Path) -> Iterator[None]:
    """Keep other processes from writing a study into this directory until the block or this process ends."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ModuleNotFoundError:  # The system is not of the POSIX kind.
        yield
        return
    place = os.open(directory, os.O_RDONLY)
    try:
        try:
            flock(place, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise JournalError(f"another study is writing into {directory}: choose another --output") from None
        except OSError:
            pass  # Some network file systems cannot lock.
        yield
    finally:
        os.close(place)


def _read(lines: Sequence[bytes], path: Path, problem: Problem) -> dict[tuple[Recipe, int], Trial]:
    """Return the trials in the lines of a file."""
    trials = {}
    for number, line in enumerate(lines, start=1):
        try:
            item = json.loads(line)
            if number == 1:
                _check_problem(item["problem"], path, problem)
            elif line.rstrip() != FINISHED:
                recipe = Recipe(**item["recipe"] | {"hidden": tuple(item["recipe"]["hidden"])})
                trials |= {(recipe, fields["seed"]): _trial(fields) for fields in item["trials"]}
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            raise JournalError(
                f"line {number} of {path} is not of a study ({error}): remove the file to start over"
            ) from None
    return trials


def _check_problem(found: dict[str, Any], path: Path, problem: Problem) -> None:
    """Raise JournalError, naming what differs, if a file is of another problem."""
    there, wanted = ({**of, "options": dict(of["options"]) or "as by default"} for of in (found, asdict(problem)))
    differing = [name for name in wanted if there[name] != wanted[name]]
    told, asked = (", ".join(f"{name} {of[name]}" for name in differing) for of in (there, wanted))
    if differing:
        raise JournalError(
            f"{path} is of a study with {told}; this one has {asked}. Resume with the same, or choose another --output"
        )


def _trial(fields: dict[str, Any]) -> Trial:
    """Return the trial of a line; TypeError if it does not have the numbers of one."""
    trial = Trial(**fields | {"losses": tuple(fields["losses"])})
    counts = {type(count) for count in (trial.seed, trial.needed or 0, trial.diverged or 0)}
    numbers = {type(number) for number in (trial.seconds, *trial.losses)}
    if counts != {int} or not numbers <= {int, float}:
        raise TypeError(f"{fields} is not a trial")
    return trial
