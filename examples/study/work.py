"""The work of a study in pieces, for any `concurrent.futures.Executor`, and an executor for this machine.

A piece is some trainings that share a program. A training depends on no other, so it does not matter which worker does
what, nor in which order: the trials are the same to the last digit.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import lru_cache
from itertools import pairwise
from multiprocessing import active_children, get_context, parent_process

from examples.command import ctrl_c_blocked
from examples.study.recipes import Architecture, Problem, Recipe
from examples.study.trainer import Trainer, Trial, network_sizes

LARGEST_PIECE = {"python": 100_000_000, "llvm": 1_000_000_000}
"""In instructions, estimated: about a second of work."""

LEAST_PIECES = 32
"""Into how many pieces a small study is cut, so that many workers have something to do."""

Training = tuple[Recipe, int]
"""A recipe and a seed."""


def cut(problem: Problem, wanted: Sequence[Training]) -> list[list[Training]]:
    """Return what is wanted in pieces; those that share a program follow each other."""
    groups: dict[Architecture, list[Training]] = defaultdict(list)
    for recipe, seed in wanted:
        groups[recipe.architecture].append((recipe, seed))
    costs = {architecture: _instructions(problem, architecture) for architecture in groups}
    whole = sum(costs[architecture] * len(group) for architecture, group in groups.items())
    most = min(LARGEST_PIECE[problem.backend], whole // LEAST_PIECES)
    pieces = []
    for architecture, group in groups.items():
        size = max(1, most // costs[architecture])
        pieces += [group[start : start + size] for start in range(0, len(group), size)]
    return pieces


def _instructions(problem: Problem, architecture: Architecture) -> int:
    """Estimate those of one training: eight for each parameter, sample and epoch."""
    sizes = network_sizes(architecture, problem.samples)
    parameters = sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))
    return 8 * parameters * len(problem.samples) * problem.epochs


@lru_cache(maxsize=64)
def _trainer(architecture: Architecture, problem: Problem, _thread: int) -> Trainer:
    """Return a program, and keep it. One thread at a time can run a program, so each thread has its own."""
    return Trainer(architecture, problem)


def train(problem: Problem, piece: Sequence[Training]) -> dict[Recipe, list[Trial]]:
    """Do the work of a piece, and return the trials of each recipe."""
    trials: dict[Recipe, list[Trial]] = defaultdict(list)
    for recipe, seed in piece:
        trainer = _trainer(recipe.architecture, problem, threading.get_ident())
        trials[recipe].append(trainer.train(recipe, seed))
    return trials


def train_all(executor: Executor, problem: Problem, wanted: Sequence[Training]) -> Iterator[tuple[Recipe, list[Trial]]]:
    """Yield trials as soon as they are there; when closed early, call off what has not begun."""
    with ctrl_c_blocked():  # The workers that are started here leave Ctrl-C to this process.
        futures = [executor.submit(train, problem, piece) for piece in cut(problem, wanted)]
    try:
        for future in as_completed(futures):
            yield from future.result().items()
    finally:
        for future in futures:
            future.cancel()


@contextmanager
def process_pool(workers: int) -> Iterator[Executor]:
    """Give a pool of processes on this machine; if the block ends in an error or by Ctrl-C, end them at once."""
    others = active_children()
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_end_with_parent)
    try:
        yield pool
    except BaseException:
        started = set(active_children()).difference(others)
        # First: a pool that finds its workers gone would give an error to futures that have been called off.
        pool.shutdown(wait=False, cancel_futures=True)
        for process in started:
            process.terminate()
            process.join()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """Let this worker end when the process that started it does, even if that is killed; else it would wait on."""

    def watch() -> None:
        """Wait for the parent's end, and leave without a word."""
        parent_process().join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
