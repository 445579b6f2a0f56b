"""The recipe of the XOR run once more, in NumPy: the network, its loss, the gradient by matrix calculus, Adam."""

import numpy as np

from examples.matrices.tutorial import X, y


def forward(matrices, inputs):
    """The hidden activations and the answers of a network of tanh and a sigmoid."""
    hidden = np.tanh(inputs @ matrices["W1"] + matrices["b1"])
    return hidden, 1.0 / (1.0 + np.exp(-(hidden @ matrices["W2"] + matrices["b2"])))


def gradient(matrices, inputs, targets, loss="cross-entropy"):
    """That of the mean cross-entropy, under which a sigmoid's delta is (answer - target) / N; or of ½ Σ errors²."""
    hidden, answers = forward(matrices, inputs)
    delta2 = (answers - targets) * (1 / len(targets) if loss == "cross-entropy" else answers * (1 - answers))
    delta1 = delta2 @ matrices["W2"].T * (1.0 - hidden**2)
    return {
        "W1": inputs.T @ delta1,
        "b1": delta1.sum(axis=0, keepdims=True),
        "W2": hidden.T @ delta2,
        "b2": delta2.sum(axis=0, keepdims=True),
    }


def cross_entropy(answers, targets):
    return -np.mean(targets * np.log(answers) + (1 - targets) * np.log(1 - answers))


def in_matrices(model):
    return {name: np.array(matrix) for name, matrix in model.to_matrices().items()}


def adam(matrices, epochs):
    """Algorithm 1 of Kingma and Ba on matrices, at the rate 0.1: (loss, largest error) after 0, 1, … epochs."""
    means = {name: np.zeros_like(matrix) for name, matrix in matrices.items()}
    squares = {name: np.zeros_like(matrix) for name, matrix in matrices.items()}
    course = []
    for epoch in range(1, epochs + 2):
        _, answers = forward(matrices, X)
        course.append((cross_entropy(answers, y), np.max(np.abs(answers - y))))
        for name, slope in gradient(matrices, X, y).items():
            means[name] = 0.9 * means[name] + 0.1 * slope
            squares[name] = 0.999 * squares[name] + 0.001 * slope**2
            corrected = np.sqrt(squares[name] / (1.0 - 0.999**epoch)) + 1e-8
            matrices[name] = matrices[name] - 0.1 * means[name] / (1.0 - 0.9**epoch) / corrected
    return course
