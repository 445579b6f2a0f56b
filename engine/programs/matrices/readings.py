"""A rolled program as formulas that a person would write: textbook forms, and every loop run forwards.

What is computed is not changed, but how it is said: a derivative in terms of a result that is there, a sum whose first
term came about in another way, a loop that ran backwards. So numbers may differ in their last digits.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import permutations, product
from typing import Any, NamedTuple

from engine.programs.arrays import Array, Arrays, Index
from engine.programs.kinds import KINDS, taken_apart
from engine.programs.names import Classes
from engine.programs.nests import Nests
from engine.programs.rolling import NUMBERS, Access, Dims, Group, Tree, canonical, refines

TEXTBOOK = {
    "d_sigmoid_dx": ("xr", "r * (1 - r)"),
    "d_tanh_dx": ("xr", "1 - pow(r, 2)"),
    "d_pow_dx": ("xyr", "y * pow(x, y - 1)"),
}
"""Derivatives as textbooks have them. The rows of the table are longer, to be exact in the tails too."""

MOST_AXES = 3
"""Up to so many axes, a table of constants is looked for in every order of its axes."""


@dataclass(eq=False)
class Source:
    """An array that formulas read.

    number   a group's number, `NUMBERS`, or below that for constants
    start    the first of its elements, and how far the next is along each axis
    values   of constants: the numbers, the last axis running fastest
    """

    number: int
    shape: Dims
    start: int = 0
    strides: Dims = ()
    values: tuple[float, ...] = ()


class Read(NamedTuple):
    """An element of an array: the index along each axis."""

    source: Source
    indices: tuple[Index, ...]


class Node(NamedTuple):
    """An operation on nodes, reads and numbers."""

    operation: str
    operands: tuple[Any, ...]


class Terms(NamedTuple):
    """A term of a sum, and how often each of the loops over such terms runs; they are numbered after the formula's."""

    sizes: Dims
    node: Any


@dataclass
class Formula:
    """What a group computes.

    source  the array of its results
    sizes   how often each loop runs
    axes    the loop along each axis of the source
    terms   what is added up; of what is no sum, the one expression
    """

    group: Group
    source: Source
    sizes: Dims
    axes: tuple[int, ...]
    terms: list[Terms]
    in_gradient: bool

    def loop(self, number: int, term: int) -> Any:
        """What a loop is called among the axes that are alike: an axis of the source, or a loop over terms."""
        return (self.source, self.axes.index(number)) if number < len(self.axes) else (self.source, term, number)


class Readings:
    """All formulas of a program, in the order of its groups, and which of the axes are alike."""

    def __init__(self, nests: Nests) -> None:
        self.rolled = nests.rolled
        self.arrays = Arrays(nests)
        self.alike = Classes()
        """Axes ``(source, number)`` and loops that go through the same."""
        self.sources: dict[Array, Source] = {}
        self.constants: dict[Any, Source] = {}
        self.homes = {group: nest.dims for nest in nests.nests for group in nest.groups}
        self.formulas: list[Formula] = []
        self.made: dict[Source, Any] = {}
        """The expression of each group that is no sum."""
        for group in self.rolled.groups:
            self.formulas.append(self.formula(group, self.homes[group.number]))

    def formula(self, group: Group, dims: Dims) -> Formula:
        """The formula of a group in loops of ``dims``."""
        own = self.read(Access(group.number, 0, canonical(dims)), dims)
        backwards = {index.loop for index in own.indices if min(index.strides, default=0) < 0}
        given = [(terms.dims, terms.tree) for terms in group.terms] if group.tree is None else [((), group.tree)]
        terms = []
        for inner, tree in given:
            wholes = [self.homes[access.array] for access in tree.slots if access.array >= 0]
            finer = next((sizes for sizes in wholes if refines(sizes, inner)), inner)
            accesses = [access.spread(group.dims + inner, dims + finer) for access in tree.slots]
            terms.append(Terms(finer, self.node(tree, accesses, dims + finer, backwards, len(dims))))
        first = len(self.rolled.tape.input_labels) + len(self.rolled.tape.leaf_labels)
        in_gradient = self.rolled.tape.nodes[group.nodes[0] - first].in_gradient
        axes = tuple([index.loop for index in own.indices])
        formula = Formula(group, own.source, dims, axes, merged(terms, len(dims)), in_gradient)
        if group.tree is not None:
            self.made[own.source] = formula.terms[0].node
        for number, (sizes, node) in enumerate(formula.terms):
            for source, indices in reads(node):
                for axis, index in enumerate(indices):
                    if index.loop >= 0 and (dims + sizes)[index.loop] == source.shape[axis]:
                        self.alike.join(formula.loop(index.loop, number), (source, axis))
        return formula

    def node(self, tree: Tree, accesses: Sequence[Access], dims: Dims, backwards: set[int], outer: int) -> Any:
        """A tree with these slots. Loops over terms run as most of what they go through does."""
        found = {access: self.read(access, dims) for access in accesses if access.array >= NUMBERS}
        steps = [(loop, step) for read in found.values() for i in read.indices for loop, step in enumerate(i.strides)]
        turned = {
            loop
            for loop in range(outer, len(dims))
            if sum((s > 0) - (s < 0) for other, s in steps if other == loop) < 0
        }
        backwards = backwards | turned
        nodes: list[Any] = []
        for access in accesses:
            if access in found:
                indices = tuple([forwards(index, dims, backwards) for index in found[access].indices])
                nodes.append(Read(found[access].source, indices))
            else:
                nodes.append(self.constant(access, dims, backwards))
        for step in tree.steps:
            nodes.append(simple(step.operation, tuple([nodes[operand] for operand in step.operands])))
        return self.with_slopes(nodes[-1])

    def with_slopes(self, node: Any) -> Any:
        """A product with a * (1 - a) for e * a / (1 + e), where a is 1 / (1 + e): the slope of a sigmoid by hand."""
        coefficient, factors = flat(node)
        for place, factor in enumerate(factors):
            if isinstance(factor, Node) and factor.operation == "div" and isinstance(factor.operands[1], Read):
                above, below = factor.operands
                whole = isinstance(above, Read) and self.made.get(above.source)
                parts = self.made.get(below.source)
                if not whole or not parts or whole[0] != "div" or parts[0] != "add" or 1.0 not in parts[1]:
                    continue
                (rest,) = [part for part in parts[1] if part != 1.0] or [None]
                there = [place for place, other in enumerate(factors) if isinstance(other, Read) and other == rest]
                if whole[1] == (1.0, below) and there:
                    factors[place], factors[there[0]] = Node("sub", (1.0, above)), above
                    return multiplied([coefficient, *factors] if coefficient != 1.0 else factors)
        return node

    def read(self, access: Access, dims: Dims) -> Read:
        """What an access reads."""
        array, indices = self.arrays.find(access, dims)
        if array not in self.sources:
            self.sources[array] = Source(array.number, array.shape, array.start, array.strides)
        return Read(self.sources[array], tuple(indices))

    def constant(self, access: Access, dims: Dims, backwards: set[int]) -> Any:
        """What stands in a slot for numbers: one number, or a table, perhaps known in another order of its axes."""
        table = self.rolled.constants[NUMBERS - 1 - access.array]
        loops = [loop for loop, stride in enumerate(access.strides) if stride]
        if not loops:
            return table[access.start]
        orders = list(permutations(loops)) if len(loops) <= MOST_AXES else [tuple(loops)]
        keys = [_laid_out(table, access, dims, order, backwards) for order in orders]
        place = next((place for place, key in enumerate(keys) if key in self.constants), 0)
        shape, values = keys[place]
        source = self.constants.setdefault(keys[place], Source(access.array, shape, values=values))
        unit = [tuple([int(loop == own) for loop in range(len(dims))]) for own in orders[place]]
        return Read(source, tuple([Index(0, strides) for strides in unit]))


def _laid_out(
    table: Sequence[float], access: Access, dims: Dims, loops: Sequence[int], backwards: set[int]
) -> tuple[Dims, tuple[float, ...]]:
    """The shape and the numbers of a table with an axis for each of ``loops``."""
    ranges = [range(dims[loop])[:: -1 if loop in backwards else 1] for loop in loops]
    places = [sum(access.strides[loop] * i for loop, i in zip(loops, place, strict=True)) for place in product(*ranges)]
    return tuple([dims[loop] for loop in loops]), tuple([table[access.start + place] for place in places])


def forwards(index: Index, dims: Dims, backwards: set[int]) -> Index:
    """The index where the loops in ``backwards`` run the other way."""
    start, strides = index.start, list(index.strides)
    for loop in backwards:
        if loop < len(dims) and strides[loop]:
            start += strides[loop] * (dims[loop] - 1)
            strides[loop] = -strides[loop]
    return index._replace(start=start, strides=tuple(strides))


def reads(node: Any) -> Iterator[Read]:
    """What a node reads."""
    if isinstance(node, Read):
        yield node
    elif isinstance(node, Node):
        for operand in node.operands:
            yield from reads(operand)


def simple(operation: str, operands: tuple[Any, ...]) -> Any:
    """An operation, by name or key, as a textbook has it, without the numbers that change nothing."""
    operation = operation.partition("(")[0]
    if operation in TEXTBOOK:
        names, text = TEXTBOOK[operation]
        return _written(ast.parse(text, mode="eval").body, dict(zip(names, operands, strict=True)))
    numbers = [operand for operand in operands if isinstance(operand, float)]
    if len(numbers) == len(operands) and operation in ("add", "sub", "mul", "neg"):
        return KINDS[operation].function(*numbers)
    first, last = operands[0], operands[-1]
    if operation == "add" and first == last:
        return simple("mul", (2.0, first))
    match operation, first, last:
        case ("add", 0.0, kept) | ("add" | "sub", kept, 0.0) | ("mul", 1.0, kept) | ("mul" | "div" | "pow", kept, 1.0):
            return kept
        case ("mul", -1.0, kept) | ("mul" | "div", kept, -1.0):
            return Node("neg", (kept,))
    return Node(operation, operands)


def flat(node: Any) -> tuple[float, list[Any]]:
    """A product as (a number, all other factors)."""
    if isinstance(node, float):
        return node, []
    if isinstance(node, Node):
        if node.operation == "neg":
            coefficient, factors = flat(node.operands[0])
            return -coefficient, factors
        if node.operation == "mul":
            (first, left), (second, right) = map(flat, node.operands)
            return first * second, left + right
        if node.operation == "div":
            coefficient, factors = flat(node.operands[0])
            divisor = node.operands[1]
            if isinstance(divisor, float) and divisor:
                return coefficient / divisor, factors
            if not factors:
                return 1.0, [Node("div", (coefficient, divisor))]
            return coefficient, [Node("div", (multiplied(factors), divisor))]
    return 1.0, [node]


def multiplied(factors: Sequence[Any]) -> Any:
    """A product."""
    return reduce(lambda found, factor: simple("mul", (found, factor)), factors)


def _written(tree: ast.expr, names: dict[str, Any]) -> Any:
    """The node that a text means."""
    if isinstance(tree, ast.Constant):
        return float(tree.value)  # type: ignore[arg-type]
    if isinstance(tree, ast.Name):
        return names[tree.id]
    name, operands = taken_apart(tree)
    return simple(name, tuple([_written(operand, names) for operand in operands]))


def merged(terms: Sequence[Terms], outer: int) -> list[Terms]:
    """The terms, those that begin or go on a loop over others made part of it, and without zeros."""
    found: list[Terms] = []
    for terms_ in terms:
        if found and (longer := _continued(found[-1], terms_, outer) or _continued(terms_, found[-1], outer)):
            found[-1] = longer
        elif terms_.node != 0.0 or len(terms) == 1:
            found.append(terms_)
    return found


def _continued(one: Terms, more: Terms, outer: int) -> Terms | None:
    """Terms in one loop more than ``one`` has, or none, where ``one`` is what comes just before or just after."""
    if one.sizes or len(more.sizes) != 1:
        return None
    size = more.sizes[0]
    for shift in (-1, size):
        start = _shifted(more.node, outer, shift)
        if start == one.node:
            return Terms((size + 1,), _shifted(more.node, outer, min(shift, 0), keep=True))
    return None


def _shifted(node: Any, loop: int, rounds: int, keep: bool = False) -> Any:
    """A node ``rounds`` rounds of a loop later; without the loop, unless it is kept."""
    if isinstance(node, Node):
        return Node(node.operation, tuple([_shifted(operand, loop, rounds, keep) for operand in node.operands]))
    if isinstance(node, Read):
        indices = [i._replace(start=i.start + rounds * i.strides[loop]) for i in node.indices]
        if not keep:
            indices = [i._replace(strides=(*i.strides[:loop], *i.strides[loop + 1 :])) for i in indices]
        return Read(node.source, tuple(indices))
    return node
