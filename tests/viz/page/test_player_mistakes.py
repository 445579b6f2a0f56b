"""The classic mistakes as the player shows them, in a browser."""

import re

import pytest
from support.drawn_graphs import neuron
from support.player_graphs import ASSIGN, ORDER, ZERO, backwards, network, screens, shared, undone

import viz
from engine import Value, relu, topological_order

ALL = [(ORDER,), (ASSIGN,), (ZERO,), (ORDER, ASSIGN), (ORDER, ZERO), (ASSIGN, ZERO), (ORDER, ASSIGN, ZERO)]


@pytest.mark.parametrize("mistakes", ALL, ids="+".join)
def test_with_mistakes_each_step_shows_what_they_lead_to_and_marks_what_stays_wrong(page, mistakes):
    """A wrong gradient is marked as soon as it changes no more."""
    value = shared()
    page.open(viz.player(value))
    page.make_mistakes(*mistakes)
    nodes, changes, wrong = topological_order(value), backwards(value, mistakes), undone(value, mistakes)
    seed = page.step[1] - len(changes) + 1
    for at, screen in enumerate(screens(value, mistakes)):
        page.go(at)
        assert page.numbers() == screen
        to_come = {nodes.index(step.node) for step in changes[max(0, at - seed + 1) :]}
        settled = {place: right for place, right in wrong.items() if place not in to_come and at >= seed}
        assert page.marked() == settled


@pytest.mark.parametrize("mistakes", ALL, ids="+".join)
def test_in_the_end_wrong_gradients_stand_beside_the_right_ones(page, mistakes):
    value = network()[0]
    page.open(viz.player(value))
    page.make_mistakes(*mistakes)
    page.find("last").click()
    wrong = undone(value, mistakes)
    assert len(wrong) > 3
    assert page.marked() == wrong
    verdict = page.text("verdict")
    assert re.fullmatch(rf"Wrong in the end: (\S+\.grad, ){{2}}\S+\.grad and {len(wrong) - 3} more\.", verdict)
    assert ("+=" in page.text("trace")) == ("+=" in page.text("sentence")) == (ASSIGN not in mistakes)
    page.make_mistakes()
    assert page.marked() == {}
    assert page.text("verdict") == ""
    assert ".grad += ∂" in page.text("sentence")


x = Value(1.0, "x")


@pytest.mark.parametrize(
    ("value", "mistakes", "reason"),
    [
        (neuron()[0], (ASSIGN,), "every number is used only once."),
        (neuron()[0], (ORDER,), "every number is used only once."),
        (x * x, (ORDER,), "every result is used only once."),
        # 0.1 + 0.2 - 0.3 is 5.6e-17 or 2.8e-17, as it is added: another order of additions alone is not called wrong.
        ((x * 0.1 + x * 0.2) + x * -0.3, (ORDER,), "every result is used only once."),
        (relu(-x), (ZERO,), "every gradient that could be left over is 0."),
    ],
)
def test_a_mistake_that_makes_no_difference_says_so_and_why(page, value, mistakes, reason):
    page.open(viz.player(value))
    page.make_mistakes(*mistakes)
    page.find("last").click()
    assert page.marked() == {}
    assert page.text("verdict") == f"Here it makes no difference: {reason}"


def test_a_finite_gradient_where_an_infinite_one_is_right_is_called_wrong(page):
    x = Value(0.5, "x")
    page.open(viz.player(x * 1.5e308 + x * 1.5e308))
    page.make_mistakes(ASSIGN)
    page.find("last").click()
    assert page.marked() == {0: "inf"}
    assert page.text("verdict") == "Wrong in the end: x.grad."
