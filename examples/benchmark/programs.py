"""Programs of the engine, and its eager half, beside the same problems in other hands.

The others are NumPy with gradients derived by hand, plain Python, micrograd and C; where they are installed, PyTorch,
JAX, CasADi and Numba too. A figure is the time of one step: gradient and update, or only the gradient where it says so.
What has to be compiled once, before the first step, has a column of its own.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
from typing import Any

from examples.benchmark.peers.c_peer import COMPILER
from examples.benchmark.problems import Network, Solution, demo_problem, mlp_problem, xor_problem
from examples.benchmark.workers import Worker, duration, in_turns, seconds_a_call

SECONDS_A_TIMING = 0.1
BATCHES = (1, 10, 100, 1_000, 10_000)
LARGEST_EAGER_BATCH = 100
WIDTHS = (16, 32)
AGREEMENT = 1e-9
"""How far a gradient may be from NumPy's, relative to its largest entry: `fast_math` and sums in another order."""

Options = dict[str, Any]

PEERS: dict[str, tuple[str, Options, str]] = {
    "numpy": ("numpy_peer", {}, "numpy"),
    "plain Python": ("python_peer", {}, ""),
    "micrograd": ("micrograd_peer", {}, "micrograd"),
    "torch": ("torch_peer", {}, "torch"),
    "jax": ("jax_peer", {}, "jax"),
    "casadi": ("casadi_peer", {}, "casadi"),
    "numba": ("numba_peer", {}, "numba scipy"),
    "C -O3": ("c_peer", {}, ""),
    "C -O3 -ffast-math": ("c_peer", {"fast": True}, ""),
    "eager": ("engine_peer", {"backend": "eager"}, ""),
    "python": ("engine_peer", {"backend": "python"}, ""),
    "llvm": ("engine_peer", {"backend": "llvm"}, "llvmlite"),
    "llvm fast_math": ("engine_peer", {"backend": "llvm", "fast": True}, "llvmlite"),
}
"""What each contestant runs: a module of `examples.benchmark.peers`, its options, and the packages that it needs."""

PROGRAMS = ("python", "llvm", "llvm fast_math")


class Contestant:
    """One way to solve the problems, and the solution that is being timed."""

    def __init__(self, module: str, options: Options) -> None:
        self.module = importlib.import_module(f"examples.benchmark.peers.{module}")
        self.options = options
        self.solution: Solution | None = None


def take_up(contestant: Contestant, problem: Network) -> tuple[list[float], float] | None:
    """Its gradient and how long it compiled; None if it does not solve the problem."""
    contestant.solution = contestant.module.solve(problem, **contestant.options)
    if contestant.solution is None:
        return None
    return contestant.solution.gradient(), contestant.solution.compile_seconds


def seconds_a_step(contestant: Contestant) -> float:
    """The time of a step, over as many as fill a timing."""
    assert contestant.solution is not None
    advance = contestant.solution.advance
    count = 1
    while True:
        start = time.perf_counter()
        advance(count)
        elapsed = time.perf_counter() - start
        if elapsed > SECONDS_A_TIMING / 10.0:
            break
        count *= 10 if elapsed < SECONDS_A_TIMING / 100.0 else 2
    return seconds_a_call(lambda: advance(count), SECONDS_A_TIMING) / count


def seconds_an_expression(contestant: Contestant) -> float:
    """The time of the gradient of micrograd's expression, in a loop of Python."""
    count = 10_000
    repeat = contestant.module.expression_in_a_loop()
    return seconds_a_call(lambda: repeat(count, -4.0, 2.0), SECONDS_A_TIMING) / count


def report(rounds: int) -> None:
    """Print a table for each problem."""
    found = {name: peer for name, peer in PEERS.items() if _is_there(peer)}
    workers = {name: Worker(Contestant, module, options) for name, (module, options, _) in found.items()}
    print(f"beside: {', '.join(name for name, (module, *_) in found.items() if module != 'engine_peer')}")
    ours = [name for name in PROGRAMS if name in found]
    compare(workers, "XOR epoch, 2-2-1, 4 samples, with update", xor_problem(), rounds)
    title = "The same, one call for each epoch: leaves read and written back"
    compare({name: workers[name] for name in ("numpy", *ours)}, title, xor_problem(one_by_one=True), rounds)
    compare(workers, "micrograd's demo, 2-16-16-1, ReLU, 100 samples, hinge + L2, with update", demo_problem(), rounds)
    for batch in BATCHES:
        those = {name: worker for name, worker in workers.items() if name != "eager" or batch <= LARGEST_EAGER_BATCH}
        title = f"Gradient of 2-16-16-1, tanh, mean squared error, {batch:,} rows"
        compare(those, title, mlp_problem(batch), rounds)
    print("\nGradient of the expression in micrograd's README")
    pair = {name: workers[name] for name in ("plain Python", "python")}
    for name, seconds in in_turns(pair, seconds_an_expression, rounds).items():
        print(f"{name:22}{duration(seconds):>12}")
    print("\nThe gradient of a network, compiled for sums over rows")
    for width in WIDTHS:
        for name in ours:
            _, seconds = workers[name].ask(take_up, mlp_problem(1, width))
            print(f"{f'2-{width}-{width}-1':12}{name:16}{seconds * 1e3:>8,.0f} ms")


def compare(workers: dict[str, Worker], title: str, problem: Network, rounds: int) -> None:
    """Check that all who solve a problem agree, time them in turns, and print a table."""
    answers = {name: worker.ask(take_up, problem) for name, worker in workers.items()}
    solved = {name: answer for name, answer in answers.items() if answer is not None}
    _check_agreement(title, {name: gradient for name, (gradient, _) in solved.items()})
    medians = in_turns({name: workers[name] for name in solved}, seconds_a_step, rounds)
    print(f"\n{title}")
    print(f"{'':22}{'a step':>12}{'NumPy / this':>14}{'compiled in':>14}")
    for name, seconds in medians.items():
        compiling = solved[name][1]
        waited = f"{compiling * 1e3:,.0f} ms" if compiling >= 0.0005 else ""
        print(f"{name:22}{duration(seconds):>12}{medians['numpy'] / seconds:>13.3g}x{waited:>14}", flush=True)


def _check_agreement(title: str, gradients: dict[str, list[float]]) -> None:
    """Stop if one contestant computes something else than NumPy."""
    reference = gradients["numpy"]
    size = max(map(abs, reference))
    for name, gradient in gradients.items():
        difference = max(abs(a - b) for a, b in zip(gradient, reference, strict=True))
        if not difference <= AGREEMENT * size:
            sys.exit(f"{title}: the gradient of {name} is {difference:.1e} from NumPy's: times would mean nothing")


def _is_there(peer: tuple[str, Options, str]) -> bool:
    """Whether a contestant's packages are installed, and for C, a compiler."""
    module, _, packages = peer
    if module == "c_peer" and COMPILER is None:
        return False
    return all(importlib.util.find_spec(package) is not None for package in packages.split())
