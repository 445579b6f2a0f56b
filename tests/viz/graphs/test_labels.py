"""Texts of any kind in drawings: labels, and names and notes of parts."""

import re

import pytest
from support.drawn_graphs import HOSTILE, SCALES, neuron
from support.picture_reading import svg

import viz
from engine import Value, scope
from viz import images as render


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


@pytest.mark.parametrize("by", ["operation", "neuron"])
@pytest.mark.parametrize(
    ("text", "seen"),
    [("a\x00b\x1b", "a\\x00b\\x1b"), ("\ud800", "\\ud800"), ("a\tb", "a b"), ("\x7f", "\\x7f"), ("\ufffe", "\\ufffe")],
)
def test_what_no_font_can_draw_is_written_as_an_escape(by, text, seen):
    picture = svg(labelled(text, text, text), by=by)
    shape = picture.clusters[0] if by == "operation" else next(n for n in picture.nodes if n.kind == "part")
    assert shape.texts[:2] == [seen, seen] or shape.texts[:2] == [f"{seen}#2", seen]
    for node in picture.nodes:
        assert text not in node.tooltip


def test_a_label_of_several_lines(way):
    assert svg(Value(1.0, "hidden\nunit")).nodes[0].texts[:2] == ["hidden", "unit"]


@pytest.mark.parametrize("label", ["x" * 500, "word " * 100])
def test_a_long_label_is_wrapped_and_then_shortened(way, label):
    node = svg(Value(1.0, label)).nodes[0]
    lines = node.texts[: node.texts.index("data")]
    assert len(lines) == 4
    assert all(len(line) <= 26 for line in lines)
    assert "…" in lines[-1]


@pytest.mark.parametrize("by", SCALES)
@pytest.mark.parametrize("text", ["x" * 5_000, "many words " * 500, "💥" * 1_000, "<&>" * 1_000])
def test_a_very_long_name_does_not_widen_the_picture(by, text):
    picture = svg(labelled(text, text, text), by=by)
    for shape in picture.clusters + picture.nodes:
        assert max(map(len, shape.texts)) <= 60, "in characters: two names and what is between them"
        assert len(shape.tooltip) < 2_000
    for node in picture.nodes:
        left, _, right, _ = node.box
        assert right - left < 60 * 20


def test_a_part_without_a_name_is_drawn():
    assert len(svg(labelled("\n")).nodes) == 3
    assert len(svg(labelled(" "), by="neuron").nodes) == 2


def test_all_spaces_of_a_label_are_shown(way):
    """A viewer of SVG shows each no-break space, and of plain spaces one between two other characters."""
    value = Value(1.0, "a  b   c\n  d") * 2
    content = render.image(viz.draw(value).dot, "svg").decode("utf-8").replace("&#160;", "\u00a0")
    texts = re.findall(r"<text[^>]*>([^<]*)<", content)
    shown = {re.sub(" +", " ", text.strip(" ")).replace("\u00a0", " ") for text in texts}
    assert {"a  b   c", "  d", "= (a  b   c   d) * 2"} <= shown | {text.strip() for text in shown}


def test_no_text_begins_with_a_space_that_a_viewer_would_drop(way):
    value, parameters = neuron()
    drawing = viz.draw(value, parameters=parameters)
    content = render.image(drawing.dot, "svg").decode("utf-8").replace("&#160;", "\u00a0")
    nodes = "".join(re.findall(r'class="node .*?</a>', content, re.DOTALL))
    assert not re.findall(r"<text[^>]*>[ \u00a0]", nodes), "rsvg drops even a no-break space there"
    assert re.findall(r"<text[^>]*>[^<]+\u00a0\u00a0</text>\s*<text[^>]*>= ", nodes)
