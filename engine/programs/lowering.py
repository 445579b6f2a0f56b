"""The instructions of a program, and how the rows of the table come apart into them.

A row such as ``softplus(x) = maximum(x, 0) + log1p(exp(-abs(x)))`` is one operation to a reader and several steps to a
machine. `lower` writes each operation of a tape out as such steps, by the very text of its row, so that a new operation
needs nothing but its row.
"""

from __future__ import annotations

import ast
import functools

from engine.formulas import Operation
from engine.operations import OPERATIONS
from engine.primitives import CONSTANTS
from engine.programs.kinds import GIVEN, KIND_OF, KINDS, taken_apart
from engine.programs.listing import Instruction, Listing
from engine.programs.tape import Tape
from engine.registration import find_operation


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
                instructions.append(Instruction("constant", (), float(operand)))
            else:
                operands.append(places[operand])
        steps = _steps(find_operation(node.operation))
        shift = len(instructions) - len(operands)
        for step in steps[len(operands) :]:
            moved = tuple(operands[p] if p < len(operands) else p + shift for p in step.operands)
            guard = step.guard + shift if step.guard >= 0 else -1
            instructions.append(Instruction(step.kind, moved, step.number, "", guard, len(places)))
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
        formula.emit("add", (result, formula.constant(-0.0)), -1)  # x + -0.0 is x, bit for bit.
    return tuple(formula.steps)


class _Formula:
    """Takes the syntax tree of a row's value apart, from the operands up.

    Every step is made once: a text that says the same twice, or rows that call rows twice, do not double the work.
    """

    def __init__(self, operation: Operation) -> None:
        self.names = {name: position for position, name in enumerate(operation.row.operand_names)}
        self.steps = [Instruction("input", (), position) for position in self.names.values()]
        self.made: dict[tuple[object, ...], int] = {}

    def emit(self, kind: str, operands: tuple[int, ...], guard: int, number: float = 0.0) -> int:
        """The position of a step, which is added if it is not there. What cannot fail needs no guard."""
        needed = -1 if kind in GIVEN or KINDS[kind].cannot_fail else guard
        step = (kind, operands, str(number), needed)  # str tells 0.0 from -0.0
        if step not in self.made:
            self.made[step] = len(self.steps)
            self.steps.append(Instruction(kind, operands, number, guard=needed))
        return self.made[step]

    def constant(self, number: float) -> int:
        """The step that gives a number."""
        return self.emit("constant", (), -1, number)

    def opposite(self, condition: int) -> int:
        """The step that tells whether a condition does not hold."""
        return self.emit("not", (condition,), -1)

    def number(self, tree: ast.expr, guard: int) -> int:
        """The step that gives the number of an expression, carried out where ``guard`` holds."""
        match tree:
            case ast.Constant():
                return self.constant(float(tree.value))  # type: ignore[arg-type]
            case ast.Name():
                known = self.names.get(tree.id)
                return self.constant(float(CONSTANTS[tree.id])) if known is None else known
            case ast.UnaryOp(op=ast.UAdd()):
                return self.number(tree.operand, guard)
            case ast.IfExp():
                condition = self.truth(tree.test, guard)
                yes = self.number(tree.body, self.both(guard, condition))
                no = self.number(tree.orelse, self.both(guard, self.opposite(condition)))
                return self.emit("choose", (condition, yes, no), guard)
        name, parts = taken_apart(tree)
        operands = tuple([self.number(part, guard) for part in parts])
        if isinstance(tree, ast.Call) and not (name in KINDS and KINDS[name].is_call):
            return self.inlined(name, operands, guard)
        return self.emit(name, operands, guard)

    def inlined(self, name: str, operands: tuple[int, ...], guard: int) -> int:
        """The step that gives the result of another row, whose steps take the place of the call."""
        places = list(operands)
        for step in _steps(OPERATIONS[name])[len(operands) :]:
            moved = tuple(places[p] for p in step.operands)
            inner = self.both(guard, places[step.guard]) if step.guard >= 0 else guard
            places.append(self.emit(step.kind, moved, inner, step.number))
        return places[-1]

    def truth(self, tree: ast.expr, guard: int) -> int:
        """The step that gives the truth of a condition; as in Python, no more of it is looked at than decides it."""
        match tree:
            case ast.UnaryOp(op=ast.Not()):
                return self.opposite(self.truth(tree.operand, guard))
            case ast.BoolOp():
                joined = self.truth(tree.values[0], guard)
                for part in tree.values[1:]:
                    goes_on = joined if isinstance(tree.op, ast.And) else self.opposite(joined)
                    after = self.truth(part, self.both(guard, goes_on))
                    joined = self.emit(KIND_OF[type(tree.op)], (joined, after), -1)
                return joined
            case ast.Compare():
                left, joined = self.number(tree.left, guard), -1
                for relation, comparator in zip(tree.ops, tree.comparators, strict=True):
                    right = self.number(comparator, self.both(guard, joined))
                    joined = self.both(joined, self.emit(KIND_OF[type(relation)], (left, right), guard))
                    left = right
                return joined
            case ast.IfExp():
                condition = self.truth(tree.test, guard)
                opposite = self.opposite(condition)
                yes = self.emit("and", (condition, self.truth(tree.body, self.both(guard, condition))), -1)
                no = self.emit("and", (opposite, self.truth(tree.orelse, self.both(guard, opposite))), -1)
                return self.emit("or", (yes, no), -1)
        return self.emit("ne", (self.number(tree, guard), self.constant(0.0)), guard)

    def both(self, first: int, second: int) -> int:
        """The step that tells whether both conditions hold; -1 stands for one that always does."""
        return max(first, second) if min(first, second) < 0 else self.emit("and", (first, second), -1)
