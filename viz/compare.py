"""`compare`: a picture of two graphs beside each other, in which all that differs is marked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine import Value
from engine.extend import Scope, collector_paused
from viz.graphs.differences import Differences, Side
from viz.graphs.drawing import Drawing, drawing_of, roots_of
from viz.graphs.grouping import Scale
from viz.graphs.matching import classes, matched
from viz.graphs.outline import Edge, Node, Outline, outline, small_groups
from viz.graphs.parts import Part
from viz.graphs.style import Colors, Direction, Style
from viz.record import Record


def compare(
    a: Value | Sequence[Value],
    b: Value | Sequence[Value],
    path: str | os.PathLike[str] | None = None,
    *,
    titles: Sequence[str] = ("before", "after"),
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
    max_nodes: int = 500,
) -> Drawing:
    """Draw two graphs beside each other and mark what differs: before and after an update, right and mistaken.

    a, b    a Value, or a list of several, for each graph; they may have Values in common
    path    a file name, as for `draw`
    titles  what stands above each graph

    All others are those of `draw`; ``max_nodes`` counts for each graph.

        before = copy.deepcopy(loss)
        optimizer.step()
        viz.compare(before, model(x), "step.svg")

    The stages of a program can be compared, too: see `engine.extend.stages_of`, and the ``results`` of a stage.

    A dark red mark is on what differs: an operation, its operands, the edges that lead elsewhere, a number that the
    operation made from the same numbers, a node that only one graph has. It says what the other graph has there. What
    only follows from that is marked in a lighter red: numbers that were computed from other numbers, nodes that were
    computed for others alone. Numbers differ if they are written differently with so many ``digits``. Above the picture
    stands how many differences there are.

    Nodes are the same if they are computed alike, from leaves of the same labels (or numbers, without labels), or else
    if they are used alike. What is the same has the same name in both graphs.
    """
    style = Style(direction, colors, gradients, legend, digits, title, size)
    names = _titles(titles)
    given = list(parameters) if isinstance(parameters, Iterable) and not isinstance(parameters, Value) else parameters
    with collector_paused():
        graphs = roots_of("comparison", a), roots_of("comparison", b)
        for roots in graphs:
            small_groups(Record(roots, given), max_nodes, by, fold)  # Before what takes longer.
        sides = sides_of(*graphs, given)
        marks = [
            side.differences(other, name, digits, gradients)
            for side, other, name in zip(sides, sides[::-1], names[::-1], strict=True)
        ]
        outlines = [
            outline(side.record, max_nodes, by, fold, digits, found) for side, found in zip(sides, marks, strict=True)
        ]
        drawing = drawing_of(_beside(outlines, names, style), replace(style, title=_title(title, sides, marks)))
    if path is not None:
        drawing.save(path)
    return drawing


def sides_of(a: Sequence[Value], b: Sequence[Value], parameters: Any = ()) -> list[Side]:
    """The graphs of some Values and of others; what is the same has the same name."""
    first, second = (Record(roots, parameters) for roots in (a, b))
    pairs = matched(first, second)
    turned = {other: node for node, other in pairs.items()}
    alike = {other: node for other, node in turned.items() if other.label in ("", node.label)}
    known = {**first.full_names, **{other: first.full_names[node] for other, node in alike.items()}}
    second = Record(b, parameters, known)
    mine, theirs = classes(first, second)
    return [Side(first, pairs, _twins(mine, theirs)), Side(second, turned, _twins(theirs, mine))]


def _twins(alike: Mapping[Value, int], others: Mapping[Value, int]) -> dict[Value, Value]:
    """For each node the first of the other graph that is computed alike, if there is one."""
    firsts = {number: node for node, number in reversed(list(others.items()))}
    return {node: firsts[number] for node, number in alike.items() if number in firsts}


def _titles(titles: Any) -> tuple[str, str]:
    """Two titles, checked."""
    if isinstance(titles, (tuple, list)) and len(titles) == 2 and all(isinstance(title, str) for title in titles):
        return titles[0], titles[1]
    raise TypeError(f"titles is a text for each of the two graphs, as in titles=('right', 'yours'), not {titles!r}")


def _title(title: str, sides: Sequence[Side], marks: Sequence[Differences]) -> str:
    """The title given, and how much differs.

    A node of both graphs counts once; one of a single graph only if it is a root, for else the nodes it is used in do.
    """
    marked = (key[0] if isinstance(key, tuple) else key for key, mark in marks[0].items() if not mark.follows)
    count = len({node for node in marked if node in sides[0].partners})
    count += sum(root not in side.partners for side in sides for root in side.record.roots)
    words = f"{count} difference{'s' * (count != 1)}" if count else "no differences"
    return f"{title}: {words}" if title else words


def _beside(outlines: Sequence[Outline], titles: Sequence[str], style: Style) -> Outline:
    """One outline of both, each in a frame of its own."""
    if style.direction == "right":  # Then Graphviz puts what comes first at the bottom.
        outlines, titles = outlines[::-1], titles[::-1]
    nodes: list[Node] = []
    edges: list[Edge] = []
    parts: list[Part] = []
    for found, title in zip(outlines, titles, strict=True):
        frame = Part(Scope(title), None)
        for part in found.parts:
            part.parent = part.parent or frame
        edges += [
            replace(edge, source=edge.source + len(nodes), target=edge.target + len(nodes)) for edge in found.edges
        ]
        nodes += [replace(node, part=node.part or frame) for node in found.nodes]
        parts += [frame, *found.parts]
    return Outline(tuple(nodes), tuple(edges), tuple(parts))
