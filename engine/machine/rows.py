"""Sums over rows in LLVM's language: a vector with a number for each row stands where a number stood.

    define i64 @sum(ptr %rows, i64 %count, ptr %numbers, ptr %totals):
        before(numbers)                       what is the same for all rows waits in @fixed
        for block in range(count / lanes):
            block(rows, @fixed, @sums, …)     a vector of rows: their outputs are added to @sums
        if count % lanes:
            block(@front, @fixed, @last, …)   the rows that remain: their outputs are in @last
        for i in range(outputs):
            totals[i] = the sum of the lanes of @sums[i] and @last[i]

So ``%t9 = fmul <4 x double> %t7, %t8`` multiplies for four rows. The rows that remain are copied to a block of their
own, filled up with the first of them; only the lanes of @last that have a row are added.

Most outputs of a gradient are products: the gradient by a weight is an activation times a delta, and a layer of 16 by
16 has 256 of them, of 32 factors. So ``block`` leaves the factors on a ``@panel``. When the panel is full, ``products``
adds all that can be made of them to the sums (see `engine.machine.products`).
"""

from __future__ import annotations

from engine.machine.code import Code, Options, Parts, as_number, as_truth, places, sources, with_functions
from engine.machine.products import find_products, multiplication
from engine.machine.text import Lines
from engine.programs.analysis import split_by_inputs
from engine.programs.lowering import Listing
from engine.programs.ranges import fallible

PANEL_BYTES = 24_000
"""The most bytes of factors that wait at once: three quarters of a small first-level cache."""

DEEPEST_PANEL = 16
"""The most blocks whose factors wait at once."""


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
        self.lanes, self.width = options.lanes, len(sources(listing, "input"))
        self.vector = f"<{self.lanes} x double>"
        self.outputs = max(1, len(listing.outputs))
        self.fixed, self.moving = split_by_inputs(listing)
        self.moves = set(self.moving)
        self.factors, self.products = find_products(listing, self.moves)
        self.depth = max(1, min(DEEPEST_PANEL, PANEL_BYTES // (8 * self.lanes * max(1, len(self.factors)))))
        self.fixed_places = {p: place for place, p in enumerate(_needed(listing, self.moves))}

    def text(self) -> str:
        """The module."""
        before = self.before()
        block = self.block()
        multiply = Lines(self.lanes, block.codes[0].flags)
        code = Code(
            self.listing,
            self.options,
            1,
            lambda code, position: code.load("@fixed", self.fixed_places[position]),
            set(),
        )
        functions = [
            self.arrays(),
            before.define("internal i1 @before(ptr noalias readonly %numbers)", f"i1 {before.failed()}"),
            block.text(),
            multiplication(multiply, self.products, self.depth),
            self.sum(code),
            with_functions(self.listing, self.options, self.lanes, before, multiply, code, *block.codes),
        ]
        return "\n".join(functions)

    def arrays(self) -> str:
        """What lies in memory between the functions."""
        sizes = {
            "fixed": (max(1, len(self.fixed_places)), "double"),
            "sums": (self.outputs, self.vector),
            "last": (self.outputs, self.vector),
            "panel": (max(1, len(self.factors)) * self.depth, self.vector),
            "front": (self.lanes * self.width, "double"),
        }
        return "\n".join(
            f"@{name} = internal global [{size} x {kind}] zeroinitializer, align 64"
            for name, (size, kind) in sizes.items()
        )

    def before(self) -> Code:
        """What is the same for all rows."""
        failing = fallible(self.listing)
        code = Code(self.listing, self.options, 1, lambda code, position: code.load("%numbers", position), failing)
        code.run(self.fixed)
        for position, place in self.fixed_places.items():
            code.store(as_number(code, position), "@fixed", place)
        return code

    def block(self) -> Parts:
        """What is done for a vector of rows."""
        apart = {self.listing.outputs[product.output] for product in self.products}
        factor_places = {position: place for place, position in enumerate(self.factors)}
        single = {p: indices for p, indices in places(self.listing.outputs).items() if p not in apart}

        def fetch(code: Code, position: int) -> str:
            """Read what is the same for all rows, or an input of each."""
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

    # --- sum itself ---------------------------------------------------------------------------------------------------

    def sum(self, code: Code) -> str:
        """``sum``: each step below writes its lines, and the next gets to know the name of what it found."""
        code.emit(f"udiv i64 %count, {self.lanes}", "blocks")
        code.emit(f"urem i64 %count, {self.lanes}", "remaining")
        code.emit("call i1 @before(ptr %numbers)", "failed")
        self.add_blocks(code)
        self.add_remaining(code)
        self.add_lanes(code)
        infinite = self.add_fixed(code)
        failed = code.emit(f"zext i1 {code.emit(f'or i1 %infinite, {infinite}')} to i64")
        parameters = "ptr noalias readonly %rows, i64 %count, ptr noalias readonly %numbers, ptr noalias %totals"
        return code.define(f"i64 @sum({parameters})", f"i64 {failed}")

    def add_blocks(self, code: Code) -> None:
        """One vector of rows after the other; the products when the panel is full, and at the end."""
        code.clear("@sums", 8 * self.lanes * self.outputs)
        with code.loop("block", "%blocks", failed1=("i1", "%failed")) as loop:
            row = code.at("%rows", "%block", f"[{self.lanes * self.width} x double]")
            slot = code.emit(f"urem i64 %block, {self.depth}")
            failed = self.call_block(code, row, "@sums", code.at("@panel", slot, self.vector))
            loop.next["failed1"] = code.emit(f"or i1 %failed1, {failed}")
            if self.products:
                filled = code.emit(f"add i64 {slot}, 1")
                full = code.emit(f"icmp eq i64 {filled}, {self.depth}")
                ended = code.emit(f"icmp eq i64 {code.emit('add i64 %block, 1')}, %blocks")
                with code.when("full", code.emit(f"or i1 {full}, {ended}")):
                    code.lines.append(f"  call void @products(ptr @sums, ptr @panel, i64 {filled})")

    def call_block(self, code: Code, row: str, sums: str, panel: str) -> str:
        """Whether a vector of rows failed, whose outputs are added to ``sums``."""
        return code.emit(f"call i1 @block(ptr {row}, ptr @fixed, ptr {sums}, ptr {panel})")

    def add_remaining(self, code: Code) -> None:
        """The rows that are fewer than a vector, in a block of their own."""
        with code.when("rest", code.emit("icmp ne i64 %remaining, 0"), failed2=("i1", "%failed1")) as rest:
            code.clear("@last", 8 * self.lanes * self.outputs)
            start = code.at("%rows", "%blocks", f"[{self.lanes * self.width} x double]")
            for lane in range(self.lanes):
                there = code.emit(f"icmp ugt i64 %remaining, {lane}")
                chosen = code.emit(f"select i1 {there}, i64 {lane * self.width}, i64 0")
                code.copy(code.at(start, chosen), code.at("@front", lane * self.width), 8 * self.width)
            failed = self.call_block(code, "@front", "@last", "@panel")
            if self.products:
                code.lines.append("  call void @products(ptr @last, ptr @panel, i64 1)")
            rest.next["failed2"] = code.emit(f"or i1 %failed1, {failed}")

    def add_lanes(self, code: Code) -> None:
        """The sums of the lanes, and whether one is not finite."""
        lanes, vector = self.lanes, self.vector
        truth, integers = f"<{lanes} x i1>", f"<{lanes} x i64>"
        order = ", ".join(f"i64 {lane}" for lane in range(lanes))
        one = code.emit(f"insertelement {integers} poison, i64 %remaining, i32 0")
        every = code.emit(f"shufflevector {integers} {one}, {integers} poison, <{lanes} x i32> zeroinitializer")
        there = code.emit(f"icmp ult {integers} <{order}>, {every}")
        add_up = f"double @llvm.vector.reduce.fadd.v{lanes}f64"
        code.called.add(f"declare {add_up}(double, {vector})")
        with code.loop("i", str(self.outputs), infinite=("i1", "%failed2")) as loop:
            whole, last = (code.load(array, "%i", vector) for array in ("@sums", "@last"))
            live = code.emit(f"select {truth} {there}, {vector} {last}, {vector} zeroinitializer")
            joined = code.emit(f"fadd {vector} {whole}, {live}")
            total = code.emit(f"call reassoc {add_up}(double 0.0, {vector} {joined})")
            code.store(total, "%totals", "%i")
            loop.next["infinite"] = code.emit(f"or i1 %infinite, {code.infinite([total])}")

    def add_fixed(self, code: Code) -> str:
        """The outputs that are the same for all rows, times their number; whether one is not finite."""
        many = code.emit("uitofp i64 %count to double")
        totals = []
        for index, output in enumerate(self.listing.outputs):
            if output not in self.moves:
                totals.append(code.mul(code.value(output), many))
                code.store(totals[-1], "%totals", index)
        return code.infinite(totals)


def _needed(listing: Listing, moves: set[int]) -> list[int]:
    """The positions of what is the same for all rows and is needed for each, or is an output; constants apart."""
    needed = set(listing.outputs)
    for position in moves:
        instruction = listing.instructions[position]
        needed.update(operand for operand in (*instruction.operands, instruction.guard) if operand >= 0)
    return sorted(p for p in needed - moves if listing.instructions[p].operation != "constant")
