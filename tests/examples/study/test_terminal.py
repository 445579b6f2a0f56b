"""A study at a terminal: its bar, Ctrl-C, and a command that is killed."""

import os
import re
import signal
import subprocess
from contextlib import suppress

import pytest
from support.commands import ROOT, command, interrupt, interruptible

pytestmark = pytest.mark.slow


def rest(terminal):
    """What is left to read of a terminal, if anything is."""
    os.set_blocking(terminal, False)
    seen = b""
    with suppress(BlockingIOError):
        while more := os.read(terminal, 100_000):
            seen += more
    return seen


@pytest.fixture
def terminal():
    """Two ends of a terminal: ours, and one for the standard error of a command."""
    pty = pytest.importorskip("pty")
    termios = pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    yield ours, theirs
    os.close(theirs)
    os.close(ours)


@pytest.fixture
def long_study(tmp_path, terminal):
    """A study that has begun to work in two processes, and that would take minutes."""
    ours, theirs = terminal
    arguments = ["--preset", "tutorial", "--seeds", "100000", "--output", str(tmp_path), "--workers", "2"]
    running = interruptible([*command("study"), *arguments], stderr=theirs)
    seen = b""
    while not re.search(rb" [1-9]\d*/100000 ", seen):  # The bar counts: workers are at work.
        seen += os.read(ours, 1_000)
    return running


def test_ctrl_c_at_the_keyboard_ends_the_command_and_its_workers_quietly(long_study, terminal):
    shown, _ = interrupt(long_study)
    assert b"Traceback" not in rest(terminal[0])
    assert re.search(r"Interrupted: [\d,]+ of 100,000 trainings are kept, and --resume goes on with them", shown)


def test_the_workers_of_a_command_that_is_killed_end_too(long_study):
    long_study.kill()
    long_study.communicate()  # ends when the last child that could still write has ended
    assert long_study.returncode == -signal.SIGKILL


def test_a_bar_shows_the_time_left(tmp_path, terminal):
    ours, theirs = terminal
    small = ["--activations", "tanh", "--optimizers", "sgd", "--seeds", "96", "--epochs", "300", "--workers", "1"]
    arguments = [*small, "--backend", "python", "--output", str(tmp_path)]
    subprocess.run([*command("study"), *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=theirs, check=True)
    assert re.search(rb"training: +\d+%.*\d+/96 \[\d\d:\d\d<", rest(ours))
