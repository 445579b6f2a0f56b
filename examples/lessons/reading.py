"""A lesson as cells: shown in the terminal as a notebook shows them, or written as a notebook.

A lesson is a script in the percent format, which VS Code opens as it is, and Jupyter with jupytext: a line
``# %% [markdown]`` begins a cell of prose, in comments, and a line ``# %%`` a cell of code.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from contextlib import chdir
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from examples import OPTIONAL
from examples.lessons.prose import as_text, style

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
WIDTH = 80


class LessonError(Exception):
    """A cell failed."""


class Cell(NamedTuple):
    """Prose in Markdown, or code; its text begins at a line of the script, counted from 1."""

    prose: bool
    text: str
    line: int

    @property
    def asks(self) -> bool:
        """Whether the reader is to make a guess before the next cell."""
        return self.prose and self.text.endswith("?")


class Lesson(NamedTuple):
    """A script, and its cells."""

    number: int
    path: Path
    cells: list[Cell]

    @property
    def title(self) -> str:
        """The heading of its first cell, without the number."""
        return self.cells[0].text.partition("\n")[0].partition(". ")[2]


def lesson_paths() -> dict[int, Path]:
    """Return the script of each lesson, in order."""
    return {int(path.name[:2]): path for path in sorted(FOLDER.glob("[0-9][0-9]_*.py"))}


def read_lesson(number: int) -> Lesson:
    """Return the lesson of that number; KeyError for a number that no lesson has."""
    path = lesson_paths()[number]
    return Lesson(number, path, cells_of(path.read_text(encoding="utf-8")))


def cells_of(script: str) -> list[Cell]:
    """Split a script at its lines ``# %%``."""
    lines = script.splitlines()
    starts = [index for index, line in enumerate(lines) if line.startswith("# %%")]
    cells = []
    for start, end in pairwise([*starts, len(lines)]):
        prose, body = "[markdown]" in lines[start], lines[start + 1 : end]
        if prose:
            body = [line.removeprefix("#").removeprefix(" ") for line in body]
        cells.append(Cell(prose, "\n".join(body).rstrip(), start + 2))
    return cells


def play(lesson: Lesson, directory: Path) -> list[Path]:
    """Show the cells and run them in a directory; return the files that they wrote there.

    After a question, wait for a guess if a person sits at the terminal. LessonError if a cell fails.
    """
    styled = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    names: dict[str, Any] = {"__name__": "__main__"}
    written: set[Path] = set()
    guess = ""
    for cell in lesson.cells:
        print(f"{shown(cell, styled)}\n", flush=True)
        if cell.prose:
            guess = ask() if cell.asks else ""
            continue
        before = files_in(directory)
        with chdir(directory):
            run(cell, lesson, names)
        now = {path for path, _ in files_in(directory) - before}
        if guess:
            print(f"(Your guess: {guess})")
        if now:
            print(f"(Written: {', '.join(map(str, sorted(now)))})")
        print()
        written |= now
    return sorted(written)


def shown(cell: Cell, styled: bool) -> str:
    """Return a cell as it stands in the terminal: prose wrapped, code behind a bar."""
    if cell.prose:
        return as_text(cell.text, WIDTH, styled)
    bar = style("│", "gutter", styled)
    return "\n".join(f"{bar} {style(line, 'code', styled)}" for line in cell.text.splitlines())


def ask() -> str:
    """Return the guess of the person at the terminal; an empty text if nobody sits there."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return ""
    try:
        return input("Your guess, then Enter: ").strip()
    except EOFError:
        print()
        return ""


def run(cell: Cell, lesson: Lesson, names: dict[str, Any]) -> None:
    """Run a cell of code on the names of those before it; LessonError, which has a traceback, if it fails."""
    try:
        # Empty lines before it give the traceback the lines of the script.
        exec(compile("\n" * (cell.line - 1) + cell.text, lesson.path, "exec"), names)
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name in OPTIONAL:
            raise  # One line will say what to install.
        inner = error.__traceback__ and error.__traceback__.tb_next
        trace = "".join(traceback.format_exception(error.with_traceback(inner)))
        raise LessonError(f"{trace}\nLesson {lesson.number} stops here: its cell at line {cell.line} failed.") from None


def files_in(directory: Path) -> set[tuple[Path, int]]:
    """Return the files in a directory, with the time of their last change."""
    return {(path, path.stat().st_mtime_ns) for path in directory.iterdir() if path.is_file()}


def notebook(lesson: Lesson) -> str:
    """Return the lesson as a notebook, in the format 4.5 of Jupyter.

    One cell is added after the title: it finds the packages from wherever the notebook lies.
    """
    path_cell = Cell(
        False, f"import sys\n\nsys.path.insert(0, {str(ROOT)!r})  # where engine, nn, viz and examples are", 0
    )
    cells = [
        _notebook_cell(cell, number) for number, cell in enumerate([lesson.cells[0], path_cell, *lesson.cells[1:]])
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    whole = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _notebook_cell(cell: Cell, number: int) -> dict[str, Any]:
    """Return one cell as JSON has it; its id is made of its number, so that a lesson always gives the same file."""
    common = {"id": f"cell-{number}", "metadata": {}, "source": cell.text.splitlines(keepends=True)}
    if cell.prose:
        return {"cell_type": "markdown", **common}
    return {"cell_type": "code", "execution_count": None, "outputs": [], **common}
