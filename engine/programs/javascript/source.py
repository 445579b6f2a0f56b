"""The text of a function in JavaScript: an instruction a line, or loops around such lines.

The lines are those of `engine.programs.python` in another language. In loops, what a round takes and makes stands under
its index: ``w1[2 * i + j]``. The names are those of `engine.programs.names`.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from itertools import islice

from engine.programs.affine import NUMBERS, Access, Dims, canonical
from engine.programs.arrays import Array
from engine.programs.kinds import GIVEN, KINDS
from engine.programs.listing import Listing
from engine.programs.names import Names
from engine.programs.nests import Body, Nest, Nests, Sum
from engine.programs.python import TAKEN as PYTHON_WORDS
from engine.programs.python import PythonSource, bare, choose_names
from engine.programs.rolling import Delivery

WIDEST = 120
"""Where a line ends, in columns."""

_WORDS = """
    arguments await case catch checked const continue debugger default delete div do enum eval export extends false
    finally finished function implements Infinity instanceof interface let Math NaN new null number numbers outputs
    package private protected public static super switch table this throw true typeof undefined updates var void while
    with yield
"""
TAKEN = {*PYTHON_WORDS, *_WORDS.split(), "Float64Array", "total"}


def number_text(number: float) -> str:
    """A constant, in parentheses if it has a sign."""
    if isinstance(number, bool):
        return "true" if number else "false"
    if math.isnan(number):
        return "NaN"
    text = ("-" if number < 0 else "") + "Infinity" if math.isinf(number) else repr(number).removesuffix(".0")
    return f"({text})" if text.startswith("-") else text


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
        kind, *_ = instruction = self.listing.instructions[position]
        if kind == "constant":
            return number_text(instruction.number)
        if kind in GIVEN or not self.in_place[position]:
            return self.names[position]
        return f"({self.expression(position)})"

    def expression(self, position: int) -> str:
        """What stands to the right of an instruction's name."""
        instruction = self.listing.instructions[position]
        if instruction.kind in GIVEN:
            return self.operand(position)
        kind, operands = KINDS[instruction.kind], [self.operand(operand) for operand in instruction.operands]
        if kind.name == "choose":
            operands[0] = bare(operands[0])
        if kind.is_call:
            operands = list(map(bare, operands))
        text = kind.javascript or kind.python
        if position in self.listing.fallible or (kind.is_call and not kind.javascript):
            self.calls.add(kind.name)
            text = f"{kind.name}({', '.join(f'{{{index}}}' for index in range(kind.operands))})"
        text = text.format(*operands)
        return text if instruction.guard < 0 else f"{bare(self.operand(instruction.guard))} ? {text} : 0"

    def function(self, arguments: str = "numbers") -> str:
        """``run(numbers)``, where numbers are those of the inputs, and then of the leaves."""
        given = ", ".join([*self.inputs, *self.leaves])
        taken = filled(f"const [{given}] = {arguments};", "  ") if given else []
        lines = ["function run(numbers) {", *taken, self.body("  ", self.every).rstrip("\n")]
        results = f"finished([{', '.join(self.outputs)}], [{', '.join(self.updates)}]);"
        return "\n".join([*filter(None, lines), *filled(results, "  ", "return "), "}", ""])


def filled(text: str, indent: str, start: str = "") -> list[str]:
    """A statement in lines that are not too wide; none ends after ``return``, which JavaScript takes for the end."""
    return textwrap.wrap(
        text,
        WIDEST,
        initial_indent=f"{indent}{start}",
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


class LoopSource:
    """A rolled program in JavaScript: each nest as loops, its results in typed arrays."""

    def __init__(self, nests: Nests) -> None:
        self.nests = nests
        self.names = Names(nests, TAKEN)
        self.calls: set[str] = set()
        self.given: dict[str, str] = {}
        """The statements that name parts of the numbers, and tables, by these names."""
        self.tables: dict[tuple[str, ...], str] = {}

    def function(self) -> str:
        """``run(numbers)``, as that of a straight program."""
        tape = self.nests.rolled.tape
        lines: list[str] = []
        backward = False
        for nest in self.nests.nests:
            if not backward and min(self.nests.rolled.groups[nest.groups[0]].nodes) >= tape.backward:
                backward = True
                lines.append("// backward")
            lines += NestSource(self, nest).lines
        for name, deliveries, size in (
            ("outputs", self.nests.rolled.outputs, len(tape.outputs)),
            ("updates", self.nests.rolled.updates, len(tape.updates)),
        ):
            lines.append(f"const {name} = new Float64Array({size});")
            for delivery in deliveries:
                lines += self.delivered(name, delivery)
        given = [line for statement in self.given.values() for line in filled(statement, "  ")]
        body = [f"  {line}" for line in [*lines, "return finished(outputs, updates);"]]
        return "\n".join(["function run(numbers) {", *given, *body, "}", ""])

    def delivered(self, name: str, delivery: Delivery) -> list[str]:
        """The loops that bring results to where they go."""
        loops = list(zip(self.names.letters(), delivery.dims, strict=False))
        target = self.element(name, delivery.target, loops)
        return within(loops, [f"{target} = {self.read(delivery.source, loops)};"])

    def read(self, access: Access, loops: Sequence[tuple[str, int]]) -> str:
        """What stands in a slot, in these loops."""
        if access.array < NUMBERS:
            return self.element(self.table(self.nests.rolled.constants[NUMBERS - 1 - access.array]), access, loops)
        array = self.names.arrays.of(access, tuple([size for _, size in loops]))
        if access.array >= 0:
            return self.element(array.name, access, loops)
        elements, read = array.elements(), access.elements(tuple([size for _, size in loops]))
        low, high = min(elements), max(elements)
        if not low <= min(read) <= max(read) <= high:  # from inputs into leaves
            return self.element("numbers", access, loops)
        self.given.setdefault(array.name, f"const {array.name} = numbers.slice({low}, {high + 1});")
        table = tuple([element - low for element in access.table])
        return self.element(array.name, access._replace(start=access.start - low, table=table), loops)

    def element(self, array: str, access: Access, loops: Sequence[tuple[str, int]]) -> str:
        """``w1[2 * i + j]``."""
        if access.table:
            steps = canonical(tuple([size for _, size in loops]))
            return f"{array}[{self.table(access.table)}[{index(0, steps, loops)}]]"
        return f"{array}[{index(access.start, access.strides, loops)}]"

    def table(self, numbers: Sequence[float]) -> str:
        """The name of a table of constants."""
        key = tuple(map(repr, numbers))  # repr tells 0.0 from -0.0
        if key not in self.tables:
            name = self.tables[key] = self.names.unused("table")
            written = ", ".join([number_text(number).strip("()") for number in numbers])
            self.given[name] = f"const {name} = [{written}];"
        return self.tables[key]


class NestSource:
    """The lines of a nest."""

    def __init__(self, source: LoopSource, nest: Nest) -> None:
        self.source = source
        names, groups = source.names, source.names.arrays
        self.arrays: dict[int, Array] = {group: groups.known[groups.groups[group]] for group in nest.groups}
        loops = list(zip(names.letters(), nest.dims, strict=False))
        lines: list[str] = []
        sums = []
        for each in nest.sums:
            sums.append(names.unused(f"{self.arrays[each.group].name}_sum"))
            lines += self.sum(each, sums[-1], loops)
        written, results = self.written(nest.body, loops, sums)
        lines += written
        made = []
        for group, result in zip(nest.groups, results, strict=True):
            name = self.arrays[group].name
            if group in source.nests.read:
                size = source.nests.rolled.groups[group].size
                made.append(f"const {name} = new Float64Array({size});")
                lines.append(f"{name}[{index(0, canonical(nest.dims), loops)}] = {result};")
        self.lines = made + within(loops, lines)

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
        given = [self.source.read(access, loops) for access in body.slots] + list(sums)
        listing = body.listing
        made = [self.source.names.unused("t") for _ in listing.instructions[len(given) :]]
        source = JavaScriptSource(listing, packed=True, names=[*given, *made])
        outputs = {p for p in listing.outputs if listing.users[p] == [-1, -1] and p >= len(given)}
        lines = source.body("", [p for p in range(len(listing.instructions)) if p not in outputs]).splitlines()
        results = [source.expression(p) if p in outputs else source.operand(p) for p in listing.outputs]
        self.source.calls |= source.calls
        return lines, results


def index(start: int, strides: Dims, loops: Iterable[tuple[str, int]]) -> str:
    """``5 + 2 * i - j``."""
    text = str(start) if start else ""
    for stride, (name, _) in zip(strides, loops, strict=True):
        if stride:
            sign = "-" if stride < 0 else "+" if text else ""
            times = f"{abs(stride)} * " if abs(stride) > 1 else ""
            text += f" {sign} {times}{name}" if text else f"{sign}{times}{name}"
    return text or "0"


def within(loops: Sequence[tuple[str, int]], lines: Iterable[str]) -> list[str]:
    """The lines in these loops."""
    for name, size in reversed(loops):
        lines = [f"for (let {name} = 0; {name} < {size}; {name} += 1) {{", *[f"  {line}" for line in lines], "}"]
    return list(lines)
