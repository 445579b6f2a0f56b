"""Images of parts: frames around their nodes, tables and columns, and the texts in them."""

import itertools
import shutil

import pytest
from support.drawn_graphs import HOSTILE, OPTIONS, outline
from support.picture_reading import Svg, svg

import engine
import nn
import viz
from engine import Value, scope
from nn import MLP
from viz import images as render

pytestmark = pytest.mark.skipif(
    not (shutil.which("dot") or render.has_pygraphviz()),
    reason="neither the program dot nor pygraphviz >= 2.0 is there",
)


def batch():
    """The loss of a small network on three samples, with a penalty, and parts of a user's own around it."""
    model = MLP([2, 2, 2])
    scaled = scope("preprocessing", "between -1 and 1")(lambda a, b: [engine.tanh(a / 2), engine.tanh(b - 1)])
    inputs = [(Value(i / 7, f"a rather long name of input({i})"), Value(-i * 1e-7, f"b{i}")) for i in range(3)]
    outputs = [model(scaled(a, b)) for a, b in inputs]
    loss = nn.mean_squared_error(outputs, [[0, 1]] * 3) + nn.l2_penalty(model.parameters(), 0.01)
    loss.label = "the loss of all samples with its penalty"
    loss.backward()
    return loss


def within(inner, outer):
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def apart(first, second):
    return first[2] <= second[0] or second[2] <= first[0] or first[3] <= second[1] or second[3] <= first[1]


@pytest.mark.parametrize(("by", "fold"), OPTIONS)
def test_frames_are_around_the_nodes_of_their_parts_and_nothing_overlaps(by, fold):
    loss = batch()
    drawn = outline(loss, by=by, fold=fold)
    picture = svg(loss, by=by, fold=fold, direction="down" if fold else "right")
    boxes = {node.title: node.box for node in picture.nodes}
    frames = {cluster.title: cluster for cluster in picture.clusters}
    assert set(boxes) == {f"n{place}" for place in range(len(drawn.nodes))}
    assert set(frames) == {f"cluster_{index}" for index in range(len(drawn.parts))}
    for index, part in enumerate(drawn.parts):
        frame = frames[f"cluster_{index}"]
        assert frame.lines == [f"{part.name} {part.scope.note}".strip()]
        for place, node in enumerate(drawn.nodes):
            belongs = node.part is not None and part in node.part.ancestors()
            assert (within if belongs else apart)(boxes[f"n{place}"], frame.box), (part.name, node.name)
        for other, second in enumerate(drawn.parts):
            if second is not part and part not in second.ancestors():
                check = within if second in part.ancestors() else apart
                assert check(frame.box, frames[f"cluster_{other}"].box)
    for first, second in itertools.combinations(picture.nodes, 2):
        assert apart(first.box, second.box), (first.texts[0], second.texts[0])


def test_in_frames_of_two_graphs_too_a_layer_stands_to_the_right_of_its_inputs():
    both = [MLP([2, 2, 1], seed=1)([Value(0.5, "p"), Value(1.0, "q")]) for _ in range(2)]
    picture = Svg(render.image(viz.compare(*both, by="neuron").dot, "svg"))
    places = {frame.lines[0]: frame.box for frame in picture.clusters}
    assert places["layer0 tanh"][2] < places["layer1 sigmoid"][0]


def test_a_part_is_shown_as_a_table():
    model = MLP([1, 1])
    model.layers[0].neurons[0].w[0].data = 0.0
    result = model([Value(2.0, "x")])
    result.backward()
    (node,) = [node for node in svg(result, by="neuron").nodes if node.kind == "part"]
    assert node.lines == [
        *("neuron0 sigmoid", "data grad", "x 2 0", "w[0] 0 0.5", "b 0 0.25", "output 0.5 1", "gradient norm 0.55902")
    ], "the slope of the sigmoid at 0 is 1/4; √(0.5² + 0.25²) = 0.55902"
    assert len({x for x, *_ in node.places}) <= 4, "in line: title, note, data, grad"


def test_the_samples_of_a_folded_node_are_in_columns_and_many_are_a_range():
    results = [engine.tanh(Value(number, "x")) for number in (0.0, 1.0, -1.0)]
    for result in results:
        result.backward()
    node = svg(results, fold=True).nodes[1]
    assert node.lines == ["v1 ×3 = tanh(x)", "data 0 0.76159 -0.76159", "grad 1 1 1"]
    heights = sorted({y for _, y, *_ in node.places})
    data, grad = ([x for x, y, *_ in node.places if y == height] for height in heights[1:])
    assert data == grad
    results = [engine.tanh(Value(number / 10, "x")) for number in range(-20, 21)]
    assert svg(results, fold=True).nodes[1].lines[:2] == ["v1 ×41 = tanh(x)", "data -0.964 … 0.964"]


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


@pytest.mark.parametrize("label", ["a\n]", "encoder_attention_query_[0]", "x" * 26 + "]]>"])
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
