"""The comparison of matrices and scalars: its pieces as data, against derivations of their own, and its report."""

import math
import re
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import numpy as np
import pytest

from examples import compare
from examples.matrices import comparison, tutorial
from examples.matrices.comparison import Checkpoint, Pair, train_both
from examples.matrices.tutorial import X, y


def published(hidden=2, seed=42):
    """The tutorial's initial network; with biases that are not zero, for what zeros would hide."""
    network = tutorial.initialize_network(2, hidden, 1, seed)
    network["b1"] += np.linspace(-0.5, 0.5, hidden)
    network["b2"] += 0.25
    return network


def names_of_gradients(hidden):
    """The names of all entries, in the order of the tutorial's dictionary."""
    shapes = {"W1": (2, hidden), "b1": (1, hidden), "W2": (hidden, 1), "b2": (1, 1)}
    return [f"d{name}[{i}, {j}]" for name, shape in shapes.items() for i, j in np.ndindex(shape)]


def test_a_pair_measures_its_difference_in_gaps_between_doubles():
    neighbours = (1.0, math.nextafter(1.0, 2.0)), (-(2.0**-10), -math.nextafter(2.0**-10, 1.0))
    assert Pair("w", *neighbours[0]).difference == 2.0**-52
    assert [Pair("w", a, b).ulps for a, b in (*neighbours, (-3.0, -3.0), (0.0, 0.0))] == [1.0, 1.0, 0.0, 0.0]
    assert comparison.farthest_apart([Pair("a", 1.0, 1.5), Pair("b", -2.0, 2.0), Pair("c", 0.0, 0.0)]).name == "b"


@pytest.mark.parametrize("hidden", [1, 2, 7])
@pytest.mark.parametrize("seed", range(5))
def test_every_network_has_the_same_gradient_both_ways(hidden, seed):
    network = published(hidden, seed)
    for pairs in (comparison.compare_gradients(network), comparison.run_unmodified(network)[1]):
        assert [pair.name for pair in pairs] == names_of_gradients(hidden)
        assert comparison.farthest_apart(pairs).difference <= 1e-15
    assert max(pair.ulps for pair in comparison.compare_gradients(tutorial.initialize_network(2, 2, 1))) <= 16


FORMULAS = {
    "Z1 = X @ W1 + b1": "z1 = np.dot(X, W1) + b1",
    "A1 = 1 / (1 + np.exp(-Z1))": "a1 = sigmoid(z1)",
    "Z2 = A1 @ W2 + b2": "z2 = np.dot(a1, W2) + b2",
    "A2 = 1 / (1 + np.exp(-Z2))": "a2 = sigmoid(z2)",
    "error = y - A2": "output_error = y - a2",
    "loss = 0.25 * (error ** 2).sum()": "loss = np.mean((y_true - y_pred) ** 2)",
    "delta2 = -0.5 * A2 * (1 - A2) * error": "output_delta = output_error * sigmoid_derivative(a2)",
    "delta1 = (delta2 @ W2.T) * A1 * (1 - A1)": "hidden_error = np.dot(output_delta, W2.T)\n"
    "hidden_delta = hidden_error * sigmoid_derivative(a1)",
    "dW1 = X.T @ delta1": "dW1 = np.dot(X.T, hidden_delta)",
    "db1 = delta1.sum(axis=0)": "db1 = np.sum(hidden_delta, axis=0, keepdims=True)",
    "dW2 = A1.T @ delta2": "dW2 = np.dot(a1.T, output_delta)",
    "db2 = delta2.sum(axis=0)": "db2 = np.sum(output_delta, axis=0, keepdims=True)",
}
"""What the engine derives, and the tutorial's line for it."""


@pytest.mark.parametrize("hidden", [1, 2, 7])
def test_the_formulas_derived_from_the_graph_are_the_tutorials_up_to_the_factor(hidden):
    lines, nodes, pairs = comparison.derive(published(hidden))
    assert [pair.name for pair in pairs] == names_of_gradients(hidden)
    assert comparison.farthest_apart(pairs).difference <= 1e-15
    assert sum(line.count for line in lines) < nodes
    if hidden > 1:  # One neuron is no matrix.
        assert {line.derived: line.by_hand for line in lines} == FORMULAS
        assert [line.count for line in lines[:5]] == [4 * hidden, 4 * hidden, 4, 4, 4]


def test_each_derived_formula_stands_for_scalars_of_which_one_is_written_out():
    lines, _, _ = comparison.derive(published(2))
    elements = dict(line.element.split(" = ") for line in lines)
    assert elements["Z1[0, 0]"] == "X[0, 0] * W1[0, 0] + X[0, 1] * W1[1, 0] + b1[0]"
    assert elements["dW1[0, 0]"] == " + ".join(f"X[{n}, 0] * delta1[{n}, 0]" for n in range(4))
    assert elements["delta1[0, 0]"] == "A1[0, 0] * (1 - A1[0, 0]) * W2[0, 0] * delta2[0, 0]"


def test_two_trainings_in_step_stay_together_and_the_side_by_hand_is_the_tutorials():
    start = tutorial.initialize_network(2, 3, 1, 8)
    checkpoints = train_both(start, 120)
    assert [checkpoint.epochs for checkpoint in checkpoints] == [1, 10, 100, 120]
    for checkpoint, difference in zip(checkpoints, (1e-15, 1e-12, 1e-12, 1e-12), strict=True):
        assert [pair.name for pair in checkpoint.parameters] == [name[1:] for name in names_of_gradients(3)]
        assert comparison.farthest_apart(checkpoint.parameters).difference <= difference
        assert checkpoint.loss.by_engine == pytest.approx(checkpoint.loss.by_hand, rel=1e-12)
    trained, end = tutorial.train_network(X, y, 2, 3, 1, 120, 0.1, seed=8, print_every=0), checkpoints[-1]
    answers = tutorial.predict(trained, X)
    assert [pair.by_hand for pair in end.parameters] == list(comparison.by_place(trained).values())
    assert end.loss.by_hand == tutorial.compute_loss(y, answers)
    named = dict(zip(("0 xor 0", "0 xor 1", "1 xor 0", "1 xor 1"), answers[:, 0], strict=True))
    assert {pair.name: pair.by_hand for pair in end.answers} == named


@pytest.mark.slow
def test_the_engine_reaches_what_the_tutorial_reaches_as_published():
    end = train_both(tutorial.initialize_network(2, 2, 1), 10_000)[-1]
    assert comparison.farthest_apart(end.parameters).difference <= 1e-12
    assert round(end.loss.by_engine, 4) == 0.1282
    assert [round(pair.by_engine, 2) for pair in end.answers] == [0.05, 0.5, 0.95, 0.5]


@pytest.fixture(scope="module")
def report():
    """What the program prints for another network; nothing on stderr, which is no terminal."""
    with redirect_stdout(StringIO()) as printed, redirect_stderr(StringIO()) as errors:
        compare.main(["--seed", "7", "--hidden", "3", "--epochs", "20"])
    assert errors.getvalue() == ""
    return printed.getvalue()


def test_the_report_shows_every_gradient_and_every_formula(report):
    network = tutorial.initialize_network(2, 3, 1, 7)
    rows = re.findall(r"^(d\w+\[\d, \d\]) +(\S+) +(\S+) +(\S+) +(\d+)$", report, flags=re.MULTILINE)
    assert [name for name, *_ in rows] == 2 * names_of_gradients(3)
    expected, (_, unmodified) = comparison.compare_gradients(network), comparison.run_unmodified(network)
    for (_, by_hand, by_engine, *_), pair in zip(rows[:13], expected, strict=True):
        assert (float(by_hand), float(by_engine)) == (pair.by_hand, pair.by_engine)
    for (_, derivative, scaled, by_hand, _), pair in zip(rows[13:], unmodified, strict=True):
        assert (-2.0 * float(derivative), float(scaled), float(by_hand)) == (*2 * [pair.by_engine], pair.by_hand)

    for derived, by_hand in FORMULAS.items():
        assert re.search(rf"^  {re.escape(by_hand.splitlines()[-1])} +{re.escape(derived)}$", report, re.MULTILINE)


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        (zip([0.1, 0.9, 0.8, 0.4], [0.1, 0.9, 0.8, 0.4], strict=True), "XOR is learned."),
        (zip([0.05, 0.9, 0.95, 0.6], [0.05, 0.4, 0.95, 0.4], strict=True), "XOR is not learned: 2 of 4"),
    ],
)
def test_an_answer_is_right_only_if_both_sides_are_and_the_verdict_follows(answers, verdict, capsys):
    pairs = [Pair("", *answer) for answer in answers]
    compare.show_verdict(Checkpoint(10_000, Pair("loss", 0.125, 0.125), [Pair("W1[0, 0]", 1.0, 1.5)], pairs))
    output = capsys.readouterr().out
    assert verdict in output
    assert "After 10,000 epochs no parameter differs by more than 5.0e-01, and the loss is 0.1250." in output
    assert ("--seeds" in output) == ("not" in verdict)
