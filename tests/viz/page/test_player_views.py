"""Parts of the player's graph that open and close, in a browser: by pointer, by keyboard, and by the address."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from support.called_graphs import Called
from support.player_graphs import ASSIGN, network, shared

import viz
from engine import Value, log, scope, sin, topological_order
from examples.xor_network import lesson_graph, new_network, tutorial_graph
from viz.notation import number


def expression():
    """That of the README."""
    x1, x2 = Value(2.0, "x1"), Value(5.0, "x2")
    return log(x1) + x1 * x2 - sin(x2)


def state(page):
    """The paths of the open parts, those of the closed ones in sight, and the pressed level."""
    return page.run(
        """
        const { opened, closed } = graph.scene;
        const paths = (parts) => [...parts].map((part) => record.parts[part].path).sort();
        const pressed = [...document.querySelectorAll("#views [aria-pressed=true]")];
        return [paths(opened), paths(closed), pressed.map(({ textContent }) => textContent)];
        """
    )


def box(page, name):
    """The box or the title of a part, by its accessible name."""
    (found,) = [e for e in page.all("#graph [role=button]") if e.accessible_name.startswith(name)]
    return found


def texts(page, name):
    """The texts in the box of a closed part, by their class."""
    script = "return [...arguments[0].querySelectorAll('text')].map((t) => [t.getAttribute('class'), t.textContent]);"
    return dict(page.run(script, box(page, f"Open {name}:")))


# How large the smallest text in the picture is, and by how much boxes leave the pane.
SIGHT = """
const room = document.getElementById("graph").getBoundingClientRect();
const boxes = [...document.querySelectorAll("#graph .node, #graph .closed, #graph .frame")];
const outside = boxes.map((found) => {
  const { left, top, right, bottom } = found.getBoundingClientRect();
  return Math.max(room.left - left, room.top - top, right - room.right, bottom - room.bottom);
});
const shown = [...document.querySelectorAll("#graph text")].filter(({ textContent }) => textContent);
const sizes = shown.map((text) => parseFloat(getComputedStyle(text).fontSize) * graph.scale);
return [Math.min(...sizes), Math.max(...outside)];
"""


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
@pytest.mark.parametrize(
    ("graph", "level"),
    [
        (expression, "Operations"),
        (lambda: lesson_graph(new_network(8, 0)), "Operations"),
        (lambda: tutorial_graph(new_network(8, 0)), "Layers"),
    ],
    ids=["expression", "neuron", "network"],
)
def test_at_first_sight_the_whole_graph_is_to_be_seen_and_read(page, size, graph, level):
    page.size(*size)
    page.open(viz.player(graph()), opened=None)
    smallest, outside = page.run(SIGHT)
    assert page.run("return record.levels[graph.scene.index]") == level
    assert smallest >= 11
    assert outside <= 0
    assert page.find("views").is_displayed() == (page.run("return record.levels.length") > 1)


def test_a_telephone_begins_at_the_left_end_of_the_most_closed_view(page):
    page.size(390, 844, True)
    page.open(viz.player(tutorial_graph(new_network(8, 0))), opened=None)
    assert state(page)[0] == []
    left = page.run("return document.querySelector('#graph .closed').getBoundingClientRect().left")
    assert 0 <= left < 60
    assert page.run("return graph.scale * 13") >= 11


def test_parts_open_and_close_by_keyboard_and_by_pointer(page):
    page.open(viz.player(network()[0]), opened="layers")
    assert state(page) == [[], ["layer0", "layer1", "mean_squared_error"], ["Layers"]]
    page.run("arguments[0].focus()", box(page, "Open layer0"))
    page.press(Keys.ENTER)
    assert state(page)[:2] == [["layer0"], ["layer0.neuron0", "layer0.neuron1", "layer1", "mean_squared_error"]]
    assert page.driver.switch_to.active_element.accessible_name == "Close layer0"
    assert [button.text for button in page.all("#views .trail button")] == ["layer0"]
    page.press(Keys.TAB, Keys.SPACE)
    assert state(page)[0] == ["layer0", "layer0.neuron0"]
    assert page.step[0] == 0, "the space bar opens, and plays nothing"
    ActionChains(page.driver).click(box(page, "Close neuron0")).perform()
    assert state(page)[0] == ["layer0"]
    ActionChains(page.driver).click(box(page, "Close layer0")).perform()
    assert state(page)[0] == []
    ActionChains(page.driver).click(box(page, "Open layer1")).perform()
    assert state(page)[0] == ["layer1"]
    for button in page.all("#views .levels button"):
        button.click()
        assert state(page)[2] == [button.text]
    assert len(page.all("#graph .node")) == len(topological_order(network()[0]))
    assert page.all("#graph .closed") == []


def test_what_is_opened_stays_where_it_was_in_a_picture_too_large_to_be_read_at_once(page):
    page.size(1280, 800)
    page.open(viz.player(tutorial_graph(new_network(8, 0))), opened="layer0")
    middle = (
        "const { x, y, width, height } = arguments[0].getBoundingClientRect(); return [x + width / 2, y + height / 2];"
    )
    closed = box(page, "Open neuron2")
    before = page.run(middle, closed)
    page.run("arguments[0].focus()", closed)
    page.press(Keys.ENTER)
    frame = page.run("return graph.frames.get(record.parts.findIndex(({ path }) => path === 'layer0.neuron2')).group")
    after = page.run(middle, frame)
    width, height = page.find("graph").rect["width"], page.find("graph").rect["height"]
    assert abs(after[0] - before[0]) < width / 2
    assert abs(after[1] - before[1]) < height / 2
    assert page.run("return graph.scale * 13") >= 11


def test_the_address_says_what_is_open(page):
    page = page.open(viz.player(network()[0]), "#step=3", opened="layer0.neuron1")
    assert state(page)[0] == ["layer0", "layer0.neuron1"]
    page.wait(lambda: "open=layer0.neuron1" in page.driver.current_url)
    box(page, "Close neuron1").find_element("css selector", "rect").click()
    page.wait(lambda: page.driver.current_url.endswith("open=layer0"))
    page.run("location.hash = '#step=5&open=neurons'")
    page.wait(lambda: state(page)[2] == ["Neurons"])
    page.run("location.hash = '#step=5&open=nonsense'")
    page.wait(lambda: page.run("return graph.scene.index === graph.startLevel()"))


@pytest.mark.parametrize("opened", [(), ("outer",), ("outer", "inner")])
def test_next_and_back_stop_where_something_in_sight_is_complete(page, opened):
    called = Called()
    name = ["outers", "inners", "operations"][len(opened)]
    page.open(viz.player(called.root), opened=name)
    expected = called.stops(opened)
    assert page.run("return stops.of(run)") == expected
    passed = [page.step[0]]
    while page.step[0] < page.step[1]:
        page.press(Keys.RIGHT)
        passed.append(page.step[0])
    assert passed == expected
    for stop in reversed(expected[:-1]):
        page.find("back").click()
        assert page.step[0] == stop
    page.go(2)
    page.press(Keys.RIGHT)
    assert page.step[0] == next(stop for stop in expected if stop > 2)


def test_a_stop_says_what_a_closed_part_did(page):
    called = Called()
    page.open(viz.player(called.root), opened="outers")
    values = {name: [made[-1] for made_by, made in called.calls if made_by == name] for name in ("outer",)}
    names = page.run("return record.nodes.map(({ name }) => name)")
    nodes = topological_order(called.root)
    given = [f"{names[nodes.index(value)]} = {number(value.data)}" for value in values["outer"]]
    page.press(Keys.RIGHT)
    assert page.text("sentence") == f"outer, call 1 of 2, is computed: 5 results. It gives {given[0]}."
    page.go(called.stops(())[-1])
    words = page.text("sentence")
    assert words.startswith("outer, call ")
    assert " passes its gradient on: to 1 parameter and " in words


def test_a_closed_part_shows_what_it_gives_as_far_as_it_is_known(page):
    loss, _, _ = network()
    page.open(viz.player(loss), opened="layers")
    assert (texts(page, "layer1")["data"], texts(page, "layer1")["gradient"]) == ("data ·", "grad ·")
    page.press(Keys.END)
    loss.backward()
    (error,) = [node for node in topological_order(loss) if node is loss]
    shown = texts(page, "mean_squared_error")
    assert (shown["data"], shown["gradient"]) == (f"data {number(error.data)}", "grad 1")
    width = page.run("return graph.boxes.get(boxOfPart(record, graph.scene.closed[0])).done.getAttribute('width')")
    assert float(width) > 50, "all of it is done"
    answers = [node for node in topological_order(loss) if node.operation and node.operation.name == "sigmoid"]
    shown = texts(page, "layer1")
    assert shown["data"] == f"data {', '.join(number(answer.data, 3) for answer in answers)}"
    assert shown["gradient"] == f"grad {', '.join(number(answer.grad, 3) for answer in answers)}"
    assert shown["inside"] == "2 calls of 1 neuron"


def test_a_node_is_marked_by_the_box_that_holds_it_and_a_mistake_too(page):
    page.open(viz.player(network()[0]), "#step=99999", opened="layers")
    hidden = page.run("return record.nodes.findIndex(({ part }) => record.parts[part]?.path === 'layer0.neuron0')")
    page.run("select(arguments[0])", hidden)
    assert state(page)[0] == []
    assert [found.accessible_name[:11] for found in page.all("#graph .selected")] == ["Open layer0"]
    within = page.run("return record.edges.findIndex(({ target }) => target === arguments[0])", hidden + 1)
    assert page.run(
        "return [graph.edgePath(arguments[0]), graph.nodeGroup(arguments[1]).matches('.closed')]", within, hidden
    ) == [None, True]
    page.make_mistakes(ASSIGN)
    page.press(Keys.END)
    assert page.all("#graph .closed.wrong")
    page.run("graph.reveal(arguments[0])", hidden)
    assert state(page)[0] == ["layer0", "layer0.neuron0"]
    assert page.run("return graph.nodeGroup(arguments[0]).matches('.node')", hidden)


def test_names_of_parts_are_texts_and_a_graph_without_parts_has_no_choice(page):
    hostile = "<img src=x onerror=alert(1)>"
    page.open(viz.player(scope(hostile, "<b>note</b>")(lambda x: x * x)(Value(2.0, "x")) + 1.0), opened=None)
    assert hostile[:8] in page.run("return document.querySelector('#graph').textContent + byId('views').textContent")
    assert page.all("#graph img, #views img, #views b") == []
    page.open(viz.player(shared()))
    assert not page.find("views").is_displayed()


def test_boxes_grow_out_of_the_box_of_their_part_unless_less_motion_is_wanted(page):
    player = viz.player(network()[0])
    moving = (
        "graph.openPart(0); return [...new Set(document.getAnimations().map((a) => a.effect.getTiming().duration))];"
    )
    for is_moving, durations in ((True, [300]), (False, [])):
        page.move(is_moving)
        page.open(player, opened="layers")
        assert page.run(moving) == durations


def test_a_part_that_an_address_or_the_search_opens_is_in_sight_wherever_the_step_is(page):
    made = viz.player(tutorial_graph(new_network(4, seed=0)))
    page.size(1280, 800)
    beginning = """
    const part = record.parts.findIndex(({ path }) => path === arguments[0]);
    const frame = graph.groupOf(boxOfPart(record, part)).getBoundingClientRect();
    const pane = graph.svg.getBoundingClientRect();
    const [left, top] = [frame.left - pane.left, frame.top - pane.top];
    return left >= 0 && top >= 0 && left + Math.min(frame.width, 300) < pane.width && top + 200 < pane.height;
    """
    for path in ("layer0.neuron0", "layer0.neuron3", "half_sum_of_squares"):
        for address in ("#step=0", "#step=150", "#node=0&step=328", "#step=80&panel=trace"):
            page.open(made, address, opened=path)
            assert page.run(beginning, path), (path, address)
        for level in ("layers", "neurons"):
            page.open(made, "#step=0", opened=level)
            page.press("/", path, Keys.ENTER)
            assert page.run(beginning, path), (path, level)
