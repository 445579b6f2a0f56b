"""The exercise `rules` and the engine's table of primitives, which is the text of every derivative that it may ask for.

A formula of the table becomes a function that the learner's module ``value`` could hold. So our engine answers for all
functions of one number that a learner may add to `rules`, and can make a mistake in each.
"""

import ast
import builtins
import math
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import engine
from engine.extend import CONSTANTS, FAILURES, FLOATS
from examples.lessons.exercises.mutations import of_slope, variants
from examples.lessons.exercises.trees import children, parsed, with_child

POINTS = (0.6, -0.3, 1.7, 2.4)
"""Numbers that functions are asked for; each function has a value and a derivative at some of them."""

SPOKEN = {"LOG_10": "log(10)", "LOG_2": "log(2)", "TWO_OVER_SQRT_PI": "(2 / sqrt(pi))", "DEGREE": "(pi / 180)"}


class Pair(NamedTuple):
    """The formulas of a function of one number: its value in terms of x, its partial in terms of x and the result r."""

    value: ast.expr
    partial: ast.expr


def every_rule(rules: ast.FunctionDef) -> ast.FunctionDef:
    """Return our `rules` with the rest of the table: all functions of one number."""
    return with_entries(rules, {name: pair for name, pair in pairs_of(rules).items() if name not in written(rules)})


def mutants_of_rules(rules: ast.FunctionDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield (words, function) for each change of one formula, of those in our `rules` and those in the table."""
    pairs = pairs_of(rules)
    for name, pair in pairs.items():
        points = points_of(rows()[name])
        answers = {answers_of(pair, points)}
        for words, changed in changes_of_pair(name, pairs):
            if (other := answers_of(changed, points)) not in answers:
                answers.add(other)
                yield spoken(words), with_entries(rules, {name: changed})


def spoken(words: str) -> str:
    """Return the words with the constants of the table as a learner would write them."""
    for constant, text in SPOKEN.items():
        words = words.replace(constant, text)
    return words


def pairs_of(rules: ast.FunctionDef) -> dict[str, Pair]:
    """Return the formulas of all functions of one number; where we wrote one for learners, it is that."""
    single = (row for row in rows().values() if len(row.partials) == 1)
    return {row.name: Pair(parsed(row.value), parsed(row.partials[0])) for row in single} | written(rules)


def written(rules: ast.FunctionDef) -> dict[str, Pair]:
    """Return the formulas in the table that our `rules` returns."""
    table = rules.body[-1].value
    return {key.value: as_pair(*pair.elts) for key, pair in zip(table.keys, table.values, strict=True)}


def with_entries(rules: ast.FunctionDef, pairs: dict[str, Pair]) -> ast.FunctionDef:
    """Return our `rules` with more entries, the later of which count."""
    table = rules.body[-1].value
    entries = [
        ast.Tuple([lambda_of("x", value), lambda_of("x, r", partial)], ast.Load()) for value, partial in pairs.values()
    ]
    longer = ast.Dict([*table.keys, *map(ast.Constant, pairs)], [*table.values, *entries])
    return ast.fix_missing_locations(with_child(rules, "body", len(rules.body) - 1, ast.Return(longer)))


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


def points_of(row: engine.Primitive) -> list[float]:
    """Return those of the `POINTS` that are in the domain of a row."""
    return [x for x in POINTS if eval(row.domain, FLOATS, {"x": x})]


def answers_of(pair: Pair, points: list[float]) -> tuple[str, ...]:
    """Return value and partial at some points, up to a failure: two formulas that give the same are taken for one."""
    value, partial = run(pair.value, "x"), run(pair.partial, "x, r")
    answers = []
    try:
        for x in points:
            result = value(x)
            answers += [f"{result:.9g}", f"{partial(x, result):.9g}"]
    except FAILURES as error:
        answers.append(type(error).__name__)
    return tuple(answers)


def run(formula: ast.expr, names: str) -> Callable[..., float]:
    """Return a formula as a function of these names that runs."""
    tree = ast.fix_missing_locations(ast.Expression(lambda_of(names, formula)))
    return eval(compile(tree, "rules", "eval"), {"math": math})
