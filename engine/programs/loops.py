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

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.programs.arrays import Array, Index
from engine.programs.names import Names, letters
from engine.programs.nests import Nest, Nests
from engine.programs.rolling import NUMBERS, Access, Dims, Group, Tree, canonical

SIGNS = {"add": ("+", 1), "sub": ("-", 1), "mul": ("*", 2), "div": ("/", 2)}
"""The operations with a sign between their operands, and how closely it binds."""

NEGATION, ATOM = 3, 4
"""How closely a minus sign binds; and what needs no parentheses anywhere."""

MOST_SHOWN = 8
"""How many numbers of a table are shown."""

Written = tuple[str, int]
"""An expression, and how closely its outermost sign binds."""


class Loop(NamedTuple):
    """A loop as it is written: in its rounds, ``name`` is first, first + step, …."""

    name: str
    size: int
    first: int = 0
    step: int = 1

    @property
    def head(self) -> str:
        """The line that begins it."""
        if self.step < 0 and self.first == self.size - 1:
            return f"for {self.name} in reversed(range({self.size})):"
        end = self.first + self.step * self.size
        bounds = [end] if self.first == 0 and self.step > 0 else [self.first, end]
        return f"for {self.name} in range({', '.join(map(str, bounds + [self.step] * (self.step < 0)))}):"


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


class Formula(NamedTuple):
    """A tree of a group, whose slots are read in ``loops``."""

    tree: Tree
    slots: list[Access]
    loops: list[Loop]


class Writer:
    """Writes accesses and expressions, and knows which arrays they use."""

    def __init__(self, nests: Nests) -> None:
        self.nests = nests
        self.names = Names(nests)
        self.used: dict[Array, None] = {}

    def read(self, access: Access, loops: Sequence[Loop]) -> str:
        """An element of an array; just a name for results that nothing outside their nest needs."""
        constants = self.nests.rolled.constants[NUMBERS - 1 - access.array] if access.array < NUMBERS else ()
        if len(constants) == 1:
            return repr(constants[0])
        array, indices = self.names.find(access, tuple([loop.size for loop in loops]))
        if array.number >= 0 and array.number not in self.nests.read:
            return array.name
        return self.element(array, indices, loops)

    def element(self, array: Array, indices: Sequence[Index], loops: Sequence[Loop]) -> str:
        """``w1[j, i]``."""
        self.used[array] = None
        return f"{array.name}[{', '.join([self.index(index, loops) for index in indices])}]" if indices else array.name

    def index(self, index: Index, loops: Sequence[Loop]) -> str:
        """An index in terms of the names of loops."""
        start, terms = index.start, []
        for loop, stride in zip(loops, index.strides, strict=True):
            if stride:
                start -= stride * loop.step * loop.first
                factor = stride * loop.step
                terms.append(
                    f"{'-' if factor < 0 else '+'} {f'{abs(factor)} * ' if abs(factor) > 1 else ''}{loop.name}"
                )
        if start or not terms:
            terms.append(f"{'-' if start < 0 else '+'} {abs(start)}")
        text = " ".join(sorted(terms)).removeprefix("+ ")  # "+" comes before "-".
        text = text.replace("- ", "-", 1) if text.startswith("- ") else text
        if index.table:
            return f"{self.names.table(index.table)}[{text}]"
        whole = f"({text})" if " " in text and (index.modulus or index.divisor > 1) else text
        modulus = f" % {index.modulus}" if index.modulus else ""
        return whole + modulus + (f" // {index.divisor}" if index.divisor > 1 else "")

    def expression(self, formula: Formula) -> str:
        """What a tree computes."""
        held: list[Written] = [(self.read(slot, formula.loops), ATOM) for slot in formula.slots]
        for step in formula.tree.steps:
            held.append(_written(step.operation, [held[operand] for operand in step.operands]))
        return held[-1][0]


def _written(operation: str, operands: list[Written]) -> Written:
    """An operation on expressions, with the parentheses that it needs."""
    if operation in SIGNS:
        sign, level = SIGNS[operation]
        (left, closely), (right, other) = operands
        left, right = (f"({left})" if closely < level else left), (f"({right})" if other <= level else right)
        return f"{left} {sign} {right}", level
    if operation == "neg":
        return f"-{operands[0][0]}" if operands[0][1] == ATOM else f"-({operands[0][0]})", NEGATION
    return f"{operation}({', '.join([text for text, _ in operands])})", ATOM


class NestText:
    """A nest in writing."""

    def __init__(self, writer: Writer, number: int) -> None:
        self.writer = writer
        self.nest = nest = writer.nests.nests[number]
        *inner, outer = writer.names.loops[number]
        self.groups = [writer.nests.rolled.groups[group] for group in nest.groups]
        self.groups.sort(key=lambda group: group.tree is not None)
        self.targets = {group: Access(group, 0, canonical(nest.dims)) for group in nest.groups}
        drafts = [
            (group, nest.dims + dims[len(group.dims) :], dims, tree)
            for group in self.groups
            for dims, tree in group.trees
        ]
        reads = [([slot.spread(dims, finer) for slot in tree.slots], finer) for _, finer, dims, tree in drafts]
        indices = [[index for slot in slots for index in writer.names.find(slot, dims)[1]] for slots, dims in reads]
        made = [index for target in self.targets.values() for index in writer.names.find(target, nest.dims)[1]]
        self.loops = [
            turned(name, count, place, [*made, *[index for found in indices for index in found]])
            for place, (name, count) in enumerate(zip(outer, nest.dims, strict=True))
        ]
        self.formulas: dict[int, list[Formula]] = {group: [] for group in nest.groups}
        for (group, finer, _, tree), (slots, _), found, names in zip(
            drafts, reads, indices, [*inner, *[outer] * len(drafts)], strict=False
        ):
            more = [turned(names[place], finer[place], place, found) for place in range(len(outer), len(finer))]
            self.formulas[group.number].append(Formula(tree, slots, [*self.loops, *more]))

    def lines(self) -> list[str]:
        """The loops around a line or more for each group."""
        lines = []
        for group in self.groups:
            for part, formula in enumerate(self.formulas[group.number]):
                inner = formula.loops[len(self.loops) :]
                if inner and not part:
                    lines.append(f"{self.target(group)} = -0.0")
                lines += _within(inner, [self.statement(group, part)])
        return _within(self.loops, lines)

    def target(self, group: Group) -> str:
        """Where the result of a round goes."""
        return self.writer.read(self.targets[group.number], self.loops)

    def statement(self, group: Group, part: int) -> str:
        """The line of a group, or of a part of its terms."""
        formula = self.formulas[group.number][part]
        sign = "+=" if part or len(formula.loops) > len(self.loops) else "="
        return f"{self.target(group)} {sign} {self.writer.expression(formula)}"


def _within(loops: Sequence[Loop], lines: Sequence[str]) -> list[str]:
    """The lines in these loops."""
    heads = ["    " * depth + loop.head for depth, loop in enumerate(loops)]
    return heads + ["    " * len(loops) + line for line in lines]


def loop_text(writer: Writer) -> str:
    """The whole program: what is given, the nests, the outputs, the updates."""
    nests, rolled = writer.nests, writer.nests.rolled
    lines: list[str] = []
    backward = next((number for number, nest in enumerate(nests.nests) if _begins(nests, nest)), -1)
    for number in range(len(nests.nests)):
        lines += ["# backward"] if number == backward else []
        lines += NestText(writer, number).lines()
    outputs = Array(0, 0, (len(rolled.tape.outputs),), (1,), writer.names.unused("outputs"))
    lines.append("# outputs")
    for dims, source, target in rolled.outputs:
        lines += _copied(writer, dims, (outputs, target), (writer.names.arrays.of(source, dims), source))
    lines += ["# updates", *_updates(writer)] if rolled.updates else []
    return "\n".join([*_given(writer), *lines, ""])


def _begins(nests: Nests, nest: Nest) -> bool:
    """Whether a nest belongs to the backward part."""
    return min(nests.rolled.groups[nest.groups[0]].nodes) >= nests.rolled.tape.backward


def _copied(writer: Writer, dims: Dims, target: tuple[Array, Access], source: tuple[Array, Access]) -> list[str]:
    """The loops that bring results to where they go."""
    loops = [Loop(name, size) for name, size in zip(letters(), dims, strict=False)]
    places = [writer.element(array, array.indices(access, dims), loops) for array, access in (target, source)]
    return _within(loops, [" = ".join(places)])


def _updates(writer: Writer) -> list[str]:
    """The leaves get their next numbers. A leaf that goes to another is put aside first."""
    before, lines = [], []
    arrays = writer.names.arrays
    for dims, source, target in writer.nests.rolled.updates:
        place = arrays.of(source, dims), source
        if source.array == NUMBERS:
            place = Array(0, 0, dims, canonical(dims), writer.names.unused("old")), Access(0, 0, canonical(dims))
            before += _copied(writer, dims, place, (arrays.of(source, dims), source))
            arrays.known.append(place[0])
        leaves = arrays.updated(target)
        whole = arrays.of(leaves, dims)
        if whole is not arrays.known[1]:
            lines += _copied(writer, dims, (whole, leaves), place)
        else:  # One by one: they have different names.
            for one, other in zip(leaves.elements(dims), place[1].elements(dims), strict=True):
                goal = Access(NUMBERS, one, ())
                lines += _copied(writer, (), (arrays.of(goal, ()), goal), (place[0], Access(0, other, ())))
    return before + lines


def _given(writer: Writer) -> list[str]:
    """Comments on what the lines take from outside."""
    arrays = [array for array in writer.names.arrays.known if array in writer.used]
    inputs = writer.names.arrays.inputs
    numbers = [array for array in arrays if array.number == NUMBERS]
    lines = [
        f"# {kind}: {', '.join(map(_shape, found))}"
        for kind, found in (
            ("inputs", [array for array in numbers if array.start < inputs]),
            ("leaves", [array for array in numbers if array.start >= inputs]),
        )
        if found
    ]
    for array in arrays:
        if array.number < NUMBERS:
            lines.append(f"# {_shape(array)}: {_shortened(writer.nests.rolled.constants[NUMBERS - 1 - array.number])}")
    return lines + [f"# {name}[{len(table)}]: {_shortened(table)}" for table, name in writer.names.tables.items()]


def _shape(array: Array) -> str:
    """``w1[16, 2]``."""
    return f"{array.name}[{', '.join(map(str, array.shape))}]" if array.shape else array.name


def _shortened(numbers: Sequence[float]) -> str:
    """The first of many numbers."""
    return ", ".join([*map(repr, numbers[:MOST_SHOWN]), *["…"] * (len(numbers) > MOST_SHOWN)])
