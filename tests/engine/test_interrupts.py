"""Ctrl-C between any two steps: no state that outlives a call is left behind, and nothing is half changed."""

import contextlib
import gc
import importlib
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.commands import ROOT
from support.interrupts import interruptions

import engine
from engine import Program, Value, grad, no_grad, recording
from engine.extend import collector_paused, recorded
from engine.operations import make
from engine.recording import is_nested, is_paused
from engine.states import _locks
from nn import Adam

GLOBALS = importlib.import_module("engine.recording").GLOBALS  # `engine.recording` is the class.


@pytest.fixture(scope="module")
def other_thread():
    gc.collect()
    gc.freeze()  # What is there already need not be searched after each step.
    with ThreadPoolExecutor(1) as pool:
        yield pool
    gc.unfreeze()


def free_locks():
    locks = [reference() for reference in list(_locks)]
    return [lock for lock in locks if not lock.acquire(blocking=False) or lock.release()]


@pytest.fixture(autouse=True)
def _no_lock_is_left():
    """A test that fails does not make later ones wait."""
    yield
    for lock in [reference() for reference in list(_locks)]:
        while lock._is_owned():
            lock.release()


def is_recorded():
    return not (Value(1.0) * 2.0).is_leaf


def assert_as_before(other_thread):
    assert is_recorded()
    assert not is_paused()
    assert not is_nested()
    assert type(grad(engine.sin)(0.0)) is float
    assert float(Value(1.0)) == 1.0
    assert gc.isenabled()
    assert other_thread.submit(free_locks).result() == []
    with no_grad():
        assert not is_recorded()
        with recorded():
            assert is_recorded()
    with recording(), pytest.raises(TypeError):
        float(Value(1.0))
    assert is_recorded()


BLOCK = no_grad()


def work():
    return Value(2.0) * 3.0


def block(manager):
    def action(_):
        with manager():
            work()

    return action


def nested(outer, inner):
    def action(_):
        with outer():
            with inner():
                work()
            work()

    return action


def decorated(manager):
    function = manager()(work)
    return lambda _: function()


def kept_elsewhere_by_a_stack(manager):
    """The frames of contextlib keep the block in the traceback of the interrupt."""

    def action(_):
        with contextlib.ExitStack() as stack:
            stack.enter_context(manager())
            work()

    return action


def failing(manager):
    def action(_):
        with contextlib.suppress(ZeroDivisionError), manager():
            Value(1.0) / 0.0

    return action


def kept_elsewhere_by_a_generator(_):
    def numbers():
        with no_grad():
            yield work()
            yield work()

    list(numbers())


MANAGERS = {
    "no_grad": no_grad,
    "one no_grad again": lambda: BLOCK,
    "recording": recording,
    "recorded": recorded,
    "collector_paused": collector_paused,
}

ACTIONS = {
    **{f"with {name}": block(manager) for name, manager in MANAGERS.items()},
    **{f"failing in {name}": failing(MANAGERS[name]) for name in ("no_grad", "collector_paused")},
    **{f"@{name}": decorated(MANAGERS[name]) for name in ("no_grad", "recording")},
    "no_grad in a stack": kept_elsewhere_by_a_stack(no_grad),
    "collector_paused in a stack": kept_elsewhere_by_a_stack(collector_paused),
    "no_grad in a generator": kept_elsewhere_by_a_generator,
    "one no_grad in itself": nested(lambda: BLOCK, lambda: BLOCK),
    "recorded in no_grad": nested(no_grad, recorded),
    "topological_order": lambda _: engine.topological_order((Value(1.0) * 2.0).tanh()),
}
SLOW = {
    "no_grad in recorded": nested(recorded, no_grad),
    "grad": lambda _: grad(engine.sin)(0.5),
    "jvp": lambda _: engine.jvp(lambda x: x * x, [3.0], [1.0]),
}
CASES = [*ACTIONS.values(), *(pytest.param(action, marks=pytest.mark.slow) for action in SLOW.values())]


@pytest.mark.parametrize("action", CASES, ids=[*ACTIONS, *SLOW])
def test_a_state_ends_with_its_block_wherever_an_interrupt_comes(action, other_thread):
    assert_as_before(other_thread)
    steps, errors = 0, []
    for steps, _, error in interruptions(action):  # noqa: B007
        errors = [error]
        del error
        if action.__qualname__.startswith("kept_elsewhere"):
            errors.clear()
            gc.collect()
        assert_as_before(other_thread)
    assert steps > 10
    errors.clear()
    assert is_recorded()
    assert GLOBALS["make"] is make


def chain(leaves):
    total = Value(0.0)
    for leaf in leaves:
        total = (total + leaf * leaf).tanh()
    return total


def program():
    leaves = [Value(float(n), f"w{n}") for n in range(3)]
    x = Value(1.0, "x")
    step = Program([x], [x * leaves[0]], [(leaf, leaf + x) for leaf in leaves])
    rows = Program([x], [x * 2.0])
    rows.sum([[1.0]])
    step.repeat(0, sums=(rows, [[0.5]]))
    return leaves, step, rows


def data_of(leaves):
    return [leaf.data for leaf in leaves]


RUNS = {
    "call": lambda step, _: step(1.0),
    "repeat": lambda step, _: step.repeat(2, 0.5),
    "repeat with sums": lambda step, rows: step.repeat(1, sums=(rows, [[0.5]])),
    "sum": lambda _, rows: rows.sum([[1.0], [2.0]]),
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_a_program_stores_all_or_nothing_and_is_free_again(run, other_thread):
    leaves, step, rows = program()
    run(step, rows)
    old = [0.0, 1.0, 2.0]

    def prepare():
        for leaf, number in zip(leaves, old, strict=True):
            leaf.data = number

    for _ in interruptions(lambda _: run(step, rows), prepare):
        assert data_of(leaves) in (old, [1.0, 2.0, 3.0])
        assert other_thread.submit(free_locks).result() == []
    assert data_of(leaves) == (old if run is RUNS["sum"] else [1.0, 2.0, 3.0])


def test_backward_adds_to_all_leaves_or_to_none(other_thread):
    def prepare():
        leaves = [Value(0.5), Value(0.25), Value(1.0)]
        leaves[0].grad = leaves[1].grad = 1.5
        return leaves, chain(leaves)

    leaves, end = prepare()
    end.backward()
    new, size = [leaf.grad for leaf in leaves], len(engine.topological_order(end))
    for _, (leaves, end), _ in interruptions(lambda prepared: prepared[1].backward(), prepare):
        assert [leaf.grad for leaf in leaves] == (new if end.has_grad else [1.5, 1.5, 0.0])
        assert {node.has_grad for node in (leaves[2], end, *end.operands)} == {end.has_grad}
        assert len(engine.topological_order(end)) == size
        assert other_thread.submit(free_locks).result() == []


OUT_OF_MEMORY = """
import resource
from engine import Value

class Last(float):
    def __mul__(self, _adjoint):
        with open("/proc/self/statm") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + 100_000, limits[1]))
        raise KeyboardInterrupt

    __rmul__ = __mul__

limits = resource.getrlimit(resource.RLIMIT_AS)
leaves = [Value(0.5) for _ in range(10)]
for leaf in leaves:
    leaf.grad = 1.5
first = end = leaves[0] * leaves[1]
for n in range(1_000_000):
    end = end + leaves[n % 10]
first._pa = Last(0.25)
try:
    end.backward()
except (KeyboardInterrupt, MemoryError):
    pass
resource.setrlimit(resource.RLIMIT_AS, limits)
print({leaf.grad for leaf in leaves})
"""


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="reads Linux's count of memory")  # noqa: PTH110
def test_backward_loses_no_gradient_when_memory_is_out():
    run = subprocess.run([sys.executable, "-c", OUT_OF_MEMORY], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout == "{1.5}\n"


def test_an_optimizer_moves_all_parameters_and_its_state_or_nothing():
    def prepare():
        parameters = [Value(1.0) for _ in range(10)]
        for parameter in parameters:
            parameter.grad = 0.5
        return Adam(parameters, 1.0, beta1=0.5, beta2=0.5, epsilon=1e-140)

    seen = set()
    for _, optimizer, _ in interruptions(Adam.step, prepare):
        seen.add((*data_of(optimizer.parameters), *optimizer.state, optimizer.shared))
    before, after = (0.0, 0.0), (0.25, 0.125)
    assert seen == {(*[1.0] * 10, *[before] * 10, (1.0, 1.0)), (*[0.0] * 10, *[after] * 10, (0.5, 0.5))}


@pytest.mark.slow
def test_pickling_begins_anew_after_an_interrupt():
    """Whatever was sent ahead of an interrupted pickle is sent again: else an inner node would be pickled first."""
    inner = Value(1.0) + 1.0
    outer = inner + 1.0
    outer.backward()
    pickled = pickle.dumps(inner)
    for _ in interruptions(lambda _: pickle.dumps(outer)):
        assert pickle.dumps(inner) == pickled
