"""Problems of ReLU on any class of numbers with `backward`, a graph for each step, written as micrograd's users do."""

from __future__ import annotations

from typing import Any

from examples.benchmark.problems import Network, Solution, repeat


def solve(problem: Network, value: type[Any]) -> Solution | None:
    """Solve XOR with ReLU and the demo with numbers of this class: of the activations, micrograd has only ReLU."""
    if problem.hidden != "relu":
        return None

    def gradient() -> list[float]:
        fresh = Training(problem, value)
        fresh.step()
        return [parameter.grad for parameter in fresh.parameters]

    return Solution(gradient, repeat(Training(problem, value).step))


class Training:
    """A training step to repeat, with ReLU in all layers but the last."""

    def __init__(self, problem: Network, value: type[Any]) -> None:
        self.problem, self.rate, self.value = problem, problem.rate, value
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
        """The mean loss of all samples, with the penalty; as in the demo, the inputs are made Values."""
        answers = [self.answer([self.value(number) for number in x]) for x in self.problem.inputs]
        pairs = zip(answers, (target for (target,) in self.problem.targets), strict=True)
        if self.problem.loss == "hinge":
            losses = [(1 + -target * answer).relu() for answer, target in pairs]
        else:
            losses = [(answer - target) ** 2 for answer, target in pairs]
        return sum(losses) * (1.0 / len(losses)) + self.problem.penalty * sum(p * p for p in self.parameters)

    def step(self) -> Any:
        """Record a graph, walk it back, move the parameters; the loss before that."""
        loss = self.loss()
        for parameter in self.parameters:
            parameter.grad = 0.0
        loss.backward()
        for parameter in self.parameters:
            parameter.data -= self.rate * parameter.grad
        return loss
