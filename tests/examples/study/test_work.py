"""The work of a study, cut into pieces and given to executors of every kind."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby, product
from multiprocessing import active_children

import pytest
from support.executors import Here

from examples.command import ctrl_c_blocked
from examples.study.recipes import Problem, Recipe
from examples.study.work import cut, process_pool, train_all

PROBLEM = Problem("xor", (), 30, 1.0, "python")
RECIPES = [
    Recipe((2,), activation, "binary_cross_entropy", initializer, "adam", rate)
    for activation, initializer, rate in product(["tanh", "relu"], ["xavier", "normal"], [0.1, 1.0])
]
WANTED = list(product(RECIPES, range(5)))
signals = pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals are those of POSIX")


@pytest.mark.parametrize(("backend", "epochs"), [("python", 1), ("python", 1_000), ("llvm", 10_000_000)])
def test_a_piece_is_of_one_architecture_and_pieces_have_all_that_is_wanted_once(backend, epochs):
    wanted = sorted(WANTED[3:], key=lambda training: (training[0].rate, training[1]))
    pieces = cut(Problem("xor", (), epochs, 1.0, backend), wanted)
    found = [training for piece in pieces for training in piece]
    assert len(found) == len(wanted)
    assert set(found) == set(wanted)
    architectures = [{recipe.architecture for recipe, _ in piece} for piece in pieces]
    assert all(len(found) == 1 for found in architectures)
    assert len([key for key, _ in groupby(architectures)]) == 2


def test_many_workers_have_something_to_do_and_none_has_more_than_a_little():
    recipe = RECIPES[0]
    rates = [replace(recipe, rate=0.01 * index) for index in range(300)]
    for wanted in (list(product([recipe], range(200))), list(product(rates, [0]))):
        sizes = list(map(len, cut(PROBLEM, wanted)))
        assert 32 <= len(sizes) <= 64
        assert max(sizes) - min(sizes) < max(sizes)


def outcome(results):
    """What came of each recipe and seed, without the seconds."""
    return {(recipe, trial.seed): replace(trial, seconds=0.0) for recipe, trials in results for trial in trials}


@pytest.mark.slow
def test_every_executor_gives_the_same_trials():
    one_by_one = {}
    for training in WANTED:
        one_by_one |= outcome(train_all(Here(), PROBLEM, [training]))
    assert set(one_by_one) == set(WANTED)
    assert len({trial.losses for trial in one_by_one.values()}) > 35
    for executor in (Here(), ThreadPoolExecutor(3), process_pool(2)):
        with executor as workers:
            assert outcome(train_all(workers, PROBLEM, WANTED)) == one_by_one


def test_what_has_not_begun_is_called_off():
    executor = Here(1)
    running = train_all(executor, PROBLEM, WANTED)
    assert next(running)[0] in RECIPES
    running.close()
    assert [future.cancelled() for future in executor.futures] == [False] + [True] * (len(cut(PROBLEM, WANTED)) - 1)


@signals
def test_workers_leave_ctrl_c_to_the_study_and_are_ended_where_it_stops():
    with pytest.raises(KeyError, match="never"), process_pool(1) as processes:  # noqa: PT012 - an error of a worker
        assert len(list(train_all(processes, PROBLEM, WANTED[:1]))) == 1
        (process,) = active_children()
        assert signal.SIGINT in processes.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result()
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
        list(train_all(processes, PROBLEM, [(replace(RECIPES[0], optimizer="never"), 0)]))
    assert process.exitcode == -signal.SIGTERM


@signals
def test_ctrl_c_waits_even_if_another_thread_gets_it():
    """Such as the thread of a progress bar, in which the signal is not blocked."""
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
