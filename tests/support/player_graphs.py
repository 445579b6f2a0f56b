"""Graphs to play, and what a pass through them has to show: the classic mistakes, each written down once more."""

from typing import NamedTuple

import viz
from engine import Value, topological_order
from nn import MLP
from nn.losses import mean_squared_error
from viz.notation import number

ORDER, ASSIGN, ZERO = "order", "assign", "zero"


def shared():
    """A graph in which a leaf and a result are used several times."""
    x, y = Value(0.7, "x"), Value(-1.3, "y")
    u = x * y
    u.label = "u"
    v = u * u
    v.label = "v"
    w = v + u * x
    w.label = "w"
    return w


def network():
    """The loss of a small network, its parameters and their matrices."""
    model = MLP([2, 2, 1], hidden="tanh", output="sigmoid", seed=3)
    inputs = [[Value(0.0, "x1"), Value(1.0, "x2")], [Value(1.0, "x1"), Value(1.0, "x2")]]
    loss = mean_squared_error([model(pair) for pair in inputs], [1.0, 0.0])
    loss.label = "loss"
    return loss, list(model.parameters()), model.to_value_matrices()


def matrix_player():
    """The loss of that network, its matrices, and the player that shows both."""
    loss, parameters, matrices = network()
    return loss, matrices, viz.player(loss, parameters=parameters, matrices=matrices, title="A network of two layers")


def diamond(depth, leaf=None):
    """A leaf, and the result of adding it to itself so many times over: 2 ** depth paths."""
    leaf = result = Value(1.0, "leaf") if leaf is None else leaf
    for _ in range(depth):
        result = result + result
    return leaf, result


def uses(node):
    """(operand, partial) of the operands that are Values."""
    return [(operand, partial) for operand, partial in node.edges if isinstance(operand, Value)]


class Step(NamedTuple):
    """A gradient that changes: of which node, and from what to what."""

    node: Value
    before: float
    after: float


def backwards(root, mistakes=()):
    """What a pass backwards changes, one `Step` after the other, the first being that of the result.

    ``zero``    the leaves hold what a pass before has left in them
    ``assign``  a contribution is stored where it should be added
    ``order``   each node is followed down as soon as it is met, as a recursion without topological order does
    """
    nodes = topological_order(root)
    gradient = dict.fromkeys(nodes, 0.0)
    if ZERO in mistakes:
        before = gradients(root)
        gradient.update((node, before[node]) for node in nodes if node.is_leaf)
    steps = [Step(root, gradient[root], 1.0)]
    gradient[root] = 1.0

    def give(node, operand, partial):
        contribution = partial * gradient[node]
        after = contribution if ASSIGN in mistakes else gradient[operand] + contribution
        steps.append(Step(operand, gradient[operand], after))
        gradient[operand] = after

    met = set()

    def descend(node):
        for operand, partial in uses(node):
            give(node, operand, partial)
            if operand not in met:
                met.add(operand)
                descend(operand)

    if ORDER in mistakes:
        descend(root)
    else:
        for node in reversed(nodes):
            for operand, partial in uses(node):
                give(node, operand, partial)
    return steps


def gradients(root, mistakes=()):
    """{node: gradient} after a pass, with mistakes or without."""
    found = dict.fromkeys(topological_order(root), 0.0)
    found.update((step.node, step.after) for step in backwards(root, mistakes))
    return found


def screens(root, mistakes=()):
    """For each step of the player the (data, gradient) that every node shows, as text."""
    nodes = topological_order(root)
    known = {node: number(node.data) for node in nodes if node.is_leaf}
    left_over = gradients(root) if ZERO in mistakes else {}
    gradient = {node: number(left_over[node]) for node in nodes if node.is_leaf and left_over.get(node)}

    def screen():
        return [(known.get(node, "·"), gradient.get(node, "·")) for node in nodes]

    yield screen()
    for node in nodes:
        if not node.is_leaf:
            known[node] = number(node.data)
            yield screen()
    gradient = {node: gradient.get(node, "0") for node in nodes}
    for step in backwards(root, mistakes):
        gradient[step.node] = number(step.after)
        yield screen()


def undone(root, mistakes):
    """{place: right gradient} of the nodes whose gradient a pass with mistakes leaves wrong."""
    right, wrong = gradients(root), gradients(root, mistakes)
    pairs = enumerate(zip(right.values(), wrong.values(), strict=True))
    return {place: number(a) for place, (a, b) in pairs if abs(a - b) > 1e-9 * max(abs(a), abs(b))}
