"""Long sums in pieces, so that what a piece reads stays in the first-level cache for all sums that need it.

    for j in range(64):                                for j in range(64):
        for row in rows:                                   z[j, row] = b[j]
            z[j, row] = b[j]                           for piece in range(8):
            for i in range(784):                           for j in range(64):
                z[j, row] += w[j, i] * x[i, row]               for row in rows:
                                                                   for i in range(98 * piece, 98 * piece + 98):
                                                                       z[j, row] += w[j, i] * x[i, row]

The order within each sum stays as it is.
"""

from __future__ import annotations

from engine.machine.kernels import Kernel
from engine.programs.affine import Access
from engine.programs.nests import Terms

SHORTEST, LONGEST = 48, 128
"""How many terms a piece may have."""


def in_pieces(kernel: Kernel) -> list[Kernel]:
    """A nest as one that begins its sums and one that adds terms piece by piece, if that pays; else the nest itself."""
    size = _piece(kernel)
    if not size:
        return [kernel]
    ((*before, long),) = kernel.sums
    (target,) = kernel.stores
    assert target
    held = _spread(target, 0)
    slots = [_spread(access, size * access.strides[-1]) for access in long.body.slots]
    terms = Terms((size,), long.body._replace(slots=tuple(slots)))
    dims = (long.dims[0] // size, *kernel.dims)
    return [
        kernel._replace(sums=[before]),
        kernel._replace(dims=dims, sums=[[terms]], stores=[held], starts=[held]),
    ]


def _piece(kernel: Kernel) -> int:
    """How many terms of a nest's only sum are added at a time; 0 for all."""
    if len(kernel.sums) != 1 or not kernel.sums[0] or not kernel.dims or kernel.body.slots or kernel.stores[0] is None:
        return 0
    dims, body = kernel.sums[0][-1]
    whole = len(kernel.body.listing.instructions) == len(kernel.stores) == 1
    if not whole or len(dims) != 1 or dims[0] <= LONGEST or any(access.table for access in body.slots):
        return 0
    return next((size for size in range(LONGEST, SHORTEST, -1) if dims[0] % size == 0), 0)


def _spread(access: Access, stride: int) -> Access:
    """The access with one more loop around."""
    return access._replace(strides=(stride, *access.strides))
