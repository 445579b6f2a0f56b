"""The mistakes that the checker can name: its questions tell all of them apart, and none of them passes."""

import ast
from random import Random

import pytest

from engine import primitives_table
from engine.extend import CONSTANTS
from examples.lessons.exercises.asking import QUESTIONS, questions_for
from examples.lessons.exercises.merging import changed_engine, find_piece, our_engine, parsed_model
from examples.lessons.exercises.mistakes import (
    CLASSICS,
    RULES,
    better_words,
    classics_of,
    mistakes_of,
    possible_mistakes,
)
from examples.lessons.exercises.mutations import mutants
from examples.lessons.exercises.questions import ask, same
from examples.lessons.exercises.table import EXERCISES

NO_MISTAKES = {
    ("value.Value.backward", "with `=` in place of `+=` for `self.grad`"): "the grad of a result starts from 0 anyway",
    ("network.mean_squared_error", "with the operands of `-` swapped"): "a square has no sign",
}
"""Changes that change no answer, and why."""

WORDED = tuple(words for names in better_words().values() for words in names.values())
"""What is said by hand of slips that the mutator makes."""

# `order` is asked for chains of 20,000 Values.
MARKS = {"order": pytest.mark.slow}
each_exercise = pytest.mark.parametrize(
    "exercise",
    [pytest.param(exercise, id=exercise.name, marks=MARKS.get(exercise.name, ())) for exercise in EXERCISES],
)


def text_of(mistake):
    """What tells a mistake from others, in all the exercises that a piece belongs to."""
    return mistake.piece, ast.unparse(mistake.function.body)


def engine_with(mistake):
    """Our engine with one mistake."""
    return changed_engine({mistake.piece: mistake.function})


def answers_at(seeds, exercise, engine):
    """What an engine answers to other questions of the same kind."""
    questions = [question for seed in seeds for question in QUESTIONS[exercise.name](Random(seed))]
    return [answer for question in questions for answer in ask(engine, question)]


@each_exercise
def test_no_mistake_passes_and_no_words_come_twice(exercise):
    """Each mistake gives a wrong answer to one of the questions at least; `rules` has a test of its own."""
    mistakes = [mistake for mistake in mistakes_of(exercise) if mistake.piece != RULES]
    ours = [ask(our_engine(), question) for question in questions_for(exercise)]
    for mistake in mistakes:
        engine = engine_with(mistake)
        theirs = (ask(engine, question) for question in questions_for(exercise))
        assert not all(same(*pair) for pair in zip(ours, theirs, strict=True)), mistake
    words = [mistake.words for mistake in mistakes_of(exercise)]
    assert sorted(set(words)) == sorted(words)
    assert len(words) >= 5


@each_exercise
def test_what_the_questions_do_not_tell_apart_is_the_same_mistake(exercise):
    """All that is written by hand is told apart. A slip that is not says what one by hand says, on other graphs too."""
    relatives = [other for other in EXERCISES if set(other.pieces) & set(exercise.pieces)]
    listed = {text_of(mistake) for other in relatives for mistake in mistakes_of(other) if mistake.piece != RULES}
    pieces = set(exercise.pieces) - {RULES}
    by_hand = {(piece, ast.unparse(function.body)) for piece in pieces for _, function in classics_of(piece)}
    by_hand |= {text_of(slip) for slip in possible_mistakes(exercise) if slip.words.endswith(WORDED)}
    assert by_hand <= listed
    for mistake in possible_mistakes(exercise):
        known = mistake.piece == RULES or (mistake.piece, mistake.words) in NO_MISTAKES
        if not known and text_of(mistake) not in listed:
            theirs = answers_at((1, 2), exercise, engine_with(mistake))
            namesakes = (other for other in mistakes_of(exercise) if other.piece != RULES and text_of(other) in by_hand)
            assert any(same(theirs, answers_at((1, 2), exercise, engine_with(other))) for other in namesakes), mistake


def test_every_classic_mistake_stands_for_a_piece():
    """A function whose decorator is written otherwise would be overlooked."""
    pieces = {piece for exercise in EXERCISES for piece in exercise.pieces}
    read = sum(len(list(classics_of(piece))) for piece in pieces)
    files = [ast.parse(path.read_text(encoding="utf-8")) for path in CLASSICS.glob("*.py")]
    assert read == sum(isinstance(node, ast.FunctionDef) for file in files for node in file.body) > 200


def test_changes_of_rules_are_told_apart():
    """Each function of the table has mistakes of its own, which the questions about it tell apart."""
    rules = next(exercise for exercise in EXERCISES if exercise.name == "rules")
    found, names = set(), set()
    mistakes = [mistake for mistake in mistakes_of(rules) if mistake.piece == RULES]
    for mistake in mistakes:
        name = mistake.function.body[-1].value.keys[-1].value
        questions = [question for question in questions_for(rules) if f"{name!r}" in str(question)]
        engine = engine_with(mistake)
        answers = [(ask(our_engine(), question), ask(engine, question)) for question in questions]
        assert not all(same(*pair) for pair in answers), mistake
        found.add((name, str(answers)))
        assert not any(constant in mistake.words for constant in CONSTANTS)
        names.add(name)
    assert len(found) == len(mistakes)
    assert names == {row.name for row in primitives_table() if len(row.partials) == 1}


@pytest.mark.parametrize("piece", better_words())
def test_what_is_called_better_is_a_slip_that_is_made(piece):
    made = {words for words, _ in mutants(find_piece(parsed_model(piece.split(".")[0]), piece))}
    assert made >= {*better_words()[piece]}
