"""Training steps and chains, written once for the ``Value`` of any engine like micrograd's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from examples.benchmark.problems import Network, demo_problem, draw, xor_problem


class Workload:
    """A training step to repeat: ReLU in all layers but the last, written as micrograd's users write it."""

    def __init__(self, value: Any, problem: Network) -> None:
        self.problem, self.rate = problem, problem.rate
        # micrograd's demo makes Values of its inputs.
        self.input_type = value if problem.loss == "hinge" else float
        values = [[[value(number) for number in row] for row in matrix] for matrix in problem.matrices.values()]
        self.parameters = [number for matrix in values for row in matrix for number in row]
        # A neuron is a column of the matrix W with the row b below.
        self.layers = [
            [(weights, bias) for *weights, bias in zip(*matrix, *row, strict=True)]
            for matrix, row in zip(values[::2], values[1::2], strict=True)
        ]

    def answer(self, x: list[Any]) -> Any:
        """The network's answer to a sample."""
        for depth, layer in enumerate(self.layers, start=1):
            sums = [sum((wi * xi for wi, xi in zip(weights, x)), bias) for weights, bias in layer]  # noqa: B905
            x = [z.relu() for z in sums] if depth < len(self.layers) else sums
        return x[0]

    def loss(self) -> Any:
        """The loss of all samples: hinge + penalty · Σ θ², or half the sum of squares."""
        answers = [self.answer([self.input_type(number) for number in x]) for x in self.problem.inputs]
        pairs = zip(answers, (target for (target,) in self.problem.targets), strict=True)
        if self.problem.loss == "hinge":
            losses = [(1 + -target * answer).relu() for answer, target in pairs]
            return sum(losses) * (1.0 / len(losses)) + self.problem.penalty * sum(p * p for p in self.parameters)
        return sum((answer - target) ** 2 for answer, target in pairs) * 0.5

    def step(self) -> Any:
        """Record a graph, walk it back, move the parameters; the loss before that."""
        loss = self.loss()
        for parameter in self.parameters:
            parameter.grad = 0.0
        loss.backward()
        for parameter in self.parameters:
            parameter.data -= self.rate * parameter.grad
        return loss

    def gradient(self) -> list[float]:
        """The gradient that the last step computed."""
        return [parameter.grad for parameter in self.parameters]


def small_problem() -> Network:
    """XOR for an engine that has no other activation than ReLU."""
    return replace(xor_problem(), hidden="relu", output="linear", matrices=draw((2, 2, 1), seed=3, scale=1.0))


def chain(value: Any, length: int) -> Any:
    """A chain of ``length`` multiply-adds, two operations each: multiply by a number, add a Value."""
    term = value(0.001)
    total = value(1.0)
    for _ in range(length):
        total = total * 0.999 + term
    return total


WORKLOADS: dict[str, Callable[[], Network]] = {
    "XOR epoch, 2-2-1, 4 samples": small_problem,
    "micrograd's demo step, 2-16-16-1, 100 samples": demo_problem,
}
