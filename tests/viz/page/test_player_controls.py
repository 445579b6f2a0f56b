"""The controls of the player, in a browser: buttons, slider, keys, playing, and the address."""

import pytest
from support.browser import play_by_hand, tick
from support.player_graphs import ASSIGN, ORDER, ZERO, screens, shared

import viz
from engine import Value, scope, tanh

SPACE, LEFT, RIGHT, HOME, END = "\ue00d", "\ue012", "\ue014", "\ue011", "\ue010"


def test_buttons_and_slider_step_and_stop_at_both_ends(page):
    page.open(viz.player(shared()))
    for name, step, disabled in [
        ("back", 0, ["first", "back"]),
        ("next", 1, []),
        ("last", 13, ["next", "last"]),
        ("next", 13, ["next", "last"]),
        ("back", 12, []),
        ("first", 0, ["first", "back"]),
    ]:
        page.find(name).click()
        assert page.step == (step, 13)
        buttons = page.all("#buttons [aria-disabled=true]")
        assert [button.get_attribute("id") for button in buttons] == disabled
    page.go(7)
    assert page.step[0] == 7
    slider = page.find("slider")
    assert slider.get_attribute("aria-valuetext") == "step 7 of 13"
    page.find("next").click()
    assert (slider.get_property("value"), slider.get_attribute("max")) == ("8", "13")


@pytest.mark.parametrize("focus", [None, "slider"])
def test_keys_step_and_jump(page, focus):
    page.open(viz.player(shared()))
    if focus:
        page.focus(focus)
    for key, step in [(RIGHT, 1), (RIGHT, 2), (LEFT, 1), (END, 13), (RIGHT, 13), (HOME, 0), (LEFT, 0)]:
        page.press(key)
        assert page.step[0] == step
        assert page.run("return window.scrollY") == 0


def test_keys_that_mean_something_else_are_left_to_the_browser(page):
    """With Control, Alt or the command key; on a list of choices, and in a field."""
    page.open(viz.player(shared()))
    script = """
    const init = { key: "ArrowRight", bubbles: true, cancelable: true, [arguments[0]]: true };
    return document.body.dispatchEvent(new KeyboardEvent("keydown", init));
    """
    assert all(page.run(script, modifier) for modifier in ("ctrlKey", "altKey", "metaKey"))
    page.focus("speed")
    page.press(RIGHT)
    page.focus("search-text")
    page.press("t/p", RIGHT)
    assert page.step[0] == 0
    assert not page.find("side").is_displayed()


def test_space_plays_and_pauses_but_on_a_control_it_uses_only_that(page):
    page.open(viz.player(shared()))
    play_by_hand(page)
    for expected in ("Pause", "Play"):
        page.press(SPACE)
        assert page.text("play") == expected
    page.focus("next")
    page.press(SPACE)
    assert (page.step[0], page.text("play")) == (1, "Play")
    page.focus("play")
    page.press(SPACE)
    assert page.text("play") == "Pause"
    page.press(RIGHT)
    assert (page.step[0], page.text("play")) == (2, "Play")
    box = page.all("#mistakes input")[1]
    page.run("arguments[0].focus()", box)
    page.press(SPACE)
    assert box.is_selected()
    page.press(RIGHT)
    assert (page.step[0], page.text("play")) == (3, "Play")


def test_it_plays_as_fast_as_was_chosen_and_stops_at_the_end(page):
    page.open(viz.player(shared()))
    play_by_hand(page)
    page.find("play").click()
    expected = 1000
    for speed, delay in [("½ a second", 2000), ("10 a second", 100), ("60 a second", 1000 / 60), ("1 a second", 1000)]:
        page.choose("speed", speed)
        assert tick(page) == pytest.approx(expected)
        expected = delay
    page.choose_node("u")
    assert page.text("explanation").startswith("u: operation"), "choosing a node does not end the play"
    for _ in range(4, page.step[1]):
        assert tick(page) == 1000
    assert page.step == (13, 13)
    assert tick(page) is None
    assert page.text("play") == "Play"
    page.find("play").click()
    assert page.step[0] < 13, "from the start again"


@pytest.mark.parametrize(
    ("stop", "step"),
    [
        (lambda page: page.find("play").click(), 2),
        (lambda page: page.find("next").click(), 3),
        (lambda page: page.go(5), 5),
        (lambda page: page.make_mistakes(ASSIGN), 2),
        (lambda page: page.press(LEFT), 1),
    ],
    ids=["play", "next", "slider", "mistake", "key"],
)
def test_whatever_is_done_to_the_steps_ends_the_play(page, stop, step):
    page.open(viz.player(shared()))
    play_by_hand(page)
    page.find("play").click()
    tick(page)
    tick(page)
    stop(page)
    assert page.step[0] == step
    assert page.text("play") == "Play"
    assert tick(page) is None


def test_an_address_opens_what_it_says_and_another_fragment_moves_the_open_page(page):
    page.open(viz.player(shared()), "#step=9&mistakes=assign,zero&node=2")
    checked = "return [...document.querySelectorAll('#mistakes input:checked')].map((box) => box.value)"
    assert page.step[0] == 9
    assert page.run(checked) == [ASSIGN, ZERO]
    assert page.run("return document.getElementById('node').value") == "2"
    assert page.text("explanation") != ""
    assert page.numbers() == list(screens(shared(), [ASSIGN, ZERO]))[9]
    page.run("location.hash = '#step=4&mistakes=order'")
    page.wait(lambda: page.step[0] == 4)
    assert page.run(checked) == [ORDER]
    page.run("location.hash = ''")
    page.wait(lambda: page.step[0] == 0)
    assert page.run(checked) == []


def test_what_is_done_is_written_into_the_address(page):
    page.open(viz.player(shared()))
    page.press(RIGHT, RIGHT)
    page.wait(lambda: page.driver.current_url.endswith("#step=2"))
    page.make_mistakes(ASSIGN, ZERO)
    page.choose_node("u")
    page.wait(lambda: page.driver.current_url.endswith("#step=2&mistakes=assign,zero&node=2"))
    length = page.run("return history.length")
    before = page.everything()
    page.visit(page.driver.current_url)
    assert page.everything() == before
    page.press(RIGHT)
    page.wait(lambda: "step=3" in page.driver.current_url)
    assert page.run("return history.length") <= length + 2, "stepping fills no history"


MEANINGLESS = {
    **dict.fromkeys(["#", "#step=-5", "#step=Infinity", "#%E0%A4%A&=&&&=="], 0),
    **dict.fromkeys(["#step=NaN&node=NaN&mistakes=NaN", "#node=99&mistakes=,,order2,__proto__"], 0),
    **dict.fromkeys(["#node=constructor&mistakes=constructor", "#step=<script>window.hacked=true</script>"], 0),
    "#step=1e9": 1,
    "#node=-1&step=2.9": 2,
    "#step=99999999999999999999": 13,
}


def test_fragments_that_mean_nothing_do_nothing(page):
    for fragment, step in MEANINGLESS.items():
        page.open(viz.player(shared()), fragment)
        assert page.step == (step, 13), fragment
        assert page.all("#mistakes input:checked") == []
        assert page.text("explanation") == ""
        assert page.numbers() == list(screens(shared()))[step]
        assert page.run("return typeof window.hacked") == "undefined"


def test_a_part_that_is_called_like_a_level_has_an_address_of_its_own(page):
    x = Value(0.5, "x")
    part = scope("operations")(lambda v: tanh(v) * v)
    other = scope("other")(lambda v: tanh(v) + v)
    page.open(viz.player(other(part(x))))
    named = "graph.open(arguments[0]); const name = views.name(); views.go(name || null); return graph.scene.index;"
    count = page.run("return record.views.length")
    assert [page.run(named, view) for view in range(count)] == [*range(count)]
