"""Which part each node of a graph is in."""

import itertools

from engine import topological_order
from viz.graphs.parts import path_of
from viz.record import Record

XOR = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]


def flat(rows):
    """The entries of all rows."""
    return list(itertools.chain(*rows))


def between(results, inputs=()):
    """What was computed on the way from inputs to results, and the leaves used there: two walks, the oracle here."""
    return set(topological_order(*results)) - set(topological_order(*inputs))


def parts_of(*roots):
    """The parts of the graph under some Values."""
    return Record(roots).parts


def places(*roots):
    """The path of the part of each node, "" outside of all."""
    parts = parts_of(*roots).of
    return {node: path_of(parts[node]) if node in parts else "" for node in topological_order(*roots)}


def members(*roots):
    """The nodes by the path of their part."""
    found = {}
    for node, path in places(*roots).items():
        found.setdefault(path, set()).add(node)
    return found
