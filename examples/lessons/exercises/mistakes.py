"""Mistakes that learners make: our own solutions with one piece changed, and what to call it.

They come from three sources: `mutations`, which changes one thing in a function of ours; the table of primitives, whose
rows are the text of every derivative that a learner may write into `rules`; and the folder ``classics``, where mistakes
stand that need more than one change, or more words.
"""

import ast
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from examples.lessons.exercises.asking import questions_for
from examples.lessons.exercises.merging import Engine, changed_engine, find_piece, our_engine, parsed_model
from examples.lessons.exercises.mutations import mutants
from examples.lessons.exercises.questions import ask
from examples.lessons.exercises.rows import mutants_of_rules
from examples.lessons.exercises.table import Exercise
from examples.lessons.exercises.trees import without_docstring

CLASSICS = Path(__file__).with_name("classics")
RULES = "value.rules"
Change = tuple[str, ast.FunctionDef]
"""A changed function, and what the change is called."""


@dataclass(frozen=True)
class Mistake:
    """A piece of our engine with one mistake: the function that stands in its place, and the mistake's name.

    The words complete "-0.5 is what you get …", as in "with the operands of `-` swapped".
    """

    piece: str
    words: str
    function: ast.FunctionDef = field(repr=False, compare=False)


@cache
def mistakes_of(exercise: Exercise) -> tuple[Mistake, ...]:
    """Return the mistakes that an exercise's questions tell from our engine, and from each other.

    Some show in a later exercise only, as `=` for `+=` does. Of two that give the same answers, the first counts. The
    hundreds of changes of `rules` are told apart while they are made.
    """
    answers = {answers_to(exercise, our_engine())}
    found = []
    for mistake in possible_mistakes(exercise):
        if mistake.piece != RULES:
            given = answers_to(exercise, changed_engine({mistake.piece: mistake.function}))
            if given in answers:
                continue
            answers.add(given)
        found.append(mistake)
    return tuple(found)


@cache
def possible_mistakes(exercise: Exercise) -> tuple[Mistake, ...]:
    """Return all mistakes in the pieces of an exercise; those of a piece that are written by hand come first."""
    found = []
    for piece in exercise.pieces:
        ours = find_piece(parsed_model(exercise.file), piece)
        where = f"in `{ours.name}` " if len(exercise.pieces) > 1 and piece != RULES else ""
        made = mutants_of_rules(ours) if piece == RULES else called_better(piece, mutants(ours))
        found += [Mistake(piece, where + words, function) for words, function in [*classics_of(piece), *made]]
    return tuple(found)


def called_better(piece: str, made: Iterable[Change]) -> list[Change]:
    """Return the slips in a piece; those whose name in ``words.toml`` says more are called by it, and come first."""
    names = better_words().get(piece, {})
    changes = sorted(made, key=lambda change: change[0] not in names)
    return [(names.get(words, words), function) for words, function in changes]


@cache
def better_words() -> dict[str, dict[str, str]]:
    """Return for each piece what its slips are called, by what was done."""
    return tomllib.loads(CLASSICS.with_name("words.toml").read_text(encoding="utf-8"))


def classics_of(piece: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield (words, function) for each classic mistake in a piece, below ``@instead_of("value.Value.backward")``.

    The words are the function's docstring.
    """
    path = CLASSICS / f"{piece.split('.')[0]}.py"
    for function in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(function, ast.FunctionDef) and [*map(ast.unparse, function.decorator_list)] == [
            f"instead_of({piece!r})"
        ]:
            yield " ".join(ast.get_docstring(function).split()), without_docstring(function)


def answers_to(exercise: Exercise, engine: Engine) -> tuple[tuple[str, str], ...]:
    """Return all that an engine answers to an exercise's questions, with six digits."""
    answers = [answer for question in questions_for(exercise) for answer in ask(engine, question)]
    # Zero has no sign here: -0.0 + 0.0 is 0.0.
    return tuple((key, value if isinstance(value, str) else f"{value + 0.0:.6g}") for key, value, _ in answers)
