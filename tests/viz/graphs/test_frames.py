"""Images of parts: frames around their nodes, text inside its box, tables and columns."""

import itertools
import shutil
import unicodedata

import pytest
from support.drawn_graphs import outline
from support.picture_reading import svg

import engine
import nn
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

    @scope("preprocessing", "between -1 and 1")
    def scaled(a, b):
        return [engine.tanh(a / 2), engine.tanh(b - 1)]

    inputs = [(Value(i / 7, f"a rather long name of input({i})"), Value(-i * 1e-7, f"b{i}")) for i in range(3)]
    outputs = [model(scaled(a, b)) for a, b in inputs]
    loss = nn.mean_squared_error(outputs, [[0, 1]] * 3) + nn.l2_penalty(model.parameters(), 0.01)
    loss.label = "the loss of all samples with its penalty"
    loss.backward()
    return loss


def within(inner, outer, margin=0.0):
    return (
        inner[0] >= outer[0] - margin
        and inner[1] >= outer[1] - margin
        and inner[2] <= outer[2] + margin
        and inner[3] <= outer[3] + margin
    )


def apart(first, second):
    return first[2] <= second[0] or second[2] <= first[0] or first[3] <= second[1] or second[3] <= first[1]


# Adobe's font metrics of Helvetica, in parts of the font size; characters that it has not are not wider than 1.05.
WIDTHS = {
    **dict.fromkeys("ijl'|", 0.222),
    **dict.fromkeys(" .,:;!/\\It[]f\u00a0", 0.278),
    **dict.fromkeys('()-r{}`"', 0.355),
    **dict.fromkeys("ckJsvxyz*", 0.5),
    **dict.fromkeys("+=<>~×", 0.584),
    **dict.fromkeys("mMW%@…—", 1.05),
}


def extent(character):
    """The width of a character in parts of the font size."""
    if unicodedata.combining(character):
        return 0.0
    wide = 1.05 if unicodedata.east_asian_width(character) in "WF" else 0.78 if character.isupper() else 0.556
    return WIDTHS.get(character, wide)


def text_boxes(shape):
    """Left, top, right and bottom of each text, bold letters being a little wider."""
    for (x, y, size, bold), text in zip(shape.places, shape.texts, strict=True):
        width = sum(map(extent, text)) * size * (1.08 if bold else 1.0)
        yield text, (x, y - 0.75 * size, x + width, y + 0.22 * size)


PICTURES = [
    {"by": by, "fold": fold, "direction": direction, "colors": colors}
    for by, fold in itertools.product(("operation", "neuron", "layer"), (False, True))
    for direction, colors in (("right", "role"), ("down", "gradient"))
]


@pytest.fixture(scope="module", params=PICTURES, ids=lambda options: "-".join(map(str, options.values())))
def pictured(request):
    """(outline, picture) of the same graph, drawn in each way."""
    loss = batch()
    drawn = outline(loss, by=request.param["by"], fold=request.param["fold"])
    return drawn, svg(loss, **request.param)


def test_a_frame_is_around_the_nodes_of_its_part_and_no_others(pictured):
    drawn, picture = pictured
    boxes = {node.title: node.box for node in picture.nodes}
    frames = {cluster.title: cluster.box for cluster in picture.clusters}
    assert len(boxes) == len(drawn.nodes)
    assert set(frames) == {f"cluster_{index}" for index in range(len(drawn.parts))}
    for index, part in enumerate(drawn.parts):
        frame = frames[f"cluster_{index}"]
        for place, node in enumerate(drawn.nodes):
            box = boxes[f"n{place}"]
            belongs = node.part is not None and part in node.part.ancestors()
            assert within(box, frame) if belongs else apart(box, frame), (part.name, node.name)


def test_frames_are_inside_each_other_or_apart(pictured):
    drawn, picture = pictured
    frames = {cluster.title: cluster.box for cluster in picture.clusters}
    for (i, first), (j, second) in itertools.permutations(enumerate(drawn.parts), 2):
        one, other = frames[f"cluster_{i}"], frames[f"cluster_{j}"]
        if second in first.ancestors():
            assert within(one, other)
        elif first not in second.ancestors():
            assert apart(one, other)


def test_no_two_nodes_overlap(pictured):
    _, picture = pictured
    for first, second in itertools.combinations(picture.nodes, 2):
        assert apart(first.box, second.box), (first.texts[0], second.texts[0])


def test_no_text_is_wider_than_its_box_or_on_another_text(pictured):
    _, picture = pictured
    for shape in [*picture.nodes, *picture.clusters]:
        texts = list(text_boxes(shape))
        assert texts
        for text, box in texts:
            assert within(box, shape.box, margin=2.0), text
        for (one, first), (other, second) in itertools.combinations(texts, 2):
            overlap = min(first[2], second[2]) - max(first[0], second[0])
            assert overlap < 6 or first[3] <= second[1] + 2 or second[3] <= first[1] + 2, (one, other)


def test_everything_is_inside_the_picture(pictured):
    _, picture = pictured
    for shape in [*picture.nodes, *picture.clusters]:
        left, top, right, bottom = shape.box
        assert right - left <= picture.width
        assert bottom - top <= picture.height


def test_the_frames_say_what_is_in_them(pictured):
    drawn, picture = pictured
    for index, part in enumerate(drawn.parts):
        frame = next(cluster for cluster in picture.clusters if cluster.title == f"cluster_{index}")
        assert frame.lines == [f"{part.name} {part.scope.note}".strip()]


def test_a_part_is_shown_as_a_table():
    model = MLP([1, 1])
    result = model([Value(2.0, "x")])
    model.layers[0].neurons[0].w[0].data = 0.0
    result = model([Value(2.0, "x")])
    result.backward()
    (node,) = [node for node in svg(result, by="neuron").nodes if node.kind == "part"]
    assert node.lines == [
        "neuron0 sigmoid",
        "data grad",
        "x 2 0",
        "w[0] 0 0.5",
        "b 0 0.25",
        "output 0.5 1",
        "gradient norm 0.55902",
    ], "the slope of the sigmoid at 0 is 1/4; √(0.5² + 0.25²) = 0.55902"


def test_the_columns_of_a_table_are_in_line():
    loss = batch()
    for node in svg(loss, by="neuron").nodes:
        if node.kind == "part":
            begins = [x for x, *_ in node.places]
            assert len(set(begins)) <= 4, "title, note, data, grad"


def test_the_samples_of_a_folded_node_are_in_columns():
    results = [engine.tanh(Value(number, "x")) for number in (0.0, 1.0, -1.0)]
    for result in results:
        result.backward()
    node = svg(results, fold=True).nodes[1]
    assert node.lines == ["v1 ×3 = tanh(x)", "data 0 0.76159 -0.76159", "grad 1 1 1"]
    columns = [
        [x for (x, y, *_), _ in zip(node.places, node.texts, strict=True) if y == height]
        for height in sorted({y for _, y, *_ in node.places})[1:]
    ]
    assert columns[0] == columns[1]


def test_many_samples_are_written_as_a_range():
    results = [engine.tanh(Value(number / 10, "x")) for number in range(-20, 21)]
    node = svg(results, fold=True).nodes[1]
    assert node.lines[:2] == ["v1 ×41 = tanh(x)", "data -0.96403 … 0.96403"]
