"""Ctrl-C between any two steps: no state that outlives a call is left behind, and nothing is half changed."""

import contextlib
import gc
import importlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.interrupts import interruptions

import engine
from engine import Value, grad, no_grad, recording
from engine.extend import collector_paused, recorded
from engine.operations import make
from engine.recording import is_nested, is_paused
from engine.states import _locks

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
