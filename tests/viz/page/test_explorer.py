"""`explorer`: the stages in the page against those of the engine, its formulas and pictures, and what it refuses."""

import math
import re
import sys

import pytest
from support.explored_graphs import Lines, content_of, neuron
from support.player_graphs import network

import viz
from engine import StaleGraphError, Value, topological_order
from engine.extend import Stage, stages_of
from nn import MLP
from viz.graphs.grouping import Grouping

HOSTILE = '</script><script>document.title = "taken"</script><!-- ]]> & \ud800 \x07'


def stage_lines(content):
    """{name of a stage: [(text, {(name of a stage, place)})]}, as the page has them."""
    places = [(stage["name"], place) for stage in content["stages"] for place, _ in enumerate(stage["texts"], 1)]
    return {
        stage["name"]: [
            (content["texts"][text], {places[source] for source in sources})
            for text, sources in zip(stage["texts"], stage["sources"], strict=True)
        ]
        for stage in content["stages"]
    }


@pytest.mark.parametrize(
    "graph", [neuron, pytest.param(lambda: network()[:2], marks=pytest.mark.slow)], ids=["neuron", "network"]
)
def test_each_line_and_each_link_of_each_stage_is_in_the_page(graph):
    value, leaves = graph()
    lines = Lines(value, leaves)
    made = viz.explorer(value, wrt=leaves)
    found = stage_lines(content_of(made))
    assert list(found) == lines.names
    for (stage, place), text in lines.texts.items():
        assert found[stage][place - 1][0].split() == text.split()
    links = {
        (begin, (stage, place))
        for stage in found
        for place, (_, sources) in enumerate(found[stage], 1)
        for begin in sources
    }
    assert links == lines.links
    assert {stage: len(found[stage]) for stage in found} == made.lines


def test_a_line_keeps_its_indentation():
    stages = stage_lines(content_of(viz.explorer(neuron()[0])))
    python = stages["python"]
    assert python[0][0].startswith("def ")
    assert python[1][0].startswith("    ")
    assert {len(text) - len(text.lstrip()) for text, _ in stages["assembly"]} <= {0, 2}, "eight are too deep"


def test_every_node_is_in_the_formulas_and_pictures_under_the_number_of_its_line():
    value, leaves = neuron()
    made = viz.explorer(value, wrt=leaves)
    content = content_of(made)
    texts = [content["texts"][text] for stage in content["stages"] for text in stage["texts"]]
    size, derived = (len(stage["texts"]) for stage in content["stages"][:2])
    assert {int(number) for number in re.findall(r'data-node="(\d+)"', made.html)} == {*range(size + derived)}
    recorded, gradient = ([node["line"] for node in picture["record"]["nodes"]] for picture in content["pictures"])
    assert sorted(recorded) == [*range(size)]
    assert {*gradient} > {*range(size, size + derived)}
    for picture in content["pictures"]:
        for node in picture["record"]["nodes"]:
            name, _, formula = texts[node["line"]].partition(" = ")
            assert node["name"] in (name, f"∂loss/∂{name.removesuffix('_grad')}")
            assert not node["symbols"] or len(node["symbols"].split()) >= len(formula.split())


def test_derivatives_are_by_what_is_asked_for_or_by_parameters_or_by_all_leaves():
    def derived(made):
        return {node["name"] for node in content_of(made)["pictures"][1]["record"]["nodes"] if "∂" in node["name"]}

    value, leaves = neuron()
    assert derived(viz.explorer(value, wrt=leaves)) == {"∂loss/∂w", "∂loss/∂b"}
    assert derived(viz.explorer(value, wrt=iter(leaves[:1]))) == {"∂loss/∂w"}
    assert viz.explorer(value, wrt=leaves[:1] * 2).lines == viz.explorer(value, wrt=leaves[:1]).lines
    assert derived(viz.explorer(value)) == {"∂loss/∂w", "∂loss/∂b", "∂loss/∂x", "∂loss/∂y"}
    answer = MLP([1, 1], output="tanh", seed=0)([Value(0.5, "x")])
    assert len(derived(viz.explorer(answer))) == 2


def test_labels_are_texts_whatever_they_look_like():
    def page(label):
        x = Value(2.0, label)
        y = x * x
        y.label = label
        return viz.explorer(y, title=label)

    hostile, harmless = page(HOSTILE), page("x")
    hostile.html.encode("utf-8")
    for mark in ("<script", "</script", "<!--"):
        assert hostile.html.count(mark) == harmless.html.count(mark)
    assert "<title>&lt;/script&gt;" in hostile.html
    assert content_of(hostile)["title"].endswith("\\ud800 \\x07")


def test_nothing_changes_and_it_is_saved_as_a_page(tmp_path):
    value, leaves = neuron()
    value.backward()
    before = [(node.data, node.grad, node.label) for node in topological_order(value)]
    made = viz.explorer(value, tmp_path / "explorer.html", wrt=leaves, title="A neuron")
    assert [(node.data, node.grad, node.label) for node in topological_order(value)] == before
    assert (tmp_path / "explorer.html").read_text(encoding="utf-8") == made.html
    assert "<title>A neuron</title>" in made.html
    assert repr(made) == f"<Explorer of 9 nodes in {len(made.lines)} stages>"
    assert "<title>From formula to processor: loss</title>" in viz.explorer(value).html


def stale():
    """A graph whose leaf was changed."""
    value, leaves = neuron()
    leaves[0].data = 7.0
    return value


@pytest.mark.parametrize(
    ("explore", "error", "message"),
    [
        (lambda: viz.explorer(3.0), TypeError, "of a Value, not of 3.0 of type float"),
        (lambda: viz.explorer(Value(1.0, "x")), ValueError, "x.* is a leaf: nothing was computed"),
        (lambda: viz.explorer(neuron()[0], wrt=neuron()[1]), ValueError, "'w'.* is not in the graph"),
        (lambda: viz.explorer(neuron()[0], wrt=neuron()[0]), TypeError, "a list of leaves, even for one"),
        (lambda: viz.explorer(neuron()[0], wrt=3), TypeError, "a list of leaves, even for one: wrt=.x., not 3"),
        (lambda: viz.explorer(neuron()[0], wrt=[3]), TypeError, "which are Values, not 3 of type int"),
        (lambda: viz.explorer(neuron()[0], wrt=[[]]), TypeError, "which are Values, not .. of type list"),
        (lambda: viz.explorer(neuron()[0], wrt=[neuron()[0]]), ValueError, "but .*loss.* was computed"),
        (lambda: viz.explorer(neuron()[0], title=3), TypeError, "title is a text, not 3"),
        (lambda: viz.explorer(neuron()[0], "page.svg"), ValueError, "an explorer can be saved as .html"),
        (lambda: viz.explorer(neuron()[0], max_nodes=8), viz.TooManyNodesError, "9 nodes, more than max_nodes=8"),
        (lambda: viz.explorer(stale()), StaleGraphError, "w"),
    ],
)
def test_what_it_refuses(explore, error, message):
    with pytest.raises(error, match=message):
        explore()


def test_a_refusal_looks_for_no_way_to_draw_less(monkeypatch):
    monkeypatch.setattr(Grouping, "_cures", lambda *given: pytest.fail("this takes a while"))
    with pytest.raises(viz.TooManyNodesError, match="the explorer would follow 9 nodes"):
        viz.explorer(neuron()[0], max_nodes=8)


def test_a_gradient_too_large_to_draw_is_there_as_lines():
    value = Value(1.1, "x")
    for _ in range(60):
        value = value.sin()
    content = content_of(viz.explorer(value))
    recorded, gradient = content["pictures"]
    assert recorded["record"]
    assert gradient["record"] is None
    assert re.search(r"It has \d{3} nodes, too many to draw", gradient["note"])


@pytest.mark.slow
def test_a_graph_whose_edges_are_too_long_for_graphviz_is_there_as_lines():
    x = Value(1.0, "x")
    content = content_of(viz.explorer(math.prod([x] * 150)))
    assert [picture["record"] for picture in content["pictures"]] == [None, None]
    assert content["pictures"][0]["note"] == "It has 151 nodes, too many to draw: read its lines below."


def test_a_stage_that_is_missing_says_why(monkeypatch):
    why = "needs llvmlite: python -m pip install llvmlite"
    made_of = sys.modules["viz.explorer"]
    monkeypatch.setattr(made_of, "stages_of", lambda *given: (*stages_of(*given)[:12], Stage("llvm", "", (), why)))
    made = viz.explorer(neuron()[0])
    assert (content_of(made)["stages"][-1]["missing"], made.lines["llvm"]) == (why, 0)


def test_numbers_that_are_not_finite():
    content = content_of(viz.explorer(Value(math.inf, "x") * Value(2.0, "y")))
    assert {node["data"] for node in content["pictures"][0]["record"]["nodes"]} == {"Infinity", 2.0}
