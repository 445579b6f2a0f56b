"""The text of `Program.loops` is run, with small classes for its arrays, and compared with the graph, bit for bit."""

import random

import pytest
from support.tapes import TAPES

from engine.programs.loops import Writer, loop_text
from engine.programs.nests import nested
from engine.programs.rolling import NUMBERS, roll
from engine.programs.tape import replay
from engine.registration import find_operation


class View:
    """An array: numbers of a list, by their indices."""

    def __init__(self, array, numbers):
        self.array, self.numbers = array, numbers
        self.elements = {tuple(array.places(element)): element for element in array.elements()}

    def element(self, index):
        return self.elements[index if isinstance(index, tuple) else (index,)]

    def __getitem__(self, index):
        return self.numbers[self.element(index)]

    def __setitem__(self, index, number):
        self.numbers[self.element(index)] = number


def run(tape, numbers):
    """(outputs, next values of the updated leaves), by the text."""
    writer = Writer(nested(roll(tape)))
    text = loop_text(writer)
    held = {"outputs": {}} | {name: table for table, name in writer.names.tables.items()}
    held |= {node.operation: find_operation(node.operation).value for node in tape.nodes}
    numbers = list(numbers)
    single = {}
    for array in writer.names.arrays.known:
        constants = writer.nests.rolled.constants[NUMBERS - 1 - array.number] if array.number < NUMBERS else ()
        source = numbers if array.number == NUMBERS else constants or {}
        if array.shape:
            held[array.name] = View(array, source)
        elif array.number < 0:
            held[array.name] = source[array.start]
            single[array.name] = array.start
    exec(text, held)
    for name, element in single.items():
        numbers[element] = held[name]
    first = len(tape.input_labels)
    return tuple(map(held["outputs"].get, range(len(tape.outputs)))), tuple(numbers[first : first + len(tape.updates)])


@pytest.mark.parametrize("name", TAPES)
def test_the_text_computes_what_the_graph_computes(name):
    tape = TAPES[name]()
    chance = random.Random(0)
    numbers = [chance.uniform(0.1, 0.9) for _ in (*tape.input_labels, *tape.leaf_labels)]
    assert repr(run(tape, numbers)) == repr(replay(tape, numbers))


def test_it_reads_as_one_would_write_it():
    text = loop_text(Writer(nested(roll(TAPES["labels"]()))))
    assert text.startswith("""\
# inputs: x[3, 2]
# leaves: layer0_b[3], layer0_w[3, 2], layer1_neuron0_b, layer1_neuron0_w[3]
for i in range(3):
    for j in range(3):
        z1[i, j] = layer0_b[j]
        for k in range(2):
            z1[i, j] += layer0_w[j, k] * x[i, k]
        h1[i, j] = tanh(z1[i, j])
""")
    assert """
for j in range(3):
    for k in range(2):
        layer0_w_grad[j, k] = -0.0
        for i in reversed(range(3)):
            layer0_w_grad[j, k] += x[i, k] * d2[i, j]
""" in text.partition("# backward")[2]
