"""Arguments of commands, checked before anything runs: a wrong one ends in a usage message and exit status 2."""

from __future__ import annotations

import argparse
import importlib.util
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from examples.outputs import prepare_directory

LARGEST_NOISE = 10.0
"""Far more than drowns any data set, yet small enough that no number overflows."""

MOST_PARAMETERS = 50_000
"""Of a network: the program of its gradient has some ten instructions for each, of some hundred bytes."""

LARGEST_SEED = 2**32 - 1
"""The largest seed of NumPy's legacy generator, which the tutorial uses."""


def whole_number(smallest: int, largest: int | None = None) -> Callable[[str], int]:
    """Return an argparse ``type``: a whole number from ``smallest`` up, to ``largest`` if given."""
    bounds = f"from {smallest} up" if largest is None else f"from {smallest} to {largest}"

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = smallest - 1
        if number < smallest or (largest is not None and number > largest):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number {bounds}")
        return number

    return parse


epoch_count = whole_number(1, 1_000_000)
"""The argparse ``type`` of ``--epochs``: of each something is kept in memory, and a larger number is a slip."""


def real_number(
    smallest: float = -math.inf, largest: float = math.inf, *, above: bool = False
) -> Callable[[str], float]:
    """Return an argparse ``type``: a finite number from ``smallest`` (or above it) to ``largest``."""
    bounds = "" if smallest == -math.inf else f" above {smallest:g}" if above else f" from {smallest:g}"
    bounds += f" to {largest:g}" if largest < math.inf else " up" if bounds and not above else ""

    def parse(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and smallest <= number <= largest) or (above and number == smallest):
            raise argparse.ArgumentTypeError(f"{text!r} is not a number{bounds}")
        return number

    return parse


def has_llvm() -> bool:
    """Whether llvmlite is installed, which makes machine code."""
    return importlib.util.find_spec("llvmlite") is not None


def backend(name: str) -> str:
    """Serve as an argparse ``type``: a backend that this machine can run."""
    if name == "llvm" and not has_llvm():
        raise argparse.ArgumentTypeError("llvm needs llvmlite: python -m pip install llvmlite")
    return name


def add_backend(parser: argparse.ArgumentParser, choices: Sequence[str] = ("python", "llvm")) -> None:
    """Add ``--backend``; its default is machine code where llvmlite is installed."""
    parser.add_argument(
        "--backend",
        type=backend,
        choices=choices,
        default="llvm" if has_llvm() else "python",
        help="llvm is machine code, the quickest once it is compiled, and needs llvmlite; default here: %(default)s",
    )


def directory(text: str) -> Path:
    """Serve as an argparse ``type``: a path, which has to have a name."""
    if not text:
        raise argparse.ArgumentTypeError("'' is no directory; the one you are in is '.'")
    return Path(text)


def add_output(parser: argparse.ArgumentParser, default: str) -> None:
    """Add ``--output``, the directory of what is written; `parse_and_prepare` makes it."""
    parser.add_argument(
        "--output", type=directory, default=default, metavar="DIR", help="where files go (default: %(default)s)"
    )


def check_size(parser: argparse.ArgumentParser, options: str, count: int, most: int, what: str) -> None:
    """End with a usage message if options together ask for more of something than is held in memory."""
    if count > most:
        parser.error(f"{options}: this makes {count:,} {what}, and at most {most:,} are held in memory")


def check_network(parser: argparse.ArgumentParser, sizes: Sequence[int]) -> None:
    """End with a usage message if a network of these sizes, given by --hidden, is too large for a program."""
    parameters = sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))
    check_size(parser, "argument --hidden", parameters, MOST_PARAMETERS, "parameters")


def parse_and_prepare(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; if all of it is right, make the directory of ``--output`` unless it is there."""
    options = parser.parse_args(arguments)
    prepare_output(parser, options.output)
    return options


def prepare_output(parser: argparse.ArgumentParser, path: Path) -> None:
    """Make the directory of ``--output`` unless it is there, or end with a usage message."""
    try:
        prepare_directory(path)
    except OSError as error:
        parser.error(f"argument --output: {error}")
