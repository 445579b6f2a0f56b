"""How every example ends: with an exit status, and without a traceback for what is no error of the program."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import StringIO, TextIOWrapper
from typing import NoReturn

INTERRUPTED = 130
"""The exit status that shells know for Ctrl-C."""


class Nowhere(StringIO):
    """A stream in place of one that is closed: nobody will read it."""

    def write(self, text: str) -> int:
        """Keep nothing."""
        return len(text)


def run_command(main: Callable[[], int | None]) -> NoReturn:
    """Run ``main`` and exit with its status; quietly if Ctrl-C or the reader of a pipe ends it.

    What the encoding of the output has no sign for is shown as a question mark, and nothing where there is no output.
    """
    sys.stdout = sys.stdout or Nowhere()
    sys.stderr = sys.stderr or Nowhere()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        status = main() or 0
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        status = INTERRUPTED
    except BrokenPipeError:
        # What is still buffered would fail again when Python closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)
