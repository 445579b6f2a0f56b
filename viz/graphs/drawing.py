"""`draw` and `to_dot`: pictures of computation graphs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine import Value
from engine.extend import collector_paused, replace_file
from viz.graphs.dot import dot_text
from viz.graphs.grouping import Scale
from viz.graphs.marks import Marks
from viz.graphs.mermaid import mermaid
from viz.graphs.outline import Outline, outline
from viz.graphs.style import Colors, Direction, Style
from viz.graphs.tikz import tikz
from viz.images import image
from viz.notebook import picture_bundle
from viz.record import Record

_TEXTS: dict[str, Callable[[Outline, Style], str]] = {".dot": dot_text, ".tex": tikz, ".mmd": mermaid}
_ENDINGS = (".svg", ".png", ".pdf", *_TEXTS)


@dataclass(frozen=True)
class Drawing:
    """A picture of a graph as it was when it was drawn. A notebook shows it.

    dot      the picture as DOT text
    outline  what it shows
    style    how it is drawn
    """

    dot: str
    outline: Outline = field(compare=False)
    style: Style

    @property
    def nodes(self) -> int:
        """How many nodes it has."""
        return len(self.outline.nodes)

    @property
    def edges(self) -> int:
        """How many edges it has."""
        return len(self.outline.edges)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture into a file whose name ends as `draw` says.

        Raises ValueError for another ending, GraphvizError if the picture cannot be laid out and OSError if it
        cannot be written. A file that was there before stays as it is until the new one is complete.
        """
        target = Path(path)
        ending = target.suffix.lower()
        if ending not in _ENDINGS:
            raise ValueError(
                f"a drawing can be saved as {', '.join(_ENDINGS)}, but {str(target)!r} ends in none of them"
            )
        if ending in _TEXTS:
            content = _TEXTS[ending](self.outline, self.style).encode("utf-8")
        else:
            content = image(self.dot, ending[1:])
        replace_file(target, content)

    def _repr_mimebundle_(self, **_selection: Any) -> dict[str, str]:
        """What a notebook shows: the picture (an image where the notebook is not trusted), or why it cannot be made."""
        return picture_bundle(repr(self), self.dot)

    def __repr__(self) -> str:
        return f"<Drawing of {self.nodes} nodes and {self.edges} edges>"


def draw(
    value: Value | Sequence[Value],
    path: str | os.PathLike[str] | None = None,
    *,
    by: Scale = "operation",
    fold: bool = False,
    colors: Colors = "role",
    parameters: Iterable[Value] = (),
    direction: Direction = "right",
    gradients: bool = True,
    legend: bool = True,
    digits: int = 5,
    title: str = "",
    size: Sequence[float] | None = None,
    marks: Marks | None = None,
    max_nodes: int = 500,
) -> Drawing:
    """Draw the graph from which ``value`` (or each of a list of values) was computed, into a file if a path is given.

    value       a Value, or a list of several
    path        a file name that ends in ``.svg``, ``.png``, ``.pdf``, ``.dot``, ``.tex`` or ``.mmd``
    by          what is one node: an ``"operation"``, a ``"neuron"`` (any part of the computation with a scope, see
                `engine.scope`, and with no such part in it) or a ``"layer"`` (a part that consists of such parts; where
                one is alone, itself)
    fold        draw once what loops repeat, as for the samples of a batch or the neurons of a layer: ``×4×8`` says how
                often each loop runs, and the node shows the numbers of all rounds, or their range. A sum of many terms
                is one node, in which the products that only it uses are written, as in ``b + Σ w * x``
    colors      what colours tell: the ``"role"`` of a node, or sign and size of its ``"gradient"``
    parameters  the leaves to show as parameters, as in ``parameters=model.parameters()``; unless given, the leaves that
                neurons, and what else has a scope, use without being given them; all others are inputs
    direction   where results stand as seen from their operands: to the ``"right"``, as fits a slide, or ``"down"``
    gradients   whether gradients are written
    legend      whether the picture says what its colours and the numbers on its edges mean
    digits      how many significant digits numbers have, 1 to 17; tooltips have them all
    title       a line above the picture
    size        the largest width and height in inches, as in ``size=(10, 5)``: what is larger is scaled down, what is
                smaller stays as it is, so that its text is no larger than that of other pictures
    marks       what to look at, drawn in red: a short text for a Value, which stands on its node below the numbers, or
                for ``(Value, position of the operand)``, which stands below the partial on the edge from that operand:
                ``marks={loss: "too large", (loss, 0): "yours: -1"}``. An empty text marks by the colour alone
    max_nodes   the most nodes to draw

    A node shows its name, how it was computed, its data and its gradient; an edge, the local partial derivative of the
    node it leads to. A neuron or layer drawn as a node shows its inputs, parameters, activation, outputs, and the norm
    of the gradient by its parameters; drawn by operation, it is a frame around its nodes. A Value without a label is
    called x1, x2, … if it is a leaf, else v1, v2, …, as in `trace`. In an SVG every node and edge has a tooltip with
    all digits.

    A ``.tex`` file has the picture in TikZ, to be input in a paper; it says which packages that needs. A ``.mmd`` file
    has it in Mermaid, for a README: GitHub draws what is in a code block of the language ``mermaid``, up to 50,000
    characters and 500 edges, and shows an error beyond. Mermaid decides itself how large a picture is.

    The drawing is returned, and shows itself in a notebook. DOT and Mermaid can always be made; images and TikZ need
    the program ``dot`` on the PATH, or the package pygraphviz. Raises TypeError for what is not made of Values,
    ValueError for too many nodes, another ending or a mark on nothing that is drawn, and GraphvizError if a picture
    cannot be laid out.
    """
    style = Style(direction, colors, gradients, legend, digits, title, size)
    outlined = _outline(value, parameters, max_nodes, by, fold, digits, marks)
    drawing = drawing_of(outlined, style)
    if path is not None:
        drawing.save(path)
    return drawing


def to_dot(
    value: Value | Sequence[Value],
    *,
    by: Scale = "operation",
    fold: bool = False,
    colors: Colors = "role",
    parameters: Iterable[Value] = (),
    direction: Direction = "right",
    gradients: bool = True,
    legend: bool = True,
    digits: int = 5,
    title: str = "",
    size: Sequence[float] | None = None,
    marks: Marks | None = None,
    max_nodes: int = 500,
) -> str:
    """The picture of `draw` as DOT text, which any Graphviz tool reads; the same graph gives the same text."""
    style = Style(direction, colors, gradients, legend, digits, title, size)
    return dot_text(_outline(value, parameters, max_nodes, by, fold, digits, marks), style)


def drawing_of(outlined: Outline, style: Style) -> Drawing:
    """The drawing of an outline, which it keeps; the calls of its parts are forgotten: they hold on to the graph."""
    for part in outlined.parts:
        part.calls.clear()
    return Drawing(dot_text(outlined, style), outlined, style)


@collector_paused()
def _outline(
    value: Any, parameters: Iterable[Value], max_nodes: int, by: Scale, fold: bool, digits: int, marks: Marks | None
) -> Outline:
    """What the drawing of a Value, or of a list of Values, shows."""
    return outline(Record(roots_of("drawing", value), parameters), max_nodes, by, fold, digits, marks)


def roots_of(picture: str, value: Any) -> list[Value]:
    """The Values whose graph a picture shows; TypeError or ValueError if they are not a Value or several."""
    roots: list[Any] = list(value) if isinstance(value, (list, tuple)) else [value]
    for root in roots:
        if not isinstance(root, Value):
            raise TypeError(
                f"a {picture} is of a Value or a list of Values, not of {root!r} of type {type(root).__name__}"
            )
    if not roots:
        raise ValueError(f"a {picture} is of a Value or a list of Values, and the list is empty")
    return roots
