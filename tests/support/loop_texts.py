"""The text of loops, run on NumPy's arrays."""

import math

import numpy as np

from engine.programs.affine import NUMBERS
from engine.programs.loop_text import loop_text
from engine.programs.loops import Writer
from engine.programs.nests import nested
from engine.programs.rolling import roll
from engine.registration import find_operation


def run(tape, start):
    """(outputs, next values of the updated leaves), by the text of the loops in a tape."""
    writer = Writer(nested(roll(tape)))
    return run_text(writer, loop_text(writer), start, {})


def run_text(writer, text, start, given):
    """The same by this text, which may name what is ``given`` besides."""
    tape = writer.nests.rolled.tape
    numbers, outputs = np.array(start), np.empty(len(tape.outputs))
    held = given | {"outputs": outputs, "sqrt": math.sqrt, "pow": math.pow}
    held |= {name: table for table, name in writer.names.tables.items()}
    held |= {name: find_operation(name).value for name in ("where", *[node.operation for node in tape.nodes])}
    single = {}
    for array in writer.arrays.known:
        constants = writer.nests.rolled.constants[NUMBERS - 1 - array.number] if array.number < NUMBERS else ()
        source = numbers if array.number == NUMBERS else np.array(constants or (0.0,) * math.prod(array.shape))
        if array.shape:
            strides = [8 * stride for stride in array.strides]
            held[array.name] = np.ndarray(array.shape, float, source, 8 * array.start, strides)
        elif array.number < 0:
            held[array.name] = source[array.start]
            single[array.name] = array.start
    exec(text, held)
    for name, element in single.items():
        numbers[element] = held[name]
    first = len(tape.input_labels)
    return tuple(outputs.tolist()), tuple(numbers[first : first + len(tape.updates)].tolist())
