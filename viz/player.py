"""`player`: a page that steps through the forward and the backward pass of a graph, or a film of them."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from engine import Value
from engine.extend import check_fresh, javascript_primitives, real_number
from viz.graphs.drawing import drawing_of
from viz.graphs.outline import by_operation, outline
from viz.graphs.style import Style
from viz.notation import number, shortened
from viz.page.document import Page, document, text_of
from viz.page.player.content import page_content
from viz.page.player.film.film import Film
from viz.page.player.film.steps import passes_of
from viz.page.player.matrices.content import Matrices
from viz.page.player.updates import read_updates, updates_content
from viz.page.views import everything
from viz.record import Record, the_value

_LONGEST_TITLE = 80
_MOST_DRAWN = 100
"""So many nodes a notebook that is not trusted shows as a film; of more, there is a picture of the layers."""


@dataclass(frozen=True)
class Player(Page):
    """A page that plays a graph as it was when the page was made. A notebook shows it in a frame.

    html     the page
    drawing  a picture of the graph, by layer if it is large: for a notebook that is not trusted and shows no film
    nodes    how many nodes it has
    steps    how many steps: one for each result forwards, one for each edge backwards, and one between; with updates,
             one more for each leaf
    film     the same passes as an SVG that plays by itself, which ``film.svg()`` gives and ``save("….svg")`` writes
    """

    nodes: int
    steps: int
    film: Film = field(hash=False)

    def __repr__(self) -> str:
        return f"<Player of {self.nodes} nodes and {self.steps} steps>"

    def _forms(self) -> dict[str, Callable[[], str]]:
        """What makes a file, by the ending of its name."""
        return super()._forms() | {".svg": self.film.svg}

    def _moving(self) -> str:
        """The film, unless it would be large."""
        return self.film.svg() if self.nodes <= _MOST_DRAWN else ""


def player(
    value: Value,
    path: str | os.PathLike[str] | None = None,
    *,
    title: str = "",
    parameters: Iterable[Value] = (),
    matrices: Matrices | None = None,
    updates: Iterable[tuple[Value, Value]] = (),
    seconds_per_step: float = 2.0,
    max_nodes: int = 500,
) -> Player:
    """Make a page that plays how ``value`` was computed and how its gradient flows back, into a file if one is named.

    value       a Value
    path        a file name that ends in ``.html``, or in ``.svg`` for a film
    title       the heading; unless given, it names the value
    parameters  the leaves to show as parameters; unless given, as in `viz.draw`
    matrices    leaves to show as matrices, too, each entry tied to its leaf: for each name, rows of Values, as
                ``MLP.to_value_matrices()`` gives them. Those of layers come with X, Z1, A1, delta1, … and the formulas
                between them, however the layers were written
    updates     pairs (leaf, expression for its next number), as `Program` takes them: an `nn.Optimizer` gives them by
                ``optimizer.updates(value)``. Then the page trains, step by step
    seconds_per_step  how fast the film plays, above 0; in the page, the reader chooses
    max_nodes   the most nodes to show

    The page is one file that needs no network: the graph and the steps, forwards and then backwards edge by edge.
    The evaluation trace opens beside the graph; its rows and the nodes show each other. A click on a node shows its
    chain rule as a sum over its uses, as far as the steps have come. ``#projector`` shows the graph and the
    sentence alone, large, and ``#panel=trace`` opens a panel. Switches replay the graph with the mistakes that
    people make, and a sentence says why a step goes wrong. A quiz hides partials or gradients and says which
    mistake gives the number that was typed; ``#quiz=partials`` or ``#quiz=gradients`` at the end of the address
    begins it. Every leaf can be given another number: all others follow, with the engine's bits. Step and changed
    leaves are in the address of the page, so that it can be linked to. No ``grad`` is read or written: the page
    starts from gradients of zero.

    With ``updates``, the page says after 1, 10, 100, … steps whether its numbers are those that the engine computes,
    for as many steps as it could run ahead, on a copy: no leaf is changed. A leaf that only the updates read, as a
    learning rate that is a Value, has a field, too.

    The film is an SVG that plays the same steps, without updates, again and again, also where no script runs: as an
    image in the README of a repository, or on a slide. It follows the reader's light or dark colours. A reader who
    wants less motion sees its end, and so does one who prints it. A few dozen steps are watched to the end; 40 take
    about 45 kB, and more than 1,000 are refused.

    The player is returned, and shows itself in a notebook. Raises TypeError for what is not made of Values, ValueError
    for too many nodes or steps, another ending, a pace that is not above 0, a matrix of others than nodes of the graph
    or with rows of different lengths, or updates that `Program` refuses or that are of no leaf of the graph,
    StaleGraphError if a ``data`` was changed after it was used, and GraphvizError where there is no Graphviz to lay the
    graph out.
    """
    record = Record([the_value("player", value)], parameters)
    outlined = by_operation(
        record,
        max_nodes,
        "the player would have {nodes} nodes, more than max_nodes={most}: play a part of the graph (any Value in it "
        "can be played by itself), or allow them with max_nodes={nodes}",
    )
    check_fresh(value)
    seconds = _pace(seconds_per_step)
    updates = read_updates(updates)
    content = page_content(record, outlined, {} if matrices is None else matrices)
    result = shortened(content["result"], _LONGEST_TITLE)
    content["title"] = text_of("title", title) or f"Backpropagation through {result}"
    results = sum(not node.is_leaf for node in record.uses)
    primitives = javascript_primitives(sorted({node["operation"] for node in content["nodes"] if "operation" in node}))
    training, program = updates_content(record, updates) if updates else (None, "const trainingProgram = null;")
    data, scripts = {"record": content, "updates": training}, {"primitives": primitives, "program": program}
    steps = results + 1 + len(outlined.edges) + (len(training["formulas"]) if training else 0)
    is_small = len(record.uses) <= _MOST_DRAWN
    drawing = drawing_of(outlined if is_small else outline(record, max_nodes, "layer"), Style(gradients=False))
    film = Film(everything(content), passes_of(record), seconds)
    page = document("player/player.html", content["title"], data, scripts)
    made = Player(page, drawing, len(record.uses), steps, film)
    if path is not None:
        made.save(path)
    return made


def _pace(seconds: float) -> float:
    """How many seconds a step of the film takes."""
    checked = real_number(seconds, "seconds_per_step")
    if not 0 < checked < math.inf:
        raise ValueError(f"seconds_per_step is {number(checked)}, but a film needs some time for a step, as 2.0")
    return checked
