"""Leaves that are changed in the player, in a browser: what follows, against the graph made again in Python."""

import dataclasses

import pytest
from support.browser import BITS, bits
from support.drawn_graphs import neuron
from support.live_graphs import STATE, again, everything, place_of, state, type_into
from support.player_graphs import ASSIGN, ORDER, ZERO, matrix_player, network, screens, shared, undone

import engine
import viz
from engine import Value, gradients, log, relu, scope, sqrt, topological_order
from viz.notation import names, number


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
    page.open(viz.player(root), f"#step={step}&node=1&panel=trace")
    for label, text in typed.items():
        place = place_of(root, label)
        type_into(page, place, text)
        changed[place] = float(text)
        made = again(root, changed)
        assert page.run(STATE) == state(made)
    assert page.numbers() == list(screens(made))[min(step, page.step[1])]
    is_known = step >= sum(not node.is_leaf for node in topological_order(root))
    said = f"{names(topological_order(root))[root]} {number(root.data)} → {number(made.data)}"
    assert page.text("result-now") == (said if is_known else ""), "what is to come is not given away"
    _, trace, *_ = everything(page)
    page.show_panel("explain")
    explained = page.text("explanation")
    page.open(viz.player(made), f"#step={step}&node=1&panel=trace")
    assert page.everything()[1] == trace
    page.show_panel("explain")
    assert page.text("explanation") == explained.replace("parameter", "input"), "there are no scopes in the copy"


def test_a_branch_that_is_no_longer_taken_changes_its_formula_and_passes_nothing_back(page):
    x = Value(2.0, "x")
    page.open(viz.player(relu(x) * 3), "#step=99999&panel=trace")
    partial = "return [...document.querySelectorAll('#trace table:nth-of-type(2) tbody tr')][0].textContent"
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


FAILURES = [
    (lambda x: log(x) * 2, "-1", "v1 = log(x) = log(-1) does not exist: log has no value at"),
    (lambda x: 1 / x + x, "0", "v1 = 1 / x = 1 / 0 does not exist: division of 1 by zero"),
    (lambda x: engine.exp(x) - x, "1000", "v1 = exp(x) = exp(1000) does not exist: exp is too large for a float"),
    (lambda x: x**2.5, "-4", "v1 = x ** 2.5 = (-4) ** 2.5 does not exist: pow has no value"),
]


@pytest.mark.parametrize(("make", "bad", "words"), FAILURES, ids=["log", "div", "exp", "pow"])
def test_where_a_node_has_no_value_the_page_names_it_and_keeps_the_rest(page, make, bad, words):
    root = make(Value(2.0, "x"))
    page.open(viz.player(root), "#step=99999&panel=trace")
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


def test_what_the_page_cannot_compute_is_said_and_stays_as_recorded(page):
    made = viz.player(shared())
    changed = dataclasses.replace(made, html=made.html.replace("  mul: {", "  other: {"))
    page.open(changed, "#data=0:5&step=99999")
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
    page.open(made, "#step=99999&panel=matrices")
    weight = topological_order(loss).index(matrices["W1"][0][1])
    type_into(page, weight, "1.5")
    changed = again(loss, {weight: 1.5})
    changed.backward()
    entries = {button.accessible_name.split(": ")[0]: button.text for button in page.all("#matrices button")}
    name = "W1[0, 1], layer0.neuron1.w[0]"
    assert (entries[name], entries[f"d{name}"]) == ("1.5", number(topological_order(changed)[weight].grad, 3))


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
