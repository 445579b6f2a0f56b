"""Formulas as MathML, which browsers set as textbooks do: rows of the table of primitives, and the formula of a graph.

Only elements of MathML Core are used (https://www.w3.org/TR/mathml-core/).
"""

from __future__ import annotations

import ast
import html
import itertools
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from engine import Value, topological_order
from viz.notation import number

# How tightly a formula holds together: what binds less than its place asks for stands in parentheses.
_CHOICE, _SUM, _PRODUCT, _SIGNED, _FRACTION, _POWER, _ATOM = range(7)

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

_FUNCTIONS = {
    "acos": "arccos",
    "acosh": "arcosh",
    "asin": "arcsin",
    "asinh": "arsinh",
    "atan": "arctan",
    "atanh": "artanh",
    "log": "ln",
    "maximum": "max",
    "minimum": "min",
    "rint": "round",
    "sign": "sgn",
}
_LETTERS = {"pi": "π", "inf": "∞", "nan": "NaN"}
_COMPARISONS = {ast.Lt: "&lt;", ast.LtE: "≤", ast.Gt: "&gt;", ast.GtE: "≥", ast.Eq: "=", ast.NotEq: "≠"}

# In operations. Longer formulas are cut into several: nobody reads them, and a browser nests no more than 512 elements.
_LONGEST = 24


class _Math(NamedTuple):
    """A piece of a formula: its elements, how tightly it binds, and whether it is too tall for an exponent."""

    markup: str
    binding: int = _ATOM
    tall: bool = False

    def within(self, binding: int) -> str:
        """The elements, in parentheses where something binds more tightly."""
        return self.markup if self.binding >= binding else _enclosed(self)


def formula(text: str) -> str:
    """A formula in Python, as a row of the table of primitives has it, as a ``<math>`` element.

    ``"exp(-abs(x))"``, ``"x / y"``, ``"pow(x, y - 1)"``; ``"1 if x > 0 else NO_PATH"`` shows its cases one above the
    other. A condition, as ``"0 < x < 1"``, is a formula, too. Any function and any name may occur. Raises ValueError
    for what is not such a formula, or too long to be read.
    """
    if not isinstance(text, str):
        raise TypeError(f"a formula is a text, not {text!r} of type {type(text).__name__}")
    try:
        return _math(_Written({}, text).of(ast.parse(text.strip(), mode="eval").body).markup)
    except SyntaxError as error:
        raise ValueError(f"the formula {text!r} is not a Python expression: {error.msg}") from None
    except (RecursionError, MemoryError):  # CPython 3.11 raises either.
        raise ValueError(f"the formula {text[:40]!r}... is nested too deeply: write it as several") from None


def equations(roots: Sequence[Value], called: Mapping[Value, str], identify: Callable[[Value], str]) -> list[str]:
    """The formula of a graph as ``<math>`` elements, operands before results.

    Each root, each result with a label and each that is used more than once has an equation of its own, and so has what
    would make another too long; the rest stands where it is used.

    called    the name of each node, as `viz.record.Record` has them
    identify  an identity for a node: whatever stands for the node is an element with the attribute ``data-node``
    """
    nodes = topological_order(*roots)
    uses = Counter(operand for node in nodes for operand, _ in node.edges if isinstance(operand, Value))
    written: dict[Value, _Math] = {}
    sizes: dict[Value, int] = {}
    found = []
    for node in nodes:
        own = _Math(_element(node, _name(called[node]).markup, identify))
        written[node] = own
        if node.operation is None:
            continue
        symbol = node.operation.symbol
        name = symbol if any(map(str.isalpha, symbol)) else node.operation.name
        operands = [written[x] if isinstance(x, Value) else _number(number(x)) for x in node.operands]
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

    def __init__(self, known: Mapping[str, _Math], text: str) -> None:
        self._known = known
        self._text = text

    def of(self, tree: ast.expr) -> _Math:
        """An expression."""
        match tree:
            case ast.Constant(value=int() | float() as value) if type(value) is not bool:
                return _number(number(value, 12))
            case ast.Name(name):
                return self._known.get(name) or (_call(name, ()) if name in _MEANINGS else _name(name))
            case ast.UnaryOp(ast.USub(), operand):
                return _negated(self.of(operand))
            case ast.BinOp(left, ast.Add() | ast.Sub() as sign, right):
                return _sum(self.of(left), "+" if isinstance(sign, ast.Add) else "−", self.of(right))
            case ast.BinOp(_, ast.Mult(), _):
                return self._product(_factors(tree))
            case ast.BinOp(left, ast.Div(), right):
                return self._fraction(left, right)
            case ast.BinOp(base, ast.Pow(), exponent):
                return _power(self.of(base), self.of(exponent))
            case ast.Call(ast.Name(name), arguments, []):
                return _call(name, [self.of(argument) for argument in arguments])
            case ast.IfExp():
                return self._cases(tree)
            case ast.Compare(_, signs, _) if {*map(type, signs)} <= {*_COMPARISONS}:
                return _Math(f"<mrow>{self._truth(tree)}</mrow>", _CHOICE)
        raise ValueError(f"the formula {self._text!r} may not contain {ast.unparse(tree)}")

    def _product(self, factors: Sequence[ast.expr]) -> _Math:
        """A product: equal factors are a power, and a sign at its beginning stands in front of all."""
        first, *others = factors
        if isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.USub):
            return _negated(self._product([first.operand, *others]))
        return _product([self._power(*alike) for _, alike in itertools.groupby(factors, ast.dump)])

    def _power(self, base: ast.expr, *others: ast.expr) -> _Math:
        """Equal factors."""
        return _power(self.of(base), _number(str(1 + len(others)))) if others else self.of(base)

    def _fraction(self, top: ast.expr, bottom: ast.expr) -> _Math:
        """A quotient: x / y / z has y * z below its line, and a sign stands in front of it."""
        match top:
            case ast.BinOp(upper, ast.Div(), lower):
                return self._fraction(upper, ast.BinOp(lower, ast.Mult(), bottom))
            case ast.UnaryOp(ast.USub(), inner):
                return _negated(self._fraction(inner, bottom))
        return _fraction(self.of(top), self.of(bottom))

    def _cases(self, tree: ast.expr) -> _Math:
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
        return _Math(
            f'<mrow><mo stretchy="true">{{</mo><mtable displaystyle="true">{rows}</mtable></mrow>', _CHOICE, tall=True
        )

    def _truth(self, test: ast.expr) -> str:
        """A condition. Only NaN differs from itself, and a number is true unless it is 0."""
        match test:
            case ast.Compare(left, [ast.Eq() | ast.NotEq() as sign], [right]) if ast.dump(left) == ast.dump(right):
                words = "is NaN" if isinstance(sign, ast.NotEq) else "is a number"
                return f"{self.of(left).markup}<mtext>&#xA0;{words}</mtext>"
            case ast.Compare(left, signs, others) if {*map(type, signs)} <= {*_COMPARISONS}:
                compared = [self.of(other).within(_SUM) for other in (left, *others)]
                between = [f"<mo>{_COMPARISONS[type(sign)]}</mo>" for sign in signs]
                return "".join(map("".join, itertools.zip_longest(compared, between, fillvalue="")))
            case ast.BoolOp(joiner, tests):
                word = "and" if isinstance(joiner, ast.And) else "or"
                return f"<mtext>&#xA0;{word}&#xA0;</mtext>".join(map(self._truth, tests))
            case ast.UnaryOp(ast.Not(), operand):
                return f"<mtext>not&#xA0;</mtext>{self._truth(operand)}"
        return f"{self.of(test).within(_SUM)}<mo>≠</mo><mn>0</mn>"


def _factors(tree: ast.expr) -> list[ast.expr]:
    """The factors of a product, from left to right."""
    match tree:
        case ast.BinOp(left, ast.Mult(), right):
            return [*_factors(left), *_factors(right)]
    return [tree]


# --- Mathematics -----------------------------------------------------------------------------------------------------


def _call(name: str, operands: Sequence[_Math]) -> _Math:
    """A function of some operands, in the notation that it has in textbooks."""
    match name, operands:
        case "abs", [inner]:
            return _Math(_enclosed(inner, "||"), tall=inner.tall)
        case "sqrt", [inner]:
            return _Math(f"<msqrt>{inner.markup}</msqrt>", tall=inner.tall)
        case "cbrt", [inner]:
            return _Math(f"<mroot><mrow>{inner.markup}</mrow><mn>3</mn></mroot>", tall=inner.tall)
        case "exp", [inner] if not inner.tall:
            return _power(_Math("<mi>e</mi>"), inner)
        case "pow", [base, exponent]:
            return _power(base, exponent)
        case "log2" | "log10", _:
            return _applied(f"<msub><mi>log</mi><mn>{name[3:]}</mn></msub>", operands)
    if name in _MEANINGS:
        meaning = ast.parse(_MEANINGS[name], mode="eval").body
        return _Written(dict(zip(_OPERANDS, operands, strict=False)), name).of(meaning)
    return _applied(f"<mi>{html.escape(_FUNCTIONS.get(name, name))}</mi>", operands)


def _applied(function: str, operands: Sequence[_Math]) -> _Math:
    """A function that is written by name; U+2061 tells a screen reader that it is applied."""
    tall = any(operand.tall for operand in operands)
    inner = _Math("<mo>,</mo>".join(operand.markup for operand in operands), tall=tall)
    return _Math(f"<mrow>{function}<mo>&#x2061;</mo>{_enclosed(inner)}</mrow>", tall=tall)


def _sum(left: _Math, sign: str, right: _Math) -> _Math:
    """A sum or a difference."""
    markup = f"<mrow>{left.within(_SUM)}<mo>{sign}</mo>{_behind(right, _PRODUCT)}</mrow>"
    return _Math(markup, _SUM, left.tall or right.tall)


def _product(factors: Sequence[_Math]) -> _Math:
    """A product; of one factor, that alone."""
    first, *others = factors
    behind = [_behind(factor, _FRACTION) for factor in others]
    markup = "<mo>⋅</mo>".join([first.within(_PRODUCT), *behind])
    return _Math(f"<mrow>{markup}</mrow>", _PRODUCT, any(factor.tall for factor in factors)) if others else first


def _negated(inner: _Math) -> _Math:
    """A sign in front of something."""
    return _Math(f"<mrow><mo>−</mo>{_behind(inner, _PRODUCT)}</mrow>", _SIGNED, inner.tall)


def _behind(inner: _Math, binding: int) -> str:
    """What stands behind a sign or an operator: no second sign follows one."""
    return _enclosed(inner) if inner.binding == _SIGNED else inner.within(binding)


def _fraction(top: _Math, bottom: _Math) -> _Math:
    """A quotient."""
    return _Math(f"<mfrac><mrow>{top.markup}</mrow><mrow>{bottom.markup}</mrow></mfrac>", _FRACTION, tall=True)


def _power(base: _Math, exponent: _Math) -> _Math:
    """A power."""
    return _Math(f"<msup><mrow>{base.within(_ATOM)}</mrow><mrow>{exponent.markup}</mrow></msup>", _POWER, exponent.tall)


def _enclosed(inner: _Math, fences: str = "()") -> str:
    """Something in parentheses, which grow with it: even the shortest of those that can are set wider apart."""
    grows = str(inner.tall).lower()
    left, right = (f'<mo stretchy="{grows}" lspace="0em" rspace="0em">{fence}</mo>' for fence in fences)
    return f"<mrow>{left}{inner.markup}{right}</mrow>"


def _number(text: str) -> _Math:
    """A number as `number` writes it."""
    if text.startswith("-"):
        return _negated(_number(text[1:]))
    mantissa, _, exponent = text.partition("e")
    plain = _Math(f"<mn>{_LETTERS.get(mantissa, mantissa)}</mn>")
    if not exponent:
        return plain
    power = _power(_Math("<mn>10</mn>"), _number(str(int(exponent))))
    return power if mantissa == "1" else _product([plain, power])


def _name(name: str) -> _Math:
    """A name: numbers behind a letter and what is in brackets stand below the line."""
    name = _LETTERS.get(name, name)
    if found := re.fullmatch(r"([^\W\d_])(\d+)|(\w+)\[([\w, ]+)\]", name):
        stem, index = (html.escape(text) for text in found.groups() if text)
        return _Math(f"<msub><mi>{stem}</mi><mtext>{index}</mtext></msub>")
    kind = "mi" if name.isidentifier() else "mtext"
    return _Math(f"<{kind}>{html.escape(name)}</{kind}>")
