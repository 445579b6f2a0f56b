"""Networks and both passes through them by matrix calculus in NumPy, right and with the mistakes made with matrices."""

# ruff: noqa: N803, N806 - a matrix has a capital letter, as in every textbook

from typing import NamedTuple

import numpy as np

from engine import Value, exp, sigmoid
from nn import MLP, binary_cross_entropy, cross_entropy, half_sum_of_squares, l2_penalty, mean_squared_error

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
MISTAKES = ("transpose", "slope", "bias", "mean", "sign", "flat")


def logistic(z):
    return 1 / (1 + np.exp(-z))


# By name: the function of z, and its slope by z and a as textbooks have it.
FUNCTIONS = {
    "sigmoid": (logistic, lambda z, a: a * (1 - a)),
    "tanh": (np.tanh, lambda z, a: 1 - a**2),
    "relu": (lambda z: np.maximum(z, 0), lambda z, a: (z > 0) * 1.0),
    "softplus": (lambda z: np.log1p(np.exp(z)), lambda z, a: logistic(z)),
    "exp": (np.exp, lambda z, a: a),
    "linear": (lambda z: z, lambda z, a: np.ones_like(z)),
    "swish": (lambda z: z * logistic(z), lambda z, a: logistic(z) * (1 + z * (1 - logistic(z)))),
}


def softmax_slope(a, y):
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1, keepdims=True) - y) / len(a)


# By name: the loss of Values, and its slope by the answers.
LOSSES = {
    "half": (half_sum_of_squares, lambda a, y: a - y),
    "mean": (mean_squared_error, lambda a, y: 2 / a.size * (a - y)),
    "entropy": (binary_cross_entropy, lambda a, y: (a - y) / (a * (1 - a)) / a.size),
    "softmax": (cross_entropy, softmax_slope),
}


class Case(NamedTuple):
    """A network, its samples, and whether these are recorded as Values."""

    sizes: list
    hidden: str
    output: str
    loss: str
    samples: int = 4
    as_values: bool = False

    @property
    def name(self):
        return "-".join([*map(str, self.sizes), self.hidden, self.output, self.loss, str(self.samples)])


TUTORIAL = Case([2, 8, 1], "sigmoid", "sigmoid", "half")
CASES = [
    TUTORIAL,
    Case([2, 2, 1], "sigmoid", "sigmoid", "half", 1),
    Case([3, 2, 2, 2], "tanh", "linear", "mean", 3, as_values=True),
    Case([1, 1], "tanh", "sigmoid", "entropy", 5),
    Case([2, 3, 3, 1], "relu", "sigmoid", "entropy", 2, as_values=True),
    Case([2, 3, 3], "softplus", "linear", "softmax", 3),
    Case([2, 2, 1], "exp", "linear", "mean", 2),
    Case([2, 3, 2], "swish", "swish", "half", 2),
    Case([1, 2, 1], "linear", "tanh", "mean", 3),
]


def function_of(name):
    return (lambda z: z * sigmoid(z)) if name == "swish" else name


def made(case):
    """The loss of a case, its matrices, X and y."""
    random = np.random.default_rng(len(case.name))
    model = MLP(case.sizes, hidden=function_of(case.hidden), output=function_of(case.output), seed=7)
    for parameter in model.parameters():
        parameter.data += random.normal() / 10
    if case.sizes == [2, 8, 1]:
        X, y = map(np.array, XOR)
    else:
        X = random.normal(size=(case.samples, case.sizes[0]))
        y = (random.random(size=(case.samples, case.sizes[-1])) > 0.5) * 1.0
    if case.loss == "softmax":
        y = np.eye(case.sizes[-1])[random.integers(case.sizes[-1], size=case.samples)]
    entry = (lambda v: Value(float(v))) if case.as_values else float
    answers = [model([entry(v) for v in row]) for row in X]
    goals = y.argmax(axis=1).tolist() if case.loss == "softmax" else y.tolist()
    return LOSSES[case.loss][0](answers, goals), model.to_value_matrices(), X, y


def by_numpy(case, matrices, X, y, mistakes=()):
    """{name: matrix} of both passes by matrix calculus; None for what NumPy refuses to compute."""
    given = {name: np.array([[entry.data for entry in row] for row in rows]) for name, rows in matrices.items()}
    count = len(case.sizes) - 1
    kinds = [case.hidden] * (count - 1) + [case.output]
    found = {"X": X, "y": y, **given}
    inputs, A = [], X
    for k, kind in enumerate(kinds, start=1):
        inputs.append(A)
        found[f"Z{k}"] = A @ given[f"W{k}"] + given[f"b{k}"]
        found[f"A{k}"] = A = FUNCTIONS[kind][0](found[f"Z{k}"])
    slope = LOSSES[case.loss][1](A, y[:, 0] if "flat" in mistakes else y)
    found[f"dA{count}"] = slope
    upstream = -slope if "sign" in mistakes else slope
    for k in range(count, 0, -1):
        try:
            if k < count:
                W = given[f"W{k + 1}"]
                upstream = found[f"delta{k + 1}"] @ (W if "transpose" in mistakes else W.T)
            z, a = found[f"Z{k}"], found[f"A{k}"]
            delta = upstream * FUNCTIONS[kinds[k - 1]][1](*((a, z) if "slope" in mistakes else (z, a)))
            share = 1 / len(X) if "mean" in mistakes else 1
            found[f"delta{k}"] = delta
            found[f"dW{k}"] = inputs[k - 1].T @ delta * share
            found[f"db{k}"] = delta if "bias" in mistakes else delta.sum(axis=0, keepdims=True) * share
        except (ValueError, TypeError, KeyError):
            break
    return found


def by_hand():
    """Products with the input first, the bias last, no parts, and samples that are alike."""
    W, b = [[Value(0.5), Value(-1.0)], [Value(0.25), Value(2.0)]], [[Value(0.1), Value(0.2)]]
    V = [[Value(1.5)], [Value(-0.5)]]
    errors = []
    for x in ([1.0, 2.0], [1.0, 2.0], [0.5, -1.0]):
        h = [(x[0] * W[0][j] + x[1] * W[1][j] + b[0][j]).tanh() for j in range(2)]
        errors.append((V[1][0] * h[1] + V[0][0] * h[0] - 1.0) ** 2)
    return sum(errors[1:], errors[0]), {"W": W, "b": b, "V": V}


# Graphs whose matrices are not those of layers.


def penalised():
    """The weights are used in a penalty, too."""
    model = MLP([2, 2, 1], seed=1)
    answers = [model(x) for x in XOR[0]]
    return half_sum_of_squares(answers, XOR[1]) + l2_penalty(model.parameters()), model.to_value_matrices()


def skipping():
    """The first answers are used again behind the second layer."""
    model = MLP([2, 2, 2], seed=1)
    hidden = model.layers[0]([1.0, 2.0])
    answers = model.layers[1](hidden)
    return sum(a * h for a, h in zip(answers, hidden, strict=True)), model.to_value_matrices()


def plain_products():
    """The entries of a matrix are multiplied by each other."""
    weights = [[Value(1.0, "a"), Value(2.0, "b")]]
    return exp(weights[0][0] * weights[0][1]), {"M": weights}


def renamed():
    """A matrix of weights has the name that a result would have."""
    model = MLP([2, 2, 1], seed=1)
    answers = [model(x) for x in XOR[0]]
    return half_sum_of_squares(answers, XOR[1]), {f"Z{k}": m for k, m in enumerate(model.to_value_matrices().values())}
