"""What the questions of `asking` are made of: lines, what is asked after them, and the texts of numbers and lists."""

from collections.abc import Sequence
from random import Random

from examples.lessons.exercises.graphs import NUMBERS
from examples.lessons.exercises.questions import Line, Question


def program(*lines: str | tuple[str, ...]) -> Question:
    """Return a question whose lines are texts, or a text and what is asked after it."""
    return Question(tuple(Line(line) if isinstance(line, str) else Line(line[0], line[1:]) for line in lines))


def names(lines: Sequence[str]) -> list[str]:
    """Return what the lines assign to."""
    return [line.partition(" = ")[0] for line in lines if " = " in line]


def remembered(name: str) -> tuple[str, ...]:
    """Return what is asked of a Value that an operation made."""
    return (name, f"{name}.data", f"{name}.operands", f"{name}.partials", f"{name}.grad", f"{name}.operation")


def gradients(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the gradients of a graph in the order in which a backward pass reaches them."""
    return tuple(f"{name}.grad" for name in reversed(names(lines)))


def record(line: str) -> tuple[str, ...]:
    """Return a line with what is asked after it: nothing after a leaf."""
    return (line,) if "= Value(" in line else (line, *remembered(line[0]))


def number(generator: Random) -> float:
    """Return a number of two digits that is not near to 0, 1 or 2, where mistakes hide."""
    return generator.choice(NUMBERS)


def numbers_text(generator: Random, size: int) -> str:
    """Return the text of a list of numbers."""
    return str([number(generator) for _ in range(size)])


def value(generator: Random) -> str:
    """Return the text of a leaf."""
    return f"Value({generator.choice((0.6, -0.4, 0.3, -0.8, 0.5, 0.2))})"


def values(generator: Random, size: int) -> str:
    """Return the text of a list of leaves."""
    return f"[{', '.join(value(generator) for _ in range(size))}]"


def array(generator: Random, rows: int, columns: int, low: float) -> str:
    """Return the text of a matrix of numbers from low to 0.9 or, where low is negative, to -low."""
    return (
        f"np.array({[[round(generator.uniform(low, max(-low, 0.9)), 1) for _ in range(columns)] for _ in range(rows)]})"
    )
