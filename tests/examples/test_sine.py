"""The sine example: how well it fits, that it does not extrapolate, and what is printed."""

import math
import re
from random import Random

import numpy as np
import pytest
from support.commands import refusal

from examples import sine
from examples.sine import errors_on, fit, new_task, root_mean_square


def trained(seed=0, noise=0.0, epochs=sine.EPOCHS, backend="python"):
    random = Random(seed)
    task = new_task(random, noise)
    return task, fit(task, epochs, backend, random)


def answers(matrices, xs):
    """What a 1-8-8-1 network answers, by matrices."""
    hidden = np.tanh(np.tanh(xs[:, None] @ matrices["W1"] + matrices["b1"]) @ matrices["W2"] + matrices["b2"])
    return (hidden @ matrices["W3"] + matrices["b3"])[:, 0]


def test_the_samples_are_of_the_sine_and_the_seed_fixes_all():
    task = new_task(Random(3), 0.0)
    assert len(task.inputs) == len(set(task.inputs)) == sine.SAMPLES
    assert task.targets == [math.sin(x) for x in task.inputs]
    low, high = task.range
    assert -math.pi <= low < -3 < 3 < high <= math.pi
    assert all(low <= x <= high for x in task.inputs)
    again, noisy, other = new_task(Random(3), 0.0), new_task(Random(3), 0.2), new_task(Random(4), 0.0)
    assert again.inputs == noisy.inputs == task.inputs != other.inputs
    assert again.model.state_dict() == noisy.model.state_dict() == task.model.state_dict() != other.model.state_dict()


def test_noise_has_the_deviation_that_is_asked_for():
    errors = []
    for seed in range(20):
        task = new_task(Random(seed), 0.3)
        errors += [target - math.sin(x) for x, target in zip(task.inputs, task.targets, strict=True)]
    assert np.mean(errors) == pytest.approx(0.0, abs=0.025)
    assert np.std(errors) == pytest.approx(0.3, abs=0.02)


@pytest.mark.slow
def test_the_network_learns_the_sine_between_the_samples_and_not_beyond():
    task, history = trained(seed=7)  # Of the seeds 0 to 39 the one that is farthest off.
    low, high = task.range
    matrices = {name: np.array(matrix) for name, matrix in task.model.to_matrices().items()}
    inside, left, right = (
        answers(matrices, xs) - np.sin(xs)
        for xs in (np.linspace(low, high, 777), np.linspace(low - 3, low, 99), np.linspace(high, high + 3, 99))
    )
    assert np.sqrt(np.mean(inside**2)) < 0.01
    assert np.abs(inside).max() < 0.04
    assert max(np.abs(left).max(), np.abs(right).max()) > 0.3
    assert len(history.losses) == sine.EPOCHS
    assert history.losses[-1] < 1e-4 < 0.05 < history.losses[0]


def test_errors_are_taken_at_equal_distances():
    task = new_task(Random(0), 0.0)
    matrices = {name: np.array(matrix) for name, matrix in task.model.to_matrices().items()}
    grid = np.linspace(-2.0, 5.0, sine.GRID)
    errors = errors_on(task.model, -2.0, 5.0)
    assert errors == pytest.approx(answers(matrices, grid) - np.sin(grid), abs=1e-12)
    assert root_mean_square([3.0, -4.0]) == pytest.approx(math.sqrt(12.5))


@pytest.mark.parametrize("backend", ["llvm", "eager"])
@pytest.mark.slow
def test_every_backend_learns_the_same(backend):
    (task, history), (other, others) = trained(5, 0.1, 5), trained(5, 0.1, 5, backend)
    assert others.losses == pytest.approx(history.losses, rel=1e-10)
    assert list(other.model.state_dict().values()) == pytest.approx(list(task.model.state_dict().values()), rel=1e-8)


def test_the_learning_rate_falls_to_nothing(monkeypatch):
    given = {}
    monkeypatch.setattr(sine, "train", lambda *_, **options: given.update(options))
    random = Random(0)
    fit(new_task(random, 0.0), 40, "python", random)
    rates = [given["schedule"](epoch) for epoch in range(41)]
    assert rates == pytest.approx([sine.LEARNING_RATE * math.cos(math.pi * k / 80) ** 2 for k in range(41)], abs=1e-15)


# --- The command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_pictures(monkeypatch):
    monkeypatch.setattr(sine, "show_plots", lambda directory, make: None)


@pytest.mark.usefixtures("no_pictures")
def test_the_report(tmp_path, capsys):
    options = ["--seed", "2", "--epochs", "5", "--noise", "0.05", "--backend", "eager", "--output", str(tmp_path)]
    assert sine.main(options) == 0
    report = capsys.readouterr().out
    task, history = trained(2, 0.05, 5, "eager")
    rows = re.findall(r"^ +(\d+) +(\d\.\d\de[-+]\d\d)$", report, flags=re.MULTILINE)
    assert [int(epoch) for epoch, _ in rows] == [0, 1, 3, 4]
    assert [float(loss) for _, loss in rows] == pytest.approx([history.losses[k] for k in (0, 1, 3, 4)], rel=0.01)
    matrices = {name: np.array(matrix) for name, matrix in task.model.to_matrices().items()}
    low, high = task.range
    inside = np.linspace(low, high, 500)
    beyond = np.concatenate([np.linspace(low - math.pi, low, 500), np.linspace(high, high + math.pi, 500)])
    for start, grid in (("from", inside), ("beyond", beyond)):
        mean, largest = re.search(rf"^  {start}\b.* (\d\.\d{{4}}) +(\d\.\d{{4}})$", report, flags=re.MULTILINE).groups()
        errors = answers(matrices, grid) - np.sin(grid)
        assert float(mean) == pytest.approx(np.sqrt(np.mean(errors**2)), abs=6e-5)
        assert float(largest) == pytest.approx(np.abs(errors).max(), abs=6e-5)
    assert "It does not extrapolate" in report
    assert "noise 0.05, seed 2," in report
    assert report.isascii()
    assert max(map(len, report.splitlines())) <= 108


@pytest.mark.usefixtures("no_pictures")
def test_a_training_that_fails_is_no_traceback(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sine, "LEARNING_RATE", 1e200)
    assert sine.main(["--epochs", "2", "--backend", "eager", "--output", str(tmp_path)]) == 1
    assert "error: the training failed in epoch 0" in capsys.readouterr().err


@pytest.mark.slow
def test_the_command_leaves_pictures_of_the_fit_and_beyond(tmp_path, capsys):
    assert sine.main(["--epochs", "2", "--backend", "python", "--output", str(tmp_path / "new")]) == 0
    assert re.findall(r"^  (\w+)\.svg, \.png ", capsys.readouterr().out, flags=re.MULTILINE) == ["curve", "loss"]
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert names == ["curve.png", "curve.svg", "loss.png", "loss.svg"]
    task, history = trained(0, 0.0, 2)
    curve, loss = (plot for plot, _ in sine.make_plots(task, history).values())
    low, high = curve.figure.axes[0].get_xlim()
    assert (low, high) == pytest.approx((task.range[0] - math.pi, task.range[1] + math.pi), abs=0.05)
    assert list(loss.figure.axes[0].lines[0].get_ydata()) == history.losses


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--noise", "-0.1"], "argument --noise: '-0.1' is not a number from 0 to 10"),
        (["--epochs", "0"], "argument --epochs: '0' is not a whole number from 1 up"),
        (["--backend", "numpy"], "argument --backend: invalid choice: 'numpy'"),
    ],
)
def test_arguments_that_are_refused(arguments, message, tmp_path):
    assert message in refusal(sine.main, *arguments, "--output", str(tmp_path))
