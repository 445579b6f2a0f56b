"""The views of a player's graph, as they are laid out beforehand: in Graphviz's own terms, without a browser."""

import itertools
import math
import re

import numpy as np
import pytest
from support.called_graphs import called_twice
from support.player_graphs import network, shared

from nn import MLP, half_sum_of_squares
from viz.graphs.outline import outline
from viz.images import GraphvizError, image
from viz.page.content import graph_content
from viz.page.player.content import page_content
from viz.page.views import views_content
from viz.record import Record

try:
    image("digraph { a }", "json0")
except GraphvizError:
    pytest.skip("there is no Graphviz", allow_module_level=True)


def wide():
    """A network with as many neurons as make Graphviz change their order, or fail."""
    model = MLP([2, 12, 3, 1], hidden="tanh", output="sigmoid", seed=0)
    return half_sum_of_squares([model([0.5, -1.0]), model([1.0, 2.0])], [0.0, 1.0])


def content(loss):
    """What a page would know of a graph."""
    record = Record([loss])
    outlined = outline(record, 5000)
    return views_content(record, outlined, graph_content(record, outlined))


def rows(flat, length):
    """The rows of a flat list."""
    return [flat[start : start + length] for start in range(0, len(flat), length)]


def around(found, part):
    """A part and those around it, outwards."""
    while part is not None:
        yield part
        part = found["parts"][part]["parent"]


def boxes(found, view):
    """(x, y, width, height) of each box: of nodes by their index, of parts by ("part", index)."""
    nodes = {n: (x, y, found["nodes"][n]["width"], found["nodes"][n]["height"]) for n, x, y in rows(view["nodes"], 3)}
    return nodes | {("part", part): tuple(place) for part, *place in rows(view["parts"], 5)}


def apart(one, other):
    """Whether two boxes do not touch."""
    (x, y, width, height), (left, top, wide, high) = one, other
    return x + width < left or left + wide < x or y + height < top or top + high < y


def inside(one, other):
    """Whether a box lies in another."""
    (x, y, width, height), (left, top, wide, high) = one, other
    return left <= x and top <= y and x + width <= left + wide and y + height <= top + high


GRAPHS = pytest.mark.parametrize("graph", [lambda: network()[0], called_twice, shared, wide], ids=range(4))


@GRAPHS
def test_in_each_view_each_node_is_to_be_seen_in_one_box_and_boxes_lie_apart(graph):
    found = content(graph())
    for view in found["views"]:
        placed = boxes(found, view)
        closed = {part for part in range(len(found["parts"])) if part not in view["open"]}
        for index, node in enumerate(found["nodes"]):
            hidden = [part for part in around(found, node["part"]) if part in closed]
            assert (index in placed) == (not hidden)
            assert not hidden or ("part", hidden[-1]) in placed
        frames = {box for box in placed if isinstance(box, tuple) and box[1] in view["open"]}
        assert frames == {("part", part) for part in view["open"]}
        shown = [placed[box] for box in placed if box not in frames]
        assert all(apart(*pair) for pair in itertools.combinations(shown, 2))
        for box, place in placed.items():
            parent = found["parts"][box[1]]["parent"] if isinstance(box, tuple) else found["nodes"][box]["part"]
            outer = [("part", part) for part in around(found, parent)]
            assert all(inside(place, placed[frame]) for frame in outer)
            assert all(apart(place, placed[frame]) for frame in frames - {*outer, box} if box not in frames)
            assert inside(place, (0, 0, view["width"], view["height"]))


@GRAPHS
def test_lines_lead_from_box_to_box_and_labels_lie_on_them(graph):
    found = content(graph())
    for view in found["views"]:
        placed = boxes(found, view)
        for use, x, y, path in rows(view["lines"], 4):
            points = [tuple(map(float, pair)) for pair in re.findall(r"(-?\d+),(-?\d+)", path)]
            edge = found["edges"][use]
            for end, point in ((edge["source"], points[0]), (edge["target"], points[-1])):
                closed = set(range(len(found["parts"]))) - set(view["open"])
                parts = [part for part in around(found, found["nodes"][end]["part"]) if part in closed]
                box = placed[end] if end in placed else placed["part", parts[-1]]
                wider = (box[0] - 3, box[1] - 3, box[2] + 6, box[3] + 6)
                assert inside((*point, 0, 0), wider)
            left, right = sorted((points[0][0], points[-1][0]))
            assert left - 60 <= x <= right + 60
            assert min(np.hypot(*(curve(points) - (x, y)).T)) < 12


SHARES = np.linspace(0.0, 1.0, 301)
WEIGHTS = np.stack([math.comb(3, k) * SHARES**k * (1 - SHARES) ** (3 - k) for k in range(4)], axis=1)


def curve(points):
    """Many points of a curve, whose last one is the tip of its arrow."""
    *bends, tip = points
    return np.vstack([*(WEIGHTS @ bends[first : first + 4] for first in range(0, len(bends) - 3, 3)), tip])


def test_neurons_are_in_their_order_and_equally_wide_in_every_view():
    found = content(wide())
    assert found["levels"] == ["Layers", "Neurons", "Operations"]
    seen = 0
    for view in found["views"]:
        placed = boxes(found, view)
        layers = {}
        for part, about in enumerate(found["parts"]):
            if ("part", part) in placed and part not in view["open"] and about["name"].startswith("neuron"):
                layers.setdefault(about["parent"], {})[int(about["name"].removeprefix("neuron"))] = placed["part", part]
        for neurons in layers.values():
            tops = [place[1] for _, place in sorted(neurons.items())]
            assert tops == sorted(tops)
            assert len({place[2] for place in neurons.values()}) == 1
            seen += len(neurons) > 2
    assert seen > 10


def test_a_part_says_how_much_is_in_it():
    found = {part["path"]: part["inside"] for part in content(wide())["parts"]}
    assert found["layer0"] == "2 calls of 12 neurons"
    assert found["layer0.neuron11"] == "2 calls of 5 operations"
    assert found["half_sum_of_squares"] == "6 operations"
    assert {part["inside"] for part in content(called_twice())["parts"]} == {
        "2 calls of 1 inner",
        "4 calls of 2 operations",
    }


def test_equal_views_are_one_and_a_graph_without_parts_has_no_choice():
    assert (content(shared())["levels"], len(content(shared())["views"])) == (["Operations"], 1)
    views = content(wide())["views"]
    assert len({tuple(view["open"]) for view in views}) == len(views)


def test_a_box_has_the_name_that_the_trace_has():
    record = Record([wide()])
    nodes = page_content(record, outline(record, 5000), {})["nodes"]
    assert [node["lines"][0] for node in nodes] == [node["name"] for node in nodes]
    assert "layer0.neuron11.w[1]" in [node["name"] for node in nodes]
    assert all(node["lines"][1] == node["symbols"] for node in nodes if 0 < len(node["symbols"]) < 26)
