"""A graph made again from other numbers, in Python: what a page has to compute when its leaves are changed."""

import math

from support.browser import bits
from support.player_graphs import uses

from engine import Value, topological_order
from engine.extend import FAILURES, Cut, Undefined, gradient_of
from engine.operations import apply
from engine.registration import find_operation


def again(root, changed):
    """The same graph, made from other numbers: those of ``changed`` by the places of the leaves."""
    return list(_made(root, changed))[-1]


def failing_place(root, changed):
    """Which node has no value at these numbers; None if all have one."""
    made = 0
    try:
        for _ in _made(root, changed):
            made += 1
    except FAILURES:
        return made
    return None


def _made(root, changed):
    """The nodes of such a graph."""
    made = {}
    for place, node in enumerate(topological_order(root)):
        if node.is_leaf:
            made[node] = Value(changed.get(place, node.data))
        else:
            operands = tuple(made[x] if isinstance(x, Value) else x for x in node.operands)
            made[node] = apply(find_operation(node.operation.name), operands)
        made[node].label = node.label
        yield made[node]


def state(root):
    """The bits of all data, partials and gradients, as the page should have them; nan for what does not exist."""
    root = again(root, {})
    nodes = topological_order(root)
    partials = [partial for node in nodes for _, partial in uses(node)]
    (root + Value(0.0)).backward()  # With a leaf more, which has a derivative: backward() wants one that has.

    def digits(value):
        return bits(math.nan if isinstance(value, Undefined) else value)

    edges = [[digits(partial), isinstance(partial, Cut)] for partial in partials]
    return [[digits(node.data) for node in nodes], edges, [digits(gradient_of(node)) for node in nodes]]
