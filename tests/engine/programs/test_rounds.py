"""Which nodes stand behind a line of loops: the text is run, and what it computes is what these nodes hold."""

import math
import random

import pytest
from support.loop_texts import run_text
from support.program_checks import bits
from support.tapes import TAPES

from engine.programs.forest import Forest
from engine.programs.loop_text import loop_lines
from engine.programs.loops import Line, Writer
from engine.programs.nests import nested
from engine.programs.rolling import Roller
from engine.programs.rounds import NO_NODE, Rounds
from engine.registration import find_operation


def computed(tape, numbers):
    """What each position on a tape holds."""
    held = list(numbers)
    for node in tape.nodes:
        operands = [operand if isinstance(operand, float) else held[operand] for operand in node.operands]
        held.append(find_operation(node.operation).value(*operands))
    return held


@pytest.mark.parametrize("name", TAPES)
def test_each_node_stands_behind_one_line_which_computes_it(name):
    tape = TAPES[name]()
    chance = random.Random(0)
    numbers = [chance.uniform(0.1, 0.9) for _ in (*tape.input_labels, *tape.leaf_labels)]
    roller = Roller(Forest(tape))
    writer, rounds = Writer(nested(roller.rolled())), Rounds(roller)
    held, noted, text = computed(tape, numbers), {}, []
    lines = loop_lines(writer)
    for place, (line, told) in enumerate(lines):
        target = line.split(" = ")[0].split(" += ")[0].strip()
        is_formula = not line.strip().startswith(("for ", "#")) and told and isinstance(told[0], Line)
        text.append(f"{line}; note_({place}, {target})" if is_formula else line)
    note = lambda place, number: noted.setdefault(place, []).append(float(number))  # noqa: E731
    run_text(writer, "\n".join([*text, ""]), numbers, {"note_": note})
    written = set()
    for place, found in noted.items():
        line, (told,) = lines[place]
        if line.strip() != told.start:
            nodes = rounds.nodes(told.group, told.part)
            fresh = {node for node in nodes if node >= len(numbers)} - written
            written |= fresh
            is_number = line.split(" = ")[-1][:1].isdigit()  # A sum that begins with one.
            assert {*map(bits, found)} <= {bits(held[node]) for node in nodes} or is_number, line
    everything = {*range(len(numbers), len(held))}
    assert everything == {*rounds.with_twins(written, written)} & everything
    assert math.isfinite(sum(held))


@pytest.mark.parametrize("name", TAPES)
def test_no_node_stands_behind_two_steps(name):
    tape = TAPES[name]()
    roller = Roller(Forest(tape))
    rounds, first = Rounds(roller), len(tape.input_labels) + len(tape.leaf_labels)
    found = []
    for group in roller.groups:
        for part, (_, tree) in enumerate(group.trees):
            for element in range(group.size):
                for nodes in rounds.steps(group, part, element):
                    pairs = [pair for pair in zip(nodes, tree.steps, strict=False) if pair[0] != NO_NODE]
                    found += [node for node, _ in pairs]
                    for node, step in pairs:  # A minus may have become a product with -1.
                        assert tape.nodes[node - first].operation in (step.operation, "neg")
                added = [node for node in rounds.additions(group, part, element) if node != NO_NODE]
                assert {tape.nodes[node - first].operation for node in added} <= {"add"}
                found += added
    assert len({*found}) == len(found)
