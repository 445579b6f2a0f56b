"""Backpropagation by hand, in matrices: a network of two layers of sigmoid neurons.

    Z1 = X W1 + b1     A1 = sigmoid(Z1)     X (samples, inputs)     W1 (inputs, hidden)     b1 (1, hidden)
    Z2 = A1 W2 + b2    A2 = sigmoid(Z2)     Y (samples, outputs)    W2 (hidden, outputs)    b2 (1, outputs)

The loss is half the sum of the squares of A2 - Y. A row of X is a sample, and the same row of A2 is the network's
answer to it. A "delta" is the derivative of the loss by a Z, and has the shape of that Z. All arguments are NumPy
arrays; leave them as they are, and return new ones.
"""

import numpy as np


def sigmoid(Z):
    """Return 1 / (1 + e**-z) for each entry z. Its derivative there is a * (1 - a), where a is the result."""
    return 1.0 / (1.0 + np.exp(-Z))


def forward(X, W1, b1, W2, b2):
    """Exercise 21, forward: return Z1, A1, Z2, A2: all four, in this order."""
    Z1 = X @ W1 + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2 + b2
    A2 = sigmoid(Z2)
    return Z1, A1, Z2, A2


def output_delta(A2, Y):
    """Exercise 22, output-delta: return the derivative of the loss by Z2, an array of its shape (samples, outputs)."""
    return (A2 - Y) * A2 * (1.0 - A2)


def hidden_delta(delta2, W2, A1):
    """Exercise 23, hidden-delta: return the derivative of the loss by Z1, of its shape (samples, hidden).

    delta2 is the derivative of the loss by Z2. Each entry of A1 reaches the loss through all outputs of its sample.
    """
    return (delta2 @ W2.T) * A1 * (1.0 - A1)


def weight_gradient(A, delta):
    """Exercise 24, weights: return the derivative of the loss by the W in Z = A W + b, an array of the shape of W.

    A is what the layer reads, X or A1, and delta is the derivative of the loss by its Z. Each weight is used once for
    every sample.
    """
    return A.T @ delta


def bias_gradient(delta):
    """Exercise 25, biases: return the derivative of the loss by the b in Z = A W + b, of the shape of b: (1, neurons).

    delta is the derivative of the loss by Z. NumPy adds the one row of b to every row of A W.
    """
    return delta.sum(axis=0, keepdims=True)
