"""The third table: the algebra that is exact in the arithmetic of floats. ``left -> right`` holds to the last bit.

x and y stand for any numbers, p for any truth, c for a constant. NaN, the infinities and both zeros are numbers too, so
neither ``x * 0.0 -> 0.0`` nor, without its condition, ``x + 0.0 -> x`` is a rule. Nor is ``pow(x, 2.0) -> x * x``: a
library's pow need not round as a product does (``x ** 2`` is a product before it comes here: see `POWERS` of
`engine.primitives`). Of what commutes, both orders are tried.

The rules are compiled: those for sums become one Python function that takes a sum and gives what replaces it.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence

from engine.programs.kinds import KINDS, taken_apart
from engine.programs.listing import Instruction

RULES = """
    x + -0.0           ->  x
    x + 0.0            ->  x                 if is_never_minus_zero(x)
    x + -y             ->  x - y
    x - 0.0            ->  x
    x - -0.0           ->  x                 if is_never_minus_zero(x)
    x - -y             ->  x + y
    x * 1.0            ->  x
    x * -1.0           ->  -x
    -x * -y            ->  x * y
    x / 1.0            ->  x
    x / -1.0           ->  -x
    x / c              ->  x * (1.0 / c)     if is_power_of_two(c)
    pow(x, 1.0)        ->  x
    - -x               ->  x
    abs(abs(x))        ->  abs(x)
    abs(exp(x))        ->  exp(x)
    abs(-x)            ->  abs(x)
    -x < 0.0           ->  x > 0.0
    -x <= 0.0          ->  x >= 0.0
    -x > 0.0           ->  x < 0.0
    -x >= 0.0          ->  x <= 0.0
    -x == 0.0          ->  x == 0.0
    -x != 0.0          ->  x != 0.0
    x > c or x != x    ->  not x <= c        if is_number(c)
    x < c or x != x    ->  not x >= c        if is_number(c)
    not not p          ->  p
    x if p else x      ->  x
    x if not p else y  ->  y if p else x
"""

Earlier = list[Instruction]
Matcher = Callable[[Earlier, Instruction], Instruction | int]
"""(the instructions so far, the next) -> what takes its place: another, or the position of one of them."""


def is_never_minus_zero(earlier: Earlier, position: int) -> bool:
    """Whether a result cannot be -0.0: a sum is that only where both of its terms are."""
    found = earlier[position]
    terms = [earlier[term] for term in found.operands] if found.kind == "add" else []
    return any(
        str(one.number) != "-0.0" if one.kind == "constant" else one.kind in KINDS and KINDS[one.kind].unsigned_zero
        for one in (found, *terms)
    )


def is_power_of_two(earlier: Earlier, position: int) -> bool:
    """Whether a constant is ±2**n, with a reciprocal that is exact and not subnormal."""
    number = earlier[position].number
    return math.frexp(number)[0] in (0.5, -0.5) and 2.0**-1000 < abs(number) < 2.0**1000


def is_number(earlier: Earlier, position: int) -> bool:
    """Whether a constant is not NaN."""
    return not math.isnan(earlier[position].number)


class Rule:
    """A line of the table: two expressions, and a condition on one of their names."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        rule, _, self.condition = self.text.partition(" if is_")
        self.left, self.right = (ast.parse(side.strip(), mode="eval").body for side in rule.split("->"))
        self.kind, self.operands = taken_apart(self.left)

    def source(self) -> list[str]:
        """The lines that look whether an instruction with operands at ``p0``, … fits, and return what it becomes."""
        places = [f"p{index}" for index in range(len(self.operands))]
        orders = [places, places[::-1]] if KINDS[self.kind].commutes else [places]
        return [line for order in orders for line in _Match(self, order).lines]


class _Match:
    """Nested ``if`` statements that bind the names of a rule to positions, and then build its right side."""

    def __init__(self, rule: Rule, places: list[str]) -> None:
        self.lines = [f"    # {rule.text}"]
        self.depth = 1
        self.places: dict[str, str] = {}
        self.match(rule.operands, places)
        if rule.condition:
            name, _, argument = rule.condition.partition("(")
            self.test(f"is_{name}(earlier, {argument}")
        there = self.places.get(ast.unparse(rule.right))
        self.write(f"return {there or f'Instruction({self.head(rule.right)}, *instruction[2:])'}")

    def write(self, text: str) -> None:
        """Add a line."""
        self.lines.append(f"{'    ' * self.depth}{text}")

    def test(self, condition: str) -> None:
        """Go on only where a condition holds."""
        self.write(f"if {condition}:")
        self.depth += 1

    def match(self, trees: Sequence[ast.expr], places: Sequence[str]) -> None:
        """Go on only where the instructions at ``places`` are what ``trees`` say; names, which all fit, come last."""
        for tree, place in sorted(zip(trees, places, strict=True), key=lambda pair: isinstance(pair[0], ast.Name)):
            found = f"earlier[{place}]"
            if isinstance(getattr(tree, "operand", tree), ast.Constant):  # a number, which may have a sign
                number = ast.unparse(tree)
                self.test(f"{found}.kind == 'constant' and str({found}.number) == '{number}'")
            elif not isinstance(tree, ast.Name):
                kind, operands = taken_apart(tree)
                self.test(f"{found}.kind == '{kind}'")
                self.places[ast.unparse(tree)] = place
                self.match(operands, [f"{found}.operands[{index}]" for index in range(len(operands))])
            elif tree.id in self.places:
                self.test(f"{tree.id} == {place}")
            else:
                self.places[tree.id] = tree.id
                self.write(f"{tree.id} = {place}")
                if tree.id == "c":
                    self.test("earlier[c].kind == 'constant'")

    def head(self, tree: ast.expr) -> str:
        """The kind and the operands of an instruction that is made; those that are not there are added."""
        kind, operands = taken_apart(tree)
        return f"'{kind}', ({', '.join([self.operand(operand) for operand in operands])},)"

    def operand(self, tree: ast.expr) -> str:
        """The position of an operand of what is made."""
        if isinstance(tree, ast.Name):
            return tree.id
        if {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} <= {"c"}:
            self.write(f"made = Instruction('constant', (), {ast.unparse(tree).replace('c', 'earlier[c].number')})")
        else:
            self.write(f"made = Instruction({self.head(tree)}, node=instruction.node)")
        self.write("earlier.append(made)")
        return "len(earlier) - 1"


def compiled(rules: Sequence[Rule]) -> dict[str, Matcher]:
    """For each kind that has rules, a function that applies the first that fits an instruction."""
    made: dict[str, Matcher] = {}
    for kind in {rule.kind for rule in rules}:
        places = "".join(f"p{index}, " for index in range(KINDS[kind].operands))
        lines = ["def match(earlier, instruction):", f"    {places}= instruction.operands"]
        for rule in rules:
            lines += rule.source() if rule.kind == kind else ()
        namespace = dict(globals())
        exec("\n".join([*lines, "    return instruction"]), namespace)
        made[kind] = namespace["match"]
    return made


TABLE = [Rule(line) for line in RULES.strip().splitlines()]
MATCHERS = compiled(TABLE)
