"""The playground as a reader uses it, in a browser: training, its speed, seed and rate, and what is said of Python."""

import pytest
from support.playground_pages import (
    RATE,
    SEEDS,
    expected,
    press_on,
    rest,
    shown,
    trained,
    type_into,
    xor_playground,
)

SPACE, LEFT, RIGHT = "\ue00d", "\ue012", "\ue014"


def steps(page):
    """The number of steps that the page shows."""
    return int(page.text("steps").replace(",", ""))


def test_buttons_and_keys_make_the_steps_of_python_and_begin_anew(xor):
    assert xor.text("title") == "XOR"
    assert "Press Train" in xor.find("lead").text
    assert [xor.text(name) for name in ("run", "step", "reset", "steps")] == ["Train", "One step", "Reset", "0"]
    assert shown(xor) == expected(trained(0))
    losses = [expected(trained(count))[0] for count in range(5)]
    for count, step in enumerate([lambda: xor.press(RIGHT), lambda: xor.find("step").click()] * 2, 1):
        step()
        assert shown(xor) == expected(trained(count))
        assert steps(xor) == count
        assert xor.text("readout").startswith(f"Step {count}: forwards all 4 points, loss {losses[count - 1]};")
        label = xor.all("#curve svg")[0].get_attribute("aria-label")
        assert label == f"Loss by step: {losses[0]} at step 0, {losses[count]} at step {count}"
    for reset in (lambda: xor.find("reset").click(), lambda: xor.press("r")):
        reset()
        assert shown(xor) == expected(trained(0))
        assert [xor.text(name) for name in ("steps", "run", "readout")] == ["0", "Train", ""]
        xor.press(RIGHT)
        assert shown(xor) == expected(trained(1))


def test_it_runs_and_pauses_and_is_where_python_is(xor):
    for toggle in (lambda: xor.find("run").click(), lambda: xor.press(SPACE)):
        before = steps(xor)
        toggle()
        xor.wait(lambda start=before: steps(xor) > start + 3)
        assert xor.find("run").get_attribute("aria-pressed") == "true"
        xor.wait(lambda: xor.text("run") == "Pause")
        toggle()
        assert shown(xor) == expected(trained(steps(xor)))
        assert xor.text("run") == "Go on"


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
    for wrong in ("#seed=-1&rate=0&steps=-5", "#seed=1.5&rate=inf&steps=x", "#%%%&steps&seed=999"):
        page.open(xor_playground(), wrong)
        assert steps(page) == 0
        assert shown(page) == expected(trained(0))


def test_speeds_are_steps_in_a_frame(xor):
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
    assert xor.run("return currentRate()") == rate


AS_PYTHON = "After {} all 13 parameters are Python's, in every bit."
DIFFER = (
    "training.references.forEach((reference) => { reference.numbers = reference.numbers.map((x) => x * 1.000001); })"
)


def test_it_says_whether_its_numbers_are_those_of_python(xor):
    xor.press(RIGHT)
    rest(xor)
    assert xor.text("comparison") == AS_PYTHON.format("1 step")
    xor.choose("speed", "100 steps a frame")
    xor.find("run").click()
    xor.wait(lambda: steps(xor) >= 1000)
    xor.find("run").click()
    rest(xor)
    assert xor.text("comparison") == AS_PYTHON.format("1,000 steps")
    xor.run(DIFFER)
    xor.find("reset").click()
    xor.find("step").click()
    rest(xor)
    largest = max(abs(parameter.data) for parameter in trained(1).parameters()) * 1e-6
    said = xor.text("comparison").removeprefix("After 1 step the parameters differ from Python's by at most ")
    assert float(said.removesuffix(".")) == pytest.approx(largest, rel=1e-3)
    assert xor.all("#comparison.equal") == []


def test_after_a_change_there_is_nothing_to_compare_with_until_all_is_as_recorded(xor):
    def click(name):
        xor.find(name).click()
        rest(xor)

    def rate(number):
        type_into(xor, xor.find("rate-number"), str(number))

    for change, reason, back in (
        (lambda: click("add"), "You changed the data.", lambda: click("restore")),
        (lambda: rate(0.2), "You changed the rate.", lambda: rate(RATE)),
        (lambda: click("seed-next"), "Python's numbers are here for seed 0 only.", lambda: click("seed-back")),
    ):
        for begin in (lambda: None, lambda: click("step")):
            begin()
            change()
            for act in ("step", "reset", "step"):
                click(act)
                assert xor.text("comparison").startswith(reason)
            back()
            click("reset")
            assert "will be compared with Python's" in xor.text("comparison")
            click("step")
            assert xor.text("comparison") == AS_PYTHON.format("1 step")
            click("reset")
