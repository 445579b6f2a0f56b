"""The text of `Program.loops` is run on NumPy's arrays and compared with the graph, bit for bit."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.loop_texts import run
from support.random_loops import NUMBERS, SHAPES, STEPS, parts_of
from support.tapes import TAPES

from engine.programs.loop_text import loop_text
from engine.programs.loops import Writer
from engine.programs.nests import nested
from engine.programs.rolling import roll
from engine.programs.tape import record, replay


def text_of(name):
    """The text of a tape."""
    return loop_text(Writer(nested(roll(TAPES[name]()))))


@pytest.mark.parametrize("name", TAPES)
def test_the_text_computes_what_the_graph_computes(name):
    tape = TAPES[name]()
    chance = random.Random(0)
    numbers = [chance.uniform(0.1, 0.9) for _ in (*tape.input_labels, *tape.leaf_labels)]
    assert repr(run(tape, numbers)) == repr(replay(tape, numbers))


@pytest.mark.slow
@settings(max_examples=200)
@given(SHAPES, st.lists(STEPS, min_size=1, max_size=6), st.lists(NUMBERS, min_size=5, max_size=20), st.integers(0, 3))
def test_the_text_of_random_loops_computes_the_same(shapes, steps, numbers, kind):
    inputs, outputs, updates = parts_of(shapes, [step for step in steps if step[0] != "nan"], numbers, kind)
    tape, leaves = record(inputs, outputs, updates)
    recorded = [leaf.data for leaf in (*inputs, *leaves)]
    assert repr(run(tape, recorded)) == repr(replay(tape, recorded))


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
        (
            "gram",
            "        z1[j, k] = h1[k, 1]\n        for i in range(4):\n            z1[j, k] += h1[i, j] * h1[i, k]\n",
        ),
        ("from the end", "# at[3]: 1, -1, 0\nfor i in range(3):"),
        ("from the end", "    for j in range(2, at[i], -1):\n        z1[i] += w[i] * x[j]\n"),
        ("powers", "t1 = (a + b) * (a + b) / (b * b)\n"),
        ("powers", "t3 = 1.0 / (a + b) / (1.0 / b)\nt4 = sqrt(a + b) / sqrt(b)\n"),
    ],
)
def test_it_reads_as_one_would_write_it(name, lines):
    assert lines in text_of(name)
