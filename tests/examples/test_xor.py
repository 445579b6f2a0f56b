"""The XOR run with everything at its default, in a pipe: its report, and its files by reading them."""

import json
import re
import subprocess

import pytest
from support.commands import ROOT, command
from support.picture_reading import Svg
from support.xor_in_matrices import adam, cross_entropy, forward, gradient, in_matrices

from examples.matrices import tutorial
from examples.matrices.tutorial import X, y
from examples.xor_files import PAGES
from examples.xor_network import new_network
from nn import MLP

pytestmark = pytest.mark.slow

PICTURES = ["neuron", "sample-loss", "batch-loss", "neurons", "layers"]


@pytest.fixture(scope="module")
def default(tmp_path_factory):
    """(report, directory) of a run with everything at its default, in a pipe."""
    directory = tmp_path_factory.mktemp("runs") / "not there yet" / "xor"
    line = [*command("xor", "-Werror"), "--output", directory]
    finished = subprocess.run(line, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr == ""
    return finished.stdout, directory


def test_the_report_shows_how_the_loss_fell(default):
    report, _ = default
    course = adam(in_matrices(new_network(8, 0)), 100)
    rows = re.findall(r"^ +([\d,]+) +(\d\.\S+) +(\d\.\S+)$", report, flags=re.MULTILINE)
    assert [row[0] for row in rows] == ["0", "1", "3", "10", "30", "100", "300"]
    for epoch, loss, error in rows[:-1]:
        assert (float(loss), float(error)) == pytest.approx(course[int(epoch)], abs=1e-6)


def test_the_saved_network_gives_the_answers_of_the_report(default):
    report, directory = default
    model = MLP.load(directory / "model.json")
    answers = re.findall(r"^  ([01]) xor ([01]) = ([01])   answered (\d\.\d{4})   right$", report, flags=re.MULTILINE)
    assert [(a, b, target) for a, b, target, _ in answers] == [("0", "0", "0"), *zip("011", "101", "110", strict=True)]
    for a, b, target, answer in answers:
        assert f"{model([int(a), int(b)]).data:.4f}" == answer
        assert abs(float(answer) - int(target)) <= 0.1
    needed = next(epoch for epoch, (_, error) in enumerate(adam(in_matrices(new_network(8, 0)), 60)) if error <= 0.1)
    assert f"every answer is within 0.1 of its target, and has been since epoch {needed} of 300." in report


def test_the_report_compares_with_the_tutorials_rule(default):
    report, _ = default
    network = in_matrices(new_network(8, 0))
    for _ in range(300):
        _, cache = tutorial.forward_propagation(network, X)
        tutorial.update_parameters(network, tutorial.backward_propagation(network, cache, X, y), 0.1)
    by_rule = tutorial.predict(network, X)[:, 0]
    rows = re.findall(r"^  (\d xor \d) +(\d\.\d+) +(\d\.\d+) +(\d\.\d+) +(\d\.\d+)$", report, flags=re.MULTILINE)
    assert [float(row[2]) for row in rows] == pytest.approx(by_rule, abs=5.1e-5)
    assert [row[3] for row in rows] == [row[2] for row in rows]
    assert [round(float(row[4]), 2) for row in rows] == [0.05, 0.5, 0.95, 0.5]
    assert re.search(r"^  learned +yes +no +no +no$", report, flags=re.MULTILINE)
    assert re.search(r"^  epochs +300 +300 +300 +10,000$", report, flags=re.MULTILINE)
    apart = re.findall(r"^  (\w+ \w+) +33 numbers on both sides, at most (\S+) apart", report, flags=re.MULTILINE)
    assert [what for what, _ in apart] == ["first gradient", "final weights"]
    assert max(float(difference) for _, difference in apart) <= 1e-14


def test_the_report_lists_exactly_the_files_that_are_there(default):
    report, directory = default
    listed = re.findall(r"^  (\S+\.(?:json|txt|svg|png|html)) ", report, flags=re.MULTILINE)
    graphs = [f"{stem}{ending}" for stem in PICTURES for ending in (".svg", ".png")]
    plots = [f"{stem}{ending}" for stem in ("loss", "boundary", "weights") for ending in (".svg", ".png")]
    assert listed == ["model.json", "trace.txt", *graphs, *PAGES, *plots]
    assert sorted(listed) == sorted(path.name for path in directory.iterdir())
    assert f"\nFiles in {directory}\n" in report
    assert report.endswith(f"\nOpen this first: {directory / 'playground.html'}\n")
    assert report.isascii()
    assert max(len(line) for line in report.splitlines() if not line.startswith("Files in")) <= 108


def numbers_shown(picture):
    """(data, gradients) with all digits, from the tooltip of each node, by the name of the node."""
    pattern = r"(.+?)(?: = .*|, \w+)\ndata (.+)\ngrad (.+)"
    shown = {}
    for node in picture.nodes:
        name, *rows = re.fullmatch(pattern, node.tooltip).groups()
        assert name not in shown
        shown[name] = tuple([float(number) for number in row.removesuffix(", …").split(", ")] for row in rows)
    return shown


def test_the_picture_of_a_sample_shows_the_trained_network(default):
    _, directory = default
    matrices = in_matrices(MLP.load(directory / "model.json"))
    shown = numbers_shown(Svg((directory / "sample-loss.svg").read_bytes()))
    slopes = gradient(matrices, X[[3]], y[[3]])
    hidden, answers = forward(matrices, X[[3]])
    # The parameters, then 5 nodes a hidden neuron (two products, two sums, tanh), 2 a product and a sum of the answer,
    # and its sigmoid; at the end 1 - p for a target of 0, log_probability, minus and the mean.
    assert len(shown) == 33 + 2 + 7 * 8 + 1 + 3 + 1
    assert shown["loss"][0] == pytest.approx([cross_entropy(answers, y[[3]])], rel=1e-9)
    assert shown["answer"][0] == pytest.approx(list(answers[:, 0]), rel=1e-12)
    for neuron in range(8):
        assert shown[f"h{neuron}"][0] == pytest.approx(list(hidden[:, neuron]), rel=1e-12)
        assert shown[f"layer0.neuron{neuron}.w[1]"][1] == pytest.approx([slopes["W1"][1, neuron]], rel=1e-9)
        assert shown[f"layer1.neuron0.w[{neuron}]"][1] == pytest.approx([slopes["W2"][neuron, 0]], rel=1e-9)


def test_the_picture_of_the_batch_shows_the_trained_network_as_loops(default):
    """Of many numbers, the first eight: those of the first sample, or of the first neurons."""
    _, directory = default
    matrices = in_matrices(MLP.load(directory / "model.json"))
    shown = numbers_shown(Svg((directory / "batch-loss.svg").read_bytes()))
    slopes = gradient(matrices, X, y)
    hidden, answers = forward(matrices, X)
    # Weights and biases of two layers, a sum and an activation each; 1 - p where the target is 0, log_probability of
    # these and of the others, the sum of what they cost, and the mean.
    assert len(shown) == 4 + 4 + 3 + 1 + 1
    assert shown["loss"][0] == pytest.approx([cross_entropy(answers, y)], rel=1e-9)
    assert shown["answer(0…1,0…1)"][0] == pytest.approx(list(answers[:, 0]), rel=1e-12)
    assert shown["h0…7(0…1,0…1)"][0] == pytest.approx(list(hidden[0]), rel=1e-12)
    assert shown["layer0.neuron0…7.w[0…1]"][1] == pytest.approx(list(slopes["W1"].T.ravel()[:8]), rel=1e-9)
    assert shown["layer1.neuron0.w[0…7]"][1] == pytest.approx(list(slopes["W2"][:, 0]), rel=1e-9)


def test_the_pages_show_the_network_before_its_training(default):
    """There, gradients can be seen."""
    _, directory = default
    beginner = sorted(parameter.data for parameter in new_network(8, 0).parameters())
    for name, count in (("neuron.html", 3), ("backprop.html", 33)):
        page = (directory / name).read_text(encoding="utf-8")
        record = json.loads(re.search(r'<script type="application/json" id="record">(.*?)</script>', page)[1])
        shown = sorted(node["data"] for node in record["nodes"] if node["role"] == "parameter")
        assert len(shown) == count
        assert set(shown) <= set(beginner)
