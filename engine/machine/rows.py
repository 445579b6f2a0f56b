"""Sums over rows in LLVM's language.

    define i64 @sum(ptr %rows, i64 %count, ptr %numbers, ptr %totals):
        the nests that are the same for all rows
        for block in range(0, count, 40):
            columns = the inputs of 40 rows, turned so that those of different rows lie side by side
            the nests, 8 rows in the lanes of a vector
            totals += the outputs of each row, one row after the other

A nest is carried out for all rows of a block at once; so a weight that is loaded serves many rows, and what they leave
for the next nest is still at hand. Outputs are added row by row, in lanes that are outputs then: a gradient's entry
[j, i], the product of what came from neuron j and what input i was, is a sum over rows like that of a matrix product.
The order of additions is that of the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import NamedTuple

from engine.machine.blocking import in_pieces
from engine.machine.code import Code, Options
from engine.machine.kernels import Kernel, kernel_of, reading
from engine.machine.lanes import best_lane
from engine.machine.memory import ROWS, Place
from engine.machine.parts import Parts
from engine.machine.turning import turn_function
from engine.programs.affine import NUMBERS, Access, canonical, refines
from engine.programs.nests import Nest, Nests, Terms
from engine.programs.rolling import Delivery

CACHE = 40_000
"""How many bytes the numbers of a block of rows may have, so that they stay in the first-level cache."""

FEWEST_VECTORS = 5
MOST_VECTORS = 16
"""How many vectors of rows make a block."""

TOTALS = 1 << 60
"""Stands for the array of totals."""


def sum_module(nests: Nests, options: Options) -> str:
    """``i64 sum(rows, count, numbers, totals)``: 0, with the summed outputs in ``totals``; 1 if it may have failed.

    rows     the inputs of the rows, one row after the other
    numbers  room for the inputs, then the leaves
    totals   the sums
    """
    return _Sum(nests, options).text()


class Total(NamedTuple):
    """An output to be summed over rows: where it comes from, and the nest of its product, if it is one.

    lane  the loop of that nest that runs in lanes
    """

    delivery: Delivery
    nest: Nest | None = None
    lane: int | None = None


class _Sum(Parts):
    """The functions that make up ``sum``, and the memory they share."""

    parameters = (
        "ptr noalias %numbers, ptr noalias %frame, ptr noalias %rows, ptr noalias %totals, ptr noalias %alarm, "
        "i64 %vectors, i64 %count"
    )

    def __init__(self, nests: Nests, options: Options) -> None:
        super().__init__(nests, options)
        nests = self.nests
        self.lanes = options.lanes
        self.width = len(nests.rolled.tape.input_labels)
        self.sizes = {group.number: group.size for group in nests.rolled.groups}
        self.homes = {group: nest for nest in nests.nests for group in nest.groups}
        self.needed = {access.array for nest in nests.nests for access in nest.slots}
        self.turned: dict[int, Place] = {}
        self.totals = [self.total(delivery) for delivery in nests.rolled.outputs]
        products = [total.nest for total in self.totals if total.nest]
        self.running = [nest for nest in nests.nests if nest not in products]
        self.arrange([group for nest in self.running for group in nest.groups if group in nests.read])

    def total(self, delivery: Delivery) -> Total:
        """How an output is summed; what has to be turned for that is noted."""
        array = delivery.source.array
        nest = self.homes.get(array)
        if nest and nest.moves and array not in self.needed and _is_product(nest, delivery):
            target = delivery.target.spread(delivery.dims, nest.dims)
            lane = min(range(len(nest.dims)), key=lambda loop: self.product_cost(nest, target, loop))
            for access in nest.body.slots:
                if access.strides[lane] and self.moves(access) and access.array >= 0:
                    self.turned.setdefault(access.array, Place(""))
            return Total(delivery, nest, lane)
        return Total(delivery)

    def product_cost(self, nest: Nest, target: Access, lane: int) -> float:
        """About what a product costs for each row, if this loop of its nest runs in lanes."""
        size = prod(nest.dims)
        cost = size / nest.dims[lane] * -(-nest.dims[lane] // self.lanes)
        if target.strides[lane] != 1:
            cost += size / self.lanes / 4  # Its totals are loaded and stored one by one, once for each block.
        for access in nest.body.slots:
            if access.strides[lane] not in (0, 1):
                cost += size
            elif access.strides[lane] and access.array >= 0 and access.array not in self.turned:
                cost += self.sizes[access.array] / 4
        return cost

    def moves(self, access: Access) -> bool:
        """Whether what an access finds is another for each row."""
        if access.array == NUMBERS:
            return (access.table[0] if access.table else access.start) < self.width
        return access.array >= 0 and self.homes[access.array].moves

    def arrange(self, kept: list[int]) -> None:
        """Decide how many rows are a block, and where the arrays lie."""
        moving = [group for group in kept if self.homes[group].moves]
        a_row = self.width + sum(self.sizes[group] for group in (*moving, *self.turned))
        vectors = CACHE // (8 * self.lanes * a_row)
        self.block = self.lanes * max(FEWEST_VECTORS, min(MOST_VECTORS, vectors))
        padded = self.padded(self.width)
        self.inputs = Place("%frame", self.frame.room(padded * self.block), self.lanes, padded)
        for group in kept:
            rows = self.block if group in moving else 1
            start = self.frame.room(self.sizes[group] * rows)
            self.frame.groups[group] = Place("%frame", start, rows, 1 if group in moving else 0)
        for group in self.turned:
            padded = self.padded(self.sizes[group])
            self.turned[group] = Place("%frame", self.frame.room(padded * self.block), 1, padded)

    def padded(self, size: int) -> int:
        """A size filled up to whole vectors."""
        return -(-size // self.lanes) * self.lanes

    def place(self, access: Access) -> Place:
        """Where an array lies while the rows of a block are side by side."""
        return self.inputs if access.array == NUMBERS and self.moves(access) else self.frame.place(access)

    def place_across(self, access: Access) -> Place:
        """Where an array lies while rows are added up."""
        if access.array == TOTALS:
            return Place("%totals")
        if access.array == NUMBERS and self.moves(access):
            return Place("%rows", 0, 1, self.width)
        return self.turned.get(access.array) or self.frame.place(access)

    def text(self) -> str:
        """The module."""
        fixed = [self.function(self.kernel(nest), self.place) for nest in self.running if not nest.moves]
        inputs = _in_frame(self.inputs), self.width, self.lanes, self.inputs.row
        moving = [_turned(("%rows", "%count", self.width), inputs)]
        moving += [self.function(self.kernel(nest), self.place) for nest in self.running if nest.moves]
        for group, place in self.turned.items():
            source = _in_frame(self.frame.groups[group])
            moving.append(_turned((source, self.sizes[group], self.block), (_in_frame(place), "%count", place.row, 1)))
        across = [
            self.function(self.across(total), self.place_across) for total in self.totals if self.is_moving(total)
        ]
        return self.module(turn_function(self.lanes), self.driver(fixed, moving + across))

    def is_moving(self, total: Total) -> bool:
        """Whether an output is another for each row."""
        return self.moves(total.delivery.source)

    # --- Nests as functions -------------------------------------------------------------------------------------------

    def kernel(self, nest: Nest) -> Kernel:
        """A nest, the rows in lanes if they differ."""
        kernel = kernel_of(nest, self.frame.groups)
        return kernel._replace(lane=ROWS if nest.moves else best_lane(kernel, self.place, self.lanes))

    def across(self, total: Total) -> Kernel:
        """The nest that adds an output of all rows to its total."""
        delivery, nest, lane = total
        target = delivery.target._replace(array=TOTALS)
        if nest:
            dims, term = nest.dims, nest.body
            target = target.spread(delivery.dims, dims)
        else:
            dims, term = delivery.dims, reading(delivery.source)
        kernel = Kernel(dims, lane, [[Terms((), term)]], reading(), [target], [target], across=True)
        return kernel if nest else kernel._replace(lane=best_lane(kernel, self.place_across, self.lanes))

    def function(self, kernel: Kernel, places: Callable[[Access], Place]) -> str:
        """The call of a new function that carries out a nest."""
        return self.part(in_pieces(kernel), places)

    def driver(self, fixed: list[str], moving: list[str]) -> str:
        """``sum`` itself."""
        code = Code(self.options)
        code.do("store i8 0, ptr @alarm")
        outputs = len(self.nests.rolled.tape.outputs)
        code.clear("%totals", 8 * outputs)
        for call in fixed:
            self.call(code, call, rows="%all", vectors="0", count="0")
        blocks = code.emit(f"udiv i64 {code.emit(f'add i64 %number, {self.block - 1}')}, {self.block}")
        with code.loop("block", blocks):
            start = code.emit(f"mul i64 %block, {self.block}")
            rows = code.at("%all", code.emit(f"mul i64 {start}, {self.width}"))
            left = code.emit(f"sub i64 %number, {start}")
            count = code.emit(f"call i64 @llvm.umin.i64(i64 {left}, i64 {self.block})")
            vectors = code.emit(f"udiv i64 {code.emit(f'add i64 {count}, {self.lanes - 1}')}, {self.lanes}")
            for call in moving:
                self.call(code, call, rows=rows, vectors=vectors, count=count)
        still = [self.across(total) for total in self.totals if not self.is_moving(total)]
        finite = Kernel((outputs,), 0, [], reading(Access(TOTALS, 0, (1,))), [None], checked=True)
        for kernel in (*still, finite):
            call = self.function(kernel, self.place_across)
            self.call(code, call, rows="%all", vectors="0", count="%number")
        result = code.emit(f"zext i8 {code.emit('load i8, ptr @alarm')} to i64")
        parameters = "ptr noalias readonly %all, i64 %number, ptr noalias readonly %numbers, ptr noalias %totals"
        return code.define(f"i64 @sum({parameters})", f"i64 {result}")


def _is_product(nest: Nest, delivery: Delivery) -> bool:
    """Whether a nest only multiplies two numbers, and all its results leave the program."""
    listing = nest.body.listing
    last = listing.instructions[-1]
    return (
        len(nest.groups) == 1
        and not nest.sums
        and nest.dims != ()
        and len(nest.body.slots) == 2
        and len(listing.instructions) == 3
        and last.kind == "mul"
        and len(set(last.operands)) == 2
        and not any(access.table for access in nest.body.slots)
        and delivery.source[1:] == (0, canonical(delivery.dims), ())
        and prod(delivery.dims) == prod(nest.dims)
        and (delivery.dims == nest.dims or refines(nest.dims, delivery.dims))
    )


def _in_frame(place: Place) -> str:
    """Where an array begins."""
    return f"getelementptr (double, ptr @frame, i64 {place.start})"


def _turned(source: tuple[str, object, object], target: tuple[str, object, object, int]) -> str:
    """The call that turns an array: see `engine.machine.turning.turn_function`."""
    operands = [f"ptr {end[0]}, i64 {', i64 '.join(map(str, end[1:]))}" for end in (source, target)]
    return f"call void @turn({', '.join(operands)})"
