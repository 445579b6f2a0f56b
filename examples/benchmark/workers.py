"""Processes that answer one question at a time, so that none pays for what another imports or leaves behind."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from examples.command import ctrl_c_blocked

ONE_CORE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}
"""What libraries read when they start: they are compared on one core."""


class Worker:
    """A process of its own for one contestant; its questions are asked of what ``setup(*details)`` returns there.

    It has so many seconds for an answer as ``limit`` says; None for as many as it needs.
    """

    def __init__(self, setup: Callable[..., Any], *details: Any, limit: float | None = None) -> None:
        self.limit = limit
        context = multiprocessing.get_context("spawn")
        self.connection, other_end = context.Pipe()
        self.process = context.Process(target=serve, args=(other_end, setup, details), daemon=True)
        before = dict(os.environ)
        os.environ.update(ONE_CORE)
        with ctrl_c_blocked():
            self.process.start()
        for name in ONE_CORE.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)

    def ask(self, question: Callable[..., Any], *details: Any) -> Any:
        """The worker's ``question(what it was set up with, *details)``; RuntimeError with what went wrong there.

        TimeoutError if it takes too long: then the process is ended.
        """
        try:
            self.connection.send((question, details))
            if not self.connection.poll(self.limit):
                self.process.kill()
                raise TimeoutError(f"there was no answer after {self.limit:g} seconds")
            answer, problem = self.connection.recv()
        except TimeoutError:
            raise
        except (EOFError, OSError):
            raise RuntimeError("the process of a contestant has ended") from None
        if problem:
            raise RuntimeError(problem)
        return answer


def serve(connection: Connection, setup: Callable[..., Any], details: tuple[Any, ...]) -> None:
    """Answer questions until the asking process ends."""
    asked = setup(*details)
    while True:
        try:
            question, arguments = connection.recv()
        except (EOFError, ConnectionError, KeyboardInterrupt):
            return
        try:
            answer = question(asked, *arguments), ""
        except Exception as error:
            answer = None, f"{type(error).__name__}: {error}"
        try:
            connection.send(answer)
        except (ConnectionError, KeyboardInterrupt):
            return


def in_turns(
    workers: dict[str, Worker], question: Callable[..., float], rounds: int, *details: Any
) -> dict[str, float]:
    """Ask each worker in turn, round by round; the median answer of each."""
    times: dict[str, list[float]] = {name: [] for name in workers}
    for _ in range(rounds):
        for name, seconds in times.items():
            seconds.append(workers[name].ask(question, *details))
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def seconds_a_call(action: Callable[[], Any], seconds: float) -> float:
    """Seconds of the processor a call, over at least so many of them: what else runs counts little."""
    calls = 0
    start = time.process_time()
    while True:
        action()
        calls += 1
        elapsed = time.process_time() - start
        if elapsed > seconds:
            return elapsed / calls


def duration(seconds: float) -> str:
    """A duration with three significant digits, in a unit that suits it."""
    seconds = float(f"{seconds:.3g}")  # First: 999.9 ns are 1 µs, not 1e+03 ns.
    for unit, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds * 1e9:.3g} ns"
