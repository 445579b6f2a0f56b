"""The options of a drawing for slides: gradients, legend, digits, title and size."""

import re

import pytest
from support.drawn_graphs import network, neuron, whole_batch
from support.picture_reading import Png, Svg, svg

import viz
from engine import Value
from nn import MLP
from viz import images
from viz.graphs import outline
from viz.graphs.style import Style


def differentiated():
    output, parameters = neuron()
    output.backward()
    return output, parameters


@pytest.mark.parametrize("by", ["operation", "neuron"])
def test_without_gradients_nothing_is_said_of_them(by):
    loss = whole_batch(network())
    text = viz.to_dot(loss, by=by, gradients=False)
    assert "grad" not in text
    assert "local partial" in text
    assert "grad" in viz.to_dot(loss, by=by)


def test_a_legend_can_be_left_out_and_a_title_stands_above_the_picture(way):
    output, parameters = differentiated()
    plain, titled, bare = (
        svg(output, parameters=parameters, **options)
        for options in ({}, {"title": "One <neuron> & \\N"}, {"title": "x", "legend": False})
    )
    assert titled.caption == ["One <neuron> & \\N", *plain.caption]
    assert bare.caption == ["x"]
    assert svg(output, legend=False).caption == []
    highest = min(node.box[1] for node in titled.nodes)
    assert titled.caption_places[0][1] < highest, "above all nodes"
    assert titled.caption_sizes[0] > max(max(node.font_sizes) for node in titled.nodes)
    assert min(y for _, y in plain.caption_places) > max(node.box[3] for node in plain.nodes)


@pytest.mark.parametrize(("digits", "seen"), [(1, "1.3"), (3, "1.33"), (17, "1.3333333333333333")])
def test_numbers_have_as_many_digits_as_asked_for_and_tooltips_all(digits, seen):
    seen = f"{4 / 3:.{digits}g}"
    x = Value(4 / 3, "x")
    (x * (4 / 3)).backward()
    picture = svg(x * (4 / 3), digits=digits)
    assert picture.node("x").lines == ["x", f"data {seen}", f"grad {seen}"]
    assert picture.node("v1").lines[0] == f"v1 = x * {seen}" or picture.node("v1").lines[1] == f"= x * {seen}"
    assert picture.arrows() == [("x", "v1", seen)]
    assert repr(4 / 3) in picture.node("x").tooltip
    assert repr(4 / 3) in picture.edges[0].tooltip


def test_no_zero_has_a_sign_but_in_a_tooltip():
    x = Value(-0.0, "x")
    (x * -0.0).backward()
    picture = svg(x * -0.0)
    shown = [text for shape in (*picture.nodes, *picture.edges) for text in shape.texts]
    assert not any(re.search(r"-0(?![.\d])", text) for text in shown)
    assert "data -0.0" in picture.node("x").tooltip
    assert "-0" not in viz.trace(x * -0.0).replace("−", "-")


def test_a_picture_is_made_smaller_but_never_larger(way):
    output, _ = differentiated()
    whole = svg(output)
    narrow = svg(output, size=(2, 50))
    assert narrow.width == pytest.approx(144, abs=1.5)
    assert narrow.height == pytest.approx(whole.height * narrow.width / whole.width, rel=0.02)
    assert svg(output, size=[50.0, 1]).height == pytest.approx(72, abs=1.5)
    assert svg(output, size=(50, 50)).width == whole.width
    bitmap = Png(images.image(viz.to_dot(output, size=(2, 50)), "png"))
    assert bitmap.width == pytest.approx(288, abs=3), "144 pixels an inch"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"direction": "up"}, "to the 'right' or 'down', not 'up'"),
        ({"colors": "nonsense"}, "the 'role' of a node or its 'gradient', not 'nonsense'"),
        ({"colors": "gradient", "gradients": False}, "gradients=False hides them: choose one of the two"),
        *(({name: 1}, f"{name} is True or False, not 1") for name in ("gradients", "legend")),
        *(({"digits": wrong}, "digits is a whole number from 1 to 17, not ") for wrong in (0, 18, 5.0, True, "5")),
        ({"title": None}, "title is a text, not None"),
        *(
            ({"size": wrong}, r"size is a width and a height in inches, as in size=\(10, 5\), not ")
            for wrong in (5, (5,), (1, 2, 3), (0, 1), (1, -1), (float("inf"), 1), (1, float("nan")), (True, 1), "ab")
        ),
    ],
)
def test_a_style_says_what_is_wrong(options, message):
    with pytest.raises((ValueError, TypeError), match=message):
        Style(**options)
    for function in (viz.draw, viz.to_dot):
        with pytest.raises((ValueError, TypeError), match=message):
            function(Value(1.0), **options)


def test_the_picture_is_read_as_it_is():
    assert Svg(images.image(viz.to_dot(Value(1.0, "x"), legend=False), "svg")).caption == []


@pytest.mark.parametrize("ending", ["dot", "mmd"])
def test_the_legend_speaks_of_partials_only_where_one_is_written(tmp_path, monkeypatch, ending):
    output = MLP([2, 1], seed=1)([Value(1.0), Value(2.0)])
    told = []
    for most in (outline.MOST_PRODUCTS, 0):
        monkeypatch.setattr(outline, "MOST_PRODUCTS", most)
        viz.draw(output, tmp_path / f"f.{ending}", by="neuron", gradients=False)
        told.append("on an edge" in (tmp_path / f"f.{ending}").read_text().replace("<br/>", " "))
    assert told == [True, False]
