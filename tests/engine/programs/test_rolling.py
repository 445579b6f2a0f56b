"""Loops in graphs: what is found means what was recorded, to the last bit, and is what a person would write."""

import inspect
import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.program_checks import BACKENDS, program, same_bits
from support.random_loops import NUMBERS, OPERATIONS, SHAPES, STEPS, attention, flat, parts_of

import engine
from engine import Value, gradients
from engine.graph import walk
from engine.programs.plan import Plan
from engine.programs.python_backend import PythonBackend
from engine.programs.tape import record, replay
from nn import MLP, SGD, Adam


def check(tape, numbers):
    """Assert that the loops, as Python, give what the operations do, one after the other; return the nests."""
    chosen = Plan(tape)
    chosen.is_long = True
    found, expected = PythonBackend(chosen, []).run(*numbers), replay(tape, numbers)
    assert same_bits(found[0], expected[0])
    assert same_bits(found[1], expected[1])
    return chosen.nests


def check_steps(shapes, steps, numbers, kind):
    """Check a program of random loops, at the numbers of its leaves and at others."""
    inputs, outputs, updates = parts_of(shapes, steps, numbers, kind)
    tape, read = record(inputs, outputs, updates)
    recorded = [leaf.data for leaf in (*inputs, *read)]
    assert same_bits(replay(tape, recorded)[0], [output.data for output in outputs])
    check(tape, recorded)
    check(tape, [0.5 - number for number in recorded])


@pytest.mark.parametrize("name", OPERATIONS)
def test_loops_mean_what_was_recorded(name):
    for kind, number in ((0, 1), (1, 2), (2, 3)):
        check_steps([(3, 4), (4, 3)], [(name, 1, 0, number), (name, 0, 1, number)], [0.5, -0.0, 1.5, -0.7, 0.0], kind)


@pytest.mark.slow
@settings(max_examples=200)
@given(SHAPES, st.lists(STEPS, min_size=1, max_size=8), st.lists(NUMBERS, min_size=5, max_size=20), st.integers(0, 3))
def test_random_loops_mean_what_was_recorded(shapes, steps, numbers, kind):
    check_steps(shapes, steps, numbers, kind)


# --- Networks by anyone's hand ----------------------------------------------------------------------------------------


def matrix(rows, columns):
    """Leaves."""
    return [[Value(0.5) for _ in range(columns)] for _ in range(rows)]


def vector(size):
    """Leaves."""
    return matrix(1, size)[0]


def loops(outputs, inputs=(), updates=()):
    """The nests of a program, checked: the loops of each, then those over the terms of its sum."""
    tape, leaves = record(inputs, outputs, updates)
    draw = random.Random(1)
    nests = check(tape, [draw.uniform(0.1, 1.0) for _ in (*inputs, *leaves)])
    inner = [[terms.dims for one in nest.sums for terms in one.terms if terms.dims] for nest in nests.nests]
    return [(nest.dims, *sums) for nest, sums in zip(nests.nests, inner, strict=True)]


def of_nn(x):
    return MLP([len(x), 5, 2], hidden="tanh", output="tanh", seed=0)(x)


def of_micrograd(x):
    """Its own Neuron, Layer and MLP, as they are, on our Value."""
    names = {}
    exec(inspect.getsource(pytest.importorskip("micrograd.nn")).replace("micrograd.engine", "engine"), names)
    return names["MLP"](len(x), [5, 2])(x)


def of_lists(x):
    for rows, biases in ((matrix(5, len(x)), vector(5)), (matrix(2, 5), vector(2))):
        sums = [sum(w * v for w, v in zip(row, x, strict=True)) for row in rows]
        x = [engine.tanh(total + b) for total, b in zip(sums, biases, strict=True)]
    return x


def of_matmul(x):
    for rows, biases in ((matrix(5, len(x)), vector(5)), (matrix(2, 5), vector(2))):
        x = np.tanh(np.array(rows) @ np.array(x) + np.array(biases))
    return list(x)


def of_dot(x):
    for columns, biases in ((matrix(len(x), 5), vector(5)), (matrix(5, 2), vector(2))):
        x = np.tanh(np.dot(np.array(x), np.array(columns)) + np.array(biases))
    return list(x)


def of_additions(x):
    for columns, totals in ((matrix(len(x), 5), vector(5)), (matrix(5, 2), vector(2))):
        for v, row in zip(x, columns, strict=True):
            totals = [total + v * w for total, w in zip(totals, row, strict=True)]
        x = [total.tanh() for total in totals]
    return x


by_anyone = pytest.mark.parametrize("network", [of_nn, of_micrograd, of_lists, of_matmul, of_dot, of_additions])


@by_anyone
def test_a_layer_is_a_nest(network):
    x = vector(3)
    assert loops(network(x), x) == [((5,), (3,)), ((2,), (5,))]


@by_anyone
def test_the_gradient_of_a_layer_is_an_outer_product(network):
    """Backwards come sums over the outputs, one for each hidden neuron, and two outer products."""
    x = vector(3)
    outputs = network(x)
    weights = [leaf for leaf in walk(*outputs)[0] if leaf not in x]
    forwards, backwards = [((5,), (3,)), ((2,), (5,))], [((2, 5),), ((5,), (2,)), ((5, 3),)]
    found = loops(gradients(sum(y * y for y in outputs), weights), x)
    assert found[:2] == forwards
    assert sorted(found[2:]) == sorted(backwards)


def loss_of(sizes, rows):
    """The loss of a network on some rows, its parameters, and the inputs."""
    model = MLP(sizes, hidden="tanh", output="linear", seed=0)
    inputs, targets = matrix(rows, sizes[0]), matrix(rows, sizes[-1])
    answers = [model(row) if sizes[-1] > 1 else [model(row)] for row in inputs]
    errors = [a - b for row in zip(answers, targets, strict=True) for a, b in zip(*row, strict=True)]
    return sum(e * e for e in errors), list(model.parameters()), flat([inputs, targets])


@pytest.mark.parametrize("rows", [3, 8])
@pytest.mark.parametrize("sizes", [[2, 3, 1], [4, 7, 1], [3, 5, 4]])
def test_a_batch_is_a_loop_over_its_rows(sizes, rows):
    loss, parameters, inputs = loss_of(sizes, rows)
    (n, h, m), found = sizes, loops([loss, *gradients(loss, parameters)], inputs)
    assert ((rows, h), (n,)) in found
    assert ((rows, m) if m > 1 else (rows,), (h,)) in found
    assert ((h, n), (rows,)) in found  # X.T @ delta
    assert ((m, h) if m > 1 else (h,), (rows,)) in found
    assert len(found) <= 9


@pytest.mark.parametrize("rows", [1, 4])
@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_the_number_of_loops_does_not_grow_with_the_network(optimizer, rows):
    counts = set()
    for sizes in ([2, 4, 3, 2], [5, 9, 8, 4]):
        loss, parameters, inputs = loss_of(sizes, rows)
        loss = loss + 0.01 * sum(p * p for p in parameters)
        counts.add(len(loops([loss], inputs, optimizer(parameters, 0.1).updates(loss))))
    assert len(counts) == 1
    assert counts.pop() <= 20


def of_signal():
    """A convolution of a row, and one of an image."""
    signal, kernel, image, square = vector(10), vector(3), matrix(6, 7), matrix(2, 3)
    row = [sum(signal[i + k] * kernel[k] for k in range(3)) for i in range(8)]
    area = [
        sum(image[i + p][j + q] * square[p][q] for p in range(2) for q in range(3)) for i in range(5) for j in range(5)
    ]
    return [*signal, *flat([image])], row, area, kernel, flat([square])


def test_convolutions_and_the_gradients_of_their_kernels():
    inputs, row, area, kernel, square = of_signal()
    assert loops(row, inputs) == [((8,), (3,))]
    assert loops(area, inputs) == [((5, 5), (2, 3))]
    assert loops(gradients(sum(map(engine.tanh, row)), kernel), inputs)[-1] == ((3,), (8,))
    assert loops(gradients(sum(map(engine.tanh, area)), square), inputs)[-1] == ((2, 3), (5, 5))


def test_leaves_that_are_met_in_turn_lie_together():
    """The factors of a product are met in turn: a, b, a, b, …; here those of matrices, for each of four pairs."""
    left, right = ([matrix(*shape) for _ in range(4)] for shape in ((2, 3), (3, 5)))
    products = [
        sum(a[i][j] * b[j][k] for j in range(3))
        for a, b in zip(left, right, strict=True)
        for i in range(2)
        for k in range(5)
    ]
    assert loops(products) == [((4, 2, 5), (3,))]


@pytest.mark.parametrize("is_causal", [False, True])
def test_attention_has_as_many_loops_for_every_length(is_causal):
    """Scores, totals, weights and results: where sums grow with the position, too. In a gradient, the first position,
    whose sums are of one term, may stand alone.
    """
    counts = []
    for length in (5, 6, 8):
        given = [matrix(length, 3) for _ in range(3)]
        results = attention(*given, is_causal)
        slopes = gradients(sum(x * x for x in results), flat(given))
        counts.append((len(loops(results)), len(loops([*results, *slopes]))))
    assert counts[0][0] <= 4
    assert counts[0][1] <= (15 if is_causal else 12)
    assert len(set(counts)) == 1


@pytest.mark.parametrize(
    "lengths", [[1, 2, 3, 4], [4, 3, 2], [2, 2, 3, 4, 4], [1, 9], [3, 4], [1, 1, 1, 2, 9], [9, 8, 7, 1, 1, 1, 1, 1, 1]]
)
def test_what_a_short_sum_lacks_changes_no_bit(lengths):
    """A zero keeps its sign, and what fails or is infinite beside the last term is not touched."""
    x, y, z = matrix(len(lengths), 9), matrix(len(lengths), 9), vector(9)
    terms = [
        lambda i, k: x[i][k] * y[i][k],
        lambda i, k: x[i][k] * z[k],
        lambda i, k: x[i][k] / y[i][k],
        lambda i, k: engine.log(x[i][k]),
        lambda i, k: x[i][k],
    ]
    sums = []
    for term in terms:
        for i, length in enumerate(lengths):
            total = term(i, 0)
            for k in range(1, length):
                total = total + term(i, k)
            sums.append(total)
    tape, leaves = record(flat([x, y]), sums, ())
    numbers = [1.0] * len(tape.input_labels) + [-0.0] * len(leaves)
    numbers = dict(zip([*flat([x, y]), *leaves], numbers, strict=True))
    for i, length in enumerate(lengths):
        for k in range(length, 9):
            numbers[x[i][k]], numbers[y[i][k]] = -1.0, 0.0
    check(tape, list(numbers.values()))


def test_connections_without_a_rule_are_one_loop_with_tables():
    draw = random.Random(0)
    x = vector(40)
    sums = [sum(Value(0.5) * x[i] for i in draw.sample(range(40), 7)) for _ in range(30)]
    assert loops(sums, x) == [((30,), (7,))]


def test_rows_that_are_picked_without_a_rule_are_loops_all_the_same():
    """As of embeddings: the outermost loop follows no rule, the one inside it does; what comes next has both."""
    rows, biases = matrix(9, 4), vector(4)
    picked = [[engine.tanh(w * b) for w, b in zip(rows[t], biases, strict=True)] for t in (3, 1, 4, 7, 5)]
    assert loops(flat([picked]), flat([rows])) == [((5, 4),)]
    assert loops([sum(x * x for x in row) for row in picked], flat([rows]))[-1] == ((5,), (4,))


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["chain", "sum", "fan", "running", "bodies"])
def test_any_shape_of_a_large_graph(shape):
    """No recursion, and no step that grows faster than the graph; the numbers are those of the tape."""
    x, size = Value(0.5), 8_000
    outputs = [x]
    if shape == "chain":
        for index in range(size):
            outputs = [engine.sin(outputs[0]) if index % 3 else outputs[0] * x]
    elif shape == "bodies":
        for _ in range(size // 100):
            outputs = [engine.tanh(outputs[0]) + sum(outputs[0] * Value(0.1) for _ in range(50))]
    elif shape == "sum":
        outputs = [sum(Value(0.5) for _ in range(size))]
    elif shape == "fan":
        outputs = [x * float(index) for index in range(size)]
    else:
        outputs = list(itertools.accumulate(Value(0.5) for _ in range(size)))
    tape, leaves = record([], outputs, [])
    check(tape, [leaf.data for leaf in leaves])


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_a_round_takes_from_another_round_is_computed_before(backend):
    """A square and its transpose: loops of the same size, but each entry needs that of another round."""
    entries = [[engine.tanh(Value(0.1 * (3 * i + j) - 0.4)) for j in range(3)] for i in range(3)]
    outputs = [entries[i][j] * entries[j][i] + entries[i][j] for i in range(3) for j in range(3)]
    assert program(backend, outputs=outputs)() == tuple([output.data for output in outputs])
