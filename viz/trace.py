"""`trace`: the evaluation of a graph and of its gradient as a table, in the notation of the textbooks."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from engine import Value
from engine.extend import check_fresh
from viz.formulas import partial_formula
from viz.notation import columns, enclosed, evaluation, number, one_line, partial_symbol
from viz.record import Contribution, Record, Use, the_value

Row = tuple[str, ...]
Sections = Mapping[str, Sequence[Row]]


def trace(value: Value) -> str:
    """The evaluation trace of ``value`` in three parts, as text to print.

    1. The *forward primal trace*: inputs, intermediate results and the output, each with its number.
    2. The *local partials*: the derivative of each result by each of its operands, as a formula and as a number.
    3. The *reverse adjoint trace*, where v.grad is the derivative of the output by v, the adjoint v̄ of the textbooks:
       from the output back to the inputs, each result passes upstream · partial, its adjoint times the local partial,
       on to each operand, which sums what it is given.

    A Value without a label is called x1, x2, … if it is a leaf, else v1, v2, …, as in `draw`. No ``grad`` is read or
    written. Raises TypeError for anything but a Value, and StaleGraphError if a ``data`` was changed after it was used:
    the numbers would not follow from each other.

    After Tables 2 and 3 of Baydin, Pearlmutter, Radul and Siskind, "Automatic differentiation in machine learning: a
    survey", Journal of Machine Learning Research 18 (2018), who follow Griewank and Walther, "Evaluating Derivatives"
    (2nd edition, 2008).
    """
    check_fresh(the_value("trace", value))
    record = Record([value])
    called = one_line(record.names)
    leaves = [node for node in record.uses if node.is_leaf]
    results = [node for node in record.uses if not node.is_leaf]
    forward: Sections = {
        "inputs": [(called[leaf], f"= {number(leaf.data)}") for leaf in leaves],
        "intermediate results": [
            (called[node], *(f"= {text}" for text in (*evaluation(node, called), number(node.data))))
            for node in results
        ],
        "output": [(called[value], f"= {number(value.data)}")],
    }
    partials: Sections = {
        "of each result by its operands": [_partial(use, called) for node in results for use in record.uses[node]]
    }
    steps = list(record.contributions(value, results))
    adjoint = {value: 1.0} | {step.use.operand: step.total for step in steps}
    reverse: Sections = {
        "output": [(_adjoint(called[value]), "= 1")],
        "contributions": [_contribution(step, called) for step in steps],
        "inputs": [(_adjoint(called[leaf]), f"= {number(adjoint[leaf])}") for leaf in leaves],
    }
    parts = {"Forward primal trace": forward, "Local partials": partials, "Reverse adjoint trace": reverse}
    return "\n\n".join(_part(title, sections) for title, sections in parts.items() if any(sections.values()))


def _partial(use: Use, called: Mapping[Value, str]) -> Row:
    """∂v2/∂x1 = x2 = 5."""
    formula, digits = partial_formula(use.result, use.place, called), number(use.partial)
    equal = [formula] if formula == digits else [formula, digits]
    return partial_symbol(called[use.result], called[use.operand]), *(f"= {text}" for text in equal)


def _contribution(step: Contribution, called: Mapping[Value, str]) -> Row:
    """x1.grad += v2.grad · ∂v2/∂x1 = 1 · 5 = 5, and the sum so far: always upstream · partial."""
    operand, result, _, partial = step.use
    target = _adjoint(called[operand])
    return (
        f"{target} +=",
        f"{_adjoint(called[result])} · {partial_symbol(called[result], called[operand])}",
        f"= {enclosed(number(step.upstream))} · {enclosed(number(partial))}",
        f"= {number(step.amount)}",
        f"→ {target} = {number(step.total)}",
    )


def _adjoint(name: str) -> str:
    """The derivative of the output by what has this name."""
    return f"{enclosed(name)}.grad"


def _part(title: str, sections: Sections) -> str:
    """The title, and below it each section that has rows, all in the same columns."""
    widths: dict[int, int] = {}
    for row in itertools.chain(*sections.values()):
        for column, text in enumerate(row[:-1]):
            widths[column] = max(widths.get(column, 0), columns(text))
    lines = [title]
    for name, rows in sections.items():
        lines += [f"  {name}"] if rows else []
        for row in rows:
            padded = [text + " " * (widths[column] - columns(text)) for column, text in enumerate(row[:-1])]
            lines.append("    " + "  ".join([*padded, row[-1]]))
    return "\n".join(lines)
