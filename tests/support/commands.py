"""Processes: examples, which can be interrupted as at a keyboard, and programs that print."""

import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def command(name, *options):
    """The command line of an example, with options of Python."""
    return [sys.executable, *options, "-m", f"examples.{name}"]


def refusal(main, *arguments):
    """What a command says of arguments that it refuses: a usage message, with exit status 2."""
    with pytest.raises(SystemExit) as ended, redirect_stderr(StringIO()) as said:
        main(arguments)
    assert ended.value.code == 2
    return said.getvalue()


def interruptible(line, **changes):
    """A process that hears Ctrl-C wherever it is started from; with its children it is a group of its own."""
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True} | changes
    return subprocess.Popen(
        line, cwd=ROOT, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler), **settings
    )


def interrupt(running):
    """Press Ctrl-C, for its children too, and see it end as it should; return what it had printed, and its errors."""
    os.killpg(running.pid, signal.SIGINT)
    report, errors = running.communicate()  # ends when the last child that could still write has ended
    assert running.returncode == 130
    assert "Traceback" not in (errors or "")
    return report, errors


def printed_by_processes(program):
    """What a program prints: the same in processes whose hashes differ, or the test fails."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    printed = set()
    for seed in ("0", "1", "12345"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
        printed.add(done.stdout.decode("utf-8"))
    (text,) = printed
    return text
