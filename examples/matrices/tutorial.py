"""The matrix implementation that the engine is compared with: a 2-2-1 network in NumPy, its gradients derived by hand.

It follows "Implementing a Neural Network from Scratch in Python", a tutorial in nine steps, keeps the tutorial's names,
and computes the same bits. Shapes: N samples are the rows of ``X`` (N × input_size) and of ``y`` (N × output_size);
``W1`` is input_size × hidden_size and ``b1`` 1 × hidden_size; ``W2`` and ``b2`` likewise.

Three things about it are easy to miss:

1. `sigmoid_derivative` expects the *activation* a = σ(x), although its formula, σ'(x) = σ(x)·(1 - σ(x)), is given in x.
2. What `backward_propagation` calls gradients is the **negative** gradient of **half the sum** of the squared errors,
   while `compute_loss` gives their **mean**: dW = -(N/2) · dMSE/dW. That is why `update_parameters` adds.
3. Run as published (seed 42, two hidden neurons, rate 0.1, 10,000 epochs) it does **not** learn XOR: the loss stays at
   0.1282 and two of the four answers are 0.50. Other initial weights do better: about seven seeds in ten learn it.
"""

# ruff: noqa: N803 - a matrix has a capital letter, as in the tutorial and in every textbook

from __future__ import annotations

import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [0]])  # XOR
LEARNING_RATE = 0.1

Network = dict[str, np.ndarray]


def initialize_network(input_size: int, hidden_size: int, output_size: int, seed: int = 42) -> Network:
    """Draw weights from the standard normal distribution and set biases to zero: ``{"W1", "b1", "W2", "b2"}``.

    The numbers are those that ``np.random.seed(seed)`` leads to, but NumPy's global generator is left alone.
    """
    generator = np.random.RandomState(seed)
    return {
        "W1": generator.standard_normal((input_size, hidden_size)),
        "b1": np.zeros((1, hidden_size)),
        "W2": generator.standard_normal((hidden_size, output_size)),
        "b2": np.zeros((1, output_size)),
    }


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Compute σ(x) = 1 / (1 + e⁻ˣ) elementwise, for arrays of numbers or of the engine's Values."""
    return 1 / (1 + np.exp(-x))


def sigmoid_derivative(x: np.ndarray) -> np.ndarray:
    """Compute σ' where the sigmoid has the value ``x``: give it the *activation* a = σ(z), as σ'(z) = a·(1 - a).

    Given z itself, as the name of the argument suggests, it answers z·(1 - z), which is not a derivative of σ.
    """
    return x * (1 - x)


def forward_propagation(network: Network, X: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Return the answers a2 (N × output_size), and ``(z1, a1, z2, a2)`` for `backward_propagation`.

    z1 = X·W1 + b1, a1 = σ(z1), z2 = a1·W2 + b2, a2 = σ(z2): a row for each sample.
    """
    z1 = np.dot(X, network["W1"]) + network["b1"]
    a1 = sigmoid(z1)
    z2 = np.dot(a1, network["W2"]) + network["b2"]
    a2 = sigmoid(z2)
    return a2, (z1, a1, z2, a2)


def compute_loss(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Return the *mean* of the squared errors, over samples and outputs: the loss that is printed, not descended."""
    return np.mean((y_true - y_pred) ** 2)


def backward_propagation(network: Network, cache: tuple[np.ndarray, ...], X: np.ndarray, y: np.ndarray) -> Network:
    """Return ``{"dW1", "db1", "dW2", "db2"}``, each shaped like its parameter: the direction in which the loss *falls*.

    These are -dL/dW for L = ½ Σ (y - a2)², half the *sum* of the squared errors: the error is y - a2, where the
    derivative of L has a2 - y. In terms of `compute_loss`, with N numbers in ``y``: dW = -(N/2) · dMSE/dW.

    A delta is -dL/dz, a row for each sample. Entry [i, j] of the product Xᵀ·delta is Σₙ X[n, i] · delta[n, j]: each
    sample uses W[i, j] once, and the chain rule adds up what comes back from every use. A bias is used with factor 1.
    """
    _z1, a1, _z2, a2 = cache
    output_error = y - a2
    output_delta = output_error * sigmoid_derivative(a2)
    hidden_error = np.dot(output_delta, network["W2"].T)
    hidden_delta = hidden_error * sigmoid_derivative(a1)
    return {
        "dW1": np.dot(X.T, hidden_delta),
        "db1": np.sum(hidden_delta, axis=0, keepdims=True),
        "dW2": np.dot(a1.T, output_delta),
        "db2": np.sum(output_delta, axis=0, keepdims=True),
    }


def update_parameters(network: Network, gradients: Network, learning_rate: float) -> Network:
    """Move every parameter along its "gradient", *in place*, and return the same network.

    It adds where gradient descent subtracts, because `backward_propagation` has already negated.
    """
    for name in network:
        network[name] += learning_rate * gradients[f"d{name}"]
    return network


def train_network(
    X: np.ndarray,
    y: np.ndarray,
    input_size: int,
    hidden_size: int,
    output_size: int,
    epochs: int,
    learning_rate: float,
    *,
    seed: int = 42,
    print_every: int = 100,
) -> Network:
    """Return a new network after ``epochs`` steps of gradient descent, each on all samples at once.

    The loss is printed at every ``print_every``-th epoch, before its update; 0 prints nothing. Raises ValueError if the
    shapes of ``X`` and ``y`` do not fit the sizes: NumPy would broadcast a flat ``y`` into N × N errors without a word.
    """
    _check_shape("X", X, (len(X), input_size))
    _check_shape("y", y, (len(X), output_size))
    network = initialize_network(input_size, hidden_size, output_size, seed)
    for epoch in range(epochs):
        y_pred, cache = forward_propagation(network, X)
        loss = compute_loss(y, y_pred)
        if print_every and epoch % print_every == 0:
            print(f"Epoch {epoch}, Loss: {loss}")
        gradients = backward_propagation(network, cache, X, y)
        network = update_parameters(network, gradients, learning_rate)
    return network


def _check_shape(name: str, matrix: np.ndarray, expected: tuple[int, int]) -> None:
    """Raise ValueError unless ``matrix`` is an array of the expected shape."""
    if not isinstance(matrix, np.ndarray) or matrix.shape != expected:
        found = f"shape {matrix.shape}" if isinstance(matrix, np.ndarray) else f"type {type(matrix).__name__}"
        raise ValueError(f"{name} must be an array of shape {expected}, a row for each sample; it has {found}")


def predict(network: Network, X: np.ndarray) -> np.ndarray:
    """Return the answers of the network to the rows of ``X``: N × output_size, each between 0 and 1."""
    return forward_propagation(network, X)[0]


def count_right(y_true: np.ndarray, y_pred: np.ndarray, axis: tuple[int, int] | None = None) -> np.ndarray:
    """Count the answers on the same side of one half as their target, in all or along ``axis``."""
    return np.sum(np.abs(y_true - y_pred) < 0.5, axis=axis)
