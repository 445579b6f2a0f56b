"""How many seeds learn XOR? The tutorial's training for many initial networks at once.

The networks lie in a stack: every parameter has one more axis in front, and ``@`` multiplies the matrices that are at
the same place of two stacks. NumPy multiplies each pair as it would alone, so every network of the stack gets exactly
the numbers that `tutorial.train_network` gives it.
"""

# ruff: noqa: N803 - a matrix has a capital letter, as in the tutorial

from __future__ import annotations

import numpy as np
from tqdm import tqdm

from examples import tutorial
from examples.tutorial import LEARNING_RATE, Network


def transpose(stack: np.ndarray) -> np.ndarray:
    """Transpose each matrix of a stack, or the only one."""
    return stack.swapaxes(-1, -2)


def stack_networks(seeds: range, hidden_size: int) -> Network:
    """Draw the 2-hidden-1 network of each seed, and stack them along a new first axis."""
    networks = [tutorial.initialize_network(2, hidden_size, 1, seed) for seed in seeds]
    return {name: np.stack([network[name] for network in networks]) for name in networks[0]}


def forward(networks: Network, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the activations a1 and a2 of each network, seeds × N × neurons."""
    a1 = tutorial.sigmoid(X @ networks["W1"] + networks["b1"])
    a2 = tutorial.sigmoid(a1 @ networks["W2"] + networks["b2"])
    return a1, a2


def step(networks: Network, X: np.ndarray, y: np.ndarray) -> None:
    """Train each network for one epoch, in place, by the tutorial's formulas."""
    a1, a2 = forward(networks, X)
    output_delta = (y - a2) * tutorial.sigmoid_derivative(a2)
    hidden_delta = output_delta @ transpose(networks["W2"]) * tutorial.sigmoid_derivative(a1)
    gradients = {
        "dW1": transpose(X) @ hidden_delta,
        "db1": np.sum(hidden_delta, axis=-2, keepdims=True),
        "dW2": transpose(a1) @ output_delta,
        "db2": np.sum(output_delta, axis=-2, keepdims=True),
    }
    tutorial.update_parameters(networks, gradients, LEARNING_RATE)


def train_together(seeds: range, hidden_size: int, epochs: int) -> Network:
    """Train the networks of all ``seeds`` and return them stacked; with a progress bar on a terminal."""
    networks = stack_networks(seeds, hidden_size)
    for _ in tqdm(range(epochs), desc=f"{len(seeds)} networks", unit="epoch", leave=False, disable=None):
        step(networks, tutorial.X, tutorial.y)
    return networks


def right_answers(networks: Network) -> np.ndarray:
    """Count, for each network of the stack, the answers that are on their target's side of one half."""
    _a1, a2 = forward(networks, tutorial.X)
    return np.sum(np.abs(tutorial.y - a2) < 0.5, axis=(-2, -1))


def report(count: int, hidden_size: int, epochs: int) -> None:
    """Train the seeds 0 to ``count`` - 1 and print how many networks ended with how many right answers."""
    right = right_answers(train_together(range(count), hidden_size, epochs))
    print(f"Seeds 0 to {count - 1}, a 2-{hidden_size}-1 network each, {epochs:,} epochs at the rate {LEARNING_RATE}.")
    print("An answer is right when it is on the side of one half where its target is.\n")
    for answers in range(len(tutorial.y), -1, -1):
        networks = int(np.sum(right == answers))
        meaning = "XOR is learned" if answers == len(tutorial.y) else ""
        print(f"  {answers} of 4 right: {networks:4d} seeds, {networks / count:6.1%}   {meaning}".rstrip())
