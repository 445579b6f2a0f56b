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
from itertools import pairwise
from typing import NamedTuple

from engine.programs.affine import NUMBERS, Dims, canonical, refines
from engine.programs.arguments import counted
from engine.programs.matrices.expressions import ATOM, turn
from engine.programs.matrices.formulas import UNIT, Formula, Loop, Read, Source
from engine.programs.matrices.roles import Roles
from engine.programs.matrices.writer import Writer
from engine.programs.nests import Nests
from engine.programs.rolling import Delivery

WIDEST = 120
"""Where a line ends, in columns."""

Told = tuple[str, tuple[Source | Delivery, ...]]
"""A statement, and the arrays that it takes or makes, or the results that it brings out of the program."""


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
        self.writer = Writer(nests)
        self.tape = nests.rolled.tape
        self.inputs, self.given = len(self.tape.input_labels), len(self.tape.input_labels) + len(self.tape.leaf_labels)
        outputs = [self.store(each, "outputs", 0, len(self.tape.outputs)) for each in nests.rolled.outputs]
        updates = [self.store(each, "numbers", self.inputs, self.given) for each in nests.rolled.updates]
        self.stores: list[Told] = [(f"outputs = np.empty({len(self.tape.outputs)})", ()), *outputs] if outputs else []
        if any(map(self.is_copy, nests.rolled.updates)):
            # What is stored first shall change no array that is stored later.
            self.stores.append(("numbers = numbers.copy()", ()))
        self.stores += updates
        self.names = Roles(self.writer).names

    def is_copy(self, delivery: Delivery) -> bool:
        """Whether results are numbers that the program was given."""
        formula = self.writer.formulas.get(self.writer.reader.delivered(delivery))
        return formula is None or (not formula.terms[0].loops and isinstance(formula.terms[0].node, Read))

    @cached_property
    def lines(self) -> list[Line]:
        """The formulas, each after those it needs."""
        return [self.line(formula) for stage in self.stages for formula in stage]

    @property
    def stages(self) -> list[list[Formula]]:
        """The formulas that make an array: the forward part, the backward part, what follows from that, and so on."""
        stages: list[list[Formula]] = []
        found: dict[Source, int] = {}
        for source, formula in self.writer.formulas.items():
            before = max([found[other] for other in formula.sources if other in found], default=0)
            found[source] = before + (before % 2 != formula.in_gradient)
            if source not in self.writer.inlined and self.writer.same(source) is source:
                stages += [[] for _ in range(found[source] + 1 - len(stages))]
                stages[found[source]].append(formula)
        return stages

    def line(self, formula: Formula) -> Line:
        """The line of a formula."""
        source = formula.source
        first = self.writer.element(source, [0] * len(source.loops)).text
        element = self.writer.scalar(formula, dict.fromkeys(source.loops, 0)).text
        text = self.named(self.writer.made[source].text)
        return Line(self.names[source], text, source.shape, self.named(f"{first} = {element}"))

    def __str__(self) -> str:
        return "".join([f"{text}\n" for text, _ in self.told()])

    def told(self) -> Iterator[Told]:
        """The text, a statement after the other."""
        definitions = self.writer.functions.definitions.values()
        leaves = counted(self.given - self.inputs, "leaf", "leaves")
        given = f"{counted(self.inputs, 'input')}, then of {leaves}" if self.inputs else leaves
        yield "import math\n\nimport numpy as np" if "math." in "".join(definitions) else "import numpy as np", ()
        yield from [(f"\n{definition}", ()) for definition in definitions]
        yield f"\n# The numbers of {given}.", ()
        yield from self.taken()
        lines = iter(self.lines)
        for number, stage in enumerate(self.stages):
            title = ("Forward", "Backward")[number % 2] if number < 2 or not self.tape.updates else "Updates"
            yield f"\n# {title}.", ()
            yield from [(_with_shape(next(lines)), (formula.source,)) for formula in stage]
        yield "", ()
        yield from [(self.named(text), told) for text, told in self.stores]

    def behind(self, source: Source) -> Iterator[Source]:
        """The array, others that are but another name for it, and what is written in the line that makes it."""
        yield source
        formulas, marks = self.writer.formulas, self.writer.marks
        yield from [other for other in formulas if other is not source and marks.get(other) == marks.get(source, "")]
        for other in formulas[source].sources if source in formulas else ():
            if other in self.writer.inlined:
                yield from self.behind(other)

    def named(self, text: str) -> str:
        """A text with names in place of marks."""
        return re.sub(r"⟦(\d+)⟧", lambda found: self.names[self.writer.marked[int(found[1])]], text)

    def taken(self) -> Iterator[Told]:
        """The lines that take leaves and constants from where they are."""
        read = [source for source in self.writer.marked if source.number <= NUMBERS]
        tables = [source for source in read if source.number == NUMBERS and source.values]
        others = sorted(
            {*read} - {*tables}, key=lambda source: (-1 if source.values else source.start, read.index(source))
        )
        yield from [(_wrapped(f"{self.names[source]} = {self.origin(source)}"), (source,)) for source in others]
        if tables:
            yield "# Elements that are chosen one by one, for they follow no rule:", ()
        yield from [(_wrapped(f"{self.names[source]} = {self.origin(source)}"), ()) for source in tables]

    def origin(self, source: Source) -> str:
        """The numbers of a table of constants, or where an array lies among inputs and leaves."""
        if source.values:
            whole = all(float(value).is_integer() and str(value) != "-0.0" for value in source.values)
            values = [int(value) for value in source.values] if whole else source.values
            kind = ", float" if whole and source.number < NUMBERS else ""
            text = f"np.array({_nested(source, values, 0, source.lying)}{kind})"
            return text.replace("inf", "np.inf").replace("nan", "np.nan")
        axes = sorted(zip(source.loops, source.strides, strict=True), key=lambda axis: -axis[1])
        if UNIT in source.lying and not axes:
            return f"numbers[{source.start}:{source.start + 1}]"
        text = _part("numbers", source.start, [(loop.size, stride) for loop, stride in axes], self.given)
        return f"{text}[:, None]" if UNIT in source.lying else text + turn([loop for loop, _ in axes], source.lying)

    def store(self, delivery: Delivery, name: str, first: int, count: int) -> Told:
        """The line for results that lie together."""
        dims, source, target = delivery.dims, delivery.source, delivery.target
        finer = self.writer.reader.homes.get(source.array, dims)
        if refines(finer, dims):
            dims, source, target = finer, source.spread(dims, finer), target.spread(dims, finer)
        steps = {Loop(size): stride for size, stride in zip(dims, target.strides, strict=True)}
        backwards = {loop for loop, stride in steps.items() if stride < 0}
        loops = sorted(steps, key=lambda loop: -abs(steps[loop]))
        for place, loop in enumerate(loops):
            loop.rank = (place, 0)
        seen = self.writer.view(self.writer.reader.read(source, [*steps], backwards))
        column = UNIT in seen.axes
        found = seen.lined_up([*loops, UNIT] if column else loops)
        text = f"{found.within(ATOM)}[{', '.join([':'] * (len(found.axes) - 1) + ['0'])}]" if column else found.text
        if target.table:
            part = f"{name}[{[first + element for element in target.table]}]"
        else:
            start = first + target.start + sum(steps[loop] * (loop.size - 1) for loop in backwards)
            part = _part(name, start, [(loop.size, abs(steps[loop])) for loop in loops], count)
        if len(loops) > 1 and part.endswith((")", "]]")):
            sizes = tuple([loop.size for loop in loops])
            text = f"{text if {*loops} <= {*seen.axes} else f'np.broadcast_to({text}, {sizes})'}.ravel()"
        return f"{part.split('.reshape')[0] if part.endswith(')') else part} = {text}", (delivery,)


def _part(name: str, start: int, axes: Sequence[tuple[int, int]], count: int) -> str:
    """Text for elements of an array of ``count``, as one with these sizes and strides: a view, if possible."""
    if not axes:
        return f"{name}[{start}]"
    (size, outer), (last, inner) = axes[0], axes[-1]
    if len(axes) == 1:
        step = f":{outer}" if outer != 1 else ""
        return f"{name}[{start}:{start + outer * (size - 1) + 1}{step}]"
    if inner == 1 and all(stride == below * many for (_, stride), (many, below) in pairwise(axes)):
        return f"{name}[{start}:{start + outer * size}].reshape({', '.join([str(size) for size, _ in axes])})"
    end = inner * (last - 1) + 1
    if len(axes) == 2 and end <= outer and start + outer * size <= count:
        columns = f":{end}" + (f":{inner}" if inner != 1 else "")
        return f"{name}[{start}:{start + outer * size}].reshape({size}, {outer})[:, {columns}]"
    places = [str(start)]
    for axis, (size, stride) in enumerate(axes, 1):
        rest = ", None" * (len(axes) - axis)
        places.append(f"{stride} * np.arange({size})" + (f"[:{rest}]" if rest else ""))
    return f"{name}[{' + '.join(places)}]"


def _nested(source: Source, values: Sequence[float], element: int, axes: Sequence[Loop]) -> str:
    """The numbers of a table as lists in lists."""
    if not axes:
        return repr(values[element])
    own = source.loops.index(axes[0]) if axes[0] is not UNIT else 0
    stride = canonical(tuple([loop.size for loop in source.loops]))[own]
    inner = [_nested(source, values, element + stride * number, axes[1:]) for number in range(axes[0].size)]
    return f"[{', '.join(inner)}]"


def _with_shape(line: Line) -> str:
    """A line, with the shape of its result as a comment; or, where that is a lone number, why it stayed one."""
    shape = " x ".join(map(str, line.shape)) or ("a number" if "sum(" in line.text else "a number: nothing is like it")
    text = _wrapped(f"{line.name} = {line.text}")
    return f"{text:<{0 if text.endswith(chr(10) + ')') else 40}}  # {shape}"


def _wrapped(text: str) -> str:
    """A line of any length as lines of at most `WIDEST` columns."""
    if len(text) <= WIDEST:
        return text
    name, _, value = text.partition(" = ")
    lines = textwrap.wrap(value, WIDEST - 4, break_long_words=False, break_on_hyphens=False)
    return "\n".join([f"{name} = (", *[f"    {line}" for line in lines], ")"])
