"""What an engine is asked, and how its answer is written down, so that two answers can be compared.

A question is a little program, the lines of which can be pasted into Python in the learner's folder. After a line it
asks for expressions: ``c.data``, ``c.partials[0]``, ``a.grad``. The answer is a flat list of numbers and short texts,
in the order in which a learner should look at them: the first that is wrong is what went wrong first.
"""

import itertools
import math
import re
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any, NamedTuple

from examples.lessons.exercises.merging import Engine, parsed_model
from examples.lessons.exercises.table import FILES

OTHERS = {"np": "import numpy as np", "random": "import random"}
"""What a question may use of others, and the line that imports it."""

PLACE = re.compile(r" \((\w+)\.py, line (\d+)\)$")
"""How the detail of an answer ends that is an exception raised in one of the files."""


class Line(NamedTuple):
    """A line of a question's program, and the expressions that are asked for after it."""

    text: str
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A program of lines. Where ``only_if`` is an expression that is false at its beginning, nothing is asked."""

    lines: tuple[Line, ...]
    only_if: str = ""


class Answer(NamedTuple):
    """One number or text: what was asked (an expression, or the line that raised), the answer, and more about it.

    Where Python raised an exception, the answer is the exception's name, and ``detail`` says where, and why.
    """

    key: str
    value: float | str
    detail: str = ""


def ask(engine: Engine, question: Question) -> list[Answer]:
    """Return an engine's answers to a question, up to the first line or expression that raises an exception."""
    space: dict[str, Any] = {"__builtins__": engine.builtins()}
    answers: list[Answer] = []
    key = question.only_if
    try:
        for line in imports(question):
            key = line
            exec(compiled(line, "exec"), space)
        if question.only_if and not eval(compiled(question.only_if, "eval"), space):
            return []
        for text, asks in question.lines:
            key = text
            exec(compiled(text, "exec"), space)
            for key in asks:
                answers += describe(key, eval(compiled(key, "eval"), space), space)
    except (Exception, SystemExit) as error:
        answers.append(Answer(key, type(error).__name__, explained(error)))
    return answers


@cache
def compiled(text: str, mode: str) -> CodeType:
    """Return a line or an expression ready to run: each is asked of hundreds of engines."""
    return compile(text, "<string>", mode)


@cache
def imports(question: Question) -> tuple[str, ...]:
    """Return the lines of imports that a question's program begins with."""
    text = "\n".join([question.only_if, *(line.text for line in question.lines)])
    used = set(re.findall(r"(?<!')\b\w+", text))
    names = {
        file: [node.name for node in parsed_model(file).body if getattr(node, "name", "") in used] for file in FILES
    }
    ours = [f"from {file} import {', '.join(found)}" for file, found in names.items() if found]
    return (*ours, *(line for name, line in OTHERS.items() if name in used))


def describe(key: str, value: Any, space: Mapping[str, Any]) -> list[Answer]:
    """Return what there is to say of a value: a number, the name of a Value, the length and the entries of a list."""
    if is_number(value):
        return [Answer(key, float(value))]
    name = next((name for name, other in space.items() if other is value and value is not None), None)
    if hasattr(value, "shape"):
        indices = itertools.product(*map(range, value.shape))
        entries = [(f"{key}[{', '.join(map(str, index))}]", float(value[index])) for index in indices]
        return [Answer(f"{key}.shape", str(tuple(value.shape))), *itertools.starmap(Answer, entries)]
    if isinstance(value, list | tuple):
        entries = [describe(f"{key}[{i}]", entry, space) for i, entry in enumerate(value)]
        return [Answer(f"len({key})", len(value)), *itertools.chain(*entries)]
    if value is None or isinstance(value, str | bool):
        return [Answer(key, repr(value) if isinstance(value, str) else str(value))]
    number = getattr(value, "data", None)
    if name is not None and is_number(number):
        return [Answer(key, name)]
    return [Answer(key, f"Value({number:g})" if is_number(number) else f"a {type(value).__name__}")]


def is_number(value: Any) -> bool:
    """Return whether a value is one number: a float, an int, or NumPy's; True and False are words here."""
    if isinstance(value, int | float):
        return not isinstance(value, bool)
    return getattr(value, "shape", None) == () and hasattr(value, "__float__")


def explained(error: BaseException) -> str:
    """Return what an exception says, and the learner's line that raised it, if one of theirs did."""
    text = traceback.format_exception_only(error)[-1].strip()
    frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    # What is lent stands in line 0.
    theirs = [(file, line) for file, line in frames if line and file in {f"{name}.py" for name in FILES}]
    if theirs:
        text += " ({}, line {})".format(*theirs[-1])
    return text


def same(one: Sequence[Answer], other: Sequence[Answer]) -> bool:
    """Return whether two engines gave the same answers, but for roundings."""
    return len(one) == len(other) and first_difference(one, other) is None


def first_difference(ours: Sequence[Answer], theirs: Sequence[Answer]) -> int | None:
    """Return the place of the first answer that differs, None where there is no difference.

    Numbers agree to 9 digits: sums may be added up in another order. NaN agrees with NaN.
    """
    for place, (one, other) in enumerate(zip(ours, theirs, strict=False)):
        if one.key != other.key or not equal(one.value, other.value) or reason(one) != reason(other):
            return place
    return None if len(ours) == len(theirs) else min(len(ours), len(theirs))


def reason(answer: Answer) -> str:
    """Return why Python raised an exception, wherever it was; nothing for another answer."""
    return PLACE.sub("", answer.detail)


def equal(one: float | str, other: float | str) -> bool:
    """Return whether two values of answers agree."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) or (one != one and other != other)


def shown(value: float | str) -> str:
    """Return a number in few digits, a text as it is. Zero has no sign."""
    return value if isinstance(value, str) else f"{value + 0.0:.4g}"
