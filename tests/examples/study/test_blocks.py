"""The work of a study, cut into blocks and given to executors of every kind."""

import os
import signal
import threading
import weakref
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby
from multiprocessing import active_children

import pytest

from examples.command import ctrl_c_blocked
from examples.study.blocks import LARGEST_BLOCK, Block, cut_blocks, process_pool, run_block, run_blocks
from examples.study.recipes import Problem, grid

PROBLEM = Problem("xor", (), 30, 1.0, "python")
RECIPES = grid(
    hidden=[(2,), (3,)],
    activation=["tanh", "relu"],
    loss=["binary_cross_entropy"],
    initializer=["xavier", "normal"],
    optimizer=["adam"],
    rate=[0.1, 1.0],
)
WANTED = {recipe: list(range(5)) for recipe in RECIPES}


class AtOnce(Executor):
    """Does what is submitted at once, in this thread."""

    def submit(self, function, *arguments):
        future = Future()
        future.set_result(function(*arguments))
        return future


class Stuck(Executor):
    """Does the first that is submitted, and begins nothing else."""

    def __init__(self):
        self.futures = []

    def submit(self, function, *arguments):
        future = Future()
        if not self.futures:
            future.set_result(function(*arguments))
        self.futures.append(future)
        return future


def parts(blocks):
    return [(recipe, seed) for block in blocks for recipe, seeds in block.parts for seed in seeds]


@pytest.mark.parametrize("backend", LARGEST_BLOCK)
@pytest.mark.parametrize("epochs", [1, 1_000, 10_000_000])
def test_blocks_have_all_that_is_wanted_once(backend, epochs):
    wanted = {recipe: list(range(index)) for index, recipe in enumerate(RECIPES) if index}
    blocks = cut_blocks(Problem("xor", (), epochs, 1.0, backend), wanted)
    found = parts(blocks)
    assert len(found) == len(set(found))
    assert set(found) == {(recipe, seed) for recipe, seeds in wanted.items() for seed in seeds}
    assert all(block.parts and all(seeds for _, seeds in block.parts) for block in blocks)


def test_a_block_is_of_one_architecture_and_those_of_one_follow_each_other():
    mixed = {recipe: WANTED[recipe] for recipe in sorted(RECIPES, key=lambda recipe: (recipe.rate, recipe.initializer))}
    blocks = cut_blocks(PROBLEM, mixed)
    architectures = [{recipe.architecture for recipe, _ in block.parts} for block in blocks]
    assert all(len(found) == 1 for found in architectures)
    assert len([key for key, _ in groupby(architectures)]) == 4


def test_many_workers_have_something_to_do_and_none_has_more_than_a_little():
    (recipe,) = RECIPES[:1]
    small = cut_blocks(PROBLEM, {recipe: list(range(200))})
    assert 32 <= len(small) <= 64
    sizes = [len(parts([block])) for block in small]
    assert max(sizes) - min(sizes) < max(sizes)
    rates = [replace(recipe, rate=0.01 * index) for index in range(300)]
    assert 32 <= len(cut_blocks(PROBLEM, {recipe: [0] for recipe in rates})) <= 64
    large = cut_blocks(Problem("moons", (("count", 1_000),), 10_000, 1.0, "python"), {recipe: list(range(50))})
    assert [len(parts([block])) for block in large] == [1] * 50


def outcome(results):
    """What came of each recipe and seed, without the seconds."""
    return {
        (recipe, trial.seed): (trial.needed, trial.diverged, trial.losses)
        for block in results
        for recipe, trials in block.items()
        for trial in trials
    }


@pytest.mark.slow
def test_every_executor_gives_the_same_trials():
    blocks = cut_blocks(PROBLEM, WANTED)
    one_by_one = outcome([run_block(Block(PROBLEM, ((recipe, (seed,)),))) for recipe, seed in parts(blocks)])
    assert len(one_by_one) == 16 * 5
    assert len({losses for _, _, losses in one_by_one.values()}) > 70
    assert outcome(run_blocks(AtOnce(), blocks)) == one_by_one
    with ThreadPoolExecutor(4) as threads:
        assert outcome(run_blocks(threads, blocks)) == one_by_one
    with process_pool(2) as processes:
        assert outcome(run_blocks(processes, blocks)) == one_by_one


def test_what_has_not_begun_is_called_off():
    executor = Stuck()
    blocks = cut_blocks(PROBLEM, WANTED)
    running = run_blocks(executor, blocks)
    assert len(outcome([next(running)])) == len(parts(blocks[:1]))
    running.close()
    assert [future.cancelled() for future in executor.futures] == [False] + [True] * (len(blocks) - 1)


def test_trials_that_were_handed_out_are_held_no_longer():
    running = run_blocks(AtOnce(), cut_blocks(PROBLEM, WANTED))
    first = [weakref.ref(trial) for trials in next(running).values() for trial in trials]
    assert first
    next(running)
    assert [trial() for trial in first] == [None] * len(first)


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_where_the_study_stops_its_processes_are_ended_and_not_waited_for(stop):
    with pytest.raises(stop), process_pool(1) as processes:  # noqa: PT012 - it has to be working by then
        processes.submit(os.getpid).result()
        (process,) = active_children()
        raise stop
    assert process.exitcode == -signal.SIGTERM


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals are those of POSIX")
def test_workers_leave_ctrl_c_to_the_process_that_started_them():
    with process_pool(1) as processes:
        assert len(list(run_blocks(processes, cut_blocks(PROBLEM, WANTED)[:1]))) == 1
        assert signal.SIGINT in processes.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result()
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals are those of POSIX")
def test_ctrl_c_waits_also_where_another_thread_gets_it():
    """As the thread of a progress bar does, in which the signal is not blocked."""
    go, reached = threading.Event(), []
    thread = threading.Thread(target=lambda: go.wait() and signal.raise_signal(signal.SIGINT))
    thread.start()

    def block():
        with ctrl_c_blocked():
            go.set()
            thread.join()
            reached.append("the end of the block")

    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            block()
    finally:
        signal.signal(signal.SIGINT, previous)
    assert reached == ["the end of the block"]


def test_an_error_of_a_worker_reaches_the_command():
    with process_pool(1) as processes, pytest.raises(KeyError):
        list(run_blocks(processes, [Block(Problem("none", (), 1, 1.0, "python"), ((RECIPES[0], (0,)),))]))
