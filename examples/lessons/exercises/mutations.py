"""One function, and all functions that are one slip away from it.

A learner's slip changes one thing: a sign, a factor, the order of two operands, one line. So `mutants` walks over a
function's syntax tree, and at each node a rule for this kind of node lists what could stand there instead. Each change
comes with its words, which complete "-0.5 is what you get …", and say in which *place* it was made: in the value that a
Value is given, say, or in one of its partials. Not all changes show: `mistakes` knows which do not.
"""

import ast
from collections.abc import Callable, Iterator

from examples.lessons.exercises.trees import (
    Node,
    attribute,
    children,
    has_effect,
    has_parts,
    innermost,
    is_product,
    name_of,
    names_in,
    negated,
    parsed,
    renamed,
    shown,
    substituted,
    with_child,
    without_docstring,
)

Change = tuple[str, Node | list[Node]]

SYMBOLS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.MatMult: "@"}
INSTEAD = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.MatMult: ast.Mult}
ORDERED = (ast.Sub, ast.Div, ast.Pow, ast.MatMult)
SIMPLE = (ast.Name, ast.Attribute)
LEFT_OUT = {"reversed", "float", "sigmoid", "as_value", "as_dual", "max"}
NEIGHBOURS = {"sin": "cos", "cos": "sin", "tanh": "sinh", "max": "min", "log1p": "log"}
CONFUSED = {"self": "other", "other": "self", "value": "tangent", "tangent": "value"}
PLACES = {
    "Value": ("the value", "the operands", "the partials", "the name of the operation"),
    "Dual": ("the value", "the tangent"),
}
RESULTS = {"result": "self.data", "quotient": "self.data", "r": "x"}
ONE, ZERO = ast.Constant(1.0), ast.Constant(0.0)


def mutants(function: ast.FunctionDef) -> list[tuple[str, ast.FunctionDef]]:
    """Return (words, function) for each change of one thing; no two of the functions have the same text.

    A function with a ``while`` has no mutants: it might never end, and could be written in too many ways.
    """
    bare = without_docstring(function)
    if any(isinstance(node, ast.While) for node in ast.walk(bare)):
        return []
    return distinct(bare, variants(bare))


def distinct(original: Node, changes: Iterator[Change]) -> list[Change]:
    """Return the changes but those that change no text, repeat an earlier one, or use a name that is not there."""
    unknown = set(CONFUSED) - names_in(original)
    found = {ast.unparse(original): ("", original)}
    for words, other in changes:
        if not unknown & names_in(other):
            found.setdefault(ast.unparse(ast.fix_missing_locations(other)), (words, other))
    return list(found.values())[1:]


def variants(node: Node, place: str = "", whole: bool = False) -> Iterator[Change]:
    """Yield each change of one thing in a tree, which stands in that place, or is the whole of it."""
    if whole and is_slope(place):
        yield from of_slope(node, place)
    for rule in RULES.get(type(node), ()):
        yield from rule(node, place)
    for field, position, child in children(node):
        inner = place_in(node, field, position, place)
        for words, other in variants(child, inner, inner != place):
            yield words, with_child(node, field, position, other)


def of_slope(slope: ast.expr, place: str) -> Iterator[Change]:
    """A whole partial or tangent: its sign, a constant in its place, the operand for the result and the other way."""
    yield f"with the sign of {place} flipped", negated(slope)
    yield f"with 1.0 as {place}", ONE
    yield f"with 0.0 as {place}", ZERO
    for result, operand in RESULTS.items():
        yield f"with `{operand}` in place of the result in {place}", substituted(slope, {result: parsed(operand)})
    if place.startswith("the partial of"):
        yield f"with the result in place of `x` in {place}", substituted(slope, {"x": parsed("r")})


def of_operator(node: ast.BinOp, place: str) -> Iterator[Change]:
    """Two operands: exchanged, one of them left out, another operator between them."""
    left, right, operator, symbol = node.left, node.right, type(node.op), SYMBOLS[type(node.op)]
    if operator is ast.MatMult or (operator in ORDERED and isinstance(left, SIMPLE) and isinstance(right, SIMPLE)):
        yield f"with the operands of `{symbol}` swapped{within(place)}", ast.BinOp(right, node.op, left)
    if operator is ast.Mult:
        yield from without_factors(node, place)
    elif operator is ast.Add or (operator is ast.Sub and isinstance(left, ast.Constant)):
        kept = right if operator is ast.Add else negated(right)
        yield f"without the term `{ast.unparse(left)}` of `{ast.unparse(node)}`{within(place)}", kept
    if operator not in (ast.Mult, ast.MatMult) and not isinstance(left, ast.Constant):
        yield f"without `{symbol} {shown(right)}`{within(place)}", left
    if other := with_other_operator(node, place):
        yield f"with `{ast.unparse(other)}` in place of `{ast.unparse(node)}`{within(place)}", other
    if operator is ast.MatMult:
        for words, other in transposed(left):
            yield words + within(place), ast.BinOp(other, node.op, right)
        for words, other in transposed(right):
            yield words + within(place), ast.BinOp(left, node.op, other)


def with_other_operator(node: ast.BinOp, place: str) -> ast.expr | None:
    """Return what stands there with a neighbour of its operator, None where nobody takes one for the other."""
    operator = type(node.op)
    if isinstance(node.op, ast.Mult | ast.Div) and has_parts(node.left, node.right):
        return None
    if operator is ast.Div and isinstance(node.left, ast.Constant):
        return node.right if node.left.value == 1 else ast.BinOp(node.left, ast.Mult(), node.right)
    if operator not in INSTEAD or (operator is ast.Mult and is_slope(place)):
        return None
    return ast.BinOp(node.left, INSTEAD[operator](), node.right)


def without_factors(node: ast.BinOp, place: str) -> Iterator[Change]:
    """A product without one of its factors."""
    for dropped, kept in ((node.right, node.left), (node.left, node.right)):
        if not is_product(dropped):
            yield f"without the factor `{ast.unparse(dropped)}`{within(place)}", kept


def transposed(matrix: ast.expr) -> Iterator[Change]:
    """A factor of a matrix product, with `.T` or without it."""
    if isinstance(matrix, ast.Attribute) and matrix.attr == "T":
        yield f"without the transpose of `{ast.unparse(matrix.value)}`", matrix.value
    else:
        yield f"with the transpose of `{ast.unparse(matrix)}`", attribute(matrix, "T")


def of_minus(node: ast.UnaryOp, place: str) -> Iterator[Change]:
    """A minus sign that is left out."""
    if isinstance(node.op, ast.USub):
        yield f"without the minus of `{ast.unparse(node)}`{within(place)}", node.operand


def of_call(node: ast.Call, place: str) -> Iterator[Change]:
    """A function that is not called, or another one; an argument that is left out."""
    name = name_of(node.func)
    if (isinstance(node.func, ast.Name) and name in LEFT_OUT) or name == "tanh":
        yield f"without `{name}`{within(place)}", node.args[0] if node.args else node.func.value
    if name in NEIGHBOURS:
        words = f"with `{NEIGHBOURS[name]}` in place of `{name}`{within(place)}"
        yield words, with_child(node, "func", None, renamed(node.func, NEIGHBOURS[name]))
    if name == "sum" and len(node.args) == 2:
        yield f"without `{ast.unparse(node.args[1])}`{within(place)}", with_child(node, "args", 1, [])
    for position, keyword in enumerate(node.keywords):
        yield f"without `{ast.unparse(keyword)}`", with_child(node, "keywords", position, [])
    if name == "Value" and len(node.args) > 2:
        for position in range(len(node.args[2].elts)):
            words = f"with the value itself as {partial_by(position, len(node.args[2].elts))}"
            partials = with_child(node.args[2], "elts", position, node.args[0])
            yield words, with_child(node, "args", 2, partials)


def of_comparison(node: ast.Compare, place: str) -> Iterator[Change]:
    """A comparison that lets the border in, or looks the other way."""
    if isinstance(node.ops[0], ast.Gt):
        for operator, symbol in ((ast.GtE(), ">="), (ast.Lt(), "<")):
            yield f"with `{symbol}` in place of `>`{within(place)}", with_child(node, "ops", 0, operator)


def of_choice(node: ast.IfExp, place: str) -> Iterator[Change]:
    """A choice between two cases that is not made, or made the wrong way round."""
    for always in (node.body, node.orelse):
        yield f"with `{ast.unparse(always)}` in every case{within(place)}", always
    if is_slope(place):
        yield f"with the two cases exchanged{within(place)}", ast.IfExp(node.test, node.orelse, node.body)


def of_row(node: ast.Tuple, place: str) -> Iterator[Change]:
    """The operands or the partials: exchanged, or left out."""
    if place in PLACES["Value"]:
        yield f"with the two {place.removeprefix('the ')} exchanged", ast.Tuple(node.elts[::-1], node.ctx)
        yield f"without {place}", ast.Tuple([], node.ctx)


def of_attribute(node: ast.Attribute, place: str) -> Iterator[Change]:
    """The data for the gradient, one operand for the other, the tangent for the value."""
    owner, text = node.value, ast.unparse(node)
    others = []
    if node.attr == "grad":
        others.append(renamed(node, "data"))
    if isinstance(owner, ast.Name) and owner.id in CONFUSED and is_slope(place):
        others.append(with_child(node, "value", None, renamed(owner, CONFUSED[owner.id])))
    if node.attr in CONFUSED and is_slope(place):
        others.append(renamed(node, CONFUSED[node.attr]))
    for other in others:
        yield f"with `{ast.unparse(other)}` in place of `{text}`{within(place)}", other


def of_text(node: ast.Constant, place: str) -> Iterator[Change]:
    """The name of an operation that is not given."""
    if isinstance(node.value, str) and place:
        yield f"without {place}", ast.Constant("")


def of_return(node: ast.Return, _place: str) -> Iterator[Change]:
    """The order of several results, and the sign of a product."""
    if isinstance(node.value, ast.Tuple):
        yield "with the results in reverse order", ast.Return(ast.Tuple(node.value.elts[::-1], ast.Load()))
    if is_product(node.value):
        yield "with the sign flipped", ast.Return(negated(node.value))


def of_update(node: ast.AugAssign, _place: str) -> Iterator[Change]:
    """`=` for `+=`, and the other sign."""
    if isinstance(node.target, ast.Attribute):
        symbol = SYMBOLS[type(node.op)]
        target = ast.unparse(node.target)
        yield f"with `=` in place of `{symbol}=` for `{target}`", ast.Assign([node.target], node.value)
        other = INSTEAD[type(node.op)]
        words = f"with `{SYMBOLS[other]}=` in place of `{symbol}=` for `{target}`"
        yield words, with_child(node, "op", None, other())


def of_condition(node: ast.If, _place: str) -> Iterator[Change]:
    """A condition that is not asked, or the wrong way round; the question for a type is left as it is."""
    if not isinstance(node.test, ast.Call):
        yield f"without the condition `{ast.unparse(node.test)}`", node.body
        words = f"with the condition `{ast.unparse(node.test)}` the wrong way round"
        yield words, with_child(node, "test", None, ast.UnaryOp(ast.Not(), node.test))


def of_lines(node: ast.FunctionDef | ast.For | ast.If, _place: str) -> Iterator[Change]:
    """One line that is left out, where others remain, and where all names stay known."""
    for position, line in enumerate(node.body if len(node.body) > 1 else ()):
        inner = innermost(line)
        if has_effect(inner):
            words = f"the line `{ast.unparse(inner)}`" if inner is line else f"the loop around `{ast.unparse(inner)}`"
            yield f"without {words}", with_child(node, "body", position, [])


RULES: dict[type, tuple[Callable[..., Iterator[Change]], ...]] = {
    ast.BinOp: (of_operator,),
    ast.UnaryOp: (of_minus,),
    ast.Call: (of_call,),
    ast.Compare: (of_comparison,),
    ast.IfExp: (of_choice,),
    ast.Tuple: (of_row,),
    ast.Attribute: (of_attribute,),
    ast.Constant: (of_text,),
    ast.Return: (of_return,),
    ast.AugAssign: (of_update,),
    ast.If: (of_condition, of_lines),
    ast.FunctionDef: (of_lines,),
    ast.For: (of_lines,),
}


def place_in(node: Node, field: str, position: int | None, place: str) -> str:
    """Return in words what a part of a node is, which itself is or stands in ``place``."""
    if isinstance(node, ast.Call) and field == "args" and name_of(node.func) in PLACES:
        return PLACES[name_of(node.func)][position]
    if isinstance(node, ast.Tuple) and place == "the partials":
        return partial_by(position, len(node.elts))
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
        return "the value" if name in RESULTS else f"`{name}`" if name[0].isupper() else place
    return place


def partial_by(position: int, count: int) -> str:
    """Return what the partial at that position is called, of one or of two."""
    return "the partial" if count == 1 else f"the partial by `{('self', 'other')[position]}`"


def is_slope(place: str) -> bool:
    """Return whether a place is a derivative."""
    return place.startswith(("the partial ", "the tangent")) or place == "the partial"


def within(place: str) -> str:
    """Return the words for a change in that place."""
    return f" in {place}" if place else ""
