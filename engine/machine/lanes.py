"""Which loop of a nest runs in lanes."""

from __future__ import annotations

from collections.abc import Callable

from engine.machine.kernels import Kernel
from engine.machine.memory import Place
from engine.programs.affine import Access

GATHERED = 1.5
"""What it costs to bring a number into a lane by itself, beside 1 for an instruction on a whole vector."""


def best_lane(kernel: Kernel, places: Callable[[Access], Place], lanes: int) -> int | None:
    """The loop for which all operands together cost least; None if lanes are worth nothing."""
    loops = [loop for loop, count in enumerate(kernel.dims) if count > 1]
    return min([None, *loops], key=lambda loop: _cost(kernel, places, loop, lanes))


def _cost(kernel: Kernel, places: Callable[[Access], Place], lane: int | None, most: int) -> float:
    """About what a round costs."""
    lanes = 1 if lane is None else min(most, kernel.dims[lane])

    def access_cost(access: Access | None) -> float:
        if access is None:
            return 0.0
        stride = places(access).step * access.strides[lane] if lane is not None else 1
        return GATHERED if access.table or stride not in (0, 1) else 1.0 / lanes

    steps = len(kernel.body.listing.instructions)
    total = steps / lanes + sum(map(access_cost, (*kernel.body.slots, *kernel.stores, *kernel.starts)))
    for terms in kernel.sums:
        for part in terms:
            times = 1
            for count in part.dims:
                times *= count
            work = len(part.body.listing.instructions) / lanes + sum(map(access_cost, part.body.slots))
            total += times * work
    return total
