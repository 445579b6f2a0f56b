"""Expressions over arrays, said as textbooks say them.

A derivative in terms of a result that is there; no number that changes nothing; of a sum whose first or last term came
about in another way, one loop. What is computed stays the same but for its last digits.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple

from engine.programs.arrays import Index
from engine.programs.kinds import KINDS, taken_apart
from engine.programs.rolling import Dims

TEXTBOOK = {
    "d_sigmoid_dx": ("xr", "r * (1 - r)"),
    "d_tanh_dx": ("xr", "1 - pow(r, 2)"),
    "d_pow_dx": ("xyr", "y * pow(x, y - 1)"),
}
"""Derivatives as textbooks have them. The rows of the table are longer, to be exact in the tails too."""


@dataclass(eq=False)
class Source:
    """An array that formulas read.

    number   a group's number, `NUMBERS`, or below that for constants
    start    the first of its elements, and how far the next is along each axis
    values   of constants: the numbers, the last axis running fastest
    """

    number: int
    shape: Dims
    start: int = 0
    strides: Dims = ()
    values: tuple[float, ...] = ()


class Read(NamedTuple):
    """An element of an array: the index along each axis."""

    source: Source
    indices: tuple[Index, ...]


class Node(NamedTuple):
    """An operation on nodes, reads and numbers."""

    operation: str
    operands: tuple[Any, ...]


class Terms(NamedTuple):
    """A term of a sum, and how often each of the loops over such terms runs; they are numbered after the formula's."""

    sizes: Dims
    node: Any


def forwards(index: Index, dims: Dims, backwards: set[int]) -> Index:
    """The index where the loops in ``backwards`` run the other way."""
    start, strides = index.start, list(index.strides)
    for loop in backwards:
        if loop < len(dims) and strides[loop]:
            start += strides[loop] * (dims[loop] - 1)
            strides[loop] = -strides[loop]
    return index._replace(start=start, strides=tuple(strides))


def reads(node: Any) -> Iterator[Read]:
    """What a node reads."""
    if isinstance(node, Read):
        yield node
    elif isinstance(node, Node):
        for operand in node.operands:
            yield from reads(operand)


def moving(read: Read) -> set[int]:
    """The loops in which what is read changes."""
    if not isinstance(read, Read):
        return set()
    return {loop for index in read.indices for loop, stride in enumerate(index.strides) if stride}


def simple(operation: str, operands: tuple[Any, ...]) -> Any:
    """An operation, by name or key, as a textbook has it, without the numbers that change nothing."""
    operation = operation.partition("(")[0]
    if operation in TEXTBOOK:
        names, text = TEXTBOOK[operation]
        return _written(ast.parse(text, mode="eval").body, dict(zip(names, operands, strict=True)))
    numbers = [operand for operand in operands if isinstance(operand, float)]
    if len(numbers) == len(operands) and operation in ("add", "sub", "mul", "neg"):
        return KINDS[operation].function(*numbers)
    first, last = operands[0], operands[-1]
    if operation == "add" and first == last:
        return simple("mul", (2.0, first))
    match operation, first, last:
        case ("add", 0.0, kept) | ("add" | "sub", kept, 0.0) | ("mul", 1.0, kept) | ("mul" | "div" | "pow", kept, 1.0):
            return kept
        case ("mul", -1.0, kept) | ("mul" | "div", kept, -1.0):
            return Node("neg", (kept,))
    return Node(operation, operands)


def flat(node: Any) -> tuple[float, list[Any]]:
    """A product as (a number, all other factors)."""
    if isinstance(node, float):
        return node, []
    if isinstance(node, Node):
        if node.operation == "neg":
            coefficient, factors = flat(node.operands[0])
            return -coefficient, factors
        if node.operation == "mul":
            (first, left), (second, right) = map(flat, node.operands)
            return first * second, left + right
        if node.operation == "div":
            coefficient, factors = flat(node.operands[0])
            divisor = node.operands[1]
            if isinstance(divisor, float) and divisor:
                return coefficient / divisor, factors
            if not factors:
                return 1.0, [Node("div", (coefficient, divisor))]
            return coefficient, [Node("div", (multiplied(factors), divisor))]
    return 1.0, [node]


def multiplied(factors: Sequence[Any]) -> Any:
    """A product."""
    return reduce(lambda found, factor: simple("mul", (found, factor)), factors)


def _written(tree: ast.expr, names: dict[str, Any]) -> Any:
    """The node that a text means."""
    if isinstance(tree, ast.Constant):
        return float(tree.value)  # type: ignore[arg-type]
    if isinstance(tree, ast.Name):
        return names[tree.id]
    name, operands = taken_apart(tree)
    return simple(name, tuple([_written(operand, names) for operand in operands]))


def merged(terms: Sequence[Terms], outer: int) -> list[Terms]:
    """The terms, those that begin or go on a loop over others made part of it, and without zeros."""
    found: list[Terms] = []
    for terms_ in terms:
        if found and (longer := _continued(found[-1], terms_, outer) or _continued(terms_, found[-1], outer)):
            found[-1] = longer
        elif terms_.node != 0.0 or len(terms) == 1:
            found.append(terms_)
    return found


def _continued(one: Terms, more: Terms, outer: int) -> Terms | None:
    """Terms in one loop more than ``one`` has, or none, where ``one`` is what comes just before or just after."""
    if one.sizes or len(more.sizes) != 1:
        return None
    size = more.sizes[0]
    for shift in (-1, size):
        start = _shifted(more.node, outer, shift)
        if start == one.node:
            return Terms((size + 1,), _shifted(more.node, outer, min(shift, 0), keep=True))
    return None


def _shifted(node: Any, loop: int, rounds: int, keep: bool = False) -> Any:
    """A node ``rounds`` rounds of a loop later; without the loop, unless it is kept."""
    if isinstance(node, Node):
        return Node(node.operation, tuple([_shifted(operand, loop, rounds, keep) for operand in node.operands]))
    if isinstance(node, Read):
        indices = [i._replace(start=i.start + rounds * i.strides[loop]) for i in node.indices]
        if not keep:
            indices = [i._replace(strides=(*i.strides[:loop], *i.strides[loop + 1 :])) for i in indices]
        return Read(node.source, tuple(indices))
    return node
