"""Training steps and chains that are written once for the ``Value`` of any engine like micrograd's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from examples.benchmark.problems import XOR, Matrix, Network, demo_problem, draw


@dataclass
class Workload:
    """A training step to repeat, and the parameters whose gradients it leaves behind."""

    step: Callable[[], None]
    parameters: list[Any]

    def gradient(self) -> list[float]:
        """The gradient that the last step computed."""
        return [parameter.grad for parameter in self.parameters]


class ValueNetwork:
    """Layers of neurons, ReLU in all but the last, written as micrograd's users write them."""

    def __init__(self, value: Any, matrices: dict[str, Matrix]) -> None:
        values = [[[value(number) for number in row] for row in matrix] for matrix in matrices.values()]
        self.parameters = [number for matrix in values for row in matrix for number in row]
        # A neuron is a column of the matrix W with the row b below.
        self.layers = [
            [(weights, bias) for *weights, bias in zip(*matrix, *row, strict=True)]
            for matrix, row in zip(values[::2], values[1::2], strict=True)
        ]

    def __call__(self, x: list[Any]) -> Any:
        for depth, layer in enumerate(self.layers, start=1):
            sums = [sum((wi * xi for wi, xi in zip(weights, x)), bias) for weights, bias in layer]  # noqa: B905
            x = [z.relu() for z in sums] if depth < len(self.layers) else sums
        return x[0]


def xor_epoch(value: Any) -> Workload:
    """An epoch on XOR: 2-2-1, four samples, sum of squares, with update."""
    network = ValueNetwork(value, draw((2, 2, 1), seed=3, scale=1.0))

    def step() -> None:
        """Record a graph, walk it back, move the parameters."""
        descend(sum((network(x) - y) ** 2 for x, y in XOR), network.parameters, rate=0.1)

    return Workload(step, network.parameters)


def demo_step(value: Any, problem: Network | None = None) -> Workload:
    """A step of micrograd's demo: 100 moons, 2-16-16-1, max-margin loss + 1e-4 L2, with update."""
    demo = problem or demo_problem()
    network = ValueNetwork(value, demo.matrices)

    def step() -> None:
        """Record a graph, walk it back, move the parameters."""
        scores = [network([value(x1), value(x2)]) for x1, x2 in demo.inputs]
        losses = [(1 + -y * score).relu() for y, score in zip(demo.targets, scores, strict=True)]
        loss = sum(losses) * (1.0 / len(losses)) + demo.penalty * sum(p * p for p in network.parameters)
        descend(loss, network.parameters, demo.rate)

    return Workload(step, network.parameters)


def descend(loss: Any, parameters: list[Any], rate: float) -> None:
    """One step of gradient descent."""
    for parameter in parameters:
        parameter.grad = 0.0
    loss.backward()
    for parameter in parameters:
        parameter.data -= rate * parameter.grad


def chain(value: Any, length: int) -> Any:
    """A chain of ``length`` multiply-adds, two operations each: multiply by a number, add a Value."""
    term = value(0.001)
    total = value(1.0)
    for _ in range(length):
        total = total * 0.999 + term
    return total


WORKLOADS = {"XOR epoch, 2-2-1, 4 samples": xor_epoch, "micrograd's demo step, 2-16-16-1, 100 samples": demo_step}
