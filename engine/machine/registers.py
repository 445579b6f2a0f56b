"""Short programs without a loop but that over the runs: every number stays in a register.

All loops are written out, so each element of an array is known by name: the lane of a vector that some line computed,
or a single number. Where a vector is wanted whose lanes stand in others, they are shuffled together. The updated leaves
are carried from run to run in the vectors that their next values are computed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

from engine.machine.code import Code, Options, with_functions
from engine.machine.kernels import Chunk, Kernel, KernelWriter, kernel_of
from engine.machine.lanes import best_lane
from engine.machine.memory import Index, Place, Round
from engine.machine.text import module
from engine.programs.affine import NUMBERS, Access
from engine.programs.nests import Nests
from engine.programs.rolling import Delivery

REPEAT = "i64 @repeat(ptr noalias %numbers, ptr noalias %outputs, i64 %times, i64 %stride)"
"""The type, name and parameters of `repeat`: see `engine.machine.loops`."""


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

    def failed(self, results: Sequence[Lane]) -> str:
        """Whether anything failed, or a result is not finite: an i1."""
        for name, width in dict.fromkeys([(lane.name, lane.width) for lane in results]):
            self.widen(width)
            self.fail_where([self.infinite(name)])
        self.widen(1)
        return self.either(self.failures) if self.failures else "false"


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


class ShortRepeat:
    """`repeat` as one function."""

    def __init__(self, nests: Nests, options: Options) -> None:
        self.nests = nests
        self.options = options
        self.inputs = len(nests.rolled.tape.input_labels)
        count = self.inputs + len(nests.rolled.tape.leaf_labels)
        self.alone = [Lane(f"%number{index}", 0, 1) for index in range(count)]
        self.new_code: Callable[[Options], RegisterCode] = RegisterCode
        self.new_writer: Callable[..., RegisterWriter] = RegisterWriter

    def text(self) -> str:
        """The module."""
        trial = self.run(self.new_code(self.options), self.alone)
        states = _states(self.results(trial, self.nests.rolled.updates))
        code = self.new_code(self.options)
        for index in range(len(self.alone)):
            code.load("%numbers", index, name=f"number{index}")
        held = list(self.alone)
        carried = {}
        for number, state in enumerate(states):
            code.widen(state.width)
            first = code.gather([f"%number{self.inputs + leaf}" for leaf in state.leaves])
            carried[f"state{number}"] = (code.type, first)
            for lane, leaf in state.updated:
                held[self.inputs + leaf] = Lane(f"%state{number}", lane, state.width)
        code.widen(1)
        with code.loop("run", "%times", output=("ptr", "%outputs"), **carried) as becomes:
            writer = self.run(code, held)
            outputs, updates = (self.results(writer, each) for each in self.nests.rolled[3:5])
            code.leave_if(code.failed([*outputs, *updates]), "run")
            for index, output in enumerate(outputs):
                code.store(writer.single(output), "%output", index)
            for name, state in zip(carried, states, strict=True):
                code.widen(state.width)
                becomes[name] = writer.together(state.lanes(updates))
            code.widen(1)
            becomes["output"] = code.at("%output", "%stride")
        writer.scopes = [{}]
        for leaf in range(len(self.nests.rolled.tape.updates)):
            code.store(writer.single(held[self.inputs + leaf]), "%numbers", self.inputs + leaf)
        text = code.define(REPEAT, "i64 %run")
        return module(with_functions(self.options, [text]), text)

    def run(self, code: RegisterCode, numbers: list[Lane]) -> RegisterWriter:
        """Write one run."""
        writer = self.new_writer(code, self.nests.rolled.constant, numbers)
        for nest in self.nests.nests:
            kernel = kernel_of(nest, nest.groups)
            writer.write(kernel._replace(lane=best_lane(kernel, writer.place, self.options.lanes)))
        return writer

    def results(self, writer: RegisterWriter, deliveries: list[Delivery]) -> list[Lane]:
        """Where results are, in the order of their targets."""
        found = {}
        for dims, source, target in deliveries:
            for element, place in zip(source.elements(dims), target.elements(dims), strict=True):
                found[place] = writer.elements[source.array, element]
        return [found[place] for place in sorted(found)]


class _State(NamedTuple):
    """A vector that carries updated leaves from run to run: the leaf of each lane.

    updated  (lane, leaf) of those that it carries; other lanes hold something
    """

    leaves: list[int]
    updated: list[tuple[int, int]]

    @property
    def width(self) -> int:
        """The number of lanes."""
        return len(self.leaves)

    def lanes(self, updates: list[Lane]) -> list[Lane]:
        """Where the next numbers of its lanes are."""
        source = updates[self.updated[0][1]]
        taken = dict(self.updated)
        return [updates[taken[lane]] if lane in taken else source._replace(lane=lane) for lane in range(self.width)]


def _states(updates: list[Lane]) -> list[_State]:
    """The vectors in which updated leaves are carried: those in which a trial computed the updates."""
    inside: dict[tuple[str, int], dict[int, int]] = {}
    for leaf, lane in enumerate(updates):
        taken = inside.setdefault((lane.name, lane.width), {})
        if lane.lane in taken or lane.name.startswith("%number"):
            inside[f"{leaf}", 1] = {0: leaf}  # Two leaves may get the same number, but each began with its own.
        else:
            taken[lane.lane] = leaf
    return [
        _State([taken.get(lane, next(iter(taken.values()))) for lane in range(width)], list(taken.items()))
        for (_, width), taken in inside.items()
        if taken
    ]
