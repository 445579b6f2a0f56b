"""Numbers in memory, for loop nests in lanes: where an array lies, and what a round of the loops finds there.

Addresses are moved step by step, by one loop after the other, and remembered in the loop where they were computed: what
depends on the outer loops only is not computed again in the inner ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from engine.machine.code import Code
from engine.programs.affine import Access


class Place(NamedTuple):
    """Where an array lies: element e of row r is number ``start + step · e + row · r`` after the pointer ``base``."""

    base: str
    start: int = 0
    step: int = 1
    row: int = 0


class Index(NamedTuple):
    """The round of a loop: ``start + step · name``, where ``name`` is a number that the code counts, or empty."""

    name: str
    step: int
    start: int

    def moved(self, rounds: int) -> Index:
        """The index of a later round."""
        return self._replace(start=self.start + rounds)


ROWS = -1
"""Stands for the loop over rows, where it runs in lanes."""


class Round(NamedTuple):
    """Where the code is: the index of each loop, those over terms last, and of the row."""

    indices: tuple[Index, ...]
    row: Index


NOWHERE = Index("", 0, 0)


class Memory:
    """Writes the lines that load and store the numbers of arrays.

    places  where the array of an access lies
    tables  the tables of elements that the lines use, which the module has to have as ``@table0``, ``@table1``, …
    lane    the loop that runs in lanes, or `ROWS`, or None
    """

    def __init__(self, code: Code, places: Callable[[Access], Place], tables: dict[tuple[int, ...], int]) -> None:
        self.code = code
        self.places = places
        self.tables = tables
        self.scopes: list[dict[tuple[object, ...], str]] = [{}]
        self.lane: int | None = None

    def load(self, access: Access, here: Round) -> str:
        """What an access finds, in each lane."""
        code = self.code
        place = self.places(access)
        if access.table:
            return self.from_table(access, place, here)
        pointer, offset, stride = self.position(place, access, here)
        key = (pointer, offset, stride, code.lanes)
        return self.remembered(key, lambda: self.loaded(pointer, offset, stride))

    def loaded(self, pointer: str, offset: int, stride: int) -> str:
        """Numbers at a distance of ``stride`` from each other."""
        code = self.code
        if stride == 0 or code.lanes == 1:
            return code.spread(code.load(pointer, offset))
        if stride == 1:
            return code.emit(f"load {code.type}, ptr {code.at(pointer, offset)}, align 8")
        return code.gather([code.load(pointer, offset + stride * lane) for lane in range(code.lanes)])

    def store(self, access: Access, here: Round, number: str) -> None:
        """Leave a number in each lane's element."""
        code = self.code
        place = self.places(access)
        if access.table:
            for lane, one in enumerate(code.split(number)):
                code.store(one, self.element_of(access, place, here, lane), 0)
            return
        pointer, offset, stride = self.position(place, access, here)
        if stride == 1 or code.lanes == 1:
            code.do(f"store {code.type} {number}, ptr {code.at(pointer, offset)}, align 8")
            return
        for lane, one in enumerate(code.split(number)):
            code.store(one, pointer, offset + stride * lane)

    def position(self, place: Place, access: Access, here: Round) -> tuple[str, int, int]:
        """(pointer, offset, distance between lanes) of what an access finds."""
        strides = [place.step * stride for stride in access.strides]
        pairs = [*zip(strides, here.indices, strict=True), (place.row, here.row)]
        pointer, offset = self.pointer(place.base, pairs)
        lane = 0 if self.lane is None else min(place.row, 1) if self.lane == ROWS else strides[self.lane]
        return pointer, place.start + place.step * access.start + offset, lane

    def pointer(self, base: str, pairs: Sequence[tuple[int, Index]]) -> tuple[str, int]:
        """A pointer moved by the counted part of ``Σ stride · index``, and the part that is known."""
        moving = tuple([(index.name, stride * index.step) for stride, index in pairs if index.name and stride])
        known = sum(stride * index.start for stride, index in pairs)
        for number in range(len(moving)):
            base = self.moved(base, *moving[number])
        return base, known

    def moved(self, base: str, name: str, distance: int) -> str:
        """A pointer moved by some numbers for each round of a loop."""

        def write() -> str:
            offset = name if distance == 1 else self.code.emit(f"mul i64 {name}, {distance}")
            return self.code.at(base, offset)

        return self.remembered(("pointer", base, name, distance), write)

    def remembered(self, key: tuple[object, ...], write: Callable[[], str]) -> str:
        """What was computed before in this loop or one around it; else it is written now."""
        for scope in reversed(self.scopes):
            if key in scope:
                return scope[key]
        self.scopes[-1][key] = found = write()
        return found

    def from_table(self, access: Access, place: Place, here: Round) -> str:
        """What an access finds whose elements stand in a table."""
        lanes = range(self.code.lanes)
        return self.code.gather([self.code.load(self.element_of(access, place, here, lane), 0) for lane in lanes])

    def element_of(self, access: Access, place: Place, here: Round, lane: int) -> str:
        """The address of what an access finds in one lane."""
        code = self.code
        number = self.tables.setdefault(access.table, len(self.tables))
        strides = access.strides  # Of an access by table: how its rounds are numbered.
        pairs = list(zip(strides, here.indices, strict=True))
        pointer, offset = self.pointer(f"@table{number}", pairs)
        offset += strides[self.lane] * lane if self.lane is not None and self.lane != ROWS else 0
        element = code.load(pointer, offset, "i64")
        if place.step != 1:
            element = code.emit(f"mul i64 {element}, {place.step}")
        row_pointer, row = self.pointer(place.base, [(place.row, here.row)])
        row += min(place.row, 1) * lane if self.lane == ROWS else 0
        return code.at(code.at(row_pointer, element), place.start + row)
