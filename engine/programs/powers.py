"""The table of the C library's exp, for machine code and for JavaScript."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from decimal import Decimal, localcontext


def powers_of_two() -> Iterator[tuple[float, int]]:
    """For i from 0 to 127: what the double next to 2^(i/128) lacks, relative to it, and the bits of that double.

    From the bits, i/128 is taken off the exponent, so that all of a number of 128ths may be added to them.
    """
    with localcontext() as context:
        context.prec = 50
        exact, step = Decimal(1), (Decimal(2).ln() / 128).exp()
        for i in range(128):
            nearest = float(exact)
            (bits,) = struct.unpack("<q", struct.pack("<d", nearest))
            yield float(exact / Decimal(nearest) - 1), bits - (i << 45)
            exact *= step
