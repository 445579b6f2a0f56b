"""Images, made in each of the two ways, and what they show."""

import re

import pytest
from support.drawn_graphs import neuron
from support.picture_reading import Png, Svg, channels, contrast, svg

import viz
from engine import Value
from viz import GraphvizError
from viz import images as render


def test_nodes_and_edges_show_names_expressions_and_numbers(way):
    output, parameters = neuron()
    output.backward()
    picture = svg(output, parameters=parameters)
    assert len(picture.nodes) == 10
    assert picture.node("x1").texts == ["x1", "data", "2", "grad", "-1.5"]
    assert picture.node("b").texts == ["b", "data", "6.8814", "grad", "0.5"]
    assert picture.node("v1").texts == ["v1", "= x1 * w1", "data", "-6", "grad", "0.5"]
    assert picture.node("o").lines == ["o = tanh(v4)", "data 0.70711", "grad 1"]
    assert [picture.node(name).kind for name in ("x1", "b", "v1", "o")] == ["input", "parameter", "operation", "result"]
    assert sorted(picture.arrows()) == [
        *[("b", "v4", "1"), ("v1", "v3", "1"), ("v2", "v3", "1"), ("v3", "v4", "1"), ("v4", "o", "0.5")],
        *[("w1", "v1", "2"), ("w2", "v2", "0"), ("x1", "v1", "-3"), ("x2", "v2", "1")],
    ]
    assert picture.caption[:4] == ["input", "parameter", "operation", "result"]
    x = Value(3.0, "x")
    assert svg(x).caption == ["input"], "only what occurs"
    square = svg(x * x)
    assert square.arrows() == [("x", "v1", "3"), ("x", "v1", "3")]
    assert square.edges[0].outlines != square.edges[1].outlines


def test_roles_differ_in_colour_and_shape_and_text_is_large_and_dark(way):
    output, parameters = neuron()
    picture = svg(output, parameters=parameters)
    roles = [picture.node(name) for name in ("x1", "w1", "v1", "o")]
    assert len({node.fills[0] for node in roles}) == 4
    assert len({tuple(re.sub(r"[\d.\-]+", "0", outline) for outline in node.outlines) for node in roles}) == 4
    assert picture.fonts == {"Helvetica,Arial,sans-serif"}
    for node in picture.nodes:
        assert min(node.font_sizes) >= 14
        for color in node.text_fills:
            assert contrast(channels(color), channels(node.fills[0])) >= 4.5, "as WCAG 2.1 asks for"
    assert min(size for edge in picture.edges for size in edge.font_sizes) >= 13


def test_a_bitmap_has_two_pixels_a_point_and_the_colours_of_the_roles_but_is_never_too_large(way, tmp_path):
    drawing = viz.draw(Value(3.0, "x") * 2, tmp_path / "graph.png")
    drawing.save(tmp_path / "graph.svg")
    picture = Svg((tmp_path / "graph.svg").read_bytes())
    bitmap = Png((tmp_path / "graph.png").read_bytes())
    assert [bitmap.width, bitmap.height] == pytest.approx([2 * picture.width, 2 * picture.height], rel=0.02)
    for node in picture.nodes:
        left, top, right, bottom = node.box
        assert bitmap.colors[node.fills[0].lower()] > 4 * (right - left) * (bottom - top) / 2
    assert bitmap.colors["#000000"] > 100, "text"
    chain = Value(1.0)
    for _ in range(200):
        chain = chain * 2
    viz.draw(chain, tmp_path / "chain.png")
    assert 7000 < int.from_bytes((tmp_path / "chain.png").read_bytes()[16:20], "big") <= 8100


def test_a_failure_says_what_graphviz_said(way):
    with pytest.raises(
        GraphvizError, match=rf"{way} could not draw the graph \(exit status \d+\): (?s:.*)syntax error"
    ):
        render.image("digraph {", "svg")


@pytest.fixture
def broken_dot(tmp_path, monkeypatch):
    """Puts a program of the given text on the PATH as ``dot``, and nothing else."""

    def install(script):
        program = tmp_path / "bin" / "dot"
        program.parent.mkdir()
        program.write_text(script)
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent))

    return install


NOT_STARTED = "the program `dot` on the PATH could not be started: .+"
FAILED = r"dot could not draw the graph \(exit status "
ENDLESS = r"dot had not laid out the graph after twice 0\.2 seconds: draw a part of it"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("", NOT_STARTED),
        ("#!/no/such/interpreter\n", NOT_STARTED),
        ("#!/bin/sh\nexit 0\n", rf"{FAILED}0\): it gave no image"),
        ("#!/bin/sh\nexit 3\n", rf"{FAILED}3\): it gave no reason"),
        ("#!/bin/sh\necho no fonts >&2\nexit 3\n", rf"{FAILED}3\): no fonts"),
        ("#!/bin/sh\nwhile :; do :; done\n", ENDLESS),
    ],
)
def test_a_broken_program_is_an_error_and_leaves_the_file_as_it_was(tmp_path, monkeypatch, broken_dot, script, message):
    broken_dot(script)
    monkeypatch.setattr(render, "has_pygraphviz", lambda: False)
    if message is ENDLESS:
        monkeypatch.setattr(render, "PATIENCE", 0.2)
    picture = tmp_path / "picture.svg"
    picture.write_text("earlier")
    drawing = viz.draw(Value(1.0) * 2)
    with pytest.raises(GraphvizError, match=message):
        drawing.save(picture)
    assert picture.read_text() == "earlier"
    assert re.search(message, drawing._repr_mimebundle_()["text/plain"])


@pytest.mark.skipif(not render.has_pygraphviz(), reason="pygraphviz >= 2.0 is not installed")
@pytest.mark.parametrize("script", ["", "#!/no/such/interpreter\n"])
def test_a_program_that_cannot_be_started_gives_way_to_pygraphviz(broken_dot, script):
    broken_dot(script)
    assert [node.texts[0] for node in svg(Value(1.0, "x") * 2).nodes] == ["x", "v1"]
