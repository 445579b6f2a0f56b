"""Two graphs beside each other: what differs is marked with what the other has, and what follows without a word."""

import copy
import html
import re
import sys

import pytest
from support.picture_reading import Svg, channels, contrast

import nn
import viz
from engine import Value, sigmoid
from engine.extend import stages_of
from viz import images
from viz.palette import FOLLOWS, LOOKS, PART_FILL, WRONG, dark

TITLES = ("right", "yours")


def leaves():
    return Value(2.0, "a"), Value(-3.0, "b"), Value(0.5, "c")


def finished(value, label=""):
    """A result with a label and gradients."""
    value.label = label
    value.backward()
    return value


def square():
    x = Value(3.0, "x")
    return finished(x * x, "y")


def one_edge():
    return finished(Value(3.0, "x") * 3.0, "y")


def assigned():
    """As if each use had set the gradient, and not added to it."""
    result = square()
    result.operands[0].grad = 3.0
    return result


def powered(assign=False):
    """x ** 4 as a product of squares; assigned, the gradients of both x and its square are those of one use."""
    x = Value(3.0, "x")
    square = x * x
    square.label = "s"
    result = finished(square * square, "y")
    if assign:
        square.grad, x.grad = 9.0, 27.0
    return result


def formula(difference=lambda product, c, a: product - c):
    a, b, c = leaves()
    return finished((difference(a * b, c, a).sin() + c) * a, "r")


def swapped():
    return formula(lambda product, c, a: c - product)


def dropped():
    return formula(lambda product, c, a: a - c)


def row():
    return finished(sigmoid(Value(0.7, "x")))


def written_out():
    return finished(1 / (1 + (-Value(0.7, "x")).exp()))


def twice():
    a, b, _ = leaves()
    return (a * b + 1) * (a * b + 2)


def once():
    a, b, _ = leaves()
    product = a * b
    return (product + 1) * (product + 2)


def negated():
    x = Value(3.0, "x")
    y = x * x
    y.label = "y"
    return finished(-y)


ABOVE, BELOW = {"a": "", "b": "", "c": "", "v1": ""}, {"v3": "", "v4": "", "r": ""}

# By name: what the mark of a node says in either graph, nothing if it only follows; (operand, result) of marked edges.
CASES = [
    (square, square, {}, {}, "no differences"),
    (
        square,
        one_edge,
        {"y": "yours: x * 3", "x": "", ("x", "y"): ""},
        {"y": "right: x * x", "x": ""},
        "1 difference",
    ),
    (square, assigned, {"x": "yours: grad 3"}, {"x": "right: grad 6"}, "1 difference"),
    (
        powered,
        lambda: powered(assign=True),
        {"s": "yours: grad 9", "x": "yours: grad 27"},
        {"s": "right: grad 18", "x": "right: grad 108"},
        "2 differences",
    ),
    (
        formula,
        swapped,
        {"v2": "yours: c - v1", **ABOVE, **BELOW, ("v1", "v2"): "", ("c", "v2"): ""},
        {"v2": "right: v1 - c", **ABOVE, **BELOW, ("v1", "v2"): "", ("c", "v2"): ""},
        "1 difference",
    ),
    (
        formula,
        dropped,
        {**ABOVE, "v2": "yours: a - c", "v1": "only here", **BELOW, ("v1", "v2"): ""},
        {"v2": "right: v1 - c", "a": "", "c": "", **BELOW, ("a", "v2"): ""},
        "1 difference",
    ),
    (
        row,
        written_out,
        {"v1": "yours: 1 / v4"},
        {"v1": "right: sigmoid(x)", "v2": "", "v3": "", "v4": ""},
        "1 difference",
    ),
    (
        twice,
        once,
        {"v3": "yours: v1", "v4": "yours: v1 + 2", ("v3", "v4"): ""},
        {"v4": "right: v3 + 2", ("v1", "v4"): ""},
        "1 difference",
    ),
    (square, negated, {"x": "", "y": ""}, {"v1": "only here", "x": "", "y": ""}, "1 difference"),
]


def marks_of(drawing, title):
    """The marks in one of the frames: by name, or by the names at both ends."""
    nodes = drawing.outline.nodes
    frames = [[part.name for part in node.part.ancestors()][-1] for node in nodes]
    found = {node.name: node.mark for node, frame in zip(nodes, frames, strict=True) if frame == title and node.mark}
    for edge in drawing.outline.edges:
        if frames[edge.source] == title and edge.mark:
            found[nodes[edge.source].name, nodes[edge.target].name] = edge.mark
    return found


@pytest.mark.parametrize(
    ("right", "yours", "mine", "theirs", "title"), CASES, ids=lambda case: getattr(case, "__name__", "")
)
def test_marks_say_what_the_other_graph_has(right, yours, mine, theirs, title):
    drawing = viz.compare(right(), yours(), titles=TITLES)
    assert drawing.style.title == title
    for frame, expected in zip(TITLES, (mine, theirs), strict=True):
        marks = marks_of(drawing, frame)
        shown = {name: mark.text for name, mark in marks.items() if isinstance(name, str) or not mark.follows}
        assert shown == expected
        assert not any(mark.text for mark in marks.values() if mark.follows)


@pytest.mark.parametrize(
    ("by", "strong"),
    [
        ("operation", ["b", "b", "b", "w[0]", "w[1]", "w[1]", "w[1]"]),
        ("neuron", ["layer0.neuron0", "layer0.neuron1", "layer1.neuron0"]),
        ("layer", ["layer0", "layer1"]),
    ],
)
def test_an_update_is_marked_on_what_it_changed(by, strong):
    """The XOR network on (0, 1): the weights of its first input stay, for that is 0."""
    model = nn.MLP([2, 2, 1], seed=1)

    def loss():
        inputs = [Value(0.0, "p"), Value(1.0, "q")]
        return finished(nn.mean_squared_error(model(inputs), [1.0]), "loss")

    now = loss()
    before = copy.deepcopy(now)
    optimizer = nn.SGD(model.parameters(), 0.5)
    optimizer.step()
    optimizer.zero_grad()
    drawing = viz.compare(before, loss(), by=by)
    assert drawing.style.title == "7 differences"
    for frame in ("before", "after"):
        marks = {name: mark for name, mark in marks_of(drawing, frame).items() if isinstance(name, str)}
        assert sorted(re.sub(r".*\.(?=w|b$)", "", name) for name, mark in marks.items() if not mark.follows) == strong
        assert all(mark.text.startswith(("after: ", "before: ")) for mark in marks.values() if not mark.follows)
        assert any(mark.follows for mark in marks.values())


@pytest.mark.parametrize("by", ["operation", "neuron"])
def test_a_mark_on_what_is_folded_stands_on_what_is_drawn_for_it(by):
    model = nn.MLP([2, 3, 1], seed=2)

    def loss(factor):
        samples = [[0.0, 1.0], [1.0, 0.5], [1.0, 1.0]]
        return nn.mean_squared_error([model(sample) * factor for sample in samples], [0.0, 1.0, 1.0])

    drawing = viz.compare(loss(1.0), loss(0.5), fold=True, by=by)
    assert drawing.style.title == "3 differences"
    strong = [mark.text for mark in marks_of(drawing, "before").values() if not mark.follows]
    assert len(strong) == 1
    assert re.fullmatch(r"after: v\d+ \* 0.5, \+2 more", strong[0])


def test_what_both_graphs_have_is_drawn_in_both():
    a, b, _ = leaves()
    product = a * b
    drawing = viz.compare(product + 1, product + 2, gradients=False)
    assert drawing.nodes == 8
    assert [mark.text for mark in marks_of(drawing, "before").values()] == ["after: v1 + 2"]


@pytest.mark.parametrize(
    ("before", "after", "mine", "theirs"),
    [
        ("simplify", "share", {"t29": "yours: t2", "t5": "yours: t4 + t2"}, {"t5": "right: t4 + t29"}),
        ("share", "drop_guards", {"t19": "yours: exp(t18)"}, {"t19": "right: exp if(t18, t9)"}),
        ("share 2", "drop_dead", {"t28": "only here"}, {}),
    ],
)
def test_what_a_pass_made_of_a_program(before, after, mine, theirs):
    x, y = Value(0.7, "x"), Value(2.0, "y")
    stages = {stage.name: stage for stage in stages_of((x * y).tanh() * x + x * y, [x, y])}
    drawing = viz.compare(stages[before].results, stages[after].results, titles=TITLES, gradients=False)
    for frame, expected in zip(TITLES, (mine, theirs), strict=True):
        marks = marks_of(drawing, frame)
        assert {name: mark.text for name, mark in marks.items() if mark.text} == expected
    assert not any(edge.partials for edge in drawing.outline.edges)


def test_the_same_has_the_same_name():
    def graph():
        one, other = Value(1.0, "w"), Value(2.0, "w")
        return (one - other) * Value(3.0) + Value(4.0)

    nodes = viz.compare(graph(), graph()).outline.nodes
    names = [node.name for node in nodes]
    assert sorted(names[:7]) == sorted(names[7:])


@pytest.mark.parametrize("direction", ["right", "down"])
def test_the_first_graph_stands_first_in_a_frame_of_its_own(direction):
    drawing = viz.compare(square(), one_edge(), direction=direction, title="Two ways", titles=("first", "second"))
    picture = Svg(images.image(drawing.dot, "svg"))
    first, second = sorted(picture.clusters, key=lambda frame: frame.lines)
    assert [first.lines, second.lines] == [["first"], ["second"]]
    after = 1 if direction == "right" else 0
    assert first.box[2 + (direction == "right")] < second.box[after]
    assert picture.caption[0] == "Two ways: 1 difference"


# How often a format names either red, legend included.
FORMATS = [("dot", WRONG, FOLLOWS), ("svg", WRONG.lower(), FOLLOWS.lower()), ("tex", "graphwrong", "graphfollows")]


@pytest.mark.parametrize(("ending", "differs", "follows"), [*FORMATS, ("mmd", "#E5383B", "#D9677A")])
def test_every_format_shows_what_differs_and_what_follows(tmp_path, ending, differs, follows):
    path = tmp_path / f"both.{ending}"
    viz.compare(formula(), dropped(), path, titles=TITLES)
    text = path.read_text()
    plain = " ".join(re.sub(r"<[^>]*>|[{}~\\]", " ", html.unescape(text)).split())
    for words in ("only here", " a - c", " v1 - c", "1 difference", "follows from it"):
        assert words in plain
    assert text.count(differs) > 4 < text.count(follows)
    viz.compare(square(), square(), path)
    assert differs not in path.read_text()
    assert "no differences" in path.read_text()


def test_numbers_differ_if_they_are_written_differently():
    def third(digits):
        first, second = (finished(Value(number, "x") / 3, "y") for number in (1.0, 1.0 + 1e-7))
        return viz.compare(first, second, digits=digits).style.title

    assert [third(5), third(9)] == ["no differences", "1 difference"]


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((1.0, square()), {}, TypeError, "a comparison is of a Value or a list of Values, not of 1.0"),
        ((square(), []), {}, ValueError, "the list is empty"),
        ((square(), square()), {"titles": "ab"}, TypeError, "titles is a text for each of the two graphs"),
        ((square(), square()), {"titles": ("a",)}, TypeError, "titles is a text for each"),
        ((square(), square()), {"parameters": 1}, TypeError, "parameters takes a list of Values"),
        ((formula(), formula()), {"max_nodes": 7}, viz.TooManyNodesError, "would have 8 nodes, more than max_nodes=7"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path, arguments, options, error, message):
    with pytest.raises(error, match=message):
        viz.compare(*arguments, tmp_path / "both.svg", **options)
    assert list(tmp_path.iterdir()) == []


def test_graphs_too_large_to_draw_are_refused_before_they_are_matched(monkeypatch):
    monkeypatch.setattr(sys.modules["viz.compare"], "matched", lambda *records: pytest.fail("this takes a minute"))
    for a, b in ((square(), formula()), (formula(), square())):
        with pytest.raises(viz.TooManyNodesError):
            viz.compare(a, b, max_nodes=7)


def test_what_follows_can_be_seen_on_all_that_it_stands_on():
    for fill in ("#FFFFFF", PART_FILL, *(look.fill for look in LOOKS.values())):
        assert contrast(channels(FOLLOWS), channels(fill)) >= 2.5
        assert contrast(channels(dark(FOLLOWS)), channels(dark(fill))) >= 2.5
