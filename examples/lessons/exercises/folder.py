"""The learner's folder: four files to fill in, and a hidden file that keeps how far the learner is."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from engine.extend import replace_file
from examples.lessons.exercises.merging import find_piece, parsed_model
from examples.lessons.exercises.table import EXERCISES, FILES, Exercise, model
from examples.outputs import prepare_directory

COMMAND = "python -m examples.lessons"
PROGRESS = ".progress.json"

README = """\
# An engine of my own

Numbers that remember how they were made, a network that learns from them, and more: you write it, a piece at a time.

1. Read a lesson, `{command} 1`. It ends with the exercises that follow it.
2. Open `value.py`, and look for `Exercise 1`. Put your code in the place of the three dots.
3. `{command} check` tells you how far you are and what is wrong, by its name. Do the exercises in any order you like.
4. Stuck? `{command} hint` gives a hint, three for each exercise; `{command} solution` shows how we did it.
5. After exercise 20, `{command} finish`: your engine trains a network, is drawn, and races ours.
6. How far you are is kept in this folder, in a hidden file. Nothing is sent anywhere.
"""


class FolderError(Exception):
    """The learner's folder is not as it has to be; the message says what to do."""


@dataclass
class Progress:
    """How far the learner is.

    solved  the names of the exercises that are solved
    hints   how many hints were shown for an exercise, by its name
    at      the name of the exercise at which the last check stopped; empty before the first, and at the end
    """

    solved: list[str] = field(default_factory=list)
    hints: dict[str, int] = field(default_factory=dict)
    at: str = ""

    def has_solved(self, exercise: Exercise) -> bool:
        """Return whether an exercise is solved."""
        return exercise.name in self.solved


# --- The files -------------------------------------------------------------------------------------------------------


def start(folder: Path) -> None:
    """Write the files of a new folder, all or none; FolderError if there is something in it that is not hidden."""
    is_new = not folder.exists()
    prepare_directory(folder)
    there = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    there += [PROGRESS] if (folder / PROGRESS).exists() else []
    if there:
        raise FolderError(
            f"there is something in {folder} already ({', '.join(there[:3])}), and `start` overwrites nothing: choose "
            f"a new folder, or go on in this one with `{COMMAND} check`"
        )
    texts = {f"{file}.py": template(file) for file in FILES}
    texts |= {"README.md": README.format(command=COMMAND), PROGRESS: _written(Progress())}
    try:
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except BaseException:
        for name in texts:
            (folder / name).unlink(missing_ok=True)
        if is_new:
            folder.rmdir()
        raise


@cache
def template(file: str) -> str:
    """Return one of our files with three dots in the place of what the learner writes."""
    pieces = {piece for exercise in EXERCISES for piece in exercise.pieces if piece.startswith(f"{file}.")}
    functions = [find_piece(parsed_model(file), piece) for piece in pieces]
    lines = model(file).splitlines(keepends=True)
    # From the last to the first: so line numbers stay those of our file.
    for function in sorted(functions, key=lambda function: function.lineno, reverse=True):
        docstring = function.body[0]
        lines[docstring.end_lineno : function.end_lineno] = [" " * docstring.col_offset + "...\n"]
    return "".join(lines)


def read_texts(folder: Path) -> dict[str, str]:
    """Return the text of each of the `FILES` there, empty for one that is gone; FolderError if it is not in UTF-8."""
    paths = {file: folder / f"{file}.py" for file in FILES}
    try:
        return {file: path.read_text(encoding="utf-8") if path.exists() else "" for file, path in paths.items()}
    except UnicodeDecodeError as error:
        raise FolderError(f"a file in {folder} is not in UTF-8 ({error}): save it in that encoding") from None


def find_folder(given: Path | None) -> Path:
    """Return the folder that is given, or else the one we are in, or the only one of its sub-folders, made by `start`.

    FolderError where no folder is found, or more than one.
    """
    if given is not None:
        if not (given / PROGRESS).is_file():
            raise FolderError(f"{given} was not made by `start`: make a folder with `{COMMAND} start {given}`")
        return given
    if Path(PROGRESS).is_file():
        return Path()
    found = sorted(path.parent for path in Path().glob(f"*/{PROGRESS}"))
    if len(found) > 1:
        raise FolderError(f"which folder is it? Add --folder {found[0]}, or another of {', '.join(map(str, found))}")
    if not found:
        raise FolderError(
            f"no folder of exercises is here: make one with `{COMMAND} start my_engine`, or name yours with --folder"
        )
    return found[0]


# --- How far the learner is ------------------------------------------------------------------------------------------


def read_progress(folder: Path) -> Progress:
    """Return what is kept in a folder; FolderError if it cannot be read."""
    path = folder / PROGRESS
    try:
        kept = Progress(**json.loads(path.read_bytes()))
        texts = [*kept.solved, *kept.hints, kept.at]
        if not all(isinstance(text, str) for text in texts) or not all(type(n) is int for n in kept.hints.values()):
            raise ValueError("what is in it has other types")
    except (ValueError, TypeError, AttributeError) as error:
        raise FolderError(
            f"{path} is damaged ({error}): write {{}} into it, and `{COMMAND} check` finds again what you have solved; "
            "only which hints you have seen is forgotten"
        ) from None
    return kept


def keep_progress(folder: Path, progress: Progress) -> None:
    """Keep it in the folder, all of it or what was there before."""
    replace_file(folder / PROGRESS, _written(progress).encode("utf-8"))


def _written(progress: Progress) -> str:
    """Return progress as it stands in the file."""
    return json.dumps(asdict(progress), indent=1) + "\n"


def their_piece(folder: Path, piece: str) -> ast.FunctionDef | None:
    """Return a piece as the learner has it; None where it is missing, or where their file cannot be read."""
    file = piece.split(".", maxsplit=1)[0]
    try:
        return find_piece(ast.parse((folder / f"{file}.py").read_bytes()), piece)
    except (OSError, SyntaxError, ValueError):
        return None


def current_exercise(progress: Progress) -> Exercise:
    """Return the exercise at which the last check stopped, if it is not solved, else the first that is not.

    FolderError if all are solved.
    """
    left = [exercise for exercise in EXERCISES if not progress.has_solved(exercise)]
    if not left:
        raise FolderError(f"all exercises are solved: add the number of one, or go on with `{COMMAND} finish`")
    return next((exercise for exercise in left if exercise.name == progress.at), left[0])


# --- Help ------------------------------------------------------------------------------------------------------------


@cache
def hints_of(exercise: Exercise) -> tuple[str, ...]:
    """Return the hints for an exercise, in Markdown, from a nudge to nearly all of it."""
    table = tomllib.loads(Path(__file__).with_name("hints.toml").read_text(encoding="utf-8"))
    return tuple(table[exercise.name]["hints"])


def next_hints(progress: Progress, exercise: Exercise) -> tuple[list[str], bool]:
    """Return the hint that comes next, and False; or all hints, and True, where all have been shown. Count it."""
    hints = hints_of(exercise)
    shown = progress.hints.get(exercise.name, 0)
    if shown >= len(hints):
        return list(hints), True
    progress.hints[exercise.name] = shown + 1
    return [hints[shown]], False


def solution_of(exercise: Exercise) -> Iterable[tuple[str, str]]:
    """Return each piece of an exercise and the lines in which we have written it."""
    for piece in exercise.pieces:
        file = piece.split(".", maxsplit=1)[0]
        function = find_piece(parsed_model(file), piece)
        yield piece, "\n".join(model(file).splitlines()[function.lineno - 1 : function.end_lineno])
