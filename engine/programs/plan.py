"""What a program is made of, each part found when it is first asked for."""

from __future__ import annotations

from functools import cached_property

from engine.collector import collector_paused
from engine.programs.listing import Listing
from engine.programs.lowering import lower
from engine.programs.nests import Nests, nested
from engine.programs.passes import optimise
from engine.programs.rolling import roll
from engine.programs.tape import Tape

LONGEST = 4_000
"""The number of nodes from which a program is written as loops, not as one straight list of instructions.

Straight text runs faster in Python: 5 times with 200 nodes, 2.5 times with 2,000, twice with 8,000, not at all from
12,000 on. But it takes ten times as long to make: 60 µs a node, not 6. Here that is a quarter of a second, which 2,000
to 4,000 runs win back.
"""


class Plan:
    """A tape, and the two ways to write it down."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.is_long = len(tape.nodes) > LONGEST

    @cached_property
    def listing(self) -> Listing:
        """All instructions, one after the other."""
        with collector_paused():
            return optimise(lower(self.tape))

    @cached_property
    def nests(self) -> Nests:
        """The same as loops around short listings."""
        with collector_paused():
            return nested(roll(self.tape))
