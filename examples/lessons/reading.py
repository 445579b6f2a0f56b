"""A lesson as cells: shown in the terminal as a notebook shows them, or written as a notebook.

A lesson is a script in the percent format, which VS Code opens as it is, and Jupyter with jupytext: a line
``# %% [markdown]`` begins a cell of prose, in comments, and a line ``# %%`` a cell of code.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from examples import OPTIONAL
from examples.lessons.prose import as_text, style

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
WIDTH = 80


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
    """Return a lesson; KeyError if there is none of this number."""
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


def play(lesson: Lesson) -> set[str] | None:
    """Show the cells and run them, in the directory that one is in; return the files that they wrote.

    After a question, wait for a guess if a person sits at the terminal. None if a cell fails: what is wrong is printed.
    """
    styled = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    names: dict[str, Any] = {"__name__": "__main__"}
    written: set[str] = set()
    guess = ""
    for cell in lesson.cells:
        if cell.prose:
            print(f"\n{as_text(cell.text, WIDTH, styled)}\n", flush=True)
            guess = ask() if cell.asks else ""
            continue
        print(
            *(f"{style('│', 'gutter', styled)} {style(line, 'code', styled)}" for line in cell.text.splitlines()),
            sep="\n",
        )
        print(flush=True)
        before = _files()
        if not run(cell, lesson, names):
            return None
        now = {name for name, _ in _files() - before}
        written |= now
        if guess:
            print(f"(Your guess: {guess})")
        if now:
            print(f"(Written: {', '.join(sorted(now))})")
    return written


def ask() -> str:
    """Return the guess of the person at the terminal; an empty text if nobody sits there."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return ""
    try:
        return input("Your guess, then Enter: ").strip()
    except EOFError:
        return ""
    finally:
        print()


def run(cell: Cell, lesson: Lesson, names: dict[str, Any]) -> bool:
    """Run a cell on the names of those before it; False if it fails, after a traceback that begins in the script."""
    try:
        # Empty lines before it give the traceback the lines of the script.
        exec(compile("\n" * (cell.line - 1) + cell.text, lesson.path, "exec"), names)
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name in OPTIONAL:
            raise  # One line is printed on what to install.
        sys.stdout.flush()
        inner = error.__traceback__ and error.__traceback__.tb_next
        traceback.print_exception(error.with_traceback(inner))
        print(f"\nLesson {lesson.number} stops here: its cell at line {cell.line} failed.", file=sys.stderr)
        return False
    return True


def _files() -> set[tuple[str, int]]:
    """Return the files here, with the time of their last change."""
    return {(path.name, path.stat().st_mtime_ns) for path in Path().iterdir() if path.is_file()}


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
