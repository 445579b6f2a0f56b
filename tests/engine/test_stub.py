"""What type checkers are told of the table is what the table gives when it runs."""

import ast

import pytest
from support.row_checks import points

import engine
from engine import Value
from engine.stub import FILE, stub

TREE = ast.parse(FILE.read_text(encoding="utf-8"))
CLASSES = {node.name: node.body for node in TREE.body if isinstance(node, ast.ClassDef)}
FUNCTIONS = {node.target.id: node.annotation.id for node in TREE.body if isinstance(node, ast.AnnAssign)}
METHODS = {node.name: node for node in CLASSES.pop("Methods")}
ROWS = engine.primitives_table()


def test_the_file_is_the_one_that_the_command_writes():
    assert FILE.read_text(encoding="utf-8") == stub(), "the table was changed: run `python -m engine.stub`"


def is_made(member):
    """Whether a member of Value was made from a row."""
    return getattr(getattr(member, "__code__", None), "co_name", "").startswith("record_")


def test_every_row_is_a_function_and_those_of_one_operand_are_methods():
    assert list(FUNCTIONS) == [row.name for row in ROWS]
    assert METHODS.keys() == {name for name, member in vars(Value).items() if is_made(member)}
    assert {row.name for row in ROWS if len(row.partials) == 1} <= METHODS.keys()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_operands_and_results_are_those_that_are_stated(row):
    point = dict(zip(row.operand_names, points(row)[0], strict=True))
    for call in CLASSES[FUNCTIONS[row.name]]:
        _, *operands = call.args.posonlyargs
        assert tuple(operand.arg for operand in operands) == row.operand_names
        for way in (0, -1):  # Of `Value | float`, each.
            given = [ast.unparse(operand.annotation).split(" | ")[way] for operand in operands]
            numbers = [
                Value(point[name]) if kind == "Value" else point[name]
                for name, kind in zip(row.operand_names, given, strict=True)
            ]
            assert type(getattr(engine, row.name)(*numbers)).__name__ == call.returns.id
