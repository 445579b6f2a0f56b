"""Arguments of commands, checked before anything runs: a wrong one ends in a usage message and exit status 2."""

from __future__ import annotations

import argparse
import importlib.util
import math
from collections.abc import Callable, Sequence
from pathlib import Path

from examples.outputs import prepare_directory

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


def real_number(smallest: float, *, above: bool = False) -> Callable[[str], float]:
    """Return an argparse ``type``: a finite number from ``smallest`` up, or only those above it."""
    bounds = f"above {smallest:g}" if above else f"from {smallest:g} up"

    def parse(text: str) -> float:
        """Read one argument, or refuse it with the bounds."""
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not smallest <= number < math.inf or (above and number == smallest):
            raise argparse.ArgumentTypeError(f"{text!r} is not a number {bounds}")
        return number

    return parse


def quickest_backend() -> str:
    """Return "llvm" where llvmlite is installed, else "python"."""
    return "python" if importlib.util.find_spec("llvmlite") is None else "llvm"


def add_backend(parser: argparse.ArgumentParser, choices: Sequence[str] = ("python", "llvm")) -> None:
    """Add ``--backend``, by default the quickest that is installed."""
    parser.add_argument(
        "--backend",
        choices=choices,
        default=quickest_backend(),
        help="what runs the program: llvm is machine code (the extra native); default here: %(default)s",
    )


def add_output(parser: argparse.ArgumentParser, default: str) -> None:
    """Add ``--output``, the directory of what is written; `parse_and_prepare` makes it."""
    parser.add_argument(
        "--output", type=Path, default=default, metavar="DIR", help="where files go (default: %(default)s)"
    )


def parse_and_prepare(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line, and when all of it is right make the directory of ``--output`` unless it is there."""
    options = parser.parse_args(arguments)
    try:
        prepare_directory(options.output)
    except OSError as error:
        parser.error(f"argument --output: {error}")
    return options
