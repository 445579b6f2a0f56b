"""Trainings of a study, by one program for all seeds, against trainings by graphs and by NumPy."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from engine import no_grad
from examples.matrices import survey
from examples.study import trainer as trainers
from examples.study.recipes import OBJECTIVES, OPTIMIZERS, Problem, Recipe
from examples.study.trainer import Trainer, noted_epochs
from nn import MLP, train

pytest.importorskip("llvmlite")

TUTORIAL = Recipe((2,), "sigmoid", "half_sum_of_squares", "tutorial", "sgd", 0.1)


def problem(data="xor", epochs=60, accuracy=1.0, backend="python", **options):
    return Problem(data, tuple(options.items()), epochs, accuracy, backend)


def answer(outputs, threshold):
    """The class that the outputs say; None where two say the same."""
    if len(outputs) == 1:
        return None if outputs[0] == threshold else int(outputs[0] > threshold)
    best = [index for index, output in enumerate(outputs) if output == max(outputs)]
    return best[0] if len(best) == 1 else None


@cache
def trained_by_graphs(recipe, problem, seed):
    """What a training epoch by epoch gives.

    (the epochs after which at most the allowed answers are wrong to the end, or None; the losses before each epoch and
    at the end; the epoch that fails, or None)
    """
    samples, objective = problem.samples, OBJECTIVES[recipe.loss]
    classes = len(samples.class_names)
    outputs = 1 if classes == 2 and recipe.loss != "cross_entropy" else classes
    model = MLP(
        [len(samples.features), *recipe.hidden, outputs], recipe.activation, objective.output, recipe.initializer, seed
    )
    optimizer = OPTIMIZERS[recipe.optimizer](model.parameters())
    optimizer.learning_rate = recipe.rate
    low, high = (-1.0 if recipe.loss == "hinge" else 0.0), 1.0
    if outputs == 1:
        targets = [high if chosen else low for chosen in samples.classes]
    else:
        targets = [[high if index == chosen else low for index in range(classes)] for chosen in samples.classes]
    losses, wrong = [], []

    def look(*_epoch):
        """Note the loss and the number of wrong answers as they are now."""
        with no_grad():
            found = [model(x) for x in samples.inputs]
            losses.append(float(objective.loss(found, targets)))
        rows = [[float(o) for o in (f if isinstance(f, list) else [f])] for f in found]
        threshold = 0.0 if objective.output == "linear" else 0.5
        wrong.append(sum(answer(row, threshold) != c for row, c in zip(rows, samples.classes, strict=True)))

    look()
    failed = None
    try:
        train(model, samples.inputs, targets, objective.loss, optimizer, problem.epochs, backend="eager", progress=look)
    except ArithmeticError as error:
        failed = int(str(error).split("in epoch ")[1].split(":")[0])
    if not math.isfinite(losses[-1]):
        failed = len(losses) - 1
    allowed = math.floor((1.0 - problem.accuracy) * len(samples) + 1e-9)
    since = max((epoch + 1 for epoch, count in enumerate(wrong) if count > allowed), default=0)
    return since if failed is None and since <= problem.epochs else None, losses, failed


def agree(recipe, asked, seed, trainer=None):
    """See that a trial is the training that graphs would make, and return it."""
    needed, losses, failed = trained_by_graphs(recipe, replace(asked, backend="python"), seed)
    trial = (trainer or Trainer(recipe.architecture, asked)).train(recipe, seed)
    assert (trial.seed, trial.needed, trial.diverged) == (seed, needed, failed)
    noted = [losses[epoch] for epoch in noted_epochs(asked.epochs) if failed is None or epoch < failed]
    assert trial.losses == pytest.approx(noted, rel=1e-5)
    return trial


RECIPES = [
    ("xor", {}, 1.0, Recipe((3,), "tanh", "binary_cross_entropy", "xavier", "adam", 0.1)),
    ("xor", {}, 0.75, Recipe((4,), "relu", "mean_squared_error", "he", "momentum", 0.3)),
    ("xor", {}, 1.0, Recipe((3, 3), "elu", "hinge", "normal", "nesterov", 0.05)),
    ("xor", {}, 1.0, Recipe((4,), "silu", "cross_entropy", "xavier_normal", "rmsprop", 0.05)),
    ("parity", {"bits": 3}, 1.0, Recipe((8,), "tanh", "binary_cross_entropy_with_logits", "normal", "sgd", 1.0)),
    ("moons", {"count": 60}, 0.9, Recipe((6, 6), "tanh", "hinge", "xavier", "adam", 0.05)),
    ("circles", {"count": 30}, 0.9, Recipe((3,), "gelu", "half_sum_of_squares", "xavier", "sgd", 0.05)),
    ("iris", {}, 0.9, Recipe((4,), "tanh", "cross_entropy", "xavier", "adam", 0.05)),
    ("iris", {}, 1.0, Recipe((3,), "sigmoid", "mean_squared_error", "normal", "adam", 0.1)),
]


@pytest.mark.parametrize(("data", "options", "accuracy", "recipe"), RECIPES)
@pytest.mark.slow
def test_a_trial_is_the_training_that_graphs_would_make(data, options, accuracy, recipe):
    for seed, backend in ((3, "llvm"), (0, "python"))[: 1 if data == "iris" else 2]:
        trial = agree(recipe, problem(data, 20, accuracy, backend, **options), seed)
        assert trial.diverged is None


@pytest.mark.parametrize("loss", OBJECTIVES)
def test_samples_that_are_summed_row_by_row_make_the_same_training(loss, monkeypatch):
    """By momentum, which unlike Adam does not forgive a gradient of the wrong size."""
    monkeypatch.setattr(trainers, "LARGEST_WHOLE", 0)
    agree(Recipe((3,), "tanh", loss, "xavier", "momentum", 0.02), problem("circles", 15, 0.7, count=12), 2)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_trial_does_not_depend_on_those_before_it(optimizer):
    recipe = Recipe((3,), "tanh", "binary_cross_entropy", "xavier", optimizer, 0.1)
    other = Recipe((3,), "tanh", "binary_cross_entropy", "normal", optimizer, 5.0)
    used, alone = (Trainer(recipe.architecture, problem(epochs=50)) for _ in range(2))
    first = alone.train(recipe, 1)
    used.train(other, 2)
    again = used.train(recipe, 1)
    assert (again.needed, again.losses) == (first.needed, first.losses)


def by_numpy(seeds, epochs):
    """For each seed the epochs after which all four answers are right to the end, else one more than there are."""
    networks = survey.train_together(seeds, 2, epochs=0)
    since = np.zeros(len(seeds), dtype=int)
    for epoch in range(epochs):
        since[survey.right_answers(networks) < 4] = epoch + 1
        survey.step(networks)
    since[survey.right_answers(networks) < 4] = epochs + 1
    return since.tolist()


@pytest.mark.slow
def test_the_tutorials_recipe_succeeds_and_fails_where_numpys_matrices_do_for_every_seed():
    trainer = Trainer(TUTORIAL.architecture, problem(epochs=10_000, backend="llvm"))
    trials = [trainer.train(TUTORIAL, seed) for seed in range(300)]
    needed = [10_001 if trial.needed is None else trial.needed for trial in trials]
    assert needed == by_numpy(range(300), 10_000)
    assert sum(trial.needed is not None for trial in trials[:200]) == 142


WILD = Recipe((3, 3), "linear", "hinge", "normal", "momentum", 1.0)
TAME = Recipe((3, 3), "linear", "hinge", "xavier", "momentum", 0.001)


@pytest.mark.parametrize("backend", ["python", "llvm"])
@pytest.mark.slow
def test_a_divergence_is_counted_with_its_epoch(backend):
    asked = problem(epochs=400, backend=backend)
    trainer = Trainer(WILD.architecture, asked)
    failures = {seed: agree(WILD, asked, seed, trainer).diverged for seed in range(6)}
    assert trainer.train(TAME, 0).losses == Trainer(TAME.architecture, asked).train(TAME, 0).losses
    failed = [seed for seed, epoch in failures.items() if epoch is not None]
    assert 1 < len(failed) < 6
    for seed in failed[:2]:  # The loss after the last epoch counts, and a further update does not.
        for epochs in range(failures[seed] - 1, failures[seed] + 2):
            agree(WILD, problem(epochs=epochs), seed)


def test_an_update_that_would_fail_after_the_last_is_not_missed():
    """From seed 1, the 20th update makes a weight infinite. Its outputs are saturated: until then they have a loss."""
    large = Recipe((2,), "tanh", "half_sum_of_squares", "normal", "momentum", 1e308)
    for accuracy, backend in ((1.0, "llvm"), (0.75, "python"), (0.0, "llvm")):
        trial = agree(large, problem("xor", 19, accuracy, backend), 1)
        assert (trial.needed is None, trial.diverged) == (accuracy == 1.0, None)
        longer = Trainer(large.architecture, problem("xor", 20, accuracy, backend)).train(large, 1)
        assert (longer.needed, longer.diverged) == (None, 19)


def test_a_network_that_cannot_compute_its_first_loss_is_a_divergence_of_its_seed_only():
    recipe = Recipe((2, 2, 3, 2), "exp", "binary_cross_entropy", "xavier", "sgd", 0.1)
    trainer = Trainer(recipe.architecture, problem(epochs=5))
    first, second = (trainer.train(recipe, seed) for seed in (0, 1))
    assert (first.diverged, first.losses, first.needed) == (0, (), None)
    assert (second.diverged, len(second.losses)) == (None, 6)
