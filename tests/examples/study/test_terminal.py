"""A study at a terminal: its bar, Ctrl-C, and a command that is killed."""

import os
import re
import signal
from contextlib import suppress

import pytest
from support.commands import command, interrupt, interruptible

pytestmark = pytest.mark.slow


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
    """A study that would take minutes; it works in two processes, and its bar shows the time left."""
    ours, theirs = terminal
    arguments = ["--preset", "tutorial", "--seeds", "100000", "--output", str(tmp_path), "--workers", "2"]
    running = interruptible([*command("study"), *arguments], stderr=theirs)
    seen = b""
    while not re.search(rb"training: +\d+%.* [1-9]\d*/100000 \[[\d:]+<[\d:]+", seen):
        seen += os.read(ours, 1_000)
    return running


def test_ctrl_c_at_the_keyboard_ends_the_command_and_its_workers_quietly(long_study, terminal):
    shown, _ = interrupt(long_study)
    assert re.search(r"Interrupted: [\d,]+ of 100,000 trainings are kept, and --resume goes on with them", shown)
    os.set_blocking(terminal[0], False)
    seen = b""
    with suppress(BlockingIOError):
        while more := os.read(terminal[0], 100_000):
            seen += more
    assert b"Traceback" not in seen


def test_the_workers_of_a_command_that_is_killed_end_too(long_study):
    long_study.kill()
    long_study.communicate()  # ends when the last child that could still write has ended
    assert long_study.returncode == -signal.SIGKILL
