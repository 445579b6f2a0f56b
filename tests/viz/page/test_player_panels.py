"""The panels beside the player's graph, in a browser: opened, closed, in the address; and the projector."""

import pytest
from support.drawn_graphs import neuron
from support.player_graphs import matrix_player, network, screens, shared

import viz
from engine import topological_order

ESCAPE, RIGHT = "\ue00c", "\ue014"

PANELS = {"trace": "t", "explain": "n", "matrices": "m"}


def shown(page):
    """The panels that are to be seen, and those whose buttons are pressed."""
    pressed = [
        button.get_attribute("aria-controls") for button in page.all("#tools [aria-pressed=true][aria-controls]")
    ]
    return [panel.get_attribute("id") for panel in page.all("#side .panel") if panel.is_displayed()], pressed


def test_one_panel_is_open_or_none_by_button_key_and_address(page):
    page.open(matrix_player()[2])
    assert shown(page) == ([], [])
    whole = page.find("graph").rect["width"]
    for name, key in PANELS.items():
        page.press(key)
        assert shown(page) == ([name], [name])
        assert page.find("graph").rect["width"] < 0.7 * whole
        page.wait(lambda part=f"#step=0&panel={name}": part in page.driver.current_url)
        page.visit(page.driver.current_url)
        assert shown(page) == ([name], [name])
        page.find("close").click()
        assert shown(page) == ([], [])
        (button,) = page.all(f"#tools [aria-controls={name}]")
        assert page.driver.switch_to.active_element == button, "the focus is not lost"
        button.click()
    page.press(ESCAPE)
    assert shown(page) == ([], [])
    page.press("l")
    assert shown(page) == ([], []), "there is no such panel here"


def test_letters_work_as_capitals_and_from_the_slider_and_space_opens_what_has_the_focus(page):
    page.open(matrix_player()[2])
    page.focus("slider")
    page.press("T")
    assert shown(page)[0] == ["trace"]
    page.press(ESCAPE)
    assert shown(page)[0] == []
    page.press("m")
    page.run("document.querySelector('#matrices summary').focus()")
    page.press(" ")
    assert page.run("return document.querySelector('#matrices details').open")
    assert page.text("play") == "Play"


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_that_is_opened_late_shows_what_it_shows_when_it_was_always_open(page, panel):
    made = matrix_player()[2]
    text = f"return document.getElementById('{panel}').textContent"  # also of what is out of sight
    seen = set()
    for fragment in (f"#panel={panel}", "#panel=none"):
        page.open(made, fragment)
        page.run("change([[0, 0.25]]); select(0); show(20);")
        page.make_mistakes("assign")
        page.find("last").click()
        page.show_panel(panel)
        page.wait(lambda: page.run("return trace.lines.every((line) => !line.isStale)"))
        seen.add(page.run(text))
    (text,) = seen
    assert len(text) > 100


def test_the_projector_shows_graph_sentence_and_steps_and_a_link_opens_it(page):
    page.open(viz.player(neuron()[0]))
    whole = page.find("graph").rect["height"]
    size = "return parseFloat(getComputedStyle(document.getElementById('sentence')).fontSize)"
    small = page.run(size)
    page.press("p")
    page.wait(lambda: page.driver.current_url.endswith("#step=0&projector"))
    page.visit(page.driver.current_url)
    assert page.find("graph").rect["height"] > whole
    assert page.run(size) > 1.2 * small
    for name in ("title", "leaves", "mistakes", "search", "speed"):
        assert not page.find(name).is_displayed(), name
    page.press(RIGHT)
    assert page.numbers() == list(screens(neuron()[0]))[1]
    for name in ("sentence", "play", "next", "slider", "projector"):
        assert page.find(name).is_displayed(), name
    page.press(ESCAPE)
    assert page.find("title").is_displayed()
    page.wait(lambda: page.driver.current_url.endswith("#step=1"))


@pytest.mark.parametrize("width", [390, 1280])
def test_a_click_on_a_node_explains_it_in_sight(page, width):
    page.size(width, 844, is_mobile=width < 500)
    page.open(viz.player(shared()))
    page.click_node(2)
    assert shown(page)[0] == ["explain"]
    assert page.text("explanation").startswith("u: operation")
    assert page.run(
        "return [scrollY, document.querySelector('#explanation .summary').getBoundingClientRect().bottom]"
    ) < [1]
    page.press("t")
    page.run("graph.fit()")
    page.click_node(3)
    assert shown(page)[0] == ["trace"], "what is open stays"
    page.click_node(3)
    assert shown(page)[0] == ["explain"], "a second click explains"


def test_a_node_is_explained_as_far_as_the_steps_have_come(page):
    root = shared()
    page.open(viz.player(root), "#node=0&step=0")
    assert page.text("explanation").count("=") == 0
    page.go(6)
    assert "gradient ·" in page.text("explanation")
    for at in range(6, page.step[1] + 1):
        page.go(at)
        lines = [item.text for item in page.all("#explanation ul:first-of-type li")]
        passed = [step for step in page.run("return run.steps.slice(0, arguments[0] + 1)", at) if step.get("node") == 0]
        assert sum(" = " in line for line in lines) == len({step["edge"] for step in passed if "edge" in step})
    assert "gradient ·" not in page.text("explanation")


def test_first_sight_says_what_it_is_and_what_to_do(page):
    loss, parameters, _ = network()
    page.open(viz.player(loss, parameters=parameters))
    leaves = sum(node.is_leaf for node in topological_order(loss))
    assert page.text("meaning").startswith(f"This graph computes loss from {leaves} numbers. Press Play")
    play, others = page.find("play").rect, [button.rect for button in page.all("#buttons button:not(#play)")]
    assert all(play["width"] * play["height"] > 2 * other["width"] * other["height"] for other in others)
