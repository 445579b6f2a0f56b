"""Python's garbage collector and graphs: they have no cycles and never need it, but it searches them all the same."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector while many objects are made that stay: it took 30 % of the time of a training step.

    As a context manager, or as a decorator: ``@collector_paused()``.
    """
    enabled = gc.isenabled()
    try:
        if enabled:  # Else another thread has paused it, and might resume it just before we would pause it for good.
            gc.disable()
        yield
    finally:
        if enabled:
            gc.enable()
