"""Where things are in the pictures of a page: Graphviz lays the graphs out, and the page draws them."""

from __future__ import annotations

import math
import os
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from viz.graphs.labels import part_title
from viz.graphs.markup import digraph, statement
from viz.graphs.outline import Outline
from viz.graphs.places import Curve, Point, box_lines, empty, placed
from viz.notation import columns

LINE_HEIGHT = 17
"""In pixels, like all lengths here. A point of Graphviz counts as a pixel."""

LONGEST_TITLE = 22
"""In characters: what a name may take of the room for a node or a part."""

_SIZE = 14
_TITLE_HEIGHT = 12  # To which Graphviz adds some pixels.
_PADDING = 18

# The widths of characters in Helvetica and in fonts that have its measures, as Arial, in thousandths of the font size:
# Adobe Core 14 AFM. The page squeezes the texts of a wider font.
_WIDTHS = {
    222: "'ijl|",
    278: " !,./:;I[\\]ft",
    333: '"()-`r{}',
    500: "*Jckvsxyz^",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "mM",
    1000: "%@W…",
}
_WIDTH_OF = {character: width for width, characters in _WIDTHS.items() for character in characters}
_USUAL = 556
_BOLD = 1.08

# Without `newrank`, Graphviz 2.43 fails on some parts within parts, or takes minutes: "trouble in init_rank".
_DEFAULTS = {
    "graph": {"newrank": "true", "rankdir": "LR", "nodesep": "0.26", "ranksep": "0.25", "margin": "0", "pad": "0"},
    "node": {"shape": "box", "fixedsize": "true", "label": ""},
}

# Graphviz takes minutes to draw so many curves out of one box.
_MOST_CURVES = 100
_STRAIGHT = {"nslimit": "1", "nslimit1": "1", "splines": "line"}


class Place(NamedTuple):
    """A box, by its upper left corner; y grows downwards."""

    x: int
    y: int
    width: int
    height: int


class Line(NamedTuple):
    """An edge: its path as SVG, and the middle of its label, which is on the path."""

    x: int
    y: int
    path: str


class Layout(NamedTuple):
    """Places of the nodes, edges and parts of an outline, in its order."""

    width: int
    height: int
    nodes: list[Place]
    edges: list[Line]
    parts: list[Place]


class Picture(NamedTuple):
    """What is to be laid out: an outline, the sizes of its nodes, and the labels of its edges, empty for none."""

    outline: Outline
    sizes: Sequence[tuple[int, int]]
    labels: Sequence[str]


def lay_out(pictures: Sequence[Picture]) -> list[Layout]:
    """The layouts of some pictures. Raises GraphvizError where there is no Graphviz."""
    if sys.platform == "emscripten":  # In a page there are no threads.
        return [_layout(picture) for picture in pictures]
    # A process for each: Graphviz lays a graph out in another way if it has laid out others before.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(_layout, pictures))


def size_of(lines: Sequence[str]) -> tuple[int, int]:
    """The width and the height of a box with these lines of text, the first of them in bold."""
    widths = [_width(lines[0]) * _BOLD, *map(_width, lines[1:])]
    return round(max(widths)) + _PADDING, len(lines) * LINE_HEIGHT + 11


def _width(text: str) -> float:
    """How wide a text is."""
    if not text.isascii():
        return columns(text) * _SIZE * 0.6
    return sum(_WIDTH_OF.get(character, _USUAL) for character in text) * _SIZE / 1000


def _dot(picture: Picture) -> str:
    """A picture as DOT text."""
    outline = picture.outline
    titles = (" ".join(part_title(part, LONGEST_TITLE)) for part in outline.parts)
    rooms = [(_width(title) * _BOLD, _TITLE_HEIGHT) for title in titles]
    edges = (
        statement(f"n{edge.source} -> n{edge.target}", {**_label(label), "id": str(index)})
        for index, (edge, label) in enumerate(zip(outline.edges, picture.labels, strict=True))
    )
    busiest = max(Counter(end for edge in outline.edges for end in (edge.source, edge.target)).values(), default=0)
    looks = {**_DEFAULTS, "graph": _DEFAULTS["graph"] | (_STRAIGHT if busiest > _MOST_CURVES else {})}
    return digraph("layout", looks, [*box_lines(outline, picture.sizes, rooms, 9), *edges])


def _label(text: str) -> dict[str, str]:
    """Room for the label of an edge, if it has one."""
    return {"label": empty(_width(text) * _BOLD, LINE_HEIGHT)} if text else {}


def _layout(picture: Picture) -> Layout:
    """The layout of a picture. To Graphviz, y grows upwards."""
    places = placed(_dot(picture), picture.outline)
    across, high = places.size
    boxes = zip(places.nodes, picture.sizes, strict=True)
    return Layout(
        math.ceil(across) + 1,  # A box whose corner is rounded up lies in it, too.
        math.ceil(high) + 1,
        [_place(x - width / 2, high - y - height / 2, width, height) for (x, y), (width, height) in boxes],
        [_line(curve, high) for curve in places.curves],
        [_place(left, high - top, right - left, top - bottom) for (left, bottom), (right, top) in places.parts],
    )


def _line(curve: Curve, high: float) -> Line:
    """An edge: from the beginning of its curve to the tip of its arrow, in a picture so high."""
    assert curve.tip
    x, y = _nearest(curve.points, curve.label or curve.tip)
    start, *rest = [f"{round(x)},{round(high - y)}" for x, y in [*curve.points, curve.tip]]
    return Line(round(x), round(high - y), f"M{start} C{' '.join(rest[:-1])} L{rest[-1]}")


def _place(x: float, y: float, width: float, height: float) -> Place:
    """A place in whole pixels."""
    return Place(*map(round, (x, y, width, height)))


def _nearest(curve: Sequence[Point], other: Point) -> Point:
    """The point of a curve, pieces of Bézier's with four points each, that is nearest to another point."""
    pieces = [list(zip(*curve[first : first + 4], strict=True)) for first in range(0, len(curve) - 3, 3)]
    places = [(piece, step / 16) for piece in pieces for step in range(17)]
    piece, share = min(places, key=lambda place: math.dist(_point(*place), other))
    places = [(piece, min(max(share + step / 256, 0.0), 1.0)) for step in range(-16, 17)]
    return _point(*min(places, key=lambda place: math.dist(_point(*place), other)))


def _point(piece: Sequence[Sequence[float]], share: float) -> Point:
    """Where a piece is after a share of its way, by the coordinates of its four points along each axis."""
    x, y = (_bezier(ends, share) for ends in piece)
    return x, y


def _bezier(ends: Sequence[float], share: float) -> float:
    """Where a cubic curve is after a share of its way, along one axis."""
    start, leaving, arriving, end = ends
    rest = 1 - share
    return rest**3 * start + 3 * rest**2 * share * leaving + 3 * rest * share**2 * arriving + share**3 * end
