"""A program in Python as loops: for programs that would be too long as straight text.

The functions are those of `engine.programs.python`. What a group of trees gives is a list, to which each round adds its
element. What a round takes comes from a slice, by ``zip``, at the loop with which it changes:

    for a3, a4 in zip(numbers[8266:8394], range(128)):
        ...

A short sum is written out, in one expression.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, count, product
from math import prod
from operator import add, itemgetter, mul
from typing import Any

from engine.programs.affine import NUMBERS, Access, Dims, canonical
from engine.programs.kinds import GIVEN
from engine.programs.nests import Body, Nest, Nests, Sum
from engine.programs.python import PythonSource, tuple_of
from engine.programs.rolling import Delivery

LONGEST_SUM = 64
"""The number of terms up to which a sum is written out."""

FEW = 16
"""The number of outputs or updates up to which each is named."""


class Block:
    """Lines in a loop; the first of a nest stands for what is around its loops.

    each  what the loop goes over: the texts of lists, and the names of their elements
    """

    def __init__(self, size: int, index: str) -> None:
        self.size = size
        self.index = index
        self.is_indexed = False
        self.first: list[str] = []
        self.each: dict[str, str] = {}
        self.content: list[str | Block] = []
        self.gives: tuple[str, str] | None = None
        """The list to which each round adds an element, and the element, if that is all."""
        self.made: dict[str, str] = {}
        """For the text of each value that is made here, its name."""

    def lines(self, depth: int) -> Iterator[str]:
        """The text, the loop around it ``depth`` loops in."""
        indent = "    " * depth
        yield from (indent + line for line in self.first)
        for part in self.content:
            if isinstance(part, str):
                yield indent + part
            elif part.gives:
                yield f"{indent}{part.gives[0]} += [{part.gives[1]} for {part.head}]"
            else:
                yield f"{indent}for {part.head}:"
                yield from part.lines(depth + 1)

    @property
    def head(self) -> str:
        """``a, b in zip(…, …)``."""
        each = {**self.each, f"range({self.size})": self.index} if self.is_indexed or not self.each else self.each
        lists = ", ".join(each)
        return f"{', '.join(each.values())} in {f'zip({lists})' if len(each) > 1 else lists}"


class LoopSource:
    """The functions of a program; ``tables`` are what they need besides, by name."""

    def __init__(self, nests: Nests) -> None:
        self.nests = nests
        self.tables: dict[str, Any] = {f"k{place}": table for place, table in enumerate(nests.rolled.constants)}
        self.tables["add"] = add
        self.serial = count()
        self.sizes = {group.number: group.size for group in nests.rolled.groups}
        tape = nests.rolled.tape
        self.inputs, self.count = len(tape.input_labels), len(tape.outputs)
        self.sizes[NUMBERS] = self.inputs + len(tape.leaf_labels)
        self.outputs = self.gathered(nests.rolled.outputs)
        self.updates = self.gathered(nests.rolled.updates)

    def run(self) -> str:
        """``run(inputs…, leaves…)``: (outputs, updates) of one run."""
        return f"def run(*numbers):\n{self.body(1)}    return {self.outputs}, {self.updates}\n"

    def sum_rows(self) -> str:
        """``sum_rows(rows, leaves…)``: (rows done, their outputs summed).

        What does not depend on the inputs is computed before the first row.
        """
        return (
            "def sum_rows(rows, *leaves):\n"
            f"    numbers = [0.0] * {self.inputs} + list(leaves)\n"
            f"    totals = [0.0] * {self.count}\n"
            "    row = 0\n"
            "    try:\n"
            f"{self.body(2, False)}"
            "        for row, given in enumerate(rows):\n"
            f"            numbers[:{self.inputs}] = given\n"
            f"{self.body(3, True)}"
            f"            totals = list(map(add, totals, {self.outputs}))\n"
            "        return len(rows), tuple(totals)\n"
            "    except (ArithmeticError, ValueError):\n"
            "        return row, tuple(totals)\n"
        )

    def body(self, depth: int, *moves: bool) -> str:
        """The lines of the nests, or of those that depend on the inputs, or of the others."""
        chosen = [nest for nest in self.nests.nests if nest.moves in (moves or (False, True))]
        return "".join([f"{line}\n" for nest in chosen for line in NestSource(self, nest).root.lines(depth)])

    def array(self, number: int) -> str:
        """The list of an array's numbers; for a group of one, the number itself."""
        if number < NUMBERS:
            return f"k{NUMBERS - 1 - number}"
        return "numbers" if number == NUMBERS else f"{'v' if self.sizes[number] == 1 else 'g'}{number}"

    def gathered(self, deliveries: Sequence[Delivery]) -> str:
        """The expression for a tuple of results."""
        places: dict[int, tuple[int, int]] = {}
        for dims, source, target in deliveries:
            places.update(zip(target.elements(dims), [(source.array, e) for e in source.elements(dims)], strict=True))
        ordered = [places[place] for place in range(len(places))]
        if len(ordered) <= FEW:
            single = [array >= 0 and self.sizes[array] == 1 for array, _ in ordered]
            names = [self.array(a) + ("" if one else f"[{e}]") for one, (a, e) in zip(single, ordered, strict=True)]
            return tuple_of(names)
        arrays = list(dict(ordered))
        starts = dict(zip(arrays, accumulate([self.sizes[array] for array in arrays], initial=0), strict=False))
        found = [f"{'' if self.array(array)[0] == 'v' else '*'}{self.array(array)}" for array in arrays]
        return f"{self.pick([starts[array] + element for array, element in ordered])}([{', '.join(found)}])"

    def pick(self, elements: Sequence[int]) -> str:
        """The name of a function that takes these elements out of a list."""
        name = self.name()
        self.tables[name] = itemgetter(*elements)
        return name

    def name(self) -> str:
        """A name that nothing else has."""
        return f"a{next(self.serial)}"


class NestSource:
    """The loops of a nest."""

    def __init__(self, source: LoopSource, nest: Nest) -> None:
        self.source = source
        self.nest = nest
        self.root = Block(1, "")
        path = self.opened([self.root], nest.dims)
        sums = [self.sum(each, path) for each in nest.sums]
        results = zip(nest.groups, self.written(nest.body, path, sums), strict=True)
        kept = [(source.array(group), result) for group, result in results if group in source.nests.read]
        if len(path) == 1:
            self.root.content += [f"{array} = {result}" for array, result in kept]
        else:
            self.root.first += [f"{array} = []" for array, _ in kept]
            if len(kept) == 1 and not path[-1].content:
                path[-1].gives = kept[0]
            else:
                path[-1].content += [f"{array}.append({result})" for array, result in kept]

    def opened(self, path: list[Block], dims: Dims) -> list[Block]:
        """The path into these loops, which begin at the end of the last block."""
        for size in dims:
            path = [*path, Block(size, self.source.name())]
            path[-2].content.append(path[-1])
        return path

    def sum(self, each: Sum, path: list[Block]) -> str:
        """The name of a sum, after the lines that compute it."""
        name = self.source.name()
        written: list[str] = []
        for terms in each.terms:
            if prod(terms.dims) <= LONGEST_SUM:
                rounds = product(*map(range, terms.dims))
                written += [self.written(self.moved(terms.body, terms.dims, at), path, [])[0] for at in rounds]
            else:
                path[-1].content.append(f"{name} = {' + '.join(written or ['-0.0'])}")
                inner = self.opened(path, terms.dims)
                inner[-1].content.append(f"{name} += {self.written(terms.body, inner, [])[0]}")
                written = [name]
        if written != [name]:
            path[-1].content.append(f"{name} = {' + '.join(written)}")
        return name

    def moved(self, body: Body, dims: Dims, at: tuple[int, ...]) -> Body:
        """The body of a term in one round of the loops over terms, without these loops."""
        outer = len(self.nest.dims)
        rounds, size = sum(map(mul, at, canonical(dims))), prod(dims)
        slots = []
        for access in body.slots:
            start = access.start + sum(map(mul, at, access.strides[outer:]))
            slots.append(access._replace(start=start, strides=access.strides[:outer], table=access.table[rounds::size]))
        return body._replace(slots=tuple(slots))

    def written(self, body: Body, path: list[Block], sums: list[str]) -> list[str]:
        """The texts of a body's results, after the lines that they need."""
        given = [self.slot(access, path) for access in body.slots] + sums
        listing = body.listing
        names = [*given, *[self.source.name() for _ in listing.instructions[len(given) :]]]
        source = PythonSource(listing, packed=True, names=names)
        leaving = {
            p for p in listing.outputs if listing.users[p] == [-1, -1] and listing.instructions[p].kind not in GIVEN
        }
        lines = source.body("", [p for p in range(len(names)) if p not in leaving])
        path[-1].content += lines.splitlines()
        return [f"({source.expression(p)})" if p in leaving else source.operand(p) for p in listing.outputs]

    def slot(self, access: Access, path: list[Block]) -> str:
        """The name of what stands in a slot in the last of these blocks."""
        dims = tuple([block.size for block in path[1:]])
        array = self.source.array(access.array)
        if len(access.table) == 1:
            access = Access(access.array, access.table[0], ())
        if access.table:
            array = self.made(self.root, f"{self.source.pick(access.table)}({array})")
            access = Access(access.array, 0, canonical(dims))
        elif array[0] == "v":
            return array
        changing = [depth for depth, stride in enumerate(access.strides, 1) if stride]
        if not changing:
            return self.made(self.root, f"{array}[{access.start}]")
        *outer, last = changing
        home = path[outer[-1] if outer else 0]
        numbers = self.sliced(array, access, path, outer, last)
        if home is not path[last - 1]:
            numbers = self.made(home, numbers)
        return path[last].each.setdefault(numbers, self.source.name())

    def made(self, block: Block, text: str) -> str:
        """The name of a value that is made at the beginning of a block."""
        if text not in block.made:
            block.made[text] = self.source.name()
            block.first.append(f"{block.made[text]} = {text}")
        return block.made[text]

    def sliced(self, array: str, access: Access, path: list[Block], outer: list[int], last: int) -> str:
        """What an access reads in the loop ``last`` of a path, in one round of the loops ``outer``."""
        length = abs(access.strides[last - 1]) * (path[last].size - 1)
        backwards = access.strides[last - 1] < 0
        low = access.start - length * backwards
        moved = ""
        for depth in outer:
            path[depth].is_indexed = True
            moved += f" + {access.strides[depth - 1]} * {path[depth].index}"
        step = abs(access.strides[last - 1])
        text = f"{array}[{low}{moved}:{low + length + 1}{moved}{f':{step}' if step > 1 else ''}]"
        return f"{text}[::-1]" if backwards else text
