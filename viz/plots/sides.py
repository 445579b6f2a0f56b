"""The keys at the sides of a heat map: their levels, the groups of equal ones, and how they are checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from viz.plots.checks import entries, text
from viz.plots.figures import name_text

_MOST_KEYS = 120
_LONGEST_NAME = 24


@dataclass(frozen=True)
class Group:
    """Neighbours on one side of a map whose keys are equal up to some level: the first, and the one behind the last."""

    start: int
    stop: int
    text: str

    @property
    def middle(self) -> float:
        """Where its text stands."""
        return (self.start + self.stop) / 2


@dataclass(frozen=True)
class Side:
    """The keys of the rows or of the columns, and the names of their levels, if they have any.

    keys   for each row or column a text for each level, the outermost first
    names  a name for each level, or nothing
    """

    keys: list[tuple[str, ...]]
    names: tuple[str, ...]

    @property
    def levels(self) -> int:
        """How many texts each key has."""
        return len(self.keys[0])

    def texts(self, level: int) -> list[str]:
        """What stands at each row or column, at one level."""
        return [name_text(key[level], _LONGEST_NAME) for key in self.keys]

    def name(self, level: int) -> str:
        """What one level is."""
        return name_text(self.names[level], _LONGEST_NAME) if self.names else ""

    def groups(self, level: int) -> list[Group]:
        """The neighbours that share a text at one level and at all outside of it; at the innermost, each by itself."""
        texts = self.texts(level)
        if level == self.levels - 1:
            return [Group(place, place + 1, text) for place, text in enumerate(texts)]
        runs = (list(run) for _, run in groupby(range(len(self.keys)), lambda place: self.keys[place][: level + 1]))
        return [Group(run[0], run[-1] + 1, texts[run[0]]) for run in runs]

    def edges(self) -> Iterator[tuple[int, int]]:
        """Each place between two neighbours, with how many levels above the innermost change there."""
        for place in range(1, len(self.keys)):
            pairs = zip(self.keys[place - 1], self.keys[place], strict=True)
            changes = (level for level, (before, after) in enumerate(pairs) if before != after)
            yield place, self.levels - 1 - next(changes, self.levels - 1)


def side(given: Any, names: Any, what: str) -> Side:
    """The keys of one side with the names of their levels, or the error that says what is wrong with which."""
    plural = f"{what}s"
    keys = [_key(key, f"{plural}[{index}]") for index, key in enumerate(entries(given, plural, "texts"))]
    if not keys:
        raise ValueError(f"there is nothing to plot: {plural} is empty")
    if len(keys) > _MOST_KEYS:
        raise ValueError(f"{len(keys)} {plural} are more than the {_MOST_KEYS} that can be read: give some of them")
    for index, key in enumerate(keys):
        if len(key) != len(keys[0]):
            raise ValueError(f"{plural}[0] has {len(keys[0])} levels, but {plural}[{index}] has {len(key)}")
    return Side(keys, _names(names, len(keys[0]), f"{what}_names"))


def _key(given: Any, what: str) -> tuple[str, ...]:
    """A text for each level."""
    if isinstance(given, str):
        return (given,)
    if not isinstance(given, (tuple, list)):
        raise TypeError(f"{what} is a text or a tuple of texts, not {given!r} of type {type(given).__name__}")
    if not given:
        raise ValueError(f"{what} is empty: a key has at least one level")
    return tuple(text(level, f"{what}[{index}]") for index, level in enumerate(given))


def _names(given: Any, levels: int, what: str) -> tuple[str, ...]:
    """A name for each level, or nothing."""
    names = tuple(text(name, f"{what}[{index}]") for index, name in enumerate(entries(given, what, "texts")))
    if names and len(names) != levels:
        raise ValueError(f"{what} has {len(names)} names for keys of {levels} levels")
    return names
