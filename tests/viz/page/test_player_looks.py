"""How the player looks and whom it serves: sizes of screens, colours, zooming, and what a screen reader is told."""

import re

import pytest
from support.drawn_graphs import neuron
from support.picture_reading import contrast
from support.player_graphs import ASSIGN, ZERO, matrix_player, shared

import viz
from engine import Value, scope

# What is drawn in a text's place: (selector, text, font size, colour, background) of each element with text of its own.
TEXTS = """
function solid(color) {
  const channels = color.match(/[\\d.]+/g).map(Number);
  return channels.length < 4 || channels[3] > 0 ? channels.slice(0, 3) : null;
}
function backgroundOf(element) {
  for (let at = element; at; at = at.parentElement) {
    const found = solid(getComputedStyle(at).backgroundColor);
    if (found) return found;
  }
  return [255, 255, 255];
}
function hasText(element) {
  return [...element.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
}
const found = [];
for (const element of document.querySelectorAll("body *:not(svg *):not(script):not(option)")) {
  if (!hasText(element) || !element.getClientRects().length || element.closest("[aria-disabled=true]")) continue;
  const color = solid(getComputedStyle(element).color);
  if (color) found.push([element.tagName, element.textContent, color, backgroundOf(element)]);
}
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

BOXES = """
const box = (element) => {
  const { x, y, right, bottom } = element.getBoundingClientRect();
  return [x, y, right, bottom];
};
return [...document.querySelectorAll(arguments[0])].map((group) =>
  [box(group.querySelector("rect:not(.outer)")), ...[...group.querySelectorAll("text:not(.should)")].map(box)]);
"""


# --- Sizes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "is_mobile"), [(390, True), (390, False), (768, False), (1280, False), (1920, False)]
)
def test_no_page_is_wider_than_its_screen(page, width, is_mobile):
    page.size(width, 844, is_mobile)
    page.open(matrix_player()[2], f"#step=99999&node=1&mistakes={ASSIGN},{ZERO}")
    assert page.run("return document.documentElement.scrollWidth") <= width
    assert page.run("return innerWidth") == width
    for name in ("play", "slider", "sentence", "explanation", "graph", "trace"):
        left, right = page.run(
            "const { left, right } = document.getElementById(arguments[0]).getBoundingClientRect();"
            "return [left, right]",
            name,
        )
        assert 0 <= left < right <= width


def test_long_names_make_no_page_wider_than_its_screen(page):
    page.size(390, 844)
    x = Value(2.0, "x" * 300)
    page.open(viz.player(x * x, title="T" * 300, matrices={"M" * 60: [[x] * 12]}), "#step=4&node=0")
    assert page.run("return document.documentElement.scrollWidth") <= 390


def test_graph_trace_and_controls_are_on_one_screen(page):
    page.size(1280, 800)
    page.open(matrix_player()[2])
    for name in ("graph", "trace", "sentence", "buttons"):
        assert page.run("return document.getElementById(arguments[0]).getBoundingClientRect().bottom", name) <= 800


@pytest.mark.parametrize("font", ["", "DejaVu Sans", "Verdana", "monospace"])
def test_texts_stay_in_their_boxes_and_frames(page, font):
    @scope("a part with a WIDE NAME", note="and a note that says so much that it needs a line of its own")
    def part(a):
        return a * 2

    tiny = Value(-1.2345e-300, "W" * 22)
    wide = Value(-0.000123456, "日本語のとても長いラベルで二十二文字です")
    emoji = Value(-1.2345e100, "👩\u200d🔬🎉🎉🎉🎉 fi")
    made = viz.player((tiny * wide + emoji) * -0.5 + shared() + part(Value(1.0, "a")))
    if font:
        made = type(made)(made.html.replace("Arial, Helvetica", f"{font}, Arial"), made.nodes, made.steps)
    page.open(made, "#step=99999")
    boxes = page.run(BOXES, "#graph .node, #graph .frame")
    assert len(boxes) == made.nodes + 1
    for (left, top, right, bottom), *texts in boxes:
        for text_left, text_top, text_right, text_bottom in texts:
            assert left <= text_left
            assert text_right <= right + 0.5
            assert top - 1 <= text_top
            assert text_bottom <= bottom + 1


def test_what_a_gradient_should_be_is_not_hidden_by_another_node(page):
    page.open(viz.player(neuron()[0]), f"#step=99999&mistakes={ZERO}")
    page.find("zoom-fit").click()
    hidden = page.run(
        """
        const boxes = [...document.querySelectorAll("#graph rect.box")].map((box) => box.getBoundingClientRect());
        return [...document.querySelectorAll("#graph .should")].filter((text) => text.textContent).filter((text) => {
          const { left, right, top, bottom } = text.getBoundingClientRect();
          return boxes.some((b) => b.left < right && left < b.right && b.top + 1 < bottom && top < b.bottom - 1);
        }).map((text) => text.textContent);
        """
    )
    assert page.marked()
    assert hidden == []


# --- Colours ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("step", [0, 7, 30, 99999])
def test_text_has_the_contrast_that_wcag_asks_for(page, scheme, step):
    page.scheme(scheme)
    page.open(matrix_player()[2], f"#step={step}&node=3&mistakes={ASSIGN},{ZERO}")
    texts = page.run(TEXTS)
    assert len(texts) > 200
    faint = {(kind, text): contrast(*colors) for kind, text, *colors in texts if contrast(*colors) < 4.5}
    assert faint == {}


def test_light_and_dark_differ(page):
    grounds = []
    for scheme in ("light", "dark"):
        page.scheme(scheme)
        page.open(viz.player(shared()))
        color = page.run("return getComputedStyle(document.body).backgroundColor")
        grounds.append(sum(map(int, re.findall(r"\d+", color)[:3])))
    light, dark = grounds
    assert light > 700
    assert dark < 100


def test_roles_differ_in_shape_as_well_as_in_colour(page):
    page.open(matrix_player()[2])
    shapes, fills = page.run(
        """
        const names = ["input", "parameter", "operation", "result"];
        const roles = names.map((role) => document.querySelector(`.node.${role}`));
        const shape = (box) => box.tagName + box.getAttribute("rx");
        return [roles.map((node) => [...node.querySelectorAll(".box")].map(shape).join()),
          roles.map((node) => getComputedStyle(node.querySelector("rect.box:not(.outer)")).fill)];
        """
    )
    assert len(set(shapes)) == 4
    assert len(set(fills)) == 4


# --- Who cannot see it, or has no mouse ------------------------------------------------------------------------------


def test_everything_that_can_be_used_has_a_name(page):
    page.open(matrix_player()[2])
    used = page.all("button, select, input, [tabindex]")
    assert len(used) > 25
    assert [element.get_attribute("outerHTML") for element in used if not element.accessible_name.strip()] == []
    assert page.find("slider").accessible_name.strip() == "Step"
    assert page.find("graph").accessible_name.startswith("Computation graph of loss, ")
    names = [button.accessible_name for button in page.all("#matrices button")]
    assert len(set(names)) == len(names)


def test_ids_are_unique_and_references_lead_somewhere(page):
    page.open(matrix_player()[2])
    ids = page.run("return [...document.querySelectorAll('[id]')].map((found) => found.id)")
    assert len(ids) == len(set(ids))
    referred = page.run(
        """
        const names = ["for", "aria-labelledby", "aria-describedby", "aria-controls"];
        return names.flatMap((name) => [...document.querySelectorAll(`[${name}]`)].flatMap((found) =>
          found.getAttribute(name).split(" ")));
        """
    )
    assert referred
    assert set(referred) <= set(ids)


def test_the_page_has_a_language_one_heading_one_main_part_and_captions(page):
    page.open(matrix_player()[2])
    assert page.run("return document.documentElement.lang") == "en"
    assert page.run("return document.title") == "A network of two layers"
    assert [heading.tag_name for heading in page.all("h1, h2, h3")] == ["h1", "h2", "h2"]
    assert len(page.all("main")) == 1
    assert len(page.all("table")) == len(page.all("caption")) > 3
    assert page.all("#trace thead th:not([scope=col])") == []


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
    page.run("document.body.focus()")
    order = []
    for _ in range(40):
        page.press("\ue004")
        found = page.run("return document.activeElement.id || document.activeElement.value")
        if not found or found in order:
            break
        order.append(found)
    expected = page.run(
        """
        return [...document.querySelectorAll("button, select, input, [tabindex]")].filter((found) =>
          found.getClientRects().length).map((found) => found.id || found.value);
        """
    )
    assert order == expected
    assert page.run("return [...document.querySelectorAll('[tabindex]')].every((found) => found.tabIndex <= 0)")


def test_what_has_the_focus_is_outlined(page):
    page.open(viz.player(shared()))
    page.press("\ue004")
    assert page.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert page.run("return parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 2


@pytest.mark.parametrize("selector", ["button", "select", "#mistakes label"])
def test_what_can_be_clicked_is_large_enough_for_a_finger(page, selector):
    """24 pixels, as WCAG 2.2 asks for in level AA."""
    page.size(390, 844, is_mobile=True)
    page.open(matrix_player()[2])
    sizes = [(element.size["width"], element.size["height"]) for element in page.all(selector)]
    assert min(min(size) for size in sizes) >= 24
