"""Ctrl-C during a long computation: stop between two steps, never within one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from types import FrameType
from typing import Any

from engine.extend import Entry, State, set_end

_set_handler = import_module("_signal").signal  # The function in C: that of `signal` is one in Python around it.


class Interruption(State):
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
        self._block: Callable[[], object] = object
        self._previous: Any = None

    def begin(self, entry: Entry) -> Interruption:
        """Begin the block."""
        self._held = False
        previous = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and callable(previous):
            self._block, self._previous = entry.hold, previous
            set_end(entry.hold(), partial(_set_handler, signal.SIGINT, previous))
            signal.signal(signal.SIGINT, self._handle)
        return self

    def end(self, kind: type[BaseException] | None, *_: object) -> bool:
        """Note whether Ctrl-C ended the block, and end it quietly then."""
        self._held = True
        stopped = kind is not None and issubclass(kind, KeyboardInterrupt)
        self.requested = self.requested or stopped
        return stopped

    def _handle(self, number: int, frame: FrameType | None) -> Any:
        if self._block() is None:  # The block is over, but ended in a thread, which may not put a handler back.
            signal.signal(number, self._previous)
            return self._previous(number, frame)
        if (self.requested or self._urgent) and not self._held and not _is_at_the_edge(frame):
            raise KeyboardInterrupt
        self.requested = True
        return None

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


_EDGES = {(State.__enter__.__code__.co_filename, name) for name in ("__get__", "__enter__", "_leave")}
_EDGES |= {(__file__, name) for name in ("begin", "end")}


def _is_at_the_edge(frame: FrameType | None) -> bool:
    """Return whether a block is being entered or left: to raise there would lose what was computed in it."""
    while frame is not None and (frame.f_code.co_filename, frame.f_code.co_name) not in _EDGES:
        frame = frame.f_back
    return frame is not None
