"""`explorer`: a page that shows what becomes of a formula on its way to the processor."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine import Value
from engine.extend import stages_of
from viz.graphs.drawing import drawing_of
from viz.graphs.outline import by_operation, outline
from viz.graphs.style import Style
from viz.notation import one_line, shortened
from viz.page.document import Page, document, text_of
from viz.page.stages import Stages
from viz.record import Record, the_value

_LONGEST_NAME = 60
_MOST_DRAWN = 100
"""So many nodes a notebook that is not trusted shows one by one; of more, there is a picture of the layers."""


@dataclass(frozen=True, repr=False)
class Explorer(Page):
    """A page that follows a formula to the processor. A notebook shows it in a frame.

    html     the page
    drawing  a picture of the recorded graph, by layer if it is large, for a notebook that is not trusted
    nodes    how many nodes the recorded graph has
    lines    how many lines each stage has, by its name, in order; 0 for one that is missing
    """

    nodes: int
    lines: Mapping[str, int] = field(hash=False)

    def __repr__(self) -> str:
        return f"<Explorer of {self.nodes} nodes in {len(self.lines)} stages>"


def explorer(
    value: Value,
    path: str | os.PathLike[str] | None = None,
    *,
    wrt: Iterable[Value] = (),
    title: str = "",
    max_nodes: int = 500,
) -> Explorer:
    """Make a page that shows what becomes of ``value`` and its gradient on their way to the processor.

    value      the result of a computation
    path       a file name that ends in ``.html``
    wrt        the leaves by which ``value`` is derived; unless given, the parameters that neurons, and what else has a
               scope, use; without such, all leaves
    title      the heading; unless given, it names the value
    max_nodes  the most nodes of the recorded graph

    The page is one file that needs no network. Its stages: the recorded graph and that of the gradient, as formulas, as
    pictures and line by line; the instructions of the program, and what each pass leaves of them; Python, JavaScript,
    loops and matrices; LLVM's language and the processor's own. Whatever is chosen anywhere, by a click or by the
    arrow keys, every stage shows the lines that it came from, those that it became and, on another way to the
    processor, those of the same node. What is chosen and open is in the address of the page. A stage that needs a
    package which is missing says so.

    Nothing changes: no leaf, and no ``grad``. Raises TypeError for what is not made of Values; ValueError for a leaf
    alone, for ``wrt`` of others than leaves of the graph, for too many nodes, and for another ending; StaleGraphError
    if a ``data`` was changed after it was used; the error of a derivative that does not exist; and GraphvizError where
    there is no Graphviz to lay the graph out.
    """
    given = _given(wrt)
    record = Record([the_value("page of the explorer", value)], given)
    if value.is_leaf:
        raise ValueError(f"{value!r} is a leaf: nothing was computed. Explore a result, as that of x * x")
    outlined = by_operation(
        record,
        max_nodes,
        "the explorer would follow {nodes} nodes, more than max_nodes={most}: explore the loss of one sample, or a "
        "part of the graph (any result in it), or allow them with max_nodes={nodes}",
    )
    name = shortened(one_line(record.names)[value], _LONGEST_NAME)
    heading = text_of("title", title) or f"From formula to processor: {name}"
    stages = stages_of(value, _leaves(record, given))
    prepared = Stages(record, stages)
    content = prepared.content() | {"title": heading}
    page = document("explorer/explorer.html", heading, {"content": content}, {}, {"formulas": prepared.formulas()})
    is_small = len(record.uses) <= _MOST_DRAWN
    drawing = drawing_of(outlined if is_small else outline(record, max_nodes, "layer"), Style(gradients=False))
    made = Explorer(page, drawing, len(record.uses), {stage.name: len(stage.lines) for stage in stages})
    if path is not None:
        made.save(path)
    return made


def _given(wrt: Iterable[Value]) -> list[Value]:
    """The leaves to derive by, if any are given, each once."""
    if isinstance(wrt, Value) or not isinstance(wrt, Iterable):
        raise TypeError(f"wrt is a list of leaves, even for one: wrt=[x], not {wrt!r}")
    leaves = list(wrt)
    for leaf in leaves:
        if not isinstance(leaf, Value):
            raise TypeError(f"wrt is a list of leaves, which are Values, not {leaf!r} of type {type(leaf).__name__}")
        if not leaf.is_leaf:
            raise ValueError(
                f"wrt is a list of leaves, but {leaf!r} was computed: name leaves that it was computed from"
            )
    return list(dict.fromkeys(leaves))


def _leaves(record: Record, given: Sequence[Value]) -> Sequence[Value]:
    """The leaves to derive by: those given, else the parameters of the graph, else all that it has."""
    for leaf in given:
        if leaf not in record.uses:
            raise ValueError(f"{leaf!r} is not in the graph, whose derivative by it is 0: take it out of wrt")
    leaves = [node for node in record.uses if node.is_leaf]
    return given or [leaf for leaf in leaves if leaf in record.parameters] or leaves
