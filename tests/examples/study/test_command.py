"""``python -m examples.study``: the same table each time, with any number of workers and interruptions."""

import csv
import errno
import io
import json
import os
import re
import signal
from multiprocessing import active_children

import pytest
from tqdm import tqdm

from examples.study import command
from examples.study.journal import Journal

GRID = ["--hidden", "2", "3", "--activations", "tanh", "relu", "--rates", "0.1", "5", "--optimizers", "sgd", "adam"]
SMALL = [*GRID, "--seeds", "6", "--epochs", "40", "--backend", "python"]
ALONE = ["--hidden", "2", "--activations", "tanh", "--rates", "0.1", "--optimizers", "adam", "--workers", "1"]


def table(directory):
    """What a study has found: every cell but the seconds."""
    with (directory / "table.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [{name: cell for name, cell in row.items() if name != "seconds"} for row in rows]


def study(directory, *options):
    return command.main([*SMALL, *options, "--output", str(directory)])


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The table of a study that nothing disturbed, by one process."""
    directory = tmp_path_factory.mktemp("whole")
    assert study(directory, "--workers", "1") == 0
    return table(directory)


@pytest.fixture
def with_pictures():
    """For a test that looks at them."""


@pytest.fixture(autouse=True)
def without_pictures(request, monkeypatch):
    """They take longer than the small studies here."""
    if "with_pictures" not in request.fixturenames:
        monkeypatch.setattr(command, "show_plots", lambda *_: None)


def stopping(monkeypatch, after, stop):
    """Lets ``stop`` happen when so many blocks have been kept."""
    kept = []
    add = Journal.add

    def add_and_stop(journal, recipe, trials):
        add(journal, recipe, trials)
        kept.append(recipe)
        if len(kept) == after:
            stop()

    monkeypatch.setattr(Journal, "add", add_and_stop)


def ctrl_c():
    raise KeyboardInterrupt


@pytest.mark.slow
def test_the_number_of_workers_changes_no_digit(whole, tmp_path):
    assert study(tmp_path, "--workers", "3") == 0
    assert table(tmp_path) == whole
    assert len(whole) == 16
    assert {row["seeds"] for row in whole} == {"6"}
    assert len({row["share"] for row in whole}) > 2


def test_ctrl_c_keeps_what_is_finished_and_resume_does_the_rest(whole, tmp_path, monkeypatch, capsys):
    with monkeypatch.context() as patched:
        stopping(patched, 10, ctrl_c)
        assert study(tmp_path, "--workers", "2") == 130
    shown = capsys.readouterr().out
    lines = (tmp_path / "trials.jsonl").read_text().splitlines()
    kept = sum(len(json.loads(line)["trials"]) for line in lines[1:])
    assert f"Interrupted: {kept} of 96 trainings are kept, and --resume goes on with them" in shown
    assert 10 <= kept < 96
    assert sum(int(row["seeds"]) for row in table(tmp_path)) == kept
    assert active_children() == []

    assert study(tmp_path, "--workers", "2") == 1
    assert "holds a study that was interrupted: --resume goes on with it" in capsys.readouterr().err

    assert study(tmp_path, "--workers", "2", "--resume") == 0
    assert table(tmp_path) == whole
    before = (tmp_path / "trials.jsonl").read_bytes()
    assert study(tmp_path, "--resume") == 0
    assert (table(tmp_path), (tmp_path / "trials.jsonl").read_bytes()) == (whole, before)


def test_a_process_that_is_killed_loses_nothing_that_is_finished(whole, tmp_path, monkeypatch, capsys):
    with monkeypatch.context() as patched:
        stopping(patched, 4, lambda: os.kill(active_children()[0].pid, signal.SIGKILL))
        assert study(tmp_path, "--workers", "2") == 1
    assert "trainings are kept, and --resume goes on with them" in capsys.readouterr().out
    assert study(tmp_path, "--workers", "2", "--resume") == 0
    assert table(tmp_path) == whole


def test_resuming_with_more_seeds_tries_only_those_that_are_new(whole, tmp_path, monkeypatch):
    assert study(tmp_path, "--seeds", "4") == 0
    tried = []
    add = Journal.add
    monkeypatch.setattr(
        Journal, "add", lambda self, recipe, trials: tried.extend(t.seed for t in trials) or add(self, recipe, trials)
    )
    assert study(tmp_path, "--seeds", "6", "--resume") == 0
    assert sorted(tried) == [4] * 16 + [5] * 16
    assert table(tmp_path) == whole


def test_on_a_full_disk_the_table_is_of_what_was_finished_and_the_rest_is_resumed(whole, tmp_path, monkeypatch, capsys):
    def refuse():
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        stopping(patched, 3, refuse)
        assert study(tmp_path) == 1
    shown = capsys.readouterr().out
    assert re.search(r"Stopped: .*No space left on device: \d+ of 96 trainings are kept, and --resume goes on", shown)
    assert 0 < len(table(tmp_path)) < 16
    assert study(tmp_path, "--resume") == 0
    assert table(tmp_path) == whole


@pytest.mark.usefixtures("with_pictures")
def test_pictures_of_the_study_before_do_not_stay(tmp_path):
    small = [*ALONE, "--seeds", "2", "--epochs", "3"]
    assert study(tmp_path, *small, "--rates", "0.1", "1") == 0
    assert (tmp_path / "heat_map.svg").exists()
    (tmp_path / "mine.svg").write_text("kept")
    assert study(tmp_path, *small) == 0
    names = {path.name for path in tmp_path.glob("*.[sp][vn]g")}
    assert names == {"losses.svg", "losses.png", "mine.svg"}


def test_after_ctrl_c_the_table_says_of_which_recipe_it_is(tmp_path, monkeypatch, capsys):
    stopping(monkeypatch, 1, ctrl_c)
    assert study(tmp_path, *ALONE, "--optimizers", "sgd", "adam", "--workers", "1") == 130
    shown = capsys.readouterr().out
    assert re.search(r"rank +optimizer +solved", shown)
    assert "of all seeds that there are" not in shown


def test_no_other_study_can_write_before_the_tables_are_written(tmp_path, monkeypatch):
    pytest.importorskip("fcntl")
    write = command.write_tables
    ended = []

    def write_and_try(options, summaries):
        ended.append(study(tmp_path, "--epochs", "7"))
        write(options, summaries)

    monkeypatch.setattr(command, "write_tables", write_and_try)
    assert study(tmp_path, *ALONE) == 0
    assert ended == [1]
    assert len(table(tmp_path)) == 1


def test_a_finished_study_stays_as_it_is_until_something_is_done_anew(tmp_path, capsys):
    assert study(tmp_path, *ALONE, "--seeds", "4") == 0
    before = (tmp_path / "trials.jsonl").read_bytes()
    assert study(tmp_path, *ALONE, "--seeds", "4", "--dask", "nowhere") == 1
    assert "Stopped: no scheduler at 'nowhere'" in capsys.readouterr().out
    assert (tmp_path / "trials.jsonl").read_bytes() == before


def test_a_study_that_was_killed_before_its_last_line_is_finished_by_resuming_it(tmp_path):
    assert study(tmp_path, *ALONE, "--seeds", "4") == 0
    path = tmp_path / "trials.jsonl"
    before = path.read_bytes()
    path.write_bytes(before[: before.rindex(b"\n", 0, -1) + 1])
    assert study(tmp_path, *ALONE, "--seeds", "4", "--resume") == 0
    assert path.read_bytes() == before


def test_a_study_that_is_finished_can_be_done_anew(tmp_path):
    for seeds in ("4", "2"):
        assert study(tmp_path, *ALONE, "--seeds", seeds) == 0
        (row,) = table(tmp_path)
        assert row["seeds"] == seeds


@pytest.mark.usefixtures("with_pictures")
def test_pictures_are_of_the_seeds_that_were_asked_for_though_more_are_kept(tmp_path, monkeypatch):
    shown = []
    plots = command.plots
    monkeypatch.setattr(command, "plots", lambda *given: shown.append(given[1]) or plots(*given))
    assert study(tmp_path, *ALONE, "--seeds", "6") == 0
    assert study(tmp_path, *ALONE, "--seeds", "2", "--resume") == 0
    assert [[trial.seed for (trials,) in [given.values()] for trial in trials] for given in shown] == [
        [*range(6)],
        [0, 1],
    ]


def test_a_recipe_of_which_only_other_seeds_are_kept_is_left_out(tmp_path, monkeypatch, capsys):
    assert study(tmp_path, *ALONE, "--seeds", "6") == 0
    path = tmp_path / "trials.jsonl"
    first, *lines = path.read_text().splitlines()
    late = [line for line in lines if all(trial["seed"] > 2 for trial in json.loads(line).get("trials", []))]
    path.write_text("".join(f"{line}\n" for line in (first, *late)))
    monkeypatch.setattr(command, "run", lambda *_: ctrl_c())
    assert study(tmp_path, *ALONE, "--seeds", "2", "--resume") == 130
    assert "Interrupted: no training was finished" in capsys.readouterr().out


def test_the_bar_counts_trainings_and_begins_with_those_that_are_kept(tmp_path, monkeypatch):
    bars = []

    def hidden_bar(**options):
        bars.append(tqdm(**options | {"file": io.StringIO(), "disable": False}))
        return bars[-1]

    monkeypatch.setattr(command, "tqdm", hidden_bar)
    assert study(tmp_path, *ALONE, "--seeds", "64") == 0
    assert study(tmp_path, *ALONE, "--seeds", "66", "--resume") == 0
    assert [(bar.initial, bar.n, bar.total) for bar in bars] == [(0, 64, 64), (64, 66, 66)]


# --- What is printed --------------------------------------------------------------------------------------------------


def test_it_says_what_it_does_and_what_came_of_it(tmp_path, capsys):
    assert study(tmp_path, "--hidden", "2", "--activations", "tanh", "--rates", "0.1", "--optimizers", "adam") == 0
    shown = capsys.readouterr().out
    (row,) = table(tmp_path)
    assert "xor: 4 samples, solved when all of them are answered rightly" in shown
    assert "1 recipe from 6 seeds each, 40 epochs, backend python" in shown
    assert "hidden 2, activation tanh, loss binary_cross_entropy, initializer xavier, optimizer adam, rate 0.1" in shown
    assert "None of 6 trainings diverged." in shown
    assert f"{row['solved']} of 6 seeds solved it, {float(row['share']):.1%}: of all seeds that there are " in shown
    for name in ("table.csv", "table.json", "trials.jsonl"):
        assert name in shown
        assert (tmp_path / name).exists()


def test_divergence_is_a_result(tmp_path, capsys):
    wild = ["--activations", "linear", "--losses", "hinge", "--initializers", "normal", "--hidden", "3,3"]
    assert study(tmp_path, *wild, "--optimizers", "momentum", "--rates", "1") == 0
    (row,) = table(tmp_path)
    assert 1 < int(row["diverged"]) <= 6
    assert f"{row['diverged']} of 6 trainings diverged." in capsys.readouterr().out
    assert 0 < int(row["diverged_first"]) <= int(row["diverged_last"]) < 40


def test_a_directory_that_cannot_be_written_is_an_error_of_the_command(tmp_path, capsys):
    (tmp_path / "trials.jsonl").mkdir()
    assert study(tmp_path) == 1
    assert "python -m examples.study: error: " in capsys.readouterr().err
