"""How the player looks and whom it serves: sizes of screens, colours, zooming, and what a screen reader is told."""

import re

import pytest
from browser import contrast
from player_graphs import ASSIGN, ZERO, matrix_player, neuron, shared
from selenium.webdriver.common.action_chains import ActionChains

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
def test_texts_stay_in_their_boxes(page, font):
    tiny = Value(-1.2345e-300, "W" * 22)
    wide = Value(-0.000123456, "日本語のとても長いラベルで二十二文字です")
    emoji = Value(-1.2345e100, "👩\u200d🔬🎉🎉🎉🎉 fi")
    made = viz.player((tiny * wide + emoji) * -0.5 + shared())
    if font:
        made = type(made)(made.html.replace("Arial, Helvetica", f"{font}, Arial"), made.nodes, made.steps)
    page.open(made, "#step=99999")
    for (left, top, right, bottom), *texts in page.run(BOXES, "#graph .node"):
        for text_left, text_top, text_right, text_bottom in texts:
            assert left <= text_left
            assert text_right <= right + 0.5
            assert top - 1 <= text_top
            assert text_bottom <= bottom + 1


def test_the_name_and_the_note_of_a_frame_stay_in_it(page):
    @scope("a part with a long name", note="and a note that says so much that it needs a line of its own")
    def part(a):
        return a * 2

    page.open(viz.player(part(Value(1.0, "a")) + 1))
    for (left, _, right, _), *texts in page.run(BOXES, "#graph .frame"):
        for text_left, _, text_right, _ in texts:
            assert left <= text_left < text_right <= right


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


# --- Zooming and dragging --------------------------------------------------------------------------------------------


def view(page):
    """Which part of the picture is to be seen: left, top, width and height in its own lengths."""
    return page.run(
        """
        const room = document.getElementById("graph").getBoundingClientRect();
        const inverse = document.querySelector("#graph .node").getScreenCTM().inverse();
        const [start, end] = [[room.left, room.top], [room.right, room.bottom]]
          .map(([x, y]) => new DOMPoint(x, y).matrixTransform(inverse));
        return [start.x, start.y, end.x - start.x, end.y - start.y];
        """
    )


def test_zooming_in_out_and_back(page):
    page.open(viz.player(shared()))
    page.find("zoom-fit").click()
    whole = view(page)
    page.find("zoom-in").click()
    closer = view(page)
    assert closer[2] == pytest.approx(whole[2] / 1.25)
    assert closer[0] + closer[2] / 2 == pytest.approx(whole[0] + whole[2] / 2), "about the middle"
    page.find("zoom-out").click()
    page.find("zoom-out").click()
    assert view(page)[2] > whole[2]
    page.find("zoom-fit").click()
    assert view(page) == pytest.approx(whole)
    for _ in range(40):
        page.run("document.getElementById('zoom-in').click()")
    assert view(page)[2] > 50
    for _ in range(80):
        page.run("document.getElementById('zoom-out').click()")
    assert view(page)[2] < 10 * whole[2]


@pytest.mark.parametrize("sizes", [[(1280, 1100), (1280, 650), (1900, 650)], [(700, 800), (320, 500)]])
def test_the_buttons_stay_free_when_the_window_changes(page, sizes):
    page.open(viz.player(shared()))
    for width, height in sizes:
        page.size(width, height)
        on_top = """
        const button = document.getElementById("next");
        button.scrollIntoView({ block: "center" });
        const { left, top, width, height } = button.getBoundingClientRect();
        return document.elementFromPoint(left + width / 2, top + height / 2) === button;
        """
        assert page.run(on_top), (width, height)


def test_on_a_telephone_graph_and_trace_are_one_below_the_other(page):
    page.open(viz.player(shared()))
    page.size(390, 844)
    graph, trace = page.find("graph-pane").rect, page.find("trace").rect
    assert trace["y"] >= graph["y"] + graph["height"]
    assert min(graph["width"], trace["width"]) > 350


def test_all_of_the_graph_fits(page):
    page.open(matrix_player()[2])
    page.find("zoom-fit").click()
    x, y, width, height = view(page)
    record = page.run("return [record.width, record.height]")
    assert x <= 0
    assert y <= 0
    assert x + width >= record[0]
    assert y + height >= record[1]


def test_dragging_moves_the_picture_and_chooses_nothing(page):
    page.open(viz.player(shared()))
    before = view(page)
    node = page.all("#graph .node")[2]
    ActionChains(page.driver).click_and_hold(node).move_by_offset(40, 25).release().perform()
    after = view(page)
    scale = before[2] / page.find("graph").rect["width"]
    assert before[0] - after[0] == pytest.approx(40 * scale, rel=0.05)
    assert before[1] - after[1] == pytest.approx(25 * scale, rel=0.05)
    assert after[2:] == pytest.approx(before[2:])
    assert page.all("#graph .selected") == []
    page.click_node(2)
    assert len(page.all("#graph .selected")) == 1


def test_the_wheel_scrolls_the_page_and_zooms_with_control(page):
    page.open(viz.player(shared()))
    script = """
    const init = { deltaY: -100, bubbles: true, cancelable: true, ctrlKey: arguments[0], clientX: 200, clientY: 200 };
    return document.getElementById("graph").dispatchEvent(new WheelEvent("wheel", init));
    """
    before = view(page)
    assert page.run(script, False)
    assert view(page) == pytest.approx(before)
    assert not page.run(script, True)
    assert view(page)[2] < before[2]


def test_what_a_step_is_about_is_in_sight_and_so_is_a_chosen_node(page):
    page.open(matrix_player()[2])

    def is_in_sight(selector):
        return page.run(
            """
            const room = document.getElementById("graph").getBoundingClientRect();
            return [...document.querySelectorAll(arguments[0])].every((group) => {
              const { left, right, top, bottom } = group.querySelector("rect").getBoundingClientRect();
              return left >= room.left && right <= room.right && top >= room.top && bottom <= room.bottom;
            });
            """,
            selector,
        )

    page.run("graph.scale = 1; graph.show()")
    for step in range(1, page.step[1] + 1, 5):
        page.go(step)
        assert is_in_sight(f"#graph .node.{'result' if 'backwards' in page.text('sentence') else 'current:last-child'}")
    first = page.run("return record.nodes[0].name")
    for step, name in ((0, "loss"), (page.step[1], first), (0, "loss"), (3, first), (page.step[1], "loss")):
        page.go(step)
        page.choose("node", name)
        assert is_in_sight("#graph .node.selected")


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
