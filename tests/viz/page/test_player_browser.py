"""The player as a reader uses it, in a browser: what each step shows, and what the classic mistakes lead to."""

import re

import pytest
from support.drawn_graphs import neuron
from support.player_graphs import ASSIGN, ORDER, ZERO, backwards, matrix_player, network, screens, shared, undone, uses

import viz
from engine import Value, relu, topological_order
from viz.notation import names, number


@pytest.mark.parametrize("graph", [shared, lambda: neuron()[0], lambda: Value(2.0, "alone")])
def test_each_step_shows_what_is_known_by_then(page, graph):
    value = graph()
    page.open(viz.player(value))
    expected = list(screens(value))
    for at, screen in enumerate(expected):
        assert page.step == (at, len(expected) - 1)
        assert page.numbers() == screen
        assert page.marked() == {}
        page.find("next").click()


def test_the_sentence_says_a_step_in_symbols_in_numbers_and_from_what_to_what(page):
    x, y = Value(-3.0, "x"), Value(2.0, "y")
    product = x * y
    product.label = "p"
    page.open(viz.player(product * x))
    sentences = []
    for _ in range(page.step[1] + 1):
        sentences.append(page.text("sentence"))
        page.find("next").click()
    assert sentences[1:3] == ["p = x * y = (-3) * 2 = -6", "v1 = p * x = (-6) * (-3) = 18"]
    assert "backwards" in sentences[3]
    assert "v1.grad = 1" in sentences[3]
    assert sentences[4:] == [
        "p.grad += v1.grad · ∂v1/∂p = 1 · (-3) = -3 : 0 → -3",
        "x.grad += v1.grad · ∂v1/∂x = 1 · (-6) = -6 : 0 → -6",
        "x.grad += p.grad · ∂p/∂x = (-3) · 2 = -6 : -6 → -12",
        "y.grad += p.grad · ∂p/∂y = (-3) · (-3) = 9 : 0 → 9",
    ]


def test_the_trace_has_a_row_for_each_step_and_marks_the_one_that_is_shown(page):
    value = shared()
    page.open(viz.player(value), "#panel=trace")
    called, steps = names(topological_order(value)), backwards(value)
    bodies = page.run("return [...document.querySelectorAll('#trace tbody')].map((body) => body.rows.length)")
    assert bodies == [6, 8, 9]
    assert len(page.all("#trace tr.pending")) == 4 + 8 + 9
    page.find("last").click()
    rows = page.run(
        "return [...document.querySelectorAll('#trace table:last-child tbody tr')]"
        ".map((row) => [row.cells[0].textContent, row.cells[row.cells.length - 1].textContent])"
    )
    assert rows[1:] == [[f"{called[step.node]}.grad +=", f"→ {number(step.after)}"] for step in steps[1:]]
    (current,) = page.all("#trace table:last-child tr.current")
    assert current.text.startswith(rows[-1][0])
    assert page.all("#trace tr.pending") == []


@pytest.mark.parametrize("panel", ["trace", "matrices"])
def test_back_at_a_step_everything_is_as_it_was(page, panel):
    value, parameters = neuron()
    page.open(viz.player(value, parameters=parameters, matrices={"w": [[w] for w in parameters]}), f"#panel={panel}")
    last = page.step[1]
    forwards = []
    for _ in range(last + 1):
        forwards.append(page.everything())
        page.find("next").click()
    for at in [*reversed(range(last)), last, 3, last - 1, 0, last // 2]:
        page.go(at)
        assert page.everything() == forwards[at], at


def test_the_edge_and_the_nodes_of_a_step_are_marked_and_partials_are_shown_once_known(page):
    value = shared()
    nodes = topological_order(value)
    page.open(viz.player(value))
    edges = [(nodes.index(operand), place) for place, node in enumerate(nodes) for operand, _ in uses(node)]
    results = [place for place, node in enumerate(nodes) if not node.is_leaf]

    def marked(kind, selector):
        script = "return [...document.querySelectorAll(arguments[0])].map((group) => [...group.classList])"
        return {place for place, kinds in enumerate(page.run(script, selector)) if kind in kinds}

    for at in range(6):
        page.go(at)
        assert marked("current", ".edge") == set()
        shown = [text.is_displayed() for text in page.all("#graph .partial")]
        assert shown == [target in results[:at] for _, target in edges]
    assert marked("current", ".node") == {len(nodes) - 1}
    passed = set()
    for at in range(6, page.step[1] + 1):
        page.go(at)
        (edge,) = marked("current", ".edge")
        assert marked("current", ".node") == set(edges[edge])
        passed.add(edge)
        assert marked("passed", ".edge") == passed
    assert len(passed) == 8


def test_nothing_is_requested_but_the_page(page):
    page.visit("about:blank")
    page.requested()
    page.open(matrix_player()[2])
    page.find("last").click()
    page.choose_node("loss")
    (asked,) = [address for address in page.requested() if not address.startswith(("data:", "about:"))]
    assert asked.startswith("file:")
    assert page.run("return performance.getEntriesByType('resource').map((entry) => entry.name)") in ([], ["data:,"])


def test_in_a_frame_of_a_notebook_it_steps_as_well(page, tmp_path):
    made = viz.player(shared())
    notebook = tmp_path / "notebook.html"
    frame = made._repr_mimebundle_()["text/html"]
    notebook.write_text(f"<!doctype html><meta charset=utf-8><p>cell</p>{frame}", encoding="utf-8")
    page.visit(notebook.as_uri())
    page.driver.switch_to.frame(0)
    page.run("for (const name of ['next', 'last']) document.getElementById(name).click()")
    assert page.step == (13, 13)
    assert page.numbers() == list(screens(shared()))[-1]
    page.wait(lambda: page.run("return addressTimer !== null"))
    assert page.run("try { return Boolean(window.parent.document) } catch { return false }") is False
    page.driver.switch_to.default_content()


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
    page.open(viz.player(value), "#panel=trace")
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
    assert ".grad · ∂" in page.text("sentence")


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
