"""Where an operation or its derivative has no value: the error that says so, and the partial that waits with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.formulas import FAILURES, DomainError, Operation
from engine.primitives import Cut, Primitive
from engine.recording import recorded

_GUARDED = (DomainError, ZeroDivisionError)


def explained(
    error: Exception, row: Primitive, numbers: Sequence[Any], labels: Sequence[str], problem: str = "no value"
) -> Exception:
    """The same exception, a ValueError as a DomainError, saying which operation failed on what."""
    kind = type(error) if isinstance(error, ArithmeticError) else DomainError
    named = [f" ({label!r})" if label else "" for label in labels]
    described = (f"{x} = {number!r}{name}" for x, number, name in zip(row.operand_names, numbers, named, strict=True))
    cure = "; in a branch of where, guard the argument, too" if problem == "no value" and kind in _GUARDED else ""
    return kind(f"{row.name} has {problem} at {', '.join(described)}: {error.args[-1]}{cure}")


def explained_for(error: Exception, row: Primitive, operands: Sequence[Any], problem: str) -> Exception:
    """`explained` for operands that are Values and floats."""
    numbers = [operand if isinstance(operand, float) else operand._number for operand in operands]
    return explained(error, row, numbers, labels(operands), problem)


def labels(operands: Sequence[Any]) -> list[str]:
    """The labels of operands; none for a float."""
    return ["" if isinstance(operand, float) else operand.label for operand in operands]


class Undefined:
    """A number that does not exist, with the error that says why: a partial of ``sqrt`` at 0, and what follows from it.

    Arithmetic with it gives it again, but see `cut_off`; any other use raises the error. So ``sqrt`` of 0 is a number
    like any other until somebody asks for its derivative.
    """

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error

    def refuse(self, *_others: object) -> Any:
        """Raise the error with which the formula failed."""
        raise type(self.error)(*self.error.args)

    def _again(self, _other: object = None) -> Undefined:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _again
    __truediv__ = __rtruediv__ = __neg__ = __abs__ = _again
    __float__ = __lt__ = __le__ = __gt__ = __ge__ = __pow__ = __rpow__ = __bool__ = refuse
    __hash__ = object.__hash__

    def __eq__(self, _other: object) -> bool:  # As NaN, it is not even equal to itself.
        return False

    def __repr__(self) -> str:
        return "undefined"

    def __reduce__(self) -> tuple[Any, ...]:
        return Undefined, (self.error,)


def partial_or_undefined(operation: Operation, index: int, operands: Sequence[Any], known: Sequence[Any]) -> Any:
    """The local partial for one operand; None if that is a plain number, `Undefined` where the formula has no value."""
    if isinstance(operands[index], float):
        return None
    try:
        return operation.partials[index](*known)
    except FAILURES as error:
        which = operation.row.operand_names[index]
        return Undefined(explained_for(error, operation.row, operands, f"no derivative with respect to {which}"))


class forgiving(recorded):
    """While a gradient is recorded, in a ``no_grad`` block, too: inside, failures wait."""


def value_or_undefined(operation: Operation, numbers: Sequence[Any], labels: Sequence[str]) -> Any:
    """The value of an operation; `Undefined` where it fails, or an operand is that."""
    try:
        return operation.value(*numbers)
    except FAILURES as error:
        missing = [number for number in numbers if isinstance(number, Undefined)]
        return missing[0] if missing else Undefined(explained(error, operation.row, numbers, labels))


def in_gradient(operation: Operation, numbers: Sequence[Any], labels: Sequence[str]) -> Any:
    """The same in a gradient, where a failure waits: it may be that of a branch that is not taken.

    Nothing times anything is nothing there, infinity and NaN included, and so is the sum of nothing and nothing.
    """
    return cut_off(operation.row.name, value_or_undefined(operation, numbers, labels), numbers)


def cut_off(name: str, number: Any, numbers: Sequence[Any]) -> Any:
    """The result of operation ``name`` on ``numbers`` in a gradient, where `number` is that of plain arithmetic."""
    cuts = [isinstance(operand, Cut) for operand in numbers]
    if any(cuts) and (name in ("mul", "neg") or (name == "add" and all(cuts))):
        return Cut(number if number == number else 0.0)
    return number
