"""The lessons: short, each with a question and a picture, run as scripts and as notebooks; and how they are shown."""

import ast
import builtins
import json
import re
import subprocess
import sys

import pytest
from support.commands import ROOT, refusal

from examples.lessons import __main__ as command
from examples.lessons.exercises.table import EXERCISES
from examples.lessons.prose import as_text
from examples.lessons.reading import (
    FOLDER,
    Lesson,
    LessonError,
    ask,
    cells_of,
    lesson_paths,
    notebook,
    play,
    read_lesson,
)

PATHS = lesson_paths()
ALLOWED = {"engine", "nn", "viz", "numpy", "matplotlib"}

SLOW = {7, 10, 14}

each_lesson = pytest.mark.parametrize("number", PATHS, ids=[path.stem for path in PATHS.values()])
each_lesson_run = pytest.mark.parametrize(
    "number",
    [pytest.param(number, marks=pytest.mark.slow if number in SLOW else (), id=PATHS[number].stem) for number in PATHS],
)


def code_of(lesson):
    """The code of a lesson, cell by cell."""
    return [cell.text for cell in lesson.cells if not cell.prose]


def imported(code):
    """The packages that code imports."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0]


def test_no_two_lessons_have_one_number():
    assert sorted(PATHS.values()) == sorted(FOLDER.glob("[0-9]*.py"))
    assert {exercise.lesson for exercise in EXERCISES} <= set(range(1, max(PATHS) + 1))


@each_lesson
def test_a_lesson_is_short_with_one_question_and_names_its_exercises(number):
    lesson, script = read_lesson(number), PATHS[number].read_text(encoding="utf-8")
    assert script.count("\n") <= 60
    assert script.startswith(f"# %% [markdown]\n# # {number}. {lesson.title}\n#\n")
    (question,) = (place for place, cell in enumerate(lesson.cells) if cell.asks)
    assert not lesson.cells[question + 1].prose
    assert all(cell.text.startswith("# ") or cell.text for cell in lesson.cells)
    own = {"examples"} if number >= 7 else set()
    assert set(imported("\n".join(code_of(lesson)))) - sys.stdlib_module_names <= ALLOWED | own
    named = " ".join(lesson.cells[-1].text.replace("_", " ").split())
    assert [str(exercise) for exercise in EXERCISES if exercise.lesson == number and str(exercise) not in named] == []


@each_lesson_run
@pytest.mark.usefixtures("open_table")
def test_a_lesson_runs_without_a_warning_and_writes_what_it_names(number, tmp_path, capsys):
    lesson = read_lesson(number)
    written = play(lesson, tmp_path)
    output = capsys.readouterr().out
    assert all(path.stat().st_size > 500 for path in written)
    named = re.findall(rf"\b{number:02}_\w+\.(?:svg|html|png)\b", "\n".join(code_of(lesson)))
    assert {path.name for path in written} == set(named) != set()
    prose = "\n".join(cell.text for cell in lesson.cells if cell.prose)
    assert [name for name in named if name not in prose] == []
    shown = [line for line in output.splitlines() if line.startswith("│")]
    assert [line.removeprefix("│ ") for line in shown] == "\n".join(code_of(lesson)).splitlines()


@each_lesson
def test_as_a_notebook_it_has_the_same_cells(number):
    import nbformat  # here, as it takes seconds of every process that collects the tests

    lesson = read_lesson(number)
    written = notebook(lesson)
    book = nbformat.reads(written, as_version=nbformat.NO_CONVERT)
    nbformat.validate(book)
    found = [(cell.cell_type == "markdown", cell.source) for cell in book.cells]
    assert "sys.path" in found.pop(1)[1]
    assert found == [(cell.prose, cell.text) for cell in lesson.cells]
    assert len({cell.id for cell in book.cells}) == len(book.cells)


LESSON = """# %% [markdown]
# # 99. A lesson
#
# Prose.

# %%
from pathlib import Path

a = 2
print("before")

# %% [markdown]
# How much is a + a?

# %%
print(a + a)
Path("99_sum.svg").write_text(str(a + a))
"""


def made(script, tmp_path):
    """A lesson of this script."""
    path = tmp_path / "99_a_lesson.py"
    path.write_text(script)
    return Lesson(99, path, cells_of(script))


@pytest.mark.slow
def test_a_written_notebook_runs_anywhere(tmp_path, monkeypatch):
    """It finds the packages, as no kernel finds them here: each starts in a folder where they are not."""
    from support.notebooks import executed

    lesson = made(LESSON.replace("a = 2", "import engine, examples\n\na = 2"), tmp_path)
    monkeypatch.chdir(tmp_path)
    cells = ["".join(cell["source"]) for cell in json.loads(notebook(lesson))["cells"] if cell["cell_type"] == "code"]
    book = executed(tmp_path, cells)
    assert [cell.outputs[0].text for cell in book.cells if cell.outputs][1:] == ["4\n"]


def at_terminal(monkeypatch, stdin, stdout, answers):
    """Let the two be terminals or not; the person there gives these answers."""
    monkeypatch.setattr(sys.stdin, "isatty", lambda: stdin, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: stdout, raising=False)
    monkeypatch.setattr(builtins, "input", lambda prompt: answers.pop(0))


def test_a_person_at_the_terminal_is_asked_before_the_answer_is_shown(tmp_path, monkeypatch, capsys):
    at_terminal(monkeypatch, True, True, answers := ["5 "])
    monkeypatch.setenv("NO_COLOR", "1")
    play(made(LESSON, tmp_path), tmp_path)
    assert not answers
    assert "\n4\n(Your guess: 5)\n(Written: " in capsys.readouterr().out


@pytest.mark.parametrize(("stdin", "stdout"), [(False, True), (True, False)])
def test_nobody_is_asked_elsewhere(stdin, stdout, tmp_path, monkeypatch, capsys):
    at_terminal(monkeypatch, stdin, stdout, [])
    (written,) = play(made(LESSON, tmp_path), tmp_path)
    assert written.name == "99_sum.svg"
    assert "guess" not in capsys.readouterr().out
    assert ask() == ""


@pytest.mark.parametrize(
    ("last", "said"),
    [("a / 0", r"    a / 0\n    ~~\^~~\nZeroDivisionError: division by zero"), ("a b", r"    a b\n.*\nSyntaxError: ")],
)
def test_a_failing_cell_ends_with_its_line(last, said, tmp_path):
    lesson = made(LESSON.replace("print(a + a)", last), tmp_path)
    with pytest.raises(LessonError, match=said) as found:
        play(lesson, tmp_path)
    assert '99_a_lesson.py", line 16' in str(found.value)
    assert "reading.py" not in str(found.value)
    assert str(found.value).endswith("Lesson 99 stops here: its cell at line 16 failed.")


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# A title", "A title\n======="),
        ("## Part\n\nText", "Part\n----\n\nText"),
        ("one two three\nfour five", "one two three four\nfive"),
        ("`a*b`, **c**, *d e*, f*g*h, 2 * i", "`a*b`, c, d e,\nf*g*h, 2 * i"),
        ("- one two three four five\n- six", "- one two three four\n  five\n- six"),
        ("Steps:\n1. one two three four five", "Steps:\n1. one two three\n   four five"),
        ("    x = 1   # as it is, however long\n    y", "    x = 1   # as it is, however long\n    y"),
        ("```python\nx  =  1\n```", "x  =  1"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |"),
    ],
)
def test_prose_in_a_terminal(markdown, text):
    assert as_text(markdown, 20, styled=False) == text


def test_prose_in_colour():
    assert as_text("`x` is *new*", 20, styled=True) == "\033[36mx\033[0m is \033[3mnew\033[0m"


def test_the_command_shows_a_lesson_or_writes_it_or_says_what_there_is(tmp_path, monkeypatch, capsys):
    path = made(LESSON, tmp_path).path
    monkeypatch.setattr("examples.lessons.reading.FOLDER", tmp_path)
    assert command.main([]) == 0
    assert "  99. A lesson\n" in capsys.readouterr().out
    place = tmp_path / "out"
    assert command.main(["99", "--output", str(place)]) == 0
    assert f"To look at, in a browser:\n  {place / '99_sum.svg'}\n" in capsys.readouterr().out
    assert command.main(["99", "--notebook", "--output", str(place)]) == 0
    assert json.loads((place / "99_a_lesson.ipynb").read_text())["nbformat"] == 4
    path.write_text(LESSON + "1 / 0\n")
    assert command.main(["99", "--output", str(place)]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert "there is no lesson 98: choose from 99" in refusal(command.main, "98")


def test_a_lesson_is_also_a_script(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", str(PATHS[min(PATHS)])],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
