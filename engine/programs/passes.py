"""What makes a program shorter without changing a bit of what it computes.

Each pass is a function from a listing to a listing, and can be run alone. None may do what holds for real numbers only:
a + (b + c) is not (a + b) + c, and x * 0 is not 0 where x is infinite, or negative (-0.0). Nor may a failure be lost:
where a pass drops an instruction, it is one that cannot fail, or one whose twin fails just as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from engine.formulas import FAILURES
from engine.programs.lowering import MEANING, SOURCES, Instruction, Listing
from engine.programs.ranges import fallible

Rewrite = Callable[[list[Instruction], Instruction], Instruction | int]
"""(the instructions so far, the next with its operands among them) -> what takes its place: another, or one of them."""


def optimise(listing: Listing) -> Listing:
    """All passes, in the order in which each finds work for the next."""
    for run in (fold_constants, simplify, share, drop_guards, fold_constants, simplify, share, drop_dead):
        listing = run(listing)
    return listing


def fold_constants(listing: Listing) -> Listing:
    """Compute what is known before the program runs. What would raise is left to do so."""

    def fold(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
        """Compute one instruction, if its operands are known."""
        if instruction.operation == "choose" and earlier[instruction.operands[0]].operation == "constant":
            condition, yes, no = instruction.operands
            return yes if earlier[condition].number else no
        operands = [earlier[operand] for operand in instruction.operands]
        if not operands or any(operand.operation != "constant" for operand in operands):
            return instruction
        try:
            number = MEANING[instruction.operation](*(operand.number for operand in operands))
        except FAILURES:
            return instruction
        return instruction._replace(operation="constant", operands=(), number=number, guard=-1)

    return _rewritten(listing, fold)


def simplify(listing: Listing) -> Listing:
    """The algebra that is exact in IEEE arithmetic: x * 1 is x, x - (-y) is x + y, x / 4 is x * 0.25, |-x| is |x|."""

    def simplified(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
        """Apply the rule of the operation, if it has one."""
        rule = _RULES.get(instruction.operation)
        return instruction if rule is None else rule(earlier, instruction)

    return _rewritten(listing, simplified)


def share(listing: Listing) -> Listing:
    """Compute what occurs twice once: x + y and y + x are the same number."""
    seen: dict[tuple[object, ...], int] = {}

    def shared(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
        """Find an earlier instruction that does the same."""
        operation, operands, number, _label, guard, _node = instruction
        if operation in ("add", "mul", "and", "or", "eq", "ne"):
            operands = tuple(sorted(operands))
        kind = (operation, operands, str(number))  # str tells 0.0 from -0.0, and from False
        for condition in (-1, guard):
            if (*kind, condition) in seen:
                return seen[(*kind, condition)]
        seen[(*kind, guard)] = len(earlier)
        return instruction

    return _rewritten(listing, shared)


def drop_guards(listing: Listing) -> Listing:
    """Carry out always what cannot fail, or is carried out always elsewhere: `share` finds the twins then."""
    always = {(i.operation, i.operands) for i in listing.instructions if i.guard < 0}
    failing = fallible(listing)
    unguarded = [
        i._replace(guard=-1) if p not in failing or (i.operation, i.operands) in always else i
        for p, i in enumerate(listing.instructions)
    ]
    return listing._replace(instructions=tuple(unguarded))


def drop_dead(listing: Listing) -> Listing:
    """Leave out what no output and no update needs, unless it can fail: the run has to fail then, as the engine does.

    Inputs and leaves stay as well: a caller counts on their places.
    """
    instructions = listing.instructions
    guards = {p: instructions[p].guard for p in fallible(listing)}
    failing = {p for p, guard in guards.items() if guard < 0 or not _is(instructions[guard], False)}
    needed = {*listing.outputs, *listing.updates, *failing}
    for position in range(len(instructions) - 1, -1, -1):
        if position in needed:
            needed.update(instructions[position].operands)
            if instructions[position].guard >= 0:
                needed.add(instructions[position].guard)
        elif instructions[position].operation in ("input", "leaf"):
            needed.add(position)
    kept = sorted(needed)
    places = dict(zip(kept, range(len(kept)), strict=True))
    return Listing(
        tuple(_moved(instructions[position], places) for position in kept),
        tuple(places[output] for output in listing.outputs),
        tuple(places[update] for update in listing.updates),
        listing.backward,
    )


def _rewritten(listing: Listing, rewrite: Rewrite) -> Listing:
    """The listing with what ``rewrite`` puts in the place of each instruction."""
    instructions: list[Instruction] = []
    places: dict[int, int] = {}
    for position, instruction in enumerate(listing.instructions):
        after = rewrite(instructions, _moved(instruction, places))
        if isinstance(after, int):
            places[position] = after
            if instruction.label and not instructions[after].label and instructions[after].operation not in SOURCES:
                instructions[after] = instructions[after]._replace(label=instruction.label)
        else:
            places[position] = len(instructions)
            instructions.append(after)
    return Listing(
        tuple(instructions),
        tuple(places[output] for output in listing.outputs),
        tuple(places[update] for update in listing.updates),
        listing.backward,
    )


def _moved(instruction: Instruction, places: dict[int, int]) -> Instruction:
    """The instruction with its operands where they are now."""
    operation, operands, number, label, guard, node = instruction
    moved = tuple([places[operand] for operand in operands])
    return Instruction(operation, moved, number, label, guard if guard < 0 else places[guard], node)


# --- The rules of `simplify` ------------------------------------------------------------------------------------------


def _is(instruction: Instruction, number: float) -> bool:
    """Whether an instruction is the constant ``number``, sign of zero included."""
    return instruction.operation == "constant" and str(instruction.number) == str(number)


def _negated(instruction: Instruction) -> int | None:
    """The operand of a negation; None for anything else."""
    return instruction.operands[0] if instruction.operation == "neg" else None


def _add(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
    first, second = instruction.operands
    for one, other in ((first, second), (second, first)):
        if _is(earlier[other], -0.0) or (_is(earlier[other], 0.0) and _is_never_minus_zero(earlier, one)):
            return one
    for one, other in ((first, second), (second, first)):
        negated = _negated(earlier[other])
        if negated is not None:
            return instruction._replace(operation="sub", operands=(one, negated))
    return instruction


def _sub(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
    first, second = instruction.operands
    if _is(earlier[second], 0.0) or (_is(earlier[second], -0.0) and _is_never_minus_zero(earlier, first)):
        return first
    negated = _negated(earlier[second])
    return instruction if negated is None else instruction._replace(operation="add", operands=(first, negated))


def _mul(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
    first, second = instruction.operands
    for one, other in ((first, second), (second, first)):
        if _is(earlier[other], 1.0):
            return one
        if _is(earlier[other], -1.0):
            return instruction._replace(operation="neg", operands=(one,))
    negated = _negated(earlier[first]), _negated(earlier[second])
    if negated[0] is not None and negated[1] is not None:
        return instruction._replace(operands=(negated[0], negated[1]))
    return instruction


def _div(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
    first, second = instruction.operands
    divisor = earlier[second]
    if _is(divisor, 1.0):
        return first
    if _is(divisor, -1.0):
        return instruction._replace(operation="neg", operands=(first,))
    if divisor.operation == "constant" and _is_power_of_two(divisor.number):
        earlier.append(Instruction("constant", (), 1.0 / divisor.number))
        return instruction._replace(operation="mul", operands=(first, len(earlier) - 1))
    return instruction


def _is_power_of_two(number: float) -> bool:
    """Whether a number is ±2**n, with a reciprocal that is exact and no subnormal."""
    return math.frexp(number)[0] in (0.5, -0.5) and 2.0**-1000 < abs(number) < 2.0**1000


def _pow(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
    """x ** 1 is x for all x, NaN among them. x ** 2 is not x * x: a library's pow need not round as a product does."""
    base, exponent = instruction.operands
    return base if _is(earlier[exponent], 1.0) else instruction


def _neg(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
    negated = _negated(earlier[instruction.operands[0]])
    return instruction if negated is None else negated


def _abs(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
    inner = earlier[instruction.operands[0]]
    if inner.operation in ("abs", "exp"):
        return instruction.operands[0]
    negated = _negated(inner)
    return instruction if negated is None else instruction._replace(operands=(negated,))


def _comparison(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
    """-x > 0 is x < 0, and so for every comparison with 0."""
    first, second = instruction.operands
    negated = _negated(earlier[first])
    if negated is not None and _is(earlier[second], 0.0):
        return instruction._replace(operation=_MIRRORED[instruction.operation], operands=(negated, second))
    return instruction


def _or(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
    """x > c or x != x, for a constant c, is not (x <= c): the question that a NaN answers as well."""
    first, second = (earlier[operand] for operand in instruction.operands)
    opposite = {"gt": "le", "lt": "ge"}.get(first.operation)
    if opposite and second.operation == "ne" and second.operands[0] == second.operands[1] == first.operands[0]:
        bound = earlier[first.operands[1]]
        if bound.operation == "constant" and not math.isnan(bound.number):
            earlier.append(first._replace(operation=opposite))
            return instruction._replace(operation="not", operands=(len(earlier) - 1,))
    return instruction


def _choose(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
    condition, yes, no = instruction.operands
    if yes == no:
        return yes
    if earlier[condition].operation == "not":
        return instruction._replace(operands=(earlier[condition].operands[0], no, yes))
    return instruction


def _not(earlier: list[Instruction], instruction: Instruction) -> Instruction | int:
    inner = earlier[instruction.operands[0]]
    return inner.operands[0] if inner.operation == "not" else instruction


def _is_never_minus_zero(earlier: list[Instruction], position: int) -> bool:
    """Whether a number cannot be -0.0, so that adding 0.0 leaves it as it is."""
    instruction = earlier[position]
    match instruction.operation:
        case "constant":
            return str(instruction.number) != "-0.0"
        case "exp" | "abs" | "fabs" | "cosh" | "acos":
            return True
        case "add":  # A sum is -0.0 only where both of its terms are.
            return any(_is_never_minus_zero_source(earlier[operand]) for operand in instruction.operands)
    return False


def _is_never_minus_zero_source(instruction: Instruction) -> bool:
    """`_is_never_minus_zero` without looking further, so that a long chain of sums is walked once."""
    if instruction.operation == "constant":
        return str(instruction.number) != "-0.0"
    return instruction.operation in ("exp", "abs", "fabs", "cosh", "acos")


_MIRRORED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}

_RULES: dict[str, Rewrite] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "neg": _neg,
    "abs": _abs,
    "choose": _choose,
    "not": _not,
    "or": _or,
    **dict.fromkeys(_MIRRORED, _comparison),
}
