"""Rows become columns: an array of numbers as its transpose, in LLVM's language.

The inputs of one row after the other are moved to where the first inputs of all rows lie side by side, then the second
ones, and so on; and back, where rows are added up. A square of as many rows as a vector has lanes is loaded, turned in
registers, and stored.
"""

from __future__ import annotations

from engine.machine.text import Lines

_PARAMETERS = "ptr noalias %from, i64 %count, i64 %apart, ptr noalias %to, i64 %width, i64 %spread, i64 %panel"


def turn_function(lanes: int) -> str:
    """``turn(from, count, apart, to, width, spread, panel)``: number [i, j] goes to [j, i].

    count, width  of how many rows there are, how many numbers each
    apart         the distance of rows there
    spread        the distance of what numbers that lie next to each other become
    panel         the distance of what rows become, for a vector of rows, by the row: 1, if all lie in one array; more,
                  if each vector of rows has an array of its own, which is gone through from start to end

    What is written goes up to whole squares: copies of the last row, and columns of zeros.
    """
    code = Lines(lanes)
    last = code.emit("sub i64 %count, 1")
    numbered = ", ".join(f"i64 {lane}" for lane in range(lanes))
    with code.loop("i", _squares(code, "%count", lanes)):
        first = code.emit(f"mul i64 %i, {lanes}")
        rows = []
        for lane in range(lanes):
            row = code.emit(f"call i64 @llvm.umin.i64(i64 {code.emit(f'add i64 {first}, {lane}')}, i64 {last})")
            rows.append(code.at("%from", code.emit(f"mul i64 {row}, %apart")))
        panel = code.at("%to", code.emit(f"mul i64 {first}, %panel"))
        with code.loop("j", _squares(code, "%width", lanes)):
            column = code.emit(f"mul i64 %j, {lanes}")
            left = code.emit(f"sub i64 %width, {column}")
            head = code.emit(f"insertelement {code.integers} poison, i64 {left}, i32 0")
            limit = code.emit(
                f"shufflevector {code.integers} {head}, {code.integers} poison, <{lanes} x i32> zeroinitializer"
            )
            inside = code.emit(f"icmp ult {code.integers} <{numbered}>, {limit}")
            square = [_masked(code, code.at(row, column), inside) for row in rows]
            for lane, vector in enumerate(transposed(code, square)):
                start = code.emit(f"mul i64 {code.emit(f'add i64 {column}, {lane}')}, %spread")
                place = code.at(panel, start)
                code.do(f"store {code.type} {vector}, ptr {place}, align 8")
    return code.define(f"internal void @turn({_PARAMETERS}) noinline")


def _squares(code: Lines, size: str, lanes: int) -> str:
    """How many squares cover so many numbers."""
    return code.emit(f"udiv i64 {code.emit(f'add i64 {size}, {lanes - 1}')}, {lanes}")


def _masked(code: Lines, address: str, inside: str) -> str:
    """The numbers at an address; 0 in the lanes that are not inside, where there may be no memory."""
    operands = f"ptr {address}, i32 8, {code.truth} {inside}, {code.type} zeroinitializer"
    return code.emit(f"call {code.type} @llvm.masked.load.{code.suffix}.p0({operands})")


def transposed(code: Lines, vectors: list[str]) -> list[str]:
    """Vectors as the columns of a square, given its rows: halves change places, then halves of the halves."""
    lanes = len(vectors)
    distance = lanes // 2
    while distance:
        for row in range(lanes):
            if not row & distance:
                pair = vectors[row], vectors[row | distance]
                low = [lane if not lane & distance else lanes + (lane ^ distance) for lane in range(lanes)]
                high = [lane | distance if not lane & distance else lanes + lane for lane in range(lanes)]
                vectors[row], vectors[row | distance] = (code.shuffled(*pair, order, lanes) for order in (low, high))
        distance //= 2
    return vectors
