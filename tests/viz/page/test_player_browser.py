"""The player as a reader uses it, in a browser: what each step shows."""

import pytest
from support.browser import NOT_YET
from support.drawn_graphs import neuron
from support.player_graphs import backwards, diamond, matrix_player, network, screens, shared, uses

import viz
from engine import Value, topological_order
from viz.notation import names, number


def squared():
    x = Value(3.0, "x")
    return x * x + x


# --- Steps -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("graph", [shared, lambda: neuron()[0], lambda: Value(2.0, "alone"), squared])
def test_each_step_shows_what_is_known_by_then(page, graph):
    value = graph()
    page.open(viz.player(value))
    expected = list(screens(value))
    assert page.step == (0, len(expected) - 1)
    for at, screen in enumerate(expected):
        assert page.step[0] == at
        assert page.numbers() == screen
        assert page.marked() == {}
        page.find("next").click()
    assert page.step == (len(expected) - 1, len(expected) - 1)


@pytest.mark.parametrize("graph", [shared, lambda: network()[0], lambda: diamond(450)[1]])
def test_at_the_end_every_number_is_that_of_the_engine(page, graph):
    value = graph()
    page.open(viz.player(value))
    page.find("last").click()
    value.backward()
    nodes = topological_order(value)
    assert page.numbers() == [(number(node.data), number(node.grad)) for node in nodes]
    assert page.all("#graph .partial")
    partials = [text.get_attribute("textContent") for text in page.all("#graph .partial")]
    assert partials == [number(partial) for node in nodes for _, partial in uses(node)]


def test_matrices_show_their_leaves_and_then_their_gradients(page):
    loss, matrices, made = matrix_player()
    page.open(made)

    def entries(kind):
        rows = page.run(
            """
            return [...document.querySelectorAll(`table.${arguments[0]}`)].map((table) => [
              table.caption.querySelector("b").textContent,
              [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent))]);
            """,
            kind,
        )
        return dict(rows)

    data = {name: [[number(entry.data) for entry in row] for row in rows] for name, rows in matrices.items()}
    assert entries("data") == data
    assert {text for rows in entries("gradient").values() for row in rows for text in row} == {NOT_YET}
    page.find("last").click()
    loss.backward()
    assert entries("data") == data
    assert entries("gradient") == {
        f"d{name}": [[number(entry.grad) for entry in row] for row in rows] for name, rows in matrices.items()
    }
    captions = [caption.text for caption in page.all("#matrices caption")]
    assert captions[:4] == ["W1 2 × 2", "dW1 2 × 2", "b1 1 × 2", "db1 1 × 2"]


def test_a_partial_is_shown_from_the_step_on_that_computes_it(page):
    value = shared()
    nodes = topological_order(value)
    page.open(viz.player(value))
    targets = [node for node in nodes for _ in uses(node)]
    results = [node for node in nodes if not node.is_leaf]
    for at in range(len(results) + 1):
        page.go(at)
        shown = [text.is_displayed() for text in page.all("#graph .partial")]
        assert shown == [target in results[:at] for target in targets]


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
        "p.grad += ∂v1/∂p · v1.grad = (-3) · 1 = -3 : 0 → -3",
        "x.grad += ∂v1/∂x · v1.grad = (-6) · 1 = -6 : 0 → -6",
        "x.grad += ∂p/∂x · p.grad = 2 · (-3) = -6 : -6 → -12",
        "y.grad += ∂p/∂y · p.grad = (-3) · (-3) = 9 : 0 → 9",
    ]


def test_the_trace_has_a_row_for_each_step_and_marks_the_one_that_is_shown(page):
    value = shared()
    page.open(viz.player(value))
    called, steps = names(topological_order(value)), backwards(value)
    bodies = page.run("return [...document.querySelectorAll('#trace tbody')].map((body) => body.rows.length)")
    assert bodies == [6, 8, 9]
    page.find("last").click()
    rows = page.run(
        "return [...document.querySelectorAll('#trace table:last-child tbody tr')]"
        ".map((row) => [row.cells[0].textContent, row.cells[row.cells.length - 1].textContent])"
    )
    expected = [(f"{called[step.node]}.grad +=", f"→ {number(step.after)}") for step in steps[1:]]
    assert list(map(tuple, rows[1:])) == expected
    (current,) = page.all("#trace table:last-child tr.current")
    assert current.text.startswith(f"{called[steps[-1].node]}.grad +=")
    assert page.all("#trace tr.pending") == []
    page.find("first").click()
    assert len(page.all("#trace tr.pending")) == 4 + 8 + 9
    assert page.all("#trace tr.current") == []


def test_the_row_of_a_step_is_in_sight_and_the_page_does_not_move(page):
    page.open(viz.player(network()[0]))
    for step in range(1, page.step[1] + 1, 3):
        page.go(step)
        rows = page.run(
            """
            const room = document.getElementById("trace").getBoundingClientRect();
            const rows = [...document.querySelectorAll("#trace tr.current")].map((row) => row.getBoundingClientRect());
            return rows.slice(-1).map(({ top, bottom }) => top >= room.top && bottom <= room.bottom);
            """
        )
        assert rows == [True]
        assert page.run("return window.scrollY") == 0


def test_back_at_a_step_everything_is_as_it_was(page):
    value, parameters = neuron()
    page.open(viz.player(value, parameters=parameters, matrices={"w": [[w] for w in parameters]}))
    last = page.step[1]
    forwards = []
    for _ in range(last + 1):
        forwards.append(page.everything())
        page.find("next").click()
    for at in reversed(range(last)):
        page.find("back").click()
        assert page.everything() == forwards[at], at
    for at in (last, 3, last - 1, 0, last // 2):
        page.go(at)
        assert page.everything() == forwards[at], at


def test_the_edge_and_the_nodes_of_a_step_are_marked(page):
    value = shared()
    nodes = topological_order(value)
    page.open(viz.player(value))
    edges = [(nodes.index(operand), place) for place, node in enumerate(nodes) for operand, _ in uses(node)]

    def marked(kind, selector):
        script = "return [...document.querySelectorAll(arguments[0])].map((group) => [...group.classList])"
        return [place for place, kinds in enumerate(page.run(script, selector)) if kind in kinds]

    page.go(5)
    assert marked("current", ".edge") == []
    assert marked("current", ".node") == [len(nodes) - 1]
    passed = set()
    for at in range(6, page.step[1] + 1):
        page.go(at)
        (edge,) = marked("current", ".edge")
        assert set(marked("current", ".node")) == set(edges[edge])
        passed.add(edge)
        assert set(marked("passed", ".edge")) == passed
    assert passed == set(range(8))


# --- The page asks nobody for anything -------------------------------------------------------------------------------
def test_nothing_is_requested_but_the_page(page):
    _, _, made = matrix_player()
    page.visit("about:blank")
    page.requested()
    page.open(made)
    page.find("last").click()
    page.find("zoom-in").click()
    page.choose("node", "loss")
    asked = [address for address in page.requested() if not address.startswith(("data:", "about:"))]
    assert len(asked) == 1
    assert asked[0].startswith("file:")
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
