"""Command-line numbers that are checked before anything runs: a wrong one ends in a usage message and exit status 2."""

from __future__ import annotations

import argparse
from collections.abc import Callable

LARGEST_SEED = 2**32 - 1
"""What NumPy's legacy generator, the tutorial's, takes as a seed."""


def whole_number(smallest: int, largest: int | None = None) -> Callable[[str], int]:
    """Return an argparse ``type``: a whole number from ``smallest`` up, to ``largest`` if given."""
    bounds = f"from {smallest} up" if largest is None else f"from {smallest} to {largest}"

    def parse(text: str) -> int:
        """Read one argument, or refuse it with the bounds."""
        try:
            number = int(text)
        except ValueError:
            number = smallest - 1
        if number < smallest or (largest is not None and number > largest):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number {bounds}")
        return number

    return parse
