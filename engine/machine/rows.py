"""Sums over rows in LLVM's language: a vector with a number for each row stands where a number stood.

``sum`` takes as many rows at once as a register holds doubles. What is the same for all rows is computed first and
waits in an array, ``@fixed``. Then ``block`` takes one vector of rows after the other, and adds their outputs to
``@sums``.

Most outputs of a gradient are products: the gradient by a weight is an activation times a delta, and a layer of 16 by
16 has 256 of them, of 32 factors. So the factors of some blocks are left on a ``@panel``, and ``products`` adds all
that can be made of them to the sums, 4 by 4 at a time: 16 sums stay in registers for 8 numbers that are loaded.

The rows that remain are copied to the front of a block of their own, filled up with the first of them; of its sums, the
lanes that have a row are added.
"""

from __future__ import annotations

from engine.machine.code import Code, Options, Parts, as_number, as_truth, places, with_functions
from engine.machine.products import find_products, find_tiles, tile_loop
from engine.machine.text import Lines, literal
from engine.programs.listing import Listing

PANEL_BYTES = 24_000
"""How much of the factors waits at once: three quarters of a small first-level cache."""

DEEPEST_PANEL = 16
"""Of how many blocks the factors wait at most."""


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
        self.fixed, self.moving = listing.by_inputs
        self.moves = set(self.moving)
        self.factors, self.products = find_products(listing, self.moves)
        self.depth = max(1, min(DEEPEST_PANEL, PANEL_BYTES // (8 * self.lanes * max(1, len(self.factors)))))
        self.fixed_places = {p: place for place, p in enumerate(_needed(listing, self.moves))}

    def text(self) -> str:
        """The module."""
        before, before_failed = self.before()
        parts = self.block()
        multiply = Lines(self.lanes, parts.codes[0].flags)
        products = self.multiplication(multiply)
        end, still_infinite = self.end()
        return f"""{self.arrays()}
define internal i1 @before(ptr noalias readonly %numbers) {{
{before.text()}
  ret i1 {before_failed}
}}
{parts.text()}
{products}
{self.loop(end.text(), still_infinite)}
{with_functions(self.listing, self.options, self.lanes, before, end, multiply, *parts.codes)}
"""

    def arrays(self) -> str:
        """What lies in memory between the functions."""
        outputs = max(1, len(self.listing.outputs))
        sizes = {
            "fixed": (max(1, len(self.fixed_places)), "double"),
            "sums": (outputs, self.vector),
            "last": (outputs, self.vector),
            "panel": (max(1, len(self.factors)) * self.depth, self.vector),
            "front": (self.lanes * self.width, "double"),
        }
        return "\n".join(
            f"@{name} = internal global [{size} x {kind}] zeroinitializer, align 64"
            for name, (size, kind) in sizes.items()
        )

    def before(self) -> tuple[Code, str]:
        """What is the same for all rows, and whether it failed."""
        failing = self.listing.fallible
        code = Code(self.listing, self.options, 1, lambda code, position: code.load("%numbers", position), failing)
        code.run(self.fixed)
        for position, place in self.fixed_places.items():
            code.store(as_number(code, position), "@fixed", place)
        return code, code.failed()

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

    def multiplication(self, code: Lines) -> str:
        """The function that adds the products of the factors on the panel to the sums."""
        tiles = find_tiles(self.products)
        loops = "".join(tile_loop(code, number, tile, self.depth) for number, tile in enumerate(tiles))
        return f"""
define internal void @products(ptr noalias %sums, ptr noalias readonly %panel, i64 %blocks) noinline {{
entry:
  br label %tile0
{loops}tile{len(tiles)}:
  ret void
}}"""

    def end(self) -> tuple[Code, str]:
        """The outputs that are the same for all rows, times their number; and whether one is not finite."""
        code = Code(
            self.listing,
            self.options,
            1,
            lambda code, position: code.load("@fixed", self.fixed_places[position]),
            set(),
        )
        totals = []
        for index, output in enumerate(self.listing.outputs):
            if output not in self.moves:
                totals.append(code.mul(code.value(output), "%many"))
                code.store(totals[-1], "%totals", index)
        code.called |= {
            f"declare double @llvm.vector.reduce.fadd.v{self.lanes}f64(double, {self.vector})",
            "declare double @llvm.fabs.f64(double)",
            "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)",
            "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
        }
        return code, code.infinite(totals)

    def loop(self, end: str, still_infinite: str) -> str:
        """``sum`` itself: the blocks, the rows that remain, and the sums of the lanes."""
        return f"""{self.blocks()}{self.remaining()}{self.adding()}done:
{end}
  %failed9 = or i1 %failed8, {still_infinite}
  %result = zext i1 %failed9 to i64
  ret i64 %result
}}"""

    def blocks(self) -> str:
        """One vector of rows after the other; the products when the panel is full, and in the end."""
        lanes, width, vector = self.lanes, self.width, self.vector
        outputs = max(1, len(self.listing.outputs))
        return f"""
define i64 @sum(ptr noalias readonly %rows, i64 %count, ptr noalias readonly %numbers, ptr noalias %totals) {{
entry:
  call void @llvm.memset.p0.i64(ptr @sums, i8 0, i64 {outputs * lanes * 8}, i1 false)
  %many = uitofp i64 %count to double
  %failed0 = call i1 @before(ptr %numbers)
  %blocks = udiv i64 %count, {lanes}
  %remaining = urem i64 %count, {lanes}
  %some = icmp ne i64 %blocks, 0
  br i1 %some, label %loop, label %tail
loop:
  %number = phi i64 [ 0, %entry ], [ %next, %after ]
  %slot = phi i64 [ 0, %entry ], [ %slot2, %after ]
  %row = phi ptr [ %rows, %entry ], [ %further, %after ]
  %failed1 = phi i1 [ %failed0, %entry ], [ %failed2, %after ]
  %panel = getelementptr {vector}, ptr @panel, i64 %slot
  %failure = call i1 @block(ptr %row, ptr @fixed, ptr @sums, ptr %panel)
  %failed2 = or i1 %failed1, %failure
  %further = getelementptr double, ptr %row, i64 {lanes * width}
  %next = add i64 %number, 1
  %slot1 = add i64 %slot, 1
  %over = icmp eq i64 %next, %blocks
  %full = icmp eq i64 %slot1, {self.depth}
  %due = or i1 %over, %full
  br i1 %due, label %flush, label %after
flush:
  call void @products(ptr @sums, ptr @panel, i64 %slot1)
  br label %after
after:
  %slot2 = phi i64 [ %slot1, %loop ], [ 0, %flush ]
  br i1 %over, label %tail, label %loop
"""

    def remaining(self) -> str:
        """The rows that are fewer than a vector."""
        lanes, width = self.lanes, self.width
        outputs = max(1, len(self.listing.outputs))
        return f"""tail:
  %rest = phi ptr [ %rows, %entry ], [ %further, %after ]
  %failed3 = phi i1 [ %failed0, %entry ], [ %failed2, %after ]
{_copies(lanes, width)}
  br i1 %there0, label %partial, label %end
partial:
  call void @llvm.memset.p0.i64(ptr @last, i8 0, i64 {outputs * lanes * 8}, i1 false)
{_copy_calls(lanes, width)}
  %failed4 = call i1 @block(ptr @front, ptr @fixed, ptr @last, ptr @panel)
  call void @products(ptr @last, ptr @panel, i64 1)
  %failed5 = or i1 %failed3, %failed4
  br label %end
"""

    def adding(self) -> str:
        """The sums of the lanes, and whether one is not finite."""
        lanes, vector = self.lanes, self.vector
        outputs = max(1, len(self.listing.outputs))
        order = ", ".join(f"i64 {lane}" for lane in range(lanes))
        return f"""end:
  %failed6 = phi i1 [ %failed3, %tail ], [ %failed5, %partial ]
  %first = insertelement <{lanes} x i64> poison, i64 %remaining, i32 0
  %all = shufflevector <{lanes} x i64> %first, <{lanes} x i64> poison, <{lanes} x i32> zeroinitializer
  %there = icmp ult <{lanes} x i64> <{order}>, %all
  br label %add
add:
  %i = phi i64 [ 0, %end ], [ %i1, %add ]
  %failed7 = phi i1 [ %failed6, %end ], [ %failed8, %add ]
  %whole.i = getelementptr {vector}, ptr @sums, i64 %i
  %last.i = getelementptr {vector}, ptr @last, i64 %i
  %total.i = getelementptr double, ptr %totals, i64 %i
  %whole = load {vector}, ptr %whole.i
  %last = load {vector}, ptr %last.i
  %live = select <{lanes} x i1> %there, {vector} %last, {vector} zeroinitializer
  %joined = fadd {vector} %whole, %live
  %total = call reassoc double @llvm.vector.reduce.fadd.v{lanes}f64(double 0.0, {vector} %joined)
  store double %total, ptr %total.i
  %size = call double @llvm.fabs.f64(double %total)
  %infinite = fcmp ueq double %size, {literal(float("inf"))}
  %failed8 = or i1 %failed7, %infinite
  %i1 = add i64 %i, 1
  %added = icmp uge i64 %i1, {outputs}
  br i1 %added, label %done, label %add
"""


def _copies(lanes: int, width: int) -> str:
    """Where the rows that remain are, and where they go; the first of them where there are no more."""
    return "\n".join(
        f"  %there{lane} = icmp ugt i64 %remaining, {lane}\n"
        f"  %index{lane} = select i1 %there{lane}, i64 {lane * width}, i64 0\n"
        f"  %from{lane} = getelementptr double, ptr %rest, i64 %index{lane}\n"
        f"  %to{lane} = getelementptr double, ptr @front, i64 {lane * width}"
        for lane in range(lanes)
    )


def _copy_calls(lanes: int, width: int) -> str:
    """The copying itself."""
    return "\n".join(
        f"  call void @llvm.memcpy.p0.p0.i64(ptr %to{lane}, ptr %from{lane}, i64 {8 * width}, i1 false)"
        for lane in range(lanes)
    )


def _needed(listing: Listing, moves: set[int]) -> list[int]:
    """The positions of what is the same for all rows and is needed for each, or is an output; constants apart."""
    needed = set(listing.outputs)
    for position in moves:
        instruction = listing.instructions[position]
        needed.update(operand for operand in (*instruction.operands, instruction.guard) if operand >= 0)
    return sorted(p for p in needed - moves if listing.instructions[p].kind != "constant")


DRIVE = """
define i64 @drive(
  ptr %sum, ptr %repeat, ptr %rows, i64 %count, ptr %theirs, ptr %ours, ptr %outputs, i64 %times, i64 %stride,
  ptr %from, ptr %to, i64 %shared
) {
entry:
  br label %loop
loop:
  %run = phi i64 [ 0, %entry ], [ %next, %after ]
  %output = phi ptr [ %outputs, %entry ], [ %further, %after ]
  %failed = call i64 %sum(ptr %rows, i64 %count, ptr %theirs, ptr %ours)
  %summed = icmp eq i64 %failed, 0
  br i1 %summed, label %update, label %stop
update:
  %done = call i64 %repeat(ptr %ours, ptr %output, i64 1, i64 0)
  %updated = icmp eq i64 %done, 1
  br i1 %updated, label %copy, label %stop
copy:
  %i = phi i64 [ 0, %update ], [ %i1, %one ]
  %all = icmp uge i64 %i, %shared
  br i1 %all, label %after, label %one
one:
  %from.i = getelementptr i64, ptr %from, i64 %i
  %to.i = getelementptr i64, ptr %to, i64 %i
  %f = load i64, ptr %from.i
  %t = load i64, ptr %to.i
  %source = getelementptr double, ptr %ours, i64 %f
  %target = getelementptr double, ptr %theirs, i64 %t
  %number = load double, ptr %source
  store double %number, ptr %target
  %i1 = add i64 %i, 1
  br label %copy
after:
  %next = add i64 %run, 1
  %further = getelementptr double, ptr %output, i64 %stride
  %over = icmp uge i64 %next, %times
  br i1 %over, label %end, label %loop
end:
  ret i64 %times
stop:
  ret i64 %run
}
"""
"""Runs whose inputs are sums: ``sum`` of one program, into the inputs of ``repeat`` of another, again and again.

theirs, ours  the numbers of the two programs; the one at ``from[i]`` of ours is copied to ``to[i]`` of theirs
"""
