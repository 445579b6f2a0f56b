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

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from engine.emit_llvm import Code, Options, Parts, as_number, as_truth, places, sources, with_functions
from engine.emit_python import split_by_inputs
from engine.instructions import Listing
from engine.llvm_text import Lines, literal
from engine.ranges import fallible

PANEL_BYTES = 24_000
"""How much of the factors waits at once: three quarters of a small first-level cache."""

FEWEST_PRODUCTS = 16
"""Below, products are added as other outputs are."""

TILE = 4
"""How many factors of a kind meet as many of the other in the registers."""


class Product(NamedTuple):
    """An output that is first × second: its place among the outputs, and the places of its factors on the panel."""

    output: int
    first: int
    second: int


def sum_module(listing: Listing, options: Options) -> str:
    """``i64 sum(rows, count, numbers, totals)``: 0, with the summed outputs in ``totals``; 1 if it may have failed.

    rows     the inputs of the rows, one row after the other
    numbers  room for the inputs, then the leaves
    totals   the sums
    """
    lanes, width = options.lanes, len(sources(listing, "input"))
    vector = f"<{lanes} x double>"
    fixed, moving = split_by_inputs(listing)
    moves = set(moving)
    factors, products = _products(listing, moves)
    factor_places = {position: place for place, position in enumerate(factors)}
    depth = max(1, min(16, PANEL_BYTES // (8 * lanes * max(1, len(factors)))))
    apart = {listing.outputs[product.output] for product in products}
    moving = [position for position in moving if position not in apart]
    waiting = _needed(listing, moves)
    fixed_places = {position: place for place, position in enumerate(waiting)}

    before = Code(listing, options, 1, lambda code, position: code.load("%numbers", position), fallible(listing))
    before.run(fixed)
    for position, place in fixed_places.items():
        before.store(as_number(before, position), "@fixed", place)
    before_failed = before.failed()

    def fetch(code: Code, position: int) -> str:
        if position in fixed_places:
            return as_truth(code, position, code.spread(code.load("%fixed", fixed_places[position])))
        return code.gather([code.load("%row", lane * width + position) for lane in range(lanes)])

    single = {position: indices for position, indices in places(listing.outputs).items() if position not in apart}

    def finish(code: Code, position: int) -> None:
        if position in factor_places:
            place = code.emit(f"getelementptr {vector}, ptr %panel, i64 {factor_places[position] * depth}")
            code.lines.append(f"  store {vector} {code.value(position)}, ptr {place}")
        for index in single.get(position, ()):
            held = code.load("%sums", index, vector)
            code.store(code.add(held, code.value(position)), "%sums", index, vector)

    arguments = "ptr noalias readonly %row, ptr noalias readonly %fixed, ptr noalias %sums, ptr noalias %panel"
    parts = Parts(listing, options, lanes, moving, fetch, finish, arguments)
    multiply = Lines(lanes, parts.codes[0].flags)
    tiles = "".join(_tile(multiply, number, tile, depth) for number, tile in enumerate(_tiles(products)))

    end = Code(listing, options, 1, lambda code, position: code.load("@fixed", fixed_places[position]), set())
    still = [(index, output) for index, output in enumerate(listing.outputs) if output not in moves]
    totals = [end.mul(end.value(output), "%many") for _, output in still]
    for (index, _), total in zip(still, totals, strict=True):
        end.store(total, "%totals", index)
    infinite = end.infinite(totals)
    end.called |= {
        f"declare double @llvm.vector.reduce.fadd.v{lanes}f64(double, {vector})",
        "declare double @llvm.fabs.f64(double)",
        "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)",
        "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
    }
    outputs = max(1, len(listing.outputs))
    return f"""
@fixed = internal global [{max(1, len(waiting))} x double] zeroinitializer, align 64
@sums = internal global [{outputs} x {vector}] zeroinitializer, align 64
@last = internal global [{outputs} x {vector}] zeroinitializer, align 64
@panel = internal global [{max(1, len(factors)) * depth} x {vector}] zeroinitializer, align 64
@front = internal global [{lanes * width} x double] zeroinitializer, align 64
define internal i1 @before(ptr noalias readonly %numbers) {{
{before.text()}
  ret i1 {before_failed}
}}
{parts.text()}
define internal void @products(ptr noalias %sums, ptr noalias readonly %panel, i64 %blocks) noinline {{
entry:
  br label %tile0
{tiles}tile{len(_tiles(products))}:
  ret void
}}
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
  %full = icmp eq i64 %slot1, {depth}
  %due = or i1 %over, %full
  br i1 %due, label %flush, label %after
flush:
  call void @products(ptr @sums, ptr @panel, i64 %slot1)
  br label %after
after:
  %slot2 = phi i64 [ %slot1, %loop ], [ 0, %flush ]
  br i1 %over, label %tail, label %loop
tail:
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
end:
  %failed6 = phi i1 [ %failed3, %tail ], [ %failed5, %partial ]
  %first = insertelement <{lanes} x i64> poison, i64 %remaining, i32 0
  %all = shufflevector <{lanes} x i64> %first, <{lanes} x i64> poison, <{lanes} x i32> zeroinitializer
  %there = icmp ult <{lanes} x i64> <{", ".join(f"i64 {lane}" for lane in range(lanes))}>, %all
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
  %added = icmp uge i64 %i1, {len(listing.outputs)}
  br i1 %added, label %done, label %add
done:
{end.text()}
  %failed9 = or i1 %failed8, {infinite}
  %result = zext i1 %failed9 to i64
  ret i64 %result
}}
{with_functions(listing, options, lanes, before, end, multiply, *parts.codes)}
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


# --- Products ---------------------------------------------------------------------------------------------------------


def _products(listing: Listing, moves: set[int]) -> tuple[list[int], list[Product]]:
    """The factors, and the outputs that are nothing but a product of two of them."""
    used = {operand for instruction in listing.instructions for operand in instruction.operands}
    found = []
    for output, indices in places(listing.outputs).items():
        instruction = listing.instructions[output]
        alone = len(indices) == 1 and output not in used
        if alone and instruction.operation == "mul" and all(operand in moves for operand in instruction.operands):
            found.append((indices[0], *instruction.operands))
    if len(found) < FEWEST_PRODUCTS:
        return [], []
    factors = sorted({factor for _, *pair in found for factor in pair})
    numbers = {factor: place for place, factor in enumerate(factors)}
    # The factor that has more partners comes first, so that all products of a layer have the same order.
    partners = places([factor for _, *pair in found for factor in pair])
    products = []
    for index, one, other in found:
        first, second = sorted((one, other), key=lambda factor: (len(partners[factor]), factor))
        products.append(Product(index, numbers[first], numbers[second]))
    return factors, products


def _tiles(products: Sequence[Product]) -> list[list[Product]]:
    """The products in groups that share factors: up to `TILE` first factors with up to `TILE` second ones."""
    rows: dict[int, dict[int, Product]] = {}
    for product in products:
        rows.setdefault(product.first, {})[product.second] = product
    tiles = []
    alike = sorted(rows, key=lambda first: (sorted(rows[first]), first))
    for _, group in groupby(alike, key=lambda first: sorted(rows[first])):
        firsts = list(group)
        seconds = sorted(rows[firsts[0]])
        for i in range(0, len(firsts), TILE):
            for j in range(0, len(seconds), TILE):
                tiles.append([rows[a][b] for a in firsts[i : i + TILE] for b in seconds[j : j + TILE]])
    return tiles


def _tile(code: Lines, number: int, tile: list[Product], depth: int) -> str:
    """The loop that adds a tile's products of all blocks on the panel to their sums."""
    start = [code.load("%sums", product.output, code.type) for product in tile]
    entry = code.take()
    loaded = {}
    for factor in sorted({factor for product in tile for factor in (product.first, product.second)}):
        place = code.emit(f"getelementptr {code.type}, ptr %panel, i64 {factor * depth}")
        place = code.emit(f"getelementptr {code.type}, ptr {place}, i64 %k{number}")
        loaded[factor] = code.emit(f"load {code.type}, ptr {place}")
    names = [f"%sum{number}.{index}" for index in range(len(tile))]
    after = [
        code.add(name, code.mul(loaded[product.first], loaded[product.second]))
        for name, product in zip(names, tile, strict=True)
    ]
    body = code.take()
    for product, total in zip(tile, after, strict=True):
        code.store(total, "%sums", product.output, code.type)
    stores = code.take()
    phis = "\n".join(
        f"  {name} = phi {code.type} [ {first}, %tile{number} ], [ {total}, %loop{number} ]"
        for name, first, total in zip(names, start, after, strict=True)
    )
    return f"""tile{number}:
{entry}
  br label %loop{number}
loop{number}:
  %k{number} = phi i64 [ 0, %tile{number} ], [ %next{number}, %loop{number} ]
{phis}
{body}
  %next{number} = add i64 %k{number}, 1
  %over{number} = icmp eq i64 %next{number}, %blocks
  br i1 %over{number}, label %stored{number}, label %loop{number}
stored{number}:
{stores}
  br label %tile{number + 1}
"""


def _needed(listing: Listing, moves: set[int]) -> list[int]:
    """The positions of what is the same for all rows and is needed for each, or is an output; constants apart."""
    needed = set(listing.outputs)
    for position in moves:
        instruction = listing.instructions[position]
        needed.update(operand for operand in (*instruction.operands, instruction.guard) if operand >= 0)
    return sorted(p for p in needed - moves if listing.instructions[p].operation != "constant")


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
