"""Random programs on matrices of Values, written as anyone's loops: most of their parts roll, some cannot."""

import itertools
import math

from hypothesis import strategies as st

import engine

WIDEST = 6


def _each(matrix, function):
    """A matrix of the same shape: ``function`` of each number, its row and its column."""
    return [[function(x, i, j) for j, x in enumerate(row)] for i, row in enumerate(matrix)]


def _at(matrix, i, j):
    """An element, from the start again where the matrix is too small."""
    row = matrix[i % len(matrix)]
    return row[j % len(row)]


def _transposed(matrix):
    return [list(column) for column in zip(*matrix, strict=True)]


def _windows(a, b, _):
    """A convolution along the rows."""
    width = min(len(a[0]), len(b[0]))
    return [[sum(row[j + k] * b[0][k] for k in range(width)) for j in range(len(row) - width + 1)] for row in a]


def _layer(a, b, n):
    """Weighted sums that begin with a bias, the terms forwards or backwards."""
    made = []
    for i in range(len(a)):
        made.append([])
        for j in range(len(b)):
            total = _at(b, n, j)
            for k in range(len(a[i]))[:: 1 if n % 2 else -1]:
                total = total + a[i][k] * _at(b, j, k)
            made[-1].append(total)
    return made


def _recurrence(a, b, _):
    """Each row from the one before."""
    rows = [a[0]]
    for row in a[1:]:
        rows.append([engine.tanh(x * y + _at(b, 0, j)) for j, (x, y) in enumerate(zip(rows[-1], row, strict=True))])
    return rows


def _running(a, b, _):
    """Sums of the numbers so far, of which each is used again."""
    return [list(itertools.accumulate(row)) for row in a]


def _softmax(a, b, _):
    """Each row over the sum of its exponentials."""
    rows = [[engine.exp(engine.tanh(x)) for x in row] for row in a]
    return [[x / sum(row) for x in row] for row in rows]


def _ragged(a, b, _):
    """Sums of one term, of two, of three and so on."""
    return [[sum(x * _at(b, i, k) for k, x in enumerate(row[: i + 1])) for i in range(len(row))] for row in a]


def _alternating(a, b, _):
    """Sums of x and x * y in turn."""
    return [[sum(x * _at(b, i, k) if k % 2 else x for k, x in enumerate(row)) for i, row in enumerate(a)]]


OPERATIONS = {
    "map": lambda a, b, _: _each(a, lambda x, i, j: engine.tanh(x)),
    "negative": lambda a, b, _: _each(a, lambda x, i, j: -x),
    "combine": lambda a, b, _: _each(a, lambda x, i, j: x * _at(b, i, j) - x),
    "add": lambda a, b, _: _each(a, lambda x, i, j: x + _at(b, j, i)),
    "double": lambda a, b, _: _each(a, lambda x, i, j: x + x),
    "square": lambda a, b, _: _each(a, lambda x, i, j: (x - _at(b, i, j)) * (x - _at(b, i, j))),
    "scale": lambda a, b, n: _each(a, lambda x, i, j: x * (0.25, -0.0, 1.0, 3.0)[(i * n + j) % 4]),
    "nan": lambda a, b, _: _each(a, lambda x, i, j: engine.where(x * 0.0 + 1.0, x, math.nan)),
    "relu": lambda a, b, _: _each(a, lambda x, i, j: engine.relu(x) + engine.maximum(x, _at(b, i, j))),
    "product": lambda a, b, _: [
        [sum(x * _at(b, k, j) for k, x in enumerate(row)) for j in range(len(b[0]))] for row in a
    ],
    "outer": lambda a, b, _: [[x * y for y in b[-1]] for x in a[0]],
    "layer": _layer,
    "windows": _windows,
    "recurrence": _recurrence,
    "running": _running,
    "softmax": _softmax,
    "row sums": lambda a, b, _: [[sum(row) for row in a]],
    "ragged": _ragged,
    "alternating": _alternating,
    "transposed": lambda a, b, _: _transposed(a),
    "shuffled": lambda a, b, n: [[row[(n * j + 1) % len(row)] for j in range(len(row))] for row in a[::-1]],
    "stacked": lambda a, b, _: [row[: len(b[0])] for row in a if len(row) >= len(b[0])] + b,
}  # fmt: skip
"""Each takes two matrices and a number."""

NUMBERS = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5]) | st.floats(-2, 2)
SHAPES = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=2, max_size=3)
STEPS = st.tuples(st.sampled_from(sorted(OPERATIONS)), st.integers(0, 3), st.integers(0, 3), st.integers(1, 3))


def leaves_of(shapes, numbers):
    """Matrices of leaves, their numbers taken in turn."""
    source = itertools.cycle(numbers)
    return [[[engine.Value(next(source)) for _ in range(columns)] for _ in range(rows)] for rows, columns in shapes]


def run(steps, matrices):
    """All matrices that the steps make, too; what grows beyond ±10 is folded back by the sine."""
    made = list(matrices)
    for name, first, second, number in steps:
        a, b = made[-1 - first % len(made)], made[-1 - second % len(made)]
        result = [row[:WIDEST] for row in OPERATIONS[name](a, b, number)[:WIDEST]]
        if any(abs(x.data) > 10 for row in result for x in row):
            result = _each(result, lambda x, i, j: engine.sin(x))
        made.append(result)
    return made


def flat(matrices):
    """The numbers of matrices, one after the other."""
    return [x for matrix in matrices for row in matrix for x in row]


def parts_of(shapes, steps, numbers, kind):
    """Inputs, outputs and updates of a program: kind 0 has inputs, 1 and 3 have updates by gradients, 2 has both."""
    matrices = leaves_of(shapes, numbers)
    inputs = flat(matrices[:1]) if kind in (0, 2) else []
    outputs = flat(run(steps, matrices)[-1 - kind :])
    updates = []
    if kind:
        leaves = [leaf for leaf in flat(matrices) if leaf not in inputs]
        slopes = engine.gradients(sum(outputs), leaves)
        updates = [(leaf, leaf - 0.1 * slope) for leaf, slope in zip(leaves, slopes, strict=True)][::kind]
    return inputs, outputs, updates


def attention(queries, keys, values, is_causal=False):
    """The results of softmax attention in plain loops, a row of each matrix for each position."""
    results = []
    for t, query in enumerate(queries):
        seen = range(t + 1 if is_causal else len(keys))
        scores = [engine.exp(sum(q * k for q, k in zip(query, keys[u], strict=True))) for u in seen]
        total = sum(scores)
        weights = [score / total for score in scores]
        results += [sum(weights[u] * values[u][j] for u in seen) for j in range(len(values[0]))]
    return results
