"""What a program costs before it runs, as graphs grow to a million nodes: recorded, built, run for the first time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from random import Random
from typing import Any

from engine import Program, Value, gradients, sin, tanh, topological_order
from engine.extend import collector_paused
from examples.arguments import has_llvm
from examples.benchmark.goals import Goal
from examples.benchmark.workers import Worker
from nn import MLP, mean_squared_error

SIZES = (1_000, 10_000, 100_000, 1_000_000)
LONGEST = 10.0
"""A kind of graph that took more seconds than this is not tried at ten times the size; nor measured again."""

MICROSECONDS_A_NODE = 15.0


def more_samples(nodes: int) -> list[Value]:
    """The gradient of 2-16-16-1, for samples that are recorded as one graph."""
    return gradient([2, 16, 16, 1], samples=max(1, nodes // 1_880))


def wider_layers(nodes: int) -> list[Value]:
    """The gradient of a network of two equal layers, for one sample."""
    width = max(2, round((nodes / 8) ** 0.5))
    return gradient([width, width, width, 1], samples=1)


def gradient(sizes: list[int], samples: int) -> list[Value]:
    """The gradient of the mean squared error of a network of tanh."""
    random = Random(0)
    model = MLP(sizes, hidden="tanh", seed=0)
    inputs = [[random.uniform(-1.0, 1.0) for _ in range(sizes[0])] for _ in range(samples)]
    loss = mean_squared_error([model(x) for x in inputs], [random.uniform(-1.0, 1.0) for _ in inputs])
    return gradients(loss, model.parameters())


def nothing_alike(nodes: int) -> list[Value]:
    """A chain in which every result meets one of those before it, by an operation that is drawn."""
    random = Random(0)
    operations: list[Callable[[Any, Any], Any]] = [
        lambda a, b: 0.5 * (a + b),
        lambda a, b: a * b,
        lambda a, b: tanh(a) - b,
        lambda a, b: sin(a - b),
    ]
    values = [Value(random.uniform(-1.0, 1.0)) for _ in range(10)]
    for _ in range(nodes * 4 // 7):
        values.append(random.choice(operations)(values[-1], random.choice(values)))
    return [sin(values[-1])]


KINDS: dict[str, Callable[[int], list[Value]]] = {
    "more samples, 2-16-16-1": more_samples,
    "wider layers, one sample": wider_layers,
    "nothing alike": nothing_alike,
}


def seconds_of(backend: str, kind: str, size: int) -> tuple[int, float, float]:
    """The nodes of a graph, and how long it takes to record it, and to have the first result of its program."""
    start = time.process_time()
    with collector_paused():
        outputs = KINDS[kind](size)
    recorded = time.process_time()
    Program(outputs=outputs, backend=backend)()
    ready = time.process_time()
    nodes = sum(not value.is_leaf for value in topological_order(*outputs))
    return nodes, recorded - start, ready - recorded


def warm_up(backend: str) -> str:
    """Load what the first program of a process loads."""
    seconds_of(backend, "nothing alike", 10)
    return backend


def report(rounds: int) -> list[Goal]:
    """Print the time for each node, for each kind of graph and each size."""
    backend = "llvm" if has_llvm() else "python"
    worker = Worker(warm_up, backend)
    print(f"\nWhat a program costs before its second run ({backend}), in µs a node")
    print(f"{'':28}{'nodes':>12}{'recorded in':>14}{'built in':>14}", flush=True)
    found = {kind: measure(worker, kind, rounds) for kind in KINDS}
    goals = []
    for kind, rows in found.items():
        nodes, _, building = rows[-1]
        goals.append(Goal(f"{kind}: built, a node of {nodes:,}", building / nodes * 1e6, MICROSECONDS_A_NODE, "µs"))
    return goals


def measure(worker: Worker, kind: str, rounds: int) -> list[tuple[int, float, float]]:
    """Measure and print one kind of graph, until it takes too long."""
    rows = []
    for size in SIZES:
        taken = [worker.ask(seconds_of, kind, size)]
        while len(taken) < rounds and taken[0][2] < LONGEST / 10.0:
            taken.append(worker.ask(seconds_of, kind, size))
        nodes, recording, building = (statistics.median(column) for column in zip(*taken, strict=True))
        rows.append((int(nodes), recording, building))
        per_node = (f"{seconds / nodes * 1e6:>14.1f}" for seconds in (recording, building))
        print(f"{kind:28}{int(nodes):>12,}{''.join(per_node)}", flush=True)
        if building > LONGEST:
            break
    return rows
