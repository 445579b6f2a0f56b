"""A program in NumPy's terms: the vectorised backpropagation, derived from the graph.

    Z1 = X @ W1 + b1
    A1 = sigmoid(Z1)
    delta1 = (delta2 @ W2.T) * A1 * (1 - A1)
    dW1 = X.T @ delta1

The text begins with how each array is taken from the ``numbers`` of inputs and leaves, and ends with ``outputs`` and
the next numbers of the leaves. Run by Python, where ``numbers`` is an array, it computes what the program computes.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from engine.programs.arguments import counted
from engine.programs.arrays import Index
from engine.programs.matrices.expressions import ATOM, UNIT, Order
from engine.programs.matrices.nodes import Read, Source, forwards
from engine.programs.matrices.readings import Formula
from engine.programs.matrices.roles import Roles, sources
from engine.programs.matrices.writer import Writer
from engine.programs.nests import Nests
from engine.programs.rolling import NUMBERS, Delivery, Dims, refines

WIDEST = 120
"""Where a line ends, in columns."""


class Line(NamedTuple):
    """A formula of NumPy.

    name     of the array that it makes
    text     the formula
    shape    of the array; () for a number
    element  its first element, from elements of other arrays
    """

    name: str
    text: str
    shape: Dims
    element: str


class Matrices:
    """The formulas of a program; as a str, a text that Python can run."""

    def __init__(self, nests: Nests) -> None:
        self.writer = writer = Writer(nests)
        self.tape = nests.rolled.tape
        self.counts = len(self.tape.input_labels), len(self.tape.leaf_labels)
        self.stores = [
            *self.returned(nests.rolled.outputs),
            *self.updated(nests.rolled.updates),
        ]
        self.names = Roles(writer).names

    @cached_property
    def lines(self) -> list[Line]:
        """The formulas, each after those it needs."""
        return [self.line(formula) for stage in self.stages for formula in stage]

    @property
    def stages(self) -> list[list[Formula]]:
        """The formulas that make an array: the forward part, the backward part, what follows from that, and so on."""
        stages: list[list[Formula]] = []
        found: dict[Source, int] = {}
        for source, (formula, _) in self.writer.made.items():
            before = max([found[other] for other in sources(formula) if other in found], default=0)
            found[source] = before + (before % 2 != formula.in_gradient)
            if source not in self.writer.inlined and self.writer.same(source) is source:
                stages += [[] for _ in range(found[source] + 1 - len(stages))]
                stages[found[source]].append(formula)
        return stages

    def line(self, formula: Formula) -> Line:
        """The line of a formula."""
        first = dict.fromkeys(formula.axes, 0)
        made = self.writer.element(Read(formula.source, tuple([Index(0, ()) for _ in formula.axes])), first)
        element = f"{made.text} = {self.writer.scalar(formula, first).text}"
        text = self.writer.made[formula.source].expression.text
        return Line(self.names[formula.source], self.named(text), self.shape(formula.source), self.named(element))

    def __str__(self) -> str:
        functions = self.writer.functions
        inputs, leaves = counted(self.counts[0], "input"), counted(self.counts[1], "leaf", "leaves")
        given = f"{inputs}, then of {leaves}" if self.counts[0] else leaves
        parts = [
            "import math\n\nimport numpy as np" if functions.needs_math else "import numpy as np",
            *functions.definitions.values(),
            "\n".join([f"# The numbers of {given}.", *self.taken()]),
        ]
        lines = iter(self.lines)
        for number, stage in enumerate(self.stages):
            title = ("Forward", "Backward")[number % 2] if number < 2 or not self.tape.updates else "Updates"
            parts.append("\n".join([f"# {title}.", *[with_shape(next(lines)) for _ in stage]]))
        return "\n\n".join([*parts, "\n".join(map(self.named, self.stores))]) + "\n"

    def shape(self, source: Source) -> Dims:
        """The shape of an array as it lies."""
        sizes = [source.shape[axis] for axis in self.writer.layout(source)]
        return (*sizes, 1) if source in self.writer.columns else tuple(sizes)

    def named(self, text: str) -> str:
        """A text with names in place of marks."""
        return re.sub(r"⟦(\d+)⟧", lambda found: self.names[self.writer.marked[int(found[1])]], text)

    def taken(self) -> Iterator[str]:
        """The lines that take leaves and constants from where they are."""
        read = [source for source in self.writer.marked if source.number <= NUMBERS]
        tables = [source for source in read if source.number == NUMBERS and source.values]
        others = [source for source in read if source not in tables]
        for source in sorted(others, key=lambda source: -1 if source.values else source.start):
            text = self.literal(source) if source.values else self.part_of_numbers(source)
            yield wrapped(self.named(f"{self.writer.mark(source)} = {text}"))
        if tables:
            yield "# Elements that are chosen one by one, for they follow no rule:"
        yield from [wrapped(self.named(f"{self.writer.mark(source)} = {self.literal(source)}")) for source in tables]

    def literal(self, source: Source) -> str:
        """A table of constants."""
        layout = self.writer.layout(source)
        whole = all(float(value).is_integer() and str(value) != "-0.0" for value in source.values)

        def nested(places: tuple[int, ...]) -> str:
            """The numbers with these first indices."""
            if len(places) < len(layout):
                return (
                    f"[{', '.join([nested((*places, place)) for place in range(source.shape[layout[len(places)]])])}]"
                )
            element = 0
            for axis, size in enumerate(source.shape):
                element = element * size + places[layout.index(axis)]
            text = str(int(source.values[element])) if whole else repr(source.values[element])
            return f"[{text}]" if source in self.writer.columns else text

        kind = ", float" if whole and source.number < NUMBERS else ""
        return f"np.array({nested(())}{kind})".replace("inf", "np.inf").replace("nan", "np.nan")

    def part_of_numbers(self, source: Source) -> str:
        """Where an array lies among inputs and leaves."""
        order = sorted(range(len(source.shape)), key=lambda axis: -source.strides[axis])
        sizes = [source.shape[axis] for axis in order]
        text = flat("numbers", source.start, [source.strides[axis] for axis in order], sizes, sum(self.counts))
        layout = self.writer.layout(source)
        if source in self.writer.columns:
            return f"{text}[:, None]" if sizes else f"numbers[{source.start}:{source.start + 1}]"
        if layout != order:
            places = ", ".join([str(order.index(axis)) for axis in layout])
            text += ".T" if len(order) == 2 else f".transpose({places})"
        return text

    def returned(self, deliveries: Sequence[Delivery]) -> Iterator[str]:
        """The lines that make ``outputs``."""
        count = len(self.tape.outputs)
        if count:
            yield f"outputs = np.empty({count})"
        for delivery in deliveries:
            yield " = ".join(self.store(delivery, "outputs", 0, count))

    def updated(self, deliveries: Sequence[Delivery]) -> Iterator[str]:
        """The lines that store the next numbers of the leaves; those that were other leaves' all at once."""
        moved = [delivery for delivery in deliveries if delivery.source.array == NUMBERS]
        pairs = [self.store(delivery, "numbers", self.counts[0], sum(self.counts)) for delivery in moved]
        if pairs:
            yield f"{', '.join([place for place, _ in pairs])} = {', '.join([f'{text}.copy()' for _, text in pairs])}"
        for delivery in deliveries:
            if delivery.source.array != NUMBERS:
                yield " = ".join(self.store(delivery, "numbers", self.counts[0], sum(self.counts)))

    def store(self, delivery: Delivery, name: str, first: int, count: int) -> tuple[str, str]:
        """(where they are stored, their text) of results that lie together."""
        writer = self.writer
        dims, target, taken = delivery.dims, delivery.target, delivery.source
        if taken.array >= 0 and refines(writer.readings.formulas[taken.array].sizes, dims):
            finer = writer.readings.formulas[taken.array].sizes
            dims, target, taken = finer, target.spread(dims, finer), taken.spread(dims, finer)
        read = writer.readings.read(taken, dims)
        backwards = {loop for loop, stride in enumerate(target.strides) if stride < 0}
        read = Read(read.source, tuple([forwards(index, dims, backwards) for index in read.indices]))
        strides = [abs(stride) for stride in target.strides]
        start = first + target.start + sum(s * (n - 1) for s, n in zip(target.strides, dims, strict=False) if s < 0)
        loops = sorted(range(len(dims)), key=lambda loop: -strides[loop] if strides else loop)
        order = Order(loops.index, dims)
        seen = writer.view(read, order)
        found = order.lined_up(seen, [*loops, UNIT] if UNIT in seen.axes else loops)
        sizes = [dims[loop] for loop in loops]
        column = f"[{', '.join([':'] * (len(found.axes) - 1) + ['0'])}]" if UNIT in found.axes else ""
        text = f"{found.within(ATOM)}{column}" if column else found.text
        whole = {*loops} <= {*seen.axes}
        if target.table:
            place = f"{name}[{[first + element for element in target.table]}]"
        else:
            place = flat(name, start, [strides[loop] for loop in loops], sizes, count)
        if len(loops) > 1 and target.table:
            text = f"np.broadcast_to({text}, {tuple(sizes)}).ravel()"
        elif place.endswith(")") and whole:
            place, text = place.split(".reshape")[0], f"{found.within(ATOM)}.ravel()"
        elif place.endswith(")"):
            place += "[:]"
        return place, text


def with_shape(line: Line) -> str:
    """A line with a comment on the shape of its result; of a number that is no sum, why it is one."""
    shape = " x ".join(map(str, line.shape)) or ("a number" if "sum(" in line.text else "a number: nothing is like it")
    text = wrapped(f"{line.name} = {line.text}")
    return f"{text:<{0 if text.endswith(chr(10) + ')') else 40}}  # {shape}"


def wrapped(text: str) -> str:
    """A line of any length as lines of at most `WIDEST` columns."""
    if len(text) <= WIDEST:
        return text
    name, _, value = text.partition(" = ")
    lines = textwrap.wrap(value, WIDEST - 4, break_long_words=False, break_on_hyphens=False)
    return "\n".join([f"{name} = (", *[f"    {line}" for line in lines], ")"])


def flat(name: str, start: int, strides: Sequence[int], sizes: Sequence[int], count: int) -> str:
    """Text for elements of a long array, as rows and columns: ``start + Σ stride · index``, a view if possible."""
    if not sizes:
        return f"{name}[{start}]"
    outer, inner = strides[0], strides[-1]
    if len(sizes) == 1:
        step = f":{outer}" if outer != 1 else ""
        return f"{name}[{start}:{start + outer * (sizes[0] - 1) + 1}{step}]"
    dense = all(stride == below * size for stride, below, size in zip(strides, strides[1:], sizes[1:], strict=False))
    shape = f".reshape({', '.join(map(str, sizes))})"
    if dense and inner == 1:
        return f"{name}[{start}:{start + outer * sizes[0]}]{shape}"
    before = max(0, start + outer * sizes[0] - count)
    if len(sizes) == 2 and start >= before and before + inner * (sizes[1] - 1) < outer:
        first = start - before
        columns = f"{before or ''}:{before + inner * (sizes[1] - 1) + 1}" + (f":{inner}" if inner != 1 else "")
        return f"{name}[{first}:{first + outer * sizes[0]}].reshape({sizes[0]}, {outer})[:, {columns}]"
    places = [str(start)]
    for axis, (stride, size) in enumerate(zip(strides, sizes, strict=True)):
        rest = ", None" * (len(sizes) - 1 - axis)
        places.append(f"{stride} * np.arange({size})" + (f"[:{rest}]" if rest else ""))
    return f"{name}[{' + '.join(places)}]"
