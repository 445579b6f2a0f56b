"""Which part each node of a graph is in."""

import itertools

from engine import topological_order
from viz.chain import graph_of
from viz.graphs.parts import find_parts, path_of

XOR = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]


def flat(rows):
    """The entries of all rows."""
    return list(itertools.chain(*rows))


def between(results, inputs=()):
    """What was computed on the way from inputs to results, and the leaves used there: two walks, the oracle here."""
    return set(topological_order(*results)) - set(topological_order(*inputs))


def places(*roots):
    """The path of the part of each node, "" outside of all."""
    parts = find_parts(graph_of(*roots)).of
    return {node: path_of(parts[node]) if node in parts else "" for node in topological_order(*roots)}


def members(*roots):
    """The nodes by the path of their part."""
    found = {}
    for node, path in places(*roots).items():
        found.setdefault(path, set()).add(node)
    return found
