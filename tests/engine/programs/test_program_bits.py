"""Programs compute what the engine computes: the same bits, on both backends, for everything it can record."""

import math
import random

import numpy as np
import pytest
from support.program_checks import available, each_backend, inside, points, program, same_bits
from support.random_programs import ENGINE, KINKED, SMOOTH, run

import engine
from engine import Value, gradients
from nn import MLP, SGD, half_sum_of_squares, mean_squared_error

ROWS = engine.primitives_table()
X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


def eager(row, point):
    """The value and the partials by the engine, or None where one does not exist or is not finite."""
    try:
        leaves = [Value(x) for x in point]
        result = getattr(engine, row.name)(*leaves)
        found = [gradient.data for gradient in gradients(result, leaves)]
    except (ArithmeticError, ValueError):
        return None
    numbers = [result.data, *found]
    return numbers if all(map(math.isfinite, numbers)) else None


def differentiated(row, backend):
    """A program from the operands to the value and the partials."""
    leaves = [Value(x) for x in inside(row)]
    result = getattr(engine, row.name)(*leaves)
    return program(backend, leaves, [result, *gradients(result, leaves)])


@each_backend
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_primitive_at_random_and_special_points(row, backend):
    compiled = differentiated(row, backend)
    compared = 0
    for point in points(row.name, len(row.partials)):
        expected = eager(row, point)
        if expected is None:
            with pytest.raises((ArithmeticError, ValueError)):
                compiled(*point)
        else:
            assert same_bits(compiled(*point), expected), point
            compared += 1
    assert compared >= 10


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_primitive_in_every_lane(row):
    """Of eleven rows, all but one are multiplied by zero: what is left has the bits of a call."""
    leaves = [Value(x) for x in inside(row)]
    taken = Value(1.0)
    result = getattr(engine, row.name)(*leaves)
    compiled = program("llvm", [*leaves, taken], [taken * output for output in (result, *gradients(result, leaves))])
    good = [point for point in points(row.name, len(row.partials)) if eager(row, point) is not None]
    for start in range(0, len(good) - 10, 11):
        block = good[start : start + 11]
        for lane, point in enumerate(block):
            rows = [(*other, float(other is point)) for other in block]
            assert list(compiled.sum(rows)) == eager(row, point), (point, lane)


NAMES = sorted({**SMOOTH, **KINKED})


@pytest.mark.parametrize("seed", range(200))
def test_random_graphs_with_their_gradients(seed):
    """200 graphs of up to 20 operations; on both backends, with new numbers in the leaves."""
    draw = random.Random(seed)
    text = [(draw.choice(NAMES), draw.randrange(8), draw.randrange(8)) for _ in range(draw.randrange(1, 20))]
    leaves = [Value(draw.uniform(-2.0, 2.0), name) for name in ("x", "y", "z")]
    result = run(text, ENGINE, leaves)
    outputs = [result, *gradients(result, leaves)]
    programs = [program(backend, leaves[:1], outputs) for backend in available()]
    expected = [output.data for output in outputs]
    for compiled in programs:
        assert same_bits(compiled(leaves[0].data), expected), text
    for leaf in leaves:
        leaf.data = draw.uniform(-2.0, 2.0)
    again = programs[0](leaves[0].data)
    replayed = [value.data for value in replay(outputs)]
    assert same_bits(again, replayed), text
    for compiled in programs[1:]:
        assert same_bits(compiled(leaves[0].data), again), text


def replay(outputs):
    """The graph computed again by the eager functions, with the numbers that its leaves have now."""
    made = {}
    for value in engine.topological_order(*outputs):
        if not value.is_leaf:
            operands = [made.get(operand, operand) for operand in value.operands]
            made[value] = getattr(engine, value.operation.name)(*operands)
    return [made.get(output, output) for output in outputs]


def xor(backend, hidden="sigmoid"):
    model = MLP([2, 2, 1], hidden=hidden, output="sigmoid", seed=1)
    loss = half_sum_of_squares([model(x) for x in X], Y)
    return model, program(backend, outputs=[loss], updates=SGD(model.parameters(), 0.1).updates(loss))


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh"])
@pytest.mark.slow
def test_xor_after_ten_thousand_epochs(hidden):
    model = MLP([2, 2, 1], hidden=hidden, output="sigmoid", seed=1)
    optimizer = SGD(model.parameters(), 0.1)
    for _ in range(10_000):
        loss = half_sum_of_squares([model(x) for x in X], Y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for backend in available():
        compiled_model, compiled = xor(backend, hidden)
        (last,) = compiled.repeat(10_000)
        assert last == loss.data
        assert compiled_model.state_dict() == model.state_dict()


@each_backend
def test_repeat_is_as_many_calls(backend):
    model, compiled = xor(backend)
    twin, step = xor(backend)
    losses = [step() for _ in range(25)]
    assert compiled.repeat(20, keep=True) == losses[:20]
    assert compiled.repeat(5) == losses[-1]
    assert compiled.repeat(0) == ()
    assert compiled.repeat(0, keep=True) == []
    assert model.state_dict() == twin.state_dict()


@each_backend
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33])
def test_sums_over_any_number_of_rows(backend, count):
    """Beside NumPy: every remainder of a block, of rows that are all different."""
    model = MLP([2, 3, 1], hidden="tanh", output="linear", seed=4)
    x, y = [Value(0.0), Value(0.0)], Value(0.0)
    loss = mean_squared_error([model(x)], [y])
    compiled = program(backend, [*x, y], [loss, *gradients(loss, model.parameters())])
    rows = np.random.default_rng(count).normal(size=(count, 3))
    matrices = {name: np.array(matrix) for name, matrix in model.to_matrices().items()}
    hidden = np.tanh(rows[:, :2] @ matrices["W1"] + matrices["b1"])
    errors = hidden @ matrices["W2"] + matrices["b2"] - rows[:, 2:]
    delta = 2.0 * errors @ matrices["W2"].T * (1.0 - hidden**2)
    first = np.column_stack([delta.T @ rows[:, :2], delta.sum(axis=0)])
    second = 2.0 * np.append(errors.T @ hidden, errors.sum())
    assert compiled.sum(rows) == pytest.approx([np.sum(errors**2), *first.ravel(), *second], rel=1e-12)
