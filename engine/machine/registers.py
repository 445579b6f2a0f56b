"""Short programs without a loop but that over the runs: every number stays in a register.

All loops are written out, so each element of an array is known by name: the lane of a vector that some line computed,
or a single number. Where a vector is wanted whose lanes stand in others, they are shuffled together. The updated leaves
are carried from run to run in the vectors that their next values are computed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

from engine.machine.code import Code, Options
from engine.machine.kernels import Chunk, Index, Kernel, KernelWriter, Place, Round
from engine.programs.rolling import NUMBERS, Access


class Lane(NamedTuple):
    """Where an element is: a lane of a vector of ``width`` numbers, or the number itself if that is 1."""

    name: str
    lane: int
    width: int


class RegisterCode(Code):
    """A code that keeps the conditions of failures, to look at them all at once."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.failures: list[str] = []

    def fail_where(self, conditions: list[str]) -> None:
        """Note conditions under which something failed."""
        if conditions:
            self.failures.append(self.any(self.either(conditions)))


class RegisterWriter(KernelWriter):
    """Writes nests with all loops written out.

    constants  the number that an access to a table of constants finds at an element
    numbers    where the inputs and leaves are
    """

    def __init__(self, code: Code, constants: Callable[[int, int], float], numbers: Sequence[Lane]) -> None:
        super().__init__(code, self.place, {})
        self.constants = constants
        self.elements: dict[tuple[int, int], Lane] = {(NUMBERS, index): lane for index, lane in enumerate(numbers)}

    def place(self, access: Access) -> Place:
        """To choose a loop for the lanes: a vector of constants costs nothing."""
        return Place("", 0, 0 if access.array < NUMBERS else 1)

    def nest(self, kernel: Kernel, free: list[int], across: Chunk, tiled: int | None, down: Chunk) -> None:
        """The rounds of a nest one by one."""
        loops = [range(kernel.dims[loop]) for loop in free]
        vectors = range(across.start, across.start + int(across.times) * across.size, self.code.lanes)
        tile = []
        for outer in product(*loops, vectors if kernel.lane is not None else (0,), self.steps(down)):
            indices = [0] * len(kernel.dims)
            for loop, number in zip(free, outer, strict=False):
                indices[loop] = number
            if kernel.lane is not None:
                indices[kernel.lane] = outer[-2]
            if tiled is not None:
                indices[tiled] = outer[-1]
            tile.append(Round(tuple([Index("", 0, number) for number in indices]), Index("", 0, 0)))
        self.tile(kernel, tile)

    def steps(self, chunk: Chunk) -> range:
        """The rounds of a chunk."""
        return range(chunk.start, chunk.start + int(chunk.times) * chunk.size)

    def is_short(self, _count: str) -> bool:
        """Whether a loop over terms is written out: here, always."""
        return True

    def load(self, access: Access, here: Round) -> str:
        """What an access finds, in each lane."""
        elements = self.found(access, here)
        if access.array < NUMBERS:
            return self.code.listed([self.constants(access.array, element) for element in elements])
        lanes = [self.elements[access.array, element] for element in elements]
        return self.remembered(tuple(lanes), lambda: self.together(lanes))

    def store(self, access: Access, here: Round, number: str) -> None:
        """Note where the elements of an array are."""
        for lane, element in enumerate(self.found(access, here)):
            self.elements[access.array, element] = Lane(number, lane, self.code.lanes)

    def found(self, access: Access, here: Round) -> list[int]:
        """The element that an access finds in each lane."""
        pairs = zip(access.strides, here.indices, strict=True)
        first = sum(stride * index.start for stride, index in pairs)
        distance = access.strides[self.lane] if self.lane is not None else 0
        numbers = [first + distance * lane for lane in range(self.code.lanes)]
        if access.table:
            return [access.table[number] for number in numbers]
        return [access.start + number for number in numbers]

    def together(self, lanes: Sequence[Lane]) -> str:
        """A vector of elements that are somewhere."""
        code = self.code
        sources = list(dict.fromkeys([lane.name for lane in lanes]))
        width = lanes[0].width
        if len(sources) > 2 or width == 1 or any(lane.width != width for lane in lanes):
            numbers = [self.single(lane) for lane in lanes]
            return code.spread(numbers[0]) if len(set(numbers)) == 1 else code.gather(numbers)
        if code.lanes == 1:
            return self.single(lanes[0])
        order = [lane.lane + width * sources.index(lane.name) for lane in lanes]
        if len(sources) == 1 and order == list(range(width)):
            return sources[0]
        return code.shuffled(sources[0], sources[-1], order, width)

    def single(self, lane: Lane) -> str:
        """An element as a number of its own."""
        if lane.width == 1:
            return lane.name
        text = f"extractelement <{lane.width} x double> {lane.name}, i32 {lane.lane}"
        return self.remembered((lane,), lambda: self.code.emit(text))
