"""The demo in micrograd, a graph for each step."""

from __future__ import annotations

from micrograd.engine import Value

from examples.benchmark.problems import Network, Solution, repeat
from examples.benchmark.workloads import Workload


def solve(problem: Network) -> Solution | None:
    """Solve the demo: of the activations, micrograd has only ReLU."""
    if problem.loss != "hinge":
        return None

    def gradient() -> list[float]:
        fresh = Workload(Value, problem)
        fresh.step()
        return fresh.gradient()

    return Solution(gradient, repeat(Workload(Value, problem).step))
