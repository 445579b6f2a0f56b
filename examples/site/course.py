"""The course as pages: each lesson with what its cells print and draw, and its exercises."""

from __future__ import annotations

import multiprocessing
import re
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from examples.lessons.exercises.folder import COMMAND
from examples.lessons.reading import Cell, Lesson, files_in, lesson_paths, read_lesson, run
from examples.site import AS_IT_IS
from examples.site.exercises import exercises_of
from examples.site.pictures import show


class Output(NamedTuple):
    """What a cell printed, and the files that it wrote, by name."""

    printed: str
    files: dict[str, bytes]


def write(folder: Path) -> None:
    """Write a page for each lesson, and one that lists them. Lessons run in processes of their own."""
    (folder / "course").mkdir()
    lessons = [read_lesson(number) for number in lesson_paths()]
    names = [lesson.path.stem for lesson in lessons]
    (folder / "course.md").write_text(listed(names), encoding="utf-8")
    # One process for each: what a lesson registers stays in it.
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=1) as processes:
        for lesson, outputs in zip(lessons, processes.map(outputs_of, lessons), strict=True):
            page = lesson_page(lesson, outputs, folder / AS_IT_IS / "course")
            (folder / "course" / f"{lesson.path.stem}.md").write_text(page, encoding="utf-8")


def listed(names: list[str]) -> str:
    """Return the page of all lessons."""
    return "\n".join(["# Course", "", "```{toctree}", "", *(f"course/{name}" for name in names), "```", ""])


def outputs_of(lesson: Lesson) -> list[Output]:
    """Run the cells of a lesson, and return what each printed and wrote. LessonError if one fails."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        return [output_of(cell, lesson, names) for cell in lesson.cells]


def output_of(cell: Cell, lesson: Lesson, names: dict[str, Any]) -> Output:
    """Run a cell here, in this directory."""
    if cell.prose:
        return Output("", {})
    before = files_in(Path())
    with redirect_stdout(StringIO()) as printed:
        run(cell, lesson, names)
    return Output(printed.getvalue(), {path.name: path.read_bytes() for path, _ in sorted(files_in(Path()) - before)})


def lesson_page(lesson: Lesson, outputs: list[Output], folder: Path) -> str:
    """Return a lesson as Markdown, and put what it drew into a folder."""
    blocks = [block for cell in cells(lesson, outputs, folder) for block in cell]
    blocks.insert(1, how_to_run(lesson.number))
    return "\n\n".join([*blocks, *exercises_of(lesson.number)]) + "\n"


def how_to_run(number: int) -> str:
    """Return how a lesson is run without the site."""
    return (
        f'<p class="lesson-how">Run it yourself: <code>{COMMAND} {number}</code>, or as a notebook: '
        f"<code>{COMMAND} {number} --notebook</code>.</p>"
    )


def cells(lesson: Lesson, outputs: list[Output], folder: Path) -> Iterator[list[str]]:
    """Yield the blocks of each cell: prose, or code with what it printed and wrote."""
    for place, (cell, output) in enumerate(zip(lesson.cells, outputs, strict=True)):
        if cell.prose:
            yield prose(cell, lesson.number)
        else:
            shown = [f"~~~~text\n{output.printed}~~~~"] if output.printed else []
            shown += [show(folder, name, content) for name, content in output.files.items()]
            yield [
                f'<div class="lesson-cell" data-lesson="{lesson.number}" data-cell="{place}">',
                f"~~~~python\n{cell.text.strip()}\n~~~~",
                '</div>\n<div class="lesson-output">',
                *shown,
                "</div>",
            ]


def prose(cell: Cell, number: int) -> list[str]:
    """Return the paragraphs of a cell, with links to other lessons and to what it names; a question stands out."""
    paths = lesson_paths()

    def lesson_link(found: re.Match[str]) -> str:
        other = int(found[1])
        return found[0] if other == number else f"[{found[0]}]({paths[other].stem}.md)"

    text = re.sub(r"\b\d\d_\w+\.(?:svg|html|png)\b", r'<a href="\g<0>">\g<0></a>', cell.text)
    paragraphs = re.sub(r"\b[Ll]esson (\d+)", lesson_link, text).split("\n\n")
    if cell.asks:
        paragraphs[-1:] = ['<div class="lesson-question">', paragraphs[-1], "</div>"]
    return paragraphs
