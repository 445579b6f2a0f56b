"""Finding nodes of the player by name, and the movement that explains a step, in a browser."""

import pytest
from support.browser import play_by_hand, tick
from support.player_graphs import network, shared

import viz
from engine import topological_order
from viz.notation import names

DOWN, UP, ENTER, ESCAPE, RIGHT = "\ue015", "\ue013", "\ue007", "\ue00c", "\ue014"


def found(page):
    """What the list shows, as (name, whether it is the active one)."""
    items = page.all("#found li")
    return [
        (item.find_element("css selector", "b").text, item.get_attribute("aria-selected") == "true") for item in items
    ]


def test_a_node_is_found_as_one_types_and_chosen_by_key_or_pointer(page):
    root = shared()
    called = list(names(topological_order(root)).values())
    page.open(viz.player(root))
    selected = "return [...document.querySelectorAll('#graph .node')].findIndex((group) => group.matches('.selected'))"
    page.press("/", "u")
    assert found(page) == [("u", True), ("v", False), ("v1", False)], "by its name, then by what computes it"
    page.press(UP, UP)
    assert [active for _, active in found(page)] == [False, True, False]
    page.press(ENTER)
    assert page.run(selected) == called.index("v")
    assert found(page) == []
    assert page.text("explanation").startswith("v: ")
    page.press("/", "X * Y")
    assert [name for name, _ in found(page)] == ["u"]
    page.all("#found li")[0].click()
    assert page.run(selected) == called.index("u")
    page.press("/", "nothing like it", ENTER)
    assert [item.text for item in page.all("#found li")] == ["Nothing here is called nothing like it."]
    assert page.run(selected) == called.index("u")
    page.press(ESCAPE, RIGHT)
    assert page.step[0] == 1, "the keys are the page's again"


def test_what_is_found_is_in_sight(page):
    loss, parameters, _ = network()
    page.open(viz.player(loss, parameters=parameters))
    page.run("graph.zoom(4)")
    page.press("/", "neuron1.w[1]", ENTER)
    place = [node.label for node in topological_order(loss)].index("layer0.neuron1.w[1]")
    inside = """
    const [box, pane] = [graph.nodeGroup(arguments[0]), graph.svg].map((found) => found.getBoundingClientRect());
    return box.left >= pane.left && box.right <= pane.right && box.top >= pane.top && box.bottom <= pane.bottom;
    """
    assert page.run(inside, place)


def travellers(page):
    """The texts of the numbers on their way, with the kind of each."""
    script = """
    return [...document.querySelectorAll("#motion .traveller")].map((dot) =>
      [dot.classList[1], ...[...dot.querySelectorAll("text")].map((text) => text.textContent)]);
    """
    return page.run(script)


def test_numbers_travel_in_a_step_forwards_and_backwards_and_only_then(page):
    page.move(True)
    root = shared()
    page.open(viz.player(root))
    page.run("Element.prototype.animate = () => ({})")
    page.press(RIGHT)
    assert travellers(page) == [["forward", "0.7"], ["forward", "-1.3"]]
    page.go(5)
    assert travellers(page) == [], "jumping moves nothing"
    page.press(RIGHT)
    assert page.text("sentence").startswith("v.grad += w.grad · ∂w/∂v = 1 · 1 = 1")
    assert travellers(page) == [["backward", "1", "1"]]
    page.press("\ue012")
    assert travellers(page) == [], "nor does going back"
    play_by_hand(page)
    page.choose("speed", "60 a second")
    page.find("play").click()
    tick(page)
    assert travellers(page) == [], "there is no time for it"
    page.choose("speed", "1 a second")
    tick(page)
    assert len(travellers(page)) == 1


@pytest.mark.parametrize("switch", ["reduced", "off"])
def test_motion_can_be_switched_off(page, switch):
    page.move(switch == "off")
    page.open(viz.player(shared()))
    if switch == "off":
        page.run("motion.isOn = false")
    page.press(RIGHT)
    assert travellers(page) == []
    assert page.step[0] == 1


def test_travellers_leave_no_trace(page):
    page.move(True)
    page.open(viz.player(shared()), "#step=5")
    page.press(RIGHT)
    page.wait(lambda: travellers(page) == [])
