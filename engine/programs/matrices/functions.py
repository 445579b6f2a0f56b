"""The operations of the table as functions of NumPy, defined where it has none."""

from __future__ import annotations

import ast
from copy import deepcopy

from engine.formulas import MATH
from engine.primitives import CONSTANTS
from engine.registration import NUMPY_NAMES, find_operation

IN_NUMPY = {*MATH, "abs", "logaddexp", "maximum", "minimum", "rint", "sign"} - {
    *("erf", "erfc", "gamma", "lgamma", "remainder")
}
"""What NumPy has under its own or nearly the same name."""

SHORT = {
    "sigmoid": "1 / (1 + np.exp(-x))",
    "softplus": "np.logaddexp(x, 0)",
    "relu": "np.maximum(x, 0)",
    "d_relu_dx": "np.where(x > 0, 1, 0)",
}
"""What the table writes with care for the last digits, as textbooks have it."""


class Functions(ast.NodeTransformer):
    """The functions that a text calls, and their definitions."""

    def __init__(self) -> None:
        self.definitions: dict[str, str] = {}

    def name(self, operation: str) -> str:
        """How an operation is called; what NumPy lacks is defined, after what it needs."""
        if operation in IN_NUMPY or operation == "pow":
            return f"np.{NUMPY_NAMES.get(operation, operation.replace('pow', 'power'))}"
        if operation not in self.definitions:
            self.definitions[operation] = self.definition(operation)
        return operation

    def definition(self, operation: str) -> str:
        """The definition: short, or for one element after the other."""
        if operation in SHORT:
            return f"def {operation}(x):\n    return {SHORT[operation]}"
        function = f"math.{operation}"
        if operation not in MATH:
            row = find_operation(operation)
            names = ", ".join(row.row.operand_names)
            function = f"lambda {names}: {ast.unparse(self.visit(deepcopy(row.value_tree.body)))}"
        return f"{operation} = np.vectorize({function}, otypes=[float])"

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A name in a formula: of an operand, a constant, or a function."""
        if node.id in CONSTANTS:
            return ast.Constant(float(CONSTANTS[node.id]))
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A call in a formula."""
        return ast.Call(ast.Name(self.name(ast.unparse(node.func))), [self.visit(part) for part in node.args], [])
