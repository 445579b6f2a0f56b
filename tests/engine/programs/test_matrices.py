"""Programs as formulas of NumPy: derived from the graph, run, and compared with the engine."""

import numpy as np
import pytest

from engine import Program, Value, exp, gradients
from engine.programs.rolling import roll
from engine.programs.tape import record
from nn import MLP, SGD, half_sum_of_squares


def batch_of_xor(wrap):
    """The tape of the gradient on the four samples, their inputs wrapped."""
    model = MLP([2, 2, 1], hidden="sigmoid", output="sigmoid", seed=0)
    loss = half_sum_of_squares([model([wrap(a), wrap(b)]) for a in (0, 1) for b in (0, 1)], [0, 1, 1, 0])
    return record([], [loss, *gradients(loss, model.parameters())], [])[0]


def test_samples_written_as_numbers_roll_like_values():
    written, given = (roll(batch_of_xor(wrap)) for wrap in (float, Value))
    assert [(group.dims, [dims for dims, _ in group.trees]) for group in written.groups] == [
        (group.dims, [dims for dims, _ in group.trees]) for group in given.groups
    ]


def test_sums_that_are_written_again_are_computed_once():
    numbers = [Value(0.1 * index) for index in range(6)]
    exponentials = [exp(number) for number in numbers]
    rolled = roll(record(numbers, [number / sum(exponentials) for number in exponentials], [])[0])
    assert [group.size for group in rolled.groups] == [6, 1, 6]


X, TARGETS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]

TUTORIAL = [
    "Z1 = X @ W1 + b1",
    "A1 = sigmoid(Z1)",
    "Z2 = A1 @ W2 + b2",
    "A2 = sigmoid(Z2)",
    "error = A2 - y",
    "loss = 0.5 * (error * error).sum()",
    "delta2 = A2 * (1 - A2) * error",
    "delta1 = (delta2 @ W2.T) * A1 * (1 - A1)",
    "dW1 = X.T @ delta1",
    "db1 = delta1.sum(axis=0)",
    "dW2 = A1.T @ delta2",
    "db2 = delta2.sum(axis=0)",
]


def formulas(program):
    """The lines of the formulas, without comments."""
    lines = program.matrices.lines
    return [f"{line.name} = {line.text}" for line in lines]


def run(program, inputs=()):
    """What the text makes of the numbers: (outputs, the numbers of all leaves)."""
    space = {"numbers": np.array([*inputs, *[leaf.data for leaf in program.leaves]])}
    with np.errstate(all="ignore"):
        exec(str(program.matrices), space)
    return space.get("outputs", np.empty(0)), space["numbers"][len(inputs) :]


def check(program, inputs=()):
    """Assert that the text computes what the program does."""
    outputs, leaves = run(program, inputs)
    assert outputs == pytest.approx(np.array(program(*inputs)), rel=1e-12, abs=1e-14)
    assert leaves == pytest.approx(np.array([leaf.data for leaf in program.leaves]), rel=1e-12, abs=1e-14)


@pytest.fixture
def network():
    """The tutorial's network and its loss."""
    model = MLP([2, 2, 1], hidden="sigmoid", output="sigmoid", seed=0)
    return model, half_sum_of_squares([model(x) for x in X], TARGETS)


def test_the_gradient_of_the_tutorials_network_reads_as_the_tutorial_does(network):
    model, loss = network
    program = Program(outputs=[loss, *gradients(loss, model.parameters())])
    assert formulas(program) == TUTORIAL
    check(program)


def test_a_step_of_training_adds_the_updates(network):
    model, loss = network
    program = Program(outputs=[loss], updates=SGD(model.parameters(), 0.1).updates(loss))
    names = ("W1", "b1", "W2", "b2")
    assert formulas(program) != TUTORIAL
    assert [line for line in formulas(program) if not line.startswith("new")] == TUTORIAL
    assert {*formulas(program)} - {*TUTORIAL} == {f"new_{name} = {name} - 0.1 * d{name}" for name in names}
    check(program)
