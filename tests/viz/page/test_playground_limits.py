"""The playground at its limits, in a browser: steps that fail, problems without a plane, and hostile labels."""

import pytest
from support.playground_pages import line_playground, rest, shown, type_into

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
    type_into(page, page.find("rate-number"), "1e200")
    page.find("run").click()
    page.wait(lambda: page.find("failure").is_displayed())
    rest(page)
    assert page.find("run").get_attribute("aria-pressed") == "false", "running ends at a failure"


def test_without_a_plane_there_are_bars_in_straight_columns_and_a_table_with_fields(page):
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
    field = page.all("#samples tbody tr")[7].find_elements("css selector", "input")[3]
    assert field.get_property("value") == "4"
    before = page.text("loss")
    type_into(page, field, "9.5")
    rest(page)
    assert page.text("loss") != before
    page.find("restore").click()
    rest(page)
    assert page.text("loss") == before
    places = page.run(
        """
        const boxes = [...document.querySelectorAll(".input-box, .neuron")].map((box) => box.getBoundingClientRect());
        return boxes.map(({ x, y, width }) => [x + width / 2, y]);
        """
    )
    columns = [places[:3], places[3:7], places[7:]]
    for column in columns:
        assert max(x for x, _ in column) - min(x for x, _ in column) < 1
        assert [y for _, y in column] == sorted(y for _, y in column)
    centers = [column[0][0] for column in columns]
    assert centers[1] - centers[0] == pytest.approx(centers[2] - centers[1], abs=1)
    assert centers == sorted(centers)


HOSTILE = ["</script><b>bold</b>", "<img src=x onerror=window.hacked=1>", "${alert(1)}`'\"\\"]


def test_labels_are_shown_as_they_are_and_nothing_is_requested(page):
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
    page.requested()
    page.open(made)
    page.press(RIGHT)
    rest(page)
    assert page.text("title") == HOSTILE[0]
    assert [name.text for name in page.all("#network .input-box .tag")] == [name[:99] for name in HOSTILE]
    page.all("#network .neuron")[0].click()
    assert page.find("opened").is_displayed()
    assert page.run("return [typeof window.hacked, document.querySelectorAll('img').length]") == ["undefined", 0]
    assert "bold" not in [bold.text for bold in page.all("b")]
    (asked,) = [address for address in page.requested() if not address.startswith(("data:", "about:"))]
    assert asked.startswith("file:")
