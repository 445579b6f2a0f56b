"""The points of the playground in a browser: the plane behind them, and how they are added, moved and removed."""

import functools
import itertools

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.ui import Select
from support.playground_pages import (
    XOR_INPUTS,
    XOR_TARGETS,
    at_share,
    expected,
    points,
    press_on,
    rest,
    shown,
    trained,
    type_into,
    xor_playground,
)
from support.playgrounds import SETTINGS, made

from engine import no_grad

LEFT, UP, RIGHT, DOWN, SHIFT, DELETE, BACKSPACE = "\ue012", "\ue013", "\ue014", "\ue015", "\ue008", "\ue017", "\ue003"

AS_GIVEN = [f"a = {a}, b = {b}; target {a ^ b}" for a in (0, 1) for b in (0, 1)]


def named(page):
    """What is said of each point, without its number and the verdict."""
    return [label.partition(": ")[2].partition(", answered")[0] for label in points(page)]


def table(page):
    """The numbers in the fields of each row."""
    script = """
    const rows = [...document.querySelectorAll("#samples tbody tr")];
    return rows.map((row) => [...row.querySelectorAll("input")].map((field) => Number(field.value)));
    """
    return page.run(script)


def colors(page, canvas, shares):
    """Red, green and blue of a picture at shares of its width and height."""
    script = """
    const [canvas, shares] = arguments;
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    return shares.map(([right, up]) => {
      const start = 4 * (Math.round((1 - up) * (height - 1)) * width + Math.round(right * (width - 1)));
      return [...data.slice(start, start + 3)];
    });
    """
    return page.run(script, canvas, shares)


def test_pictures_have_the_sides_that_the_neurons_of_python_have(xor):
    xor.choose("speed", "10 steps a frame")
    xor.find("run").click()
    xor.wait(lambda: int(xor.text("steps")) > 60)
    xor.find("run").click()
    rest(xor)
    model = trained(int(xor.text("steps")))
    shares = list(itertools.product((0.1, 0.35, 0.6, 0.85), repeat=2))
    pictures = [colors(xor, canvas, shares) for canvas in xor.all("#network .neuron canvas, #plane canvas")]
    compared = 0
    for place, (right, up) in enumerate(shares):
        outputs = hidden_and_answer(model, [-0.25 + 1.5 * right, -0.25 + 1.5 * up])
        for (red, _, blue), output in zip((picture[place] for picture in pictures), outputs, strict=True):
            if abs(output) > 0.15:
                assert (red > blue) == (output > 0), (right, up, output)
                compared += 1
    assert compared > 50


def hidden_and_answer(model, point):
    """What the hidden neurons of a network give, and how far its answer is above one half; that is drawn twice."""
    with no_grad():
        answer = model(point).data - 0.5
        return [*(output.data for output in model.layers[0](point)), answer, answer]


def test_a_neuron_that_is_pointed_at_is_shown_large_and_so_is_the_one_that_is_chosen(xor):
    rest(xor)
    plane = xor.all("#plane canvas")[0]
    before = xor.run("return arguments[0].toDataURL()", plane)
    press_on(xor, xor.all("#network .neuron")[1])
    rest(xor)
    large = xor.run("return arguments[0].toDataURL()", plane)
    assert large != before
    assert xor.text("readout").startswith("neuron1 = tanh(")
    assert len(xor.all("#network .weights text")) == 2
    xor.find("reset").click()
    rest(xor)
    xor.choose("shown", "layer0.neuron1")
    rest(xor)
    assert xor.run("return arguments[0].toDataURL()", plane) == large


def test_wrong_answers_are_marked_in_the_plane_and_in_the_table(xor):
    for seed in (2, 1, 0):
        type_into(xor, xor.find("seed"), str(seed))
        answered = sides(trained(0, seed))
        wrong = [side != target for side, target in zip(answered, XOR_TARGETS, strict=True)]
        assert [label.endswith("answered wrong") for label in points(xor)] == wrong
        assert len(xor.all("#plane .wrong-ring")) == len(xor.all("#samples tr.wrong")) == sum(wrong) > 0
    xor.choose("speed", "10 steps a frame")
    xor.find("run").click()
    xor.wait(lambda: xor.text("score") == "4 of 4")
    xor.find("run").click()
    assert [label.endswith("answered right") for label in points(xor)] == [True] * 4
    assert xor.all("#plane .wrong-ring, #samples tr.wrong") == []


def sides(model):
    """The class that a network answers to each sample; None on the threshold."""
    with no_grad():
        answers = [model(x).data for x in XOR_INPUTS]
    return [None if answer == 0.5 else float(answer > 0.5) for answer in answers]


def test_a_click_in_the_plane_adds_a_point_of_the_chosen_class_which_is_trained_on(xor):
    at_share(xor, 0.5, 0.5).click().perform()
    assert named(xor) == [*AS_GIVEN, "a = 0.5, b = 0.5; target 1"]
    xor.all("#chooser input")[0].click()
    at_share(xor, 0.5, 0.7).click().perform()
    inputs = [*XOR_INPUTS, *table(xor)[4:]]
    assert inputs[5] == [0.5, pytest.approx(0.8, abs=0.011)]
    targets = [*XOR_TARGETS, 1.0, 0.0]
    assert named(xor)[5].endswith("target 0")
    xor.find("step").click()
    assert shown(xor) == expected(trained(1, inputs=inputs, targets=targets), inputs, targets)


def test_a_point_is_dragged_and_a_double_click_removes_it(xor):
    side = xor.all("#plane svg")[0].size["width"]
    at_share(xor, 1 / 6, 1 / 6).click_and_hold().move_by_offset(round(side / 3), 0).release().perform()
    moved = table(xor)[0]
    assert moved == [pytest.approx(0.5, abs=0.01), pytest.approx(0.0, abs=0.01)]
    assert named(xor) == [f"a = {moved[0]:g}, b = {moved[1]:g}; target 0", *AS_GIVEN[1:]]
    at_share(xor, 5 / 6, 5 / 6).double_click().perform()
    assert named(xor)[1:] == AS_GIVEN[1:3]
    assert shown(xor)[1].endswith("of 3")
    xor.find("restore").click()
    assert named(xor) == AS_GIVEN


def test_a_finger_drags_a_point_and_not_the_page(page):
    page.size(390, 844, is_mobile=True)
    touch = functools.partial(page.driver.execute_cdp_cmd, "Input.dispatchTouchEvent")
    try:
        page.open(xor_playground())
        rest(page)
        point = page.all("#plane .point")[0]
        middle = """
        arguments[0].scrollIntoView({ block: "center" });
        const { x, y, width, height } = arguments[0].getBoundingClientRect();
        return [x + width / 2, y + height / 2];
        """
        x, y = page.run(middle, point)
        before = page.run("return scrollY")
        touch({"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for step in range(1, 9):
            touch({"type": "touchMove", "touchPoints": [{"x": x, "y": y - 12 * step}]})
        touch({"type": "touchEnd", "touchPoints": []})
        up = 96 / page.all("#plane svg")[0].size["height"] * 1.5
        assert table(page)[0] == pytest.approx([0, up], abs=0.03)
        assert page.run("return scrollY") == before
    finally:
        page.reset()


def test_points_that_are_dragged_outside_stay_wholly_in_sight(xor):
    for right, up in itertools.product((-1, 1), repeat=2):
        start = at_share(xor, 0.5 + right / 3, 0.5 + up / 3)
        start.click_and_hold().move_by_offset(80 * right, -80 * up).release().perform()
    rest(xor)
    plane, *marks = xor.run(
        """
        const inside = [...document.querySelectorAll("#plane svg, #plane :is(.mark, .wrong-ring)")];
        const boxes = inside.map((found) => found.getBoundingClientRect());
        return boxes.map(({ left, top, right, bottom }) => [left, top, right, bottom]);
        """
    )
    assert len(marks) > 4, "some answers are wrong"
    for mark in marks:
        left, top, right, bottom = (abs(side - edge) for side, edge in zip(mark, plane, strict=True))
        assert max(min(left, right), min(top, bottom)) < 15, "near two edges"
        assert all(low <= side <= high for side, low, high in zip(mark, plane[:2] * 2, plane[2:] * 2, strict=True))


def test_a_point_that_is_removed_while_it_is_dragged_takes_no_other_with_it(xor):
    side = xor.all("#plane svg")[0].size["width"]
    for place, (right, up) in ((3, (5 / 6, 5 / 6)), (0, (1 / 6, 1 / 6))):
        at_share(xor, right, up).click_and_hold().move_by_offset(-10, 0).perform()
        press_on(xor, xor.all("#plane .point")[place], DELETE)
        ActionChains(xor.driver).move_by_offset(-round(side / 20), round(side / 20)).release().perform()
    assert named(xor) == AS_GIVEN[1:3]


def test_a_point_may_be_far_out_of_the_picture(xor):
    for far in ("1e308", "-1e308"):
        type_into(xor, xor.all("#samples tbody input")[0], far)
        assert named(xor)[0] == f"a = {float(far):.5g}, b = 0; target 0"
    assert xor.console() == []


def test_the_keyboard_moves_and_removes_points(xor):
    assert named(xor) == AS_GIVEN
    for keys, place in [
        ((RIGHT,), (0.0375, 0.0)),
        ((UP, UP), (0.0375, 0.075)),
        ((LEFT, DOWN), (0.0, 0.0375)),
        ((RIGHT,), (0.0375, 0.0375)),
    ]:
        press_on(xor, xor.all("#plane .point")[0], *keys)
        assert table(xor)[0] == pytest.approx(place, abs=0.011)
    for key, across in [(RIGHT, 0.225), (LEFT, 0.0375), (LEFT, -0.15), (LEFT, -0.175), (LEFT, -0.175)]:
        ActionChains(xor.driver).key_down(SHIFT).send_keys(key).key_up(SHIFT).perform()
        assert table(xor)[0] == pytest.approx([across, 0.0375], abs=0.011), "far, but wholly in sight"
    rest(xor)
    assert xor.text("steps") == "0", "the arrows make no steps there"
    for key, left in [(DELETE, 3), (BACKSPACE, 2), (DELETE, 1), (DELETE, 1)]:
        press_on(xor, xor.all("#plane .point")[0], key)
        assert len(points(xor)) == left
    assert xor.run("return document.activeElement.classList.contains('point')")


def test_the_table_has_fields_for_all_of_it(xor):
    first, second = xor.all("#samples tbody tr")[0].find_elements("css selector", "input")
    type_into(xor, second, "nonsense")
    assert xor.text("sample-refusal") == "b of point 1 stays as it was: it has to be a number."
    type_into(xor, first, "0.25")
    assert xor.text("sample-refusal") == ""
    assert named(xor)[0] == "a = 0.25, b = 0; target 0"
    Select(xor.all("#samples select")[0]).select_by_visible_text("1")
    assert named(xor)[0] == "a = 0.25, b = 0; target 1"
    xor.find("add").click()
    assert named(xor)[4] == "a = 1, b = 1; target 1"
    xor.all("#samples tbody button")[0].click()
    assert named(xor) == [*AS_GIVEN[1:], "a = 1, b = 1; target 1"]
    xor.find("restore").click()
    assert named(xor) == AS_GIVEN
    assert xor.find("restore").get_attribute("aria-disabled") == "true"


def test_the_last_point_cannot_be_removed_and_its_button_says_why(xor):
    buttons = []
    for _ in range(5):
        buttons = xor.all("#samples tbody button")
        buttons[0].click()
    assert len(buttons) == 1
    assert buttons[0].get_attribute("aria-disabled") == "true"
    assert buttons[0].get_attribute("title").startswith("The last point stays")
    xor.find("add").click()
    assert {button.get_attribute("aria-disabled") for button in xor.all("#samples tbody button")} == {"false"}


@pytest.mark.parametrize("name", ["classes", "one hot"])
def test_of_several_answers_the_largest_counts_and_one_is_shown(page, name):
    page.open(made(name)[2])
    model = made(name)[0]
    inputs, targets = SETTINGS[name].samples
    with no_grad():
        answers = [[output.data for output in model(x)] for x in inputs]
    classes = [target.index(1.0) if isinstance(target, list) else int(target) for target in targets]
    right = [max(row) == row[chosen] for row, chosen in zip(answers, classes, strict=True)]
    assert [label.endswith("answered right") for label in points(page)] == right
    assert page.text("score") == f"{sum(right)} of {len(right)}"
    assert [point.text for point in page.all("#plane .point text")] == [str(chosen) for chosen in classes]
    for shown_class in range(3):
        page.choose("shown", f"answer {shown_class}")
        rest(page)
        high = ["high" in point.get_attribute("class") for point in page.all("#plane .point")]
        assert high == [chosen == shown_class for chosen in classes]
