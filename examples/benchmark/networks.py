"""The gradient of networks of growing size: how fast it is beside matrices, and how soon the first one is there."""

from __future__ import annotations

import statistics
from itertools import pairwise

from examples.benchmark.contestants import compare, start, start_all, take_up
from examples.benchmark.goals import Goal, ratios
from examples.benchmark.problems import Network, mlp_problem, xor_problem

JUDGED = (100, 1_000)
NETWORKS = {
    (2, 16, 16, 1): (1, 10, *JUDGED, 10_000),
    (2, 64, 64, 1): JUDGED,
    (64, 32, 10): JUDGED,
    (64, 128, 10): JUDGED,
    (784, 64, 10): JUDGED,
}
"""How many rows each is asked for."""

BOUNDS = {("llvm", "numpy"): 1.0, ("llvm fast_math", "numpy"): 1.3, ("llvm", "jax"): 1.0, ("llvm", "torch"): 1.0}
MOST_WORK = {"eager": 50_000, "python": 4_000_000}
"""Parameters times rows: contestants that would take minutes for more."""

FIRST_RESULTS = {
    "64-128-10": (mlp_problem((64, 128, 10), 1), 1.5),
    "2-16-16-1": (mlp_problem((2, 16, 16, 1), 1), 0.2),
    "XOR": (xor_problem(), 0.1),
}
"""Problems, and after how many seconds the first result shall be there."""


def report(rounds: int) -> list[Goal]:
    """Print a table for each network and batch; what is to be reached in them."""
    workers = start_all()
    goals = []
    for sizes, batches in NETWORKS.items():
        parameters, name = sum((m + 1) * n for m, n in pairwise(sizes)), "-".join(map(str, sizes))
        for rows in batches:
            able = {who: each for who, each in workers.items() if MOST_WORK.get(who, 1e99) >= parameters * rows}
            title = f"Gradient of {name}, tanh, mean squared error, {rows:,} rows"
            seconds = compare(able, title, mlp_problem(sizes, rows), rounds)
            goals += ratios(f"{name}, {rows:,} rows", seconds, BOUNDS) if rows in JUDGED else []
    if "llvm" in workers:
        for name, (problem, bound) in FIRST_RESULTS.items():
            seconds_there = statistics.median(first_result(problem) for _ in range(rounds))
            goals.append(Goal(f"{name}: record, build, first result", seconds_there, bound, "s"))
    return goals


def first_result(problem: Network) -> float:
    """The time until the first result is there, in a process that has made no other program."""
    _, seconds = start("llvm").ask(take_up, problem)
    return seconds
