"""The problems that the benchmark solves in many ways: the same numbers for all of them, and how an answer looks.

Matrices are those of the tutorial: ``W`` is fan_in × fan_out, ``b`` has fan_out entries. A gradient is one flat list:
the entries of dW1 row by row, then db1, dW2, db2, and so on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from examples.workloads import XOR, demo_samples

Matrix = list[list[float]]


@dataclass(frozen=True)
class Network:
    """A network, its samples, and what is asked of it.

    sizes     the number of inputs, then of neurons in each layer
    hidden    the activation of the hidden layers: "sigmoid", "tanh" or "relu"
    output    that of the last: "sigmoid", "tanh" or "linear"
    loss      "half_sum_of_squares": ½ Σ (p - t)²; "mean_squared_error": mean of (p - t)²; "hinge": mean of
              max(0, 1 - t p) + penalty · Σ θ², over weights and biases
    inputs    a row for each sample
    targets   a number for each sample
    weights   the matrices W1, W2, …
    biases    the rows b1, b2, …
    rate      the learning rate of plain gradient descent; 0 where only the gradient is asked for
    penalty   of the squares of all parameters
    """

    sizes: tuple[int, ...]
    hidden: str
    output: str
    loss: str
    inputs: Matrix
    targets: list[float]
    weights: list[Matrix]
    biases: Matrix
    rate: float = 0.0
    penalty: float = 0.0


@dataclass
class Solution:
    """One way to solve a problem.

    gradient         -> the gradient at the parameters of the problem, as one flat list
    advance          (count) -> do so many steps (gradient and update, or only the gradient where the rate is 0)
    compile_seconds  what had to be done once before the first step
    """

    gradient: Callable[[], list[float]]
    advance: Callable[[int], object]
    compile_seconds: float = 0.0


def xor_problem() -> Network:
    """The tutorial's network on XOR: 2-2-1, sigmoids, half the sum of squares, all four samples, rate 0.1."""
    inputs = [list(x) for x, _ in XOR]
    targets = [y for _, y in XOR]
    weights, biases = _draw((2, 2, 1), seed=1, scale=1.0)
    return Network((2, 2, 1), "sigmoid", "sigmoid", "half_sum_of_squares", inputs, targets, weights, biases, 0.1)


def demo_problem() -> Network:
    """micrograd's demo: 2-16-16-1, ReLU, 100 moons, max-margin loss + 1e-4 Σ θ², all samples in every step."""
    inputs, signs = demo_samples()
    weights, biases = _draw((2, 16, 16, 1), seed=1337, scale=0.5)
    targets = [float(sign) for sign in signs]
    return Network((2, 16, 16, 1), "relu", "linear", "hinge", inputs, targets, weights, biases, 0.1, 1e-4)


def mlp_problem(rows: int) -> Network:
    """The gradient of a 2-16-16-1 network of tanh under the mean squared error, for a batch of ``rows``."""
    random = Random(rows)
    inputs = [[random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0)] for _ in range(rows)]
    weights, biases = _draw((2, 16, 16, 1), seed=5, scale=0.5)
    targets = [0.9 * x * y for x, y in inputs]
    return Network((2, 16, 16, 1), "tanh", "tanh", "mean_squared_error", inputs, targets, weights, biases)


def _draw(sizes: tuple[int, ...], seed: int, scale: float) -> tuple[list[Matrix], Matrix]:
    """Weights and biases from a normal distribution."""
    random = Random(seed)
    weights = [[[random.gauss(0.0, scale) for _ in range(n)] for _ in range(m)] for m, n in pairwise(sizes)]
    return weights, [[random.gauss(0.0, 0.1) for _ in range(n)] for n in sizes[1:]]
