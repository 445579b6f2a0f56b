"""What every plot shares: the object that is returned, colours, names, and legends beside the panels."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from matplotlib import style
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from matplotlib.ticker import MaxNLocator

from engine.extend import replace_file
from viz.notation import number, printable, shortened

FileName = str | os.PathLike[str]

# The hues of Okabe and Ito ("Color Universal Design", 2008), told apart with any kind of colour blindness; without
# their yellow, which is too light for a line on white.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")

# As many styles as have no divisor in common with the number of colours: 28 lines differ in one or both.
_DASHES = ("-", "--", "-.", ":")

_STYLE: list[Any] = [
    "default",  # Whatever the user has set.
    {
        "axes.prop_cycle": cycler(color=COLORS * len(_DASHES), linestyle=_DASHES * len(COLORS)),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.dpi": 144,
        "font.size": 14,  # On a slide of 13.3 by 7.5 inches.
        "lines.linewidth": 2.5,
        "pdf.fonttype": 42,  # Letters that can be selected and edited.
        "svg.hashsalt": "viz.plots",  # Without it, the names inside an SVG are random.
    },
]

# Without them, a file would hold the time at which it was written, and an SVG the version of matplotlib.
_UNDATED: dict[str, Any] = {".svg": {"Date": None, "Creator": None}, ".png": {}, ".pdf": {"CreationDate": None}}

# In inches: what a legend leaves to the panel at its left, and the room around it.
_LEAST_PANEL, _PAD = 6.2, 0.3

_LONGEST = {"right": 72, "below": 30, "axis": 32}
"""How many characters of a name there is room for."""


@dataclass(frozen=True)
class Plot:
    """A plot as a figure of matplotlib, which can be changed before it is saved. A notebook shows it.

    figure   the figure; ``figure.axes`` are its panels
    content  what it shows, in words
    """

    figure: Figure
    content: str

    def save(self, path: FileName) -> None:
        """Write the plot into a file whose name ends in ``.svg``, ``.png`` or ``.pdf``: the same plot, the same bytes.

        Raises ValueError for another ending and OSError if the file cannot be written. A file that was there before
        stays as it is until the new one is complete.
        """
        target = Path(path)
        ending = target.suffix.lower()
        if ending not in _UNDATED:
            raise ValueError(f"a plot can be saved as {', '.join(_UNDATED)}, but {str(target)!r} ends in none of them")
        replace_file(target, self._image(ending))

    def _image(self, ending: str) -> bytes:
        """The content of a file of this ending."""
        stream = BytesIO()
        with style.context(_STYLE):
            # Each time a figure is drawn, its layout starts from the last one and ends a little beside it.
            copy.deepcopy(self.figure).savefig(stream, format=ending[1:], metadata=_UNDATED[ending])
        return stream.getvalue()

    def _repr_png_(self) -> bytes:
        """What a notebook shows: the picture."""
        return self._image(".png")

    def __repr__(self) -> str:
        return f"<Plot of {self.content}>"


@contextmanager
def new_figure(width: float = 9.0, height: float = 5.0) -> Iterator[Figure]:
    """An empty figure of a size in inches, to draw in while the style of these plots holds."""
    with style.context(_STYLE):
        yield Figure(figsize=(width, height), layout="constrained")


def finished(figure: Figure, content: str, path: FileName | None) -> Plot:
    """The plot, saved if there is a path."""
    plot = Plot(figure, content)
    if path is not None:
        plot.save(path)
    return plot


def add_legend(figure: Figure, entries: Iterable[tuple[Artist, str]], side: Literal["right", "below"]) -> None:
    """A legend beside the panels, in a column to the right or in a row below; the figure grows until it fits."""
    handles, names = zip(*entries, strict=True)
    place: dict[str, Any] = {"loc": "outside right upper"}
    if side == "below":
        place = {"loc": "outside lower center", "ncols": len(names)}
    # Matplotlib leaves out a name that begins with an underscore, unless it is set later.
    legend = figure.legend(handles, ["-"] * len(names), frameon=False, **place)
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_text(one_line(name, _LONGEST[side]))
    box = legend.get_window_extent().padded(_PAD / 2 * figure.dpi)
    width, height = figure.get_size_inches()
    least = box.width / figure.dpi + (_LEAST_PANEL if side == "right" else 0.0)
    figure.set_size_inches(max(width, least), max(height, box.height / figure.dpi))


def new_panel(figure: Figure, names: Sequence[str], place: tuple[int, int, int] = (1, 1, 1), **options: Any) -> Axes:
    """A panel with names at its axes: of so many rows and columns of panels, the one of this number."""
    axes: Axes = figure.add_subplot(*place, **options)
    axes.set(xlabel=one_line(names[0], _LONGEST["axis"]), ylabel=one_line(names[1], _LONGEST["axis"]))
    return axes


def epoch_axes(figure: Figure, up: str = "", place: tuple[int, int, int] = (1, 1, 1)) -> Axes:
    """A panel over epochs, counted in whole numbers, even if there is only one."""
    axes = new_panel(figure, ("epoch", up), place)
    axes.xaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    return axes


def one_line(name: str, longest: int) -> str:
    """A name on one line of at most so many characters, all of which a font can draw; a dollar begins no formula."""
    return shortened(printable(name), longest).replace("$", r"\$")


def written(value: float) -> str:
    """A number with the minus sign that matplotlib writes."""
    return number(value).replace("-", "\N{MINUS SIGN}")


def plural(count: int, what: str) -> str:
    """How many there are of what: ``1 sample``, ``2 samples``."""
    return f"{count:,} {what}{'s' * (count != 1)}"
