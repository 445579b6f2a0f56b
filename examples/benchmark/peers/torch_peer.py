"""The problems in PyTorch: operations on whole layers, gradients by autograd."""

from __future__ import annotations

import torch

from examples.benchmark.problems import Network, Solution

ACTIVATIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "linear": lambda z: z}


def solve(problem: Network) -> Solution | None:
    """Solve any problem, on one thread; the penalty's gradient, 2 · penalty · θ, needs no graph."""
    torch.set_num_threads(1)
    inputs = torch.tensor(problem.inputs, dtype=torch.float64)
    targets = torch.tensor(problem.targets, dtype=torch.float64)[:, None]
    hidden, output = ACTIVATIONS[problem.hidden], ACTIVATIONS[problem.output]
    rate, decay = problem.rate, 1.0 - 2.0 * problem.rate * problem.penalty

    def slopes(parameters: list[torch.Tensor]) -> tuple[torch.Tensor, ...]:
        """Return the slopes of the loss, without the penalty."""
        activation = inputs
        for index in range(0, len(parameters) - 2, 2):
            activation = hidden(torch.addmm(parameters[index + 1], activation, parameters[index]))
        answers = output(torch.addmm(parameters[-1], activation, parameters[-2]))
        return torch.autograd.grad(loss_of(problem.loss, answers, targets), parameters)

    state = parameters_of(problem)

    def advance(count: int) -> None:
        """Do so many steps."""
        for _ in range(count):
            found = slopes(state)
            if rate:
                with torch.no_grad():
                    for parameter, slope in zip(state, found, strict=True):
                        if decay != 1.0:
                            parameter.mul_(decay)
                        parameter.sub_(slope, alpha=rate)

    def gradient() -> list[float]:
        """Return the gradient at the problem's parameters."""
        start = parameters_of(problem)
        pairs = zip(start, slopes(start), strict=True)
        return torch.cat([(slope + 2.0 * problem.penalty * p.detach()).ravel() for p, slope in pairs]).tolist()

    return Solution(gradient, advance)


def loss_of(kind: str, answers: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the loss, without the penalty."""
    if kind == "hinge":
        return torch.relu(1.0 - targets * answers).mean()
    if kind == "half_sum_of_squares":
        return 0.5 * torch.nn.functional.mse_loss(answers, targets, reduction="sum")
    return torch.nn.functional.mse_loss(answers, targets)


def parameters_of(problem: Network) -> list[torch.Tensor]:
    """Copy W1, b1, W2, b2 and so on into new leaves of a graph."""
    return [torch.tensor(each, dtype=torch.float64, requires_grad=True) for each in problem.matrices.values()]
