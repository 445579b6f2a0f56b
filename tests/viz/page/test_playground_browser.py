"""The playground as a reader uses it, in a browser: training, its speed, seed and rate, and what is said of Python."""

import pytest
from support.playground_pages import (
    RATE,
    SEEDS,
    expected,
    line_playground,
    press_on,
    rest,
    shown,
    trained,
    type_into,
    xor_playground,
)

from viz.notation import number

SPACE, LEFT, RIGHT = "\ue00d", "\ue012", "\ue014"


def steps(page):
    """The number of steps that the page shows."""
    return int(page.text("steps").replace(",", ""))


def run_until(page, count):
    """Train, by the button, until there are so many steps; then pause."""
    page.find("run").click()
    page.wait(lambda: steps(page) >= count)
    page.find("run").click()
    rest(page)


def test_at_first_it_says_what_to_do_and_shows_the_network_as_given(xor):
    assert xor.text("title") == "XOR"
    learning = "Learning: changing the 13 numbers of the network until it is small."
    assert xor.text("about") == f"Which of the two is 1? Loss: how wrong the answers are. {learning}"
    assert "Press Train" in xor.text("lead")
    assert (xor.text("run"), xor.text("step"), xor.text("reset")) == ("Train", "One step", "Reset")
    assert steps(xor) == 0
    assert shown(xor) == expected(trained(0))


@pytest.mark.parametrize("act", [lambda page: page.find("step").click(), lambda page: page.press(RIGHT)])
def test_each_step_shows_what_python_has(page, act):
    page.open(xor_playground())
    for count in range(1, 5):
        act(page)
        assert shown(page) == expected(trained(count))
        assert steps(page) == count
        before, after = (expected(trained(done))[0] for done in (count - 1, count))
        assert page.text("readout").startswith(f"Step {count}: forwards all 4 points, loss {before};")
        assert page.text("readout").endswith(f" The loss fell to {after}.")


def test_a_step_that_makes_the_loss_larger_is_said_to_be_too_long_until_it_goes_on(page):
    page.open(xor_playground(), "#rate=5")
    page.press(RIGHT)
    rest(page)
    loss = expected(trained(1, rate=5.0))[0]
    assert page.text("readout").endswith(f" The loss rose to {loss}: the step was too long. It happens.")
    page.press(SPACE)
    page.wait(lambda: page.text("readout") == "")


@pytest.mark.parametrize("toggle", [lambda page: page.find("run").click(), lambda page: page.press(SPACE)])
def test_it_runs_and_pauses_and_is_where_python_is(page, toggle):
    page.open(xor_playground())
    toggle(page)
    page.wait(lambda: steps(page) > 3)
    assert page.find("run").get_attribute("aria-pressed") == "true"
    page.wait(lambda: page.text("run") == "Pause")
    toggle(page)
    rest(page)
    assert page.text("run") == "Go on"
    count = steps(page)
    assert shown(page) == expected(trained(count))
    assert steps(page) == count


def test_the_address_leads_back_to_what_is_shown(page):
    page.open(xor_playground(), "#seed=2&steps=30")
    assert steps(page) == 30
    assert page.find("seed").get_attribute("value") == "2"
    assert shown(page) == expected(trained(30, seed=2))
    page.press(RIGHT)
    page.wait(lambda: "steps=31" in page.driver.current_url)
    assert "seed=2" in page.driver.current_url
    page.driver.refresh()
    assert shown(page) == expected(trained(31, seed=2))


def test_another_address_in_the_same_page_leads_to_what_it_says(page):
    page.open(xor_playground(), "#seed=2&rate=0.5&steps=3")
    for address, said in [("#seed=3&rate=1e%2B300", (0, 3, 1e300)), ("#steps=4", (4, 0, RATE)), ("#x", (0, 0, RATE))]:
        page.run("location.hash = arguments[0]", address)
        page.wait(lambda: page.run("return [training.steps, seed, currentRate()]") == list(said))  # noqa: B023
    page.run("location.hash = '#steps=1'")
    page.wait(lambda: page.text("comparison").startswith("After 1 step all"))


def test_a_reload_keeps_a_rate_that_is_huge(xor):
    type_into(xor, xor.find("rate-number"), "1e300")
    xor.wait(lambda: "rate=1e+300" in xor.driver.current_url)
    xor.driver.refresh()
    assert xor.run("return currentRate()") == 1e300


@pytest.mark.parametrize("address", ["#seed=-1&rate=0&steps=-5", "#seed=1.5&rate=inf&steps=x", "#%%%&steps&seed=999"])
def test_a_wrong_address_is_as_none(page, address):
    page.open(xor_playground(), address)
    assert steps(page) == 0
    assert shown(page) == expected(trained(0))


@pytest.mark.parametrize(("speed", "count"), [("2 steps a second", 3), ("10 steps a second", 11)])
def test_a_slow_speed_is_steps_in_a_second_with_all_numbers_of_each(page, speed, count):
    page.open(xor_playground())
    assert page.find("speed").get_property("value") == "2", "a speed that a reader can follow"
    page.choose("speed", speed)
    script = """
    let now = 5000;
    performance.now = () => now;
    requestAnimationFrame = () => 0;
    run();
    for (const end = now + 1001; now <= end; now += 1000 / 60) {
      trainFrame();
      show();
    }
    return [training.steps, byId("loss").textContent];
    """
    assert page.run(script) == [count, expected(trained(count))[0]]


def test_a_fast_speed_is_steps_in_a_frame(xor):
    script = """
    const before = training.steps;
    isRunning = true;
    trainFrame();
    isRunning = false;
    return training.steps - before;
    """
    xor.run("let at = 0; performance.now = () => 0")
    for speed, count in (("1 step a frame", 1), ("10 steps a frame", 10), ("100 steps a frame", 100)):
        xor.choose("speed", speed)
        assert xor.run(script) == count
    xor.run("let at = 0; performance.now = () => { at += 0.01; return at; }")
    xor.choose("speed", "as fast as it goes")
    assert xor.run(script) > 100


@pytest.mark.parametrize("act", [lambda page: page.find("reset").click(), lambda page: page.press("r")])
def test_reset_begins_anew(page, act):
    page.open(xor_playground())
    before = shown(page)
    page.press(RIGHT, RIGHT)
    act(page)
    assert shown(page) == before
    assert (steps(page), page.text("run"), page.text("readout")) == (0, "Train", "")
    page.press(RIGHT)
    assert shown(page) == expected(trained(1))


def test_keys_are_left_to_the_fields_and_lists_that_have_the_focus(xor):
    for name in ("seed", "rate-number", "speed", "rate", "shown"):
        press_on(xor, xor.find(name), "r", RIGHT)
    for field in xor.all("#samples input, #samples select"):
        press_on(xor, field, "r", RIGHT)
    rest(xor)
    assert steps(xor) == 0
    press_on(xor, xor.find("reset"), SPACE)
    assert xor.text("run") == "Train", "space on a button is a click on it"
    script = """
    const init = { key: "r", bubbles: true, cancelable: true, [arguments[0]]: true };
    return document.body.dispatchEvent(new KeyboardEvent("keydown", init));
    """
    assert all(xor.run(script, modifier) for modifier in ("ctrlKey", "altKey", "metaKey"))


def test_other_seeds_begin_with_their_own_numbers(xor):
    xor.press(RIGHT)
    xor.find("seed-next").click()
    assert shown(xor) == expected(trained(0, seed=1))
    assert steps(xor) == 0
    xor.press(RIGHT)
    assert shown(xor) == expected(trained(1, seed=1))
    for _ in range(2):
        xor.find("seed-back").click()
    assert shown(xor) == expected(trained(0, seed=SEEDS - 1))
    type_into(xor, xor.find("seed"), "7")
    assert shown(xor) == expected(trained(0, seed=7))
    for nonsense in ("-1", str(SEEDS), "1.5", ""):
        type_into(xor, xor.find("seed"), nonsense)
        assert shown(xor) == expected(trained(0, seed=7))
        assert xor.find("seed").get_property("value") == "7"
        assert xor.text("refusal").endswith(f"it has to be a whole number from 0 to {SEEDS - 1}.")


def test_the_rate_is_a_slider_and_a_number(xor):
    assert xor.find("rate-number").get_property("value") == str(RATE)
    type_into(xor, xor.find("rate-number"), "0.5")
    xor.press(RIGHT)
    assert shown(xor) == expected(trained(0, rate=0.5))  # The focus is in a field: no step.
    xor.find("step").click()
    assert shown(xor) == expected(trained(1, rate=0.5))
    xor.find("reset").click()
    press_on(xor, xor.find("rate"), LEFT)
    rate = float(xor.find("rate-number").get_property("value"))
    assert 0.4 < rate < 0.5
    xor.find("step").click()
    assert shown(xor) == expected(trained(1, rate=rate))
    for nonsense in ("0", "-1", ""):
        type_into(xor, xor.find("rate-number"), nonsense)
        rest(xor)
        assert xor.text("refusal") == f"The learning rate stays {number(rate)}: it has to be a number above 0."
        assert xor.find("rate-number").get_property("value") == str(rate)
    assert xor.run("return currentRate()") == rate
    type_into(xor, xor.find("rate-number"), "1")
    assert xor.text("refusal") == ""


def test_it_says_where_its_numbers_are_those_of_python(xor):
    said = []
    xor.press(RIGHT)
    rest(xor)
    said.append(xor.text("comparison"))
    xor.choose("speed", "100 steps a frame")
    run_until(xor, 1000)
    said.append(xor.text("comparison"))
    assert said == [
        f"After {count} all 13 parameters are those that Python computed, in every bit."
        for count in ("1 step", "1,000 steps")
    ]


DIFFER = (
    "training.references.forEach((reference) => { reference.numbers = reference.numbers.map((x) => x * (1 + 1e-9)); });"
)


def test_it_says_so_if_its_numbers_are_others(xor):
    xor.run(DIFFER)
    xor.press(RIGHT)
    rest(xor)
    largest = max(abs(parameter.data) for parameter in trained(1).parameters()) * 1e-9
    said = xor.text("comparison").removeprefix("After 1 step the parameters differ from Python's by at most ")
    assert float(said.removesuffix(".")) == pytest.approx(largest, rel=1e-4)
    assert xor.all("#comparison.equal") == []


@pytest.mark.parametrize(
    ("change", "reason", "back"),
    [
        (lambda page: page.find("add").click(), "You changed the data.", lambda page: page.find("restore").click()),
        (
            lambda page: type_into(page, page.find("rate-number"), "0.2"),
            "You changed the rate.",
            lambda page: type_into(page, page.find("rate-number"), str(RATE)),
        ),
        (
            lambda page: page.find("seed-next").click(),
            "Python's numbers are here for seed 0 only.",
            lambda page: page.find("seed-back").click(),
        ),
    ],
    ids=["data", "rate", "seed"],
)
def test_after_a_change_there_is_nothing_to_compare_with_until_all_is_as_recorded(page, change, reason, back):
    page.open(xor_playground())
    for begun in (0, 1):
        for _ in range(begun):
            page.find("step").click()
        change(page)
        for act in ("step", "reset", "step"):
            page.find(act).click()
            rest(page)
            assert page.text("comparison").startswith(reason)
        back(page)
        page.find("reset").click()
        rest(page)
        assert "will be compared with Python's" in page.text("comparison")
        page.find("step").click()
        rest(page)
        assert page.text("comparison") == "After 1 step all 13 parameters are those that Python computed, in every bit."
        page.find("reset").click()


@pytest.mark.parametrize(
    ("make", "there", "absent"),
    [
        (xor_playground, {"loss", "weight", "bias", "tanh", "sigmoid", "seed", "95 % interval"}, {"relu"}),
        (line_playground, {"loss", "weight", "bias", "relu", "seed"}, {"tanh", "sigmoid", "95 % interval"}),
    ],
)
def test_the_words_that_occur_are_explained_in_a_list_and_at_their_places(page, make, there, absent):
    page.open(make())
    assert not page.find("word-list").is_displayed()
    page.all("#glossary summary")[0].click()
    words = [word.text for word in page.all("#word-list dt")]
    sentences = [sentence.text for sentence in page.all("#word-list dd")]
    assert there <= set(words)
    assert not absent & set(words)
    assert all(sentence.endswith(".") for sentence in sentences)
    titles = {place.get_attribute("data-word"): place.get_attribute("title") for place in page.all("[data-word]")}
    assert len(titles) >= 5
    assert titles.items() <= dict(zip(words, sentences, strict=True)).items()


def test_the_loss_now_is_in_the_curve(xor):
    xor.press(RIGHT, RIGHT)
    rest(xor)
    label = xor.all("#curve svg")[0].get_attribute("aria-label")
    first, now = (number(float(expected(trained(count))[0])) for count in (0, 2))
    assert label == f"Loss by step: {first} at step 0, {now} at step 2"
