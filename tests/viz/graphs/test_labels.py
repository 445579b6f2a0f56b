"""Texts of any kind in drawings: labels, and names and notes of parts."""

import pytest
from support.drawn_graphs import HOSTILE
from support.picture_reading import svg

from engine import Value, scope


def one_line(text):
    """The text as it can be seen: each run of white space as one space, none at the ends."""
    return " ".join(text.split())


def labelled(name, note="", label=""):
    """A parameter and an input of that label, in a part of that name and note."""
    weight = Value(2.0, label)

    @scope(name, note)
    def part(x):
        return weight * x

    return part(Value(3.0, f"x{label}"))


def test_names_notes_and_labels_are_shown_as_they_are(way):
    value = sum((labelled(text, text, text) for text in HOSTILE), Value(0.0))
    picture, seen = svg(value), [one_line(text) for text in HOSTILE]
    assert [one_line(" ".join(frame.texts)) for frame in picture.clusters] == [f"{text} {text}" for text in seen]
    names = {one_line(" ".join(node.texts)).partition(" data ")[0] for node in picture.nodes}
    assert names >= {*seen, *(one_line(f"x{text}") for text in HOSTILE)}
    tooltips = {one_line(node.tooltip.splitlines()[0]) for node in picture.nodes}
    assert tooltips >= {f"{text}, parameter" for text in seen}
    parts = [node for node in svg(value, by="neuron").nodes if node.kind == "part"]
    titles = [one_line(" ".join(node.texts)).partition(" data grad ")[0] for node in parts]
    assert titles == [f"{text}#2 {text}" for text in seen]
    assert [one_line(node.tooltip.splitlines()[0]) for node in parts] == [f"{text}#2, {text}" for text in seen]


@pytest.mark.parametrize("label", ["a\n]", "encoder.attention.query_[0]", "x" * 26 + "]]>"])
def test_a_bracket_that_is_alone_on_its_line(label):
    """A line of closing brackets alone is a syntax error to Graphviz 2.43."""
    drawn = svg(scope(label)(lambda x: x * 2)(Value(1.0, label)).tanh())
    assert any("".join(node.texts).startswith(label.replace("\n", "")) for node in drawn.nodes)


@pytest.mark.parametrize(
    ("text", "seen"),
    [("a\x00b\x1b", "a\\x00b\\x1b"), ("\ud800", "\\ud800"), ("a\tb", "a b"), ("\x7f", "\\x7f"), ("\ufffe", "\\ufffe")],
)
def test_what_no_font_can_draw_is_written_as_an_escape(text, seen):
    for by in ("operation", "neuron"):
        picture = svg(labelled(text, text, text), by=by)
        shape = picture.clusters[0] if by == "operation" else next(n for n in picture.nodes if n.kind == "part")
        assert shape.texts[:2] in ([seen, seen], [f"{seen}#2", seen])
        assert not any(text in node.tooltip for node in picture.nodes)


def test_a_label_of_several_lines_and_one_so_long_that_it_is_shortened(way):
    assert svg(Value(1.0, "hidden\nunit")).nodes[0].texts[:2] == ["hidden", "unit"]
    for label in ("x" * 500, "word " * 100):
        node = svg(Value(1.0, label)).nodes[0]
        lines = node.texts[: node.texts.index("data")]
        assert len(lines) == 4
        assert max(map(len, lines)) <= 26
        assert "…" in lines[-1]


@pytest.mark.parametrize("by", ["operation", "neuron"])
def test_a_very_long_name_does_not_widen_the_picture(by):
    for text in ("x" * 5_000, "many words " * 500, "<&>" * 1_000):
        picture = svg(labelled(text, text, text), by=by)
        for shape in picture.clusters + picture.nodes:
            assert max(map(len, shape.texts)) <= 60, "in characters: two names and what is between them"
            assert len(shape.tooltip) < 2_000
        for node in picture.nodes:
            left, _, right, _ = node.box
            assert right - left < 60 * 20
