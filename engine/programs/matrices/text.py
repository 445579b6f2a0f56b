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

from engine.programs.arrays import Index
from engine.programs.matrices.expressions import ATOM, UNIT, Order
from engine.programs.matrices.readings import Read, Source, forwards
from engine.programs.matrices.roles import Roles, sources
from engine.programs.matrices.writer import Line, Writer
from engine.programs.nests import Nests
from engine.programs.rolling import NUMBERS, Delivery, refines

WIDEST = 120
"""Where a line ends, in columns."""


class Matrices:
    """The formulas of a program; as a str, their whole text."""

    def __init__(self, nests: Nests) -> None:
        self.writer = writer = Writer(nests)
        self.tape = nests.rolled.tape
        self.stores = [
            *self.stored("outputs", len(self.tape.outputs), 0, nests.rolled.outputs),
            *self.stored("numbers", self.count, len(self.tape.input_labels), nests.rolled.updates),
        ]
        self.names = Roles(writer).names

    @property
    def count(self) -> int:
        """How many inputs and leaves there are."""
        return len(self.tape.input_labels) + len(self.tape.leaf_labels)

    def __str__(self) -> str:
        functions = self.writer.functions
        head = ["import math", ""] if functions.needs_math else []
        inputs, leaves = len(self.tape.input_labels), len(self.tape.leaf_labels)
        parts = [
            "\n".join([*head, "import numpy as np"]),
            *functions.definitions.values(),
            "\n".join([f"# numbers: those of {inputs} inputs, then those of {leaves} leaves.", *self.taken()]),
        ]
        sections: dict[str, list[str]] = {"Forward": [], "Backward": [], "Updates": []}
        late: set[Source] = set()
        for line in self.lines:
            after = line.formula.in_gradient or not late.isdisjoint(sources(line.formula))
            if after:
                late.add(line.source)
            section = "Backward" if line.formula.in_gradient else "Updates" if after else "Forward"
            sections[section].append(self.line(line))
        parts += ["\n".join([f"# {title}.", *lines]) for title, lines in sections.items() if lines]
        stores = [self.named(store) for store in self.stores]
        return "\n\n".join([*parts, "\n".join(stores)]) + "\n"

    @property
    def lines(self) -> list[Line]:
        """The formulas that make an array, in order; an update comes last."""
        writer = self.writer
        return [
            line
            for line in writer.lines
            if line.source not in writer.inlined and writer.same(line.source) is line.source
        ]

    def line(self, line: Line) -> str:
        """A formula, with a comment on the shape of its result."""
        shape = " x ".join(map(str, self.shape(line.source)))
        if not shape:
            shape = "a number" if ".sum" in line.expression.text else "a number: nothing is like it"
        text = self.named(f"{self.writer.mark(line.source)} = {line.expression.text}")
        return f"{text:<40}  # {shape}" if len(text) < WIDEST - 10 else f"{wrapped(text)}  # {shape}"

    def written_out(self, line: Line) -> str:
        """The first element of the array that a line makes, from elements of others."""
        element = Read(line.source, tuple([Index(0, ()) for _ in line.source.shape]))
        made = self.writer.element(element, {})
        return self.named(f"{made.text} = {self.writer.scalar(line.formula, dict.fromkeys(line.formula.axes, 0)).text}")

    def shape(self, source: Source) -> list[int]:
        """The shape of an array as it lies."""
        lacking = self.writer.lacking.get(source, ())
        sizes = [source.shape[axis] for axis in self.writer.layout(source) if axis not in lacking]
        return [*sizes, *([1] if source in self.writer.columns else [])]

    def named(self, text: str) -> str:
        """A text with names in place of marks."""
        return re.sub(r"⟦(\d+)⟧", lambda found: self.names[self.writer.marked[int(found[1])]], text)

    def taken(self) -> Iterator[str]:
        """The lines that take leaves and constants from where they are."""
        for source in sorted(self.writer.marked, key=lambda source: -1 if source.values else source.start):
            if source.number <= NUMBERS:
                text = self.literal(source) if source.values else self.part_of_numbers(source)
                yield wrapped(self.named(f"{self.writer.mark(source)} = {text}"))

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
        text = flat("numbers", source.start, [source.strides[axis] for axis in order], sizes, self.count)
        layout = self.writer.layout(source)
        if source in self.writer.columns:
            return f"{text}[:, None]" if sizes else f"numbers[{source.start}:{source.start + 1}]"
        if layout != order:
            places = ", ".join([str(order.index(axis)) for axis in layout])
            text += ".T" if len(order) == 2 else f".transpose({places})"
        return text

    def stored(self, name: str, count: int, first: int, deliveries: Sequence[Delivery]) -> Iterator[str]:
        """The lines that store what leaves the program in ``count`` places."""
        if name == "outputs" and count:
            yield f"outputs = np.empty({count})"
        for delivery in deliveries:
            yield self.store(delivery, name, first, count)

    def store(self, delivery: Delivery, name: str, first: int, count: int) -> str:
        """The line for results that lie together."""
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
        text = found.text
        if target.table:
            place = f"{name}[{[first + element for element in target.table]}]"
        else:
            place = flat(name, start, [strides[loop] for loop in loops], [dims[loop] for loop in loops], count)
        if place.endswith(")"):
            place, text = place.split(".reshape")[0], f"{found.within(ATOM)}.ravel()"
        elif UNIT in found.axes:
            text = f"{found.within(ATOM)}[{', '.join([':'] * len(loops) + ['0'])}]"
        copied = ".copy()" if name == "numbers" and read.source.number == NUMBERS else ""
        return f"{place} = {text}{copied}"


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
