"""The command ``python -m examples.lessons``: lessons, read or as notebooks, and the exercises that follow them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.extend import replace_file
from examples.arguments import add_output, prepare_output
from examples.command import run_command
from examples.lessons.exercises.commands import add_commands, exercises_after, progress_here
from examples.lessons.exercises.folder import COMMAND, FolderError
from examples.lessons.exercises.table import EXERCISES
from examples.lessons.reading import Lesson, LessonError, lesson_paths, notebook, play, read_lesson


def argument_parser() -> argparse.ArgumentParser:
    """Describe the command line; a number in the first place stands for ``read`` and the number."""
    parser = argparse.ArgumentParser(
        prog=COMMAND, description="A course: lessons, each a script that you read and run."
    )
    commands = parser.add_subparsers(title="commands", metavar="N | COMMAND", dest="command")
    read = commands.add_parser("read", help="read lesson N; N alone will do", prog=COMMAND)
    read.add_argument("number", metavar="N", help="the number of the lesson")
    read.add_argument("--notebook", action="store_true", help="write it as a notebook instead")
    add_output(read, "lessons-output")
    read.set_defaults(main=lambda options: read_or_write(read, options))
    add_commands(commands)
    return parser


def show_list() -> None:
    """Print all lessons, the exercises with how far the learner is, and how to begin."""
    progress = progress_here()
    print("Lessons, and the exercises that follow them\n")
    for number in lesson_paths():
        print(f"{number:>4}. {read_lesson(number).title}")
        if exercises := exercises_after(number, progress):
            print(f"      {exercises}")
    if progress:
        following = "finish" if len(progress.solved) == len(EXERCISES) else "check"
        print(
            f"\nYou have solved {len(progress.solved)} of {len(EXERCISES)} exercises. Go on with: {COMMAND} {following}"
        )
    else:
        print(f"\nBegin with: {COMMAND} 1, and for the exercises: {COMMAND} start my_engine")


def read_or_write(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Show a lesson in the directory of ``--output``, or write its notebook there; return the exit status."""
    paths = lesson_paths()
    if options.number not in map(str, paths):
        parser.error(f"there is no lesson {options.number}: choose from {', '.join(map(str, paths))}")
    lesson = read_lesson(int(options.number))
    prepare_output(parser, options.output)
    if options.notebook:
        path = options.output / f"{lesson.path.stem}.ipynb"
        replace_file(path, notebook(lesson).encode())
        print(f"Written: {path}, for Jupyter or VS Code")
        return 0
    try:
        show_end(lesson, play(lesson, options.output))
    except LessonError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def show_end(lesson: Lesson, written: Sequence[Path]) -> None:
    """Print which files there are to look at, and what to do next."""
    if written:
        print("To look at, in a browser:", *written, sep="\n  ")
    if any(exercise.lesson == lesson.number for exercise in EXERCISES):
        print(f"Exercises: {COMMAND} start my_engine (once), then check")
    following = lesson.number + 1
    if following in lesson_paths():
        print(f"Next: lesson {following}, {read_lesson(following).title}: {COMMAND} {following}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do as the command line says, and return the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words and words[0].isdigit():
        words = ["read", *words]
    options = argument_parser().parse_args(words)
    if options.command is None:
        show_list()
        return 0
    try:
        return options.main(options)
    except FolderError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    run_command(main)
