"""A loop nest as machine code: one lane for each independent element, tiles of sums in registers.

    for j in range(0, 128, 12):                12 neurons
        for v in range(0, rows, 8):            a vector of 8 rows
            sums = 12 vectors of -0.0
            for i in range(64):
                x = 8 numbers: input i of each row
                sums[0] += w[j, i] * x         12 products in flight at once, each sum in its own order
                sums[1] += w[j + 1, i] * x
                ...

One loop of the nest runs in lanes: that over rows, if there is one, else one in which operands lie next to each other.
Of another, a few rounds are taken at once: a *tile* shares what it loads, and its sums do not wait for each other. The
terms of each sum are added in the order of the graph, so the bits are those of the eager engine.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from engine.machine.memory import NOWHERE, ROWS, Index, Memory, Round
from engine.programs.affine import Access, canonical
from engine.programs.listing import same
from engine.programs.nests import Body, Nest, Terms


class Chunk(NamedTuple):
    """Some rounds of a loop: from ``start``, ``times`` times ``size`` of them at once."""

    start: int
    times: int | str
    size: int


REGISTERS = {8: 24, 4: 12, 2: 12, 1: 12}
"""How many sums are under way at once, by the lanes of each: most of the processor's registers."""

LONGEST_UNROLLED = 4
"""The number of terms up to which a loop over them is written out."""


class Kernel(NamedTuple):
    """A nest to be written.

    dims    how often each loop runs, the outermost first
    lane    which of them runs in lanes; `ROWS` for a loop over rows outside of ``dims``, as many vectors as the number
            ``%vectors`` says; None for no lanes
    sums    for each sum, its terms
    body    what is computed of slots and sums
    stores  where each output of the body goes; None for nowhere
    starts  for each sum, what it begins with, or None for -0.0
    across  whether the sums are over rows, as many as the number ``%count`` says; their terms are alike in all else
    checked whether a result that is not finite is a failure
    """

    dims: tuple[int, ...]
    lane: int | None
    sums: Sequence[Sequence[Terms]]
    body: Body
    stores: Sequence[Access | None]
    starts: Sequence[Access | None] = ()
    across: bool = False
    checked: bool = False


def kernel_of(nest: Nest, kept: Container[int]) -> Kernel:
    """A nest of a program, which leaves in memory the results of the groups in ``kept``."""
    stores = [Access(group, 0, canonical(nest.dims)) if group in kept else None for group in nest.groups]
    return Kernel(nest.dims, None, [each.terms for each in nest.sums], nest.body, stores)


def reading(*accesses: Access) -> Body:
    """The body that gives what an access finds; without one, what its nest's only sum is."""
    return Body(accesses, same())


def chunks(count: int, most: int) -> list[Chunk]:
    """A loop in chunks of at most ``most`` rounds: of one size, if that is possible without halving it."""
    if not count:
        return []
    size = next((size for size in range(min(count, most), most // 2, -1) if count % size == 0), 0)
    size = size or -(-count // -(-count // most))
    whole, left = divmod(count, size)
    return [Chunk(0, whole, size), *([Chunk(whole * size, 1, left)] if left else [])]


class KernelWriter(Memory):
    """Writes nests as lines of a function."""

    def write(self, kernel: Kernel) -> None:
        """Add the lines of a nest."""
        code = self.code
        self.lane = kernel.lane
        free = [loop for loop in range(len(kernel.dims)) if loop != kernel.lane]
        tiled = free.pop() if free else None
        for start, vectors, lanes in self.widths(kernel):
            code.widen(lanes)
            room = REGISTERS[lanes] // len(kernel.sums) if kernel.sums else 2 if self.calls(kernel) else 1
            abreast = [Chunk(0, vectors, 1)] if isinstance(vectors, str) else chunks(vectors, 4 if room > 4 else 1)
            for across in abreast:
                tile = (
                    chunks(kernel.dims[tiled], max(1, room // across.size)) if tiled is not None else [Chunk(0, 1, 1)]
                )
                for down in tile:
                    lane_chunk = Chunk(start + across.start * lanes, across.times, across.size * lanes)
                    self.nest(kernel, free, lane_chunk, tiled, down)
        code.widen(1)

    def calls(self, kernel: Kernel) -> bool:
        """Whether the body hands vectors of the processor's full width to functions, without sums being under way."""
        vectors = self.code.options.vectors
        full = self.code.lanes == self.code.options.lanes
        return full and not kernel.sums and not kernel.body.listing.kinds.isdisjoint(vectors)

    def widths(self, kernel: Kernel) -> list[tuple[int, int | str, int]]:
        """The loop in lanes as (start, vectors, lanes of each): what fills no vector goes into narrower ones."""
        if kernel.lane is None:
            return [(0, 1, 1)]
        lanes = self.code.options.lanes
        if kernel.lane == ROWS:
            return [(0, "%vectors", lanes)]
        found: list[tuple[int, int | str, int]] = []
        start, count = 0, kernel.dims[kernel.lane]
        while start < count:
            vectors = (count - start) // lanes
            if vectors:
                found.append((start, vectors, lanes))
            start += vectors * lanes
            lanes //= 2
        return found

    def nest(self, kernel: Kernel, free: list[int], across: Chunk, tiled: int | None, down: Chunk) -> None:
        """The loops around a tile: the free ones, that in lanes, and the tiled one."""
        indices = [NOWHERE] * len(kernel.dims)
        row = NOWHERE
        with ExitStack() as stack:
            for loop in free:
                indices[loop] = stack.enter_context(self.rounds(Chunk(0, kernel.dims[loop], 1)))
            if tiled is not None and kernel.lane == ROWS:
                indices[tiled] = stack.enter_context(self.rounds(down))
            lane_index = stack.enter_context(self.rounds(across)) if kernel.lane is not None else NOWHERE
            if kernel.lane == ROWS:
                row = lane_index
            elif kernel.lane is not None:
                indices[kernel.lane] = lane_index
            if tiled is not None and kernel.lane != ROWS:
                indices[tiled] = stack.enter_context(self.rounds(down))
            tile = []
            for step in range(down.size):
                for vector in range(across.size // self.code.lanes if kernel.lane not in (None, ROWS) else 1):
                    here = list(indices)
                    if tiled is not None:
                        here[tiled] = here[tiled].moved(step)
                    if kernel.lane is not None and kernel.lane != ROWS:
                        here[kernel.lane] = here[kernel.lane].moved(vector * self.code.lanes)
                    tile.append(Round(tuple(here), row))
            self.tile(kernel, tile)

    @contextmanager
    def rounds(self, chunk: Chunk) -> Iterator[Index]:
        """A loop over a chunk; its index."""
        if chunk.times == 1:
            yield Index("", 0, chunk.start)
            return
        name = self.code.fresh("i")
        with self.code.loop(name, str(chunk.times)):
            self.scopes.append({})
            yield Index(f"%{name}", chunk.size, chunk.start)
            self.scopes.pop()

    def tile(self, kernel: Kernel, tile: Sequence[Round]) -> None:
        """Some rounds at once: their sums first, then the body of each."""
        totals = []
        for number, terms in enumerate(kernel.sums):
            start = kernel.starts[number] if kernel.starts else None
            held = [self.load(start, here) if start else self.code.constant(-0.0) for here in tile]
            for part in terms:
                held = self.added(part, tile, held, kernel.across)
            totals.append(held)
        found = self.results(kernel, tile, totals)
        for here, results in zip(tile, found, strict=True):
            if kernel.checked:
                self.code.fail_where([self.code.infinite(result) for result in results])
            for access, result in zip(kernel.stores, results, strict=True):
                if access:
                    self.store(access, here, result)

    def results(
        self, kernel: Kernel, tile: Sequence[Round], totals: Sequence[Sequence[str]]
    ) -> Sequence[Sequence[str]]:
        """What the body gives in each round of a tile."""
        given = [[self.load(access, here) for access in kernel.body.slots] for here in tile]
        if len(tile) == 2 and self.calls(kernel):
            return self.results_of_pair(kernel.body, tile, given)
        for number, sums in enumerate(zip(*totals, strict=True)):
            given[number] += sums
        return [self.carried_out(kernel.body, [here], each) for here, each in zip(tile, given, strict=True)]

    def carried_out(self, body: Body, _rounds: Sequence[Round], given: Sequence[str]) -> list[str]:
        """What a body gives in these rounds, which stand in vectors one after the other."""
        return self.code.results_of(body.listing, given)

    def results_of_pair(self, body: Body, tile: Sequence[Round], given: Sequence[list[str]]) -> list[list[str]]:
        """What the body gives in two rounds: computed in vectors of twice the width, whose steps do not wait."""
        code, lanes = self.code, self.code.lanes
        both = [code.shuffled(a, b, range(2 * lanes), lanes) for a, b in zip(*given, strict=True)]
        code.widen(2 * lanes)
        results = self.carried_out(body, tile, both)
        halves = range(lanes), range(lanes, 2 * lanes)
        found = [[code.shuffled(each, each, half, 2 * lanes) for each in results] for half in halves]
        code.widen(lanes)
        return found

    def added(self, terms: Terms, tile: Sequence[Round], held: list[str], across: bool) -> list[str]:
        """The sums with some more terms."""
        if across:
            return self.over(["%count"], terms, tile, held, True)
        return self.over([str(count) for count in terms.dims], terms, tile, held, False)

    def over(self, counts: list[str], terms: Terms, tile: Sequence[Round], held: list[str], rows: bool) -> list[str]:
        """The sums with the terms of some loops; the last loop is the innermost."""
        code = self.code
        if not counts:
            return [code.add(total, self.term(terms.body, here)) for total, here in zip(held, tile, strict=True)]
        if self.is_short(counts[0]):
            for number in range(int(counts[0])):
                inner = [here._replace(indices=(*here.indices, Index("", 0, number))) for here in tile]
                held = self.over(counts[1:], terms, inner, held, rows)
            return held
        name = code.fresh("k")
        sums = {f"{name}.{number}": (code.type, total) for number, total in enumerate(held)}
        with code.loop(name, counts[0], **sums) as becomes:
            self.scopes.append({})
            index = Index(f"%{name}", 1, 0)
            if rows:
                inner = [here._replace(row=index) for here in tile]
            else:
                inner = [here._replace(indices=(*here.indices, index)) for here in tile]
            found = self.over(counts[1:], terms, inner, [f"%{each}" for each in sums], rows)
            becomes.update(zip(sums, found, strict=True))
            self.scopes.pop()
        return [f"%{each}" for each in sums]

    def is_short(self, count: str) -> bool:
        """Whether a loop over terms is written out."""
        return count.isdigit() and int(count) <= LONGEST_UNROLLED

    def term(self, body: Body, here: Round) -> str:
        """One term of a sum."""
        (result,) = self.carried_out(body, [here], [self.load(access, here) for access in body.slots])
        return result
