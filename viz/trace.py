"""`trace`: the evaluation of a graph and of its gradient as a table, in the notation of the textbooks."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from engine import Value, topological_order
from engine.extend import check_fresh
from viz.chain import plus, times, value_operands
from viz.formula import partial_formula
from viz.notation import enclosed, expression, names, number, shortened

_LONGEST_NAME = 40
_MACRON = "\u0304"

Row = tuple[str, ...]
Sections = Mapping[str, Sequence[Row]]


def trace(value: Value) -> str:
    """The evaluation trace of ``value`` in three parts, as text to print.

    1. The *forward primal trace*: inputs, intermediate results and the output, each with its number.
    2. The *local partials*: the derivative of each result by each of its operands, as a formula and as a number.
    3. The *reverse adjoint trace*, where v̄ is the derivative of the output by v: from the output back to the inputs,
       each result gives its adjoint times the local partial to each operand, which adds up what it is given.

    A Value without a label is called x1, x2, … if it is a leaf, else v1, v2, …, as in `draw`. No ``grad`` is read or
    written. Raises TypeError for anything but a Value, and StaleGraphError if a ``data`` was changed after it was used:
    the numbers would not follow from each other.

    After Tables 2 and 3 of Baydin, Pearlmutter, Radul and Siskind, "Automatic differentiation in machine learning: a
    survey", Journal of Machine Learning Research 18 (2018), who follow Griewank and Walther, "Evaluating Derivatives"
    (2nd edition, 2008).
    """
    if not isinstance(value, Value):
        raise TypeError(f"a trace is of a Value, not of {value!r} of type {type(value).__name__}")
    check_fresh(value)
    order = topological_order(value)
    called = {node: shortened(name, _LONGEST_NAME) for node, name in names(order).items()}
    leaves = [node for node in order if node.is_leaf]
    results = [node for node in order if not node.is_leaf]
    forward: Sections = {
        "inputs": [(called[leaf], f"= {number(leaf.data)}") for leaf in leaves],
        "intermediate results": [evaluation(node, called) for node in results],
        "output": [(called[value], f"= {number(value.data)}")],
    }
    local = [row for node in results for row in _partials(node, called)]
    partials: Sections = {"of each result by its operands": local}
    adjoint = dict.fromkeys(order, 0.0) | {value: 1.0}
    reverse: Sections = {
        "output": [(_bar(called[value]), "= 1")],
        "contributions": [row for node in reversed(results) for row in _contributions(node, adjoint, called)],
        "inputs": [(_bar(called[leaf]), f"= {number(adjoint[leaf])}") for leaf in leaves],
    }
    parts = {"Forward primal trace": forward, "Local partials": partials, "Reverse adjoint trace": reverse}
    return "\n\n".join(_part(title, sections) for title, sections in parts.items() if any(sections.values()))


def evaluation(node: Value, called: Mapping[Value, str]) -> Row:
    """How a result was computed, as in v2, = x1 * x2, = 2 * 5, = 10."""
    assert node.operation is not None

    operands = [called[operand] if isinstance(operand, Value) else number(operand) for operand in node.operands]
    symbols = expression(node.operation, operands)
    numbers = expression(node.operation, [number(float(operand)) for operand in node.operands])
    return called[node], f"= {symbols}", f"= {numbers}", f"= {number(node.data)}"


def _partials(node: Value, called: Mapping[Value, str]) -> Iterator[Row]:
    """∂v2/∂x1 = x2 = 5."""
    for index, operand, partial in value_operands(node.edges):
        formula = partial_formula(node, index, called)
        digits = number(partial)
        rest = [] if formula == digits else [f"= {digits}"]
        yield (_partial(called[node], called[operand]), f"= {formula}", *rest)


def _contributions(node: Value, adjoint: dict[Value, float], called: Mapping[Value, str]) -> Iterator[Row]:
    """x̄1 += v̄2 · ∂v2/∂x1 = 1 · 5 = 5, which changes ``adjoint``, and the sum so far."""
    upstream = adjoint[node]
    for _, operand, partial in value_operands(node.edges):
        contribution = times(upstream, partial)
        adjoint[operand] = plus(adjoint[operand], contribution)
        target = _bar(called[operand])
        yield (
            f"{target} +=",
            f"{_bar(called[node])} · {_partial(called[node], called[operand])}",
            f"= {enclosed(number(upstream))} · {enclosed(number(partial))}",
            f"= {number(contribution)}",
            f"→ {target} = {number(adjoint[operand])}",
        )


def _partial(result: str, operand: str) -> str:
    """A local partial in symbols."""
    return f"∂{enclosed(result)}/∂{enclosed(operand)}"


def _bar(name: str) -> str:
    """A name with the macron of adjoints: over its first letter, or over the bracket behind what has several parts."""
    if re.fullmatch(r"[^\W\d_][^\W_]*", name):
        return name[0] + _MACRON + name[1:]
    return f"({name}){_MACRON}"


def _part(title: str, sections: Sections) -> str:
    """The title, and under it each section that has rows, all with the same columns."""
    widths: dict[int, int] = {}
    for row in itertools.chain(*sections.values()):
        for column, text in enumerate(row[:-1]):
            widths[column] = max(widths.get(column, 0), _width(text))
    lines = [title]
    for name, rows in sections.items():
        if rows:
            lines.append(f"  {name}")
            lines.extend("    " + _aligned(row, widths) for row in rows)
    return "\n".join(lines)


def _aligned(row: Row, widths: Mapping[int, int]) -> str:
    """A row as a line, its columns of these widths."""
    padded = [text + " " * (widths[column] - _width(text)) for column, text in enumerate(row[:-1])]
    return "  ".join([*padded, row[-1]])


def _width(text: str) -> int:
    """The columns that a terminal gives a text: none for a macron, two for a wide character."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)
