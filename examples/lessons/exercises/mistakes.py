"""Mistakes that learners make: our own solutions with one piece changed, and what to call it.

They come from three sources: `mutations`, which changes one thing in a function of ours; the table of primitives, whose
rows are the text of every derivative that a learner may write into `rules`; and the folder ``classics``, where mistakes
stand that need more than one change.
"""

import ast
import builtins
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

import engine
from engine.extend import CONSTANTS, FAILURES
from examples.lessons.exercises.merging import find_piece, parsed_model
from examples.lessons.exercises.mutations import mutants, of_slope, variants
from examples.lessons.exercises.table import EXERCISES, Exercise
from examples.lessons.exercises.trees import children, parsed, with_child, without_docstring

CLASSICS = Path(__file__).with_name("classics")
POINTS = (0.3, 0.8, 1.7, -0.6)
"""Numbers at which two formulas are compared; at least one is in the domain of each row."""

SHOWN_FROM = {
    ("value.Value.__add__", "without `as_value`"): "numbers",
    ("value.Value.__mul__", "without `as_value`"): "numbers",
    ("value.Value.backward", "with `=` in place of `+=` for `operand.grad`"): "fan_out",
    ("value.Value.backward", "without the lines `for node in order: if node.operands: node.grad = 0.0`"): "twice",
    ("value.Value.backward", "without the condition `node.operands`"): "twice",
    ("value.Value.backward", "with the condition `node.operands` the wrong way round"): "twice",
}
"""The first exercise that asks for what a change breaks, where its piece belongs to earlier ones too."""

NOT_SHOWN = {
    "value.Value.backward": {
        "with `=` in place of `+=` for `self.grad`": "the grad of a result starts from 0 anyway",
        "with `operand.grad` in place of `node.grad`": "it is 0, so nothing is passed on: a classic says so",
    },
    "value.Value.__truediv__": {
        "with `self.data` in place of the result in the partial by `other`": "a classic says so"
    },
    "network.mean_squared_error": {"with the operands of `-` swapped": "a square has no sign"},
}
"""Changes that change no answer, or give those of another change, and why."""


class Pair(NamedTuple):
    """The formulas of a function of one number: its value in terms of x, its partial in terms of x and the result r."""

    value: ast.expr
    partial: ast.expr


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
    """Return the mistakes that an exercise's questions can tell apart; what is written by hand comes first."""
    found = []
    for piece in exercise.pieces:
        ours = find_piece(parsed_model(exercise.file), piece)
        by_hand = list(classics_of(piece, exercise))
        told = {ast.unparse(function.body) for _, function in by_hand}
        changes = of_rules(ours) if piece == "value.rules" else mutants(ours)
        where = f"in `{ours.name}` " if len(exercise.pieces) > 1 and ours.name != "rules" else ""
        found += [Mistake(piece, where + words, function) for words, function in by_hand]
        for words, function in changes:
            known = words in NOT_SHOWN.get(piece, {}) or (told and ast.unparse(function.body) in told)
            if not known and is_shown(SHOWN_FROM.get((piece, words)), exercise):
                found.append(Mistake(piece, where + words, ast.fix_missing_locations(function)))
    return tuple(found)


def is_shown(first: str | None, exercise: Exercise) -> bool:
    """Return whether the exercise of that name is not later than another; always, where no name is given."""
    return first is None or next(other.number for other in EXERCISES if other.name == first) <= exercise.number


def classics_of(piece: str, exercise: Exercise) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield (words, function) for each classic mistake in a piece: the words are the function's docstring.

    It stands below ``@instead_of("value.Value.backward")``, or ``@instead_of(…, exercise="twice")`` where it is no
    mistake in the exercises before that one.
    """
    path = CLASSICS / f"{exercise.file}.py"
    for function in ast.parse(path.read_text(encoding="utf-8")).body if path.exists() else ():
        if isinstance(function, ast.FunctionDef) and function.decorator_list:
            call = function.decorator_list[0]
            first = call.keywords[0].value.value if call.keywords else None
            if call.args[0].value == piece and is_shown(first, exercise):
                yield " ".join(ast.get_docstring(function).split()), without_docstring(function)


def of_rules(ours: ast.FunctionDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield (words, function) for each change of a formula in `rules`: in ours, and in the rows that we left out."""
    table = ours.body[-1].value
    single = (row for row in rows().values() if len(row.partials) == 1)
    pairs = {row.name: Pair(parsed(row.value), parsed(row.partials[0])) for row in single}
    pairs |= {key.value: as_pair(*pair.elts) for key, pair in zip(table.keys, table.values, strict=True)}
    for name, pair in pairs.items():
        answers = {answers_of(pair)}
        for words, changed in changes_of_pair(name, pairs):
            if (other := answers_of(changed)) not in answers:
                answers.add(other)
                entry = ast.Tuple([lambda_of("x", changed.value), lambda_of("x, r", changed.partial)], ast.Load())
                entries = ast.Dict([*table.keys, ast.Constant(name)], [*table.values, entry])
                yield words, with_child(ours, "body", len(ours.body) - 1, ast.Return(entries))


def as_pair(value: ast.expr, partial: ast.Lambda) -> Pair:
    """Return the formulas of an entry of our own `rules`, where a value may be the name of a function of ``math``."""
    return Pair(value.body if isinstance(value, ast.Lambda) else parsed(f"{ast.unparse(value)}(x)"), partial.body)


def changes_of_pair(name: str, pairs: dict[str, Pair]) -> Iterator[tuple[str, Pair]]:
    """Yield (words, changed pair) for the function of that name: slips, and formulas of functions of a similar name."""
    value, partial = pairs[name]
    place = f"the partial of {name}"
    for words, other in variants(partial, place, whole=True) if is_plain(partial) else of_slope(partial, place):
        yield words, Pair(value, other)
    yield f"with the value itself as {place}", Pair(value, parsed("r"))
    for words, other in variants(value, f"the value of {name}") if is_plain(value) else ():
        yield words, Pair(other, partial)
    for other, pair in pairs.items():
        if other != name and (other in name or name in other or {other, name} == {"sin", "cos"}):
            yield f"with the partial of {other} as {place}", Pair(value, pair.partial)
            yield f"with the value of {other} as the value of {name}", Pair(pair.value, partial)


def is_plain(formula: ast.expr) -> bool:
    """Return whether a formula is one that a learner might write: it has no cases, and calls only what ``math`` has."""
    called = [node.func for node in ast.walk(formula) if isinstance(node, ast.Call)]
    known = all(isinstance(function, ast.Attribute) or hasattr(math, function.id) for function in called)
    return known and not any(isinstance(node, ast.IfExp) for node in ast.walk(formula))


def lambda_of(names: str, formula: ast.expr) -> ast.Lambda:
    """Return a formula as a function that the module ``value`` can run: it knows no functions but those of ``math``."""
    function = parsed(f"lambda {names}: 0")
    function.body = in_python(formula)
    return function


def in_python(node: ast.AST) -> ast.AST:
    """Return a formula in which the constants are numbers, and the other rows that it calls are written out."""
    if isinstance(node, ast.Name) and node.id in CONSTANTS:
        return ast.Constant(float(CONSTANTS[node.id]))
    for part, position, child in children(node):
        node = with_child(node, part, position, in_python(child))
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return node
    name = node.func.id
    if hasattr(math, name):
        return ast.Call(parsed(f"math.{name}"), node.args, [])
    return ast.Call(row_in_python(name), node.args, []) if name in rows() and not hasattr(builtins, name) else node


@cache
def rows() -> dict[str, engine.Primitive]:
    """Return the table of primitives by name."""
    return {row.name: row for row in engine.primitives_table()}


@cache
def row_in_python(name: str) -> ast.Lambda:
    """Return the value of a row as a function."""
    return lambda_of(", ".join(rows()[name].operand_names), parsed(rows()[name].value))


def answers_of(pair: Pair) -> tuple[str, ...]:
    """Return value and partial at the `POINTS`: what two formulas have in common if they are the same function."""
    value, partial = run(pair.value, "x"), run(pair.partial, "x, r")
    answers = []
    for x in POINTS:
        try:
            result = value(x)
            answers += [f"{result:.9g}", f"{partial(x, result):.9g}"]
        except FAILURES:
            answers.append("fails")
    return tuple(answers)


def run(formula: ast.expr, names: str) -> Callable[..., float]:
    """Return a formula as a function of these names that runs."""
    tree = ast.fix_missing_locations(ast.Expression(lambda_of(names, formula)))
    return eval(compile(tree, "rules", "eval"), {"math": math})
