"""What it means to apply an operation, and how a row of the table becomes operators, methods and functions."""

from __future__ import annotations

import builtins
import functools
import keyword
import math
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.backward import Undefined
from engine.fast import FAST_NAMES, specialise
from engine.fast import source as fast_source
from engine.formulas import FAILURES, FLOATS, MATH, SYMBOLS, DomainError, Operation
from engine.primitives import CONSTANTS, ROWS, Primitive
from engine.recording import install, is_paused, watch_pause
from engine.value import Form, Value, real_number

OPERATIONS: dict[str, Operation] = {}
"""Every operation by name, in the order of the table."""

FUNCTIONS: dict[str, Callable[..., Any]] = {}
"""The public function of each operation: on Values it records, on plain numbers it gives a float."""

_FORMS: dict[tuple[str, int], Form] = {}

_OPERATORS = {
    "add": ("__add__", "__radd__"),
    "sub": ("__sub__", "__rsub__"),
    "mul": ("__mul__", "__rmul__"),
    "div": ("__truediv__", "__rtruediv__"),
    "pow": ("__pow__", "__rpow__"),
    "neg": ("__neg__",),
    "abs": ("__abs__",),
}

# NumPy's functions look for a method of their own name on the elements of an object array.
_NUMPY_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}

_TAKEN = {*dir(builtins), *CONSTANTS, *FAST_NAMES.split()}
"""Names that the fast functions use themselves."""

# Quicker than to call object.__new__(Value); and unlike Value() it skips __init__.
_make = functools.partial(object.__new__, Value)
install(_make)


def apply(operation: Operation, operands: tuple[Any, ...]) -> Any:
    """The result of an operation: a Value that remembers its operands, or a float where all of them are numbers.

    Raises TypeError for an operand that is no number, and what the formula raises (ZeroDivisionError, OverflowError,
    and DomainError for a ValueError) with the operation, the operands and their labels in the message.
    """
    operands = tuple(_operand(operand, operation) for operand in operands)
    numbers = tuple(operand._data if isinstance(operand, Value) else operand for operand in operands)
    try:
        result = operation.value(*numbers)
    except FAILURES as error:
        raise _explained(error, operation, operands) from None
    positions = [index for index, operand in enumerate(operands) if isinstance(operand, Value)]
    if not positions:
        return result
    if is_paused():
        watch_pause(operands[positions[0]])
        return Value(result)
    edges = [
        (operand, _partial(operation, index, operands, (*numbers, result))) for index, operand in enumerate(operands)
    ]
    return _record(operation, result, edges, positions[0])


def _explained(
    error: Exception, operation: Operation, operands: tuple[Any, ...], problem: str = "no value"
) -> Exception:
    """`explained` for operands that are Values and floats."""
    labels = [operand.label if isinstance(operand, Value) else "" for operand in operands]
    numbers = [operand._data if isinstance(operand, Value) else operand for operand in operands]
    return explained(error, operation.row, numbers, labels, problem)


def _record(operation: Operation, result: float, edges: list[tuple[Any, float | None]], first: int) -> Value:
    """A Value with these (operand, partial) edges, of which ``first`` is the first that comes from a Value."""
    node: Value = _make()
    node._data = result
    node._form = find_form(operation.row.name, first)
    node._a, node._pa = edges.pop(first)
    node._b, node._pb = (None, None) if not edges else edges[0] if len(edges) == 1 else (tuple(edges), None)
    node._mark = None
    return node


def _partial(operation: Operation, index: int, operands: tuple[Any, ...], numbers: tuple[float, ...]) -> float | None:
    """The local partial for one operand; None for a number; `Undefined` where the formula has no value."""
    if not isinstance(operands[index], Value):
        return None
    try:
        partial: float = operation.partials[index](*numbers)
    except FAILURES as error:
        which = operation.row.operand_names[index]
        return Undefined.because(_explained(error, operation, operands, f"no derivative by {which}"))
    return partial


def _operand(operand: Any, operation: Operation) -> Any:
    """An operand as a Value or a float."""
    return operand if isinstance(operand, Value) else real_number(operand, operation.row.name)


def explained(
    error: Exception, row: Primitive, numbers: Sequence[float], labels: Sequence[str], problem: str = "no value"
) -> Exception:
    """The same exception, a ValueError as a DomainError, saying which operation failed on what."""
    kind = type(error) if isinstance(error, ArithmeticError) else DomainError
    described = []
    for name, number, label in zip(row.operand_names, numbers, labels, strict=True):
        described.append(f"{name} = {number!r} ({label!r})" if label else f"{name} = {number!r}")
    return kind(f"{row.name} has {problem} at {', '.join(described)}: {error.args[-1]}")


def _apply_or_defer(operation: Operation, operands: tuple[Any, ...]) -> Any:
    """`apply` for operators: what is no number may know how to handle Values itself, as NumPy's arrays do."""
    try:
        return apply(operation, operands)
    except TypeError:
        return NotImplemented


def find_form(name: str, first: int) -> Form:
    """The form of the operation ``name`` whose operand number ``first`` is the first Value."""
    find_operation(name)
    return _FORMS[name, first]


def find_operation(name: str) -> Operation:
    """The operation of a graph that may have been recorded elsewhere; LookupError if it is not registered here."""
    if name not in OPERATIONS:
        raise LookupError(f"the graph was made with the operation {name!r}: register it here first")
    return OPERATIONS[name]


def register(row: Primitive) -> Callable[..., Any]:
    """Add a row to the table and return its function, then also ``engine.<name>`` and, of one operand, a method.

    Raises ValueError, and changes nothing, if the name is taken or a formula cannot be used (see `Primitive`).
    """
    _check(row)
    try:
        operation = Operation(row)
        operation.check_calls(OPERATIONS)
        forms, fast = _written_out(operation, {**OPERATIONS, row.name: operation})
    except (RecursionError, MemoryError, SyntaxError) as error:
        raise ValueError(f"the formulas of {row.name!r} are too long or too deep for Python: {error}") from None
    OPERATIONS[row.name] = operation
    return _install(operation, forms, fast)


def _check(row: Primitive) -> None:
    """Refuse a row of the wrong types or with a name that means something already."""
    name = row.name
    texts = (name, row.value, *row.partials)
    if not isinstance(row.partials, tuple) or not all(isinstance(text, str) for text in texts):
        raise TypeError(f"the name and the formulas of a row are strings, the partials a tuple of them: {row!r}")
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith(("_", "record_")):
        raise ValueError(f"{name!r} cannot be the name of an operation: it has to be an identifier (and not record_…)")
    if unicodedata.normalize("NFKC", name) != name:
        raise ValueError(f"{name!r} cannot be the name of an operation: Python reads another name in these characters")
    if name in MATH and row.value != f"{name}({', '.join(row.operand_names)})":
        raise ValueError(f"{name!r} is a function of Python's math, which formulas may call: choose another name")
    if name in OPERATIONS or name in _TAKEN or hasattr(Value, name) or hasattr(sys.modules["engine"], name):
        raise ValueError(f"{name!r} means something already, in the engine or in Python: choose another name")
    if not 1 <= len(row.partials) <= 3:
        raise ValueError(f"{name!r} has {len(row.partials)} partials; an operation has one to three operands")


def _install(operation: Operation, forms: list[Form], fast: tuple[Callable[..., Any], ...]) -> Callable[..., Any]:
    """Enter an operation everywhere it is looked up."""
    name = operation.row.name
    if not operation.value_calls_itself():  # Else it is there already, as the function of `math`.
        FLOATS[name] = operation.value
    for form in forms:
        _FORMS[name, form.first] = form
    for method, function in zip(_OPERATORS.get(name, ()), fast, strict=False):
        setattr(Value, method, function)
    if len(fast) == 1:
        for method in (name, *filter(None, (_NUMPY_NAMES.get(name),))):
            setattr(Value, method, fast[0])
    function = _function(operation, fast)
    function.__module__ = "engine"  # Where pickle finds it.
    function.__name__ = function.__qualname__ = name
    function.__doc__ = str(operation.row)
    FUNCTIONS[name] = SYMBOLS[name] = function
    return function


def _written_out(
    operation: Operation, operations: Mapping[str, Operation]
) -> tuple[list[Form], tuple[Callable[..., Any], ...]]:
    """The forms of an operation, and its specialised functions if it has one or two operands."""
    forms = [Form(operation, first) for first in range(len(operation.partials))]
    if len(forms) > 2:
        return forms, ()
    helpers: dict[str, Any] = {"Value": Value, "FAILURES": FAILURES, "apply": apply}
    helpers["pow"] = math.pow  # Fails where real_power does, and leaves it to apply to say so in the words of **.
    helpers |= {"operation": operation, "form": forms[0]}
    if len(forms) == 2:
        helpers |= {"apply_or_defer": _apply_or_defer, "reflected": forms[1]}
    return forms, specialise(operation, operations, helpers)


def _function(operation: Operation, fast: tuple[Callable[..., Any], ...]) -> Callable[..., Any]:
    """The public function of an operation, by the fast path where it takes the operands."""
    if len(fast) == 1:
        return fast[0]

    def function(*operands: Any) -> Any:
        """Take the fast path for a Value, else `apply`."""
        if len(operands) != len(operation.partials):
            names = ", ".join(operation.row.operand_names)
            raise TypeError(
                f"{operation.row.name}({names}) takes {len(operation.partials)} operands, not {len(operands)}"
            )
        if fast and operands[0].__class__ is Value:
            result = fast[0](*operands)
            if result is not NotImplemented:
                return result
        return apply(operation, operands)

    return function


def source(name: str) -> str:
    """The Python text of the functions that run when operation ``name`` is applied to Values.

    Raises ValueError for an unknown name or an operation of three operands, which has none of its own.
    """
    if name not in OPERATIONS or len(OPERATIONS[name].partials) > 2:
        raise ValueError(f"there is no operation of one or two operands named {name!r}")
    return fast_source(OPERATIONS[name], OPERATIONS)


for _row in ROWS:
    OPERATIONS[_row.name] = Operation(_row)
for _operation in OPERATIONS.values():
    _operation.check_calls(OPERATIONS)
    _install(_operation, *_written_out(_operation, OPERATIONS))
