"""One node of the player, in a browser: its chain rule, its paths, its entry in a matrix, its label."""

import math
import re

import pytest
from support.drawn_graphs import HOSTILE
from support.player_graphs import diamond, matrix_player, shared, uses

import viz
from engine import Value, exp, scope, sqrt, topological_order
from viz.notation import names, number, printable


def test_a_click_on_a_node_shows_all_its_uses_and_their_sum(page):
    value = shared()
    nodes = topological_order(value)
    called = names(nodes)
    page.open(viz.player(value), "#step=99999")
    value.backward()
    for place, node in enumerate(nodes[:-1]):
        page.click_node(place)
        assert page.run("return document.getElementById('node').value") == str(place)
        head, how_often, *rest = [p.text for p in page.all("#explanation p")]
        role = "input" if node.is_leaf else "operation"
        assert head == f"{called[node]}: {role}, data {number(node.data)}, gradient {number(node.grad)}"
        lines = []
        for line in (li.text for li in page.all("#explanation ul:first-of-type li")):
            lines += 2 * [line.removesuffix(", twice")] if line.endswith(", twice") else [line]
        users = [(user, partial) for user in nodes for operand, partial in uses(user) if operand is node]
        assert f"used {len(users)} times" in how_often if len(users) > 1 else "used once" in how_often
        for line, (user, partial) in zip(lines, users, strict=True):
            assert line.startswith(f"{called[user]}.grad · ∂{called[user]}/∂{called[node]} = ")
            shown = [float(text.strip("()")) for text in re.split(" = | · ", line)[-3:]]
            assert shown == [float(number(term)) for term in (user.grad, partial, partial * user.grad)]
        if len(users) > 1:
            _, terms, total = rest[0].split(" = ")
            assert total == number(node.grad)
            assert sum(float(term.strip("()")) for term in terms.split(" + ")) == pytest.approx(node.grad, abs=1e-3)
    page.choose_node("w")
    assert "It is the result: w.grad = 1." in page.text("explanation")
    page.run("const list = document.getElementById('node'); list.value = ''; list.dispatchEvent(new Event('change'))")
    assert page.text("explanation") == ""
    assert page.all("#graph .selected, #graph .path") == []


def test_only_some_of_very_many_paths_are_listed(page):
    _, value = diamond(60)
    page.open(viz.player(value))
    page.choose_node("leaf")
    assert f"{2**60} paths lead to the result" in page.text("explanation")
    assert f"… and {2**60 - 8} more" in page.text("explanation")
    assert page.all("#explanation ul:last-child li")[0].text.endswith(", 8 times"), "by the same nodes"


def test_an_entry_of_a_matrix_chooses_its_node_and_shows_its_paths(page):
    loss, matrices, made = matrix_player()
    page.open(made, "#step=99999&panel=matrices")
    loss.backward()
    weight = matrices["W1"][0][1]
    (button,) = [b for b in page.all("#matrices button") if b.get_attribute("aria-label").startswith("dW1[0, 1],")]
    assert button.text == number(weight.grad, 3)
    button.click()
    selected = "return [...document.querySelectorAll('.node')].findIndex((group) => group.matches('.selected'))"
    assert page.run(selected) == topological_order(loss).index(weight)
    pressed = [b.get_attribute("aria-label").split(",")[0] for b in page.all("#matrices [aria-pressed=true]")]
    assert pressed == ["W1[0", "dW1[0"]
    page.show_panel("explain")
    paths = [li.text for li in page.all("#explanation ul:last-child li")]
    assert [path.split(", ")[-1] for path in paths] == ["twice"] * 2, "for each sample, by each factor of its square"
    products = [float(path.removesuffix(", twice").split(" = ")[-1]) for path in paths]
    assert 2 * sum(products) == pytest.approx(weight.grad, rel=1e-3)
    assert len(page.all("#graph .edge.path")) > 5


def test_labels_names_of_parts_titles_and_names_of_matrices_are_shown_as_text(page):
    texts = [*HOSTILE, "first\nsecond", "\u202eevil", "a\u2028b\u2029c", "\ud800", "a\udc00\x00\x1b"]
    seen = [printable(text).replace("\n", " ") for text in texts]
    shown = """
    const texts = (selector) => [...document.querySelectorAll(selector)].map((found) => found.textContent);
    return [texts("*").length, texts("#graph .name"), texts("#graph .part-name"), texts("#node option"),
      texts(".matrix.data b"), document.title, document.getElementById("title").textContent, typeof window.hack];
    """

    def opened(labels):
        leaves = [Value(2.0, label) for label in labels]
        squares = [scope(x.label, note=x.label)(lambda x: x * x)(x) for x in leaves]
        total, matrices = sum(squares[1:], squares[0]), {x.label: [[x]] for x in leaves}
        return page.open(viz.player(total, title=labels[5], matrices=matrices), "#node=0&step=2").run(shown)

    elements, names, parts, options, matrices, *titles, hacked = opened(texts)
    assert elements == opened([f"x{index}" for index in range(len(texts))])[0]
    short = [text if len(text) <= 22 else f"{text[:11]}…{text[-10:]}" for text in seen]
    assert set(short) <= set(names)
    assert parts == [text * 2 for text in short]
    assert set(seen) <= set(options)
    assert [name.replace("\n", " ") for name in matrices] == seen
    assert titles == [seen[5]] * 2
    assert hacked == "undefined"


def test_numbers_that_are_infinite_or_do_not_exist(page):
    infinite, unknown, zero = Value(math.inf, "infinite"), Value(math.nan, "unknown"), Value(0.0, "zero")
    value = infinite * 2 + unknown + sqrt(zero) - exp(Value(-800.0, "tiny"))
    page.open(viz.player(value), "#step=99999")
    shown = dict(zip(names(topological_order(value)).values(), page.numbers(), strict=True))
    assert [shown[name] for name in ("infinite", "unknown", "zero")] == [("inf", "2"), ("nan", "1"), ("0", "undefined")]
    assert shown["tiny"][1] == "0"
    page.open(viz.player(unknown * unknown), "#step=99999")
    assert page.numbers() == [("nan", "nan"), ("nan", "1")], "nothing is undefined here"
