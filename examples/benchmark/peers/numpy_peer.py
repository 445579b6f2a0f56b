"""The problems in NumPy, derived by hand: XOR as in the tutorial, the others with one array of all parameters."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from examples.benchmark.problems import Network, Solution, repeat
from examples.matrices import tutorial


def solve(problem: Network) -> Solution:
    """Solve XOR by the tutorial's functions, and every network of ReLU or tanh by matrices."""
    return solve_xor(problem) if problem.hidden == "sigmoid" else solve_layers(problem)


def solve_xor(problem: Network) -> Solution:
    """Train with the tutorial's functions as they stand, an epoch a step."""
    inputs, targets = np.array(problem.inputs), np.array(problem.targets)
    network = _arrays(problem)

    def backward(network: tutorial.Network) -> tutorial.Network:
        """Return what the tutorial calls gradients, and compute its loss, as it does."""
        answers, cache = tutorial.forward_propagation(network, inputs)
        tutorial.compute_loss(targets, answers)
        return tutorial.backward_propagation(network, cache, inputs, targets)

    def gradient() -> list[float]:
        return np.concatenate([-slope.ravel() for slope in backward(_arrays(problem)).values()]).tolist()

    return Solution(gradient, repeat(lambda: tutorial.update_parameters(network, backward(network), problem.rate)))


def solve_layers(problem: Network) -> Solution:
    """Train, or only find the gradient, with arrays that are made once."""
    layers = Layers(problem)
    decay = 1.0 - 2.0 * problem.rate * problem.penalty

    def step() -> None:
        layers.backward()
        if problem.rate:
            np.multiply(layers.parameters, decay, out=layers.parameters)
            np.multiply(layers.slopes, problem.rate, out=layers.slopes)
            np.subtract(layers.parameters, layers.slopes, out=layers.parameters)

    def gradient() -> list[float]:
        start = Layers(problem)
        start.backward()
        return (start.slopes + 2.0 * problem.penalty * start.parameters).tolist()

    return Solution(gradient, repeat(step))


class Layers:
    """A network whose parameters, and whose slopes, are views of one array: a matrix's last row holds the biases.

    The activations of a layer end in a column of ones, so that a product with that matrix adds the biases too.
    """

    def __init__(self, problem: Network) -> None:
        rows, sizes = len(problem.inputs), problem.sizes
        self.problem = problem
        self.targets = np.array(problem.targets)
        self.parameters = np.array(problem.parameters())
        self.slopes = np.zeros_like(self.parameters)
        ends = np.cumsum([(m + 1) * n for m, n in pairwise(sizes)])[:-1]
        self.matrices, self.matrix_slopes = (
            [part.reshape(-1, n) for part, n in zip(np.split(numbers, ends), sizes[1:], strict=True)]
            for numbers in (self.parameters, self.slopes)
        )
        self.activations = [np.ones((rows, size + 1)) for size in sizes[:-1]]
        self.activations[0][:, :-1] = problem.inputs
        self.answers = np.empty((rows, sizes[-1]))
        self.deltas, self.scratch = ([np.empty((rows, size)) for size in sizes[1:]] for _ in range(2))
        self.masks = [np.empty((rows, size), dtype=bool) for size in sizes[1:]]

    def backward(self) -> None:
        """Compute the slopes at the parameters, without the penalty."""
        outputs = [*(activation[:, :-1] for activation in self.activations[1:]), self.answers]
        kinds = self.problem.activations()
        for activation, matrix, output, kind in zip(self.activations, self.matrices, outputs, kinds, strict=True):
            np.matmul(activation, matrix, out=output)
            if kind == "tanh":
                np.tanh(output, out=output)
            elif kind == "relu":
                np.maximum(output, 0.0, out=output)
        self.differentiate_loss()
        for index in reversed(range(len(outputs))):
            delta = self.deltas[index]
            if kinds[index] == "tanh":
                square = np.multiply(outputs[index], outputs[index], out=self.scratch[index])
                delta *= np.subtract(1.0, square, out=square)
            elif kinds[index] == "relu":
                delta *= np.greater(outputs[index], 0.0, out=self.masks[index])
            np.matmul(self.activations[index].T, delta, out=self.matrix_slopes[index])
            if index:
                np.matmul(delta, self.matrices[index][:-1].T, out=self.deltas[index - 1])

    def differentiate_loss(self) -> None:
        """Write the derivative of the loss by each answer into the last delta."""
        delta, rows = self.deltas[-1], len(self.targets)
        if self.problem.loss == "hinge":
            np.multiply(self.targets, self.answers, out=delta)
            inside = np.less(delta, 1.0, out=self.masks[-1])
            np.multiply(self.targets, -1.0 / rows, out=delta)
            delta *= inside
        else:
            np.subtract(self.answers, self.targets, out=delta)
            delta *= 2.0 / delta.size


def _arrays(problem: Network) -> dict[str, np.ndarray]:
    """Copy W1, b1, W2, b2 and so on."""
    return {name: np.array(matrix) for name, matrix in problem.matrices.items()}
