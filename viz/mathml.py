"""Formulas as MathML, set as in textbooks: rows of the table of primitives, and the formula of a graph."""

from __future__ import annotations

import ast
import html
import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from engine import Value, topological_order
from viz.notation import number
from viz.typesetting import CHOICE, SUM, Piece, added, call, fraction, negated, numeral, power, product, symbol

# What names stand for, in terms of the operands x, y and z. Functions that are not here are written by name.
_MEANINGS = {
    "add": "x + y",
    "sub": "x - y",
    "mul": "x * y",
    "div": "x / y",
    "neg": "-x",
    "exp2": "pow(2, x)",
    "expm1": "exp(x) - 1",
    "log1p": "log(1 + x)",
    "hypot": "sqrt(x ** 2 + y ** 2)",
    "where": "y if x else z",
    "DEGREE": "pi / 180",
    "LOG_2": "log(2)",
    "LOG_10": "log(10)",
    "NO_PATH": "0",
    "TINY": "1e-300",
    "SQRT_HALF": "sqrt(1 / 2)",
    "TWO_OVER_SQRT_PI": "2 / sqrt(pi)",
    "ONE_OVER_SQRT_TWO_PI": "1 / sqrt(2 * pi)",
}
_OPERANDS = ("x", "y", "z")

_COMPARISONS = {ast.Lt: "&lt;", ast.LtE: "≤", ast.Gt: "&gt;", ast.GtE: "≥", ast.Eq: "=", ast.NotEq: "≠"}

# In operations. Longer formulas are cut into several: nobody reads them, and a browser nests no more than 512 elements.
_LONGEST = 24


def formula(text: str) -> str:
    """A formula in Python, as a row of the table of primitives has it, as a ``<math>`` element.

    ``"exp(-abs(x))"``, ``"x / y"``, ``"pow(x, y - 1)"``; ``"1 if x > 0 else NO_PATH"`` shows its cases one above the
    other. A condition, as ``"0 < x < 1"``, is a formula, too. Any function and any name may occur. Raises ValueError
    for what is not such a formula.
    """
    try:
        return _math(_Written({}, text).of(ast.parse(text.strip(), mode="eval").body).markup)
    except SyntaxError as error:
        raise ValueError(f"the formula {text!r} is not a Python expression: {error.msg}") from None


def equations(roots: Sequence[Value], called: Mapping[Value, str], identify: Callable[[Value], str]) -> list[str]:
    """The formula of a graph as ``<math>`` elements, operands before results.

    Each root, each result with a label and each that is used more than once has an equation of its own, and so has what
    would make another too long; the rest stands where it is used.

    called    the name of each node, as `viz.record.Record` has them
    identify  an identity for a node: whatever stands for the node is an element with the attribute ``data-node``
    """
    nodes = topological_order(*roots)
    uses = Counter(operand for node in nodes for operand, _ in node.edges if isinstance(operand, Value))
    written: dict[Value, Piece] = {}
    sizes: dict[Value, int] = {}
    found = []
    for node in nodes:
        own = Piece(_element(node, symbol(called[node]).markup, identify))
        written[node] = own
        if node.operation is None:
            continue
        row = node.operation
        name = row.symbol if any(map(str.isalpha, row.symbol)) else row.name
        operands = [written[x] if isinstance(x, Value) else numeral(number(x)) for x in node.operands]
        made = _call(name, operands)
        size = 1 + sum(sizes.get(x, 0) for x in node.operands if isinstance(x, Value))
        if node in roots or node.label or uses[node] > 1 or size >= _LONGEST:
            found.append(_math(f"{own.markup}<mo>=</mo>{_element(node, made.markup, identify)}"))
        else:
            written[node], sizes[node] = made._replace(markup=_element(node, made.markup, identify)), size
    return found


def _element(node: Value, markup: str, identify: Callable[[Value], str]) -> str:
    """What stands for a node."""
    return f'<mrow data-node="{html.escape(identify(node))}">{markup}</mrow>'


def _math(markup: str) -> str:
    """A whole formula, as large within a line as on a line of its own."""
    return f'<math displaystyle="true"><mrow>{markup}</mrow></math>'


# --- From Python to mathematics --------------------------------------------------------------------------------------


class _Written:
    """The pieces of a formula, in which some names stand for pieces already written."""

    def __init__(self, known: Mapping[str, Piece], text: str) -> None:
        self._known = known
        self._text = text

    def of(self, tree: ast.expr) -> Piece:
        """An expression."""
        match tree:
            case ast.Constant(value=int() | float() as value) if type(value) is not bool:
                return numeral(number(value, 12))
            case ast.Name(name):
                return self._known.get(name) or (_call(name, ()) if name in _MEANINGS else symbol(name))
            case ast.UnaryOp(ast.USub(), operand):
                return negated(self.of(operand))
            case ast.BinOp(left, ast.Add() | ast.Sub() as sign, right):
                return added(self.of(left), "+" if isinstance(sign, ast.Add) else "−", self.of(right))
            case ast.BinOp(_, ast.Mult(), _):
                return self._product(_factors(tree))
            case ast.BinOp(left, ast.Div(), right):
                return self._fraction(left, right)
            case ast.BinOp(base, ast.Pow(), exponent):
                return power(self.of(base), self.of(exponent))
            case ast.Call(ast.Name(name), arguments, []):
                return _call(name, [self.of(argument) for argument in arguments])
            case ast.IfExp():
                return self._cases(tree)
            case ast.Compare(_, signs, _) if {*map(type, signs)} <= {*_COMPARISONS}:
                return Piece(f"<mrow>{self._truth(tree)}</mrow>", CHOICE)
        raise ValueError(f"the formula {self._text!r} may not contain {ast.unparse(tree)}")

    def _product(self, factors: Sequence[ast.expr]) -> Piece:
        """A product: equal factors are a power, and a sign at its beginning stands in front of all."""
        first, *others = factors
        if isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.USub):
            return negated(self._product([first.operand, *others]))
        return product([self._power(*alike) for _, alike in itertools.groupby(factors, ast.dump)])

    def _power(self, base: ast.expr, *others: ast.expr) -> Piece:
        """Equal factors."""
        return power(self.of(base), numeral(str(1 + len(others)))) if others else self.of(base)

    def _fraction(self, top: ast.expr, bottom: ast.expr) -> Piece:
        """A quotient: x / y / z has y * z below its line, and a sign stands in front of it."""
        match top:
            case ast.BinOp(upper, ast.Div(), lower):
                return self._fraction(upper, ast.BinOp(lower, ast.Mult(), bottom))
            case ast.UnaryOp(ast.USub(), inner):
                return negated(self._fraction(inner, bottom))
        return fraction(self.of(top), self.of(bottom))

    def _cases(self, tree: ast.expr) -> Piece:
        """A choice: a line for each case."""
        lines = []
        while isinstance(tree, ast.IfExp):
            test, then, tree = tree.test, tree.body, tree.orelse
            match test:
                case ast.Compare(left, [ast.Eq()], right) if isinstance(then, ast.IfExp):
                    # The short case first: it is one line.
                    test, then, tree = ast.Compare(left, [ast.NotEq()], right), tree, then
            lines.append((self.of(then).markup, f"<mtext>if&#xA0;</mtext>{self._truth(test)}"))
        lines.append((self.of(tree).markup, "<mtext>otherwise</mtext>"))
        rows = "".join(f"<mtr><mtd>{value}</mtd><mtd>{test}</mtd></mtr>" for value, test in lines)
        return Piece(
            f'<mrow><mo stretchy="true">{{</mo><mtable displaystyle="true">{rows}</mtable></mrow>', CHOICE, tall=True
        )

    def _truth(self, test: ast.expr) -> str:
        """A condition. Only NaN differs from itself, and a number is true unless it is 0."""
        match test:
            case ast.Compare(left, [ast.Eq() | ast.NotEq() as sign], [right]) if ast.dump(left) == ast.dump(right):
                words = "is NaN" if isinstance(sign, ast.NotEq) else "is a number"
                return f"{self.of(left).markup}<mtext>&#xA0;{words}</mtext>"
            case ast.Compare(left, signs, others) if {*map(type, signs)} <= {*_COMPARISONS}:
                compared = [self.of(other).within(SUM) for other in (left, *others)]
                between = [f"<mo>{_COMPARISONS[type(sign)]}</mo>" for sign in signs]
                return "".join(map("".join, itertools.zip_longest(compared, between, fillvalue="")))
            case ast.BoolOp(joiner, tests):
                word = "and" if isinstance(joiner, ast.And) else "or"
                return f"<mtext>&#xA0;{word}&#xA0;</mtext>".join(map(self._truth, tests))
            case ast.UnaryOp(ast.Not(), operand):
                return f"<mtext>not&#xA0;</mtext>{self._truth(operand)}"
        return f"{self.of(test).within(SUM)}<mo>≠</mo><mn>0</mn>"


def _factors(tree: ast.expr) -> list[ast.expr]:
    """The factors of a product, from left to right."""
    match tree:
        case ast.BinOp(left, ast.Mult(), right):
            return [*_factors(left), *_factors(right)]
    return [tree]


def _call(name: str, operands: Sequence[Piece]) -> Piece:
    """A function of some operands; one that textbooks do not have, by its meaning."""
    if name not in _MEANINGS:
        return call(name, operands)
    meaning = ast.parse(_MEANINGS[name], mode="eval").body
    return _Written(dict(zip(_OPERANDS, operands, strict=False)), name).of(meaning)
