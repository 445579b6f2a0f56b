"""The file that keeps what is finished: lines of JSON, each written as soon as its trials are there.

The first line says on which problem; the last line of a complete study says that nothing is missing. A study that was
interrupted, or killed, is resumed from the lines that are whole.
"""

from __future__ import annotations

import json
import math
import os
import reprlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any, BinaryIO

from engine.extend import replace_file
from examples.study.recipes import INITIALIZERS_BY_NAME, OBJECTIVES, OPTIMIZERS, Problem, Recipe
from examples.study.trainer import Trial, noted_epochs
from nn.activations import named_activations

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
            item = json.loads(line)
            if number == 1:
                _check_problem(item["problem"], path, problem)
            elif line.rstrip() != FINISHED:
                recipe = _recipe(item["recipe"])
                read = (_trial(fields, problem.epochs) for fields in item["trials"])
                trials |= {(recipe, trial.seed): trial for trial in read}
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


def _recipe(fields: dict[str, Any]) -> Recipe:
    """Return the recipe of a line; ValueError, naming the setting that no study can have."""
    recipe = Recipe(**fields | {"hidden": tuple(fields["hidden"])})
    known = (named_activations(), OBJECTIVES, INITIALIZERS_BY_NAME, OPTIMIZERS)
    for name, names in zip(("activation", "loss", "initializer", "optimizer"), known, strict=True):
        _check(fields, name, fields[name] in names)
    _check(fields, "hidden", all(_whole(size, 1) for size in recipe.hidden) and recipe.hidden)
    _check(fields, "rate", _finite(recipe.rate) and recipe.rate > 0.0)
    return recipe


def _trial(fields: dict[str, Any], epochs: int) -> Trial:
    """Return the trial of a line; ValueError, naming what it is, if that is nothing that a training can come to."""
    trial = Trial(**fields | {"losses": tuple(fields["losses"])})
    end, noted = trial.diverged, noted_epochs(epochs)
    _check(fields, "seed", _whole(trial.seed, 0))
    _check(fields, "diverged", end is None or _whole(end, 0, epochs))
    _check(fields, "needed", trial.needed is None or (end is None and _whole(trial.needed, 0, epochs)))
    _check(fields, "losses", all(map(_finite, trial.losses)))
    before = [epoch for epoch in noted if end is None or epoch < end]
    _check(fields, "losses", len(trial.losses) == len(before), f", where {len(before)} have their places")
    _check(fields, "seconds", _finite(trial.seconds) and trial.seconds >= 0.0)
    return trial


def _check(fields: dict[str, Any], name: str, right: object, why: str = "") -> None:
    """Raise ValueError if an entry is not as it should be."""
    if not right:
        raise ValueError(f"{name} is {reprlib.repr(fields[name])}{why}")


def _whole(number: Any, least: int, most: float = math.inf) -> bool:
    """Whether it is a whole number in these bounds."""
    return type(number) is int and least <= number <= most


def _finite(number: Any) -> bool:
    """Whether it is a number that a float can be, and neither infinite nor NaN."""
    return type(number) in (int, float) and abs(number) <= sys.float_info.max
