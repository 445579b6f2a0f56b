"""Training in the player, in a browser: its steps against a program's in Python, and what the page says of them."""

import copy
import math
import re

import pytest
from selenium.webdriver.common.keys import Keys
from support.browser import BITS, bits, play_by_hand, tick
from support.drawn_graphs import HOSTILE
from support.player_graphs import network, shared

import viz
from engine import Program, StaleGraphError, Value, exp, log, topological_order
from nn import SGD, Adam, AdamW, RMSProp
from viz.notation import number

NUMBERS = f"{BITS} return Array.from(trainer.training.numbers, bits);"

OPTIMIZERS = {
    "SGD": lambda parameters: SGD(parameters, 0.5),
    "momentum": lambda parameters: SGD(parameters, 0.2, momentum=0.9, nesterov=True),
    "RMSProp": RMSProp,
    "Adam": lambda parameters: Adam(parameters, 0.05),
    "AdamW": lambda parameters: AdamW(parameters, 0.05, weight_decay=0.1),
}


def trained(value, updates, steps, changed=()):
    """The bits of the leaves of the program of a training after some steps in Python, on a copy."""
    program = copy.deepcopy(Program(outputs=[value], updates=updates))
    for place, data in changed:
        program.leaves[place].data = data
    program.repeat(steps)
    return [bits(leaf.data) for leaf in program.leaves]


def simple(rate=0.25):
    """A loss of one parameter w, and its updates with a learning rate that is a Value."""
    w = Value(2.0, "w")
    loss = (w * 3 - 1) ** 2
    loss.label = "loss"
    return loss, SGD([w], rate).updates(loss, Value(rate, "rate"))


def steps(page):
    """How many steps of training the page counts."""
    return int(page.text("train-steps").replace(",", ""))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_hundred_steps_have_the_bits_of_python(page, name):
    loss, parameters, _ = network()
    updates = OPTIMIZERS[name](parameters).updates(loss)
    before = [leaf.data for leaf, _ in updates]
    page.open(viz.player(loss, parameters=parameters, updates=updates))
    assert [leaf.data for leaf, _ in updates] == before, "no leaf is changed"
    assert page.text("comparison") == "After 1 step the 9 parameters will be compared with Python's, bit by bit."
    for count, said in [(1, "1 step"), (9, "10 steps"), (15, "10 steps"), (75, "100 steps")]:
        page.run("trainer.take(arguments[0])", count)
        assert page.text("comparison") == f"After {said} the 9 parameters are those that Python computed, in every bit."
    assert steps(page) == 100
    assert page.run(NUMBERS) == trained(loss, updates, 100)
    assert page.find("train-loss").text == number(Program(outputs=[loss], updates=updates).repeat(100)[0])
    shown = dict(zip([node.label for node in topological_order(loss)], page.numbers(), strict=True))
    assert shown[parameters[0].label][0] == number(parameters[0].data), "the graph has the numbers of the training"


def test_a_step_plays_every_edge_and_then_the_updates(page):
    loss, updates = simple()
    page.open(viz.player(loss, updates=updates))
    play_by_hand(page)
    page.find("train-step").click()
    said = []
    for _ in range(page.step[1]):
        assert steps(page) == 0
        tick(page)
        said.append(page.text("sentence"))
    assert steps(page) == 1
    assert page.step[0] == 0
    assert tick(page) is None
    assert said[0].startswith("v1 = w * 3")
    page.find("last").click()
    assert page.text("sentence") == "Update: w ← w - (rate * w.grad) = (-5.5) - (0.25 * (-105)) = 20.75"
    assert [text for text in said if "grad +=" in text][-1] == "w.grad += v1.grad · ∂v1/∂w = 10 · 3 = 30 : 0 → 30"
    assert page.run(NUMBERS) == trained(loss, updates, 1)


def test_a_step_that_is_asked_for_again_is_finished_at_once(page):
    loss, updates = simple()
    page.open(viz.player(loss, updates=updates))
    play_by_hand(page)
    page.find("train-step").click()
    tick(page)
    assert page.text("train-step") == "Finish step"
    page.find("train-step").click()
    assert (steps(page), page.step[0], page.text("train-step")) == (1, 0, "Step")
    assert tick(page) is None
    page.find("train-step").click()
    page.find("next").click()
    assert page.text("train-step") == "Step", "whatever is done to the steps ends it"
    assert steps(page) == 1
    page.find("last").click()
    page.find("train-step").click()
    assert steps(page) == 2, "all has been seen"
    assert page.run(NUMBERS) == trained(loss, updates, 2)


def test_a_formula_too_long_to_be_read_is_left_out_and_no_chance_is_taken_for_the_gradient(page):
    loss, parameters, _ = network()
    page.open(viz.player(loss, updates=Adam(parameters, 0.05).updates(loss)), "#step=99999")
    said = r"Update: (\S+) ← -?[\d.]+, from -?[\d.]+ with \1\.grad = -?[\d.e-]+\."
    assert re.fullmatch(said, page.text("sentence"))
    page.open(viz.player(loss, updates=SGD(parameters, 0.5).updates(loss)), "#step=99999")
    said = r"Update: (\S+) ← \1 - \(0\.5 \* \1\.grad\) = (\S+) - \(0\.5 \* (\S+?)\) = (\S+)"
    name, *texts = re.fullmatch(said, page.text("sentence")).groups()
    before, slope, after = (float(text.strip("()")) for text in texts)
    (data,) = [leaf.data for leaf in parameters if leaf.label == name]
    assert (before, after) == (float(number(data)), pytest.approx(data - 0.5 * slope, rel=1e-4))
    loss, updates = simple(1.0)
    page.open(viz.player(loss, updates=updates), "#step=99999")
    assert page.text("sentence") == "Update: w ← w - (rate * w.grad) = 2 - (1 * 30) = -28", (
        "rate * grad is grad by chance"
    )
    w = Value(2.0, "w")
    page.open(viz.player(w * w, updates=[(w, w * 0.5 + 1)]), "#step=99999")
    assert page.text("sentence") == "Update: w ← (w * 0.5) + 1 = (2 * 0.5) + 1 = 2"


def test_mistakes_in_the_pass_are_not_in_the_update_and_it_says_so(page):
    loss, updates = simple()
    page.open(viz.player(loss, updates=updates), "#step=99999&mistakes=assign")
    assert page.text("sentence") == "Update with the right gradients: w ← w - (rate * w.grad) = 2 - (0.25 * 30) = -5.5"
    page.find("train-step").click()
    assert page.run(NUMBERS) == trained(loss, updates, 1)


@pytest.mark.parametrize("speed", ["60 a second", "full speed"])
def test_it_runs_until_it_is_paused(page, speed):
    loss, parameters, _ = network()
    updates = SGD(parameters, 0.5).updates(loss)
    page.open(viz.player(loss, updates=updates))
    page.choose("train-speed", speed)
    page.find("train-run").click()
    assert page.text("train-run") == "Pause"
    assert page.run("return document.getElementById('sentence').getAttribute('aria-live')") == "off"
    page.wait(lambda: steps(page) > 5)
    page.run("document.getElementById('train-run').click()")
    assert page.text("train-run") == "Run"
    assert page.run("return document.getElementById('sentence').getAttribute('aria-live')") == "polite"
    done = steps(page)
    assert page.run(NUMBERS) == trained(loss, updates, done)
    assert page.find("curve").find_element("css selector", "svg").accessible_name.startswith("Loss by step: ")
    page.find("train-run").click()
    page.find("back").click()
    assert page.text("train-run") == "Run"


def test_a_rate_and_leaves_that_are_changed_count_from_the_next_step_on(page):
    loss, updates = simple()
    page.open(viz.player(loss, updates=updates))
    (rate,) = page.all("#settings input")
    assert rate.accessible_name == "rate"
    rate.send_keys(Keys.CONTROL, "a")
    rate.send_keys("0.01" + Keys.ENTER)
    page.run("trainer.take(3)")
    assert page.run(NUMBERS) == trained(loss, updates, 3, [(1, 0.01)])
    assert page.text("comparison").startswith("You changed a number on the way")
    page.find("train-reset").click()
    assert page.run(NUMBERS) == trained(loss, updates, 0)
    assert (steps(page), page.text("train-loss"), rate.get_property("value")) == (0, "", "0.25")
    page.run("change([[0, -1.5]])")
    page.run("trainer.take(2)")
    assert page.run(NUMBERS) == trained(loss, updates, 2, [(0, -1.5)])
    page.find("as-recorded").click()
    page.run("trainer.take(1)")
    assert page.text("comparison") == "After 1 step the parameter is the one that Python computed, in every bit."


def test_a_training_that_fails_says_at_which_step_and_keeps_the_last_good_numbers(page):
    w = Value(2.0, "w")
    loss = exp(w * w)
    updates = [(w, w * 3)]
    page.open(viz.player(loss, updates=updates))
    page.choose("train-speed", "full speed")
    page.find("train-run").click()
    page.wait(lambda: page.text("train-run") == "Run")
    assert page.text("train-failure").startswith("Step 4 fails: exp is too large for a float at 2916")
    assert page.run(NUMBERS) == trained(loss, updates, 3)
    page.find("train-reset").click()
    assert not page.find("train-failure").is_displayed()
    assert page.text("failure") == ""


def test_without_updates_there_is_no_training(page):
    page.open(viz.player(shared()))
    assert [page.find(name).is_displayed() for name in ("train", "losses")] == [False, False]


def test_a_setting_is_called_after_its_label_whatever_that_is(page):
    w = Value(1.0, "w")
    labels = [*HOSTILE, ""]
    after = math.prod((Value(0.5, label) for label in labels), start=w)
    page.open(viz.player(w * w, updates=[(w, after)]), "#step=99999")
    called = [field.accessible_name for field in page.all("#settings input")]
    assert len(called) == len(labels)
    assert all(called)
    assert "Update: w ← " in page.text("sentence")
    assert page.run("return typeof window.hack") == "undefined"


def stale():
    """A loss whose leaf was changed after it was recorded."""
    loss, updates = simple()
    updates[0][0].data = 5.0
    return loss, updates


def refused(updates):
    """A loss of w, and these updates of it."""
    w = Value(1.0, "w")
    return w * w, updates(w)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (stale, StaleGraphError, "'w'"),
        (lambda: refused(lambda w: [(w, 2.0)]), TypeError, "Value"),
        (lambda: refused(lambda w: [(w * 2, w)]), ValueError, "leaf"),
        (lambda: refused(lambda w: [(w, w), (w, w)]), ValueError, "twice"),
        (lambda: refused(lambda w: [w]), TypeError, "pair"),
        (lambda: refused(lambda w: [(Value(2.0, "other"), w)]), ValueError, "no.* of a leaf of this graph.*other"),
    ],
    ids=["stale", "number", "result", "twice", "no pair", "of another graph"],
)
def test_updates_that_a_program_refuses_are_refused(make, error, words):
    loss, updates = make()
    with pytest.raises(error, match=words):
        viz.player(loss, updates=updates)


def test_a_training_that_soon_fails_in_python_is_compared_up_to_there(page):
    w = Value(1.0, "w")
    loss = log(w)
    page.open(viz.player(loss, updates=[(w, w - 0.3)]))
    page.run("trainer.take(1)")
    assert page.text("comparison") == "After 1 step the parameter is the one that Python computed, in every bit."
    page.run("trainer.take(9)")
    assert "Step 5 fails: log has no value" in page.text("train-failure")
