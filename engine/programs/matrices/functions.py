"""The operations of the table as functions of NumPy, written out where it has none."""

from __future__ import annotations

import ast

from engine.formulas import MATH, Operation
from engine.primitives import CONSTANTS
from engine.registration import NUMPY_NAMES, find_operation

IN_NUMPY = {*MATH, "abs", "logaddexp", "maximum", "minimum", "rint", "sign"} - {
    *("erf", "erfc", "gamma", "lgamma", "remainder")
}
"""What NumPy has under its own or nearly the same name."""

SHORT = {
    "sigmoid": "1 / (1 + exp(-x))",
    "softplus": "logaddexp(x, 0)",
    "relu": "maximum(x, 0)",
    "d_relu_dx": "1 if x > 0 else 0",
}
"""What the table writes with care for the last digits, as textbooks have it."""


class Functions:
    """The functions that a text calls, and their definitions."""

    def __init__(self) -> None:
        self.definitions: dict[str, str] = {}

    def name(self, operation: str) -> str:
        """How an operation is called; what NumPy lacks is defined."""
        if operation in IN_NUMPY:
            return f"np.{NUMPY_NAMES.get(operation, operation)}"
        if operation not in self.definitions:
            self.define(operation)
        return operation

    def define(self, operation: str) -> None:
        """Add a definition, after those that it needs."""
        if operation in MATH:
            self.definitions[operation] = f"{operation} = np.vectorize(math.{operation}, otypes=[float])"
            return
        row = find_operation(operation)
        text = self.short(row) if operation in SHORT else self.text(row.value_tree.body)
        self.definitions[operation] = f"def {operation}({', '.join(row.row.operand_names)}):\n    return {text}"

    def short(self, operation: Operation) -> str:
        """The text of what is in `SHORT`."""
        return self.text(ast.parse(SHORT[operation.row.name], mode="eval").body)

    def text(self, tree: ast.expr) -> str:
        """A formula of the table, on arrays."""
        match tree:
            case ast.IfExp():
                return f"np.where({self.truth(tree.test)}, {self.text(tree.body)}, {self.text(tree.orelse)})"
            case ast.Call():
                assert isinstance(tree.func, ast.Name)
                parts = [self.text(part) for part in tree.args]
                if tree.func.id == "pow":
                    return f"({parts[0]}) ** ({parts[1]})"
                return f"{self.name(tree.func.id)}({', '.join(parts)})"
            case ast.BinOp():
                sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}[type(tree.op)]
                return f"{self.part(tree.left)} {sign} {self.part(tree.right)}"
            case ast.UnaryOp(op=ast.USub()):
                return f"-{self.part(tree.operand)}"
            case ast.Name() if tree.id in CONSTANTS:
                return repr(float(CONSTANTS[tree.id]))
            case ast.Constant():
                return repr(float(tree.value)).removesuffix(".0")  # type: ignore[arg-type]
        return ast.unparse(tree) if isinstance(tree, ast.Name) else self.truth(tree)

    def part(self, tree: ast.expr) -> str:
        """A formula as part of another."""
        text = self.text(tree)
        return f"({text})" if isinstance(tree, (ast.BinOp, ast.UnaryOp)) else text

    def truth(self, tree: ast.expr) -> str:
        """A condition."""
        match tree:
            case ast.BoolOp():
                sign = " & " if isinstance(tree.op, ast.And) else " | "
                return sign.join([f"({self.truth(part)})" for part in tree.values])
            case ast.UnaryOp(op=ast.Not()):
                return f"~({self.truth(tree.operand)})"
            case ast.Compare():
                sides = [self.part(side) for side in (tree.left, *tree.comparators)]
                signs = [ast.unparse(ast.Compare(ast.Name("x"), [op], [ast.Name("y")]))[2:-2] for op in tree.ops]
                found = [f"{a} {sign} {b}" for a, sign, b in zip(sides, signs, sides[1:], strict=False)]
                return found[0] if len(found) == 1 else " & ".join([f"({each})" for each in found])
        return f"{self.part(tree)} != 0"

    @property
    def needs_math(self) -> bool:
        """Whether a definition calls Python's ``math``."""
        return any("math." in text for text in self.definitions.values())
