"""Machine code from loop nests beside the eager engine: the same bits, in loops or registers, in any vectors."""

import math
import random
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.program_checks import needs, same_bits
from support.random_loops import NUMBERS, OPERATIONS, SHAPES, STEPS, flat, parts_of

import engine
from engine import Program, Value, gradients

needs("llvm")

from engine.machine import loops  # noqa: E402 - needs llvmlite

WAYS = [(short, lanes) for short in (0, loops.LONGEST_SHORT) for lanes in (4, 8)]
"""The most instructions that are kept in registers, and how many numbers a vector has."""


@pytest.fixture(params=WAYS, ids=lambda way: f"{'registers' if way[0] else 'loops'}-{way[1]}")
def way(request, monkeypatch):
    """A way to compile."""
    choose(monkeypatch, *request.param)


def choose(monkeypatch, short, lanes):
    """Compile in this way from now on."""
    monkeypatch.setattr(loops, "LONGEST_SHORT", short)
    monkeypatch.setattr("engine.machine.backend.vector_width", lambda: lanes)


def check(shapes, steps, numbers, kind):
    """Compare a program of random loops on both backends: calls, repetitions, sums of rows where nothing is updated."""
    inputs, outputs, updates = parts_of(shapes, steps, numbers, kind)
    leaves = [leaf for leaf, _ in updates]
    native, python = (Program(inputs, outputs, updates, backend) for backend in ("llvm", "python"))
    given = [leaf.data * 0.5 for leaf in inputs]
    start = [leaf.data for leaf in leaves]
    found = []
    for program in (native, python):
        for leaf, number in zip(leaves, start, strict=True):
            leaf.data = number
        found.append([outcome(program, *given), outcome(program.repeat, 3, *given), [leaf.data for leaf in leaves]])
        if inputs and not updates:
            rows = array("d", [0.1 * k + number for k in range(19) for number in given])
            found[-1].append(outcome(program.sum, rows))
    assert all(same_bits(a, b) if isinstance(a, (tuple, list)) else a == b for a, b in zip(*found, strict=True))


def outcome(function, *arguments):
    """What a function returns, or the text of its error."""
    try:
        return function(*arguments)
    except ArithmeticError as error:
        return str(error)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("name", OPERATIONS)
def test_each_kind_of_loop(name):
    for kind, number in ((0, 1), (1, 2)):
        check([(3, 4), (4, 3)], [(name, 1, 0, number), (name, 0, 1, number)], [0.5, -0.0, 1.5, -0.7, 0.0], kind)


@pytest.mark.slow
@settings(max_examples=200)
@given(SHAPES, st.lists(STEPS, min_size=1, max_size=4), st.lists(NUMBERS, min_size=3, max_size=8), st.data())
def test_random_loops(shapes, steps, numbers, data):
    with pytest.MonkeyPatch.context() as patched:
        choose(patched, *data.draw(st.sampled_from(WAYS)))
        check(shapes, steps, numbers, data.draw(st.integers(0, 2)))


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9, 17, 33])
def test_a_failure_in_any_round_is_named_and_changes_nothing(count):
    """Only one of many logarithms fails: the first, one within a vector, the last, which fills none."""
    x, total = [Value(1.0, f"x{i}") for i in range(count)], Value(2.0, "total")
    program = Program(x, [engine.log(each) * total for each in x], [(total, total * 0.5)], "llvm")
    row = [1.0 + i for i in range(count)]
    assert program.repeat(2, *row) == tuple([math.log(number) for number in row])
    assert total.data == 0.5
    summing = Program(x, [sum(engine.log(each) for each in x)], (), "llvm")
    for bad in {0, count // 2, count - 1}:
        broken = [-1.0 if i == bad else number for i, number in enumerate(row)]
        for run_it in (program, lambda *given: program.repeat(3, *given)):
            with pytest.raises(engine.DomainError, match=rf"log has no value at x = -1\.0 \('x{bad}'\)"):
                run_it(*broken)
        assert total.data == 0.5
        with pytest.raises(engine.DomainError, match=rf"^row 12: log has no value at x = -1\.0 \('x{bad}'\)"):
            summing.sum([*[row] * 12, broken, *[row] * 5])


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("rows", [1, 7, 8, 9, 31, 100, 259])
def test_sums_over_rows_are_taken_in_their_order(rows):
    """Outer products, which are added in tiles, and other outputs: exactly what one row after the other gives."""
    draw = random.Random(rows)
    x = [Value(0.0) for _ in range(5)]
    w = [[Value(draw.uniform(-1, 1)) for _ in range(5)] for _ in range(11)]
    hidden = [engine.tanh(sum(a * b for a, b in zip(each, x, strict=True))) for each in w]
    loss = sum(h * h for h in hidden)
    fixed = w[0][0] * w[1][1]
    outputs = [loss, fixed, x[1], *gradients(loss, flat([w]))]
    native, python = (Program(x, outputs, (), backend) for backend in ("llvm", "python"))
    table = array("d", [draw.uniform(-1, 1) for _ in range(5 * rows)])
    assert same_bits(native.sum(table), python.sum(table))
