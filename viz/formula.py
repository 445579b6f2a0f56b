"""The formula of a local partial derivative, as the table of primitives has it, in the names of one node's operands."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from engine import Value
from engine.extend import CONSTANTS, FAILURES, FLOATS
from viz.notation import enclosed, number


def partial_formula(node: Value, index: int, called: Mapping[Value, str]) -> str:
    """The derivative of ``node`` by its operand number ``index``; ``called`` gives the names of node and operands.

    For ``f = e ** 2`` it is ``2 * e``: what follows from written numbers alone is computed.
    """
    row = node.operation
    assert row is not None
    meanings = {name: _term(operand, called) for name, operand in zip(row.operand_names, node.operands, strict=True)}
    meanings |= {name: _term(constant, called) for name, constant in CONSTANTS.items()}
    meanings["r"] = _term(node, called)
    tree = _Instance(meanings).visit(ast.parse(row.partials[index], mode="eval").body)
    return _written(tree) if isinstance(tree, ast.Constant) else ast.unparse(_Digits().visit(tree))


def _written(node: ast.Constant) -> str:
    """A number of a formula as it is written elsewhere in a trace."""
    assert isinstance(node.value, float)
    return number(node.value)


def _term(operand: Value | float, called: Mapping[Value, str]) -> ast.expr:
    """An operand in a formula: its name, or the number."""
    return ast.Name(enclosed(called[operand])) if isinstance(operand, Value) else ast.Constant(operand)


class _Instance(ast.NodeTransformer):
    """Puts names and numbers in the place of x, y, z and r, and computes what then consists of numbers only."""

    def __init__(self, meanings: Mapping[str, ast.expr]) -> None:
        self._meanings = meanings

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """Take a number as a float."""
        assert isinstance(node.value, (int, float))
        return ast.Constant(float(node.value))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Take what the operand stands for."""
        return self._meanings.get(node.id, node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """Compute a sign, where its operand is known."""
        node.operand = self.visit(node.operand)
        return _folded(node, [node.operand])

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Compute an operator, where both operands are known."""
        node.left, node.right = self.visit(node.left), self.visit(node.right)
        return _folded(node, [node.left, node.right])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Write a call."""
        node.args = [self.visit(argument) for argument in node.args]
        return _power(_folded(node, node.args))


def _folded(node: ast.expr, parts: list[ast.expr]) -> ast.expr:
    """The number that ``node`` is if all its parts are numbers, else ``node``."""
    if not all(isinstance(part, ast.Constant) for part in parts):
        return node
    try:
        expression = ast.fix_missing_locations(ast.Expression(node))
        return ast.Constant(float(eval(compile(expression, "<partial>", "eval"), FLOATS)))
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
    """Puts the text of each number in its place: `ast.unparse` would write all digits."""

    def visit_Constant(self, node: ast.Constant) -> ast.Name:
        """Write a number."""
        return ast.Name(enclosed(_written(node)))
