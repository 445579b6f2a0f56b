"""A study on a Dask cluster of two worker processes, which know nothing of this project and may be killed."""

import re
import signal
import subprocess
import sys
from contextlib import ExitStack

import pytest

from examples.study import cluster, command

distributed = pytest.importorskip("distributed")
pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("here")]

GRID = ["--hidden", "2", "--activations", "tanh", "--rates", "0.1", "1", "--optimizers", "sgd", "adam"]
SMALL = [*GRID, "--seeds", "8", "--epochs", "200", "--backend", "python"]
SCHEDULER = (r"Scheduler at:\s+(tcp:\S+)", "dask_scheduler", "--host", "127.0.0.1", "--port", "0")
WORKER = (r"Registered to:\s+(tcp:\S+)", "dask_worker", "--no-nanny", "--nthreads", "2")


@pytest.fixture
def start(tmp_path):
    """Starts a process of Dask, in a directory without this project; returns it, and what it said when it was ready."""
    with ExitStack() as stack:

        def begin(said, module, *arguments):
            line = [sys.executable, "-P", "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"]
            process = subprocess.Popen(line, cwd=tmp_path, env={"PATH": ""}, stderr=subprocess.PIPE, text=True)
            stack.enter_context(process)
            stack.callback(process.kill)
            return process, next(found[1] for text in process.stderr if (found := re.search(said, text)))

        yield begin


def study(directory, *options):
    return command.main([*SMALL, *options, "--output", str(directory)])


def ended(process):
    """Kill a process and wait for it."""
    process.kill()
    process.wait()


def refused(address, message):
    """See that a cluster cannot be used."""
    with pytest.raises(cluster.ClusterError, match=message):
        cluster.dask_executor(address).__enter__()


def test_the_table_is_the_same_although_a_worker_is_killed_midway(start, tmp_path, kept, table, monkeypatch):
    _, address = start(*SCHEDULER)
    processes = [start(*WORKER, address)[0] for _ in range(2)]
    upload, sent = distributed.Client.upload_file, []
    monkeypatch.setattr(distributed.Client, "upload_file", lambda *given: sent.append(given) or upload(*given))
    with cluster.dask_executor(address) as executor:
        assert executor.submit(cluster.loaded).result() == cluster.loaded() == cluster.archive()[0]
    kept[1][3] = lambda: ended(processes[0])
    assert study(tmp_path / "there", "--dask", address) == 0
    assert len(sent) == 1  # The code is sent once.
    assert sum(map(len, kept[0])) == 4 * 8
    assert len(kept[0]) > 3
    assert [process.poll() for process in processes] == [-signal.SIGKILL, None]
    assert study(tmp_path / "here") == 0
    assert table(tmp_path / "there") == table(tmp_path / "here")

    monkeypatch.setattr(cluster, "ENDINGS", (".py",))  # Without the data of Iris, it is another version.
    refused(address, r"the worker tcp://\S+ has other code of this project")


def test_a_scheduler_that_is_lost_midway_is_said_and_what_is_finished_is_kept(start, tmp_path, kept, table, capsys):
    scheduler, address = start(*SCHEDULER)
    start(*WORKER, address)
    kept[1][1] = lambda: ended(scheduler)
    assert study(tmp_path / "there", "--dask", address) == 1
    assert "Stopped: the scheduler was lost: " in capsys.readouterr().out
    assert study(tmp_path / "there", "--resume") == 0
    assert study(tmp_path / "here") == 0
    assert table(tmp_path / "there") == table(tmp_path / "here")


def test_what_is_missing_is_an_error_that_names_the_cure(start, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    for address in ("foo", "", "tcp://127.0.0.1", "tcp://127.0.0.1:1"):
        refused(address, f"no scheduler at '{address}': start one with `dask scheduler`")
    _, address = start(*SCHEDULER)
    refused(address, f"has no workers: start one with `dask worker {address}`")
    monkeypatch.setitem(sys.modules, "distributed", None)
    refused(address, "Dask is missing: python -m pip install distributed")
