"""Tapes with loops in them: a network's gradient, a step of training, windows that overlap, exchanged leaves."""

from engine import Value, gradients, tanh
from engine.programs.tape import record
from nn import MLP, SGD


def network(labels=True, rows=3, updates=False):
    """The gradient of a network's squared error, or a step of training."""
    model = MLP([2, 3, 1], seed=0)
    inputs = [[Value(0.1 * row + column, f"x{row}{column}") for column in range(2)] for row in range(rows)]
    loss = sum((model(row) - 0.5) ** 2 for row in inputs)
    leaves = list(model.parameters())
    for leaf in () if labels else (*leaves, *[value for row in inputs for value in row]):
        leaf.label = ""
    if updates:
        return record([], [loss], SGD(leaves).updates(loss))[0]
    return record([value for row in inputs for value in row], [loss, *gradients(loss, leaves)], [])[0]


def windows(steps=6, width=3):
    """A convolution whose results are looked up in an irregular order, and squared as one list."""
    x = [Value(0.1 * place, f"x[{place}]") for place in range(steps)]
    w = [[Value(0.3 * place + row) for place in range(width)] for row in range(2)]
    h = [tanh(sum(a * x[start + k] for k, a in enumerate(row))) for row in w for start in range(steps - width + 1)]
    chosen = sum(h[place] * h[place + 1] for place in (3, 0, 5, 1))
    return record(x, [chosen, *h, sum(a * a for row in w for a in row)], [])[0]


def strange_windows():
    """Sums in three loops, whose strides overlap in such a way that all they go through is one axis."""
    x = [Value(0.1 * place, f"x[{place}]") for place in range(10)]
    sums = [sum(tanh(x[i + 3 * j + 5 * k]) * 0.5 for j in range(2) for k in range(2)) for i in range(2)]
    return record(x, sums, [])[0]


def exchange():
    """Leaves whose next values are those of other leaves."""
    a, b, c = (Value(number, label) for number, label in zip((1.0, 2.0, 3.0), "abc", strict=True))
    return record([], [a * b], [(a, b), (b, a + c), (c, a)])[0]


TAPES = {
    "labels": network,
    "no labels": lambda: network(labels=False),
    "many rows": lambda: network(rows=70),
    "updates": lambda: network(updates=True),
    "windows": windows,
    "strange windows": strange_windows,
    "exchange": exchange,
}
