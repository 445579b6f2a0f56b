"""The matrix reference against closed forms, finite differences, plain loops and what is published of it."""

import math
import re

import numpy as np
import pytest

from examples import tutorial as command
from examples.matrices import survey, tutorial
from examples.matrices.tutorial import X, y


def test_the_weights_are_those_of_the_seeded_global_generator_which_is_left_alone():
    np.random.seed(7)
    network = tutorial.initialize_network(3, 5, 2, seed=7)
    assert np.array_equal(network["W1"], np.random.randn(3, 5))
    assert np.array_equal(network["W2"], np.random.randn(5, 2))
    assert [matrix.shape for matrix in network.values()] == [(3, 5), (1, 5), (5, 2), (1, 2)]
    assert not network["b1"].any()
    assert not network["b2"].any()
    well_known = [[0.49671415, -0.1382643], [0.64768854, 1.52302986]]
    np.testing.assert_allclose(tutorial.initialize_network(2, 2, 1)["W1"], well_known, atol=5e-9)


def test_the_sigmoid_and_its_derivative_which_takes_the_activation():
    points = np.array([0.0, math.log(3.0), -math.log(3.0), 40.0])
    np.testing.assert_allclose(tutorial.sigmoid(points), [0.5, 0.75, 0.25, 1.0], rtol=1e-15)
    z = np.linspace(-6.0, 6.0, 49)
    analytic = 1.0 / (4.0 * np.cosh(z / 2.0) ** 2)
    np.testing.assert_allclose(tutorial.sigmoid_derivative(tutorial.sigmoid(z)), analytic, rtol=1e-13)
    assert np.max(np.abs(tutorial.sigmoid_derivative(z) - analytic)) > 1.0


@pytest.mark.parametrize(("samples", "inputs", "hidden", "outputs"), [(4, 2, 2, 1), (5, 3, 4, 2), (1, 1, 1, 1)])
def test_the_gradients_are_minus_half_n_times_those_of_the_loss(samples, inputs, hidden, outputs):
    random = np.random.default_rng(samples)
    network = tutorial.initialize_network(inputs, hidden, outputs, seed=samples)
    network["b1"] += random.normal(size=(1, hidden))
    network["b2"] += random.normal(size=(1, outputs))
    x, targets = random.normal(size=(samples, inputs)), random.random((samples, outputs))
    answers, cache = tutorial.forward_propagation(network, x)
    assert answers.shape == targets.shape
    assert cache[-1] is answers
    gradients = tutorial.backward_propagation(network, cache, x, targets)
    assert set(gradients) == {"dW1", "db1", "dW2", "db2"}
    for name, matrix in network.items():
        assert gradients[f"d{name}"].shape == matrix.shape
        expected = -targets.size / 2 * finite_differences(network, name, x, targets)
        np.testing.assert_allclose(gradients[f"d{name}"], expected, rtol=1e-6, atol=1e-9)


def finite_differences(network, name, inputs, targets):
    """dMSE/dW by central differences of compute_loss."""
    slopes = np.empty_like(network[name])
    for place in np.ndindex(slopes.shape):
        losses = []
        for step in (1e-5, -1e-5):
            moved = {key: matrix.copy() for key, matrix in network.items()}
            moved[name][place] += step
            losses.append(tutorial.compute_loss(targets, tutorial.predict(moved, inputs)))
        slopes[place] = (losses[0] - losses[1]) / 2e-5
    return slopes


def test_update_parameters_adds_in_place():
    network = tutorial.initialize_network(2, 3, 1)
    matrices, before = list(network.values()), [matrix.copy() for matrix in network.values()]
    gradients = {f"d{name}": np.full(matrix.shape, 4.0) for name, matrix in network.items()}
    assert tutorial.update_parameters(network, gradients, 0.25) is network
    for now, matrix, old in zip(network.values(), matrices, before, strict=True):
        assert now is matrix
        assert np.array_equal(now, old + 1.0)


@pytest.mark.slow
def test_run_as_published_it_does_not_learn_xor_and_printing_can_be_turned_off(capsys):
    network = tutorial.train_network(X, y, 2, 2, 1, 10_000, 0.1)
    answers = tutorial.predict(network, X)
    assert round(float(tutorial.compute_loss(y, answers)), 4) == 0.1282
    assert answers[:, 0].round(2).tolist() == [0.05, 0.5, 0.95, 0.5]
    printed = re.findall(r"^Epoch (\d+), Loss: (.*)$", capsys.readouterr().out, flags=re.MULTILINE)
    assert [int(epoch) for epoch, _ in printed] == list(range(0, 10_000, 100))
    start = tutorial.compute_loss(y, tutorial.predict(tutorial.initialize_network(2, 2, 1), X))
    assert printed[0] == ("0", str(start))
    tutorial.train_network(X, y, 2, 2, 1, 9, 0.1, print_every=0)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("inputs", "targets", "message"),
    [
        (X, y[:, 0], r"y must be an array of shape \(4, 1\).*shape \(4,\)"),
        (X, y[:3], r"y must be an array of shape \(4, 1\).*shape \(3, 1\)"),
        (X[:, :1], y, r"X must be an array of shape \(4, 2\).*shape \(4, 1\)"),
        (X.tolist(), y, r"X must be an array of shape \(4, 2\).*type list"),
    ],
)
def test_data_that_numpy_would_broadcast_or_choke_on_is_refused(inputs, targets, message):
    with pytest.raises(ValueError, match=message):
        tutorial.train_network(inputs, targets, 2, 2, 1, 1, 0.1)


@pytest.mark.parametrize("hidden", [1, 2, 5])
def test_a_stack_of_networks_gets_the_bits_of_each_alone(hidden):
    stack = survey.train_together(range(6), hidden, epochs=300)
    for seed in range(6):
        alone = tutorial.train_network(X, y, 2, hidden, 1, 300, 0.1, seed=seed, print_every=0)
        for name, matrix in alone.items():
            assert np.array_equal(stack[name][seed], matrix)


def test_right_answers_are_counted_on_the_side_of_their_target():
    solved = {"W1": [[20, -20], [20, -20]], "b1": [[-10, 30]], "W2": [[20], [20]], "b2": [[-30]]}
    undecided = {name: np.zeros_like(matrix) for name, matrix in solved.items()}
    networks = [solved, undecided, {**undecided, "b2": [[5]]}, {**solved, "W2": [[-20], [-20]], "b2": [[30]]}]
    stack = {name: np.array([network[name] for network in networks], dtype=float) for name in solved}
    assert survey.right_answers(stack).tolist() == [4, 0, 2, 0]


def test_the_program_prints_the_run_and_judges_it(capsys):
    command.main(["--seed", "3", "--hidden", "4", "--epochs", "150"])
    output = capsys.readouterr().out
    network = tutorial.train_network(X, y, 2, 4, 1, 150, 0.1, seed=3, print_every=0)
    answers = tutorial.predict(network, X)
    assert re.findall(r"Epoch (\d+), Loss", output) == ["0", "100"]
    assert f"Predictions: \n{answers}" in output
    assert f"the loss is {tutorial.compute_loss(y, answers):.4f}" in output
    judged = re.findall(r"(\d) xor (\d) = (\d) +answered ([\d.]+) +(right|wrong)", output)
    assert len(judged) == 4
    for a, b, target, answer, verdict in judged:
        assert int(target) == int(a) ^ int(b)
        assert float(answer) == pytest.approx(answers[2 * int(a) + int(b), 0], abs=0.005)
        assert (verdict == "right") == (round(answers[2 * int(a) + int(b), 0]) == int(target))
