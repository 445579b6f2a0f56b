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


@pytest.fixture
def still(page):
    """A page in which nothing moves."""
    motion = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": motion})
    return page


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
def test_at_first_sight_the_whole_graph_is_to_be_seen_and_read(still, size, graph, level):
    still.size(*size)
    still.open(viz.player(graph()), opened=None)
    smallest, outside = still.run(SIGHT)
    assert still.run("return record.levels[graph.scene.index]") == level
    assert smallest >= 11
    assert outside <= 0
    assert still.find("views").is_displayed() == (still.run("return record.levels.length") > 1)


def test_a_telephone_begins_at_the_left_end_of_the_most_closed_view(still):
    still.size(390, 844, True)
    still.open(viz.player(tutorial_graph(new_network(8, 0))), opened=None)
    assert state(still)[0] == []
    left = still.run("return document.querySelector('#graph .closed').getBoundingClientRect().left")
    assert 0 <= left < 60
    assert still.run("return graph.scale * 13") >= 11


def test_parts_open_and_close_by_keyboard_and_by_pointer(still):
    still.open(viz.player(network()[0]), opened="layers")
    assert state(still) == [[], ["layer0", "layer1", "mean_squared_error"], ["Layers"]]
    still.run("arguments[0].focus()", box(still, "Open layer0"))
    still.press(Keys.ENTER)
    assert state(still)[:2] == [["layer0"], ["layer0.neuron0", "layer0.neuron1", "layer1", "mean_squared_error"]]
    assert still.driver.switch_to.active_element.accessible_name == "Close layer0"
    assert [button.text for button in still.all("#views .trail button")] == ["layer0"]
    still.press(Keys.TAB, Keys.SPACE)
    assert state(still)[0] == ["layer0", "layer0.neuron0"]
    assert still.step[0] == 0, "the space bar opens, and plays nothing"
    ActionChains(still.driver).click(box(still, "Close neuron0")).perform()
    assert state(still)[0] == ["layer0"]
    ActionChains(still.driver).click(box(still, "Close layer0")).perform()
    assert state(still)[0] == []
    ActionChains(still.driver).click(box(still, "Open layer1")).perform()
    assert state(still)[0] == ["layer1"]
    for button in still.all("#views .levels button"):
        button.click()
        assert state(still)[2] == [button.text]
    assert len(still.all("#graph .node")) == len(topological_order(network()[0]))
    assert still.all("#graph .closed") == []


def test_what_is_opened_stays_where_it_was_in_a_picture_too_large_to_be_read_at_once(still):
    still.size(1280, 800)
    still.open(viz.player(tutorial_graph(new_network(8, 0))), opened="layer0")
    middle = (
        "const { x, y, width, height } = arguments[0].getBoundingClientRect(); return [x + width / 2, y + height / 2];"
    )
    closed = box(still, "Open neuron2")
    before = still.run(middle, closed)
    still.run("arguments[0].focus()", closed)
    still.press(Keys.ENTER)
    frame = still.run("return graph.frames.get(record.parts.findIndex(({ path }) => path === 'layer0.neuron2')).group")
    after = still.run(middle, frame)
    width, height = still.find("graph").rect["width"], still.find("graph").rect["height"]
    assert abs(after[0] - before[0]) < width / 2
    assert abs(after[1] - before[1]) < height / 2
    assert still.run("return graph.scale * 13") >= 11


def test_the_address_says_what_is_open(still):
    page = still.open(viz.player(network()[0]), "#step=3", opened="layer0.neuron1")
    assert state(page)[0] == ["layer0", "layer0.neuron1"]
    page.wait(lambda: "open=layer0.neuron1" in page.driver.current_url)
    box(page, "Close neuron1").find_element("css selector", "rect").click()
    page.wait(lambda: page.driver.current_url.endswith("open=layer0"))
    page.run("location.hash = '#step=5&open=neurons'")
    page.wait(lambda: state(page)[2] == ["Neurons"])
    page.run("location.hash = '#step=5&open=nonsense'")
    page.wait(lambda: page.run("return graph.scene.index === graph.startLevel()"))


@pytest.mark.parametrize("opened", [(), ("outer",), ("outer", "inner")])
def test_next_and_back_stop_where_something_in_sight_is_complete(still, opened):
    called = Called()
    name = ["outers", "inners", "operations"][len(opened)]
    still.open(viz.player(called.root), opened=name)
    expected = called.stops(opened)
    assert still.run("return stops.of(run)") == expected
    passed = [still.step[0]]
    while still.step[0] < still.step[1]:
        still.press(Keys.RIGHT)
        passed.append(still.step[0])
    assert passed == expected
    for stop in reversed(expected[:-1]):
        still.find("back").click()
        assert still.step[0] == stop
    still.go(2)
    still.press(Keys.RIGHT)
    assert still.step[0] == next(stop for stop in expected if stop > 2)


def test_a_stop_says_what_a_closed_part_did(still):
    called = Called()
    still.open(viz.player(called.root), opened="outers")
    values = {name: [made[-1] for made_by, made in called.calls if made_by == name] for name in ("outer",)}
    names = still.run("return record.nodes.map(({ name }) => name)")
    nodes = topological_order(called.root)
    given = [f"{names[nodes.index(value)]} = {number(value.data)}" for value in values["outer"]]
    still.press(Keys.RIGHT)
    assert still.text("sentence") == f"outer, call 1 of 2, is computed: 5 results. It gives {given[0]}."
    still.go(called.stops(())[-1])
    words = still.text("sentence")
    assert words.startswith("outer, call ")
    assert " passes its gradient on: to 1 parameter and " in words


def test_a_closed_part_shows_what_it_gives_as_far_as_it_is_known(still):
    loss, _, _ = network()
    still.open(viz.player(loss), opened="layers")
    assert (texts(still, "layer1")["data"], texts(still, "layer1")["gradient"]) == ("data ·", "grad ·")
    still.press(Keys.END)
    loss.backward()
    (error,) = [node for node in topological_order(loss) if node is loss]
    shown = texts(still, "mean_squared_error")
    assert (shown["data"], shown["gradient"]) == (f"data {number(error.data)}", "grad 1")
    width = still.run("return graph.boxes.get(boxOfPart(record, graph.scene.closed[0])).done.getAttribute('width')")
    assert float(width) > 50, "all of it is done"
    answers = [node for node in topological_order(loss) if node.operation and node.operation.name == "sigmoid"]
    shown = texts(still, "layer1")
    assert shown["data"] == f"data {', '.join(number(answer.data, 3) for answer in answers)}"
    assert shown["gradient"] == f"grad {', '.join(number(answer.grad, 3) for answer in answers)}"
    assert shown["inside"] == "2 calls of 1 neuron"


def test_a_node_is_marked_by_the_box_that_holds_it_and_a_mistake_too(still):
    still.open(viz.player(network()[0]), "#step=99999", opened="layers")
    hidden = still.run("return record.nodes.findIndex(({ part }) => record.parts[part]?.path === 'layer0.neuron0')")
    still.run("select(arguments[0])", hidden)
    assert state(still)[0] == []
    assert [found.accessible_name[:11] for found in still.all("#graph .selected")] == ["Open layer0"]
    within = still.run("return record.edges.findIndex(({ target }) => target === arguments[0])", hidden + 1)
    assert still.run(
        "return [graph.edgePath(arguments[0]), graph.nodeGroup(arguments[1]).matches('.closed')]", within, hidden
    ) == [None, True]
    still.make_mistakes(ASSIGN)
    still.press(Keys.END)
    assert still.all("#graph .closed.wrong")
    still.run("graph.reveal(arguments[0])", hidden)
    assert state(still)[0] == ["layer0", "layer0.neuron0"]
    assert still.run("return graph.nodeGroup(arguments[0]).matches('.node')", hidden)


def test_names_of_parts_are_texts_and_a_graph_without_parts_has_no_choice(still):
    hostile = "<img src=x onerror=alert(1)>"
    still.open(viz.player(scope(hostile, "<b>note</b>")(lambda x: x * x)(Value(2.0, "x")) + 1.0), opened=None)
    assert hostile[:8] in still.run("return document.querySelector('#graph').textContent + byId('views').textContent")
    assert still.all("#graph img, #views img, #views b") == []
    still.open(viz.player(shared()))
    assert not still.find("views").is_displayed()


def test_boxes_grow_out_of_the_box_of_their_part_unless_less_motion_is_wanted(page):
    player = viz.player(network()[0])
    moving = (
        "graph.openPart(0); return [...new Set(document.getAnimations().map((a) => a.effect.getTiming().duration))];"
    )
    page.open(player, opened="layers")
    assert page.run(moving) == [300]
    still = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": still})
    page.open(player, opened="layers")
    assert page.run(moving) == []


def test_a_part_that_an_address_or_the_search_opens_is_in_sight_wherever_the_step_is(still):
    made = viz.player(tutorial_graph(new_network(4, seed=0)))
    still.size(1280, 800)
    beginning = """
    const part = record.parts.findIndex(({ path }) => path === arguments[0]);
    const frame = graph.groupOf(boxOfPart(record, part)).getBoundingClientRect();
    const pane = graph.svg.getBoundingClientRect();
    const [left, top] = [frame.left - pane.left, frame.top - pane.top];
    return left >= 0 && top >= 0 && left + Math.min(frame.width, 300) < pane.width && top + 200 < pane.height;
    """
    for path in ("layer0.neuron0", "layer0.neuron3", "half_sum_of_squares"):
        for address in ("#step=0", "#step=150", "#node=0&step=328", "#step=80&panel=trace"):
            still.open(made, address, opened=path)
            assert still.run(beginning, path), (path, address)
        for level in ("layers", "neurons"):
            still.open(made, "#step=0", opened=level)
            still.press("/", path, Keys.ENTER)
            assert still.run(beginning, path), (path, level)
