"""A graph made again from other numbers in Python, and how a reader gives them to the page that has to follow."""

import math

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from support.browser import BITS, bits
from support.player_graphs import uses

from engine import Value, topological_order
from engine.extend import FAILURES, Cut, Undefined, gradient_of
from engine.operations import apply
from engine.registration import find_operation


def again(root, changed):
    """The same graph, made from other numbers: those of ``changed`` by the places of the leaves."""
    return list(_made(root, changed))[-1]


def failing_place(root, changed):
    """Which node has no value at these numbers; None if all have one."""
    made = 0
    try:
        for _ in _made(root, changed):
            made += 1
    except FAILURES:
        return made
    return None


def _made(root, changed):
    """The nodes of such a graph."""
    made = {}
    for place, node in enumerate(topological_order(root)):
        if node.is_leaf:
            made[node] = Value(changed.get(place, node.data))
        else:
            operands = tuple(made[x] if isinstance(x, Value) else x for x in node.operands)
            made[node] = apply(find_operation(node.operation.name), operands)
        made[node].label = node.label
        yield made[node]


def state(root):
    """The bits of all data, partials and gradients, as the page should have them; nan for what does not exist."""
    root = again(root, {})
    nodes = topological_order(root)
    partials = [partial for node in nodes for _, partial in uses(node)]
    (root + Value(0.0)).backward()  # With a leaf more, which has a derivative: backward() wants one that has.

    def digits(value):
        return bits(math.nan if isinstance(value, Undefined) else value)

    edges = [[digits(partial), isinstance(partial, Cut)] for partial in partials]
    return [[digits(node.data) for node in nodes], edges, [digits(gradient_of(node)) for node in nodes]]


STATE = f"""{BITS}
return [
  record.nodes.map(({{ data }}) => bits(data)),
  record.edges.map(({{ partial, cut }}) => [bits(partial), cut]),
  right.gradients.map(bits),
];
"""


def place_of(root, label):
    """Which node has this label."""
    return [node.label for node in topological_order(root)].index(label)


def field(page, place):
    """The field of a leaf."""
    return page.find(f"leaf-{place}")


def type_into(page, place, text):
    """Type a number in the place of the one that is there."""
    field(page, place).send_keys(Keys.CONTROL, "a")
    field(page, place).send_keys(text + Keys.ENTER)


def everything(page):
    """All that is shown, when the lines out of sight have followed, too."""
    page.wait(lambda: page.run("return trace.lines.every((line) => !line.isStale)"))
    return page.everything()


def drag(page, place, *pixels, key=None):
    """Drag over a node to the right, in some moves."""
    actions = ActionChains(page.driver).click_and_hold(page.all("#graph .node")[place])
    if key:
        actions.key_down(key)
    for distance in pixels:
        actions.move_by_offset(distance, 0)
    actions.release()
    (actions.key_up(key) if key else actions).perform()
