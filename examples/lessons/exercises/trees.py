"""Syntax trees of which one part is another: the trees themselves stay as they are."""

import ast
import copy
from collections.abc import Iterator

Node = ast.AST


def children(node: Node) -> Iterator[tuple[str, int | None, Node]]:
    """Yield the parts of a node that may change, each with its field and, in a list, its position there."""
    for field, value in ast.iter_fields(node):
        if field in ("target", "targets", "decorator_list"):
            continue
        for position, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(child, ast.expr | ast.stmt | ast.keyword | ast.comprehension):
                yield field, position, child


def with_child(node: Node, field: str, position: int | None, child: Node | list[Node]) -> Node:
    """Return a node like the one given, but for one part. A list stands in the place of one line, or of none."""
    if position is not None:
        siblings = getattr(node, field)
        child = [*siblings[:position], *(child if isinstance(child, list) else [child]), *siblings[position + 1 :]]
    other = copy.copy(node)
    setattr(other, field, child)
    return other


def without_docstring(function: ast.FunctionDef) -> ast.FunctionDef:
    """Return the function without its docstring."""
    return with_child(function, "body", 0, []) if ast.get_docstring(function) is not None else function


def shown(node: ast.expr) -> str:
    """Return the text of an operand."""
    return f"({ast.unparse(node)})" if isinstance(node, ast.BinOp) else ast.unparse(node)


def name_of(node: Node) -> str:
    """Return the last name in ``math.sin`` or ``sin``; empty for anything else."""
    return getattr(node, "id", None) or getattr(node, "attr", "")


def names_in(node: Node) -> set[str]:
    """Return the variables that a tree uses."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def renamed(node: ast.Name | ast.Attribute, name: str) -> ast.Name | ast.Attribute:
    """Return ``math.cos`` for ``math.sin``, or ``cos`` for ``sin``."""
    return ast.Name(name, ast.Load()) if isinstance(node, ast.Name) else attribute(node.value, name)


def attribute(owner: ast.expr, name: str) -> ast.Attribute:
    """Return ``owner.name``."""
    return ast.Attribute(owner, name, ast.Load())


def parsed(text: str) -> ast.expr:
    """Return the syntax tree of an expression."""
    return ast.parse(text, mode="eval").body


def substituted(tree: ast.expr, expressions: dict[str, ast.expr]) -> ast.expr:
    """Return an expression in which others stand in the place of some of its variables."""
    if isinstance(tree, ast.Name):
        return expressions.get(tree.id, tree)
    for field, position, child in children(tree):
        tree = with_child(tree, field, position, substituted(child, expressions))
    return tree


def is_product(node: Node) -> bool:
    """Return whether an expression is a product of numbers."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)


def has_parts(*operands: ast.expr) -> bool:
    """Return whether one of the operands is a sum or a product itself."""
    return any(isinstance(operand, ast.BinOp) for operand in operands)


def negated(node: ast.expr) -> ast.expr:
    """Return the expression with the other sign, written as short as a person would."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return node.operand
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return ast.BinOp(node.right, node.op, node.left)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        return ast.BinOp(negated(node.left), node.op, node.right)
    return ast.UnaryOp(ast.USub(), node)


def innermost(line: ast.stmt) -> ast.stmt:
    """Return the line inside a loop that has only one, and so on; any other line as it is."""
    while isinstance(line, ast.For | ast.If) and len(line.body) == 1:
        line = line.body[0]
    return line


def has_effect(line: ast.stmt) -> bool:
    """Return whether a line calls something or changes an attribute, so that it can be left out."""
    target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
    return isinstance(line, ast.Expr) or isinstance(target, ast.Attribute)
