"""What a pass made of an instruction: what went into it, and the name that it keeps."""

import re

import pytest

import engine
from engine import Value
from engine.extend import stages_of


@pytest.mark.parametrize(
    ("formula", "stage", "line"),
    [
        (lambda a, b: (-a) * (-b), "simplify", ("a * b", "-a * -b", "-a", "-b")),
        (lambda a, b: a / 4 + b, "simplify", ("0.25", "a / 4.0")),
        (lambda a, b: a / 4 + b, "simplify", ("a * 0.25", "a / 4.0", "4.0")),
        (lambda a, b: a + b * 1.0, "simplify", ("b", "b", "b * 1.0")),
        (lambda a, b: a * b + b * a, "share", ("a * b", "a * b", "b * a")),
        (lambda a, b: a * engine.expm1(engine.tanh(0.0 * a) * 0.0), "share", ("0.0", "0.0", "0.0")),
        (lambda a, b: engine.gelu(a), "fold_constants", (f"-{2**-0.5}", f"-{2**-0.5}", f"{2**-0.5}")),
    ],
)
def test_what_went_into_a_line(formula, stage, line):
    stages = {stage.name: stage for stage in stages_of(formula(Value(0.5, "a"), Value(-1.5, "b")), [])}
    before = list(stages.values())[list(stages).index(stage) - 1].lines
    text = re.compile(r"^(?:leaf|constant|\w+ =) ")
    found = [
        tuple(text.sub("", each.text) for each in (now, *[before[at] for _, at in now.sources]))
        for now in stages[stage].lines
    ]
    names = {each.text.split(" = ")[0]: text.sub("", each.text) for each in before if " = -" in each.text}
    assert line in [
        tuple(re.sub(r"t\d+", lambda name: names.get(name[0], name[0]), each) for each in one) for one in found
    ]


def test_a_label_is_the_name_of_the_result_that_has_it_even_where_a_twin_comes_first():
    x = Value(0.5, "x")
    first, second = engine.sin(x), engine.sin(x)
    second.label = "w"
    graph, _, *listings = stages_of(first * second, [x])
    assert {line.value: line.text.partition(" = ")[0] for line in graph.lines}[second] == "w"
    assert [sum(line.text.startswith("w = ") for line in stage.lines) for stage in listings[:10]] == [1] * 10
