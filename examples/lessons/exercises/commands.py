"""The commands around exercises: ``start``, ``check``, ``hint``, ``solution`` and ``finish``."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from examples.arguments import directory, whole_number
from examples.lessons.exercises import folder as files
from examples.lessons.exercises.folder import COMMAND, FolderError, Progress
from examples.lessons.exercises.table import EXERCISES, Exercise

Main = Callable[[argparse.Namespace], int]


def add_commands(commands: Any) -> None:
    """Add the commands to the sub-parsers of a command line; each sets ``main``."""
    parser = commands.add_parser("start", help="make a folder with the files that you fill in")
    parser.add_argument("folder", type=directory, metavar="FOLDER", help="a new folder, such as my_engine")
    parser.set_defaults(main=start)
    add_command(commands, "check", check, "say how far you are, and what is wrong")
    add_command(commands, "hint", hint, "give the next hint for the exercise that is wrong, or for N")
    solution_parser = add_command(commands, "solution", solution, "show how we did it, after asking")
    solution_parser.add_argument("--yes", action="store_true", help="do not ask")
    add_command(commands, "finish", finish, "your engine trains, is drawn, and races ours", numbered=False)


def add_command(commands: Any, name: str, main: Main, words: str, numbered: bool = True) -> argparse.ArgumentParser:
    """Add a command that is about a folder, and perhaps about one exercise."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=words)
    if numbered:
        number = whole_number(1, len(EXERCISES))
        parser.add_argument("number", type=number, nargs="?", metavar="N", help="the number of an exercise")
    parser.add_argument("--folder", type=directory, help="your folder, where it is neither this one nor the one in it")
    parser.set_defaults(main=main)
    return parser


def start(options: argparse.Namespace) -> int:
    """Make a folder."""
    files.start(options.folder)
    print(f"Written: {', '.join(str(options.folder / f'{file}.py') for file in files.FILES)}")
    print(f"Read lesson 1 (`{COMMAND} 1`), then open {options.folder / 'value.py'} and do exercise 1.")
    print(f"`{COMMAND} check` tells you how far you are.")
    return 0


def check(options: argparse.Namespace) -> int:
    """Check what is there, and keep what is solved; the exit status is 1 if something is wrong."""
    text, is_right = checked(files.find_folder(options.folder), options.number)
    print(text)
    return 0 if is_right else 1


def checked(folder: Path, number: int | None) -> tuple[str, bool]:
    """Check a folder, or one exercise in it, and keep what is solved; return the report, and whether nothing is wrong.

    FolderError if the folder cannot be read.
    """
    from examples.lessons.exercises.checking import check
    from examples.lessons.exercises.report import report  # which needs viz

    progress = files.read_progress(folder)
    asked = EXERCISES[number - 1] if number else None
    result = check(folder, asked)
    new = [exercise for exercise in result.solved if exercise == asked or not progress.has_solved(exercise)]
    unasked = EXERCISES[number or len(EXERCISES) :]
    result.solved += [exercise for exercise in unasked if progress.has_solved(exercise)]
    result.blank += [exercise for exercise in unasked if not progress.has_solved(exercise)]
    if asked in result.blank:
        result.blank = [asked]
    progress.solved = [exercise.name for exercise in result.solved]
    following = result.following()
    progress.at = following.name if following else ""
    files.keep_progress(folder, progress)
    return report(result, folder, new), result.failure is None


def hint(options: argparse.Namespace) -> int:
    """Give the next hint, or all that were given."""
    folder = files.find_folder(options.folder)
    progress = files.read_progress(folder)
    exercise = chosen(options.number, progress)
    hints, all_shown = files.next_hints(progress, exercise)
    files.keep_progress(folder, progress)
    if all_shown:
        print(f"Exercise {exercise}: you have seen all {len(hints)} hints. Here they are again:")
    else:
        print(f"Exercise {exercise}, hint {progress.hints[exercise.name]} of {len(files.hints_of(exercise))}:")
    for text in hints:
        print("\n" + textwrap.fill(text, 88, break_on_hyphens=False))
    if all_shown:
        print(f"\nOur way to do it: `{COMMAND} solution {exercise.number}`")
    return 0


def solution(options: argparse.Namespace) -> int:
    """Show our code for an exercise, if the learner wants to see it."""
    folder = files.find_folder(options.folder)
    exercise = chosen(options.number, files.read_progress(folder))
    if not options.yes and not agrees(f"Show ours for exercise {exercise}? [y/N] "):
        return 1
    for piece, text in files.solution_of(exercise):
        file, name = piece.split(".", maxsplit=1)
        theirs = files.their_piece(folder, piece)
        print(f"{name}, in {folder / file}.py{f', line {theirs.lineno}' if theirs else ''}:\n\n{text}\n")
    return 0


def finish(options: argparse.Namespace) -> int:
    """Show what the learner's engine can do."""
    from examples.lessons.exercises.finish import finish  # which needs viz

    folder = files.find_folder(options.folder)
    finish(folder, files.read_progress(folder))
    return 0


def chosen(number: int | None, progress: Progress) -> Exercise:
    """Return the exercise of that number, or the one that the learner is at."""
    return EXERCISES[number - 1] if number is not None else files.current_exercise(progress)


def agrees(question: str) -> bool:
    """Return whether the person at the terminal says yes; FolderError where nobody sits there."""
    if not sys.stdin.isatty():
        raise FolderError("there is no terminal to ask at: add --yes")
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        print()
        return False


def exercises_after(lesson: int, progress: Progress | None) -> str:
    """Return the exercises that follow a lesson as one line, those that are solved with a tick; empty for none."""
    texts = []
    for exercise in EXERCISES:
        if exercise.lesson == lesson:
            tick = " ✓" if progress and progress.has_solved(exercise) else ""
            texts.append(f"{exercise.number} {exercise.name.replace('_', ' ')}{tick}")
    return ", ".join(texts)


def progress_here() -> Progress | None:
    """Return the progress kept in the folder that is found here; None without a folder that can be read."""
    try:
        return files.read_progress(files.find_folder(None))
    except FolderError:
        return None
