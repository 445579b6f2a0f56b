"""A study on a Dask cluster of two worker processes, which know nothing of this project and may be killed."""

import csv
import json
import re
import signal
import subprocess
import sys
import zipfile
from contextlib import ExitStack
from functools import cache

import pytest
from support.executors import Here

from examples.study import cluster, command
from examples.study.journal import Journal

pytest.importorskip("distributed")
pytestmark = pytest.mark.cluster

GRID = ["--hidden", "2", "--activations", "tanh", "--rates", "0.1", "1", "--optimizers", "sgd", "adam"]
SMALL = [*GRID, "--seeds", "8", "--epochs", "200", "--backend", "python"]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """What is not done on the cluster is done in this process, and no pictures are made."""
    monkeypatch.setattr(command, "process_pool", lambda _workers: Here())
    monkeypatch.setattr(command, "show_plots", lambda *_: None)


def started(stack, directory, said, module, *arguments):
    """A process of Dask that has said it is ready, and what it said."""
    process = stack.enter_context(
        subprocess.Popen(
            [sys.executable, "-P", "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"],
            cwd=directory,
            env={"PATH": ""},
            stderr=subprocess.PIPE,
            text=True,
        )
    )
    stack.callback(process.kill)
    for line in process.stderr:
        if found := re.search(said, line):
            return process, found[1]
    raise AssertionError(f"{module} ended")


SCHEDULER = (r"Scheduler at:\s+(tcp:\S+)", "dask_scheduler", "--host", "127.0.0.1", "--port", "0")
WORKER = (r"Registered to:\s+(tcp:\S+)", "dask_worker", "--no-nanny", "--nthreads", "2")


@pytest.fixture
def workers(tmp_path):
    """(The address of a scheduler, the processes of its two workers), each in a directory without this project."""
    with ExitStack() as stack:
        _, address = started(stack, tmp_path, *SCHEDULER)
        yield address, [started(stack, tmp_path, *WORKER, address)[0] for _ in range(2)]


def table(directory):
    with (directory / "table.csv").open(newline="") as stream:
        return [{**row, "seconds": None} for row in csv.DictReader(stream)]


@pytest.fixture
def after_trials(monkeypatch):
    """Lets something happen when so many lines of trials have been kept; what is kept is counted."""

    def watch(line, happen):
        kept = []
        add = Journal.add

        def add_and_see(journal, recipe, trials):
            add(journal, recipe, trials)
            kept.append(len(trials))
            if len(kept) == line:
                happen()

        monkeypatch.setattr(Journal, "add", add_and_see)
        return kept

    return watch


def ended(process, how):
    """End a process and wait for it."""
    process.send_signal(how)
    process.wait()


def test_the_table_is_the_same_although_a_worker_is_killed_midway(workers, tmp_path, after_trials):
    address, processes = workers
    assert command.main([*SMALL, "--output", str(tmp_path / "here")]) == 0
    kept = after_trials(3, lambda: ended(processes[0], signal.SIGKILL))
    assert command.main([*SMALL, "--dask", address, "--output", str(tmp_path / "there")]) == 0
    assert sum(kept) == 4 * 8
    assert kept[:3] != kept
    assert table(tmp_path / "there") == table(tmp_path / "here")
    assert [process.poll() for process in processes] == [-signal.SIGKILL, None]
    assert json.loads((tmp_path / "there" / "trials.jsonl").read_text().splitlines()[-1]) == {"finished": True}


def test_a_scheduler_that_is_lost_midway_is_said_and_what_is_finished_is_kept(tmp_path, after_trials, capsys):
    with ExitStack() as stack:
        scheduler, address = started(stack, tmp_path, *SCHEDULER)
        started(stack, tmp_path, *WORKER, address)
        after_trials(1, lambda: ended(scheduler, signal.SIGKILL))
        assert command.main([*SMALL, "--dask", address, "--output", str(tmp_path / "there")]) == 1
    assert "Stopped: the scheduler was lost: " in capsys.readouterr().out
    assert command.main([*SMALL, "--resume", "--output", str(tmp_path / "there")]) == 0
    assert command.main([*SMALL, "--output", str(tmp_path / "here")]) == 0
    assert table(tmp_path / "there") == table(tmp_path / "here")


def test_workers_are_sent_the_code_once_and_refused_with_another(workers, monkeypatch):
    address, _ = workers
    zip_file = zipfile.ZipFile
    made = []
    monkeypatch.setattr(zipfile, "ZipFile", lambda *details: made.append(details) or zip_file(*details))
    for _ in range(2):
        with cluster.dask_executor(address) as executor:
            assert executor.submit(cluster.fingerprint).result() == cluster.fingerprint()
    assert len(made) == 1

    monkeypatch.setattr(cluster, "ENDINGS", (".py",))  # Without the data of Iris, it is another version.
    monkeypatch.setattr(cluster, "fingerprint", cache(cluster.fingerprint.__wrapped__))
    refused(address, r"the worker tcp://\S+ has other code of this project")


# --- What is missing --------------------------------------------------------------------------------------------------


def refused(address, message):
    """See that a cluster cannot be used."""
    with pytest.raises(cluster.ClusterError, match=message):
        cluster.dask_executor(address).__enter__()


def test_an_address_where_nobody_answers_is_an_error_that_names_the_cure(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(cluster, "PATIENCE", 0.2)
    assert command.main([*SMALL, "--dask", "tcp://127.0.0.1:1", "--output", str(tmp_path)]) == 1
    assert "no scheduler at 'tcp://127.0.0.1:1': start one with `dask scheduler`" in capsys.readouterr().out


@pytest.mark.parametrize("address", ["foo", "", "tcp://127.0.0.1"])
def test_an_address_without_a_port_is_refused_at_once(address):
    refused(address, f"no scheduler at '{address}'")


def test_a_cluster_without_workers_is_an_error_that_names_the_cure(monkeypatch, tmp_path):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with ExitStack() as stack:
        _, address = started(stack, tmp_path, *SCHEDULER)
        refused(address, f"has no workers: start one with `dask worker {address}`")


def test_without_dask_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    refused("tcp://127.0.0.1:1", "Dask is missing: python -m pip install distributed")
