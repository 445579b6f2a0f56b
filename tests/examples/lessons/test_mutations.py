"""The changes of one thing that can be made to a function."""

import ast

import pytest

from examples.lessons.exercises.mutations import mutants

CHANGES = (
    (
        "return Value(self.data - other.data, (self, other), (1.0, -1.0), '-')",
        {
            "with the operands of `-` swapped in the value": (
                "Value(other.data - self.data, (self, other), (1.0, -1.0), '-')"
            ),
            "with the sign of the partial by `other` flipped": (
                "Value(self.data - other.data, (self, other), (1.0, 1.0), '-')"
            ),
            "with 0.0 as the partial by `self`": "Value(self.data - other.data, (self, other), (0.0, -1.0), '-')",
            "with the two partials exchanged": "Value(self.data - other.data, (self, other), (-1.0, 1.0), '-')",
            "with the two operands exchanged": "Value(self.data - other.data, (other, self), (1.0, -1.0), '-')",
            "without the partials": "Value(self.data - other.data, (self, other), (), '-')",
            "without the name of the operation": "Value(self.data - other.data, (self, other), (1.0, -1.0), '')",
        },
    ),
    (
        "return Value(result, (self,), (1.0 - result * result,), 'tanh')",
        {
            "with the sign of the partial flipped": "Value(result, (self,), (result * result - 1.0,), 'tanh')",
            "with `self.data` in place of the result in the partial": (
                "Value(result, (self,), (1.0 - self.data * self.data,), 'tanh')"
            ),
            "without the factor `result` in the partial": "Value(result, (self,), (1.0 - result,), 'tanh')",
            "with the value itself as the partial": "Value(result, (self,), (result,), 'tanh')",
        },
    ),
    (
        "return 1.0 if x > 0.0 else 0.0",
        {
            "with `1.0` in every case": "1.0",
            "with `0.0` in every case": "0.0",
            "with `>=` in place of `>`": "1.0 if x >= 0.0 else 0.0",
            "with `<` in place of `>`": "1.0 if x < 0.0 else 0.0",
        },
    ),
    (
        "return delta @ W.T * A",
        {
            "with the sign flipped": "-(delta @ W.T) * A",
            "without the factor `A`": "delta @ W.T",
            "without the factor `delta @ W.T`": "A",
            "with the operands of `@` swapped": "W.T @ delta * A",
            "with `delta * W.T` in place of `delta @ W.T`": "delta * W.T * A",
            "with the transpose of `delta`": "delta.T @ W.T * A",
            "without the transpose of `W`": "delta @ W * A",
        },
    ),
    (
        "return delta.sum(axis=0, keepdims=True)",
        {
            "without `axis=0`": "delta.sum(keepdims=True)",
            "without `keepdims=True`": "delta.sum(axis=0)",
        },
    ),
    (
        "operand.grad += node.grad * partial",
        {
            "with `=` in place of `+=` for `operand.grad`": "operand.grad = node.grad * partial",
            "with `-=` in place of `+=` for `operand.grad`": "operand.grad -= node.grad * partial",
            "without the factor `node.grad`": "operand.grad += partial",
            "without the factor `partial`": "operand.grad += node.grad",
            "with `node.grad + partial` in place of `node.grad * partial`": "operand.grad += node.grad + partial",
            "with `node.data` in place of `node.grad`": "operand.grad += node.data * partial",
        },
    ),
    (
        "if name in needed:\n    needed.update(operands)\n    name.mark()",
        {
            "without the condition `name in needed`": "needed.update(operands)\nname.mark()",
            "with the condition `name in needed` the wrong way round": (
                "if not name in needed:\n    needed.update(operands)\n    name.mark()"
            ),
            "without the line `needed.update(operands)`": "if name in needed:\n    name.mark()",
            "without the line `name.mark()`": "if name in needed:\n    needed.update(operands)",
        },
    ),
)
SOME = CHANGES[:2]


def lines_of(function):
    """The text of a function's body, without ``return``."""
    return "\n".join(ast.unparse(line).removeprefix("return ") for line in function.body)


def function_of(lines):
    """A function with such a body."""
    return ast.parse("def f(self, other):\n" + "\n".join(f"    {line}" for line in lines.splitlines())).body[0]


@pytest.mark.parametrize(("lines", "expected"), CHANGES, ids=range(len(CHANGES)))
def test_one_thing_is_changed(lines, expected):
    """Words and text of the changes; in the first two rows, where there are many more, of some of them."""
    changes = {words: lines_of(other) for words, other in mutants(function_of(lines))}
    if (lines, expected) in SOME:
        changes = {words: changes.get(words) for words in expected}
    assert changes == expected


def test_a_function_is_left_as_it_is():
    """The mutants are others: neither the function nor its docstring is touched."""
    function = function_of('"""Return the difference."""\nreturn self - other')
    before = ast.dump(function, include_attributes=True)
    assert [lines_of(other) for _, other in mutants(function)] == ["other - self", "self", "self + other"]
    assert ast.dump(function, include_attributes=True) == before


def test_endless_loops_are_not_made():
    """A function that loops while something holds has no mutants."""
    assert mutants(function_of("while self - other:\n    self.step()\nreturn self")) == []
