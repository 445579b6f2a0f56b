"""A test of the tests: a row that is wrong by a thousandth, in any place, does not pass for a right one."""

from dataclasses import replace

import pytest
from support.reference_values import reference
from support.row_checks import check_row, check_second_order, check_text, formula, function_of, points

import engine
from engine import Primitive, Value

ROWS = engine.primitives_table()
PARTIALS = [(row, index) for row in ROWS for index in range(len(row.partials))]

pytestmark = pytest.mark.usefixtures("open_table")


def register_copy(row: Primitive, **changes: object) -> Primitive:
    copy = replace(row, name=f"copy_of_{row.name}", **changes)
    engine.register(copy)
    return copy


def with_partial(row: Primitive, index: int, text: str) -> tuple[str, ...]:
    return (*row.partials[:index], text, *row.partials[index + 1 :])


def is_always_zero(row: Primitive, index: int) -> bool:
    return all(function_of(row)(*map(Value, point)).partials[index] == 0.0 for point in points(row))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_true_copy_passes(row):
    check_row(register_copy(row), reference(row.name))


@pytest.mark.parametrize(("row", "index"), PARTIALS, ids=lambda part: getattr(part, "name", part))
def test_a_corrupted_partial_fails(row, index):
    wrong = "0.001" if is_always_zero(row, index) else f"({row.partials[index]}) * 1.001"
    copy = register_copy(row, partials=with_partial(row, index, wrong))
    with pytest.raises(AssertionError):
        check_row(copy, reference(row.name))


@pytest.mark.parametrize("row", [row for row in ROWS if reference(row.name)], ids=lambda row: row.name)
def test_a_corrupted_value_fails(row):
    copy = register_copy(row, value=f"({row.value}) * 1.001")
    with pytest.raises(AssertionError):
        check_row(copy, reference(row.name))


@pytest.mark.parametrize("row", [row for row in ROWS if row.kink], ids=lambda row: row.name)
def test_a_corrupted_derivative_at_a_kink_fails(row):
    copy = register_copy(row, at_kink=(*row.at_kink[:-1], row.at_kink[-1] + 0.001))
    with pytest.raises(AssertionError):
        check_row(copy, reference(row.name))


@pytest.mark.parametrize("name", ["mul", "div", "pow", "tanh", "sigmoid", "gelu", "log", "sqrt"])
def test_a_derivative_that_is_right_once_but_not_twice_fails(name):
    row = next(row for row in ROWS if row.name == name)
    engine.register(Primitive("frozen", "x", ("0",)))
    copy = register_copy(row, partials=tuple(f"frozen({text})" for text in row.partials))
    with pytest.raises(AssertionError):
        check_second_order(copy)


def test_a_choice_in_a_partial_fails():
    with pytest.raises(AssertionError, match="if x > 0"):
        check_text(Primitive("kinked", "x", ("1 if x > 0 else 0",)))


def test_a_domain_without_room_is_reported():
    with pytest.raises(AssertionError, match="no point was found"):
        points(Primitive("nowhere", "x", ("1",), domain="x > 0 and x < 0"))


def test_formulas_of_a_row_see_the_other_primitives():
    row = Primitive("shifted", "x", ("1",), kink="relu(x - 2)")
    assert formula(row, row.kink)(5.0) == 3.0
