"""The eager engine beside micrograd: time and memory of graphs that are recorded anew for each step."""

from __future__ import annotations

import gc
import importlib
import statistics
import sys
import tracemalloc
from typing import Any

from examples.workers import Worker, seconds_a_call
from examples.workloads import WORKLOADS, chain

MODULES = {"scalargrad": "engine", "micrograd": "micrograd.engine"}
CHAIN_LENGTHS = (1_000, 10_000, 100_000, 1_000_000)
MEMORY_LENGTH = {"scalargrad": 100_000, "micrograd": 250}
"""The chain whose memory is taken; micrograd recurses, and cannot walk one of a thousand."""

SECONDS_A_TIMING = 0.4
STEPS_A_TIMING = 5
"""At least: a training loop also pays for collecting the garbage of the steps before, where an engine leaves any."""


def load(engine: str) -> Any:
    """The ``Value`` of an engine: what a worker is asked about."""
    return importlib.import_module(MODULES[engine]).Value


# --- The questions ---------------------------------------------------------------------------------------------------


def gradient(value: Any, name: str) -> list[float]:
    """The gradient after the first step of a workload."""
    workload = WORKLOADS[name](value)
    workload.step()
    return workload.gradient()


def seconds_per_step(value: Any, name: str) -> float:
    """The time of a step of a workload in a running training loop."""
    gc.collect()
    workload = WORKLOADS[name](value)
    workload.step()
    return seconds_a_call(workload.step, SECONDS_A_TIMING, STEPS_A_TIMING)


def seconds_per_node(value: Any, length: int, collecting: bool) -> float:
    """The time to build a chain of multiply-adds, walk it back and drop it, an operation; the collector on or off."""
    gc.collect()
    (gc.enable if collecting else gc.disable)()
    try:
        return seconds_a_call(lambda: chain(value, length).backward(), SECONDS_A_TIMING) / (2 * length)
    finally:
        gc.enable()


def bytes_per_node(value: Any, length: int) -> float:
    """Memory that an operation of a chain of multiply-adds holds after ``backward()``, all told, by tracemalloc."""
    chain(value, 10).backward()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    result = chain(value, length)
    result.backward()
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return held / (2 * length)


def end_of_chain(value: Any, length: int) -> str:
    """What becomes of a chain of multiply-adds that is walked back: the name of the exception, if it ends in one."""
    try:
        chain(value, length).backward()
    except RecursionError as error:
        return type(error).__name__
    return "no error"


# --- The report ------------------------------------------------------------------------------------------------------


def check_gradients(workers: dict[str, Worker]) -> None:
    """Stop the benchmark if the engines do not compute the same thing."""
    for name in WORKLOADS:
        ours, theirs = (workers[engine].ask(gradient, name) for engine in MODULES)
        largest = max(abs(a - b) for a, b in zip(ours, theirs, strict=True))
        if not largest <= 1e-12:
            sys.exit(f"{name}: the gradients differ by {largest:.1e}, so times would mean nothing")
    print(f"gradients of {' and '.join(MODULES)} agree on both networks to 1e-12\n")


def report_workloads(workers: dict[str, Worker], rounds: int) -> None:
    """Print the time of a step for each engine, and how many times faster ours is."""
    print(f"{'':48}{'scalargrad':>12}{'micrograd':>12}{'faster':>9}")
    for name in WORKLOADS:
        times: dict[str, list[float]] = {engine: [] for engine in MODULES}
        for _ in range(rounds):
            for engine, seconds in times.items():
                seconds.append(workers[engine].ask(seconds_per_step, name))
        ours, theirs = (statistics.median(seconds) for seconds in times.values())
        ratio = theirs / ours
        print(f"{name:48}{milliseconds(ours):>12}{milliseconds(theirs):>12}{ratio:>8.1f}x", flush=True)


def milliseconds(seconds: float) -> str:
    """A duration with three significant digits or so."""
    return f"{seconds * 1e3:.3f} ms" if seconds < 0.001 else f"{seconds * 1e3:.1f} ms"


def report_chain(workers: dict[str, Worker], rounds: int) -> None:
    """Print the cost of an operation in chains of growing length, with and without the garbage collector."""
    costs: dict[tuple[int, bool], list[float]] = {(n, on): [] for n in CHAIN_LENGTHS for on in (True, False)}
    for _ in range(rounds):
        for (length, collecting), seconds in costs.items():
            seconds.append(workers["scalargrad"].ask(seconds_per_node, length, collecting))
    medians = {key: statistics.median(seconds) for key, seconds in costs.items()}
    theirs = workers["micrograd"].ask(end_of_chain, CHAIN_LENGTHS[0])
    print(f"\na chain of multiply-adds, built, walked back and dropped (micrograd at {CHAIN_LENGTHS[0]:,}: {theirs})")
    print(f"{'':24}{'collector on':>18}{'off':>18}")
    for length in CHAIN_LENGTHS:
        on, off = medians[length, True] * 1e9, medians[length, False] * 1e9
        print(f"{length:>11,} multiply-adds{on:>11.0f} ns/op{off:>13.0f} ns/op")
    on, off = (_spread([medians[length, collecting] for length in CHAIN_LENGTHS]) for collecting in (True, False))
    print(f"{'largest over smallest':>25}{on:>11.2f}x{off:>17.2f}x")


def _spread(figures: list[float]) -> float:
    """How many times the smallest the largest is."""
    return max(figures) / min(figures)


def report_memory(workers: dict[str, Worker]) -> None:
    """Print the bytes that an operation holds."""
    print("\nbytes held for an operation of such a chain after backward(), all told (tracemalloc)")
    for engine, worker in workers.items():
        print(f"{engine:>25}{worker.ask(bytes_per_node, MEMORY_LENGTH[engine]):>9.0f}")


def report(rounds: int) -> None:
    """Print everything."""
    workers = {name: Worker(load, name) for name in MODULES}
    check_gradients(workers)
    report_workloads(workers, rounds)
    report_chain(workers, rounds)
    report_memory(workers)
