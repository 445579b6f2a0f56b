"""The player's matrices in a browser, against NumPy: every entry of both passes, the mistakes, and the way around."""

# ruff: noqa: N806 - a matrix has a capital letter, as in every textbook

import pickle
import re

import numpy as np
import pytest
from selenium.webdriver.common.keys import Keys
from support.drawn_graphs import HOSTILE
from support.matrix_passes import (
    CASES,
    MISTAKES,
    TUTORIAL,
    by_hand,
    by_numpy,
    made,
    penalised,
    plain_products,
    renamed,
    skipping,
)
from support.player_graphs import matrix_player, shared

import viz
from engine import topological_order
from viz.notation import names, number

SHOWN = """
return [...document.querySelectorAll(".matrix")].map((table) => [
  table.caption.querySelector("b").textContent,
  [...table.rows].map((row) => [...row.cells].map(({ firstChild: { title, className } }) => [title, className])),
]);
"""


def shown(page):
    """{name: matrix} with all digits, as the titles of the entries have them."""
    return {
        name: np.array([[float(title.rpartition(": ")[2]) for title, _ in row] for row in rows])
        for name, rows in page.run(SHOWN)
    }


def formulas(page):
    """The formulas by name, each with what is said to be wrong with it."""
    script = """
    return [...document.querySelectorAll(".formulas li")].map((line) =>
      [line.querySelector("code").textContent, line.querySelector(".why").textContent]);
    """
    return {text.partition(" = ")[0]: (text.partition(" = ")[2], why) for text, why in page.run(script)}


def switch(page, *mistakes):
    script = """
    const boxes = [...document.querySelectorAll(".matrix-mistakes input")];
    for (const box of boxes) if (box.checked !== arguments[0].includes(box.value)) box.click();
    """
    page.run(script, mistakes)


def check(found, expected):
    for name, matrix in found.items():
        if matrix.size:
            assert matrix.shape == expected[name].shape, name
            np.testing.assert_allclose(matrix, expected[name], rtol=1e-9, atol=1e-14, err_msg=name)
        else:
            assert name not in expected, name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_entry_of_both_passes_and_of_each_mistake_is_that_of_numpy(page, case):
    loss, matrices, X, y = made(case)
    page.open(viz.player(loss, matrices=matrices), "#step=99999&panel=matrices")
    check(shown(page), by_numpy(case, matrices, X, y))
    layers = range(1, len(case.sizes))
    linear = {k for k in layers if (case.output if k == layers[-1] else case.hidden) == "linear"}
    expected = {f"{letter}{k}" for k in layers for letter in ("W", "b", "Z", "dW", "db", "delta")} | {"X"}
    expected |= {f"A{k}" for k in layers if k not in linear}
    expected |= {"y"} if case.loss in ("half", "mean") else {f"dA{layers[-1]}"} - {f"dA{k}" for k in linear}
    assert set(shown(page)) == expected
    for mistakes in [(mistake,) for mistake in MISTAKES] + [("sign", "mean", "slope")]:
        switch(page, *mistakes)
        is_known = not ({"slope"} & {*mistakes} and {"swish", "softplus"} & {case.hidden, case.output})
        is_known &= mistakes != ("flat",) or (case.sizes[-1] == 1 and case.loss in ("half", "mean"))
        if is_known:
            check(shown(page), by_numpy(case, matrices, X, y, mistakes))
    assert page.console() == []


def place(page):
    """What is said of the chosen entry, its node in the graph, and the entries that are chosen and lit."""
    script = """
    const nameOf = ({ title }) => title.match(/^.*?\\]/)[0];
    const labels = (selector) => [...document.querySelectorAll(selector)].map(nameOf);
    const node = [...document.querySelectorAll("#graph .node")].findIndex((group) => group.matches(".selected"));
    const words = document.querySelector(".matrix-entry").textContent;
    return [words, node, labels(".matrix .chosen"), labels(".matrix .lit")];
    """
    return page.run(script)


def entry(page, name):
    """The button of an entry, as W1[0, 1]."""
    (button,) = (found for mark in ",:" for found in page.all(f".matrix button[title^='{name}{mark}']"))
    return button


def test_the_formulas_are_those_of_the_textbook(page):
    loss, matrices, *_ = made(TUTORIAL)
    page.open(viz.player(loss, matrices=matrices), "#step=0&panel=matrices")
    assert {name: formula for name, (formula, _) in formulas(page).items()} == {
        "Z1": "X @ W1 + b1",
        "A1": "sigmoid(Z1)",
        "Z2": "A1 @ W2 + b2",
        "A2": "sigmoid(Z2)",
        "delta2": "(A2 - y) * A2 * (1 - A2)",
        "dW2": "A1.T @ delta2",
        "db2": "delta2.sum(axis=0, keepdims=True)",
        "delta1": "(delta2 @ W2.T) * A1 * (1 - A1)",
        "dW1": "X.T @ delta1",
        "db1": "delta1.sum(axis=0, keepdims=True)",
    }
    script = "return [...document.querySelectorAll('.formulas .faint')].map((found) => found.textContent)"
    assert {"(4, 8) = (4, 2) @ (2, 8) + (1, 8)", "(2, 8) = (2, 4) @ (4, 8)"} <= set(page.run(script))


def test_every_entry_has_the_bits_of_its_node_and_nothing_is_shown_before_it_is_computed(page):
    loss, matrices, *_ = made(CASES[2])
    nodes = topological_order(loss)
    page.open(viz.player(loss, matrices=matrices), "#step=0&panel=matrices")
    called = {name: node for node, name in names(nodes).items()}
    loss.backward()
    last = page.step[1]
    turn = sum(not node.is_leaf for node in nodes)
    for step in (0, turn // 2, turn, turn + 1, (turn + last) // 2, last):
        page.go(step)
        grid = page.numbers()
        for name, rows in page.run(SHOWN):
            is_gradient = name.startswith("d")
            for title, classes in (cell for row in rows for cell in row):
                words, _, digits = title.rpartition(": ") if ": " in title else (title, "", "")
                label = words.partition("], ")[2]
                if not label:
                    continue  # A number of the expression is no node.
                node = next(node for full, node in called.items() if full.endswith(label))
                text = grid[nodes.index(node)][is_gradient]
                if not digits:
                    assert text in ("·", "0"), title
                elif step == last or not is_gradient:
                    assert float(digits) == (node.grad if is_gradient else node.data), title
                else:
                    assert number(float(digits)) == text, title
                assert not (step == last and "unfinished" in classes)


def test_an_entry_shows_its_row_its_column_its_sum_and_its_node_and_the_graph_shows_the_entry(page):
    loss, matrices, *_ = made(TUTORIAL)
    page.open(viz.player(loss, matrices=matrices), "#step=99999&panel=matrices")
    loss.backward()
    nodes = topological_order(loss)
    weight = matrices["W1"][0][3]
    page.run("arguments[0].click()", entry(page, "dW1[0, 3]"))
    words, node, chosen, lit = place(page)
    assert words.startswith("dW1[0, 3] = X[:, 0] · delta1[:, 3]= 0 · ")
    assert f"= {number(weight.grad, 3)}In the graph: " in words
    assert (node, chosen) == (nodes.index(weight), ["W1[0, 3]", "dW1[0, 3]"])
    assert lit == [*(f"X[{s}, 0]" for s in range(4)), *(f"delta1[{s}, 3]" for s in range(4))]
    page.run("arguments[0].click()", entry(page, "delta1[2, 5]"))
    words, node, chosen, lit = place(page)
    assert words.startswith("delta1[2, 5] = (delta2[2, :] · W2[5, :]) * A1[2, 5] * (1 - A1[2, 5])= (")
    assert lit == ["A1[2, 5]", "W2[5, 0]", "delta2[2, 0]"]
    assert chosen == ["Z1[2, 5]", "delta1[2, 5]"]
    page.run("arguments[0].click()", entry(page, "X[1, 1]"))
    assert place(page)[1:] == [-1, ["X[1, 1]"], []], "a plain number, without a node"
    z = nodes[node]
    page.run("select(arguments[0])", node)
    assert place(page)[0].startswith("delta1[2, 5] = ")
    page.run("arguments[0].click()", entry(page, "dW1[1, 7]"))
    edges = "const { left, right } = arguments[0].getBoundingClientRect(); return [left, right]"
    for name in ("dW1[1, 7]", "delta1[0, 7]"):
        (left, right), (start, end) = (
            page.run(edges, found)
            for found in (entry(page, name), page.run("return arguments[0].closest('.matrix-box')", entry(page, name)))
        )
        assert start <= left < right <= end + 1, "in sight in its matrix"
    page.go(0)
    page.run("select(null); select(arguments[0])", node)
    assert place(page)[0].startswith("Z1[2, 5] = X[2, :] · W1[:, 5] + b1[0, 5]= 1 · ")
    assert place(page)[0].endswith(f" = ·In the graph: {names(nodes)[z]}"), "not yet computed"


def test_the_arrow_keys_go_from_entry_to_entry_and_not_from_step_to_step(page):
    page.open(matrix_player()[2], "#step=20&panel=matrices")
    button = entry(page, "W1[0, 0]")
    button.click()
    assert len(page.all(".matrix")) == len(page.all(".matrix [tabindex='0']")), "one stop for each matrix"
    keys = [(Keys.ARROW_RIGHT, "W1[0, 1]"), (Keys.ARROW_RIGHT, "W1[0, 1]"), (Keys.ARROW_DOWN, "W1[1, 1]"),
            (Keys.ARROW_LEFT, "W1[1, 0]"), (Keys.ARROW_UP, "W1[0, 0]")]  # fmt: skip
    for key, expected in keys:
        page.press(key)
        assert place(page)[2][0] == expected
        assert page.run("return document.activeElement.title").startswith(expected)
    assert page.step[0] == 20
    page.press(Keys.TAB, Keys.SPACE)
    assert place(page)[2] == ["b1[0, 0]", "db1[0, 0]"]


IDLE = "no difference here, for "
WHY = [
    (TUTORIAL, "transpose", "delta1", "delta2 (4, 1) @ W2 (8, 1) do not fit: 1 against 8. W2.T is (1, 8)."),
    (TUTORIAL, "transpose", "dW1", "There is no delta1."),
    (TUTORIAL, "slope", "delta1", "The slope of A1 = sigmoid(Z1) is A1 * (1 - A1), a formula of A1: it is given Z1."),
    (TUTORIAL, "bias", "db1", "db1 is (4, 8), but b1 is (1, 8): b1 - rate * db1 is broadcast to (4, 8)"),
    (TUTORIAL, "mean", "dW2", "divided by 4, the sum is 4 times too small"),
    (TUTORIAL, "sign", "delta2", "y - A2 points downhill"),
    (TUTORIAL, "flat", "delta2", "A2 (4, 1) - y (4,) is (4, 4), every answer minus every target"),
    (TUTORIAL, "flat", "delta1", "delta2 (4, 4) @ W2.T (1, 8) do not fit: 4 against 1."),
    (CASES[1], "bias", None, f"no sum for the bias: {IDLE}there is one sample"),
    (CASES[1], "mean", None, f"mean for sum: {IDLE}there is one sample"),
    (CASES[1], "flat", None, f"{IDLE}there is one sample, and (1, 1) - (1,) is (1, 1)"),
    (CASES[2], "transpose", "delta1", "It fits by luck, for W2 is square: (2, 2)"),
    (CASES[2], "flat", None, f"{IDLE}y has more than one column"),
    (CASES[3], "transpose", None, f"{IDLE}there is one layer, and nothing to pass back"),
    (CASES[5], "flat", None, f"{IDLE}this loss does not subtract y from the answers"),
]


@pytest.mark.parametrize("name", list(dict.fromkeys(case.name for case, *_ in WHY)))
def test_a_mistake_says_why_it_goes_wrong_or_why_not(page, name):
    (case,) = (case for case in CASES if case.name == name)
    loss, matrices, *_ = made(case)
    page.open(viz.player(loss, matrices=matrices), "#step=99999&panel=matrices")
    for _, mistake, matrix, words in (why for why in WHY if why[0] is case):
        switch(page, mistake)
        said = page.run("return document.querySelector('.matrix-mistakes p').textContent")
        assert words in (formulas(page)[matrix][1] if matrix else said)
        assert matrix is None or said == ""
    switch(page)
    assert {why for _, why in formulas(page).values()} == {""}


def test_wrong_entries_show_what_they_should_be_and_later_matrices_follow(page):
    loss, matrices, *_ = made(TUTORIAL)
    page.open(viz.player(loss, matrices=matrices), "#step=99999&panel=matrices")
    right = shown(page)
    switch(page, "sign")
    for name, marks in page.run("""
        return [...document.querySelectorAll(".matrix")].map((table) => [table.caption.querySelector("b").textContent,
          [...table.querySelectorAll("button")].map((entry) => [entry.matches(".wrong"), entry.ariaLabel])]);
    """):
        numbers = right[name].ravel()
        assert [wrong for wrong, _ in marks] == [name.startswith("d") and bool(value) for value in numbers], name
        for (wrong, label), value in zip(marks, numbers, strict=True):
            shown_number = re.search(r"should be (\S+)$", label) if wrong else None
            assert not wrong or float(shown_number[1]) == pytest.approx(value, rel=5e-3)
    page.go(page.step[1] // 2)
    assert all(name.startswith("d") for name, rows in page.run(SHOWN) if ": " not in rows[0][0][0])


def test_the_difference_to_the_matrix_products_is_shown_if_asked_for(page):
    loss, matrices, *_ = made(TUTORIAL)
    page.open(viz.player(loss, matrices=matrices), "#step=99999&panel=matrices")
    said = "return document.querySelector('.matrix-comparison p').textContent"
    assert page.run(said) == ""
    page.run("document.querySelector('.matrix-comparison input').click()")
    found = re.search(r"they differ by at most (\S+), in (\w+)\.$", page.run(said))
    assert 0 < float(found[1]) < 1e-14
    assert found[2] in formulas(page)


@pytest.mark.parametrize("graph", [penalised, skipping, plain_products, renamed])
def test_where_there_are_no_layers_the_leaves_and_their_gradients_are_shown_and_no_formula(page, graph):
    result, matrices = graph()
    page.open(viz.player(result, matrices=matrices), "#step=99999&panel=matrices")
    result.backward()
    assert formulas(page) == {}
    expected = {name: [[entry.data for entry in row] for row in rows] for name, rows in matrices.items()}
    expected |= {f"d{name}": [[entry.grad for entry in row] for row in rows] for name, rows in matrices.items()}
    assert {name: rows.tolist() for name, rows in shown(page).items()} == expected


def test_layers_written_by_hand_are_found_too(page):
    result, matrices = by_hand()
    page.open(viz.player(result, matrices=matrices), "#step=99999&panel=matrices")
    X, (W, b, V) = (
        np.array([[1, 2], [1, 2], [0.5, -1]]),
        (np.array([[entry.data for entry in row] for row in rows]) for rows in matrices.values()),
    )
    A = np.tanh(X @ W + b)
    delta2 = 2 * (A @ V - 1)
    delta1 = delta2 @ V.T * (1 - A**2)
    found = shown(page)
    expected = {"A1": A, "delta2": delta2, "delta1": delta1, "dW": X.T @ delta1, "dV": A.T @ delta2}
    check({name: found[name] for name in expected}, expected)
    assert formulas(page)["Z2"][0] == "A1 @ V"
    assert formulas(page)["delta2"][0] == "2 * (Z2 - y)"


def test_names_of_matrices_are_shown_as_text_in_formulas(page):
    loss, matrices, *_ = made(TUTORIAL)
    hostile = dict(zip(HOSTILE, matrices.values(), strict=False))
    page.open(viz.player(loss, matrices=hostile), "#step=99999&panel=matrices")
    first, second = list(hostile)[:2]
    assert formulas(page)["Z1"][0].split() == f"X @ {first} + {second}".split()
    assert page.run(
        "return [typeof window.hack, document.querySelectorAll('#matrices :is(script, img, b b)').length]"
    ) == [
        "undefined",
        0,
    ]
    assert page.console() == []


@pytest.mark.parametrize(("shape", "found"), [((2, 1), "1 and 2"), ((0, 0), "0"), ((), "0")])
def test_a_matrix_is_a_rectangle(shape, found):
    value = shared()
    rows = [[value] * length for length in shape]
    with pytest.raises(ValueError, match=f"the matrix 'W' should have rows of one length, .* not of {found} entries"):
        viz.player(value, matrices={"W": rows})


def test_a_player_can_be_copied_compared_and_hashed():
    player = viz.player(shared())
    copy = pickle.loads(pickle.dumps(player))
    assert copy == player
    assert hash(copy) == hash(player)


def test_a_graph_without_matrices_has_no_panel_for_them(page):
    page.open(viz.player(shared()))
    assert page.run("return document.querySelector('[aria-controls=matrices]').hidden")
