"""Problems of ReLU in micrograd."""

from __future__ import annotations

from micrograd.engine import Value

from examples.benchmark.peers import scalars
from examples.benchmark.problems import Network, Solution


def solve(problem: Network) -> Solution | None:
    """Solve XOR with ReLU and the demo."""
    return scalars.solve(problem, Value)
