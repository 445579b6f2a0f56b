"""Random computation graphs, written as the lines of Python that record them, and how a question is made smaller.

    a = Value(1.5)
    b = Value(-0.7)
    c = a - b

Such lines can be read, pasted into Python, run by any engine, and shortened by their text alone.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random

from examples.lessons.exercises.merging import our_engine
from examples.lessons.exercises.questions import Line, Question, ask

NUMBERS = (1.5, -0.7, 2.3, -1.2, 0.4, 3.1, -2.6, 0.9, -1.7, 0.6)
SIMPLE = (1.0, 2.0, 3.0, -1.0, -2.0, 0.5)
NAMES = "abcdefghijklmnopqrstuvwyz"


def random_lines(generator: Random, forms: Sequence[str], steps: int, *, shared: bool = True) -> list[str]:
    """Return the lines of a random graph of about so many steps, in which the last line depends on all others.

    forms are how a step may look: ``"{} + {}"``, ``"{}.tanh()"``. With shared=False, every Value is used at most once.
    Steps that our engine cannot compute, or that give a number which is hard to read, are not taken.
    """
    while True:
        names = list(NAMES[: 2 if shared else steps + 1])
        leaves = generator.sample(NUMBERS, len(names))
        lines = [f"{name} = Value({number})" for name, number in zip(names, leaves, strict=True)]
        for _ in range(10 * steps):
            form = generator.choice(forms)
            operands = [generator.choice(names[-2:] if shared else names)]
            operands += [generator.choice(names)] if form.count("{}") == 2 else []
            generator.shuffle(operands)
            line = f"{NAMES[len(lines)]} = {form.format(*operands)}"
            if (shared or len(set(operands)) == len(operands)) and is_tame(lines, line):
                names = [name for name in names if shared or name not in operands] + [line[0]]
                lines.append(line)
                if len(lines) == len(leaves) + steps:
                    return needed(lines)


def is_tame(lines: Sequence[str], line: str) -> bool:
    """Return whether our engine computes the line, and gives a number of a size that can be read."""
    program = [*map(Line, lines), Line(line, (f"{line[0]}.data",))]
    (number,) = ask(our_engine(), Question(tuple(program)))[-1:]
    return isinstance(number.value, float) and 0.05 <= abs(number.value) <= 30.0


def needed(lines: Sequence[str]) -> list[str]:
    """Return those lines that the last one depends on: a pass over the graph, from its end to its beginning."""
    kept: list[str] = []
    for line in reversed(lines):
        if not kept or re.search(rf"\b{line[0]}\b", " ".join(other[4:] for other in kept)):
            kept.insert(0, line)
    return kept


def smaller(question: Question) -> Iterator[Question]:
    """Give the questions that are one step smaller: without one line, or with a simpler number in one line.

    What a line that goes away computed is replaced, in the lines after it, by one of the Values it was computed from.
    """
    lines = question.lines
    for i, line in enumerate(lines):
        name, equals, expression = line.text.partition(" = ")
        before, after = lines[:i], lines[i + 1 :]
        if "[" in expression:
            continue  # A list is no smaller than another.
        if not equals:
            yield Question((*before, *after), question.only_if)
            continue
        others = [other.text.partition(" = ")[0] for other in before if re.match(r"\w+ = [^\[]+$", other.text)]
        others = [other for other in others if re.search(rf"\b{other}\b", expression)] or others[-1:]
        for other in others:
            yield Question((*before, *(renamed(rest, name, other) for rest in after)), question.only_if)
    for i, line in enumerate(lines):
        for number in SIMPLE if (found := re.fullmatch(r"\w+ = Value\((\S+)\)", line.text)) else ():
            if found and float(found[1]) not in SIMPLE[: SIMPLE.index(number) + 1]:
                text = line.text.replace(found[1], str(number))
                yield Question((*lines[:i], Line(text, line.asks), *lines[i + 1 :]), question.only_if)


def renamed(line: Line, name: str, other: str) -> Line:
    """Return a line that speaks of another Value; what it asked of the Value that went away, it does not ask."""
    pattern = re.compile(rf"\b{name}\b")
    return Line(pattern.sub(other, line.text), tuple(ask for ask in line.asks if not pattern.search(ask)))


def shrunk(question: Question, fails: Callable[[Question], bool]) -> Question:
    """Return the smallest question found on which something still fails: no smaller one of it does."""
    while True:
        often = most_uses(question)
        candidates = (candidate for candidate in smaller(question) if most_uses(candidate) <= often)
        found = next((candidate for candidate in candidates if fails(candidate)), None)
        if found is None:
            return question
        question = found


def most_uses(question: Question) -> int:
    """Return how often the lines use what they use most: a graph without fan-out shall not get one."""
    names = {line.text.partition(" = ")[0] for line in question.lines}
    text = " ".join(line.text.partition(" = ")[2] for line in question.lines)
    return max(Counter(name for name in re.findall(r"\w+", text) if name in names).values(), default=0)
