"""``python -m examples.study``: the same table each time, with any number of workers and interruptions."""

import errno
import json
import os
import re
import signal
from multiprocessing import active_children

import pytest
from support.executors import Here

from examples.study import command

GRID = ["--hidden", "2", "--activations", "tanh", "relu", "--rates", "0.1", "1", "5", "--optimizers", "sgd", "adam"]
SMALL = [*GRID, "--seeds", "6", "--epochs", "40", "--backend", "python"]
ALONE = ["--activations", "tanh", "--rates", "0.1", "--optimizers", "adam"]


def study(directory, *options):
    return command.main([*SMALL, *options, "--output", str(directory)])


@pytest.fixture(scope="module")
def whole(tmp_path_factory, table):
    """The table of a study that nothing disturbed, in this process."""
    directory = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(command, "process_pool", lambda _workers: Here())
        assert study(directory) == 0
    return table(directory)


@pytest.fixture(autouse=True)
def quick(request):
    """Processes and pictures take longer than the small studies here; what is marked as slow has them."""
    if not request.node.get_closest_marker("slow"):
        request.getfixturevalue("here")


def ctrl_c(*_):
    raise KeyboardInterrupt


def disk_is_full():
    raise OSError(errno.ENOSPC, "No space left on device")


def worker_is_killed():
    os.kill(active_children()[0].pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("after", "event", "status", "said"),
    [
        (6, ctrl_c, 130, "Interrupted"),
        (4, worker_is_killed, 1, "Stopped: A process in the process pool was terminated abruptly .*"),
        (3, disk_is_full, 1, "Stopped: .*No space left on device"),
    ],
)
def test_what_is_finished_is_kept_and_resume_does_the_rest(
    after, event, status, said, whole, tmp_path, kept, capsys, table
):
    kept[1][after] = event
    assert study(tmp_path, "--workers", "2") == status
    shown = capsys.readouterr().out
    lines = (tmp_path / "trials.jsonl").read_text().splitlines()
    count = sum(len(json.loads(line)["trials"]) for line in lines[1:])
    assert re.search(f"{said}: {count} of 72 trainings are kept, and --resume goes on with them", shown)
    assert after <= count < 72
    assert sum(int(row["seeds"]) for row in table(tmp_path)) == count
    assert active_children() == []

    assert study(tmp_path, "--workers", "2") == 1
    assert "holds a study that was interrupted: --resume goes on with it" in capsys.readouterr().err

    assert study(tmp_path, "--workers", "2", "--resume") == 0
    assert table(tmp_path) == whole
    before = (tmp_path / "trials.jsonl").read_bytes()
    assert study(tmp_path, "--resume") == 0
    assert (table(tmp_path), (tmp_path / "trials.jsonl").read_bytes()) == (whole, before)


def test_resuming_with_more_seeds_tries_only_those_that_are_new(whole, tmp_path, kept, table):
    assert study(tmp_path, "--seeds", "4") == 0
    kept[0].clear()
    assert study(tmp_path, "--seeds", "6", "--resume") == 0
    assert sorted(trial.seed for trials in kept[0] for trial in trials) == [4] * 12 + [5] * 12
    assert table(tmp_path) == whole
    assert len({row["share"] for row in whole}) > 2


def test_a_disk_that_is_full_at_the_end_keeps_the_trainings(tmp_path, full_disk_at, capsys):
    full_disk_at(2)  # The first file is the journal.
    assert study(tmp_path, *ALONE, "--seeds", "4") == 1
    said = r"Stopped: .* nothing was written: '.*table\.csv': 4 of 4 trainings are kept, and --resume goes on"
    assert re.search(said, capsys.readouterr().out)
    assert (tmp_path / "trials.jsonl").read_text().endswith('{"finished": true}\n')


def test_a_finished_study_stays_as_it_is_until_something_is_done_anew(tmp_path, capsys, table):
    assert study(tmp_path, *ALONE, "--seeds", "4") == 0
    path = tmp_path / "trials.jsonl"
    before = path.read_bytes()
    assert study(tmp_path, *ALONE, "--seeds", "4", "--dask", "nowhere") == 1
    assert "Stopped: no scheduler at 'nowhere'" in capsys.readouterr().out
    assert path.read_bytes() == before
    path.write_bytes(before[: before.rindex(b"\n", 0, -1) + 1])  # As if it had been killed before its last line.
    assert study(tmp_path, *ALONE, "--seeds", "4", "--resume") == 0
    assert path.read_bytes() == before
    assert study(tmp_path, *ALONE, "--seeds", "2") == 0
    assert [row["seeds"] for row in table(tmp_path)] == ["2"]
    assert "trials.old.jsonl" in capsys.readouterr().out
    assert (tmp_path / "trials.old.jsonl").read_bytes() == before


def test_only_the_seeds_that_were_asked_for_count_though_more_are_kept(tmp_path, monkeypatch, capsys, table):
    shown = []
    monkeypatch.setattr(command, "show_plots", lambda _, make: make())
    monkeypatch.setattr(command, "plots", lambda _, summaries: shown.extend(summaries))
    assert study(tmp_path, *ALONE, "--seeds", "6") == 0
    assert study(tmp_path, *ALONE, "--seeds", "2", "--resume") == 0
    assert [[trial.seed for trial in summary.trials] for summary in shown] == [[*range(6)], [0, 1]]
    assert [row["seeds"] for row in table(tmp_path)] == ["2"]
    monkeypatch.setattr(command, "run", ctrl_c)
    assert study(tmp_path, *ALONE, "--rates", "5", "--resume") == 130
    assert "Interrupted: no training was finished" in capsys.readouterr().out
