"""The controls of the player, in a browser: buttons, slider, keys, playing, and the address."""

import pytest
from support.player_graphs import ASSIGN, ZERO, screens, shared

import viz

SPACE, LEFT, RIGHT, HOME, END = "\ue00d", "\ue012", "\ue014", "\ue011", "\ue010"


def play_by_hand(page):
    """Let timers run only when `tick` is called, which gives the delay that was asked for."""
    page.run("window.waiting = []; window.setTimeout = (act, delay) => waiting.push([act, delay]);"
             "window.clearTimeout = (number) => { if (number) waiting[number - 1] = null; };")  # fmt: skip


def tick(page):
    """Run the timer that moves the player on, and give its delay; None if there is none."""
    return page.run(
        """
        const next = waiting.findIndex((timer) => timer && !String(timer[0]).includes("replaceState"));
        if (next < 0) return null;
        const [act, delay] = waiting[next];
        waiting[next] = null;
        act();
        return delay;
        """
    )


# --- Buttons, slider, keys -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1920, 390])
def test_the_trace_keeps_an_arrow_only_where_it_scrolls(page, width):
    page.size(width, 900)
    page.open(viz.player(shared()))
    page.focus("trace")
    scrolls = page.run("const pane = document.getElementById('trace'); return pane.scrollWidth > pane.clientWidth")
    assert scrolls == (width == 390)
    page.press(RIGHT, RIGHT)
    assert page.step[0] == (0 if scrolls else 2)


@pytest.mark.parametrize("modifier", ["ctrlKey", "altKey", "metaKey"])
def test_keys_that_mean_something_else_to_the_browser_are_left_to_it(page, modifier):
    page.open(viz.player(shared()))
    untouched = page.run(
        """
        const init = { key: "ArrowRight", bubbles: true, cancelable: true, [arguments[0]]: true };
        return document.body.dispatchEvent(new KeyboardEvent("keydown", init));
        """,
        modifier,
    )
    assert untouched
    assert page.step[0] == 0


BUTTONS = ("first", "back", "next", "last")


@pytest.mark.parametrize(
    ("clicks", "step", "disabled"),
    [
        (["back"], 0, ["first", "back"]),
        (["last", "next"], 13, ["next", "last"]),
        (["last", "back"], 12, []),
        (["next", "next", "first"], 0, ["first", "back"]),
    ],
)
def test_the_buttons_step_and_stop_at_both_ends(page, clicks, step, disabled):
    page.open(viz.player(shared()))
    for name in clicks:
        page.find(name).click()
    assert page.step == (step, 13)
    assert [name for name in BUTTONS if page.find(name).get_attribute("aria-disabled") == "true"] == disabled


def test_the_slider_moves_to_its_step_and_follows_the_others(page):
    page.open(viz.player(shared()))
    slider = page.find("slider")
    page.go(7)
    assert page.step[0] == 7
    assert slider.get_attribute("aria-valuetext") == "step 7 of 13"
    page.find("next").click()
    assert (slider.get_property("value"), slider.get_attribute("max")) == ("8", "13")


@pytest.mark.parametrize("focus", [None, "slider"])
@pytest.mark.parametrize(
    ("keys", "step"),
    [([RIGHT], 1), ([RIGHT, RIGHT, RIGHT, LEFT], 2), ([END], 13), ([END, RIGHT], 13), ([END, HOME, LEFT], 0)],
)
def test_keys_step_and_jump(page, focus, keys, step):
    page.open(viz.player(shared()))
    if focus:
        page.focus(focus)
    page.press(*keys)
    assert page.step[0] == step
    assert page.run("return window.scrollY") == 0


def test_keys_on_a_list_choose_from_it(page):
    page.open(viz.player(shared()))
    page.focus("speed")
    page.press(RIGHT)
    assert page.step[0] == 0


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


# --- Playing ---------------------------------------------------------------------------------------------------------
def test_it_plays_to_the_end_and_then_from_the_start(page):
    page.open(viz.player(shared()))
    page.choose("speed", "60 a second")
    last = page.step[1]
    for _ in range(2):
        page.find("play").click()
        assert page.text("play") == "Pause"
        page.wait(lambda: page.step == (last, last))
        page.wait(lambda: page.text("play") == "Play")


@pytest.mark.parametrize(("speed", "delay"), [("½ a second", 2000), ("10 a second", 100), ("60 a second", 1000 / 60)])
def test_it_plays_as_fast_as_was_chosen(page, speed, delay):
    page.open(viz.player(shared()))
    play_by_hand(page)
    page.find("play").click()
    assert tick(page) == 1000
    page.choose("speed", speed)
    assert tick(page) == 1000
    assert tick(page) == pytest.approx(delay)
    assert page.step[0] == 3


@pytest.mark.parametrize("stop", ["play", "next", "slider", "mistake", "key"])
def test_whatever_is_done_to_the_steps_ends_the_play(page, stop):
    page.open(viz.player(shared()))
    play_by_hand(page)
    page.find("play").click()
    tick(page)
    tick(page)
    assert page.step[0] == 2
    actions = {
        "play": lambda: page.find("play").click(),
        "next": lambda: page.find("next").click(),
        "slider": lambda: page.go(5),
        "mistake": lambda: page.make_mistakes(ASSIGN),
        "key": lambda: page.press(LEFT),
    }
    actions[stop]()
    assert page.step[0] == {"next": 3, "slider": 5, "key": 1}.get(stop, 2)
    assert page.text("play") == "Play"
    assert tick(page) is None


def test_choosing_a_node_does_not_end_the_play(page):
    page.open(viz.player(shared()))
    play_by_hand(page)
    page.find("play").click()
    tick(page)
    page.choose("node", "u")
    assert tick(page) == 1000
    assert page.step[0] == 2
    assert page.text("explanation").startswith("u: operation")


def test_at_the_last_step_no_timer_is_left(page):
    page.open(viz.player(shared()))
    play_by_hand(page)
    page.find("play").click()
    for _ in range(page.step[1]):
        assert tick(page) == 1000
    assert tick(page) is None
    assert page.text("play") == "Play"


# --- The address -----------------------------------------------------------------------------------------------------
def test_an_address_opens_what_it_says(page):
    page.open(viz.player(shared()), "#step=9&mistakes=assign,zero&node=2")
    assert page.step[0] == 9
    assert page.run("return [...document.querySelectorAll('#mistakes input:checked')].map((box) => box.value)") == [
        ASSIGN,
        ZERO,
    ]
    assert page.run("return document.getElementById('node').value") == "2"
    assert page.text("explanation") != ""
    assert page.numbers() == list(screens(shared(), [ASSIGN, ZERO]))[9]


def test_another_fragment_moves_the_open_page(page):
    page.open(viz.player(shared()))
    page.run("location.hash = '#step=4&mistakes=order'")
    page.wait(lambda: page.step[0] == 4)
    assert page.all("#mistakes input:checked")
    page.run("location.hash = ''")
    page.wait(lambda: page.step[0] == 0)
    assert page.all("#mistakes input:checked") == []


def test_what_is_done_is_written_into_the_address(page):
    page.open(viz.player(shared()))
    page.press(RIGHT, RIGHT)
    page.wait(lambda: page.driver.current_url.endswith("#step=2"))
    page.make_mistakes(ASSIGN, ZERO)
    page.choose("node", "u")
    page.wait(lambda: page.driver.current_url.endswith("#step=2&mistakes=assign,zero&node=2"))
    length = page.run("return history.length")
    before = page.everything()
    page.visit(page.driver.current_url)
    assert page.everything() == before
    page.press(RIGHT)
    page.wait(lambda: "step=3" in page.driver.current_url)
    assert page.run("return history.length") <= length + 2, "stepping fills no history"


MEANINGLESS = {
    **dict.fromkeys(["#", "#step=-5", "#step=Infinity", "#%E0%A4%A&=&&&==", "#title"], 0),
    **dict.fromkeys(["#step=NaN&node=NaN&mistakes=NaN", "#node=99&mistakes=,,order2,__proto__"], 0),
    **dict.fromkeys(["#node=constructor&mistakes=constructor", "#step=<script>window.hacked=true</script>"], 0),
    "#step=1e9": 1,
    "#node=-1&step=2.9": 2,
    "#step=99999999999999999999": 13,
}


@pytest.mark.parametrize(("fragment", "step"), MEANINGLESS.items())
def test_fragments_that_mean_nothing_do_nothing(page, fragment, step):
    page.open(viz.player(shared()), fragment)
    assert page.step == (step, 13)
    assert page.all("#mistakes input:checked") == []
    assert page.text("explanation") == ""
    assert page.numbers() == list(screens(shared()))[step]
    assert page.run("return typeof window.hacked") == "undefined"
