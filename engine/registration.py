"""How a row of the table becomes operators, methods and functions; the last lines do it for the whole table."""

from __future__ import annotations

import builtins
import keyword
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from importlib.util import find_spec
from typing import Any

from engine.fast import FAST_NAMES, specialise
from engine.fast import source as fast_source
from engine.formulas import FAILURES, FLOATS, MATH, SYMBOLS, Operation
from engine.operations import OPERATIONS, apply, make
from engine.primitives import CONSTANTS, ROWS, Primitive
from engine.recording import install
from engine.value import Value

SLOPES: dict[str, Operation] = {}
"""By key, the partials that are operations of their own (see ``seconds`` in `engine.primitives`), and the powers with a
written exponent.
"""

FUNCTIONS: dict[str, Callable[..., Any]] = {}
"""The public function of each operation: on Values it records, on plain numbers it gives a float. Those of `SLOPES` are
here, too, for graphs of gradients hold them.
"""

OPERATORS = {
    "add": ("__add__", "__radd__"),
    "sub": ("__sub__", "__rsub__"),
    "mul": ("__mul__", "__rmul__"),
    "div": ("__truediv__", "__rtruediv__"),
    "pow": ("__pow__", "__rpow__"),
    "neg": ("__neg__",),
    "abs": ("__abs__",),
}
"""Python's names for what a row does, and what it does from the right."""

NUMPY_NAMES = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "degrees": "rad2deg",
    "radians": "deg2rad",
    "atan2": "arctan2",
    "hypot": "hypot",
}
"""Other names of methods: NumPy's functions look for their own name on the elements of an object array."""

_TAKEN = {*dir(builtins), *CONSTANTS, *FAST_NAMES.split()}
"""Names that the fast functions use themselves."""


def register(row: Primitive) -> Callable[..., Any]:
    """Add a row to the table and return its function: ``engine.<name>``, and a method if it takes one operand.

    The very same row again is no error and gives the same function, so that a notebook's cell can be run twice.
    Raises ValueError, and changes nothing, if the name is taken or a formula cannot be used (see `Primitive`).
    """
    if any(operation.row == row for operation in OPERATIONS.values()):
        return FUNCTIONS[row.name]
    _check(row)
    try:
        operation = Operation(row)
        _check_slopes(operation)
        operation.check_calls(OPERATIONS)
        known = {**OPERATIONS, row.name: operation}
        fast = [_fast_functions(each, known) for each in (operation, *operation.slopes)]
    except (RecursionError, MemoryError, SyntaxError) as error:
        raise ValueError(f"the formulas of {row.name!r} are too long or too deep for Python: {error}") from None
    OPERATIONS[row.name] = operation
    return _install(operation, *fast)


def _check(row: Primitive) -> None:
    """Refuse a row of the wrong types or with a name that already means something."""
    if not isinstance(row, Primitive):
        raise TypeError(f"register takes a row, as in Primitive('cube', 'x**3', ('3 * x**2',)), not {row!r}")
    name = row.name
    texts = (name, row.value, *row.partials, *row.seconds)
    tuples = isinstance(row.partials, tuple) and isinstance(row.seconds, tuple)
    if not tuples or not all(isinstance(text, str) for text in texts):
        raise TypeError(f"the name and the formulas of a row are strings, its derivatives tuples of them: {row!r}")
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith(("_", "record_")):
        raise ValueError(f"{name!r} cannot be the name of an operation: it has to be an identifier (and not record_…)")
    if unicodedata.normalize("NFKC", name) != name:
        raise ValueError(f"{name!r} cannot be the name of an operation: Python reads another name in these characters")
    if name in OPERATIONS:
        differences = _differences(row, OPERATIONS[name].row)
        raise ValueError(f"{name!r} is an operation already: choose another name, or start anew. {differences}")
    if name in MATH and row.value != f"{name}({', '.join(row.operand_names)})":
        raise ValueError(f"{name!r} is a function of Python's math, which formulas may call: choose another name")
    of_engine = hasattr(sys.modules["engine"], name) or find_spec(f"engine.{name}")
    if name in SLOPES or name in _TAKEN or hasattr(Value, name) or of_engine:
        raise ValueError(f"{name!r} means something already, in the engine or in Python: choose another name")
    if not 1 <= len(row.partials) <= 3:
        raise ValueError(f"{name!r} has {len(row.partials)} partials; an operation has one to three operands")


def _check_slopes(operation: Operation) -> None:
    """Refuse a row whose partials would be called as an operation is already."""
    for slope in operation.slopes:
        if slope.row.name in OPERATIONS:
            called = f"{operation.row.name!r} states its second derivatives, so a partial is called {slope.row.name!r}"
            raise ValueError(f"{called}, which is an operation already: choose another name")


def _differences(row: Primitive, known: Primitive) -> str:
    """In words, the columns in which a row differs from the one that has its name."""
    columns = ((field.name, getattr(row, field.name), getattr(known, field.name)) for field in fields(Primitive))
    return "; ".join(f"{name} is {new!r} here, {old!r} in the table" for name, new, old in columns if new != old)


def _fast_functions(operation: Operation, operations: Mapping[str, Operation]) -> tuple[Callable[..., Any], ...]:
    """The specialised functions of an operation of one or two operands; () for three."""
    forms = operation.forms
    if len(forms) > 2:
        return ()
    helpers = {"Value": Value, "FAILURES": FAILURES, "apply": apply, "apply_or_defer": _apply_or_defer}
    named = {"operation": operation, "form": forms[0], "reflected": forms[-1]}
    named |= {f"form_{place}": power.forms[0] for place, power in enumerate(operation.written.values())}
    return specialise(operation, operations, {**helpers, **named})


def _apply_or_defer(operation: Operation, operands: tuple[Any, ...]) -> Any:
    """`apply` for operators: an operand that is not a number may handle Values itself, as NumPy's arrays do."""
    try:
        return apply(operation, operands)
    except TypeError:
        return NotImplemented


def _install(operation: Operation, *functions: tuple[Callable[..., Any], ...]) -> Callable[..., Any]:
    """Enter an operation everywhere it is looked up, with the fast functions of itself and of its slopes."""
    name = operation.row.name
    fast, *slopes = functions
    if not operation.value_calls_itself():  # Else it is there already, as the function of `math`.
        FLOATS[name] = operation.value
    for method, function in zip(OPERATORS.get(name, ()), fast, strict=False):
        setattr(Value, method, function)
    for method in methods_of(operation.row):
        setattr(Value, method, fast[0])
    SLOPES.update({power.key: power for power in operation.written.values()})
    for slope, quick in zip(operation.slopes, slopes, strict=True):
        SLOPES[slope.key] = slope
        _publish(slope, quick)
    return _publish(operation, fast)


def methods_of(row: Primitive) -> list[str]:
    """The names of an operation as a method of a Value: its own, if it takes one operand, and NumPy's."""
    names = [row.name] if len(row.partials) == 1 else []
    return [*names, *filter(None, (NUMPY_NAMES.get(row.name),))]


def _publish(operation: Operation, fast: tuple[Callable[..., Any], ...]) -> Callable[..., Any]:
    """Make an operation a function of the module `engine`."""
    name = operation.row.name
    function = _function(operation, fast)
    function.__module__ = "engine"  # Where pickle finds it.
    function.__name__ = function.__qualname__ = name
    function.__doc__ = str(operation.row)
    FUNCTIONS[name] = SYMBOLS[name] = function
    return function


def _function(operation: Operation, fast: tuple[Callable[..., Any], ...]) -> Callable[..., Any]:
    """The public function of an operation: the fast path where that takes the operands."""
    if len(fast) == 1:
        return fast[0]
    name, names = operation.row.name, operation.row.operand_names

    def function(*operands: Any) -> Any:
        """Take the fast path for a Value, else `apply`."""
        if len(operands) != len(names):
            raise TypeError(f"{name}({', '.join(names)}) takes {len(names)} operands, not {len(operands)}")
        if fast and operands[0].__class__ is Value:
            result = fast[0](*operands)
            if result is not NotImplemented:
                return result
        return apply(operation, operands)

    return function


def source(name: str) -> str:
    """The Python text of the functions that run when operation ``name`` is applied to Values.

    Raises ValueError for an unknown name, and for an operation of three operands, which has no such text.
    """
    if name not in OPERATIONS or len(OPERATIONS[name].partials) > 2:
        raise ValueError(f"there is no operation of one or two operands named {name!r}")
    return fast_source(OPERATIONS[name], OPERATIONS)


def find_operation(name: str, operands: Sequence[Any] = ()) -> Operation:
    """The operation of this name or key in a graph that may have been recorded elsewhere; LookupError if it is not
    registered here. Floats among the ``operands`` are numbers written in the expression: see `Operation.on`.
    """
    found = OPERATIONS.get(name) or SLOPES.get(name)
    if found is None:
        raise LookupError(f"the graph was made with the operation {name!r}: register it here first")
    return found.on(operands)


def operation_key(result: Value) -> str:
    """The key of the operation that made a result: its name, or ``pow(x, 2.0)`` where the exponent is written."""
    assert result.operation is not None
    return find_operation(result.operation.name, result.operands).key


install(make)
# Not by `register`, row by row: a formula may call a row below its own, and `abs` and `pow` may replace Python's names.
for _row in ROWS:
    OPERATIONS[_row.name] = Operation(_row)
for _operation in OPERATIONS.values():
    _operation.check_calls(OPERATIONS)
    _install(_operation, *[_fast_functions(each, OPERATIONS) for each in (_operation, *_operation.slopes)])
