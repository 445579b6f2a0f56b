"""The sine example: how well it fits, that it does not extrapolate, and what is printed."""

import math
import re
from random import Random

import numpy as np
import pytest

from examples import sine
from examples.sine import errors_on, fit, new_task


def trained(seed=0, noise=0.0, epochs=sine.EPOCHS, backend="python"):
    random = Random(seed)
    task = new_task(random, noise)
    return task, fit(task, epochs, backend, random)


def errors(model, *ranges):
    """How far a 1-8-8-1 network is off the sine, by matrices, at 500 points of each range."""
    xs = np.concatenate([np.linspace(*ends, 500) for ends in ranges])
    w1, b1, w2, b2, w3, b3 = map(np.array, model.to_matrices().values())
    return (np.tanh(np.tanh(xs[:, None] @ w1 + b1) @ w2 + b2) @ w3 + b3)[:, 0] - np.sin(xs)


def test_the_samples_are_of_the_sine_and_the_seed_fixes_all():
    task = new_task(Random(3), 0.0)
    assert len(task.inputs) == len(set(task.inputs)) == sine.SAMPLES
    assert task.targets == [math.sin(x) for x in task.inputs]
    assert -math.pi <= task.range[0] < -3 < 3 < task.range[1] <= math.pi
    again, noisy, other = new_task(Random(3), 0.0), new_task(Random(3), 0.2), new_task(Random(4), 0.0)
    assert again.inputs == noisy.inputs == task.inputs != other.inputs
    assert again.model.state_dict() == noisy.model.state_dict() == task.model.state_dict() != other.model.state_dict()
    noise = [
        y - z
        for seed in range(20)
        for y, z in zip(*(new_task(Random(seed), n).targets for n in (0.3, 0.0)), strict=True)
    ]
    assert (np.mean(noise), np.std(noise)) == pytest.approx((0.0, 0.3), abs=0.025)


@pytest.mark.slow
def test_the_network_learns_the_sine_between_the_samples_and_not_beyond():
    task, history = trained(seed=7)  # Of the seeds 0 to 39 the one that is farthest off.
    low, high = task.range
    inside = errors(task.model, (low, high))
    assert np.sqrt(np.mean(inside**2)) < 0.01
    assert np.abs(inside).max() < 0.04
    assert np.abs(errors(task.model, (low - 3, low), (high, high + 3))).max() > 0.3
    assert len(history.losses) == sine.EPOCHS
    assert history.losses[-1] < 1e-4 < 0.05 < history.losses[0]


def test_the_report(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sine, "show_plots", lambda directory, make: None)
    options = ["--seed", "2", "--epochs", "5", "--noise", "0.05", "--backend", "eager", "--output", str(tmp_path)]
    assert sine.main(options) == 0
    report = capsys.readouterr().out
    task, history = trained(2, 0.05, 5, "eager")
    rows = re.findall(r"^ +(\d+) +(\d\.\d\de[-+]\d\d)$", report, flags=re.MULTILINE)
    assert [int(epoch) for epoch, _ in rows] == [0, 1, 3, 4]
    assert [float(loss) for _, loss in rows] == pytest.approx([history.losses[k] for k in (0, 1, 3, 4)], rel=0.01)
    low, high = task.range
    beyond = [(low - math.pi, low), (high, high + math.pi)]
    assert errors_on(task.model, low, high) == pytest.approx(errors(task.model, (low, high)), abs=1e-12)
    for start, ranges in (("from", [(low, high)]), ("beyond", beyond)):
        shown = re.search(rf"^  {start}\b.* (\d\.\d{{4}}) +(\d\.\d{{4}})$", report, flags=re.MULTILINE).groups()
        off = errors(task.model, *ranges)
        assert tuple(map(float, shown)) == pytest.approx((np.sqrt(np.mean(off**2)), np.abs(off).max()), abs=6e-5)
    assert "It does not extrapolate" in report
    assert "noise 0.05, seed 2," in report
    assert report.isascii()
    assert max(map(len, report.splitlines())) <= 108


def test_a_training_that_fails_is_no_traceback(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sine, "LEARNING_RATE", 1e200)
    assert sine.main(["--epochs", "2", "--backend", "eager", "--output", str(tmp_path)]) == 1
    assert "error: the training failed in epoch 0" in capsys.readouterr().err
