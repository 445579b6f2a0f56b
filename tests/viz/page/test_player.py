"""`player`: the record in the page against the graph, the places of the picture, and the page as a file."""

import html
import itertools
import json
import math
import re
import struct

import pytest
from support.commands import ROOT, printed_by_processes
from support.drawn_graphs import neuron
from support.player_graphs import network, shared, uses

import viz
from engine import StaleGraphError, Value, scope, topological_order
from viz.notation import names
from viz.page.views import everything

PROGRAM = """
import viz
from support.player_graphs import network
loss, parameters, matrices = network()
print(viz.player(loss, parameters=parameters, matrices=matrices).html)
"""


def record(made):
    """The record in a page, by a parser of JSON that knows no NaN."""

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    (text,) = re.findall(r'<script type="application/json" id="record">(.*?)</script>', made.html, re.DOTALL)
    return json.loads(text, parse_constant=refuse)


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
    made = viz.player(output, parameters=parameters)
    assert (made.nodes, made.steps, repr(made)) == (10, 5 + 1 + 9, "<Player of 10 nodes and 15 steps>")
    assert "<title>Backpropagation through o</title>" in made.html
    nodes = {node["name"]: node for node in record(made)["nodes"]}
    assert list(nodes) == list(names(topological_order(output)).values()), "as in the trace"
    roles = {"x1": "input", "x2": "input", **dict.fromkeys(["w1", "w2", "b"], "parameter"), "o": "result"}
    assert {name: node["role"] for name, node in nodes.items() if node["role"] != "operation"} == roles
    rows = {name: (nodes[name]["symbols"], *nodes[name]["lines"]) for name in ("v1", "o", "b")}
    assert rows == {
        "v1": ("= x1 * w1", "v1", "= x1 * w1"),
        "o": ("= tanh(v4)", "o", "= tanh(v4)"),
        "b": ("", "b"),
    }


def test_a_player_is_of_the_moment_and_reads_and_writes_no_gradient():
    untouched, used = shared(), shared()
    used.backward()
    before = [node.grad for node in topological_order(used)]
    made, page = viz.player(untouched), viz.player(used).html
    assert made.html == page
    assert not any(node.has_grad for node in topological_order(untouched))
    assert [node.grad for node in topological_order(used)] == before
    topological_order(untouched)[0].data = 5.0
    assert made.html == page


@pytest.mark.parametrize("graph", [lambda: neuron()[0], shared, lambda: network()[0], lambda: Value(1.0, "x" * 99)])
def test_boxes_lie_in_the_picture_apart_with_operands_left_of_results(way, graph):
    found = everything(record(viz.player(graph())))
    nodes = found["nodes"]
    picture = {"x": 0, "y": 0, "width": found["width"], "height": found["height"]}
    assert all(within(box, picture) for box in [*nodes, *found["parts"]])
    assert not any(overlap(*pair) for pair in itertools.combinations(nodes, 2))
    for edge in found["edges"]:
        source, target = nodes[edge["source"]], nodes[edge["target"]]
        assert source["x"] + source["width"] < target["x"]
        points = [tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+),(-?[\d.]+)", edge["path"])]
        for (x, y), box in ((points[0], source), (points[-1], target)):
            around = {"x": box["x"] - 2, "y": box["y"] - 2, "width": box["width"] + 4, "height": box["height"] + 4}
            assert within({"x": x, "y": y, "width": 0, "height": 0}, around)
    assert len({edge["path"] for edge in found["edges"]}) == len(found["edges"]), "both edges of a square are seen"


def test_a_frame_has_the_name_and_the_nodes_of_its_part_and_no_others(way):
    @scope("outer", "around")
    def outer(a, b):
        return inner(a, b) - b

    inner = scope("inner")(lambda a, b: a * b)
    found = everything(record(viz.player(outer(Value(1.0, "a"), Value(2.0, "b")) * 3)))
    parts = {part["name"]: part for part in found["parts"]}
    assert {name: part["note"] for name, part in parts.items()} == {"outer": "around", "inner": ""}
    inside = {name: [n["name"] for n in found["nodes"] if within(n, part)] for name, part in parts.items()}
    assert inside == {"outer": ["v1", "v2"], "inner": ["v1"]}
    assert within(parts["inner"], parts["outer"])
    assert not any(overlap(node, parts["outer"]) for node in found["nodes"] if node["name"] not in inside["outer"])


def test_the_page_is_one_file_that_forbids_itself_every_request():
    made = viz.player(shared()).html
    folder = ROOT / "viz" / "page"
    template = "".join((folder / name).read_text(encoding="utf-8") for name in ("head.html", "player/player.html"))
    named = re.findall(r'(?:src|href)="([\w./]+)"', template)
    assert {"player.js", "replay.js", "live.js", "base.css"} < set(named)
    for name in named:
        (file,) = (found for found in (folder / "player" / name, folder / name) if found.is_file())
        assert file.read_text(encoding="utf-8") in made, name
    assert "{{" not in re.sub(r"(?s)<script.*?</script>", "", made)
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="(.*?)">', made)[1]
    assert policy.startswith("default-src 'none'; ")
    assert not re.search(r"\*|http|unsafe-eval|'self'", policy)


def test_another_process_makes_the_same_page():
    loss, parameters, matrices = network()
    page = viz.player(loss, parameters=parameters, matrices=matrices).html
    assert printed_by_processes(PROGRAM) == page + "\n"


def test_a_notebook_shows_exactly_the_page_in_a_frame_that_cannot_reach_it():
    made = viz.player(shared(), title="\"quoted\" & 'q' </iframe> &quot;")
    bundle = made._repr_mimebundle_(include=None, exclude=None)
    assert bundle["text/plain"] == repr(made)
    (frame,) = re.findall(
        r'<iframe sandbox="allow-scripts" [^>]*title="[^"]+" srcdoc="([^"]*)"></iframe>', bundle["text/html"]
    )
    assert html.unescape(frame) == made.html


@pytest.mark.parametrize("name", ["graph.html", "graph.HTM", "graph.v2.html"])
def test_the_page_is_written_into_the_file(tmp_path, name):
    made = viz.player(shared(), tmp_path / name)
    assert (tmp_path / name).read_bytes() == made.html.encode("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def stale():
    """A graph whose leaf was changed after it was recorded."""
    value = shared()
    next(node for node in topological_order(value) if node.label == "x").data = 9.0
    return value


NO_MATRIX = r"the matrix 'W' should be rows of Values, as model\.to_value_matrices\(\)"
STRANGER = r"the matrix 'W' has an entry that the graph does not: Value\(.*stranger"


@pytest.mark.parametrize(
    ("graph", "options", "error", "words"),
    [
        *((lambda value=value: value, {}, TypeError, "a player is of a Value, not of") for value in (3.0, None, [])),
        (shared, {"max_nodes": 5}, viz.TooManyNodesError, "would have 6 nodes, more than max_nodes=5"),
        (stale, {}, StaleGraphError, "'x'.*was changed after"),
        (shared, {"parameters": [shared()]}, ValueError, "is not a parameter"),
        (shared, {"matrices": {"W": [[Value(1.0, "stranger")]]}}, ValueError, STRANGER),
        *(
            (shared, {"matrices": {"W": rows}}, TypeError, NO_MATRIX)
            for rows in ([[1.0, 2.0]], [1.0], [Value(1.0)], Value(1.0), 3, "x")
        ),
        *((shared, {"title": title}, TypeError, "title is a text, not") for title in (None, 0, ["a"])),
        *((shared, {"updates": given}, TypeError, r"optimizer\.updates\(value\)") for given in (None, 3)),
        *((shared, {"matrices": made}, TypeError, "matrices is a dictionary") for made in ([[Value(1.0)]], "W")),
    ],
)
def test_what_cannot_be_played_is_refused(graph, options, error, words):
    with pytest.raises(error, match=words):
        viz.player(graph(), **options)
