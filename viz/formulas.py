"""The formulas of partial derivatives, from the table of primitives, in the names of nodes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from engine import Primitive, Value
from engine.extend import CONSTANTS, FAILURES, FLOATS
from viz.notation import enclosed, number, plain


def partial_formula(node: Value, place: int, called: Mapping[Value, str]) -> str:
    """The derivative of ``node`` by the operand in this place: the formula of its primitive, with the names of nodes.

    For ``f = e ** 2`` it is ``2 * e``: whatever depends on written numbers alone is computed. Of a choice, only what
    was taken is shown; where that is a number, with the reason: ``1 where x > 0``.
    """
    terms = _terms(node)
    numbers = {name: plain(term) for name, term in terms.items()}
    formula = _partial_tree(node, place)
    reason: ast.expr | None = None
    while isinstance(formula, ast.IfExp):
        taken = eval(ast.unparse(formula.test), FLOATS, numbers)
        formula, reason = (formula.body, formula.test) if taken else (formula.orelse, None)
    return _chosen(formula, reason, terms, called)


def partial_formulas(node: Value, place: int, called: Mapping[Value, str]) -> list[str]:
    """The texts that `partial_formula` chooses from, in the order of the choices in the formula."""
    terms = _terms(node)
    return [_chosen(*choice, terms, called) for choice in _choices(_partial_tree(node, place))]


def _row(node: Value) -> Primitive:
    """The row of the operation that made a result."""
    row = node.operation
    assert row is not None
    if not row.value:
        raise ValueError(f"{row.name} is a step of a program, without a formula: draw it, or trace what it was made of")
    return row


def _terms(node: Value) -> dict[str, Value | float]:
    """What the names in the formulas of a result stand for."""
    return {**dict(zip(_row(node).operand_names, node.operands, strict=True)), **CONSTANTS, "r": node}


def _partial_tree(node: Value, place: int) -> ast.expr:
    """The formula of a partial derivative of a result."""
    return ast.parse(_row(node).partials[place], mode="eval").body


def _choices(formula: ast.expr, reason: ast.expr | None = None) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Each formula between if and else, with the test that speaks for it; the last one has none."""
    if not isinstance(formula, ast.IfExp):
        yield formula, reason
        return
    yield from _choices(formula.body, formula.test)
    yield from _choices(formula.orelse)


def _chosen(
    formula: ast.expr, reason: ast.expr | None, terms: Mapping[str, Value | float], called: Mapping[Value, str]
) -> str:
    """One choice with the names of nodes; a number with the reason for it."""
    text, is_number = _written(formula, terms, called)
    if reason is None or not is_number:
        return text
    return f"{text} where {_written(reason, terms, called)[0]}"


def _written(tree: ast.expr, terms: Mapping[str, Value | float], called: Mapping[Value, str]) -> tuple[str, bool]:
    """A formula with the names of nodes, and whether it is a number."""
    found = _Substitution(terms, called).visit(tree)
    if isinstance(found, ast.Constant):
        assert isinstance(found.value, float)
        return number(found.value), True
    return ast.unparse(_Digits().visit(found)), False


class _Substitution(ast.NodeTransformer):
    """Writes the operands of a node for x, y, z and r, and computes what then depends on numbers alone."""

    def __init__(self, terms: Mapping[str, Value | float], called: Mapping[Value, str]) -> None:
        self._terms = terms
        self._called = called

    def visit(self, node: ast.AST) -> Any:
        """Rewrite an expression from the inside out."""
        self.generic_visit(node)
        match node:
            case ast.Constant(value=int() | float() as value):
                return ast.Constant(float(value))
            case ast.Name(name) if name in self._terms:
                term = self._terms[name]
                if isinstance(term, Value):
                    return ast.Name(enclosed(self._called[term]))
                return ast.Constant(float(term))  # Of no subclass, as `Cut` is: Python would not compile it.
            case ast.UnaryOp(operand=ast.Constant()) | ast.BinOp(left=ast.Constant(), right=ast.Constant()):
                return _computed(node)
            case ast.Call(args=args) if all(isinstance(argument, ast.Constant) for argument in args):
                return _power(_computed(node))
            case ast.Call():
                return _power(node)
        return node


def _computed(node: ast.expr) -> ast.expr:
    """The number that an expression of numbers gives; the expression itself outside its domain."""
    try:
        code = compile(ast.fix_missing_locations(ast.Expression(node)), "<partial>", "eval")
        return ast.Constant(float(eval(code, FLOATS)))
    except FAILURES:
        return node


def _power(node: ast.expr) -> ast.expr:
    """``pow(x, y)`` written as ``x ** y``, and as ``x`` where y is 1."""
    match node:
        case ast.Call(func=ast.Name("pow"), args=[base, ast.Constant(1.0)]):
            return base
        case ast.Call(func=ast.Name("pow"), args=[base, exponent]):
            return ast.BinOp(base, ast.Pow(), exponent)
    return node


class _Digits(ast.NodeTransformer):
    """Writes each number of a formula as `number` does: `ast.unparse` would write all digits."""

    def visit_Constant(self, node: ast.Constant) -> ast.Name:
        """Write one number."""
        assert isinstance(node.value, float)
        return ast.Name(enclosed(number(node.value)))
