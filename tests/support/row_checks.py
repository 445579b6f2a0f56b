"""What must hold for a row of the table, whichever row it is. The oracle of the derivatives are differences."""

import itertools
import math
import random
from collections.abc import Callable
from typing import Any

import engine
from engine import Primitive, Value

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


def check_row(row: Primitive, reference: Callable[..., float] | None = None) -> None:
    """AssertionError at the first that does not hold: value, derivatives in all modes, and those on the kink."""
    function = function_of(row)
    for point in points(row, 20):
        value, leaves = function(*point), [Value(number) for number in point]
        assert type(value) is float
        assert reference is None or math.isclose(value, reference(*point), rel_tol=4e-15), f"{row.name}{point}"
        result = function(*leaves)
        result.backward()
        found = [leaf.grad for leaf in leaves]
        assert result.data == value
        assert [slope.data for slope in engine.gradients(result, leaves)] == found
        tangent = (0.75, -1.25, 0.5)[: len(point)]
        terms = [slope * t for slope, t in zip(found, tangent, strict=True)]
        moved = engine.jvp(function, point, tangent)[1]
        assert math.isclose(moved, math.fsum(terms), rel_tol=1e-14, abs_tol=1e-15 * max(map(abs, terms)))
    assert all(engine.gradcheck(function, point, order=2) for point in points(row))
    assert bool(row.kink) == bool(row.at_kink), "a kink and the partials there go together"
    for point in kinks(row) if row.kink else ():
        leaves = [Value(number) for number in point]
        function(*leaves).backward()
        assert tuple(leaf.grad for leaf in leaves) == row.at_kink, f"{row.name}{point}"
