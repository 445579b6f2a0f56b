"""What every plot shares: the object that is returned, colours, sizes, and text that is shown as it is."""

from __future__ import annotations

import base64
import copy
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from matplotlib import style
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from engine.extend import real_number
from viz.files import replace_file
from viz.notation import number, printable, shortened

# The hues of Okabe and Ito ("Color Universal Design", 2008), told apart with any kind of colour blindness; without
# their yellow, which is too light for a line on white.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")
FAINT = "#595959"

# As many marks as colours.
SHAPES = ("o", "s", "^", "D", "v", "<", ">")

# Width and height in inches: on a slide of 13.3 by 7.5 the text is at least as large as the style says.
SIZE = (9.0, 5.0)

DPI = 144
"""How many pixels of a bitmap make an inch."""

_STYLE = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 14,
    "lines.linewidth": 2.5,
    "pdf.fonttype": 42,  # Letters that can be selected and edited.
    "savefig.dpi": DPI,
    "svg.hashsalt": "scalargrad",  # The names inside an SVG are random without.
}

# Beyond it, the sums and differences by which matplotlib places a number may overflow.
_LARGEST = 1e300

_LONGEST_AXIS_NAME = 32

Place = Literal["outside right upper", "outside lower center"]

# What says that a file has no date in it, and that of an SVG not by which version it was drawn.
_UNDATED: dict[str, dict[str, Any]] = {
    ".svg": {"Date": None, "Creator": None},
    ".png": {},
    ".pdf": {"CreationDate": None},
}


@dataclass(frozen=True)
class Plot:
    """A plot as a figure of matplotlib, which can be changed before it is saved. A notebook shows it.

    figure   the figure; ``figure.axes`` are its panels
    content  what it shows, in words
    """

    figure: Figure
    content: str

    def save(self, path: str | os.PathLike[str]) -> None:
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
        with plot_style():
            # Whenever a figure is drawn, its layout starts from the one before and ends a little beside it.
            copy.deepcopy(self.figure).savefig(stream, format=ending[1:], metadata=_UNDATED[ending])
        return stream.getvalue()

    def _repr_mimebundle_(self, **_selection: Any) -> dict[str, str]:
        """What a notebook shows: the picture."""
        return {"image/png": base64.b64encode(self._image(".png")).decode("ascii")}

    def __repr__(self) -> str:
        return f"<Plot of {self.content}>"


@contextmanager
def plot_style() -> Iterator[None]:
    """Inside, matplotlib's defaults and the style of these plots hold, whatever the user has set."""
    with style.context(["default", _STYLE]):
        yield


def finished(figure: Figure, content: str, path: str | os.PathLike[str] | None) -> Plot:
    """The plot, saved if there is a path."""
    plot = Plot(figure, content)
    if path is not None:
        plot.save(path)
    return plot


def epoch_axis(axes: Axes) -> None:
    """Let the axis to the right count epochs, in whole numbers, were it only one."""
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))


def legend(figure: Figure, handles: Sequence[Artist], texts: Sequence[str], place: Place) -> None:
    """A legend beside the panels, where it covers nothing: in a column to the right, or in a row below."""
    columns = len(texts) if place == "outside lower center" else 1
    # Matplotlib leaves out what begins with an underscore, unless it comes later.
    shown = figure.legend(handles, ["-"] * len(texts), loc=place, ncols=columns, frameon=False)
    for entry, text in zip(shown.get_texts(), texts, strict=True):
        entry.set_text(text)
        literal(entry)


def name_axes(axes: Axes, labels: tuple[str, str]) -> None:
    """Write what the two axes are beside them, as it is."""
    for label in (axes.set_xlabel(_axis_name(labels[0])), axes.set_ylabel(_axis_name(labels[1]))):
        literal(label)


def _axis_name(label: str) -> str:
    """As much of a name as an axis has room for."""
    return name_text(label, _LONGEST_AXIS_NAME)


def literal(text: Text) -> None:
    """Show a text as it is: dollar signs begin no formula."""
    text.set_parse_math(False)


def name_text(name: str, longest: int) -> str:
    """A name on one line of at most so many characters, all of which a font can draw."""
    return shortened(printable(name), longest)


def drawable_number(given: Any, what: str) -> float:
    """``given`` as a float that an axis can show; else TypeError or ValueError, naming ``what`` it is."""
    checked = real_number(given, what)
    if not is_drawable(checked):
        raise ValueError(f"{what} is {number(checked)}, which has no place on an axis")
    return checked


def is_drawable(value: float) -> bool:
    """Whether a number is finite and not too large for an axis."""
    return abs(value) <= _LARGEST


def written(value: float) -> str:
    """A number with the minus sign that matplotlib writes."""
    return number(value).replace("-", "\N{MINUS SIGN}")


def plural(count: int, what: str) -> str:
    """How many there are of what: ``1 sample``, ``2 samples``."""
    return f"{count:,} {what}{'s' * (count != 1)}"
