"""Why a step goes wrong: the sentences of the mistakes against Python, and the switches as a reader uses them."""

import itertools
import re

import pytest
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
    network,
    reasons,
    shared,
)

import viz
from engine import Value, exp, sigmoid, tanh, topological_order
from viz.notation import number

SPACE, LEFT, RIGHT = "\ue00d", "\ue012", "\ue014"
ALL = (ASSIGN, ORDER, ZERO, SWAP, SIGN, OPERAND, UPSTREAM)
SETS = [chosen for size in (0, 1, 2, 7) for chosen in itertools.combinations(ALL, size)]

WHY = """
const made = new Set(arguments[0]);
const run = { ...replay(mistaken(record, made), made), mistakes: made, assigns: made.has("assign") };
const words = run.steps.slice(run.seed).map((_, at) => reasonWhy(run.seed + at, run, comparison, format));
return [words, firstWrong(run, comparison, format) - run.seed];
"""

# What each sentence says, with the names of the giver and of the node of the step.
SENTENCES = {
    "": "",
    ORDER: r"{giver}\.grad is passed on now, but \S+ (and \S+ have not given their|has not given its) shares? yet\.",
    ASSIGN: r"{node}\.grad was {before} from \S+; = overwrites it: \+= would give .* = \S+\.",
    ZERO: r"{node}\.grad still holds {before} of an earlier pass: it should begin at 0\.",
    SWAP: r"\S+ is the derivative by the other operand: ∂{giver}/∂{node} = \S+\.",
    SIGN: r"1 would be right in a sum, but {giver} is a difference: ∂{giver}/∂{node} = -1\.",
    OPERAND: r"\S+ is made of the operand in the place of the result {giver}: ∂{giver}/∂{node} = \S+\.",
    UPSTREAM: r"{giver}\.grad is left out: the share should be {giver}\.grad · ∂{giver}/∂{node} = .* = \S+\.",
    "travels": r"{giver}\.grad is already wrong: it is {upstream}, not \S+, so this share is, too\.",
}


def mixed():
    """A graph in which every mistake makes a difference."""
    x, y = Value(0.7, "x"), Value(-1.3, "y")
    u = tanh(x * y) - sigmoid(y)
    u.label = "u"
    result = u * exp(x) - u * u * y
    result.label = "result"
    return result


def barred():
    """A graph in which an early gradient does no harm: what it is multiplied by is 0."""
    u = Value(2.0, "x") * 0.0
    return u * 2.0 + u * Value(3.0, "y")


@pytest.mark.parametrize(
    "graph", [shared, mixed, barred, lambda: network()[0], lambda: diamond(3)[1], lambda: Value(2.0, "a")]
)
def test_each_step_that_goes_wrong_says_why_and_no_other_says_anything(page, graph):
    root = graph()
    page.open(viz.player(root))
    called = dict(zip(topological_order(root), page.run("return record.nodes.map(({ name }) => name)"), strict=True))
    seen = set()
    for mistakes in SETS:
        words, first = page.run(WHY, mistakes)
        kinds = reasons(root, mistakes)
        seen.update(kinds)
        assert len(words) == len(kinds)
        assert first == next((at for at, kind in enumerate(kinds) if kind), first)
        assert (first >= 0) == any(kinds)
        for said, kind, step in zip(words, kinds, backwards(root, mistakes), strict=True):
            known = {"node": called[step.node], "giver": called.get(step.result, "")}
            known |= {"before": number(step.before), "upstream": number(step.upstream)}
            pattern = SENTENCES[kind].format(**{name: re.escape(text) for name, text in known.items()})
            assert re.fullmatch(pattern, said), (mistakes, kind, said)
    assert graph is not mixed or seen == {*SENTENCES}


def test_the_sentences_say_it_in_names_and_numbers(page):
    x, y = Value(0.5, "x"), Value(2.0, "y")
    u = x * y
    u.label = "u"
    f = u - y * u
    f.label = "f"
    page.open(viz.player(f))
    for mistakes, expected in {
        ORDER: [
            "u.grad is passed on now, but v1 has not given its share yet.",
            "u.grad is passed on now, but v1 has not given its share yet.",
        ],
        ASSIGN: [
            "u.grad was 1 from f; = overwrites it: += would give 1 + (-2) = -1.",
            "u.grad is already wrong: it is -2, not -1, so this share is, too.",
            "y.grad was -1 from v1; = overwrites it: += would give (-1) + (-1) = -2.",
        ],
        ZERO: [
            "y.grad still holds -1.5 of an earlier pass: it should begin at 0.",
            "x.grad still holds -2 of an earlier pass: it should begin at 0.",
        ],
        SIGN: ["1 would be right in a sum, but f is a difference: ∂f/∂v1 = -1."],
        UPSTREAM: ["v1.grad is left out: the share should be v1.grad · ∂v1/∂y = (-1) · 1 = -1."],
    }.items():
        words = [said for said in page.run(WHY, [mistakes])[0] if said]
        assert words[: len(expected)] == expected


def test_a_switch_shows_the_code_that_makes_the_mistake_and_a_button_leads_to_the_step(page):
    page.open(viz.player(shared()))
    assert not page.find("first-wrong").is_displayed()
    labels = {box.get_attribute("value"): box.find_element("xpath", "..") for box in page.all("#mistakes input")}
    assert tuple(labels) == ALL
    assert "self.grad = " in labels[ASSIGN].get_attribute("title")
    labels[ASSIGN].click()
    kinds = reasons(shared(), [ASSIGN])
    seed = page.step[1] - len(kinds) + 1
    first = seed + kinds.index(ASSIGN)
    for press in (lambda: page.find("first-wrong").click(), lambda: page.press(SPACE)):
        page.go(0)
        page.focus("first-wrong")
        press()
        assert page.step[0] == first
        assert "= overwrites it" in page.find("why").text
    assert page.find("why").aria_role == "status"
    page.press(LEFT)
    assert page.text("why") == ""
    page.press(RIGHT)
    assert page.text("why") != ""
    labels[ASSIGN].click()
    assert (page.text("why"), page.find("first-wrong").is_displayed()) == ("", False)


@pytest.mark.parametrize(
    ("mistake", "reason"),
    [
        (SWAP, ": no operation has two nodes with different partials"),
        (SIGN, ": no node is subtracted, and a number has no gradient"),
        (OPERAND, ": no derivative here is written with the result"),
        (UPSTREAM, ""),
    ],
)
def test_a_mistake_that_cannot_be_made_in_a_graph_says_so(page, mistake, reason):
    page.open(viz.player(Value(1.0, "x") + Value(2.0, "y"))).make_mistakes(mistake)
    page.find("last").click()
    assert page.text("verdict") == f"Here it makes no difference{reason}."
