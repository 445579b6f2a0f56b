"""What a notebook is given to show: light and dark, in a page like that of a notebook."""

import html
import re
import struct
from base64 import b64decode
from itertools import chain

import pytest
from support.drawn_graphs import neuron
from support.picture_reading import channels, contrast

import viz
from engine import Value
from nn import MLP
from viz.palette import LOOKS

PAGE = """<!doctype html><meta charset="utf-8">
<style>body { color: rgb(1, 2, 3); background: rgb(250, 250, 250) } text { letter-spacing: 0 }</style>
<p id="neighbour">Text of the notebook <a id="link" href="#x">link</a></p>
<svg id="other" width="50" height="20"><text y="10">other</text><path d="M0,0 L5,5"/></svg>
"""
STYLES = """
return ["neighbour", "link", "other"].flatMap((name) => {
  const element = document.getElementById(name);
  return [element, ...element.children].map((found) => [...getComputedStyle(found)].map((property) =>
    `${property}: ${getComputedStyle(found).getPropertyValue(property)}`).join(";"));
});
"""

# Of each text of a drawing: what it says, its colour, and that of the last shape before it that has its middle inside.
TEXTS = """
const channels = (color) => color.match(/[\\d.]+/g).slice(0, 3).map(Number);
return [...document.querySelectorAll(".computation-graph svg")].map((svg) => {
  let shapes = [];
  const found = [];
  for (const element of svg.querySelectorAll("polygon, path, text")) {
    const box = element.getBoundingClientRect();
    if (element.tagName !== "text") {
      if (getComputedStyle(element).fill !== "none") shapes.push([box, getComputedStyle(element).fill]);
      continue;
    }
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const [, ground] = shapes.findLast(([at]) => at.left <= x && x <= at.right && at.top <= y && y <= at.bottom);
    found.push([element.textContent, channels(getComputedStyle(element).fill), channels(ground)]);
  }
  return found;
});
"""


@pytest.fixture(scope="module")
def outputs():
    """What a notebook is given for each kind of drawing."""
    output, parameters = neuron()
    output.backward()
    x = Value(3.0, "x <b>&")
    drawings = {
        "roles": viz.draw(output, parameters=parameters),
        "gradients": viz.draw(output, colors="gradient"),
        "layers": viz.draw(output, by="layer"),
        "hostile": viz.draw(x * x + x),
        "leaf": viz.draw(x),
    }
    return {name: drawing._repr_mimebundle_()["text/html"] for name, drawing in drawings.items()}


def size(bundle):
    """Width and height of its bitmap."""
    content = b64decode(bundle["image/png"])
    assert content.startswith(b"\x89PNG\r\n")
    return struct.unpack(">II", content[16:24])


def test_a_bitmap_has_the_pixels_of_a_screen_and_is_never_large(way):
    x = Value(3.0, "x")
    bundle = viz.draw(x * 2)._repr_mimebundle_()
    assert list(bundle) == ["text/html", "image/png", "text/plain"]
    assert bundle["text/plain"] == "<Drawing of 2 nodes and 1 edges>"
    assert 100 < size(bundle)[0] < 700
    for _ in range(60):
        x = x * 2
    assert 1400 < max(size(viz.draw(x)._repr_mimebundle_())) <= 1441


def test_a_large_picture_has_no_bitmap(monkeypatch):
    monkeypatch.setattr("viz.notebook._LARGEST", 100)
    bundle = viz.draw(Value(3.0, "x") * 2)._repr_mimebundle_()
    assert list(bundle) == ["text/html", "text/plain"]
    assert "too large for a bitmap" in bundle["text/plain"]


def test_behind_a_player_is_its_film_or_if_that_would_be_large_a_picture_of_the_layers():
    small, large = (viz.player(MLP(sizes, seed=1)([0.5, 0.25])) for sizes in ([2, 1], [2, 4, 4, 1]))
    assert behind(small) == small.film.svg()
    assert "layer2" in behind(large)
    assert "@keyframes" not in behind(large)
    assert large.drawing.nodes < 10 < 100 < large.nodes


def behind(page):
    """The image behind a page."""
    shown = page._repr_mimebundle_()["text/html"]
    (encoded,) = re.findall(r'<img [^>]*src="data:image/svg\+xml;base64,([^"]+)">', shown)
    return b64decode(encoded).decode()


def test_without_graphviz_a_page_is_shown_all_the_same(monkeypatch):
    made = viz.player(Value(3.0, "x") * 2)

    def fail(*_arguments):
        raise viz.GraphvizError("there is <none>")

    monkeypatch.setattr("viz.notebook.image", fail)
    bundle = made._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert f'srcdoc="{html.escape(made.html)}"' in bundle["text/html"]
    assert "there is &lt;none&gt;" in bundle["text/html"]


@pytest.fixture
def notebook(page, tmp_path, outputs):
    """A page with a text and a picture of its own, and behind them drawings."""
    file = tmp_path / "notebook.html"
    file.write_text(PAGE + "".join(f"<div>{output}</div>" for output in outputs.values()), encoding="utf-8")
    return page.visit(file.as_uri())


def test_the_text_of_a_drawing_can_be_selected_in_the_browser(notebook):
    selected = notebook.run(
        """
        getSelection().selectAllChildren(document.querySelectorAll("svg")[4]);
        return getSelection().toString();
        """
    )
    assert all(text in selected for text in ("x <b>&", "v1", "grad"))
    assert not notebook.all("img")
    ids = notebook.run("return [...document.querySelectorAll('[id]')].map((found) => found.id)")
    assert len(ids) == len(set(ids)), "of several pictures on one page"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_drawing_changes_nothing_around_it_and_is_seen_whole_or_scrolls_by_itself(notebook, tmp_path, scheme):
    notebook.scheme(scheme)
    beside = notebook.run(STYLES)
    for width in (390, 1280):
        notebook.size(width, 800)
        assert notebook.run("return document.documentElement.scrollWidth") <= width
        for svg in notebook.all("svg")[1:]:
            assert svg.is_displayed()
            assert svg.rect["height"] > 20
    alone = tmp_path / "alone.html"
    alone.write_text(PAGE, encoding="utf-8")
    assert notebook.visit(alone.as_uri()).run(STYLES) == beside


def test_all_texts_and_the_legend_are_light_or_dark_as_the_page_is(notebook, outputs):
    for scheme, name, choice, is_dark in [
        ("light", "lang", "en", False),
        ("dark", "lang", "en", True),
        ("light", "data-jp-theme-light", "false", True),
        ("dark", "data-jp-theme-light", "true", False),
        ("light", "class", "vscode-dark", True),
        ("dark", "class", "vscode-light", False),
    ]:
        notebook.scheme(scheme)
        notebook.run("document.body.setAttribute(...arguments)", name, choice)
        drawings = dict(zip(outputs, notebook.run(TEXTS), strict=True))
        for text, color, ground in chain.from_iterable(drawings.values()):
            assert (max(ground) < 130) == is_dark, (scheme, choice, text)
            assert contrast(color, ground) >= (4.5 if is_dark else 3.7), (text, color, ground)
        roles = {text.strip(): tuple(ground) for text, _, ground in drawings["roles"]}
        for role, name in {"input": "x1", "parameter": "w1", "operation": "v1", "result": "o"}.items():
            fill = channels(LOOKS[role].dark_fill if is_dark else LOOKS[role].fill)
            assert roles[role] == roles[name] == fill
        legend, node = [ground for text, _, ground in drawings["gradients"] if text == "-1.5"]
        assert legend == node
        notebook.run("document.body.removeAttribute(arguments[0])", name)
