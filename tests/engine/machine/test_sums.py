"""Sums over rows: arrays turned, long sums in pieces, rows that fill no vector or no block."""

import array
import ctypes
import random

import pytest
from support.program_checks import needs, same_bits

from engine import Program, Value, gradients, sigmoid, tanh

needs("llvm")

from engine.machine.compiler import Machine  # noqa: E402 - needs llvmlite
from engine.machine.text import module  # noqa: E402
from engine.machine.turning import turn_function  # noqa: E402


@pytest.fixture(scope="module", params=[4, 8], ids="{} lanes".format)
def turn(request):
    """How many lanes, and the compiled function."""
    machine = Machine(module(turn_function(request.param).replace("internal ", "")))
    number, pointer = ctypes.c_int64, ctypes.c_void_p
    function = ctypes.CFUNCTYPE(None, pointer, number, number, pointer, number, number, number)(machine.address("turn"))
    yield request.param, function
    del machine


@pytest.mark.parametrize(("count", "width"), [(1, 1), (3, 2), (4, 8), (8, 4), (9, 17), (16, 16), (21, 5)])
def test_rows_become_columns(turn, count, width):
    lanes, function = turn
    up = lambda size: -(-size // lanes) * lanes  # noqa: E731
    apart = width + 3
    given = array.array("d", [100.0 * row + column for row in range(count) for column in range(apart)])
    found = array.array("d", [-1.0] * (up(count) * up(width)))
    function(given.buffer_info()[0], count, apart, found.buffer_info()[0], width, up(count), 1)
    for column in range(up(width)):
        for row in range(up(count)):
            expected = 100.0 * min(row, count - 1) + column if column < width else 0.0
            assert found[column * up(count) + row] == expected


@pytest.mark.parametrize(("count", "width"), [(1, 1), (9, 3), (24, 10)])
def test_each_vector_of_rows_gets_an_array_of_its_own(turn, count, width):
    lanes, function = turn
    wide = -(-width // lanes) * lanes
    given = array.array("d", [100.0 * row + column for row in range(count) for column in range(width)])
    found = array.array("d", [-1.0] * ((count + lanes) * wide))
    function(given.buffer_info()[0], count, width, found.buffer_info()[0], width, lanes, wide)
    for row in range(count):
        for column in range(width):
            assert found[row // lanes * lanes * wide + column * lanes + row % lanes] == 100.0 * row + column


def network(inputs, hidden, outputs):
    """The inputs, targets and gradient of a small network written by hand, tanh and sigmoid by turns."""
    draw = random.Random(f"{inputs} {hidden} {outputs}")
    new = lambda: Value(draw.uniform(-1.0, 1.0))  # noqa: E731
    xs = [Value(0.0, f"x{i}") for i in range(inputs)]
    ts = [Value(0.0, f"t{i}") for i in range(outputs)]
    first = [[new() for _ in range(inputs + 1)] for _ in range(hidden)]
    second = [[new() for _ in range(hidden + 1)] for _ in range(outputs)]
    hs = [tanh(sum((w * x for w, x in zip(ws, xs, strict=False)), ws[-1])) for ws in first]
    ys = [sigmoid(sum((w * h for w, h in zip(ws, hs, strict=False)), ws[-1])) for ws in second]
    loss = sum((y - t) * (y - t) for y, t in zip(ys, ts, strict=True))
    return [*xs, *ts], [loss, *gradients(loss, [w for ws in (*first, *second) for w in ws])]


@pytest.mark.parametrize("lanes", [4, 8])
@pytest.mark.parametrize(
    ("sizes", "rows"),
    [
        ((3, 5, 1), (1, 2, 7, 8, 9, 33, 40, 41, 97)),  # Odd numbers of functions; blocks that are not full.
        ((150, 4, 3), (1, 45)),  # Sums of 150 terms: two pieces of 75.
        ((131, 4, 3), (45,)),  # A prime number of terms: no pieces.
    ],
    ids="{}".format,
)
def test_sums_have_the_bits_of_pythons_additions(monkeypatch, lanes, sizes, rows):
    monkeypatch.setattr("engine.machine.backend.vector_width", lambda: lanes)
    inputs, outputs = network(*sizes)
    compiled, reference = (Program(inputs, outputs, backend=backend) for backend in ("llvm", "python"))
    draw = random.Random(5)
    numbers = array.array("d", [draw.uniform(-3.0, 3.0) for _ in range(max(rows) * len(inputs))])
    for count in rows:
        given = numbers[: count * len(inputs)]
        assert same_bits(compiled.sum(given), reference.sum(given)), count
