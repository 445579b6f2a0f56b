"""Our solutions of exercises 15 to 28 against nn, finite differences, closed forms and brute force."""

# ruff: noqa: N806 - a matrix has a capital letter, as in every textbook

import random
import runpy
import sys
from math import cos, sin
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import engine
import nn

MODEL = Path("examples/lessons/exercises/engine")
XS, YS = [[0.5, -1.0], [2.0, 0.25], [-0.5, 1.5]], [1.0, -1.0, 0.5]


def module(name):
    return SimpleNamespace(**runpy.run_path(str(MODEL / f"{name}.py")))


@pytest.fixture(params=["theirs", "engine's"])
def network(request, monkeypatch):
    """The module over either Value."""
    value = module("value") if request.param == "theirs" else engine
    monkeypatch.setitem(sys.modules, "value", value)
    return module("network")


def twin(model, sizes):
    """nn's network with the same numbers, in which a layer's matrix has a column for each neuron."""
    twin = nn.MLP(sizes, hidden="tanh", output="tanh")
    for mine, theirs in zip(twin.parameters(), model.parameters(), strict=True):
        mine.data = theirs.data
    return twin


def numbers(values):
    return [value.data for value in values]


@pytest.mark.parametrize("sizes", [[2, 1], [2, 3, 2], [2, 2, 4, 1]])
def test_the_answers_and_the_parameters_are_those_of_nn(network, sizes):
    model = network.MLP(sizes, random.Random(1))
    copy = twin(model, sizes)
    for x in XS:
        expected = copy(x)
        assert numbers(model(x)) == pytest.approx(numbers(expected if sizes[-1] > 1 else [expected]), rel=1e-12)


def test_the_loss_and_its_gradient_are_those_of_nn(network):
    model = network.MLP([2, 3, 1], random.Random(2))
    copy = twin(model, [2, 3, 1])
    loss, expected = (
        network.mean_squared_error([model(x)[0] for x in XS], YS),
        nn.mean_squared_error([copy(x) for x in XS], YS),
    )
    loss.backward()
    expected.backward()
    assert loss.data == pytest.approx(expected.data, rel=1e-12)
    assert [p.grad for p in model.parameters()] == pytest.approx([p.grad for p in copy.parameters()], rel=1e-10)


def test_training_goes_the_way_of_nn(network):
    model = network.MLP([2, 3, 1], random.Random(3))
    copy = twin(model, [2, 3, 1])
    losses = network.train(model, XS, YS, 0.1, 20)
    history = nn.train(copy, XS, YS, epochs=20, optimizer=nn.SGD(copy.parameters(), 0.1), loss=nn.mean_squared_error)
    assert losses == pytest.approx(list(history.losses)[:20], rel=1e-9)
    assert numbers(model.parameters()) == pytest.approx(numbers(copy.parameters()), rel=1e-9)
    assert {p.grad for p in model.parameters()} == {0.0}


@pytest.mark.parametrize("seed", range(3))
def test_the_network_learns_xor(network, seed):
    model = network.MLP([2, 3, 1], random.Random(seed))
    losses = network.train(model, [[0, 0], [0, 1], [1, 0], [1, 1]], [-1, 1, 1, -1], 0.3, 200)
    assert losses[-1] < 0.02


def test_the_gradients_of_matrices_are_differences_of_the_loss():
    matrices, draw = module("matrices"), np.random.default_rng(4)
    A, Y = draw.normal(size=(5, 3)), draw.uniform(size=(5, 2))
    W1, b1, W2, b2 = (draw.normal(size=shape) for shape in [(3, 4), (1, 4), (4, 2), (1, 2)])

    def loss():
        answers = 1 / (1 + np.exp(-(1 / (1 + np.exp(-(A @ W1 + b1))) @ W2 + b2)))
        return np.sum((answers - Y) ** 2) / 2

    _, A1, _, A2 = matrices.forward(A, W1, b1, W2, b2)
    delta2 = matrices.output_delta(A2, Y)
    delta1 = matrices.hidden_delta(delta2, W2, A1)
    gradients = [matrices.weight_gradient(A, delta1), matrices.bias_gradient(delta1)]
    gradients += [matrices.weight_gradient(A1, delta2), matrices.bias_gradient(delta2)]
    for parameter, gradient in zip([W1, b1, W2, b2], gradients, strict=True):
        assert gradient == pytest.approx(differences(loss, parameter), abs=1e-8)


def differences(loss, array):
    """The central difference of the loss by each entry, in the shape of the array."""
    slopes = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        middle = array[place]
        array[place] = middle + 1e-5
        above = loss()
        array[place] = middle - 1e-5
        slopes[place] = (above - loss()) / 2e-5
        array[place] = middle
    return slopes


@pytest.mark.parametrize(
    ("f", "first", "second"),
    [
        (lambda d, x: 3.0, 0.0, 0.0),
        (lambda d, x: 2 - x, -1.0, 0.0),
        (lambda d, x: x * x * x - 5 * x - 1, 3 * 0.7**2 - 5, 6 * 0.7),
        (lambda d, x: x * d.sin(x), sin(0.7) + 0.7 * cos(0.7), 2 * cos(0.7) - 0.7 * sin(0.7)),
        (lambda d, x: d.cos(x * x), -1.4 * sin(0.49), -2 * sin(0.49) - 1.96 * cos(0.49)),
    ],
    ids=["constant", "line", "cubic", "sine", "cosine of a square"],
)
def test_derivatives_are_closed_forms(f, first, second):
    beyond = module("beyond")
    assert beyond.derivative(lambda x: f(beyond, x), 0.7) == pytest.approx(first, rel=1e-12)
    assert beyond.second_derivative(lambda x: f(beyond, x), 0.7) == pytest.approx(second, rel=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_live_code_is_what_the_outputs_reach(seed):
    draw, tape, reached = random.Random(seed), [], {"x": set(), "y": set()}
    for number in range(12):
        name, operands = f"t{number}", draw.choices(list(reached), k=draw.randint(1, 2))
        tape.append((name, "sin*"[len(operands) - 1], tuple(operands)))
        reached[name] = {name}.union(*(reached[operand] for operand in operands))
    outputs = draw.sample(list(reached), 2)
    live = set().union(*(reached[output] for output in outputs))
    assert module("beyond").live_code(list(tape), outputs) == [line for line in tape if line[0] in live]
