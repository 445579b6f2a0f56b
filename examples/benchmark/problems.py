"""The problems that the benchmark solves in many ways: the same numbers for all of them, and what a solution is.

A gradient is one flat list: the entries of dW1 row by row, then db1, dW2, db2, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import Any

from examples.data import moons

Matrix = list[list[float]]


@dataclass(frozen=True)
class Network:
    """A network, its samples, and what is asked of it.

    sizes      the number of inputs, then of neurons in each layer
    hidden     the activation of the hidden layers: "sigmoid", "tanh" or "relu"
    output     that of the last: "sigmoid", "tanh" or "linear"
    loss       "half_sum_of_squares": ½ Σ (p - t)²; "mean_squared_error": mean of (p - t)²; "hinge": mean of
               max(0, 1 - t p) + penalty · Σ θ², over weights and biases
    inputs     a row for each sample
    targets    a row for each sample, of a number for each output
    matrices   the tutorial's dictionary: W1 is fan_in × fan_out, b1 1 × fan_out, then W2, b2, …
    rate       the learning rate of plain gradient descent; 0 where only the gradient is asked for
    penalty    of the squares of all parameters
    one_by_one whether each step is a call of its own, which reads the parameters and writes them back
    """

    sizes: tuple[int, ...]
    hidden: str
    output: str
    loss: str
    inputs: Matrix
    targets: Matrix
    matrices: dict[str, Matrix]
    rate: float = 0.0
    penalty: float = 0.0
    one_by_one: bool = False

    def parameters(self) -> list[float]:
        """The entries of W1 row by row, then b1, W2, b2, and so on."""
        return [number for matrix in self.matrices.values() for row in matrix for number in row]

    def activations(self) -> list[str]:
        """The activation of each layer."""
        return [self.hidden] * (len(self.sizes) - 2) + [self.output]

    def loss_of(self, parameters: Sequence[Any], inputs: Any, targets: Any, library: Mapping[str, Any]) -> Any:
        """The loss without the penalty, of the arrays [W1, b1, W2, b2, …], in the words of an array library.

        ``library`` has functions named like activations, ``affine`` (rows, matrix, biases), ``mean`` and
        ``mean_square`` (answers, targets).
        """
        answers = inputs
        for kind, matrix, biases in zip(self.activations(), parameters[::2], parameters[1::2], strict=True):
            sums = library["affine"](answers, matrix, biases)
            answers = sums if kind == "linear" else library[kind](sums)
        if self.loss == "hinge":
            return library["mean"](library["relu"](1.0 - targets * answers))
        mean = library["mean_square"](answers, targets)
        return 0.5 * len(self.targets) * self.sizes[-1] * mean if self.loss == "half_sum_of_squares" else mean


@dataclass
class Solution:
    """One way to solve a problem.

    gradient         -> the gradient at the parameters of the problem, as one flat list
    advance          (count) -> do so many steps (gradient and update, or only the gradient where the rate is 0)
    compile_seconds  the time that was spent once, before the first step
    """

    gradient: Callable[[], list[float]]
    advance: Callable[[int], object]
    compile_seconds: float = 0.0


def repeat(step: Callable[[], object]) -> Callable[[int], None]:
    """Return ``advance`` of a solution whose steps are calls of ``step``."""

    def advance(count: int) -> None:
        for _ in range(count):
            step()

    return advance


def xor_problem(one_by_one: bool = False) -> Network:
    """The tutorial's network on XOR: 2-2-1, sigmoids, half the sum of squares, all four samples, rate 0.1."""
    inputs, targets = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0.0], [1.0], [1.0], [0.0]]
    matrices = draw((2, 2, 1), seed=1, scale=1.0)
    loss = "half_sum_of_squares"
    return Network((2, 2, 1), "sigmoid", "sigmoid", loss, inputs, targets, matrices, 0.1, one_by_one=one_by_one)


def relu_problem() -> Network:
    """XOR for an engine that has no other activation than ReLU: 2-2-1, the mean of the squares."""
    loss, matrices = "mean_squared_error", draw((2, 2, 1), seed=3, scale=1.0)
    return replace(xor_problem(), hidden="relu", output="linear", loss=loss, matrices=matrices)


def demo_problem() -> Network:
    """micrograd's demo: 2-16-16-1, ReLU, 100 moons, max-margin loss + 1e-4 Σ θ², all samples in every step."""
    data = moons(100, noise=0.1, seed=1337)
    targets = [[float(sign)] for sign in data.signs]
    matrices = draw((2, 16, 16, 1), seed=1337, scale=0.5)
    return Network((2, 16, 16, 1), "relu", "linear", "hinge", data.inputs, targets, matrices, 0.1, 1e-4)


def mlp_problem(sizes: tuple[int, ...], rows: int) -> Network:
    """The gradient of a network of tanh, its last layer linear, under the mean squared error, for so many rows."""
    random = Random(rows)
    inputs, targets = (
        [[random.uniform(-1.0, 1.0) for _ in range(width)] for _ in range(rows)] for width in (sizes[0], sizes[-1])
    )
    matrices = draw(sizes, seed=5, scale=sizes[0] ** -0.5)
    return Network(sizes, "tanh", "linear", "mean_squared_error", inputs, targets, matrices)


def draw(sizes: tuple[int, ...], seed: int, scale: float) -> dict[str, Matrix]:
    """Draw weights and biases from normal distributions."""
    random = Random(seed)
    weights = [[[random.gauss(0.0, scale) for _ in range(n)] for _ in range(m)] for m, n in pairwise(sizes)]
    biases = [[[random.gauss(0.0, 0.1) for _ in range(n)]] for n in sizes[1:]]
    matrices = {}
    for number, (matrix, row) in enumerate(zip(weights, biases, strict=True), start=1):
        matrices |= {f"W{number}": matrix, f"b{number}": row}
    return matrices
