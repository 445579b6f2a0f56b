"""A signal handler that walks a graph while its thread does, and a fork while other threads hold every lock."""

import os
import subprocess
import sys
from contextlib import suppress

import pytest
from support.commands import ROOT
from support.interrupts import called_at

import engine
import viz
from engine import Value


@pytest.mark.parametrize("walk", [engine.topological_order, viz.to_dot], ids=["topological_order", "to_dot"])
@pytest.mark.parametrize("outer", ["topological_order", "backward"])
def test_a_signal_handler_may_walk_the_graph_while_its_thread_does(walk, outer):
    leaves = [Value(0.5), Value(0.25)]
    end = (leaves[0] * leaves[0]).tanh() + (leaves[1] * leaves[0]).tanh()
    expected, order = walk(end), engine.topological_order(end)
    end.backward()
    grads = [leaf.grad for leaf in leaves]

    def handler(*_):
        found = walk(end)
        assert walk is viz.to_dot or found == expected

    n = 0
    while n < 2_000:
        n += 1
        for leaf in leaves:
            leaf.zero_grad()
        called, result = called_at(n, handler, getattr(end, outer, lambda: engine.topological_order(end)))
        assert outer == "backward" or result == order
        assert outer == "topological_order" or [leaf.grad for leaf in leaves] == grads
        if not called:
            break
    assert 10 < n < 2_000


def test_a_signal_handler_cannot_begin_a_backward_pass_in_the_middle_of_one():
    x = Value(0.5)
    end = (x * x).tanh() * x
    end.backward()
    grad, n, passes = x.grad, 0, []
    while n < 2_000:
        n += 1
        called = True
        with suppress(RuntimeError):  # Of the handler, where it came in the middle.
            called, _ = called_at(n, lambda *_: end.backward(), end.backward)
        passes.append(round(x.grad / grad, 9) - 1)
        x.grad = grad
        if not called:
            break
    assert passes[-1] == 1
    assert {*passes} == {0, 1, 2}, "the outer pass is whole or has not been; the handler's came before or after it"
    assert passes.count(0) > 10


FORKS = """
import os, signal, sys, threading, warnings
from engine import Program, Value, grad, no_grad, sin, topological_order
from engine.extend import collector_paused
from engine.states import _locks, _locks_of_caches, holding, living
import gc

x = Value(2.0)
program = Program([x], [x * x])
held, go = threading.Event(), threading.Event()

def hold(locks):
    if locks:
        return holding(locks[0], hold, locks[1:])
    with no_grad(), collector_paused():
        held.set()
        go.wait()

thread = threading.Thread(target=hold, args=([*living(_locks), *_locks_of_caches()],))
thread.start()
held.wait()
warnings.simplefilter("ignore")  # Python warns of forks in a process with threads.
child = os.fork()
if child == 0:
    signal.alarm(20)
    y = x * 3.0
    y.backward()
    with no_grad():
        leaf = x * 3.0
    right = x.grad == 3.0 and leaf.is_leaf and grad(sin)(0.0) == 1.0 and gc.isenabled()
    right = right and program(3.0) == (9.0,) and topological_order(y) == [x, y]
    os._exit(0 if right else 1)
print(os.waitpid(child, 0)[1])
go.set()
thread.join()
x.backward()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a fork")
def test_a_forked_child_is_free_of_what_other_threads_held():
    run = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout == "0\n"
