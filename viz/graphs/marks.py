"""What a reader is to look at: the marks of a drawing, on nodes and on edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine import Value
from viz.notation import printable, shortened

Marks = Mapping[Value | tuple[Value, int], str]
"""Short texts, each by the Value whose node it marks, or by (Value, position of the operand) for an edge into it."""

_LONGEST = 26


class Unplaced:
    """The marks of a drawing that stand nowhere yet."""

    def __init__(self, marks: Marks | None) -> None:
        """TypeError for what is not a mapping, or has other keys and values than `Marks`."""
        if marks is not None and not isinstance(marks, Mapping):
            raise TypeError(f"marks is a mapping, as in marks={{loss: 'yours: -1', (loss, 0): ''}}, not {marks!r}")
        self._left = dict(marks or {})
        for key, text in self._left.items():
            if not isinstance(key, Value) and not _is_edge(key):
                raise TypeError(f"marks has a Value or (Value, position of its operand) as a key, not {key!r}")
            if not isinstance(text, str):
                raise TypeError(f"marks has a short text for each key, not {text!r}")

    def take(self, keys: Iterable[Value | tuple[Value, int]]) -> str | None:
        """The text for what stands for all of these; None if none of them is marked."""
        found = [self._left.pop(key) for key in keys if key in self._left] if self._left else []
        return shortened(", ".join(map(printable, dict.fromkeys(found))), _LONGEST) if found else None

    def check_all_taken(self) -> None:
        """ValueError if a mark stands on nothing in the drawing."""
        for key in self._left:
            what, cure = "a node", "what it was computed from"
            if not isinstance(key, Value):
                what, cure = "an edge", "each operand of these that is a Value"
            raise ValueError(
                f"marks has {key!r}, which is not {what} of the drawing: marks go on the Value that is drawn, on {cure}"
            )


def _is_edge(key: Any) -> bool:
    """Whether this is (Value, position of the operand)."""
    return isinstance(key, tuple) and len(key) == 2 and isinstance(key[0], Value) and type(key[1]) is int
