"""Python's garbage collector and graphs: they have no cycles and never need it, but it searches them all the same."""

from __future__ import annotations

import gc
import os
from threading import get_ident
from weakref import ref

from engine.states import Entry, State, living, note, set_end

_pauses: set[ref[Entry]] = set()


class collector_paused(State):
    """Pause the collector while many objects are made that stay: it took 30 % of the time of a training step.

    As a context manager, or as a decorator: ``@collector_paused()``.
    """

    def begin(self, entry: Entry) -> None:
        """Begin a block."""
        if gc.isenabled():  # Else another thread has paused it, and might resume it before we would pause it for good.
            entry.kept = get_ident()
            note(entry, _pauses)
            set_end(entry.hold(), gc.enable)
            gc.disable()


def _resume_after_fork() -> None:
    """In a forked child, end the pauses of threads that it does not have."""
    threads = [entry.kept for entry in living(_pauses)]
    if threads and get_ident() not in threads:
        gc.enable()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_resume_after_fork)
