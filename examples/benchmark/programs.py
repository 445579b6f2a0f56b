"""Programs of the engine on small problems, beside the same problems in other hands.

The others are NumPy with gradients derived by hand, micrograd and C; where they are installed, PyTorch and JAX too. A
figure is the time of one step: gradient and update. What has to be compiled once, before the first step, has a column
of its own.
"""

from __future__ import annotations

from examples.benchmark.contestants import PROGRAMS, SECONDS_A_TIMING, Contestant, compare, start_all
from examples.benchmark.goals import Goal, ratios
from examples.benchmark.problems import demo_problem, relu_problem, xor_problem
from examples.benchmark.workers import in_turns, seconds_a_call

FAST_C = "C -O3 -ffast-math"
XOR_BOUNDS = {("llvm", FAST_C): 1.0, ("llvm fast_math", FAST_C): 1.2}
DEMO_BOUNDS = {("llvm", "numpy"): 6.0, ("llvm", "C -O3"): 0.7}
UPDATED, MILLISECONDS_A_CALL = 4_192, 0.5


def seconds_an_update(contestant: Contestant, optimizer: str) -> float:
    """The time of a call that moves many parameters and does little else."""
    program = contestant.module.updating(optimizer, UPDATED, **contestant.options)
    program()
    return seconds_a_call(program, SECONDS_A_TIMING)


def report(rounds: int) -> list[Goal]:
    """Print a table for each problem; what is to be reached in them."""
    workers = start_all()
    ours = [name for name in PROGRAMS if name in workers]
    seconds = compare(workers, "XOR epoch, 2-2-1, 4 samples, with update", xor_problem(), rounds)
    goals = ratios("XOR epoch", seconds, XOR_BOUNDS)
    title = "The same, one call for each epoch: leaves read and written back"
    compare({name: workers[name] for name in ("numpy", *ours)}, title, xor_problem(one_by_one=True), rounds)
    compare(workers, "XOR epoch with ReLU, which micrograd has, with update", relu_problem(), rounds)
    title = "micrograd's demo, 2-16-16-1, ReLU, 100 samples, hinge + L2, with update"
    goals += ratios("micrograd's demo step", compare(workers, title, demo_problem(), rounds), DEMO_BOUNDS)
    if "llvm" in workers:
        for optimizer in ("SGD", "Adam"):
            taken = in_turns({"llvm": workers["llvm"]}, seconds_an_update, rounds, optimizer)["llvm"]
            what = f"a call that updates {UPDATED:,} parameters by {optimizer}"
            goals.append(Goal(what, taken * 1e3, MILLISECONDS_A_CALL, "ms"))
    return goals
