"""The exercises: what to write, hints and our solution behind folds, and how to have them checked."""

from __future__ import annotations

import ast
import re
import textwrap
from itertools import groupby
from pathlib import Path

from examples.lessons.exercises.folder import COMMAND, hints_of, solution_of, template
from examples.lessons.exercises.merging import find_piece
from examples.lessons.exercises.table import EXERCISES, Exercise
from examples.lessons.reading import read_lesson

PAGE = f"""# Exercises

You write an engine of your own, a piece at a time, and a checker runs it on random graphs against ours. It points to
the first wrong edge in a picture, and names the mistake that you made: "that is what `=` in place of `+=` gives".
Do them in any order: what you have not written yet is lent from our solutions.

<div id="workshop"></div>

## In a terminal

There your files stand in a folder, for an editor of your own:

    {COMMAND} start my_engine   # a folder with the files that you fill in
    {COMMAND} check             # how far you are, and what is wrong
    {COMMAND} hint              # the next hint, three for each exercise
    {COMMAND} solution          # how we did it
    {COMMAND} finish            # after exercise 20: your engine trains, and races ours

## All of them

The numbers lead to what there is to write, with hints and our solution behind folds, at the end of the lesson that each
exercise follows.
"""


def write(folder: Path) -> None:
    """Write the page that lists them all; what each asks for stands with its lesson."""
    lines = [PAGE]
    for number, exercises in groupby(EXERCISES, key=lambda exercise: exercise.lesson):
        lesson = read_lesson(number)
        links = (f"[{exercise}](#exercise-{exercise.number})" for exercise in exercises)
        lines.append(f"- [{number}. {lesson.title}](course/{lesson.path.stem}.md): {', '.join(links)}")
    (folder / "exercises.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def exercises_of(lesson: int) -> list[str]:
    """Return the exercises after a lesson as blocks of Markdown; none for a lesson without."""
    exercises = [exercise for exercise in EXERCISES if exercise.lesson == lesson]
    if not exercises:
        return []
    return ["## Exercises", *(block for exercise in exercises for block in blocks_of(exercise))]


def blocks_of(exercise: Exercise) -> list[str]:
    """Return one exercise."""
    number = exercise.number
    hints = hints_of(exercise)
    blocks = [
        f"(exercise-{number})=",
        f"### Exercise {number}: {exercise.name.replace('_', ' ')}",
        f'<div class="lesson-exercise" data-exercise="{number}">',
        f"In `{exercise.file}.py`, in the place of the dots:",
        *(block for piece in exercise.pieces for block in to_write(piece, number)),
    ]
    for place, hint in enumerate(hints, start=1):
        blocks += fold(f"Hint {place} of {len(hints)}", hint)
    ours = "\n\n".join(textwrap.dedent(text) for _, text in solution_of(exercise))
    return [*blocks, *fold("Our solution", f"~~~~python\n{ours}\n~~~~"), "</div>"]


def to_write(piece: str, number: int) -> list[str]:
    """Return what the learner finds of a piece: its first line and the dots, and in words what the exercise asks."""
    text = template(piece.partition(".")[0])
    function = find_piece(ast.parse(text), piece)
    head = "\n".join(text.splitlines()[function.lineno - 1 : function.body[0].lineno - 1])
    words = asked(piece, number)
    return [f"~~~~python\n{textwrap.dedent(head)}\n    ...\n~~~~", *([as_markdown(words)] if words else [])]


def asked(piece: str, number: int) -> str:
    """Return what an exercise asks of a piece, in the words of its docstring; empty if they are those of another."""
    function = find_piece(ast.parse(template(piece.partition(".")[0])), piece)
    # A docstring may speak of several exercises, one after the other.
    docstring = f"{ast.get_docstring(function)}\nExercise "
    found = re.search(rf"^Exercise {number}, [\w-]+: (.*?)\nExercise ", docstring, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def as_markdown(text: str) -> str:
    """Return a text that begins a sentence and means what it says, but for code in backticks."""
    sentence = (text[0].upper() + text[1:]).strip()
    return re.sub(r"(``?)(?:.+?)\1|[*_<[]", lambda found: found[0] if found[1] else f"\\{found[0]}", sentence)


def fold(title: str, content: str) -> list[str]:
    """Return something that is shown when its title is chosen."""
    return [f"<details>\n<summary>{title}</summary>", content, "</details>"]
