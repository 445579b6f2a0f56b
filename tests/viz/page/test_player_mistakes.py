"""The classic mistakes as the player shows them, in a browser."""

import pytest
from support.drawn_graphs import neuron
from support.player_graphs import ASSIGN, ORDER, ZERO, backwards, network, screens, shared, undone

import viz
from engine import Value, relu, topological_order
from viz.notation import names

ALL = [(ORDER,), (ASSIGN,), (ZERO,), (ORDER, ASSIGN), (ORDER, ZERO), (ASSIGN, ZERO), (ORDER, ASSIGN, ZERO)]


@pytest.mark.parametrize("mistakes", ALL, ids="+".join)
def test_with_a_mistake_each_step_shows_what_it_leads_to(page, mistakes):
    value = shared()
    page.open(viz.player(value))
    page.make_mistakes(*mistakes)
    expected = list(screens(value, mistakes))
    for at, screen in enumerate(expected):
        page.go(at)
        assert page.numbers() == screen


@pytest.mark.parametrize("mistakes", ALL, ids="+".join)
@pytest.mark.parametrize("graph", [shared, lambda: network()[0]])
def test_in_the_end_wrong_gradients_stand_beside_the_right_ones(page, graph, mistakes):
    value = graph()
    page.open(viz.player(value))
    page.make_mistakes(*mistakes)
    page.find("last").click()
    wrong = undone(value, mistakes)
    assert page.marked() == wrong
    called = list(names(topological_order(value)).values())
    verdict = page.text("verdict")
    if not wrong:
        assert verdict.startswith("Here it makes no difference")
        return
    assert verdict.startswith("Wrong in the end: ")
    named = verdict.removeprefix("Wrong in the end: ").removesuffix(".").split(" and ")[0].split(", ")
    shorter = {name.rpartition(".")[2] for name in called} | set(called)
    assert len(named) == min(3, len(wrong))
    assert {name.removesuffix(".grad") for name in named} <= shorter
    assert ("more" in verdict) == (len(wrong) > 3)
    page.make_mistakes()
    assert page.marked() == {}
    assert page.text("verdict") == ""


def test_a_wrong_gradient_is_marked_only_when_it_changes_no_more(page):
    value = shared()
    page.open(viz.player(value))
    page.make_mistakes(ASSIGN)
    changes, wrong = backwards(value, [ASSIGN]), undone(value, [ASSIGN])
    nodes = topological_order(value)
    seed = page.step[1] - len(changes) + 1
    for at in range(page.step[1] + 1):
        page.go(at)
        to_come = {nodes.index(step.node) for step in changes[max(0, at - seed + 1) :]}
        settled = {place: right for place, right in wrong.items() if place not in to_come and at >= seed}
        assert page.marked() == settled


def test_the_sentence_assigns_where_that_is_the_mistake(page):
    page.open(viz.player(shared()))
    page.make_mistakes(ASSIGN)
    page.find("last").click()
    assert ".grad = ∂" in page.text("sentence")
    assert "+=" not in page.text("sentence")
    assert "+=" not in page.text("trace")
    page.make_mistakes()
    assert ".grad += ∂" in page.text("sentence")


@pytest.mark.parametrize(
    ("graph", "mistakes", "reason"),
    [
        (lambda: neuron()[0], (ASSIGN,), ": every number is used only once."),
        (lambda: neuron()[0], (ORDER,), ": every number is used only once."),
        (lambda: Value(3.0, "x") * 2, (ORDER, ASSIGN), ": every number is used only once."),
        (lambda: square_of_a_leaf(), (ORDER,), ": every result is used only once."),
        (lambda: relu(Value(-1.0, "x")), (ZERO,), ": every gradient that could be left over is 0."),
    ],
)
def test_a_mistake_that_makes_no_difference_says_so_and_why(page, graph, mistakes, reason):
    page.open(viz.player(graph()))
    page.make_mistakes(*mistakes)
    assert page.text("verdict") == f"Here it makes no difference{reason}"
    page.find("last").click()
    assert page.marked() == {}
    assert page.text("verdict") == f"Here it makes no difference{reason}"


def square_of_a_leaf():
    x = Value(3.0, "x")
    return x * x


def test_another_order_of_additions_alone_is_not_called_wrong(page):
    """0.1 + 0.2 - 0.3 is 5.6e-17 or 2.8e-17, as it is added. Each result is used once: the order is no mistake."""
    x = Value(1.0, "x")
    page.open(viz.player((x * 0.1 + x * 0.2) + x * -0.3))
    page.make_mistakes(ORDER)
    page.find("last").click()
    assert page.text("verdict") == "Here it makes no difference: every result is used only once."
    assert page.marked() == {}


def test_a_finite_gradient_where_an_infinite_one_is_right_is_called_wrong(page):
    x = Value(0.5, "x")
    page.open(viz.player(x * 1.5e308 + x * 1.5e308))
    page.make_mistakes(ASSIGN)
    page.find("last").click()
    assert page.marked() == {0: "inf"}
    assert page.text("verdict") == "Wrong in the end: x.grad."
