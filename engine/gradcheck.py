"""The numeric oracle: derivatives by central differences, (f(x + eps) - f(x - eps)) / (2 eps)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from engine.transforms import flatten, grad, jacobian, rebuild
from engine.value import Value


class GradcheckError(AssertionError):
    """An analytic derivative differs from the numeric one."""


def gradcheck(
    function: Callable[..., Any],
    point: float | Sequence[Any],
    *,
    order: int = 1,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
) -> bool:
    """True if the derivatives of ``function`` at ``point`` agree with central differences; else GradcheckError.

    point  a number, or one entry for each argument (numbers or nested lists of numbers)
    order  1 checks the first derivatives; 2 also the second, as differences of the first (for one returned number only)

    They agree where |analytic - numeric| <= atol + rtol * |numeric|. The error names the first entry that does not.
    """
    if order not in (1, 2):
        raise ValueError(f"the order of a gradcheck is 1 or 2, not {order!r}")
    arguments = tuple(point) if isinstance(point, (list, tuple)) else (point,)
    _compare(function, arguments, "first", eps, atol, rtol)
    if order == 2:
        _compare(grad(function), arguments, "second", eps, atol, rtol)
    return True


def _compare(
    function: Callable[..., Any], point: tuple[Any, ...], which: str, eps: float, atol: float, rtol: float
) -> None:
    """Raise GradcheckError at the first entry of the Jacobian that differs from its numeric estimate."""
    analytic = jacobian(function)(*point)
    for column, numeric in enumerate(_differences(function, point, eps)):
        for row, estimate in enumerate(numeric):
            exact = analytic[row][column]
            if not abs(exact - estimate) <= atol + rtol * abs(estimate):
                raise GradcheckError(
                    f"the {which} derivative of output {row} by input {column} is {exact!r}, "
                    f"but central differences give {estimate!r} at {point!r}"
                )


def _differences(function: Callable[..., Any], point: tuple[Any, ...], eps: float) -> Iterator[list[float]]:
    """For each number of the point, the derivative of every output by it."""
    numbers = [float(number) for number in flatten(point)]
    for column, number in enumerate(numbers):
        step = (number + eps) - (number - eps)  # Not quite 2 eps, because the sums are rounded.
        if not step:
            raise ValueError(f"eps = {eps!r} does not move input {column} from {number!r}: choose a larger one")
        ahead = _evaluate(function, point, [*numbers[:column], number + eps, *numbers[column + 1 :]])
        behind = _evaluate(function, point, [*numbers[:column], number - eps, *numbers[column + 1 :]])
        yield [(high - low) / step for high, low in zip(ahead, behind, strict=True)]


def _evaluate(function: Callable[..., Any], point: tuple[Any, ...], numbers: list[float]) -> list[float]:
    """What the function returns with other numbers in place of the point's."""
    return [float(number) for number in flatten((function(*rebuild(point, map(Value, numbers))),))]
