"""The picture of the player: zooming, dragging, and where it is in windows of other sizes."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from support.player_graphs import matrix_player, shared

import viz


# What is drawn in a text's place: (selector, text, font size, colour, background) of each element with text of its own.
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
