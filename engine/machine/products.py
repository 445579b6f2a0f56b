"""The outputs that are products of two factors, as most of a gradient are, summed over rows.

The factors of some blocks of rows wait on a panel (see `engine.machine.rows`). A loop over the blocks multiplies a
*tile* of up to 4 by 4 factors: 16 sums stay in registers for 8 numbers that are loaded.

    for block in range(blocks):
        sum0.0 += panel[first0, block] * panel[second0, block]
        sum0.1 += panel[first0, block] * panel[second1, block]
        ...
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from engine.machine.code import places
from engine.machine.text import Lines
from engine.programs.listing import Listing

FEWEST_PRODUCTS = 16
"""With fewer, products are added as other outputs are."""

TILE = 4
"""The most factors on each side of a tile."""


TILES_TOGETHER = 16
"""How many tiles are one function."""

_PARAMETERS = "ptr noalias %sums, ptr noalias readonly %panel, i64 %blocks"


class Product(NamedTuple):
    """An output that is first × second: its index among the outputs, and those of its factors on the panel."""

    output: int
    first: int
    second: int


def find_products(listing: Listing, moves: set[int]) -> tuple[list[int], list[Product]]:
    """(factors, products): the outputs that multiply two instructions that ``moves`` has, and are used nowhere else."""
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


def add_products(products: Sequence[Product], lanes: int, flags: str, depth: int) -> str:
    """``products(sums, panel, blocks)``: add the products of the factors on the panel to the sums.

    A function for each few tiles, and one that calls them all.
    """
    tiles = find_tiles(products)
    whole, texts = Lines(1), []
    for start in range(0, len(tiles), TILES_TOGETHER):
        code = Lines(lanes, flags)
        for number, tile in enumerate(tiles[start : start + TILES_TOGETHER]):
            _tile_loop(code, number, tile, depth)
        texts.append(code.define(f"internal void @products{start}({_PARAMETERS}) noinline"))
        whole.do(f"call void @products{start}(ptr %sums, ptr %panel, i64 %blocks)")
    return "\n".join([*texts, whole.define(f"internal void @products({_PARAMETERS}) noinline")])


def _tile_loop(code: Lines, number: int, tile: list[Product], depth: int) -> None:
    """The loop that adds a tile's products of all blocks on the panel to their sums, which stay in registers."""
    names = [f"sum{number}.{index}" for index in range(len(tile))]
    start = [(code.type, code.load("%sums", product.output, code.type)) for product in tile]
    factors = sorted({factor for product in tile for factor in (product.first, product.second)})
    with code.loop(f"block{number}", "%blocks", **dict(zip(names, start, strict=True))) as becomes:
        loaded = {}
        for factor in factors:
            column = code.at("%panel", factor * depth, code.type)
            loaded[factor] = code.load(column, f"%block{number}", code.type)
        for name, product in zip(names, tile, strict=True):
            becomes[name] = code.add(f"%{name}", code.mul(loaded[product.first], loaded[product.second]))
    for name, product in zip(names, tile, strict=True):
        code.store(f"%{name}", "%sums", product.output, code.type)
