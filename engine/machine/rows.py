"""Sums over rows in LLVM's language: several rows at once, as a vector with a number for each.

    define i64 @sum(ptr %rows, i64 %count, ptr %numbers, ptr %totals):
        before(numbers)                           once, what is the same for all rows: left in @fixed
        for block in range(count / lanes):
            block(rows[block], @fixed, @sums)     a vector of rows: their outputs are added to @sums
        if count % lanes:
            block(@front, @fixed, @last)          the rows that remain: their outputs are added to @last
        for i in range(outputs):
            totals[i] = the sum of the lanes of @sums[i] and @last[i]

In ``block``, ``%t9 = fmul <4 x double> %t7, %t8`` multiplies for four rows. The rows that remain are copied to
``@front``, which is filled up with copies of the first; only the lanes of ``@last`` that have a row are added.

Most outputs of a gradient are products: the gradient with respect to a weight is an activation times a delta, and a
layer of 16 by 16 has 256 of them, made of 32 factors. So ``block`` leaves the factors on a ``@panel``. When the panel
is full, ``products`` multiplies them and adds to the sums (see `engine.machine.products`).
"""

from __future__ import annotations

from engine.machine.code import Code, Options, Parts, as_number, as_truth, places, with_functions
from engine.machine.products import add_products, find_products
from engine.machine.text import array, module
from engine.programs.kinds import GIVEN
from engine.programs.listing import Listing

PANEL_BYTES = 24_000
"""The most memory for factors that wait: three quarters of a small first-level cache."""

DEEPEST_PANEL = 16
"""The most blocks whose factors wait."""


def sum_module(listing: Listing, options: Options) -> str:
    """``i64 sum(rows, count, numbers, totals)``: 0, with the summed outputs in ``totals``; 1 if it may have failed.

    rows     the inputs of the rows, one row after the other
    numbers  room for the inputs, then the leaves
    totals   the sums
    """
    return _Sum(listing, options).text()


class _Sum:
    """The functions that make up ``sum``, and the arrays they share."""

    def __init__(self, listing: Listing, options: Options) -> None:
        self.listing, self.options = listing, options
        self.lanes, self.width = options.lanes, len(listing.inputs)
        self.vector = f"<{self.lanes} x double>"
        self.outputs = max(1, len(listing.outputs))
        self.fixed, self.moving = listing.by_inputs
        self.moves = set(self.moving)
        self.factors, self.products = find_products(listing, self.moves)
        self.depth = max(1, min(DEEPEST_PANEL, PANEL_BYTES // (8 * self.lanes * max(1, len(self.factors)))))
        self.fixed_places = {p: place for place, p in enumerate(_needed(listing, self.moves))}

    def text(self) -> str:
        """The module."""
        before, block, total = self.before(), self.block(), self.total()
        parameters = "ptr noalias readonly %rows, i64 %count, ptr noalias readonly %numbers, ptr noalias %totals"
        arrays = {"fixed": len(self.fixed_places), "front": self.lanes * self.width}
        vectors = {"sums": self.outputs, "last": self.outputs, "panel": len(self.factors) * self.depth}
        return module(
            *(array(name, size) for name, size in arrays.items()),
            *(array(name, size, self.vector) for name, size in vectors.items()),
            with_functions(self.listing, self.options, self.lanes, *before.codes, *block.codes),
            before.text(),
            block.text(),
            add_products(self.products, self.lanes, total.flags, self.depth) if self.products else "",
            total.define(f"i64 @sum({parameters})", "i64 %result"),
        )

    def before(self) -> Parts:
        """``before``: what is the same for all rows; and its parts."""

        def fetch(code: Code, position: int) -> str:
            """Read a leaf."""
            return code.load("%numbers", position)

        def finish(code: Code, position: int) -> None:
            """Leave what a row needs."""
            if position in self.fixed_places:
                code.store(as_number(code, position), "@fixed", self.fixed_places[position])

        kinds = [instruction.kind for instruction in self.listing.instructions]
        chosen = [p for p in self.fixed if kinds[p] not in GIVEN or p in self.fixed_places]
        parameters = "ptr noalias readonly %numbers"
        return Parts(self.listing, self.options, 1, chosen, fetch, finish, parameters, "before")

    def block(self) -> Parts:
        """``block``: what is done for a vector of rows; and its parts."""
        apart = {self.listing.outputs[product.output] for product in self.products}
        factor_places = {position: place for place, position in enumerate(self.factors)}
        single = {p: indices for p, indices in places(self.listing.outputs).items() if p not in apart}

        def fetch(code: Code, position: int) -> str:
            """Read what is the same for all rows, or the inputs of several."""
            if position in self.fixed_places:
                return as_truth(code, position, code.spread(code.load("%fixed", self.fixed_places[position])))
            return code.gather([code.load("%row", lane * self.width + position) for lane in range(self.lanes)])

        def finish(code: Code, position: int) -> None:
            """Leave a factor on the panel, or add an output to its sum."""
            if position in factor_places:
                code.store(code.value(position), "%panel", factor_places[position] * self.depth, self.vector)
            for index in single.get(position, ()):
                held = code.load("%sums", index, self.vector)
                code.store(code.add(held, code.value(position)), "%sums", index, self.vector)

        names = ("readonly %row", "readonly %fixed", "%sums", "%panel")
        parameters = ", ".join(f"ptr noalias {name}" for name in names)
        chosen = [position for position in self.moving if position not in apart]
        return Parts(self.listing, self.options, self.lanes, chosen, fetch, finish, parameters)

    def total(self) -> Code:
        """The lines of ``sum`` itself, step by step; ``%failed`` with a number is whether one has failed so far."""
        code = Code(self.listing, self.options, 1, lambda code, p: code.load("@fixed", self.fixed_places[p]), set())
        code.emit(f"udiv i64 %count, {self.lanes}", "blocks")
        code.emit(f"urem i64 %count, {self.lanes}", "remaining")
        code.emit("call i1 @before(ptr %numbers)", "failed")
        self.add_blocks(code)
        self.add_remaining(code)
        self.add_lanes(code)
        self.add_fixed(code)
        code.emit("zext i1 %failed4 to i64", "result")
        return code

    def add_blocks(self, code: Code) -> None:
        """One vector of rows after the other; the products when the panel is full, and at the end."""
        code.clear("@sums", 8 * self.lanes * self.outputs)
        with code.loop("block", "%blocks", failed1=("i1", "%failed")) as becomes:
            row = code.at("%rows", "%block", f"[{self.lanes * self.width} x double]")
            slot = code.emit(f"urem i64 %block, {self.depth}", "slot")
            panel = code.at("@panel", slot, self.vector)
            failed = code.emit(f"call i1 @block(ptr {row}, ptr @fixed, ptr @sums, ptr {panel})")
            becomes["failed1"] = code.emit(f"or i1 %failed1, {failed}")
            if self.products:
                filled = code.emit(f"add i64 {slot}, 1", "filled")
                full = code.emit(f"icmp eq i64 {filled}, {self.depth}")
                ended = code.emit(f"icmp eq i64 {code.emit('add i64 %block, 1')}, %blocks")
                with code.when("full", code.emit(f"or i1 {full}, {ended}")):
                    code.do(f"call void @products(ptr @sums, ptr @panel, i64 {filled})")

    def add_remaining(self, code: Code) -> None:
        """The rows that are fewer than a vector, in a block of their own, ``@front``."""
        row = f"[{self.width} x double]"
        with code.when("rest", code.emit("icmp ne i64 %remaining, 0"), failed2=("i1", "%failed1")) as becomes:
            code.clear("@last", 8 * self.lanes * self.outputs)
            start = code.at("%rows", code.emit("sub i64 %count, %remaining"), row)
            with code.loop("lane", str(self.lanes)):
                there = code.emit("icmp ult i64 %lane, %remaining")
                chosen = code.emit(f"select i1 {there}, i64 %lane, i64 0")
                code.copy(code.at(start, chosen, row), code.at("@front", "%lane", row), 8 * self.width)
            failed = code.emit("call i1 @block(ptr @front, ptr @fixed, ptr @last, ptr @panel)")
            if self.products:
                code.do("call void @products(ptr @last, ptr @panel, i64 1)")
            becomes["failed2"] = code.emit(f"or i1 %failed1, {failed}")

    def add_lanes(self, code: Code) -> None:
        """The sums of the lanes, and whether one is not finite."""
        lanes, vector, integers = self.lanes, self.vector, f"<{self.lanes} x i64>"
        one = code.emit(f"insertelement {integers} poison, i64 %remaining, i32 0")
        every = code.emit(f"shufflevector {integers} {one}, {integers} poison, <{lanes} x i32> zeroinitializer")
        order = ", ".join(f"i64 {lane}" for lane in range(lanes))
        there = code.emit(f"icmp ult {integers} <{order}>, {every}", "there")
        add_up = f"double @llvm.vector.reduce.fadd.v{lanes}f64"
        with code.loop("i", str(self.outputs), failed3=("i1", "%failed2")) as becomes:
            whole, last = (code.load(array, "%i", vector) for array in ("@sums", "@last"))
            live = code.emit(f"select <{lanes} x i1> {there}, {vector} {last}, {vector} zeroinitializer")
            joined = code.emit(f"fadd {vector} {whole}, {live}")
            total = code.emit(f"call reassoc {add_up}(double 0.0, {vector} {joined})")
            code.store(total, "%totals", "%i")
            becomes["failed3"] = code.emit(f"or i1 %failed3, {code.infinite([total])}")

    def add_fixed(self, code: Code) -> None:
        """The outputs that are the same for all rows, times their number; and whether one is not finite."""
        many = code.emit("uitofp i64 %count to double", "many")
        totals = {i: code.mul(code.value(p), many) for i, p in enumerate(self.listing.outputs) if p not in self.moves}
        for index, total in totals.items():
            code.store(total, "%totals", index)
        code.emit(f"or i1 %failed3, {code.infinite(list(totals.values()))}", "failed4")


def _needed(listing: Listing, moves: set[int]) -> list[int]:
    """The positions of what is the same for all rows and needed in each, or an output; without constants."""
    needed = set(listing.outputs)
    for position in moves:
        needed.update(listing.instructions[position].needs)
    return sorted(p for p in needed - moves if listing.instructions[p].kind != "constant")
