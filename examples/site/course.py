"""The course, and other pages that are scripts of cells: what cells print and draw stands below them."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from examples.command import ctrl_c_blocked
from examples.lessons.exercises.folder import COMMAND
from examples.lessons.reading import Cell, Lesson, cells_of, files_in, lesson_paths, read_lesson, run
from examples.site import AS_IT_IS
from examples.site.exercises import exercises_of
from examples.site.pictures import show
from examples.study.work import process_pool

PAGES = Path(__file__).with_name("pages")
"""Scripts that are pages, but no lessons."""

COURSE = """# Course

Fourteen lessons, each one idea on one page: from a number that remembers how it was made, to machine code and a GPT.
Every cell was run, and what it printed and drew stands below it. Before an answer there is a question: guess first.
After most lessons come [exercises](exercises.md), in which you write an engine of your own.
"""


class Output(NamedTuple):
    """What a cell printed, and the files that it wrote, by name."""

    printed: str
    files: dict[str, bytes]


def write(folder: Path) -> None:
    """Write a page for each lesson, one that lists them, and one for each script in `PAGES`; processes run them."""
    lessons = [read_lesson(number) for number in lesson_paths()]
    others = [Lesson(0, path, cells_of(path.read_text(encoding="utf-8"))) for path in sorted(PAGES.glob("*.py"))]
    names = [*(f"course/{lesson.path.stem}" for lesson in lessons), *(other.path.stem for other in others)]
    (folder / "course").mkdir()
    (folder / "course.md").write_text(listed(names[: len(lessons)]), encoding="utf-8")
    scripts = [*lessons, *others]
    with process_pool(os.cpu_count() or 1) as processes:
        with ctrl_c_blocked():
            found = [processes.submit(outputs_in_process, script) for script in scripts]
        for name, script, outputs in zip(names, scripts, found, strict=True):
            page = page_of(script, outputs.result(), (folder / AS_IT_IS / name).parent)
            (folder / f"{name}.md").write_text(page, encoding="utf-8")


def listed(names: list[str]) -> str:
    """Return the page of all lessons."""
    return "\n".join([COURSE, "```{toctree}", ":maxdepth: 1", "", *names, "```", ""])


def outputs_in_process(lesson: Lesson) -> list[Output]:
    """Run a script as `outputs_of` does, in a process that is there for it: its plots have no date, and no chance."""
    import matplotlib

    os.environ["SOURCE_DATE_EPOCH"] = "0"
    matplotlib.rcParams["svg.hashsalt"] = "site"
    return outputs_of(lesson)


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
    written = sorted(files_in(Path()) - before, key=lambda file: file[::-1])  # The first that was written comes first.
    return Output(printed.getvalue(), {path.name: path.read_bytes() for path, _ in written})


def page_of(lesson: Lesson, outputs: list[Output], folder: Path) -> str:
    """Return a lesson, or another script, as Markdown, and put what it drew into a folder."""
    blocks = [block for cell in cells(lesson, outputs, folder) for block in cell]
    if lesson.number:
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
