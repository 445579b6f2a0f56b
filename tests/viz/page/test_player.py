"""`player`: the record in the page against the graph, the places of the picture, and the page as a file."""

import html
import itertools
import json
import math
import re
import struct
from html.parser import HTMLParser

import pytest
from support.commands import ROOT
from support.drawn_graphs import HOSTILE, neuron, printed_by_processes
from support.player_graphs import network, shared, uses

import viz
from engine import Value, exp, scope, sqrt, topological_order
from viz.notation import names, number, printable

PROGRAM = """
import viz
from support.player_graphs import network
loss, parameters, matrices = network()
print(viz.player(loss, parameters=parameters, matrices=matrices).html)
"""


class Tags(HTMLParser):
    """The start tags of a page in order, and the text in each script and title, as a browser reads them."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags = []
        self.texts = {"script": [], "title": []}
        self._inside = None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._inside = tag
        if tag in self.texts:
            self.texts[tag].append("")

    def handle_data(self, data):
        if self._inside in self.texts:
            self.texts[self._inside][-1] += data

    def handle_endtag(self, tag):
        self._inside = None


def record(made):
    """The record in a page, by a parser of HTML and one of JSON, which knows no NaN."""
    page = Tags(made.html)
    scripts = [attributes for tag, attributes in page.tags if tag == "script"]
    (place,) = (index for index, attributes in enumerate(scripts) if attributes.get("id") == "record")

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(page.texts["script"][place], parse_constant=refuse)


def same(stored, number):
    """Whether a number of a record is this one to the last bit."""
    return struct.pack(">d", float(stored)) == struct.pack(">d", number) or (number != number and stored == "NaN")


def overlap(first, second):
    """Whether two boxes have more than their border in common."""
    across = min(first["x"] + first["width"], second["x"] + second["width"]) - max(first["x"], second["x"])
    down = min(first["y"] + first["height"], second["y"] + second["height"]) - max(first["y"], second["y"])
    return across > 0.1 and down > 0.1


def within(inner, outer):
    """Whether one box lies in another."""
    return all(
        outer[start] - 0.1 <= inner[start] and inner[start] + inner[length] <= outer[start] + outer[length] + 0.1
        for start, length in (("x", "width"), ("y", "height"))
    )


# --- The record ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", [lambda: neuron()[0], shared, lambda: network()[0], lambda: Value(2.5, "alone")])
def test_nodes_and_edges_are_those_of_the_graph_with_every_bit(way, graph):
    value = graph()
    found = record(viz.player(value))
    nodes = topological_order(value)
    assert len(found["nodes"]) == len(nodes)
    assert all(same(kept["data"], node.data) for kept, node in zip(found["nodes"], nodes, strict=True))
    edges = [(operand, node, partial) for node in nodes for operand, partial in uses(node)]
    assert len(found["edges"]) == len(edges)
    for kept, (operand, node, partial) in zip(found["edges"], edges, strict=True):
        assert (nodes[kept["source"]], nodes[kept["target"]]) == (operand, node)
        assert same(kept["partial"], partial)


def test_numbers_that_json_does_not_have_and_those_at_its_limits():
    data = [math.inf, -math.inf, math.nan, -0.0, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 1e16]
    total = sum((Value(value) for value in data[1:]), Value(data[0]))
    leaves = [node["data"] for node in record(viz.player(total))["nodes"] if not node["symbols"]]
    assert leaves[:3] == ["Infinity", "-Infinity", "NaN"]
    assert all(same(stored, value) for stored, value in zip(leaves, data, strict=True))


def test_roles_names_and_the_rows_of_the_forward_trace():
    output, parameters = neuron()
    nodes = {node["name"]: node for node in record(viz.player(output, parameters=parameters))["nodes"]}
    roles = {name: node["role"] for name, node in nodes.items()}
    assert roles == {
        **dict.fromkeys(["x1", "x2"], "input"),
        **dict.fromkeys(["w1", "w2", "b"], "parameter"),
        **dict.fromkeys(["v1", "v2", "v3", "v4"], "operation"),
        "o": "result",
    }
    assert (nodes["v1"]["symbols"], nodes["v1"]["numbers"]) == ("= x1 * w1", "= 2 * (-3)")
    assert (nodes["o"]["symbols"], nodes["o"]["numbers"]) == ("= tanh(v4)", "= tanh(0.88137)")
    assert (nodes["x1"]["symbols"], nodes["x1"]["numbers"]) == ("", "")
    assert nodes["v1"]["lines"] == ["v1", "= x1 * w1"]
    assert nodes["b"]["lines"] == ["b"]


def test_a_formula_has_the_value_of_its_partial():
    """Each is computed by Python from the names and data of the page alone."""
    x, y = Value(0.7, "x"), Value(1.3, "y")
    value = ((x * y - x / y).sin() + x**3 * exp(-y)).tanh() + sqrt(x + y).log()
    found = record(viz.player(value))
    data = {node["name"]: node["data"] for node in found["nodes"]}
    for edge in found["edges"]:
        computed = eval(edge["formula"], {**vars(math), **data})
        assert computed == pytest.approx(edge["partial"], rel=1e-4), edge["symbol"]


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        (("layer0.w", "layer1.v"), ["w", "v"]),
        (("layer0.w", "layer1.w"), ["layer0.w", "layer1.w"]),
        ([f"{'a' * 40}{middle}{'z' * 40}" for middle in "12"], [f"{'a' * 20}…{'z' * 19}{end}" for end in ("", "#2")]),
    ],
)
def test_names_are_as_short_as_tells_them_apart(labels, shown):
    first, second = (Value(1.0, label) for label in labels)
    assert [node["name"] for node in record(viz.player(first * second))["nodes"]][:2] == shown


def test_frames_have_the_names_of_the_parts():
    loss, parameters, _ = network()
    found = record(viz.player(loss, parameters=parameters))
    assert [part["name"] for part in found["parts"]].count("neuron0") == 2
    assert {part["name"]: part["note"] for part in found["parts"]}["layer0"] == "tanh"


@pytest.mark.parametrize(("value", "nan"), [(sqrt(Value(0.0, "x")), "undefined"), (Value(math.nan) * 2, "nan")])
def test_a_partial_that_does_not_exist_is_called_undefined(value, nan):
    found = record(viz.player(value))
    assert found["nan"] == nan
    assert found["edges"][0]["partial"] == ("NaN" if nan == "undefined" else 2)


def test_steps_are_results_forwards_edges_backwards_and_one_between():
    made = viz.player(shared())
    assert (made.nodes, made.steps) == (6, 4 + 1 + 8)
    assert repr(made) == "<Player of 6 nodes and 13 steps>"
    assert repr(viz.player(Value(1.0))) == "<Player of 1 nodes and 1 steps>"


def test_no_gradient_is_read_or_written():
    untouched, used = shared(), shared()
    assert viz.player(untouched).html == viz.player(used).html
    assert not any(node.has_grad for node in topological_order(untouched))
    used.backward()
    before = [node.grad for node in topological_order(used)]
    assert viz.player(used).html == viz.player(untouched).html
    assert [node.grad for node in topological_order(used)] == before


# --- Places ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", [lambda: neuron()[0], shared, lambda: network()[0], lambda: Value(1.0, "x" * 99)])
def test_boxes_lie_in_the_picture_and_do_not_overlap(way, graph):
    found = record(viz.player(graph()))
    picture = {"x": 0, "y": 0, "width": found["width"], "height": found["height"]}
    assert all(within(box, picture) for box in [*found["nodes"], *found["parts"]])
    assert not any(overlap(*pair) for pair in itertools.combinations(found["nodes"], 2))


def test_operands_stand_left_of_results(way):
    found = record(viz.player(network()[0]))
    for edge in found["edges"]:
        source, target = found["nodes"][edge["source"]], found["nodes"][edge["target"]]
        assert source["x"] + source["width"] < target["x"]


def test_a_frame_contains_its_nodes_and_no_others(way):
    @scope("outer")
    def outer(a, b):
        return inner(a, b) - b

    @scope("inner")
    def inner(a, b):
        product = a * b
        product.label = "in inner"
        return product

    difference = outer(Value(1.0, "a"), Value(2.0, "b"))
    difference.label = "in outer"
    found = record(viz.player(difference * 3))
    parts = {part["name"]: part for part in found["parts"]}
    inside = {name: [n["name"] for n in found["nodes"] if within(n, part)] for name, part in parts.items()}
    assert inside == {"outer": ["in inner", "in outer"], "inner": ["in inner"]}
    assert within(parts["inner"], parts["outer"])
    alone = [node for node in found["nodes"] if not node["name"].startswith("in ")]
    assert not any(overlap(node, parts["outer"]) for node in alone)


def test_an_edge_leads_from_the_border_of_its_operand_to_that_of_its_result(way):
    found = record(viz.player(shared()))

    def border(box):
        return {"x": box["x"] - 2, "y": box["y"] - 2, "width": box["width"] + 4, "height": box["height"] + 4}

    for edge in found["edges"]:
        points = [tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+),(-?[\d.]+)", edge["path"])]
        ends = [{"x": x, "y": y, "width": 0, "height": 0} for x, y in (points[0], points[-1])]
        assert within(ends[0], border(found["nodes"][edge["source"]]))
        assert within(ends[1], border(found["nodes"][edge["target"]]))
        assert re.fullmatch(r"M\S+ C(\S+ \S+ \S+ ?)+ L\S+", edge["path"])


def test_both_edges_of_a_square_have_a_way_and_a_label_of_their_own(way):
    x = Value(3.0, "x")
    first, second = record(viz.player(x * x))["edges"]
    assert first["path"] != second["path"]
    assert (first["x"], first["y"]) != (second["x"], second["y"])


# --- The page --------------------------------------------------------------------------------------------------------


def test_no_text_can_end_the_record_or_add_to_the_page():
    texts = [*HOSTILE, "a\u2028b\u2029c", "\ud800", "a\udc00\x00\x1b", "two\nlines\r\n", "\u202eשלום"]

    def page(labels):
        leaves = [Value(2.0, label) for label in labels]
        squares = [scope(x.label, note=x.label)(lambda x: x * x)(x) for x in leaves]
        total, matrices = sum(squares[1:], squares[0]), {x.label: [[x]] for x in leaves}
        return viz.player(total, title=" ".join(labels), matrices=matrices)

    made, innocent = page(texts), page([f"innocent{index}" for index in range(len(texts))])
    made.html.encode("utf-8")
    assert Tags(made.html).tags == Tags(innocent.html).tags
    found = record(made)
    assert Tags(made.html).texts["title"][0] == found["title"] == printable(" ".join(texts))
    shown = [matrix["name"] for matrix in found["matrices"]]
    assert shown == [printable(text) for text in texts]
    names = {node["name"] for node in found["nodes"]}
    assert {name.replace("\n", " ") for name in shown} <= names
    assert set(HOSTILE) - {"  two  spaces "} <= names


def test_the_title_names_the_value_unless_it_is_given():
    assert record(viz.player(shared()))["title"] == "Backpropagation through w"
    assert record(viz.player(shared(), title="XOR"))["title"] == "XOR"
    assert record(viz.player(shared(), title=" \n"))["title"] == "Backpropagation through w"
    assert len(record(viz.player(Value(1.0, "x" * 500)))["title"]) < 110


def test_the_page_forbids_itself_every_request():
    (policy,) = (
        attributes["content"]
        for tag, attributes in Tags(viz.player(shared()).html).tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.split(maxsplit=1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert not re.search(r"\*|http|unsafe-eval|'self'", policy)


def test_every_file_of_the_page_is_in_it():
    made = viz.player(shared()).html
    scripts = sorted((ROOT / "viz" / "page").glob("*.js"))
    assert len(scripts) > 5
    for script in scripts:
        assert script.read_text(encoding="utf-8") in made, script.name
    assert (ROOT / "viz" / "page" / "player.css").read_text(encoding="utf-8") in made
    assert "{{" not in re.sub(r"(?s)<script.*?</script>", "", made)


def test_another_process_makes_the_same_page():
    loss, parameters, matrices = network()
    page = viz.player(loss, parameters=parameters, matrices=matrices).html
    assert printed_by_processes(PROGRAM) == page + "\n"


def test_a_notebook_shows_exactly_the_page_in_a_frame_that_cannot_reach_it():
    made = viz.player(shared(), title="\"quoted\" & 'q' </iframe> &quot;")
    bundle = made._repr_mimebundle_(include=None, exclude=None)
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"] == repr(made)
    ((tag, attributes),) = Tags(bundle["text/html"]).tags
    assert tag == "iframe"
    assert attributes["srcdoc"] == made.html
    assert attributes["sandbox"] == "allow-scripts"
    assert attributes["title"]
    assert html.unescape(re.search(r'srcdoc="([^"]*)"', bundle["text/html"])[1]) == made.html


def test_a_player_is_of_the_moment():
    value = shared()
    made = viz.player(value)
    before = made.html
    topological_order(value)[0].data = 5.0
    assert made.html == before


def test_names_of_the_record_are_those_of_the_trace():
    value = shared()
    called = names(topological_order(value))
    assert [node["name"] for node in record(viz.player(value))["nodes"]] == list(called.values())
    assert number(value.data) in viz.trace(value)
