"""Processes that answer one question at a time, so that none pays for what another imports or leaves lying about."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Any

ONE_CORE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}
"""What libraries read when they start: they are compared on one core."""


@contextmanager
def ctrl_c_blocked() -> Iterator[None]:
    """Let Ctrl-C wait, and keep it for good from a process that is started here: that one ends with this one."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # Starting it, as the first process would, unblocks the signal.
    with _ctrl_c_put_off():
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _ctrl_c_put_off() -> Iterator[None]:
    """Let Ctrl-C wait although another thread is given it, as a progress bar's is: Python would raise it here."""
    previous = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(previous):
        yield
        return
    pressed: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _frame: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
        if pressed:
            signal.raise_signal(signal.SIGINT)


class Worker:
    """A process of its own for one contestant, whose ``setup`` says what the questions are asked of."""

    def __init__(self, setup: Callable[..., Any], *details: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, other_end = context.Pipe()
        self.process = context.Process(target=serve, args=(other_end, setup, details), daemon=True)
        before = {name: os.environ.get(name) for name in ONE_CORE}
        os.environ.update(ONE_CORE)
        with ctrl_c_blocked():
            self.process.start()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

    def ask(self, question: Callable[..., Any], *details: Any) -> Any:
        """The worker's ``question(what it was set up with, *details)``; RuntimeError with what went wrong there."""
        self.connection.send((question, details))
        answer, problem = self.connection.recv()
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


def seconds_a_call(action: Callable[[], Any], seconds: float, least: int = 1) -> float:
    """Seconds a call, measured over at least so many ``seconds`` and calls."""
    calls = 0
    start = time.perf_counter()
    while True:
        action()
        calls += 1
        elapsed = time.perf_counter() - start
        if calls >= least and elapsed > seconds:
            return elapsed / calls
