"""What a page knows of the parts of a graph: how they lie in each other, their calls, and their boxes when closed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from viz.graphs.labels import part_title
from viz.graphs.outline import Outline
from viz.graphs.parts import Part, PartCall, path_of
from viz.notation import unused
from viz.page.content import WIDEST_NUMBER
from viz.page.layout import LONGEST_TITLE, size_of
from viz.record import Record

_MOST_OUTPUTS = 4
_SHORT = "-0.123"


class PageParts:
    """The parts of a record, by its outline by operation."""

    def __init__(self, record: Record, outline: Outline) -> None:
        self._record = record
        self._outline = outline
        self.places: dict[Part | None, int] = {part: place for place, part in enumerate(outline.parts)}
        self.calls = self._all_calls()

    def content(self, reserved: Iterable[str]) -> list[dict[str, Any]]:
        """Each part with its path, the place of the part around it, the size of its box, and all nodes in it.

        reserved  what no path may be: in an address it would name something else
        """
        taken = set(reserved)
        found = []
        for part in self._outline.parts:
            path = unused(path_of(part), taken)
            taken.add(path)
            name, note = part_title(part, LONGEST_TITLE)
            about = {"name": name, "note": note, "path": path, "parent": self.places.get(part.parent)}
            sizes = dict(zip(("width", "height"), self.sizes[part], strict=True))
            found.append({**about, **sizes, "inside": self._inside(part), "nodes": self._members[part]})
        return found

    def calls_content(self) -> list[dict[str, Any]]:
        """Each call with the place of its part, and that of the call around it."""
        return [{"part": self.places[call.part], "outer": self.calls.get(call.outer)} for call in self.calls if call]

    @cached_property
    def sizes(self) -> Mapping[Part, tuple[int, int]]:
        """The size of each part when it is closed: those within the same part are equally wide."""
        alike: dict[Part | None, list[tuple[int, int]]] = {}
        for part in self._outline.parts:
            alike.setdefault(part.parent, []).append(size_of(self._texts(part)))
        return {part: max(alike[part.parent]) for part in self._outline.parts}

    @cached_property
    def _members(self) -> Mapping[Part, list[int]]:
        """The places of the nodes in each part and in the parts within it."""
        found: dict[Part, list[int]] = {part: [] for part in self._outline.parts}
        for place, node in enumerate(self._outline.nodes):
            for part in node.part.ancestors() if node.part else ():
                found[part].append(place)
        return found

    def _all_calls(self) -> dict[PartCall | None, int]:
        """The places of all calls, each after those around it."""
        calls = self._record.parts.calls.values()
        ordered = dict.fromkeys(call for innermost in calls for call in reversed([*innermost.ancestors()]))
        return {call: place for place, call in enumerate(ordered)}

    def _texts(self, part: Part) -> list[str]:
        """What there must be room for in a closed part: its title with a sign, how much is in it, and its numbers."""
        outputs = self._count_outputs(part)
        few = ", ".join([_SHORT] * outputs)
        numbers = few if outputs <= _MOST_OUTPUTS else f"{_SHORT} … {_SHORT}"
        widest = WIDEST_NUMBER if outputs < 2 else f"grad {numbers}"
        return [f"{' '.join(part_title(part, LONGEST_TITLE))} + ", self._inside(part), widest, widest]

    def _count_outputs(self, part: Part) -> int:
        """How many numbers a part gives to others."""
        nodes = list(self._record.uses)
        inside = {nodes[place] for place in self._members[part]}
        uses = (use for node, uses in self._record.uses.items() if node not in inside for use in uses)
        given = {use.operand for use in uses} | {*self._record.roots}
        return sum(not node.is_leaf for node in inside & given)

    def _inside(self, part: Part) -> str:
        """How much is in a part: "8 neurons", "3 calls of 7 operations"."""
        around = (call_of(part, call) for call in self._record.parts.calls.values())
        calls = Counter(call for call in around if call)
        within = [inner.name for inner in self._outline.parts if inner.parent is part]
        if not within and len(set(calls.values())) > 1:
            return f"{calls.total()} operations in {len(calls)} calls"
        inside = within or ["operation"] * max(calls.values(), default=0)
        text = f"{len(inside)} {kind_of(inside)}"
        return f"{len(calls)} calls of {text}" if len(calls) > 1 else text


def call_of(part: Part, call: PartCall) -> PartCall | None:
    """The outermost call of a part around what is in a call: a function that calls itself is called once."""
    found = [around for around in call.ancestors() if around.part is part]
    return found[-1] if found else None


def kind_of(names: Sequence[str]) -> str:
    """What things are called together: ``neurons`` for ``neuron0`` and ``neuron1``, else ``parts``."""
    stems = {re.sub(r"\W*[\d_]*\W*$", "", name) for name in names}
    stem = stems.pop() if len(stems) == 1 else ""
    return (stem or "part") + ("s" if len(names) != 1 else "")
