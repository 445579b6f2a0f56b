"""``python -m examples.classify``: what is learned, how it is counted, what is printed and drawn, and how it ends."""

import os
import re
from dataclasses import replace

import pytest
from support.commands import command, interrupt, interruptible

from examples import classify, classifying
from examples.arguments import has_llvm
from examples.classifying import SETUPS, Cut, Section, accuracy, right_and_all, train_on_split
from examples.data import DATA_SETS, DataSet, Standardizer
from nn import MLP


def drawn(name):
    return DATA_SETS[name](**SETUPS[name].settings)


@pytest.fixture
def short(monkeypatch):
    """Trainings of two epochs, of small networks on few samples."""
    settings = {"xor": {"copies": 4}, "parity": {"copies": 2}, "iris": {}}
    for name, setup in SETUPS.items():
        smaller = settings.get(name, {"count": 40}) | ({} if name == "iris" else {"noise": 0.1})
        monkeypatch.setitem(SETUPS, name, replace(setup, settings=smaller, hidden=(3,), epochs=2))


def run(capsys, *arguments):
    assert classify.main([*arguments, "--backend", "python"]) == 0
    return capsys.readouterr().out


def matrix_in(report, names):
    """The confusion matrix as it is printed."""
    lines = report[report.index("Samples held out") :].splitlines()
    assert lines[1].split() == list(" ".join(names).split())
    rows = [re.fullmatch(rf"  {name} +([\d ]+)", line) for name, line in zip(names, lines[2:], strict=False)]
    return [[int(count) for count in row[1].split()] for row in rows]


@pytest.mark.parametrize(
    ("name", "count", "least"),
    [
        pytest.param("iris", 4, 0.95, marks=pytest.mark.slow),
        pytest.param("moons", 1, 1.0, marks=pytest.mark.slow),
        pytest.param("spirals", 1, 0.99, marks=pytest.mark.slow),
        *[(name, 1, 0.95) for name in ("xor", "parity", "circles")],
    ],
)
def test_every_data_set_is_learned_in_the_mean_of_so_many_splits(name, count, least):
    """Of XOR and parity a few samples may lie beyond the middle: 2 in 1000, as it is 0.5 away, and the noise 0.15."""
    data = drawn(name)
    backend = "llvm" if has_llvm() else "python"
    outcomes = [train_on_split(data, SETUPS[name], seed, backend, progress=False) for seed in range(count)]
    assert sum(accuracy(outcome.confusion) for outcome in outcomes) / count >= least
    # None of it is due to the splitting or the counting.
    untrained = train_on_split(data, replace(SETUPS[name], epochs=1, rate=0.0), 0, "python", progress=False)
    assert accuracy(untrained.confusion) < 0.8


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("name", ["xor", "iris"])
def test_the_seed_fixes_a_training_which_sees_nothing_of_what_is_held_out(name, monkeypatch):
    """Other numbers in the samples held out leave network and scale as they are."""
    data = drawn(name)
    before, again, other = (train_on_split(data, SETUPS[name], seed, "python", progress=False) for seed in (1, 1, 2))
    assert (before.losses, before.test) == (again.losses, again.test)
    assert before.losses != other.losses
    assert before.test != other.test
    split = classifying.split

    def spoiled(*details):
        train_set, test_set = split(*details)
        return train_set, replace(test_set, inputs=[[1e6 * x + 7.0 for x in row] for row in test_set.inputs])

    monkeypatch.setattr(classifying, "split", spoiled)
    after = train_on_split(data, SETUPS[name], 1, "python", progress=False)
    assert after.test != before.test
    assert after.classifier.model.state_dict() == before.classifier.model.state_dict()
    assert after.classifier.standardizer.means == before.classifier.standardizer.means
    assert before.classifier.standardizer.means == Standardizer(before.train.inputs).means


def test_scores_decide_and_are_counted_in_the_units_of_the_data_set():
    scores = [[0.1], [-0.1], [0.0], [1.0, 3.0, 2.0], [5.0, -1.0], [-3, -2, -1]]
    assert list(map(classifying.decide, scores)) == [1, 0, 0, 1, 0, 2]
    # 3 (x - 10) / 2 is above 0 to the right of 10.
    classifier = outcome_of(DataSet("d", [[8.0], [12.0]], [0, 1], ("x",), ("no", "yes")), [3.0]).classifier
    assert classifier.scores([[14.0]]) == [[6.0]]
    data = DataSet("d", [[9.9], [10.1], [2.0], [14.0], [11.0]], [0, 0, 0, 1, 1], ("x",), ("no", "yes"))
    matrix = classifier.confusion(data)
    assert matrix == [[2, 1], [0, 2]]
    assert (right_and_all(matrix), accuracy(matrix)) == ((4, 5), 0.8)


@pytest.mark.usefixtures("short")
def test_several_splits_have_a_line_each_their_mean_and_the_smallest(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(classify, "show_plots", lambda *_: None)
    recipe = ["--hidden", "3", "4", "--epochs", "1", "--noise", "0.25"]
    report = run(capsys, "circles", *recipe, "--splits", "3", "--seed", "5", "--output", str(tmp_path))
    for words in ("noise 0.25", "2-3-4-1 network of tanh", f"{9 + 16 + 5} parameters", "\n1 epoch in batches"):
        assert words in report
    lines = re.findall(r"seed (\d+) +([\d.]+)% of 10 held out", report)
    assert [seed for seed, _ in lines] == ["5", "6", "7"]
    found = [float(share) for _, share in lines]
    shown = map(float, re.search(r"mean ([\d.]+)%, smallest ([\d.]+)%", report).groups())
    assert list(shown) == pytest.approx([sum(found) / 3, min(found)], abs=0.06)
    right, count = right_and_all(matrix_in(report, ["outer", "inner"]))
    assert count == 3 * 10
    assert 100 * right / count == pytest.approx(sum(found) / 3)


def outcome_of(test, weights):
    """An outcome of a linear network that nobody trained."""
    model = MLP([len(test.features), 1], output="linear")
    model.load_state_dict(dict(zip(model.state_dict(), [*weights, 0.0], strict=True)))
    classifier = classifying.Classifier(model, Standardizer(test.inputs))
    return classifying.Outcome(0, test, test, classifier, [], 0.0, False)


def test_a_plane_has_the_other_features_at_their_means_or_at_a_number_and_the_samples_near_it():
    rows = [[0.0, 5.0, 1.0, 10.0], [2.0, 9.0, 3.0, 30.0]]
    data = DataSet("d", rows, [0, 1], ("a", "b", "c", "d"), ("no", "yes"))
    section = Section(Cut(across=3, up=1), outcome_of(data, [100.0, 2.0, 100.0, 1.0]))
    assert (section.labels, section.points) == (("d", "b"), [[10.0, 5.0], [30.0, 9.0]])
    # By hand: the means are 7 and 20, the deviations 2 and 10; a and c are 0 off theirs.
    assert section.scores([40.0, 8.0]) == [2.0 * 0.5 + 1.0 * 2.0]
    assert section.description == "the answers over d and b, others at their means; 2 held-out samples"

    section = Section(Cut(rest=-1.0, below=20.0), outcome_of(data, [0.0, 0.0, 0.0, 1.0]))
    assert section.points == [[0.0, 5.0]]
    assert section.scores([0.3, 0.7]) == [(-1.0 - 20.0) / 10.0]
    assert section.description == "the answers over a and b, others at -1; 1 held-out samples with others below 20"


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
def test_ctrl_c_says_how_far_it_got(tmp_path):
    options = ["--splits", "1000", "--epochs", "3", "--backend", "python", "--output", str(tmp_path)]
    running = interruptible([*command("classify", "-u"), "xor", *options])
    for line in running.stdout:
        if line.startswith("  seed 1"):
            break
    report, errors = interrupt(running)
    assert "interrupted" in errors
    assert list(tmp_path.iterdir()) == []
    splits = int(re.search(r"mean .* of (\d+) splits", report)[1])
    assert 2 <= splits < 1000
    assert re.search(r"No picture was made", report)
