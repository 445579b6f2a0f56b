"""The programs that the benchmark times, each written once for any micrograd-like ``Value``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from examples.data import moons

XOR = (((0.0, 0.0), 0.0), ((0.0, 1.0), 1.0), ((1.0, 0.0), 1.0), ((1.0, 1.0), 0.0))


@dataclass
class Workload:
    """A training step to repeat, and the parameters whose gradients it leaves behind."""

    step: Callable[[], None]
    parameters: list[Any]

    def gradient(self) -> list[float]:
        """The gradient that the last step computed."""
        return [parameter.grad for parameter in self.parameters]


class Neuron:
    """relu(w · x + b), or w · x + b, written as micrograd's users write it."""

    def __init__(self, value: Any, inputs: int, random: Random, nonlinear: bool) -> None:
        self.weights = [value(random.uniform(-1.0, 1.0)) for _ in range(inputs)]
        self.bias = value(0.0)
        self.nonlinear = nonlinear

    def __call__(self, x: Any) -> Any:
        activation = sum((wi * xi for wi, xi in zip(self.weights, x)), self.bias)  # noqa: B905
        return activation.relu() if self.nonlinear else activation


class Network:
    """Layers of neurons, ReLU in all but the last."""

    def __init__(self, value: Any, sizes: tuple[int, ...], seed: int) -> None:
        random = Random(seed)
        self.layers = [
            [Neuron(value, inputs, random, nonlinear=index < len(sizes) - 2) for _ in range(outputs)]
            for index, (inputs, outputs) in enumerate(pairwise(sizes))
        ]

    def __call__(self, x: Any) -> Any:
        for layer in self.layers:
            x = [neuron(x) for neuron in layer]
        return x[0]

    def parameters(self) -> list[Any]:
        """Every weight and bias."""
        return [p for layer in self.layers for neuron in layer for p in (*neuron.weights, neuron.bias)]


def xor_epoch(value: Any) -> Workload:
    """An epoch on XOR: 2-2-1, four samples, sum of squares, with update."""
    network = Network(value, (2, 2, 1), seed=3)
    parameters = network.parameters()

    def step() -> None:
        """Record a graph, walk it back, move the parameters."""
        loss = sum((network(x) - y) ** 2 for x, y in XOR)
        descend(loss, parameters, learning_rate=0.1)

    return Workload(step, parameters)


def demo_step(value: Any) -> Workload:
    """A step of micrograd's demo: 100 moons, 2-16-16-1, max-margin loss + 1e-4 L2, with update."""
    network = Network(value, (2, 16, 16, 1), seed=1337)
    parameters = network.parameters()
    inputs, targets = demo_samples()

    def step() -> None:
        """Record a graph, walk it back, move the parameters."""
        scores = [network([value(x1), value(x2)]) for x1, x2 in inputs]
        losses = [(1 + -y * score).relu() for y, score in zip(targets, scores, strict=True)]
        loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)
        descend(loss, parameters, learning_rate=0.1)

    return Workload(step, parameters)


def descend(loss: Any, parameters: list[Any], learning_rate: float) -> None:
    """One step of gradient descent."""
    for parameter in parameters:
        parameter.grad = 0.0
    loss.backward()
    for parameter in parameters:
        parameter.data -= learning_rate * parameter.grad


def chain(value: Any, length: int) -> Any:
    """A chain of ``length`` multiply-adds, two operations each: multiply by a number, add a Value."""
    term = value(0.001)
    total = value(1.0)
    for _ in range(length):
        total = total * 0.999 + term
    return total


def demo_samples() -> tuple[list[list[float]], list[int]]:
    """The 100 moons of micrograd's demo, and -1 or 1 for each."""
    data = moons(100, noise=0.1, seed=1337)
    return data.inputs, data.signs


WORKLOADS = {"XOR epoch, 2-2-1, 4 samples": xor_epoch, "micrograd's demo step, 2-16-16-1, 100 samples": demo_step}
