"""Leaves that are changed in the player, in a browser: what follows, against the graph made again in Python."""

import math

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from support.browser import BITS, bits
from support.drawn_graphs import HOSTILE, neuron
from support.live_graphs import again, state
from support.player_graphs import ASSIGN, ORDER, ZERO, matrix_player, network, screens, shared, undone

import engine
import viz
from engine import Value, gradients, log, relu, scope, sqrt, topological_order
from viz.notation import number

STATE = f"""{BITS}
return [
  record.nodes.map(({{ data }}) => bits(data)),
  record.edges.map(({{ partial, cut }}) => [bits(partial), cut]),
  right.gradients.map(bits),
];
"""


def place_of(root, label):
    """Which node has this label."""
    return [node.label for node in topological_order(root)].index(label)


def field(page, place):
    """The field of a leaf."""
    return page.find(f"leaf-{place}")


def type_into(page, place, text):
    """Type a number in the place of the one that is there."""
    field(page, place).send_keys(Keys.CONTROL, "a")
    field(page, place).send_keys(text + Keys.ENTER)


def everything(page):
    """All that is shown, when the lines out of sight have followed, too."""
    page.wait(lambda: page.run("return trace.lines.every((line) => !line.isStale)"))
    return page.everything()


def drag(page, place, *pixels, key=None):
    """Drag over a node to the right, in some moves."""
    actions = ActionChains(page.driver).click_and_hold(page.all("#graph .node")[place])
    if key:
        actions.key_down(key)
    for distance in pixels:
        actions.move_by_offset(distance, 0)
    actions.release()
    (actions.key_up(key) if key else actions).perform()


def kinked():
    """A graph with a branch that can go either way, and one of each kind of choice."""
    x, y = Value(0.5, "x"), Value(-1.0, "y")
    return relu(x * y) * 2 + engine.maximum(x, y) * x + abs(y) + engine.where(engine.step(x), y * x, y)


GRAPHS = {
    "shared": (shared, {"x": "1.25", "y": "-3"}),
    "neuron": (lambda: neuron()[0], {"w2": "1e-3", "b": "-7.5"}),
    "kinked": (kinked, {"y": "2", "x": "-0.5"}),
    "network": (lambda: network()[0], {"x1": "0.3"}),
}


@pytest.mark.parametrize("step", [0, 4, 99999])
@pytest.mark.parametrize("name", GRAPHS)
def test_all_numbers_follow_a_leaf_as_if_the_graph_were_made_again(page, name, step):
    make, typed = GRAPHS[name]
    root, changed = make(), {}
    page.open(viz.player(root), f"#step={step}&node=1")
    for label, text in typed.items():
        place = place_of(root, label)
        type_into(page, place, text)
        changed[place] = float(text)
        made = again(root, changed)
        assert page.run(STATE) == state(made)
    assert page.numbers() == list(screens(made))[min(step, page.step[1])]
    _, trace, *_ = everything(page)
    explained = page.text("explanation")
    page.open(viz.player(made), f"#step={step}&node=1")
    assert page.everything()[1] == trace
    assert page.text("explanation") == explained.replace("parameter", "input"), "there are no scopes in the copy"


def test_a_branch_that_is_no_longer_taken_changes_its_formula_and_passes_nothing_back(page):
    x = Value(2.0, "x")
    page.open(viz.player(relu(x) * 3), "#step=99999")
    partial = "return [...document.querySelectorAll('#trace table:nth-child(2) tbody tr')][0].textContent"
    assert page.run(partial) == "∂v1/∂x= 1 where x > 0= 1"
    type_into(page, 0, "-2")
    assert page.run(partial) == "∂v1/∂x= 0 where x <= 0= 0"
    assert page.run("return record.edges[0].cut")
    assert page.numbers()[0] == ("-2", "0")


@pytest.mark.parametrize("mistakes", [(ASSIGN,), (ORDER,), (ZERO, ASSIGN)], ids="+".join)
def test_mistakes_are_made_with_the_changed_numbers(page, mistakes):
    root = shared()
    page.open(viz.player(root), f"#step=99999&mistakes={','.join(mistakes)}")
    type_into(page, place_of(root, "x"), "-2.5")
    made = again(root, {place_of(root, "x"): -2.5})
    assert page.numbers() == list(screens(made, mistakes))[-1]
    assert page.marked() == undone(made, mistakes)


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
        "const b = graph.nodes[arguments[0]].group.getBoundingClientRect(); return [b.x + 40, b.y + 20]", place
    )
    for kind, points in [("Start", [x]), ("Move", [x + 20]), ("Move", [x + 40]), ("End", [])]:
        touches = [{"x": at, "y": y} for at in points]
        page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": touches})
    page.wait(lambda: page.run("return record.nodes[arguments[0]].data", place) == 0.8)


FAILURES = [
    (lambda x: log(x) * 2, "-1", "v1 = log(x) = log(-1) does not exist: log has no value at"),
    (lambda x: 1 / x + x, "0", "v1 = 1 / x = 1 / 0 does not exist: division of 1 by zero"),
    (lambda x: engine.exp(x) - x, "1000", "v1 = exp(x) = exp(1000) does not exist: exp is too large for a float"),
    (lambda x: x**2.5, "-4", "v1 = x ** 2.5 = (-4) ** 2.5 does not exist: pow has no value"),
]


@pytest.mark.parametrize(("make", "bad", "words"), FAILURES, ids=["log", "div", "exp", "pow"])
def test_where_a_node_has_no_value_the_page_names_it_and_keeps_the_rest(page, make, bad, words):
    root = make(Value(2.0, "x"))
    page.open(viz.player(root), "#step=99999")
    before = page.numbers()
    type_into(page, 0, bad)
    assert page.text("failure").startswith(words)
    assert page.find("failure").is_displayed()
    (failed,) = page.all("#graph .failed .name")
    assert failed.text == "v1"
    assert page.numbers() == [(number(float(bad)), before[0][1]), *before[1:]]
    assert page.run(STATE) == state(root)
    assert page.run("return getComputedStyle(document.querySelector('#trace table')).opacity") == "0.45"
    page.find("next").click()
    page.find("first").click()
    page.find("last").click()
    assert page.find("failure").is_displayed()
    type_into(page, 0, "3")
    assert page.text("failure") == ""
    assert not page.find("failure").is_displayed()
    assert page.all("#graph .failed") == []
    assert page.run(STATE) == state(again(root, {0: 3.0}))


def test_a_derivative_that_does_not_exist_is_undefined_only_where_it_matters(page):
    root = sqrt(Value(4.0, "x")) + Value(1.0, "y") * 2
    page.open(viz.player(root), "#step=99999")
    type_into(page, 0, "0")
    made = again(root, {0: 0.0})
    assert page.run(STATE) == state(made)
    assert page.numbers()[0] == ("0", "undefined")
    assert page.text("failure") == ""


def test_as_recorded_puts_one_leaf_back_or_all(page):
    root = shared()
    page.open(viz.player(root), "#step=99999")
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


def test_the_address_carries_the_leaves_that_were_changed_with_all_digits(page):
    root = shared()
    page.open(viz.player(root))
    x, y = place_of(root, "x"), place_of(root, "y")
    type_into(page, x, "0.30000000000000004")
    type_into(page, y, "-0")
    page.wait(lambda: page.driver.current_url.endswith(f"#step=0&data={x}:0.30000000000000004,{y}:-0"))
    page.visit(page.driver.current_url)
    assert page.run(STATE) == state(again(root, {x: 0.1 + 0.2, y: -0.0}))
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


def test_what_the_page_cannot_compute_is_said_and_stays_as_recorded(page):
    made = viz.player(shared())
    page.open(viz.Player(made.html.replace("  mul: {", "  other: {"), made.nodes, made.steps), "#data=0:5&step=99999")
    assert page.text("leaves-note") == "They stay as recorded: this page cannot compute *."
    assert not any(found.is_enabled() for found in page.all("#fields input, #as-recorded"))
    assert page.all("#graph .draggable") == []
    assert page.numbers() == list(screens(shared()))[-1]


def test_a_gradient_in_which_a_failure_waits_is_shown_as_it_was_recorded(page):
    x = Value(0.5, "x")
    (slope,) = gradients(engine.where(engine.step(x - 1), sqrt(engine.relu(x - 1)), x * x), [x])
    page.open(viz.player(slope), "#step=99999&data=0:2")
    assert page.text("failure") == ""
    assert page.text("leaves-note") == "They stay as recorded: this page cannot compute all of them."
    assert page.numbers()[-1] == ("1", "1")


def test_choosing_a_leaf_brings_its_field_in_sight(page):
    loss, parameters, _ = network()
    page.open(viz.player(loss, parameters=parameters))
    page.size(390, 844, is_mobile=True)
    place = place_of(loss, "layer0.neuron1.w[1]")
    page.choose("node", "layer0.neuron1.w[1]")
    (name,) = page.all("#fields .chosen .field-name")
    assert name.text == "layer0.neuron1.w[1]"
    inside = """
    const [field, pane] = [arguments[0], "fields"].map((id) => document.getElementById(id).getBoundingClientRect());
    return pane.top <= field.top && field.bottom <= pane.bottom + 1;
    """
    assert page.run(inside, f"leaf-{place}")
    page.choose("node", "loss")
    assert page.all("#fields .chosen") == []


def test_gradients_can_be_the_colours_of_the_nodes(page):
    root = shared()
    page.open(viz.player(root), "#step=99999")
    page.choose("colors", "gradient")
    page.wait(lambda: page.driver.current_url.endswith("colors=gradient"))
    root.backward()
    signs = [node.grad >= 0 for node in topological_order(root)]
    classes = "return [...document.querySelectorAll('#graph .node')].map((node) => node.matches(arguments[0]))"
    assert page.run(classes, ".positive") == signs
    assert page.run(classes, ".negative") == [not sign for sign in signs]
    largest = number(max(abs(node.grad) for node in topological_order(root)))
    assert [item.text for item in page.all("#legend li")][::2] == [f"-{largest}", "0", largest]
    page.choose("colors", "roles")
    assert page.run(classes, ".positive, .negative") == [False] * len(signs)


def test_the_matrices_follow(page):
    loss, matrices, made = matrix_player()
    page.open(made, "#step=99999")
    weight = topological_order(loss).index(matrices["W1"][0][1])
    type_into(page, weight, "1.5")
    changed = again(loss, {weight: 1.5})
    changed.backward()
    entries = {button.accessible_name.split(": ")[0]: button.text for button in page.all("#matrices button")}
    name = "W1[0, 1], layer0.neuron1.w[0]"
    assert (entries[name], entries[f"d{name}"]) == ("1.5", number(topological_order(changed)[weight].grad))


def test_a_part_of_a_graph_is_replayed_with_what_comes_from_outside(page):
    root = shared()
    page.open(viz.player(root))
    root.backward(seed=-2.5)
    found = page.run(f"{BITS} return replay(record, new Set(), -2.5).gradients.map(bits)")
    assert found == [bits(node.grad) for node in topological_order(root)]


def test_a_scope_is_no_obstacle(page):
    root = scope("part")(lambda a: a * a)(Value(3.0, "a")) + 1
    page.open(viz.player(root))
    type_into(page, 0, "4")
    assert page.run(STATE) == state(again(root, {0: 4.0}))
