"""Where an operation or its derivative has no value: the error that says so, and the partial that waits with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.formulas import DomainError
from engine.primitives import Primitive


def explained(
    error: Exception, row: Primitive, numbers: Sequence[float], labels: Sequence[str], problem: str = "no value"
) -> Exception:
    """The same exception, a ValueError as a DomainError, saying which operation failed on what."""
    kind = type(error) if isinstance(error, ArithmeticError) else DomainError
    named = [f" ({label!r})" if label else "" for label in labels]
    described = (f"{x} = {number!r}{name}" for x, number, name in zip(row.operand_names, numbers, named, strict=True))
    return kind(f"{row.name} has {problem} at {', '.join(described)}: {error.args[-1]}")


def explained_for(error: Exception, row: Primitive, operands: Sequence[Any], problem: str) -> Exception:
    """`explained` for operands that are Values and floats."""
    numbers = [operand if isinstance(operand, float) else operand._data for operand in operands]
    labels = ["" if isinstance(operand, float) else operand.label for operand in operands]
    return explained(error, row, numbers, labels, problem)


class Undefined(float):
    """The NaN on an edge whose partial derivative does not exist. Multiplying it raises the error that says why.

    So ``sqrt`` of 0 is a number like any other until somebody asks for its derivative.
    """

    error: Exception
    alive = 0
    """How many there are. While there are none, which is nearly always, no graph is searched for them."""

    def __new__(cls, error: Exception) -> Undefined:
        """The partial whose formula raised ``error``."""
        partial = super().__new__(cls, "nan")
        partial.error = error
        cls.alive += 1
        return partial

    def __del__(self) -> None:
        type(self).alive -= 1

    def refuse(self, _factor: object = None) -> Any:
        """Raise the error with which the formula failed."""
        raise type(self.error)(*self.error.args)

    __mul__ = __rmul__ = refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return Undefined, (self.error,)


def refuse_undefined(nodes: Iterable[Any]) -> None:
    """Raise the error of the first partial among ``nodes`` that does not exist, if there is one."""
    for node in nodes:
        for partial in node.partials:
            if isinstance(partial, Undefined):
                partial.refuse()
