"""What an operation costs that is recorded anew for each step, in time and memory, as graphs grow."""

from __future__ import annotations

import gc
import importlib
import statistics
import tracemalloc
from typing import Any

from examples.benchmark.goals import Goal
from examples.benchmark.workers import Worker, seconds_a_call

OURS, THEIRS = "seegrad", "micrograd"
MODULES = {OURS: "engine", THEIRS: "micrograd.engine"}
CHAIN_LENGTHS = (1_000, 10_000, 100_000, 1_000_000)
MEMORY_LENGTH = {OURS: 100_000, THEIRS: 250}
"""The chain whose memory is measured; micrograd recurses, and cannot walk one of a thousand."""

SECONDS_A_TIMING = 0.4


def load(engine: str) -> Any:
    """The ``Value`` of an engine, of which a worker is asked."""
    return importlib.import_module(MODULES[engine]).Value


def chain(value: Any, length: int) -> Any:
    """A chain of ``length`` multiply-adds, two operations each: multiply by a number, add a Value."""
    term = value(0.001)
    total = value(1.0)
    for _ in range(length):
        total = total * 0.999 + term
    return total


def seconds_per_node(value: Any, length: int, collecting: bool) -> float:
    """The time an operation takes in a chain that is built, walked back and dropped; the collector on or off."""
    gc.collect()
    (gc.enable if collecting else gc.disable)()
    try:
        return seconds_a_call(lambda: chain(value, length).backward(), SECONDS_A_TIMING) / (2 * length)
    finally:
        gc.enable()


def bytes_per_node(value: Any, length: int) -> float:
    """Memory that an operation of a chain holds after ``backward()``, all told, by tracemalloc."""
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
    """How walking back a chain ends: with the name of an exception, or without one."""
    try:
        chain(value, length).backward()
    except RecursionError as error:
        return type(error).__name__
    return "no error"


def report(rounds: int) -> list[Goal]:
    """Print the cost of an operation in chains of growing length, and the memory that one holds; no goals."""
    workers = {name: Worker(load, name) for name in MODULES}
    report_times(workers, rounds)
    print("\nbytes held for an operation of such a chain after backward(), all told (tracemalloc)")
    for engine, worker in workers.items():
        print(f"{engine:>25}{worker.ask(bytes_per_node, MEMORY_LENGTH[engine]):>9.0f}")
    return []


def report_times(workers: dict[str, Worker], rounds: int) -> None:
    """Print the time of an operation, with and without the garbage collector."""
    times: dict[tuple[int, bool], list[float]] = {(n, on): [] for n in CHAIN_LENGTHS for on in (True, False)}
    for _ in range(rounds):
        for (length, collecting), seconds in times.items():
            seconds.append(workers[OURS].ask(seconds_per_node, length, collecting))
    medians = {key: statistics.median(seconds) * 1e9 for key, seconds in times.items()}
    theirs = workers[THEIRS].ask(end_of_chain, CHAIN_LENGTHS[0])
    print(f"\na chain of multiply-adds, built, walked back and dropped (micrograd at {CHAIN_LENGTHS[0]:,}: {theirs})")
    print(f"{'':24}{'collector on':>18}{'off':>18}")
    for length in CHAIN_LENGTHS:
        print(f"{length:>11,} multiply-adds{medians[length, True]:>11.0f} ns/op{medians[length, False]:>13.0f} ns/op")
    spreads = [[medians[length, on] for length in CHAIN_LENGTHS] for on in (True, False)]
    with_collector, without = (max(costs) / min(costs) for costs in spreads)
    print(f"{'largest over smallest':>25}{with_collector:>11.2f}x{without:>17.2f}x")
