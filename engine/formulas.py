"""From the text of a formula to a function, on floats or on Values.

A formula is parsed and checked once. The names it sees decide on which numbers it runs: in `FLOATS`, ``exp`` is
``math.exp``; in `SYMBOLS` it is ``engine.exp``, which records a graph.
"""

from __future__ import annotations

import ast
import copy
import inspect
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from engine.primitives import CONSTANTS, POWERS, Primitive


class DomainError(ArithmeticError, ValueError):
    """An operation or a derivative has no value at these numbers: ``log`` of a negative one, for instance.

    It is a ValueError, which Python's ``math`` raises then, and an ArithmeticError, as other failures of numbers are.
    """


FAILURES = (ArithmeticError, ValueError)
"""What a formula raises outside its domain."""


def real_power(x: float, y: float) -> float:
    """x ** y on the reals, with the exceptions of ``**`` but never a complex result."""
    try:
        return math.pow(x, y)
    except ValueError:
        if x == 0.0:
            raise ZeroDivisionError("0.0 cannot be raised to a negative power") from None
        raise ValueError("a negative number has no real power with a fractional exponent") from None


def real_root(x: float) -> float:
    """The square root, with an error in words."""
    if x < 0.0:
        raise ValueError("a negative number has no real square root")
    return math.sqrt(x)


_REAL_FUNCTIONS = (
    "acos acosh asin asinh atan atan2 atanh cbrt copysign cos cosh degrees erf erfc exp exp2 expm1 fabs fmod gamma "
    "hypot lgamma log log10 log1p log2 radians remainder sin sinh sqrt tan tanh"
)
MATH: dict[str, Any] = {name: getattr(math, name) for name in _REAL_FUNCTIONS.split()}
"""The functions of ``math`` from floats to a float. A row's value may call these and other operations."""

FLOATS: dict[str, Any] = {**MATH, **CONSTANTS, "abs": abs, "pow": real_power, "sqrt": real_root}
SYMBOLS: dict[str, Any] = dict(CONSTANTS)

_ARITHMETIC = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Load, ast.Constant)
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_CHOICES = (ast.IfExp, ast.Compare, ast.BoolOp, ast.Not, ast.And, ast.Or, *_COMPARISONS)


class Substitution(ast.NodeTransformer):
    """Replace names by expressions."""

    def __init__(self, expressions: Mapping[str, ast.expr]) -> None:
        self.expressions = expressions

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace one name, each time by an expression of its own, which may be edited further."""
        return copy.deepcopy(self.expressions.get(node.id, node))


class _Literals(ast.NodeTransformer):
    """Write every number as a float, so that a formula never yields an int, and a power as the row for its exponent."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """Write one number as a float."""
        try:
            return ast.copy_location(ast.Constant(float(node.value)), node)  # type: ignore[arg-type]
        except OverflowError:
            raise ValueError("a number in the formula is too large for a float") from None

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Write one power if it is one: ``x ** 2`` as ``x * x``, as on Values, so that the bits are the same."""
        self.generic_visit(node)
        return _power(node, node.left, node.right) if isinstance(node.op, ast.Pow) else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """The same for ``pow(x, 2)``."""
        self.generic_visit(node)
        return _power(node, *node.args) if ast.unparse(node.func) == "pow" and len(node.args) == 2 else node


def _power(written: ast.expr, base: ast.expr, exponent: ast.expr) -> ast.expr:
    """What the table of powers says for a constant exponent; else what was ``written``."""
    with suppress(ValueError):  # The exponent is no constant.
        if row := POWERS.get(ast.literal_eval(exponent)):
            return Substitution({"x": base, "y": exponent}).visit(ast.parse(row.value, mode="eval").body)  # type: ignore[no-any-return]
    return written


def parse(text: str, names: tuple[str, ...], *, choices: bool = False) -> ast.Expression:
    """The checked syntax tree of a formula in ``names``; ``choices`` allows comparisons and ``if``.

    Raises ValueError and names the part that is not allowed: a formula has to run on floats, on Values and as text.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise ValueError(f"the formula {text!r} is not a Python expression: {error.msg}") from None
    allowed = _ARITHMETIC + _OPERATORS + (_CHOICES if choices else ())
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, allowed):
            raise ValueError(f"the formula {text!r} may not contain {type(node).__name__}: {ast.unparse(node) or node}")
        if isinstance(node, ast.Constant) and type(node.value) not in (int, float):
            raise ValueError(f"the formula {text!r} may hold numbers only, not {node.value!r}")
        if isinstance(node, ast.Name) and id(node) not in called and node.id not in (*names, *CONSTANTS):
            raise ValueError(f"the formula {text!r} does not know the name {node.id!r}; it may use {', '.join(names)}")
        if isinstance(node, ast.Call) and (not isinstance(node.func, ast.Name) or node.keywords):
            raise ValueError(f"the formula {text!r} may only call functions by name: {ast.unparse(node)}")
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not _is_integer(node.right):
            raise ValueError(f"the formula {text!r} should say pow(a, b), which stays real, for {ast.unparse(node)}")
    for truth in _stray_truths(tree.body):
        written = ast.unparse(truth)
        raise ValueError(f"the formula {text!r} takes {written} for a number: write `1.0 if {written} else 0.0`")
    checked: ast.Expression = ast.fix_missing_locations(_Literals().visit(tree))
    return checked


def _is_integer(node: ast.expr) -> bool:
    """Whether an exponent is a whole number, so that ``**`` cannot leave the reals."""
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _stray_truths(node: ast.expr, *, asked: bool = False) -> Iterator[ast.expr]:
    """The parts of ``node`` that give True or False where a number is needed: all but those between if and else."""
    choice = isinstance(node, ast.IfExp)
    negated = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    joined = negated or isinstance(node, ast.BoolOp)
    if not asked and (joined or isinstance(node, ast.Compare)):
        yield node
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr):
            is_test = isinstance(node, ast.IfExp) and part is node.test
            yield from _stray_truths(part, asked=is_test or (asked and (joined or choice)))


class Form:
    """What a result remembers of its operation.

    row          the row of the table
    first        which operand is the first that is a Value
    in_gradient  the form of the same operation in a gradient, where a failure waits until it matters (see
                 `engine.failures`); in a gradient, itself
    """

    __slots__ = ("first", "in_gradient", "operation", "row")

    def __init__(self, operation: Operation, first: int, in_gradient: Form | None = None) -> None:
        self.operation = operation
        self.row = operation.row
        self.first = first
        self.in_gradient = in_gradient or self


class Operation:
    """A row of the table, ready to run.

    value     the function from operands to result, on floats
    partials  one function of operands and result for each operand, on floats
    symbolic  the same functions on Values; for a partial written as 0 they give None
    slopes    the operations that give the partials, where the row states its second derivatives
    written   what it is where the last operand is written as one of these numbers: see `POWERS`
    forms     how its results remember it: one for each operand that can be the first Value
    key       what tells it from all others: the name, but ``pow(x, 2.0)`` for one of ``written``
    """

    def __init__(self, row: Primitive) -> None:
        names = (*row.operand_names, "r")
        self.row = row
        self.value_tree = parse(row.value, row.operand_names, choices=True)
        texts = ["NO_PATH" if text == "0" else text for text in row.partials]
        self.partial_trees = tuple(parse(text, names, choices=bool(row.seconds)) for text in texts)
        self.value = _function(row.name, self.value_tree, row.operand_names, FLOATS)
        self.partials = tuple(_function(row.name, tree, names, FLOATS) for tree in self.partial_trees)
        self.slopes = tuple(Operation(slope) for slope in _slopes(row))
        self.symbolic = tuple(map(self._symbolic, range(len(row.partials))))
        self.forms = tuple(Form(self, first, Form(self, first)) for first in range(len(row.partials)))
        powers = POWERS if row.name == "pow" and row not in POWERS.values() else {}
        self.written = {exponent: Operation(power) for exponent, power in powers.items()}
        self.key = row.name
        for exponent, power in self.written.items():
            power.key = f"{row.name}(x, {exponent})"

    def _symbolic(self, index: int) -> Callable[..., Any]:
        """One partial on Values."""
        names = (*self.row.operand_names, "r")
        if self.row.partials[index] == "0":
            return _no_path
        tree = self.partial_trees[index]
        if self.slopes:
            slope = self.slopes[index].row
            tree = ast.parse(f"{slope.name}({', '.join(names[: len(slope.partials)])})", mode="eval")
        function = _function(self.row.name, tree, names, SYMBOLS)
        return function if isinstance(tree.body, ast.Name | ast.Constant) else _in_gradient(function)

    def on(self, operands: Sequence[Any]) -> Operation:
        """What it is on these operands, of which floats are written numbers: itself, or one of ``written``."""
        exponent = operands[-1] if operands and self.written else None
        return self.written.get(exponent, self) if isinstance(exponent, float) else self

    def value_calls_itself(self) -> bool:
        """Whether the value is the ``math`` function of the same name, as in ``tanh(x)``."""
        return any(isinstance(node, ast.Name) and node.id == self.row.name for node in ast.walk(self.value_tree))

    def check_calls(self, operations: Mapping[str, Operation]) -> None:
        """Raise ValueError if a formula calls a function that nobody defines, or with the wrong number of operands."""
        others = {name: item.value for name, item in operations.items() if name != self.row.name}
        known = {**others, **MATH, "abs": abs, "pow": real_power}
        _check_calls(self.value_tree, known, self.row.name)
        symbolic = {**(known if self.slopes else others), self.row.name: self.value}
        for tree in self.partial_trees:
            _check_calls(tree, symbolic, self.row.name)
        for slope in self.slopes:
            slope.check_calls({**operations, self.row.name: self})

    def __repr__(self) -> str:
        return f"<{self.row}>"


def _slopes(row: Primitive) -> Iterator[Primitive]:
    """The partials of a row as rows of their own, if it states its second derivatives: ``d_tanh_dx(x, r)``.

    If they need the result r of the row, it is one more operand, on which no path leads back: the second derivatives
    follow r = f(x), so nothing is left to pass back through r.
    """
    names = row.operand_names
    count = len(names)
    if row.seconds and (count > 2 or len(row.seconds) != count * count):
        raise ValueError(
            f"{row.name!r} states {len(row.seconds)} second derivatives for {count} operands: one operand has 1, two "
            "have 4, and for three they cannot be stated"
        )
    for index, text in enumerate(row.partials if row.seconds else ()):
        formulas = (text, *row.seconds[index * count : (index + 1) * count])
        result = ("x", "y", "z")[count]
        value, *seconds = (re.sub(r"\br\b", result, formula) for formula in formulas)
        seconds = [re.sub(r"\bd\b", "r", formula) for formula in seconds]
        if any(re.search(r"\br\b", formula) for formula in formulas):
            seconds.append("0")
        symbol = f"{row.name}′" if count == 1 else f"∂{row.name}/∂{names[index]}"
        yield Primitive(f"d_{row.name}_d{names[index]}", value, tuple(seconds), symbol)


def _check_calls(tree: ast.Expression, known: Mapping[str, Callable[..., Any]], row: str) -> None:
    """Refuse a call of a function that is not ``known``, or with the wrong number of operands."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        function = known.get(call.func.id)
        if function is None:
            raise ValueError(f"the formulas of {row!r} call {call.func.id}, which nobody defines")
        if function is math.log and len(call.args) != 1:  # It has no signature to bind to.
            raise ValueError(
                f"the formulas of {row!r} call log with {len(call.args)} operands: write log(x) / log(base)"
            )
        try:
            inspect.signature(function).bind(*call.args)
        except TypeError:
            raise ValueError(f"the formulas of {row!r} call {call.func.id} with {len(call.args)} operands") from None
        except ValueError:  # math.hypot has none either; it takes any number of operands.
            continue


def _no_path(*_operands: Any) -> None:
    """The symbolic partial of an operand whose partial is 0 everywhere."""


def _in_gradient(formula: Callable[..., Any]) -> Callable[..., Any]:
    """The formula, which gives the forms of a gradient to all that it records."""

    def recorded(*operands: Any) -> Any:
        """What the formula gives."""
        made = [formula(*operands)]
        partial, given = made[0], set(operands)
        while made:
            node = made.pop()
            if not isinstance(node, float) and node._form is not None and node not in given:
                node._form = node._form.in_gradient
                made += node.operands
        return partial

    return recorded


def _function(title: str, tree: ast.Expression, names: tuple[str, ...], seen: dict[str, Any]) -> Callable[..., Any]:
    """The formula as a function of ``names`` that looks up the functions it calls in ``seen``."""
    code = compile(f"lambda {', '.join(names)}: {ast.unparse(tree)}", f"<formula of {title}>", "eval")
    function: Callable[..., Any] = eval(code, seen)
    return function
