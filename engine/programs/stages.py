"""What becomes of a graph on its way to the processor, line by line, and what each line was made from.

The stages are those of `Program`: the graph and its gradient, the instructions, what each pass makes of them, and the
texts that are written of the last list. Nothing is computed here. Passes say where each instruction went
(`Listing.places`), and texts which instructions stand in a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from engine.collector import collector_paused
from engine.gradients import read_leaves
from engine.graph import walk
from engine.programs.affine import NUMBERS, Access
from engine.programs.arrays import Array
from engine.programs.derived import Derived
from engine.programs.forest import Forest
from engine.programs.history import names_through, nodes_of, origins
from engine.programs.javascript.text import source_of
from engine.programs.kinds import GIVEN
from engine.programs.listing import Listing
from engine.programs.loop_text import loop_lines
from engine.programs.loops import ATOM, Writer, written
from engine.programs.loops import Line as LoopLine
from engine.programs.lowering import lower
from engine.programs.matrices.formulas import Source
from engine.programs.matrices.text import Matrices
from engine.programs.nests import nested
from engine.programs.passes import PASSES
from engine.programs.pictured import pictured
from engine.programs.plan import Plan
from engine.programs.python import PythonSource, Told, choose_names
from engine.programs.python_loops import LoopSource
from engine.programs.rolling import Delivery, Roller
from engine.programs.rounds import Rounds
from engine.programs.tape import record
from engine.value import Value

Place = tuple[int, int]
"""The number of a stage, and of a line in it."""


class Line(NamedTuple):
    """A line of a stage.

    sources  the lines of earlier stages that it was made from
    value    of the graph and the gradient: the node
    """

    text: str
    sources: tuple[Place, ...] = ()
    value: Value | None = None


class Stage(NamedTuple):
    """A program at one point of its way.

    name     "graph", "gradient", "instructions", the name of a pass, "python", …
    about    what happened here, in a sentence
    missing  why there are no lines, and what helps
    results  of a graph or a list of instructions: as Values, to be drawn
    """

    name: str
    about: str
    lines: tuple[Line, ...]
    missing: str = ""
    results: tuple[Value, ...] = ()


def stages_of(output: Value, leaves: Sequence[Value]) -> tuple[Stage, ...]:
    """The program of ``output`` and its gradient by ``leaves``, from the graph to the processor.

    Raises TypeError for anything but Values, and the errors of `engine.gradients`.
    """
    return tuple(Way(output, read_leaves("stages_of", output, leaves)).stages)


TEXTS = ("A program of this size is written as loops.", "The last list as a text: an instruction a line.")
"""What is said of a text whose lines stand for no single instructions, and of others."""


class Way:
    """The stages, each added after those it is made from."""

    @collector_paused()
    def __init__(self, output: Value, leaves: Sequence[Value]) -> None:
        self.stages: list[Stage] = []
        self.output, self.derived = output, Derived(output, leaves)
        outputs = (output, *self.derived.gradients)
        self.tape, given = record((), outputs, ())
        self.values = (*given, *walk(*outputs)[1])
        self.plan = Plan(self.tape)
        self.nodes: dict[int, Place] = {}
        """For each position on the tape, its line."""
        self.merged: dict[int, set[int]] = {}
        """For a node that is computed, all that went into its instructions: twins, and what a rule made needless."""
        self.loops: dict[tuple[int, int] | Delivery | Array, list[Place]] = {}
        """For a group's formulas, by its number and theirs, and for what else stands in lines of loops, these lines."""
        listings = [lower(self.tape)]
        for run in PASSES:
            listings.append(run(listings[-1]))
        roller = Roller(Forest(self.tape))
        self.plan.listing, self.plan.nests = listings[-1], nested(roller.rolled())
        names = names_through(listings, choose_names(listings[-1].instructions))
        self.add_graphs(listings[0], names[0])
        self.add_listings(listings, names)
        self.add_texts()
        rounds = Rounds(roller)
        self.add_loops(rounds)
        self.add_matrices()
        self.add_machine_code(rounds)

    def add(
        self, name: str, about: str, lines: Iterable[Line], results: Sequence[Value] = (), missing: str = ""
    ) -> None:
        """Add a stage; its name gets a number if it is not the first of this name."""
        seen = sum(stage.name.split()[0] == name for stage in self.stages)
        self.stages.append(Stage(f"{name} {seen + 1}" if seen else name, about, tuple(lines), missing, tuple(results)))

    # --- Graphs -------------------------------------------------------------------------------------------------------

    def add_graphs(self, listing: Listing, names: Sequence[str]) -> None:
        """The graph and its gradient, an operation a line; each under the name of the instruction that computes it."""
        last = {instruction.node: names[p] for p, instruction in enumerate(listing.instructions)}
        parts: tuple[list[Line], list[Line]] = ([], [])
        graph = [value for value in self.values if value in self.derived.graph]
        lines = {value: line for line, value in reversed([*enumerate(graph)])}
        for position, value in enumerate(self.values):
            in_gradient = value not in self.derived.graph
            owners = self.derived.owners[value] if in_gradient else ()
            self.nodes[position] = (int(in_gradient), len(parts[in_gradient]))
            sources = tuple(sorted((0, lines[owner]) for owner in owners))
            parts[in_gradient].append(Line(f"{last[position]} = {self.formula(position, last)}", sources, value))
        about = "The graph as it was recorded: a leaf or an operation a line, operands first."
        self.add("graph", about, parts[0], [self.output])
        about = "The gradient as a graph: what the chain rule made on its way back, from the result to the leaves."
        self.add("gradient", about, parts[1], self.derived.gradients)

    def formula(self, position: int, names: dict[int, str]) -> str:
        """The number of a leaf, or an operation on names."""
        given = len(self.tape.leaf_labels)
        if position < given:
            return repr(self.values[position]._number)
        node = self.tape.nodes[position - given]
        operands = [repr(operand) if isinstance(operand, float) else names[operand] for operand in node.operands]
        return written(node.operation, [(operand, ATOM) for operand in operands])[0]

    # --- Instructions -------------------------------------------------------------------------------------------------

    def add_listings(self, listings: Sequence[Listing], names: Sequence[Sequence[str]]) -> None:
        """The instructions, and what each pass makes of them."""
        about = "Each operation as the steps that a processor takes, by the formula of its row in the table."
        sources = [[self.nodes[node]] for node in nodes_of(listings[0])]
        leaves = [value._number for value in self.values[: len(self.tape.leaf_labels)]]
        results = [pictured(listing, called, leaves) for listing, called in zip(listings, names, strict=True)]
        self.add("instructions", about, listed(listings[0], names[0], sources), results[0])
        nodes = [{node} for node in nodes_of(listings[0])]
        for place, run in enumerate(PASSES, 1):
            before, after, last = listings[place - 1], listings[place], len(self.stages) - 1
            found = origins(before, after)
            nodes = [set().union(*[nodes[position] for position in origin]) for origin in found]
            sources = [[(last, position) for position in origin] for origin in found]
            about = (run.__doc__ or "").partition("\n")[0]
            self.add(run.__name__, about, listed(after, names[place], sources), results[place])
        for instruction, merged in zip(listings[-1].instructions, nodes, strict=True):
            if instruction.kind not in GIVEN:
                self.merged.setdefault(instruction.node, set()).update(merged)

    # --- Texts --------------------------------------------------------------------------------------------------------

    def add_texts(self) -> None:
        """The last list in Python and in JavaScript."""
        straight, last = PythonSource(self.plan.listing), len(self.stages) - 1
        python: Iterable[Told] = straight.function()
        if self.plan.is_long:
            python = [(line, ()) for line in LoopSource(self.plan.nests).run().splitlines()]
        for name, lines in (("python", python), ("javascript", source_of(self.plan).function())):
            linked = [Line(text, tuple([(last, p) for p in straight.written_in(made)])) for text, made in lines]
            self.add(name, TEXTS[any(line.sources for line in linked)], linked)

    # --- Loops --------------------------------------------------------------------------------------------------------

    def add_loops(self, rounds: Rounds) -> None:
        """The loops that were found in the tape; each line stands for a node in every round."""
        writer = Writer(self.plan.nests)
        lines = loop_lines(writer)
        stands = [[self.nodes_in(part, rounds) for part in told] for _, told in lines]
        written = set().union(*[nodes for parts in stands for nodes in parts])
        found = []
        for place, ((text, told), parts) in enumerate(zip(lines, stands, strict=True)):
            nodes = rounds.with_twins(set().union(*parts), written)
            found.append(Line(text, tuple([self.nodes[node] for node in nodes])))
            is_loop = text.lstrip().startswith("for ")
            for part in () if is_loop else told:
                made = (part.group.number, part.part) if isinstance(part, LoopLine) else part
                self.loops.setdefault(made, []).append((len(self.stages), place))
        self.add("loops", "The loops in the graph and its gradient: what is computed alike is one line.", found)

    def nodes_in(self, part: LoopLine | Delivery | Array, rounds: Rounds) -> set[int]:
        """The nodes that a part of a line of loops stands for, or takes."""
        if isinstance(part, LoopLine):
            return rounds.nodes(part.group, part.part)
        if isinstance(part, Array):
            return {*part.elements()}
        array, elements = part.source.array, part.source.elements(part.dims)
        return {*elements} if array == NUMBERS else {self.plan.nests.rolled.groups[array].nodes[e] for e in elements}

    # --- Matrices -----------------------------------------------------------------------------------------------------

    def add_matrices(self) -> None:
        """The same in NumPy's terms; a statement may have several lines."""
        matrices = Matrices(self.plan.nests)
        lines = []
        for statement, told in matrices.told():
            sources = {place: None for part in told for place in self.behind_matrix(matrices, part)}
            lines += [Line(text, tuple(sources)) for text in statement.split("\n")]
        self.add("matrices", "The same in NumPy's terms: loops as products of matrices and sums along axes.", lines)

    def behind_matrix(self, matrices: Matrices, part: Source | Delivery) -> Iterator[Place]:
        """The lines that an array, or what is brought out of the program, comes from."""
        if isinstance(part, Delivery):
            yield from self.loops[part]
            return
        for source in matrices.behind(part):
            if source.number >= 0:
                for formula in range(len(self.plan.nests.rolled.groups[source.number].trees)):
                    yield from self.loops[source.number, formula]
            elif source.number == NUMBERS:
                sizes = tuple([loop.size for loop in source.loops])
                yield from [self.nodes[p] for p in Access(NUMBERS, source.start, source.strides).elements(sizes)]

    # --- Machine code -------------------------------------------------------------------------------------------------

    def add_machine_code(self, rounds: Rounds) -> None:
        """The function that runs the program, in LLVM's language, and the processor's instructions."""
        try:
            from engine.machine.traced import obstacle, traced  # Here alone, for it needs llvmlite.
        except ModuleNotFoundError as error:
            missing = str(error).removeprefix("backend='llvm' ")
        else:
            missing = obstacle(self.plan)
        functions, instructions = ([], []) if missing else traced(self.plan, rounds)
        written = {node for _, origin in functions for node in origin.nodes}
        lines = []
        for text, origin in functions:
            merged = {other for node in origin.nodes for other in self.merged.get(node, ())}
            sources = [self.nodes[node] for node in sorted({*origin.nodes} | merged - written)]
            if not written:  # In large programs, no nodes are named.
                sources = [place for formula in origin.formulas for place in self.loops[formula]]
            lines.append(Line(text, tuple(sources)))
        about = "The function `repeat` in LLVM's language: runs of the program in a loop, a name for each result."
        self.add("llvm", about, lines, missing=missing)
        last = len(self.stages) - 1
        lines = [Line(text, ((last, number),) * (number >= 0)) for text, number in instructions]
        about = "The instructions of this processor, line by line; to be faster, a program has some in other places."
        self.add("assembly", about, lines, missing=missing)


def listed(listing: Listing, names: Sequence[str], sources: Sequence[Sequence[Place]]) -> list[Line]:
    """A listing, an instruction a line; the numbers that are given, too."""
    source = PythonSource(listing, names=names)
    source.in_place = [instruction.kind in GIVEN for instruction in listing.instructions]
    lines = []
    for position, (instruction, made_from) in enumerate(zip(listing.instructions, sources, strict=True)):
        is_given = instruction.kind in GIVEN
        text = f"{instruction.kind} {source.operand(position)}" if is_given else source.line(position)
        lines.append(Line(text, tuple(made_from)))
    return lines
