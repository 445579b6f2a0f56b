"""The numeric oracle: derivatives by central differences, (f(x + eps) - f(x - eps)) / (2 eps)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from engine.leaves import as_value
from engine.transforms import grad, jacobian
from engine.trees import flatten, is_tree, rebuild
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
    arguments: tuple[Any, ...] = tuple(point) if is_tree(point) else (point,)  # type: ignore[arg-type]
    for which, differentiated in (("first", function), ("second", grad(function)))[:order]:
        analytic = jacobian(differentiated)(*arguments)
        for row, column, numeric in _differences(differentiated, arguments, eps):
            exact = analytic[row][column]
            if not abs(exact - numeric) <= atol + rtol * abs(numeric):
                raise GradcheckError(
                    f"the {which} derivative of output {row} with respect to input {column} is {exact!r}, "
                    f"but central differences give {numeric!r} at {arguments!r}"
                )
    return True


def _differences(function: Callable[..., Any], point: tuple[Any, ...], eps: float) -> Iterator[tuple[int, int, float]]:
    """(output, input, derivative) for each number of the point and every output, by their positions."""
    numbers = [float(number) for number in flatten(point)]
    for column, number in enumerate(numbers):
        step = (number + eps) - (number - eps)  # Not quite 2 eps, because the sums are rounded.
        if not step:
            raise ValueError(f"eps = {eps!r} does not move input {column} from {number!r}: choose a larger one")
        ahead = _evaluate(function, point, [*numbers[:column], number + eps, *numbers[column + 1 :]])
        behind = _evaluate(function, point, [*numbers[:column], number - eps, *numbers[column + 1 :]])
        for row, (high, low) in enumerate(zip(ahead, behind, strict=True)):
            yield row, column, (high - low) / step


def _evaluate(function: Callable[..., Any], point: tuple[Any, ...], numbers: list[float]) -> list[float]:
    """What the function returns with other numbers in place of the point's."""
    return [as_value(number).data for number in flatten((function(*rebuild(point, map(Value, numbers))),))]
