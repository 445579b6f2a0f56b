"""Programs as formulas of NumPy: derived from the graph, run, and compared with the engine."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.random_loops import NUMBERS, SHAPES, STEPS, attention, flat, parts_of

from engine import Program, Value, exp, gradients, relu, sin, tanh
from engine.programs.matrices.text import Matrices
from engine.programs.nests import nested
from engine.programs.rolling import roll
from engine.programs.tape import record, replay
from nn import MLP, SGD, Adam, cross_entropy, half_sum_of_squares, mean_squared_error


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


def check(inputs, outputs, updates=(), rel=1e-12):
    """Assert that the text computes what the recorded operations do, and return its formulas."""
    tape, leaves = record(inputs, outputs, updates)
    numbers = [leaf.data for leaf in (*inputs, *leaves)]
    expected, after = replay(tape, numbers)
    matrices = Matrices(nested(roll(tape)))
    space = {"numbers": np.array(numbers)}
    with np.errstate(all="ignore"):
        exec(str(matrices), space)
    assert space.get("outputs", np.empty(0)) == pytest.approx(np.array(expected), rel=rel, abs=rel)
    assert space["numbers"][len(inputs) :][: len(after)] == pytest.approx(np.array(after), rel=rel, abs=rel)
    return [f"{line.name} = {line.text}" for line in matrices.lines]


@pytest.fixture
def network():
    """The tutorial's network and its loss."""
    model = MLP([2, 2, 1], hidden="sigmoid", output="sigmoid", seed=0)
    return model, half_sum_of_squares([model(x) for x in X], TARGETS)


def test_the_gradient_of_the_tutorials_network_reads_as_the_tutorial_does(network):
    model, loss = network
    slopes = gradients(loss, model.parameters())
    assert check([], [loss, *slopes]) == TUTORIAL
    lines = Program(outputs=[loss, *slopes]).matrices.lines
    assert [f"{line.name} = {line.text}" for line in lines] == TUTORIAL
    assert [line.shape for line in lines[:6]] == [(4, 2), (4, 2), (4, 1), (4, 1), (4, 1), ()]
    assert lines[8].element == "dW1[0, 0] = " + " + ".join(f"X[{n}, 0] * delta1[{n}, 0]" for n in range(4))


def test_a_step_of_training_adds_the_updates(network):
    model, loss = network
    formulas = check([], [loss], SGD(model.parameters(), 0.1).updates(loss))
    assert formulas == TUTORIAL + [f"new_{name} = {name} - 0.1 * d{name}" for name in ("W1", "b1", "W2", "b2")]


def matrix(source, rows, columns):
    """Values in rows and columns."""
    return [[Value(source.uniform(-1, 1)) for _ in range(columns)] for _ in range(rows)]


def deep():
    """A batch of five through two hidden layers."""
    source, model = random.Random(0), MLP([2, 4, 4, 1], hidden="tanh", output="linear", seed=0)
    rows, (targets,) = matrix(source, 5, 2), matrix(source, 1, 5)
    loss = mean_squared_error([model(row) for row in rows], targets)
    return flat([rows]) + targets, [loss, *gradients(loss, model.parameters())]


def one_row():
    """One row: no matrix but those of the weights."""
    model, (row,) = MLP([3, 4, 2], hidden="tanh", output="linear", seed=0), matrix(random.Random(1), 1, 3)
    loss = half_sum_of_squares(model(row), [0.1, 0.2])
    return row, [loss, *gradients(loss, model.parameters())]


def linear_regression():
    """One layer of one neuron on many rows."""
    source = random.Random(2)
    rows, (weights, targets), bias = matrix(source, 6, 6), matrix(source, 2, 6), Value(0.5)
    predictions = [sum(w * x for w, x in zip(weights, row, strict=True)) + bias for row in rows]
    loss = sum((p - t) * (p - t) for p, t in zip(predictions, targets, strict=True))
    return flat([rows]) + targets, [loss, *gradients(loss, [*weights, bias])]


def convolution():
    """A kernel that slides over a signal."""
    (signal,), (kernel,) = matrix(random.Random(3), 1, 10), matrix(random.Random(4), 1, 3)
    results = [relu(sum(signal[i + j] * kernel[j] for j in range(3))) for i in range(8)]
    return signal, gradients(sum(r * r for r in results), kernel)


def one_head():
    """Queries, keys and values of five tokens."""
    source = random.Random(5)
    given = [matrix(source, 5, 4) for _ in range(3)]
    return flat(given), attention(*given)


def first_apart():
    """A sum over samples that begins with the first, each with a sum of its own."""
    (numbers, targets) = matrix(random.Random(8), 2, 6)
    losses = [sum((tanh(x) - y) * (tanh(x) - y) for x, y in [pair]) for pair in zip(numbers, targets, strict=True)]
    loss = sum(losses[1:], losses[0])
    return numbers + targets, [loss, *gradients(loss, numbers)]


def shuffled():
    """Products of pairs that follow no rule."""
    rows = matrix(random.Random(9), 2, 8)
    places = [3, 0, 7, 1, 6, 2, 5, 4]
    return rows[0] + rows[1], [tanh(x) * rows[1][place] for x, place in zip(rows[0], places, strict=True)]


def shifted():
    """Leaves that move on by three places, of which the first are new: no array is read after it has changed."""
    (numbers,) = matrix(random.Random(10), 1, 9)
    return [], [], list(zip(numbers, [tanh(x) for x in numbers[:3]] + numbers[:6], strict=True))


def crossing():
    """A convolution, the first of whose numbers is given, the others are leaves."""
    a, b = matrix(random.Random(11), 2, 3)
    sums = [sum(a[place - back] * b[back] for back in range(place + 1)) for place in range(3)]
    return a[:1], [*sums, sum(a)]


def alone():
    """Nothing that is there twice."""
    a, b = Value(2.0, "a"), Value(3.0, "b")
    return [a, b], [sin(a * b) + a]


GRAPHS = {
    deep: """
        delta3 = 0.4 * error
        delta2 = (delta3 @ W3.T) * (1 - A2 ** 2)
        delta1 = (delta2 @ W2.T) * (1 - A1 ** 2)
        dW2 = A1.T @ delta2
        db3 = delta3.sum(axis=0)
    """,
    one_row: """
        z1 = W1 @ x + b1
        a1 = np.tanh(z1)
        z2 = W2 @ a1 + b2
        delta1 = (W2.T @ error) * (1 - a1 ** 2)
        dW1 = np.outer(delta1, x)
        dW2 = np.outer(error, a1)
    """,
    linear_regression: """
        z1 = X @ W1 + b1
        error = z1 - y
        loss = (error * error).sum()
        delta1 = 2 * error
        dW1 = X.T @ delta1
        db1 = delta1.sum()
    """,
    convolution: """
        h1 = p1[np.arange(8)[:, None] + np.arange(3)] @ p2
        g2 = p1[np.arange(3)[:, None] + np.arange(8)] @ g1
    """,
    one_head: """
        Z1 = X @ W1
        H1 = np.exp(Z1)
        h2 = H1.sum(axis=1)
        A1 = H1 / h2[:, None]
        Z2 = A1 @ W2
    """,
    first_apart: "loss = (h2 * h2).sum()",
    shuffled: "h1 = np.tanh(p1) * p2[c1]",
    shifted: "h1 = np.tanh(p1)",
    crossing: "h1 = x + p1_2.sum()",
    alone: "loss = np.sin(a * b) + a",
}


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.__name__)
def test_graphs_of_all_kinds_are_formulas(graph):
    formulas = check(*graph())
    wanted = [line.strip() for line in GRAPHS[graph].strip().splitlines()]
    assert [line for line in formulas if line in wanted] == wanted


def test_what_stays_a_number_is_said_and_why():
    text = str(Program(*alone()).matrices)
    assert "loss = np.sin(a * b) + a                  # a number: nothing is like it" in text
    assert text.startswith("import numpy as np\n\n# The numbers of 2 inputs, then of 0 leaves.\na = numbers[0]\n")
    assert "\n# Elements that are chosen one by one, for they follow no rule:\n" in str(Program(*shuffled()).matrices)


@pytest.mark.parametrize("targets", [[0, 2, 1, 1, 0], [[0.2, 0.3, 0.5]] * 5], ids=["classes", "probabilities"])
def test_a_text_with_functions_and_tables_computes_the_same(targets):
    model, rows = MLP([4, 6, 3], hidden="relu", seed=0), matrix(random.Random(6), 5, 4)
    loss = cross_entropy([model(row) for row in rows], targets)
    check([], [loss], Adam(model.parameters()).updates(loss))


def test_leaves_move_on_to_others_before_they_get_new_numbers():
    given, *leaves = (Value(0.1 * place) for place in range(8))
    check([given], [], list(zip(leaves, [given, given, *leaves], strict=False)))


def test_gradients_of_gradients_come_after_what_they_need():
    (weights,) = matrix(random.Random(7), 1, 5)
    loss = sum(sin(w) * w for w in weights)
    penalty = sum(slope * slope for slope in gradients(loss, weights))
    check(weights, [penalty, *gradients(penalty, weights)])


@settings(max_examples=60)
@given(SHAPES, st.lists(STEPS, min_size=1, max_size=5), st.lists(NUMBERS, min_size=5, max_size=20), st.integers(0, 3))
def test_the_text_of_random_loops_computes_the_same(shapes, steps, numbers, kind):
    steps = [step for step in steps if step[0] != "nan"]
    check(*parts_of(shapes, steps, numbers, kind), rel=1e-8)
