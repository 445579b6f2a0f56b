"""Computing without recording: blocks, decorators, nesting, threads, exceptions."""

import asyncio
import importlib
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context

import pytest
from support.row_checks import function_of, points

import engine
from engine import Value, no_grad
from engine.operations import make


def is_recorded(result):
    return not result.is_leaf


def records_now():
    return is_recorded(Value(1.0) * 2)


@pytest.fixture(autouse=True)
def _recording_again():
    """No test leaves recording switched off, or a block open."""
    yield
    assert records_now()
    assert importlib.import_module("engine.recording").GLOBALS["make"] is make  # `engine.recording` is the class


@pytest.mark.parametrize("row", engine.primitives_table(), ids=lambda row: row.name)
def test_results_are_leaves_with_the_same_number(row):
    operands = [Value(number) for number in points(row)[-1]]
    recorded = function_of(row)(*operands)
    with no_grad():
        result = function_of(row)(*operands)
    assert is_recorded(recorded)
    assert not is_recorded(result)
    assert type(result) is Value
    assert (result.data, result.operands, result.operation) == (recorded.data, (), None)


def test_as_a_decorator():
    @no_grad()
    def power(x, *, n):
        """What power does."""
        return x if n == 1 else x * power(x, n=n - 1) if n else x / n

    for _ in range(2):
        result = power(Value(2.0), n=5)
        assert (result.data, is_recorded(result), records_now()) == (32.0, False, True)
    with pytest.raises(ZeroDivisionError, match="div"):
        power(Value(2.0), n=0)
    assert records_now()
    assert (power.__name__, power.__doc__) == ("power", "What power does.")


def test_blocks_nest_and_end_with_an_exception():
    block = no_grad()
    for inner in (no_grad(), block):
        with block:
            with inner:
                assert not records_now()
            assert not records_now()
        assert records_now()
    with pytest.raises(RuntimeError, match="inside"), no_grad(), no_grad():
        raise RuntimeError("inside")


def in_another_thread(function):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def test_a_decorated_function_may_serve_two_threads_at_once():
    meeting, first_left = threading.Barrier(3, timeout=10), threading.Event()

    @no_grad()
    def evaluate(leaves_first):
        meeting.wait()
        before = records_now()
        if not leaves_first:
            first_left.wait(10)
        return before, records_now()

    def work(leaves_first):
        try:
            answers = evaluate(leaves_first)
        finally:
            first_left.set()
        return [*answers, records_now()]

    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(work, (True, False))
        meeting.wait()
        assert records_now(), "the blocks are those of other threads"
        assert list(answers) == [[False, False, True]] * 2


def paused_numbers():
    with no_grad():
        yield 1.0
        yield 2.0


def test_a_block_that_began_elsewhere_cannot_be_ended_here():
    """Its thread or transform may have ended: then it is open nowhere."""
    block = no_grad()
    with block:
        with pytest.raises(RuntimeError, match="is not open here: it ends where it began"):
            # In a context of its own, because some Pythons hand a thread the block that it starts in.
            in_another_thread(lambda: Context().run(block.__exit__, None, None, None))
        assert not records_now()
    from_thread, from_transform = paused_numbers(), paused_numbers()
    assert in_another_thread(lambda: next(from_thread)) == 1.0
    engine.value_and_grad(lambda x: x * 3.0 + next(from_transform))(2.0)
    for numbers in (from_thread, from_transform):
        assert records_now()
        with no_grad():
            with pytest.raises(RuntimeError, match="it ends where it began, in a thread or transform"):
                numbers.close()
            assert not records_now()
    first, second = paused_numbers(), paused_numbers()
    next(first)
    next(second)
    first.close()  # the blocks may end in another order than they began
    assert not records_now()
    second.close()


def test_a_task_stays_in_the_block_it_was_started_in_and_is_not_in_that_of_another():
    async def work(go_on):
        await go_on.wait()
        return records_now()

    async def paused(entered):
        with no_grad():
            entered.set()
            await asyncio.sleep(0)
            return records_now()

    async def start():
        go_on = asyncio.Event()
        with no_grad():
            inside = asyncio.create_task(work(go_on))
        outside = records_now()
        return outside, await asyncio.gather(inside, work(go_on), paused(go_on))

    assert asyncio.run(start()) == (True, [False, True, False])


def test_gradients_and_blocks():
    """A block makes constants of what is computed in it; around a transform, it does not make its derivative zero."""

    def function(x):
        with no_grad():
            frozen = x * x
        return frozen * x

    assert engine.grad(function)(3.0) == 9.0
    with no_grad():
        assert engine.grad(lambda x: x * x)(3.0) == 6.0
        assert engine.jvp(lambda x: x * x, [3.0], [1.0]) == (9.0, 6.0)
        assert engine.gradcheck(lambda x: x * x, 3.0)


def test_what_cannot_be_decorated():
    with pytest.raises(TypeError, match="runs later"):
        engine.no_grad()(paused_numbers)
    with pytest.raises(TypeError, match="with parentheses"):
        engine.no_grad(lambda: None)
