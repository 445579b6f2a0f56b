"""What makes a program shorter without changing a bit of what it computes.

Each pass is a function from a listing to a listing, and can be run alone. None may do what holds for real numbers only:
a + (b + c) is not (a + b) + c, and x * 0 is not 0 where x is infinite, or negative (-0.0). Nor may a failure be lost:
where a pass drops an instruction, it is one that cannot fail, or one whose twin fails in the same cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from engine.formulas import FAILURES
from engine.programs.kinds import GIVEN, KINDS, LIBRARY
from engine.programs.listing import Instruction, Listing
from engine.programs.rules import MATCHERS, Matcher

CALLS = {name for name, kind in KINDS.items() if kind.is_call and kind.llvm == LIBRARY}
COMMUTING = {name for name, kind in KINDS.items() if kind.commutes}


def fold_constants(listing: Listing) -> Listing:
    """Compute what is known before the program runs. What would raise is left to do so."""

    def fold(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
        if instruction.kind == "choose" and earlier[instruction.operands[0]].kind == "constant":
            condition, yes, no = instruction.operands
            return yes if earlier[condition].number else no
        operands = [earlier[operand] for operand in instruction.operands]
        if not operands or any(operand.kind != "constant" for operand in operands):
            return instruction
        try:
            number = KINDS[instruction.kind].function(*(operand.number for operand in operands))
        except FAILURES:
            return instruction
        return instruction._replace(kind="constant", operands=(), number=number, guard=-1)

    return _rewritten(listing, fold)


def simplify(listing: Listing) -> Listing:
    """Apply the exact algebra of `engine.programs.rules`: x * 1 is x, x - (-y) is x + y."""
    return _rewritten(
        listing, lambda earlier, step: MATCHERS[step.kind](earlier, step) if step.kind in MATCHERS else step
    )


def share(listing: Listing) -> Listing:
    """Compute each expression once, however often it occurs: x + y and y + x are the same number."""
    seen: dict[tuple[object, ...], int] = {}

    def shared(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
        kind, operands, number, _label, guard, _node = instruction
        if kind in COMMUTING:
            operands = tuple(sorted(operands))
        # str tells 0.0 from -0.0, and from False.
        step = (kind, operands, str(number) if kind == "constant" else number)
        for condition in (-1, guard):
            if (step, condition) in seen:
                return seen[step, condition]
        seen[step, guard] = len(earlier)
        return instruction

    return _rewritten(listing, shared)


def drop_guards(listing: Listing) -> Listing:
    """Remove the guard from what cannot fail, or is also computed without one, so that `share` finds the twins."""
    always = {(i.kind, i.operands) for i in listing.instructions if i.guard < 0}
    unguarded = [
        i._replace(guard=-1) if p not in listing.fallible or (i.kind, i.operands) in always else i
        for p, i in enumerate(listing.instructions)
    ]
    return _guarded(listing, unguarded)


def drop_dead(listing: Listing) -> Listing:
    """Leave out what no output and no update needs, unless it can fail: the run has to fail then, as the engine does.

    Inputs and leaves stay too: a caller counts on their places.
    """
    instructions = listing.instructions
    guards = {p: instructions[p].guard for p in listing.fallible}
    failing = {p for p, guard in guards.items() if guard < 0 or instructions[guard].number is not False}
    needed = {*listing.outputs, *listing.updates, *failing}
    for position in range(len(instructions) - 1, -1, -1):
        if position in needed:
            needed.update(instructions[position].needs)
        elif instructions[position].kind in ("input", "leaf"):
            needed.add(position)
    kept = sorted(needed)
    places = [-1] * len(instructions)
    for place, position in enumerate(kept):
        places[position] = place
    return _relocated(listing, [_moved(instructions[position], places) for position in kept], places)


def skip_calls(listing: Listing) -> Listing:
    """Guard the calls that only one branch of a choice needs: exp in the tails of tanh's derivative, for instance.

    A call takes longer than a look at the condition. What may fail is left alone: it has to fail as the engine does.
    """
    needed: list[set[int]] = [set() for _ in listing.instructions]  # The conditions; -1 for always.
    for position in (*listing.outputs, *listing.updates, *listing.fallible):
        needed[position].add(-1)
    instructions = list(listing.instructions)
    for position in range(len(instructions) - 1, -1, -1):
        instruction = instructions[position]
        conditions = {instruction.guard} if instruction.guard >= 0 else needed[position]
        for place, operand in enumerate(instruction.operands):
            in_branch = instruction.kind == "choose" and place == 1
            needed[operand].update({instruction.operands[0]} if in_branch else conditions)
        if instruction.guard >= 0:
            needed[instruction.guard].add(-1)
        elif instruction.kind in CALLS and len(conditions) == 1 and -1 < min(conditions) < position:
            instructions[position] = instruction._replace(guard=min(conditions))
            needed[min(conditions)].add(-1)
    return _guarded(listing, instructions)


PASSES: tuple[Callable[[Listing], Listing], ...] = (
    *(fold_constants, simplify, share, drop_guards),
    *(fold_constants, simplify, share, drop_dead, skip_calls),
)
"""All passes, in an order in which each finds work for the next."""


def optimise(listing: Listing) -> Listing:
    """Run all passes."""
    for run in PASSES:
        listing = run(listing)
    return listing


def _guarded(listing: Listing, instructions: Sequence[Instruction]) -> Listing:
    """The listing with other guards; every instruction keeps its place."""
    return replace(listing, instructions=tuple(instructions), places=tuple(range(len(instructions))))


def _rewritten(listing: Listing, rewrite: Matcher) -> Listing:
    """The listing with what ``rewrite`` puts in the place of each instruction."""
    instructions: list[Instruction] = []
    places: list[int] = []
    for instruction in listing.instructions:
        after = rewrite(instructions, _moved(instruction, places))
        if isinstance(after, int):
            places.append(after)
            if instruction.label and not instructions[after].label and instructions[after].kind not in GIVEN:
                instructions[after] = instructions[after]._replace(label=instruction.label)
        else:
            places.append(len(instructions))
            instructions.append(after)
    return _relocated(listing, instructions, places)


def _relocated(listing: Listing, instructions: Iterable[Instruction], places: Sequence[int]) -> Listing:
    """A listing of other instructions, with outputs and updates where they are now."""
    outputs, updates = (tuple([places[p] for p in known]) for known in (listing.outputs, listing.updates))
    return Listing(tuple(instructions), outputs, updates, listing.backward, tuple(places))


def _moved(instruction: Instruction, places: Sequence[int]) -> Instruction:
    """The instruction with its operands where they are now."""
    kind, operands, number, label, guard, node = instruction
    moved = tuple([places[operand] for operand in operands])
    if guard < 0 and moved == operands:
        return instruction
    return Instruction(kind, moved, number, label, guard if guard < 0 else places[guard], node)
