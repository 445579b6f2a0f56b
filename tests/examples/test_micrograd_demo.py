"""``python -m examples.micrograd_demo``: what is trained is micrograd's demo, and every backend ends alike."""

import importlib.util
import re
from dataclasses import replace

import pytest

from examples import micrograd_demo
from examples.benchmark.peers.scalars import Training
from examples.benchmark.problems import demo_problem
from examples.data import moons
from examples.micrograd_demo import Run, largest_difference, learning_rate, new_network, train_on_moons


def test_the_network_and_the_rates_are_those_of_the_demo():
    network = new_network(seed=3)
    assert network.sizes == [2, 16, 16, 1]
    assert [layer.activation for layer in network.layers] == ["relu", "relu", "linear"]
    neurons = [neuron for layer in network.layers for neuron in layer.neurons]
    weights = [weight.data for neuron in neurons for weight in neuron.w]
    assert not any(neuron.b.data for neuron in neurons)
    assert 0.95 < max(map(abs, weights)) <= 1.0
    # Of a uniform distribution on [-1, 1] the variance is 1/3, whatever the layer.
    assert sum(weight**2 for weight in weights) / len(weights) == pytest.approx(1 / 3, rel=0.2)
    assert [learning_rate(step) for step in (0, 50, 100)] == pytest.approx([1.0, 0.55, 0.1])


def test_the_first_steps_are_those_of_micrograd(monkeypatch):
    """The demo's lines, run by micrograd itself from the same weights on the same samples."""
    value = pytest.importorskip("micrograd.engine").Value

    monkeypatch.setattr(micrograd_demo, "STEPS", 3)
    data = moons(10, noise=0.1, seed=1)
    run = train_on_moons(data, seed=4, backend="eager")
    matrices = new_network(4).to_matrices()
    targets = [[float(sign)] for sign in data.signs]
    theirs = Training(replace(demo_problem(), matrices=matrices, inputs=data.inputs, targets=targets), value)
    for step in range(3):
        theirs.rate = 1.0 - 0.9 * step / 3
        assert run.losses[step] == pytest.approx(theirs.step().data, rel=1e-9)
    ours = [number for matrix in run.model.to_matrices().values() for row in matrix for number in row]
    assert ours == pytest.approx([p.data for p in theirs.parameters], rel=1e-9, abs=1e-12)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("llvmlite") is None, reason="llvmlite is not installed")
def test_it_ends_where_the_demo_ends_and_the_table_says_so(tmp_path, capsys):
    assert micrograd_demo.main(["--backend", "llvm", "--output", str(tmp_path)]) is None
    report = capsys.readouterr().out
    rows = re.findall(r"^ +(\d+) +([\d.]+) +(\d+)%$", report, flags=re.MULTILINE)
    assert [int(steps) for steps, _, _ in rows] == list(range(0, 101, 10))
    assert int(rows[0][2]) < 90
    assert rows[-1][2] == "100"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["moons.png", "moons.svg"]


@pytest.fixture
def short(monkeypatch):
    """Two steps on eight samples, and no picture."""
    monkeypatch.setattr(micrograd_demo, "STEPS", 2)
    monkeypatch.setattr(micrograd_demo, "STEPS_A_LINE", 1)
    monkeypatch.setattr(micrograd_demo, "moons", lambda count, noise, seed: moons(8, noise, seed))
    monkeypatch.setattr(micrograd_demo, "picture", lambda run, data: {})


@pytest.mark.usefixtures("short")
def test_the_table_has_the_losses_and_accuracies_of_the_run(tmp_path, capsys):
    data = moons(8, 0.1, 2)
    micrograd_demo.main(["--backend", "eager", "--seed", "2", "--output", str(tmp_path)])
    report = capsys.readouterr().out
    run = train_on_moons(data, 2, "eager")
    rows = re.findall(r"^ +(\d) +([\d.]+) +(\d+)%$", report, flags=re.MULTILINE)
    assert [(int(steps), int(share)) for steps, _, share in rows] == [
        (step, round(100 * run.accuracies[step])) for step in (0, 1, 2)
    ]
    assert [float(loss) for _, loss, _ in rows] == pytest.approx(run.losses, abs=5e-7)
    right = sum((run.model(x).data > 0) == (sign > 0) for x, sign in zip(data.inputs, data.signs, strict=True))
    assert run.accuracies[2] == right / 8
    assert f"Accuracy in the end: {right / 8:.0%}" in report


@pytest.mark.slow
@pytest.mark.usefixtures("short")
def test_all_backends_side_by_side(tmp_path, capsys):
    micrograd_demo.main(["--backend", "all", "--output", str(tmp_path)])
    report = capsys.readouterr().out
    rows = re.findall(r"^(eager|python|llvm) +[\d.]+ +[\d.]+ +[\d.]+ +([\d.]{18}) +(\d+)%$", report, flags=re.MULTILINE)
    backends = ["eager", "python", "llvm"][: 2 + (importlib.util.find_spec("llvmlite") is not None)]
    assert [backend for backend, _, _ in rows] == backends
    ends = [float(loss) for _, loss, _ in rows]
    assert ends == pytest.approx([ends[0]] * len(ends), rel=1e-9)
    assert float(re.search(r"no two differ by more than (\S+), relatively\.\n", report)[1]) < 1e-9
    by_hand = {name: Run(None, losses, {}, 0.0, 0.0, False) for name, losses in (("a", [8.0, 2.0]), ("b", [8.0, 1.5]))}
    assert largest_difference(by_hand) == 0.25


@pytest.mark.usefixtures("short")
def test_ctrl_c_says_how_far_it_got(tmp_path, monkeypatch, capsys):
    run = Run(None, [0.5, 0.25], {1: 0.75}, 0.0, 0.0, interrupted=True)
    monkeypatch.setattr(micrograd_demo, "train_on_moons", lambda *_: run)
    with pytest.raises(KeyboardInterrupt):
        micrograd_demo.main(["--backend", "eager", "--output", str(tmp_path)])
    assert "Stopped after 1 of 2 steps with eager. No picture was made." in capsys.readouterr().out
