"""The project's measuring place: ``python -m examples.benchmark``.

Programs of the engine beside the same problems in other hands: NumPy with gradients derived by hand, plain Python,
micrograd, C, and PyTorch, JAX, CasADi and Numba where they are installed. Each runs in a process of its own, on one
core. First, all have to agree on the gradient. Then they take turns, round by round, so that a machine that slows down
slows all of them; the figures are medians over the rounds, and ratios of medians.

A figure is the time of one step: gradient and update, or only the gradient where it says so. What has to be compiled
once, before the first step, is in a column of its own.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import platform
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from examples import eager_benchmark
from examples.arguments import whole_number
from examples.command import run_command
from examples.problems import Network, Solution, demo_problem, mlp_problem, xor_problem
from examples.workers import ONE_CORE, Worker, seconds_a_call

SECONDS_A_TIMING = 0.1
BATCHES = (1, 10, 100, 1_000, 10_000)
LARGEST_EAGER_BATCH = 100
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
"""What each contestant runs: a module of `examples.peers`, its options, and the packages that it needs."""

ENGINE = ("eager", "python", "llvm", "llvm fast_math")


# --- In a contestant's process ----------------------------------------------------------------------------------------


class Contestant:
    """One way to solve the problems, and the solution that is being timed."""

    def __init__(self, module: str, options: Options) -> None:
        self.solve: Callable[..., Solution | None] = importlib.import_module(f"examples.peers.{module}").solve
        self.module = sys.modules[self.solve.__module__]
        self.options = options
        self.solution: Solution | None = None


def take_up(contestant: Contestant, problem: Network) -> tuple[list[float], float] | None:
    """Its gradient and how long it compiled; None if it does not solve the problem."""
    contestant.solution = contestant.solve(problem, **contestant.options)
    if contestant.solution is None:
        return None
    return contestant.solution.gradient(), contestant.solution.compile_seconds


def take_up_calls(contestant: Contestant, problem: Network) -> tuple[list[float], float]:
    """The same for one call of a program in each epoch."""
    contestant.solution = contestant.module.call_each_epoch(problem, **contestant.options)
    return contestant.solution.gradient(), 0.0


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
    module = contestant.module
    if not hasattr(module, "expression_program"):
        return seconds_a_call(lambda: module.repeat_expression(count, -4.0, 2.0), SECONDS_A_TIMING) / count
    program = module.expression_program(**contestant.options)
    return seconds_a_call(lambda: program.repeat(count, -4.0, 2.0), SECONDS_A_TIMING) / count


def seconds_to_compile(contestant: Contestant, sizes: tuple[int, ...]) -> float:
    """How long the gradient of a network takes to compile, for sums over rows."""
    return float(contestant.module.seconds_to_compile(sizes, **contestant.options))


# --- The report -------------------------------------------------------------------------------------------------------


def compare(
    workers: dict[str, Worker], title: str, problem: Network, rounds: int, names: list[str]
) -> dict[str, float]:
    """Check that all agree, time them in turns, print a table; the seconds of a step of each."""
    question = take_up_calls if "call" in title else take_up
    compiling: dict[str, float] = {}
    gradients: dict[str, list[float]] = {}
    for name in names:
        answer = workers[name].ask(take_up if name not in ENGINE else question, problem)
        if answer is not None:
            gradients[name], compiling[name] = answer
    _check_agreement(title, gradients)
    times: dict[str, list[float]] = {name: [] for name in gradients}
    for _ in range(rounds):
        for name, seconds in times.items():
            seconds.append(workers[name].ask(seconds_a_step))
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    print(f"\n{title}")
    print(f"{'':22}{'a step':>12}{'NumPy / this':>14}{'compiled in':>14}")
    for name, seconds in medians.items():
        waited = f"{compiling[name] * 1e3:,.0f} ms" if compiling[name] >= 0.0005 else ""
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


def duration(seconds: float) -> str:
    """A duration with three significant digits, in a unit that suits it."""
    for unit, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds * 1e9:.3g} ns"


def report_programs(rounds: int) -> None:
    """Print a table for each problem."""
    found = {name: peer for name, peer in PEERS.items() if _is_there(peer)}
    workers = {name: Worker(Contestant, module, options) for name, (module, options, _) in found.items()}
    print(f"beside: {', '.join(name for name in found if name not in ENGINE)}")
    everyone = list(found)
    engine = [name for name in everyone if name in ENGINE]
    compare(workers, "XOR epoch, 2-2-1, 4 samples, with update", xor_problem(), rounds, everyone)
    calls = ["numpy", *(name for name in engine if name != "eager")]
    compare(workers, "The same, one call for each epoch: leaves read and written back", xor_problem(), rounds, calls)
    title = "micrograd's demo, 2-16-16-1, ReLU, 100 samples, hinge + L2, with update"
    compare(workers, title, demo_problem(), rounds, everyone)
    for batch in BATCHES:
        rest = [name for name in everyone if batch <= LARGEST_EAGER_BATCH or name != "eager"]
        title = f"Gradient of 2-16-16-1, tanh, mean squared error, {batch:,} rows"
        compare(workers, title, mlp_problem(batch), rounds, rest)
    _report_expression(workers, rounds)
    _report_compiling(workers, [name for name in engine if name != "eager"])


def _report_expression(workers: dict[str, Worker], rounds: int) -> None:
    """Print the time of micrograd's expression, with its gradient, in loops of Python."""
    names = ["plain Python", "python"]
    times: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name, seconds in times.items():
            seconds.append(workers[name].ask(seconds_an_expression))
    print("\nGradient of the expression in micrograd's README")
    for name in names:
        print(f"{name:22}{duration(statistics.median(times[name])):>12}")


def _report_compiling(workers: dict[str, Worker], names: list[str]) -> None:
    """Print how long networks take to compile."""
    print("\nThe gradient of a network, compiled for sums over rows")
    for sizes in ((2, 16, 16, 1), (2, 32, 32, 1)):
        for name in names:
            seconds = workers[name].ask(seconds_to_compile, sizes)
            print(f"{'-'.join(map(str, sizes)):12}{name:16}{seconds * 1e3:>8,.0f} ms")


def _is_there(peer: tuple[str, Options, str]) -> bool:
    """Whether a contestant's packages are installed, and for C, a compiler."""
    module, _, packages = peer
    if module == "c_peer" and not (shutil.which("gcc") or shutil.which("cc")):
        return False
    return all(importlib.util.find_spec(package) is not None for package in packages.split())


def describe_machine() -> str:
    """The processor and the versions that matter."""
    processor = platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = [line for line in information.read_text().splitlines() if line.startswith("model name")]
        processor = f"{lines[0].partition(':')[2].strip()} ({processor})" if lines else processor
    return f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores of {processor}"


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.benchmark", description="Speed and memory, beside other ways to do the same."
    )
    parser.add_argument("--rounds", type=whole_number(1), default=7, help="timings of each figure (default 7)")
    parser.add_argument("--only", choices=["programs", "eager"], help="one half of the report")
    options = parser.parse_args(arguments)
    for package in ("numpy", "micrograd"):
        if importlib.util.find_spec(package) is None:
            sys.exit(f"{package} is not installed: python -m pip install -e '.[benchmark]'")
    os.environ.update(ONE_CORE)
    print(f"{describe_machine()}; medians of {options.rounds} rounds")
    if options.only != "eager":
        report_programs(options.rounds)
    if options.only != "programs":
        print()
        eager_benchmark.report(options.rounds)


if __name__ == "__main__":
    run_command(main)
