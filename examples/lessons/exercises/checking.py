"""The check: the first answer of the learner's engine that is wrong, and the mistake of ours that gives it too."""

import ast
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from examples.lessons.exercises.asking import questions_for
from examples.lessons.exercises.folder import read_texts
from examples.lessons.exercises.graphs import shrunk
from examples.lessons.exercises.merging import Engine, changed_engine, find_piece, is_blank, our_engine, parsed
from examples.lessons.exercises.mistakes import RULES, Mistake, mistakes_of
from examples.lessons.exercises.questions import Answer, Question, ask, first_difference, same
from examples.lessons.exercises.table import EXERCISES, Exercise
from examples.lessons.exercises.worker import Here, Worker, worker_for

HOPELESS = ("TimeoutError", "MemoryError")
"""What is not tried again on smaller questions, for the time it takes."""


@dataclass(frozen=True)
class Failure:
    """What is wrong with an exercise: the question, the answers of both engines, and the place of the first wrong one.

    ``mistake`` gives the same answer, to this question at least; ``certain`` says that it does so to all questions.
    ``theirs`` may be shorter than ``place``: then an answer is missing. ``missing`` is a piece that is not there,
    or still ``blank``; ``lent`` says that the learner's files alone cannot run the question's program yet.
    """

    exercise: Exercise
    question: Question
    place: int
    ours: Sequence[Answer]
    theirs: Sequence[Answer]
    printed: str = ""
    missing: str = ""
    blank: bool = False
    lent: bool = False
    mistake: Mistake | None = None
    certain: bool = False

    @property
    def expected(self) -> Answer | None:
        """Our answer at that place, None where there should be no more."""
        return self.ours[self.place] if self.place < len(self.ours) else None

    @property
    def got(self) -> Answer | None:
        """The learner's answer at that place, None where it is missing."""
        return self.theirs[self.place] if self.place < len(self.theirs) else None

    @property
    def key(self) -> str:
        """What was asked for: an expression, or the line that raises."""
        return (self.got if self.expected is None or (self.got and self.got.detail) else self.expected).key


@dataclass
class Result:
    """What a check found: the exercises that are solved and those that were not begun, and the first that is wrong."""

    solved: list[Exercise] = field(default_factory=list)
    blank: list[Exercise] = field(default_factory=list)
    failure: Failure | None = None

    def following(self) -> Exercise | None:
        """Return what to do next: what is wrong, or else what is blank, best after all that is solved."""
        last = max((exercise.number for exercise in self.solved), default=0)
        blank = [exercise for exercise in self.blank if exercise.number > last] + self.blank
        return self.failure.exercise if self.failure else next(iter(blank), None)


def check(folder: Path, only: Exercise | None = None) -> Result:
    """Check all exercises that were begun, or one of them: then it is the one whose failure is told.

    An exercise is checked with the learner's own pieces and those of the exercises that they have solved before it;
    the others are lent from ours.
    """
    texts = read_texts(folder)
    result = Result()
    with worker_for(folder) as worker:
        for exercise in EXERCISES[: only.number if only else None]:
            if is_left(texts, exercise.pieces[0]):
                result.blank.append(exercise)
                continue
            tell = result.failure is None and only in (None, exercise)
            failure = examine(worker, texts, exercise, result.solved, tell)
            if failure is None:
                result.solved.append(exercise)
            elif tell:
                result.failure = failure
    return result


def examine(
    worker: Worker | Here, texts: Mapping[str, str], exercise: Exercise, solved: Sequence[Exercise], tell: bool = True
) -> Failure | None:
    """Return what is wrong with an exercise, where the learner has solved these others; None where nothing is.

    With tell=False the failure is not explained, which takes time.
    """
    if missing := missing_piece(texts, exercise):
        return Failure(exercise, Question(()), 0, [], [], missing=missing)
    blank = [piece for piece in exercise.pieces if is_left(texts, piece)]
    worker.load(texts, lent_to(exercise, solved) | {*blank})
    failure = first_failure(worker, exercise)
    if failure and tell:
        before = {piece for other in EXERCISES[: exercise.number - 1] for piece in other.pieces}
        return dataclasses.replace(named(worker, failure), lent=any(is_left(texts, piece) for piece in before))
    return failure or (Failure(exercise, Question(()), 0, [], [], missing=blank[0], blank=True) if blank else None)


def is_left(texts: Mapping[str, str], piece: str) -> bool:
    """Return whether a piece is still as it was given. What is in a file that is broken is not."""
    try:
        file = piece.split(".")[0]
        function = find_piece(parsed(texts[file], file), piece)
    except (SyntaxError, ValueError):
        return False
    return function is not None and is_blank(function)


def missing_piece(texts: Mapping[str, str], exercise: Exercise) -> str:
    """Return the first piece of an exercise whose name the learner's file gives to nothing; empty if all are there."""
    try:
        tree = parsed(texts[exercise.file], exercise.file)
    except (SyntaxError, ValueError):
        return ""
    named = {getattr(node, "name", None) or getattr(node, "id", None) for node in ast.walk(tree)}
    return next((piece for piece in exercise.pieces if piece.rpartition(".")[2] not in named), "")


def lent_to(exercise: Exercise, solved: Sequence[Exercise]) -> set[str]:
    """Return the pieces that are lent while an exercise is checked."""
    lent = {piece for other in EXERCISES if other not in solved for piece in other.pieces}
    return lent - set(exercise.pieces)


def first_failure(worker: Worker | Here, exercise: Exercise) -> Failure | None:
    """Return the failure at the first question that the learner's engine answers wrongly, None if it answers well."""
    failures = (failure_at(worker, exercise, question) for question in questions_for(exercise))
    return next(filter(None, failures), None)


def named(worker: Worker | Here, failure: Failure) -> Failure:
    """Return a failure with the mistake that explains it, on the smallest question that shows it."""
    if failure.got and failure.got.value in HOPELESS:
        return failure
    exercise = failure.exercise
    others = []
    for question in questions_for(exercise):
        if other := failure_at(worker, exercise, question):
            others.append(other)
            if other.got and other.got.value in HOPELESS:
                break
    mistake, certain = mistake_of(failure, others)

    def fails(question: Question) -> bool:
        other = failure_at(worker, exercise, question) if steps(question) or not steps(failure.question) else None
        return other is not None and alike(other, failure) and (mistake is None or fits(mistake, other))

    small = failure_at(worker, exercise, shrunk(failure.question, fails)) or failure
    return dataclasses.replace(small, mistake=mistake, certain=certain)


def steps(question: Question) -> int:
    """Return how many operations a question's program records: without any, there is not much to see."""
    return sum(" = " in line.text and "= Value(" not in line.text for line in question.lines)


def failure_at(worker: Worker | Here, exercise: Exercise, question: Question) -> Failure | None:
    """Return the failure at one question; None where both agree, ours cannot answer, or theirs was not asked."""
    ours = ask(our_engine(), question)
    if not ours or any(answer.detail for answer in ours):
        return None
    theirs, printed = worker.ask(question)
    place = first_difference(ours, theirs)
    unasked = question.only_if and not theirs
    return None if unasked or place is None else Failure(exercise, question, place, ours, theirs, printed)


def alike(one: Failure, other: Failure) -> bool:
    """Return whether two failures are of one kind: a wrong number, a wrong text, or the same exception."""
    kinds = [got.value if got and isinstance(got.value, str) else type(got) for got in (one.got, other.got)]
    asked = [str(failure.expected and failure.expected.key).rpartition(".")[2] for failure in (one, other)]
    return kinds[0] == kinds[1] and (asked[0] == asked[1] or not asked[0].isidentifier())


def mistake_of(first: Failure, failures: Sequence[Failure]) -> tuple[Mistake | None, bool]:
    """Return the mistake that gives the learner's answers where they are wrong, and whether it gives all of them.

    One that does is wrong nowhere else, as the learner's engine is. Where none does, it explains
    the first failure, and as much of the rest as one can.
    """
    # The hundreds of mistakes in the formulas of `rules` raise nothing.
    raised = first.got is not None and first.got.detail
    mistakes = [mistake for mistake in mistakes_of(first.exercise) if not (raised and mistake.piece == RULES)]
    fitting = [mistake for mistake in mistakes if fits(mistake, first)]
    for mistake in fitting:
        if all(fits(mistake, failure) for failure in failures) and wrong_at(mistake, first.exercise) == len(failures):
            return mistake, True

    def merit(mistake: Mistake) -> int:
        return sum(fits(mistake, failure) for failure in failures) - wrong_at(mistake, first.exercise)

    return max(fitting, key=merit, default=None), False


def fits(mistake: Mistake, failure: Failure) -> bool:
    """Return whether our engine with one mistake gives the learner's answers to the question of a failure."""
    return same(ask(engine_with(mistake), failure.question), failure.theirs)


@cache
def wrong_at(mistake: Mistake, exercise: Exercise) -> int:
    """Return how many questions of an exercise our engine with that mistake answers wrongly.

    As a learner may, it leaves out the functions that `rules` need not have.
    """
    engine = engine_with(mistake)
    answers = ((question, ask(engine, question)) for question in questions_for(exercise))
    asked = ((question, given) for question, given in answers if given or not question.only_if)
    return sum(not same(ask(our_engine(), question), given) for question, given in asked)


@cache
def engine_with(mistake: Mistake) -> Engine:
    """Return our engine with one mistake."""
    return changed_engine({mistake.piece: mistake.function})
