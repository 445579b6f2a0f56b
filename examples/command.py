"""How every example ends: with an exit status, and without a traceback where the program made no mistake."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import StringIO, TextIOWrapper
from multiprocessing import resource_tracker
from typing import Any, NoReturn

INTERRUPTED = 130
"""The exit status that shells know for Ctrl-C."""


class Nowhere(StringIO):
    """A stream in place of one that is closed: nobody will read it."""

    def write(self, text: str) -> int:
        """Keep nothing."""
        return len(text)


def run_command(main: Callable[[], int | None]) -> NoReturn:
    """Run ``main`` and exit with its status: without a traceback if Ctrl-C, the reader of a pipe or the system ends it.

    A letter that the encoding of the output lacks is shown as a question mark. A closed output is no error.
    """
    sys.stdout = sys.stdout or Nowhere()
    sys.stderr = sys.stderr or Nowhere()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    status, told = _ended(main)
    with suppress(OSError):
        print(told, end="", file=sys.stderr)
    try:
        sys.stdout.flush()
    except OSError:
        # What is still buffered would fail again when Python closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)


def _ended(main: Callable[[], int | None]) -> tuple[Any, str]:
    """Run ``main`` and return its exit status, and what there is to say of its end."""
    try:
        try:
            status = main() or 0
        except SystemExit as ended:  # After --help, whose reader may have gone too.
            status = ended.code
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED, "interrupted\n"
    except BrokenPipeError:
        return 1, ""
    except OSError as error:
        return 1, f"error: {error}\n"
    except MemoryError:
        return 1, "error: out of memory: ask for less\n"
    return status, ""


@contextmanager
def ctrl_c_blocked() -> Iterator[None]:
    """Let Ctrl-C wait, and keep it for good from a process that is started here: that one ends with this one."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # Starting it, as the first process would, unblocks the signal.
    with _ctrl_c_put_off():
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _ctrl_c_put_off() -> Iterator[None]:
    """Let Ctrl-C wait even if another thread gets it, such as a progress bar's: Python would raise it in this one."""
    previous = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(previous):
        yield
        return
    pressed: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _frame: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
        if pressed:
            signal.raise_signal(signal.SIGINT)
