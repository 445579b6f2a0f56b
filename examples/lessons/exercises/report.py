"""How a failure is told: the program to try, what was expected, what came, the mistake's name, and a picture."""

import ast
import itertools
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

from examples.lessons.exercises.checking import Failure, Result, read_texts
from examples.lessons.exercises.merging import find_piece, parsed_model
from examples.lessons.exercises.pictures import draw_failure
from examples.lessons.exercises.questions import Answer, Question, imports, shown
from examples.lessons.exercises.table import EXERCISES, task

WIDTH = 88
PICTURE = "wrong.svg"


def report(result: Result, folder: Path) -> str:
    """Return what the learner reads after a check. Where something is wrong, a picture is put into their folder."""
    parts = [progress(result)]
    if result.failure:
        parts += told(result.failure, folder)
    elif result.blank:
        parts.append(f"Next: {paragraph(task(result.blank[0]))}\nIt is in {folder / result.blank[0].file}.py")
    else:
        parts.append("All of it is yours now. See it train: python -m examples.lessons finish")
    return "\n\n".join(parts)


def progress(result: Result) -> str:
    """Return how many exercises are solved, and which."""
    numbers = {exercise.number for exercise in result.solved}
    bar = "".join("■" if exercise.number in numbers else "□" for exercise in EXERCISES)
    return f"{bar}  {len(numbers)} of {len(EXERCISES)} solved"


def told(failure: Failure, folder: Path) -> list[str]:
    """Return the paragraphs about a failure."""
    if failure.missing:
        return [missing(failure)]
    parts = [f"Exercise {failure.exercise} is not right yet. Try it:"]
    parts.append(program(failure.question, failure.key))
    parts.append(difference(failure, folder))
    if failure.mistake and failure.got:
        parts.append(paragraph(cause(failure)))
    if failure.printed:
        parts.append(f"Your code printed {failure.printed.strip()[:60]!r}: only what it returns counts.")
    if draw_failure(failure, folder / PICTURE):
        parts.append(f"The graph, with what is wrong in red: {folder / PICTURE}")
    parts.append("Stuck? python -m examples.lessons hint")
    return parts


def missing(failure: Failure) -> str:
    """Return what to do about a piece that is not in the learner's file."""
    file, _, name = failure.missing.partition(".")
    function = find_piece(parsed_model(file), failure.missing)
    head = f"def {function.name}({ast.unparse(function.args)}):"
    return f"Exercise {failure.exercise}: there is no {name} in {file}.py. Put it back:\n\n    {head}"


def program(question: Question, key: str) -> str:
    """Return the lines of a question, indented, with a last one that asks for what is wrong."""
    lines = [*imports(question), *(line.text for line in question.lines)]
    if key and key not in lines:
        lines.append(f"print({key})")
    return textwrap.indent("\n".join(lines), "    ")


def cause(failure: Failure) -> str:
    """Return the sentence that names the mistake."""
    got, words = failure.got, failure.mistake.words
    what = "This" if isinstance(got.value, str) or len(matrix(failure.theirs, got.key)) > 1 else shown(got.value)
    return f"{what} is what you {'' if failure.certain else 'would '}get {words}."


def difference(failure: Failure, folder: Path) -> str:
    """Return what was expected and what came."""
    expected, got = failure.expected, failure.got
    if got is None:
        return "Yours ends there, and ours goes on."
    if got.detail:
        return raised(got, folder)
    if expected is None:
        return f"Yours goes on with {got.key}, and ours ends there."
    if expected.key != got.key:
        return f"There should be {expected.key}, and yours has {got.key} there."
    rows = [matrix(answers, got.key) for answers in (failure.ours, failure.theirs)]
    if len(rows[0]) > 1:
        return beside(*rows)
    if expected.value == expected.key:
        reason = ": a function without `return` gives None" if got.value == "None" else ""
        return f"{got.key} should be a new Value, and yours is {shown(got.value)}{reason}."
    one, other = map(shown, (expected.value, got.value))
    if one == other:
        one, other = map(repr, (expected.value, got.value))
    return f"{got.key} should be {one}, and yours is {other}."


def raised(answer: Answer, folder: Path) -> str:
    """Return what an exception said, with the learner's line that raised it."""
    text = paragraph(f"Yours raises {answer.detail}")
    place = re.search(r"\((\w+)\.py, line (\d+)\)", answer.detail)
    lines = read_texts(folder).get(place[1], "").splitlines() if place else []
    if place and int(place[2]) <= len(lines):
        text += f"\n\n    {lines[int(place[2]) - 1].strip()}"
    return text


def matrix(answers: Sequence[Answer], key: str) -> list[Answer]:
    """Return all entries of the matrix of which an answer is one; only itself, if it is none."""
    name = key.partition("[")[0]
    return [answer for answer in answers if re.fullmatch(rf"{re.escape(name)}\[\d+, \d+\]", answer.key)]


def beside(ours: Sequence[Answer], theirs: Sequence[Answer]) -> str:
    """Return two matrices beside each other, with wrong entries in brackets."""
    blocks = []
    for answers in (ours, theirs):
        rows = []
        for _, row in itertools.groupby(answers, lambda answer: answer.key.split(",")[0]):
            entries = [
                f"[{shown(entry.value)}]" if answers is theirs and entry not in ours else f" {shown(entry.value)} "
                for entry in row
            ]
            rows.append(" ".join(f"{entry:>9}" for entry in entries))
        blocks.append(rows)
    name = ours[0].key.partition("[")[0]
    width = max(map(len, blocks[0])) + 4
    header = f"{name} should be".ljust(width) + "  yours is"
    return "\n".join([header, *(f"{one:<{width}}{other}" for one, other in zip(*blocks, strict=False))])


def paragraph(text: str) -> str:
    """Return a text in lines that fit the terminal."""
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
