"""The fields of the player's numbers, in a browser: typed, stepped, dragged, put back, and in the address."""

import math

import pytest
from selenium.webdriver.common.keys import Keys
from support.drawn_graphs import HOSTILE, neuron
from support.live_graphs import STATE, again, drag, everything, field, place_of, state, type_into
from support.player_graphs import network, shared

import viz
from engine import Value, log, topological_order


def test_arrow_keys_step_and_shift_makes_the_steps_bigger(page):
    root = Value(2.0, "x") * Value(-0.125, "y")
    page.open(viz.player(root))
    for place, keys, expected in [
        (0, Keys.ARROW_UP, "2.1"),
        (0, Keys.ARROW_DOWN * 2, "1.9"),
        (0, Keys.SHIFT + Keys.ARROW_UP, "2.9"),
        (0, Keys.NULL + Keys.PAGE_DOWN * 4, "-1.1"),
        (1, Keys.ARROW_UP, "-0.12"),
        (1, Keys.ARROW_UP * 12, "0"),
        (1, Keys.ARROW_UP, "0.01"),
    ]:
        field(page, place).send_keys(keys)
        assert field(page, place).get_property("value") == expected
        assert page.run(f"return record.nodes[{place}].data") == float(expected)
    assert page.step[0] == 0, "the keys of the page are left alone"
    field(page, 0).send_keys(" ", Keys.HOME, Keys.ARROW_RIGHT)
    assert page.step[0] == 0
    assert page.text("play") == "Play"


READ = [
    "1",
    " -2.5 ",
    "+.5",
    "5.",
    "1e3",
    "1E-400",
    "1_000.5_0",
    "٣",
    "１.５",
    "\U0001d7d9",
    "0x10",
    "",
    "1e999",
    "nan",
    "inf",
]


READ += [
    "1__0",
    "_1",
    "1_",
    "1e",
    "e1",
    ".",
    "- 1",
    "1,5",
    "½",
    "²",
    "1e5.0",
    "--1",
    "0b1",
    "1n",
    "NaN",
    "Infinity",
    "1 2",
    "x",
]


def test_a_field_reads_what_python_reads_as_a_finite_number(page):
    def in_python(text):
        try:
            found = float(text)
        except ValueError:
            return None
        return found if math.isfinite(found) else None

    page.open(viz.player(shared()))
    assert page.run("return arguments[0].map(readNumber)", READ) == [in_python(text) for text in READ]


def test_a_text_that_is_no_number_is_named_and_undone(page):
    page.open(viz.player(shared()))
    place = place_of(shared(), "x")
    type_into(page, place, "two")
    assert page.text("refusal") == "“two” is not a finite number: x data stays 0.7."
    assert field(page, place).get_property("value") == "0.7"
    assert page.run(STATE) == state(shared())
    type_into(page, place, "2")
    assert page.text("refusal") == ""
    field(page, place).send_keys("9" + Keys.ESCAPE)
    assert page.run(STATE) == state(again(shared(), {place: 2.0}))


def test_dragging_over_a_leaf_changes_it_and_a_click_still_chooses_it(page):
    root = shared()
    page.open(viz.player(root))
    place = place_of(root, "x")
    drag(page, place, 10, 30)
    assert page.run(STATE) == state(again(root, {place: 0.8})), "a step for every 4 pixels"
    assert page.all("#graph .selected") == []
    drag(page, place, -20, key=Keys.SHIFT)
    assert page.run(STATE) == state(again(root, {place: 0.3}))
    page.click_node(place)
    assert len(page.all("#graph .selected")) == 1
    assert page.run(STATE) == state(again(root, {place: 0.3}))


def test_a_finger_drags_as_well(page):
    root = shared()
    page.open(viz.player(root))
    place = place_of(root, "x")
    x, y = page.run(
        "const b = graph.nodeGroup(arguments[0]).getBoundingClientRect(); return [b.x + 40, b.y + 20]", place
    )
    for kind, points in [("Start", [x]), ("Move", [x + 20]), ("Move", [x + 40]), ("End", [])]:
        touches = [{"x": at, "y": y} for at in points]
        page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": touches})
    page.wait(lambda: page.run("return record.nodes[arguments[0]].data", place) == 0.8)


def test_as_recorded_puts_one_leaf_back_or_all(page):
    root = shared()
    page.open(viz.player(root), "#step=99999&panel=trace")
    fresh = everything(page)
    x, y = place_of(root, "x"), place_of(root, "y")
    for place in (x, y):
        assert not page.find(f"leaf-{place}-back").is_displayed()
        type_into(page, place, "5")
    page.find(f"leaf-{x}-back").click()
    assert page.run(STATE) == state(again(root, {y: 5.0}))
    page.find("as-recorded").click()
    assert page.run(STATE) == state(root)
    assert everything(page) == fresh


@pytest.mark.parametrize(("text", "number"), [("-0", -0.0), ("1e300", 1e300)])
def test_the_address_carries_the_leaves_that_were_changed_with_all_digits(page, text, number):
    root = shared()
    page.open(viz.player(root))
    x, y = place_of(root, "x"), place_of(root, "y")
    type_into(page, x, "0.30000000000000004")
    type_into(page, y, text)
    written = text.replace("e", "e+")
    page.wait(lambda: page.driver.current_url.endswith(f"#step=0&data={x}:0.30000000000000004,{y}:{written}"))
    page.visit(page.driver.current_url)
    assert page.run(STATE) == state(again(root, {x: 0.1 + 0.2, y: number}))
    page.run("location.hash = '#step=3'")
    page.wait(lambda: page.step[0] == 3)
    assert page.run(STATE) == state(root)


MEANINGLESS = ["#data=", "#data=0", "#data=0:", "#data=0:nan,1:inf", "#data=2:5", "#data=99:1,-1:2", "#data=0:1e999"]


MEANINGLESS += [
    "#data=__proto__:1,constructor:2",
    "#data=0:<script>window.hacked=1</script>",
    "#data=1e0:5,0x0:5,0.0:3",
]


def test_addresses_that_mean_nothing_change_nothing(page):
    root = shared()
    assert not topological_order(root)[2].is_leaf
    for fragment in MEANINGLESS:
        page.open(viz.player(root), fragment)
        assert page.run(STATE) == state(root), fragment
        assert page.run("return typeof window.hacked") == "undefined"
    page.open(viz.player(log(Value(1.0, "x"))), "#data=0:-1")
    assert page.text("failure").startswith("v1 = log(x) = log(-1)")


def test_a_field_is_called_after_its_leaf_whatever_its_label(page):
    leaves = [Value(2.0, label) for label in HOSTILE]
    page.open(viz.player(sum(leaves[1:], leaves[0])))
    names = [found.accessible_name for found in page.all("#fields input")]
    options = [option.get_property("textContent") for option in page.all("#node option")]
    assert {" ".join(name.split()) for name in names} <= {" ".join(f"{option} data".split()) for option in options}
    assert len(set(names)) == len(HOSTILE)
    assert page.run("return typeof window.hack") == "undefined"


def test_inputs_stand_before_parameters(page):
    root, parameters = neuron()
    page.open(viz.player(root, parameters=parameters))
    assert [name.text for name in page.all("#fields .field-name")] == ["x1", "x2", "w1", "w2", "b"]


def test_choosing_a_leaf_brings_its_field_in_sight(page):
    loss, parameters, _ = network()
    page.open(viz.player(loss, parameters=parameters))
    page.size(390, 844, is_mobile=True)
    place = place_of(loss, "layer0.neuron1.w[1]")
    page.choose_node("layer0.neuron1.w[1]")
    (name,) = page.all("#fields .chosen .field-name")
    assert name.text == "layer0.neuron1.w[1]"
    inside = """
    const [field, pane] = [arguments[0], "fields"].map((id) => document.getElementById(id).getBoundingClientRect());
    return pane.top <= field.top && field.bottom <= pane.bottom + 1;
    """
    assert page.run(inside, f"leaf-{place}")
    page.choose_node("loss")
    assert page.all("#fields .chosen") == []
