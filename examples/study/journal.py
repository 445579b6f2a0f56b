"""The file that keeps what is finished: lines of JSON, each written as soon as its trials are done.

The first line says on which problem. A study that was interrupted, were it by a power failure, is resumed from the
lines that are complete; the last line of one that was not says so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from examples.study.recipes import Problem, Recipe
from examples.study.trainer import Trial

Trials = dict[Recipe, dict[int, Trial]]
"""A recipe -> a seed -> the trial."""

FINISHED = {"finished": True}


class JournalError(Exception):
    """A journal cannot be begun or resumed; the message says why, and what to do."""


class Journal:
    """The trials of a study, in memory and in a file; made by `begun` or `resumed`.

    trials  those that are finished: a recipe -> a seed -> the trial
    """

    def __init__(self, stream: TextIO, trials: Trials) -> None:
        self._stream = stream
        self.trials = trials

    def add(self, recipe: Recipe, trials: Sequence[Trial]) -> None:
        """Keep trials of a recipe."""
        self._write({"recipe": asdict(recipe), "trials": [asdict(trial) for trial in trials]})
        self.trials.setdefault(recipe, {}).update((trial.seed, trial) for trial in trials)

    def finish(self) -> None:
        """Note that all that was asked for is there."""
        self._write(FINISHED)

    def of(self, recipe: Recipe, seeds: range) -> list[Trial]:
        """Return the finished trials of a recipe from these seeds, in their order."""
        found = self.trials.get(recipe, {})
        return [found[seed] for seed in seeds if seed in found]

    def missing(self, recipes: Sequence[Recipe], seeds: range) -> dict[Recipe, list[int]]:
        """Return the seeds from which each recipe has still to be tried, if there are any."""
        left = {recipe: [seed for seed in seeds if seed not in self.trials.get(recipe, {})] for recipe in recipes}
        return {recipe: wanted for recipe, wanted in left.items() if wanted}

    def _write(self, line: object) -> None:
        """Write a line, so that it is in the file whatever happens next to this process."""
        self._stream.write(json.dumps(line) + "\n")
        self._stream.flush()


@contextmanager
def begun(path: Path, problem: Problem) -> Iterator[Journal]:
    """Begin a study's file anew; JournalError if an unfinished one is there."""
    if path.exists() and not _is_finished(path):
        raise JournalError(
            f"{path} holds a study that was interrupted: --resume goes on with it; remove the file to begin anew"
        )
    with path.open("w", encoding="utf-8") as stream:
        journal = Journal(stream, {})
        journal._write({"problem": asdict(problem)})
        yield journal


@contextmanager
def resumed(path: Path, problem: Problem) -> Iterator[Journal]:
    """Go on with a study's file, after its last complete line; begin one if there is none.

    Raises JournalError if it is of another problem, or has lines that are none of a study's.
    """
    if not path.exists():
        with begun(path, problem) as journal:
            yield journal
        return
    content = path.read_bytes()
    complete = content[: content.rfind(b"\n") + 1]
    trials = _read(complete.decode("utf-8", "replace").splitlines(), path, problem)
    with path.open("r+", encoding="utf-8") as stream:
        stream.truncate(len(complete))
        stream.seek(0, os.SEEK_END)
        yield Journal(stream, trials)


def _is_finished(path: Path) -> bool:
    """Whether the last line says that nothing is missing."""
    lines = path.read_bytes().splitlines()
    return bool(lines) and lines[-1] == json.dumps(FINISHED).encode()


def _read(lines: Sequence[str], path: Path, problem: Problem) -> Trials:
    """Return the trials of a file that is complete up to its last line."""
    trials: Trials = {}
    for number, line in enumerate(lines, start=1):
        try:
            item = json.loads(line)
            if number == 1:
                _check_problem(item["problem"], path, problem)
            elif item != FINISHED:
                found = [_trial(fields) for fields in item["trials"]]
                trials.setdefault(_recipe(item["recipe"]), {}).update((trial.seed, trial) for trial in found)
        except (ValueError, TypeError, LookupError) as error:
            raise JournalError(
                f"line {number} of {path} is none of a study ({error}): --resume needs its file"
            ) from None
    if not lines:
        raise JournalError(f"{path} is not the file of a study, which --resume needs: remove it to begin anew")
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
    """Return the trial of a line."""
    return Trial(**{**fields, "losses": tuple(fields["losses"])})
