"""Graphs to play, and what a pass through them has to show: the classic mistakes, each written down once more."""

from typing import NamedTuple

import viz
from engine import Value, topological_order
from nn import MLP
from nn.losses import mean_squared_error
from viz.notation import number

ORDER, ASSIGN, ZERO = "order", "assign", "zero"
SWAP, SIGN, OPERAND, UPSTREAM = "swap", "sign", "operand", "upstream"
BY_RESULT = {"tanh": lambda r: 1 - r * r, "sigmoid": lambda r: r * (1 - r), "exp": lambda r: r}


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


def mistaken_uses(node, mistakes):
    """The same with the wrong partials that somebody takes who makes these mistakes."""
    found = uses(node)
    name = node.operation.name if node.operation else ""
    if SWAP in mistakes and len(found) == len(node.operands) == 2:
        return [(found[0][0], found[1][1]), (found[1][0], found[0][1])]
    if SIGN in mistakes and name == "sub" and isinstance(node.operands[1], Value):
        return [*found[:-1], (found[-1][0], 1.0)]
    if OPERAND in mistakes and name in BY_RESULT:
        return [(operand, BY_RESULT[name](operand.data)) for operand, _ in found]
    return found


class Step(NamedTuple):
    """A gradient that changes: of which node, and from what to what.

    But for the first one: which of the uses of a result that is (its place among them), the upstream gradient and the
    share, which are read and given.
    """

    node: Value
    before: float
    after: float
    result: Value = None
    place: int = 0
    upstream: float = 0.0
    share: float = 0.0


def backwards(root, mistakes=()):
    """What a pass backwards changes, one `Step` after the other, the first being that of the result.

    ``zero``    the leaves hold what a pass before has left in them
    ``assign``  a contribution is stored where it should be added
    ``order``   each node is followed down as soon as it is met, as a recursion without topological order does
    ``upstream``  a share is the partial alone
    Others change the partials: see `mistaken_uses`.
    """
    nodes = topological_order(root)
    gradient = dict.fromkeys(nodes, 0.0)
    if ZERO in mistakes:
        before = gradients(root, {*mistakes} & {SWAP, SIGN, OPERAND})
        gradient.update((node, before[node]) for node in nodes if node.is_leaf)
    steps = [Step(root, gradient[root], 1.0)]
    gradient[root] = 1.0

    def give(node, place, operand, partial):
        contribution = partial if UPSTREAM in mistakes else partial * gradient[node]
        after = contribution if ASSIGN in mistakes else gradient[operand] + contribution
        steps.append(Step(operand, gradient[operand], after, node, place, gradient[node], contribution))
        gradient[operand] = after

    met = set()

    def descend(node):
        for place, (operand, partial) in enumerate(mistaken_uses(node, mistakes)):
            give(node, place, operand, partial)
            if operand not in met:
                met.add(operand)
                descend(operand)

    if ORDER in mistakes:
        descend(root)
    else:
        for node in reversed(nodes):
            for place, (operand, partial) in enumerate(mistaken_uses(node, mistakes)):
                give(node, place, operand, partial)
    return steps


def reasons(root, mistakes):
    """For each step of `backwards`, the mistake that makes it wrong; "travels" if an earlier one does, "" if none."""
    steps, right = backwards(root, mistakes), gradients(root)
    return ["", *(_reason(at, steps, right, mistakes) for at in range(1, len(steps)))]


def _reason(at, steps, right, mistakes):
    step = steps[at]
    partial = uses(step.result)[step.place][1]
    is_share_wrong = not _close(step.share, partial * right[step.result])
    given = [before.share for before in steps[1:at] if before.node is step.node]
    is_early = any(later.node is step.result for later in steps[at + 1 :])
    is_passed_on = UPSTREAM not in mistakes and not _close(step.upstream, right[step.result])
    if is_share_wrong and ORDER in mistakes and is_passed_on and is_early:
        return ORDER
    for name in (SWAP, SIGN, OPERAND):
        if is_share_wrong and name in mistakes and mistaken_uses(step.result, [name])[step.place][1] != partial:
            return name
    if is_share_wrong and UPSTREAM in mistakes:
        return UPSTREAM
    if ZERO in mistakes and ASSIGN not in mistakes and not given and step.before:
        return ZERO
    if ASSIGN in mistakes and not _close(step.after, sum(given) + step.share):
        return ASSIGN
    return "travels" if is_share_wrong else ""


def _close(a, b):
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


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
