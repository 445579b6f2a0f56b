"""The file that keeps what is finished: lines of JSON, each written as soon as its trials are there.

The first line says on which problem; the last line of a complete study says that nothing is missing. A study that was
interrupted, or killed, is resumed from the lines that are whole.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any, BinaryIO

from engine.extend import replace_file
from examples.study.recipes import Problem, Recipe
from examples.study.trainer import Trial

FINISHED = b'{"finished": true}'


class JournalError(Exception):
    """A journal cannot be started or resumed; the message says why, and what to do."""


class Journal:
    """The trials of a study, in memory and in a file; opened by `open_journal`.

    trials  those that are finished: (recipe, seed) -> the trial
    """

    def __init__(self, path: Path, problem: Problem, resume: bool) -> None:
        content = b""
        with suppress(FileNotFoundError):
            content = path.read_bytes()
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
        self._write(sealed({"recipe": asdict(recipe), "trials": [asdict(trial) for trial in trials]}))
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
        try:
            self._stream.write(line + b"\n")
            self._stream.flush()
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self._path)) from None

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
            if number == 1:
                _check_problem(json.loads(line)["problem"], path, problem)
            elif line.rstrip() != FINISHED:
                item = _unsealed(line)
                recipe = _recipe(item["recipe"])
                trials |= {(recipe, trial.seed): trial for trial in map(_trial, item["trials"])}
        except (ValueError, TypeError, LookupError, RecursionError, AttributeError) as error:
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


def _recipe(fields: dict[str, Any]) -> Recipe:
    """Return the recipe of a line."""
    return Recipe(**fields | {"hidden": tuple(fields["hidden"])})


def _trial(fields: dict[str, Any]) -> Trial:
    """Return a trial of a line."""
    return Trial(**fields | {"losses": tuple(fields["losses"])})


def sealed(item: dict[str, Any]) -> bytes:
    """Return the line of an item, with the check sum of its text."""
    return json.dumps(item | {"check": zlib.crc32(json.dumps(item).encode())}).encode()


def _unsealed(line: bytes) -> dict[str, Any]:
    """Return the item of a line; ValueError if it is not what was written, to the last digit."""
    item = json.loads(line)
    check = item.pop("check", None)
    if check != zlib.crc32(json.dumps(item).encode()):
        raise ValueError("it has no check sum, or that of another text")
    return item
