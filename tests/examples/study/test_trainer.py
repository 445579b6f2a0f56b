"""Trainings of a study, by one program for all seeds, against trainings by graphs and by NumPy."""

import math

import numpy as np
import pytest

from engine import Program, no_grad
from examples.matrices import survey, tutorial
from examples.study import trainer as trainers
from examples.study.recipes import OBJECTIVES, OPTIMIZERS, Problem, Recipe
from examples.study.trainer import Trainer, draw_weights, noted_epochs
from nn import MLP, hinge, train

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


def trained_by_graphs(recipe, problem, seed):
    """(epochs after which at most the allowed answers are wrong to the end, losses) of a training epoch by epoch."""
    samples, objective = problem.samples, OBJECTIVES[recipe.loss]
    classes = len(samples.class_names)
    outputs = 1 if classes == 2 and recipe.loss != "cross_entropy" else classes
    model = MLP(
        [len(samples.features), *recipe.hidden, outputs], recipe.activation, objective.output, recipe.initializer, seed
    )
    optimizer = OPTIMIZERS[recipe.optimizer](model.parameters())
    optimizer.learning_rate = recipe.rate
    low, high = objective.low, objective.high
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
    train(model, samples.inputs, targets, objective.loss, optimizer, problem.epochs, backend="eager", progress=look)
    allowed = math.floor((1.0 - problem.accuracy) * len(samples) + 1e-9)
    since = max((epoch + 1 for epoch, count in enumerate(wrong) if count > allowed), default=0)
    return since if since <= problem.epochs else None, losses


RECIPES = [
    ("xor", {}, Recipe((3,), "tanh", "binary_cross_entropy", "xavier", "adam", 0.1)),
    ("xor", {}, Recipe((4,), "relu", "mean_squared_error", "he", "momentum", 0.3)),
    ("xor", {}, Recipe((3, 3), "elu", "hinge", "normal", "nesterov", 0.05)),
    ("xor", {}, Recipe((4,), "silu", "cross_entropy", "xavier_normal", "rmsprop", 0.05)),
    ("parity", {"bits": 3}, Recipe((8,), "tanh", "binary_cross_entropy_with_logits", "normal", "sgd", 1.0)),
    ("moons", {"count": 60}, Recipe((6, 6), "tanh", "hinge", "xavier", "adam", 0.05)),
    ("circles", {"count": 30}, Recipe((3,), "gelu", "half_sum_of_squares", "xavier", "sgd", 0.05)),
    ("iris", {}, Recipe((4,), "tanh", "cross_entropy", "xavier", "adam", 0.05)),
    ("iris", {}, Recipe((3,), "sigmoid", "mean_squared_error", "normal", "adam", 0.1)),
]


@pytest.mark.parametrize(("data", "options", "recipe"), RECIPES, ids=[f"{r[0]}-{r[2].loss}" for r in RECIPES])
@pytest.mark.parametrize("accuracy", [1.0, 0.9])
@pytest.mark.slow
def test_a_trial_is_the_training_that_graphs_would_make(data, options, recipe, accuracy):
    asked = problem(data, epochs=30, accuracy=accuracy, backend="llvm", **options)
    trainer = Trainer(recipe.architecture, asked)
    for seed in (3, 0) if data != "iris" else (3,):
        needed, losses = trained_by_graphs(recipe, asked, seed)
        trial = trainer.train(recipe, seed)
        assert (trial.seed, trial.needed, trial.diverged) == (seed, needed, None)
        assert trial.losses == pytest.approx([losses[epoch] for epoch in noted_epochs(30)], rel=1e-5)


@pytest.mark.parametrize("loss", OBJECTIVES)
def test_samples_that_are_summed_row_by_row_make_the_same_training(loss, monkeypatch):
    """By momentum, which unlike Adam does not forgive a gradient of the wrong size."""
    monkeypatch.setattr(trainers, "LARGEST_WHOLE", 0)
    recipe = Recipe((3,), "tanh", loss, "xavier", "momentum", 0.02)
    asked = problem("circles", epochs=15, accuracy=0.7, count=12)
    needed, losses = trained_by_graphs(recipe, asked, seed=2)
    trial = Trainer(recipe.architecture, asked).train(recipe, 2)
    assert trial.needed == needed
    assert trial.losses == pytest.approx(losses, rel=1e-5)


def test_what_is_solved_by_the_last_update_is_solved():
    (_, _, recipe), *_ = RECIPES
    needed, _ = trained_by_graphs(recipe, problem(epochs=30), seed=0)
    assert 0 < needed < 30
    for epochs, expected in ((needed, needed), (needed - 1, None)):
        asked = problem(epochs=epochs)
        assert trained_by_graphs(recipe, asked, seed=0)[0] == expected
        assert Trainer(recipe.architecture, asked).train(recipe, 0).needed == expected


def test_the_recipes_above_are_of_every_kind():
    assert {recipe.loss for *_, recipe in RECIPES} == set(OBJECTIVES)
    assert {recipe.optimizer for *_, recipe in RECIPES} == set(OPTIMIZERS)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_trial_does_not_depend_on_those_before_it(optimizer):
    recipe = Recipe((3,), "tanh", "binary_cross_entropy", "xavier", optimizer, 0.1)
    other = Recipe((3,), "tanh", "binary_cross_entropy", "normal", optimizer, 5.0)
    asked = problem(epochs=50)
    used = Trainer(recipe.architecture, asked)
    for seed in (1, 2):
        used.train(other, seed)
        again = used.train(recipe, seed)
        alone = Trainer(recipe.architecture, asked).train(recipe, seed)
        assert (again.needed, again.losses) == (alone.needed, alone.losses)


def test_one_program_is_recorded_for_all_initializers_rates_and_seeds(monkeypatch):
    made = []
    build = Program._build
    monkeypatch.setattr(Program, "_build", lambda self, *arguments: made.append(self) or build(self, *arguments))
    trainer = Trainer(TUTORIAL.architecture, problem(epochs=5))
    for initializer in ("tutorial", "normal", "he"):
        for rate in (0.1, 1.0):
            for seed in (0, 1):
                trainer.train(Recipe((2,), "sigmoid", "half_sum_of_squares", initializer, "sgd", rate), seed)
    assert len(made) == 1


@pytest.mark.parametrize(("hidden", "count"), [((3,), 20), ((8, 8), 40)])
@pytest.mark.slow
def test_both_backends_give_the_same_trials(hidden, count):
    recipe = Recipe(hidden, "tanh", "hinge", "xavier", "adam", 0.02)
    python, native = (
        Trainer(recipe.architecture, problem("moons", 12, 0.8, backend, count=count)).train(recipe, 4)
        for backend in ("python", "llvm")
    )
    assert (python.needed, python.losses) == (native.needed, pytest.approx(native.losses, rel=1e-5))


# --- The tutorial -----------------------------------------------------------------------------------------------------


def by_numpy(seeds, epochs):
    """For each seed the epochs after which all four answers are right to the end, else one more than there are."""
    networks = survey.stack_networks(seeds, 2)
    since = np.zeros(len(seeds), dtype=int)
    for epoch in range(epochs):
        since[survey.right_answers(networks) < 4] = epoch + 1
        survey.step(networks, tutorial.X, tutorial.y)
    since[survey.right_answers(networks) < 4] = epochs + 1
    return since.tolist()


@pytest.mark.slow
def test_the_tutorials_recipe_succeeds_and_fails_where_numpys_matrices_do_for_a_thousand_seeds():
    trainer = Trainer(TUTORIAL.architecture, problem(epochs=10_000, backend="llvm"))
    trials = [trainer.train(TUTORIAL, seed) for seed in range(1_000)]
    needed = [10_001 if trial.needed is None else trial.needed for trial in trials]
    assert needed == by_numpy(range(1_000), 10_000)
    assert sum(trial.needed is not None for trial in trials[:200]) == 142


@pytest.mark.parametrize("hidden", [2, 5])
def test_the_tutorials_weights_are_those_of_its_program(hidden):
    model = MLP([2, hidden, 1])
    draw_weights(model, Recipe((hidden,), "tanh", "hinge", "tutorial", "sgd", 0.1), seed=7)
    drawn = tutorial.initialize_network(2, hidden, 1, seed=7)
    assert {name: np.array(matrix).tolist() for name, matrix in drawn.items()} == model.to_matrices()


# --- Divergence -------------------------------------------------------------------------------------------------------

WILD = Recipe((3, 3), "linear", "hinge", "normal", "momentum", 1.0)
TAME = Recipe((3, 3), "linear", "hinge", "xavier", "momentum", 0.001)


def course(recipe, seed, epochs):
    """(the epoch in which a training by graphs fails, or None; whether there is a loss after those before)."""
    model = MLP([2, *recipe.hidden, 1], recipe.activation, "linear", recipe.initializer, seed)
    optimizer = OPTIMIZERS[recipe.optimizer](model.parameters())
    optimizer.learning_rate = recipe.rate
    xor = problem().samples
    targets = [2 * chosen - 1 for chosen in xor.classes]
    failure = None
    try:
        train(model, xor.inputs, targets, hinge, optimizer, epochs, backend="eager")
    except ArithmeticError as error:
        failure = int(str(error).split("in epoch ")[1].split(":")[0])
    with no_grad():
        return failure, math.isfinite(float(hinge([model(x) for x in xor.inputs], targets)))


@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_a_divergence_is_counted_with_its_epoch(backend):
    asked = problem(epochs=400, backend=backend)
    trainer = Trainer(WILD.architecture, asked)
    found = [trainer.train(WILD, seed) for seed in range(6)]
    assert [trial.diverged for trial in found] == [course(WILD, seed, 400)[0] for seed in range(6)]
    diverged = [trial for trial in found if trial.diverged is not None]
    assert 1 < len(diverged) < 6
    for trial in diverged:
        assert trial.needed is None
        assert len(trial.losses) == sum(epoch < trial.diverged for epoch in noted_epochs(400))
    assert trainer.train(TAME, 0).losses == Trainer(TAME.architecture, asked).train(TAME, 0).losses


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_loss_after_the_last_epoch_counts_and_a_further_update_does_not(seed):
    failing, _ = course(WILD, seed, 400)
    for epochs in range(failing - 1, failing + 2):
        trial = Trainer(WILD.architecture, problem(epochs=epochs)).train(WILD, seed)
        failure, has_loss = course(WILD, seed, epochs)
        assert (trial.diverged is None) == (failure is None and has_loss)


LARGE = Recipe((2,), "tanh", "half_sum_of_squares", "normal", "momentum", 1e308)
"""From seed 1, its 20th update makes a weight infinite. Its outputs are saturated: until then they have a loss."""


@pytest.mark.parametrize("backend", ["python", "llvm"])
@pytest.mark.parametrize("accuracy", [1.0, 0.75, 0.5, 0.0])
def test_an_update_that_would_fail_after_the_last_is_not_missed(accuracy, backend):
    asked = problem(epochs=19, accuracy=accuracy, backend=backend)
    needed, losses = trained_by_graphs(LARGE, asked, seed=1)
    assert (needed is None) == (accuracy == 1.0)
    trainer = Trainer(LARGE.architecture, asked)
    for _ in range(2):
        trial = trainer.train(LARGE, 1)
        assert (trial.needed, trial.diverged) == (needed, None)
        assert trial.losses == pytest.approx([losses[epoch] for epoch in noted_epochs(19)], rel=1e-5)
    longer = Trainer(LARGE.architecture, problem(epochs=20, accuracy=accuracy, backend=backend)).train(LARGE, 1)
    assert (longer.needed, longer.diverged) == (None, 19)


def test_a_network_that_cannot_compute_its_first_loss_is_a_divergence_of_its_seed_only():
    recipe = Recipe((2, 2, 3, 2), "exp", "binary_cross_entropy", "xavier", "sgd", 0.1)
    trainer = Trainer(recipe.architecture, problem(epochs=5))
    first, second = (trainer.train(recipe, seed) for seed in (0, 1))
    assert (first.diverged, first.losses, first.needed) == (0, (), None)
    assert (second.diverged, len(second.losses)) == (None, 6)


@pytest.mark.parametrize("epochs", [1, 2, 7, 20, 1_000, 10_007])
def test_losses_are_noted_from_the_first_to_the_end_at_even_distances(epochs):
    noted = noted_epochs(epochs)
    assert (noted[0], noted[-1]) == (0, epochs)
    gaps = np.diff(noted)
    assert gaps.min() >= 1
    assert gaps.max() - gaps.min() <= 1
