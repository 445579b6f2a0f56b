"""How an XOR run can end: not learned, without images, refused, interrupted; and what is left then."""

import itertools
import re
import signal
import sys

import pytest
from support.xor_in_matrices import adam, in_matrices

import viz
from engine.extend import replace_file
from examples import outputs, xor, xor_files, xor_network
from examples.matrices import tutorial
from examples.matrices.comparison import Sides, gradients_by_hand
from examples.matrices.tutorial import X
from examples.xor_files import Folder
from examples.xor_network import new_network, train_on_xor
from nn import MLP
from viz import images


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The tutorial as published takes half a second; here it gets ten epochs. Bitmaps take longest to draw."""
    monkeypatch.setattr(xor, "PUBLISHED_EPOCHS", 10)
    monkeypatch.setattr(xor_files, "IMAGES", (".svg",))


@pytest.fixture
def no_plots(monkeypatch):
    """Leave out the plots, which a test does not look at."""
    monkeypatch.setattr(Folder, "write_plots", lambda *_: None)


def files_in(directory):
    """The names of the files in a directory, sorted."""
    return sorted(path.name for path in directory.iterdir())


@pytest.mark.slow
@pytest.mark.usefixtures("no_plots")
def test_one_epoch_does_not_learn_xor_and_the_seed_decides_every_file(tmp_path, capsys):
    for seed, name in ((3, "a"), (3, "b"), (4, "c")):
        arguments = ["--seed", str(seed), "--epochs", "1", "--hidden", "2", "--output", str(tmp_path / name)]
        assert xor.main(arguments) == 1
    report = capsys.readouterr().out
    start = in_matrices(new_network(2, 3))
    by_rule = tutorial.update_parameters(start, gradients_by_hand(start), 0.1)
    for answer in tutorial.predict(by_rule, X)[:, 0]:
        assert f"           {answer:.4f}           {answer:.4f} " in report
    error = adam(in_matrices(new_network(2, 3)), 1)[-1][1]
    assert f"XOR is not learned: an answer is {error:.4f} off its target, and 0.1 is allowed." in report
    assert re.search(r"^  learned +no +no +no +no$", report, flags=re.MULTILINE)
    assert len(files_in(tmp_path / "a")) == 10
    for file in files_in(tmp_path / "a"):
        first, again, other = ((tmp_path / name / file).read_bytes() for name in "abc")
        assert first == again != other, file


def test_without_graphviz_and_matplotlib_there_is_dot_text_and_a_cure_and_what_is_not_of_a_run_stays(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(images, "has_pygraphviz", lambda: False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for name in [name for name in sys.modules if name.startswith(("viz.plots", "matplotlib."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(viz, "plots", raising=False)
    (tmp_path / "backprop.html").write_text("mine")
    assert xor.main(["--epochs", "60", "--output", str(tmp_path)]) == 0
    report = capsys.readouterr().out
    texts = [f"{name}.dot" for name in ("batch-loss", "layers", "neuron", "neurons", "sample-loss")]
    assert files_in(tmp_path) == sorted([*texts, "backprop.html", "model.json", "trace.txt"])
    assert all((tmp_path / name).read_text(encoding="utf-8").startswith("digraph") for name in texts)
    assert report.count(" not made: Graphviz has to lay out its graph\n") == 3
    assert "pip install 'pygraphviz>=2.0'" in report
    assert f"dot -Tsvg -O {tmp_path}" in report
    assert "  loss.svg          not made: plots need matplotlib: python -m pip install matplotlib\n" in report


@pytest.mark.usefixtures("no_plots")
def test_a_graph_too_large_to_draw_is_named_and_what_an_earlier_run_left_is_removed(tmp_path, capsys, monkeypatch):
    """An earlier run's files would stand beside another network; other files are the user's."""
    for name in ("model.json", "neuron.dot", "backprop.html", "notes.svg"):
        (tmp_path / name).write_text("earlier")
    monkeypatch.setattr(xor_files, "LARGEST_PICTURE", 25)
    xor.main(["--epochs", "1", "--hidden", "2", "--output", str(tmp_path)])
    report = capsys.readouterr().out
    # 9 parameters; for each sample 5 operations in a hidden neuron, 5 in the answer, an error and its square; then the
    # sum of four terms, and a half of it.
    nodes = 9 + 4 * (2 * 5 + 5 + 2) + 3 + 1
    assert f"backprop.html     not made: its {nodes} nodes are over the limit of 25\n" in report
    assert "  removed, as of an earlier run: neuron.dot, backprop.html\n" in report
    assert "sample-loss.svg   not made: its 30 nodes are over the limit of 25\n" in report
    folded = ["batch-loss.svg", "layers.svg"]  # The loss of all samples is drawn with its loops folded.
    made = [*folded, "model.json", "neuron.html", "neuron.svg", "neurons.svg", "notes.svg", "trace.txt"]
    assert files_in(tmp_path) == made
    assert (tmp_path / "notes.svg").read_text() == "earlier"


def test_a_file_that_cannot_be_written_is_an_error(tmp_path, capsys):
    (tmp_path / "trace.txt").mkdir()
    assert xor.main(["--epochs", "60", "--output", str(tmp_path)]) == 1
    said = f"not a regular file; nothing was written: '{tmp_path / 'trace.txt'}'; kept in {tmp_path}: model.json\n"
    assert capsys.readouterr().err.endswith(said)


def test_a_full_disk_names_the_plot_that_it_had_no_room_for_and_those_that_are_kept(tmp_path, full_disk_at):
    class Plot:
        def save(self, path):
            replace_file(path, b"new")

    (tmp_path / "b.png").write_text("old")
    full_disk_at(4)
    said = f"no space left on device; the file that was there is as it was: '{tmp_path / 'b.png'}'; "
    with pytest.raises(OSError, match=re.escape(f"{said}kept in {tmp_path}: a.svg, a.png, b.svg") + "$"):
        outputs.show_plots(tmp_path, lambda: {"a": (Plot(), "one"), "b": (Plot(), "two")})
    assert (tmp_path / "b.png").read_text() == "old"


@pytest.fixture
def ctrl_c(monkeypatch):
    """Press Ctrl-C at the n-th time that a function of a module is called; Python's own handler gets it."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)

    def press(module, name, at):
        function, calls = getattr(module, name), itertools.count(1)

        def pressing(*arguments, **options):
            if next(calls) == at:
                signal.raise_signal(signal.SIGINT)
            return function(*arguments, **options)

        monkeypatch.setattr(module, name, pressing)

    yield press
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, previous)


def test_ctrl_c_in_training_keeps_the_network(ctrl_c, tmp_path, capsys):
    ctrl_c(xor_network, "binary_cross_entropy", at=5)
    assert xor.main(["--seed", "9", "--output", str(tmp_path)]) == 130
    report = capsys.readouterr().out
    assert "Stopped after 5 of 300 epochs." in report
    assert f"Interrupted; kept in {tmp_path}: model.json" in report
    twin = new_network(8, 9)
    train_on_xor(twin, 5, progress=False)
    assert MLP.load(tmp_path / "model.json").state_dict() == twin.state_dict()


@pytest.mark.parametrize(
    ("module", "name", "at", "kept"),
    [
        (xor, "train_on_xor", 1, []),
        (Sides, "epoch_by_hand", 2, ["model.json"]),
        (xor_network, "batch_graph", 1, ["model.json", "trace.txt", "neuron.svg", "sample-loss.svg"]),
    ],
)
def test_ctrl_c_later_keeps_the_complete_files(module, name, at, kept, ctrl_c, tmp_path, capsys):
    ctrl_c(module, name, at)
    assert xor.main(["--epochs", "3", "--hidden", "1", "--output", str(tmp_path)]) == 130
    files = f"kept in {tmp_path}: {', '.join(kept)}" if kept else "no file was written"
    assert capsys.readouterr().out.endswith(f"\nInterrupted; {files}\n")
    assert files_in(tmp_path) == sorted(kept)


def test_ctrl_c_in_the_check_counts_the_seeds_so_far(ctrl_c, capsys):
    ctrl_c(xor_network, "binary_cross_entropy", at=2 * 61 + 7)
    assert xor.main(["--check-seeds", "50", "--epochs", "60"]) == 130
    report = capsys.readouterr().out
    assert "  learned           2 of 2 seeds" in report
    assert report.endswith("Interrupted after 2 of 50 seeds: the table covers only these.\n")
