"""What a reader is to look at: the marks of a drawing, on nodes and on edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from engine import Value
from viz.notation import printable, shortened
from viz.palette import FOLLOWS, WRONG


class Mark(NamedTuple):
    """What a node or an edge is marked with.

    text     stands on it; may be empty
    follows  whether it only follows from what is marked elsewhere: its colour is lighter
    """

    text: str = ""
    follows: bool = False

    @property
    def color(self) -> str:
        """The colour of its lines."""
        return FOLLOWS if self.follows else WRONG


def words_of(mark: Mark | None) -> list[str]:
    """What stands on something with this mark, or without one: a text or none."""
    return [mark.text] if mark and mark.text else []


Marks = Mapping[Value | tuple[Value, int], str | Mark]
"""Short texts, each by the Value whose node it marks, or by (Value, position of the operand) for an edge into it."""

_LONGEST = 32


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
            if not isinstance(text, (str, Mark)):
                raise TypeError(f"marks has a short text for each key, not {text!r}")

    def take(self, keys: Iterable[Value | tuple[Value, int]]) -> Mark | None:
        """The mark of what stands for all of these; None if none of them is marked."""
        found = [self._left.pop(key) for key in keys if key in self._left] if self._left else []
        if not found:
            return None
        marks = [mark if isinstance(mark, Mark) else Mark(mark) for mark in found]
        texts = list(dict.fromkeys(printable(mark.text) for mark in marks if mark.text))
        text = ", ".join(texts)
        if len(text) > _LONGEST and len(texts) > 1:
            more = f", +{len(texts) - 1} more"
            text = shortened(texts[0], _LONGEST - len(more)) + more
        return Mark(shortened(text, _LONGEST), all(mark.follows for mark in marks))

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
