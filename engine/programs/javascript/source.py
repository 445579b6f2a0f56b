"""The text of a function in JavaScript: an instruction a line, or loops around such lines.

The lines are those of `engine.programs.python` in another language. In loops, what a round takes and makes stands under
its index: ``w1[2 * i + j]``. The names are those of `engine.programs.names`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from engine.programs.affine import NUMBERS, Access, canonical
from engine.programs.javascript.expressions import ATOM, Written, call, combined, constant
from engine.programs.kinds import GIVEN, KINDS
from engine.programs.listing import Listing
from engine.programs.loops import linear
from engine.programs.names import Names
from engine.programs.nests import Body, Nest, Nests, Sum
from engine.programs.python import TAKEN as PYTHON_WORDS
from engine.programs.python import PythonSource, Told, choose_names
from engine.programs.rolling import Delivery

WIDEST = 120
"""Where a line ends, in columns."""

_WORDS = """
    arguments case catch const debugger default delete div do enum export extends false finished Float64Array function
    implements Infinity instanceof interface let Math NaN new null numbers outputs package private protected public
    static super switch this throw true typeof undefined updates var void
"""
TAKEN = {*PYTHON_WORDS, *_WORDS.split()}
"""What nothing may be called: the words of both languages, so that names are alike in both, and what a text uses."""


class JavaScriptSource(PythonSource):
    """The lines of a listing in JavaScript.

    calls  the functions that they call
    """

    comment = "//"

    def __init__(self, listing: Listing, packed: bool = False, names: Sequence[str] = ()) -> None:
        self.calls: set[str] = set()
        super().__init__(listing, packed, names or choose_names(listing.instructions, TAKEN))

    def line(self, position: int) -> str:
        """The line of an instruction."""
        return f"const {self.names[position]} = {self.expression(position)};"

    def operand(self, position: int) -> str:
        """How an instruction is written where it is used."""
        return self.used(position)[0]

    def expression(self, position: int) -> str:
        """What stands to the right of an instruction's name."""
        return self.computed(position)[0]

    def used(self, position: int) -> Written:
        """What stands for an instruction in others: its name, or all of it."""
        instruction = self.listing.instructions[position]
        if instruction.kind == "constant":
            return constant(instruction.number)
        is_named = instruction.kind in GIVEN or not self.in_place[position]
        return (self.names[position], ATOM) if is_named else self.computed(position)

    def computed(self, position: int) -> Written:
        """An instruction on what stands for its operands."""
        instruction = self.listing.instructions[position]
        if instruction.kind in GIVEN:
            return self.used(position)
        kind, operands = KINDS[instruction.kind], [self.used(operand) for operand in instruction.operands]
        if kind.is_ported or position in self.listing.fallible:
            self.calls.add(kind.name)
            result = call(kind.name, operands)
        else:
            result = combined(kind.name, operands)
        if instruction.guard < 0:
            return result
        return combined("choose", [self.used(instruction.guard), result, constant(0.0)])

    def function(self) -> Iterator[Told]:
        """The lines of ``run(numbers)``, where numbers are those of the inputs, and then of the leaves."""
        listing = self.listing
        given = ", ".join([*self.inputs, *self.leaves])
        lines: list[Told] = []
        if given:
            lines.append((f"const [{given}] = numbers;", (*listing.inputs, *listing.leaves)))
        lines += self.lines("", self.every)
        results = f"return finished([{', '.join(self.outputs)}], [{', '.join(self.updates)}]);"
        lines.append((results, (*listing.outputs, *listing.updates)))
        return function_of(lines)


def function_of(lines: Iterable[Told]) -> Iterator[Told]:
    """``run(numbers)`` with these lines, of which none is too wide."""
    yield "function run(numbers) {", ()
    for line, positions in lines:
        yield from [(part, positions) for part in narrowed(f"  {line}")]
    yield "}", ()


def narrowed(line: str) -> list[str]:
    """A line as lines that are not too wide."""
    if len(line) <= WIDEST:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    unbroken = line.replace("return ", "return\0")  # At the end of a line, it would return nothing.
    parts = textwrap.wrap(unbroken, WIDEST, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [part.replace("\0", " ") for part in parts]


class LoopSource:
    """A rolled program in JavaScript: each nest as loops, its results in typed arrays.

    calls  the functions that they call
    """

    def __init__(self, nests: Nests) -> None:
        self.nests = nests
        self.rolled = nests.rolled
        self.names = Names(nests, TAKEN)
        self.calls: set[str] = set()
        self.parts: dict[tuple[int, int, str], str] = {}
        """The statements that name parts of the numbers: by the first, the last, and the name."""
        self.tables: dict[str, str] = {}
        """Those that name tables, by the name."""
        self.conditions: dict[int, str] = {}
        """The names of tables that are in no formula: which terms of a sum are there."""

    def function(self) -> Iterator[Told]:
        """The lines of ``run(numbers)``, as that of a straight program; they name no instructions."""
        tape = self.rolled.tape
        lines: list[str] = []
        backward = self.nests.backward
        for number, nest in enumerate(self.nests.nests):
            lines += ["// backward"] * (number == backward)
            lines += NestSource(self, nest).lines
        lines += self.delivered("outputs", len(tape.outputs), self.rolled.outputs)
        lines += self.delivered("updates", len(tape.updates), self.rolled.updates)
        parts = [statement for _, statement in sorted(self.parts.items())]
        lines = [*parts, *self.tables.values(), *lines, "return finished(outputs, updates);"]
        return function_of([(line, ()) for line in lines])

    def delivered(self, name: str, size: int, deliveries: Iterable[Delivery]) -> list[str]:
        """The array of this name, and the loops that bring results to it."""
        lines = [f"const {name} = new Float64Array({size});"]
        for dims, source, target in deliveries:
            loops = list(zip(self.names.letters(), dims, strict=False))
            lines += within(loops, [f"{self.element(name, target, loops)} = {self.read(source, loops)};"])
        return lines

    def is_array(self, group: int) -> bool:
        """Whether the results of a group stand in an array: more than one, and needed outside their nest."""
        return group in self.nests.read and self.rolled.groups[group].size > 1

    def array_name(self, group: int) -> str:
        """The name of the results of a group."""
        arrays = self.names.arrays
        return arrays.known[arrays.groups[group]].name

    def sum_name(self, group: int) -> str:
        """The name of a sum while it is added up."""
        name = self.array_name(group)
        return self.names.unused(f"{name}_sum") if self.is_array(group) else name

    def read(self, access: Access, loops: Sequence[tuple[str, int]]) -> str:
        """What stands in a slot, in these loops."""
        dims = tuple([size for _, size in loops])
        access = self.names.arrays.first_alike(access, dims)
        array = self.names.arrays.of(access, dims)
        if access.array >= 0:
            return self.element(array.name, access, loops) if self.is_array(access.array) else array.name
        if access.array < NUMBERS:
            name = array.name if array.number == access.array else self.condition(access.array)
            return self.element(self.table(name, self.rolled.constants[NUMBERS - 1 - access.array]), access, loops)
        elements = array.elements()
        low, high = min(elements), max(elements)
        if low == high:
            self.parts[low, high, array.name] = f"const {array.name} = numbers[{low}];"
            return array.name
        self.parts[low, high, array.name] = f"const {array.name} = numbers.slice({low}, {high + 1});"
        table = tuple([element - low for element in access.table])
        return self.element(array.name, access._replace(start=access.start - low, table=table), loops)

    def element(self, array: str, access: Access, loops: Sequence[tuple[str, int]]) -> str:
        """``w1[2 * i + j]``."""
        names = [name for name, _ in loops]
        if access.table:
            steps = canonical(tuple([size for _, size in loops]))
            at = self.table(self.names.table(access.table), access.table)
            return f"{array}[{at}[{linear(0, zip(steps, names, strict=True))}]]"
        return f"{array}[{linear(access.start, zip(access.strides, names, strict=True))}]"

    def table(self, name: str, numbers: Sequence[float]) -> str:
        """The name of a table, which is written down."""
        if name not in self.tables:
            self.tables[name] = f"const {name} = [{', '.join([constant(number)[0] for number in numbers])}];"
        return name

    def condition(self, number: int) -> str:
        """The name of a table that is in no formula."""
        if number not in self.conditions:
            self.conditions[number] = self.names.numbered("c")
        return self.conditions[number]


class NestSource:
    """The lines of a nest."""

    def __init__(self, source: LoopSource, nest: Nest) -> None:
        self.source = source
        loops = list(zip(source.names.letters(), nest.dims, strict=False))
        sums = [source.sum_name(each.group) for each in nest.sums]
        lines = [line for each, name in zip(nest.sums, sums, strict=True) for line in self.sum(each, name, loops)]
        written, results = self.written(nest.body, loops, sums)
        arrays = []
        for group, result in zip(nest.groups, results, strict=True):
            name = source.array_name(group)
            if source.is_array(group):
                arrays.append(f"const {name} = new Float64Array({source.rolled.groups[group].size});")
                written.append(f"{source.element(name, Access(group, 0, canonical(nest.dims)), loops)} = {result};")
            elif group in source.nests.read and result != name:
                written.append(f"const {name} = {result};")
        self.lines = [*arrays, *within(loops, [*lines, *written])]

    def sum(self, each: Sum, name: str, loops: list[tuple[str, int]]) -> list[str]:
        """The lines that compute a sum."""
        lines = []
        begun = False
        for terms in each.terms:
            inner = loops + list(zip(islice(self.source.names.letters(), len(loops), None), terms.dims, strict=False))
            written, (term,) = self.written(terms.body, inner, [])
            if not begun and not terms.dims:
                lines += [*written, f"let {name} = {term};"]
            else:
                lines += [] if begun else [f"let {name} = -0;"]
                lines += within(inner[len(loops) :], [*written, f"{name} += {term};"])
            begun = True
        return lines

    def written(self, body: Body, loops: Sequence[tuple[str, int]], sums: Sequence[str]) -> tuple[list[str], list[str]]:
        """The lines of a body, and the texts of its results."""
        given = [*[self.source.read(access, loops) for access in body.slots], *sums]
        listing = body.listing
        outputs = {p for p in listing.outputs if listing.users[p] == [-1, -1] and p >= len(given)}
        is_hidden, rest = listing.in_place(packed=True), range(len(given), len(listing.instructions))
        own = {p: self.source.names.numbered("t") for p in rest if not is_hidden[p] and p not in outputs}
        source = JavaScriptSource(listing, packed=True, names=[*given, *[own.get(p, "") for p in rest]])
        lines = source.body("", own).splitlines()
        results = [source.expression(p) if p in outputs else source.operand(p) for p in listing.outputs]
        self.source.calls |= source.calls
        return lines, results


def within(loops: Sequence[tuple[str, int]], lines: Iterable[str]) -> list[str]:
    """The lines in these loops."""
    for name, size in reversed(loops):
        lines = [f"for (let {name} = 0; {name} < {size}; {name} += 1) {{", *[f"  {line}" for line in lines], "}"]
    return list(lines)
