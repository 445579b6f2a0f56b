"""A test of the tests: a row that is wrong by a thousandth, in any place, does not pass for a right one."""

from dataclasses import replace

import pytest
from support.row_checks import check_row, check_second_order, function_of, points
from support.textbook import reference

import engine
from engine import Primitive, Value

ROWS = engine.primitives_table()

pytestmark = pytest.mark.usefixtures("open_table")


def registered_copy(row, **changes):
    copy = replace(row, name=f"copy_of_{row.name}", **changes)
    engine.register(copy)
    return copy


def is_always_zero(row, index):
    return all(function_of(row)(*map(Value, point)).partials[index] == 0.0 for point in points(row))


def corruptions():
    """Every row with each of its cells, one at a time, changed by a thousandth."""
    for row in ROWS:
        for index, text in enumerate(row.partials):
            wrong = "0.001" if is_always_zero(row, index) else f"({text}) * 1.001"
            yield row, {"partials": (*row.partials[:index], wrong, *row.partials[index + 1 :])}
        for index, text in enumerate(row.seconds):
            wrong = "0.001" if text == "0" else f"({text}) * 1.001"
            yield row, {"seconds": (*row.seconds[:index], wrong, *row.seconds[index + 1 :])}
        if reference(row.name):
            yield row, {"value": f"({row.value}) * 1.001"}
        if row.kink:
            yield row, {"at_kink": (*row.at_kink[:-1], row.at_kink[-1] + 0.001)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_true_copy_passes(row):
    check_row(registered_copy(row), reference(row.name))


@pytest.mark.parametrize(("row", "changes"), [*corruptions()], ids=lambda part: getattr(part, "name", str(part)))
def test_a_corrupted_cell_fails(row, changes):
    copy = registered_copy(row, **changes)
    with pytest.raises(AssertionError):
        check_row(copy, reference(row.name))


@pytest.mark.parametrize("name", ["mul", "div", "softplus", "elu", "log", "sqrt"])
def test_a_derivative_that_is_right_once_but_not_twice_fails(name):
    row = next(row for row in ROWS if row.name == name)
    engine.register(Primitive("frozen", "x", ("0",)))
    copy = registered_copy(row, partials=tuple(f"frozen({text})" for text in row.partials))
    with pytest.raises(AssertionError):
        check_second_order(copy)


def test_a_domain_without_room_is_reported():
    with pytest.raises(AssertionError, match="no point was found"):
        points(Primitive("nowhere", "x", ("1",), domain="x > 0 and x < 0"))
