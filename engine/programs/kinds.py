"""The second table: every kind of instruction that a program may consist of.

`engine.primitives` says what the engine can differentiate; this table says what a processor can carry out. Read a row
from left to right: its name, how it is written in Python and in LLVM's language, what it does to floats, the range of
its result, when it raises, and how JavaScript writes it where that differs from Python. Other files ask the row; only
`choose`, the connectives and a few sums and products are known by name.

What a row leaves out has a safe answer: the result may be any number, and the instruction may fail.
"""

from __future__ import annotations

import ast
import math
import operator
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

Interval = tuple[float, float]
"""The smallest and the largest number that a result can be, infinities included. It may be NaN besides."""

EVERYTHING = (-math.inf, math.inf)
LARGEST = sys.float_info.max
EXP_LIMIT = 709.0
"""exp is finite up to here; it overflows just above, at 709.78."""

GIVEN = ("input", "leaf", "constant")
"""The instructions without a row: their numbers are given before the run."""

LIBRARY = "library"
"""Stands for the LLVM text of a function that the C library computes."""


class Kind(NamedTuple):
    """One row of the table.

    name           how instructions refer to it
    python         Python text in terms of the operands ``{0}``, ``{1}``, ``{2}``
    llvm           LLVM text in terms of the operands, ``{type}``, ``{truth}``, ``{suffix}``, ``{flags}``, ``{true}``,
                   ``{zero}`` (see `engine.machine.code`); or `LIBRARY`; empty for what Python computes itself
    function       what it does to floats
    range          the range of the result, from those of the operands
    fails          whether it may raise for some operands in these ranges
    alarm          LLVM text that is true where Python raises; unless given, where the result is not finite
    quick          Python text without a call, where the operand is a name
    javascript     JavaScript text, unless it is the Python text; where it may raise, a call of its name takes its place
    is_condition   it gives True or False
    commutes       the operands may change places
    spreads        where an operand is not finite, the result is not
    unsigned_zero  the result is never -0.0
    """

    name: str
    python: str
    llvm: str
    function: Callable[..., Any]
    range: Callable[..., Interval] = lambda *_: EVERYTHING
    fails: Callable[..., bool] = lambda *_: True
    alarm: str = ""
    quick: str = ""
    javascript: str = ""
    is_condition: bool = False
    commutes: bool = False
    spreads: bool = False
    unsigned_zero: bool = False

    @property
    def operands(self) -> int:
        """How many operands it takes."""
        return sum(f"{{{index}}}" in self.python for index in range(3))

    @property
    def is_call(self) -> bool:
        """Whether its Python text calls a function of its name."""
        return self.python.startswith(f"{self.name}(")

    @property
    def is_ported(self) -> bool:
        """Whether JavaScript calls a function of its name, too."""
        return self.is_call and not self.javascript

    @property
    def cannot_fail(self) -> bool:
        """Whether it raises for no operands at all."""
        return self.fails is _never


def _infix(name: str, sign: str, opcode: str, function: Callable[..., Any], *known: Any, **traits: Any) -> Kind:
    """A row of an operator between two operands."""
    return Kind(name, f"{{0}} {sign} {{1}}", f"{opcode} {{0}}, {{1}}", function, *known, **traits)


def _test(name: str, sign: str, opcode: str, function: Callable[..., Any], **traits: Any) -> Kind:
    """A row of a condition."""
    return _infix(name, sign, opcode, function, fails=_never, is_condition=True, **traits)


def _math(name: str, *known: Any, operands: int = 1, llvm: str = LIBRARY, **traits: Any) -> Kind:
    """A row of a function of ``math``."""
    arguments = ", ".join(f"{{{index}}}" for index in range(operands))
    return Kind(name, f"{name}({arguments})", llvm, getattr(math, name), *known, **traits)


# --- What is known of ranges and failures -----------------------------------------------------------------------------


def _within(low: float, high: float) -> Callable[..., Interval]:
    """A function with bounds."""
    return lambda *_: (low, high)


def _corners(function: Callable[[float, float], float], x: Interval, y: Interval) -> Interval:
    """A function of two operands with its extremes in the corners."""
    corners = [function(a, b) for a in x for b in y]
    return EVERYTHING if any(map(math.isnan, corners)) else (min(corners), max(corners))


def _quotient(x: Interval, y: Interval) -> Interval:
    return EVERYTHING if y[0] <= 0.0 <= y[1] else _corners(operator.truediv, x, y)


def _size(x: Interval) -> Interval:
    low, high = sorted(map(abs, x))
    return (0.0 if x[0] <= 0.0 <= x[1] else low, high)


def _exponential(x: Interval) -> Interval:
    """A last digit wider, for a library's exp need not be monotone to the last bit."""
    low = 0.0 if x[0] < -EXP_LIMIT else math.exp(min(x[0], EXP_LIMIT))
    high = math.inf if x[1] > EXP_LIMIT else math.exp(max(x[1], -EXP_LIMIT))
    return low * (1.0 - 1e-15), high * (1.0 + 1e-15)


def _never(*_operands: Interval) -> bool:
    """It fails nowhere."""
    return False


def _outside(low: float, high: float = LARGEST) -> Callable[[Interval], bool]:
    """It may fail for numbers that are not between ``low`` and ``high``."""
    return lambda x: not low <= x[0] <= x[1] <= high


ABS, SQRT = (f"call {{type}} @llvm.{name}.{{suffix}}({{type}} {{0}})" for name in ("fabs", "sqrt"))
COPYSIGN = "call {type} @llvm.copysign.{suffix}({type} {0}, {type} {1})"
TINIEST = math.ulp(0.0)
ABOVE_MINUS_1 = math.nextafter(-1.0, 0.0)

ROWS = (
    _infix("add", "+", "fadd {flags}{type}", operator.add, lambda x, y: (x[0] + y[0], x[1] + y[1]), _never,
           commutes=True, spreads=True),
    _infix("sub", "-", "fsub {flags}{type}", operator.sub, lambda x, y: (x[0] - y[1], x[1] - y[0]), _never,
           spreads=True),
    _infix("mul", "*", "fmul {flags}{type}", operator.mul, lambda x, y: _corners(operator.mul, x, y), _never,
           commutes=True, spreads=True),
    _infix("div", "/", "fdiv {flags}{type}", operator.truediv, _quotient, lambda _, y: y[0] <= 0.0 <= y[1],
           alarm="fcmp oeq {type} {1}, {zero}"),
    Kind("pow", "pow({0}, {1})", LIBRARY, math.pow),
    Kind("neg", "-{0}", "fneg {flags}{type} {0}", operator.neg, lambda x: (-x[1], -x[0]), _never, spreads=True),
    Kind("abs", "abs({0})", ABS, abs, _size, _never,
         quick="{0} if {0} > 0.0 else 0.0 - {0}", javascript="Math.abs({0})", spreads=True, unsigned_zero=True),
    # Conditions, and the choice between two numbers that are both there.
    _test("lt", "<", "fcmp olt {type}", operator.lt),
    _test("le", "<=", "fcmp ole {type}", operator.le),
    _test("gt", ">", "fcmp ogt {type}", operator.gt),
    _test("ge", ">=", "fcmp oge {type}", operator.ge),
    _test("eq", "==", "fcmp oeq {type}", operator.eq, commutes=True, javascript="{0} === {1}"),
    _test("ne", "!=", "fcmp une {type}", operator.ne, commutes=True, javascript="{0} !== {1}"),
    _test("and", "and", "and {truth}", operator.and_, commutes=True, javascript="{0} && {1}"),
    _test("or", "or", "or {truth}", operator.or_, commutes=True, javascript="{0} || {1}"),
    Kind("not", "not {0}", "xor {truth} {0}, {true}", operator.not_, fails=_never, is_condition=True,
         javascript="!{0}"),
    Kind("choose", "{1} if {0} else {2}", "select {truth} {0}, {type} {1}, {type} {2}", lambda p, x, y: x if p else y,
         lambda _, x, y: (min(x[0], y[0]), max(x[1], y[1])), _never, javascript="{0} ? {1} : {2}"),
    # Functions of the C library: first those of which more is known than that.
    _math("exp", _exponential, _outside(-math.inf, EXP_LIMIT), unsigned_zero=True),
    _math("expm1", fails=_outside(-math.inf, EXP_LIMIT)),
    _math("log", fails=_outside(TINIEST)),
    _math("log1p", fails=_outside(ABOVE_MINUS_1)),
    _math("log2", fails=_outside(TINIEST)),
    _math("log10", fails=_outside(TINIEST)),
    _math("sqrt", _within(0.0, math.inf), _outside(0.0), llvm=SQRT),
    _math("cbrt", fails=_never),
    _math("sin", _within(-1.0, 1.0), _outside(-LARGEST)),
    _math("cos", _within(-1.0, 1.0), _outside(-LARGEST)),
    _math("tan", fails=_outside(-LARGEST)),
    _math("asin", fails=_outside(-1.0, 1.0)),
    _math("atan", fails=_never),
    _math("acos", fails=_outside(-1.0, 1.0), unsigned_zero=True),
    _math("sinh", fails=_outside(-EXP_LIMIT, EXP_LIMIT)),
    _math("cosh", fails=_outside(-EXP_LIMIT, EXP_LIMIT), unsigned_zero=True),
    _math("tanh", _within(-1.0, 1.0), _never),
    _math("erf", _within(-1.0, 1.0), _never),
    _math("erfc", _within(0.0, 2.0), _never),
    _math("fabs", fails=_never, llvm=ABS, javascript="Math.abs({0})", unsigned_zero=True),
    _math("copysign", fails=_never, operands=2, llvm=COPYSIGN),
    _math("asinh", fails=_never),
    _math("atan2", fails=_never, operands=2),
    *map(_math, ("acosh", "atanh", "exp2")),
    _math("fmod", operands=2),
    # What Python computes itself: machine code has nothing to call.
    *(_math(name, llvm="") for name in ("degrees", "gamma", "lgamma", "radians")),
    _math("hypot", operands=2, llvm=""),
    _math("remainder", operands=2, llvm=""),
)  # fmt: skip
KINDS: dict[str, Kind] = {row.name: row for row in ROWS}


def _sign(tree: ast.AST) -> type[ast.AST] | None:
    """The class of an expression's operator; None for a call or a choice."""
    return next((type(part) for part in ast.iter_child_nodes(tree) if not isinstance(part, ast.expr)), None)


KIND_OF = {_sign(ast.parse(row.python.format("x", "y", "z"), mode="eval").body): row.name for row in ROWS}
KIND_OF |= {ast.Pow: "pow", None: "choose"}


def taken_apart(tree: ast.expr) -> tuple[str, list[ast.expr]]:
    """The kind of an expression's outermost operator, or the name that it calls, and the operands."""
    operands = [part for part in ast.iter_child_nodes(tree) if isinstance(part, ast.expr)]
    if isinstance(tree, ast.Call):
        return ast.unparse(tree.func), operands[1:]
    return KIND_OF[_sign(tree)], operands
