"""The demo in micrograd, a graph for each step."""

from __future__ import annotations

from micrograd.engine import Value

from examples.problems import Network, Solution


def solve(problem: Network) -> Solution | None:
    """Solve networks of ReLU with one output: micrograd has no other smooth function than powers."""
    if problem.hidden != "relu" or problem.output != "linear" or problem.loss != "hinge":
        return None
    state = _values(problem)

    def advance(count: int) -> None:
        """Do ``count`` steps."""
        for _ in range(count):
            _backward(problem, state)
            for parameter in _flat(state):
                parameter.data -= problem.rate * parameter.grad

    def gradient() -> list[float]:
        """Compute the gradient where the problem begins."""
        fresh = _values(problem)
        _backward(problem, fresh)
        return [parameter.grad for parameter in _flat(fresh)]

    return Solution(gradient, advance)


Layers = list[tuple[list[list[Value]], list[Value]]]


def _values(problem: Network) -> Layers:
    """The matrices and biases of a problem, every number a Value."""
    pairs = zip(problem.weights, problem.biases, strict=True)
    return [([[Value(w) for w in row] for row in weights], [Value(b) for b in biases]) for weights, biases in pairs]


def _flat(layers: Layers) -> list[Value]:
    """Every parameter."""
    return [number for weights, biases in layers for row in (*weights, biases) for number in row]


def _backward(problem: Network, layers: Layers) -> None:
    """Leave the gradient of the loss in the parameters."""
    losses = []
    for x, target in zip(problem.inputs, problem.targets, strict=True):
        activations = [Value(number) for number in x]
        for index, (weights, biases) in enumerate(layers):
            activations = [_weighted(column, activations, b) for *column, b in zip(*weights, biases, strict=True)]
            if index < len(layers) - 1:
                activations = [activation.relu() for activation in activations]
        losses.append((1 + -target * activations[0]).relu())
    parameters = _flat(layers)
    loss = sum(losses) * (1.0 / len(losses)) + problem.penalty * sum(p * p for p in parameters)
    for parameter in parameters:
        parameter.grad = 0.0
    loss.backward()


def _weighted(weights: list[Value], activations: list[Value], bias: Value) -> Value:
    """The sum of a neuron."""
    return sum((w * a for w, a in zip(weights, activations, strict=True)), bias)
