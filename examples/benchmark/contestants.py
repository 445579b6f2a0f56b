"""Who solves the problems, each in a process of its own: checked against each other, timed in turns, put in a table."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
from typing import Any

from examples.benchmark.peers.c_peer import COMPILER
from examples.benchmark.problems import Network, Solution
from examples.benchmark.workers import Worker, duration, in_turns, seconds_a_call

SECONDS_A_TIMING = 0.1
AGREEMENT = 1e-9
"""How far a gradient may be from NumPy's, relative to its largest entry: `fast_math` and sums in another order."""

Options = dict[str, Any]

PEERS: dict[str, tuple[str, Options, str]] = {
    "numpy": ("numpy_peer", {}, "numpy"),
    "micrograd": ("micrograd_peer", {}, "micrograd"),
    "torch": ("torch_peer", {}, "torch"),
    "jax": ("jax_peer", {}, "jax"),
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


def start(name: str) -> Worker:
    """Start a process for the contestant of this name."""
    module, options, _ = PEERS[name]
    return Worker(Contestant, module, options)


def start_all() -> dict[str, Worker]:
    """Start a process for everyone whose packages are there, and name the others than the engine."""
    found = [name for name, peer in PEERS.items() if _is_there(peer)]
    print(f"beside: {', '.join(name for name in found if PEERS[name][0] != 'engine_peer')}", flush=True)
    return {name: start(name) for name in found}


def take_up(contestant: Contestant, problem: Network) -> tuple[list[float], float] | None:
    """Its gradient and how long it compiled; None if it does not solve the problem."""
    contestant.solution = None  # which makes room for the next
    contestant.solution = contestant.module.solve(problem, **contestant.options)
    if contestant.solution is None:
        return None
    return contestant.solution.gradient(), contestant.solution.compile_seconds


def seconds_a_step(contestant: Contestant) -> float:
    """The processor's time for a step, over as many as fill a timing."""
    assert contestant.solution is not None
    advance = contestant.solution.advance
    count = 1
    while True:
        start = time.process_time()
        advance(count)
        elapsed = time.process_time() - start
        if elapsed > SECONDS_A_TIMING / 10.0:
            break
        count *= 10 if elapsed < SECONDS_A_TIMING / 100.0 else 2
    return seconds_a_call(lambda: advance(count), SECONDS_A_TIMING) / count


def compare(workers: dict[str, Worker], title: str, problem: Network, rounds: int) -> dict[str, float]:
    """Check that all who solve a problem agree, time them in turns, print a table; the seconds that each needs."""
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
    return medians


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
