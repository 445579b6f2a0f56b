"""Tapes with loops in them: a network's gradient, a step of training, windows that overlap, attention."""

from engine import Value, exp, gradients, tanh
from engine.programs.tape import record
from nn import MLP, SGD, half_sum_of_squares


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


def looking_back(steps=5, width=3):
    """The gradient where each position takes from those before it, as attention does."""
    x = [[Value(0.1 * step + place, f"x[{step}][{place}]") for place in range(width)] for step in range(steps)]
    w = [[Value(0.3 * place - row, f"w[{row}][{place}]") for place in range(width)] for row in range(width)]
    asked = [[sum(a * b for a, b in zip(row, line, strict=True)) for row in w] for line in x]
    total = 0
    for step, query in enumerate(asked):
        e = [exp(sum(a * b for a, b in zip(query, line, strict=True)) * 0.1) for line in x[: step + 1]]
        total += sum(share / sum(e) * line[0] for share, line in zip(e, x, strict=False))
    leaves = [leaf for row in w for leaf in row]
    return record([value for line in x for value in line], [total, *gradients(total, leaves)], [])[0]


def samples():
    """A step of training on XOR, whose samples are written as numbers."""
    model = MLP([2, 2, 1], hidden="sigmoid", output="sigmoid", seed=1)
    loss = half_sum_of_squares([model(x) for x in ([0, 0], [0, 1], [1, 0], [1, 1])], [0, 1, 1, 0])
    return record([], [loss], SGD(model.parameters(), 0.5).updates(loss))[0]


def powers():
    """Every power that is written in another way, of one number and of a sum."""
    a, b = Value(0.5, "a"), Value(0.25, "b")
    return record([a, b], [(a + b) ** n / b**n for n in (2, 3, -1, 0.5, 1.5)], [])[0]


def called_as_loops():
    """A table of products of lists that have the names of loops."""
    i, i1, j = ([Value(0.1 * place + 0.5, label) for place in range(4)] for label in ("i", "i1", "j"))
    sums = [sum((tanh(a * b) for b in i1), c) for a, c in zip(i, j, strict=True)]
    return record([*i, *j], [*sums, *gradients(sum(sums), i1)], [])[0]


def crossing():
    """A convolution, the first of whose numbers is given, the others are leaves; and the sum of these."""
    a, b = ([Value(0.1 * place + 0.3, f"{label}[{place}]") for place in range(3)] for label in "ab")
    sums = [sum(a[place - back] * b[back] for back in range(place + 1)) for place in range(3)]
    return record(a[:1], [*sums, sum(a)], [])[0]


def from_the_end():
    """Sums of the last one, of all three and of the last two, each from the end."""
    x, w = ([Value(0.1 * place + 0.3, f"{label}[{place}]") for place in range(3)] for label in "xw")
    sums = [sum(a * x[2 - back] for back in range(count)) for a, count in zip(w, (1, 3, 2), strict=True)]
    return record(x, sums, [])[0]


TAPES = {
    "labels": network,
    "no labels": lambda: network(labels=False),
    "many rows": lambda: network(rows=70),
    "updates": lambda: network(updates=True),
    "windows": windows,
    "strange windows": strange_windows,
    "exchange": exchange,
    "looking back": looking_back,
    "samples": samples,
    "powers": powers,
    "called as loops": called_as_loops,
    "crossing": crossing,
    "from the end": from_the_end,
}
