"""A graph for papers: from its outline to a picture in TikZ. Graphviz lays it out, and LaTeX sets it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from viz.graphs import labels
from viz.graphs.marks import Mark, words_of
from viz.graphs.outline import Edge, Node, Outline
from viz.graphs.places import Curve, Places, Point, Size, lay_out
from viz.graphs.style import Style
from viz.graphs.tex import Text, formula, plain, tabular
from viz.notation import number
from viz.palette import BACKWARD, FAINT, FOLLOWS, LOOKS, PART_FILL, PART_LINE, WRONG, GradientScale, Role

# In points, as Graphviz and TikZ's "bp" have them: a line of text, a generous mean of the width of characters, and
# room around them.
_LINE = 12
_CHARACTER = 5.2
_GAP = 6
_MARGIN = 8

_MARKS = {WRONG: "graphwrong", FOLLOWS: "graphfollows"}

# In points. TeX has no longer lengths.
_LONGEST = 16_000

_HEAD = r"""% A picture to \input in a document with \usepackage{tikz}: it needs no TikZ library, and pdfLaTeX will do.
% A colour that the document defines before, by one of the names below, takes the place of the one here.
"""

_STYLES = r"""\def\graphmissing#1{{\fboxsep=1bp\fbox{\tiny #1}}}% a character that pdfLaTeX cannot set, by its number
\tabcolsep=3bp
\tikzset{
  every node/.style={font=\fontsize{10}{12}\selectfont, inner sep=0pt},
  line/.style={line width=0.6bp},
  frame/.style={line, draw=graphframeline, fill=graphframefill, rounded corners=3bp},
  use/.style={line, draw=graphfaint},
  box/.style 2 args={line, draw=graph#1line, fill=#2},
  added/.style={append after command={\pgfextra{\begin{pgfinterruptpath}#1\end{pgfinterruptpath}}}},"""

# By role, all with their fill as an argument. Without a library, TikZ has no folder and no box in three dimensions:
# lines are added to a rectangle.
_SHAPES: dict[Role, str] = {
    "input": "box={input}{#1}",
    "parameter": r"""box={parameter}{#1}, added={
    \draw[box={parameter}{#1}] (\tikzlastnode.north east) -- ++(0,3) -- ++(-12,0) -- ++(-3,-3);}""",
    "operation": "box={operation}{#1}, rounded corners=4bp",
    "result": "box={result}{#1}, rounded corners=4bp, double=#1, double distance=1.6bp",
    "part": r"""box={part}{#1}, added={
    \draw[box={part}{#1}] (\tikzlastnode.north west) -- ++(3,3) -- ([shift={(3,3)}]\tikzlastnode.north east)
      -- ([shift={(3,3)}]\tikzlastnode.south east) -- (\tikzlastnode.south east) -- (\tikzlastnode.north east) -- cycle
      (\tikzlastnode.north east) -- ++(3,3);}""",
}


_SCALED = r"""\begingroup
\setbox0=\hbox{%%
%(picture)s}%%
\ifdim\wd0>%(width)sin \setbox0=\hbox{\resizebox{%(width)sin}{!}{\box0}}\fi
\ifdim\dimexpr\ht0+\dp0\relax>%(height)sin \setbox0=\hbox{\resizebox*{!}{%(height)sin}{\box0}}\fi
\leavevmode\box0\endgroup
"""


class _Table(NamedTuple):
    """The text of a node: lines over its whole width, then rows of cells, all of the same length, and its mark."""

    lines: list[Text]
    rows: list[list[Text]]
    mark: Mark | None

    @property
    def size(self) -> Size:
        """Width and height, with a margin."""
        columns = [max(map(_width, cells)) + _GAP for cells in zip(*self.rows, strict=True)]
        lines = [*self.lines, *_mark(self.mark)]
        width = max([sum(columns) - _GAP, *map(_width, lines)])
        return width + 1.5 * _MARGIN, (len(lines) + len(self.rows)) * _LINE + _MARGIN

    @property
    def tex(self) -> str:
        """The table in LaTeX."""
        count = len(self.rows[0])
        whole = [rf"\multicolumn{{{count}}}{{@{{}}l@{{}}}}{{{line.tex}}}" for line in [*self.lines, *_mark(self.mark)]]
        rows = [" & ".join(cell.tex for cell in row) for row in self.rows]
        above = len(self.lines)
        return tabular("l" * count, [*whole[:above], *rows, *whole[above:]])


def tikz(outline: Outline, style: Style) -> str:
    """The outline as a picture in TikZ, the same for the same outline and style.

    Raises GraphvizError where there is no Graphviz and ValueError for a picture that is too large for TeX.
    """
    scale = labels.scale_of(outline, style)
    tables = [_table(node, style) for node in outline.nodes]
    partials = {place: _on_edge(text, outline.edges[place]) for place, text in labels.partials(outline, style).items()}
    frames = [_frame_title(labels.part_title(part)) for part in outline.parts]
    places = lay_out(
        outline,
        [table.size for table in tables],
        {
            place: (_width(text) + 4, _LINE * (1 + len(_mark(outline.edges[place].mark))))
            for place, text in partials.items()
        },
        [(_width(title), _LINE) for title in frames],
        style.direction,
    )
    if max(places.size) > _LONGEST:
        raise ValueError(
            f"TeX takes no picture of more than {_LONGEST // 72} inches, and this one has {max(places.size) / 72:.0f}: "
            "draw a part of it, or (with fold=True, by='neuron') fewer nodes"
        )
    nodes = zip(outline.nodes, tables, places.nodes, strict=False)  # Behind these are the labels.
    ways = [edge for edge in outline.edges for _half in range(2 if edge.is_labelled else 1)]
    around = _around(outline, style, scale, places.size)
    lines = [
        *(f"\\providecolor{{{name}}}{{HTML}}{{{color[1:]}}}" for name, color in _colors(outline, scale).items()),
        _STYLES,
        *(f"  {role} node/.style={{{_SHAPES[role]}}}," for role in labels.occurring(outline)),
        "}",
        *_frames(frames, places),
        *map(_curve, places.curves, ways),
        *(_node("", at, text) for at, text in zip(places.nodes[len(tables) :], partials.values(), strict=True)),
        *(_framed(node, _node(_shape(node, table.size, scale), at, Text(table.tex, 0))) for node, table, at in nodes),
        *(_node(f"anchor={anchor}", at, text) for anchor, at, text in around),
    ]
    return _HEAD + _within(style.size, [r"\begin{tikzpicture}[x=1bp, y=1bp]", *lines, r"\end{tikzpicture}"])


def _within(size: Sequence[float] | None, lines: Sequence[str]) -> str:
    """A picture, scaled down by LaTeX if it is larger than this, in inches."""
    picture = "\n".join(lines)
    if size is None:
        return f"{picture}\n"
    width, height = (f"{min(side, _LONGEST / 72):.4f}" for side in size)
    return _SCALED % {"picture": picture, "width": width, "height": height}


def _width(text: Text) -> float:
    """The width of a text, in points."""
    return text.width * _CHARACTER


def _backward(text: Text) -> Text:
    """A text in the colour of what is computed backwards."""
    return text.within(r"\textcolor{graphbackward}")


def _mark(mark: Mark | None) -> list[Text]:
    """The text of a mark, if it has one; bold characters are wider."""
    bold = [plain(words).within(r"\textbf").within(r"\textcolor{graphwrong}") for words in words_of(mark)]
    return [Text(text.tex, 1.2 * text.width) for text in bold]


def _faint(text: Text) -> Text:
    """A text that does not stand out."""
    return text.within(r"\textcolor{graphfaint}")


def _joined(texts: Iterable[Text]) -> Text:
    """Texts beside each other, with spaces between them."""
    texts = [text for text in texts if text.tex]
    return Text("~".join(text.tex for text in texts), sum(text.width + 1 for text in texts) - 1)


# --- What is written -------------------------------------------------------------------------------------------------


def _table(node: Node, style: Style) -> _Table:
    """Name and expression, on one line if there is room, and below them the numbers, aligned."""
    rows = labels.numbers(node, style)
    if node.role == "part":
        lines = [plain(labels.name_of(node)).within(r"\textbf"), _faint(plain(labels.expression_of(node)))]
    else:
        lines = [
            _joined([formula(labels.name_of(node)), _faint(formula(labels.rounds_of(node)))]),
            formula(labels.expression_of(node)),
        ]
        if sum(line.width for line in lines) < labels.WIDEST:
            lines = [_joined(lines)]
    table = _part_rows(rows, style) if node.role == "part" else _rows(*rows)
    return _Table([line for line in lines if line.tex], table, node.mark)


def _on_edge(partial: str, edge: Edge) -> Text:
    """The partial on an edge, and its mark below it."""
    if edge.mark is None or edge.mark.follows:
        return _backward(formula(partial))
    lines = [formula(partial).within(r"\textcolor{graphwrong}"), *_mark(edge.mark)]
    return Text(tabular("c", (line.tex for line in lines)), max(line.width for line in lines))


def _rows(row: labels.Numbers) -> list[list[Text]]:
    """A line for the data of a node and one for its gradients, or for a word in their place."""
    data = [_faint(plain("data")), *map(formula, row.data)]
    gradients = [_backward(text) for text in (plain("grad"), *map(formula, row.gradients))]
    gradients += [Text("", 0)] * (len(data) - len(gradients))
    return [data, gradients] if row.gradients else [data]


def _part_rows(rows: Sequence[labels.Numbers], style: Style) -> list[list[Text]]:
    """A line for each kind of number in a part, with a column for the data and one for the gradients."""
    lines = [[Text("", 0), _faint(plain("data")), _backward(plain("grad"))]]
    for row in rows:
        name = plain(row.name) if row.name.isalpha() and len(row.name) > 1 else formula(row.name)
        lines.append([_faint(name), _cell(row.data), _backward(_cell(row.gradients))])
    return lines if style.gradients else [line[:2] for line in lines]


def _cell(texts: Sequence[str]) -> Text:
    """Numbers in one cell."""
    return formula(", ".join(texts)) if texts else Text("", 0)


def _frame_title(title: tuple[str, str]) -> Text:
    """The name of a part, and behind it a word on what it does."""
    name, note = title
    return _joined([plain(name).within(r"\textbf"), _faint(plain(note))])


def _around(outline: Outline, style: Style, scale: GradientScale | None, size: Size) -> list[tuple[str, Point, Text]]:
    """The title above the picture and the legend below it: their anchors, places and texts."""
    middle = round(size[0] / 2, 1)
    title = plain(labels.title_of(style)).within(r"\textbf")
    found = [("south", (middle, size[1] + _MARGIN), title)] if title.tex else []
    if style.legend:
        colors, on_edges = (_backward(plain(text)) for text in labels.legend(outline, style))
        marks = [_chip(_MARKS[mark.color], "white", plain(text)) for text, mark in labels.marked(outline)]
        lines = [
            line
            for line in (_joined([colors, *_chips(outline, scale, style)]), _joined([on_edges, *marks]))
            if line.tex
        ]
        found += [("north", (middle, -_MARGIN - 1.8 * _LINE * place), line) for place, line in enumerate(lines)]
    return found


def _chips(outline: Outline, scale: GradientScale | None, style: Style) -> list[Text]:
    """The colours that occur, with what they mean."""
    if scale:
        return [
            _chip("graphfaint", _graded(scale, stop), formula(number(stop, style.digits))) for stop in scale.stops()
        ]
    return [_chip(f"graph{role}line", f"graph{role}fill", plain(role)) for role in labels.occurring(outline)]


def _chip(line: str, fill: str, text: Text) -> Text:
    """A text on a ground of its own."""
    return Text(rf"\fcolorbox{{{line}}}{{{fill}}}{{\strut {text.tex}}}", text.width + 2)


# --- What is drawn ---------------------------------------------------------------------------------------------------


def _colors(outline: Outline, scale: GradientScale | None) -> dict[str, str]:
    """The colours in the picture, by name."""
    colors = {"graphfaint": FAINT, "graphbackward": BACKWARD}
    marks = [*(node.mark for node in outline.nodes), *(edge.mark for edge in outline.edges)]
    marked = {mark.color for mark in marks if mark}
    colors |= {name: color for color, name in _MARKS.items() if color in marked}
    if outline.parts:
        colors |= {"graphframeline": PART_LINE, "graphframefill": PART_FILL}
    for role in labels.occurring(outline):
        colors |= {f"graph{role}line": LOOKS[role].line, f"graph{role}fill": LOOKS[role].fill}
    if scale:
        gradients = [*(node.gradient for node in outline.nodes), *scale.stops()]
        colors |= {_graded(scale, gradient): scale.color(gradient) for gradient in gradients}
    return colors


def _graded(scale: GradientScale, gradient: float | None) -> str:
    """The name of the colour of a gradient."""
    return f"graph{scale.color(gradient)[1:]}"


def _shape(node: Node, size: Size, scale: GradientScale | None) -> str:
    """The options of a node."""
    fill = _graded(scale, node.gradient) if scale else f"graph{node.role}fill"
    return f"{node.role} node={fill}, minimum width={size[0]:.1f}bp, minimum height={size[1]:.1f}bp"


def _framed(node: Node, drawn: str) -> str:
    """A node as it is drawn; if it is marked, with all its lines in that colour."""
    if node.mark is None:
        return drawn
    color, width = _MARKS[node.mark.color], "1.2bp" if node.mark.follows else "1.6bp"
    return rf"{{\colorlet{{graph{node.role}line}}{{{color}}}\tikzset{{line/.style={{line width={width}}}}}{drawn}}}"


def _node(options: str, at: Point, text: Text) -> str:
    """A node that stands around a point."""
    return rf"\node[{options}] at {_point(at)} {{{text.tex}}};"


def _frames(titles: Sequence[Text], places: Places) -> Iterator[str]:
    """The frames of parts, the outer before the inner, and their titles."""
    for title, (low, high) in zip(titles, places.parts, strict=True):
        yield rf"\draw[frame] {_point(low)} rectangle {_point(high)};"
        yield _node("anchor=north", ((low[0] + high[0]) / 2, high[1] - _MARGIN / 2), title)


def _curve(curve: Curve, edge: Edge) -> str:
    """A line of an edge, with the tip of an arrow if it has one."""
    start, *points = map(_point, curve.points)
    pieces = zip(*[iter(points)] * 3, strict=True)
    path = "".join(f" .. controls {first} and {second} .. {end}" for first, second, end in pieces)
    options, end = (", -stealth", f" -- {_point(curve.tip)}") if curve.tip else ("", "")
    look = f"use, draw={_MARKS[edge.mark.color]}, line width=1.2bp" if edge.mark else "use"
    return rf"\draw[{look}{options}] {start}{path}{end};"


def _point(point: Point) -> str:
    """A point as TikZ has it."""
    return f"({point[0]:.1f},{point[1]:.1f})"
