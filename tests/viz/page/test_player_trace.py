"""The trace of the player, in a browser: what it gives away, and how it and the graph show each other."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from support.browser import BITS
from support.player_graphs import shared

import viz
from engine import Value, topological_order

DOWN, ENTER = "\ue015", "\ue007"

# The texts of a row that are there when all is known.
ROWS = """
return [...document.querySelectorAll("#trace tbody tr")].map((row) =>
  [row.classList.contains("pending"), ...[...row.cells].map((cell) => cell.textContent)]);
"""


def test_what_is_to_come_shows_how_it_is_computed_and_no_number(page):
    page.open(viz.player(shared()), "#panel=trace&step=99999")
    complete = page.run(ROWS)
    for at in range(page.step[1] + 1):
        page.go(at)
        for (pending, name, *cells), (_, _, *full) in zip(page.run(ROWS), complete, strict=True):
            symbols = "" if name.startswith("∂") else full[0]
            assert cells == ([symbols, *[""] * (len(full) - 1)] if pending else full), (at, name)
    assert not any(pending for pending, *_ in page.run(ROWS))


def test_rows_and_nodes_show_each_other(page):
    root = shared()
    page.open(viz.player(root), "#panel=trace")
    u = [node.label for node in topological_order(root)].index("u")
    marked = "return [...document.querySelectorAll(`#trace tr.${arguments[0]} th`)].map((found) => found.textContent)"
    page.click_node(u)
    rows = ["u", "∂v/∂u", "∂v/∂u", "∂v1/∂u", *["u.grad +="] * 3]
    assert page.run(marked, "chosen") == rows
    selected = "return [...document.querySelectorAll('#graph .node')].findIndex((group) => group.matches('.selected'))"
    row = page.all("#trace tbody tr")[0]
    row.click()
    assert page.run(selected) == 0
    page.focus("trace")
    page.press(DOWN, DOWN, ENTER)
    assert page.run(selected) == 1
    page.press(DOWN, ENTER)
    assert page.run(selected) == 2
    assert page.step[0] == 0
    ActionChains(page.driver).move_to_element(page.all("#graph .node")[u]).perform()
    assert page.run(marked, "pointed") == rows
    ActionChains(page.driver).move_to_element(page.all("#trace tbody tr")[0]).perform()
    pointed = "return [...document.querySelectorAll('#graph .node')].map((group) => group.matches('.pointed'))"
    assert page.run(pointed) == [True, *[False] * 5]
    edge = page.all("#trace table:nth-of-type(2) tbody tr")[1]
    ActionChains(page.driver).move_to_element(edge).perform()
    assert (
        page.run("return [...document.querySelectorAll('.edge')].map((g) => g.matches('.pointed')).indexOf(true)") == 1
    )


def test_a_long_trace_scrolls_to_what_is_chosen_and_to_the_step(page):
    x = Value(1.0, "x")
    total = x
    for _ in range(60):
        total = total + x * 0.5
    page.open(viz.player(total, max_nodes=1000), "#panel=trace")
    inside = """
    const row = [...document.querySelectorAll(arguments[0])].at(arguments[1]).getBoundingClientRect();
    const pane = document.getElementById("trace").getBoundingClientRect();
    return pane.top <= row.top && row.bottom <= pane.bottom;
    """
    for step in (80, 20, 280, 361):
        page.go(step)
        assert page.run(inside, "#trace tr.current", -1), step
        page.run("select(arguments[0])", step // 4)
        assert page.run(inside, "#trace tr.chosen", 0), step
    page.run("change([[0, 0.25]])")
    page.wait(lambda: page.run("return trace.lines.every((line) => !line.isStale)"))


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_no_value_of_the_trace_is_cut_off(page, width):
    long = Value(1.23456e-200, "a.very.long.name.of.a.leaf.that.goes.on[10, 11]")
    page.size(width, 844)
    page.open(viz.player(long * long + long * 1.23456e100), "#panel=trace&step=99999")
    script = """
    return [...document.querySelectorAll("#trace :is(th, td)")]
      .filter((cell) => cell.scrollWidth > cell.clientWidth || cell.getBoundingClientRect().right > innerWidth)
      .map((cell) => cell.textContent);
    """
    assert page.run(script) == []


def test_minus_zero_is_shown_as_zero_and_its_sign_on_demand(page):
    root = Value(-1.0, "x") * Value(0.0, "y") + 1.0
    page.open(viz.player(root), "#panel=trace&step=99999&node=2")
    everywhere = "return document.body.innerText + graph.svg.textContent"
    assert page.numbers()[2] == ("0", "1")
    assert "-0" not in page.run(everywhere).replace("is -0", "")
    hints = "return [...document.querySelectorAll('#graph .node title')].map((found) => found.textContent)"
    assert page.run(hints) == ["data is -0"]
    page.show_panel("explain")
    assert "The sign of its data: -0." in page.text("explanation")
    page.go(0)
    assert page.run(hints) == [""]
    assert page.run(f"{BITS} return bits(record.nodes[2].data)") == "8000000000000000", "and it is kept"
