"""Computing without recording: blocks, decorators, nesting, threads, exceptions."""

import asyncio
import importlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.row_checks import function_of, points

import engine
from engine import Value, no_grad


def is_recorded(result):
    return not result.is_leaf


@pytest.fixture(autouse=True)
def _recording_again():
    """No test leaves recording switched off."""
    yield
    assert is_recorded(Value(1.0) + 1)


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


def test_operators_with_numbers_on_either_side():
    x = Value(3.0)
    with no_grad():
        results = [x + 1, 1 + x, x - 1, 1 - x, x * 2, 2 * x, x / 2, 2 / x, x**2, 2**x, -x, abs(x)]
    assert not any(map(is_recorded, results))
    assert [result.data for result in results] == [4, 4, 2, -2, 6, 6, 1.5, 2 / 3, 9, 8, -3, 3]


def test_no_gradient_flows_through_the_block():
    x = Value(3.0)
    with no_grad():
        scale = x * 10
    result = x * scale
    result.backward()
    assert x.grad == 30.0
    assert scale.grad == 3.0


def test_as_a_decorator():
    @no_grad()
    def power(x, *, n):
        """What power does."""
        return x if n == 1 else x * power(x, n=n - 1) if n else x / n

    for _ in range(2):
        result = power(Value(2.0), n=5)
        assert (result.data, is_recorded(result)) == (32.0, False)
        assert is_recorded(Value(3.0) * 2)
    with pytest.raises(ZeroDivisionError, match="div"):
        power(Value(2.0), n=0)
    assert is_recorded(Value(3.0) * 2)
    assert (power.__name__, power.__doc__) == ("power", "What power does.")


def test_blocks_nest():
    x = Value(3.0)
    block = no_grad()
    for inner in (no_grad(), block):
        with block:
            with inner:
                assert not is_recorded(x * 2)
            assert not is_recorded(x * 2)
        assert is_recorded(x * 2)


def test_an_exception_ends_the_block_and_goes_on():
    with pytest.raises(RuntimeError, match="inside"), no_grad(), no_grad():
        raise RuntimeError("inside")
    assert is_recorded(Value(1.0) + 1)


def in_another_thread(function):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def test_another_thread_still_records():
    x = Value(3.0)

    def work():
        result = x * 2 + x.tanh()
        result.backward()
        return is_recorded(result), is_recorded(2 - x), x.grad

    with no_grad():
        recorded, reflected, slope = in_another_thread(work)
        assert not is_recorded(x * 2)
    assert recorded
    assert reflected
    assert slope == pytest.approx(2 + 1 - engine.tanh(3.0) ** 2)


def test_a_block_in_another_thread_is_its_own():
    entered, leave = threading.Event(), threading.Event()
    answers = []

    def work():
        with no_grad():
            entered.set()
            leave.wait(10)
            answers.append(is_recorded(Value(1.0) * 2))

    thread = threading.Thread(target=work)
    thread.start()
    entered.wait(10)
    recorded_here = is_recorded(Value(1.0) * 2)
    leave.set()
    thread.join()
    assert recorded_here
    assert answers == [False]


def in_one_block(function):
    block = no_grad()

    def evaluate(*arguments):
        with block:
            return function(*arguments)

    return evaluate


@pytest.mark.parametrize("decorate", [no_grad(), in_one_block])
def test_a_decorated_function_and_a_block_may_serve_two_threads_at_once(decorate):
    meeting, first_left = threading.Barrier(2, timeout=10), threading.Event()

    @decorate
    def evaluate(leaves_first):
        meeting.wait()
        result = Value(1.0) * 2
        if not leaves_first:
            first_left.wait(10)
        return result, Value(3.0) * 2

    def work(leaves_first):
        try:
            results = evaluate(leaves_first)
        finally:
            first_left.set()
        return [*map(is_recorded, results), is_recorded(Value(1.0) * 2)]

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, (True, False))) == [[False, False, True]] * 2


def test_a_block_that_began_elsewhere_cannot_be_ended_here():
    block = no_grad()
    with block:
        with pytest.raises(RuntimeError, match="is not open here: it ends where it began"):
            in_another_thread(lambda: block.__exit__(None, None, None))
        assert not is_recorded(Value(1.0) * 2)


def everywhere_open():
    return importlib.import_module("engine.recording")._open_blocks  # `engine.recording` is the function


def paused_numbers():
    with no_grad():
        yield 1.0
        yield 2.0


def test_a_block_whose_thread_has_ended_is_open_nowhere():
    numbers = paused_numbers()
    assert in_another_thread(lambda: next(numbers)) == 1.0
    assert everywhere_open() == 0
    with no_grad():
        with pytest.raises(RuntimeError, match="is not open here"):
            numbers.close()
        assert not is_recorded(Value(1.0) + 1)
    assert is_recorded(Value(1.0) + 1)


def test_a_block_that_outlives_the_transform_it_began_in():
    numbers = paused_numbers()
    engine.value_and_grad(lambda x: x * 3.0 + next(numbers))(2.0)
    assert everywhere_open() == 0
    with pytest.raises(RuntimeError, match="it ends where it began, in a thread or transform"):
        numbers.close()
    assert is_recorded(Value(1.0) + 1)


def test_blocks_may_end_in_another_order_than_they_began():
    first, second = paused_numbers(), paused_numbers()
    next(first)
    next(second)
    first.close()
    assert not is_recorded(Value(1.0) + 1)
    second.close()
    assert is_recorded(Value(1.0) + 1)


def test_a_task_that_was_started_in_a_block_stays_in_it():
    async def work(go_on):
        await go_on.wait()
        return is_recorded(Value(1.0) * 2)

    async def start():
        go_on = asyncio.Event()
        with no_grad():
            task = asyncio.create_task(work(go_on))
        recorded_here = is_recorded(Value(1.0) * 2)
        go_on.set()
        return recorded_here, await task

    assert asyncio.run(start()) == (True, False)
    assert everywhere_open() == 0


def test_a_block_in_one_task_does_not_reach_another():
    async def paused(turn):
        with no_grad():
            turn.set()
            await asyncio.sleep(0)
            return is_recorded(Value(1.0) * 2)

    async def recording(turn):
        await turn.wait()
        return is_recorded(Value(1.0) * 2)

    async def both():
        turn = asyncio.Event()
        return await asyncio.gather(paused(turn), recording(turn))

    assert asyncio.run(both()) == [False, True]


def test_what_a_function_computes_in_a_block_is_constant_for_its_gradient():
    def function(x):
        with no_grad():
            frozen = x * x
        return frozen * x

    assert engine.grad(function)(3.0) == 9.0


def test_a_block_around_a_transform_does_not_make_its_derivative_zero():
    with no_grad():
        assert engine.grad(lambda x: x * x)(3.0) == 6.0
        assert engine.jvp(lambda x: x * x, [3.0], [1.0]) == (9.0, 6.0)
        assert engine.gradcheck(lambda x: x * x, 3.0)


def test_what_runs_later_cannot_be_decorated():
    def numbers():
        yield Value(1.0) * 2

    async def number():
        return Value(1.0) * 2

    for function in (numbers, number):
        with pytest.raises(TypeError, match="runs later"):
            engine.no_grad()(function)


def test_the_parentheses_of_the_decorator_are_asked_for():
    with pytest.raises(TypeError, match="with parentheses"):
        engine.no_grad(lambda: None)
