"""DOT, the language of Graphviz: statements (https://graphviz.org/doc/info/lang.html) and the markup of labels.

Markup (https://graphviz.org/doc/info/shapes.html#html) has all text at the left of its cell: so its place does not
depend on the font of whoever looks at the SVG.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Attributes = Mapping[str, str]

_PLAIN = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*|-?(\.[0-9]+|[0-9]+(\.[0-9]*)?)")
_KEYWORDS = {"node", "edge", "graph", "digraph", "subgraph", "strict"}

_SPACE = "\u00a0"  # An SVG viewer drops a plain space at the beginning of a text or behind another.


# --- Statements ------------------------------------------------------------------------------------------------------


def digraph(name: str, defaults: Mapping[str, Attributes], lines: Iterable[str]) -> str:
    """A directed graph: the attributes of "graph", "node" and "edge", and the lines of its statements."""
    kinds = [f"{kind} [{assigned(attributes)}]" for kind, attributes in defaults.items() if attributes]
    return "\n".join(block(f"digraph {name}", [*kinds, *lines])) + "\n"


def block(title: str, lines: Iterable[str]) -> Iterator[str]:
    """The lines of a graph or a subgraph."""
    yield f"{title} {{"
    yield from (f"\t{line}" for line in lines)
    yield "}"


def statement(subject: str, attributes: Attributes) -> str:
    """A node or an edge, its label in front of its other attributes."""
    return f"{subject} [{assigned(attributes, first='label')}]"


def assigned(attributes: Attributes, first: str = "") -> str:
    """``name=value`` for each attribute, in alphabetical order after the first."""
    ordered = sorted(attributes.items(), key=lambda item: (item[0] != first, item[0]))
    return " ".join(f"{name}={quoted(value)}" for name, value in ordered)


def quoted(text: str) -> str:
    """A text as the value of an attribute; markup in angle brackets stands as it is.

    Backslashes are to come in pairs: a single one before a quote or at the end would be lost.
    """
    if text[:1] == "<" and text[-1:] == ">":
        return text
    if _PLAIN.fullmatch(text) and text.lower() not in _KEYWORDS:
        return text
    return '"' + text.replace('"', '\\"') + '"'


# --- Labels ----------------------------------------------------------------------------------------------------------


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


def sized(markup: str, points: int) -> str:
    """Markup in a font size of its own."""
    return f'<FONT POINT-SIZE="{points}">{markup}</FONT>'


def beside(*pieces: tuple[Callable[[str], str], str]) -> str:
    """Texts one behind the other, each in a look of its own, with gaps between them.

    The gaps are at the end of texts, not at the beginning: there, some viewers of SVG drop even a no-break space.
    """
    *before, (look, last) = pieces
    return "".join(look(plain(text) + _SPACE * 2) for look, text in before) + look(plain(last))


def cell(markup: str, columns: int = 1) -> str:
    """A cell of a table, over as many columns."""
    over = f' COLSPAN="{columns}"' if columns > 1 else ""
    return f'<TD ALIGN="LEFT"{over}>{markup}</TD>'


def gap(points: int) -> str:
    """An empty cell."""
    return f'<TD WIDTH="{points}"></TD>'


def chip(markup: str, fill: str, line: str) -> str:
    """A cell with a colour of its own, as a legend has."""
    return f'<TD BGCOLOR="{fill}" COLOR="{line}" BORDER="1">{markup}</TD>'


def table(*rows: Sequence[str], spacing: int = 0, padding: int = 1) -> str:
    """A label that is a table, by the cells of each row."""
    opening = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="{padding}">'
    lines = "".join("<TR>" + "".join(cells) + "</TR>" for cells in rows)
    return f"<{opening}{lines}</TABLE>>"
