"""What Python does in a page: it runs the cells of a lesson, and checks exercises.

A worker of the browser (``static/live/worker.js``) asks, in JSON, for one of the `CALLS`, and is answered in JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from examples.site.in_page import cells, exercises

CALLS: dict[str, Callable[..., Any]] = {
    "run": cells.Session().run,
    "check": exercises.check,
    "pack": exercises.pack,
    "unpack": exercises.unpack,
}


def answer(message: str) -> str:
    """Return what a call gives: ``{"call": its name, …its arguments}``."""
    arguments = json.loads(message)
    found = CALLS[arguments.pop("call")](**arguments)
    sys.stdout.flush()
    return json.dumps(found)
