"""A step saved as a picture: the file that a reader gets, read back by parsers of XML and of PNG."""

import io
import re
import xml.etree.ElementTree as ET
from base64 import b64decode
from urllib.parse import unquote

import pytest
from selenium.webdriver.common.keys import Keys
from support.drawn_graphs import HOSTILE
from support.player_graphs import network, screens, shared

import viz
from engine import Value, topological_order
from viz.notation import printable, shortened
from viz.page.layout import LONGEST_TITLE

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def save(page, tmp_path):
    """What saves, by the keyboard, the step that is shown: it gives the name and the content of the file."""
    folder = tmp_path / "saved"
    folder.mkdir()
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})

    def saved(form):
        page.press("s", *([Keys.TAB] if form == "png" else []), Keys.ENTER)
        page.wait(lambda: [path for path in folder.iterdir() if path.suffix == f".{form}"])
        (path,) = folder.iterdir()
        content = path.read_bytes()
        path.unlink()
        page.press(Keys.ESCAPE)
        assert page.find("save-menu").is_displayed() is False
        return path.name, content

    return saved


def texts_of(root):
    """All texts of an SVG."""
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def test_a_saved_step_is_the_whole_graph_in_light_colours_with_its_sentence(page, save):
    value = shared()
    page.scheme("dark")
    page.open(viz.player(value), "#step=9")
    page.run("for (let times = 0; times < 9; times += 1) graph.zoom(1.25)")
    assert page.all("[data-away]")
    name, content = save("svg")
    assert name == "w-step-9.svg"
    svg = ET.fromstring(content)
    texts = texts_of(svg)
    numbers = [*screens(value)][9]
    assert [text for text in texts if text.startswith("data ")] == [f"data {data}" for data, _ in numbers]
    assert [text for text in texts if text.startswith("grad ")] == [f"grad {gradient}" for _, gradient in numbers]
    assert " ".join(texts[-2:]).endswith(page.text("sentence"))
    attributes = {name for found in svg.iter() for name in found.attrib}
    assert not attributes & {"class", "style", "data-away"}
    colors = {found.get(name) for found in svg.iter() for name in ("fill", "stroke")} - {None}
    assert {color for color in colors if not re.fullmatch("#[0-9a-f]{6}|none", color)} == set()
    assert {"#d6ecfa", "#c2410c", "#ffffff"} < colors, "an input, what is current, and paper: in a dark page as well"
    marked = [found for found in svg.iter(f"{SVG}path") if found.get("stroke") == "#c2410c"]
    assert [found.get("marker-end") for found in marked] == ["url(#arrow-c2410c)"]
    width, height = (float(svg.get(side)) for side in ("width", "height"))
    boxes = [found for found in svg.iter(f"{SVG}rect") if found.get("x")]
    assert max(float(box.get("x")) + float(box.get("width")) for box in boxes) < width
    assert max(float(text.get("y")) for text in svg.iter(f"{SVG}text")) < height
    assert page.all("[data-away]"), "the page is as it was"


def test_a_step_as_png_has_twice_the_size_and_the_same_colours(page, save):
    image = pytest.importorskip("PIL.Image")
    page.open(viz.player(network()[0]), "#step=60")
    sides = {side: float(number) for side, number in ET.fromstring(save("svg")[1]).attrib.items() if side[-1] in "ht"}
    name, content = save("png")
    assert name == "loss-step-60.png"
    with image.open(io.BytesIO(content)) as picture:
        assert picture.size == (2 * sides["width"], 2 * sides["height"])
        counts = {color: count for count, color in picture.convert("RGB").getcolors(1 << 24)}
    assert {(0xFF, 0xFF, 0xFF), (0xC2, 0x41, 0x0C), (0x00, 0x4C, 0x8C), (0xD6, 0xEC, 0xFA)} <= set(counts)


@pytest.mark.parametrize("start", range(0, len(HOSTILE), 15))
def test_a_hostile_label_is_a_text(page, start):
    labels = HOSTILE[start : start + 15]
    leaves = [Value(1.0, label) for label in [*labels, "\ud800", "a\udc00\x00\x1b", "\u202eevil"]]
    total = sum(leaves, Value(0.0))
    total.label = labels[0]
    page.open(viz.player(total), "#step=99")
    svg = ET.fromstring(page.run("return stepPicture(graph, byId('sentence').textContent).text"))
    texts = texts_of(svg)
    assert {shortened(printable(leaf.label), LONGEST_TITLE) for leaf in leaves} <= set(texts)
    assert {found.tag.removeprefix(SVG) for found in svg.iter()} == {
        *("svg", "title", "marker", "path", "rect", "g", "text"),
    }
    assert svg.find(f"{SVG}title").text == page.text("sentence")
    assert len([text for text in texts if text.startswith("data ")]) == len(topological_order(total))


@pytest.mark.parametrize(
    ("name", "file"),
    [("loss step 3", "loss-step-3"), ("../a\\b: <c>? step 0", "a-b-c-step-0"), ("β₁.w[0] step 1", "β₁-w-0-step-1")],
)
def test_the_name_of_a_file_is_one_on_every_system(page, name, file):
    page.open(viz.player(Value(1.0)))
    assert page.run("return fileName(arguments[0])", name) == file


def test_the_menu_opens_by_key_and_by_pointer_and_closes_where_one_looks_away(page):
    page.open(viz.player(shared()))
    (button,) = page.all("#save > button")
    menu = page.find("save-menu")

    def press(*keys):
        return lambda: page.press(*keys)

    look_away = page.find("sentence").click
    acts = [press("s"), press("s"), button.click, press(Keys.ESCAPE), button.click, look_away, press("p"), press("s")]
    for act, is_open in zip(acts, [True, False, True, False, True, False, False, True], strict=True):
        act()
        assert (menu.is_displayed(), button.get_attribute("aria-expanded")) == (is_open, str(is_open).lower())
    names = [choice.accessible_name for choice in page.all("#save-menu button")]
    assert names == ["This step as SVG", "This step as PNG"]


def test_in_the_frame_of_a_notebook_the_picture_is_shown_instead(page, tmp_path):
    frame = viz.player(shared())._repr_mimebundle_()["text/html"]
    (tmp_path / "notebook.html").write_text(f"<!doctype html><meta charset=utf-8>{frame}", encoding="utf-8")
    page.visit((tmp_path / "notebook.html").as_uri())
    page.driver.switch_to.frame(0)
    for place, kind in enumerate(("svg+xml", "png")):
        page.find("save").find_element("tag name", "button").click()
        page.all("#save-menu button")[place].click()
        page.wait(lambda: page.all("#save-shown img"))
        (picture,) = page.all("#save-shown img")
        page.wait(lambda picture=picture: picture.get_property("naturalWidth") > 400)
        kept, data = picture.get_attribute("src").split(",", 1)
        assert kept == f"data:image/{kind};base64"
        assert (b"<svg" in b64decode(unquote(data))) == (place == 0)
        assert "may not save files" in page.text("save-shown")
        page.find("save").find_element("tag name", "button").click()
    page.driver.switch_to.default_content()
