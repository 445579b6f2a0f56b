"""The tutorial's network, written once for NumPy arrays, runs on arrays of Values; its hand-derived gradient is ours.

A 2-2-1 network of sigmoids on XOR: z1 = X W1 + b1, a1 = σ(z1), z2 = a1 W2 + b2, a2 = σ(z2), loss = mean((y - a2)²).
"""

import numpy as np
import pytest

from engine import Value

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(network, inputs):
    a1 = sigmoid(np.dot(inputs, network["W1"]) + network["b1"])
    a2 = sigmoid(np.dot(a1, network["W2"]) + network["b2"])
    return a1, a2


def mean_squared_error(targets, outputs):
    return np.mean((targets - outputs) ** 2)


def hand_gradient(network, inputs, targets):
    """The gradient by matrix calculus: δ2 = 2/n (a2 - y) a2 (1 - a2) and δ1 = δ2 W2ᵀ a1 (1 - a1)."""
    a1, a2 = forward(network, inputs)
    delta2 = (a2 - targets) * a2 * (1 - a2) * 2 / targets.size
    delta1 = np.dot(delta2, network["W2"].T) * a1 * (1 - a1)
    return {
        "W1": np.dot(inputs.T, delta1),
        "b1": delta1.sum(axis=0, keepdims=True),
        "W2": np.dot(a1.T, delta2),
        "b2": delta2.sum(axis=0, keepdims=True),
    }


def of_values(network):
    return {name: np.vectorize(Value, otypes=[object])(matrix) for name, matrix in network.items()}


def collected(network):
    return {name: np.vectorize(lambda value: value.grad, otypes=[float])(matrix) for name, matrix in network.items()}


@pytest.fixture
def network():
    draw = np.random.default_rng(42)
    return {
        "W1": draw.standard_normal((2, 2)),
        "b1": draw.standard_normal((1, 2)),
        "W2": draw.standard_normal((2, 1)),
        "b2": draw.standard_normal((1, 1)),
    }


def test_the_same_code_gives_the_same_numbers(network):
    _, outputs = forward(network, X)
    _, of_engine = forward(of_values(network), X)
    assert of_engine.shape == (4, 1)
    assert of_engine.astype(float) == pytest.approx(outputs, rel=1e-14)
    loss = mean_squared_error(Y, of_engine)
    assert type(loss) is Value
    assert loss.data == pytest.approx(mean_squared_error(Y, outputs), rel=1e-14)


def test_the_engine_finds_the_gradient_of_the_hand_formulas(network):
    leaves = of_values(network)
    mean_squared_error(Y, forward(leaves, X)[1]).backward()
    expected = hand_gradient(network, X, Y)
    for name, gradient in collected(leaves).items():
        assert gradient == pytest.approx(expected[name], rel=1e-12, abs=1e-16), name


def test_the_hand_formulas_are_right(network):
    step = 1e-6
    expected = hand_gradient(network, X, Y)
    for name, matrix in network.items():
        for index in np.ndindex(matrix.shape):
            losses = []
            for sign in (1, -1):
                moved = {**network, name: matrix.copy()}
                moved[name][index] += sign * step
                losses.append(mean_squared_error(Y, forward(moved, X)[1]))
            assert (losses[0] - losses[1]) / (2 * step) == pytest.approx(expected[name][index], abs=1e-9)


def test_twenty_epochs_of_gradient_descent_stay_together(network):
    by_hand = {name: matrix.copy() for name, matrix in network.items()}
    leaves = of_values(network)
    for _ in range(20):
        gradient = hand_gradient(by_hand, X, Y)
        mean_squared_error(Y, forward(leaves, X)[1]).backward()
        for name, matrix in leaves.items():
            by_hand[name] -= 0.5 * gradient[name]
            for leaf in matrix.flat:
                leaf.data -= 0.5 * leaf.grad
                leaf.zero_grad()
    for name, matrix in leaves.items():
        assert matrix.astype(float) == pytest.approx(by_hand[name], rel=1e-12)
