"""The table of primitives in JavaScript, for pages that compute a graph anew as the engine does.

    mul: { value: (x, y) => x * y, partials: [(x, y, r) => y, (x, y, r) => x] },

The texts of the rows are taken apart and written down in the other language. They give the bits of the eager engine,
and throw a RangeError where it raises.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import count, pairwise

from engine.formulas import Operation
from engine.operations import OPERATIONS
from engine.primitives import CONSTANTS
from engine.programs.javascript.expressions import ATOM, Written, call, combined, constant
from engine.programs.javascript.library import text as library_text
from engine.programs.kinds import KIND_OF, KINDS, taken_apart
from engine.registration import find_operation

NO_PATH = """\
// The partial of an operand that was not taken: it counts as 0, and nothing is passed back along it.
const NO_PATH = Object.freeze({ name: "NO_PATH" });
"""


def primitives_text(names: Iterable[str]) -> str:
    """JavaScript that defines ``PRIMITIVES``, an entry for each operation of these names or keys, and all it needs.

    An entry has ``value``, a function of the operands, and ``partials``, one function of operands and result for each
    operand, which may give ``NO_PATH``. Where one of these is a choice, ``choices`` say which of its formulas a partial
    takes: 0, 1, … in the order of the text. Raises LookupError for an operation that is not registered.
    """
    rows = _Rows()
    entries = [f"  {_key(name)}: {rows.entry(find_operation(name))},\n" for name in dict.fromkeys(names)]
    table = f"const PRIMITIVES = {{\n{''.join(entries)}}};\n"
    return "\n".join([library_text(sorted(rows.calls)), NO_PATH, *rows.functions.values(), table])


def _key(name: str) -> str:
    """A name as the key of an object."""
    return name if name.isidentifier() else f'"{name}"'


class _Rows:
    """Translates rows, and notes what they call.

    calls      functions of the library
    functions  the rows that are called by others, as functions
    """

    def __init__(self) -> None:
        self.calls: set[str] = set()
        self.functions: dict[str, str] = {}

    def entry(self, operation: Operation) -> str:
        """``{ value: …, partials: […] }``, and ``choices`` if a partial has an if in it."""
        trees = [tree.body for tree in operation.partial_trees]
        value, *partials = [self.number(tree)[0] for tree in (operation.value_tree.body, *trees)]
        names = operation.row.operand_names
        given = f"({', '.join([*names, 'r'])}) =>"
        fields = {"value": f"({', '.join(names)}) => {value}"}
        fields["partials"] = f"[{', '.join([f'{given} {partial}' for partial in partials])}]"
        if any(isinstance(tree, ast.IfExp) for tree in trees):
            fields["choices"] = f"[{', '.join([f'{given} {self.choice(tree, count())[0]}' for tree in trees])}]"
        return f"{{ {', '.join([f'{name}: {text}' for name, text in fields.items()])} }}"

    def choice(self, tree: ast.expr, numbers: Iterator[int]) -> Written:
        """Which of the formulas beside if and else an expression takes, numbered as they are written."""
        if not isinstance(tree, ast.IfExp):
            return constant(next(numbers))
        choices = [self.choice(part, numbers) for part in (tree.body, tree.orelse)]
        return combined("choose", [self.truth(tree.test), *choices])

    def number(self, tree: ast.expr) -> Written:
        """An expression that gives a number."""
        match tree:
            case ast.Constant():
                return constant(float(tree.value))  # type: ignore[arg-type]
            case ast.Name():
                is_number = tree.id in CONSTANTS and tree.id != "NO_PATH"
                return constant(float(CONSTANTS[tree.id])) if is_number else (tree.id, ATOM)
            case ast.UnaryOp(op=ast.UAdd()):
                return self.number(tree.operand)
            case ast.IfExp():
                choices = [self.number(part) for part in (tree.body, tree.orelse)]
                return combined("choose", [self.truth(tree.test), *choices])
            case ast.BinOp(left=ast.Constant(value=base), op=ast.Pow(), right=ast.Constant(value=exponent)):
                return constant(float(base**exponent))  # type: ignore[operator, arg-type]
        name, parts = taken_apart(tree)
        operands = [self.number(part) for part in parts]
        is_call = isinstance(tree, ast.Call) or name in ("div", "pow")
        return self.call(name, operands) if is_call else combined(name, operands)

    def call(self, name: str, operands: list[Written]) -> Written:
        """A call of a function of the library, or of another row."""
        operation = OPERATIONS.get(name)
        if operation is None or operation.value_calls_itself() or name == "div":
            if KINDS[name].javascript:
                return combined(name, operands)
            self.calls.add(name)
        else:
            name = self.function(operation)
        return call(name, operands)

    def function(self, operation: Operation) -> str:
        """The name of a function with the value of a row: neither a word of JavaScript nor a name in the library."""
        name = f"{operation.row.name}_value"
        if name not in self.functions:
            self.functions[name] = ""  # No row is defined in terms of itself.
            names, value = ", ".join(operation.row.operand_names), self.number(operation.value_tree.body)[0]
            self.functions[name] = f"function {name}({names}) {{\n  return {value};\n}}\n"
        return name

    def truth(self, tree: ast.expr) -> Written:
        """An expression that gives true or false, as Python sees it."""
        match tree:
            case ast.UnaryOp(op=ast.Not()):
                return combined("not", [self.truth(tree.operand)])
            case ast.BoolOp():
                return joined(KIND_OF[type(tree.op)], [self.truth(part) for part in tree.values])
            case ast.Compare():
                numbers = [self.number(part) for part in (tree.left, *tree.comparators)]
                kinds = [KIND_OF[type(relation)] for relation in tree.ops]
                return joined("and", map(combined, kinds, pairwise(numbers)))
            case ast.IfExp():
                return combined("choose", [self.truth(part) for part in (tree.test, tree.body, tree.orelse)])
        return combined("ne", [self.number(tree), constant(0.0)])


def joined(kind: str, truths: Iterable[Written]) -> Written:
    """Conditions with a connective between them."""
    return reduce(lambda left, right: combined(kind, [left, right]), truths)
