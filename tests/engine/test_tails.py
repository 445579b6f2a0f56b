"""Accuracy everywhere: each row's value, first and second derivatives against mpmath, from 1e-300 to 1e300.

A row that is added to the engine is added to the textbook that is the oracle here.
"""

import functools
import itertools
import math

import pytest
from support.program_checks import program
from support.row_checks import formula, function_of, points
from support.textbook import exact, functions

import engine
from engine import Value

TOLERANCE = 1e-12
SMALLEST = 2.3e-308  # From here on a float is a normal number.

EXCEPTIONS = {
    ("pow", (0, 0)): lambda x, y: abs(x) < 1e-153 and min(abs(y), abs(y - 1)) < 1e-8,
    # pow(x, y - 2) overflows before a tiny y * (y - 1) makes the product a normal number.
}
"""What cannot be as accurate: (row, operands by which it is derived), and where."""

NEAR_ONE = [1.0 + sign * gap for gap in (2.0**-52, 1e-14, 1e-10, 1e-5, 1e-2) for sign in (1, -1)]
BORDERS = [1 - 2.0**-53, math.pi / 2, math.nextafter(math.pi / 2, 2), math.pi, math.e, 26.5, 37.5, 354.0, 709.7, 745.0]
GEOMETRIC = [*(10.0**exponent for exponent in range(-300, 301, 10)), *(1.2**n for n in range(-30, 37))]
ONE = sorted({sign * x for x in (*GEOMETRIC, *NEAR_ONE, *BORDERS) for sign in (1, -1)} | {0.0})
FEW = [1e-300, 1e-160, 1e-140, 1e-20, 1e-8, 0.3, 1.0, 1 + 1e-10, 2.0, 3.7, 30.0, 700.0, 1e8, 1e20, 1e140, 1e160, 1e300]
TWO = sorted({sign * x for x in FEW for sign in (1, -1)} | {0.0})
GRIDS = {1: ONE, 2: TWO, 3: [-1e300, -1e-300, 0.0, 0.3, 1e300]}


def entries(row):
    """The operands by which the row is derived, in the order of the table: none, each, then the pairs."""
    operands = range(len(row.partials))
    return [(), *itertools.combinations(operands, 1), *itertools.combinations_with_replacement(operands, 2)]


@functools.cache
def expected(row):
    """(entry, point, what is true there), wherever the value is a number and the point is no kink."""
    derivatives = functions(row.name, row.operand_names)
    distance = formula(row, row.kink or "1")
    wanted = []
    for point in itertools.product(GRIDS[len(row.partials)], repeat=len(row.partials)):
        if distance(*point) and exact(derivatives[0], point) is not None:
            for entry, function in zip(entries(row), derivatives, strict=True):
                truth = exact(function, point)
                excused = EXCEPTIONS.get((row.name, entry), lambda *_point: False)(*point)
                if truth is not None and not excused:
                    wanted.append((entry, point, truth))
    return wanted


def eager(row):
    """By backward(), and by gradients of gradients."""

    def derivative(entry, point):
        leaves = [Value(number) for number in point]
        result = function_of(row)(*leaves)
        if len(entry) == 1:
            result.backward()
            return leaves[entry[0]].grad
        for index in entry:
            (result,) = engine.gradients(result, [leaves[index]])
        return result.data

    return derivative


def forward(row):
    """By forward mode, and by forward mode over reverse mode."""

    def derivative(entry, point):
        if not entry:
            return function_of(row)(*point)
        *first, last = entry
        tangent = [float(index == last) for index in range(len(point))]
        if not first:
            return engine.jvp(function_of(row), point, tangent)[1]

        def slope(*operands):
            """The derivative by one operand. That by another may not exist."""
            before, x, after = operands[: first[0]], operands[first[0]], operands[first[0] + 1 :]
            return engine.grad(lambda x: function_of(row)(*before, x, *after))(x)

        return engine.jvp(slope, point, tangent)[1]

    return derivative


def compiled(backend):
    """By a program for each derivative."""

    def of(row):
        @functools.cache
        def recorded(entry):
            leaves = [Value(number) for number in points(row)[0]]
            result = function_of(row)(*leaves)
            for index in entry:
                (result,) = engine.gradients(result, [leaves[index]])
            return program(backend, leaves, [result])

        return lambda entry, point: recorded(entry)(*point)[0]

    return of


SHARE = 7
"""By the eager way each number is checked; by the others, which take the same formulas, one in so many."""

WAYS = {"eager": eager, "forward": forward, "python": compiled("python"), "llvm": compiled("llvm")}


def is_right(truth, actual):
    """Whether a number is the true one to 12 digits, or as good as zero where that is."""
    if abs(truth) < SMALLEST:
        return abs(actual) <= SMALLEST
    return math.isclose(actual, truth, rel_tol=TOLERANCE)


ROWS = engine.primitives_table()


def cases():
    """Every row in every way; rows of one operand in the eager way take no time."""
    for row, way in itertools.product(ROWS, WAYS):
        is_quick = way == "eager" and len(row.partials) == 1
        yield pytest.param(row, way, id=f"{row.name}-{way}", marks=[] if is_quick else pytest.mark.slow)


@pytest.mark.parametrize(("row", "way"), [*cases()])
def test_value_and_two_derivatives_are_right_everywhere(row, way):
    derivative = WAYS[way](row)
    wrong = []
    for entry, point, truth in expected(row)[:: 1 if way == "eager" else SHARE]:
        try:
            actual = derivative(entry, point)
        except (ArithmeticError, ValueError) as error:
            actual = error
        if isinstance(actual, Exception) or not is_right(truth, actual):
            wrong.append(f"by {entry} at {point}: {actual!r}, not {truth!r}")
    assert not wrong, f"{row.name}, {len(wrong)} of {len(expected(row))}:\n" + "\n".join(wrong[:20])
