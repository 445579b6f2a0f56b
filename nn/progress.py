"""How `train` shows that it is getting on: a bar of tqdm, a function of yours, or a line on what takes long."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from nn.checks import is_installed

Report = Callable[[int, float], object]
"""What is called after each epoch with its number, counted from 0, and its loss."""

Progress = bool | None | Report
"""True for a bar, False for none, None for one on a terminal where tqdm is installed, or a function."""

PATIENCE = 1.0
"""How many seconds something may take before `train` says what it is."""


@contextmanager
def announcing(what: str, progress: Progress) -> Iterator[None]:
    """Say on a terminal what the block does, once it has taken a second; never if ``progress`` is False."""
    timer = threading.Timer(PATIENCE, _say, (f"train: {what} …",))
    timer.daemon = True
    if progress is not False and _is_terminal(sys.stderr):
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _say(text: str) -> None:
    """Write a line to the terminal, above a bar that may be there."""
    tqdm = sys.modules.get("tqdm")
    write = tqdm.tqdm.write if tqdm else print
    write(text, file=sys.stderr)


@contextmanager
def reporting(progress: Progress, epochs: int) -> Iterator[Report]:
    """Give the function to call after each epoch, and close the bar, if there is one, at the end.

    Raises TypeError for any other ``progress``, ModuleNotFoundError for True without tqdm.
    """
    if callable(progress):
        yield progress
        return
    if progress is not None and not isinstance(progress, bool):
        raise TypeError(f"progress is True, False, None or a function of (epoch, loss), not {progress!r}")
    if progress and not is_installed("tqdm"):
        message = "progress=True draws its bar with tqdm, which is missing: python -m pip install tqdm"
        raise ModuleNotFoundError(message, name="tqdm")
    if progress is False or not (progress or (_is_terminal(sys.stderr) and is_installed("tqdm"))):
        yield lambda _epoch, _loss: None
        return
    with importlib.import_module("tqdm").tqdm(total=epochs, unit="epoch") as bar:

        def advance(_epoch: int, loss: float) -> None:
            """Move the bar on by an epoch."""
            bar.set_postfix_str(f"loss {loss:.6g}", refresh=False)
            bar.update()

        yield advance


def _is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream is a terminal; there may be no stream, and it may be closed."""
    return stream is not None and not stream.closed and stream.isatty()
