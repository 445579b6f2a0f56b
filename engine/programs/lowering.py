"""The instructions of a program, and how the rows of the table come apart into them.

A row such as ``softplus(x) = maximum(x, 0) + log1p(exp(-abs(x)))`` is one operation to a reader and several steps to a
machine. `lower` writes each operation of a tape out as such steps, by the very text of its row, so that adding a row is
all that a new operation needs. What is left is small enough for a table here: the arithmetic of floats, comparisons, a
choice, and the functions of ``math``.
"""

from __future__ import annotations

import ast
import functools
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

from engine.formulas import MATH, Operation, real_power
from engine.operations import OPERATIONS, find_operation
from engine.primitives import CONSTANTS
from engine.programs.tape import Tape

Numbers = tuple[float, ...]
Keep = Callable[[Numbers], None] | None
"""What is handed the outputs of every run, if anything."""


class Instruction(NamedTuple):
    """One step of a program; what it gives is known by its position.

    operation  "input", "leaf" or "constant"; a key of `ARITHMETIC`, `COMPARISONS` or `LOGIC`; "choose"; or a function
               of ``math``
    operands   the positions of the instructions whose results it takes: ``choose`` takes (condition, yes, no)
    number     of a constant: its value (a bool, where a condition was decided); of an input or a leaf: which one
    label      the label of the Value it computes
    guard      the position of the condition under which it is carried out at all; -1: it always is
    node       the position on the tape that it comes from
    """

    operation: str
    operands: tuple[int, ...] = ()
    number: float = 0.0
    label: str = ""
    guard: int = -1
    node: int = -1


class Listing(NamedTuple):
    """A program as a list of instructions, each after those it needs.

    outputs   the positions of the outputs
    updates   the positions of the next values of leaves 0, 1, …
    backward  the position on the tape where the backward part begins
    """

    instructions: tuple[Instruction, ...]
    outputs: tuple[int, ...]
    updates: tuple[int, ...]
    backward: int


ARITHMETIC: dict[str, Callable[..., float]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "abs": abs,
    "pow": real_power,
}
COMPARISONS: dict[str, Callable[..., bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}
LOGIC: dict[str, Callable[..., bool]] = {
    "and": lambda p, q: p and q,
    "or": lambda p, q: p or q,
    "not": operator.not_,
}
MEANING: dict[str, Callable[..., Any]] = {
    **MATH,
    **ARITHMETIC,
    **COMPARISONS,
    **LOGIC,
    "choose": lambda condition, yes, no: yes if condition else no,
}
"""What each instruction does, on floats."""

CONDITIONS = {*COMPARISONS, *LOGIC}
"""The instructions that give true or false."""

CANNOT_FAIL = {"add", "sub", "mul", "neg", "abs", "choose", "fabs", "copysign", "atan", *CONDITIONS}
"""The instructions that raise for no operands."""

SOURCES = ("input", "leaf", "constant")

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}


def lower(tape: Tape) -> Listing:
    """The instructions of a tape, one node after the other; the inputs and leaves come first."""
    inputs = [Instruction("input", (), i, label, -1, i) for i, label in enumerate(tape.input_labels)]
    leaves = [Instruction("leaf", (), i, label, -1, len(inputs) + i) for i, label in enumerate(tape.leaf_labels)]
    instructions = [*inputs, *leaves]
    places = list(range(len(instructions)))
    for node in tape.nodes:
        operands = []
        for operand in node.operands:
            if isinstance(operand, float):
                operands.append(len(instructions))
                instructions.append(Instruction("constant", (), operand))
            else:
                operands.append(places[operand])
        steps = _steps(find_operation(node.operation))
        shift = len(instructions) - len(operands)
        for step in steps[len(operands) :]:
            moved = tuple(operands[p] if p < len(operands) else p + shift for p in step.operands)
            guard = step.guard + shift if step.guard >= 0 else -1
            instructions.append(Instruction(step.operation, moved, step.number, "", guard, len(places)))
        instructions[-1] = instructions[-1]._replace(label=node.label)
        places.append(len(instructions) - 1)
    return Listing(
        tuple(instructions),
        tuple(places[output] for output in tape.outputs),
        tuple(places[update] for update in tape.updates),
        tape.backward,
    )


@functools.cache
def _steps(operation: Operation) -> tuple[Instruction, ...]:
    """The steps of one operation: its operands as inputs, then the instructions, the result last."""
    formula = _Formula(operation)
    result = formula.number(operation.value_tree.body, -1)
    if result != len(formula.steps) - 1 or result < len(operation.partials):
        formula.emit("add", (result, formula.emit("constant", (), -1, -0.0)), -1)  # x + -0.0 is x, bit for bit.
    return tuple(formula.steps)


class _Formula:
    """Takes the syntax tree of a row's value apart, from the operands up.

    Every step is made once: a text that says the same twice, or rows that call rows twice, do not double the work.
    """

    def __init__(self, operation: Operation) -> None:
        self.row = operation.row
        self.names = {name: position for position, name in enumerate(operation.row.operand_names)}
        self.steps = [Instruction("input", (), position) for position in self.names.values()]
        self.made: dict[tuple[object, ...], int] = {}

    def emit(self, operation: str, operands: tuple[int, ...], guard: int, number: float = 0.0) -> int:
        """The position of a step, which is added if it is not there."""
        needed = -1 if operation in CANNOT_FAIL or operation == "constant" else guard
        step = (operation, operands, str(number), needed)  # str tells 0.0 from -0.0
        if step not in self.made:
            self.made[step] = len(self.steps)
            self.steps.append(Instruction(operation, operands, number, guard=needed))
        return self.made[step]

    def number(self, tree: ast.expr, guard: int) -> int:
        """The step that gives the number of an expression, carried out where ``guard`` holds."""
        match tree:
            case ast.Constant():
                return self.emit("constant", (), -1, float(tree.value))  # type: ignore[arg-type]
            case ast.Name():
                known = self.names.get(tree.id)
                return self.emit("constant", (), -1, CONSTANTS[tree.id]) if known is None else known
            case ast.BinOp():
                return self.emit(
                    _BINARY[type(tree.op)], (self.number(tree.left, guard), self.number(tree.right, guard)), guard
                )
            case ast.UnaryOp(op=ast.USub()):
                return self.emit("neg", (self.number(tree.operand, guard),), guard)
            case ast.UnaryOp():
                return self.number(tree.operand, guard)
            case ast.IfExp():
                condition = self.truth(tree.test, guard)
                yes = self.number(tree.body, self.both(guard, condition))
                no = self.number(tree.orelse, self.both(guard, self.emit("not", (condition,), -1)))
                return self.emit("choose", (condition, yes, no), guard)
            case ast.Call(func=ast.Name(id=name)):
                return self.call(name, tuple(self.number(operand, guard) for operand in tree.args), guard)
        raise AssertionError(f"{ast.unparse(tree)} passed the check of formulas")

    def call(self, name: str, operands: tuple[int, ...], guard: int) -> int:
        """The step that gives a call's result: one of ``math``, or another row's steps in its place."""
        if name in MEANING:
            return self.emit(name, operands, guard)
        places = list(operands)
        for step in _steps(OPERATIONS[name])[len(operands) :]:
            moved = tuple(places[p] for p in step.operands)
            inner = self.both(guard, places[step.guard]) if step.guard >= 0 else guard
            places.append(self.emit(step.operation, moved, inner, step.number))
        return places[-1]

    def truth(self, tree: ast.expr, guard: int) -> int:
        """The step that gives the truth of a condition; as in Python, no more of it is looked at than decides it."""
        match tree:
            case ast.UnaryOp(op=ast.Not()):
                return self.emit("not", (self.truth(tree.operand, guard),), guard)
            case ast.BoolOp():
                joined = self.truth(tree.values[0], guard)
                for part in tree.values[1:]:
                    goes_on = joined if isinstance(tree.op, ast.And) else self.emit("not", (joined,), -1)
                    after = self.truth(part, self.both(guard, goes_on))
                    joined = self.emit("and" if isinstance(tree.op, ast.And) else "or", (joined, after), -1)
                return joined
            case ast.Compare():
                left, joined = self.number(tree.left, guard), -1
                for relation, comparator in zip(tree.ops, tree.comparators, strict=True):
                    right = self.number(comparator, self.both(guard, joined))
                    joined = self.both(joined, self.emit(_COMPARE[type(relation)], (left, right), guard))
                    left = right
                return joined
            case ast.IfExp():
                condition = self.truth(tree.test, guard)
                opposite = self.emit("not", (condition,), -1)
                yes = self.emit("and", (condition, self.truth(tree.body, self.both(guard, condition))), -1)
                no = self.emit("and", (opposite, self.truth(tree.orelse, self.both(guard, opposite))), -1)
                return self.emit("or", (yes, no), -1)
        return self.emit("ne", (self.number(tree, guard), self.emit("constant", (), -1, 0.0)), guard)

    def both(self, first: int, second: int) -> int:
        """The step that tells whether both conditions hold; -1 stands for one that always does."""
        return max(first, second) if min(first, second) < 0 else self.emit("and", (first, second), -1)
