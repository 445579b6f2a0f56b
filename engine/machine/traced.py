"""The machine code of a program, each line with the nodes that it computes.

The code is written as always, by writers that keep in mind where they are: which body of a nest is carried out, in
which rounds, and which of its instructions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.machine.backend import NativeBackend
from engine.machine.code import Code, Options
from engine.machine.compiler import missing_functions
from engine.machine.kernels import Kernel, KernelWriter
from engine.machine.located import Located
from engine.machine.loops import repeat_writer
from engine.machine.memory import Round
from engine.machine.origins import RESULT, Origin, Origins, Where, with_moves
from engine.machine.registers import RegisterCode, RegisterWriter, ShortRepeat
from engine.programs.listing import Listing
from engine.programs.nests import Body, Nests
from engine.programs.plan import Plan
from engine.programs.rounds import NO_NODE, Rounds

Numbers = Sequence[Sequence[str]]
"""The names of numbers, in one round after the other."""


class Trace(Origins):
    """The functions of a program, and where their lines come from."""

    def __init__(self, nests: Nests, rounds: Rounds) -> None:
        super().__init__(nests, rounds)
        self.located = Located()
        self.found: list[Origin] = []

    @property
    def lines(self) -> list[tuple[str, Origin]]:
        """The lines of all functions, each with its origin."""
        lines = self.located.lines
        return list(zip(lines, with_moves(lines, self.found), strict=True))


class Noted(list[str]):
    """The lines of a code, and beside each where it comes from."""

    def __init__(self, code: TracedCode) -> None:
        super().__init__()
        self.code = code
        self.origins: list[Origin] = []

    def append(self, line: str) -> None:
        """Add a line."""
        super().append(line)
        self.origins.append(self.code.trace.origin(self.code.where, self.code.node))

    def __setitem__(self, place: Any, lines: Any) -> None:
        super().__setitem__(place, lines)
        self.origins[place] = [Origin()] * len(lines)


class TracedCode(Code):
    """A code that knows which node of a body it carries out, and where."""

    def __init__(self, options: Options, trace: Trace) -> None:
        super().__init__(options)
        self.trace = trace
        self.where: Where | None = None
        self.node = NO_NODE
        self.lines: Noted = Noted(self)

    def results_of(self, listing: Listing, given: Sequence[str]) -> list[str]:
        """The outputs of a listing; what follows does something with them."""
        results = super().results_of(listing, given)
        self.node = RESULT
        return results

    def result(self, listing: Listing, position: int, values: list[str]) -> str:
        """The lines of one instruction."""
        self.node = listing.instructions[position].node
        return super().result(listing, position, values)

    def look(self, listing: Listing, position: int, values: list[str]) -> str:
        """The condition under which Python would have raised."""
        self.node = listing.instructions[position].node
        condition = super().look(listing, position, values)
        self.node = NO_NODE
        return condition

    def define(self, head: str, result: str = "void") -> str:
        """The function of these lines, which carry their numbers."""
        around = [Origin()] * 2
        self.trace.found += [*around, *self.lines.origins, *around]
        return self.trace.located.function(super().define(head, result))


class TracedRegisterCode(TracedCode, RegisterCode):
    """The same, in registers."""


class TracedWriter(KernelWriter):
    """Tells its code what it carries out."""

    code: TracedCode

    def write(self, kernel: Kernel) -> None:
        """Add the lines of a nest."""
        super().write(kernel)
        self.code.where = None

    def results(self, kernel: Kernel, tile: Sequence[Round], totals: Numbers) -> Numbers:
        """What the body gives in each round of a tile, after what it reads."""
        self.code.where = self.code.trace.where(kernel.body, [], None, 1)
        return super().results(kernel, tile, totals)

    def term(self, body: Body, here: Round) -> str:
        """One term of a sum, after what it reads."""
        self.code.where = self.code.trace.where(body, [], None, 1)
        return super().term(body, here)

    def carried_out(self, body: Body, rounds: Sequence[Round], given: Sequence[str]) -> list[str]:
        """What a body gives in these rounds."""
        self.code.where = self.code.trace.where(body, rounds, self.lane, self.code.lanes // len(rounds))
        return super().carried_out(body, rounds, given)


class TracedRegisterWriter(TracedWriter, RegisterWriter):
    """The same, in registers."""


def obstacle(plan: Plan) -> str:
    """Why there is no machine code for a program, and what helps; empty if there is."""
    missing = missing_functions(plan.nests.kinds)
    return f"only Python computes {' and '.join(missing)}: write the formula without" if missing else ""


def traced(plan: Plan, rounds: Rounds) -> tuple[list[tuple[str, Origin]], list[tuple[str, int]]]:
    """(the lines of `repeat` in LLVM's language, the processor's instructions, each with the number of its line)."""
    backend = NativeBackend(plan, (), fast_math=False)
    writer = repeat_writer(backend.nests, backend.options)
    trace = Trace(writer.nests, rounds)
    if isinstance(writer, ShortRepeat):
        writer.new_code = lambda options: TracedRegisterCode(options, trace)
        writer.new_writer = TracedRegisterWriter
    else:
        writer.new_code = lambda options: TracedCode(options, trace)
        writer.new_writer = TracedWriter
    module = writer.text()
    return trace.lines, list(trace.located.assembly(module))
