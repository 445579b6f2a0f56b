"""The playground at its limits, in a browser: steps that fail, problems without a plane, and hostile labels."""

from support.playground_pages import line_playground, rest, shown, type_into, xor_playground

import viz
from nn import MLP, SGD, half_sum_of_squares

SPACE, RIGHT = "\ue00d", "\ue014"


def test_a_step_that_fails_is_said_and_the_last_good_numbers_stay_dimmed_until_something_changes(page):
    page.open(line_playground())
    page.press(RIGHT)
    type_into(page, page.find("rate-number"), "1e200")
    page.find("step").click()
    before = shown(page)
    assert before[0] == "·"
    assert page.find("failure").is_displayed()
    assert "the last good state, after 2 steps" in page.find("failure").text
    assert len(page.all("#stage.failed")) == 1
    assert [page.find(name).get_attribute("aria-disabled") for name in ("run", "step")] == ["true", "true"]
    page.press(SPACE, RIGHT)
    assert shown(page) == before
    type_into(page, page.find("rate-number"), "0.05")
    page.find("reset").click()
    rest(page)
    assert not page.find("failure").is_displayed()
    assert page.all("#stage.failed, #controls [aria-disabled=true]") == []


def test_running_ends_at_a_failure(page):
    page.open(line_playground())
    type_into(page, page.find("rate-number"), "1e200")
    page.find("run").click()
    page.wait(lambda: page.find("failure").is_displayed())
    rest(page)
    assert page.find("run").get_attribute("aria-pressed") == "false"


def test_without_a_plane_there_are_bars_and_a_table(page):
    page.open(line_playground())
    rest(page)
    assert not page.find("plane-pane").is_displayed()
    assert not page.find("trials").is_displayed()
    assert len(page.all("#samples tbody tr")) == 8
    drawn_pixels = """
    const { data } = arguments[0].getContext("2d").getImageData(0, 0, arguments[0].width, arguments[0].height);
    return data.some((channel) => channel > 0);
    """
    assert all(page.run(drawn_pixels, canvas) for canvas in page.all("#network canvas"))


HOSTILE = ["</script><b>bold</b>", "<img src=x onerror=window.hacked=1>", "${alert(1)}`'\"\\"]


def test_labels_are_shown_as_they_are(page):
    model = MLP([3, 2, 1], seed=0)
    for parameter, label in zip(model.parameters(), HOSTILE, strict=False):
        parameter.label = label
    made = viz.playground(
        model,
        [[0.0, 1.0, 0.5]],
        [1.0],
        loss=half_sum_of_squares,
        optimizer=SGD(model.parameters()),
        names=HOSTILE,
        title=HOSTILE[0],
    )
    page.open(made)
    page.press(RIGHT)
    rest(page)
    assert page.text("title") == HOSTILE[0]
    assert [name.text for name in page.all("#network .input-box .tag")] == [name[:99] for name in HOSTILE]
    page.all("#network .neuron")[0].click()
    assert page.find("opened").is_displayed()
    assert page.run("return [typeof window.hacked, document.querySelectorAll('img').length]") == ["undefined", 0]
    assert "bold" not in [bold.text for bold in page.all("b")]


def test_nothing_is_requested_but_the_page(page):
    page.visit("about:blank")
    page.requested()
    page.open(xor_playground())
    page.press(RIGHT)
    page.all("#network .neuron")[0].click()
    rest(page)
    (asked,) = [address for address in page.requested() if not address.startswith(("data:", "about:"))]
    assert asked.startswith("file:")
