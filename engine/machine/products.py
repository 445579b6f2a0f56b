"""The outputs of a gradient that are products of two factors, added up for many rows: see `engine.machine.rows`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from engine.machine.code import places
from engine.machine.text import Lines
from engine.programs.listing import Listing

FEWEST_PRODUCTS = 16
"""Below, products are added as other outputs are."""

TILE = 4
"""How many factors of a kind meet as many of the other in the registers."""


class Product(NamedTuple):
    """An output that is first × second: its place among the outputs, and the places of its factors on the panel."""

    output: int
    first: int
    second: int


def find_products(listing: Listing, moves: set[int]) -> tuple[list[int], list[Product]]:
    """The factors, and the outputs that are nothing but a product of two of them."""
    used = {operand for instruction in listing.instructions for operand in instruction.operands}
    found = []
    for output, indices in places(listing.outputs).items():
        instruction = listing.instructions[output]
        alone = len(indices) == 1 and output not in used
        if alone and instruction.kind == "mul" and all(operand in moves for operand in instruction.operands):
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


def find_tiles(products: Sequence[Product]) -> list[list[Product]]:
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


def tile_loop(code: Lines, number: int, tile: list[Product], depth: int) -> str:
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
