"""The fast path: a row of the table, written out as the Python function that a person would write for it.

`operations.apply` takes any number and kind of operands; its loops and tuples take much longer than the operation
itself. So each row with one or two operands is also written out with its formulas in place:
``print(engine.source("tanh"))`` shows what runs. Anything unusual goes to ``apply``: a subclass, a failure, and a
``no_grad`` block, in which ``make`` is a function that fails (see `recording.GLOBALS`).
"""

from __future__ import annotations

import ast
import copy
import linecache
import math
from collections.abc import Callable, Mapping
from typing import Any

from engine.formulas import FLOATS, Operation, Substitution
from engine.recording import GLOBALS

_UNARY = """\
def record_{name}(a):
    try:
        if type(a) is not Value:
            if type(a) is not float:
                return apply(operation, (a,))
            x = a
            return {value}
        x = a._number
        node = make()
        node._number = {r}{value}
        node._pa = {dx}
    except FAILURES:
        return apply(operation, (a,))
    node._form = form
    node._a = a
    node._b = node._pb = node._mark = None
    return node
"""

_BINARY = """\
def record_{name}(a, b):
    try:
        kind = type(b)
        if kind is Value:
            x = a._number
            y = b._number
            node = make()
            node._number = {r}{value}
            node._pa = {dx}
            node._pb = {dy}
            node._form = form
            node._a = a
            node._b = b
            node._mark = None
            return node
        if kind is float:
            y = b
        elif kind is int:
            y = float(b)
        else:
            return apply_or_defer(operation, (a, b))
        x = a._number
        node = make()
{written}    except FAILURES:
        return apply(operation, (a, b))
    node._a = a
    node._b = y
    node._pb = node._mark = None
    return node

def record_{name}_reflected(b, a):
    try:
        if type(a) is float:
            x = a
        elif type(a) is int:
            x = float(a)
        else:
            return apply_or_defer(operation, (a, b))
        y = b._number
        node = make()
        node._number = {r}{value}
        node._pa = {dy}
    except FAILURES:
        return apply(operation, (a, b))
    node._form = reflected
    node._a = b
    node._b = x
    node._pb = node._mark = None
    return node
"""


FAST_NAMES = "a b x y z r kind node make operation form reflected apply apply_or_defer Value FAILURES build"
"""The names in the templates. No operation may have one of them: in a formula it would mean the template's."""


def source(operation: Operation, operations: Mapping[str, Operation]) -> str:
    """The text of the fast functions for an operation of one or two operands."""
    texts = [_inlined(tree, operations) for tree in operation.partial_trees]
    template = _UNARY if len(texts) == 1 else _BINARY
    return template.format(
        name=operation.row.name,
        value=_inlined(operation.value_tree, operations),
        r=_kept(operation),
        dx=texts[0],
        dy=texts[-1],
        written=_written(operation, operations),
    )


def _kept(operation: Operation) -> str:
    """What keeps the result as ``r``, if a partial needs it."""
    used = {node.id for tree in operation.partial_trees for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return "r = " if "r" in used else ""


def _written(operation: Operation, operations: Mapping[str, Operation]) -> str:
    """The lines that compute the value and the first partial where the second operand is a written number."""
    text, indent, word = "", " " * 8, "if"
    for place, (number, case) in enumerate(operation.written.items()):
        lines = _assigned(case, operations, indent + " " * 4, f"form_{place}")
        text += f"{indent}{word} y == {number!r}:\n{lines}"
        word = "elif"
    if text:
        text += f"{indent}else:\n"
        indent += " " * 4
    return text + _assigned(operation, operations, indent, "form")


def _assigned(operation: Operation, operations: Mapping[str, Operation], indent: str, form: str) -> str:
    """The lines for the value, the first partial and the form."""
    value, partial = (_inlined(tree, operations) for tree in (operation.value_tree, operation.partial_trees[0]))
    lines = [f"node._number = {_kept(operation)}{value}", f"node._pa = {partial}", f"node._form = {form}"]
    return "".join(f"{indent}{line}\n" for line in lines)


def specialise(
    operation: Operation, operations: Mapping[str, Operation], helpers: dict[str, Any]
) -> tuple[Callable[..., Any], ...]:
    """The fast functions: (function,) for one operand, (function, reflected) for two.

    The ``helpers`` come as arguments of an enclosing function. What the formulas call is global, as ``make`` is.
    """
    text = source(operation, operations)
    name = operation.row.name
    names = [f"record_{name}", f"record_{name}_reflected"][: len(operation.partial_trees)]
    indented = "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())
    outer = f"def build({', '.join(helpers)}):\n{indented}    return {', '.join(names)},\n"
    file = f"<fast path of {name}>"
    code = compile(outer, file, "exec")
    linecache.cache[file] = (len(outer), None, outer.splitlines(keepends=True), file)
    GLOBALS.update({other: operations[other].value for other in operations} | FLOATS)
    # They fail where those in `FLOATS` do; ``apply`` then explains it in their words.
    GLOBALS.update(pow=math.pow, sqrt=math.sqrt)
    built: dict[str, Any] = {}
    exec(code, GLOBALS, built)
    functions: tuple[Callable[..., Any], ...] = built["build"](**helpers)
    for function in functions:
        function.__doc__ = str(operation.row)
    return functions


def _inlined(tree: ast.Expression, operations: Mapping[str, Operation]) -> str:
    """The text of a formula with simple ``operations`` written out: ``maximum(x, 0)`` becomes ``x if x > 0 …``."""
    return ast.unparse(_Inline(operations).visit(copy.deepcopy(tree)))


class _Inline(ast.NodeTransformer):
    """Replace calls of operations by their values, where no operand would be computed twice.

    When the ``room`` is used up, calls stay: with rows that call others twice, the text could double with each row.
    """

    def __init__(self, operations: Mapping[str, Operation], room: int = 500) -> None:
        self.operations = operations
        self.room = room

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Replace one call."""
        self.generic_visit(node)
        assert isinstance(node.func, ast.Name)
        operation = self.operations.get(node.func.id)
        if operation is None or operation.value_calls_itself():
            return node
        if not all(isinstance(argument, ast.Name | ast.Constant) for argument in node.args):
            return node
        size = sum(1 for _ in ast.walk(operation.value_tree))
        if size > self.room:
            return node
        self.room -= size
        operands = dict(zip(operation.row.operand_names, node.args, strict=True))
        return self.visit(Substitution(operands).visit(copy.deepcopy(operation.value_tree.body)))  # type: ignore[no-any-return]
