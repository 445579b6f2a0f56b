"""The demo in micrograd, a graph for each step."""

from __future__ import annotations

from micrograd.engine import Value

from examples.benchmark.problems import Network, Solution, repeat
from examples.benchmark.workloads import demo_step


def solve(problem: Network) -> Solution | None:
    """Solve the demo: of the activations, micrograd has only ReLU."""
    if problem.loss != "hinge":
        return None

    def gradient() -> list[float]:
        """Compute the gradient where the problem begins."""
        fresh = demo_step(Value, problem)
        fresh.step()
        return fresh.gradient()

    return Solution(gradient, repeat(demo_step(Value, problem).step))
