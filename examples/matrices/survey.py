"""The tutorial's training for the networks of many seeds at once.

The networks lie in a stack: every parameter has one more axis in front, and ``@`` multiplies the matrices at the same
place of two stacks. NumPy multiplies each pair as it would alone, so every network of the stack gets exactly the
numbers that `tutorial.train_network` gives it.
"""

from __future__ import annotations

import numpy as np
from tqdm import tqdm

from examples.matrices import tutorial
from examples.matrices.tutorial import LEARNING_RATE, Network, X, sigmoid, sigmoid_derivative, y


def train_together(seeds: range, hidden_size: int, epochs: int) -> Network:
    """Train the 2-hidden-1 networks of all ``seeds`` and return them stacked; with a progress bar on a terminal."""
    alone = [tutorial.initialize_network(2, hidden_size, 1, seed) for seed in seeds]
    networks = {name: np.stack([network[name] for network in alone]) for name in alone[0]}
    for _ in tqdm(range(epochs), desc=f"{len(seeds)} networks", unit="epoch", leave=False, disable=None):
        step(networks)
    return networks


def step(networks: Network) -> None:
    """Train each network for one epoch, in place, by the tutorial's formulas."""
    a1, a2 = forward(networks)
    output_delta = (y - a2) * sigmoid_derivative(a2)
    hidden_delta = output_delta @ transpose(networks["W2"]) * sigmoid_derivative(a1)
    gradients = {
        "dW1": X.T @ hidden_delta,
        "db1": np.sum(hidden_delta, axis=-2, keepdims=True),
        "dW2": transpose(a1) @ output_delta,
        "db2": np.sum(output_delta, axis=-2, keepdims=True),
    }
    tutorial.update_parameters(networks, gradients, LEARNING_RATE)


def forward(networks: Network) -> tuple[np.ndarray, np.ndarray]:
    """Return the activations a1 and a2 of each network, seeds × N × neurons."""
    a1 = sigmoid(X @ networks["W1"] + networks["b1"])
    return a1, sigmoid(a1 @ networks["W2"] + networks["b2"])


def transpose(stack: np.ndarray) -> np.ndarray:
    """Transpose each matrix of a stack."""
    return stack.swapaxes(-1, -2)


def right_answers(networks: Network) -> np.ndarray:
    """Count the right answers of each network of the stack."""
    return tutorial.count_right(y, forward(networks)[1], axis=(-2, -1))
