"""What must hold for a row of the table, whichever row it is.

The oracle of the derivatives is the value itself, by central differences at three step widths, extrapolated to the
width 0 (Richardson): good to about nine digits, so that an error of a thousandth cannot hide.
"""

import itertools
import math
import random
from collections.abc import Callable
from typing import Any

import engine
from engine import Primitive, Value

STEP = 0.01
MARGIN = 0.1

Point = tuple[float, ...]


def formula(row: Primitive, text: str) -> Callable[..., float]:
    """A formula of the row as a function of its operands, on floats."""
    names = {**vars(math), **{other.name: function_of(other) for other in engine.primitives_table()}}
    return eval(f"lambda {', '.join(row.operand_names)}: {text}", names)


def function_of(row: Primitive) -> Callable[..., Any]:
    return getattr(engine, row.name)


def points(row: Primitive, count: int = 6) -> list[Point]:
    """Points of the row's domain, with room around them: no edge of the domain and no kink is nearer than MARGIN."""
    draw = random.Random(1)
    arity = len(row.partials)
    inside = _with_room(row, [(0.0,) * arity, (1.0,) * arity])
    for reach in (3.0, 3.0, 300.0, 30_000.0):
        if len(inside) < count:
            box = [tuple(draw.uniform(-reach, reach) for _ in range(arity)) for _ in range(10 * count)]
            inside += _with_room(row, box)
    assert inside, f"no point was found where {row.domain}, away from the zeros of {row.kink or 'nothing'}"
    return inside[:count]


def _with_room(row: Primitive, candidates: list[Point]) -> list[Point]:
    """Those around which, in a box of half-width MARGIN, the domain holds and the kink keeps its sign."""
    domain = formula(row, row.domain)
    distance = formula(row, row.kink or "1")
    inside = []
    for point in candidates:
        corners = list(itertools.product(*((x - MARGIN, x, x + MARGIN) for x in point)))
        sides = [distance(*corner) for corner in corners]
        if all(domain(*corner) for corner in corners) and (min(sides) > 0 or max(sides) < 0):
            inside.append(point)
    return inside


def kinks(row: Primitive) -> list[Point]:
    """Points on the row's kink, found along the first operand by bisection."""
    draw = random.Random(2)
    distance = formula(row, row.kink)
    found = []
    for _ in range(5):
        others = tuple(draw.randrange(-8, 9) / 4 for _ in row.partials[1:])
        low, high = -16.0, 16.0
        side = distance(low, *others)
        while low < (middle := (low + high) / 2) < high and distance(middle, *others) != 0:
            low, high = (middle, high) if distance(middle, *others) * side > 0 else (low, middle)
        if distance(middle, *others) == 0:
            found.append((middle, *others))
    assert found, f"no zero of the kink {row.kink} was found"
    return found


def difference(function: Callable[..., float], point: Point, index: int) -> float:
    """d(function)/d(operand ``index``): central differences, extrapolated twice."""

    def central(step: float) -> float:
        ahead = (*point[:index], point[index] + step, *point[index + 1 :])
        behind = (*point[:index], point[index] - step, *point[index + 1 :])
        return (function(*ahead) - function(*behind)) / (2 * step)

    wide, middle, narrow = central(STEP), central(STEP / 2), central(STEP / 4)
    first, second = (4 * middle - wide) / 3, (4 * narrow - middle) / 3
    return (16 * second - first) / 15


def assert_derivative(actual: float, expected: float, size: float, what: str) -> None:
    """Equality within the accuracy of `difference` for a function of about ``size``."""
    close = math.isclose(actual, expected, rel_tol=1e-6, abs_tol=1e-9 * (1 + abs(size)))
    assert close, f"{what}: {actual} != {expected}"


def check_value(row: Primitive, reference: Callable[..., float] | None) -> None:
    """The value is that of the reference; it is a float for floats, and the same bits for Values."""
    function = function_of(row)
    for point in points(row, 20):
        value = function(*point)
        assert type(value) is float
        assert function(*map(Value, point)).data == value
        if reference is not None:
            expected = reference(*point)
            assert math.isclose(value, expected, rel_tol=4e-15), f"{row.name}{point}: {value!r} != {expected!r}"


def check_first_order(row: Primitive) -> None:
    """The partials, from backward() and with the same bits as a graph, are the differences of the value."""
    function = function_of(row)
    for point in points(row):
        leaves = [Value(number) for number in point]
        result = function(*leaves)
        result.backward()
        symbolic = engine.gradients(result, leaves)
        assert [gradient.data for gradient in symbolic] == [leaf.grad for leaf in leaves]
        for index, leaf in enumerate(leaves):
            expected = difference(function, point, index)
            assert_derivative(leaf.grad, expected, result.data, f"partial {index} of {row.name}{point}")


def check_second_order(row: Primitive) -> None:
    """The second derivatives are the differences of the first."""
    gradient = engine.jacobian(function_of(row))
    for point in points(row):
        for i, entries in enumerate(engine.hessian(function_of(row))(*point)):

            def first(*operands: float, i: int = i) -> float:
                return gradient(*operands)[0][i]

            for j, entry in enumerate(entries):
                expected = difference(first, point, j)
                assert_derivative(entry, expected, first(*point), f"second derivative {i, j} of {row.name}{point}")


def check_forward_mode(row: Primitive) -> None:
    """Forward mode gives Σ partial · tangent with the partials of reverse mode, and the value."""
    function = function_of(row)
    tangent = (0.75, -1.25, 0.5)[: len(row.partials)]
    for point in points(row):
        value, moved = engine.jvp(function, point, tangent)
        assert value == function(*point)
        gradient = engine.jacobian(function)(*point)[0]
        terms = [partial * t for partial, t in zip(gradient, tangent, strict=True)]
        assert math.isclose(moved, math.fsum(terms), rel_tol=1e-14, abs_tol=1e-15 * max(map(abs, terms)))


def check_kinks(row: Primitive) -> None:
    """On a kink the partials are those that the row states."""
    assert bool(row.kink) == bool(row.at_kink), "a kink and the partials there go together"
    if row.kink:
        for point in kinks(row):
            leaves = [Value(number) for number in point]
            function_of(row)(*leaves).backward()
            assert tuple(leaf.grad for leaf in leaves) == row.at_kink, f"{row.name}{point}"


DERIVATIVE_CHECKS = (check_first_order, check_second_order, check_forward_mode, check_kinks)


def check_row(row: Primitive, reference: Callable[..., float] | None = None) -> None:
    """All of the above; AssertionError at the first that does not hold."""
    check_value(row, reference)
    for check in DERIVATIVE_CHECKS:
        check(row)
