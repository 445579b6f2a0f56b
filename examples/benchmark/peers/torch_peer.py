"""The problems in PyTorch: operations on whole layers, gradients by autograd."""

from __future__ import annotations

import torch

from examples.benchmark.problems import Network, Solution, repeat

LIBRARY = {
    "affine": lambda rows, matrix, biases: torch.addmm(biases, rows, matrix),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "mean": torch.mean,
    "mean_square": torch.nn.functional.mse_loss,
}


def solve(problem: Network) -> Solution:
    """Solve any problem, on one thread; the penalty's gradient, 2 · penalty · θ, needs no graph."""
    torch.set_num_threads(1)
    inputs = torch.tensor(problem.inputs, dtype=torch.float64)
    targets = torch.tensor(problem.targets, dtype=torch.float64)
    decay = 1.0 - 2.0 * problem.rate * problem.penalty

    def leaves() -> list[torch.Tensor]:
        """Copy W1, b1, W2, b2 and so on into new leaves of a graph."""
        return [torch.tensor(each, dtype=torch.float64, requires_grad=True) for each in problem.matrices.values()]

    def slopes(parameters: list[torch.Tensor]) -> tuple[torch.Tensor, ...]:
        return torch.autograd.grad(problem.loss_of(parameters, inputs, targets, LIBRARY), parameters)

    state = leaves()

    def step() -> None:
        found = slopes(state)
        if problem.rate:
            with torch.no_grad():
                for parameter, slope in zip(state, found, strict=True):
                    if decay != 1.0:
                        parameter.mul_(decay)
                    parameter.sub_(slope, alpha=problem.rate)

    def gradient() -> list[float]:
        start = leaves()
        pairs = zip(start, slopes(start), strict=True)
        return torch.cat([(slope + 2.0 * problem.penalty * p.detach()).ravel() for p, slope in pairs]).tolist()

    return Solution(gradient, repeat(step))
