"""The markup of labels in DOT: https://graphviz.org/doc/info/shapes.html#html.

All text begins at the left of its cell: where it begins does not depend on the font of whoever looks at the SVG.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

_SPACE = "\u00a0"  # An SVG viewer drops a plain space at the beginning of a text or behind another.


def plain(text: str) -> str:
    """Text to be shown as it is, in which Graphviz resolves entities, then backslashes.

    A line of nothing but closing brackets is a syntax error to Graphviz 2.43.
    """
    spaced = re.sub("^ |(?<= ) ", _SPACE, text)
    return html.escape(spaced, quote=False).replace("\\", "\\\\").replace("]", "&#93;")


def tooltip(*lines: str) -> str:
    """Lines of text for a tooltip, in which Graphviz resolves entities, then backslashes, then these once more."""
    return "&#10;".join(html.escape(line, quote=False).replace("\\", "\\" * 4) for line in lines)


def bold(markup: str) -> str:
    """Markup in bold."""
    return f"<B>{markup}</B>" if markup else ""


def colored(markup: str, color: str) -> str:
    """Markup in a colour; of nothing, nothing, for Graphviz takes no empty element."""
    return f'<FONT COLOR="{color}">{markup}</FONT>' if markup else ""


def beside(*pieces: tuple[Callable[[str], str], str]) -> str:
    """Texts one behind the other, each in a look of its own, with gaps between them.

    The gaps are at the end of texts, not at the beginning: there, some viewers of SVG drop even a no-break space.
    """
    *before, (look, last) = pieces
    return "".join(look(plain(text) + _SPACE * 2) for look, text in before) + look(plain(last))


def cell(markup: str, columns: int = 1) -> str:
    """A cell of a table, over as many columns."""
    return f'<TD ALIGN="LEFT"{_over(columns)}>{markup}</TD>'


def gap(points: int) -> str:
    """An empty cell."""
    return f'<TD WIDTH="{points}"></TD>'


def chip(markup: str, fill: str, line: str) -> str:
    """A cell with a colour of its own, as a legend has."""
    return f'<TD BGCOLOR="{fill}" COLOR="{line}" BORDER="1">{markup}</TD>'


def row(*cells: str) -> str:
    """A row of cells."""
    return f"<TR>{''.join(cells)}</TR>"


def table(*rows: str, spacing: int = 0, padding: int = 1) -> str:
    """A table, as a part of a label."""
    opening = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="{padding}">'
    return f"{opening}{''.join(rows)}</TABLE>"


def label(markup: str) -> str:
    """Markup as the value of an attribute."""
    return f"<{markup}>"


def _over(columns: int) -> str:
    """The attribute of a cell over several columns."""
    return f' COLSPAN="{columns}"' if columns > 1 else ""
