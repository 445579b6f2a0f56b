"""The text of `Program.loops` is run on NumPy's arrays and compared with the graph, bit for bit."""

import math
import random

import numpy as np
import pytest
from support.tapes import TAPES

from engine.programs.affine import NUMBERS
from engine.programs.loops import Writer, loop_text
from engine.programs.nests import nested
from engine.programs.rolling import roll
from engine.programs.tape import replay
from engine.registration import find_operation


def text_of(name):
    """The text of a tape."""
    return loop_text(Writer(nested(roll(TAPES[name]()))))


def run(tape, given):
    """(outputs, next values of the updated leaves), by the text."""
    writer = Writer(nested(roll(tape)))
    text = loop_text(writer)
    numbers, outputs = np.array(given), np.empty(len(tape.outputs))
    held = {"outputs": outputs, "sqrt": math.sqrt, "pow": math.pow}
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


@pytest.mark.parametrize("name", TAPES)
def test_the_text_computes_what_the_graph_computes(name):
    tape = TAPES[name]()
    chance = random.Random(0)
    numbers = [chance.uniform(0.1, 0.9) for _ in (*tape.input_labels, *tape.leaf_labels)]
    assert repr(run(tape, numbers)) == repr(replay(tape, numbers))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "labels",
            """\
# inputs: x[3, 2]
# leaves: layer0_b[3], layer0_w[3, 2], layer1_b, layer1_w[3]
for i in range(3):
    for j in range(3):
        z1[i, j] = layer0_b[j]
        for k in range(2):
            z1[i, j] += layer0_w[j, k] * x[i, k]
        h1[i, j] = tanh(z1[i, j])
""",
        ),
        (
            "labels",
            """
for j in range(3):
    for k in range(2):
        layer0_w_grad[j, k] = -0.0
        for i in reversed(range(3)):
            layer0_w_grad[j, k] += x[i, k] * d2[i, j]
""",
        ),
        (
            "samples",  # One array for the samples; what is added to itself, in one line; no square is -0.0.
            """
z3 = 0.0
for i in range(4):
    z3 += t1[i] * t1[i]
t2 = 0.5 * z3
# backward
for i in range(4):
    d1 = t1[i] * 0.5 + t1[i] * 0.5
    d2[i] = d_sigmoid_dx(z2[i], h2[i]) * d1
""",
        ),
        (
            "samples",
            """
        for i in reversed(range(4)):
            layer0_w_grad += x1[i, k] * d3[i, j]
        layer0_w_new[j, k] = layer0_w[j, k] - 0.5 * layer0_w_grad
""",
        ),
        ("samples", "# updates\nlayer0_w[:, :] = layer0_w_new[:, :]\n"),
        ("looking back", "    for j in range(i + 1):\n        z3[i] += h1["),
        ("looking back", "    for i in range(j + 2):\n        z4[j] += t1[at_4[5 * j + i]] * x[i, 0]\n"),
        ("looking back", "        for k in range(4 - i):\n            d7[i, j] += x["),
        ("crossing", "    for j in range(i + 1):\n        z2[i] += a[at[2 * i + j]] * leaves[j + 2]\n"),
        ("from the end", "# at[3]: 1, -1, 0\nfor i in range(3):"),
        ("from the end", "    for j in range(2, at[i], -1):\n        z1[i] += w[i] * x[j]\n"),
        ("powers", "t1 = (a + b) * (a + b) / (b * b)\n"),
        ("powers", "t3 = 1.0 / (a + b) / (1.0 / b)\nt4 = sqrt(a + b) / sqrt(b)\n"),
    ],
)
def test_it_reads_as_one_would_write_it(name, lines):
    assert lines in text_of(name)
