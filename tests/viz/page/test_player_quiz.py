"""The quiz of the player: what it hides, what it says to a number, and how a reader goes through it."""

import math

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from support.live_graphs import place_of, type_into
from support.player_graphs import (
    ASSIGN,
    OPERAND,
    ORDER,
    SIGN,
    SWAP,
    UPSTREAM,
    ZERO,
    backwards,
    diamond,
    gradients,
    matrix_player,
    mistaken_uses,
    network,
    shared,
    uses,
)

import viz
from engine import Value, exp, log, sin, tanh, topological_order
from viz.notation import number

PANELS = {"Trace", "Node", "Matrices", "Quiz"}
ENTER, END = "\ue007", "\ue010"
JUDGED = """
const [texts, kind, place] = arguments;
const found = texts.map((text) => judged(text, kind, quiz.now(), place, format));
return found.map((answer) => answer?.words ?? answer?.isRight);
"""


def judged(page, texts, kind, place):
    """What the page says to each text: True, or why it is wrong; None where the text is not a number."""
    return page.run(JUDGED, texts, kind, place)


def wide():
    """A graph in which a result is used by three others, and no two numbers are the same."""
    x, y = Value(0.7, "x"), Value(-1.3, "y")
    u = x * y
    u.label = "u"
    t = tanh(u)
    t.label = "t"
    f = u * exp(x) - t * u
    f.label = "f"
    return f


# An operation on x = 0.7 and y = -1.3, which of its edges, the right partial, and what the page says to other numbers.
SLIPS = {
    "x * y": (0, -1.3, {1.3: "the sign is wrong", 0.7: "that is the derivative by the other operand",
                        -0.91: "that is r itself, not its derivative",
                        -2.47: "that is r.grad · ∂r/∂x, but the partial alone is asked for"}),
    "x / y": (1, -0.7 / 1.69, {0.7 / 1.69: "the sign is wrong", 1 / -1.3: "that is the derivative by the other operand",
                               -1.3: "that is y itself, not the derivative by it"}),
    "x - y": (1, -1, {1: "the sign is wrong"}),
    "2 * x": (0, 2, {0.7: "that is the derivative by the other operand", 1.4: "that is r itself, not its derivative"}),
    "x ** 3": (0, 1.47, {0.49: "the factor 3 is left out", 3 * 0.343: "the exponent has to be one less"}),
    "tanh(x)": (0, 1 - math.tanh(0.7) ** 2, {
        1 - 0.49: "it takes the operand where the result r belongs",
        1 - math.tanh(math.tanh(0.7)) ** 2: "it takes the result r where the operand belongs",
        math.tanh(0.7): "that is r itself, not its derivative", 0.7: "that is x itself, not the derivative by it"}),
}  # fmt: skip


@pytest.mark.parametrize("text", SLIPS)
def test_a_wrong_partial_is_named_by_the_mistake_that_gives_it(page, text):
    x, y = Value(0.7, "x"), Value(-1.3, "y")
    r = eval(text, {"x": x, "y": y, "tanh": tanh})
    r.label = "r"
    page.open(viz.player(r * Value(1.9, "k")))
    edge, right, slips = SLIPS[text]
    assert judged(page, [repr(right), f"{right:.3g}", number(right)], "partials", edge) == [True] * 3
    expected = [f"Not {number(wrong)}: {words}." for wrong, words in slips.items()]
    assert judged(page, [repr(wrong) for wrong in slips], "partials", edge) == expected
    assert judged(page, ["77.5", "", "abc", "1e999"], "partials", edge) == ["Not 77.5.", None, None, None]


def comes_out(words):
    return f"that is what comes out with {words}"


PASSES = {
    ASSIGN: "= instead of +=",
    ORDER: "no topological order",
    ZERO: "gradients not zeroed",
    SWAP: "partials swapped",
    SIGN: "- like +",
    OPERAND: "1 - x² for 1 - tanh(x)²",
    UPSTREAM: "no * out.grad",
}


def gradient_slips(root, node):
    """(number, words) of the mistakes at a node, the more elementary ones first."""
    steps = [step for step in backwards(root) if step.node is node]
    shares = [step.share for step in steps]
    givers = [step.result.label for step in steps]
    yield -sum(shares), "the sign is wrong"
    yield shares[-1], comes_out(PASSES[ASSIGN])
    for count in reversed(range(1, len(shares))):
        yield sum(shares[:count]), f"that is the sum so far, without the share from {' and '.join(givers[count:])}"
    yield from ((share, f"that is the share from {giver} alone") for share, giver in zip(shares, givers, strict=True))
    yield sum(shares) / len(shares), "that is the mean of the shares, not their sum"
    yield sum(uses(step.result)[step.place][1] for step in steps), "the upstream gradient is left out"
    yield sum(step.upstream for step in steps), "the partial is left out"
    for name, words in PASSES.items():
        if name in (SWAP, SIGN, OPERAND):
            wrong = [step.upstream * mistaken_uses(step.result, [name])[step.place][1] for step in steps]
            yield sum(wrong), comes_out(words)
        yield gradients(root, [name])[node], comes_out(words)
    yield node.data, f"that is {node.label} itself, not its gradient"


def test_a_wrong_gradient_is_named_by_the_most_elementary_mistake_that_gives_it(page):
    root = wide()
    nodes = topological_order(root)
    for node in nodes:
        node.label = node.label or f"n{nodes.index(node)}"
    page.open(viz.player(root))
    right, named = gradients(root), set()
    for place, node in enumerate(nodes[:-1]):
        expected = {}
        for wrong, words in gradient_slips(root, node):
            is_right = math.isclose(wrong, right[node], rel_tol=1e-9)
            expected.setdefault(number(wrong), True if is_right else f"Not {number(wrong)}: {words}.")
        assert judged(page, [*expected], "gradients", place) == [*expected.values()]
        named |= {words.partition(": ")[2] for words in expected.values() if words is not True}
    kinds = ("the sign", "sum so far", "alone", "mean", "upstream gradient", "partial is", "itself", *PASSES.values())
    missing = {words for words in kinds if not any(words in found for found in named)}
    assert missing == {PASSES[UPSTREAM]}, "which is said in other words"


@pytest.mark.parametrize("graph", [shared, wide, lambda: network()[0], lambda: diamond(4)[1]])
def test_a_right_number_is_never_called_wrong(page, graph):
    root = graph()
    page.open(viz.player(root))
    edges = [partial for node in topological_order(root) for _, partial in uses(node)]
    found = {"partials": edges, "gradients": [*gradients(root).values()][:-1]}
    for kind, numbers in found.items():
        for place, right in enumerate(numbers):
            texts = [repr(right), number(right), f"{right:.3g}", f"{right:.2e}", repr(right * 1.0049), f" {right!r} "]
            assert judged(page, texts, kind, place) == [True] * len(texts), (kind, place, right)
            wrong = repr(1.23456e3 + 17 * right)
            assert str(judged(page, [wrong], kind, place)[0]).startswith("Not ")


def test_fewer_digits_are_right_unless_a_mistake_gives_exactly_that(page):
    x = Value(3.0, "x")
    page.open(viz.player(log(x) * 1.0))
    assert judged(page, ["0.33", "0.3", ".333", "0.333333", "0.34", "−3", "inf"], "partials", 0) == [
        *(True, "Not 0.3.", True, True, "Not 0.34.", "Not -3.", None)
    ]
    page.open(viz.player(Value(1.0, "x") * Value(0.125, "y")))
    said = judged(page, ["0.12", "0.13", "1.25e−1", "−1.25e−1"], "partials", 0)
    assert said == [True, True, True, "Not -0.125: the sign is wrong."]
    page.open(viz.player(Value(12.4, "x") * Value(12.0, "y")))
    assert judged(page, ["12"], "partials", 1) == ["Not 12: that is the derivative by the other operand."]


def test_zero_is_right_where_only_rounding_leaves_something(page):
    x = Value(math.pi, "x")
    page.open(viz.player(sin(x / 2) + sin(x) * 0.0))
    partials = page.run("return record.edges.map(({ partial }) => partial)")
    place = next(at for at, partial in enumerate(partials) if 0 < abs(partial) < 1e-12)
    assert judged(page, ["0"], "partials", place) == [True]


# --- What is hidden ---

WHOLE_PAGE = """
const texts = [];
const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
for (let at = walk.currentNode; at; at = walk.nextNode()) {
  if (at.parentElement?.closest("script, style")) continue;
  if (at.nodeType === Node.TEXT_NODE) texts.push(at.data);
  else texts.push(...[...at.attributes].map(({ value }) => value), String(at.value ?? ""));
}
return texts;
"""


def deep():
    """A graph in which no partial and no gradient is the value of a node."""
    x, y = Value(0.7, "x"), Value(1.9, "y")
    u = tanh(x) + log(y)
    return exp(sin(u * u) / 3.1) + sin(u * tanh(y * u))


@pytest.mark.parametrize("kind", ["partials", "gradients"])
def test_nothing_in_the_page_gives_a_hidden_number_away(page, kind):
    root = deep()
    nodes = topological_order(root)
    shown = {number(node.data).lstrip("-") for node in nodes} | {"3.1", "1", "0"}
    edges = {number(partial).lstrip("-") for node in nodes for _, partial in uses(node)}
    found = {number(gradient).lstrip("-") for gradient in gradients(root).values()}
    hidden = edges - shown if kind == "partials" else found - edges - shown
    assert len(hidden) >= 5
    leaves = [[node for node in nodes if node.is_leaf]]
    page.open(viz.player(root, matrices={"leaves": leaves}))
    for panel in ("matrices", "trace"):
        page.show_panel(panel)
        page.press(END)
    page.click_node(0)
    assert any(text in found for found in page.run(WHOLE_PAGE) for text in hidden)
    page.run("location.hash = arguments[0]", f"#quiz={kind}&colors=gradient&mistakes=assign")
    page.wait(lambda: "?" in page.text("graph"))
    for step in [*range(page.step[1] + 1), 0, page.step[1]]:
        page.go(step)
        if step == 3:
            page.show_panel("trace")
        texts = page.run(WHOLE_PAGE)
        assert {text for text in hidden if any(text in found for found in texts)} == set(), step
    page.click_node(len(nodes) - 2)
    page.show_panel("trace")
    texts = page.run(WHOLE_PAGE)
    assert {text for text in hidden if any(text in found for found in texts)} == set()


# --- A round ---


def answer(page, text):
    page.run("document.getElementById('answer').value = ''")
    page.find("answer").send_keys(text, ENTER)


def button(page, text):
    return next(found for found in page.all("#quiz button") if found.is_displayed() and found.text == text)


@pytest.mark.parametrize("kind", ["partials", "gradients"])
def test_a_round_by_keyboard_asks_for_everything_in_the_order_of_the_pass(page, kind):
    root = shared()
    nodes = topological_order(root)
    page.open(viz.player(root), "#step=99999")
    page.show_panel("trace")
    before = page.everything()
    page.show_panel("quiz")
    button(page, f"Hide the {kind}").send_keys(ENTER)
    right = gradients(root)
    done = [step.node for step in backwards(root)]
    order = sorted(nodes[:-1], key=lambda node: max(at for at, given in enumerate(done) if given is node))
    partials = [partial for node in nodes for _, partial in uses(node)]
    answers = partials if kind == "partials" else [right[node] for node in order]
    assert page.run("return document.activeElement.id") == "answer"
    for at, value in enumerate(answers):
        assert page.text("score").endswith(f"{len(answers) - at} of {len(answers)} to go.")
        assert page.text("graph").count("?") >= len(answers) - at
        page.press(number(value), ENTER)
        assert page.text("said").startswith("✓ ")
        assert page.text("said").endswith(f" = {number(value)}")
    assert page.text("score") == f"All {len(answers)} found: {len(answers)} right at once, 0 with help."
    assert "?" not in page.text("graph")
    assert page.run("return document.activeElement.textContent") == "End the quiz"
    page.press(ENTER, END)
    assert not page.find("answer").is_displayed()
    page.show_panel("trace")
    assert page.everything() == before


def test_a_closed_part_shows_no_range_of_numbers_of_which_some_are_hidden(page):
    page.open(viz.player(shared()))
    ranges = page.run("return arguments[0].map(several)", [[1, -2, 3, 4, 5], [1, -2, 3, 4, None], [1, None]])
    assert ranges == ["-2 … 5", "?", "1, ?"]


def test_help_is_counted_and_a_click_on_what_is_hidden_asks_for_it(page):
    root = shared()
    page.open(viz.player(root), "#quiz=partials")
    assert page.text("about-answer") == "u = x * y, here x = 0.7, y = -1.3 and u = -0.91"
    for name in ("mistakes", "colors"):
        assert page.find(name).get_property("disabled")
    answer(page, "0.7")
    assert page.text("said") == "Not 0.7: that is the derivative by the other operand."
    answer(page, "-1.3")
    button(page, "Hint").click()
    assert page.text("said") == "∂u/∂y = x"
    button(page, "Show").click()
    assert page.text("said") == "∂u/∂y = 0.7"
    assert page.text("score") == "0 right at once, 2 with help, 6 of 8 to go."
    label = page.all("#graph .partial")[5]
    assert label.text == "?"
    ActionChains(page.driver).move_to_element(label).click().perform()
    asked = page.text("quiz").partition(" = ?")[0].rpartition("Quiz")[2]
    assert asked.endswith(page.run("return record.edges[5].symbol"))
    button(page, "End the quiz").click()
    assert not page.find("mistakes").get_property("disabled")
    button(page, "Hide the gradients").click()
    page.click_node(0)
    assert page.all("#quiz label")[0].text == f"{page.run('return record.nodes[0].name')}.grad = ?"
    page.wait(lambda: "quiz=gradients" in page.driver.current_url)


def test_other_numbers_are_asked_for_after_a_leaf_was_changed(page):
    page.open(viz.player(shared()), "#quiz=partials")
    type_into(page, place_of(shared(), "y"), "4")
    assert "y = 4 and u = 2.8" in page.text("about-answer")
    assert page.all("#graph .partial")[0].text == "?"
    answer(page, "4")
    assert page.text("said") == "✓ ∂u/∂x = 4"


@pytest.mark.parametrize("fragment", ["#quiz=", "#quiz=all", "#quiz=__proto__", "#quiz=constructor"])
def test_a_quiz_that_there_is_not_is_not_begun(page, fragment):
    page.open(viz.player(shared()), f"{fragment}&panel=quiz")
    assert not page.find("answer").is_displayed()
    page.open(viz.player(Value(2.0, "alone")), "#quiz=partials&panel=quiz")
    assert not page.find("quiz").is_displayed()


def test_with_training_and_matrices_what_explains_is_put_away(page):
    page.open(matrix_player()[2], "#quiz=gradients")

    def offered():
        return {found.text for found in page.all("#tools [aria-controls]") if found.is_displayed()} & PANELS

    assert offered() == {"Trace", "Quiz"}
    button(page, "End the quiz").click()
    assert offered() == PANELS
