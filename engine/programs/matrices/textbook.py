"""Formulas said as textbooks say them.

A derivative in terms of a result that is there; no number that changes nothing; of a sum whose first or last term came
about in another way, one loop. What is computed stays the same but for its last digits.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from engine.programs.kinds import taken_apart
from engine.programs.matrices.formulas import Loop, Node, Read, Source, Sum, moved

TEXTBOOK = {
    "d_sigmoid_dx": ("xr", "r * (1 - r)"),
    "d_tanh_dx": ("xr", "1 - pow(r, 2)"),
    "d_pow_dx": ("xyr", "y * pow(x, y - 1)"),
}
"""Derivatives as textbooks have them. The rows of the table are longer, to be exact in the tails too."""


def simple(operation: str, operands: tuple[Any, ...]) -> Any:
    """An operation, by name or key, as a textbook has it, without the numbers that change nothing."""
    operation = operation.partition("(")[0]
    if operation in TEXTBOOK:
        names, text = TEXTBOOK[operation]
        return _written(ast.parse(text, mode="eval").body, dict(zip(names, operands, strict=True)))
    first, last = operands[0], operands[-1]
    if operation == "add" and first == last:
        return simple("mul", (2.0, first))
    match operation, first, last:
        case ("add", 0.0, kept) | ("add" | "sub", kept, 0.0) | ("mul", 1.0, kept) | ("mul" | "div" | "pow", kept, 1.0):
            return kept
        case ("mul", -1.0, kept) | ("mul" | "div", kept, -1.0):
            return Node("neg", (kept,))
    return Node(operation, operands)


def _written(tree: ast.expr, names: dict[str, Any]) -> Any:
    """The node that a text means."""
    if isinstance(tree, ast.Constant):
        return float(tree.value)  # type: ignore[arg-type]
    if isinstance(tree, ast.Name):
        return names[tree.id]
    name, operands = taken_apart(tree)
    return simple(name, tuple([_written(operand, names) for operand in operands]))


def flat(node: Any) -> tuple[float, list[Any]]:
    """A product as (a number, all other factors)."""
    match node:
        case float():
            return node, []
        case Node("neg", (operand,)):
            coefficient, factors = flat(operand)
            return -coefficient, factors
        case Node("mul", operands):
            (first, left), (second, right) = map(flat, operands)
            return first * second, left + right
        case Node("div", (operand, divisor)):
            coefficient, factors = flat(operand)
            if isinstance(divisor, float) and divisor:
                return coefficient / divisor, factors
            if not factors:
                return 1.0, [Node("div", (coefficient, divisor))]
            return coefficient, [Node("div", (multiplied(factors), divisor))]
    return 1.0, [node]


def multiplied(factors: Sequence[Any]) -> Any:
    """A product."""
    return reduce(lambda found, factor: simple("mul", (found, factor)), factors)


def with_slopes(node: Any, made: Mapping[Source, Any]) -> Any:
    """A product with a * (1 - a) for e * a / (1 + e), where a is 1 / (1 + e): the slope of a sigmoid by hand."""
    coefficient, factors = flat(node)
    for place, factor in enumerate(factors):
        match factor:
            case Node("div", (Read() as a, Read() as b)) if _inside(a, made) == Node("div", (1.0, b)):
                match _inside(b, made):
                    case Node("add", (1.0, e) | (e, 1.0)) if e in factors:
                        factors[factors.index(e)], factors[place] = a, Node("sub", (1.0, a))
                        return multiplied([coefficient, *factors])
    return node


def _inside(read: Read, made: Mapping[Source, Any]) -> Any:
    """The expression behind what is read, in the loops of its reader; None if the reader goes other ways."""
    node = made.get(read.source)
    for axis, place in zip(read.source.loops, read.places, strict=True):
        if not place.follows(axis):
            return None
        node = moved(node, axis, 0, place.steps[0][0])
    return node


def merged(terms: Sequence[Sum]) -> list[Sum]:
    """The terms, those that begin or go on a loop over others made part of it, and without zeros."""
    found: list[Sum] = []
    for term in terms:
        if found and (longer := _continued(found[-1], term) or _continued(term, found[-1])):
            found[-1] = longer
        elif term.node != 0.0 or len(terms) == 1:
            found.append(term)
    return found


def _continued(one: Sum, more: Sum) -> Sum | None:
    """The sum extended by ``one``, the term just before or after it; none if that term does not continue it."""
    if not one.loops and len(more.loops) == 1:
        (loop,) = more.loops
        for round_ in (-1, loop.size):
            if moved(more.node, loop, round_) == one.node:
                longer = Loop(loop.size + 1)
                return Sum((longer,), moved(more.node, loop, min(round_, 0), longer))
    return None
