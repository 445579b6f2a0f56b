"""A rolled program as text that a person reads.

    for j in range(16):
        z1[j] = b1[j]
        for i in range(2):
            z1[j] += w1[j, i] * x[i]
        h1[j] = tanh(z1[j])

`Program.loops` is such text. It is Python: given the arrays, it computes what the program computes, to
the last bit: the operations are those of the graph, in an order that leaves each of them the same operands. A sum may
begin at -0.0, to which any number can be added without a change.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from itertools import chain
from math import prod
from typing import NamedTuple

from engine.programs.affine import NUMBERS, Access, Dims
from engine.programs.arrays import Array, Index, fitted
from engine.programs.kinds import taken_apart
from engine.programs.names import Names
from engine.programs.nests import Nests
from engine.programs.reading import Formula
from engine.programs.rolling import Delivery, Group, Tree
from engine.registration import find_operation

SIGNS = {"add": ("+", 1), "sub": ("-", 1), "mul": ("*", 2), "div": ("/", 2)}
"""The operations with a sign between their operands, and how closely it binds."""

NEGATION, ATOM = 3, 4
"""How closely a minus sign binds; and what needs no parentheses anywhere."""

MOST_ALIKE = 4
"""Up to how many terms that are all the same are written in one line."""

Written = tuple[str, int]
"""An expression, and how closely its outermost sign binds."""


class Loop(NamedTuple):
    """A loop as it is written: in its rounds, ``name`` is first, first + step, …, before ``end``."""

    name: str
    size: int
    first: int = 0
    step: int = 1
    end: str = ""

    @property
    def head(self) -> str:
        """The line that begins it."""
        if self.step < 0 and self.first == self.size - 1 and not self.end:
            return f"for {self.name} in reversed(range({self.size})):"
        end = self.end or str(self.first + self.step * self.size)
        bounds = [end] if self.first == 0 and self.step > 0 else [str(self.first), end]
        return f"for {self.name} in range({', '.join(bounds + [str(self.step)] * (self.step < 0))}):"


def turned(name: str, count: int, place: int, indices: Iterable[Index]) -> Loop:
    """The loop of this place among loops, begun and gone through so that the indices are as simple as may be."""
    moving = [index for index in indices if index.strides[place : place + 1] not in ((), (0,))]
    if any(index.table or index.modulus or index.divisor != 1 for index in moving):
        return Loop(name, count)
    starts = {(index.start, index.strides[place]) if index.loop == place else (0, 0) for index in moving}
    if len(starts) == 1 and starts != {(0, 0)}:
        return Loop(name, count, *starts.pop())
    backwards = bool(moving) and all(index.strides[place] < 0 for index in moving)
    return Loop(name, count, count - 1, -1) if backwards else Loop(name, count)


def linear(start: int, moving: Iterable[tuple[int, str]]) -> str:
    """``2 * i + j - 1``: a number and multiples of loops, those with a minus last."""
    terms = []
    for factor, name in moving:
        if factor:
            times = f"{abs(factor)} * " if abs(factor) > 1 else ""
            terms.append(f"{'-' if factor < 0 else '+'} {times}{name}")
    if start or not terms:
        terms.append(f"{'-' if start < 0 else '+'} {abs(start)}")
    text = " ".join(sorted(terms, key=lambda term: (term[0], term[2:].isdigit()))).removeprefix("+ ")
    return text.replace("- ", "-", 1) if text.startswith("- ") else text


class Line(NamedTuple):
    """A formula in writing, in the loops of its nest and in those over its terms.

    part   which of the group's formulas it is
    start  what the sum is before these terms, if it is not a sum that has begun already
    """

    group: Group
    part: int
    outer: list[Loop]
    inner: list[Loop]
    start: str
    text: str

    @property
    def lines(self) -> list[Told]:
        """The line in its loops over terms."""
        return [(self.start, (self,))] * bool(self.start) + within(self.inner, [(self.text, (self,))])


Told = tuple[str, tuple[Line | Delivery | Array, ...]]
"""A line of the text, and what stands in it: formulas, results that leave the program, what it is given."""


class Writer:
    """Writes formulas, and knows which arrays they use."""

    def __init__(self, nests: Nests) -> None:
        self.nests = nests
        self.names = Names(nests)
        self.arrays = self.names.arrays
        self.used: dict[Array, None] = {}

    def read(self, access: Access, loops: Sequence[Loop]) -> str:
        """An element of an array; just a name for results that nothing outside their nest needs."""
        if access.array < NUMBERS and not any(access.strides):
            return self.arrays.numbers(access, (1,) * len(loops))[0]
        array, indices = self.names.find(access, tuple([loop.size for loop in loops]))
        if array.number >= 0 and array.number not in self.nests.read:
            return array.name
        return self.element(array, indices, loops)

    def element(self, array: Array, indices: Sequence[Index], loops: Sequence[Loop]) -> str:
        """``w1[j, i]``."""
        self.used[array] = None
        return f"{array.name}[{', '.join([self.index(index, loops) for index in indices])}]" if indices else array.name

    def whole(self, array: Array) -> str:
        """``w1[:, :]``."""
        self.used[array] = None
        return f"{array.name}[{', '.join([':'] * len(array.shape))}]"

    def index(self, index: Index, loops: Sequence[Loop]) -> str:
        """An index in terms of the names of loops."""
        moving = [(loop, stride) for loop, stride in zip(loops, index.strides, strict=True) if stride]
        start = index.start - sum(stride * loop.step * loop.first for loop, stride in moving)
        text = linear(start, [(stride * loop.step, loop.name) for loop, stride in moving])
        if index.table:
            return f"{self.names.table(index.table)}[{text}]"
        whole = f"({text})" if " " in text and (index.modulus or index.divisor > 1) else text
        modulus = f" % {index.modulus}" if index.modulus else ""
        return whole + modulus + (f" // {index.divisor}" if index.divisor > 1 else "")

    def lines(self, number: int) -> list[Line]:
        """The formulas of a nest."""
        formulas, names = self.arrays.formulas[number], self.names.loops[number]
        dims = formulas[0].outer
        read = [self.indices(self.arrays.reads([formula])) for formula in formulas]
        every = [*self.indices([formula.made for formula in formulas]), *chain(*read)]
        outer = [turned(names[0][place], size, place, every) for place, size in enumerate(dims)]
        found: list[Line] = []
        for formula, own, indices in zip(formulas, names, read, strict=True):
            inner = [turned(own[place], size, place, indices) for place, size in enumerate(formula.inner, len(dims))]
            if formula.counts:
                ends = fitted(formula.counts, dims)
                inner = [loop._replace(end=self.index(ends.moved(loop.first, loop.step), outer)) for loop in inner]
            part = found[-1].part + 1 if found and found[-1].group is formula.group else 0
            found.append(self.line(formula, part, outer, inner))
        return found

    def indices(self, reads: Iterable[tuple[Dims, Access]]) -> list[Index]:
        """All indices of what is read."""
        return [index for dims, access in reads for index in self.names.find(access, dims)[1]]

    def line(self, formula: Formula, part: int, outer: list[Loop], inner: list[Loop]) -> Line:
        """A formula in writing. The first of a group begins a result, others go on with a sum."""
        begins = part == 0
        tree, count = formula.tree, prod(formula.inner)
        target = self.read(formula.made[1], outer)
        text, level = self.expression(tree, [*outer, *inner])
        is_same = not any(any(slot.strides[len(outer) :]) for slot in tree.slots) and not formula.counts
        if inner and begins and is_same and count <= MOST_ALIKE:
            text, inner = " + ".join([f"({text})" if level < SIGNS["mul"][1] else text] * count), []
        start = f"{target} = {'0.0' if _is_square(tree) else '-0.0'}" if inner and begins else ""
        sign = "=" if begins and not inner else "+="
        return Line(formula.group, part, outer, inner, start, f"{target} {sign} {text}")

    def expression(self, tree: Tree, loops: Sequence[Loop]) -> Written:
        """What a tree computes."""
        held: list[Written] = [(self.read(slot, loops), ATOM) for slot in tree.slots]
        for step in tree.steps:
            held.append(written(step.operation, [held[operand] for operand in step.operands]))
        return held[-1]


def _is_square(tree: Tree) -> bool:
    """Whether a tree gives a square, which is never -0.0."""
    operation, operands, _ = tree.steps[-1] if tree.steps else ("", (), 0)
    slots = [tree.slots[operand] if operand < len(tree.slots) else operand for operand in operands]
    return operation == "pow(x, 2.0)" or (operation == "mul" and slots[0] == slots[1])


def written(operation: str, operands: list[Written]) -> Written:
    """An operation on expressions, with the parentheses that it needs."""
    if operation in SIGNS:
        sign, level = SIGNS[operation]
        (left, closely), (right, other) = operands
        left, right = (f"({left})" if closely < level else left), (f"({right})" if other <= level else right)
        return f"{left} {sign} {right}", level
    if operation == "neg":
        return f"-{operands[0][0]}" if operands[0][1] == ATOM else f"-({operands[0][0]})", NEGATION
    if operation.isidentifier():
        return f"{operation}({', '.join([text for text, _ in operands])})", ATOM
    row = find_operation(operation)  # A power: ``x * x``.
    return _formula(row.value_tree.body, dict(zip(row.row.operand_names, operands, strict=True)))


def _formula(tree: ast.expr, names: dict[str, Written]) -> Written:
    """A formula of the table on expressions."""
    if isinstance(tree, ast.Name):
        return names[tree.id]
    if isinstance(tree, ast.Constant):
        return repr(tree.value), ATOM
    operation, operands = taken_apart(tree)
    return written(operation, [_formula(operand, names) for operand in operands])


def within(loops: Sequence[Loop], lines: Sequence[Told]) -> list[Told]:
    """The lines in these loops."""
    every = tuple([each for _, told in lines for each in told])
    heads = [("    " * depth + loop.head, every) for depth, loop in enumerate(loops)]
    return heads + [("    " * len(loops) + text, told) for text, told in lines]
