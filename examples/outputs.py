"""What examples leave behind: words on the screen, and a directory with each plot as SVG and PNG."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viz.plots import Plot

Plots = Mapping[str, tuple["Plot", str]]
"""Plots with what each shows, in words, by the names of their files without ending."""

WIDTH = 108
"""Of a line of text, in characters."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 seed`` or ``2,000 seeds``."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def explain(paragraph: str) -> None:
    """Print a paragraph, wrapped."""
    print(textwrap.fill(" ".join(paragraph.split()), WIDTH))


def prepare_directory(path: Path) -> None:
    """Make the directory unless it is there; OSError, in words for the user, if no file can be written to it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        what = "a file, not a directory" if path.exists() else "a link that leads nowhere"
        raise FileExistsError(f"{str(path)!r} is {what}") from None
    except OSError as error:
        raise OSError(f"{str(path)!r} cannot be made a directory: {error.strerror}") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise PermissionError(f"{str(path)!r} is a directory that cannot be written to")


def kept(directory: Path, names: Iterable[str]) -> str:
    """Say which files were complete before something went wrong."""
    told = ", ".join(names)
    return f"kept in {directory}: {told}" if told else "no file was written"


def show_plots(directory: Path, make: Callable[[], Plots]) -> None:
    """Write the plots that ``make`` returns and print a line for each; without matplotlib, print what to install."""
    try:
        plots = make()
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        print(f"\nNo pictures were made: {error}")
        return
    if not plots:
        print("\nNo pictures were made: there is nothing to draw.")
        return
    print(f"\nPictures in {directory}")
    written: list[str] = []
    for stem, (plot, description) in plots.items():
        for name in (f"{stem}.svg", f"{stem}.png"):
            try:
                plot.save(directory / name)
            except OSError as error:
                raise OSError(f"{error}; {kept(directory, written)}") from None
            written.append(name)
        print(f"  {f'{stem}.svg, .png':<24} {description}")
