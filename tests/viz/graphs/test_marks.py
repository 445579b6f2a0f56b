"""Marks: what is marked is red and has its text at the right number, and nothing else changes."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from support.drawn_graphs import HOSTILE, network, outline, whole_batch
from support.picture_reading import SVG, channels, contrast, svg

import viz
from engine import Value
from viz import images
from viz.palette import LOOKS, PART_FILL, WRONG, dark


def graph():
    """f = (a - b) * 3 + a * a: a is used in three places, and one operand is a number."""
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    d = a - b
    d.label = "d"
    square = a * a
    square.label = "s"
    f = d * 3.0 + square
    f.label = "f"
    f.backward()
    return a, b, d, square, f


def red_of(root):
    """The titles of the nodes and edges of an SVG that have a red line."""
    groups = [group for group in root.iter(f"{SVG}g") if group.get("class", "")[:4] in ("node", "edge")]
    red = [group for group in groups if any(part.get("stroke", "").upper() == WRONG for part in group.iter())]
    return {group.find(f"{SVG}title").text for group in red}


def test_what_is_marked_is_red_and_has_its_text_below_the_number():
    _a, b, d, square, f = graph()
    marks = {b: "yours: 4", (d, 1): "yours: 1", (square, 1): ""}
    picture = svg(f, marks=marks)
    assert picture.node("b").lines == ["b", "data -3", "grad -3", "yours: 4"]
    assert picture.node("b").tooltip.endswith("\nyours: 4")
    assert picture.node("b").text_fills[-1].upper() == WRONG
    edges = dict(zip(picture.arrows(), picture.edges, strict=True))
    edge = edges["b", "d", "-1 yours: 1"]
    assert edge.lines == ["-1", "yours: 1"]
    assert {color.upper() for color in edge.text_fills} == {WRONG}
    assert edge.tooltip == "local partial ∂d/∂b = -1.0\nyours: 1"
    red = red_of(ElementTree.fromstring(images.image(viz.to_dot(f, marks=marks), "svg")))
    first, second = (
        edge for arrow, edge in zip(picture.arrows(), picture.edges, strict=True) if arrow[:2] == ("a", "s")
    )
    halves = [
        half for each in (edge, second) for half in each.title.replace("->", f"->{each.kind} {each.kind}->").split()
    ]
    assert red == {picture.node("b").title, *halves}
    assert first.lines == second.lines == ["2"]


def test_nothing_else_changes():
    _a, b, d, _square, f = graph()
    plain, marked = (viz.to_dot(f, marks=marks).splitlines() for marks in (None, {b: "yours: 4", (d, 1): "yours: 1"}))
    changed = [(before, after) for before, after in zip(plain, marked, strict=True) if before != after]
    assert [re.match(r"\t(\w+( -> \w+)?) ", after)[1] for _, after in changed] == ["n1", "e1", "n1 -> e1", "e1 -> n2"]
    assert all("B00020" in after.upper() and "B00020" not in before.upper() for before, after in changed)
    assert viz.to_dot(f, marks={}) == viz.to_dot(f)


# How often a format names the colour: for the lines of the node and of both halves of the edge, and for their texts.
# In SVG, a result has two outlines, and the tip of the arrow is a shape with a fill; TikZ first defines the colour.
FORMATS = [("dot", WRONG, 6), ("svg", WRONG.lower(), 9), ("tex", "graphwrong", 7), ("mmd", "#E5383B", 2)]


@pytest.mark.parametrize(("ending", "red", "times"), FORMATS)
def test_every_format_has_the_marks(tmp_path, ending, red, times):
    *_, d, _square, f = graph()
    marks = {f: "Mark one", (d, 0): "Mark two"}
    viz.draw(f, tmp_path / f"plain.{ending}", legend=False)
    viz.draw(f, tmp_path / f"marked.{ending}", legend=False, marks=marks)
    plain, marked = ((tmp_path / f"{name}.{ending}").read_text() for name in ("plain", "marked"))
    assert all(text in re.sub("&#160;|<[^>]*>", " ", marked) for text in marks.values())
    assert red not in plain
    assert marked.count(red) == times


@pytest.mark.parametrize("options", [{"by": "neuron"}, {"by": "layer"}, {"fold": True}])
def test_a_mark_stands_on_what_is_drawn_for_its_value(options):
    model = network()
    loss = whole_batch(model)
    weights = model.layers[0].neurons[0].parameters()[:2]
    nodes = outline(loss, marks={weights[0]: "far", weights[1]: "near", loss: "far"}, **options).nodes
    marks = {node.name: node.mark.text for node in nodes if node.mark is not None}
    assert sorted(marks.values()) == ["far", "far, near"]
    (name,) = (name for name, mark in marks.items() if mark == "far, near")
    assert re.match(r"layer0|neuron0|w", name)


def test_an_edge_into_a_part_has_its_mark_even_where_its_partial_is_left_out(monkeypatch):
    monkeypatch.setattr("viz.graphs.outline.MOST_PRODUCTS", 0)
    x = Value(1.0, "x")
    model = network((1, 1))
    v = model([x])
    product = next(node for node in (v.operands[0], *v.operands[0].operands) if x in node.operands)
    marks = {(product, product.operands.index(x)): "yours: 1"}
    assert svg(v, by="neuron", marks=marks).arrows()[0][2] == "yours: 1"
    assert svg(v, by="neuron").arrows()[0][2] == ""


def test_any_text_is_shown_as_it_is():
    nodes = [Value(1.0) + 1.0 for _ in HOSTILE]
    marks = {key: text for node, text in zip(nodes, HOSTILE, strict=True) for key in (node, (node, 0))}
    picture = svg(nodes, marks=marks)
    for shown in (picture.nodes, picture.edges):
        found = {" ".join(shape.lines[-1].split()) for shape in shown}
        assert {" ".join(text.split()) for text in HOSTILE} <= found


def test_a_mark_can_be_read_on_all_that_it_stands_on():
    for fill in ("#FFFFFF", PART_FILL, *(look.fill for look in LOOKS.values())):
        assert contrast(channels(WRONG), channels(fill)) >= 4.5
        assert contrast(channels(dark(WRONG)), channels(dark(fill))) >= 4.5


A, B, D, S, F = graph()


@pytest.mark.parametrize(
    ("marks", "error", "message"),
    [
        ({Value(7.0, "lost"): "x"}, ValueError, r"marks has Value.*lost.*, which is not a node of the drawing"),
        ({F: "x", (D, 2): "x"}, ValueError, r"marks has \(Value.*'d'.*, 2\), which is not an edge of the drawing"),
        ({(F.operands[0], 1): "x"}, ValueError, "not an edge of the drawing.*each operand of these that is a Value"),
        ({(A, 0): "x"}, ValueError, "not an edge of the drawing"),
        ({"a": "x"}, TypeError, r"has a Value or \(Value, position of its operand\) as a key, not 'a'"),
        ({(D, True): "x"}, TypeError, "as a key, not"),
        ({(D, B): "x"}, TypeError, "as a key, not"),
        ({D: -1.0}, TypeError, r"a short text for each key, not -1\.0"),
        ([D], TypeError, "marks is a mapping, as in"),
    ],
)
def test_a_mark_that_stands_on_nothing_is_refused_by_name(tmp_path, marks, error, message):
    for draw in (viz.to_dot, lambda value, marks: viz.draw(value, tmp_path / "f.svg", marks=marks)):
        with pytest.raises(error, match=message):
            draw(F, marks=marks)
    assert list(tmp_path.iterdir()) == []
