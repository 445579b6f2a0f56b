"""The file that keeps what is finished: lines of JSON, each written as soon as its trials are done.

The first line says on which problem, the last of a study to which nothing is missing says so. A study that was
interrupted, or killed, is resumed from the lines that are complete.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from examples.study.recipes import Problem, Recipe
from examples.study.trainer import Trial
from viz.files import replace_file

Trials = dict[Recipe, dict[int, Trial]]
"""A recipe -> a seed -> the trial."""

FINISHED = {"finished": True}


class JournalError(Exception):
    """A journal cannot be begun or resumed; the message says why, and what to do."""


class Journal:
    """The trials of a study, in memory and in a file; made by `begun` or `resumed`.

    trials  those that are finished: a recipe -> a seed -> the trial
    """

    def __init__(self, path: Path, problem: Problem, found: Sequence[bytes], resume: bool) -> None:
        self.trials = _read(found, path, problem) if resume else {}
        self._path = path
        self._problem = problem
        self._length = sum(map(len, found)) if resume else 0
        self._finished = resume and _is_finished(found)
        self._replaces = not resume and _has_trials(found)
        self._stream: TextIO | None = None

    def of(self, recipe: Recipe, seeds: range) -> list[Trial]:
        """Return the finished trials of a recipe from these seeds, in their order."""
        found = self.trials.get(recipe, {})
        return [found[seed] for seed in seeds if seed in found]

    def missing(self, recipes: Sequence[Recipe], seeds: range) -> dict[Recipe, list[int]]:
        """Return the seeds from which each recipe has still to be tried, if there are any."""
        left = {recipe: [seed for seed in seeds if seed not in self.trials.get(recipe, {})] for recipe in recipes}
        return {recipe: wanted for recipe, wanted in left.items() if wanted}

    def add(self, recipe: Recipe, trials: Sequence[Trial]) -> None:
        """Keep trials of a recipe."""
        self._write({"recipe": asdict(recipe), "trials": [asdict(trial) for trial in trials]})
        self._finished = False
        self.trials.setdefault(recipe, {}).update((trial.seed, trial) for trial in trials)

    def finish(self) -> None:
        """Note that nothing is missing."""
        if not self._finished:
            self._write(FINISHED)
            self._finished = True

    def close(self) -> None:
        """Close the file. What could not be written before cannot be now."""
        if self._stream is not None:
            with suppress(OSError):
                self._stream.close()

    def _write(self, line: object) -> None:
        """Write a line, so that it is in the file whatever happens next to this process."""
        if self._stream is None:
            self._stream = self._opened()
        self._stream.write(json.dumps(line) + "\n")
        self._stream.flush()

    def _opened(self) -> TextIO:
        """Open the file where its complete lines end; a new one, with a study that was there under another name."""
        if not self._length:
            if self._replaces:
                self._path.replace(old_path(self._path))
            first = json.dumps({"problem": asdict(self._problem)}) + "\n"
            replace_file(self._path, first.encode())
            self._length = len(first)
        stream = self._path.open("r+", encoding="utf-8", newline="\n")
        stream.truncate(self._length)
        stream.seek(0, os.SEEK_END)
        return stream


@contextmanager
def begun(path: Path, problem: Problem) -> Iterator[Journal]:
    """Begin a study's file anew; JournalError if one is there that is not finished, or another process writes there."""
    with _only_here(path.parent):
        found = _complete_lines(path)
        if _has_trials(found) and not _is_finished(found):
            raise JournalError(
                f"{path} holds a study that was interrupted: --resume goes on with it; remove the file to begin anew"
            )
        with closing(Journal(path, problem, found, resume=False)) as journal:
            yield journal


@contextmanager
def resumed(path: Path, problem: Problem) -> Iterator[Journal]:
    """Go on with a study's file, after its last complete line; begin one if there is none.

    Raises JournalError if it is of another problem, or has lines that are none of a study's, or if another process
    writes there.
    """
    with (
        _only_here(path.parent),
        closing(Journal(path, problem, _complete_lines(path), resume=True)) as journal,
    ):
        yield journal


@contextmanager
def _only_here(directory: Path) -> Iterator[None]:
    """Keep other processes from doing the same in this directory, until the block or this process ends."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ModuleNotFoundError:  # Not a system of the POSIX kind.
        yield
        return
    place = os.open(directory, os.O_RDONLY)
    try:
        try:
            flock(place, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise JournalError(f"another study is writing into {directory}: choose another --output") from None
        except OSError:
            pass  # Some file systems of networks cannot keep others out.
        yield
    finally:
        os.close(place)


def old_path(path: Path) -> Path:
    """Return where the study before is kept."""
    return path.with_suffix(".old.jsonl")


def _has_trials(lines: Sequence[bytes]) -> bool:
    """Whether a file has more than its first line."""
    return len(lines) > 1


def _complete_lines(path: Path) -> list[bytes]:
    """Return the lines of a file that did not break off, with their ends; none if there is no file."""
    content = path.read_bytes() if path.exists() else b""
    return content[: content.rfind(b"\n") + 1].splitlines(keepends=True)


def _is_finished(lines: Sequence[bytes]) -> bool:
    """Whether the last line says that nothing is missing."""
    return [line.rstrip() for line in lines[-1:]] == [json.dumps(FINISHED).encode()]


def _read(lines: Sequence[bytes], path: Path, problem: Problem) -> Trials:
    """Return the trials in the lines of a file."""
    trials: Trials = {}
    for number, line in enumerate(lines, start=1):
        try:
            item = json.loads(line)
            if number == 1:
                _check_problem(item["problem"], path, problem)
            elif item != FINISHED:
                found = [_trial(fields) for fields in item["trials"]]
                trials.setdefault(_recipe(item["recipe"]), {}).update((trial.seed, trial) for trial in found)
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            raise JournalError(
                f"line {number} of {path} is none of a study ({error}): remove the file to begin anew"
            ) from None
    return trials


def _check_problem(found: dict[str, Any], path: Path, problem: Problem) -> None:
    """Raise JournalError, naming what differs, if a file is of another problem."""
    wanted = json.loads(json.dumps(asdict(problem)))
    differing = [name for name in wanted if found[name] != wanted[name]]
    if differing:
        there = ", ".join(f"{name} {_shown(found[name])}" for name in differing)
        asked = ", ".join(f"{name} {_shown(wanted[name])}" for name in differing)
        raise JournalError(
            f"{path} is of a study with {there}; this one has {asked}. Resume with the same, or choose another --output"
        )


def _shown(setting: Any) -> str:
    """Return a setting of a problem as text."""
    return str(dict(setting) or "as by default") if isinstance(setting, list) else str(setting)


def _recipe(fields: dict[str, Any]) -> Recipe:
    """Return the recipe of a line."""
    return Recipe(**{**fields, "hidden": tuple(fields["hidden"])})


def _trial(fields: dict[str, Any]) -> Trial:
    """Return the trial of a line; TypeError if it has not the numbers of one."""
    trial = Trial(**{**fields, "losses": tuple(fields["losses"])})
    counts = [number for number in (trial.seed, trial.needed, trial.diverged) if number is not None]
    numbers = [trial.seconds, *trial.losses]
    if not all(type(number) is int for number in counts) or not all(type(n) in (int, float) for n in numbers):
        raise TypeError(f"{fields} is no trial")
    return trial
