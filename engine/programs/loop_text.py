"""The whole text of a rolled program: what it is given, its loops, and where the results go."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from engine.programs.affine import NUMBERS, Access, Dims, canonical
from engine.programs.arrays import Array
from engine.programs.loops import Loop, Told, Writer, within

MOST_SHOWN = 8
"""How many numbers of a table are shown."""


def loop_text(writer: Writer) -> str:
    """The whole program as text."""
    return "".join([f"{line}\n" for line, _ in loop_lines(writer)])


def loop_lines(writer: Writer) -> list[Told]:
    """The whole program: what is given, the nests, the outputs, the updates."""
    nests, rolled = writer.nests, writer.nests.rolled
    lines: list[Told] = []
    backward = nests.backward
    for number in range(len(nests.nests)):
        lines += [("# backward", ())] * (number == backward)
        found = writer.lines(number)
        lines += within(found[0].outer, [told for line in found for told in line.lines])
    outputs = Array(0, 0, (len(rolled.tape.outputs),), (1,), writer.names.unused("outputs"))
    lines.append(("# outputs", ()))
    for delivery in rolled.outputs:
        dims, source, target = delivery
        copied = _copied(writer, dims, (outputs, target), (writer.arrays.of(source, dims), source))
        lines += [(text, (delivery,)) for text, _ in copied]
    lines += [("# updates", ()), *_updates(writer)] if rolled.updates else []
    return [*_given(writer), *lines]


def _copied(writer: Writer, dims: Dims, target: tuple[Array, Access], source: tuple[Array, Access]) -> list[Told]:
    """The lines that bring results to where they go: whole arrays, if they are alike."""
    goes, comes = (array.indices(access, dims) for array, access in (target, source))
    if goes and goes == comes and target[0].shape == source[0].shape and prod(dims) == prod(target[0].shape):
        return [(f"{writer.whole(target[0])} = {writer.whole(source[0])}", ())]
    loops = [Loop(name, size) for name, size in zip(writer.names.letters(), dims, strict=False)]
    text = f"{writer.element(target[0], goes, loops)} = {writer.element(source[0], comes, loops)}"
    return within(loops, [(text, ())])


def _updates(writer: Writer) -> list[Told]:
    """The leaves get their next numbers. A leaf that goes to another is put aside first."""
    before: list[Told] = []
    lines: list[Told] = []
    arrays = writer.arrays
    for dims, source, target in writer.nests.rolled.updates:
        place = arrays.of(source, dims), source
        if source.array == NUMBERS:
            place = Array(0, 0, dims, canonical(dims), writer.names.unused("old")), Access(0, 0, canonical(dims))
            before += _copied(writer, dims, place, (arrays.of(source, dims), source))
            arrays.known.append(place[0])
        leaves = arrays.updated(target)
        whole = arrays.of(leaves, dims)
        if whole is not arrays.known[1]:
            lines += _copied(writer, dims, (whole, leaves), place)
        else:  # One by one: they have different names.
            for one, other in zip(leaves.elements(dims), place[1].elements(dims), strict=True):
                goal = Access(NUMBERS, one, ())
                lines += _copied(writer, (), (arrays.of(goal, ()), goal), (place[0], Access(0, other, ())))
    return before + lines


def _given(writer: Writer) -> list[Told]:
    """Comments on what the lines take from outside."""
    arrays = [array for array in writer.arrays.known if array in writer.used]
    inputs = [array for array in arrays if array.number == NUMBERS and array.start < writer.arrays.inputs]
    leaves = [array for array in arrays if array.number == NUMBERS and array not in inputs]
    found = {"inputs": inputs, "leaves": leaves}
    lines: list[Told] = [
        (f"# {kind}: {', '.join(map(_shape, those))}", tuple(those)) for kind, those in found.items() if those
    ]
    for array in arrays:
        if array.number < NUMBERS:
            numbers = writer.nests.rolled.constants[NUMBERS - 1 - array.number]
            lines.append((f"# {_shape(array)}: {_shortened(numbers)}", ()))
    return lines + [(f"# {name}[{len(table)}]: {_shortened(table)}", ()) for table, name in writer.names.tables.items()]


def _shape(array: Array) -> str:
    """``w1[16, 2]``."""
    return f"{array.name}[{', '.join(map(str, array.shape))}]" if array.shape else array.name


def _shortened(numbers: Sequence[float]) -> str:
    """The first of many numbers."""
    shown = [repr(number).removesuffix(".0") for number in numbers[:MOST_SHOWN]]
    return ", ".join([*shown, *["…"] * (len(numbers) > MOST_SHOWN)])
