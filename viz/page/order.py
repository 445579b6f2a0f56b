"""Parts that are drawn alike, as the neurons of a layer, in the order of their names: whatever Graphviz makes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from viz.graphs.outline import Outline
from viz.graphs.parts import Part
from viz.graphs.summary import natural
from viz.page.layout import Layout


def in_order(layout: Layout, outline: Outline) -> Layout:
    """The layout, in which closed parts within the same part change places where nothing else then has to change."""
    groups: dict[Part | None, list[int]] = defaultdict(list)
    for index, node in enumerate(outline.nodes):
        if node.role == "part":
            groups[node.part].append(index)
    for group in groups.values():
        by_name = sorted(group, key=lambda index: natural(outline.nodes[index].name))
        by_place = sorted(group, key=lambda index: layout.nodes[index].y)
        layout = _exchanged(layout, outline, dict(zip(by_name, by_place, strict=True)))
    return layout


def _exchanged(layout: Layout, outline: Outline, place: Mapping[int, int]) -> Layout:
    """The layout with nodes in the places of others; as it was, if their sizes or their edges differ."""
    ends = {
        index: (edge.source, edge.target)
        for index, edge in enumerate(outline.edges)
        if edge.source in place or edge.target in place
    }
    edges = {pair: index for index, pair in ends.items()}
    moved = {index: (place.get(source, source), place.get(target, target)) for index, (source, target) in ends.items()}
    alike = all(layout.nodes[index][2:] == layout.nodes[other][2:] for index, other in place.items())
    if not alike or len(edges) < len(ends) or not edges.keys() >= set(moved.values()):
        return layout
    nodes = [layout.nodes[place.get(index, index)] for index in range(len(layout.nodes))]
    lines = [layout.edges[edges[moved[index]] if index in moved else index] for index in range(len(layout.edges))]
    return layout._replace(nodes=nodes, edges=lines)
