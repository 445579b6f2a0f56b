"""Ctrl-C during a long computation: stop between two steps, never within one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Interruption:
    """A block that Ctrl-C ends early and quietly.

    The first Ctrl-C only sets ``requested``; the computation stops at its next `check`. A second one stops it at once,
    and so does the first inside `at_once`, but none inside `uninterrupted`. Either way the block is left as if it had
    come to its end. Only the main thread gets signals: in another one nothing is installed, nor where the program
    ignores Ctrl-C or leaves it to the system.
    """

    def __init__(self) -> None:
        self.requested = False
        self._held = False
        self._urgent = False
        self._previous: Any = None

    def __enter__(self) -> Interruption:
        previous = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and callable(previous):
            self._previous = previous
            signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self._held = True
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)
        stopped = kind is not None and issubclass(kind, KeyboardInterrupt)
        self.requested = self.requested or stopped
        return stopped

    def _handle(self, _signal: int, frame: FrameType | None) -> None:
        if (self.requested or self._urgent) and not self._held and not _is_at_the_edge(frame):
            raise KeyboardInterrupt
        self.requested = True

    def check(self) -> None:
        """Leave the block here if Ctrl-C was pressed."""
        if self.requested:
            raise KeyboardInterrupt

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Inside, the first Ctrl-C raises: nothing is lost with what is done here, and it takes long."""
        self._urgent = True
        try:
            self.check()
            yield
        finally:
            self._urgent = False

    @contextmanager
    def uninterrupted(self) -> Iterator[None]:
        """Inside, no Ctrl-C raises."""
        self._held = True
        try:
            yield
        finally:
            self._held = False


def _is_at_the_edge(frame: FrameType | None) -> bool:
    """Return whether a block is being entered or left: to raise there would lose the program's own handler."""
    while frame is not None and frame.f_code not in (Interruption.__enter__.__code__, Interruption.__exit__.__code__):
        frame = frame.f_back
    return frame is not None
