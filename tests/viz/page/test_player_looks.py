"""How the player looks and whom it serves: sizes of screens, colours, a screen reader, zooming and dragging."""

import re

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from support.looks import PAGE_TEXTS, check_references, nameless
from support.picture_reading import contrast
from support.player_graphs import ASSIGN, ZERO, matrix_player, shared

import viz
from engine import Value

# (kind, text, colour, background) of each element with text of its own, and of each text of the picture.
TEXTS = (
    PAGE_TEXTS
    + """
for (const text of document.querySelectorAll("#graph text")) {
  if (!text.textContent) continue;
  const box = text.matches(".should") ? null : text.closest(".node")?.querySelector("rect.box:not(.outer)");
  const frame = text.closest(".frame")?.querySelector("rect") ?? document.querySelector(".frame rect");
  const grounds = box ? [getComputedStyle(box).fill] :
    [getComputedStyle(frame).fill, getComputedStyle(document.getElementById("graph-pane")).backgroundColor];
  for (const ground of grounds) {
    found.push([text.getAttribute("class"), text.textContent, solid(getComputedStyle(text).fill), solid(ground)]);
  }
}
return found;
"""
)


@pytest.mark.parametrize(("width", "height", "is_mobile"), [(390, 844, True), (1280, 800, False), (1920, 1080, False)])
@pytest.mark.parametrize("panel", ["none", "trace", "explain", "matrices"])
def test_the_page_fits_a_telephone_a_laptop_and_a_projector(page, panel, width, height, is_mobile):
    page.size(width, height, is_mobile)
    page.open(matrix_player()[2], f"#step=99999&node=1&mistakes={ASSIGN},{ZERO}&panel={panel}")
    names = ["graph", "sentence", "buttons", "play", "slider", "fields", "mistakes", "title", "tools"]
    names += [] if panel == "none" else [panel, "side"]
    boxes = page.run(
        """
        return arguments[0].map((name) => {
          const { left, top, right, bottom } = document.getElementById(name).getBoundingClientRect();
          return [left, top, right, bottom];
        });
        """,
        names,
    )
    assert page.run("return [document.documentElement.scrollWidth, innerWidth]") == [width, width]
    assert all(0 <= left < right <= width for left, _, right, _ in boxes)
    if is_mobile:
        assert boxes[-1][1] >= boxes[0][3] or panel == "none", "the panel is below the graph"
        used = [found for found in page.all("button, select, #mistakes label") if found.is_displayed()]
        sizes = [size for found in used for size in found.size.values()]
        assert min(sizes) >= 24, "large enough for a finger, as WCAG 2.2 asks for in level AA"
        x = Value(2.0, "x" * 300)
        made = viz.player(x * x, title="T" * 300, matrices={"M" * 60: [[x] * 12]})
        page.open(made, f"#step=4&node=0&panel={panel}")
        assert page.run("return document.documentElement.scrollWidth") <= width
    else:
        assert max(bottom for *_, bottom in boxes) <= height, "on one screen"
        pane = page.find("graph").rect
        assert pane["width"] > 0.6 * width or panel != "none"
        assert pane["height"] > 0.4 * height


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_that_wcag_asks_for(page, scheme):
    page.scheme(scheme)
    for step, panel in [(0, "none"), (30, "trace"), (30, "matrices"), (99999, "explain")]:
        page.open(matrix_player()[2], f"#step={step}&node=3&mistakes={ASSIGN},{ZERO}&panel={panel}")
        texts = page.run(TEXTS)
        assert len(texts) > 200
        assert {(kind, text) for kind, text, *colors in texts if contrast(*colors) < 4.5} == set()
    color = page.run("return getComputedStyle(document.body).backgroundColor")
    ground = sum(map(int, re.findall(r"\d+", color)[:3]))
    assert ground > 700 if scheme == "light" else ground < 100


def test_a_screen_reader_finds_names_headings_captions_and_references(page):
    page.open(matrix_player()[2])
    for panel in ("trace", "explain", "matrices"):
        page.show_panel(panel)
        assert nameless(page) == []
        headings = [heading.tag_name for heading in page.all("h1, h2, h3") if heading.is_displayed()]
        layers = ["h3", "h3"] if panel == "matrices" else []
        assert headings == ["h1", "h2", *layers, "h2"], "those of the panel and of the numbers"
    assert page.find("graph").accessible_name.startswith("Computation graph of loss, ")
    names = [button.accessible_name for button in page.all("#matrices button")]
    assert len(set(names)) == len(names)
    assert page.run("return [document.documentElement.lang, document.title]") == ["en", "A network of two layers"]
    assert len(page.all("main")) == 1
    assert len(page.all("table")) == len(page.all("caption")) > 3
    check_references(page)


def test_a_screen_reader_is_told_each_step_but_not_while_it_plays(page):
    """Live are regions with aria-live, and those whose role has it: a status, an output."""
    page.open(viz.player(shared()))
    live = """
    const live = [...document.querySelectorAll("[aria-live], [role=status], [role=alert], [role=log], output")];
    const told = live.filter((found) => found.getAttribute("aria-live") !== "off");
    return told.map((found) => [found.id, found.textContent]);
    """
    assert page.find("sentence").aria_role == "status"
    assert "sentence" in dict(page.run(live))
    page.run("window.setTimeout = () => 1")
    page.find("play").click()
    told = page.run(live)
    page.run("show(position.step + 1)")
    assert page.run(live) == told
    page.find("play").click()
    assert "sentence" in dict(page.run(live))


def test_the_tabulator_goes_through_everything_in_the_order_of_the_page(page):
    page.open(viz.player(shared(), matrices={}))
    order = []
    for _ in range(40):
        page.press("\ue004")
        found, style, width = page.run(
            """
            const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
            const { id, value } = document.activeElement;
            const name = id || value || document.activeElement.getAttribute("aria-controls");
            return [name, outlineStyle, parseFloat(outlineWidth)];
            """
        )
        if not found or found in order:
            break
        assert style == "solid"
        assert width >= 2
        order.append(found)
    expected = page.run(
        """
        return [...document.querySelectorAll("button, select, input, [tabindex]")]
          .filter((found) => found.checkVisibility({ visibilityProperty: true }))
          .map((found) => found.id || found.value || found.getAttribute("aria-controls"));
        """
    )
    assert order == expected


def view(page):
    """Which part of the picture is to be seen: left, top, width and height in its own lengths."""
    return page.run(
        """
        const room = document.getElementById("graph").getBoundingClientRect();
        const inverse = document.querySelector("#graph > g").getScreenCTM().inverse();
        const [start, end] = [[room.left, room.top], [room.right, room.bottom]]
          .map(([x, y]) => new DOMPoint(x, y).matrixTransform(inverse));
        return [start.x, start.y, end.x - start.x, end.y - start.y];
        """
    )


def test_zooming_and_dragging_the_picture_and_the_wheel_with_control(page):
    page.open(viz.player(shared()))
    page.find("zoom-fit").click()
    whole = x, y, width, height = view(page)
    record = page.run("return [graph.scene.width, graph.scene.height]")
    assert min(x + width - record[0], y + height - record[1], -x, -y) >= 0, "all of it"
    page.find("zoom-in").click()
    closer = view(page)
    assert closer[2] == pytest.approx(width / 1.25)
    assert closer[0] + closer[2] / 2 == pytest.approx(x + width / 2), "about the middle"
    for _ in range(2):
        page.find("zoom-out").click()
    assert view(page)[2] > width
    page.find("zoom-fit").click()
    assert view(page) == pytest.approx(whole)
    node = page.all("#graph .node")[2]
    ActionChains(page.driver).click_and_hold(node).move_by_offset(40, 25).release().perform()
    scale = width / page.find("graph").rect["width"]
    moved = [x - 40 * scale, y - 25 * scale, width, height]
    assert view(page) == pytest.approx(moved, rel=0.05, abs=2)
    assert page.all("#graph .selected") == [], "dragging chooses nothing"
    page.click_node(2)
    assert len(page.all("#graph .selected")) == 1

    script = """
    const init = { deltaY: -100, bubbles: true, cancelable: true, ctrlKey: arguments[0], clientX: 200, clientY: 200 };
    return document.getElementById("graph").dispatchEvent(new WheelEvent("wheel", init));
    """
    before = view(page)
    assert page.run(script, False)
    assert view(page) == pytest.approx(before)
    assert not page.run(script, True)
    assert view(page)[2] < before[2]
