"""How an XOR run can end: not learned, without images, refused, interrupted; and what is left then."""

import os
import re
import signal
import subprocess
import sys

import pytest
from support.commands import ROOT
from support.xor_in_matrices import adam, in_matrices

import viz
from examples import outputs, side_by_side, tutorial, xor, xor_files, xor_training
from examples.comparison import gradients_by_hand
from examples.tutorial import X
from examples.xor_training import new_network, train_on_xor
from nn import MLP
from viz import images as render


@pytest.fixture
def quick(monkeypatch):
    """The tutorial as published takes half a second; here it gets ten epochs."""
    monkeypatch.setattr(xor, "PUBLISHED_EPOCHS", 10)


def files_in(directory):
    """The names of the files in a directory, sorted."""
    return sorted(path.name for path in directory.iterdir())


# --- Runs that go another way -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick")
@pytest.mark.slow
def test_one_epoch_does_not_learn_xor(tmp_path, capsys):
    assert xor.main(["--epochs", "1", "--hidden", "2", "--output", str(tmp_path)]) == 1
    report = capsys.readouterr().out
    start = in_matrices(new_network(2, 0))
    by_rule = tutorial.update_parameters(start, gradients_by_hand(start), 0.1)
    for answer in tutorial.predict(by_rule, X)[:, 0]:
        assert f"           {answer:.4f}           {answer:.4f} " in report
    error = adam(in_matrices(new_network(2, 0)), 1)[-1][1]
    assert f"XOR is not learned: an answer is {error:.4f} off its target, and 0.1 is allowed." in report
    assert "wrong" in report
    assert re.search(r"^  learned +no +no +no +no$", report, flags=re.MULTILINE)
    assert len(files_in(tmp_path)) == 20
    assert MLP.load(tmp_path / "model.json").sizes == [2, 2, 1]


@pytest.mark.usefixtures("quick")
@pytest.mark.slow
def test_the_seed_decides(tmp_path, capsys):
    for seed, name in ((3, "a"), (3, "b"), (4, "c")):
        xor.main(["--seed", str(seed), "--epochs", "2", "--hidden", "1", "--output", str(tmp_path / name)])
    assert "seed 4, 2 epochs" in capsys.readouterr().out
    for file in files_in(tmp_path / "a"):
        first, again, other = ((tmp_path / name / file).read_bytes() for name in "abc")
        assert first == again != other, file


@pytest.mark.usefixtures("quick")
@pytest.mark.slow
def test_a_wrong_formula_by_hand_would_show(tmp_path, capsys, monkeypatch):
    right = tutorial.sigmoid_derivative
    monkeypatch.setattr(tutorial, "sigmoid_derivative", lambda x: 1.001 * right(x))
    xor.main(["--epochs", "2", "--hidden", "2", "--output", str(tmp_path)])
    differences = re.findall(r"at most (\S+) apart", capsys.readouterr().out)
    assert len(differences) == 2
    assert min(map(float, differences)) > 1e-6


@pytest.mark.usefixtures("quick")
@pytest.mark.slow
def test_without_graphviz_there_is_dot_text_and_a_cure(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(render, "has_pygraphviz", lambda: False)
    assert xor.main(["--epochs", "60", "--output", str(tmp_path)]) == 0
    report = capsys.readouterr().out
    texts = [f"{name}.dot" for name in ("batch-loss", "layers", "neuron", "neurons", "sample-loss")]
    plots = [f"{name}{ending}" for name in ("boundary", "loss", "weights") for ending in (".png", ".svg")]
    assert files_in(tmp_path) == sorted([*texts, *plots, "model.json", "trace.txt"])
    for page in ("neuron.html", "backprop.html"):
        assert re.search(rf"^  {page} +not made: Graphviz has to lay its graph out$", report, flags=re.MULTILINE)
    for name in texts:
        assert (tmp_path / name).read_text(encoding="utf-8").startswith("digraph")
        assert f"\n  {name} " in report
    assert "pip install 'pygraphviz>=2.0'" in report
    assert f"dot -Tsvg -O {tmp_path}" in report


@pytest.mark.usefixtures("quick")
@pytest.mark.slow
def test_a_graph_too_large_to_draw_is_named(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(xor_files, "LARGEST_PICTURE", 20)
    xor.main(["--epochs", "1", "--hidden", "1", "--output", str(tmp_path / "1")])
    # 5 parameters; for each sample 5 operations in the hidden neuron, 3 in the answer, an error and its square; then
    # the sum of four terms, and a half of it.
    nodes = 5 + 4 * (5 + 3 + 2) + 3 + 1
    assert f"backprop.html     not made: its {nodes} nodes are over the limit of 20" in capsys.readouterr().out
    assert "sample-loss.svg" in files_in(tmp_path / "1"), "it has 20 nodes"
    assert xor.main(["--epochs", "60", "--output", str(tmp_path / "8")]) == 0
    assert "sample-loss.svg   not made: its 96 nodes are over the limit of 20" in capsys.readouterr().out
    assert {"neurons.svg", "layers.svg", "neuron.html"} <= set(files_in(tmp_path / "8"))
    assert not {"sample-loss.svg", "batch-loss.svg", "backprop.html"} & set(files_in(tmp_path / "8"))


@pytest.mark.usefixtures("quick")
@pytest.mark.slow
def test_what_an_earlier_run_left_does_not_stand_beside_another_network(tmp_path, capsys, monkeypatch):
    mine = tmp_path / "notes.svg"
    for name in ("model.json", "neuron.dot", "backprop.html", "notes.svg"):
        (tmp_path / name).write_text("earlier")
    monkeypatch.setattr(xor_files, "LARGEST_PICTURE", 40)
    xor.main(["--epochs", "1", "--hidden", "1", "--output", str(tmp_path)])
    report = capsys.readouterr().out
    assert "  removed, as of an earlier run: neuron.dot, backprop.html\n" in report
    assert not {"neuron.dot", "backprop.html"} & set(files_in(tmp_path))
    assert mine.read_text() == "earlier"


@pytest.mark.usefixtures("quick")
@pytest.mark.slow
def test_where_no_run_was_before_nothing_is_removed(tmp_path, capsys):
    (tmp_path / "neuron.dot").write_text("mine")
    xor.main(["--epochs", "1", "--hidden", "1", "--output", str(tmp_path)])
    assert "removed" not in capsys.readouterr().out
    assert (tmp_path / "neuron.dot").read_text() == "mine"


@pytest.mark.usefixtures("quick")
@pytest.mark.slow
def test_without_matplotlib_there_are_no_plots(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for name in [name for name in sys.modules if name.startswith(("viz.plots", "matplotlib."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(viz, "plots", raising=False)
    assert xor.main(["--epochs", "60", "--output", str(tmp_path)]) == 0
    assert "plots need matplotlib: python -m pip install matplotlib" in capsys.readouterr().out
    assert not {"loss.svg", "boundary.svg", "weights.svg"} & set(files_in(tmp_path))
    assert "neuron.html" in files_in(tmp_path)


@pytest.mark.usefixtures("quick")
def test_a_file_that_cannot_be_written_is_an_error(tmp_path, capsys):
    (tmp_path / "trace.txt").mkdir()
    assert xor.main(["--epochs", "60", "--output", str(tmp_path)]) == 1
    assert "error: a file could not be written" in capsys.readouterr().err
    assert files_in(tmp_path) == ["model.json", "trace.txt"]


# --- The command line -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seed", "-1"], "argument --seed: '-1' is not a whole number from 0 up"),
        (["--hidden", "0"], "argument --hidden: '0' is not a whole number from 1 up"),
        (["--epochs", "2.5"], "argument --epochs: '2.5' is not a whole number from 1 up"),
        (["--check-seeds", "0"], "argument --check-seeds: '0' is not a whole number from 1 up"),
        (["--check-seeds", "3", "--seed", "0"], "not allowed with argument --check-seeds"),
        (["--check-seeds", "3", "--seed", "1"], "not allowed with argument --check-seeds"),
        (["--check-seeds", "3", "--output", "x"], "not allowed with argument --check-seeds, which writes no files"),
        (["--output", "file"], "argument --output: 'file' is a file, not a directory"),
        (["--output", "file/inside"], "argument --output: 'file/inside' cannot be made a directory: Not a directory"),
    ],
)
def test_bad_arguments_give_the_usage_and_status_2_before_training(arguments, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(xor, "train_on_xor", None)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SystemExit) as ended:
        xor.main(arguments)
    captured = capsys.readouterr()
    assert ended.value.code == 2
    assert captured.err.startswith("usage: python -m examples.xor")
    assert captured.err.endswith(f"{message}\n")
    assert captured.out == ""
    assert files_in(tmp_path) == ["file"]
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("missing", [os.W_OK, os.X_OK])
def test_a_directory_without_permission_is_refused(missing, tmp_path, monkeypatch):
    """A file can be put into a directory that may be both written and searched."""
    monkeypatch.setattr(outputs.os, "access", lambda path, mode: not mode & missing)
    with pytest.raises(PermissionError, match="a directory that nothing can be written into"):
        outputs.prepare_directory(tmp_path)


def test_a_module_that_is_missing_is_passed_over_only_if_it_is_matplotlib(tmp_path, capsys):
    def needing(name):
        def make():
            raise ModuleNotFoundError(f"{name} is missing", name=name)

        return make

    outputs.show_plots(tmp_path, needing("matplotlib"))
    assert "No pictures were made: matplotlib is missing" in capsys.readouterr().out
    with pytest.raises(ModuleNotFoundError, match="viz is missing"):
        outputs.show_plots(tmp_path, needing("viz"))


# --- Ctrl-C -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def ctrl_c(monkeypatch):
    """Press Ctrl-C at the n-th time that a function of a module is called; Python's own handler gets it."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)

    def press(module, name, at):
        function = getattr(module, name)
        calls = []

        def pressing(*arguments, **options):
            calls.append(None)
            if len(calls) == at:
                signal.raise_signal(signal.SIGINT)
            return function(*arguments, **options)

        monkeypatch.setattr(module, name, pressing)

    yield press
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, previous)


def test_ctrl_c_in_training_keeps_the_network(ctrl_c, tmp_path, capsys):
    ctrl_c(xor_training, "binary_cross_entropy", at=5)
    assert xor.main(["--seed", "9", "--output", str(tmp_path)]) == 130
    report = capsys.readouterr().out
    assert "Stopped after 5 of 300 epochs." in report
    assert f"Interrupted; kept in {tmp_path}: model.json" in report
    twin = new_network(8, 9)
    train_on_xor(twin, 5, progress=False)
    assert MLP.load(tmp_path / "model.json").state_dict() == twin.state_dict()
    assert files_in(tmp_path) == ["model.json"]


@pytest.mark.usefixtures("quick")
def test_ctrl_c_later_keeps_the_complete_files(ctrl_c, tmp_path, capsys):
    ctrl_c(xor_files, "batch_graph", at=1)
    assert xor.main(["--epochs", "3", "--hidden", "1", "--output", str(tmp_path)]) == 130
    files = ["model.json", "trace.txt", "neuron.svg", "neuron.png", "sample-loss.svg", "sample-loss.png"]
    assert f"Interrupted; kept in {tmp_path}: {', '.join(files)}" in capsys.readouterr().out
    assert files_in(tmp_path) == sorted(files)


def test_ctrl_c_before_the_first_file_says_so(ctrl_c, tmp_path, capsys):
    ctrl_c(xor, "train_on_xor", at=1)
    assert xor.main(["--output", str(tmp_path)]) == 130
    assert capsys.readouterr().out.endswith("\nInterrupted; no file was written\n")


def test_ctrl_c_in_the_comparison_ends_the_run(ctrl_c, tmp_path, capsys):
    ctrl_c(side_by_side, "epoch_by_hand", at=2)
    assert xor.main(["--epochs", "60", "--output", str(tmp_path)]) == 130
    assert f"Interrupted; kept in {tmp_path}: model.json" in capsys.readouterr().out


def test_ctrl_c_in_the_check_counts_the_seeds_so_far(ctrl_c, capsys):
    ctrl_c(xor_training, "binary_cross_entropy", at=2 * 61 + 7)
    assert xor.main(["--check-seeds", "50", "--epochs", "60"]) == 130
    report = capsys.readouterr().out
    assert "  learned           2 of 2 seeds" in report
    assert report.endswith("Interrupted after 2 of 50 seeds: the table is of these.\n")


# --- The terminal -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "bar"), [(["--epochs", "5"], r"5/5 \[.*loss 0\."), (["--check-seeds", "2"], r"seeds: +0%.*0/2")]
)
@pytest.mark.slow
def test_a_terminal_sees_a_progress_bar(arguments, bar, tmp_path):
    pty = pytest.importorskip("pty")
    termios = pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    if arguments[0] != "--check-seeds":
        arguments = [*arguments, "--hidden", "1", "--output", str(tmp_path)]
    command = [sys.executable, "-m", "examples.xor", *arguments]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=theirs)
    os.set_blocking(ours, False)
    shown = os.read(ours, 100_000).decode("utf-8")
    os.close(theirs)
    os.close(ours)
    assert re.search(bar, shown)
