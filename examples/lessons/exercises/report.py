"""How a failure is told: the program to try, what was expected, what came, the mistake's name, and a picture."""

import ast
import itertools
import re
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from examples.lessons.exercises.checking import Failure, Result, read_texts
from examples.lessons.exercises.merging import find_piece, is_blank, parsed_model
from examples.lessons.exercises.pictures import draw_failure
from examples.lessons.exercises.questions import PLACE, Answer, Question, imports, shown
from examples.lessons.exercises.table import EXERCISES, Exercise, task

WIDTH = 88
UNREADABLE = ("SyntaxError", "IndentationError", "TabError")
LONGEST = 4
"""The length of the lists that are told entry by entry."""

WRAPPED = re.compile(r"^(?:len|str)\((.*)\)$")

CURES = {
    "RecursionError.*value": "A method that uses its own operator calls itself, without end: `self + other` inside of "
    "`__add__` is `__add__` again. Compute with the numbers, such as `self.data`.",
    "RecursionError": "Functions call each other without end, or deeper than Python goes, which is 1,000 calls.",
    "object is not iterable": "A tuple of one is written with a comma: (x,).",
    "'(int|float)' object has no attribute 'data'": "A plain number has no `data`: `as_value` makes a Value of it.",
    r"for \^": "A power is written ** in Python.",
    "must be real number, not Value": "The functions of `math` take numbers, such as `self.data`; a Value has methods, "
    "such as `tanh`.",
    "OverflowError": "exp(x) is too large for a float beyond x = 709: `math.tanh` is not.",
    "'list' and '(float|int)'": "A model answers with a list; `model(x)[0]` is its one answer.",
    "not supported between instances of": "Compare numbers: `self.data`.",
    "'str' object is not callable": "The table has functions in it, such as `lambda x, r: …`, and no texts.",
    "takes exactly one argument": "Each partial is called with two numbers, x and the result r.",
    "attribute '_(prev|backward|op)'": "That is micrograd's name: here it is `operands`, `partials` and `operation`.",
    "TimeoutError": "Look for a loop that never ends, or takes very long: `in` walks along a list, and a set finds at "
    "once.",
    "mismatch in its core dimension": "In a product the inner sizes agree, (n, k) @ (k, m). Which of the two wants a "
    "`.T`, or the other place?",
    "NoneType": "Something returned None, as a function without `return` does.",
}
"""What to do about an exception, by what it says."""

PICTURE = "wrong.svg"
STUCK = "Stuck? Ask for a hint." if sys.platform == "emscripten" else "Stuck? python -m examples.lessons hint"


def report(result: Result, folder: Path, new: Sequence[Exercise] = ()) -> str:
    """Return what the learner reads after a check, with praise for what is new.

    Where something is wrong, a picture is put into their folder; else an older one goes away.
    """
    (folder / PICTURE).unlink(missing_ok=True)
    parts = [progress(result, folder)]
    if new:
        verb = "are" if len(new) > 1 else "is"
        names = map(str, new if len(new) < 5 else [exercise.number for exercise in new])
        parts.append(paragraph(f"{', '.join(names)} {verb} right."))
    if result.failure:
        parts += told(result.failure, folder)
    elif result.blank:
        parts.append(following(result, folder))
    else:
        parts.append("All of it is yours now. See it train: python -m examples.lessons finish")
    return "\n\n".join(parts)


def following(result: Result, folder: Path) -> str:
    """Return what the next exercise is, and which functions are to be written, with their lines."""
    exercise = result.following()
    try:
        tree = ast.parse(read_texts(folder)[exercise.file])
    except (SyntaxError, ValueError):
        return f"Next: exercise {exercise}. But Python cannot read {folder / exercise.file}.py: `check` says where."
    pieces = [find_piece(tree, piece) for piece in exercise.pieces]
    blank = [f"{piece.name} (line {piece.lineno})" for piece in pieces if piece and is_blank(piece)]
    parts = [f"Next, after lesson {exercise.lesson}, in {folder / exercise.file}.py:", paragraph(task(exercise))]
    return "\n".join(parts + [paragraph(f"To write: {', '.join(blank)}")] * bool(blank))


def progress(result: Result, folder: Path) -> str:
    """Return how many exercises are solved, and which."""
    numbers = {exercise.number for exercise in result.solved}
    bar = "".join("■" if exercise.number in numbers else "□" for exercise in EXERCISES)
    return f"{folder.resolve().name}: {bar}  {len(numbers)} of {len(EXERCISES)} solved"


def told(failure: Failure, folder: Path) -> list[str]:
    """Return the paragraphs about a failure."""
    if failure.missing:
        return [missing(failure)]
    if failure.got and failure.got.value in UNREADABLE:
        return [f"Python cannot read what is in {folder / failure.exercise.file}.py:", difference(failure, folder)]
    lent = " (what is blank there was lent from ours here)" if failure.lent else ""
    parts = [f"Exercise {failure.exercise} is not right yet. Try it, in {folder or '.'}{lent}:"]
    parts.append(program(failure.question, failure.key))
    parts.append(difference(failure, folder))
    if failure.mistake and failure.got:
        parts.append(paragraph(cause(failure)))
    if failure.printed:
        parts.append(f"Your code printed {failure.printed.strip()[:60]!r}: only what it returns counts.")
    if failure.got and not failure.got.detail and draw_failure(failure, folder / PICTURE):
        parts.append(f"The graph, with what is wrong in red: {folder / PICTURE}")
    parts.append(STUCK)
    return parts


def missing(failure: Failure) -> str:
    """Return what to do about a piece that is not in the learner's file."""
    file, _, name = failure.missing.partition(".")
    if failure.blank:
        return f"Exercise {failure.exercise} is right so far; {name} in {file}.py still has its three dots."
    function = find_piece(parsed_model(file), failure.missing)
    head = f"def {function.name}({ast.unparse(function.args)}):"
    return f"Exercise {failure.exercise}: there is no {name} in {file}.py. Put it back:\n\n    {head}"


def program(question: Question, key: str) -> str:
    """Return the lines of a question, indented, with a last one that asks for what is wrong."""
    lines = [*imports(question), *(line.text for line in question.lines)]
    if key and key not in lines:
        lines.append("print({})".format(re.sub(r"\[\d+, \d+\]$", "", re.sub(WRAPPED, r"\1", key))))
    return textwrap.indent("\n".join(lines), "    ")


def cause(failure: Failure) -> str:
    """Return the sentence that names the mistake."""
    got, words = failure.got, failure.mistake.words
    what = "This" if isinstance(got.value, str) or len(matrix(failure.theirs, got.key)) > 1 else shown(got.value)
    more = "" if failure.certain else " But that is not all: other answers differ, too."
    return f"{what} is what you get {words}.{more}"


def difference(failure: Failure, folder: Path) -> str:
    """Return what was expected and what came."""
    expected, got = failure.expected, failure.got
    if got is None:
        return "Yours ends there, and ours goes on."
    if got.detail:
        return raised(got, folder)
    if expected is None:
        return f"Yours goes on with {got.key}, and ours ends there."
    if expected.key != got.key or expected.value == expected.key:
        return f"{subject(expected)} should be {kind(expected)}, and yours is {kind(got)}{cure(got)}."
    rows = [matrix(answers, got.key) for answers in (failure.ours, failure.theirs)]
    text = beside(*rows) if len(rows[0]) > 1 else sentence(failure)
    name = re.split(r"\W", got.key)[0]
    given = any(re.match(rf"{name} = (np\.array|\[)", line.text) for line in failure.question.lines[:-1])
    if given and not got.key.endswith((".grad", ".data")):
        text += f"\n\nYour function changed its argument {name}: leave it as it is (`Z = Z + b`, and not `Z += b`)."
    return text


def sentence(failure: Failure) -> str:
    """Return the sentence about one number, text or list."""
    expected, got = failure.expected, failure.got
    if order := re.fullmatch(r"(\w+)\.index\((\w+)\) < \w+\.index\((\w+)\)", got.key):
        return "{1} should stand before {2} in {0}: {2} is made from it.".format(*order.groups())
    if same_one := re.fullmatch(r"(\S+) is (\S+)", got.key):
        return "{} should be {} itself, and yours is another one.".format(*same_one.groups())
    key = re.sub(WRAPPED, r"\1", got.key)
    if key.startswith("'"):
        return f"{key} should be {expected.value}, and yours is {got.value}."
    one, other = map(shown, (expected.value, got.value))
    if got.key.startswith("str("):
        one, other = one.strip("'"), other.strip("'")
    elif key != got.key and max(expected.value, got.value) <= LONGEST:
        one, other = (listed(answers, key) for answers in (failure.ours, failure.theirs))
    elif key != got.key:
        key = f"the length of {key}"
    if one == other:
        one, other = map(repr, (expected.value, got.value))
    return f"{key} should be {one}, and yours is {other}."


def listed(answers: Sequence[Answer], name: str) -> str:
    """Return the entries of a list or tuple as Python writes them."""
    entries = [shown(answer.value) for answer in answers if re.fullmatch(rf"{re.escape(name)}\[\d+\]", answer.key)]
    if "." not in name:
        return f"[{', '.join(entries)}]"
    return f"({', '.join(entries)}{',' if len(entries) == 1 else ''})"


def subject(answer: Answer) -> str:
    """Return what an answer is about: the list of which it is the length, the array of which it is the shape."""
    return re.sub(r"^len\((.*)\)$", r"\1", answer.key.removesuffix(".shape"))


def kind(answer: Answer) -> str:
    """Return what an answer says about its subject: that it is a list, an array, a new Value, or what it is."""
    if answer.key == subject(answer):
        return "a new Value" if answer.value == answer.key else shown(answer.value)
    if answer.key.startswith("len("):
        return "a tuple" if "." in answer.key else "a list"
    return "an array"


def cure(answer: Answer) -> str:
    """Return how a None comes about."""
    return ": a function without `return` gives None" if answer.value == "None" else ""


def raised(answer: Answer, folder: Path) -> str:
    """Return what an exception said, with the learner's line that raised it."""
    text = paragraph(f"Yours raises {answer.detail}")
    place = PLACE.search(answer.detail)
    lines = read_texts(folder).get(place[1], "").splitlines() if place else []
    if place and int(place[2]) <= len(lines):
        text += f"\n\n    {lines[int(place[2]) - 1].strip()}"
    cures = [words for pattern, words in CURES.items() if re.search(pattern, answer.detail)]
    return f"{text}\n\n{paragraph(cures[0])}" if cures else text


def matrix(answers: Sequence[Answer], key: str) -> list[Answer]:
    """Return all answers about entries of the same matrix; an empty list where the key is about no entry."""
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
    header = f"{name} should be"
    width = max(map(len, [header, *blocks[0]])) + 2
    header = header.ljust(width) + "  yours is ([ ]: wrong)"
    return "\n".join([header, *(f"{one:<{width}}{other}" for one, other in zip(*blocks, strict=False))])


def paragraph(text: str) -> str:
    """Return a text in lines that fit the terminal."""
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
