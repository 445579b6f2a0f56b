"""The work of a study in pieces, for any `concurrent.futures.Executor`.

A block is some recipes and seeds that share a program. Seeds are trained independently of each other, so it does not
matter which worker trains what, nor in which order: the trials are the same to the last digit.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from multiprocessing import active_children, get_context, parent_process

from examples.command import ctrl_c_blocked
from examples.study.recipes import Architecture, Problem, Recipe
from examples.study.trainer import Trainer, Trial, network_sizes

LARGEST_BLOCK = {"python": 100_000_000, "llvm": 1_000_000_000}
"""In instructions, estimated: about a second of work."""

LEAST_BLOCKS = 32
"""Into how many blocks a small study is cut, so that many workers have something to do."""

Part = tuple[Recipe, tuple[int, ...]]
"""A recipe, and seeds from which it is to be tried."""


@dataclass(frozen=True)
class Block:
    """Parts of a study that share an architecture, and so a program."""

    problem: Problem
    parts: tuple[Part, ...]


def cut_blocks(problem: Problem, wanted: Mapping[Recipe, Sequence[int]]) -> list[Block]:
    """Return what is wanted, the seeds for each recipe, in blocks; those of one architecture follow each other."""
    whole = sum(len(seeds) * _instructions(problem, recipe) for recipe, seeds in wanted.items())
    limit = min(LARGEST_BLOCK[problem.backend], whole // LEAST_BLOCKS)
    blocks: list[Block] = []
    in_order = sorted(wanted, key=lambda recipe: recipe.architecture)
    for _, recipes in groupby(in_order, key=lambda recipe: recipe.architecture):
        parts: list[Part] = []
        room = limit
        for recipe in recipes:
            for part, work in _cut(recipe, wanted[recipe], limit, _instructions(problem, recipe)):
                if parts and work > room:
                    blocks.append(Block(problem, tuple(parts)))
                    parts, room = [], limit
                parts.append(part)
                room -= work
        blocks.append(Block(problem, tuple(parts)))
    return blocks


def _cut(recipe: Recipe, seeds: Sequence[int], limit: int, each: int) -> Iterator[tuple[Part, int]]:
    """Yield the recipe with so many seeds at a time that the work is up to the limit, were it one; and that work."""
    size = max(1, limit // each)
    for start in range(0, len(seeds), size):
        chosen = tuple(seeds[start : start + size])
        yield (recipe, chosen), each * len(chosen)


def _instructions(problem: Problem, recipe: Recipe) -> int:
    """Estimate those of a training: eight for each parameter, sample and epoch."""
    sizes = network_sizes(recipe.architecture, problem.samples)
    parameters = sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))
    return 8 * parameters * len(problem.samples) * problem.epochs


# --- Where the work is done -------------------------------------------------------------------------------------------


class _Programs(threading.local):
    """The programs that a worker has made. A program is run by one thread at a time, so each thread has its own."""

    def __init__(self) -> None:
        self.trainer: Callable[[Architecture, Problem], Trainer] = lru_cache(maxsize=16)(Trainer)


_programs = _Programs()


def run_block(block: Block) -> dict[Recipe, list[Trial]]:
    """Train as a block says, and return the trials of each recipe."""
    trials: dict[Recipe, list[Trial]] = {}
    for recipe, seeds in block.parts:
        trainer = _programs.trainer(recipe.architecture, block.problem)
        trials.setdefault(recipe, []).extend(trainer.train(recipe, seed) for seed in seeds)
    return trials


# --- Where it is handed out -------------------------------------------------------------------------------------------


def run_blocks(executor: Executor, blocks: Iterable[Block]) -> Iterator[dict[Recipe, list[Trial]]]:
    """Yield the trials of every block as soon as it is finished; when closed early, call off those not begun."""
    with ctrl_c_blocked():  # The workers that are started here leave Ctrl-C to this process.
        waiting = {executor.submit(run_block, block) for block in blocks}
    try:
        for future in as_completed(list(waiting)):
            waiting.remove(future)  # Its trials are not to be held for the rest of the study.
            yield future.result()
    finally:
        for future in waiting:
            future.cancel()


def _end_with_parent() -> None:
    """Let this worker end as soon as the process that started it has, were it killed: the pool itself would wait on."""

    def watch() -> None:
        """Wait for the parent's end, and leave without a word."""
        parent = parent_process()
        assert parent is not None
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def process_pool(workers: int) -> Iterator[Executor]:
    """Give a pool of processes on this machine; if the block ends by an error or Ctrl-C, end them at once."""
    others = active_children()
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_end_with_parent)
    try:
        yield pool
    except BaseException:
        for process in set(active_children()).difference(others):
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
