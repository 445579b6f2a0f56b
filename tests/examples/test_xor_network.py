"""The network on XOR: its recipe and its graphs against matrix formulas, and the check of many seeds."""

import re

import numpy as np
import pytest
from support.xor_in_matrices import adam, cross_entropy, forward, gradient, in_matrices

from examples import xor, xor_network
from examples.matrices.tutorial import X, y
from examples.xor_network import EPOCHS, HIDDEN, TOLERANCE, Run, new_network, train_on_xor


@pytest.mark.parametrize(("hidden", "seed"), [(8, 0), (8, 196), (3, 7)])
def test_the_training_is_adam_on_the_cross_entropy(hidden, seed):
    model = new_network(hidden, seed)
    start, course = model.state_dict(), adam(in_matrices(model), 40)
    run = train_on_xor(model, 40, progress=False)
    assert run.losses == pytest.approx([loss for loss, _ in course], rel=1e-9)
    assert run.errors == pytest.approx([error for _, error in course], rel=1e-9)
    assert run.answers == pytest.approx(forward(in_matrices(model), X)[1][:, 0], rel=1e-12)
    assert (run.epochs, run.interrupted) == (40, False)
    assert (len(run.states), run.states[0], run.states[-1]) == (41, start, model.state_dict())
    shorter = new_network(hidden, seed)
    train_on_xor(shorter, 7, progress=False)
    assert run.states[7] == shorter.state_dict()


@pytest.mark.parametrize(
    ("errors", "learned", "needed"),
    [
        ([0.5, 0.4, 0.1], True, 2),
        ([0.5, 0.05, 0.2, 0.09, 0.01], True, 3),
        ([0.05, 0.01], True, 0),
        ([0.5, 0.05, 0.1001], False, None),
        ([0.5, 0.49], False, None),
    ],
)
def test_learned_is_within_the_tolerance_to_the_end(errors, learned, needed):
    run = Run(losses=[0.0] * len(errors), errors=errors, answers=[], states=[])
    assert run.learned is learned
    assert run.epochs_needed == needed
    assert run.epochs == len(errors) - 1


@pytest.mark.parametrize("hidden", [1, 3, 8])
@pytest.mark.parametrize(
    ("graph", "samples", "loss"),
    [
        (xor_network.sample_graph, [3], "cross-entropy"),
        (xor_network.batch_graph, [0, 1, 2, 3], "cross-entropy"),
        (xor_network.tutorial_graph, [0, 1, 2, 3], "half the sum of squares"),
    ],
)
def test_the_graphs_hold_the_gradients_of_the_matrix_formulas(graph, samples, loss, hidden):
    model = new_network(hidden, 5)
    output, matrices = graph(model), in_matrices(model)
    answers = forward(matrices, X[samples])[1]
    halves = 0.5 * ((answers - y[samples]) ** 2).sum()
    assert output.data == pytest.approx(cross_entropy(answers, y[samples]) if loss == "cross-entropy" else halves)
    slopes = gradient(matrices, X[samples], y[samples], loss)
    for name, matrix in model.to_value_matrices().items():
        assert np.array([[entry.grad for entry in row] for row in matrix]) == pytest.approx(slopes[name], rel=1e-9)


def test_the_neuron_and_its_lesson_are_of_the_one_that_the_loss_depends_on_most():
    model = new_network(8, 6)
    train_on_xor(model, 60, progress=False)
    matrices = in_matrices(model)
    index = int(np.argmax(np.abs(gradient(matrices, X[[3]], y[[3]])["b1"][0])))
    neuron, output = model.layers[0].neurons[index], xor_network.neuron_graph(model)
    activation = forward(matrices, X[[3]])[0][0, index]
    assert (output.label, output.operands[0].label) == (f"h{index}", f"z{index}")
    assert output.data == pytest.approx(activation, rel=1e-12)
    for parameter in (*neuron.w, neuron.b):
        assert parameter.grad == pytest.approx(1.0 - activation**2, rel=1e-9)
    loss = xor_network.lesson_graph(model)
    outputs = forward(matrices, X[[1, 3]])[0][:, index]
    errors = outputs - y[[1, 3], 0]
    assert loss.data == pytest.approx(0.5 * (errors**2).sum(), rel=1e-12)
    deltas = errors * (1 - outputs**2)
    assert [w.grad for w in (*neuron.w, neuron.b)] == pytest.approx([*(X[[1, 3]].T @ deltas), deltas.sum()], rel=1e-9)


@pytest.mark.slow
def test_every_seed_from_0_to_199_needs_at_most_a_fifth_of_the_epochs():
    for seed in range(200):
        course = adam(in_matrices(new_network(HIDDEN, seed)), EPOCHS // 5)
        assert course[-1][1] <= TOLERANCE, seed


def test_the_check_says_what_the_seeds_needed(capsys):
    assert xor.main(["--check-seeds", "3", "--epochs", "60"]) == 0
    report = capsys.readouterr().out
    needed = [train_on_xor(new_network(8, seed), 60, progress=False).epochs_needed for seed in range(3)]
    assert "  learned           3 of 3 seeds" in report
    for name, count in zip(("quickest", "median", "slowest"), sorted(needed), strict=True):
        seed = "" if name == "median" else f"   seed {needed.index(count)}"
        assert re.search(rf"{name} +{count} +{count / 60:.0%} of 60{seed}$", report, re.MULTILINE)
    assert report.endswith("\nEvery seed learned XOR.\n")


def test_a_seed_that_does_not_learn_fails_the_check_and_none_that_does_is_no_table(capsys):
    assert xor.main(["--check-seeds", "1", "--epochs", "1"]) == 1
    report = capsys.readouterr().out
    assert "  not learned       1: seed 0\n" in report
    assert "epochs needed" not in report

    xor.show_seeds([None, 1, *[None] * 12], 1)
    assert "  not learned      13: seeds 0, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 3 more" in capsys.readouterr().out
    assert report.endswith("\nNot every seed learned XOR.\n")
