"""The table of primitives, row by row: a new row is tested here without an edit."""

import inspect
import math

import numpy as np
import pytest
from support.row_checks import function_of, kinks

import engine
from engine import Value

ROWS = engine.primitives_table()
KINKED = [row for row in ROWS if row.kink]


def each(rows):
    return pytest.mark.parametrize("row", rows, ids=lambda row: row.name)


@each(KINKED)
def test_the_second_derivative_at_a_kink_exists(row):
    for point in kinks(row):
        assert all(math.isfinite(entry) for entries in engine.hessian(function_of(row))(*point) for entry in entries)


@each(ROWS)
def test_a_row_reads_as_a_line_of_a_formula_sheet(row):
    line = str(row)
    assert line.startswith(f"{row.name}({', '.join(row.operand_names)}) = {row.value}")
    for name, partial in zip(row.operand_names, row.partials, strict=True):
        assert f"d/d{name} = {partial}" in line
    assert inspect.getdoc(function_of(row)) == line
    if len(row.partials) == 1:
        assert getattr(Value, row.name) is function_of(row)


def test_power_at_the_corners_of_its_domain():
    zero, two = Value(0.0), Value(2.0)
    assert (zero**0).data == 1.0
    assert (zero**two).partials == (0.0, 0.0)
    assert (zero**1).partials == (1.0, None)
    assert (Value(0.0) ** Value(0.0)).partials == (0.0, 0.0)
    assert (Value(-2.0) ** 3).data == -8.0
    assert (Value(-2.0) ** 3).partials[0] == 12.0


@pytest.mark.parametrize("size", [0.0, 0.5, 0.75, 1.5, 2.5, 2.0**51 - 0.5, 2.0**52 - 0.5, 2.0**52 + 1, 1e300, math.inf])
def test_rint_is_that_of_numpy_at_any_size(size):
    for number in (size, -size):
        value = Value(number)
        rounded = np.rint(np.array([value]))[0]
        rounded.backward()
        assert (str(rounded.data), value.grad) == (str(np.rint(number).item()), 0.0)


@pytest.mark.parametrize("infinity", [math.inf, -math.inf])
def test_equal_infinities_exceed_each_other_by_nothing_and_no_weight_costs_nothing(infinity):
    x, y, weight = Value(infinity), Value(infinity), Value(0.0)
    assert (engine.excess(x, y).data, engine.excess(x, y).partials) == (0.0, (1.0, -1.0))
    assert (engine.weighted(weight, x).data, engine.weighted(weight, x).partials) == (0.0, (infinity, 0.0))
    assert engine.excess(infinity, 2.0) == engine.excess(infinity, -infinity) == infinity
    assert math.isnan(engine.weighted(0.0, math.nan))
    assert engine.logaddexp(x, y).partials == engine.maximum(x, y).partials == (0.5, 0.5)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@each([row for row in ROWS if len(row.partials) == 1])
def test_at_infinity_value_and_two_derivatives_are_as_by_the_limit_or_refused(row, sign):
    function = function_of(row)
    for part in (function, engine.grad(function), engine.grad(engine.grad(function))):
        try:
            far, limit = part(sign * 1e200), part(sign * math.inf)
        except (ArithmeticError, ValueError):
            continue
        assert math.isinf(limit) or math.isclose(limit, far, rel_tol=1e-15, abs_tol=1e-60)


@each([row for row in ROWS if row.name != "where"])
def test_nan_is_not_hidden(row):
    for place in range(len(row.partials)):
        operands = [Value(2.0) for _ in row.partials]
        operands[place] = Value(math.nan)
        assert math.isnan(function_of(row)(*operands).data)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "abs", "silu", "gelu", "sigmoid", "tanh", "sqrt"])
def test_nan_is_not_hidden_in_the_gradient(name):
    x = Value(math.nan)
    getattr(engine, name)(x).backward()
    assert math.isnan(x.grad)


@pytest.mark.parametrize(
    ("function", "point", "partials"),
    [
        (engine.hypot, (math.inf, 3.0), (1.0, 0.0)),
        (engine.hypot, (-2.0, -math.inf), (0.0, -1.0)),
        (engine.atan2, (math.inf, 3.0), (0.0, 0.0)),
        (engine.atan2, (1.0, -math.inf), (0.0, 0.0)),
    ],
)
def test_lengths_and_angles_at_infinity_change_as_by_the_limit(function, point, partials):
    assert function(*map(Value, point)).partials == partials
